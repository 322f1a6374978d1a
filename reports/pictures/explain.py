"""The ledger of a change as a waterfall."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reports.pictures.paper import as_written, foot, sheet
from reports.questions.explain import rows_of
from scenarios.questions.explain import Ledger
from sim.results.outcomes import BY_NAME
from sim.results.words import WORDS


def draw(path: Path, ledger: Ledger, about: str) -> None:
    """A waterfall of the shares."""
    rows = rows_of(ledger)
    scale = BY_NAME[ledger.outcome].scale
    sizes = [scale * mean for _, mean in rows]
    starts = np.concatenate(([0.0], np.cumsum(sizes)[:-1]))
    figure, axes = sheet(figsize=(9, 1.6 + 0.4 * len(rows)))
    axes.barh(range(len(rows)), sizes, left=starts, color=["#1f6f8b" if s >= 0 else "#b5532a" for s in sizes])
    axes.barh([len(rows)], [sum(sizes)], color="#444444")
    axes.set_yticks(range(len(rows) + 1), [name for name, _ in rows] + ["all together"])
    axes.invert_yaxis()
    axes.axvline(0, color="#444444", linewidth=0.8)
    axes.set_xlabel(f"{WORDS[ledger.outcome]}: change" + (", points" if scale == 100 else ""))
    axes.set_title(as_written(f"What moved the result: {ledger.a} to {ledger.b}"), fontsize=10)
    foot(figure, about)
    figure.savefig(path)
