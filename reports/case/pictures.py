"""The case's pictures as SVG text: a plane of dots, curves, and bars. Each says in words what it shows."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from reports import svg
from reports.case import published
from reports.case.page import WIDTH
from reports.case.published import Mark

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 360.0, 90.0, 20.0, 20.0, 55.0
Point = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """From values to places on the picture."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: float = WIDTH

    def at(self, x: float, y: float) -> Point:
        """Where a point is drawn."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return LEFT + across * (self.width - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def _scale(xs: Sequence[float], ys: Sequence[float], width: float) -> tuple[Scale, list[float], list[float]]:
    most = 5 if width > 500 else 3
    across, up = svg.ticks(min(0.0, *xs), max(0.0, *xs), most), svg.ticks(min(0.0, *ys), max(0.0, *ys))
    return Scale((across[0], across[-1]), (up[0], up[-1]), width), across, up


def _frame(
    scale: Scale,
    across: Sequence[float],
    up: Sequence[float],
    names: tuple[str, str],
    said: Callable[[float], str],
    said_up: Callable[[float], str],
) -> list[str]:
    """Grid, numbers and names of both axes; the lines at nothing are darker."""
    parts = []
    for x in across:
        (a, b), (_, d) = scale.at(x, up[0]), scale.at(x, up[-1])
        parts += [
            svg.line(a, b, a, d, svg.SOFT if x == 0 else svg.LINE),
            svg.text(a, b + 18, said(x), 12, anchor="middle"),
        ]
    for y in up:
        (a, b), (c, _) = scale.at(across[0], y), scale.at(across[-1], y)
        parts += [
            svg.line(a, b, c, b, svg.SOFT if y == 0 else svg.LINE),
            svg.text(a - 8, b + 4, said_up(y), 12, anchor="end"),
        ]
    middle = (LEFT + scale.width - RIGHT) / 2
    return [*parts, svg.text(middle, HEIGHT - 12, names[0], 13, anchor="middle"), svg.text(4, 13, names[1], 13)]


def short(value: float) -> str:
    """A number for an axis: 1.5m, 20k, 300, 0.05."""
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def plane(
    cost: np.ndarray, effect: np.ndarray, threshold: float, unit: str, words: tuple[str, str], width: float = WIDTH
) -> str:
    """A dot for each draw: more effect to the right, more cost upwards; the line is the threshold."""
    scale, across, up = _scale(effect.tolist(), cost.tolist(), width)
    parts = _frame(scale, across, up, (f"more {unit}s", "more cost, GBP"), short, short)
    ends = [e for e in np.linspace(across[0], across[-1], 200) if up[0] <= threshold * e <= up[-1]]
    if len(ends) > 1:
        line = [scale.at(float(e), float(threshold * e)) for e in (ends[0], ends[-1])]
        parts.append(svg.path(line, svg.PINS[1], stroke_width=2, stroke_dasharray="7 3"))
    parts += [
        svg.circle(*scale.at(float(e), float(c)), 3.5, svg.PLAN, fill_opacity=0.6)
        for e, c in zip(effect, cost, strict=True)
    ]
    return svg.drawing(width, HEIGHT, *words, parts)


def curves(
    grid: Sequence[float],
    shares: np.ndarray,
    names: Sequence[str],
    unit: str,
    words: tuple[str, str],
    width: float = WIDTH,
) -> str:
    """Acceptability of each option along thresholds; which line is which is written at its end and by its dashes."""
    across = svg.ticks(0.0, float(grid[-1]), 5 if width > 500 else 3)
    scale = Scale((0.0, across[-1]), (0.0, 1.0), width)
    up = [0.0, 0.25, 0.5, 0.75, 1.0]
    parts = _frame(scale, across, up, (f"GBP for one {unit}", "share of draws"), short, lambda y: f"{y:.0%}")
    heights = svg.apart([scale.at(0, s)[1] for s in shares[-1]], 16, TOP + 22, HEIGHT - BOTTOM - 4)
    for k, name in enumerate(names):
        colour, dash = ((svg.TODAY, svg.PLAN, *svg.PINS[1:])[k % 5], svg.DASHES[k % len(svg.DASHES)])
        way = [scale.at(float(g), float(s)) for g, s in zip(grid, shares[:, k], strict=True)]
        parts.append(svg.path(way, colour, stroke_width=2.5, stroke_dasharray=dash or "none"))
        parts.append(svg.text(way[-1][0] - 4, heights[k] - 5, _end(name, width), 12, colour, "end", 600, True))
    return svg.drawing(width, HEIGHT, *words, parts)


def _end(name: str, width: float) -> str:
    """A line's name at its end, cut with dots only where the picture is narrower."""
    most = int((width - LEFT - RIGHT) / 7)
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def bars(
    names: Sequence[str],
    values: Sequence[float],
    said: Callable[[float], str],
    words: tuple[str, str],
    width: float = WIDTH,
) -> str:
    """Lying bars with their words above them and their figure at the end; below nothing they go to the left."""
    wide, named = width - 130, _named(names, width)
    low, high = min(0.0, *values), max(0.0, *values)
    reach = (high - low) or 1.0
    start = 10 + wide * (0.0 - low) / reach
    parts, y = [], 10.0
    for lines, value in zip(named, values, strict=True):
        length = wide * abs(value) / reach
        parts += _words(lines, 10, y)
        y += LETTER * len(lines)
        colour = svg.PLAN if value >= 0 else svg.PINS[1]
        parts.append(svg.rect(start if value >= 0 else start - length, y + 1, max(1.0, length), 12, colour))
        parts.append(svg.text((start + length if value >= 0 else start) + 6, y + 11, said(value), 12, weight=600))
        y += ROW
    return svg.drawing(width, y + 6, *words, parts)


