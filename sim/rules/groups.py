"""Rules of mutual groups: how many one holds, who can come to it, why it closes, and how one is founded."""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.numbers.structure import (
    GROUP_COMES_LEAST,
    GROUP_COMES_MOST,
    GROUP_FEW_COME,
    GROUP_GRANT_GBP_YEAR,
    GROUP_OPEN_EVERY,
    GROUP_SMALLEST_PART,
    GROUP_YOUNG_WEEKS,
)
from sim.vocabulary import Closed

FOUNDERS = 3
"""People who found a group, at most; two are needed."""
OLDER = 5  # age bands from 65 on
STAYS, ATTENDANCE, ORGANISER, OTHER, ORGANISER_AND_FEW, OTHER_AND_FEW = (int(why) for why in Closed)


# ---- size


@rule
def group_places(u: float, size: float, spread: float) -> int:
    """Most members of a group, by a draw `u`: skewed about the mean `size`, so that most are smaller and a few far larger.

    At `spread` 0 all hold `size`; at 1 they go from a declared part of it to what keeps the mean. Never fewer than founders.
    """
    relative = 1.0 - spread * (1.0 - GROUP_SMALLEST_PART) * (1.0 - 3.0 * u * u)
    return max(FOUNDERS, math.floor(size * relative + 0.5))


@rule
def coming_share(u: float) -> float:
    """Of a group's members, the share who come to a meeting, by its draw `u`."""
    return GROUP_COMES_LEAST + (GROUP_COMES_MOST - GROUP_COMES_LEAST) * u


# ---- who can come


@rule
def chance_left(chance: float, strength: float) -> float:
    """A chance that falls short of 1 by `strength` (0: nothing stands in anybody's way) of what it does."""
    return 1.0 - strength * (1.0 - chance)


@rule
def is_free(
    by_day: bool,
    u_day: float,
    u_evening: float,
    age: int,
    free_day: float,
    free_day_older: float,
    free_evening: float,
    strength: float,
) -> bool:
    """Whether a person of an age band could come at the time of a group: on weekdays by day, or on evenings and weekends."""
    if by_day:
        return u_day < chance_left(free_day_older if age >= OLDER else free_day, strength)
    return u_evening < chance_left(free_evening, strength)


@rule
def is_near(home: float, room: float, near: float, strength: float) -> bool:
    """Whether a group's room is near enough: both lie on a ring in [0, 1), and people come from `near` of it."""
    apart = abs(home - room)
    return 2.0 * min(apart, 1.0 - apart) <= chance_left(near, strength)


@rule
def shares_language(
    u: float, ethnicity: int, interprets: bool, little_english: float, differences: float, strength: float
) -> bool:
    """Whether a person can follow what is said: all can but those with little English (`u`, of the ethnic groups other
    than the first), and they can where a group, or who supports them, speaks their language or interprets. `differences`:
    see the parameter `group_differences`."""
    return interprets or ethnicity == 0 or u >= little_english * differences * strength


@rule
def near_here(near: float, rural: bool, rural_near: float) -> float:
    """The part of a community from which people come to a group: less of it in a rural place."""
    return near * rural_near if rural else near


@rule
def knows_group(u: float, known: float, directory: float) -> bool:
    """Whether somebody who knows that there are groups knows of this one: a share do, and those who use a directory (a share
    too) know of all it lists."""
    return u < 1.0 - (1.0 - known) * (1.0 - directory)


@rule
def stay_mean(settles: bool, stays: float, tries: float) -> float:
    """Mean weeks of a membership: of those who settle, and of those who come to see what it is."""
    return stays if settles else tries


@rule
def mean_membership(settle: float, stays: float, tries: float) -> float:
    """Mean weeks of all memberships; a share settle."""
    return settle * stays + (1.0 - settle) * tries


# ---- why it closes


@rule
def poorly_attended(members: float, comes: float) -> float:
    """How much is missing from a meeting that goes on: 0 where enough come, 1 where nobody does."""
    return max(0.0, 1.0 - members * comes / GROUP_FEW_COME)


@rule
def other_chance(
    age_weeks: float, early: float, later: float, kept: float, grant_kept: float, grant_gbp: float
) -> float:
    """Weekly chance that a group closes for another reason (no room, no money): front-loaded, less with help.

    `kept` is the share of closures avoided by help; `grant_kept` that avoided by a grant of the usual size.
    """
    by_age = early if age_weeks < GROUP_YOUNG_WEEKS else later
    return by_age * (1.0 - kept) * (1.0 - grant_kept * min(1.0, grant_gbp / GROUP_GRANT_GBP_YEAR))


@rule
def attendance_chance(missing: float, per_week: float, kept: float) -> float:
    """Weekly chance that a group closes because too few come, where `missing` of a meeting is; less with help."""
    return per_week * missing * (1.0 - kept)


@rule
def why_closes(u: float, organisers: int, missing: float, attendance: float, other: float) -> int:
    """Why a group closes this week (a kind of Closed), or that it does not. `missing` of a meeting: see `poorly_attended`."""
    if organisers <= 0:
        return ORGANISER_AND_FEW if missing > 0.0 else ORGANISER
    if u < attendance:
        return ATTENDANCE
    if u < attendance + other:
        return OTHER_AND_FEW if missing > 0.0 else OTHER
    return STAYS


# ---- how it is founded


@rule
def is_open_to_all(founded_before: int) -> bool:
    """Whether the next group that a place founds is open to all needs; `founded_before` groups came before it."""
    return founded_before % GROUP_OPEN_EVERY == GROUP_OPEN_EVERY - 1


@rule
def founding_chance(unmet: float, pool: float, per_week: float, help_times: float) -> float:
    """Weekly chance that some of the `unmet` people who want a group, in one place and needs group, found one.

    Among fewer than `pool` nobody knows of enough others. Beyond, the chance grows with the pools there are.
    """
    enough = max(2.0, pool)
    if unmet < enough:
        return 0.0
    return min(1.0, per_week * help_times * unmet / enough)
