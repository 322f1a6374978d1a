"""How a want is judged and settled: the gates it passed, and what was within reach in time."""

from __future__ import annotations

import numpy as np

from sim.core.week import Week
from sim.draws import Purpose
from sim.kinds import GATES, Known, Life, Mark, Offer, Stage, Want
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
    base = {Offer.GROUP: par.access_group, Offer.ONLINE: par.access_online}.get(Offer(offer), par.access_service)
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
    """At the target wait (or the end, if sooner): set EXISTED, REACH and WAY_IN of these wants."""
    index = index[~w.has(index, Mark.JUDGED)]
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
    w.mark(index, Mark.JUDGED)
    people.deadline[index] = NEVER


def settle(w: Week, index: np.ndarray, left: bool = False, still_open: bool = False) -> None:
    """Close wants for good: judge them, count them once, and clear them."""
    people = w.people
    index = index[people.want_kind[index] != Want.NONE]
    if len(index) == 0:
        return
    if not left and not still_open:
        judge(w, index)
    counted = index[w.in_window(index)]
    _count_headline(w, counted)
    _count_cascade(w, counted, left, still_open)
    people.want_kind[index] = Want.NONE
    people.marks[index] = 0
    people.deadline[index] = NEVER
    people.want_until[index] = NEVER


def _count_headline(w: Week, index: np.ndarray) -> None:
    people, world = w.people, w.world(index)
    start = people.want_start[index].astype(np.int64)
    target = target_of(w, index, world)
    long_enough = people.latent_until[index] - start >= target
    eligible = index[long_enough & (start + target < w.shape.end) & w.has(index, Mark.JUDGED)]
    w.count(Measure.WANTS, index)
    w.count(Measure.ELIGIBLE, eligible)
    for measure, mark in (
        (Measure.AVAILABLE, Mark.REACH), (Measure.AVAILABLE_OFFLINE, Mark.REACH_OFFLINE),
        (Measure.AVAILABLE_TWO, Mark.REACH_TWO), (Measure.STARTED_IN_TIME, Mark.IN_TIME),
    ):  # fmt: skip
        w.count(measure, eligible[w.has(eligible, mark)])
    asked = eligible[w.has(eligible, Mark.ASKED)]
    w.count(Measure.ASKED, asked)
    w.count(Measure.OFFERED_IN_TIME, asked[w.has(asked, Mark.ROOM)])
    for measure, mark in ((Measure.STARTED, Mark.ATTENDED), (Measure.BETTER, Mark.BETTER), (Measure.WORSE, Mark.WORSE)):
        w.count(measure, index[w.has(index, mark)])


def _count_cascade(w: Week, index: np.ndarray, left: bool, still_open: bool) -> None:
    """Each want at the first gate it failed; LEFT and OPEN are not failures."""
    if left or still_open:
        w.count(Measure.LEFT if left else Measure.OPEN, index)
        return
    rest = index
    for gate in range(len(GATES)):
        passed = w.has(rest, Mark(gate))
        w.count(Measure.FAILED + gate, rest[~passed])
        rest = rest[passed]
    w.count(Measure.SUCCESS, rest)


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
