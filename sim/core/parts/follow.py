"""Counted wants are looked at twice: at the first follow-up where they stopped, at the second what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import apart, rule, whole
from sim.core.parts.notes import DIMENSIONS, in_window, level_of
from sim.core.parts.where import world_of
from sim.numbers.structure import FOLLOW_UP_WEEKS, SECOND_FOLLOW_UP_WEEKS
from sim.results.result import SECOND_MARKS, Measure
from sim.rules.count import is_counted, is_followed
from sim.tables import NEVER
from sim.vocabulary import GATES, Mark

if TYPE_CHECKING:
    from sim.core.week import Week

FOLLOWED, DONE, STARTED_SOON = 1 << Mark.FOLLOWED, 1 << Mark.DONE, 1 << Mark.STARTED_SOON
JUDGED, ATTENDED, ASKED, ROOM, REACH = (int(m) for m in (Mark.JUDGED, Mark.ATTENDED, Mark.ASKED, Mark.ROOM, Mark.REACH))
BETTER, WORSE = int(Mark.BETTER), int(Mark.WORSE)
SECOND = tuple((int(measure), int(mark)) for measure, mark in SECOND_MARKS)
N_GATES, OPEN, LEFT = len(GATES), int(Measure.OPEN), int(Measure.LEFT)


@rule
def is_eligible(w: Week, i: int, row: int) -> bool:
    """Whether the want in hand is counted."""
    people = w.people
    start = whole(people.want_start[i])
    target = w.tables.targets[world_of(w, row), people.want_cause[i]]
    return in_window(w, i) and is_counted(start, whole(people.latent_until[i]) - start, target, w.burn_in, w.end)


@apart
def follow_up(w: Week, i: int, row: int) -> None:
    """A counted want is at one of its follow-ups; sets the clock for the next. Nothing for other wants."""
    people, start = w.people, whole(w.people.want_start[i])
    people.deadline[i] = NEVER
    if not is_eligible(w, i, row):
        return
    if w.now >= start + SECOND_FOLLOW_UP_WEEKS:
        close(w, i, row, False)
    elif w.now >= start + FOLLOW_UP_WEEKS:
        first(w, i, row, False)
        people.deadline[i] = start + SECOND_FOLLOW_UP_WEEKS
    else:
        people.deadline[i] = start + FOLLOW_UP_WEEKS


@apart
def close(w: Week, i: int, row: int, left: bool) -> None:
    """A counted want is over, or at its second follow-up: what is left to count of it. `left`: the person died or moved."""
    people = w.people
    first(w, i, row, left)
    marks = whole(people.marks[i])
    if marks & DONE == 0:
        people.marks[i] |= DONE
        if is_followed(whole(people.want_start[i]), w.end):
            code = LEFT if left else Measure.FAILED + first_failed(marks)
            _write_second(w, i, row, marks, code if marks & STARTED_SOON else -1)


@apart
def first(w: Week, i: int, row: int, left: bool) -> None:
    """Count where a want stopped, once: those that started go on to the second follow-up where there is one."""
    people = w.people
    marks, start = whole(people.marks[i]), whole(people.want_start[i])
    if marks & FOLLOWED:
        return
    people.marks[i] |= FOLLOWED
    gate = first_failed(marks)
    code = LEFT if left else Measure.FAILED + gate
    if gate > ATTENDED and not left:
        people.marks[i] |= STARTED_SOON
        code = -1 if is_followed(start, w.end) else OPEN
    write_want(w, i, row, marks, code)


@rule
def first_failed(marks: int) -> int:
    """Number of the first gate that a want did not pass; N_GATES for one that passed them all."""
    gate = 0
    while gate < N_GATES and marks >> gate & 1:
        gate += 1
    return gate


@apart
def write_want(w: Week, i: int, row: int, marks: int, code: int) -> None:
    """Count a want once: `code` is the first gate it failed or another end, -1 where that is to be seen."""
    exact, attended, judged = w.people.exact[i], marks >> ATTENDED & 1, marks >> JUDGED & 1
    cell, need = whole(w.people.cell[i]), whole(w.people.want_need[i])
    for dimension in range(DIMENSIONS):
        tally = w.book.tally[row, level_of(dimension, cell, need)]
        tally[Measure.WANTS] += 1
        if code >= 0:
            tally[code] += 1
        tally[Measure.ASKED] += marks >> ASKED & judged
        tally[Measure.OFFERED_IN_TIME] += (marks >> ASKED) & (marks >> ROOM) & judged
        tally[Measure.WITHIN_REACH] += marks >> REACH & judged
        tally[Measure.STARTED] += attended
        tally[Measure.STARTED_LOOSE] += attended and exact == 0
        tally[Measure.UNMET] += Measure.FAILED <= code < OPEN and attended == 0


@apart
def _write_second(w: Week, i: int, row: int, marks: int, code: int) -> None:
    cell, need = whole(w.people.cell[i]), whole(w.people.want_need[i])
    for dimension in range(DIMENSIONS):
        tally = w.book.tally[row, level_of(dimension, cell, need)]
        if code >= 0:
            tally[code] += 1
        for measure, mark in SECOND:
            tally[measure] += marks >> mark & 1
        tally[Measure.NET] += (marks >> BETTER & 1) - (marks >> WORSE & 1)
