"""Money that goes back, first awards, coordinators who leave and recruits who go: each with its off and its limit."""

from __future__ import annotations

import numpy as np
import pytest
from histories import assert_balances, both
from test_money_slowly import GRID, week_of

from sim.core.engine import one_week
from sim.rules.award import goes_back, measured_by
from sim.rules.fund import worth
from sim.rules.ledger import Line, PayerLine
from sim.rules.staff import coordinators_stay
from sim.vocabulary import Award, Post

RICH = {"award_years": 0.5, "budget_charity": 20.0, "budget_council": 20.0}


# ---- the rules


def test_what_goes_back_is_the_awards_part_of_what_is_held_beyond_the_reserve() -> None:
    assert goes_back(3000, 100, 40, 26.0, 1.0) == (3000 - 2600) * 40 // 100
    assert goes_back(3000, 100, 100, 26.0, 0.5) == 200
    assert goes_back(2600, 100, 100, 26.0, 1.0) == 0, "the reserve stays"
    assert goes_back(3000, 100, 100, 26.0, 0.0) == 0, "the mechanism is off"
    assert goes_back(-50, 100, 100, 0.0, 1.0) == goes_back(50, 0, 0, 0.0, 1.0) == 0


def test_awards_that_end_together_give_back_no_more_than_there_is_beyond() -> None:
    awards = [17, 29, 5, 11]
    income = sum(awards) + 3
    back = [goes_back(10_000, income, award, 10.0, 1.0) for award in awards]
    beyond = 10_000 - 10 * income
    assert beyond * sum(awards) / income - len(awards) < sum(back) <= beyond


def test_a_first_award_has_a_size_and_others_go_by_their_last() -> None:
    assert measured_by(0, Award.DECIDED, 5200.0) == 10_000
    assert measured_by(77, Award.DECIDED, 5200.0) == 77
    assert measured_by(0, Award.RUNS, 5200.0) == 0 == measured_by(0, Award.DECIDED, 0.0)


def test_each_coordinator_leaves_as_often_as_declared() -> None:
    """Over even draws: one of three leaves three times as often as one alone; a part-time one goes whole."""
    for mfte, posts, left in ((3000, 3, 2000), (1000, 1, 0), (300, 1, 0), (2300, 3, 1300)):
        found = [coordinators_stay(u, mfte, 0.05) for u in GRID]
        assert set(found) == {mfte, left} and np.mean([n == left for n in found]) == pytest.approx(0.05 * posts)
    assert {coordinators_stay(u, 1000, 0.0) for u in GRID} == {1000}


def test_the_less_of_full_cost_an_award_covers_the_less_of_it_reaches_its_purpose() -> None:
    """As drawn at today's cover, nothing lost at full cover, in proportion below today's, and never more than all."""
    reached = [worth(100.0, 0.2, cover, 0.5) for cover in (1.2, 1.0, 0.8, 0.6, 0.4, 0.0)]
    assert reached == pytest.approx([100.0, 100.0, 90.0, 80.0, 70.0, 50.0])
    assert worth(100.0, 0.0, 0.4, 0.5) == 100.0, "what covers its cost already does so at any cover"


# ---- what follows


@pytest.mark.parametrize(("share", "goes"), [(0.0, False), (1.0, True)])
def test_payers_have_back_what_organisations_give(share: float, goes: bool) -> None:
    fixed = {"award_returned": share, "reserve_kept_weeks": 2.0, "award_gap_share": 0.9}
    one, _ = both([5], 400, 400, 60, 3, policy=RICH, fixed=fixed, whole=True)
    assert_balances(one)
    assert one.books[..., Line.RETURNED].sum() == one.ledger[..., PayerLine.RETURNED].sum()
    assert (one.books[..., Line.RETURNED].sum() > 0) == goes


@pytest.mark.parametrize(("share", "some"), [(0.0, True), (1.0, False)])
def test_recruits_who_all_go_leave_nobody_to_support(share: float, some: bool) -> None:
    w = week_of({"recruit_lost": share, "leave_early": 0.0}, 40, {"budget_charity": 50.0})
    for week in range(40):
        one_week(w, week)
    volunteers = w.supporters.paid == 0
    assert volunteers.sum() > 3
    assert (w.supporters.state[volunteers] == Post.ACTIVE).any() == some
    assert w.orgs.ledger[:, Line.TRAINING].sum() > 0, "their training is paid for"


def test_a_coordinator_who_leaves_is_missed_until_the_post_is_filled() -> None:
    """All leave every week and posts fill at once: nobody is in post as a week ends. None leaves: nobody is missed."""
    for chance in (0.0, 1.0):
        w = week_of({"leave_coordinator": chance, "post_fill_weeks": 0.0, "leave_contract_end": 1.0}, 20)
        for week in range(20):
            one_week(w, week)
            least = np.maximum(0, w.orgs.coordinator_plan - 1000)
            assert np.array_equal(w.orgs.coordinator_mfte, least if chance else w.orgs.coordinator_plan)
