"""The case's pictures as SVG text: a plane of dots, curves, and bars. Each says in words what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reports import svg

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 680.0, 360.0, 90.0, 20.0, 20.0, 55.0
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
        parts.append(svg.text(way[-1][0] - 4, heights[k] - 5, name[:40], 12, colour, "end", 600))
    return svg.drawing(width, HEIGHT, *words, parts)


def bars(
    names: Sequence[str],
    values: Sequence[float],
    said: Callable[[float], str],
    words: tuple[str, str],
    width: float = WIDTH,
) -> str:
    """Lying bars with their words above them and their figure at the end; below nothing they go to the left."""
    row, wide, letters = 40.0, width - 130, int(width / 6.2)
    low, high = min(0.0, *values), max(0.0, *values)
    reach = (high - low) or 1.0
    start = 10 + wide * (0.0 - low) / reach
    parts = []
    for k, (name, value) in enumerate(zip(names, values, strict=True)):
        y, length = 10 + k * row, wide * abs(value) / reach
        parts.append(svg.text(10, y + 10, name if len(name) <= letters else name[: letters - 1].rstrip() + "…", 12))
        parts.append(
            svg.rect(
                start if value >= 0 else start - length,
                y + 15,
                max(1.0, length),
                12,
                svg.PLAN if value >= 0 else svg.PINS[1],
            )
        )
        parts.append(svg.text((start + length if value >= 0 else start) + 6, y + 25, said(value), 12, weight=600))
    return svg.drawing(width, 20 + row * len(names), *words, parts)
