"""A settled start: does the headline hang on how long the burn-in was, or on what was there at its start?

`python -m benchmarks.settled [--record]`: availability under today's policy over five years, 20 worlds (draws of all
priors) of 10,000 adults, after the usual burn-in and twice as long, and after the usual one from an empty and
from a full start. The limit is half a point. Nothing is asserted here (`pytest -m statistical` does).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from unittest import mock

import numpy as np

from benchmarks.record import record, table
from sim import draws
from sim.columns.start import body_whog, make_shape
from sim.columns.state import BURN_IN_WEEKS, SUPPORTER_TYPES, Shape, State, Supporters, append, rows
from sim.core import engine
from sim.numbers.levers import Timeline, today_values
from sim.numbers.parameters import Parameters, draw_parameters
from sim.results.result import STOCKS, Measure, Result
from sim.vocabulary import N_NEEDS, YEAR

LIMIT_POINTS = 0.5
"""About a fourteenth of the level, as 2 points were of the first edition's."""
AREA, WORLDS, PEOPLE, WEEKS = 5, 20, 10_000, 260
VOLUNTEERS = 20  # of each organisation at a full start


def empty(state: State) -> None:
    """Nothing exists and nobody knows: no group is open, referrers know and trust nothing."""
    state.groups.open[:] = False
    state.referrers.knows[:] = state.referrers.trusts[:] = 0.0


def full(state: State) -> None:
    """Twice the groups, twenty volunteers in each organisation, everybody knows of everything for two years."""
    groups = {name: getattr(state.groups, name) for name in (f.name for f in fields(state.groups))}
    append(state.groups, groups | {"ordinal": groups["ordinal"] + 10_000})
    state.referrers.knows[:] = state.referrers.trusts[:] = 1.0
    state.people.known_to[:] = 104
    org = np.repeat(np.arange(len(state.orgs.open)), VOLUNTEERS)
    number = np.tile(np.arange(VOLUNTEERS), len(state.orgs.open))
    new = rows(Supporters, SUPPORTER_TYPES, len(org))
    new["org"][:], new["state"][:], new["capacity"][:] = org, 1, 3
    new["whog"][:] = body_whog(state.orgs.base[org], state.orgs.ordinal[org].astype(np.int64) << 19 | number + 1)
    bits = (state.orgs.needs[org].astype(np.int64)[:, None] >> np.arange(N_NEEDS)) & 1
    new["experience"][:] = np.argmax(np.cumsum(bits, axis=1) > (number % bits.sum(axis=1))[:, None], axis=1)
    area = state.orgs.area_row[org] % len(state.shape.areas)
    scale = [state.shape.scale(a) if state.orgs.place[o] < 0 else (1, 1) for o, a in zip(org, area, strict=True)]
    keys = zip(new["whog"].tolist(), scale, strict=True)
    new["here"][:] = [draws.places_here(state.shape.seed, key, 3, *one) for key, one in keys]
    append(state.supporters, new)
    state.orgs.recruited[:] = VOLUNTEERS


@contextmanager
def started(fill: Callable[[State], None]) -> Iterator[None]:
    """Runs begin from a state that `fill` has changed."""
    made = engine.make_state

    def make_state(shape: Shape, par: Parameters) -> State:
        state = made(shape, par)
        fill(state)
        return state

    with mock.patch.object(engine, "make_state", make_state):
        yield


def run_once(
    burn_in: int, fill: Callable[[State], None], worlds: int = WORLDS, people: int = PEOPLE, weeks: int = WEEKS
) -> Result:
    """Today's policy after a burn-in from a start."""
    shape = make_shape([(d, 0) for d in range(worlds)], [AREA], people, burn_in=burn_in, weeks=weeks)
    with started(fill):
        return engine.run(shape, draw_parameters(list(range(worlds))), Timeline(np.array([0]), today_values(1)[None]))


def availability(result: Result) -> np.ndarray:
    """float64[worlds] in points."""
    return 100.0 * result.tally[:, 0, Measure.AVAILABLE] / result.tally[:, 0, Measure.ELIGIBLE]


