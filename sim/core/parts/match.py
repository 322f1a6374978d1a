"""Free places go to those waiting: by rank, to an exact match, then a similar one, then anyone; then in pairs."""

from __future__ import annotations

from sim.columns.clock import MEAN_DROP
from sim.compiled import apart, rule, whole
from sim.core.parts.counting import count_offer
from sim.core.parts.luck import ends, mixed, uniform
from sim.core.parts.meeting import supporter_meets
from sim.core.parts.notes import log, write_wait
from sim.core.parts.places import PAIR, begin_spell
from sim.core.parts.supply import PAIR as PAIR_BIT
from sim.core.parts.turns import sort_turns, take_turn
from sim.core.parts.wants import CLOSED, JUDGED, can_manage, note_referrer, settle, target_of, to_idle
from sim.core.parts.where import row_of, world_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.rules.ledger import Line
from sim.rules.offer import accepting_chance
from sim.vocabulary import ANY, FAMILY, FAMILY_OF, LONGEST_WAIT, N_NEEDS, Event, Mark, Offer, Post, Referral, Stage

EXACT, SIMILAR, ANYONE, FITS = range(4)  # kinds of fit, the closest first
PAID, VOLUNTEER = int(Offer.PAID), int(Offer.VOLUNTEER)
ROOM, ACCEPTED = 1 << Mark.ROOM, 1 << Mark.ACCEPTED


@apart
def fill_places(w: Week) -> None:
    """Rank those waiting; match them with free places in passes; the rest may be paired.

    `order.left` int64[organisations]: places left, which suit nobody who waits there.
    """
    _list_slots(w, _list_supporters(w))
    _match(w, _who_could(w))


# ---- free places


@rule
def _list_supporters(w: Week) -> int:
    """Supporters with a free place (`found.who`), in the order of the draw by which their places are taken."""
    sup, n = w.supporters, 0
    for s in range(len(sup.state)):
        if (
            sup.state[s] == Post.ACTIVE
            and w.orgs.open[sup.org[s]]
            and sup.load[s] < sup.here[s]
            and supporter_meets(w, s)
        ):
            w.found.who[n] = s
            w.order.later[n] = 0
            w.order.draw[n] = mixed(sup.whog[s] ^ w.keys[Purpose.SLOT_TIE])
            n += 1
    sort_turns(w, 0, n)
    return n


@rule
def _list_slots(w: Week, n: int) -> None:
    """One row a free place, its supporter, by organisation: slot[first_slot[o]:first_slot[o + 1]], in turn."""
    sup, order, orgs = w.supporters, w.order, len(w.orgs.open)
    for o in range(orgs + 1):
        order.first_slot[o] = 0
    for k in range(n):
        s = w.found.who[k]
        order.first_slot[sup.org[s] + 1] += sup.here[s] - sup.load[s]
    for o in range(orgs):
        order.first_slot[o + 1] += order.first_slot[o]
        order.left[o] = order.first_slot[o]
    for k in range(n):
        s = w.found.who[k]
        for _ in range(sup.here[s] - sup.load[s]):
            order.slot[order.left[sup.org[s]]] = s
            order.left[sup.org[s]] += 1
    for o in range(orgs):
        order.left[o] = order.first_slot[o + 1] - order.first_slot[o]


# ---- who waits


@rule
def _who_could(w: Week) -> int:
    """Who waits where a place is free that would suit them, or pairs are made (`found.whom`): the others can be in no pass."""
    people, n = w.people, 0
    for k in range(w.found.actives[0]):
        i = whole(w.found.active[k])
        if people.stage[i] != Stage.WAITING:
            continue
        if people.chooses[i] & w.room.places[people.host[i], people.match[i]] or _could_pair(w, i):
            w.found.whom[n] = i
            n += 1
    return n


@rule
def _could_pair(w: Week, i: int) -> bool:
    people = w.people
    return people.chooses[i] & w.room.exists[people.host[i], people.want_need[i]] & PAIR_BIT != 0


# ---- matching


