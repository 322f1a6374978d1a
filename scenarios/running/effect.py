"""Whether what a scenario asks for can take effect in a run: in its areas, in its years, from its start."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scenarios.reading.areas import members
from scenarios.reading.course import first_week
from scenarios.reading.scenario import Change, Scenario
from scenarios.running.mixture import Mixture
from sim.columns.state import Shape
from sim.errors import UserError
from sim.vocabulary import YEAR


def refuse_without_effect(scenario: Scenario | Mixture, shape: Shape) -> None:
    """Raises UserError for the first change that cannot take effect in a run of this shape."""
    if isinstance(scenario, Mixture):
        refuse_without_effect(scenario.a, shape)
        refuse_without_effect(scenario.b, shape)
        return
    for number, change in enumerate(scenario.changes, 1):
        _of_other_years(scenario, number, change, shape)
        _of_other_areas(number, change, shape)
        _of_another_start(scenario, number, change, shape)


def _of_other_years(scenario: Scenario, number: int, change: Change, shape: Shape) -> None:
    first = first_week(change)
    if first < shape.weeks:
        return
    moves = f"it first moves in week {first}" if change.over_weeks else f"it begins in week {first}"
    raise UserError(
        "a change comes after the run has ended",
        file=change.origin.file,
        line=change.origin.line or None,
        key=f"change[{number}].from",
        rule=f"a change begins within the {shape.weeks} weeks that are run",
        got=f"{change.from_}: {moves}",
        try_=f"--years {first // YEAR + 1}, or {scenario.name} without this change",
    )


def _of_other_areas(number: int, change: Change, shape: Shape) -> None:
    if not change.areas or {area for name in change.areas for area in members(name)} & set(shape.areas):
        return
    raise UserError(
        "a change is for an area that is not in the run",
        file=change.origin.file,
        line=change.origin.line or None,
        key=f"change[{number}].areas",
        rule=f"an area of the run: {', '.join(shape.names)}",
        got=", ".join(change.areas),
        try_=f"--areas {change.areas[0]}",
    )


def _of_another_start(scenario: Scenario, number: int, change: Change, shape: Shape) -> None:
    """A moment in months was counted from the scenario's own start."""
    dated = [moment for moment in (change.from_, change.to) if moment and re.match(r"\d{4}-", moment)]
    if not dated or scenario.run.start == shape.start:
        return
    raise UserError(
        "the scenarios do not start in the same month",
        file=change.origin.file,
        line=change.origin.line or None,
        key="run.start",
        rule=f"one start for all that are compared (here {shape.start}), or changes by year or week",
        got=f"{scenario.run.start}, from which {dated[0]} is counted",
        try_=f'start = "{shape.start}"',
    )


def unfinished(scenarios: Sequence[Scenario], weeks: int) -> str:
    """What is still on its way when the run ends, in sentences; "" where nothing is."""
    return "".join(
        f" {scenario.title}: the change of {', '.join(change.levers)} is complete in week {change.start_week + change.over_weeks}, "
        f"after the {weeks} weeks that are run."
        for scenario in scenarios
        for change in scenario.changes
        if change.start_week + change.over_weeks >= weeks
    )
