"""The rulebook against closed forms, plain Python against machine code, and a control that must fail."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import draws
from sim.columns.people import ends_at
from sim.compiled import RULES as compiled_rules
from sim.compiled import machine
from sim.core.parts.places import normal
from sim.draws import Purpose
from sim.numbers import structure
from sim.numbers.parameters import Record, draw_parameters, quantile, records
from sim.numbers.structure import declared
from sim.rules import ask, fund, groups, hear, learn, live, offer, staff, support
from sim.tables import STEP, UNIT_WAIT, clock_mean, halving

PAR = draw_parameters([0]).world(0)
WHO = draws.whog_array(np.arange(100_000, dtype=np.uint64))


def test_published_vectors_of_the_keyed_draws():
    """Frozen: a change here changes every result ever published."""
    assert [draws.mix(x) for x in (0, 1, 2**64 - 1)] == [0, 6238072747940578789, 13029008266876403067]
    assert draws.bits_one(1, Purpose.LIFE_WHAT, 10, draws.whog(5)) == BITS


BITS = 7853346362463149246


def test_one_draw_and_an_array_of_draws_are_the_same_bits():
    array = draws.uniform(7, Purpose.ACT_WHAT, 33, WHO[:500])
    alone = [draws.uniform_one(7, Purpose.ACT_WHAT, 33, int(w)) for w in WHO[:500]]
    assert array.tolist() == alone


def test_draws_are_uniform_and_purposes_do_not_repeat_each_other():
    a = draws.uniform(1, Purpose.ACT_WHAT, 3, WHO)
    b = draws.uniform(1, Purpose.MIND_WHAT, 3, WHO)
    assert abs(a.mean() - 0.5) < 0.004 and abs(a.var() - 1 / 12) < 0.002
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.015
    assert len({int(p) for p in Purpose}) == len(Purpose)


def test_unit_wait_is_the_exponential_clock():
    u = (np.arange(65536) + 0.5) / 65536
    assert np.abs(UNIT_WAIT + np.log1p(-u)).max() < 2e-3


@pytest.mark.parametrize("chance", [0.01, 0.2, 0.4, 0.6, 0.95])
def test_gaps_are_geometric_with_the_bound_as_weekly_chance(chance):
    gaps = np.array([live.gap_weeks(wait, clock_mean(chance)) for wait in UNIT_WAIT.tolist()])
    assert np.array_equal((UNIT_WAIT * STEP).astype(np.uint16) * (1.0 / STEP), UNIT_WAIT), "steps say the same"
    assert np.array_equal(gaps + 7, ends_at(7, UNIT_WAIT, clock_mean(chance))), "so is the start of a run"
    assert gaps.min() == 1
    assert abs(gaps.mean() * chance - 1.0) < 0.002
    assert abs((gaps > 3).mean() - (1.0 - chance) ** 3) < 0.001


def test_the_mean_of_a_clock_is_minus_one_over_a_logarithm():
    chances = np.array([1e-4, 0.03, 0.2, 0.5, 0.8, 0.95])
    assert np.abs(clock_mean(chances) * -np.log1p(-chances) - 1.0).max() < 1e-10
    assert [clock_mean(float(c)) for c in chances] == clock_mean(chances).tolist()


def test_onset_gives_back_the_prevalence_by_renewal():
    rate = live.onset_per_week(0.33, 44.0)
    assert rate * 44.0 / (1.0 + rate * 44.0) == pytest.approx(0.33)


def test_volunteers_retention_against_the_survival_curve_published():
    """73% stay six months and 63.5% twelve (sup_ndps_ret6, sup_ndps_ret12)."""
    stay = [1.0 - staff.volunteer_leaving(t, PAR.leave_early, PAR.leave_later, 0, 2.0) for t in range(52)]
    assert math.prod(stay[:26]) == pytest.approx(0.73, abs=0.01)
    assert math.prod(stay) == pytest.approx(0.635, abs=0.01)


def test_groups_close_for_other_reasons_as_the_part_that_is_not_put_down_to_attendance():
    """Between 37% (a constant hazard with a median of 4.5 years) and 60% (sup_group_closed3) close in three years, a quarter of
    them for another reason (sup_close_attendance)."""
    stay = [
        1.0 - float(groups.other_chance(t, PAR.group_fold_early, PAR.group_fold_later, 0.0, 0.3, 0.0))
        for t in range(156)
    ]
    assert 0.24 * (1.0 - 0.5 ** (3 / 4.5)) < 1.0 - math.prod(stay) < 0.24 * 0.60


def test_word_of_mouth_alone_grows_as_the_logistic_curve():
    share, rate = 0.01, 0.02
    path = []
    for _ in range(600):
        mouth, *_others = hear.hearing_chances(hear.talk_share(share * 1000, 0, 1000, 0.0), rate, 0, 0, 0, 0, 0, 0, 0)
        share += (1.0 - share) * float(mouth)
        path.append(share)
    logistic = [1.0 / (1.0 + 99.0 * math.exp(-rate * t)) for t in range(1, 601)]
    assert max(abs(a - b) for a, b in zip(path, logistic, strict=True)) < 0.02


def test_a_trial_gives_back_its_intention_to_treat_effect():
    """Lay-led self-management, self-efficacy 0.30 (eff_foster_selfeff), 82% attending (sup_smith_never)."""
    luck = normal(draws.bits(3, Purpose.EFFECT, 1, WHO))
    comes = draws.uniform(3, Purpose.ATTENDS, 1, WHO) < 0.82
    mean = support.effect_if_attending(0.30, 0.82)
    effect = support.effect_sd(mean, 1.0, 0.5, 1, 0.7, 1.0, 0.6, luck) * comes
    assert effect.mean() == pytest.approx(0.30, abs=0.01)
    wrong = support.effect_sd(0.30, 1.0, 0.5, 1, 0.7, 1.0, 0.6, luck) * comes
    assert abs(wrong.mean() - 0.30) > 0.03, "discounting by attendance twice must be noticed"


def test_no_support_has_no_effect_and_luck_is_centred():
    luck = normal(draws.bits(3, Purpose.EFFECT, 1, WHO))
    assert abs(luck.mean()) < 0.01 and abs(luck.std() - 1.0) < 0.01
    assert not support.effect_sd(0.3, 0.0, 0.5, 1, 0.7, 1.0, 0.6, luck).any()


def test_the_effect_halves_in_its_half_life():
    assert halving(26, 60)[26] == pytest.approx(0.5, abs=0.01)


def test_largest_remainder_is_hamiltons():
    assert fund.divide(100, [1, 1, 1]) == [34, 33, 33]
    assert fund.divide(10, [53, 24, 23]) == [5, 3, 2]
    assert fund.divide(-5, [1, 2]) == [0, 0]


@settings(deadline=None)
@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_whole_pence_are_shared_without_losing_one(total, weights):
    shares = fund.divide(total, weights)
    assert sum(shares) == (total if sum(weights) else 0) and min(shares) >= 0
    if sum(weights):
        exact = [total * w / sum(weights) for w in weights]
        assert all(abs(s - e) < 1.001 for s, e in zip(shares, exact, strict=True))
    filled = np.zeros((2, len(weights)), np.int64)
    machine.alone(fund.share_out)(total, np.array(weights, np.int64), *filled)
    assert filled[0].tolist() == shares, "machine code shares out alike, beyond 64 bits too"


def test_priors_are_triangular():
    record = records()["want_prevalence"]
    sample = [quantile(record, (i + 0.5) / 4000) for i in range(4000)]
    assert np.mean(sample) == pytest.approx((record.low + record.value + record.high) / 3, abs=1e-3)
    assert record.low <= min(sample) <= max(sample) <= record.high


def test_every_parameter_has_unit_source_grade_and_a_range_around_its_value():
    for record in declared().values():
        assert isinstance(record, Record)
        assert record.unit and record.source and record.meaning and record.reviewed, record.name
        assert record.grade in ("published", "derived", "judgement"), record.name
        # a judgement says so, and may name the rows that it was compared with (decision 29)
        assert record.source.startswith("judgement") if record.grade == "judgement" else record.source_id, record.name
        assert record.low <= record.value <= record.high, record.name
        assert record.scope in ("universal", "local") and record.role in (
            "calibrated",
            "prior",
            "fixed",
            "value",
            "structure",
        )


def test_every_number_of_structure_is_read_by_the_model_and_every_one_read_is_declared():
    """The table and the module name the same numbers: a row nobody reads, or a number without a row, fails."""
    read = {name.lower() for name in vars(structure) if name.isupper()} - {"records", "tables"}
    assert read == set(structure.RECORDS)
    assert not set(structure.RECORDS) & set(records()), "one name, one number"


def test_draw_zero_is_central_and_more_draws_change_no_old_one():
    few, many = draw_parameters([0, 1]), draw_parameters([0, 1, 2, 3])
    assert few.act_rate[0] == records()["act_rate"].value
    assert few.act_rate.tolist() == many.act_rate[:2].tolist()
    assert len(set(many.act_rate.tolist())) == 4


RULES = [
    f
    for module in (ask, groups, hear, learn, live, offer, staff, support)
    for _, f in inspect.getmembers(module, inspect.isfunction)
    if f.__module__ == module.__name__
]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_a_rule_gives_an_agent_and_machine_code_the_same_bits(rule):
    """Whatever numbers it is given; machine code is asked where Python does not divide by zero."""
    compiled, n = machine.alone(rule), len(inspect.signature(rule).parameters)
    value = st.one_of(st.sampled_from([0.0, 1.0, 0.5, 2.0, 26.0, 103.0]), st.floats(0.001, 0.999))

    @settings(max_examples=200, deadline=None)
    @given(st.lists(value, min_size=n, max_size=n))
    def alike(given_):
        try:
            plain = rule(*given_)
        except ZeroDivisionError:
            return
        assert np.array_equal(np.array(plain, float), np.array(compiled(*given_), float), equal_nan=True)

    alike()


def test_machine_code_is_made_of_every_rule():
    """A rule that is not marked would be refused by numba at the first run, not before."""
    assert set(RULES) <= set(compiled_rules), {f.__name__ for f in set(RULES) - set(compiled_rules)}


def test_high_need_posts_and_open_groups_follow_their_records():
    """What the tables of numbers say holds at the bound and one step beside it."""
    number = {name: int(record.value) for name, record in declared().items() if record.role == "structure"}
    lonely, unsure = number["high_need_lonely"], number["high_need_confidence"]
    assert ask.may_be_put_forward(2, 0, lonely, 100) and ask.may_be_put_forward(2, 0, 3, unsure - 1)
    assert not ask.may_be_put_forward(2, 5, lonely - 1, unsure)
    assert ask.may_be_put_forward(0, 0, 3, 100) and not ask.may_be_put_forward(1, 0, 9, 0)
    assert [k for k in range(24) if groups.is_open_to_all(k)] == list(range(24))[number["group_open_every"] - 1 :: 6]
    least = number["post_least_mfte"]
    assert staff.is_worth_a_post(least, 9 * least) and not staff.is_worth_a_post(least - 1, 0)
    assert staff.is_worth_a_post(1000, 30_000) and not staff.is_worth_a_post(999, 30_000)
    assert not staff.is_worth_a_post(100, 1000) and staff.is_worth_a_post(101, 1000)
    assert staff.is_overstaffed(1101, 1000) and not staff.is_overstaffed(1100, 1000)
