"""Phase `offer`: give-ups leave, groups and communities are joined, free places go to those waiting."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.columns import kernels
from sim.columns.people import due
from sim.core.meeting import supporters_meet
from sim.core.staff import begin_spell, join_group
from sim.core.supply import choose_organisation
from sim.core.wants import note_referrer, settle, target_of, to_idle, to_wanting
from sim.core.week import Week
from sim.draws import Purpose
from sim.numbers.structure import GROUP_SIZE
from sim.rules.offer import accepting_chance, priority_rank
from sim.rules.support import leaving_chance
from sim.tables import NEVER
from sim.vocabulary import (
    ANY,
    FAMILY,
    FAMILY_OF,
    LONGEST_WAIT,
    N_NEEDS,
    YEAR,
    Event,
    Mark,
    Offer,
    Post,
    Referral,
    Stage,
    Want,
    fifth_of,
)

EXACT, SIMILAR, ANYONE = range(3)  # kinds of fit, the closest first
PAIR, ONE_TO_ONE = np.uint8(1 << Offer.PAIR), np.uint8(1 << Offer.VOLUNTEER | 1 << Offer.PAID)
LAST = 1 << 40  # beyond any score of priority
DROP_BOUND = 0.4  # weekly bound on leaving early: drop 0.05 * loose 2.5 * low quality 2, and more


def offer(w: Week) -> None:
    """Order: give-ups, closed queues, groups, online, organisations (exact, then similar, then pairs), moves on."""
    _give_up(w)
    _refer_closed(w)
    _join_groups(w)
    _join_online(w)
    _move_on(w, _fill_places(w))


def _give_up(w: Week) -> None:
    people = w.people
    index = w.due(people.stage_due)
    index = index[people.stage[index] == Stage.WAITING]
    w.log(Event.GAVE_UP, index, people.host[index])
    note_referrer(w, index, Referral.GAVE_UP)
    again = (people.want_until[index] != NEVER) & (people.want_kind[index] != Want.UNWANTED)
    done = index[~again]
    settle(w, done)
    to_idle(w, done)
    people.returning[index] = 0
    to_wanting(w, index[again])


def _by_draw(w: Week, index: np.ndarray) -> np.ndarray:
    """These people in the order of a keyed draw (no two people share one: the hash is one to one)."""
    return index[np.argsort(w.bits(Purpose.GROUP_TIE, index))]


def _join_groups(w: Week) -> None:
    """Joiners beyond a group's size go back to wanting; who comes first is a keyed draw."""
    people = w.people
    index = _by_draw(w, w.at(Stage.JOINING_GROUP))
    group = people.host[index]
    fits = kernels.rank_in(group) < GROUP_SIZE - w.groups.members[group]
    w.log(Event.FULL, index[~fits])
    to_wanting(w, index[~fits])
    join_group(w, index[fits], group[fits])


def _join_online(w: Week) -> None:
    people = w.people
    index = _by_draw(w, w.at(Stage.JOINING_ONLINE))
    row = w.area_row(index)
    fits = kernels.rank_in(row) < w.online_space[row]
    w.log(Event.FULL, index[~fits])
    to_wanting(w, index[~fits])
    index = index[fits]
    people.stage[index] = Stage.ONLINE
    np.add.at(w.state.online_members, row[fits], 1)
    people.exact[index] = 1
    begin_spell(w, index, np.full(len(index), Offer.ONLINE), w.par.online_stay_weeks[w.world(index)])


