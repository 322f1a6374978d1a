"""What a person reads about what support gives: changes people could feel, time, waiting, how even it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from reports.console import head
from sim.results import caveats, equity, summary, value
from sim.results.result import Result
from sim.results.words import level_words, reach

Named = Sequence[tuple[str, Result]]
GIVES: dict[str, tuple[str, int]] = {
    "lonely_points": ("Less lonely when support ends, UCLA points (3 to 9), mean", 2),
    "confidence_points": ("More confident, activation points (0 to 100), mean", 1),
    "wellbys_per_1000": ("WELLBYs a year per 1,000 adults", 2),
    "qalys_per_1000": ("or, never added to them, QALYs a year", 2),
    "waited_median_weeks": ("Weeks from asking to an offer of a place, half of them", 0),
    "waited_90th_weeks": ("Weeks from asking to an offer of a place, nine in ten", 0),
    "volunteer_hours_per_1000": ("Volunteers' and organisers' hours a year, per 1,000 adults", 0),
    "stretched_share": ("Volunteers where supervision is stretched, %", 1),
}
"""Each row: what it says, and its digits after the point."""
EVEN = {"available": "Offered or within reach in time", "starts_per_want": "Starts of 100 wants"}


def figures(result: Result) -> dict[str, np.ndarray]:
    """float64[worlds] of every row of GIVES."""
    found = value.headline(result) | summary.waiting(result)
    return found | {"stretched_share": 100 * found["stretched_share"]}


def show_gives(console: Console, named: Named, table: Table) -> None:
    """What support gives, level by level; the table comes with its columns."""
    head(console, "What it gives", f". {caveats.GIVES}")
    found = [figures(result) for _, result in named]
    for name, (words, digits) in GIVES.items():
        table.add_row(words, *(_cell(summary.interval(f[name]), digits) for f in found))
    console.print(table)
    console.print()


def _cell(found: summary.Interval, digits: int) -> str:
    if not found.worlds:
        return "no figure"

    def said(value: float) -> str:
        return f"{round(value, digits) + 0.0:,.{digits}f}"

    return f"{said(found.median)} ({reach(found, said)})"


def show_even(console: Console, named: Named, table: Table) -> None:
    """How even it is: slope over deprivation, and the worst-off of ethnic and needs groups."""
    head(console, "How even it is", f": {caveats.SLOPE}")
    for name, words in EVEN.items():
        slopes = [summary.interval(100 * equity.slope(result, name)) for _, result in named]
        table.add_row(f"{words}: slope, points", *(_cell(found, 1) for found in slopes))
    for dimension in ("ethnic group", "needs group"):
        spreads = [equity.spread(result, dimension) for _, result in named]
        table.add_row(f"{EVEN['available']}: worst-off {dimension}, %, and the gap", *(_spread(s) for s in spreads))
    console.print(table)
    console.print()


def _spread(found: equity.Spread | None) -> str:
    if found is None:
        return "too few wants"
    worst = level_words(found.dimension, found.worst)
    return f"{worst} {100 * found.worst_off.median:.1f} (gap {reach(found.gap, lambda x: f'{round(100 * x, 1) + 0.0:.1f}')})"
