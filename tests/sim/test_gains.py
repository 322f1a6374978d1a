"""What support gives, for how long: gain-weeks against arithmetic by hand, and nothing from nothing."""

import numpy as np
import pytest

from sim.columns.start import make_shape
from sim.compiled import machine
from sim.core.engine import run
from sim.numbers.levers import INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.results import value
from sim.results.result import GAINS, Measure, reported_years
from sim.results.value import Choices
from sim.rules.gains import gain_in_support, level_weeks, not_faded, ramp_weeks, weeks_since
from sim.tables import LASTS_WEEKS, halving, weeks_left
from sim.vocabulary import Event

BUSY = {
    "self_referral": 1,
    "directory": 1,
    "campaign": 1,
    "mode_contact": 2,
    "group_founding": 6,
    "budget_board": 10,
    "award_years": 0.5,
    "online_places": 100,
}
NOTHING = {"effect_lonely": 0.0, "effect_confidence": 0.0, "effect_spread": 0.0, "fold_harm": 0.0}
LEFT = weeks_left(26.0)
FOR_GOOD = LASTS_WEEKS
"""Weeks for which an effect holds where nothing bounds it."""
WEEKS_OF = (
    Measure.LONELY_WEEKS_IN,
    Measure.LONELY_WEEKS_AFTER,
    Measure.LONELY_WEEKS_BEYOND,
    Measure.CONFIDENCE_WEEKS_IN,
    Measure.CONFIDENCE_WEEKS_AFTER,
    Measure.CONFIDENCE_WEEKS_BEYOND,
)


def busy(burn_in=0, fixed=None, weeks=110, seed=4):
    shape = make_shape([(0, 0)], [5], 3000, 1500, burn_in, weeks, seed)
    values = today_values(1)
    for name, level in BUSY.items():
        values[INDEX[name]] = level
    return run(shape, draw_parameters([0], fixed), Timeline(np.array([0]), values[None]), [-1])


@pytest.fixture(scope="module")
def usual():
    return busy()


# ---- closed forms


@pytest.mark.parametrize(("weeks", "worth"), [(0, 0), (1, 1), (2, 3), (12, 78), (13, 90), (40, 78 + 28 * 12)])
def test_an_effect_builds_up_over_the_dose_and_then_holds(weeks, worth):
    assert ramp_weeks(weeks, 12) == worth


def test_gain_in_support_is_the_sum_of_its_weeks():
    start, end, dose, gain = 100, 140, 12, 240
    weekly = [gain * min(k, dose) / dose for k in range(1, end - start + 1)]
    assert gain_in_support(gain, start, end, dose, FOR_GOOD, LEFT, 0, 1000) == sum(weekly)
    assert gain_in_support(gain, start, end, dose, FOR_GOOD, LEFT, 104, 120) == sum(weekly[3:19])


def test_an_effect_fades_in_support_where_trials_have_not_followed_it():
    """It holds for 26 weeks; then it is worth in every week what it would be so long after support."""
    start, end, dose, gain, holds = 100, 200, 12, 240, 26
    faded = halving(26.0, 100)
    weekly = [gain * min(k, dose) / dose for k in range(1, holds + 1)] + [gain * faded[k] for k in range(1, 75)]
    found = gain_in_support(gain, start, end, dose, holds, LEFT, 0, 1000)
    assert found == pytest.approx(sum(weekly), abs=1.0)
    assert gain_in_support(gain, start, end, dose, holds, LEFT, 110, 150) == pytest.approx(sum(weekly[9:49]), abs=1.0)
    assert not_faded(gain, 100, holds, LEFT) == pytest.approx(weekly[-1], abs=1.0)


def test_no_membership_is_worth_more_than_what_holds_and_its_mean_life():
    longest = level_weeks(5000, 12, 26, LEFT) / 12_000
    assert longest < 26 + 26 / np.log(2) < level_weeks(5000, 12, FOR_GOOD, LEFT) / 12_000
    assert not_faded(400, 5000, 26, LEFT) == 0 and not_faded(400, 26, 26, LEFT) == 400


def test_an_effect_grows_no_more_than_it_is_bounded_to():
    assert level_weeks(6, 12, 6, LEFT) == level_weeks(6, 12, FOR_GOOD, LEFT)
    assert level_weeks(7, 12, 6, LEFT) < level_weeks(7, 12, FOR_GOOD, LEFT)


def test_years_add_up_to_the_whole():
    for gain, start, end in ((1200, 10, 60), (-1200, 50, 52), (600, 103, 150)):
        for holds in (26, FOR_GOOD):
            parts = sum(gain_in_support(gain, start, end, 12, holds, LEFT, year, year + 52) for year in (0, 52, 104))
            assert parts == pytest.approx(gain_in_support(gain, start, end, 12, holds, LEFT, 0, 156), abs=3)
            assert holds == 26 or parts == gain_in_support(gain, start, end, 12, holds, LEFT, 0, 156)