@rule
def _match(w: Week, n: int) -> None:
    """Each organisation calls its queue in turn: places with paid workers, with volunteers, then pairs."""
    order, host, orgs = w.order, w.people.host, len(w.orgs.open)
    for o in range(orgs + 1):
        order.first[o] = 0
    for k in range(n):
        order.first[host[w.found.whom[k]] + 1] += 1
    for o in range(orgs):
        order.first[o + 1] += order.first[o]
        order.filled[o] = order.first[o]
    for k in range(n):
        i = whole(w.found.whom[k])
        place = order.filled[host[i]]
        w.found.who[place] = i
        take_turn(w, i, row_of(w, i), place)
        order.filled[host[i]] += 1
    for o in range(orgs):
        waiting = order.first[o + 1] - order.first[o]
        if waiting > 0:
            sort_turns(w, order.first[o], waiting)
            _fill(w, o)


@apart
def _fill(w: Week, o: int) -> None:
    """Offers in turn. People who were offered a place leave `found.who` (-1), places that were taken `order.slot`."""
    for fit in range(FITS):
        _one_pass(w, o, PAID, fit)
    for fit in range(FITS):
        _one_pass(w, o, VOLUNTEER, fit)
    _pair(w, o)


@apart
def _one_pass(w: Week, o: int, kind: int, fit: int) -> None:
    """The n-th in turn takes the n-th place of one kind of fit, so no place stays free that would suit someone here."""
    order, people, sup = w.order, w.people, w.supporters
    places = 0
    for key in range(N_NEEDS):
        order.free[key] = 0
    for k in range(order.first_slot[o], order.first_slot[o + 1]):
        s = order.slot[k]
        if s >= 0 and sup.paid[s] == (kind == PAID):
            order.free[_given(sup.experience[s], fit)] += 1
            places += 1
    for k in range(order.first[o], order.first[o + 1]):
        if places == 0:
            return
        i = whole(w.found.who[k])
        if i < 0 or people.chooses[i] >> kind & 1 == 0:
            continue
        key = _asked(people.want_need[i], people.match[i], fit)
        if key >= 0 and order.free[key] > 0:
            order.free[key] -= 1
            order.left[o] -= 1
            places -= 1
            w.found.who[k] = -1
            _offered(w, i, _take_slot(w, o, kind, fit, key), kind)


@rule
def _asked(need: int, match: int, fit: int) -> int:
    """What a person asks in this kind of fit: a need, a family, anyone; -1 where it would not do."""
    if fit == EXACT:
        return whole(need)
    if fit == SIMILAR:
        return whole(match) - FAMILY if match >= FAMILY else -1
    return 0 if match == ANY else -1


@rule
def _given(experience: int, fit: int) -> int:
    """What a supporter gives in this kind of fit."""
    return whole(experience) if fit == EXACT else whole(FAMILY_OF[experience]) if fit == SIMILAR else 0


@rule
def _take_slot(w: Week, o: int, kind: int, fit: int, key: int) -> int:
    """The supporter of the first such place, which is taken."""
    for k in range(w.order.first_slot[o], w.order.first_slot[o + 1]):
        s = w.order.slot[k]
        if s >= 0 and w.supporters.paid[s] == (kind == PAID) and _given(w.supporters.experience[s], fit) == key:
            w.order.slot[k] = -1
            return whole(s)
    return -1


# ---- answers


@apart
def _offered(w: Week, i: int, supporter: int, kind: int) -> None:
    """An offer: declined, accepted and never attended (the place is used this week), or started."""
    people, row = w.people, row_of(w, i)
    people.exact[i] = w.supporters.experience[supporter] == people.want_need[i]
    experience = w.supporters.experience[supporter]
    if not _answer(w, i, row, kind, experience):
        w.hosts.used[w.supporters.org[supporter], w.supporters.paid[supporter], experience] += 1
        return
    people.stage[i] = Stage.SUPPORTED
    _earns(w, i)
    people.supporter[i] = supporter
    w.supporters.load[supporter] += 1
    begin_spell(w, i, row, kind, experience)
    people.stay_until[i] = w.now + whole(w.levers.sessions[row])
    people.stage_due[i] = ends(w, i, Purpose.DROP_GAP, MEAN_DROP)


