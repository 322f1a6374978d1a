"""What exists this week: free places by organisation, offer and experience; groups by place; who has a way in."""

from __future__ import annotations

import numpy as np

from sim.columns import kernels
from sim.core.meeting import groups_meet, pairs_meet, supporters_meet
from sim.core.week import Week
from sim.numbers.structure import GROUP_SIZE
from sim.vocabulary import N_MATCH, N_NEEDS, ORGANISED, SUITS, Offer, Post, Stage, fifth_of

SERVICES = np.uint8(sum(1 << offer for offer in ORGANISED))
KINDS = len(ORGANISED)


def tell_needs(w: Week, orgs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int64: people whose needs each organisation serves where it works, and those in the two most deprived fifths."""
    people, shape = w.people, w.shape
    need, deprived = np.zeros(len(orgs), np.int64), np.zeros(len(orgs), np.int64)
    for i, o in enumerate(orgs):
        if w.orgs.place[o] >= 0:
            first, last = int(w.orgs.place[o]), int(w.orgs.place[o]) + 1
        else:
            mine = np.flatnonzero(w.state.places.area_row == w.orgs.area_row[o])
            first, last = int(mine[0]), int(mine[-1]) + 1
        part = slice(first * shape.place_size, last * shape.place_size)
        served = (people.needs[part] & w.orgs.needs[o]) > 0
        need[i] = np.count_nonzero(served)
        deprived[i] = np.count_nonzero(served & (fifth_of(people.cell[part]) <= 1))
    return need, deprived


def open_share(w: Week, lever: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Organisations that a lever (a share of them) has reached."""
    return w.orgs.open & (luck < lever[w.orgs.area_row])


def look(w: Week) -> None:
    """Tables made after `staff` and before anyone acts: who has room for whom."""
    space = w.levers.online_places / 1000.0 * w.adults - w.state.online_members
    w.online_space = np.floor(space).astype(np.int64)
    _list_for_places(w)
    _look_organisations(w)
    _stamp(w, _look_groups(w))


def _look_groups(w: Week) -> np.ndarray:
    """bool[2, places, match]: where a suitable group exists, or has room. Lists those with room by place."""
    groups, n = w.groups, len(w.state.places.area)
    here = (groups.open & groups_meet(w)).nonzero()[0]
    room = here[groups.members[here] < GROUP_SIZE]
    w.room_groups = room[np.lexsort((groups.ordinal[room], groups.place[room]))]
    w.room_first = np.searchsorted(groups.place[w.room_groups], np.arange(n + 1))
    size = SUITS.shape[1]
    kinds = [np.bincount(groups.place[which] * size + groups.need[which], minlength=n * size) for which in (here, room)]
    return np.stack(kinds).reshape(2, n, size) @ SUITS.T.astype(np.int64) > 0


def _look_organisations(w: Week) -> None:
    """free[o, offer, experience] places; exists likewise; an organisation has room if places outnumber its queue."""
    orgs, sup = w.orgs, w.supporters
    n = len(orgs.open)
    active = np.flatnonzero((sup.state == Post.ACTIVE) & orgs.open[sup.org] & supporters_meet(w))
    key = (sup.org[active] * 2 + sup.paid[active]) * N_NEEDS + sup.experience[active]
    free = np.bincount(key, weights=(sup.capacity - sup.load)[active], minlength=n * 2 * N_NEEDS)
    some = np.bincount(key, minlength=n * 2 * N_NEEDS)
    w.free = free.reshape(n, 2, N_NEEDS)
    waiting = np.bincount(w.people.host[w.at(Stage.WAITING)], minlength=n)
    w.spare = w.free.sum(axis=(1, 2)) - waiting
    suits = SUITS[:, :N_NEEDS].T.astype(np.float64)
    exists, room = np.zeros((n, KINDS, N_MATCH), bool), np.zeros((n, KINDS, N_MATCH), bool)
    exists[:, 1:] = some.reshape(n, 2, N_NEEDS) @ suits > 0
    room[:, 1:] = (w.free @ suits > 0) & (w.spare > 0)[:, None, None]
    pairs = open_share(w, w.levers.pairs, orgs.pair_luck) & pairs_meet(w)
    served = ((orgs.needs[:, None] >> np.arange(N_NEEDS)) & 1).astype(np.float64) @ suits > 0
    exists[:, 0] = served & pairs[:, None]
    room[:, 0] = exists[:, 0]
    w.can_exist = exists
    _by_place(w, exists, room, open_share(w, w.levers.self_referral, orgs.self_luck))


def _by_place(w: Week, exists: np.ndarray, room: np.ndarray, takes_self: np.ndarray) -> None:
    """org_exists, org_room uint8[k, places * match], org_self [k, places]: of the k-th organisation of each place.

    Bits are the offers of organisations, as in `chooses`.
    """
    for name, table in (("org_exists", exists), ("org_room", room)):
        bits = np.zeros((len(table) + 1, N_MATCH), np.uint8)  # the last row is nobody's: place_orgs is -1
        for kind, offer in enumerate(ORGANISED):
            bits[:-1] |= table[:, kind].astype(np.uint8) << np.uint8(offer)
        setattr(w, name, bits[w.place_orgs].reshape(len(w.place_orgs), -1))
    w.org_self = np.append(takes_self, False)[w.place_orgs]


def _stamp(w: Week, groups: np.ndarray) -> None:
    """Remember the week in which something suitable was last there, had a way in, had room, by place and offer."""
    own = np.repeat(w.org_self, N_MATCH, axis=1)
    tables = np.stack([w.org_exists, w.org_exists * own, w.org_room * own])
    now = np.bitwise_or.reduce(tables, axis=1).reshape(3, -1, N_MATCH)
    now |= groups[[0, 1, 1]].astype(np.uint8) << np.uint8(Offer.GROUP)
    now |= ((w.online_space > 0)[w.state.places.area_row, None]).astype(np.uint8) << np.uint8(Offer.ONLINE)
    there = now.reshape(3, 1, -1) & np.array([[1 << offer] for offer in Offer], np.uint8) != 0
    np.copyto(w.state.supply.seen, np.uint16(w.now), where=there)


def _list_for_places(w: Week) -> None:
    """place_orgs[k, place]: open organisations that serve it, area-wide first; -1 where there are fewer."""
    orgs, places = w.orgs, w.state.places
    now = (len(places.area), orgs.open.tobytes())
    if w.listed == now:
        return
    w.listed = now
    open_ = np.flatnonzero(orgs.open)
    wide = open_[orgs.place[open_] < 0]
    local = open_[orgs.place[open_] >= 0]
    by_row = [wide[orgs.area_row[wide] == r] for r in range(len(w.state.spent))]
    lists = [
        np.concatenate([by_row[places.area_row[p]], local[orgs.place[local] == p]]) for p in range(len(places.area))
    ]
    width = max(1, max(len(one) for one in lists))
    w.place_orgs = np.full((width, len(lists)), -1, np.int64)
    for p, one in enumerate(lists):
        w.place_orgs[: len(one), p] = one


def choose_organisation(
    w: Week, index: np.ndarray, pick: np.ndarray, own: bool, besides: np.ndarray | None = None
) -> np.ndarray:
    """One organisation for each person: among suitable ones with room, else the shortest usual wait, else -1.

    `pick` uint64[n] draws settle ties; `own`: only those that take self-referrals; `besides` is left out.
    """
    if not len(w.orgs.open):
        return np.full(len(index), -1, np.int64)
    takes = w.org_self if own else np.ones_like(w.org_self)
    besides = np.full(len(index), -2) if besides is None else besides
    return np.asarray(
        kernels.choose_organisation(
            index,
            w.people.match,
            w.people.chooses,
            SERVICES,
            w.shape.place_size,
            w.place_orgs,
            w.org_exists,
            takes,
            w.org_room,
            median_waits(w),
            besides,
            pick,
        )
    )


def median_waits(w: Week) -> np.ndarray:
    """int64[organisations]: median weeks waited by those who started, of the recent (decayed) counts; 0 if none.

    Made again only when someone has started since.
    """
    starts = (w.now, len(w.orgs.starts), int(w.orgs.starts.sum()))
    if w.median_made != starts:
        waits = w.orgs.waits
        total = waits.sum(axis=1)
        half = np.cumsum(waits, axis=1) * 2 >= np.maximum(1, total)[:, None]
        w.medians, w.median_made = np.argmax(half, axis=1) * (total > 0), starts
    return w.medians


def choose_group(w: Week, index: np.ndarray, pick: np.ndarray) -> np.ndarray:
    """One suitable group with room in each person's place, each as likely; -1 where there is none."""
    return np.asarray(
        kernels.choose_group(
            index, w.people.match, w.shape.place_size, w.room_first, w.room_groups, w.groups.need, SUITS, pick
        )
    )
