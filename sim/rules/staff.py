"""Rules of the phase `staff`: supporters and groups come and go."""

from __future__ import annotations

import numpy as np

from sim.numbers.parameters import Column
from sim.numbers.structure import (
    FOUNDING_SLOPE,
    GROUP_GRANT_GBP_YEAR,
    GROUP_SMALL_MEMBERS,
    GROUP_YOUNG_WEEKS,
    QUALITY_PER_TRAINING_WEEK,
    QUALITY_UNSUPERVISED,
    QUALITY_UNTRAINED,
    VOLUNTEERS_BY_THEMSELVES,
)
from sim.vocabulary import YEAR


def volunteer_leaving(
    tenure_weeks: Column, early: Column, later: Column, stretched: Column, overload: Column
) -> Column:
    """Weekly chance that a volunteer leaves; `stretched` is 1 where supervision is."""
    base = np.where(tenure_weeks < 26, early, later)
    return np.where(stretched == 1, base * overload, base)


def paid_leaving(rate: Column, weeks_left: Column, near_end_times: Column) -> Column:
    """Weekly chance that a paid worker leaves; more in the last 13 weeks of the award."""
    return np.where(weeks_left < 13, rate * near_end_times, rate)


def notice_pence(mfte: Column, gbp_year: Column, weeks: Column) -> Column:
    """Pence paid for the notice of a post of `mfte` thousandths at `gbp_year`."""
    return np.floor(mfte * gbp_year * 100.0 / YEAR * weeks / 1000.0)


def cannot_visit(closed: Column, remote: Column) -> Column:
    """Share of visits that stop where `closed` of face-to-face support is: `remote` of them go on from afar."""
    return closed * (1.0 - remote)


def recruits_expected(vacancies: Column, fill: Column, effort: Column, used_share: Column) -> Column:
    """Volunteers found this week: a share of vacancies, less as the pool is used up."""
    return np.maximum(0.0, vacancies) * np.minimum(1.0, fill * effort) * np.maximum(0.0, 1.0 - used_share)


def supervised(coordinator_mfte: Column, ratio: Column) -> Column:
    """Volunteers that coordinators (in thousandths of a post) can supervise."""
    return coordinator_mfte * ratio / 1000.0


def is_stretched(volunteers: Column, supervised_volunteers: Column) -> Column:
    """Whether supervision is stretched: volunteers outnumber those who can be supervised and those who need nobody."""
    return volunteers > supervised_volunteers + VOLUNTEERS_BY_THEMSELVES


def quality_target(volunteers: Column, supervised_volunteers: Column, training_weeks: Column) -> Column:
    """Quality (0 to 1) that an organisation moves towards: supervision, then training."""
    supervision = np.minimum(1.0, (supervised_volunteers + VOLUNTEERS_BY_THEMSELVES) / np.maximum(1.0, volunteers))
    training = np.minimum(1.0, QUALITY_UNTRAINED + QUALITY_PER_TRAINING_WEEK * training_weeks)
    return (QUALITY_UNSUPERVISED + (1.0 - QUALITY_UNSUPERVISED) * supervision) * training


def folding_chance(
    age_weeks: Column,
    members: Column,
    early: Column,
    later: Column,
    small_times: Column,
    kept: Column,
    grant_kept: Column,
    grant_gbp: Column,
) -> Column:
    """Weekly chance that a mutual group folds: front-loaded, higher where it is small, less with help.

    `kept` is the share of closures avoided by help; `grant_kept` that avoided by a grant of the usual size.
    """
    by_age: Column = np.where(age_weeks < GROUP_YOUNG_WEEKS, early, later)
    base: Column = np.where(members < GROUP_SMALL_MEMBERS, by_age * small_times, by_age)
    return base * (1.0 - kept) * (1.0 - grant_kept * np.minimum(1.0, grant_gbp / GROUP_GRANT_GBP_YEAR))


def founding_chance(unmet_in_place: Column, people_with_need: Column, per_week: Column, help_times: Column) -> Column:
    """Weekly chance that a group is founded in one place and needs group, by share of people wanting."""
    return per_week * help_times * np.minimum(1.0, FOUNDING_SLOPE * unmet_in_place / np.maximum(1, people_with_need))
