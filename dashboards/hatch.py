"""Hatching: a chart whose levels evidence hardly narrowed is hatched, and says so in words wherever it goes."""

from __future__ import annotations

import re
from dataclasses import replace

from dashboards import svg
from dashboards.assumption import CALLED, why_assumed
from dashboards.charts import Chart
from dashboards.state import Asked
from scenarios.posterior import MARK

WORDS = f"Hatched: {CALLED.lower()}"
NOT_LEVELS = ("", "Year", "Group", "Policy", "Change")
"""Heads of columns that hold no level."""
ROOM = 22


def as_assumed(chart: Chart, output: str, asked: Asked) -> Chart:
    """The chart as it is for a finding; hatched, with the reason, for an assumption."""
    why = why_assumed(output, asked)
    if not why:
        return chart
    head = tuple(cell if cell in NOT_LEVELS else f"{cell} {MARK}" for cell in chart.rows[0])
    return replace(chart, assumed=f"{MARK} {why}", svg=hatched(chart.svg, chart.name), rows=(head, *chart.rows[1:]))


def hatched(picture: str, name: str) -> str:
    """A picture with lines over every shape of class `level`, dark and light so that any fill shows them, and the words under it."""
    pattern = f"hatch-{name}"
    lines = (f'<defs><pattern id="{pattern}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
             f'<line x1="0" y1="0" x2="0" y2="7" stroke="{svg.INK}" stroke-width="1.4" stroke-opacity="0.45"/>'
             f'<line x1="3.5" y1="0" x2="3.5" y2="7" stroke="{svg.PAPER}" stroke-width="1.4" stroke-opacity="0.6"/></pattern></defs>')  # fmt: skip

    def over(found: re.Match[str]) -> str:
        shape = re.sub(r' (fill-opacity|stroke|stroke-width|class)="[^"]*"', "", found[0])
        return found[0] + re.sub(r' fill="[^"]*"', f' fill="url(#{pattern})"', shape)

    picture = re.sub(r'<(?:path|rect) [^>]*class="level"[^>]*/>', over, picture)
    picture, height = _taller(picture)
    words = svg.rect(8, height + 3, 26, 13, f"url(#{pattern})", stroke=svg.SOFT) + svg.text(42, height + 14, WORDS, 12, svg.INK, weight=600)
    return picture.replace("</desc>", f"</desc>{lines}", 1).replace("</svg>", f"{words}</svg>")


def _taller(picture: str) -> tuple[str, float]:
    """The picture with room below, and where that begins."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width="[\d.]+" height="[\d.]+"', picture)
    assert found is not None, "pictures come from svg.drawing"
    width, height = float(found[1]), float(found[2])
    size = f'viewBox="0 0 {svg.n(width)} {svg.n(height + ROOM)}" width="{svg.n(width)}" height="{svg.n(height + ROOM)}"'
    return picture.replace(found[0], size, 1), height
