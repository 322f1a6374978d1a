"""A person asks: joins, refers themselves, or is put forward at a contact."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sim.agents.group import knows_and_can_come
from sim.agents.land import SUIT_ROWS
from sim.draws import Purpose
from sim.numbers.levers import CHOICES
from sim.rules.ask import (
    acting_chance,
    is_reviewed,
    link_contact_chance,
    losing_chance,
    may_be_put_forward,
    thinking_chance,
)
from sim.tables import NEVER
from sim.vocabulary import (
    LASTING,
    N_NEEDS,
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
ASKING = (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED)


def nth(options: list[Any], pick: int) -> Any:
    """The (pick mod count)-th of the best options, None where there are none."""
    return options[(pick >> 40) % len(options)] if options else None


def ask(person: Person) -> None:
    """Act on what they know, or meet a referrer, or nothing."""
    what = _what(person)
    occasion = person.occasion
    person.set_acting_clock()
    if what == Referrer.SELF:
        _act(person)
    elif what < Referrer.SELF:
        _contact(person, what, occasion)
    person.occasion = 0


def _what(person: Person) -> int:
    """Which contact it is, SELF for acting, beyond for nothing. Occasions come first."""
    if person.occasion:
        return Referrer.PRACTICE if person.occasion == Occasion.DIAGNOSIS else Referrer.ACUTE
    chances = list(person.model.contacts[person.contact_class])
    chances[Referrer.LINK_WORKER] = link_contact_chance(person.area.policy.link_workers, person.n_conditions)
    chances.append(acting_chance(person.model.par.act_rate, person.confidence))
    bound = person.model.act_bound[person.contact_class][person.confidence]
    return bisect_right(list(accumulate(chances)), person.uniform(Purpose.ACT_WHAT) * bound)


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
        return
    person.host = host if way == 0 else None
    person.go(Stage.JOINING_GROUP if way == 0 else Stage.JOINING_ONLINE)
    person.mark(Mark.EARLY)


def _ways(person: Person, pick: int) -> tuple[Any, Any, Any]:
    """(a group, an organisation, the online community), None where there is no way in."""
    group = org = online = None
    if person.knows_of(Known.GROUPS) and person.can_manage(Offer.GROUP):
        near = [g for g in person.place.groups if g.has_chair() and SUIT_ROWS[person.match][g.need]]
        group = nth([g for g in near if knows_and_can_come(person, g.setting)], pick)
    if person.knows_of(Known.SERVICES) and person.can_manage_service():
        org = person.choose_organisation(pick, own=True)
    if person.area.online_space > 0 and person.knows_of(Known.ONLINE) and person.can_manage(Offer.ONLINE):
        online = person.area
    return group, org, online


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
    """Wait with an organisation from this week."""
    now = person.model.week
    person.go(Stage.WAITING)
    person.host, person.queued = org, now
    person.act_due = NEVER  # they go on hearing of what else exists
    person.set_clock("stage_due", person.length(Purpose.GIVE_UP, person.model.par.give_up_weeks))
    if now - person.want_start + org.median_wait() <= person.target():
        person.mark(Mark.EARLY)
    person.log(Event.QUEUED, org.number)


# ---- being put forward


def _mode(person: Person, occasion: int) -> float:
    policy = person.area.policy
    return float((policy.mode_contact, policy.mode_diagnosis, policy.mode_discharge)[occasion])


def _contact(person: Person, kind: int, occasion: int) -> None:
    """The referrer must know, think and trust; the person accept; nothing be lost."""
    times = person.model.par.thinks_at_event if occasion > 0 else 1.0
    mode = OPT_OUT if kind == Referrer.LINK_WORKER else _mode(person, occasion)  # it is their work
    put, knew = _put_forward(person, kind, mode, times)
    if knew:
        person.mark(Mark.KNEW, Mark.WAY_IN)
    if put:
        _refer(person, kind, person.uniform(Purpose.REFER_ACCEPTED) < person.model.par.accept_referral)


def _put_forward(person: Person, kind: int, mode: float, times: float) -> tuple[bool, bool]:
    """(put forward, referrer knows) of a contact; the route must be open."""
    par, policy, referrer = person.model.par, person.area.policy, person.model.referrer_of(person, kind)
    knew = person.uniform(Purpose.REFER_KNOWS) < referrer.knows * getattr(policy, ROUTES[kind])
    if not knew:
        return False, False
    thinks = thinking_chance(
        mode, par.thinks_opt_in, par.thinks_prompted, par.thinks_opt_out, times, policy.peers_in_clinics
    )
    put = person.uniform(Purpose.REFER_THINKS) < thinks and person.uniform(Purpose.REFER_TRUSTS) < referrer.trusts
    return bool(put) and _eligible(person), True


def _eligible(person: Person) -> bool:
    """Whom the area's rule lets be put forward."""
    eligibility = person.area.policy.eligibility
    return bool(may_be_put_forward(eligibility, person.n_conditions, person.lonely, person.confidence))


def _refer(person: Person, kind: int, accepts: bool) -> None:
    """To an organisation if one suits, else told of groups and online communities."""
    org = (
        person.choose_organisation(person.bits(Purpose.ORG_CHOICE), own=False) if person.can_manage_service() else None
    )
    if org is None:
        _signpost(person)
        return
    person.log(Event.PUT_FORWARD, kind)
    if not accepts:
        person.log(Event.REFUSED_REFERRAL)
    elif _lost(person):
        person.log(Event.REFERRAL_LOST)
    else:
        person.referrer = kind
        person.mark(*ASKING)
        person.note_referrer(Referral.REFERRED)
        person.queue(org)


def _signpost(person: Person) -> None:
    if person.stage == Stage.WANTING:
        person.log(Event.SIGNPOSTED)
        person.learn_of(Known.GROUPS, How.SIGNPOSTED)
        person.learn_of(Known.ONLINE, How.SIGNPOSTED)


def _lost(person: Person) -> bool:
    par = person.model.par
    lose = losing_chance(person.area.policy.working_together, par.lost_apart, par.lost_shared, par.lost_one_team)
    return bool(person.uniform(Purpose.REFER_LOST) < lose)


def annual_review(person: Person) -> None:
    """Opt-out at the annual review of someone with a lasting need and no want; an occasion comes first."""
    idle = person.stage == Stage.IDLE and person.occasion == 0
    opt_out = person.area.policy.mode_review == OPT_OUT
    if idle and opt_out and is_reviewed(person.n_conditions, bool(person.needs & LASTING)):
        _offer_unwanted(person, Referrer.PRACTICE)


def occasion_over(person: Person) -> None:
    """Opt-out at a diagnosis or a discharge of someone who had no want."""
    if person.stage == Stage.IDLE:
        occasion, person.occasion = person.occasion, 0
        if _mode(person, occasion) == OPT_OUT:
            _offer_unwanted(person, Referrer.ACUTE if occasion == Occasion.DISCHARGE else Referrer.PRACTICE)


def _offer_unwanted(person: Person, kind: int) -> None:
    put, _ = _put_forward(person, kind, OPT_OUT, 1.0)
    if put and person.uniform(Purpose.REFER_ACCEPTED) < person.model.par.accept_without_want:
        person.begin_other(min(person.first_need(), N_NEEDS - 1), Want.UNWANTED)
        _refer(person, kind, True)
        if person.stage == Stage.IDLE:
            person.clear_want()
