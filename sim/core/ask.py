"""Phase `ask`: people use a way in that they know, or are put forward at a contact."""

from __future__ import annotations

import numpy as np

from sim.columns.clock import CONDITIONS
from sim.compiled import apart, loop, rule, whole
from sim.core.hear import learn_of
from sim.core.parts.around import now_active
from sim.core.parts.due import ACT, called
from sim.core.parts.luck import bits, draw, ends, ends_by, keys_of, lasting_bits, uniform, unit
from sim.core.parts.notes import log
from sim.core.parts.rates import OFFERED_TO_ALL
from sim.core.parts.supply import GROUP, SERVICES, choose_group, choose_organisation, has_room
from sim.core.parts.supply import ONLINE as ONLINE_BIT
from sim.core.parts.wants import act_mean, begin_other, can_manage, clear_want, note_referrer, referrer_row, target_of
from sim.core.parts.where import place_of, row_of, world_of
from sim.core.week import TOGETHER, Week
from sim.draws import Purpose
from sim.numbers.structure import ASK_UNWANTED_WEEKS
from sim.rules.ask import is_reviewed, knowing_chance, may_be_put_forward, thinking_beside
from sim.rules.lean import leant
from sim.tables import NEVER
from sim.vocabulary import (
    FIRST_NEED,
    HAS_LASTING,
    N_NEEDS,
    N_REFERRERS,
    YEAR,
    Event,
    How,
    Known,
    Mark,
    Occasion,
    Referral,
    Referrer,
    Stage,
    Want,
    fifth_of,
)

GROUPS, KNOWN_SERVICES, KNOWN_ONLINE = int(Known.GROUPS), int(Known.SERVICES), int(Known.ONLINE)
KNOWNS = len(Known)
TO_GROUP, TO_ORGANISATION, TO_ONLINE = range(3)
KNEW, EARLY, WAY_IN = 1 << Mark.KNEW, 1 << Mark.EARLY, 1 << Mark.WAY_IN
ASKING = 1 << Mark.EXISTED | KNEW | WAY_IN | 1 << Mark.ASKED
OCCASIONS = 8  # what happens and the occasion are kept in one number: occasions count eights
CONTACT, REVIEW = int(Purpose.REFER_KNOWS), int(Purpose.REVIEW_KNOWS)  # the first of six purposes, of one contact each
KNOWS, THINKS, TRUSTS, ACCEPTED, LOST, WHERE = range(6)
PRACTICE, ACUTE = int(Referrer.PRACTICE), int(Referrer.ACUTE)
USUAL, DISCHARGE, AT_REVIEW = int(Occasion.NONE), int(Occasion.DISCHARGE), int(Occasion.REVIEW)
NOWHERE = -2


def ask(w: Week) -> None:
    """Those whose clock of acting strikes; then annual reviews, usual contacts and occasions of people without a want."""
    _ask(w, w.reviews)
    w.reviews = 0


@loop
def _ask(w: Week, reviews: int) -> int:
    """All of it. Returns who acted or met a referrer who knows."""
    n = _strike(w)
    _meet(w, n)
    _in_turn(w)
    _occasions(w, reviews)
    return n


@apart
def _strike(w: Week) -> int:
    """Whose clock of acting strikes, and what it brings (`found.who`, `found.what`). Sets the clock, ends occasions.

    No branch depends on luck here, so that the processor works on many people at once (measured: a third of the time);
    those for whom there is nothing, most of them, are passed over. Returns how many are left.
    """
    n, struck = 0, called(w, ACT, w.people.act_due, w.found.whom)
    for first in range(0, struck, TOGETHER):
        many = min(TOGETHER, struck - first)
        keys_of(w, w.found.whom, first, many)
        draw(w, many, Purpose.ACT_WHAT, w.luck.what)
        draw(w, many, Purpose.REFER_KNOWS, w.luck.also)
        draw(w, many, Purpose.ACT_GAP, w.luck.gap)
        n = _decide(w, first, many, n)
    return n


@rule
def _decide(w: Week, first: int, many: int, n: int) -> int:
    """The same for those whose draws are at hand; `n` are in the list already."""
    people, who = w.people, w.found.who
    for k in range(many):
        i = whole(w.found.whom[first + k])
        row = row_of(w, i)
        what = _what(w, i, row, unit(w.luck.what[k]))
        occasion = people.occasion[i]
        knows = _knows(w, i, row, min(what, N_REFERRERS - 1), occasion, unit(w.luck.also[k]))
        who[n] = i
        w.found.what[n] = what + OCCASIONS * occasion
        wanting, waiting = people.stage[i] == Stage.WANTING, people.stage[i] == Stage.WAITING
        acts = what == N_REFERRERS
        n += (wanting & (acts | ((what < N_REFERRERS) & knows))) | (waiting & acts)
        due = ends_by(w, w.luck.gap[k], act_mean(w, i, row))
        people.act_due[i] = due if wanting | waiting else people.act_due[i]
        people.occasion[i] = 0 if wanting else people.occasion[i]
    return n


