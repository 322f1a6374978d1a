"""What is counted each week only so that it can be set beside published evidence.

Nothing in the model reads these columns. Both engines count them at the end of a week; what they are
divided by, and what they are set against, stands in `calibration/library/statistics.py`.
"""

from __future__ import annotations

from sim.compiled import rule
from sim.numbers.parameters import Column

RETAINED_WEEKS = {"volunteers_at_26_weeks": 26, "volunteers_at_52_weeks": 52}
"""Volunteers still there this many weeks after they were recruited."""
GROUP_AGE_WEEKS = {"3_years": 156, "54_months": 234}
"""Ages at which groups are counted: all that were founded then, and those still open."""
SMALL_GROUP = 8
"""Members below which a group counts as small."""
OF_GROUPS = (
    "group_places",
    "groups_small",
    "member_weeks",
    "groups_closed",
    "groups_closed_few_came",
    "groups_closed_no_organiser",
    "groups_closed_for_attendance",
)
"""Of open groups: the members they could have, those with fewer than SMALL_GROUP, and how long members have been in, added
up (weeks). Of groups that closed this week: all, those to which too few came, those without an organiser (a group can be
both), and those that closed because too few came."""
MEASURED: tuple[str, ...] = (
    "volunteers_recruited",
    *RETAINED_WEEKS,
    *(f"groups_{kind}_{age}" for age in GROUP_AGE_WEEKS for kind in ("founded_before", "open_after")),
    *OF_GROUPS,
    "voluntary_organisations",
    "organisations_recruiting",
    "organisations_short",
    "organisations_no_statutory",
    "carers",
    "carers_used_last_year",
)
SHORT_BY = 0.2
"""An organisation is short of volunteers when this share of those it could supervise is missing (judgement)."""


@rule
def short_of_volunteers(volunteers: Column, supervisable: Column) -> Column:
    """Whether an organisation has trouble recruiting: both in volunteers, elementwise."""
    return volunteers < supervisable * (1.0 - SHORT_BY)
