"""A simulated trial gives back the published intention-to-treat estimate at that trial's attendance."""

from __future__ import annotations

import pytest
from trials import (
    POOLED,
    POOLED_ATTENDED,
    PUBLISHED,
    TRIALS,
    Trial,
    mean_effect,
    mean_effects,
    needed_strength,
    spread_of_effects,
)

from sim.numbers.parameters import records
from sim.vocabulary import Offer

VARIANCE_RATIO = 1.09
"""Treated over control arms of 306 trials of psychotherapy (eff_var_psychotherapy)."""
TRIAL_IDS = [trial.effect_id for trial in TRIALS]


@pytest.mark.parametrize("trial", TRIALS, ids=TRIAL_IDS)
def test_a_simulated_trial_gives_back_its_published_estimate(trial: Trial) -> None:
    """Through the model's own effects: need, fit, quality, dose and luck of people drawn as in the population."""
    found = mean_effect(trial.offer, needed_strength(trial), trial.attended)
    assert found == pytest.approx(trial.itt, abs=0.01 + 0.03 * abs(trial.itt))
    assert trial.low <= found <= trial.high


@pytest.mark.parametrize("trial", TRIALS, ids=TRIAL_IDS)
def test_an_estimate_discounted_twice_is_noticed(trial: Trial) -> None:
    """The control that must fail: the estimate taken as the strength per attender loses what attendance takes."""
    once = mean_effect(trial.offer, needed_strength(trial), trial.attended)
    twice = mean_effect(trial.offer, needed_strength(trial) * trial.attended, trial.attended)
    assert twice != pytest.approx(once, rel=0.1)


def test_every_offer_has_its_trial_or_is_named_as_sharing_the_pooled_prior() -> None:
    """None is left out, none is both."""
    tried = {trial.offer for trial in TRIALS}
    assert tried | set(POOLED) == set(Offer) and not tried & set(POOLED)


@pytest.mark.parametrize("which", [0, 1], ids=[name for name, _ in PUBLISHED])
def test_the_pooled_prior_gives_back_its_review(which: int) -> None:
    """The shipped strength, through need, quality and attendance, comes back as the estimate over all offered."""
    name, published = PUBLISHED[which]
    found = mean_effects(Offer.VOLUNTEER, records()[name].value, POOLED_ATTENDED, seed=3)[which]
    assert found == pytest.approx(published, abs=0.01)


def test_the_spread_of_effects_is_one_that_trials_allow():
    """A treated arm whose effects do not hang on the outcome without treatment varies by 1 + spread squared."""
    record = records()["effect_spread"]
    allowed = (VARIANCE_RATIO - 1.0) ** 0.5
    assert 1.0 + spread_of_effects(allowed) ** 2 == pytest.approx(VARIANCE_RATIO, abs=0.005)
    assert record.low == 0 and record.value <= allowed < record.high
