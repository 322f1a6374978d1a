"""How a want is judged and settled: the gates it passed, and what was within reach in time."""

from __future__ import annotations

import numpy as np

from sim.core.week import Week
from sim.draws import Purpose
from sim.kinds import GATES, Known, Life, Mark, Offer, Stage, Want
from sim.parameters import Column
from sim.people import ACT_WANTING, MIND_IDLE, MIND_WANTING, due
from sim.result import Measure
from sim.rules.ask import access_share
from sim.rules.live import target_weeks
from sim.state import referrer_row
from sim.tables import NEVER

SERVICES = (Offer.PAIR, Offer.VOLUNTEER, Offer.PAID)


def can_manage(w: Week, index: np.ndarray, offer: int) -> np.ndarray:
    """Who would choose an offer and could manage its time, distance, cost and language."""
    people, par = w.people, w.par
    world, row = w.world(index), w.area_row(index)
    base: Column = {Offer.GROUP: par.access_group, Offer.ONLINE: par.access_online}.get(Offer(offer), par.access_service)
    share = access_share(base[world], par.access_per_gbp[world], w.levers.expenses[row])
    able = people.access[index] < share * 256.0
    if offer == Offer.ONLINE:
        able &= people.offline[index] == 0
    chosen = (people.chooses[index] >> np.uint8(offer)) & np.uint8(1)
    return able & (chosen == 1)


def knows(w: Week, index: np.ndarray, known: int) -> np.ndarray:
    """Who knows of groups, services or online communities this week."""
    return w.people.known_to[known][index] > w.now


def _seen(w: Week, index: np.ndarray, offer: int, table: str, since: np.ndarray) -> np.ndarray:
    """Where something suitable existed (or had room, or took self-referrals) since a week."""
    supply, match = w.state.supply, w.people.match[index].astype(np.intp)
    place, row = w.place(index), w.area_row(index)
    if offer == Offer.GROUP:
        last = (supply.group_exists if table == "org_exists" else supply.group_room)[place, match]
    elif offer == Offer.ONLINE:
        last = supply.online_room[row]
    else:
        serves, kind = getattr(supply, table), offer - Offer.PAIR
        last = np.maximum(serves[place, kind, match], serves[w.state.referrers.n_places + row, kind, match])
    return (last > 0) & (last >= since)


def judge(w: Week, index: np.ndarray) -> None:
    """At the target wait (or the end, if sooner): set EXISTED, REACH and WAY_IN of wants that will be counted."""
    index = index[~w.has(index, Mark.JUDGED)]
    w.mark(index, Mark.JUDGED)
    w.people.deadline[index] = NEVER
    index = index[w.in_window(index)]
    if len(index) == 0:
        return
    people, start = w.people, w.people.want_start[index]
    reach = np.zeros(len(index), np.int64)
    offline, exists, way = reach.copy(), np.zeros(len(index), bool), np.zeros(len(index), bool)
    for offer in Offer:
        able = can_manage(w, index, offer)
        exists |= able & _seen(w, index, offer, "org_exists", start)
        known = {Offer.GROUP: Known.GROUPS, Offer.ONLINE: Known.ONLINE}.get(offer, Known.SERVICES)
        since = np.maximum(start, people.known_from[known][index])
        told = (people.known_to[known][index] > since) & able
        way |= told & _seen(w, index, offer, "org_self", since)
        near = told & _seen(w, index, offer, "org_room", since)
        reach += near
        offline += near & (offer != Offer.ONLINE)
    offered = w.has(index, Mark.ROOM)
    w.mark(index[exists | offered], Mark.EXISTED)
    w.mark(index[way], Mark.WAY_IN)
    w.mark(index[(reach > 0) | offered], Mark.REACH)
    w.mark(index[(offline > 0) | (offered & (people.offer[index] != Offer.ONLINE))], Mark.REACH_OFFLINE)
    w.mark(index[reach + offered >= 2], Mark.REACH_TWO)


