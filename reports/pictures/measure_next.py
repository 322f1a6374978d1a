"""Measure this next: a row a study, a column an answer, the darker the more it would be narrowed."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

import numpy as np

from reports.pictures.paper import as_written, foot, sheet
from reports.questions.measure_next import answer_words, share
from scenarios.worth.next_study import Found, Pair

DARK = 0.6
"""Of the darkest, from where on figures are white."""


def draw(path: Path, found: Found) -> None:
    """A figure stands where an interval lies above the floor; where it does not, a dot on white, whatever the sum gave."""
    by_place = {(id(pair.study), id(pair.answer)): pair for pair in found.pairs}
    grid = [[by_place[id(study), id(answer)] for answer in found.answers] for study in found.studies]
    values = np.array([[pair.narrows if pair.clear else 0.0 for pair in row] for row in grid])
    most = max(float(values.max()), 0.05)
    rows, columns = values.shape
    figure, axes = sheet(figsize=(4 + 0.55 * columns, 3 + 0.5 * rows))
    axes.imshow(values, cmap="Blues", vmin=0.0, vmax=most, aspect="auto")
    for i, row in enumerate(grid):
        for j, pair in enumerate(row):
            color = "white" if values[i, j] > DARK * most else "#1d2b36"
            axes.text(j, i, _figure(pair), ha="center", va="center", fontsize=7, color=color)
    names = [as_written(fill(study.what, 40)) for study in found.studies]
    axes.set_yticks(range(rows), names, fontsize=7)
    heads = [as_written(fill(answer_words(answer), 44)) for answer in found.answers]
    axes.set_xticks(range(columns), heads, rotation=90, fontsize=7)
    foot(
        figure,
        f"Share of each answer's standard deviation that a study is expected to take off, from {found.draws} draws of the posterior. "
        "A dot: not told from a study of nothing.",
    )
    figure.savefig(path)


def _figure(pair: Pair) -> str:
    return share(pair.expected.narrows) if pair.clear else "·"
