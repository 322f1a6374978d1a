"""The fast engine's run: burn-in, then the reported weeks. The week is one tuple of phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.core.ask import ask
from sim.core.fund import fund
from sim.core.hear import hear
from sim.core.learn import learn
from sim.core.live import live
from sim.core.offer import offer
from sim.core.record import count_week, finish, record
from sim.core.staff import staff
from sim.core.support import support
from sim.core.week import Week
from sim.levers import Timeline
from sim.parameters import Parameters
from sim.result import Result
from sim.start import make_state
from sim.state import Shape

PHASES: tuple[Callable[[Week], None], ...] = (live, fund, staff, hear, ask, offer, support, learn, record)


def run(shape: Shape, par: Parameters, timeline: Timeline, trace: Sequence[int] = (),
        progress: Callable[[int, int], None] | None = None) -> Result:
    """Run all worlds of `shape` under one policy. `trace`: people whose events are kept (-1: everybody)."""
    w = Week(make_state(shape, par), timeline, traced(shape, trace))
    weekly = np.zeros((shape.weeks, len(w.state.spent), 0), np.int64)
    kept = []
    for week in range(shape.end):
        one_week(w, week)
        counted = count_week(w)
        if week >= shape.burn_in:
            kept.append(counted)
        if week % 13 == 0:
            w.flush()
        if progress is not None:
            progress(week + 1, shape.end)
    finish(w)
    w.flush()
    weekly = np.stack(kept) if kept else weekly
    return Result(shape, weekly, w.tally, organisations_of(w), events_of(w), {})


def one_week(w: Week, week: int) -> None:
    """One week: every phase in order."""
    w.start_week(week)
    for phase in PHASES:
        phase(w)


def traced(shape: Shape, trace: Sequence[int]) -> np.ndarray:
    """bool[people]: whose events are kept; empty for nobody."""
    if not len(trace):
        return np.zeros(0, bool)
    kept = np.zeros(shape.people, bool)
    kept[:] = list(trace) == [-1]
    if list(trace) != [-1]:
        kept[list(trace)] = True
    return kept


def events_of(w: Week) -> np.ndarray:
    """int64[n, 4] in the order week, person, kind, detail."""
    if not w.events:
        return np.zeros((0, 4), np.int64)
    rows = np.concatenate(w.events)
    return rows[np.lexsort((rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))]


def organisations_of(w: Week) -> dict[str, np.ndarray]:
    """Organisations at the horizon."""
    names = ("area_row", "place", "ordinal", "needs", "open", "cash", "coordinator_mfte", "paid_mfte", "spent",
             "recruited", "quality")  # fmt: skip
    return {name: getattr(w.orgs, name).copy() for name in names}
