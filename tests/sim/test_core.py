"""The fast engine: what must always hold, and that no grouping of the work changes a result."""

import os
import subprocess
import sys

import numpy as np
import pytest

from sim.columns.start import make_shape, make_state
from sim.core.chairs import holds_of
from sim.core.engine import PHASES, one_week, run, run_all, settling, traced
from sim.core.week import Week
from sim.numbers.levers import INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.results.result import STOCKS, Measure, Result
from sim.vocabulary import GATES, Event, Stage

SMALL = {"people": 2000, "place_size": 1000, "burn_in": 40, "weeks": 60, "seed": 3}
HARSH = {
    "cut": 0.6,
    "award_years": 0.5,
    "priority": 2,
    "allocation": 4,
    "pairs": 1.0,
    "mode_contact": 2,
    "mode_review": 2,
    "group_founding": 4.0,
    "self_referral": 1.0,
    "budget_board": 8.0,
}


def policy(n_areas=1, **levers):
    """Today's policy with some levers set from week 0."""
    values = today_values(n_areas)
    for name, value in levers.items():
        values[INDEX[name]] = value
    return Timeline(np.array([0]), values[None])


def simulate(worlds=((1, 0), (2, 0)), areas=(5,), trace=(), levers=None, **changes):
    shape = make_shape(list(worlds), list(areas), **{**SMALL, **changes})
    par = draw_parameters([d for d, _ in worlds])
    return run(shape, par, policy(len(areas), **(levers or {})), trace)


def test_worlds_together_equal_worlds_alone():
    together = simulate(((1, 0), (2, 0), (2, 1)), levers=HARSH)
    for i, world in enumerate(((1, 0), (2, 0), (2, 1))):
        alone = simulate((world,), levers=HARSH)
        assert np.array_equal(together.weekly[:, i : i + 1], alone.weekly)
        assert np.array_equal(together.tally[i : i + 1], alone.tally)


def test_areas_together_equal_areas_alone_in_any_order():
    both = simulate(((1, 0),), areas=(5, 9), levers=HARSH)
    turned = simulate(((1, 0),), areas=(9, 5), levers=HARSH)
    alone = simulate(((1, 0),), areas=(9,), people=1000, levers=HARSH)
    assert np.array_equal(both.weekly[:, 1], turned.weekly[:, 0])
    assert np.array_equal(both.tally[1], alone.tally[0])


def test_another_seed_differs_and_the_same_does_not():
    a, b, other = simulate(), simulate(), simulate(seed=4)
    assert np.array_equal(a.weekly, b.weekly)
    assert not np.array_equal(a.weekly, other.weekly)


def test_a_fresh_process_with_another_hash_seed_gives_the_same_table():
    code = (
        "import sys; sys.path[:0] = ['.', 'tests/sim', 'tests/helpers']; from test_core import simulate;"
        "import hashlib; print(hashlib.sha256(simulate(((1, 0),)).weekly.tobytes()).hexdigest())"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "77")
    }
    assert len(prints) == 1


@pytest.mark.parametrize("levers", [{}, HARSH, {"cut": 1.0}, {"face_to_face_closed": 1.0}])
def test_the_cascade_sums_to_the_wants_in_every_group(levers):
    tally = simulate(levers=levers).tally
    ends = tally[:, :, Measure.FAILED : Measure.ALREADY + 1].sum(axis=2)
    assert np.array_equal(ends, tally[:, :, Measure.WANTS])
    assert tally[:, 0, Measure.WANTS].sum() > 100
    for first, last in ((1, 6), (6, 14), (14, 16), (16, 21), (21, 32)):
        assert np.array_equal(tally[:, first:last].sum(axis=1), tally[:, 0])


def test_availability_nests():
    t = simulate(levers=HARSH).tally[:, 0].sum(axis=0)
    assert (
        t[Measure.STARTED_IN_TIME]
        <= t[Measure.HAD_IN_TIME]
        <= t[Measure.AVAILABLE]
        <= t[Measure.ELIGIBLE]
        <= t[Measure.WANTS]
    )
    assert t[Measure.ONLINE] <= t[Measure.AVAILABLE]
    assert t[Measure.OFFERED_IN_TIME] <= t[Measure.ASKED]


@pytest.mark.parametrize("levers", [{}, HARSH, {"cut": 1.0, "award_years": 0.5}])
def test_places_are_conserved_every_week(levers):
    shape = make_shape([(1, 0)], [5], **SMALL)
    w = Week(make_state(shape, draw_parameters([1])), policy(**levers), traced(shape, ()))
    for week in range(shape.end):
        one_week(w, week)
        people, groups, sup = w.people, w.groups, w.supporters
        members = people.host[people.stage == Stage.MEMBER]
        assert np.array_equal(np.bincount(members, minlength=len(groups.open)), groups.members)
        with np.errstate(over="ignore"):
            assert all(groups.members[g] <= holds_of(w, g) for g in range(len(groups.open)))
        with_one = people.supporter[people.stage == Stage.SUPPORTED]
        assert np.array_equal(np.bincount(with_one, minlength=len(sup.load)), sup.load)
        assert (
            (sup.load <= sup.here).all() and (sup.here <= sup.capacity).all() and (sup.load[sup.state == 2] == 0).all()
        )
        pairs = np.flatnonzero(people.stage == Stage.PAIRED)
        assert np.array_equal(people.supporter[people.supporter[pairs]], pairs)
        assert w.state.online_members.sum() == (people.stage == Stage.ONLINE).sum()
        assert ((w.state.referrers.knows >= 0) & (w.state.referrers.knows <= 1)).all()
        assert not (people.stage >= Stage.JOINING_GROUP).any()


