"""Free places go to those waiting: by rank, to an exact match, then a similar one, then in pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.agents.organisation import Organisation
from sim.vocabulary import ANY, FAMILY, FAMILY_OF, Offer, Stage

if TYPE_CHECKING:
    from sim.agents.model import PeerSupportModel
    from sim.agents.person import Person


def fill_places(m: PeerSupportModel) -> dict[Organisation, int]:
    """Each organisation with a free place, or that makes pairs, calls its queue in turn.

    Returns the places left, which suit nobody who waits there.
    """
    queues: dict[Organisation, list[Person]] = {}
    for person in m.at[Stage.WAITING]:
        org = person.host
        if org.free > 0 or any(org.exists[0]):
            queues.setdefault(org, []).append(person)
    left = {org: len(org.slots()) for org in m.organisations if org not in queues}
    for org, queue in queues.items():
        queue.sort(key=lambda person: person.turn())
        left[org] = _fill(org, queue)
    return left


def _fill(org: Organisation, queue: list[Person]) -> int:
    """Offers in turn; the places left."""
    slots = [supporter for _, supporter in org.slots()]
    for kind in (Offer.PAID, Offer.VOLUNTEER):
        for fit in (_exact, _similar, _anyone):
            able = [p for p in queue if p.would_choose(kind)]
            mine = [s for s in slots if s.paid == (kind == Offer.PAID)]
            for person, supporter in fit(able, mine):
                queue.remove(person)
                slots.remove(supporter)
                person.offered_by(supporter, kind)
    _pair(org, queue)
    return len(slots)


def _exact(queue: list[Person], slots: list[Any]) -> list[tuple[Person, Any]]:
    """The n-th in turn with a need takes the n-th place with that experience."""
    out = []
    for need in {s.experience for s in slots}:
        people = [p for p in queue if p.want_need == need]
        out += list(zip(people, [s for s in slots if s.experience == need], strict=False))
    return out


def _similar(queue: list[Person], slots: list[Any]) -> list[tuple[Person, Any]]:
    """Of those for whom a similar experience would do, the n-th takes the n-th place with one."""
    out = []
    for family in {int(FAMILY_OF[s.experience]) for s in slots}:
        people = [p for p in queue if p.match == FAMILY + family]
        out += list(zip(people, [s for s in slots if FAMILY_OF[s.experience] == family], strict=False))
    return out


def _anyone(queue: list[Person], slots: list[Any]) -> list[tuple[Person, Any]]:
    """Of those for whom any experience would do, the n-th takes the n-th place."""
    return list(zip([p for p in queue if p.match == ANY], slots, strict=False))


def _pair(org: Organisation, queue: list[Person]) -> None:
    """Two people with the same need are matched, in turn; where one does not start, the other waits on."""
    by_need: dict[int, list[Person]] = {}
    for person in queue:
        if person.would_choose(Offer.PAIR) and org.exists[0][person.want_need]:
            by_need.setdefault(person.want_need, []).append(person)
    for people in by_need.values():
        for one, other in zip(people[::2], people[1::2], strict=False):
            _start(one, other)


def _start(one: Person, other: Person) -> None:
    one.exact = other.exact = 1
    yes = [all(person.would()) for person in (one, other)]
    for person, starts in zip((one, other), yes, strict=True):
        if all(yes) or not starts:  # who would, but whose other half would not, was offered nothing
            person.answer(Offer.PAIR, person.want_need)
    if not all(yes):
        return
    one.pair_with(other)
    other.pair_with(one)
    until = min(one.stay_until, other.stay_until)
    one.set_clock("stay_until", until)
    other.set_clock("stay_until", until)
