"""Levers as people meet them: in groups, with steps, a value in words, and what each does and cannot do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from dashboards.asked.state import Policy
from reports.lever_words import label, say_lever, unit_words
from scenarios.reading.scenario import Scenario
from sim.numbers.levers import BY_NAME, LEVERS, Lever

STEPS = 40


OPENING = ("self_referral", "group_founding", "budget_board")


GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("ways_in", "Ways in", ("self_referral", "directory", "mode_diagnosis", "link_workers")),
    ("supply", "Supporters and groups", ("group_founding", "recruit_helped", "group_keeping", "online_places")),
    ("money", "Money", ("budget_board", "award_years", "core_cost_share", "allocation")),
    ("together", "Working together", ("working_together", "peers_in_clinics", "priority")),
    ("outside", "Shocks and the world outside", ("cut", "volunteering", "face_to_face_closed")),
)
"""(key, title, the levers in sight first). The others of a group stand under "More"."""


_TOGETHER = {"working_together", "peers_in_clinics", "priority", "learning_network", "conviction"}


_OF = {"funding": "money", "referral": "ways_in", "supply": "supply", "shock": "outside", "setting": "outside"}


def group_of(lever: Lever) -> str:
    """Key of the group a lever stands in."""
    return "together" if lever.name in _TOGETHER else _OF[lever.group]


@cache
def steps(name: str) -> tuple[float, ...]:
    """Values a slider stops at, from lowest to highest, today's among them. Finer near a small value of today's."""
    lever = BY_NAME[name]
    if lever.choice or lever.unit == "0 or 1":
        return tuple(float(i) for i in range(int(lever.high) + 1))
    reach = lever.high - lever.low
    bend = 2.0 if (lever.today - lever.low) / reach < 0.2 and lever.high > 1 else 1.0
    points = lever.low + reach * np.linspace(0.0, 1.0, STEPS + 1) ** bend
    rounded = {_neat(float(p), reach) for p in points} | {lever.low, lever.today, lever.high}
    return tuple(sorted(float(value) for value in rounded))


def _neat(value: float, reach: float) -> float:
    """To two figures, or to a fortieth of the reach's order where that is coarser."""
    if value == 0:
        return 0.0
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    coarse = max(0, 2 - math.floor(math.log10(reach)))
    return round(value, min(digits, coarse) if abs(value) >= 1 else coarse)


def stops(name: str, value: float) -> tuple[float, ...]:
    """The steps of a lever with a value that stands between two of them put in."""
    plain = steps(name)
    return plain if value in plain else tuple(sorted({*plain, value}))


def _one(lever: Lever, value: float, base: float) -> dict[str, Any]:
    """A lever as the page needs it. `at`, `today` and `base` count stops."""
    values = stops(lever.name, value)
    if base not in values:
        values = tuple(sorted({*values, base}))
    return {
        "name": lever.name,
        "label": label(lever.name),
        "unit": unit_words(lever),
        "choice": bool(lever.choice),
        "values": list(values),
        "says": [say_lever(lever, v) for v in values],
        "at": values.index(value),
        "today": values.index(lever.today),
        "meaning": lever.meaning,
        "cannot": lever.limits,
        "moved": value != lever.today,
    }


def groups(
    policy: Policy, scenario: Scenario, opening: bool, heard: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """The panel: groups with levers in sight and more, or the three of the opening.

    A lever that the scenario changes over time shows its starting value until it is moved. `heard`: the number of the last
    touch of each lever that is counted in its value.
    """
    counted = heard or {}
    changing = {name for change in scenario.changes for name in change.levers}

    def shown(name: str) -> dict[str, Any]:
        row = _one(BY_NAME[name], scenario.levers[name], BY_NAME[name].today)
        return {
            **row,
            "changing": name in changing,
            "set": policy.value(name) is not None,
            "heard": counted.get(name, 0),
        }

    if opening:
        return [{"key": "opening", "title": "Three things to try", "first": [shown(n) for n in OPENING], "more": []}]
    found = []
    for key, title, first in GROUPS:
        rest = [lever.name for lever in LEVERS if group_of(lever) == key and lever.name not in first]
        found.append({"key": key, "title": title, "first": [shown(n) for n in first], "more": [shown(n) for n in rest]})
    return found
