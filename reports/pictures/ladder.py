"""The ladder to everyone as a picture file: a waterfall for available."""

from __future__ import annotations

from pathlib import Path

from reports.ladder.words import TITLES, Line, headed, lines
from reports.pictures.paper import as_written, foot, sheet
from scenarios.questions.ladder import Climbed
from sim.results import caveats
from sim.results.outcomes import MAIN

REACHED, BEYOND, LEVEL, LOSS = "#1f6f8b", "#c5dbe2", "#444444", "#b5532a"


def draw(path: Path, climbed: Climbed) -> None:
    """A waterfall from today to everyone: what levers reach of each step, and what none reaches."""
    ladder = climbed.everyone[MAIN]
    rows = lines(ladder) if len(ladder.today) else []
    figure, axes = sheet(figsize=(9, 4.4))
    at = 0.0
    for i, line in enumerate(rows):
        at = _bar(axes, i, line, at)
    axes.set_yticks(range(len(rows)), [as_written(line.label) for line in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 108)
    axes.set_xlabel("of 100 wants")
    axes.set_title(as_written(headed(ladder, TITLES[MAIN])), fontsize=10)
    if rows:
        axes.legend(fontsize=8, loc="lower left")
    foot(figure, caveats.about(climbed.base.shape))
    figure.savefig(path)


def _bar(axes: object, i: int, line: Line, at: float) -> float:
    """One line's bar from where the last one ended; returns where this one ends."""
    level = line.step in ("today", "everyone")
    start = 0.0 if level else at
    if level or line.points < 0:
        axes.barh(i, line.points, left=start, color=LEVEL if level else LOSS)  # type: ignore[attr-defined]
    else:
        reached = min(max(line.reachable or 0.0, 0.0), line.points)
        words = ("levers reach", "no lever reaches") if line.step == "known" else ("", "")
        for from_, size, color, label in (
            (start, reached, REACHED, words[0]),
            (start + reached, line.points - reached, BEYOND, words[1]),
        ):
            axes.barh(i, size, left=from_, color=color, label=label)  # type: ignore[attr-defined]
    axes.text(start + max(line.points, 0.0) + 1, i, f"{line.points:.1f}", va="center", fontsize=8)  # type: ignore[attr-defined]
    return start + line.points
