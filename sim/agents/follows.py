"""Counted wants are looked at twice: at the first follow-up where they stopped, at the second what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.numbers.structure import FOLLOW_UP_WEEKS, SECOND_FOLLOW_UP_WEEKS
from sim.results.result import SECOND_MARKS, Measure
from sim.rules.count import is_counted, is_followed
from sim.tables import NEVER
from sim.vocabulary import GATES, Mark

if TYPE_CHECKING:
    from sim.agents.person import Person


def is_eligible(person: Person) -> bool:
    """Whether the want in hand is counted."""
    start, shape = person.want_start, person.model.shape
    length = person.latent_until - start
    return person.in_window() and bool(is_counted(start, length, person.target(), shape.burn_in, person.model.end))


def follow_up(person: Person) -> None:
    """The want in hand is at one of its dates: judged, first follow-up, second."""
    person.judge()
    person.deadline = NEVER
    now, start = person.model.week, person.want_start
    if now >= start + SECOND_FOLLOW_UP_WEEKS:
        person.so_far()
    if not is_eligible(person):
        return
    if now >= start + SECOND_FOLLOW_UP_WEEKS:
        close(person)
    elif now >= start + FOLLOW_UP_WEEKS:
        first(person)
        person.set_clock("deadline", start + SECOND_FOLLOW_UP_WEEKS)
    else:
        person.set_clock("deadline", start + FOLLOW_UP_WEEKS)


def close(person: Person, left: bool = False) -> None:
    """A counted want is over, or at its second follow-up: what is left to count of it."""
    first(person, left)
    if person.has(Mark.DONE):
        return
    person.mark(Mark.DONE)
    if not is_followed(person.want_start, person.model.end):
        return
    if person.has(Mark.STARTED_SOON):
        person.count(Measure.LEFT if left else Measure.FAILED + _first_failed(person))
    for measure, mark in SECOND_MARKS:
        if person.has(mark):
            person.count(measure)
    person.count(Measure.NET, person.has(Mark.BETTER) - person.has(Mark.WORSE))


def first(person: Person, left: bool = False) -> None:
    """Count where a want stopped, once: those that started go on to the second follow-up where there is one."""
    if person.has(Mark.FOLLOWED):
        return
    person.mark(Mark.FOLLOWED)
    gate = _first_failed(person)
    if left:
        count_want(person, Measure.LEFT)
    elif gate <= Mark.ATTENDED:
        count_want(person, Measure.FAILED + gate)
        person.count(Measure.UNMET, int(not person.has(Mark.ATTENDED)))
    else:
        person.mark(Mark.STARTED_SOON)
        count_want(person, None if is_followed(person.want_start, person.model.end) else Measure.OPEN)


def count_want(person: Person, code: int | None) -> None:
    """Count a want once: `code` is the first gate it failed or another end, None where that is to be seen."""
    person.count(Measure.WANTS)
    if code is not None:
        person.count(code)
    if person.has(Mark.ATTENDED):
        person.count(Measure.STARTED)
        person.count(Measure.STARTED_LOOSE, int(not person.exact))
    if person.has(Mark.JUDGED):
        person.count(Measure.ASKED, int(person.has(Mark.ASKED)))
        person.count(Measure.OFFERED_IN_TIME, int(person.has(Mark.ASKED) and person.has(Mark.ROOM)))
        person.count(Measure.WITHIN_REACH, int(person.has(Mark.REACH)))


def _first_failed(person: Person) -> int:
    """Number of the first gate that the want did not pass; the number of gates for one that passed them all."""
    return next((gate for gate in range(len(GATES)) if not person.has(Mark(gate))), len(GATES))
