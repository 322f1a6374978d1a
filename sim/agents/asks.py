"""A person asks: joins, refers themselves, or is put forward at a contact."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sim import draws
from sim.agents.group import knows_and_can_come
from sim.agents.land import SUIT_ROWS
from sim.draws import Purpose
from sim.numbers.levers import CHOICES
from sim.numbers.structure import ASK_UNWANTED_WEEKS
from sim.rules.ask import (
    acting_chance,
    is_prompted,
    is_reviewed,
    knowing_chance,
    link_contact_chance,
    losing_chance,
    may_be_put_forward,
    thinking_beside,
    thinking_chance,
)
from sim.rules.lean import leant, times_leant
from sim.tables import NEVER
from sim.vocabulary import (
    LASTING,
    MODES,
    N_NEEDS,
    N_REFERRERS,
    ORGANISED,
    ROUTES,
    Event,
    How,
    Known,
    Mark,
    Occasion,
    Offer,
    Referral,
    Referrer,
    Stage,
    Want,
)

if TYPE_CHECKING:
    from sim.agents.person import Person

OPT_OUT = CHOICES["mode"].index("opt_out")
CONTACT, REVIEW = int(Purpose.REFER_KNOWS), int(Purpose.REVIEW_KNOWS)  # the first of six purposes, of one contact each
KNOWS, THINKS, TRUSTS, ACCEPTED, LOST, WHERE = range(6)
ASKING = (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED)


def nth(options: list[Any], pick: int) -> Any:
    """The (pick mod count)-th of the best options, None where there are none."""
    return options[(pick >> 40) % len(options)] if options else None


def ask(person: Person) -> None:
    """Act on what they know, or meet a referrer, or nothing."""
    what = _what(person)
    occasion = person.occasion
    person.set_acting_clock()
    if person.stage == Stage.WAITING:
        _act_elsewhere(person, what)
        return
    if what == Referrer.SELF:
        _act(person)
    elif what < Referrer.SELF and _knows(person, what, occasion, CONTACT):
        _contact(person, what, occasion, CONTACT)
    person.occasion = 0


def _what(person: Person) -> int:
    """Which contact it is, SELF for acting, beyond for nothing. Occasions come first."""
    if person.occasion:
        return Referrer.PRACTICE if person.occasion == Occasion.DIAGNOSIS else Referrer.ACUTE
    chances = _contacts(person)
    chances.append(acting_chance(times_leant(person.model.par.act_rate, person.lean), person.confidence))
    bound = person.model.act_bound[person.contact_class][person.confidence]
    return bisect_right(list(accumulate(chances)), person.uniform(Purpose.ACT_WHAT) * bound)


def _contacts(person: Person) -> list[float]:
    """Weekly chance of a contact with each kind of referrer."""
    chances = list(person.model.contacts[person.contact_class])
    chances[Referrer.LINK_WORKER] = link_contact_chance(person.area.policy.link_workers, person.n_conditions)
    return chances


# ---- acting


def _act(person: Person) -> None:
    """One of the ways in that they know, each as likely."""
    pick = person.bits(Purpose.ACT_CHOICE)
    ways = [(way, host) for way, host in enumerate(_ways(person, pick)) if host is not None]
    if not ways:
        return
    way, host = ways[(pick & 0xFFFF) % len(ways)]
    person.referrer = Referrer.SELF
    person.mark(*ASKING)
    person.log(Event.ASKED, way)
    if way == 1:
        person.queue(host)
    else:
        _will_join(person, way, host)


def _act_elsewhere(person: Person, what: int) -> None:
    """Somebody who waits with an organisation joins a group or the online community, each as likely, and leaves the queue."""
    if what != Referrer.SELF or not _rather_now(person):
        return
    pick = person.bits(Purpose.ACT_CHOICE)
    group, online = _open_ways(person, pick)
    ways = [(way, host) for way, host in ((0, group), (2, online)) if host is not None]
    if not ways:
        return
    way, host = ways[(pick & 0xFFFF) % len(ways)]
    person.referrer = Referrer.SELF
    person.returning = 0
    person.mark(*ASKING)
    person.log(Event.ASKED, way)
    _will_join(person, way, host)


def _will_join(person: Person, way: int, host: Any) -> None:
    """Join a group or online in the next phase, if there is room still."""
    person.host, person.stage_due = host if way == 0 else None, NEVER
    person.go(Stage.JOINING_GROUP if way == 0 else Stage.JOINING_ONLINE)
    person.mark(Mark.EARLY)


def _ways(person: Person, pick: int) -> tuple[Any, Any, Any]:
    """(a group, an organisation, the online community), None where there is no way in."""
    org = None
    if person.knows_of(Known.SERVICES) and person.can_manage_service():
        org = person.choose_organisation(pick, own=True)
    group, online = _open_ways(person, pick)
    if org and (group or online) and not _has_room(person, org) and _rather_now(person):
        org = None
    return group, org, online


def _has_room(person: Person, org: Any) -> bool:
    """Whether an organisation has room now for a person."""
    return any(org.room[kind][person.match] for kind, offer in enumerate(ORGANISED) if person.would_choose(offer))


def _rather_now(person: Person) -> bool:
    """Whether they would take what has room now rather than wait: a lasting trait of a want, not of a week."""
    luck = draws.lasting(person.model.seed_, Purpose.RATHER_NOW, person.want_start, person.whog)
    return bool((luck >> 11) * draws.UNIT < person.model.par.room_before_wait)


def _open_ways(person: Person, pick: int) -> tuple[Any, Any]:
    """(a group, the online community): those that are simply joined, None where there is no way in."""
    group = online = None
    if person.knows_of(Known.GROUPS) and person.can_manage(Offer.GROUP):
        near = [g for g in person.place.groups if g.has_chair() and SUIT_ROWS[person.match][g.need]]
        group = nth([g for g in near if knows_and_can_come(person, g.setting)], pick)
    if person.area.online_space > 0 and person.knows_of(Known.ONLINE) and person.can_manage(Offer.ONLINE):
        online = person.area
    return group, online


def choose_organisation(person: Person, pick: int, own: bool, besides: Any = None) -> Any:
    """Among suitable ones: one with room, else the shortest usual wait, else None."""
    kinds = [kind for kind, offer in enumerate(ORGANISED) if person.would_choose(offer)]
    waits: list[tuple[int, Any]] = []
    for org in person.place.organisations:
        if org is besides or (own and not org.takes_self):
            continue
        if any(org.exists[kind][person.match] for kind in kinds):
            room = any(org.room[kind][person.match] for kind in kinds)
            waits.append((0 if room else 1 + org.median_wait(), org))
    least = min((wait for wait, _ in waits), default=0)
    return nth([org for wait, org in waits if wait == least], pick)


def queue(person: Person, org: Any) -> None:
    """Wait with an organisation from this week. They go on hearing of what else exists, and may act on it."""
    now = person.model.week
    person.go(Stage.WAITING)
    person.host, person.queued = org, now
    person.set_clock("stage_due", person.length(Purpose.GIVE_UP, person.model.par.give_up_weeks))
    if now - person.want_start + org.median_wait() <= person.target():
        person.mark(Mark.EARLY)
    person.log(Event.QUEUED, org.number)


# ---- being put forward


def _mode(person: Person, kind: int, occasion: int) -> float:
    """The mode of a contact: to a link worker it is their work, whatever the occasion."""
    return OPT_OUT if kind == Referrer.LINK_WORKER else float(getattr(person.area.policy, MODES[occasion]))


def _prompts(person: Person, kind: int, occasion: int) -> bool:
    """Whether staff are prompted, or offer it to everybody; to a link worker nobody says what exists."""
    return kind != Referrer.LINK_WORKER and bool(is_prompted(_mode(person, kind, occasion)))


def _contact(person: Person, kind: int, occasion: int, luck: int) -> None:
    """A contact with a referrer who knows. Who thinks of it tells what there is; who trusts it puts them forward."""
    person.mark(Mark.WAY_IN)
    if not _thinks(person, kind, occasion, _is_beside(person, kind, luck), luck):
        return
    person.log(Event.SIGNPOSTED)
    for known in Known:
        person.learn_of(known, How.SIGNPOSTED)
    if _puts_forward(person, kind, luck):
        accepts = person.uniform(luck + ACCEPTED) < leant(person.model.par.accept_referral, person.lean)
        _refer(person, kind, accepts, luck)


def _knows(person: Person, kind: int, occasion: int, luck: int) -> bool:
    """Whether they meet staff who know of it, and the route is open."""
    referrer, route = person.model.referrer_of(person, kind), getattr(person.area.policy, ROUTES[kind])
    chance = knowing_chance(referrer.knows, referrer.habit, _prompts(person, kind, occasion) * 1.0, route)
    return bool(person.uniform(luck + KNOWS) < chance)


def _is_beside(person: Person, kind: int, luck: int) -> bool:
    """Whether those staff, who know, are used to peers beside them: the same draw says it."""
    referrer, route = person.model.referrer_of(person, kind), getattr(person.area.policy, ROUTES[kind])
    return bool(person.uniform(luck + KNOWS) < knowing_chance(0.0, referrer.habit, 0.0, route))


def _thinks(person: Person, kind: int, occasion: int, beside: bool, luck: int) -> bool:
    """Whether a referrer who knows thinks of it."""
    par = person.model.par
    times = {Occasion.NONE: 1.0, Occasion.REVIEW: par.thinks_at_review}.get(Occasion(occasion), par.thinks_at_event)
    if kind == Referrer.LINK_WORKER:
        times = 1.0
    mode = _mode(person, kind, occasion)
    thinks = thinking_chance(mode, par.thinks_opt_in, par.thinks_prompted, par.thinks_opt_out, times)
    if beside:
        thinks = thinking_beside(thinks, par.thinks_beside)
    return bool(person.uniform(luck + THINKS) < thinks)


def _puts_forward(person: Person, kind: int, luck: int) -> bool:
    """Whether a referrer who thinks of it trusts it, and may put this person forward."""
    trusts = person.model.referrer_of(person, kind).trusts
    return person.uniform(luck + TRUSTS) < trusts and _eligible(person)


def _eligible(person: Person) -> bool:
    """Whom the area's rule lets be put forward."""
    eligibility = person.area.policy.eligibility
    return bool(may_be_put_forward(eligibility, person.n_conditions, person.lonely, person.confidence))


