"""Both engines give every person the same history: event by event, week by week, penny by penny."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import model as agents
from sim.core import engine as core
from sim.kinds import Event
from sim.levers import INDEX, Timeline, today_values
from sim.parameters import draw_parameters
from sim.result import LEVELS, MEASURES, WEEKLY, Result
from sim.start import make_shape
from sim.state import Shape


def both(areas: list[int], people: int, size: int, weeks: int, seed: int, burn_in: int = 0,
         policy: dict[str, float] | None = None, later: dict[str, float] | None = None,
         at: int = 13, draw: int = 0) -> tuple[Result, Result]:
    """The same scenario in both engines: `policy` from the start, `later` besides from week `at`."""
    shape = make_shape([(draw, 0)], areas, people, size, burn_in, weeks, seed)
    par = draw_parameters([draw])
    timeline = course(shape, policy or {}, later or {}, at)
    return core.run(shape, par, timeline, [-1]), agents.run(shape, par, timeline, [-1])


def course(shape: Shape, policy: dict[str, float], later: dict[str, float], at: int) -> Timeline:
    """A timeline with one change."""
    values = []
    for changes in (policy, policy | later):
        levers = today_values(len(shape.areas))
        for name, value in changes.items():
            levers[INDEX[name]] = value
        values.append(levers)
    return Timeline(np.array([0, at]), np.stack(values))


def name_event(row: np.ndarray) -> str:
    """One event in words."""
    return f"week {row[0]} person {row[1]} {Event(int(row[2])).name} {row[3]}"


def first_difference(one: Result, other: Result) -> str:
    """The first week that differs: events on each side only, then columns. Empty when all is the same."""
    a, b = ({tuple(row) for row in r.events.tolist()} for r in (one, other))
    if a != b:
        week = min(row[0] for row in a ^ b)
        sides = (sorted(r for r in side if r[0] == week)[:12] for side in (a - b, b - a))
        lines = ["\n".join(name_event(np.array(r)) for r in side) for side in sides]
        return f"events in week {week}\nonly in the core:\n{lines[0]}\nonly in the agents:\n{lines[1]}"
    if not np.array_equal(one.events, other.events):
        return "an event happens twice in one engine"
    return _tables_differ(one, other)


def _tables_differ(one: Result, other: Result) -> str:
    if not np.array_equal(one.weekly, other.weekly):
        w, r, c = np.argwhere(one.weekly != other.weekly)[0]
        return f"week {w} area {r} {WEEKLY[c]}: {one.weekly[w, r, c]} and {other.weekly[w, r, c]}"
    for name, column in one.organisations.items():
        if not np.array_equal(column, other.organisations[name]):
            return f"organisations' {name}: {column} and {other.organisations[name]}"
    if not np.array_equal(one.tally, other.tally):
        r, g, m = np.argwhere(one.tally != other.tally)[0]
        return f"tally {LEVELS[g]} {MEASURES[m]}: {one.tally[r, g, m]} and {other.tally[r, g, m]}"
    return ""


def same(one: Result, other: Result) -> None:
    """Fail with the first difference."""
    difference = first_difference(one, other)
    assert not difference, difference


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_place_half_a_year(seed: int) -> None:
    """A small place, from an empty start."""
    same(*both([5], 500, 500, 26, seed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_place_two_years(seed: int) -> None:
    """Long enough for awards to end and groups to fold."""
    same(*both([5], 1000, 1000, 104, seed))
