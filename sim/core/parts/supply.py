"""What exists this week: free places by organisation, offer and experience; groups by place; who has a way in."""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import apart, loop, rule, whole
from sim.core.chairs import group_key, has_chair, holds_of, knows_and_can_come
from sim.core.parts.luck import nth
from sim.core.parts.meeting import group_meets, pairs_meet, supporter_meets
from sim.core.parts.where import place_of, row_of
from sim.core.week import Week
from sim.vocabulary import HALF_YEAR, LONGEST_WAIT, N_MATCH, N_NEEDS, SUIT_BITS, SUITS, Offer, Post, Stage

PAIR, VOLUNTEER, PAID = 1 << Offer.PAIR, 1 << Offer.VOLUNTEER, 1 << Offer.PAID
GROUP, ONLINE = 1 << Offer.GROUP, 1 << Offer.ONLINE
SERVICES = PAIR | VOLUNTEER | PAID
N_OFFERS = len(Offer)
NOBODY = 10_000  # longer than any wait


def fit(w: Week) -> None:
    """Make tables as long as there are organisations, groups and lists of them."""
    room, orgs = w.room, len(w.orgs.open)
    if len(room.spare) != orgs:
        room.free, room.listed_for[0] = np.zeros((orgs, 2, N_NEEDS), np.int64), 0
        room.exists, room.room, room.places = (np.zeros((orgs, N_MATCH), np.uint8) for _ in range(3))
        room.takes_self, room.there = np.zeros(orgs, bool), np.zeros((orgs, 2), np.int64)
        room.spare, room.medians = np.zeros(orgs, np.int64), np.zeros(orgs, np.int64)
        room.listed = np.zeros(_most_listed(w), np.int32)
    if len(room.groups) < len(w.groups.open):
        room.groups = np.zeros(2 * len(w.groups.open), np.int32)


def _most_listed(w: Week) -> int:
    """Places times the organisations that serve each, at most."""
    wide = np.bincount(w.orgs.area_row[w.orgs.place < 0], minlength=w.n_rows)
    return int((np.diff(w.tables.first_place) * wide).sum() + np.count_nonzero(w.orgs.place >= 0))


def list_again(w: Week) -> None:
    """The list of groups in a week that was kept: before everybody looks, wants may be judged by what there was. It holds all
    that ever met, which judges none otherwise."""
    fit(w)
    _list_all(w)


@loop
def _list_all(w: Week) -> int:
    list_met(w, 0)
    return len(w.groups.open)


@apart
def look(w: Week) -> None:
    """Tables made after the rest of `staff` and before anyone acts: who has room for whom."""
    rows = len(w.room.online)
    for row in range(rows):
        space = w.levers.online_places[row] / 1000.0 * w.tables.adults[row] - w.state.online_members[row]
        w.room.online[row] = math.floor(space)
    if w.room.listed_for[0] == 0:  # an organisation opened or closed
        _list_organisations(w)
        w.room.listed_for[0] = 1
    _list_groups(w)
    _count_free(w)
    for o in range(len(w.orgs.open)):
        _show(w, o)
        w.room.medians[o] = median_wait(w, o)
    _stamp(w)


@apart
def _list_organisations(w: Week) -> None:
    """listed[first[place]:]: open organisations that serve each place, area-wide first."""
    orgs, n = w.orgs, 0
    for place in range(len(w.places.area_row)):
        w.room.first[place] = n
        for o in range(len(orgs.open)):
            if orgs.open[o] and orgs.place[o] < 0 and orgs.area_row[o] == w.places.area_row[place]:
                w.room.listed[n] = o
                n += 1
        for o in range(len(orgs.open)):
            if orgs.open[o] and orgs.place[o] == place:
                w.room.listed[n] = o
                n += 1
    w.room.first[len(w.places.area_row)] = n


