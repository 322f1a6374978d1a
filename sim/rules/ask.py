"""Rules of the phase `ask`: acting on what one knows, and being put forward."""

from __future__ import annotations

from sim.compiled import rule
from sim.numbers.parameters import Column
from sim.numbers.structure import (
    ACCESS_MOST,
    ACT_CONFIDENCE_MIDDLE,
    ACT_CONFIDENCE_SLOPE,
    HIGH_NEED_CONFIDENCE,
    HIGH_NEED_LONELY,
    LINK_WORKER_CONDITIONS_MOST,
    LINK_WORKER_PEOPLE_YEAR,
)
from sim.vocabulary import YEAR


@rule
def acting_chance(rate: Column, confidence: Column) -> Column:
    """Weekly chance of using a way in that one knows; `confidence` is 0 to 100 (PAM). Tables are made of it too."""
    return rate * (1.0 + ACT_CONFIDENCE_SLOPE * (confidence - ACT_CONFIDENCE_MIDDLE) / 100.0)


@rule
def is_reviewed(n_conditions: int, lasting: bool) -> bool:
    """Whether a person is at an annual review once a year: with a condition and a lasting need."""
    return n_conditions > 0 and lasting


@rule
def is_prompted(mode: float) -> bool:
    """Whether staff are prompted (1) or offer it to everybody (2): what they see says what exists, and they speak of it to
    people who do not want it, too."""
    return mode != 0


@rule
def knowing_chance(knows: float, habit: float, prompts: float, route: float) -> float:
    """Chance that someone meets staff who know of it, and the route is open. Of the staff, `habit` work beside peers and
    know; of the others `knows` do, or all where they are told of it when it matters (`prompts` 1)."""
    return (habit + (1.0 - habit) * max(knows, prompts)) * route


@rule
def thinking_chance(mode: float, opt_in: float, prompted: float, opt_out: float, times: float) -> float:
    """Chance that a referrer who knows thinks of it at this contact: `times` the odds of a usual one.

    `mode` 0 opt-in, 1 prompted, 2 opt-out.
    """
    base = opt_in if mode == 0 else prompted if mode == 1 else opt_out
    return times * base / (1.0 + (times - 1.0) * base)


@rule
def thinking_beside(thinks: float, beside: float) -> float:
    """The same of staff who are used to peers beside them: `beside` of the others think of it too."""
    return thinks + (1.0 - thinks) * beside


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
    return (
        link_workers_per_10k * LINK_WORKER_PEOPLE_YEAR / 10000.0 / YEAR * min(LINK_WORKER_CONDITIONS_MOST, n_conditions)
    )
