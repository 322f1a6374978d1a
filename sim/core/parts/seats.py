"""Free places of every host: what it has, less the people in it, less what was offered this week, less what is reserved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import apart, rule, whole
from sim.core.chairs import holds_of
from sim.core.hosts import FREE, UNMATCHED, VOLUNTEERS, WORKERS
from sim.core.parts.meeting import group_meets, supporter_meets
from sim.rules.count import online_places
from sim.vocabulary import N_MATCH, N_NEEDS, SUIT_BITS, Offer, Post, Stage

if TYPE_CHECKING:
    from sim.core.week import Week

GROUP, PAIR, VOLUNTEER, PAID, ONLINE = (int(offer) for offer in Offer)
PAIR_BIT = 1 << PAIR
NOBODY = -1
NO_ROOM = -1_000_000  # of a host that cannot meet: every reservation gives way


@apart
def count_free(w: Week) -> None:
    """Of every host, before reservations."""
    for g in range(len(w.groups.open)):
        w.hosts.groups[g] = NO_ROOM
        if w.groups.open[g] and group_meets(w, g):
            w.hosts.groups[g] = holds_of(w, g) - whole(w.groups.members[g])
    for row in range(len(w.hosts.online)):
        places = online_places(w.levers.online_places[row], w.tables.adults[row])
        w.hosts.online[row] = places - w.state.online_members[row]
    _count_places(w)
    _list_unmatched(w)


@rule
def _count_places(w: Week) -> None:
    """Places of supporters who meet, by organisation, kind and experience. What was offered this week is forgotten."""
    sup, places, used = w.supporters, w.hosts.places, w.hosts.used
    for o in range(len(w.orgs.open)):
        for paid in range(2):
            for need in range(N_NEEDS):
                places[o, paid, need] = -used[o, paid, need]
                used[o, paid, need] = 0
    for s in range(len(sup.state)):
        o = sup.org[s]
        if sup.state[s] == Post.ACTIVE and w.orgs.open[o] and supporter_meets(w, s):
            places[o, sup.paid[s], sup.experience[s]] += sup.here[s] - sup.load[s]


@rule
def is_unmatched(w: Week, i: int) -> bool:
    """Whether somebody waits for a pair, where pairs are made."""
    people = w.people
    if people.stage[i] != Stage.WAITING or people.chooses[i] & PAIR_BIT == 0:
        return False
    return w.room.exists[people.host[i], people.want_need[i]] & PAIR_BIT != 0


@rule
def _list_unmatched(w: Week) -> None:
    """People who wait for a pair, by organisation and need, one after another."""
    hosts, people = w.hosts, w.people
    for o in range(len(w.orgs.open)):
        for need in range(N_NEEDS):
            hosts.first[o, need] = NOBODY
    for k in range(w.found.actives[0]):
        i = whole(w.found.active[k])
        if not is_unmatched(w, i):
            continue
        hosts.partner[i] = 0  # whoever has their place reserved is unmatched: the others are not looked up
        if w.orgs.open[people.host[i]]:
            o, need = people.host[i], people.want_need[i]
            hosts.next[i] = hosts.first[o, need]
            hosts.first[o, need] = i


@apart
def show_free(w: Week) -> None:
    """Where anybody may look: which offers have a free place, by place and by what is asked. A hundred look for one who finds a
    place, and this settles it for nearly all of them, before a draw is made or a list is read."""
    for o in range(len(w.orgs.open)):
        for kind in range(FREE):
            w.hosts.free[o, kind] = 0
        for need in range(N_NEEDS):
            w.hosts.free[o, VOLUNTEERS] |= whole(w.hosts.places[o, 0, need] > 0) << need
            w.hosts.free[o, WORKERS] |= whole(w.hosts.places[o, 1, need] > 0) << need
            w.hosts.free[o, UNMATCHED] |= whole(w.hosts.first[o, need] != NOBODY) << need
    for place in range(len(w.places.area_row)):
        _show_place(w, place)


@rule
def _show_place(w: Week, place: int) -> None:
    groups = volunteers = workers = pairs = 0
    for k in range(w.room.first_group[place], w.room.first_group[place + 1]):
        g = w.room.groups[k]
        groups |= whole(w.hosts.groups[g] > 0) << whole(w.groups.need[g])
    for k in range(w.room.first[place], w.room.first[place + 1]):
        o = w.room.listed[k]
        if w.room.takes_self[o]:
            volunteers |= w.hosts.free[o, VOLUNTEERS]
            workers |= w.hosts.free[o, WORKERS]
            pairs |= w.hosts.free[o, UNMATCHED]
    online = whole(w.hosts.online[w.places.area_row[place]] > 0)
    for match in range(N_MATCH):
        suit = SUIT_BITS[match]
        ways = whole(suit & groups != 0) << GROUP | whole(suit & volunteers != 0) << VOLUNTEER
        w.hosts.ways[place, match] = ways | whole(suit & workers != 0) << PAID | online << ONLINE
    w.hosts.pairs[place] = pairs


@rule
def ways_to(w: Week, place: int, match: int, need: int) -> int:
    """Bits of the offers of which a host may have a free place for a want (`match`, `need`) of somebody in a place."""
    return w.hosts.ways[place, match] | whole(w.hosts.pairs[place] >> need & 1) << PAIR


@rule
def free_at(w: Week, offer: int, host: int, part: int) -> int:
    """Free places of one host."""
    if offer == GROUP:
        return whole(w.hosts.groups[host])
    if offer == ONLINE:
        return whole(w.hosts.online[host])
    if offer == PAIR:
        return 1 - whole(w.hosts.partner[host])
    return whole(w.hosts.places[host, whole(offer == PAID), part])


@rule
def reserve(w: Week, offer: int, host: int, part: int, places: int) -> int:
    """Reserve so many places of a host (-1: one less). Returns what is free then."""
    if offer == GROUP:
        w.hosts.groups[host] -= places
    elif offer == ONLINE:
        w.hosts.online[host] -= places
    elif offer == PAIR:
        w.hosts.partner[host] = whole(w.hosts.partner[host]) + places
    else:
        w.hosts.places[host, whole(offer == PAID), part] -= places
    return free_at(w, offer, host, part)
