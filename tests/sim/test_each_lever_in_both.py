"""Every lever of the table, moved far from today's value, gives one history in both engines: a new one too.

The policies of `histories` are written by hand, so a lever that was added yesterday stands in none of them.
"""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from histories import CROWDED, TURNOVER, course, first_difference

from sim.agents import model as agents
from sim.columns.start import make_shape
from sim.columns.state import Shape
from sim.core import engine as core
from sim.numbers.levers import LEVERS, Lever
from sim.numbers.parameters import draw_parameters
from sim.results.result import Result

AREAS, EACH, WEEKS, AT = 26, 1000, 110, 1
LIVELY = TURNOVER | {
    "comes_forward": 0.3,
    "reserve_start_weeks": 8.0,
    "overhead_share": 0.15,
    "volunteer_caseload": 3.0,
}
UNSEEN = {"award_years", "core_cost_share", "allocation", "new_organisations", "priority", "learning_network"}
"""Levers of awards and of queues: one neighbourhood has too few of either for them to change a week's counts. And what staff
learn of other areas: here they are prompted at every contact, so they need not have known."""
SHARES = [LEVERS[k : k + AREAS] for k in range(0, len(LEVERS), AREAS)]


def far(lever: Lever) -> float:
    """The end of its range that lies farther from the value in force."""
    now = CROWDED.get(lever.name, lever.today)
    return max((lever.low, lever.high), key=lambda end: abs(end - now))


def thirds() -> Shape:
    """A third of the people of each of some small areas."""
    shape = make_shape([(0, 0)], list(range(AREAS)), EACH * AREAS, EACH, 0, WEEKS, seed=5)
    return replace(shape, all_places=(3,) * AREAS)


@functools.cache
def unmoved() -> Result:
    """The same areas with no lever moved."""
    shape = thirds()
    return core.run(shape, draw_parameters([0], LIVELY), course(shape, CROWDED, {}, AT), [-1])


def moved_anything(result: Result, area: int) -> bool:
    """Whether anything that is counted in an area's weeks differs from where no lever moves."""
    return not np.array_equal(result.weekly[:, area], unmoved().weekly[:, area])


def histories(levers: tuple[Lever, ...]) -> tuple[Result, Result]:
    """Areas do not meet, so one run moves a different lever in each."""
    shape = thirds()
    moved = [{lever.name: far(lever)} for lever in levers] + [{}] * (AREAS - len(levers))
    line, par = course(shape, CROWDED, moved, AT), draw_parameters([0], LIVELY)
    return core.run(shape, par, line, [-1]), agents.run(shape, par, line, [-1])


@pytest.mark.slow
@pytest.mark.parametrize("levers", SHARES, ids=lambda some: f"{some[0].name} to {some[-1].name}")
def test_each_lever_gives_one_history_in_both_engines(levers: tuple[Lever, ...]) -> None:
    one, other = histories(levers)
    named = [f"area {area}: {lever.name}" for area, lever in enumerate(levers)]
    difference = first_difference(one, other)
    assert not difference, f"{difference}\n{EACH} people an area; {', '.join(named)}"
    assert unmoved().column("in_groups").max(axis=0).min() > 0, "groups everywhere: levers of groups can be seen"
    assert {lever.name for area, lever in enumerate(levers) if not moved_anything(one, area)} <= UNSEEN
