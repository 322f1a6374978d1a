"""Mutual groups are uneven, have empty chairs, close for want of people, and each mechanism has its off and its limit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from histories import BUSY, TURNOVER, assert_same, both, course

from calibration.library.statistics import measure
from sim import draws
from sim.agents import group as agents_group
from sim.columns.start import make_shape, make_state
from sim.core import engine as core
from sim.core.chairs import can_come, group_key, holds_of
from sim.core.groups import close_groups
from sim.core.week import Week
from sim.errors import UserError
from sim.numbers.parameters import draw_parameters
from sim.results.result import Result
from sim.rules import groups
from sim.vocabulary import FEW_CAME, Closed, Event

ALL_DAY = {"free_by_day": 1.0, "free_by_day_older": 1.0, "free_by_evening": 1.0}
SMALL_WORLD = {
    "groups_per_place": 15.0,
    "founding_pool": 4.0,
    "founding_week": 0.0015,
    "group_known": 0.5,
    "group_size": 12.0,
    "group_settles": 0.8,
}


def week_of(fixed: dict[str, float], people: int = 1500, burn_in: int = 0, weeks: int = 60) -> Week:
    """A week at the start, many groups."""
    shape = make_shape([(0, 0)], [5], people, people, burn_in, weeks, 3)
    par = draw_parameters([0], {"groups_per_place": 200.0, "rural_near": 1.0} | fixed)
    return Week(make_state(shape, par), course(shape, {}, {}, 1), np.zeros(0, bool))


def could_come(fixed: dict[str, float]) -> np.ndarray:
    """bool[people, groups]."""
    w = week_of(fixed, 400)
    with np.errstate(over="ignore"):
        return np.array(
            [[can_come(w, i, group_key(w, g)) for g in range(len(w.groups.open))] for i in range(len(w.people.stage))]
        )


# ---- size


def test_sizes_keep_their_mean_and_scale_with_it():
    u = (np.arange(20_000) + 0.5) / 20_000
    sizes = np.array([groups.group_places(x, 20.0, 1.0) for x in u])
    assert sizes.mean() == pytest.approx(20.0, rel=0.01)
    assert (sizes.min(), sizes.max()) == (8, 44) and np.median(sizes) < sizes.mean()
    twice = np.array([groups.group_places(x, 40.0, 1.0) for x in u])
    assert twice.mean() == pytest.approx(2 * sizes.mean(), rel=0.01)


def test_without_spread_all_groups_hold_the_same():
    assert {groups.group_places(u, 15.0, 0.0) for u in np.linspace(0, 0.999, 50)} == {15}
    w = week_of({"group_size": 15.0, "group_size_spread": 0.0})
    with np.errstate(over="ignore"):
        assert {holds_of(w, g) for g in range(len(w.groups.open))} == {15}


@pytest.mark.parametrize("fixed", [{"group_size": 2.0}, {"group_size": 0.0}, {"group_size_spread": 1.7}])
def test_a_distribution_of_sizes_that_allows_no_group_is_refused(fixed):
    with pytest.raises(UserError, match="sizes of mutual groups"):
        week_of(fixed)


# ---- who can come


def test_with_nothing_in_the_way_everybody_could_come_to_every_group():
    assert could_come({"group_reach": 0.0}).all()


def test_time_distance_and_language_each_keep_as_many_away_as_declared():
    """One at a time: of people and groups, the share who could come is the closed form, within luck."""
    free = ALL_DAY | {"group_near": 1.0, "little_english": 0.0}
    assert could_come(free).all()
    assert could_come(free | {"group_near": 0.6}).mean() == pytest.approx(0.6, abs=0.04)
    assert could_come(free | {"free_by_day": 0.0, "free_by_day_older": 0.0}).mean() == pytest.approx(0.4, abs=0.15)
    speak = could_come(free | {"little_english": 1.0, "group_differences": 1.0})
    assert 0.4 < speak.mean() < 1.0 and set(np.unique(speak.mean(axis=1).round(1))) <= {0.0, 0.1, 0.2, 1.0}


def test_neighbours_could_come_to_the_same_groups_and_others_to_others():
    """Somebody can have no group that they could come to, while the groups have others who could."""
    near = could_come(ALL_DAY | {"group_near": 0.2, "little_english": 0.0})[:, :6]
    assert (near.sum(axis=1) == 0).any() and (near.sum(axis=0) > 0).all()


def test_both_engines_tell_alike_who_could_come_and_how_many_a_group_holds():
    from sim.agents import model as agents

    w = week_of({"little_english": 0.5}, 400)
    m = agents.PeerSupportModel(
        w.shape, draw_parameters([0], {"groups_per_place": 200.0, "rural_near": 1.0, "little_english": 0.5}), w.timeline
    )
    with np.errstate(over="ignore"):
        for g, group in enumerate(m.groups):
            assert group.holds == holds_of(w, g)
            for i in range(0, 400, 7):
                assert agents_group.can_come(m.everyone[i], group.setting) == can_come(w, i, group_key(w, g)), (i, g)


# ---- closing


def test_a_group_to_which_nobody_comes_closes_as_a_geometric_clock():
    """Of groups without members, those left after so many weeks are (1 - chance) to that power; none close with it off."""
    calm = {"group_fold_early": 0.0, "group_fold_later": 0.0, "organiser_leaves": 0.0, "groups_per_place": 9000.0}
    for chance in (0.0, 0.03):
        w = week_of(calm | {"fold_attendance": chance}, 1000)
        n = len(w.groups.open)
        with np.errstate(over="ignore"):
            for week in range(20):
                w.start_week(week)
                close_groups(w)
        assert w.groups.open.mean() == pytest.approx((1 - chance) ** 20, abs=0.04), n
        assert set(w.groups.why[~w.groups.open].tolist()) <= {Closed.ATTENDANCE}


def test_where_enough_come_attendance_closes_nothing():
    assert groups.poorly_attended(20, 0.5) == 0.0 == groups.poorly_attended(5, 1.0)
    assert groups.poorly_attended(0, 0.9) == 1.0 and groups.poorly_attended(5, 0.5) == 0.5
    assert groups.attendance_chance(1.0, 0.02, 0.25) == pytest.approx(0.015)


def test_a_group_without_an_organiser_closes_whatever_the_draw():
    assert groups.why_closes(0.99, 0, 0.0, 0.0, 0.0) == Closed.ORGANISER
    assert groups.why_closes(0.99, 0, 0.2, 0.0, 0.0) == Closed.ORGANISER_AND_FEW
    assert [groups.why_closes(u, 2, 0.5, 0.1, 0.1) for u in (0.05, 0.15, 0.25)] == [
        Closed.ATTENDANCE,
        Closed.OTHER_AND_FEW,
        Closed.NOT,
    ]
    assert groups.why_closes(0.15, 2, 0.0, 0.1, 0.1) == Closed.OTHER not in FEW_CAME


# ---- founding


def test_too_few_found_nothing_and_beyond_the_chance_grows_with_the_pools():
    assert groups.founding_chance(39, 40, 0.01, 6.0) == 0.0 == groups.founding_chance(1, 0, 0.01, 1.0)
    assert groups.founding_chance(80, 40, 0.01, 1.0) == 2 * groups.founding_chance(40, 40, 0.01, 1.0) == 0.02
    assert groups.founding_chance(4000, 40, 0.5, 6.0) == 1.0


def run_small(
    fixed: dict[str, float], weeks: int = 150, people: int = 4000, levers: dict[str, float] | None = None
) -> Result:
    shape = make_shape([(0, r) for r in range(3)], [5], people, 2000, 0, weeks, 5)
    line = course(shape, {"directory": 1.0, **(levers or {})}, {}, 1)
    return core.run(shape, draw_parameters([0] * 3, SMALL_WORLD | fixed), line, [-1])


@pytest.fixture(scope="module")
def lively() -> Result:
    return run_small({})


def test_groups_are_uneven_have_empty_chairs_and_some_people_find_one_full(lively):
    members, places = lively.column("in_groups")[-1].sum(), lively.column("group_places")[-1].sum()
    assert 0.2 * places < members < places
    assert 0 < lively.column("groups_small")[-1].sum() < lively.column("groups")[-1].sum()


def test_figures_of_groups_can_be_read_of_a_run(lively):
    closed = lively.column("groups_closed").sum()
    opened = lively.column("groups")[0].sum() + lively.column("n_founded")[1:].sum() / groups.FOUNDERS
    assert (
        closed > 0 and opened - closed <= lively.column("groups")[-1].sum() <= opened + lively.column("n_founded").sum()
    )
    for name, low, high in (
        ("members_per_group", 2, 30),
        ("groups_small", 0.01, 0.99),
        ("group_chairs_empty", 0.05, 0.9),
        ("membership_months", 1, 35),
        ("groups_closed_for_attendance", 0.3, 1.0),
        ("groups_closed_for_organisers", 0.0, 1.0),
    ):
        assert ((measure(lively, name) >= low) & (measure(lively, name) <= high)).all(), name
    assert (lively.column("groups_closed_for_attendance") <= lively.column("groups_closed_few_came")).all()
    assert (lively.column("groups_closed_few_came") <= lively.column("groups_closed")).all()


def test_groups_close_for_want_of_newcomers_and_not_with_it_switched_off(lively):
    off = run_small({"fold_attendance": 0.0})
    assert lively.column("groups_closed_for_attendance").sum() > 0 == off.column("groups_closed_for_attendance").sum()
    assert off.column("groups")[-1].sum() > lively.column("groups")[-1].sum()


def test_nobody_founds_a_group_where_the_chance_is_none():
    assert not (run_small({"founding_week": 0.0}, 60).events[:, 2] == Event.FOUNDED).any()


def test_one_history_where_groups_are_small_far_and_short_of_people():
    """Many foundings and closures for every reason, a listed size, groups that few could come to."""
    fixed = TURNOVER | {"group_size": 8.0, "group_near": 0.4, "little_english": 0.8, "free_by_day": 0.3}
    one, other = both([5], 2000, 1000, 130, 6, policy=BUSY, later={"face_to_face_closed": 0.5}, at=90, fixed=fixed)
    assert_same(one, other)
    assert one.column("groups_closed_for_attendance").sum() > 3 and (one.events[:, 2] == Event.FULL).any()


def test_luck_of_groups_is_no_luck_of_people():
    """The share of a slice is even, and slices do not follow each other."""
    parts = np.array(
        [agents_group.parts_of(draws.bits_one(1, draws.Purpose.GROUP_SETTING, 0, draws.whog(k))) for k in range(4000)]
    )
    assert np.abs(parts.mean(axis=0) - 0.5).max() < 0.02
    assert np.abs(np.corrcoef(parts.T) - np.eye(4)).max() < 0.06 and math.isclose(parts.max(), 1.0, abs_tol=0.01)
