"""What a person reads about what support gives: changes people could feel, time, waiting, how even it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from reports.console import head
from sim.results import caveats, equity, outcomes, summary, value
from sim.results.result import Result
from sim.results.words import level_words, reach

Named = Sequence[tuple[str, Result]]
ROWS = (
    "lonely_points",
    "confidence_points",
    "wellbys_per_1000",
    "qalys_per_1000",
    "waited_median_weeks",
    "waited_90th_weeks",
    "volunteer_hours_per_1000",
    "stretched_share",
)
KNOWN = outcomes.BY_NAME | {one.name: one for one in value.OUTCOMES}
GIVES: dict[str, tuple[str, int]] = {name: (KNOWN[name].words, KNOWN[name].digits) for name in ROWS}
"""Each row: what it says, and its digits after the point."""
EVEN = {outcomes.MAIN: "Had in time, or a free place kept", "starts_per_want": "Starts per 100 wants"}


def figures(result: Result) -> dict[str, np.ndarray]:
    """float64[worlds] of every row of GIVES, shares in per cent."""
    found = value.headline(result)
    values = {name: found[name] if name in found else KNOWN[name].worlds(result) for name in ROWS}
    return {name: KNOWN[name].scale * one for name, one in values.items()}


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
        table.add_row(f"{EVEN[outcomes.MAIN]}: worst-off {dimension}, %, and the gap", *(_spread(s) for s in spreads))
    console.print(table)
    console.print()


def _spread(found: equity.Spread | None) -> str:
    if found is None:
        return "too few wants"
    worst = level_words(found.dimension, found.worst)
    return f"{worst} {100 * found.worst_off.median:.1f} (gap {reach(found.gap, lambda x: f'{round(100 * x, 1) + 0.0:.1f}')})"
