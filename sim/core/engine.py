"""The fast engine's run: burn-in, then the reported weeks. The week is one tuple of phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from sim import plain
from sim.columns.listed import Inventory, Service
from sim.columns.start import make_state
from sim.columns.state import Groups, Organisations, People, Places, Referrers, Shape, State, Supply, Supporters
from sim.core.ask import ask
from sim.core.fund import fund
from sim.core.hear import hear
from sim.core.learn import learn
from sim.core.live import live
from sim.core.offer import offer
from sim.core.rates import Rates
from sim.core.record import count_week, finish, record
from sim.core.staff import staff
from sim.core.support import support
from sim.core.week import Week
from sim.numbers.levers import Timeline, View
from sim.numbers.parameters import Parameters
from sim.people.own_area import OwnArea
from sim.policy.relief import Relief
from sim.results.result import ORGANISATION_COLUMNS, SETTLING_WEEKS, STOCKS, WEEKLY, Result
from sim.vocabulary import YEAR

KEY_STOCKS = ("wanting", "groups", "organisations", "volunteers", "paid_workers", "used_last_year", "knowing")
STATE = (
    Week,
    State,
    Shape,
    Inventory,
    Service,
    OwnArea,
    Parameters,
    Places,
    People,
    Groups,
    Organisations,
    Supporters,
    Referrers,
    Supply,
    Timeline,
    View,
    Rates,
)
"""The records of a settled state, in memory or on disk."""
PHASES: tuple[Callable[[Week], None], ...] = (live, fund, staff, hear, ask, offer, support, learn, record)


def run(
    shape: Shape,
    par: Parameters,
    timeline: Timeline,
    trace: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Run all worlds of `shape` under one policy. `trace`: people whose events are kept (-1: everybody)."""
    return run_all(shape, par, [timeline], trace, progress)[0]


def run_all(
    shape: Shape,
    par: Parameters,
    timelines: Sequence[Timeline],
    trace: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """Run all worlds under each policy, on the same luck. The burn-in, the same for all, is done once.

    Raises ValueError where policies differ before the burn-in ends. `progress(done, of)` counts weeks.
    """
    total = shape.burn_in + shape.weeks * len(timelines)
    tell = progress or (lambda done, of: None)
    w = Week(make_state(shape, par), timelines[0], traced(shape, trace))
    if shape.burn_in and any(not np.array_equal(t.at(shape.burn_in - 1), w.timeline.at(0)) for t in timelines):
        raise ValueError("a policy differs from today's before the burn-in ends")
    _burn_in(w, partial(_shifted, tell, 0, total))
    started = plain.dumps(w, STATE) if len(timelines) > 1 else b""
    results = []
    for i, timeline in enumerate(timelines):
        one = w if i == 0 else plain.loads(started, STATE)
        one.follow(timeline)
        done = shape.burn_in + i * shape.weeks
        results.append(_report(one, partial(_shifted, tell, done, total)))
    return results


def settle(
    shape: Shape,
    par: Parameters,
    timeline: Timeline,
    progress: Callable[[int, int], None] | None = None,
    trace: Sequence[int] = (),
) -> bytes:
    """The state of all worlds at the end of the burn-in, for `go_on` in this process or another, now or later.

    `trace`: people whose events are kept from the first week on. An exception from `progress(done, of)`, called every week, stops the run.
    """
    tell = progress or (lambda done, of: None)
    w = Week(make_state(shape, par), timeline, traced(shape, trace))
    _burn_in(w, partial(_shifted, tell, 0, shape.burn_in))
    return plain.dumps(w, STATE)


def go_on(
    settled: bytes,
    timeline: Timeline,
    trace: Sequence[int] | None = (),
    progress: Callable[[int, int], None] | None = None,
    relief: Relief | None = None,
) -> Result:
    """The reported weeks under one policy from a settled state: the same counts as `run`, and events from then on.

    `trace`: people whose events are kept; None for those whose events were kept while it settled, with these.
    Raises NotPlain for bytes that are not a settled state. With `relief`, one gate of the cascade is open from the first of them.
    """
    w: Week = plain.loads(settled, STATE)
    if relief is not None:
        w.supporters.capacity *= relief.places_times
        w.believe(relief.of_parameters(w.par))
        timeline = relief.of_timeline(timeline)
    tell = progress or (lambda done, of: None)
    if trace is not None:
        w.trace = traced(w.shape, trace)
    w.follow(timeline)
    return _report(w, partial(_shifted, tell, 0, w.shape.weeks))


def people_of(settled: bytes) -> dict[str, np.ndarray]:
    """Who everybody is when the reported weeks begin: cell, needs (bits), lonely, confidence, offline, contact class."""
    people = plain.loads(settled, STATE).people
    names = ("cell", "needs", "lonely", "confidence", "offline", "contact_class")
    return {name: getattr(people, name).copy() for name in names}


def _burn_in(w: Week, tell: Callable[[int], None]) -> None:
    """The weeks before those reported, and what tells how far the stocks still drift at their end."""
    stocks = []
    for week in range(w.shape.burn_in):
        one_week(w, week)
        stocks.append(count_week(w)[:, : len(STOCKS)].sum(axis=0))
        tell(week + 1)
    w.settling = settling(stocks)


def settling(stocks: list[np.ndarray]) -> dict[str, tuple[int, int]]:
    """Each key stock summed over the last four years of the burn-in, two years each (`Result.drift`); empty for fewer.

    Sums of whole numbers over all worlds, so that worlds run together or apart tell the same.
    """
    if len(stocks) < SETTLING_WEEKS:
        return {}
    table = np.stack(stocks[-SETTLING_WEEKS:])
    before, after = table[: 2 * YEAR].sum(axis=0), table[2 * YEAR :].sum(axis=0)
    return {name: (int(before[i]), int(after[i])) for name, i in ((name, STOCKS.index(name)) for name in KEY_STOCKS)}


def _shifted(tell: Callable[[int, int], None], done: int, total: int, week: int) -> None:
    tell(done + week, total)


def _report(w: Week, tell: Callable[[int], None]) -> Result:
    """The reported weeks, counted."""
    kept = [np.zeros((0, len(w.state.spent), len(WEEKLY)), np.int64)]
    for week in range(w.shape.burn_in, w.shape.end):
        one_week(w, week)
        kept.append(count_week(w)[None])
        if week % 13 == 0:
            w.flush()
        tell(week + 1 - w.shape.burn_in)
    finish(w)
    w.flush()
    return Result(
        w.shape, np.concatenate(kept), w.tally, organisations_of(w), events_of(w), {}, w.settling, w.gains, w.waits
    )


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
    """Organisations at the horizon, world by world (new ones join the end of the core's own table)."""
    order = np.argsort(w.orgs.area_row // w.n_areas, kind="stable")
    return {name: getattr(w.orgs, name)[order] for name in ORGANISATION_COLUMNS}
