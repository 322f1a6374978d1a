"""Referral: what is declared of referrers holds, prompts work at the contacts people have, and working beside peers teaches."""

from __future__ import annotations

import numpy as np
import pytest
from histories import Policy, course

from sim.columns.start import make_shape
from sim.columns.state import Shape
from sim.core import engine as core
from sim.core.week import Week
from sim.numbers.parameters import draw_parameters, records
from sim.results.result import Result
from sim.rules import ask, learn
from sim.vocabulary import YEAR, Event, How, Known, heard

MODES = ("mode_contact", "mode_diagnosis", "mode_discharge", "mode_review")
SURE = {"thinks_opt_in": 0.0, "thinks_prompted": 1.0, "knows_practice": 1.0, "knows_specialist": 1.0}
PRACTICE_AND_HOSPITAL = {"route_link_worker": 0, "route_mental": 0, "route_hospice": 0, "route_carers": 0}
PRACTICE_AND_HOSPITAL |= {"route_practice": 1, "route_acute": 1, "peers_in_clinics": 0}


def shape_of(weeks: int, people: int = 4000, size: int = 2000, burn_in: int = 0, worlds: int = 1) -> Shape:
    return make_shape([(d, 0) for d in range(worlds)], [5], people, size, burn_in, weeks, seed=7)


def run(policy: Policy, weeks: int = 60, fixed: dict[str, float] | None = None) -> Result:
    """Everybody traced."""
    shape = shape_of(weeks)
    return core.run(shape, draw_parameters([0], fixed), course(shape, policy, {}, 1), [-1])


def who(result: Result, kind: Event, detail: int | None = None) -> set[tuple[int, int]]:
    """(week, person) of each event of a kind."""
    rows = result.events[result.events[:, 2] == kind]
    return {(int(week), int(person)) for week, person, _, what in rows if detail in (None, what)}


# ---- what is declared


def test_the_burn_in_keeps_what_is_declared_of_knowledge() -> None:
    """Six years under today's policy, in which people are referred: every kind of referrer knows what was declared."""
    shape = shape_of(1, burn_in=6 * YEAR, worlds=3)
    week = Week(core.make_state(shape, draw_parameters([0, 1, 2])), course(shape, {}, {}, 1), np.zeros(0, bool))
    for now in range(shape.burn_in):
        core.one_week(week, now)
    ref = week.state.referrers
    assert ref.recent.sum() > 0 and len(set(ref.declared.round(6))) > 3
    assert np.array_equal(ref.knows, ref.declared)


def test_a_directory_tells_those_who_use_it_and_turnover_takes_it_back() -> None:
    """In the limit, knowledge lies between what is declared and what all who use the directory would know."""
    knows = 0.26
    for _ in range(3000):
        knows = learn.knowledge_next(knows, 0.26, 0.003, 0.04, 0.55)
    told = 0.26 + 0.74 * 0.5  # half of those who did not use it today do
    assert knows == pytest.approx((0.003 * 0.26 + 0.04 * told) / 0.043)
    for _ in range(3000):
        knows = learn.knowledge_next(knows, 0.26, 0.003, 0.04, 0.1)
    assert knows == pytest.approx(0.26, abs=1e-4)


def test_small_and_large_referrers_judge_alike() -> None:
    assert learn.weight_of_own(4, 10_000) == learn.weight_of_own(40, 100_000) == pytest.approx(0.4)
    assert learn.outcome_share(0, 0, 0) == 1.0, "nothing was seen, nothing counts against it"
    assert learn.outcome_share(10, 10, 0) == 1.0 and learn.outcome_share(0, 0, 10) == 0.0
    assert learn.outcome_share(10, 0, 10) == pytest.approx(0.25), "half offered, and late"


# ---- prompts and opt-out


@pytest.mark.parametrize("mode", MODES)
def test_a_prompt_works_at_its_contact_and_nowhere_else(mode: str) -> None:
    """Staff think of it only where they are prompted: people who want it are told there, and some who do not are sent."""
    result = run(PRACTICE_AND_HOSPITAL | {mode: 1}, fixed=SURE)
    told = who(result, Event.SIGNPOSTED)
    sent = {(week, person) for week, person in who(result, Event.PUT_FORWARD) if (week, person) not in told}
    after = {
        "mode_diagnosis": {(week + 1, person) for week, person in who(result, Event.CONDITION)},
        "mode_discharge": {(week + 1, person) for week, person in who(result, Event.DISCHARGED)},
        "mode_review": {(week, person) for week, person in told | sent if person % 2000 % YEAR == week % YEAR},
        "mode_contact": told | sent,
    }[mode]
    assert told and sent, "people who want it, and people who do not"
    assert {person for _, person in told} != {person for _, person in sent}
    late = {(week, person) for week, person in told | sent if (week, person) not in after}
    assert len(late) <= 0.1 * len(told | sent), "an occasion may be seen to later, by who had no time for it"
    every = {(week, person, detail) for week, person, kind, detail in result.events.tolist() if kind == Event.HEARD}
    assert all((*one, heard(known, How.SIGNPOSTED)) in every for one in told for known in Known), "told of all there is"