def _fill_places(w: Week) -> np.ndarray:
    """Rank those waiting; match them with free places in passes; the rest may be paired.

    Returns int64[organisations]: places left, which suit nobody who waits there.
    """
    people = w.people
    waiting = w.at(Stage.WAITING)
    free_org = w.free.sum(axis=(1, 2)) > 0
    host, chooses = people.host[waiting], people.chooses[waiting]
    could = (chooses & PAIR > 0) & w.can_exist[host, 0, people.want_need[waiting]]
    could |= free_org[host] & (chooses & ONE_TO_ONE > 0)
    waiting = waiting[could]  # fewer to put in order: the others can be in no pass
    waiting = waiting[_order(w, waiting)]
    slots = _slots(w)
    taken = np.zeros(len(waiting), bool)
    offers = []
    for paid in (1, 0):
        for close in (EXACT, SIMILAR, ANYONE):
            waiting_now = _can_take(w, waiting, paid) & ~taken
            offers.append((*_one_pass(w, waiting, waiting_now, taken, slots, paid, close), paid))
    _offered(w, *_together(offers))
    _pair(w, waiting, ~taken & (people.stage[waiting] == Stage.WAITING))
    return np.bincount(w.supporters.org[slots["supporter"][~slots["used"]]], minlength=len(w.orgs.open))


def _order(w: Week, index: np.ndarray) -> np.ndarray:
    """Positions in order of priority: returning first, then by the priority rule, then a keyed draw."""
    people, row = w.people, w.area_row(index)
    cell = people.cell[index].astype(np.int64)
    score = priority_rank(
        w.levers.priority[row],
        w.now - people.queued[index].astype(np.int64),
        people.lonely[index].astype(np.int64),
        people.confidence[index].astype(np.int64),
        fifth_of(cell),
        people.helped[index].astype(np.int64),
    )
    later = (people.returning[index] == 0) * LAST - score  # no two people share a draw: the hash is one to one
    by_draw = np.argsort(w.bits(Purpose.OFFER_TIE, index))
    return by_draw[np.argsort(later[by_draw], kind="stable")]


def _slots(w: Week) -> dict[str, np.ndarray]:
    """One row a free place: its supporter, in the order of a keyed draw."""
    sup = w.supporters
    active = np.flatnonzero(
        (sup.state == Post.ACTIVE) & w.orgs.open[sup.org] & (sup.load < sup.capacity) & supporters_meet(w)
    )
    supporter = np.repeat(active, (sup.capacity - sup.load)[active])
    tie = draws.bits(w.shape.seed, Purpose.SLOT_TIE, w.now, sup.whog[supporter])
    supporter = supporter[np.argsort(tie)]  # one supporter's places are alike
    return {"supporter": supporter, "used": np.zeros(len(supporter), bool)}


def _can_take(w: Week, index: np.ndarray, paid: int) -> np.ndarray:
    kind = Offer.PAID if paid else Offer.VOLUNTEER
    return (w.people.chooses[index] >> np.uint8(kind)) & 1 == 1


