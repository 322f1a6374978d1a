"""Every lever of the panel moves something that the page shows, at its extremes, or the page says why not.

`pytest -m statistical tests/dashboards/test_every_lever.py`; the last result stands in docs/dashboard.md.
"""

from __future__ import annotations

import numpy as np
import pytest

from dashboards.asked.levers_panel import groups
from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Policy
from dashboards.pages.explore import changes_card
from dashboards.work.prepare import ends
from reports.figures import FIGURES
from reports.lever_words import label, why_still
from scenarios.reading.load import load
from scenarios.running.posterior import choose
from scenarios.running.study import Study, make_shape, timeline_of, world_parameters
from sim.core.engine import go_on, settle
from sim.numbers.levers import BY_NAME, LEVERS
from sim.results.result import Result

SMALL, LARGER = 2_000, 10_000
STILL_IN_SMALL = {"award_years", "new_organisations"}
"""Levers that a neighbourhood of SMALL adults is too small for: found by running it; looked at in LARGER."""


def shown(result: Result) -> dict[str, np.ndarray]:
    """Every figure of the page, world by world and, where it has one, over its course."""
    return {f.name: np.append(f.worlds(result), f.course(result).ravel() if f.course else []) for f in FIGURES.values()}


class Place:
    """A neighbourhood settled once; `moved` runs a lever's far values until something shown differs from today's."""

    def __init__(self, people: int, weeks: int):
        study = Study((22,), people=people, draws=2, weeks=weeks, burn_in=260, place_size=people, posterior=choose())
        self.shape = make_shape(study)
        today = timeline_of(load("today"), self.shape)
        self.state = settle(self.shape, world_parameters(study, study.worlds), today)
        self.today = shown(go_on(self.state, today))

    def moved(self, lever: str) -> set[str]:
        for value in ends(BY_NAME[lever])[: None if BY_NAME[lever].choice else 2]:
            line = timeline_of(scenario_of(Policy(sets=((lever, value),))), self.shape)
            now = shown(go_on(self.state, line))
            found = {name for name in now if not np.array_equal(now[name], self.today[name], equal_nan=True)}
            if found:
                return found
        return set()


def panel() -> list[str]:
    return [row["name"] for group in groups(Policy(), load("today"), False) for row in group["first"] + group["more"]]


def test_a_lever_that_moves_nothing_is_told_with_the_reason():
    for lever in LEVERS:
        card = changes_card((), Policy(sets=((lever.name, lever.high),)))
        assert "Nothing that is counted" in card and label(lever.name) in card
        assert len(why_still(lever.name)) > len(label(lever.name)) + len(lever.cannot) + 20
    assert "Move a lever" in changes_card((), Policy())


@pytest.mark.statistical
def test_every_lever_moves_something_that_is_shown():
    small, larger = Place(SMALL, 156), Place(LARGER, 260)
    still = {name for name in panel() if not small.moved(name)}
    assert still <= STILL_IN_SMALL, still
    assert not {name for name in still if not larger.moved(name)}


@pytest.mark.slow
@pytest.mark.parametrize("lever", ["self_referral", "budget_board", "group_founding", "cut", "mode_diagnosis"])
def test_some_levers_of_each_group_move_something(lever, small_place):
    assert small_place.moved(lever)


@pytest.fixture(scope="module")
def small_place() -> Place:
    return Place(SMALL, 156)
