"""Phase `count`: what counts, counts once. Reservations end, give way and are taken; wants are judged.

A way of counting: nobody's history changes by it (docs/decisions/0020-what-counts-once.md).
"""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, loop, rule, whole
from sim.core.chairs import group_key, knows_and_can_come
from sim.core.hosts import fit_hosts
from sim.core.parts.counting import CHOICE, COMPLETED, end_hold, judge_by_hold, note
from sim.core.parts.due import COUNT
from sim.core.parts.luck import bits, body, key_of, mixed
from sim.core.parts.meeting import body_key
from sim.core.parts.places import in_support
from sim.core.parts.seats import NOBODY, count_free, free_at, is_unmatched, reserve, show_free, ways_to
from sim.core.parts.turns import sort_turns
from sim.core.parts.wants import KNOWN_BY_OFFER, can_manage
from sim.core.parts.where import place_of, row_of, world_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.count import is_better_host, is_suitable, term_weeks, why_ends
from sim.rules.groups import mean_membership
from sim.tables import NEVER
from sim.vocabulary import N_NEEDS, SUIT_BITS, SUITS, Judged, Known, Offer, Reserved

GROUP, PAIR, VOLUNTEER, PAID, ONLINE = (int(offer) for offer in Offer)
TERM_OVER, GAVE_WAY, TAKEN, STOOD = (
    int(kind) for kind in (Reserved.COMPLETED, Reserved.GAVE_WAY, Reserved.TAKEN, Judged.STOOD)
)
N_OFFERS = len(Offer)
OF_GROUPS, OF_SERVICES, OF_ONLINE = (  # bits of the offers to which one comes by what one knows of
    sum(1 << offer for offer in Offer if KNOWN_BY_OFFER[offer] == known) for known in Known
)
GROUPS, SERVICES, ON_SCREEN = (int(known) for known in Known)
LUCKLESS = np.uint64((1 << 64) - 1)


def count(w: Week) -> None:
    """End, give way, look, judge: in this order."""
    fit_hosts(w.hosts, len(w.groups.open), len(w.orgs.open))
    w.fit_turns(_end(w))
    _go_on(w)


@loop
def _end(w: Week) -> int:
    """Reservations end; free places are counted. Returns how many people may take turns."""
    for k in range(_who_holds(w)):
        i = whole(w.found.who[k])
        why = _why_ends(w, i, row_of(w, i))
        if why >= 0:
            if why == TERM_OVER and w.people.seeks[i] and w.people.hold_own[i]:
                judge_by_hold(w, i, row_of(w, i), COMPLETED)
            end_hold(w, i, why)
    count_free(w)
    return whole(w.due.n[COUNT])


@rule
def _who_holds(w: Week) -> int:
    """People with a place reserved (`found.who`). Returns how many."""
    n = 0
    for k in range(w.due.n[COUNT]):
        i = w.due.who[COUNT, k]
        w.found.who[n] = i
        n += w.people.holds[i]
    return n


@rule
def _why_ends(w: Week, i: int, row: int) -> int:
    people = w.people
    offer, host, able = people.hold_offer[i], whole(people.hold_host[i]), can_manage(w, i, row)
    open_ = True
    if offer == GROUP:
        open_ = w.groups.open[host]
    elif offer == PAIR:
        open_ = is_unmatched(w, host)
    elif offer != ONLINE:
        open_ = w.orgs.open[host]
    part = people.want_need[host] if offer == PAIR else people.hold_part[i]
    suits = is_suitable(people.hold_match[i], people.hold_need[i], offer, part, able)
    return why_ends(w.now >= people.hold_until[i], open_, suits)


@loop
def _go_on(w: Week) -> int:
    """Give way, look and judge. Returns how many wants were judged by their time."""
    _give_way(w)
    _look(w)
    return _judge(w)


# ---- giving way


@apart
def _give_way(w: Week) -> None:
    """Reservations take their places; beyond what a host has, the latest ends, ties by a keyed draw."""
    people, over = w.people, 0
    n = _who_holds(w)
    for k in range(n):
        i = whole(w.found.who[k])
        over += reserve(w, people.hold_offer[i], whole(people.hold_host[i]), people.hold_part[i], 1) < 0
    if over == 0:
        return
    for k in range(n):
        i = whole(w.found.who[k])
        w.order.later[k] = -whole(people.hold_from[i])
        w.order.draw[k] = bits(w, i, Purpose.COUNT_GIVES_WAY)
    sort_turns(w, 0, n)
    for k in range(n):
        i = whole(w.found.who[k])
        offer, host, part = people.hold_offer[i], whole(people.hold_host[i]), people.hold_part[i]
        if free_at(w, offer, host, part) < 0:
            reserve(w, offer, host, part, -1)
            end_hold(w, i, GAVE_WAY)


