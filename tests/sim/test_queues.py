"""The offer phase as a queue: against Erlang's formulas in the limit of small weekly rates."""

from __future__ import annotations

import numpy as np
import pytest
from queues import Queue, arrivals, erlang_b, erlang_c, run_queue

from sim.results.result import Result
from sim.vocabulary import Event

WARM = 300


def waits(result: Result, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """(weeks waited until an offer, -1 for those who gave up; week of joining) of those who joined in [first, last)."""
    events = result.events
    joined: dict[int, int] = {}
    out = []
    for week, person, kind, _ in events[np.isin(events[:, 2], (Event.QUEUED, Event.OFFERED, Event.GAVE_UP))].tolist():
        if kind == Event.QUEUED:
            joined[person] = week
        elif person in joined:
            began = joined.pop(person)
            out.append((week - began if kind == Event.OFFERED else -1, began))
    table = np.array(out)
    table = table[(table[:, 1] >= first) & (table[:, 1] < last)]
    return table[:, 0], table[:, 1]


def test_the_formulas_give_the_values_of_the_published_tables() -> None:
    """Erlang B of 8 Erlang on 8 lines is 0.2356, of 1 on 1 a half; Erlang C of 4 on 6 is 0.2848."""
    assert erlang_b(8, 8.0) == pytest.approx(0.2356, abs=5e-5) and erlang_b(1, 1.0) == 0.5
    assert erlang_c(6, 4.0) == pytest.approx(0.2848, abs=5e-5)


@pytest.mark.slow
@pytest.mark.parametrize("places", [4, 8])
def test_nobody_waits_and_the_lost_are_erlangs_b(places: int) -> None:
    """People who give up after a week: lost as in Erlang's loss formula, which holds for any length of support.

    A place of so many weeks is busy for as many.
    """
    q = Queue(places, arrivals_week=0.15, stay_weeks=39, give_up_weeks=1e-9)
    waited, _ = waits(run_queue(q), WARM, q.weeks - 50)
    assert len(waited) > 5000 and set(waited.tolist()) <= {-1, 0}
    assert (waited < 0).mean() == pytest.approx(erlang_b(places, 0.15 * 39), abs=0.02)


@pytest.mark.slow
def test_with_patience_without_end_the_wait_is_erlangs_c() -> None:
    """Support of geometric length, nobody gives up: share who wait and mean wait as in Erlang's delay formula."""
    drop = 0.03
    queues = [
        Queue(6, arrivals_week=0.1, stay_weeks=60_000, give_up_weeks=1e7, drop=drop, seed=seed) for seed in (1, 2, 3)
    ]
    busy = 1.0 / drop + 1.0  # a geometric stay, and the place is free again the week after
    waited = np.concatenate([waits(run_queue(q), WARM, q.weeks - 200)[0] for q in queues])
    load = 0.1 * busy
    expected = erlang_c(6, load)
    assert len(waited) > 10_500 and waited.min() >= 0 and 3.0 < load < 4.0
    assert (waited > 0).mean() == pytest.approx(expected, abs=0.04)
    assert waited.mean() == pytest.approx(expected / (6 / busy - 0.1), rel=0.25)


@pytest.mark.slow
def test_the_wrong_number_of_places_is_noticed() -> None:
    """The control that must fail: one place fewer is far outside the tolerance of the loss formula."""
    q = Queue(7, arrivals_week=0.15, stay_weeks=39, give_up_weeks=1e-9)
    waited, _ = waits(run_queue(q), WARM, q.weeks - 50)
    assert abs((waited < 0).mean() - erlang_b(8, 0.15 * 39)) > 0.03


def held(q: Queue, weeks: int) -> dict[int, list[int]]:
    """Weeks waited by week of coming where each place is held exactly so many weeks: the recursion of Kiefer and Wolfowitz."""
    free, found = np.zeros((q.organisations, q.places), np.int64), {}
    coming, _ = arrivals(q)
    for week in range(1, q.weeks):
        for org in np.flatnonzero(coming[week]):
            for _ in range(coming[week, org]):
                place = free[org].argmin()
                start = max(week, int(free[org, place]))
                free[org, place] = start + weeks
                found.setdefault(week, []).append(start - week)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("places", "arrivals_week"), [(1, 0.06), (4, 0.28)])
def test_a_place_of_12_weeks_is_held_12_weeks(places: int, arrivals_week: float) -> None:
    """Whoever comes waits as in a queue whose places are held for exactly 12 weeks, and not as in one of 13. With one place
    the mean wait is that of Pollaczek and Khinchine, within luck."""
    weeks = {1: 1500, 4: 320}[places]  # of many thousands who wait one gives up, whatever their patience
    q = Queue(places, arrivals_week, stay_weeks=12, give_up_weeks=1e7, weeks=weeks)
    waited, began = waits(run_queue(q), 1, q.weeks - 200)
    told, other = (held(q, weeks) for weeks in (12, 13))
    for week in np.unique(began):
        assert sorted(waited[began == week].tolist()) == sorted(told[week]), week
    assert waited.mean() < 0.9 * np.mean([one for week in range(1, q.weeks - 200) for one in other.get(week, [])])
    if places == 1:
        load = arrivals_week * 12
        assert waited.mean() == pytest.approx(load * 12 / (2 * (1 - load)), rel=0.25)