@apart
def _list_groups(w: Week) -> None:
    """groups[first_group[place]:]: groups of each place that met in the last half-year, in the order of founding."""
    groups = w.groups
    for g in range(len(groups.open)):
        if groups.open[g] and group_meets(w, g):
            groups.met[g] = w.now + 1
            if groups.members[g] < holds_of(w, g):
                groups.had_room[g] = w.now + 1
    list_met(w, w.now + 1 - HALF_YEAR)


@rule
def list_met(w: Week, since: int) -> None:
    """List the groups of each place that met since a week (one more than its number)."""
    groups, first, places = w.groups, w.room.first_group, len(w.places.area_row)
    for place in range(places + 1):
        first[place] = 0
    for g in range(len(groups.open)):
        if groups.met[g] > 0 and groups.met[g] >= since:
            first[groups.place[g] + 1] += 1
    for place in range(places):
        first[place + 1] += first[place]
    for g in range(len(groups.open)):  # groups stand in the order of founding
        if groups.met[g] > 0 and groups.met[g] >= since:
            w.room.groups[first[groups.place[g]]] = g
            first[groups.place[g]] += 1
    for place in range(places, 0, -1):
        first[place] = first[place - 1]
    first[0] = 0


@apart
def _count_free(w: Week) -> None:
    """Free places by organisation, kind and experience; `spare`: places that outnumber those who wait; `there`:
    experiences of active supporters, busy or not."""
    sup, free, spare, there = w.supporters, w.room.free, w.room.spare, w.room.there
    w.order.coming[1] = 0
    for o in range(len(spare)):
        spare[o] = 0
        for need in range(N_NEEDS):
            free[o, 0, need] = 0
            free[o, 1, need] = 0
        there[o, 0] = 0
        there[o, 1] = 0
    for s in range(len(sup.state)):
        o = sup.org[s]
        if sup.state[s] == Post.ACTIVE and w.orgs.open[o] and supporter_meets(w, s):
            places = sup.here[s] - sup.load[s]
            free[o, sup.paid[s], sup.experience[s]] += places
            spare[o] += places
            w.order.coming[1] += places
            there[o, sup.paid[s]] |= 1 << whole(sup.experience[s])
    w.order.coming[0] = w.found.actives[0]
    for k in range(w.found.actives[0]):
        i = w.found.active[k]
        if w.people.stage[i] == Stage.WAITING:
            spare[w.people.host[i]] -= 1


@rule
def _show(w: Week, o: int) -> None:
    """Whom an organisation serves and for whom it has room: places must outnumber its queue."""
    orgs, room, row = w.orgs, w.room, w.orgs.area_row[o]
    room.takes_self[o] = orgs.open[o] and orgs.self_luck[o] < w.levers.self_referral[row]
    pairs = orgs.open[o] and orgs.pair_luck[o] < w.levers.pairs[row] and pairs_meet(w, o)
    serves = whole(orgs.needs[o]) if pairs else 0
    volunteers, paid = _with_room(w, o, 0), _with_room(w, o, 1)
    for match in range(N_MATCH):
        suit = SUIT_BITS[match]
        pair = PAIR * (suit & serves != 0)
        places = VOLUNTEER * (suit & volunteers != 0) | PAID * (suit & paid != 0)
        room.places[o, match] = places
        room.room[o, match] = pair | places if room.spare[o] > 0 else pair
        active = VOLUNTEER * (suit & room.there[o, 0] != 0) | PAID * (suit & room.there[o, 1] != 0)
        room.exists[o, match] = pair | active


@rule
def _with_room(w: Week, o: int, paid: int) -> int:
    """Experiences, as bits, of an organisation's volunteers or paid workers with a free place."""
    found = 0
    for need in range(N_NEEDS):
        found |= whole(w.room.free[o, paid, need] > 0) << need
    return found