def settle(w: Week, index: np.ndarray, left: bool = False, still_open: bool = False) -> None:
    """Close wants for good: judge them, count them once, and clear them."""
    people = w.people
    index = index[people.want_kind[index] != Want.NONE]
    if len(index) == 0:
        return
    if not left and not still_open:
        judge(w, index)
    _note(w, index[w.in_window(index)], left, still_open)
    people.want_kind[index] = Want.NONE
    people.marks[index] = 0
    people.deadline[index] = NEVER
    people.want_until[index] = NEVER


def _note(w: Week, index: np.ndarray, left: bool, still_open: bool) -> None:
    """Note wants for the tally: each at the first gate it failed; LEFT and OPEN are not failures."""
    marks = w.people.marks[index].astype(np.int64)
    if left or still_open:
        code = np.full(len(index), int(Measure.LEFT if left else Measure.OPEN))
    else:
        code = int(Measure.FAILED) + first_failed(marks)
    judged = (marks >> Mark.JUDGED & 1) == 1
    w.note(index, marks, eligible(w, index) & judged, code)


def first_failed(marks: np.ndarray) -> np.ndarray:
    """Number of the first gate that a want did not pass; len(GATES) for one that passed them all."""
    missing = ~marks & ((1 << len(GATES)) - 1)
    lowest = (missing & -missing) | (1 << len(GATES)) * (missing == 0)
    return BIT_LENGTH[lowest]


BIT_LENGTH = np.zeros((1 << len(GATES)) + 1, np.int64)
for _gate in range(len(GATES) + 1):
    BIT_LENGTH[1 << _gate] = _gate


def eligible(w: Week, index: np.ndarray) -> np.ndarray:
    """Wants whose natural length is at least the target wait, which falls within the run."""
    start = w.people.want_start[index].astype(np.int64)
    target = target_of(w, index, w.world(index))
    return (w.people.latent_until[index] - start >= target) & (start + target < w.shape.end)


def target_of(w: Week, index: np.ndarray, world: np.ndarray) -> np.ndarray:
    """Weeks that are soon enough for each want, by what began it."""
    par = w.par
    return target_weeks(
        w.people.want_cause[index], Life.BEREAVED, Life.DISCHARGE, par.target_weeks[world],
        par.target_weeks_bereavement[world], par.target_weeks_discharge[world],
    ).astype(np.int64)  # fmt: skip


def referrer_rows(w: Week, kind: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Row of each person's referrer of their own kind."""
    place, row = w.place(index), w.area_row(index)
    out = np.zeros(len(index), np.int64)
    for k in np.unique(kind):
        chosen = kind == k
        out[chosen] = referrer_row(int(k), place[chosen], row[chosen], w.state.referrers.n_places,
                                   w.state.referrers.n_area_rows)  # fmt: skip
    return out


def note_referrer(w: Week, index: np.ndarray, column: int) -> None:
    """Add to what referrers see of their own referrals: 0 referred, 1 offered, 2 in time, 3 gave up."""
    kind = w.people.referrer[index]
    own = kind < 6
    rows = referrer_rows(w, kind[own], index[own])
    recent = w.state.referrers.recent
    recent[w.now % 26, :, column] += np.bincount(rows, minlength=recent.shape[1]).astype(np.int32)


def to_wanting(w: Week, index: np.ndarray) -> None:
    """Back to wanting, with the clocks of hearing and acting started."""
    people = w.people
    people.stage[index] = Stage.WANTING
    people.host[index] = -1
    people.stage_due[index] = NEVER
    people.mind_due[index] = due(w.state, index, w.now, Purpose.MIND_GAP, np.float64(MIND_WANTING))
    people.act_due[index] = due(w.state, index, w.now, Purpose.ACT_GAP, np.float64(ACT_WANTING))


def to_idle(w: Week, index: np.ndarray) -> None:
    """No want in hand: only the slow clock of hearing runs."""
    people = w.people
    people.stage[index] = Stage.IDLE
    people.host[index] = -1
    people.supporter[index] = -1
    people.returning[index] = 0
    people.stage_due[index] = NEVER
    people.stay_until[index] = NEVER
    people.act_due[index] = NEVER
    people.mind_due[index] = due(w.state, index, w.now, Purpose.MIND_GAP, np.float64(MIND_IDLE))