# ---- looking


@apart
def _look(w: Week) -> None:
    """Who looks, in the order of a keyed draw, takes a place where one is free."""
    show_free(w)
    n = _who_looks(w)
    sort_turns(w, 0, n)
    for k in range(n):
        _take(w, whole(w.found.who[k]))


@apart
def _who_looks(w: Week) -> int:
    """People with a want that is not judged and began before this week, who know of something, hold nothing and are not
    in suitable support; but for those for whom no host has a place. Returns how many."""
    n = 0
    for k in range(_who_may_find(w)):
        i = whole(w.found.who[k])
        if not _has_it(w, i):
            w.found.who[n] = i
            w.order.later[n] = 0
            w.order.draw[n] = bits(w, i, Purpose.COUNT_TURN)
            n += 1
    return n


@rule
def _has_it(w: Week, i: int) -> bool:
    """Whether somebody is in support that suits the want that is not judged."""
    people = w.people
    if not in_support(people.stage[i]):
        return False
    able = can_manage(w, i, row_of(w, i))
    return is_suitable(people.seek_match[i], people.seek_need[i], people.offer[i], people.spell_need[i], able)


@rule
def _known_to(w: Week, i: int) -> int:
    """Bits of the offers that a person knows of."""
    known, now = w.people.known_to, w.now
    groups, services = OF_GROUPS * (known[GROUPS, i] > now), OF_SERVICES * (known[SERVICES, i] > now)
    return groups | services | OF_ONLINE * (known[ON_SCREEN, i] > now)


@rule
def _who_may_find(w: Week) -> int:
    """Those who look for whom a host has a free place, of an offer that they know of and could manage (`found.who`).

    No branch, so that the processor works on several people at once. Returns how many.
    """
    n = 0
    for k in range(w.due.n[COUNT]):
        i = whole(w.due.who[COUNT, k])
        w.found.who[n] = i
        n += _may_find(w, i)
    return n


@rule
def _may_find(w: Week, i: int) -> int:
    people, place = w.people, place_of(w, i)
    row = whole(w.places.area_row[place])
    looks = (people.seeks[i] == 1) & (people.seek_from[i] != w.now) & (people.holds[i] == 0)
    ways = ways_to(w, place, whole(people.seek_match[i]), whole(people.seek_need[i]))
    return 0 + (looks & (can_manage(w, i, row) & _known_to(w, i) & ways != 0))


@apart
def _take(w: Week, i: int) -> None:
    """Take a place at the host with most free ones, of those that suit and let the person join or refer themselves."""
    people, row = w.people, row_of(w, i)
    able, luck = can_manage(w, i, row), bits(w, i, Purpose.COUNT_HOST)
    hosts, best, best_luck, offer, host, part = 0, 0, LUCKLESS, -1, -1, 0
    for one in (GROUP, VOLUNTEER, PAID, PAIR, ONLINE):
        if able >> one & 1 == 0 or people.known_to[KNOWN_BY_OFFER[one], i] <= w.now:
            continue
        many, free, tie, where, with_ = _best(w, i, row, one, luck)
        hosts += many
        if many > 0 and is_better_host(free, tie, best, best_luck):
            best, best_luck, offer, host, part = free, tie, one, where, with_
    if hosts > 1:
        people.seek_flags[i] |= CHOICE
    if hosts > 0:
        _hold(w, i, row, offer, host, part)


@rule
def _hold(w: Week, i: int, row: int, offer: int, host: int, part: int) -> None:
    people, par, world = w.people, w.par, world_of(w, row)
    weeks = term_weeks(
        offer,
        w.levers.sessions[row],
        mean_membership(par.group_settles[world], par.group_stay_weeks[world], par.group_tries_weeks[world]),
        par.pair_stay_weeks[world],
        par.online_stay_weeks[world],
    )
    reserve(w, offer, host, part, 1)
    people.holds[i] = 1
    people.hold_offer[i] = offer
    people.hold_host[i] = host
    people.hold_part[i] = part
    people.hold_need[i] = people.seek_need[i]
    people.hold_match[i] = people.seek_match[i]
    people.hold_from[i] = w.now
    people.hold_until[i] = min(w.now + weeks, NEVER - 1)
    people.hold_own[i] = 1
    note(w, i, TAKEN, offer, host)


