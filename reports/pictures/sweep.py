"""Response curves, with each world behind them, and heat maps where two numbers vary together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from reports.pictures.paper import as_written, foot, sheet
from reports.sweep import curves, drawn
from scenarios.sweeps import response
from scenarios.sweeps.dataset import Held
from scenarios.sweeps.response import Level
from sim.numbers.levers import BY_NAME as LEVERS
from sim.results.outcomes import BY_NAME
from sim.results.words import number

COLOURS = ("#1f6f8b", "#b5532a", "#5b8c3a", "#7a4f9e", "#c29a1d", "#444444")
MOST_LINES = len(COLOURS)
WHITE_BELOW = 0.6
"""Of the range of a heat map: cells darker than that have white figures."""


def draw(path: Path, held: Held, outcome: str) -> None:
    """A panel for each thing that varied, and a heat map for two numbers in a grid; `path` is PNG or SVG."""
    found = response.levels(held, outcome)
    heats = _heats(held, found)
    panels = len(held.axes) + len(heats)
    columns = min(3, panels)
    rows = -(-panels // columns)
    figure, grid = sheet(rows, columns, figsize=(max(7.5, 5.4 * columns), 4.6 * rows), squeeze=False)
    places = list(grid.flat)
    for number_, axes in enumerate(places[: len(held.axes)]):
        _curves(axes, held, found, number_, outcome)
    for (scenario, its), axes in zip(heats, places[len(held.axes) :], strict=False):
        _heat(axes, held, scenario, its, outcome)
    for axes in places[panels:]:
        axes.set_axis_off()
    told = " ".join(one.sentence(outcome) for one in curves(held, outcome)[:2])
    figure.suptitle(as_written(fill(told, int(11.5 * figure.get_figwidth()))), fontsize=9)
    foot(figure, str(held.manifest["sample"]))
    figure.savefig(path)


def _curves(axes: Any, held: Held, found: Sequence[Level], axis: int, outcome: str) -> None:
    """One thing along the axis; a line for each value of another, where there are few, else for each policy."""
    name, one = held.axes[axis], BY_NAME[outcome]
    lines = _lines(held, found, axis)
    for (label, its), colour in zip(lines, COLOURS, strict=False):
        levels = response.along(its, axis, name)
        if drawn(held) and levels and not isinstance(levels[0].values[axis], str):
            _cloud(axes, its, axis, one.scale, colour, label)
        else:
            _line(axes, levels, axis, name, one.scale, colour, label, len(lines) == 1)
    column = held.manifest["columns"][name]
    axes.set_xlabel(as_written(str(column["meaning"]) + (f" ({column['unit']})" if column["unit"] != "word" else "")))
    what = one.short or one.words
    axes.set_ylabel(
        what if drawn(held) else f"{what}: change within each world" + (", points" if one.kind == "share" else ""),
        fontsize=8,
    )
    if name in LEVERS and not LEVERS[name].choice:
        axes.axvline(LEVERS[name].today, color="#888888", linestyle=":", linewidth=1, label="today's value")
    axes.legend(fontsize=7)
    axes.spines[["top", "right"]].set_visible(False)


def _lines(held: Held, found: Sequence[Level], axis: int) -> list[tuple[str, list[Level]]]:
    """(label, its levels): by policy; of one policy in a grid of two, by the other's value where there are few."""
    policies = response.scenarios(held)
    other = 1 - axis if len(held.axes) == 2 else None
    if len(policies) > 1 or other is None or drawn(held) or held.manifest["identity"]["design"] != "grid":
        return [(name, [one for one in found if one.scenario == name]) for name in policies[:MOST_LINES]]
    values = list(dict.fromkeys(one.values[other] for one in found))
    if len(values) > MOST_LINES:
        return [("mean over the other", list(found))]
    said = held.manifest["columns"][held.axes[other]]["meaning"]
    return [
        (f"{said} {v if isinstance(v, str) else f'{v:.3g}'}", [one for one in found if one.values[other] == v])
        for v in values
    ]