def _refer(person: Person, kind: int, accepts: bool, luck: int) -> None:
    """To an organisation, if one suits."""
    org = person.choose_organisation(person.bits(luck + WHERE), own=False) if person.can_manage_service() else None
    if org is None:
        return
    person.log(Event.PUT_FORWARD, kind)
    if not accepts:
        person.log(Event.REFUSED_REFERRAL)
    elif _lost(person, luck):
        person.log(Event.REFERRAL_LOST)
    else:
        person.referrer = kind
        person.mark(*ASKING)
        person.note_referrer(Referral.REFERRED)
        person.queue(org)


def _lost(person: Person, luck: int) -> bool:
    par = person.model.par
    lose = losing_chance(person.area.policy.working_together, par.lost_apart, par.lost_shared, par.lost_one_team)
    return bool(person.uniform(luck + LOST) < lose)


def annual_review(person: Person) -> None:
    """The review, by the practice, of someone who wants it, or has no want. An occasion comes first."""
    if not is_reviewed(person.n_conditions, bool(person.needs & LASTING)):
        return
    if person.stage == Stage.WANTING:
        if _knows(person, Referrer.PRACTICE, Occasion.REVIEW, REVIEW):
            _contact(person, Referrer.PRACTICE, Occasion.REVIEW, REVIEW)
    elif person.stage == Stage.IDLE and person.occasion == 0:
        _offer_unwanted(person, Referrer.PRACTICE, Occasion.REVIEW, REVIEW)