@rule
def _best(w: Week, i: int, row: int, offer: int, luck: np.uint64) -> tuple[int, int, np.uint64, int, int]:
    """(hosts with room, free places, keyed draw, number and experience of the best) of one offer."""
    if offer == GROUP:
        return _best_group(w, i, row, luck)
    if offer == ONLINE:
        free = w.hosts.online[row]
        return whole(free > 0), free, _luck(luck, _key_online(w, row), ONLINE), whole(row), 0
    if offer == PAIR:
        return _best_partner(w, i, luck)
    return _best_places(w, i, offer, luck)


@rule
def _luck(luck: np.uint64, host: np.uint64, part: int) -> np.uint64:
    """Draw of a person for a host."""
    return mixed(luck ^ mixed(host + np.uint64(part)))


@rule
def _key_online(w: Week, row: int) -> np.uint64:
    return body(w.places.base[w.tables.first_place[row]], np.uint64(0))


@apart
def _best_group(w: Week, i: int, row: int, luck: np.uint64) -> tuple[int, int, np.uint64, int, int]:
    place, match = place_of(w, i), whole(w.people.seek_match[i])
    hosts, best, best_luck, host = 0, 0, LUCKLESS, -1
    for k in range(w.room.first_group[place], w.room.first_group[place + 1]):
        g = whole(w.room.groups[k])
        free = w.hosts.groups[g]
        if free > 0 and SUITS[match, w.groups.need[g]] and knows_and_can_come(w, i, row, group_key(w, g)):
            tie = _luck(luck, group_key(w, g), GROUP)
            hosts += 1
            if is_better_host(free, tie, best, best_luck):
                best, best_luck, host = free, tie, g
    return hosts, best, best_luck, host, whole(w.groups.need[host]) if host >= 0 else 0


@apart
def _best_places(w: Week, i: int, offer: int, luck: np.uint64) -> tuple[int, int, np.uint64, int, int]:
    place, match, paid = place_of(w, i), whole(w.people.seek_match[i]), whole(offer == PAID)
    hosts, best, best_luck, host, part = 0, 0, LUCKLESS, -1, 0
    for k in range(w.room.first[place], w.room.first[place + 1]):
        o = whole(w.room.listed[k])
        if not w.room.takes_self[o] or w.hosts.free[o, paid] & SUIT_BITS[match] == 0:
            continue
        for need in range(N_NEEDS):
            free = w.hosts.places[o, paid, need]
            if free > 0 and SUITS[match, need]:
                tie = _luck(luck, body_key(w, o), offer + N_OFFERS * (1 + need))
                hosts += 1
                if is_better_host(free, tie, best, best_luck):
                    best, best_luck, host, part = free, tie, o, need
    return hosts, best, best_luck, host, part


@apart
def _best_partner(w: Week, i: int, luck: np.uint64) -> tuple[int, int, np.uint64, int, int]:
    """Of people who wait unmatched where the person could refer themselves, for a pair with the same need."""
    place, need = place_of(w, i), whole(w.people.seek_need[i])
    hosts, best_luck, host = 0, LUCKLESS, -1
    for k in range(w.room.first[place], w.room.first[place + 1]):
        o = whole(w.room.listed[k])
        if not w.room.takes_self[o]:
            continue
        j = whole(w.hosts.first[o, need])
        while j != NOBODY:
            if j != i and w.hosts.partner[j] == 0:
                tie = _luck(luck, key_of(w, j), PAIR)
                hosts += 1
                if host < 0 or tie < best_luck:
                    best_luck, host = tie, j
            j = whole(w.hosts.next[j])
    return hosts, whole(hosts > 0), best_luck, host, need


# ---- judging


@apart
def _judge(w: Week) -> int:
    """Wants whose target wait is over this week, by the reservation there is. Returns how many."""
    people, judged = w.people, 0
    for k in range(w.due.n[COUNT]):
        i = whole(w.due.who[COUNT, k])
        if people.seeks[i] and people.seek_until[i] <= w.now:
            judge_by_hold(w, i, row_of(w, i), STOOD)
            judged += 1
    return judged
