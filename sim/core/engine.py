"""The fast engine's run: burn-in, then the reported weeks. The week is one tuple of phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

import numpy as np

from sim import plain
from sim.columns.lean import Leans
from sim.columns.listed import Inventory, Service
from sim.columns.start import make_state
from sim.columns.state import Groups, Organisations, People, Places, Referrers, Shape, State, Supply, Supporters
from sim.core.ask import ask
from sim.core.books import close_year, ledger_of, open_year
from sim.core.count import count
from sim.core.fund import fund
from sim.core.hear import hear
from sim.core.learn import learn
from sim.core.live import live
from sim.core.offer import offer
from sim.core.parts.supply import list_again
from sim.core.record import count_week, finish, record
from sim.core.staff import staff
from sim.core.support import support
from sim.core.week import Week
from sim.core.worlds import joined, parameters_of, parts_of, shape_of
from sim.numbers.levers import Timeline
from sim.numbers.parameters import Parameters
from sim.people.own_area import OwnArea
from sim.policy.relief import Relief
from sim.results.result import ORGANISATION_COLUMNS, SETTLING_WEEKS, STOCKS, WEEKLY, Result, ends_year
from sim.vocabulary import YEAR

KEY_STOCKS = ("wanting", "groups", "organisations", "volunteers", "paid_workers", "used_last_year", "knowing")


@dataclass(frozen=True)
class Settled:
    """A week that is kept: the state, and what of the rest the next week reads."""

    state: State
    timeline: Timeline
    trace: np.ndarray
    events: np.ndarray
    reservations: np.ndarray
    with_need: np.ndarray
    carried: np.ndarray
    settling: dict[str, tuple[int, int]]


STATE = (
    State,
    Leans,
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
    Settled,
)
"""The records of a settled state, in memory or on disk."""
PHASES: tuple[Callable[[Week], None], ...] = (live, fund, staff, hear, ask, offer, count, support, learn, record)


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
    if shape.burn_in and any(not np.array_equal(t.at(shape.burn_in - 1), timelines[0].at(0)) for t in timelines):
        raise ValueError("a policy differs from today's before the burn-in ends")
    weeks = _begin(shape, par, timelines[0], trace)
    _burn_in(weeks, partial(_shifted, tell, 0, total))
    started = b"".join(_kept(shape, weeks)) if len(timelines) > 1 else b""
    results = []
    for i, timeline in enumerate(timelines):
        here = weeks if i == 0 else _again(started)[1]
        for w in here:
            w.follow(timeline)
        done = shape.burn_in + i * shape.weeks
        results.append(_report(shape, here, partial(_shifted, tell, done, total)))
    return results


def _begin(shape: Shape, par: Parameters, timeline: Timeline, trace: Sequence[int]) -> list[Week]:
    """The first week of every part of the worlds."""
    found, kept = [], traced(shape, trace)
    for part in parts_of(shape, len(kept) > 0):
        some = parameters_of(par, part)
        found.append(Week(make_state(shape_of(shape, part), some), timeline, kept))
    return found


def settle(
    shape: Shape,
    par: Parameters,
    timeline: Timeline,
    progress: Callable[[int, int], None] | None = None,
    trace: Sequence[int] = (),
) -> bytes:
    """`settle_in_pieces`, in one."""
    return b"".join(settle_in_pieces(shape, par, timeline, progress, trace))


def settle_in_pieces(
    shape: Shape,
    par: Parameters,
    timeline: Timeline,
    progress: Callable[[int, int], None] | None = None,
    trace: Sequence[int] = (),
) -> list[plain.Piece]:
    """The state of all worlds at the end of the burn-in, for `go_on` in this process or another, now or later: bytes in
    pieces, most of which lie where the people are.

    `trace`: people whose events are kept from the first week on. An exception from `progress(done, of)`, called every week, stops the run.
    """
    tell = progress or (lambda done, of: None)
    weeks = _begin(shape, par, timeline, trace)
    _burn_in(weeks, partial(_shifted, tell, 0, shape.burn_in))
    return _kept(shape, weeks)


def _kept(shape: Shape, weeks: list[Week]) -> list[plain.Piece]:
    """What the weeks of all parts need to go on from here; the rest is worked out from it."""
    return plain.pieces((shape, [_settled(w) for w in weeks]), STATE)


def _settled(w: Week) -> Settled:
    events = w.book.events[: w.book.kept[0]]
    log = w.hosts.log[: w.hosts.kept[0]]
    return Settled(w.state, w.timeline, w.book.trace, events, log, w.room.with_need, w.carried, w.settling)


def _again(content: bytes | BinaryIO, shape: Shape | None = None) -> tuple[Shape, list[Week]]:
    """The shape of the run, and the weeks that were kept. Raises NotPlain for other bytes.

    `shape`: in its place; it may differ in the weeks that are reported, which the years before do not read.
    """
    before, settled = plain.loads(content, STATE)
    if shape is not None:
        for one in settled:
            one.state.shape = replace(shape, worlds=one.state.shape.worlds)
    return shape or before, [_week(one) for one in settled]


def _week(kept: Settled) -> Week:
    w = Week(kept.state, kept.timeline, kept.trace)
    w.book.events, w.book.kept[0] = kept.events, len(kept.events)
    w.hosts.log, w.hosts.kept[0] = kept.reservations, len(kept.reservations)
    w.room.with_need, w.carried, w.settling = kept.with_need, kept.carried, kept.settling
    list_again(w)
    return w


def go_on(
    settled: bytes | BinaryIO,
    timeline: Timeline,
    trace: Sequence[int] | None = (),
    progress: Callable[[int, int], None] | None = None,
    relief: Relief | None = None,
    shape: Shape | None = None,
) -> Result:
    """The reported weeks under one policy from a settled state, in memory or as a file that stands where it begins: the same
    counts as `run`, and events from then on.

    `trace`: people whose events are kept; None for those whose events were kept while it settled, with these.
    Raises NotPlain for bytes that are not a settled state. With `relief`, one gate of the cascade is open from the first of them.
    `shape`: that of this run, where the state was kept by one that may have reported more weeks or fewer.
    """
    shape, weeks = _again(settled, shape)
    tell = progress or (lambda done, of: None)
    if relief is not None:
        timeline = relief.of_timeline(timeline)
    kept = None if trace is None else traced(shape, trace)
    first = 0
    for w in weeks:
        last = first + w.shape.people
        if relief is not None:
            w.supporters.capacity *= relief.places_times
            w.supporters.here *= relief.places_times
            w.groups.holds *= relief.places_times
            w.believe(relief.of_parameters(w.state.par))
        if kept is not None:
            w.book.trace = kept[first:last].copy()
        w.follow(timeline)
        first = last
    return _report(shape, weeks, partial(_shifted, tell, 0, shape.weeks))


def people_of(settled: bytes) -> dict[str, np.ndarray]:
    """Who everybody is when the reported weeks begin: cell, needs (bits), lonely, confidence, offline, contact class."""
    people = [w.people for w in _again(settled)[1]]
    names = ("cell", "needs", "lonely", "confidence", "offline", "contact_class")
    return {name: np.concatenate([getattr(some, name) for some in people]) for name in names}


def _burn_in(weeks: list[Week], tell: Callable[[int], None]) -> None:
    """The weeks before those reported, and what tells how far the stocks still drift at their end."""
    burn_in = weeks[0].burn_in
    stocks = np.zeros((burn_in, len(STOCKS)), np.int64)
    for part, w in enumerate(weeks):
        for week in range(burn_in):
            one_week(w, week)
            stocks[week] += count_week(w)[:, : len(STOCKS)].sum(axis=0)
            tell((part * burn_in + week + 1) // len(weeks))
    for w in weeks:
        w.settling = settling(list(stocks))


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


def _report(shape: Shape, weeks: list[Week], tell: Callable[[int], None]) -> Result:
    """The reported weeks of all parts, counted."""
    return joined(shape, [_report_part(w, tell, part, len(weeks)) for part, w in enumerate(weeks)])


def _report_part(w: Week, tell: Callable[[int], None], part: int, parts: int) -> Result:
    """The reported weeks of one part."""
    kept, years = [np.zeros((0, len(w.state.spent), len(WEEKLY)), np.int64)], []
    open_year(w)
    for week in range(w.shape.weeks):
        one_week(w, w.burn_in + week)
        kept.append(count_week(w)[None])
        if ends_year(w.shape, w.now):
            years.append(close_year(w))
        tell((part * w.shape.weeks + week + 1) // parts)
    w.make_room()
    finish(w)
    book, counts = w.book, np.concatenate(kept)
    organisations = organisations_of(w)
    return Result(
        w.shape,
        counts,
        book.tally,
        organisations,
        events_of(w),
        {},
        w.settling,
        book.gains,
        book.waits,
        reservations_of(w),
        *ledger_of(w, years),
    )


def one_week(w: Week, week: int) -> None:
    """One week: every phase in order."""
    w.start_week(week)
    for phase in PHASES:
        w.make_room()
        phase(w)
    w.make_room()


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
    rows = w.book.events[: w.book.kept[0]]
    return rows[np.lexsort((rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))]


def reservations_of(w: Week) -> np.ndarray:
    """int64[n, 5]: `Result.reservations`, in order."""
    rows = w.hosts.log[: w.hosts.kept[0]]
    return rows[np.lexsort(rows.T[::-1])]


def organisations_of(w: Week) -> dict[str, np.ndarray]:
    """Organisations at the horizon, world by world (new ones join the end of the core's own table)."""
    order = np.argsort(w.orgs.area_row // w.n_areas, kind="stable")
    return {name: getattr(w.orgs, name)[order] for name in ORGANISATION_COLUMNS}