def usual_contact(person: Person) -> None:
    """A usual contact of someone with a lasting need and no want, with whom they meet in a year, if anybody."""
    if person.stage != Stage.IDLE or person.occasion > 0 or not person.needs & LASTING:
        return
    chances = list(accumulate(_contacts(person)))
    kind = bisect_right(chances, person.uniform(Purpose.SEEN_BY) * max(1.0 / ASK_UNWANTED_WEEKS, chances[-1]))
    if kind < N_REFERRERS:
        _offer_unwanted(person, kind, Occasion.NONE, REVIEW)


def occasion_over(person: Person) -> None:
    """A diagnosis or a discharge of someone who had no want."""
    if person.stage == Stage.IDLE:
        occasion, person.occasion = person.occasion, 0
        kind = Referrer.ACUTE if occasion == Occasion.DISCHARGE else Referrer.PRACTICE
        _offer_unwanted(person, kind, occasion, CONTACT)


def _offer_unwanted(person: Person, kind: int, occasion: int, luck: int) -> None:
    """Staff who are prompted, or offer it to everybody, speak of it to someone who has no want, too."""
    if not _prompts(person, kind, occasion) or not _knows(person, kind, occasion, luck):
        return
    thinks = _thinks(person, kind, occasion, _is_beside(person, kind, luck), luck)
    put = thinks and _puts_forward(person, kind, luck)
    if put and person.uniform(luck + ACCEPTED) < person.model.par.accept_without_want:
        person.begin_other(min(person.first_need(), N_NEEDS - 1), Want.UNWANTED)
        _refer(person, kind, True, luck)
        if person.stage == Stage.IDLE:
            person.clear_want()
