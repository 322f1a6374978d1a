"""The course of a scenario's levers over weeks and areas, and how two courses differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.reading.areas import index, members
from scenarios.reading.scenario import Change, Origin, Scenario
from sim.numbers.levers import BY_NAME, CHOICES, INDEX, LEVERS, Timeline, today_values
from sim.vocabulary import YEAR

RAMP_STEP_WEEKS = 13
LONGEST_WEEKS = 30 * YEAR
"""No run is longer: what would change later never comes about."""
_ELSEWHERE = -1
_PARTS = ("personal_budget_share", "outcome_payment_share")


def resolve(scenario: Scenario, area_codes: Sequence[str], burn_in_weeks: int) -> Timeline:
    """Levers of a run over the areas named, in that order. Week 0 is the start of the burn-in.

    The burn-in is under today's policy (a history: under its own starting levers); the policy
    begins in week `burn_in_weeks`. Raises KeyError for an unknown area and
    ValueError for a negative burn-in.
    """
    if burn_in_weeks < 0:
        raise ValueError(f"burn_in_weeks is 0 or more, not {burn_in_weeks}")
    areas = [index(code) for code in area_codes]
    weeks, values = _policy(scenario, areas)
    if burn_in_weeks == 0:
        return Timeline(weeks, values)
    before = values_of(scenario.levers, len(areas)) if scenario.history else today_values(len(areas))
    starts = np.concatenate(([0], weeks + burn_in_weeks))
    return Timeline(starts, np.concatenate((before[None], values)))


def values_of(levers: dict[str, float], n_areas: int) -> np.ndarray:
    """float64[n_levers, n_areas] of levers by name, the same in every area."""
    column = np.array([levers[lever.name] for lever in LEVERS], dtype=np.float64)
    return np.repeat(column[:, None], n_areas, axis=1)


def _policy(scenario: Scenario, areas: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Weeks (0 = policy start) at which something changes, and the values from there on."""
    moments = {0}.union(*(_moments(change) for change in scenario.changes))
    weeks = sorted(week for week in moments if week <= LONGEST_WEEKS)
    values = np.stack([_in_week(scenario, areas, week) for week in weeks])
    keep = np.append(True, (values[1:] != values[:-1]).any(axis=(1, 2)))
    return np.array(weeks, dtype=np.int64)[keep], values[keep]


def _moments(change: Change) -> set[int]:
    """Weeks in which a change's values move: at its start, in steps of RAMP_STEP_WEEKS, at the end of the ramp, at its end."""
    steps = {change.start_week + gone for gone in (*range(0, change.over_weeks, RAMP_STEP_WEEKS), change.over_weeks)}
    if change.end_week is None:
        return steps
    return {week for week in steps if week < change.end_week} | {change.end_week}


def first_week(change: Change) -> int:
    """The first week in which a change moves anything: a ramp starts at nothing."""
    return change.start_week + min(change.over_weeks, RAMP_STEP_WEEKS)


def _in_week(scenario: Scenario, areas: list[int], week: int) -> np.ndarray:
    """float64[n_levers, n_areas]: starting levers, then each change in force, later on top."""
    values = values_of(scenario.levers, len(areas))
    for change in scenario.changes:
        share = _reached(change, week)
        if share is None:
            continue
        here = np.array([a in _places(change) for a in areas]) if change.areas else np.full(len(areas), True)
        for name, target in change.levers.items():
            row = values[INDEX[name]]
            row[here] = target if share == 1 else row[here] + (target - row[here]) * share
    return values


def _places(change: Change) -> set[int]:
    return {area for name in change.areas for area in members(name)}


def _reached(change: Change, week: int) -> float | None:
    """How far a change has come in a week, from 0 to 1; None when it is not in force."""
    gone = week - change.start_week
    if gone < 0 or (change.end_week is not None and week >= change.end_week):
        return None
    if gone >= change.over_weeks:
        return 1.0
    return gone // RAMP_STEP_WEEKS * RAMP_STEP_WEEKS / change.over_weeks


def _named(*scenarios: Scenario) -> dict[int, str]:
    """The areas that some change names, then everywhere else."""
    found = {area: name for s in scenarios for change in s.changes for name in change.areas for area in members(name)}
    return found | {_ELSEWHERE: "all other areas" if found else "all areas"}


def first_overspent(scenario: Scenario) -> tuple[float, str, Origin, int] | None:
    """(sum, key, where set, week) of the first week when the board's shares exceed 1."""
    areas = list(_named(scenario))
    weeks, values = _policy(scenario, areas)
    rows = [INDEX[name] for name in _PARTS]
    for week, sums in zip(weeks, values[:, rows].sum(axis=1), strict=True):
        if (sums > 1 + 1e-9).any():
            return float(sums.max()), *_blame(scenario, int(week)), int(week)
    return None


def _blame(scenario: Scenario, week: int) -> tuple[str, Origin]:
    """The last thing that set one of the shares: a change in force, else the levers."""
    for change in reversed(scenario.changes):
        names = [name for name in _PARTS if name in change.levers]
        if names and _reached(change, week) is not None:
            return names[-1], change.origin
    set_ = [name for name in _PARTS if name in scenario.origins]
    name = max(set_, key=lambda n: scenario.origins[n].line, default=_PARTS[0])
    return name, scenario.origins.get(name, Origin())


@dataclass(frozen=True)
class Difference:
    """From `week` of the policy on, `lever` is `a` in one and `b` in the other, in `area`."""

    lever: str
    area: str
    week: int
    a: float | str
    b: float | str


def word(name: str, value: float) -> float | str:
    """A lever's value as people write it: the word of a choice, else the number."""
    choice = BY_NAME[name].choice
    return CHOICES[choice][round(value)] if choice else float(value)


def diff(a: Scenario, b: Scenario) -> list[Difference]:
    """Where two scenarios differ, by lever, area and week, each counted from its own policy start.

    A last row with equal values says from when on they are the same again.
    """
    named = _named(a, b)
    areas = list(named)
    one, two = (Timeline(*_policy(scenario, areas)) for scenario in (a, b))
    weeks = np.union1d(one.starts, two.starts).astype(int).tolist()
    first, second = (np.stack([line.at(week) for week in weeks]) for line in (one, two))
    rows = []
    for lever in LEVERS:
        i = INDEX[lever.name]
        same = all((t[:, i] == t[:, i, -1:]).all() for t in (first, second))
        for k in [len(areas) - 1] if same else range(len(areas)):
            area = "all areas" if same else named[areas[k]]
            rows += list(_rows(lever.name, area, weeks, first[:, i, k].tolist(), second[:, i, k].tolist()))
    return rows


def _rows(name: str, area: str, weeks: list[int], a: list[float], b: list[float]) -> Iterator[Difference]:
    last = None
    for week, x, y in zip(weeks, a, b, strict=True):
        if (x, y) != last and (x != y or (last and last[0] != last[1])):
            yield Difference(name, area, week, word(name, x), word(name, y))
        last = (x, y)
