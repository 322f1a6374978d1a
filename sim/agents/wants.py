"""A person's want: what it asks for, what is within reach, how it is judged and settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents import counts, follows
from sim.agents.group import can_come, in_their_language, knows_and_can_come
from sim.agents.land import SUIT_ROWS
from sim.draws import Purpose
from sim.numbers.structure import VOICED_WEEKS
from sim.results.result import Measure
from sim.rules.ask import access_share
from sim.rules.lean import leant
from sim.rules.live import match_kind, want_weeks
from sim.tables import NEVER, UNIT_WAIT
from sim.vocabulary import (
    ANY,
    KNOWN_OF,
    LASTING,
    MATCH_OF,
    N_NEEDS,
    ORGANISED,
    Event,
    How,
    Known,
    Mark,
    Offer,
    Want,
    heard,
)

if TYPE_CHECKING:
    from sim.agents.person import Person

WAIT: list[float] = UNIT_WAIT.tolist()  # read one at a time: faster than an array


def can_manage(person: Person, offer: Offer) -> bool:
    """Would choose an offer and could manage its time, distance, cost and language."""
    if not person.would_choose(offer) or (offer == Offer.ONLINE and person.offline):
        return False
    par = person.model.par
    base = {Offer.GROUP: par.access_group, Offer.ONLINE: par.access_online}.get(offer, par.access_service)
    if not in_their_language(person, offer):
        return False
    share = leant(access_share(base, par.access_per_gbp, person.area.policy.expenses), person.lean)
    return bool(person.access < share * 256.0)


def can_manage_service(person: Person) -> bool:
    """Any of the offers of organisations."""
    return any(person.can_manage(offer) for offer in ORGANISED)


def knows_of(person: Person, known: Known) -> bool:
    """Knows of groups, services or online communities this week."""
    return person.known_to[known] > person.model.week


def first_need(person: Person) -> int:
    """The first lasting needs group; N_NEEDS where there is none."""
    mask = person.needs & LASTING
    return next((need for need in range(N_NEEDS) if mask >> need & 1), N_NEEDS)


# ---- beginning


def set_want(person: Person, kind: Want, need: int, cause: int) -> None:
    """A want begins now: how close an experience it asks for, and its natural length."""
    par, now = person.model.par, person.model.week
    person.want_kind, person.want_need, person.want_cause = kind, need, cause
    close = match_kind(person.uniform(Purpose.WANT_BREADTH), par.match_narrow, par.match_broad)
    person.match = int(MATCH_OF[close, need])
    weeks = want_weeks(WAIT[person.bits(Purpose.WANT_LENGTH) >> 48], par.want_length_weeks)
    person.want_start = now
    person.set_clock("want_until", int(min(now + weeks, NEVER - 1)))


def begin_other(person: Person, need: int, kind: Want) -> None:
    """A voiced-only want, or an offer to someone without one: never availability."""
    person.marks = 0
    person.set_want(kind, need, 0)
    person.set_clock("deadline", person.model.week + VOICED_WEEKS)


def learn_of(person: Person, known: Known, how: How) -> None:
    """From now they know of it, for a length drawn now."""
    if person.known_to[known] <= person.model.week:
        person.known_from[known] = person.model.week
    person.known_to[known] = person.length(Purpose.MIND_FORGET, person.model.par.forget_weeks)
    if person.want_kind != Want.NONE:
        person.mark(Mark.KNEW)
    person.log(Event.HEARD, heard(known, how))


# ---- judging


def _seen(person: Person, offer: Offer, table: str, since: int, match: int) -> bool:
    """Whether something that suits existed (or took people, or had room) since a week."""
    place = person.place
    if offer == Offer.GROUP:
        here = [g for g in place.groups if SUIT_ROWS[match][g.need]]
        if table == "exists":
            return any(g.met > since and can_come(person, g.setting) for g in here)
        return any(g.had_room > since and knows_and_can_come(person, g.setting) for g in here)
    if offer == Offer.ONLINE:
        last = person.area.online_seen
    else:
        kind = offer - Offer.PAIR
        last = max(getattr(place.seen, table)[kind][match], getattr(person.area.seen, table)[kind][match])
    return last > 0 and last >= since


def judge(person: Person) -> None:
    """At the target wait (or the end, if sooner): what existed, was within reach, was a way in."""
    if person.has(Mark.JUDGED):
        return
    offered = person.has(Mark.ROOM)
    able = [offer for offer in Offer if person.can_manage(offer)]
    near = any(_told_and(person, offer, "room") for offer in able)
    person.mark(Mark.JUDGED)
    if not follows.is_eligible(person):
        return
    if _existed(person, able, ANY) and not _existed(person, able, person.want_need):
        person.count(Measure.ONLY_LOOSE)
    if offered or _existed(person, able, person.match):
        person.mark(Mark.EXISTED)
    if any(_told_and(person, offer, "self_") for offer in able):
        person.mark(Mark.WAY_IN)
    if near or offered:
        person.mark(Mark.REACH)


def _told_and(person: Person, offer: Offer, table: str) -> bool:
    known = KNOWN_OF[offer]
    since = max(person.want_start, person.known_from[known])
    return person.known_to[known] > since and _seen(person, offer, table, since, person.match)


def _existed(person: Person, able: list[Offer], match: int) -> bool:
    """Whether one of these offers existed since the want began, for this closeness of match."""
    return any(_seen(person, offer, "exists", person.want_start, match) for offer in able)


# ---- settling


def settle(person: Person, left: bool = False) -> None:
    """Close the want for good: judge it, count what is left to count of it, clear it."""
    if left:
        counts.left(person)
    if person.want_kind == Want.NONE:
        return
    if not left:
        person.judge()
        if person.want_kind == Want.LATENT:
            counts.judge_ended(person)
    if follows.is_eligible(person):
        follows.close(person, left)
    person.clear_want()


def clear_want(person: Person) -> None:
    """No want."""
    person.want_kind, person.marks = Want.NONE, 0
    person.deadline = person.want_until = NEVER


def in_window(person: Person) -> bool:
    """The want is latent and began in the reported weeks."""
    return person.want_kind == Want.LATENT and person.want_start >= person.model.shape.burn_in


def count(person: Person, measure: int, weight: int = 1) -> None:
    """Add this want to a measure."""
    if weight:
        person.model.record.count(measure, person, weight, person.want_need)
