"""Gains in availability and in people starting, by gate."""

from __future__ import annotations

from pathlib import Path

from reports.pictures.paper import foot, sheet
from scenarios.questions.relief import Gain
from sim.results import caveats
from sim.results.outcomes import BY_NAME, MAIN
from sim.results.result import Result


def draw(path: Path, base: Result, gains: list[Gain]) -> None:
    """Gains in availability and in people starting, by gate."""
    figure, axes = sheet(figsize=(9, 1.5 + 0.5 * len(gains)))
    for k, (name, color) in enumerate(((MAIN, "#1f6f8b"), ("started_in_time", "#b5532a"))):
        middle = [100 * g.by[name].difference.median for g in gains]
        axes.barh(
            [i + 0.4 * k for i in range(len(gains))], middle, 0.38, color=color, label=BY_NAME[name].short.lower()
        )
    axes.set_yticks([i + 0.2 for i in range(len(gains))], [" and ".join(g.gates) for g in gains])
    axes.invert_yaxis()
    axes.axvline(0, color="#444444", linewidth=0.8)
    axes.set_xlabel("change, points of wants")
    axes.set_title("What opening one gate would gain", fontsize=10)
    axes.legend(fontsize=8)
    foot(figure, caveats.about(base.shape))
    figure.savefig(path)
