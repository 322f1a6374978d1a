"""docs/scale.png: cost by size, and the libraries side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

from benchmarks.scale.intervals import Interval
from benchmarks.scale.peers import Found
from benchmarks.scale.sizes import Sizes

COLOURS = ("#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d")


def arms(one: Interval) -> tuple[float, float]:
    """How far an interval reaches below and above; nothing for one measurement."""
    return (0.0, 0.0) if one.low != one.low else (one.mean - one.low, one.high - one.mean)


def draw(sizes: Sizes, found: Sequence[Found], to: Path) -> None:
    """Write the picture."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    people = [one.people for one in sizes.sizes]
    spread = list(zip(*(arms(one.ns) for one in sizes.sizes), strict=True))
    left.errorbar(people, [one.ns.mean for one in sizes.sizes], spread, fmt="o-", color=COLOURS[0], capsize=3)
    left.set(xscale="log", xlabel="adults of one world", ylabel="CPU ns a person-week", title="peerscale's model")
    left.set_ylim(bottom=0)
    names = list(dict.fromkeys(one.peer.name for one in found))
    for k, size in enumerate(sorted({one.people for one in found})):
        here = [one for one in found if one.people == size]
        at = [names.index(one.peer.name) + 0.25 * k for one in here]
        limits = list(zip(*(arms(one.ns) for one in here), strict=True))
        right.errorbar(
            [one.ns.mean for one in here], at, xerr=limits, fmt="o", color=COLOURS[k], label=f"{size:,} people"
        )
    right.set(xscale="log", xlabel="CPU ns a person-week (lower is faster)", title="The toy pipeline")
    right.set_yticks(range(len(names)), names)
    right.invert_yaxis()
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3)
    figure.savefig(to, dpi=110, metadata={"Software": None})
    plt.close(figure)
