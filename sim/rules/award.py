"""Rules of awards: who has one again, and when; what is kept meanwhile; when posts are filled. Whole pence and weeks."""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.vocabulary import YEAR, Award, Payer

RUNS, DECIDED, APPLIES = (int(stage) for stage in Award)
TRUST = int(Payer.TRUST)


@rule
def renewed(
    u: float, late: float, refused: float, gap_share: float, gap_weeks: float, apply_weeks: float
) -> tuple[int, int]:
    """(stage, weeks until it is over) of an award that ends now, by two draws in [0, 1).

    Refused with chance `refused`: it may be applied for again. Of the others, `gap_share` begin after 1 to `gap_weeks` weeks.
    """
    if u < refused:
        return APPLIES, int(apply_weeks)
    return DECIDED, 1 + math.floor(late / gap_share * gap_weeks) if late < gap_share else 0


@rule
def applied(u: float, granted: float, apply_weeks: float) -> tuple[int, int]:
    """(stage, weeks until it is over) of an application made now: what it comes to is heard after `apply_weeks`."""
    return DECIDED if u < granted else APPLIES, int(apply_weeks)


@rule
def measured_by(last: int, stage: int, first_gbp_year: float) -> int:
    """Pence a week by which a payer that goes by last awards measures an organisation: what it had, or a first award's size
    where it has had none and one is decided."""
    return int(first_gbp_year * 100.0 / YEAR) if last == 0 and stage == DECIDED else last


@rule
def is_own_team(nhs: bool, payer: int) -> bool:
    """Whether a payer pays a team of its own: a trust's is given money again at once, and asks nobody."""
    return nhs and payer == TRUST


@rule
def is_due(stage: int, end: int, now: int) -> bool:
    """Whether a new award begins this week, if there is money."""
    return stage == DECIDED and end <= now


@rule
def is_away(stage: int, end: int, now: int) -> bool:
    """Whether an award that is decided begins later, or an answer is waited for."""
    return stage != RUNS and end > now


@rule
def shares(stage: int, is_open: bool) -> bool:
    """Whether an organisation has a share of what a payer divides, now or kept for it."""
    return stage == DECIDED or (is_open and stage == RUNS)


@rule
def goes_back(cash: int, income: int, award: int, kept_weeks: float, share: float) -> int:
    """Pence that go back to the payer of an award that ends: `share` of what is held beyond `kept_weeks` of income, as far as
    it came from that award (`award` of `income`, pence a week). Nothing where `share` is 0."""
    if income <= 0:
        return 0
    beyond = max(0, cash - math.floor(kept_weeks * income))
    return math.floor(share * beyond * award / income)


@rule
def vacancy_filled(until: int, now: int, weeks: float) -> int:
    """The week from which a vacancy is filled: `until` where it is advertised already, else so many weeks on."""
    return until if until > 0 else now + int(weeks)
