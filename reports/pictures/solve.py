"""Availability against cost, from today on."""

from __future__ import annotations

from pathlib import Path

from reports.pictures.paper import as_written, foot, sheet
from scenarios.questions.solve.frontier import Report
from scenarios.questions.solve.words import shown_steps, verdict_word, whom
from sim.results.words import WORDS


def draw(path: Path, found: Report) -> None:
    """Availability against cost, from today on, with the goals that were not reached said to be so."""
    figure, axes = sheet(figsize=(8, 5))
    marks = [("today", found.today, "o", "#444444")]
    marks += [
        (
            f"goal {words}" + ("" if s.reached else ": " + verdict_word(s)),
            s.point,
            "o" if s.reached else "x",
            "#1f6f8b" if s.reached else "#b5532a",
        )
        for words, s in shown_steps(found)
    ]
    seen: list[tuple[float, float]] = []
    for label, p, mark, color in marks:
        x, y = p.cost.median, 100 * p.available.median
        axes.plot([p.cost.low, p.cost.high], [y, y], color=color, linewidth=1)
        axes.plot([x, x], [100 * p.available.low, 100 * p.available.high], color=color, linewidth=1)
        axes.plot(x, y, mark, color=color)
        beside = sum(abs(x - a) < 1.0 and abs(y - b) < 4.0 for a, b in seen)
        axes.annotate(label, (x, y), textcoords="offset points", xytext=(6, 6 + 11 * beside), fontsize=8, color=color)
        seen.append((x, y))
    reached = [found.today, *(s.point for s in found.steps if s.reached)]
    axes.plot(
        [p.cost.median for p in reached], [100 * p.available.median for p in reached], ":", color="#1f6f8b", linewidth=1
    )
    axes.set(
        xlabel="cost, £ per adult per year (2024/25 prices), all payers; lines: 10 to 90% of worlds",
        ylabel=f"{WORDS[found.goal.file.goal.outcome]}\n% of wants",
        ylim=(0, 100),
    )
    axes.set_xlim(0, 1.5 * max(p.cost.high for _, p, _, _ in marks))
    axes.set_title(as_written(found.goal.file.question), fontsize=9, wrap=True)
    foot(figure, whom(found))
    figure.savefig(path, format="png", dpi=150)