@rule
def _earns(w: Week, i: int) -> None:
    """The organisation counts who starts, for personal budgets; those who come back are not paid for twice."""
    w.orgs.ledger[w.people.host[i], Line.STARTS] += 1
    if w.people.returning[i] == 0:
        w.orgs.units[w.people.host[i], 0] += 1


@rule
def _accepts(w: Week, i: int, row: int) -> bool:
    """Whether a person accepts; those who come back do."""
    par, world = w.par, world_of(w, row)
    chance = accepting_chance(par.accept_offer[world], w.people.exact[i], par.accept_loose_match[world])
    return w.people.returning[i] == 1 or uniform(w, i, Purpose.ACCEPTS) < chance


@rule
def _comes(w: Week, i: int, row: int) -> bool:
    """Whether a person who accepted comes; those who come back do."""
    return w.people.returning[i] == 1 or uniform(w, i, Purpose.ATTENDS) < w.par.attend_first[world_of(w, row)]


@apart
def _answer(w: Week, i: int, row: int, kind: int, experience: int) -> bool:
    """Whether someone offered a place starts; else they decline or never come, and their want ends."""
    people = w.people
    people.offer[i] = kind
    log(w, i, row, Event.OFFERED, people.host[i])
    if people.deadline[i] >= w.now and people.marks[i] & JUDGED == 0:
        people.marks[i] |= ROOM
    waited = w.now - whole(people.queued[i])
    note_referrer(w, i, row, Referral.OFFERED)
    if waited <= target_of(w, i, row):
        note_referrer(w, i, row, Referral.IN_TIME)
    w.orgs.waits[people.host[i], min(LONGEST_WAIT, waited)] += 1
    w.orgs.starts[people.host[i]] += 1
    write_wait(w, row, waited)
    if _accepts(w, i, row):
        people.marks[i] |= ACCEPTED
        if _comes(w, i, row):
            return True
        log(w, i, row, Event.NEVER_CAME, 0)
    else:
        log(w, i, row, Event.DECLINED, 0)
    count_offer(w, i, row, can_manage(w, i, row), kind, experience)
    settle(w, i, row, CLOSED)
    to_idle(w, i, row)
    return False


# ---- pairs


@apart
def _pair(w: Week, o: int) -> None:
    """Two people with the same need who are left at the same organisation are matched, in turn."""
    first = w.order.free  # who waits for another half, by need
    for need in range(N_NEEDS):
        first[need] = -1
    for k in range(w.order.first[o], w.order.first[o + 1]):
        i = whole(w.found.who[k])
        if i >= 0 and _could_pair(w, i):
            need = w.people.want_need[i]
            if first[need] < 0:
                first[need] = i
            else:
                _start_pair(w, first[need], i)
                first[need] = -1


@apart
def _start_pair(w: Week, a: int, b: int) -> None:
    """A pair starts if both accept and come. Who would, but whose other half would not, was offered nothing."""
    people, row_a, row_b = w.people, row_of(w, a), row_of(w, b)
    people.exact[a] = 1
    people.exact[b] = 1
    yes_a = _accepts(w, a, row_a) and _comes(w, a, row_a)
    yes_b = _accepts(w, b, row_b) and _comes(w, b, row_b)
    both = yes_a and yes_b
    if both or not yes_a:
        _answer(w, a, row_a, PAIR, people.want_need[a])
    if both or not yes_b:
        _answer(w, b, row_b, PAIR, people.want_need[b])
    if both:
        _pair_with(w, a, row_a, b)
        _pair_with(w, b, row_b, a)
        until = min(people.stay_until[a], people.stay_until[b])
        people.stay_until[a] = until
        people.stay_until[b] = until


@rule
def _pair_with(w: Week, i: int, row: int, other: int) -> None:
    people = w.people
    people.supporter[i] = other
    people.stage[i] = Stage.PAIRED
    _earns(w, i)
    begin_spell(w, i, row, PAIR, people.want_need[other])
    people.stay_until[i] = ends(w, i, Purpose.STAY, w.par.pair_stay_weeks[world_of(w, row)])
