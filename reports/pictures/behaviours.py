"""Each behaviour's measure in every world, mechanism on and off, against its bar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from reports.pictures.paper import foot, sheet
from scenarios.questions.behaviours import Found


def draw(path: Path, found: Sequence[Found], about: str) -> None:
    """Each behaviour's measure in every world, mechanism on and off, against its bar."""
    figure, grid = sheet(len(found), 1, figsize=(9, 1.3 * len(found) + 0.8), squeeze=False)
    for axes, f in zip(grid[:, 0], found, strict=True):
        axes.plot(f.on, np.ones(len(f.on)), "o", alpha=0.6, color="#1f6f8b")
        axes.plot(f.off, np.zeros(len(f.off)), "s", alpha=0.6, color="#b5532a")
        axes.axvline(f.behaviour.bar, color="#444444", linewidth=0.8, linestyle="--")
        axes.set_yticks([0, 1], ["off", "on"])
        axes.set_ylim(-0.6, 1.6)
        axes.set_title(f.behaviour.sentence, fontsize=8, loc="left")
        axes.set_xlabel(f.behaviour.unit, fontsize=7)
        axes.tick_params(labelsize=7)
    foot(figure, about)
    figure.savefig(path)
