"""The ranking of inputs with its limits and the floor; beside it Morris' effects, where there was screening."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reports.pictures.paper import as_written, foot, sheet
from reports.questions.sensitivity import TOP, of_runs, order, subject
from scenarios.questions.rows import Question
from sim.results.outcomes import BY_NAME

if TYPE_CHECKING:
    from scenarios.questions.sensitivity import Found, Index


def draw(path: Path, question: Question, outcome: str, found: Found) -> None:
    """The ranking with its limits and the floor; beside it Morris' effects, where there was screening."""
    shown = [(found.ranking, 100.0, "share of the variance between rows, %")]
    if found.morris:
        scale = BY_NAME[outcome].scale
        shown.append(
            (
                found.morris,
                scale,
                "Morris: mean move of the outcome over the range" + (", points" if scale == 100 else ""),
            )
        )
    rows = order(found)[:TOP]
    figure, grid = sheet(1, len(shown), figsize=(6.5 * len(shown), 1.8 + 0.35 * len(rows)), squeeze=False)
    for axes, (index, scale, words) in zip(grid[0], shown, strict=True):
        nothing = "luck between two runs" if index is found.morris else "an input that does nothing"
        bars(axes, [question.inputs[j].name for j in rows], index, rows, scale, nothing)
        axes.set_xlabel(words)
    figure.suptitle(as_written(subject(question, outcome)), fontsize=10)
    foot(figure, of_runs(question))
    figure.savefig(path)


def bars(axes: Any, names: list[str], index: Index, rows: list[int], scale: float, nothing: str) -> None:
    """One bar an input with its limits; the dashed line is the floor."""
    value = scale * np.maximum(index.value[rows], 0)
    reach = np.nan_to_num(np.abs(scale * np.array([index.low[rows], index.high[rows]]).clip(0) - value))
    colors = ["#1f6f8b" if index.clear[j] else "#b0b0b0" for j in rows]
    axes.barh(range(len(rows)), value, xerr=reach, color=colors, error_kw={"linewidth": 0.8, "capsize": 2})
    axes.axvline(scale * max(index.floor, 0), color="#b5532a", linestyle="--", linewidth=1, label=nothing)
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.invert_yaxis()
    axes.legend(fontsize=7)
