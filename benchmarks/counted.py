"""What the three headlines do where supply moves: `python -m benchmarks.counted [--record]`, on priors.

Twenty paired worlds of one area at 10,000 adults, five years. Each row is a policy, or a gate opened, from the end of the
burn-in. `above`, `below`: worlds with a higher, lower figure than today. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.record import record, table
from scenarios.reading.load import load
from scenarios.running.study import area_list, timeline_of
from sim.columns.start import make_shape
from sim.columns.state import Shape
from sim.core.engine import go_on, settle
from sim.numbers.levers import BY_NAME, INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.policy.relief import RELIEFS, Relief
from sim.results.result import Measure, Result
from sim.vocabulary import BUDGETS

AREA, WORLDS, PEOPLE, BURN_IN, WEEKS = area_list(["bnssg"])[0], 20, 10_000, 780, 260
ASKED = ("today", "budgets x 10", "everyone", "every_lever")
SHOWN = ("AVAILABLE", "HAD_IN_TIME", "STARTED_IN_TIME", "STARTS", "WITHIN_REACH", "ONLINE", "CHOICE")
KNOWS = Relief("knew", "", {"search_rate": 1.0, "forget_weeks": 5000.0}, levers={"self_referral": 1.0})


@dataclass(frozen=True)
class Row:
    """One row of the table: levers set, a shipped scenario, or what is opened besides."""

    name: str
    levers: dict[str, float] | None = None
    scenario: str = ""
    relief: Relief | None = None


def times(factor: float) -> dict[str, float]:
    """Every payer's budget times a factor."""
    return {name: BY_NAME[name].today * factor for name in BUDGETS}


ROWS = (
    Row("today"),
    Row("no budgets", times(0.0)),
    Row("budgets x 3", times(3.0)),
    Row("budgets x 10", times(10.0)),
    Row("open_door", scenario="open_door"),
    Row("everybody knows and has a way in", relief=KNOWS),
    Row("the same and budgets x 5", times(5.0), relief=KNOWS),
    Row(
        "one-to-one places x 2",
        relief=Relief("room", "", places_times=2, times={"volunteer_caseload": 2.0, "paid_caseload": 2.0}),
    ),
    Row("online_places 60", {"online_places": 60.0}),
    Row("online_places 200", {"online_places": 200.0}),
    Row("everyone", scenario="everyone"),
    Row("every_lever", scenario="every_lever"),
)


def timeline(row: Row, shape: Shape) -> Timeline:
    """The levers of a row, from the end of the burn-in."""
    if row.scenario:
        return timeline_of(load(row.scenario), shape)
    after = today_values(1)
    for name, value in (row.levers or {}).items():
        after[INDEX[name]] = value
    return Timeline(np.array([0, shape.burn_in]), np.stack([today_values(1), after]))


def settled_worlds(worlds: int = WORLDS, people: int = PEOPLE) -> tuple[Shape, bytes]:
    """The shape of the runs, and their state when the reported weeks begin."""
    shape = make_shape([(d, 0) for d in range(worlds)], [AREA], people, burn_in=BURN_IN, weeks=WEEKS)
    return shape, settle(shape, draw_parameters(range(worlds)), timeline(ROWS[0], shape))


def runs(shape: Shape, settled: bytes) -> dict[str, Result]:
    """A run for each row, on the same luck."""
    return {row.name: go_on(settled, timeline(row, shape), relief=row.relief) for row in ROWS}


def asked(shape: Shape, settled: bytes, names: Sequence[str] = ASKED) -> dict[str, Result]:
    """Runs of some rows in which everybody acts on what they know: had in time, there, is what the count should say."""
    relief = next(one for one in RELIEFS if one.gate == "asked")
    return {row.name: go_on(settled, timeline(row, shape), relief=relief) for row in ROWS if row.name in names}


def share(result: Result, measure: str) -> np.ndarray:
    """float64[worlds] in per cent of the wants counted."""
    tally = result.tally[:, 0]
    return 100.0 * tally[:, Measure[measure]] / tally[:, Measure.ELIGIBLE]


def said(found: dict[str, Result]) -> list[str]:
    """The result in lines of Markdown."""
    base, rows = found[ROWS[0].name], []
    for name, result in found.items():
        cells = []
        for measure in SHOWN:
            mine, usual = share(result, measure), share(base, measure)
            above, below = int((mine > usual).sum()), int((mine < usual).sum())
            cells.append(
                f"{mine.mean():.1f}" + (f" ({above}/{below})" if above + below and measure in SHOWN[:3] else "")
            )
        rows.append([name, *cells])
    return table(["policy", *(measure.lower() for measure in SHOWN)], rows)


def said_asked(found: dict[str, Result], others: dict[str, Result]) -> list[str]:
    """The count beside runs in which everybody who knows asks."""
    rows = []
    for name, other in others.items():
        here, there = share(found[name], "AVAILABLE").mean(), share(other, "HAD_IN_TIME").mean()
        rows.append([name, f"{here:.1f}", f"{there:.1f}", f"{here - there:+.1f}"])
    return table(["policy", "available, by the count", "had in time where all who know ask", "points"], rows)


def main() -> None:
    """Print the table, or write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write it to docs/evidence_of_correctness.md")
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    given = parser.parse_args()
    shape, settled = settled_worlds(given.worlds, given.people)
    found = runs(shape, settled)
    lines = [*said(found), "", *said_asked(found, asked(shape, settled))]
    if given.record:
        record("counted", "python -m benchmarks.counted --record", lines)
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
