"""The picture of `run` and `compare`: availability by deprivation fifth, and where wants are lost."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes

from reports.pictures.paper import as_written, foot, sheet
from sim.results import caveats, equity, summary
from sim.results.result import Result
from sim.results.words import members

Named = Sequence[tuple[str, Result]]
"""(title, run)."""
LEVELS = "The level under each policy, not the difference between them."


class Picture:
    """Availability by deprivation fifth, and where wants are lost, of each run. A notebook shows it; `figure` is matplotlib's."""

    def __init__(self, named: Named):
        self.figure, (left, right) = sheet(1, 2, figsize=(13, 5))
        _deprivation(left, named)
        _cascade(right, named)
        status = caveats.status(named[0][1].shape)
        self.figure.suptitle(f"{LEVELS} {status[:1].upper() + status[1:]}. {caveats.OFFERED}", fontsize=9)
        foot(self.figure, caveats.about(named[0][1].shape))

    def save(self, path: str | Path) -> None:
        """Write it; `path` is PNG or SVG."""
        self.figure.savefig(path)

    def _repr_png_(self) -> bytes:
        content = BytesIO()
        self.figure.savefig(content, format="png", dpi=80)
        return content.getvalue()


def draw(path: Path, named: Named) -> None:
    """The picture of runs, in a file; `path` is PNG or SVG."""
    Picture(named).save(path)


def _deprivation(axes: Axes, named: Sequence[tuple[str, Result]]) -> None:
    """Each fifth at its own number, empty where it has too few wants; a pooled one where it belongs, and named."""
    every = summary.side_by_side([result for _, result in named], "deprivation fifth")
    rows = [row for row in every if not any(group.small for group in row)]
    spots = [position(row[0].level) for row in rows]
    for i, (title, _) in enumerate(named):
        found = [row[i].interval for row in rows]
        middle = [100 * f.median for f in found]
        reach = [[100 * (f.median - f.low) for f in found], [100 * (f.high - f.median) for f in found]]
        axes.errorbar([spot + 0.12 * i for spot in spots], middle, reach, fmt="o", capsize=3, label=as_written(title))
    ticks = [position(row[0].level) for row in every]
    axes.set_xticks(
        ticks,
        [
            " and ".join(members(row[0].level)) + ("\ntoo few wants" if any(g.small for g in row) else "")
            for row in every
        ],
    )
    axes.set(
        xlabel="deprivation fifth (1 most deprived)",
        ylabel="available, % of wants",
        ylim=(0, None),
        xlim=(0.5, max(5.0, *ticks) + 0.5),
    )
    axes.legend(fontsize=8)


def position(level: str) -> float:
    """Where a fifth stands on the axis: at its number; neighbours that are pooled between theirs, others after the last."""
    numbers = [int(fifth) for fifth in members(level)]
    return sum(numbers) / len(numbers) if numbers[-1] - numbers[0] < len(numbers) else equity.FIFTHS + 1.0


def _cascade(axes: Axes, named: Sequence[tuple[str, Result]]) -> None:
    height = 0.8 / len(named)
    rows = summary.cascades([result for _, result in named])
    for i, (title, _) in enumerate(named):
        axes.barh(
            [k + i * height for k in range(len(rows))],
            [100 * row[i].share for row in rows],
            height,
            label=as_written(title),
        )
    axes.set_yticks(range(len(rows)), [row[0].name.removeprefix("stopped: ") for row in rows], fontsize=8)
    axes.invert_yaxis()
    axes.set(xlabel="of 100 wants, where each ended")
