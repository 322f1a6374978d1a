"""What the three headlines do where supply moves: `python -m benchmarks.counted [--record]`, on priors.

Twenty paired worlds of one area at 30,000 adults, five years; on request some of the whole area. Each row is a policy, or a gate opened, from the end of the
burn-in. `above`, `below`: worlds with a higher, lower figure than today. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
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
from sim.people.population import load_areas
from sim.policy.relief import RELIEFS, Relief
from sim.results.ledger import Flow, flow
from sim.results.result import Measure, Result
from sim.rules.ledger import SPENT, Line, PayerLine
from sim.vocabulary import BUDGETS

AREA, WORLDS, PEOPLE, BURN_IN, WEEKS = area_list(["bnssg"])[0], 20, 30_000, 780, 260
ASKED = ("today", "budgets x 10", "everyone", "every_lever")
SHOWN = ("AVAILABLE", "HAD_IN_TIME", "STARTED_IN_TIME", "STARTS", "WITHIN_REACH", "ONLINE", "CHOICE")
TOGETHER = 1_000_000  # people
Seen = dict[str, np.ndarray]
MONEY: dict[str, Callable[[Flow], float]] = {
    "£ budgets": lambda one: one.payers[PayerLine.BUDGET],
    "£ awarded": lambda one: one.payers[PayerLine.AWARDED],
    "£ lapsed": lambda one: one.payers[PayerLine.LAPSED],
    "£ spent by organisations": lambda one: sum(one.organisations[line] for line in SPENT),
    "paid posts": lambda one: one.counts[Line.POST_WEEKS],
    "volunteers": lambda one: one.counts[Line.VOLUNTEER_WEEKS],
    "places": lambda one: one.counts[Line.PLACE_WEEKS],
    "starts": lambda one: one.counts[Line.STARTS],
}
PAID = ("today", "no budgets", "budgets x 3", "budgets x 10", "every_lever")
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


def settled_worlds(worlds: Sequence[int] = range(WORLDS), people: int = PEOPLE) -> tuple[Shape, bytes]:
    """The shape of the runs, and their state when the reported weeks begin."""
    shape = make_shape([(d, 0) for d in worlds], [AREA], people, burn_in=BURN_IN, weeks=WEEKS)
    return shape, settle(shape, draw_parameters(worlds), timeline(ROWS[0], shape))


def runs(shape: Shape, settled: bytes) -> Iterator[tuple[str, Result]]:
    """A run for each row, on the same luck, one after the other."""
    for row in ROWS:
        yield row.name, go_on(settled, timeline(row, shape), relief=row.relief)


def asked(shape: Shape, settled: bytes, names: Sequence[str] = ASKED) -> dict[str, Result]:
    """Runs of some rows in which everybody acts on what they know: had in time, there, is what the count should say."""
    relief = next(one for one in RELIEFS if one.gate == "asked")
    return {row.name: go_on(settled, timeline(row, shape), relief=relief) for row in ROWS if row.name in names}


def share(result: Result, measure: str) -> np.ndarray:
    """float64[worlds] in per cent of the wants counted."""
    tally = result.tally[:, 0]
    return 100.0 * tally[:, Measure[measure]] / tally[:, Measure.ELIGIBLE]


def seen(result: Result) -> Seen:
    """What is shown of a run: float64[worlds] of each measure, and of each line of the ledger."""
    found = flow(result)
    worlds = len(result.shape.worlds)
    lines = {label: of(found) for label, of in MONEY.items()}
    return {m: share(result, m) for m in SHOWN} | {label: np.full(worlds, value) for label, value in lines.items()}


def measured(worlds: int, people: int) -> tuple[dict[str, Seen], dict[str, Seen]]:
    """Each row's runs and those in which everybody who knows asks; as many worlds at a time as memory holds."""
    many = max(1, TOGETHER // people)
    parts: list[tuple[dict[str, Seen], dict[str, Seen]]] = []
    for first in range(0, worlds, many):
        shape, settled = settled_worlds(range(first, min(worlds, first + many)), people)
        found = {name: seen(result) for name, result in runs(shape, settled)}
        parts.append((found, {name: seen(result) for name, result in asked(shape, settled).items()}))
    return joined([one for one, _ in parts]), joined([other for _, other in parts])


def joined(parts: Sequence[dict[str, Seen]]) -> dict[str, Seen]:
    """The worlds of several parts, in order."""
    return {
        name: {key: np.concatenate([one[name][key] for one in parts]) for key in each}
        for name, each in parts[0].items()
    }


def said(found: dict[str, Seen]) -> list[str]:
    """The result in lines of Markdown."""
    base, rows = found[ROWS[0].name], []
    for name, one in found.items():
        cells = []
        for measure in SHOWN:
            above, below = int((one[measure] > base[measure]).sum()), int((one[measure] < base[measure]).sum())
            beside = f" ({above}/{below})" if above + below and measure in SHOWN[:3] else ""
            cells.append(f"{one[measure].mean():.1f}{beside}")
        rows.append([name, *cells])
    return table(["policy", *(measure.lower() for measure in SHOWN)], rows)


def said_money(found: dict[str, Seen]) -> list[str]:
    """The ledger of the rows that change what payers have."""
    rows = [[name, *(f"{found[name][label].mean():.2f}" for label in MONEY)] for name in PAID]
    return table(["policy", *MONEY], rows)


def said_asked(found: dict[str, Seen], others: dict[str, Seen]) -> list[str]:
    """The count beside runs in which everybody who knows asks."""
    rows = []
    for name, other in others.items():
        here, there = found[name]["AVAILABLE"].mean(), other["HAD_IN_TIME"].mean()
        rows.append([name, f"{here:.1f}", f"{there:.1f}", f"{here - there:+.1f}"])
    return table(["policy", "available, by the count", "had in time where all who know ask", "points"], rows)


def lines_of(worlds: int, people: int) -> list[str]:
    """The three tables of so many worlds of so many adults."""
    found, others = measured(worlds, people)
    title = f"{worlds} worlds of {people:,} adults."
    money = "The ledger: pounds per adult a year at 2024/25 prices; posts, places and starts with organisations per 10,000 adults."
    return [title, "", *said(found), "", money, "", *said_money(found), "", *said_asked(found, others), ""]


def main() -> None:
    """Print the tables, or write them down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write it to docs/evidence_of_correctness.md")
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--whole", type=int, default=0, help="besides, so many worlds of the whole area")
    given = parser.parse_args()
    lines = lines_of(given.worlds, given.people)
    if given.whole:
        everybody = int(load_areas().adults[AREA])
        lines += lines_of(given.whole, everybody)
    if given.record:
        record("counted", " ".join(["python -m benchmarks.counted", *sys.argv[1:]]), lines)
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
