"""What the count keeps of a person: the want that is not judged yet, and the place reserved for it.

What happens to people ends reservations and judges wants at once; the rest is for the phase `count`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import apart, rule, whole
from sim.core.parts.notes import DIMENSIONS, level_of
from sim.results.result import Measure
from sim.rules.count import is_counted, is_followed, is_suitable
from sim.vocabulary import AVAILABLE_FROM, HAD_FROM, Judged, Offer, Reserved, Want

if TYPE_CHECKING:
    from sim.core.week import Week

COUNTED, CHOICE = 1, 2  # bits of `seek_flags`: the want is counted; two hosts had room when the person looked
NOWHERE, NO_OFFER, NO_ONE = -1, 0, -1
ONLINE = int(Offer.ONLINE)
FIRST_JUDGED, AVAILABLE, HAD = int(Judged.NOT), int(AVAILABLE_FROM), int(HAD_FROM)
NOT, STOOD, COMPLETED, STARTED = int(Judged.NOT), int(Judged.STOOD), int(Judged.COMPLETED), int(Judged.STARTED)
OFFERED, ALREADY = int(Judged.OFFERED), int(Judged.ALREADY)
PASSED_ON, UNSUITED, GONE = int(Reserved.PASSED_ON), int(Reserved.UNSUITED), int(Reserved.GONE)
ENDED_BY_START, ENDED_BY_OFFER = int(Reserved.STARTED), int(Reserved.OFFERED)


@rule
def note(w: Week, i: int, kind: int, offer: int, host: int) -> None:
    """Write down what became of a reservation, or how a want was judged, of people who are traced."""
    if len(w.book.trace) > 0 and w.book.trace[i]:
        _keep(w, i, kind, offer, host)


@apart
def _keep(w: Week, i: int, kind: int, offer: int, host: int) -> None:
    at, log = w.hosts.kept[0], w.hosts.log
    w.hosts.kept[0] += 1
    if at < len(log):
        log[at, 0] = w.now
        log[at, 1] = i
        log[at, 2] = kind
        log[at, 3] = offer
        log[at, 4] = host


@apart
def end_hold(w: Week, i: int, kind: int) -> None:
    """A reservation ends, if there is one: `kind` a kind of Reserved."""
    if w.people.holds[i]:
        note(w, i, kind, whole(w.people.hold_offer[i]), whole(w.people.hold_host[i]))
        w.people.holds[i] = 0


@apart
def seek(w: Week, i: int, row: int, target: int, able: int) -> None:
    """A latent want begins now, whose target wait is `target` weeks. A reservation that suits passes to it.

    An earlier want that ended this week, in the week of its judgement, is judged before.
    """
    people = w.people
    judge_ended(w, i, row, True)
    need, match, length = people.want_need[i], people.match[i], whole(people.latent_until[i]) - w.now
    people.seeks[i] = 1
    people.seek_from[i] = w.now
    people.seek_until[i] = w.now + target
    people.seek_need[i] = need
    people.seek_match[i] = match
    people.seek_flags[i] = COUNTED if is_counted(w.now, length, target, w.burn_in, w.end) else 0
    if people.holds[i] == 0:
        return
    if is_suitable(match, need, people.hold_offer[i], people.hold_part[i], able):
        people.hold_need[i] = need
        people.hold_match[i] = match
        people.hold_own[i] = 0
        note(w, i, PASSED_ON, whole(people.hold_offer[i]), whole(people.hold_host[i]))
    else:
        end_hold(w, i, UNSUITED)


@rule
def is_sought(w: Week, i: int) -> bool:
    """Whether the want in hand is the one that is not judged yet."""
    people = w.people
    return people.seeks[i] == 1 and people.want_kind[i] == Want.LATENT and people.want_start[i] == people.seek_from[i]


@apart
def judge_ended(w: Week, i: int, row: int, at_once: bool) -> None:
    """A want has ended: it is judged by the reservation that stood at the end of the week before. In the week in which
    it would be judged anyhow it is left for the phase `count`, unless `at_once`."""
    if w.people.seeks[i] and (at_once or w.now < w.people.seek_until[i]):
        judge_by_hold(w, i, row, STOOD)


@rule
def judge_by_hold(w: Week, i: int, row: int, how: int) -> None:
    """Judge a want by the reservation there is (`how` where there is one)."""
    people = w.people
    if people.holds[i]:
        write_answer(w, i, row, how, whole(people.hold_offer[i]), whole(people.hold_host[i]))
    else:
        write_answer(w, i, row, NOT, NO_OFFER, NOWHERE)


@apart
def count_start(w: Week, i: int, row: int, able: int) -> None:
    """Support starts now: in time, where it suits the want that is not judged yet. A reservation ends."""
    people = w.people
    if is_sought(w, i) and w.now <= people.seek_until[i] and in_suitable(w, i, able):
        write_answer(w, i, row, STARTED, whole(people.offer[i]), NOWHERE)
    end_hold(w, i, ENDED_BY_START)


@apart
def count_offer(w: Week, i: int, row: int, able: int, offer: int, experience: int) -> None:
    """A place is offered and not taken: had in time, where it suits. A reservation ends."""
    people = w.people
    if not is_suitable(people.match[i], people.want_need[i], offer, experience, able):
        return
    if is_sought(w, i) and w.now <= people.seek_until[i]:
        write_answer(w, i, row, OFFERED, offer, NOWHERE)
    end_hold(w, i, ENDED_BY_OFFER)


@apart
def count_already(w: Week, i: int, row: int) -> None:
    """A want began in suitable support."""
    write_answer(w, i, row, ALREADY, whole(w.people.offer[i]), NOWHERE)


@apart
def leave_count(w: Week, i: int) -> None:
    """Someone dies or moves: their want is judged no more, and their reservation ends."""
    w.people.seeks[i] = 0
    end_hold(w, i, GONE)


@rule
def in_suitable(w: Week, i: int, able: int) -> bool:
    """Whether the support that somebody is in suits the want in hand."""
    people = w.people
    return is_suitable(people.match[i], people.want_need[i], people.offer[i], people.spell_need[i], able)


@apart
def write_answer(w: Week, i: int, row: int, how: int, offer: int, host: int) -> None:
    """A want is judged, once: `how` a kind of Judged, by which offer of which host."""
    people = w.people
    people.seeks[i] = 0
    note(w, i, how, offer, host)
    flags = people.seek_flags[i]
    if flags & COUNTED == 0:
        return
    available, followed = how >= AVAILABLE, is_followed(whole(people.seek_from[i]), w.end)
    cell, need = whole(people.cell[i]), whole(people.seek_need[i])
    for dimension in range(DIMENSIONS):
        tally = w.book.tally[row, level_of(dimension, cell, need)]
        tally[Measure.ELIGIBLE] += 1
        tally[Measure.FOLLOWED] += followed
        tally[Measure.AVAILABLE] += available
        tally[Measure.HAD_IN_TIME] += how >= HAD
        tally[Measure.STARTED_IN_TIME] += how == STARTED
        tally[Measure.ONLINE] += available and offer == ONLINE
        tally[Measure.CHOICE] += flags & CHOICE != 0
