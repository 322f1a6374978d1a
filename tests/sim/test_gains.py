"""What support gives, for how long: gain-weeks against arithmetic by hand, and nothing from nothing."""

import numpy as np
import pytest

from sim.columns.start import make_shape
from sim.core.engine import run
from sim.numbers.levers import INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.results.result import GAINS, Measure, reported_years
from sim.rules.support import gain_in_support, ramp_weeks, weeks_since
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
    for name, value in BUSY.items():
        values[INDEX[name]] = value
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
    assert gain_in_support(gain, start, end, dose, 0, 1000) == sum(weekly)
    assert gain_in_support(gain, start, end, dose, 104, 120) == sum(weekly[3:19])


def test_years_add_up_to_the_whole():
    for gain, start, end in ((1200, 10, 60), (-1200, 50, 52), (600, 103, 150)):
        parts = sum(gain_in_support(gain, start, end, 12, year, year + 52) for year in (0, 52, 104))
        assert parts == gain_in_support(gain, start, end, 12, 0, 156)


def test_a_short_spell_has_half_of_its_last_week_and_its_dose_is_not_counted_twice():
    assert gain_in_support(100, 5, 6, 12, 0, 52) == 100  # one week, at the effect of one week
    assert gain_in_support(100, 5, 5, 12, 0, 52) == 0


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
    gains = (Measure.GAIN_LONELY, Measure.GAIN_CONFIDENCE, Measure.BETTER, Measure.WORSE, *WEEKS_OF)
    assert not nothing.tally[:, :, list(gains)].any() and not nothing.gains.any()
    told = [~np.isin(r.events[:, 2], (Event.BETTER, Event.WORSE)) for r in (usual, nothing)]
    assert np.array_equal(usual.events[told[0]], nothing.events[told[1]]), "what support does moves no history"
    assert told[1].all(), "nobody is better or worse off"


def test_losing_a_group_harms_even_when_support_does_nothing():
    harmed = busy(fixed=NOTHING | {"fold_harm": 0.3, "group_fold_early": 0.05})
    assert harmed.tally[0, 0, Measure.WORSE] > 0 == harmed.tally[0, 0, Measure.BETTER]
    assert harmed.tally[0, 0, Measure.CONFIDENCE_WEEKS_IN] == 0 > harmed.tally[0, 0, Measure.CONFIDENCE_WEEKS_AFTER]


def test_a_longer_half_life_changes_only_what_comes_after(usual):
    long = busy(fixed={"effect_half_life_weeks": 78.0})
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