def test_nobody_is_told_where_staff_do_not_think_of_it_or_no_route_is_open() -> None:
    assert not who(run(PRACTICE_AND_HOSPITAL, fixed=SURE), Event.SIGNPOSTED)
    shut = dict.fromkeys(PRACTICE_AND_HOSPITAL, 0.0)
    assert not who(run(shut | dict.fromkeys(MODES, 1), fixed=SURE), Event.SIGNPOSTED)


def test_at_a_review_people_are_told_by_the_declared_chance() -> None:
    """Of those who want it when their turn comes: as many as the odds of a usual contact, times the review's, say."""
    policy = PRACTICE_AND_HOSPITAL | {"mode_review": 1}
    all_told, some = (
        len(who(run(policy, 52, SURE | more), Event.SIGNPOSTED)) for more in ({}, {"thinks_prompted": 0.25})
    )
    chance = ask.thinking_chance(1, 0.0, 0.25, 0.5, records()["thinks_at_review"].value)
    assert chance == pytest.approx(0.4)
    assert some / all_told == pytest.approx(chance, abs=4.0 * np.sqrt(chance * (1 - chance) / all_told))


def test_thinking_of_it_is_by_odds() -> None:
    """Never certain unless it was; once is once; the same of staff beside peers, on top."""
    assert ask.thinking_chance(2, 0.04, 0.12, 0.5, 1.0) == 0.5
    assert ask.thinking_chance(2, 0.04, 0.12, 0.5, 4.0) == pytest.approx(0.8)
    assert ask.thinking_chance(0, 0.04, 0.12, 0.5, 4.0) == pytest.approx(1 / 7)
    assert ask.thinking_beside(0.5, 0.4) == pytest.approx(0.7) and ask.thinking_beside(0.5, 0.0) == 0.5


# ---- working side by side, and waiting


def test_the_habit_grows_to_the_share_of_clinics_and_not_without_its_speed() -> None:
    habit = off = 0.0
    for _ in range(30):
        habit = learn.habit_next(habit, 0.6, 1.0, 1.0, 0.04, 0.02)
        off = learn.habit_next(off, 0.6, 1.0, 1.0, 0.0, 0.02)
    assert habit == pytest.approx(0.6 * (1.0 - 0.96**30)) and off == 0.0
    for _ in range(30):
        habit = learn.habit_next(habit, 0.6, 0.0, 1.0, 0.04, 0.02)
    assert habit == pytest.approx(0.6 * (1.0 - 0.96**30) * 0.98**30), "all they referred waited in vain"


PLENTY = {"volunteer_caseload": 60.0, "paid_caseload": 300.0}
SHORT = {"volunteer_caseload": 1.0, "paid_caseload": 4.0}


def referred(policy: Policy, fixed: dict[str, float]) -> np.ndarray:
    """float64[8]: people put forward, quarter by quarter over two years, after two years under today's policy; two worlds."""
    shape = make_shape([(0, 0), (0, 1)], [5], 20_000, 10_000, 2 * YEAR, 2 * YEAR, seed=7)
    result = core.run(shape, draw_parameters([0, 0], fixed), course(shape, {}, policy, shape.burn_in))
    return result.column("n_put_forward").sum(axis=1).reshape(8, -1).sum(axis=1).astype(float)


BESIDE, ASKED = {"peers_in_clinics": 0.6}, {"mode_contact": 2, "route_practice": 1}


@pytest.mark.slow
def test_referrals_rise_beside_peers_and_fall_with_waiting_each_alone_and_together() -> None:
    """Referrals over two years: peers with places, waiting without peers, both; and without what is learnt, neither."""
    still, rise = referred({}, PLENTY), referred(BESIDE, PLENTY)
    assert rise[3] > 3.0 * still[:4].mean() and rise[3] > 1.5 * rise[0], "it rises over a year"
    assert rise[4:].mean() > 0.9 * rise[2:4].mean(), "and stays, where there are places"
    never = referred(BESIDE, PLENTY | {"beside_speed": 0.0})
    assert never.sum() < 1.3 * still.sum(), "nobody learns side by side"
    # the first quarters find those who wanted it long since, so the third is looked at
    short, plenty, blind = (referred(ASKED, fixed) for fixed in (SHORT, PLENTY, SHORT | {"trust_speed": 0.0}))
    assert short[6:].mean() < 0.75 * short[2], "it is waiting that wears confidence down"
    assert plenty[6:].mean() > 0.85 * plenty[2] and blind[6:].mean() > 0.85 * blind[2], "not with places, nor unseen"
    both = referred(BESIDE, {})
    height = both[2:6].max()
    assert height > 1.5 * both[0] and both[6:].mean() < 0.85 * height, "it rises, and wears off"
