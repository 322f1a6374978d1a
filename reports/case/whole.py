"""The whole case in order, and what differs between two policies: for the command and for the dashboard's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reports.case import doubt as case_doubt
from reports.case.page import Section
from reports.case.sections import main_sections
from reports.case.told import Told
from reports.lever_words import label, say_lever, unit_words
from scenarios.worth import case
from sim.numbers.levers import BY_NAME

RUNNING = 0.9
"""Share of the waiting that is running the model; the rest is regression."""


def title(told: Told) -> str:
    """The page's title."""
    return f"The case for {told.policy}"


def all_sections(told: Told, tell: Callable[[float], None]) -> list[Section]:
    """The whole case, in order. Where nothing differs, nothing is said of what knowing more would be worth."""
    sections = main_sections(told)
    found = case.increment(told.runs, told.view)
    if case.told_apart(found.effect) or case.told_apart(found.cost):
        sections += case_doubt.value_of_information(told, progress=lambda part: tell(RUNNING + (1 - RUNNING) * part))
        sections += [s for s in (case_doubt.why_returns(told),) if s is not None]
    sections += [case_doubt.noise(told), case_doubt.values_section(), case_doubt.caveat_section(told)]
    return [*sections, case_doubt.checklist(told, sections)]


def levers(one: dict[str, Any], two: dict[str, Any]) -> tuple[tuple[str, str, str, str], ...]:
    """Levers whose values at the start differ, as people call them, and how many timed changes each policy has."""
    rows = [
        (label(name), _value(name, one["levers"].get(name)), _value(name, value), unit_words(BY_NAME[name]))
        for name, value in two["levers"].items()
        if one["levers"].get(name) != value
    ]
    counts = [len(table.get("change", [])) for table in (one, two)]
    if one.get("change") != two.get("change"):
        rows.append(("timed changes", str(counts[0]), str(counts[1]), "see peerscale scenarios diff"))
    return tuple(rows)


def _value(name: str, value: Any) -> str:
    if value is None:
        return "not set"
    return value.replace("_", " ") if isinstance(value, str) else say_lever(BY_NAME[name], value)