def _one_pass(
    w: Week,
    waiting: np.ndarray,
    who: np.ndarray,
    taken: np.ndarray,
    slots: dict[str, np.ndarray],
    paid: int,
    close: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The n-th in turn takes the n-th place of one kind of fit, so no place stays free that would suit someone here.

    Returns people and their supporters; marks both as taken.
    """
    rows = np.flatnonzero(who)
    open_ = np.flatnonzero(~slots["used"] & (w.supporters.paid[slots["supporter"]] == paid))
    rows, key = _asked_for(w, waiting, rows, close)
    if len(rows) == 0 or len(open_) == 0:
        return rows[:0], open_[:0]
    supporter = slots["supporter"][open_]
    slot_key = _given(w, supporter, close)
    at = kernels.take_turns(key, slot_key)
    hit = at >= 0
    taken[rows[hit]] = True
    slots["used"][open_[at[hit]]] = True
    return waiting[rows[hit]], supporter[at[hit]]


def _together(offers: list[tuple[np.ndarray, np.ndarray, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(people, supporters, kind of offer) of all passes: answered at once."""
    kinds = [np.full(len(index), Offer.PAID if paid else Offer.VOLUNTEER) for index, _, paid in offers]
    return np.concatenate([o[0] for o in offers]), np.concatenate([o[1] for o in offers]), np.concatenate(kinds)


def _asked_for(w: Week, waiting: np.ndarray, rows: np.ndarray, close: int) -> tuple[np.ndarray, np.ndarray]:
    """(rows of `waiting`, their keys): whom this kind of fit would do for, by organisation and what they ask."""
    match, host = w.people.match[waiting[rows]].astype(np.int64), w.people.host[waiting[rows]].astype(np.int64)
    if close == EXACT:
        return rows, host * N_NEEDS + w.people.want_need[waiting[rows]]
    fits = match >= FAMILY if close == SIMILAR else match == ANY
    key = host * N_NEEDS + match - FAMILY if close == SIMILAR else host
    return rows[fits], key[fits]


def _given(w: Week, supporter: np.ndarray, close: int) -> np.ndarray:
    """int64[n]: the keys of these supporters' places."""
    org, experience = w.supporters.org[supporter].astype(np.int64), w.supporters.experience[supporter]
    if close == ANYONE:
        return org
    return org * N_NEEDS + (experience if close == EXACT else FAMILY_OF[experience])


def _offered(w: Week, index: np.ndarray, supporter: np.ndarray, kind: np.ndarray) -> None:
    """An offer: declined, accepted and never attended (the place is used this week), or started."""
    people, par = w.people, w.par
    if len(index) == 0:
        return
    people.exact[index] = w.supporters.experience[supporter] == people.want_need[index]
    starts = _answer(w, index, kind)
    index, supporter, kind = index[starts], supporter[starts], kind[starts]
    people.stage[index] = Stage.SUPPORTED
    _earns(w, index)
    people.supporter[index] = supporter
    np.add.at(w.supporters.load, supporter, 1)
    begin_spell(w, index, kind, None)
    people.stay_until[index] = w.now + w.levers.sessions[w.area_row(index)].astype(np.int64)
    people.stage_due[index] = due(w.state, index, w.now, Purpose.DROP_GAP, np.float64(DROP_BOUND))
    assert np.all(leaving_chance(par.drop_per_week, 0, par.drop_loose_match, 0.0) <= DROP_BOUND)


def _earns(w: Week, index: np.ndarray) -> None:
    """The organisations count people who start, for personal budgets; those who come back are not paid for twice."""
    new = index[w.people.returning[index] == 0]
    np.add.at(w.orgs.units[:, 0], w.people.host[new], 1)


def _would(w: Week, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(who accepts, who comes if they accept); those who come back do both."""
    par, people, world = w.par, w.people, w.world(index)
    back = people.returning[index] == 1
    accept = accepting_chance(par.accept_offer[world], people.exact[index], par.accept_loose_match[world])
    accepts = (w.uniform(Purpose.ACCEPTS, index) < accept) | back
    return accepts, (w.uniform(Purpose.ATTENDS, index) < par.attend_first[world]) | back


def _answer(w: Week, index: np.ndarray, kind: np.ndarray | Offer) -> np.ndarray:
    """Who starts of those offered a place; the rest decline or never come, and their want ends."""
    people, world = w.people, w.world(index)
    people.offer[index] = kind
    w.log(Event.OFFERED, index, people.host[index])
    in_time = people.deadline[index] >= w.now
    fresh = index[in_time & ~w.has(index, Mark.JUDGED)]
    w.mark(fresh, Mark.ROOM)
    note_referrer(w, index, Referral.OFFERED)
    note_referrer(
        w, index[w.now - people.queued[index].astype(np.int64) <= target_of(w, index, world)], Referral.IN_TIME
    )
    _note_wait(w, index)
    accepts, comes = _would(w, index)
    w.mark(index[accepts], Mark.ACCEPTED)
    w.log(Event.DECLINED, index[~accepts])
    w.log(Event.NEVER_CAME, index[accepts & ~comes])
    ends = index[~(accepts & comes)]
    settle(w, ends)
    to_idle(w, ends)
    return accepts & comes


def _note_wait(w: Week, index: np.ndarray) -> None:
    """The organisation's record of waits and starts."""
    people = w.people
    host, waited = people.host[index], np.minimum(LONGEST_WAIT, w.now - people.queued[index].astype(np.int64))
    np.add.at(w.orgs.waits, (host, waited), 1)
    np.add.at(w.orgs.starts, host, 1)
    if w.reporting:
        np.add.at(w.waits[:, (w.now - w.shape.burn_in) // YEAR], (w.area_row(index), waited), 1)


def _pair(w: Week, waiting: np.ndarray, left: np.ndarray) -> None:
    """Two people with the same need at the same organisation are matched, in order of priority."""
    people = w.people
    able = left & ((people.chooses[waiting] >> np.uint8(Offer.PAIR)) & 1 == 1)
    able &= w.can_exist[people.host[waiting], 0, people.want_need[waiting]]
    rows = np.flatnonzero(able)
    if len(rows) == 0:
        return
    index = waiting[rows]
    key = people.host[index].astype(np.int64) * N_NEEDS + people.want_need[index]
    rank, position = kernels.rank_in(key), np.argsort(key, kind="stable")
    first, second = position[:-1], position[1:]
    both = (key[first] == key[second]) & (rank[first] % 2 == 0)
    a, b = index[first[both]], index[second[both]]
    _start_pairs(w, a, b)


def _start_pairs(w: Week, a: np.ndarray, b: np.ndarray) -> None:
    """Pairs in which both accept and come start. Who would, but whose other half would not, was offered nothing."""
    people = w.people
    if len(a) == 0:
        return
    people.exact[np.concatenate([a, b])] = 1
    yes_a, yes_b = (accepts & comes for accepts, comes in (_would(w, a), _would(w, b)))
    both = yes_a & yes_b
    _answer(w, np.concatenate([a[both | ~yes_a], b[both | ~yes_b]]), Offer.PAIR)
    people.supporter[a[both]], people.supporter[b[both]] = b[both], a[both]
    started = np.concatenate([a[both], b[both]])
    people.stage[started] = Stage.PAIRED
    _earns(w, started)
    begin_spell(w, started, np.full(len(started), Offer.PAIR), w.par.pair_stay_weeks[w.world(started)])
    for one, other in ((a, b), (b, a)):
        people.stay_until[one[both]] = np.minimum(people.stay_until[one[both]], people.stay_until[other[both]])


def _refer_closed(w: Week) -> None:
    """The queue of an organisation that closed is referred on in that week, dates kept, or wants again."""
    people, index = w.people, w.at(Stage.WAITING)
    index = index[~w.orgs.open[people.host[index]]]
    if len(index) == 0:
        return
    other = choose_organisation(w, index, w.bits(Purpose.ORG_CHOICE, index), False)
    moved, stuck = index[other >= 0], index[other < 0]
    people.host[moved] = other[other >= 0]
    w.log(Event.REFERRED_ON, moved, other[other >= 0])
    again = people.want_until[stuck] != NEVER
    settle(w, stuck[~again])
    to_idle(w, stuck[~again])
    people.returning[stuck] = 0
    to_wanting(w, stuck[again])


def _move_on(w: Week, room: np.ndarray) -> None:
    """Every fourth week: those who waited over their target are referred on, no more than find room; dates kept."""
    if w.now % 4:
        return
    people = w.people
    waiting = w.at(Stage.WAITING)
    waited = w.now - people.queued[waiting].astype(np.int64)
    index = waiting[waited > target_of(w, waiting, w.world(waiting))]
    other = choose_organisation(w, index, w.bits(Purpose.ORG_CHOICE, index), False, people.host[index].astype(np.int64))
    index, other = index[other >= 0], other[other >= 0]
    order = _order(w, index)
    index, other = index[order], other[order]
    fits = kernels.rank_in(other) < room[other]
    people.host[index[fits]] = other[fits]
    w.log(Event.REFERRED_ON, index[fits], other[fits])