LETTER, ROW = 15.0, 26.0
"""Pixels of a line of words, and of what is drawn under it with the room below."""


def _named(names: Sequence[str], width: float) -> list[list[str]]:
    """Each name on as many lines as it takes: none is cut."""
    return [textwrap.wrap(name, max(20, int((width - 24) / 6.6))) or [""] for name in names]


def _words(lines: Sequence[str], x: float, y: float) -> list[str]:
    return [svg.text(x, y + LETTER * k + 10, words, 12, halo=True) for k, words in enumerate(lines)]


def spans(marks: Sequence[Mark], words: tuple[str, str], width: float = WIDTH) -> str:
    """A dot or a bar for each line on one scale of powers of ten, its words above it; the dashed line is a pound for a pound."""
    top, left, right = 26.0, 12.0, width - 118.0
    low, high = (decade(min(one.low for one in marks), floor), decade(max(one.high for one in marks), ceil))
    low, high = min(low, 0), max(high, 1)

    def at(gbp: float) -> float:
        return left + (right - left) * (log10(gbp) - low) / (high - low)

    named, parts = _named([one.words for one in marks], width), []
    tall = top + sum(LETTER * len(lines) + ROW for lines in named)
    for power in range(low, high + 1):
        x, dashes = at(10.0**power), "6 4" if power == 0 else "none"
        parts.append(svg.line(x, top, x, tall, svg.SOFT if power == 0 else svg.LINE, stroke_dasharray=dashes))
        parts.append(svg.text(x, 14, f"£{10.0**power:g}", 12, svg.SOFT, "middle" if power > low else "start"))
    y = top + 4
    for one, lines in zip(marks, named, strict=True):
        parts += [*_words(lines, left, y), *_span(one, y + LETTER * len(lines), at)]
        y += LETTER * len(lines) + ROW
    return svg.drawing(width, tall + 8, *words, parts)


def _span(one: Mark, y: float, at: Callable[[float], float]) -> list[str]:
    """A dot for one figure, a bar for a range, and the figure after it."""
    start, end = at(one.low), at(one.high)
    dot = svg.circle(start, y + 7, 5.5, one.colour)
    shape = dot if start == end else svg.rect(start, y + 2, end - start, 10, one.colour)
    return [shape, svg.text(end + 10, y + 11, published.span(one.low, one.high), 12, weight=600, halo=True)]


def decade(gbp: float, way: Callable[[float], int]) -> int:
    """The power of ten below or above an amount."""
    return int(way(log10(gbp)))