@rule
def _what(w: Week, i: int, row: int, u: float) -> int:
    """Which contact it is, SELF for acting, beyond for nothing. Occasions come first."""
    people = w.people
    kind, confidence, occasion = people.contact_class[i], people.confidence[i], people.occasion[i]
    conditions = min(whole(people.n_conditions[i]), CONDITIONS - 1)
    under = u * w.state.act_bound[world_of(w, row), kind, confidence]
    chances, what = w.rates.contacts[row, kind, conditions], 0
    for referrer in range(N_REFERRERS):
        what += chances[referrer] <= under
    what += chances[N_REFERRERS - 1] + w.rates.acts[row, fifth_of(whole(people.cell[i])), confidence] <= under
    return what if occasion == 0 else Referrer.PRACTICE if occasion == Occasion.DIAGNOSIS else Referrer.ACUTE


@apart
def _meet(w: Week, n: int) -> None:
    """Act, or meet a referrer who knows what exists."""
    for k in range(n):
        i, what = whole(w.found.who[k]), whole(w.found.what[k])
        if what == Referrer.SELF and w.people.stage[i] == Stage.WAITING:
            _act_elsewhere(w, i, row_of(w, i))
        elif what == Referrer.SELF:
            _act(w, i, row_of(w, i))
        else:
            _contact(w, i, row_of(w, i), what % OCCASIONS, what // OCCASIONS, CONTACT)


# ---- acting


@apart
def _act(w: Week, i: int, row: int) -> None:
    """Join a group, refer oneself, or join online: one of the ways in that they know, each as likely."""
    people, able = w.people, can_manage(w, i, row)
    of_groups = people.known_to[GROUPS, i] > w.now and able & GROUP != 0
    of_services = people.known_to[KNOWN_SERVICES, i] > w.now and able & SERVICES != 0
    online = people.known_to[KNOWN_ONLINE, i] > w.now and able & ONLINE_BIT != 0 and w.room.online[row] > 0
    if not (of_groups or of_services or online):  # most of them: no draw is made
        return
    pick = bits(w, i, Purpose.ACT_CHOICE)
    group = choose_group(w, i, pick) if of_groups else -1
    org = choose_organisation(w, i, pick, True, NOWHERE) if of_services else -1
    if (group >= 0 or online) and org >= 0 and not has_room(w, i, org) and _rather_now(w, i, row):
        org = -1
    ways = 0 + (group >= 0) + (org >= 0) + online
    if ways == 0:
        return
    way = _nth_way(whole(pick & np.uint64(0xFFFF)) % ways, group >= 0, org >= 0)
    people.referrer[i] = Referrer.SELF
    people.marks[i] |= ASKING
    log(w, i, row, Event.ASKED, way)
    if way == TO_ORGANISATION:
        queue(w, i, row, org)
    else:
        _will_join(w, i, way, group)


@apart
def _act_elsewhere(w: Week, i: int, row: int) -> None:
    """Somebody who waits with an organisation joins a group or the online community, each as likely, and leaves the queue."""
    people, able = w.people, can_manage(w, i, row)
    of_groups = people.known_to[GROUPS, i] > w.now and able & GROUP != 0
    online = people.known_to[KNOWN_ONLINE, i] > w.now and able & ONLINE_BIT != 0 and w.room.online[row] > 0
    if not (of_groups or online) or not _rather_now(w, i, row):
        return
    pick = bits(w, i, Purpose.ACT_CHOICE)
    group = choose_group(w, i, pick) if of_groups else -1
    ways = 0 + (group >= 0) + online
    if ways == 0:
        return
    way = _nth_way(whole(pick & np.uint64(0xFFFF)) % ways, group >= 0, False)
    people.referrer[i] = Referrer.SELF
    people.returning[i] = 0
    people.marks[i] |= ASKING
    log(w, i, row, Event.ASKED, way)
    _will_join(w, i, way, group)


@rule
def _rather_now(w: Week, i: int, row: int) -> bool:
    """Whether they would take what has room now rather than wait: a lasting trait of a want, not of a week."""
    return (
        unit(lasting_bits(w, i, Purpose.RATHER_NOW, whole(w.people.want_start[i])))
        < w.par.room_before_wait[world_of(w, row)]
    )


@rule
def _will_join(w: Week, i: int, way: int, group: int) -> None:
    """Join a group or online in the next phase, if there is room still."""
    people = w.people
    now_active(w, i)
    people.stage[i] = Stage.JOINING_GROUP if way == TO_GROUP else Stage.JOINING_ONLINE
    people.host[i] = group if way == TO_GROUP else -1
    people.stage_due[i] = NEVER
    people.marks[i] |= EARLY


@rule
def _nth_way(n: int, group: bool, org: bool) -> int:
    """The n-th of the ways in that there are."""
    if group:
        if n == 0:
            return TO_GROUP
        n -= 1
    if org and n == 0:
        return TO_ORGANISATION
    return TO_ONLINE


@apart
def queue(w: Week, i: int, row: int, org: int) -> None:
    """Wait with an organisation from this week. They go on hearing of what else exists, and may act on it."""
    people = w.people
    now_active(w, i)
    people.stage[i] = Stage.WAITING
    people.host[i] = org
    people.queued[i] = w.now
    people.stage_due[i] = ends(w, i, Purpose.GIVE_UP, w.par.give_up_weeks[world_of(w, row)])
    if w.now - whole(people.want_start[i]) + w.room.medians[org] <= target_of(w, i, row):
        people.marks[i] |= EARLY
    log(w, i, row, Event.QUEUED, org)


# ---- being put forward


@apart
def _contact(w: Week, i: int, row: int, kind: int, occasion: int, luck: int) -> None:
    """A contact with a referrer who knows, by someone who wants it. Who thinks of it tells them what there is; who trusts it
    puts them forward; they may accept, and it may be lost."""
    w.people.marks[i] |= WAY_IN
    if not _thinks(w, i, row, _how(kind, occasion), _is_beside(w, i, row, kind, luck), luck):
        return
    log(w, i, row, Event.SIGNPOSTED, 0)
    for known in range(KNOWNS):
        learn_of(w, i, row, known, How.SIGNPOSTED)
    if _puts_forward(w, i, row, kind, luck):
        _refer(w, i, row, kind, uniform(w, i, luck + ACCEPTED) < _accepting(w, i, row), luck)


@rule
def _accepting(w: Week, i: int, row: int) -> float:
    """Chance that someone who wants it trusts it enough to be put forward."""
    lean = w.state.leans.fifths[row, fifth_of(whole(w.people.cell[i]))]
    return leant(w.par.accept_referral[world_of(w, row)], lean)


@rule
def _how(kind: int, occasion: int) -> int:
    """Column of `rates.thinks`: the occasion; to a link worker it is their work, whatever the occasion."""
    return OFFERED_TO_ALL if kind == Referrer.LINK_WORKER else whole(occasion)


@rule
def _knows(w: Week, i: int, row: int, kind: int, occasion: int, u: float) -> bool:
    """Whether a person meets staff of this kind who know of it, and the route is open."""
    ref, r = w.state.referrers, referrer_row(w, kind, place_of(w, i), row)
    prompts = w.rates.prompts[row, _how(kind, occasion)]
    return u < knowing_chance(ref.knows[r], ref.habit[r], prompts, w.rates.route[row, kind])


@rule
def _is_beside(w: Week, i: int, row: int, kind: int, luck: int) -> bool:
    """Whether those staff, who know, are used to peers beside them: the same draw says it."""
    ref, r = w.state.referrers, referrer_row(w, kind, place_of(w, i), row)
    return uniform(w, i, luck + KNOWS) < knowing_chance(0.0, ref.habit[r], 0.0, w.rates.route[row, kind])


@rule
def _thinks(w: Week, i: int, row: int, how: int, beside: bool, luck: int) -> bool:
    """Whether a referrer who knows thinks of it."""
    thinks = w.rates.thinks[row, how]
    if beside:
        thinks = thinking_beside(thinks, w.par.thinks_beside[world_of(w, row)])
    return uniform(w, i, luck + THINKS) < thinks


@rule
def _puts_forward(w: Week, i: int, row: int, kind: int, luck: int) -> bool:
    """Whether a referrer who thinks of it trusts it, and may put this person forward."""
    trusts = w.state.referrers.trusts[referrer_row(w, kind, place_of(w, i), row)]
    return uniform(w, i, luck + TRUSTS) < trusts and _eligible(w, i, row)


@rule
def _eligible(w: Week, i: int, row: int) -> bool:
    """Whom the area's rule lets be put forward."""
    people = w.people
    return may_be_put_forward(w.levers.eligibility[row], people.n_conditions[i], people.lonely[i], people.confidence[i])


@apart
def _refer(w: Week, i: int, row: int, kind: int, accepts: bool, luck: int) -> None:
    """To an organisation, if one suits."""
    people, org = w.people, -1
    if can_manage(w, i, row) & SERVICES:
        org = choose_organisation(w, i, bits(w, i, luck + WHERE), False, NOWHERE)
    if org < 0:
        return
    log(w, i, row, Event.PUT_FORWARD, kind)
    if not accepts:
        log(w, i, row, Event.REFUSED_REFERRAL, 0)
    elif uniform(w, i, luck + LOST) < w.rates.loses[row]:
        log(w, i, row, Event.REFERRAL_LOST, 0)
    else:
        people.referrer[i] = kind
        people.marks[i] |= ASKING
        note_referrer(w, i, row, Referral.REFERRED)
        queue(w, i, row, org)


# ---- in turn: annual reviews, and usual contacts of people without a want


@apart
def _in_turn(w: Week) -> None:
    """Homes take turns through the year, so that nobody needs a clock: for the annual review, and half a year later for
    usual contacts, where staff speak of it to everybody. Nobody has both in one week."""
    for place in range(len(w.places.area_row)):
        row, first = w.places.area_row[place], place * w.place_size
        last = first + w.place_size
        for i in range(first + w.now % YEAR, last, YEAR):
            if is_reviewed(w.people.n_conditions[i], HAS_LASTING[w.people.needs[i]]):
                _review(w, i, row)
        if w.rates.prompts[row, USUAL] > 0:
            turn = (w.now + ASK_UNWANTED_WEEKS // 2) % ASK_UNWANTED_WEEKS
            for i in range(first + turn, last, ASK_UNWANTED_WEEKS):
                _usual_contact(w, i, row)


@rule
def _review(w: Week, i: int, row: int) -> None:
    """The annual review, by the practice: of someone who wants it, or has no want. An occasion comes first."""
    people = w.people
    if people.stage[i] == Stage.WANTING:
        if _knows(w, i, row, PRACTICE, AT_REVIEW, uniform(w, i, REVIEW + KNOWS)):
            _contact(w, i, row, PRACTICE, AT_REVIEW, REVIEW)
    elif people.stage[i] == Stage.IDLE and people.occasion[i] == 0:
        _offer_unwanted(w, i, row, PRACTICE, AT_REVIEW, REVIEW)


@apart
def _usual_contact(w: Week, i: int, row: int) -> None:
    """A usual contact of someone with a lasting need and no want, with whom they meet in a year, if anybody."""
    people = w.people
    if people.stage[i] != Stage.IDLE or people.occasion[i] > 0 or not HAS_LASTING[people.needs[i]]:
        return
    chances = w.rates.contacts[row, people.contact_class[i], min(whole(people.n_conditions[i]), CONDITIONS - 1)]
    under = uniform(w, i, Purpose.SEEN_BY) * max(1.0 / ASK_UNWANTED_WEEKS, chances[N_REFERRERS - 1])
    kind = 0
    for referrer in range(N_REFERRERS):
        kind += chances[referrer] <= under
    if kind < N_REFERRERS:
        _offer_unwanted(w, i, row, kind, USUAL, REVIEW)


@apart
def _occasions(w: Week, n: int) -> None:
    """A diagnosis or a discharge of people who had no want."""
    people = w.people
    for k in range(n):
        i = whole(w.found.review[k])
        if people.stage[i] == Stage.IDLE:
            row, occasion = row_of(w, i), whole(people.occasion[i])
            people.occasion[i] = 0
            kind = ACUTE if occasion == DISCHARGE else PRACTICE
            _offer_unwanted(w, i, row, kind, occasion, CONTACT)


@apart
def _offer_unwanted(w: Week, i: int, row: int, kind: int, occasion: int, luck: int) -> None:
    """Staff who are prompted, or offer it to everybody, speak of it to someone who has no want: who thinks of it and trusts it
    puts them forward, if they accept."""
    how = _how(kind, occasion)
    if w.rates.prompts[row, how] == 0 or not _knows(w, i, row, kind, occasion, uniform(w, i, luck + KNOWS)):
        return
    thinks = _thinks(w, i, row, how, _is_beside(w, i, row, kind, luck), luck)
    put = thinks and _puts_forward(w, i, row, kind, luck)
    if put and uniform(w, i, luck + ACCEPTED) < w.par.accept_without_want[world_of(w, row)]:
        _take_unwanted(w, i, row, kind, luck)


@apart
def _take_unwanted(w: Week, i: int, row: int, kind: int, luck: int) -> None:
    """Someone without a want accepts: it uses a place, and is never availability."""
    begin_other(w, i, row, min(FIRST_NEED[w.people.needs[i]], N_NEEDS - 1), Want.UNWANTED)
    _refer(w, i, row, kind, True, luck)
    if w.people.stage[i] == Stage.IDLE:
        clear_want(w, i)
