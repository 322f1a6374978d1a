"""The whole case in order, and what differs between two policies: for the command and for the dashboard's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reports.case import doubt as case_doubt
from reports.case.page import Section
from reports.case.sections import main_sections
from reports.case.told import Told
from reports.lever_words import label, say_lever, unit_words
from scenarios.reading.load import load
from scenarios.reading.write import as_dict
from scenarios.worth import case
from sim.numbers.levers import BY_NAME
from sim.results.words import many

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
    """Levers that differ, as people call them: their values at the start, and how each changes over time."""
    rows = [(name, _course(name, one), _course(name, two)) for name in two["levers"]]
    return tuple((label(name), a, b, unit_words(BY_NAME[name])) for name, a, b in rows if a != b)


def _course(name: str, table: dict[str, Any]) -> str:
    """A lever's value at the start, then each of its timed changes: "×1; ×6 from year 1, over 3 years"."""
    changes = [change for change in table.get("change", ()) if name in change.get("levers", {})]
    return "; ".join([_value(name, table["levers"].get(name)), *(_change(name, change) for change in changes)])


def _change(name: str, change: dict[str, Any]) -> str:
    until = f" to {change['to']}" if change.get("to") else ""
    over = f", over {_long(change['over_weeks'])}" if change.get("over_weeks") else ""
    where = f", in {len(change['areas'])} of the areas" if change.get("areas") else ""
    return f"{_value(name, change['levers'][name])} from {change.get('from', 'the start')}{until}{over}{where}"


def _long(weeks: int) -> str:
    """A time in years where it is whole ones, else in weeks."""
    return many(weeks // 52, "year") if weeks % 52 == 0 else many(weeks, "week")


def doing_nothing(tables: Sequence[dict[str, Any]]) -> int | None:
    """Which of the policies is today's without a change; None where none is."""
    today = as_dict(load("today"))["levers"]
    same = (k for k, one in enumerate(tables) if one["levers"] == today and not one.get("change"))
    return next((k for k in same if not tables[k].get("history")), None)


def _value(name: str, value: Any) -> str:
    if value is None:
        return "not set"
    return value.replace("_", " ") if isinstance(value, str) else say_lever(BY_NAME[name], value)
