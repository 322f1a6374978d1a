"""Pictures of runs for `--plot`: matplotlib, drawn without a screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt

from sim import caveats, summary
from sim.result import Result


def draw(path: Path, named: Sequence[tuple[str, Result]]) -> None:
    """Availability by deprivation fifth, and where wants are lost, of each run. `path` is PNG or SVG."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    _deprivation(left, named)
    _cascade(right, named)
    figure.suptitle(f"{caveats.status(named[0][1].shape)}. {caveats.OFFERED}", fontsize=9)
    figure.savefig(path)
    plt.close(figure)


def _deprivation(axes: plt.Axes, named: Sequence[tuple[str, Result]]) -> None:
    for i, (title, result) in enumerate(named):
        found = [g.interval for g in summary.groups(result, "deprivation fifth") if not g.small]
        middle = [100 * f.median for f in found]
        reach = [[100 * (f.median - f.low) for f in found], [100 * (f.high - f.median) for f in found]]
        axes.errorbar([k + 1 + 0.12 * i for k in range(len(found))], middle, reach, fmt="o", capsize=3, label=title)
    axes.set(xlabel="deprivation fifth (1 most deprived)", ylabel="available, % of wants", ylim=(0, None))
    axes.legend(fontsize=8)


def _cascade(axes: plt.Axes, named: Sequence[tuple[str, Result]]) -> None:
    height = 0.8 / len(named)
    for i, (title, result) in enumerate(named):
        rows = summary.cascade(result)
        spots = [k + i * height for k in range(len(rows))]
        axes.barh(spots, [100 * row.share for row in rows], height, label=title)
    axes.set_yticks(range(len(rows)), [row.name.removeprefix("stopped: ") for row in rows], fontsize=8)
    axes.invert_yaxis()
    axes.set(xlabel="of 100 wants, where each ended")