@rule
def median_wait(w: Week, o: int) -> int:
    """Median weeks waited by those who started, of the recent (decayed) counts; 0 if none."""
    waits, total = w.orgs.waits[o], 0
    for weeks in range(LONGEST_WAIT + 1):
        total += waits[weeks]
    so_far = 0
    for weeks in range(LONGEST_WAIT + 1):
        so_far += waits[weeks]
        if total > 0 and so_far * 2 >= total:
            return weeks
    return 0


@apart
def _stamp(w: Week) -> None:
    """Remember the week in which something suitable was last there, had a way in, had room, by place and offer."""
    for place in range(len(w.places.area_row)):
        online = ONLINE if w.room.online[w.places.area_row[place]] > 0 else 0
        for match in range(N_MATCH):
            exists = way = room = online
            for k in range(w.room.first[place], w.room.first[place + 1]):
                o = w.room.listed[k]
                exists |= w.room.exists[o, match]
                if w.room.takes_self[o]:
                    way |= w.room.exists[o, match]
                    room |= w.room.room[o, match]
            _stamp_one(w, place * N_MATCH + match, exists, way, room)


@rule
def _stamp_one(w: Week, at: int, exists: int, way: int, room: int) -> None:
    seen = w.state.supply.seen
    for offer in range(N_OFFERS):
        if exists >> offer & 1:
            seen[0, offer, at] = w.now
        if way >> offer & 1:
            seen[1, offer, at] = w.now
        if room >> offer & 1:
            seen[2, offer, at] = w.now


# ---- choosing


@apart
def choose_organisation(w: Week, i: int, pick: np.uint64, own: bool, besides: int) -> int:
    """One organisation for a person: among suitable ones with room, else of the shortest usual wait, each as likely;
    else -1.

    `pick` settles ties; `own`: only those that take self-referrals; `besides` is left out.
    """
    place, match = place_of(w, i), whole(w.people.match[i])
    chooses = w.people.chooses[i] & SERVICES
    least, count = NOBODY, 0
    for k in range(w.room.first[place], w.room.first[place + 1]):
        wait = _wait_at(w, w.room.listed[k], match, chooses, own, besides)
        if wait < least:
            least, count = wait, 0
        count += wait == least
    if least == NOBODY:
        return -1
    rank = nth(pick, count)
    for k in range(w.room.first[place], w.room.first[place + 1]):
        if _wait_at(w, w.room.listed[k], match, chooses, own, besides) == least:
            if rank == 0:
                return whole(w.room.listed[k])
            rank -= 1
    return -1


@rule
def _wait_at(w: Week, o: int, match: int, chooses: int, own: bool, besides: int) -> int:
    """0 where there is room, else one more than the usual wait; NOBODY where an organisation does not suit."""
    if o == besides or (own and not w.room.takes_self[o]) or w.room.exists[o, match] & chooses == 0:
        return NOBODY
    return 0 if w.room.room[o, match] & chooses else 1 + w.room.medians[o]


@rule
def has_room(w: Week, i: int, o: int) -> bool:
    """Whether an organisation has room now for a person."""
    return w.room.room[o, whole(w.people.match[i])] & w.people.chooses[i] & SERVICES != 0


@apart
def choose_group(w: Week, i: int, pick: np.uint64) -> int:
    """One suitable group with an empty chair that a person knows and could come to, each as likely; -1 where there is none."""
    place, count = place_of(w, i), 0
    for k in range(w.room.first_group[place], w.room.first_group[place + 1]):
        count += _may_join(w, i, w.room.groups[k])
    if count == 0:
        return -1
    rank = nth(pick, count)
    for k in range(w.room.first_group[place], w.room.first_group[place + 1]):
        if _may_join(w, i, w.room.groups[k]):
            if rank == 0:
                return whole(w.room.groups[k])
            rank -= 1
    return -1


@rule
def _may_join(w: Week, i: int, g: int) -> bool:
    if not has_chair(w, g) or not SUITS[w.people.match[i], w.groups.need[g]]:
        return False
    return knows_and_can_come(w, i, row_of(w, i), group_key(w, g))
