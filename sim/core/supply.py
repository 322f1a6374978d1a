"""What exists this week: free places by organisation, offer and experience; groups by place; who has a way in."""

from __future__ import annotations

import numpy as np

from sim.core.week import MATCH_SUITS, Week
from sim.kinds import N_MATCH, N_NEEDS, Offer, Stage

GROUP_SIZE = 15


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
        deprived[i] = np.count_nonzero(served & (people.cell[part] // 5 % 5 <= 1))
    return need, deprived


def open_share(w: Week, lever: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Organisations that a lever (a share of them) has reached."""
    return w.orgs.open & (luck < lever[w.orgs.area_row])


def look(w: Week) -> None:
    """Tables made after `staff` and before anyone acts: who has room for whom."""
    _look_groups(w)
    _look_organisations(w)
    _list_for_places(w)
    space = w.levers.online_places / 1000.0 * _adults(w) - w.state.online_members
    w.online_space = np.floor(space).astype(np.int64)
    w.state.supply.online_room[w.online_space > 0] = w.now


def _adults(w: Week) -> np.ndarray:
    return np.tile(np.asarray(w.shape.n_places) * w.shape.place_size, w.n_worlds)


def _look_groups(w: Week) -> None:
    groups, supply = w.groups, w.state.supply
    closed = w.levers.face_to_face_closed[w.state.places.area_row]
    room = (groups.open & (groups.members < GROUP_SIZE) & (closed[groups.place] < 0.5)).nonzero()[0]
    for table, which in ((supply.group_exists, groups.open.nonzero()[0]), (supply.group_room, room)):
        suits = MATCH_SUITS[:, groups.need[which]].T
        g, m = suits.nonzero()
        table[groups.place[which[g]], m] = w.now
    order = room[np.lexsort((groups.ordinal[room], groups.place[room]))]
    w.room_groups = order
    w.room_first = np.searchsorted(groups.place[order], np.arange(len(w.state.places.area) + 1))


def _look_organisations(w: Week) -> None:
    """free[o, offer, experience] places; exists likewise; an organisation has room if places outnumber its queue."""
    orgs, sup = w.orgs, w.supporters
    n = len(orgs.open)
    active = (sup.state == 1) & orgs.open[sup.org]
    key = (sup.org * 2 + sup.paid) * N_NEEDS + sup.experience
    free = np.bincount(key[active], weights=(sup.capacity - sup.load)[active], minlength=n * 2 * N_NEEDS)
    some = np.bincount(key[active], minlength=n * 2 * N_NEEDS)
    w.free = free.reshape(n, 2, N_NEEDS)
    waiting = np.bincount(w.people.host[w.at(Stage.WAITING)], minlength=n)
    w.spare = w.free.sum(axis=(1, 2)) - waiting
    suits = MATCH_SUITS[:, :N_NEEDS].T.astype(np.float64)
    exists, room = np.zeros((n, 3, N_MATCH), bool), np.zeros((n, 3, N_MATCH), bool)
    exists[:, 1:] = some.reshape(n, 2, N_NEEDS) @ suits > 0
    room[:, 1:] = (w.free @ suits > 0) & (w.spare > 0)[:, None, None]
    pairs = open_share(w, w.levers.pairs, orgs.pair_luck)
    served = ((orgs.needs[:, None] >> np.arange(N_NEEDS)) & 1).astype(np.float64) @ suits > 0
    exists[:, 0] = served & pairs[:, None]
    room[:, 0] = exists[:, 0]
    w.can_room, w.can_exist = room, exists
    w.takes_self = open_share(w, w.levers.self_referral, orgs.self_luck)
    _stamp(w, exists, room)


def _stamp(w: Week, exists: np.ndarray, room: np.ndarray) -> None:
    """Remember the week in which something suitable was last there, by place row or area row."""
    supply, orgs = w.state.supply, w.orgs
    row = np.where(orgs.place >= 0, orgs.place, w.state.referrers.n_places + orgs.area_row)
    own = w.takes_self[:, None, None]
    for table, which in ((supply.org_exists, exists), (supply.org_self, exists & own), (supply.org_room, room & own)):
        o, kind, match = which.nonzero()
        table[row[o], kind, match] = w.now


def _list_for_places(w: Week) -> None:
    """place_orgs[place, k]: open organisations that serve it, area-wide first; -1 where there are fewer."""
    orgs, places = w.orgs, w.state.places
    shape = (len(orgs.open), len(places.area))
    if w.listed == (shape, orgs.open.tobytes()):
        return
    w.listed = (shape, orgs.open.tobytes())
    open_ = np.flatnonzero(orgs.open)
    wide = open_[orgs.place[open_] < 0]
    local = open_[orgs.place[open_] >= 0]
    by_row = [wide[orgs.area_row[wide] == r] for r in range(len(w.state.spent))]
    lists = [np.concatenate([by_row[places.area_row[p]], local[orgs.place[local] == p]]) for p in range(shape[1])]
    width = max(1, max(len(one) for one in lists))
    w.place_orgs = np.full((shape[1], width), -1, np.int64)
    for p, one in enumerate(lists):
        w.place_orgs[p, : len(one)] = one


def choose_organisation(w: Week, index: np.ndarray, pick: np.ndarray, own: bool, besides: np.ndarray | None = None) -> np.ndarray:
    """One organisation for each person: among suitable ones with room, else the shortest usual wait, else -1.

    `pick` uint64[n] draws settle ties; `own`: only those that take self-referrals; `besides` is left out.
    """
    people = w.people
    options = w.place_orgs[w.place(index)]
    match = people.match[index].astype(np.intp)
    chosen = np.stack([(people.chooses[index] >> np.uint8(o)) & 1 for o in (Offer.PAIR, Offer.VOLUNTEER, Offer.PAID)], 1)
    exist = (w.can_exist[options, :, match[:, None]] & (chosen[:, None, :] == 1)).any(axis=2)
    room = (w.can_room[options, :, match[:, None]] & (chosen[:, None, :] == 1)).any(axis=2)
    fits = exist & (options >= 0)
    if own:
        fits &= w.takes_self[options]
    if besides is not None:
        fits &= options != besides[:, None]
    wait = np.where(room, 0, 1 + median_waits(w)[options])
    wait = np.where(fits, wait, 10_000)
    least = wait.min(axis=1)
    best = fits & (wait == least[:, None])
    return _pick(options, best, pick)


def _pick(options: np.ndarray, best: np.ndarray, pick: np.ndarray) -> np.ndarray:
    """The (pick mod count)-th of the best options, -1 where there are none."""
    count = best.sum(axis=1)
    r = ((pick >> np.uint64(40)).astype(np.int64)) % np.maximum(1, count)
    at = np.argmax(np.cumsum(best, axis=1) > r[:, None], axis=1)
    return np.where(count > 0, options[np.arange(len(options)), at], -1)


def median_waits(w: Week) -> np.ndarray:
    """int64[organisations]: median weeks waited by those who started, of the recent (decayed) counts; 0 if none."""
    waits = w.orgs.waits
    total = waits.sum(axis=1)
    return np.argmax(np.cumsum(waits, axis=1) * 2 >= np.maximum(1, total)[:, None], axis=1) * (total > 0)


def choose_group(w: Week, index: np.ndarray, pick: np.ndarray) -> np.ndarray:
    """One suitable group with room in each person's place, each as likely; -1 where there is none."""
    place, match = w.place(index), w.people.match[index].astype(np.intp)
    first, last = w.room_first[place], w.room_first[place + 1]
    width = int((last - first).max()) if len(index) else 0
    if width == 0 or len(w.room_groups) == 0:
        return np.full(len(index), -1, np.int64)
    at = np.minimum(first[:, None] + np.arange(width), len(w.room_groups) - 1)
    options = w.room_groups[at]
    suits = MATCH_SUITS[match[:, None], w.groups.need[options]] & (np.arange(width) < (last - first)[:, None])
    return _pick(options, suits, pick)


