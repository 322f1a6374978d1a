"""Rules of the phase `ask`: acting on what one knows, and being put forward."""

from __future__ import annotations

from sim.compiled import rule
from sim.numbers.parameters import Column
from sim.numbers.structure import ACCESS_MOST, HIGH_NEED_CONFIDENCE, HIGH_NEED_LONELY, LINK_WORKER_PEOPLE_YEAR
from sim.vocabulary import YEAR


@rule
def acting_chance(rate: Column, confidence: Column) -> Column:
    """Weekly chance of using a way in that one knows; `confidence` is 0 to 100 (PAM). Tables are made of it too."""
    return rate * (0.5 + confidence / 120.0)


@rule
def is_reviewed(n_conditions: int, lasting: bool) -> bool:
    """Whether a person is at an annual review once a year: with a condition and a lasting need."""
    return n_conditions > 0 and lasting


@rule
def thinking_chance(mode: float, opt_in: float, prompted: float, opt_out: float, times: float, clinics: float) -> float:
    """Chance that a referrer who knows thinks of it at this contact.

    `mode` 0 opt-in, 1 prompted, 2 opt-out; `times` raises it at an event; peers in `clinics` (share)
    prompt too.
    """
    base = opt_in if mode == 0 else prompted if mode == 1 else opt_out
    return min(1.0, base * times + clinics * prompted)


@rule
def may_be_put_forward(eligibility: float, n_conditions: float, lonely: float, confidence: float) -> bool:
    """Whom the area's rule lets be put forward: 0 everyone, 1 people with a condition, 2 people in high need.

    `lonely` 3 to 9; `confidence` 0 to 100 (PAM).
    """
    if eligibility == 1:
        return n_conditions > 0
    return eligibility == 0 or (eligibility == 2 and (lonely >= HIGH_NEED_LONELY or confidence < HIGH_NEED_CONFIDENCE))


@rule
def losing_chance(working: float, apart: float, shared: float, one_team: float) -> float:
    """Chance that a referral is lost; `working` 0 apart, 1 shared pathway, 2 one team."""
    return apart if working == 0 else shared if working == 1 else one_team


@rule
def access_share(base: float, per_gbp: float, expenses_gbp: float) -> float:
    """Share who can manage time, distance, cost and language, given `expenses_gbp` a start."""
    return min(ACCESS_MOST, base + per_gbp * expenses_gbp)


@rule
def link_contact_chance(link_workers_per_10k: float, n_conditions: float) -> float:
    """Weekly chance of meeting a link worker: by conditions."""
    return link_workers_per_10k * LINK_WORKER_PEOPLE_YEAR / 10000.0 / YEAR * min(3.0, n_conditions)
