"""What people judged, drawn: a line a person, the pool beneath, and the authors' own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reports.pictures.paper import as_written, foot, sheet
from reports.questions.elicited import KIND, authors, differing, pool_values
from scenarios.reading.elicited import Elicited
from sim.numbers.parameters import Record, records

PERSON, POOL, AUTHORS = "#55636e", "#0b5c8f", "#b45309"
LONGEST = 34


def draw(path: Path, found: Elicited) -> None:
    """A panel a parameter: from the lowest to the highest, the middle half thick, the median a dot."""
    rows = [len(found.of(name)) + 2 for name in found.parameters]
    figure, panels = sheet(
        len(rows), 1, figsize=(9, 1.2 + 0.45 * sum(rows) + 0.5 * len(rows)), squeeze=False, height_ratios=rows
    )
    for axes, name in zip(panels[:, 0], found.parameters, strict=True):
        _panel(axes, records()[name], found)
    foot(figure, f"{as_written(found.file)}. Line: lowest to highest. Thick: the middle half. Dot: the median. {KIND}")
    figure.savefig(path)


def _panel(axes: Any, record: Record, found: Elicited) -> None:
    judgements = found.of(record.name)
    lines = [(one.expert, one.values, PERSON) for one in judgements]
    lines += [("pooled", pool_values(judgements), POOL), ("the authors", authors(record), AUTHORS)]
    for row, (_, values, color) in enumerate(lines):
        _line(axes, row, values, color)
    axes.set_yticks(range(len(lines)), [as_written(who[:LONGEST]) for who, _, _ in lines], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(record.low, record.high)
    axes.set_xlabel(as_written(f"{record.name}, {record.unit}"), fontsize=8)
    axes.set_title(as_written(f"{record.meaning}\n{differing(judgements)}"), fontsize=8, loc="left", wrap=True)


def _line(axes: Any, row: int, values: Sequence[float], color: str) -> None:
    axes.plot([values[0], values[4]], [row, row], color=color, linewidth=1.2)
    axes.plot([values[1], values[3]], [row, row], color=color, linewidth=6, alpha=0.45, solid_capstyle="butt")
    axes.plot([values[2]], [row], "o", color=color, markersize=5)
