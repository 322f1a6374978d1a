"""Simulated trials: published intention-to-treat effects, given back by the model's own effects at the trial's attendance.

A trial is simulated for each offer for which the evidence tables hold both an effect and the share of those offered
who took part *in the same trial*. Effects are in the trial's own units: the model's rule for effects has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim import draws
from sim.columns.start import make_shape, make_state
from sim.compiled import loop
from sim.core.parts.places import effects
from sim.core.parts.where import row_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.numbers.levers import Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.rules.support import effect_if_attending
from sim.vocabulary import Offer, Stage

PEOPLE = 40_000


@dataclass(frozen=True)
class Trial:
    """One trial. `itt` and its interval in `unit`; `attended` the share of those offered who took part."""

    offer: Offer
    trial: str
    effect_id: str
    itt: float
    low: float
    high: float
    unit: str
    attendance_id: str
    attended: float


TRIALS = (
    Trial(
        Offer.GROUP,
        "Smith 2011, peer-led groups in general practice",
        "eff_smith_hba1c",
        -0.08,
        -0.35,
        0.18,
        "HbA1c, percentage points",
        "sup_smith_never",
        0.82,
    ),
    Trial(
        Offer.VOLUNTEER,
        "Charlesworth 2016, one-to-one carer support",
        "eff_csp_sf12",
        0.52,
        -1.28,
        2.32,
        "SF-12 points",
        "ref_csp_uptake",
        0.71,
    ),
)
PUBLISHED = (("effect_lonely", 0.13), ("effect_confidence", 0.30))
"""The pooled priors' own reviews over all offered (eff_lone_socialsupport, eff_foster_selfeff), at 82% attending."""
POOLED_ATTENDED = 0.82
# Offers without both, and what the tables lack for them: their effects share one pooled prior.
POOLED = {
    Offer.PAIR: "an effect (eff_heisler_hba1c, mod_partner), no attendance",
    Offer.PAID: "an effect (eff_core_readm), and only the most sessions (sup_core_sessions)",
    Offer.ONLINE: "neither; effect_online_share times the pooled effect",
}


def mean_effects(offer: Offer, strength: float, attended: float, seed: int = 1) -> tuple[float, float]:
    """Mean over all randomised to the offer, people with a condition: (loneliness, confidence), SD, of one strength in both.

    Attenders come by keyed draw and stay the whole dose with a supporter of their own experience.
    """
    w = _arm(offer, strength, seed)
    index = np.flatnonzero(w.people.n_conditions > 0)
    comes = draws.uniform(w.shape.seed, Purpose.ATTENDS, 1, w.people.whog[index]) < attended
    _give(w)
    found = (w.people.gain_lonely[index], w.people.gain_confidence[index])
    lonely, confidence = (float((gain * comes).mean()) / 1000.0 for gain in found)
    return lonely, confidence


@loop
def _give(w: Week) -> int:
    """What support gave everybody, in thousandths of an SD."""
    for i in range(len(w.people.stage)):
        lonely, confidence = effects(w, i, row_of(w, i))
        w.people.gain_lonely[i] = lonely
        w.people.gain_confidence[i] = confidence
    return len(w.people.stage)


def mean_effect(offer: Offer, strength: float, attended: float, seed: int = 1) -> float:
    """The same, of confidence: the scale on which any estimate is tried."""
    return mean_effects(offer, strength, attended, seed)[1]


def needed_strength(trial: Trial, seed: int = 2) -> float:
    """The parameter that a trial's estimate implies: over attendance, and over what a unit gives this population.

    The unit is measured in another population (seed) than the trial is then simulated in.
    """
    unit = mean_effect(trial.offer, 1.0, 1.0, seed)
    return float(effect_if_attending(trial.itt, trial.attended)) / unit


def spread_of_effects(spread: float, seed: int = 1) -> float:
    """SD between people with a condition of what a whole dose does for confidence, where it does nothing on average."""
    w = _arm(Offer.VOLUNTEER, 0.0, seed, spread)
    _give(w)
    return float(w.people.gain_confidence[w.people.n_conditions > 0].std()) / 1000.0


def _arm(offer: Offer, strength: float, seed: int, spread: float = 0.1) -> Week:
    """Everybody with a condition's traits, at the end of a whole dose of one offer. The spread is a small one: the
    mean is what is looked for."""
    shape = make_shape([(0, 0)], [5], PEOPLE, 10_000, 0, 60, seed)
    fixed = {"effect_confidence": strength, "effect_lonely": strength, "effect_spread": spread, "dose_weeks": 12.0}
    w = Week(
        make_state(shape, draw_parameters([0], fixed)),
        Timeline(np.array([0]), today_values(1)[None]),
        np.zeros(0, bool),
    )
    w.start_week(20)
    people = w.people
    people.stage[:] = Stage.MEMBER if offer == Offer.GROUP else Stage.SUPPORTED
    people.offer[:], people.exact[:], people.spell_start[:], people.host[:] = offer, 1, 8, 0
    return w