def _line(
    axes: Any, levels: Sequence[Level], axis: int, name: str, scale: float, colour: str, label: str, alone: bool
) -> None:
    """The change from one value on, within each world: medians with their range; the only line has each world behind it."""
    if not levels:
        return
    base = levels[_base(levels, axis, name)]
    words = any(isinstance(one.values[axis], str) for one in levels)
    xs: list[Any] = list(range(len(levels))) if words else [one.values[axis] for one in levels]
    found = [response.step(base, one).difference for one in levels]
    middle, low, high = ([scale * getattr(f, end) for f in found] for end in ("median", "low", "high"))
    if alone and not words and all(np.array_equal(one.worlds, base.worlds) for one in levels):
        each = scale * np.array([one.per_world - base.per_world for one in levels])
        axes.plot(xs, each, color=colour, alpha=0.25, linewidth=0.6)
    axes.axhline(0, color="#888888", linewidth=0.6)
    if words:
        reach = np.nan_to_num([np.subtract(middle, low), np.subtract(high, middle)])
        axes.errorbar(xs, middle, reach, fmt="o", capsize=3, color=colour, label=as_written(label))
        axes.set_xticks(xs, [as_written(str(one.values[axis])) for one in levels], rotation=20, fontsize=7)
        return
    axes.fill_between(xs, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(xs, middle, "o-", color=colour, markersize=3.5, label=as_written(label))


def _base(levels: Sequence[Level], axis: int, name: str) -> int:
    """From which value changes are counted: a lever's nearest to today's, else the first."""
    values = [one.values[axis] for one in levels]
    if name not in LEVERS or any(isinstance(value, str) or value is None for value in values):
        return 0
    return int(np.argmin([abs(float(value) - LEVERS[name].today) for value in values if value is not None]))


def _cloud(axes: Any, its: Sequence[Level], axis: int, scale: float, colour: str, label: str) -> None:
    """Each drawn point's median, and the mean of those nearby."""
    order = sorted(its, key=lambda one: float(one.values[axis] or 0.0))
    xs = np.array([float(one.values[axis] or 0.0) for one in order])
    ys = scale * np.array([one.interval.median for one in order])
    axes.plot(xs, ys, ".", color=colour, alpha=0.4, markersize=4)
    width = max(1, len(xs) // 5)
    near = np.ones(width) / width
    axes.plot(np.convolve(xs, near, "valid"), np.convolve(ys, near, "valid"), color=colour, label=as_written(label))


def _heats(held: Held, found: Sequence[Level]) -> list[tuple[str, list[Level]]]:
    """(policy, its levels) of a grid of two numbers with three values each at least."""
    values = [one["values"] for one in held.manifest["identity"]["vary"]]
    numbers = all(len(v) >= 3 and not any(isinstance(x, str) for x in v) for v in values)
    if held.manifest["identity"]["design"] != "grid" or len(held.axes) != 2 or not numbers:
        return []
    return [(name, [one for one in found if one.scenario == name]) for name in response.scenarios(held)]


def _heat(axes: Any, held: Held, scenario: str, its: Sequence[Level], outcome: str) -> None:
    """Medians over two numbers."""
    xs, ys = (sorted({float(one.values[k]) for one in its if one.values[k] is not None}) for k in (0, 1))  # type: ignore[arg-type]
    cells = np.full((len(ys), len(xs)), np.nan)
    for one in its:
        x, y = one.values
        cells[ys.index(float(y or 0.0)), xs.index(float(x or 0.0))] = one.interval.median
    axes.imshow(cells, origin="lower", aspect="auto", cmap="viridis")
    low, high = np.nanmin(cells), np.nanmax(cells)
    for (row, column), value in np.ndenumerate(cells):
        dark = high == low or (value - low) / (high - low) < WHITE_BELOW
        if len(xs) * len(ys) <= 120:
            axes.text(
                column,
                row,
                number(outcome, float(value)),
                ha="center",
                va="center",
                fontsize=6,
                color="white" if dark else "black",
            )
    axes.set_xticks(range(len(xs)), [f"{x:.3g}" for x in xs], fontsize=7)
    axes.set_yticks(range(len(ys)), [f"{y:.3g}" for y in ys], fontsize=7)
    labels = [held.manifest["columns"][name]["meaning"] for name in held.axes]
    axes.set(xlabel=as_written(labels[0]), ylabel=as_written(labels[1]))
    axes.set_title(as_written(f"{scenario}: median across worlds"), fontsize=8)