def test_a_short_spell_has_half_of_its_last_week_and_its_dose_is_not_counted_twice():
    assert gain_in_support(100, 5, 6, 12, 26, LEFT, 0, 52) == 100  # one week, at the effect of one week
    assert gain_in_support(100, 5, 5, 12, 26, LEFT, 0, 52) == 0


@pytest.mark.parametrize("half_life", [8.0, 10.0, 26.0, 78.0])
def test_half_is_left_after_a_half_life(half_life):
    assert halving(half_life, 200)[int(half_life)] == pytest.approx(0.5, rel=0.002)


def test_a_decaying_effect_is_worth_its_mean_life():
    """The sum of a geometric series: f / (1 - f), about half-life / ln 2 weeks less a half."""
    assert weeks_left(26.0)[-1] / 1000 == pytest.approx(26 / np.log(2) - 0.5, rel=0.001)


def test_weeks_after_the_end_are_clipped_to_what_is_reported():
    assert weeks_since(100, 90, 105, LASTS_WEEKS) == (0, 4)
    assert weeks_since(100, 105, 157, LASTS_WEEKS) == (4, 56)
    assert weeks_since(100, 50, 90, LASTS_WEEKS) == (0, 0)


def test_an_agent_and_machine_code_have_the_same_gains():
    """The rules that read the table of what fades: plain Python, and compiled."""
    fast_gain, fast_left = machine.alone(gain_in_support), machine.alone(not_faded)
    plain = LEFT.tolist()
    rng = np.random.default_rng(3)
    for _ in range(300):
        gain, start, length, holds, first = (
            int(rng.integers(*b)) for b in ((-4000, 4000), (0, 60), (0, 1500), (1, 1041), (0, 900))
        )
        spell = (gain, start, start + length, 12, holds)
        assert gain_in_support(*spell, plain, first, first + 52) == fast_gain(*spell, LEFT, first, first + 52)
        assert not_faded(gain, length, holds, plain) == fast_left(gain, length, holds, LEFT)


# ---- the model


def test_everybodys_gains_hold_those_of_latent_wants():
    """Where luck and loss are nothing nobody is worse off, so a part cannot exceed the whole."""
    result = busy(fixed={"effect_spread": 0.0, "fold_harm": 0.0})
    tally, gains = result.tally[0, 0], result.gains[0]
    assert gains.shape == (len(reported_years(result.shape)) + 1, len(GAINS)) and (gains >= 0).all()
    for measures, first in ((WEEKS_OF[:3], 0), (WEEKS_OF[3:], 2)):
        during, after, beyond = (tally[m] for m in measures)
        assert 0 < during <= gains[:-1, first].sum() and 0 < after <= gains[:-1, first + 1].sum()
        assert 0 < beyond <= gains[-1, first + 1]


def test_levels_add_up_to_everyone(usual):
    assert usual.tally[0, 1:6, WEEKS_OF[3]].sum() == usual.tally[0, 0, WEEKS_OF[3]]
    assert usual.tally[0, 21:, WEEKS_OF[4]].sum() == usual.tally[0, 0, WEEKS_OF[4]]


def test_with_zero_effects_nobody_differs_from_the_baseline(usual):
    nothing = busy(fixed=NOTHING)
    chance = (Measure.BETTER_BY_CHANCE, Measure.WORSE_BY_CHANCE)
    gains = (
        Measure.GAIN_LONELY,
        Measure.GAIN_CONFIDENCE,
        Measure.BETTER,
        Measure.WORSE,
        Measure.NET,
        *chance,
        *WEEKS_OF,
    )
    assert not nothing.tally[:, :, list(gains)].any() and not nothing.gains.any()
    worth = value.draw_worth(nothing)
    for choices in (Choices(), Choices("halves_beyond", "activation")):
        assert not value.wellbys(nothing, worth, choices).values.any()
        assert not value.qalys(nothing, worth, choices).values.any()
        assert not value.services_saved_gbp(nothing, worth, choices).any()
    told = [~np.isin(r.events[:, 2], (Event.BETTER, Event.WORSE)) for r in (usual, nothing)]
    assert np.array_equal(usual.events[told[0]], nothing.events[told[1]]), "what support does moves no history"
    assert told[1].all(), "nobody is better or worse off"


CHANCE = {"effect_lonely": 0.0, "effect_confidence": 0.0}


