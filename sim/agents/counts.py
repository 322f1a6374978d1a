"""What the count keeps of a person, and the phase `count`: reservations end, give way and are taken; wants are judged.

A way of counting: nobody's history changes by it (docs/decisions/0020-what-counts-once.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import draws
from sim.agents.group import knows_and_can_come
from sim.agents.land import Area
from sim.draws import Purpose
from sim.results.result import Measure
from sim.rules.count import is_better_host, is_counted, is_followed, is_suitable, online_places, term_weeks, why_ends
from sim.rules.groups import mean_membership
from sim.tables import NEVER
from sim.vocabulary import (
    AVAILABLE_FROM,
    HAD_FROM,
    KNOWN_OF,
    SUPPORT_STAGES,
    Judged,
    Known,
    Offer,
    Post,
    Reserved,
    Stage,
    Want,
)

if TYPE_CHECKING:
    from sim.agents.model import PeerSupportModel
    from sim.agents.person import Person

NOWHERE = -1
LUCKLESS = draws.MASK


@dataclass
class Seek:
    """A want that is not judged yet: what it asks for, when it began, when it is judged at the latest."""

    since: int
    until: int
    need: int
    match: int
    counted: bool
    choice: bool = False


@dataclass(frozen=True)
class Host:
    """Where a place can be reserved: a group, an organisation (for one experience), an area or another person."""

    offer: Offer
    body: Any
    part: int = 0


@dataclass
class Hold:
    """A place reserved at a host, for what a want asks, up to the week `until`; `own` while it is the want it was for."""

    host: Host
    need: int
    match: int
    since: int
    until: int
    own: bool = True


# ---- what happens to people


def able(person: Person) -> int:
    """Bits of the offers that they would choose and could manage."""
    return sum(1 << offer for offer in Offer if person.can_manage(offer))


def note(person: Person, kind: int, offer: int, number: int) -> None:
    """Write down what became of a reservation, or how a want was judged."""
    person.model.record.note(person, (person.model.week, person.number, int(kind), int(offer), number))


def end_hold(person: Person, kind: Reserved) -> None:
    """A reservation ends, if there is one."""
    if person.hold is not None:
        note(person, kind, person.hold.host.offer, person.hold.host.body.number)
        person.hold = None
        del person.model.holders[person]


def begin(person: Person) -> None:
    """A latent want begins. A reservation that suits passes to it; an earlier want that just ended is judged before."""
    now, model = person.model.week, person.model
    judge_ended(person, True)
    target, length = person.target(), person.latent_until - now
    counted = is_counted(now, length, target, model.shape.burn_in, model.end)
    person.seek = Seek(now, now + target, person.want_need, person.match, bool(counted))
    model.seekers[person] = None
    hold = person.hold
    if hold is None:
        return
    if is_suitable(person.match, person.want_need, hold.host.offer, hold.host.part, able(person)):
        hold.need, hold.match, hold.own = person.want_need, person.match, False
        note(person, Reserved.PASSED_ON, hold.host.offer, hold.host.body.number)
    else:
        end_hold(person, Reserved.UNSUITED)


def judge_ended(person: Person, at_once: bool = False) -> None:
    """A want has ended: by the reservation that stood at the end of the week before; in its last week, by the phase."""
    if person.seek is not None and (at_once or person.model.week < person.seek.until):
        _by_hold(person, Judged.STOOD)


def _by_hold(person: Person, how: Judged) -> None:
    if person.hold is None:
        answer(person, Judged.NOT)
    else:
        answer(person, how, person.hold.host.offer, person.hold.host.body.number)


def sought(person: Person) -> bool:
    """Whether the want in hand is not judged, and may still be had in time."""
    seek = person.seek
    if seek is None or person.want_kind != Want.LATENT:
        return False
    return person.want_start == seek.since and person.model.week <= seek.until


def suits(person: Person, offer: int, experience: int) -> bool:
    """Whether support suits the want in hand."""
    return bool(is_suitable(person.match, person.want_need, offer, experience, able(person)))


def started(person: Person) -> None:
    """Support starts now: in time, where it suits. A reservation ends."""
    if sought(person) and suits(person, person.offer, person.spell_need):
        answer(person, Judged.STARTED, person.offer)
    end_hold(person, Reserved.STARTED)


def not_taken(person: Person, offer: Offer, experience: int) -> None:
    """A place is offered and not taken: had in time, where it suits. A reservation ends."""
    if suits(person, offer, experience):
        if sought(person):
            answer(person, Judged.OFFERED, offer)
        end_hold(person, Reserved.OFFERED)


def left(person: Person) -> None:
    """Someone dies or moves: their want is judged no more."""
    person.seek = None
    person.model.seekers.pop(person, None)
    end_hold(person, Reserved.GONE)


def answer(person: Person, how: Judged, offer: int = 0, number: int = NOWHERE) -> None:
    """A want is judged, once."""
    seek, person.seek = person.seek, None
    assert seek is not None
    del person.model.seekers[person]
    note(person, how, offer, number)
    if not seek.counted:
        return
    available = how >= AVAILABLE_FROM
    true = {
        Measure.ELIGIBLE: True,
        Measure.FOLLOWED: is_followed(seek.since, person.model.end),
        Measure.AVAILABLE: available,
        Measure.HAD_IN_TIME: how >= HAD_FROM,
        Measure.STARTED_IN_TIME: how == Judged.STARTED,
        Measure.ONLINE: available and offer == Offer.ONLINE,
        Measure.CHOICE: seek.choice,
    }
    for measure, holds in true.items():
        if holds:
            person.model.record.count(measure, person, 1, seek.need)


# ---- the phase


def count(m: PeerSupportModel) -> None:
    """End, give way, look, judge: in this order."""
    for person in list(m.holders):
        _end(person)
    free = _free(m)
    _give_way(m, free)
    looking = sorted((p for p in m.seekers if _looks(p)), key=lambda p: p.bits(Purpose.COUNT_TURN))
    for person in looking:
        _take(person, free)
    for person in [p for p in m.seekers if p.seek.until <= m.week]:
        _by_hold(person, Judged.STOOD)


def _end(person: Person) -> None:
    hold = person.hold
    offer, body = hold.host.offer, hold.host.body
    open_ = _unmatched(body) if offer == Offer.PAIR else offer == Offer.ONLINE or body.open
    part = body.want_need if offer == Offer.PAIR else hold.host.part
    fits = is_suitable(hold.match, hold.need, offer, part, able(person))
    why = why_ends(person.model.week >= hold.until, open_, bool(fits))
    if why < 0:
        return
    if why == Reserved.COMPLETED and hold.own and person.seek is not None:
        _by_hold(person, Judged.COMPLETED)
    end_hold(person, Reserved(why))


def _unmatched(person: Person) -> bool:
    """Waits for a pair, where pairs are made."""
    if person.stage != Stage.WAITING or not person.would_choose(Offer.PAIR):
        return False
    return bool(person.host.exists[0][person.want_need])


def _free(m: PeerSupportModel) -> dict[Host, int]:
    """Free places of every host that can meet, before reservations."""
    free: dict[Host, int] = {}
    for group in m.groups:
        if group.open and group.meets():
            free[Host(Offer.GROUP, group, group.need)] = group.holds - group.members
    for area in m.areas:
        free[Host(Offer.ONLINE, area)] = online_places(area.policy.online_places, area.adults) - area.online_members
    for org in m.organisations:
        for s in org.supporters if org.open else ():
            if s.state == Post.ACTIVE and s.meets():
                host = Host(Offer.PAID if s.paid else Offer.VOLUNTEER, org, s.experience)
                free[host] = free.get(host, 0) + s.here - s.load
        for (offer, experience), places in org.used.items():
            host = Host(offer, org, experience)
            free[host] = free.get(host, 0) - places
        org.used = {}
    for person in m.at[Stage.WAITING]:
        if _unmatched(person) and person.host.open:
            free[Host(Offer.PAIR, person, person.want_need)] = 1
    return free


def _give_way(m: PeerSupportModel, free: dict[Host, int]) -> None:
    """Beyond what a host has, the latest reservation ends, ties by a keyed draw; all of a host that cannot meet."""
    held: dict[Host, list[Person]] = {}
    for person in m.holders:
        held.setdefault(person.hold.host, []).append(person)
    for host, people in held.items():
        over = len(people) - max(0, free.get(host, 0))
        people.sort(key=lambda p: (-p.hold.since, p.bits(Purpose.COUNT_GIVES_WAY)))
        for person in people[: max(0, over)]:
            end_hold(person, Reserved.GAVE_WAY)
        free[host] = free.get(host, 0) - len(people) + max(0, over)


def _looks(person: Person) -> bool:
    seek = person.seek
    if seek.since >= person.model.week or person.hold is not None:
        return False
    if person.stage not in SUPPORT_STAGES:
        return True
    return not is_suitable(seek.match, seek.need, person.offer, person.spell_need, able(person))


def _take(person: Person, free: dict[Host, int]) -> None:
    """Take a place at the host with most free ones, of those that suit and let the person join or refer themselves."""
    luck, can = person.bits(Purpose.COUNT_HOST), able(person)
    best, best_free, best_luck, many = None, 0, LUCKLESS, 0
    for host in _near(person):
        places = free.get(host, 0)
        if places > 0 and is_suitable(person.seek.match, person.seek.need, host.offer, host.part, can):
            many += 1
            tie = _tie(luck, host)
            if is_better_host(places, tie, best_free, best_luck):
                best, best_free, best_luck = host, places, tie
    person.seek.choice = person.seek.choice or many > 1
    if best is not None:
        _hold(person, best, free)


def _near(person: Person) -> list[Host]:
    """Hosts that a person knows of, and may join or refer themselves to."""
    place, out = person.place, []
    if person.knows_of(Known.GROUPS):
        out += [Host(Offer.GROUP, g, g.need) for g in place.groups if knows_and_can_come(person, g.setting)]
    if person.knows_of(Known.ONLINE):
        out.append(Host(Offer.ONLINE, person.area))
    if person.knows_of(KNOWN_OF[Offer.PAID]):
        open_to = [org for org in place.organisations if org.takes_self]
        for org in open_to:
            out += [Host(kind, org, one) for kind in (Offer.VOLUNTEER, Offer.PAID) for one in org.experiences]
        waiting = [p for p in person.model.at[Stage.WAITING] if p.host in open_to and p is not person]
        out += [Host(Offer.PAIR, p, p.want_need) for p in waiting if _unmatched(p)]
    return out


def _tie(luck: int, host: Host) -> int:
    """The keyed draw of a person for a host."""
    offer, body = host.offer, host.body
    whog = draws.whog(body.places[0].base) if isinstance(body, Area) else body.whog
    part = offer + len(Offer) * (1 + host.part) if offer in (Offer.VOLUNTEER, Offer.PAID) else int(offer)
    return draws.mix(luck ^ draws.mix(whog + part))


def _hold(person: Person, host: Host, free: dict[Host, int]) -> None:
    model, par = person.model, person.model.par
    in_group = mean_membership(par.group_settles, par.group_stay_weeks, par.group_tries_weeks)
    weeks = term_weeks(host.offer, person.area.policy.sessions, in_group, par.pair_stay_weeks, par.online_stay_weeks)
    free[host] -= 1
    until = int(min(model.week + weeks, NEVER - 1))
    person.hold = Hold(host, person.seek.need, person.seek.match, model.week, until)
    model.holders[person] = None
    note(person, Reserved.TAKEN, host.offer, host.body.number)
