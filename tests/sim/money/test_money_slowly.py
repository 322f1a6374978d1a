"""Money becomes people slowly: awards late, refused and applied for; posts advertised; each with its off and its limit."""

from __future__ import annotations

import numpy as np
import pytest
from histories import HARSH, assert_balances, assert_same, both, course

from sim.columns.start import make_shape, make_state
from sim.columns.state import Shape
from sim.core.engine import one_week
from sim.core.parts.money import bridged, weeks_left
from sim.core.week import Week
from sim.numbers.parameters import draw_parameters
from sim.rules.award import applied, is_due, renewed, vacancy_filled
from sim.rules.ledger import Line
from sim.vocabulary import Award, Payer

OFF = {
    "award_refused": 0.0,
    "award_gap_share": 0.0,
    "first_award": 1.0,
    "apply_weeks": 0.0,
    "post_fill_weeks": 0.0,
    "first_award_gbp": 0.0,
    "award_returned": 0.0,
    "leave_coordinator": 0.0,
    "recruit_lost": 0.0,
}
GRID = (np.arange(200) + 0.5) / 200


def shape_of(weeks: int, people: int = 600) -> Shape:
    return make_shape([(1, 0)], [5], people, people // 2, 0, weeks, 3)


def week_of(fixed: dict[str, float], weeks: int, policy: dict[str, float] | None = None) -> Week:
    """A run of small places, to be taken week by week."""
    shape = shape_of(weeks)
    return Week(make_state(shape, draw_parameters([1], fixed)), course(shape, policy or {}, {}, 1), np.zeros(0, bool))


# ---- the rules


def test_renewals_are_refused_and_late_as_often_as_declared() -> None:
    """Over even draws: the declared share refused; of the others the declared share late, each gap as likely."""
    made = [renewed(u, late, 0.2, 0.5, 10.0, 26.0) for u in GRID for late in GRID]
    refused = [weeks for stage, weeks in made if stage == Award.APPLIES]
    again = np.array([weeks for stage, weeks in made if stage == Award.DECIDED])
    assert len(refused) / len(made) == pytest.approx(0.2) and set(refused) == {26}
    assert (again > 0).mean() == pytest.approx(0.5)
    assert np.bincount(again[again > 0])[1:].tolist() == [(again > 0).sum() / 10] * 10


def test_with_the_mechanism_off_every_award_begins_at_once() -> None:
    assert {renewed(u, late, 0.0, 0.0, 13.0, 26.0) for u in GRID for late in GRID} == {(Award.DECIDED, 0)}
    assert {applied(u, 1.0, 0.0) for u in GRID} == {(Award.DECIDED, 0)}
    assert is_due(Award.DECIDED, 7, 7) and not is_due(Award.APPLIES, 7, 7) and not is_due(Award.DECIDED, 8, 7)


def test_applications_are_granted_as_often_as_declared_and_heard_of_later() -> None:
    made = [applied(u, 0.25, 26.0) for u in GRID]
    assert np.mean([stage == Award.DECIDED for stage, _ in made]) == 0.25
    assert {weeks for _, weeks in made} == {26}


def test_a_vacancy_waits_from_its_first_week_on() -> None:
    until = vacancy_filled(0, 5, 12.0)
    assert until == 17 and vacancy_filled(until, 9, 12.0) == until
    assert vacancy_filled(0, 5, 0.0) == 5


# ---- what follows


def test_nobody_is_paid_between_awards_and_the_money_is_kept() -> None:
    """Every award late: what a payer kept for it is unspent, the organisation has nothing of it, and then has it again."""
    always = {"award_gap_share": 1.0, "award_refused": 0.0, "award_gap_weeks": 13.0}
    w, gaps, again = week_of(always, 160, {"award_years": 1.0}), 0, 0
    before = w.orgs.award_stage.copy()
    for week in range(160):
        one_week(w, week)
        away = (w.orgs.award_stage == Award.DECIDED) & (w.orgs.award_end > week)
        assert not w.orgs.award[away].any()
        same = before[: len(away)] if len(before) == len(away) else w.orgs.award_stage
        again += int(((same == Award.DECIDED) & (w.orgs.award_stage == Award.RUNS) & (w.orgs.award > 0)).sum())
        gaps += int(away.sum())
        promised = (w.orgs.last_award * (w.orgs.award > 0)).sum(axis=0)
        assert (promised <= w.posts.to_award[0]).all()
        before = w.orgs.award_stage.copy()
    assert gaps > 0 and again > 0


def test_who_is_always_refused_has_no_award_when_the_first_have_ended() -> None:
    never = {"award_refused": 1.0, "first_award": 0.0}
    w = week_of(never, 90)
    for week in range(90):
        one_week(w, week)
    own = w.orgs.nhs[:, None] & (np.arange(len(Payer)) == Payer.TRUST)
    assert not w.orgs.award[~own].any() and w.orgs.award[own].any()
    assert (w.orgs.award_stage[~own] == Award.APPLIES).any()


def test_reserves_bridge_a_gap_that_they_outlast() -> None:
    w = week_of({}, 10)
    one_week(w, 0)
    o, payer = 0, int(Payer.TRUST)
    w.orgs.award_stage[o], w.orgs.award_end[o] = Award.APPLIES, 0
    w.orgs.award_stage[o, payer], w.orgs.award_end[o, payer], w.orgs.last_award[o, payer] = Award.DECIDED, 6, 1000
    w.orgs.award[o] = 0
    w.orgs.cash[o] = 6000
    assert bridged(w, o) == 1000 and weeks_left(w, o) <= 0  # staff still feel that nothing runs
    w.orgs.cash[o] = 5999
    assert bridged(w, o) == 0


def test_coordinators_come_after_weeks_and_go_at_once() -> None:
    """Where money grows, fewer are in post than the plan pays for, for as long as the vacancy is advertised; never more."""
    lag = {}
    for weeks in (0, 12):
        fixed = OFF | {"post_fill_weeks": float(weeks)}
        shape = shape_of(40)
        rich = {"budget_charity": 20.0, "budget_council": 20.0, "budget_board": 20.0}
        w = Week(make_state(shape, draw_parameters([1], fixed)), course(shape, {}, rich, 10), np.zeros(0, bool))
        lag[weeks] = []
        for week in range(40):
            one_week(w, week)
            assert (w.orgs.coordinator_mfte <= w.orgs.coordinator_plan).all()
            lag[weeks].append(int((w.orgs.coordinator_plan - w.orgs.coordinator_mfte).sum()))
    assert not any(lag[0])
    assert lag[12][12] > 0 and lag[12][30] < lag[12][12]


@pytest.mark.parametrize("seed", [1, 2])
def test_one_history_with_many_gaps_and_refusals(seed: int) -> None:
    fixed = {
        "award_refused": 0.4,
        "award_gap_share": 0.8,
        "first_award": 0.5,
        "apply_weeks": 6.0,
        "post_fill_weeks": 5.0,
        "award_returned": 1.0,
        "reserve_kept_weeks": 4.0,
        "leave_coordinator": 0.1,
        "recruit_lost": 0.5,
    }
    policy = [HARSH["short awards"] | HARSH["opt-out everywhere"], HARSH["allocation demand"] | HARSH["plenty"]]
    later = {"cut": 0.5}
    one, other = both([5, 17], 1600, 800, 110, seed, policy=policy, later=later, at=60, fixed=fixed)
    assert_same(one, other)
    assert_balances(one)
    assert one.books[..., Line.RETURNED].any()
