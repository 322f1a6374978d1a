"""Mutual groups in the phase `staff`: they close for want of people, of an organiser or of a room, and are founded."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, rule, whole
from sim.core.chairs import can_come, comes_of, group_key
from sim.core.parts.around import look_around, no_longer_wanting
from sim.core.parts.find import find_stage
from sim.core.parts.luck import bits, body, mixed, unit
from sim.core.parts.notes import log
from sim.core.parts.places import end_support, join_group
from sim.core.parts.wants import can_manage
from sim.core.parts.where import row_of, world_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.groups import (
    FOUNDERS,
    attendance_chance,
    founding_chance,
    is_open_to_all,
    other_chance,
    poorly_attended,
    why_closes,
)
from sim.rules.lean import help_here, times_leant
from sim.vocabulary import ANY, N_NEEDS, Closed, Event, Mark, Offer, Stage

NOT = int(Closed.NOT)
GROUP = 1 << Offer.GROUP
FOUNDED = sum(1 << mark for mark in (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED, Mark.EARLY))
NOBODY = np.uint64((1 << 64) - 1)


# ---- closing


@apart
def close_groups(w: Week) -> None:
    """Groups close; their members lose them."""
    groups, lost = w.groups, 0
    for g in range(len(groups.open)):
        if groups.open[g]:
            why = _why_closes(w, g)
            if why != NOT:
                groups.open[g] = False
                groups.closed[g] = w.now
                groups.why[g] = why
                lost += groups.members[g]
    if lost > 0:
        _lose_groups(w)


@rule
def _why_closes(w: Week, g: int) -> int:
    """Organisers leave and step up; then why a group closes, if it does."""
    groups, par = w.groups, w.par
    row = w.places.area_row[groups.place[g]]
    if w.held[row]:
        return NOT
    world, key = world_of(w, row), group_key(w, g)
    if unit(mixed(key ^ w.keys[Purpose.ORGANISER_LEAVES])) < par.organiser_leaves[world] * groups.organisers[g]:
        groups.organisers[g] -= 1
    u = unit(mixed(key ^ w.keys[Purpose.ORGANISER_STEPS_UP]))
    if groups.organisers[g] < 2 and u < par.organiser_steps_up[world] * groups.members[g]:
        groups.organisers[g] += 1
    missing = poorly_attended(groups.members[g], comes_of(w, g))
    other = other_chance(
        w.now - groups.born[g],
        par.group_fold_early[world],
        par.group_fold_later[world],
        w.levers.group_keeping[row],
        par.grant_keeps[world],
        w.levers.group_grant[row],
    )
    few = attendance_chance(missing, par.fold_attendance[world], w.levers.group_keeping[row])
    return why_closes(unit(mixed(key ^ w.keys[Purpose.GROUP_FOLDS])), groups.organisers[g], missing, few, other)


@apart
def _lose_groups(w: Week) -> None:
    """Members of groups that closed lose them."""
    people = w.people
    inside = find_stage(people.stage, Stage.MEMBER, 0, len(people.stage), w.found.who, 0)
    for k in range(inside):
        i = whole(w.found.who[k])
        if not w.groups.open[people.host[i]]:
            w.groups.members[people.host[i]] -= 1
            end_support(w, i, row_of(w, i), Event.SUPPORT_ENDED)


# ---- founding


@apart
def who_founds(w: Week) -> int:
    """Groups are founded where enough people want one in one place and needs group, and two of them at least could come
    (`found.whom` the place, `found.what` the need). Returns how many."""
    founded = 0
    look_around(w)
    for place in range(len(w.places.area_row)):
        before = founded
        for need in range(N_NEEDS):
            if not _is_founded(w, place, need):
                continue
            ordinal = w.places.groups_founded[place] + founded - before
            if _next_founder(w, place, need, _new_key(w, place, ordinal), 2) >= 0:
                w.found.whom[founded] = place
                w.found.what[founded] = need
                founded += 1
    return founded


@rule
def _new_key(w: Week, place: int, ordinal: int) -> np.uint64:
    return body(w.places.base[place], np.uint64(ordinal))


@rule
def _is_founded(w: Week, place: int, need: int) -> bool:
    row = w.places.area_row[place]
    if w.held[row]:
        return False
    par, world = w.par, world_of(w, row)
    unmet = w.room.unmet[place, need]
    help_ = help_here(w.levers.group_founding[row], w.levers.allocation[row], w.state.leans.deprived[place])
    week = times_leant(par.founding_week[world], w.state.leans.places[place])
    chance = founding_chance(unmet, par.founding_pool[world], week, help_)
    u = unit(mixed(body(w.places.base[place], np.uint64(need + 1)) ^ w.keys[Purpose.FOUND]))
    return u < chance * (1.0 - w.levers.face_to_face_closed[row])


@apart
def found_groups(w: Week, first: int, founded: int) -> None:
    """Groups from row `first` on, by those of the willing who could come whose draws are lowest."""
    groups = w.groups
    for k in range(founded):
        place, need, g = whole(w.found.whom[k]), whole(w.found.what[k]), first + k
        ordinal = w.places.groups_founded[place]
        w.places.groups_founded[place] += 1
        groups.place[g] = place
        groups.need[g] = ANY if is_open_to_all(ordinal) else need
        groups.ordinal[g] = ordinal
        groups.organisers[g] = 2
        groups.born[g] = w.now
        groups.open[g] = True
        for _ in range(FOUNDERS):
            i = _next_founder(w, place, need, group_key(w, g), 1)
            if i >= 0:
                row = row_of(w, i)
                log(w, i, row, Event.FOUNDED, need)
                w.people.marks[i] |= FOUNDED
                no_longer_wanting(w, i, place)
                join_group(w, i, row, g)


@apart
def _next_founder(w: Week, place: int, need: int, key: np.uint64, least: int) -> int:
    """Of those who still want it here, would choose a group, and could come to this one, the one whose draw is lowest; -1
    where they are fewer than `least`."""
    people, best, chosen, many = w.people, NOBODY, -1, 0
    for i in range(place * w.place_size, (place + 1) * w.place_size):
        wanting = people.stage[i] == Stage.WANTING and people.want_need[i] == need
        if wanting and can_manage(w, i, row_of(w, i)) & GROUP and can_come(w, i, key):
            tie = bits(w, i, Purpose.FOUND_TIE)
            many += 1
            if chosen < 0 or tie < best:
                best, chosen = tie, i
    return chosen if many >= least else -1
