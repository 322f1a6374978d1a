"""Rules of the phase `staff`: supporters come and go (groups: `sim.rules.groups`)."""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.numbers.structure import (
    AWARD_END_WEEKS,
    POST_GAP_PART,
    POST_LEAST_MFTE,
    QUALITY_PER_TRAINING_WEEK,
    QUALITY_UNSUPERVISED,
    QUALITY_UNTRAINED,
    VOLUNTEER_EARLY_WEEKS,
    VOLUNTEERS_BY_THEMSELVES,
)
from sim.vocabulary import YEAR

WHOLE_POST = 1000  # thousandths of a full-time post


@rule
def volunteer_leaving(tenure_weeks: float, early: float, later: float, stretched: float, overload: float) -> float:
    """Weekly chance that a volunteer leaves; `stretched` is 1 where supervision is."""
    base = early if tenure_weeks < VOLUNTEER_EARLY_WEEKS else later
    return base * overload if stretched else base


@rule
def paid_leaving(rate: float, weeks_left: float, near_end_times: float) -> float:
    """Weekly chance that a paid worker leaves; more in the last weeks of the award."""
    return rate * near_end_times if weeks_left < AWARD_END_WEEKS else rate


@rule
def coordinators_stay(u: float, mfte: int, chance: float) -> int:
    """Coordinators (thousandths of a post) after this week, in which each leaves with this `chance`, one at most: by a draw."""
    posts = -(-mfte // WHOLE_POST)
    return max(0, mfte - WHOLE_POST) if u < chance * posts else mfte


@rule
def notice_pence(mfte: int, gbp_year: float, weeks: float) -> int:
    """Pence paid for the notice of a post of `mfte` thousandths at `gbp_year`."""
    return math.floor(mfte * gbp_year * 100.0 / YEAR * weeks / 1000.0)


@rule
def cannot_visit(closed: float, remote: float) -> float:
    """Share of visits that stop where `closed` of face-to-face support is: `remote` of them go on from afar."""
    return closed * (1.0 - remote)


@rule
def recruits_expected(vacancies: float, fill: float, effort: float, used_share: float) -> float:
    """Volunteers found this week: a share of vacancies, less as the pool is used up."""
    return max(0.0, vacancies) * min(1.0, fill * effort) * max(0.0, 1.0 - used_share)


@rule
def volunteer_places(u: float, caseload: float) -> int:
    """People whom a volunteer can support at once: by a draw `u` in [0, 1), evenly about the mean `caseload`."""
    return max(1, math.floor(0.5 + 2.0 * u * (caseload - 0.5) + 0.5))


@rule
def post_places(u: float, mfte: float, caseload: float) -> int:
    """The same of a paid post of `mfte` thousandths, at `caseload` for a full one; `u` settles the part of a person."""
    return max(1, math.floor(mfte * caseload / 1000.0 + u))


@rule
def is_worth_a_post(gap_mfte: int, planned_mfte: int) -> bool:
    """Whether what the plan leaves open is filled: a whole post, or else neither too small a post nor too small a part of the plan."""
    return gap_mfte >= WHOLE_POST or (gap_mfte >= POST_LEAST_MFTE and gap_mfte * POST_GAP_PART > planned_mfte)


@rule
def is_overstaffed(in_post_mfte: int, planned_mfte: int) -> bool:
    """Whether paid workers are so far beyond what the plan pays for that some may stand down."""
    return in_post_mfte > planned_mfte + planned_mfte // POST_GAP_PART


@rule
def supervised(coordinator_mfte: float, ratio: float) -> float:
    """Volunteers that coordinators (in thousandths of a post) can supervise."""
    return coordinator_mfte * ratio / 1000.0


@rule
def is_stretched(volunteers: float, supervised_volunteers: float) -> bool:
    """Whether supervision is stretched: volunteers outnumber those who can be supervised and those who need nobody."""
    return volunteers > supervised_volunteers + VOLUNTEERS_BY_THEMSELVES


@rule
def quality_target(volunteers: float, supervised_volunteers: float, training_weeks: float) -> float:
    """Quality (0 to 1) that an organisation moves towards: supervision, then training."""
    supervision = min(1.0, (supervised_volunteers + VOLUNTEERS_BY_THEMSELVES) / max(1.0, volunteers))
    training = min(1.0, QUALITY_UNTRAINED + QUALITY_PER_TRAINING_WEEK * training_weeks)
    return (QUALITY_UNSUPERVISED + (1.0 - QUALITY_UNSUPERVISED) * supervision) * training
