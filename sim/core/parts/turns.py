"""Whose turn it is among those who wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import apart, rule, whole
from sim.core.parts.luck import bits
from sim.draws import Purpose
from sim.rules.offer import priority_rank
from sim.vocabulary import fifth_of

if TYPE_CHECKING:
    from sim.core.week import Week

LAST = 1 << 40  # beyond any score of priority


@rule
def take_turn(w: Week, i: int, row: int, n: int) -> None:
    """Order of priority: returning first, then by the priority rule, then a keyed draw."""
    people = w.people
    score = priority_rank(
        w.levers.priority[row],
        w.now - whole(people.queued[i]),
        whole(people.lonely[i]),
        whole(people.confidence[i]),
        fifth_of(whole(people.cell[i])),
        whole(people.helped[i]),
    )
    w.order.later[n] = (0 if people.returning[i] else LAST) - score
    w.order.draw[n] = bits(w, i, Purpose.OFFER_TIE)


@apart
def sort_turns(w: Week, first: int, n: int) -> None:
    """Put n of `found.who` from place `first` on (and `found.whom` with them) in turn: `order.later` first, then
    `order.draw`.

    A heap: it takes no more memory, and no order of arrival makes it slow.
    """
    for root in range(n // 2 - 1, -1, -1):
        _sink(w, first, root, n)
    for end in range(n - 1, 0, -1):
        _swap(w, first, first + end)
        _sink(w, first, 0, end)


@rule
def _sink(w: Week, first: int, root: int, n: int) -> None:
    """Let one that goes early sink below those that go later."""
    child = 2 * root + 1
    while child < n:
        if child + 1 < n and _before(w, first + child, first + child + 1):
            child += 1
        if not _before(w, first + root, first + child):
            return
        _swap(w, first + root, first + child)
        root, child = child, 2 * child + 1


@rule
def _before(w: Week, a: int, b: int) -> bool:
    later, draw = w.order.later, w.order.draw
    return later[a] < later[b] or (later[a] == later[b] and draw[a] < draw[b])


@rule
def _swap(w: Week, a: int, b: int) -> None:
    for column in (w.found.who, w.found.whom):
        column[a], column[b] = column[b], column[a]
    w.order.later[a], w.order.later[b] = w.order.later[b], w.order.later[a]
    w.order.draw[a], w.order.draw[b] = w.order.draw[b], w.order.draw[a]
