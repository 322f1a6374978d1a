"""One look at everybody a week, place by place: who wants it and what they know, and who waits, joins or is in support.

Most people are idle. Flags are worked out for all at once, without a branch, and only people with some are looked at
one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.compiled import apart, rule, whole
from sim.core.parts.due import gather
from sim.vocabulary import N_NEEDS, Known, Offer, Stage

if TYPE_CHECKING:
    from sim.core.week import Week

GROUPS, SERVICES = int(Known.GROUPS), int(Known.SERVICES)
GROUP = 1 << Offer.GROUP
UNMET, KNOWS_GROUPS, KNOWS_SERVICES, ACTIVE = 1, 2, 4, 8  # bits: the first three of people who want it
ALL_FLAGS = 16  # numbers that flags can be


@apart
def look_around(w: Week) -> None:
    """Counts of people who want it by place and need (`room.unmet`, `room.telling`), and the list of people who wait, join
    or are in support (`found.active`, as many as `found.actives[0]`, of whom those seen here stand in order: `found.actives[1]`)."""
    active = 0
    for place in range(len(w.places.area_row)):
        for need in range(N_NEEDS):
            w.room.unmet[place, need] = 0
            w.room.telling[place, GROUPS, need] = 0
            w.room.telling[place, SERVICES, need] = 0
        _flag(w, place * w.place_size)
        active = _count(w, place, active)
    w.found.actives[0] = active
    w.found.actives[1] = active


@rule
def _flag(w: Week, first: int) -> None:
    """The flags of everybody in a place (`found.flags`)."""
    people, last, now = w.people, first + w.place_size, np.uint16(w.now)
    stage, chooses, flags = people.stage[first:last], people.chooses[first:last], w.found.flags
    groups, services = people.known_to[GROUPS, first:last], people.known_to[SERVICES, first:last]
    for k in range(len(stage)):
        wants = np.uint8(stage[k] == np.uint8(Stage.WANTING))
        knows = np.uint8(groups[k] > now) * np.uint8(KNOWS_GROUPS) | np.uint8(services[k] > now) * np.uint8(
            KNOWS_SERVICES
        )
        flags[k] = wants * (knows | chooses[k] & np.uint8(GROUP)) | np.uint8(
            stage[k] > np.uint8(Stage.WANTING)
        ) * np.uint8(ACTIVE)


@rule
def _count(w: Week, place: int, active: int) -> int:
    """Count those with flags; list the active, after the first `active`. Returns how many are listed."""
    seen = w.found.seen
    for k in range(len(seen)):
        seen[k] = 0
    for k in range(gather(w, place * w.place_size)):
        i, flags = w.found.who[k], w.found.what[k]
        w.found.active[active] = i
        active += flags == ACTIVE
        seen[whole(w.people.want_need[i]) * ALL_FLAGS + whole(flags)] += 1
    for need in range(N_NEEDS):
        for flags in range(ACTIVE):
            many = seen[need * ALL_FLAGS + flags]
            w.room.unmet[place, need] += many * (flags & UNMET)
            w.room.telling[place, GROUPS, need] += many * (flags >> 1 & 1)
            w.room.telling[place, SERVICES, need] += many * (flags >> 2 & 1)
    return active


@rule
def no_longer_wanting(w: Week, i: int, place: int) -> None:
    """Someone who wanted it when everybody was looked at founds a group: they count no more among those who tell."""
    people, need = w.people, w.people.want_need[i]
    for known in (GROUPS, SERVICES):
        if people.known_to[known, i] > w.now:
            w.room.telling[place, known, need] -= 1
    now_active(w, i)


@rule
def now_active(w: Week, i: int) -> None:
    """Someone waits, joins or is in support since everybody was looked at; they may have been before, and have met others
    informally in this very week."""
    if not _was_active(w, i):
        w.found.active[w.found.actives[0]] = i
        w.found.actives[0] += 1


@rule
def _was_active(w: Week, i: int) -> bool:
    """Whether somebody is listed already, of those who were when everybody was looked at."""
    first, last = 0, w.found.actives[1]
    while first < last:
        middle = (first + last) // 2
        if w.found.active[middle] < i:
            first = middle + 1
        else:
            last = middle
    return first < w.found.actives[1] and w.found.active[first] == i


@rule
def at_stage(w: Week, stage: int) -> int:
    """Of the active, who stands at one stage (`found.who`). Returns how many."""
    n = 0
    for k in range(w.found.actives[0]):
        w.found.who[n] = w.found.active[k]
        n += w.people.stage[w.found.active[k]] == stage
    return n