@pytest.mark.parametrize("spread", [0.2, 0.6])
def test_what_chance_alone_would_do_is_what_it_does_where_mean_effects_are_nothing(spread):
    """Person by person, so in every group: the run that was is set beside the one that would have been."""
    real, alone = (busy(fixed=means | {"effect_spread": spread}) for means in ({}, CHANCE))
    for result in (real, alone):
        assert np.array_equal(result.tally[:, :, Measure.BETTER_BY_CHANCE], alone.tally[:, :, Measure.BETTER])
        assert np.array_equal(result.tally[:, :, Measure.WORSE_BY_CHANCE], alone.tally[:, :, Measure.WORSE])
    assert alone.tally[0, 0, Measure.BETTER] > 0 < real.tally[0, 0, Measure.NET]
    assert real.tally[0, 0, Measure.BETTER] > alone.tally[0, 0, Measure.BETTER]


def test_net_is_better_less_worse_in_every_group(usual):
    better, worse, net = (usual.tally[:, :, m] for m in (Measure.BETTER, Measure.WORSE, Measure.NET))
    assert np.array_equal(better - worse, net) and net.any()


def test_without_a_bound_long_memberships_give_more(usual):
    """The switch: bounded, somebody in a group for years gains no more than trials have seen."""
    unbounded = busy(fixed={"effect_holds_weeks": FOR_GOOD})
    inside = [Measure.LONELY_WEEKS_IN, Measure.CONFIDENCE_WEEKS_IN]
    assert (unbounded.tally[0, 0, inside] > usual.tally[0, 0, inside]).all()
    rest = [
        m for m in range(usual.tally.shape[2]) if m not in (*WEEKS_OF, Measure.GAIN_LONELY, Measure.GAIN_CONFIDENCE)
    ]
    assert np.array_equal(unbounded.tally[:, :, rest], usual.tally[:, :, rest]), "it moves no history and no mark"


def test_losing_a_group_harms_even_when_support_does_nothing():
    closing = {"groups_per_place": 60.0, "group_known": 1.0, "group_fold_early": 0.05, "group_fold_later": 0.05}
    harmed = busy(fixed=NOTHING | closing | {"fold_harm": 0.3})
    assert harmed.tally[0, 0, Measure.WORSE] > 0 == harmed.tally[0, 0, Measure.BETTER]
    assert harmed.tally[0, 0, Measure.CONFIDENCE_WEEKS_IN] == 0 > harmed.tally[0, 0, Measure.CONFIDENCE_WEEKS_AFTER]


def test_a_longer_half_life_changes_only_what_comes_after():
    """Where nothing bounds how long an effect holds in support."""
    usual, long = (
        busy(fixed={"effect_holds_weeks": FOR_GOOD, "effect_half_life_weeks": weeks}) for weeks in (26.0, 78.0)
    )
    after = {
        Measure.LONELY_WEEKS_AFTER,
        Measure.CONFIDENCE_WEEKS_AFTER,
        Measure.LONELY_WEEKS_BEYOND,
        Measure.CONFIDENCE_WEEKS_BEYOND,
    }
    changed = set(np.flatnonzero((long.tally != usual.tally).any(axis=(0, 1))).tolist())
    assert changed == after
    assert long.tally[0, 0, Measure.CONFIDENCE_WEEKS_AFTER] > usual.tally[0, 0, Measure.CONFIDENCE_WEEKS_AFTER]


def test_support_of_the_burn_in_counts_only_its_reported_weeks():
    """A gain in support cannot exceed the most anyone can gain, for every week that anyone was in support."""
    result = busy(burn_in=60, weeks=52)
    inside = sum(int(result.column(c).sum()) for c in ("in_groups", "in_pairs", "with_volunteer_or_paid", "online"))
    assert 0 < result.gains[0, 0, 2] < 1000 * inside


def test_waits_are_the_offers_made(usual):
    assert usual.waits.sum() == usual.column("n_offered").sum()
    assert usual.waits.shape[1] == len(reported_years(usual.shape))


def test_wants_close_with_support_or_without(usual):
    tally = usual.tally[0, 0]
    assert tally[Measure.AVAILABLE] <= tally[Measure.ELIGIBLE] <= tally[Measure.WANTS] <= tally[Measure.ALL_WANTS]
    ends = tally[Measure.OPEN] + tally[Measure.LEFT] + tally[Measure.ALREADY]
    assert tally[Measure.UNMET] <= tally[Measure.WANTS] - ends
    assert tally[Measure.UNMET] + tally[Measure.STARTED] + ends >= tally[Measure.WANTS]
    assert 0 < tally[Measure.STARTED_LOOSE] < tally[Measure.STARTED]


def test_some_could_only_have_had_a_loose_match(usual):
    assert 0 < usual.tally[0, 0, Measure.ONLY_LOOSE] < usual.tally[0, 0, Measure.WANTS]
