"""More places, with wants and referrals held: nobody waits longer unless another took the place that was theirs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from queues import Queue, run_queue

from sim.results.displacement import Displacement, displaced, spells
from sim.results.result import Result
from sim.vocabulary import Event

BUSY = Queue(places=5, arrivals_week=0.5, stay_weeks=12, give_up_weeks=26.0, organisations=20, weeks=500)


def told(*rows: tuple[int, int, Event, int]) -> Result:
    """A result with these events only."""
    return Result(None, np.zeros((0, 1, 0)), np.zeros((1, 1, 1)), {}, np.array(sorted(rows), np.int64))  # type: ignore[arg-type]


def test_a_turn_in_a_queue_ends_with_an_offer_giving_up_or_moving_on() -> None:
    """Three people, one end each; a fourth still waits."""
    events = told(
        (1, 1, Event.QUEUED, 7),
        (3, 1, Event.OFFERED, 7),
        (1, 2, Event.QUEUED, 7),
        (4, 2, Event.GAVE_UP, 7),
        (2, 3, Event.QUEUED, 7),
        (9, 3, Event.REFERRED_ON, 8),
        (2, 4, Event.QUEUED, 7),
    ).events
    assert spells(events) == {(1, 1, 7): 3, (2, 1, 7): 0, (3, 2, 7): 0, (4, 2, 7): 0}


def test_who_took_the_place_is_found_and_a_longer_wait_without_anyone_is_unexplained() -> None:
    """Person 1 was offered in week 3; now person 2 is, and person 1 in week 5. Without person 2 nobody took it."""
    queued = (1, 1, Event.QUEUED, 7), (1, 2, Event.QUEUED, 7)
    few = told(*queued, (3, 1, Event.OFFERED, 7), (6, 2, Event.OFFERED, 7))
    more = told(*queued, (3, 2, Event.OFFERED, 7), (5, 1, Event.OFFERED, 7))
    assert displaced(few, more) == Displacement(alike=2, sooner=1, same=0, longer=1, taken=1)
    ends = (4, 2, Event.LEFT_EARLY, 2)  # a place held in week 3 by someone who came before is one that was taken
    longer_held = told((0, 2, Event.OFFERED, 7), (1, 1, Event.QUEUED, 7), (5, 1, Event.OFFERED, 7), ends)
    assert displaced(few, longer_held).taken == 1
    late = told(*queued, (5, 1, Event.OFFERED, 7), (6, 2, Event.OFFERED, 7))
    assert displaced(few, late) == Displacement(2, 0, 1, 1, 0) and displaced(few, late).unexplained == 1
    elsewhere = told((1, 1, Event.QUEUED, 8), (2, 2, Event.QUEUED, 7), (5, 1, Event.OFFERED, 8))
    assert displaced(few, elsewhere).alike == 0, "people who queue elsewhere, or later, are not compared"


@pytest.mark.slow
@pytest.mark.parametrize("drop", [0.0, 0.02])
def test_with_more_places_nobody_waits_longer_unless_another_took_the_place(drop: float) -> None:
    """The same people queue in the same weeks, with five places and with six."""
    few = run_queue(replace(BUSY, drop=drop))
    more = run_queue(replace(BUSY, drop=drop, places=6))
    found = displaced(few, more)
    assert found.alike > 3000 and found.alike == len(spells(few.events)), "wants and referrals are held"
    assert found.sooner > 5 * found.longer and found.unexplained == 0, found


@pytest.mark.slow
def test_fewer_places_are_not_mistaken_for_more() -> None:
    """The control: the runs the wrong way round show many who waited longer, most of whose places nobody took."""
    found = displaced(run_queue(replace(BUSY, weeks=300)), run_queue(replace(BUSY, weeks=300, places=4)))
    assert found.longer > 5 * found.sooner and found.unexplained > 0, found
