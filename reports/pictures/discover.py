"""Coverage against density along the peeling, rules on fresh runs, and each rule's limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.pictures.paper import as_written, foot, sheet
from reports.questions.discover import headline
from reports.questions.sensitivity import of_runs, subject
from scenarios.questions.discover import Looked


def draw(path: Path, looked: Looked) -> None:
    """Left: coverage against density along the peeling, rules on fresh runs. Right: each rule's limits."""
    figure, (left, right) = sheet(1, 2, figsize=(13, 4.8))
    steps, rules = looked.found.path, looked.found.rules
    left.plot(
        [100 * s.coverage for s in steps],
        [100 * s.density for s in steps],
        ".-",
        color="#b0b0b0",
        label="boxes on the way",
    )
    for number, rule in enumerate(rules, 1):
        c, d = rule.coverage, rule.density
        left.errorbar(
            [100 * c.value],
            [100 * d.value],
            [[100 * (d.value - d.low)], [100 * (d.high - d.value)]],
            [[100 * (c.value - c.low)], [100 * (c.high - c.value)]],
            "o",
            capsize=3,
            label=f"rule {number} on fresh runs",
        )
    side = "failures" if looked.failing else "successes"
    left.set(
        xlabel=f"coverage: % of all {side}",
        ylabel=f"density: % of the box that are {side}",
        xlim=(0, 105),
        ylim=(0, 105),
    )
    left.legend(fontsize=8)
    _limits(right, looked)
    figure.suptitle(as_written(f"{subject(looked.question, looked.aim.outcome)}\n{headline(looked)}"), fontsize=9)
    foot(figure, of_runs(looked.question))
    figure.savefig(path)


def _limits(axes: Any, looked: Looked) -> None:
    rows = [
        (f"rule {k}: {looked.question.inputs[j].name}", rule.box[j])
        for k, rule in enumerate(looked.found.rules, 1)
        for j in sorted({j for j, _ in rule.quasi_p})
    ]
    for place, (_, (low, high)) in enumerate(rows):
        axes.barh(place, 100, color="#eeeeee")
        axes.barh(place, 100 * (high - low), left=100 * low, color="#b5532a" if looked.failing else "#1f6f8b")
    axes.set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("% of the prior (or of the lever's range)" if rows else "no rule held on fresh runs")