def measure(tell: Callable[[str], None] = lambda label: None) -> dict[str, Result]:
    """The four runs."""
    runs: dict[str, tuple[int, Callable[[State], None]]] = {
        "usual": (BURN_IN_WEEKS, lambda state: None),
        "twice as long": (2 * BURN_IN_WEEKS, lambda state: None),
        "empty": (BURN_IN_WEEKS, empty),
        "full": (BURN_IN_WEEKS, full),
    }
    out = {}
    for label, (burn_in, fill) in runs.items():
        tell(label)
        out[label] = run_once(burn_in, fill)
    return out


def said(runs: dict[str, Result]) -> list[str]:
    """The result in lines of Markdown."""
    base = availability(next(iter(runs.values())))
    lines = []
    for label, result in runs.items():
        each = availability(result)
        apart = each - base
        error = apart.std(ddof=1) / len(apart) ** 0.5
        drifting = ", ".join(f"{k} {v:+.1%}" for k, v in result.drift.items() if v) or "none"
        lines.append([label, f"{each.mean():.2f}", f"{apart.mean():+.2f} ± {2 * error:.2f}", drifting])
    return [
        f"{WORLDS} worlds of {PEOPLE:,} adults, five years, today's policy. Limit: {LIMIT_POINTS:.1f} points.",
        "",
        *table(
            [
                "burn-in and start",
                "availability, %",
                "against the first, points (two standard errors)",
                "yearly drift beyond luck",
            ],
            lines,
        ),
    ]


COURSE_WORLDS, EVERY = 40, 2 * YEAR


def course(fill: Callable[[State], None]) -> np.ndarray:
    """float64[spans of two years, key stocks]: each stock of all worlds on the way, from a start."""
    draws = list(range(COURSE_WORLDS))
    shape = make_shape([(d, 0) for d in draws], [AREA], PEOPLE, burn_in=BURN_IN_WEEKS, weeks=1)
    columns = [STOCKS.index(name) for name in engine.KEY_STOCKS]
    seen = np.zeros((BURN_IN_WEEKS, len(columns)))
    with started(fill):
        parts = engine._begin(shape, draw_parameters(draws), Timeline(np.array([0]), today_values(1)[None]), ())
    for part in parts:
        for week in range(BURN_IN_WEEKS):
            engine.one_week(part, week)
            seen[week] += engine.count_week(part)[:, columns].sum(axis=0)
    whole = BURN_IN_WEEKS // EVERY * EVERY
    return seen[:whole].reshape(-1, EVERY, len(columns)).mean(axis=1)


def course_said() -> list[str]:
    """How far each stock is after so many years, from three starts, in lines of Markdown."""
    starts = {"usual": lambda state: None, "empty": empty, "full": full}
    found = {label: course(fill) for label, fill in starts.items()}
    last = np.mean([stocks[-2:].mean(axis=0) for stocks in found.values()], axis=0)
    rows = [
        [name.replace("_", " "), label, *(f"{100.0 * n:.0f}" for n in stocks[:, k] / last[k])]
        for k, name in enumerate(engine.KEY_STOCKS)
        for label, stocks in found.items()
    ]
    years = [f"{2 * k + 1}" for k in range(len(found["usual"]))]
    return [
        f"{COURSE_WORLDS} worlds of {PEOPLE:,} adults, today's policy, in percent of the last four years of the three together;"
        " means of two years, by the year in their middle.",
        "",
        *table(["stock", "start", *years], rows),
    ]


def main() -> None:
    """Measure, tell, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument(
        "--course", action="store_true", help="how stocks come to rest, week by week, from three starts"
    )
    chosen = parser.parse_args()
    if chosen.course:
        lines = course_said()
        print("\n".join(lines))
        if chosen.record:
            record("settling", "python -m benchmarks.settled --course --record", lines)
        return
    lines = said(measure(lambda label: print(label, "...", file=sys.stderr, flush=True)))
    print("\n".join(lines))
    if chosen.record:
        record("settled", "python -m benchmarks.settled --record", lines)


if __name__ == "__main__":
    main()
