"""A chart whose levels evidence hardly narrowed says so in words wherever it goes; it is hatched where others are findings."""

from __future__ import annotations

import re
from dataclasses import replace

from dashboards.asked.state import Asked
from dashboards.cards.assumption import CALLED, told_apart, why_assumed
from reports import svg
from reports.charts import Chart
from scenarios.running.posterior import MARK

WORDS = f"Levels: {CALLED.lower()}"
NOT_LEVELS = ("", "Year", "Group", "Policy", "World")
"""Heads of columns that hold no level."""
DIFFERENCES = (", difference", ": change")
"""What heads of columns that hold differences have in them."""
ROOM = 22


def as_assumed(chart: Chart, output: str, asked: Asked) -> Chart:
    """The chart as it is for a finding; for an assumption marked in words, and hatched where that tells it from findings."""
    why = why_assumed(output, asked)
    if not why:
        return chart
    picture = hatched(chart.svg, chart.name) if told_apart(asked) else marked(chart.svg, 8)
    return replace(
        chart, assumed=f"{MARK} {why}", svg=picture, rows=(tuple(map(_head, chart.rows[0])), *chart.rows[1:])
    )


def _head(cell: str) -> str:
    level = cell not in NOT_LEVELS and not any(words in cell for words in DIFFERENCES)
    return f"{cell} {MARK}" if level else cell


def marked(picture: str, x: float, swatch: str = "") -> str:
    """A picture with the words under it, that go wherever it goes."""
    picture, height = _taller(picture)
    words = (svg.rect(8, height + 3, 26, 13, swatch, stroke=svg.SOFT) if swatch else "") + svg.text(
        x, height + 14, WORDS, 12, svg.SOFT
    )
    return picture.replace("</svg>", f"{words}</svg>")


def hatched(picture: str, name: str) -> str:
    """A picture with lines over every shape of class `level`, dark and light so that any fill shows them, and the words under it."""
    pattern = f"hatch-{name}"
    lines = (
        f'<defs><pattern id="{pattern}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<line x1="0" y1="0" x2="0" y2="7" stroke="{svg.INK}" stroke-width="1.4" stroke-opacity="0.45"/>'
        f'<line x1="3.5" y1="0" x2="3.5" y2="7" stroke="{svg.PAPER}" stroke-width="1.4" stroke-opacity="0.6"/></pattern></defs>'
    )

    def over(found: re.Match[str]) -> str:
        shape = re.sub(r' (fill-opacity|stroke|stroke-width|class)="[^"]*"', "", found[0])
        return found[0] + re.sub(r' fill="[^"]*"', f' fill="url(#{pattern})"', shape)

    picture = re.sub(r'<(?:path|rect) [^>]*class="level"[^>]*/>', over, picture)
    return marked(picture, 42, f"url(#{pattern})").replace("</desc>", f"</desc>{lines}", 1)


def _taller(picture: str) -> tuple[str, float]:
    """The picture with room below, and where that begins."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width="[\d.]+" height="[\d.]+"', picture)
    assert found is not None, "pictures come from svg.drawing"
    width, height = float(found[1]), float(found[2])
    size = f'viewBox="0 0 {svg.n(width)} {svg.n(height + ROOM)}" width="{svg.n(width)}" height="{svg.n(height + ROOM)}"'
    return picture.replace(found[0], size, 1), height
