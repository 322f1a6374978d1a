"""The whole case in order, and what differs between two policies: for the command and for the dashboard's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reports.case import doubt as case_doubt
from reports.case.page import Section
from reports.case.sections import main_sections
from reports.case.told import Told
from reports.lever_words import label, say_lever, unit_words
from scenarios.reading.areas import codes, in_words
from scenarios.reading.load import is_todays
from scenarios.worth import case
from sim.numbers.levers import BY_NAME
from sim.results.words import many

RUNNING = 0.9
"""Share of the waiting that is running the model; the rest is regression."""
MOST_NAMED = 3
"""Areas of a change that are named; of more, how many they are."""


def title(told: Told) -> str:
    """The page's title."""
    return f"The case for {told.policy}"


def all_sections(told: Told, tell: Callable[[float], None]) -> list[Section]:
    """The whole case, in order. Where nothing differs, nothing is said of what knowing more would be worth."""
    sections = main_sections(told)
    found = case.increment(told.runs, told.view)
    if case.told_apart(found.effect) or case.told_apart(found.cost):
        sections += case_doubt.value_of_information(told, progress=lambda part: tell(RUNNING + (1 - RUNNING) * part))
    returns = case_doubt.why_returns(told)  # another policy than the first may have one
    sections += [] if returns is None else [returns]
    sections += [case_doubt.noise(told), case_doubt.values_section(), case_doubt.caveat_section(told)]
    return [*sections, case_doubt.checklist(told, sections)]


def levers(one: dict[str, Any], two: dict[str, Any]) -> tuple[tuple[str, str, str, str], ...]:
    """Levers that differ, as people call them: their values at the start, and how each changes over time."""
    moved = [name for name in two["levers"] if _values(name, one) != _values(name, two)]
    return tuple((label(name), *_told_apart(name, one, two), unit_words(BY_NAME[name])) for name in moved)


def _values(name: str, table: dict[str, Any]) -> list[tuple[Any, ...]]:
    """A lever's course as it is, before it is put in words: words round, and two policies would look the same."""
    return [(table["levers"].get(name),), *(_as_it_is(name, change) for change in _changes(name, table))]


def _as_it_is(name: str, change: dict[str, Any]) -> tuple[Any, ...]:
    """One timed change of a lever; areas by their codes, however they are written."""
    when = (change.get(key) for key in ("from", "to", "over_weeks"))
    return change["levers"][name], *when, frozenset(codes(change.get("areas") or ()))


def _changes(name: str, table: dict[str, Any]) -> list[dict[str, Any]]:
    return [change for change in table.get("change", ()) if name in change.get("levers", {})]


def _told_apart(name: str, one: dict[str, Any], two: dict[str, Any]) -> tuple[str, str]:
    """Both courses in words: with few digits and few areas, or with all of them where those look the same."""
    usual = _course(name, one, False), _course(name, two, False)
    return usual if usual[0] != usual[1] else (_course(name, one, True), _course(name, two, True))


def _course(name: str, table: dict[str, Any], exact: bool) -> str:
    """A lever's value at the start, then each of its timed changes: "×1; ×6 from year 1, over 3 years"."""
    first = _value(name, table["levers"].get(name), exact)
    return "; ".join([first, *(_change(name, change, exact) for change in _changes(name, table))])


def _change(name: str, change: dict[str, Any], exact: bool) -> str:
    until = f" to {change['to']}" if change.get("to") else ""
    over = f", over {_long(change['over_weeks'])}" if change.get("over_weeks") else ""
    value = _value(name, change["levers"][name], exact)
    return f"{value} from {change.get('from', 'the start')}{until}{over}{_where(change.get('areas') or (), exact)}"


def _where(areas: Sequence[str], exact: bool) -> str:
    """The areas of a change by name, or how many where they are many; nothing where it holds in all."""
    many_areas = len(codes(areas))
    if not many_areas:
        return ""
    return f", in {in_words(areas)}" if exact or many_areas <= MOST_NAMED else f", in {many_areas} of the areas"


def _long(weeks: int) -> str:
    """A time in years where it is whole ones, else in weeks."""
    return many(weeks // 52, "year") if weeks % 52 == 0 else many(weeks, "week")


def doing_nothing(tables: Sequence[dict[str, Any]]) -> int | None:
    """Which of the policies is today's without a change; None where none is."""
    return next((k for k, one in enumerate(tables) if is_todays(one)), None)


def _value(name: str, value: Any, exact: bool) -> str:
    if value is None:
        return "not set"
    return value.replace("_", " ") if isinstance(value, str) else say_lever(BY_NAME[name], value, exact)