@pytest.mark.parametrize("levers", [HARSH, {"recruitment": 4.0}])
def test_supporters_are_conserved_every_week(levers):
    """Whoever was there is still there or has left, in order of training, active, left; who is new was not there before."""
    shape = make_shape([(1, 0)], [5], **{**SMALL, "people": 20_000, "place_size": 10_000})
    w = Week(make_state(shape, draw_parameters([1])), policy(**levers), traced(shape, ()))
    before: dict[int, int] = {}
    came: set[int] = set()
    left: set[int] = set()
    for week in range(shape.end):
        one_week(w, week)
        sup = w.supporters
        after = dict(zip(sup.whog.tolist(), sup.state.tolist(), strict=True))
        assert len(after) == len(sup.whog), "nobody is there twice"
        assert all(before[who] == 2 for who in before.keys() - after.keys()), "only who has left is forgotten"
        assert all(after[who] >= state for who, state in before.items() if who in after)
        assert not (after.keys() - before.keys()) & came, "nobody comes anew under an old name"
        came |= after.keys()
        left |= {who for who, state in after.items() if state == 2}
        assert len(came) - len(left) == sum(state != 2 for state in after.values())
        before = after
    assert left and came - left


LATENT = (
    Event.DIED,
    Event.MOVED,
    Event.CONDITION,
    Event.BECAME_CARER,
    Event.BEREAVED,
    Event.DISCHARGED,
    Event.FLARED,
    Event.SOCIAL_FELL,
    Event.WANTS,
)


@pytest.mark.parametrize("levers", [HARSH, {"cut": 1.0}, {"online_places": 200.0, "campaign": 1.0}])
def test_latent_wants_are_the_same_in_every_scenario_person_by_person(levers):
    today = simulate(((1, 0),), trace=(-1,)).events
    other = simulate(((1, 0),), trace=(-1,), levers=levers).events
    keep = np.isin(today[:, 2], LATENT), np.isin(other[:, 2], LATENT)
    assert np.array_equal(today[keep[0]], other[keep[1]])
    assert not np.array_equal(today, other)


def test_without_money_volunteers_and_online_only_groups_remain():
    nothing = dict.fromkeys(("budget_board", "budget_council", "budget_trust", "budget_charity"), 0.0)
    shape = make_shape([(1, 0)], [5], **{**SMALL, "people": 20_000, "place_size": 10_000})
    par = draw_parameters([1], {"own_income_gbp_head": 0.0})
    result = run(shape, par, policy(**nothing, recruitment=0.0, online_places=0.0))
    assert result.column("with_volunteer_or_paid").sum() == 0
    assert result.column("online").sum() == 0
    assert result.column("in_groups").sum() > 0


def test_more_places_online_bring_more_within_reach():
    few = simulate(levers={"online_places": 0.0}).tally[:, 0, Measure.AVAILABLE].sum()
    many = simulate(levers={"online_places": 200.0}).tally[:, 0, Measure.AVAILABLE].sum()
    assert many > few


def test_the_week_has_its_phases_in_the_order_of_the_design():
    names = [phase.__name__ for phase in PHASES]
    assert names == ["live", "fund", "staff", "hear", "ask", "offer", "count", "support", "learn", "record"]
    assert len(GATES) == 10


def test_prevalence_of_latent_wants_is_the_parameter():
    """Alternating renewal: the share wanting settles at `want_prevalence` of people with a condition."""
    shape = make_shape([(0, 0)], [5], 10_000, burn_in=150, weeks=100, seed=2)
    result = run(shape, draw_parameters([0]), policy())
    share = result.column("wanting_latent").sum() / result.column("with_condition").sum()
    assert abs(share - 0.33) < 0.03


def test_a_shared_burn_in_gives_the_same_tables():
    shape = make_shape([(1, 0)], [5], **SMALL)
    par, today = draw_parameters([1]), today_values(1)
    changed = policy(**HARSH).values[0]
    timelines = [Timeline(np.array([0, 40]), np.stack([today, v])) for v in (today, changed)]
    together = run_all(shape, par, timelines, trace=(-1,))
    for one, timeline in zip(together, timelines, strict=True):
        alone = run(shape, par, timeline, trace=(-1,))
        assert np.array_equal(one.weekly, alone.weekly)
        assert np.array_equal(one.events, alone.events)
        assert np.array_equal(one.tally, alone.tally)
    with pytest.raises(ValueError, match="before the burn-in ends"):
        run_all(shape, par, [timelines[0], policy(**HARSH)])


def test_a_stock_that_still_drifts_is_measured_and_a_settled_one_is_not():
    grows = [np.full(len(STOCKS), 1e8 + 1e6 * t) for t in range(208)]
    steady = [np.full(len(STOCKS), 100) for _ in range(208)]
    few = [np.full(len(STOCKS), 4 + (t >= 104)) for t in range(208)]  # four groups, then five: luck

    def drift(stocks):
        return Result(None, None, None, settling=settling(stocks)).drift

    assert drift(grows)["groups"] == pytest.approx(104 / 2 / 151.5, abs=1e-3)
    assert set(drift(steady).values()) == set(drift(few).values()) == {0.0}
    assert drift(steady[:100]) == {}
