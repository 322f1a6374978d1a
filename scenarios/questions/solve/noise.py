"""How much of a world's result is the luck of a sample, and how many runs of luck a world takes so that this hardly counts.

A certificate is a share of draws that meet the goal. A run of a sample has luck of its own, which makes results differ more
than draws do, and so pulls a share towards a half. A share above a half is pulled down: what is certified errs on the safe
side, and costs more than it need. With `average_luck` each fresh world takes as many runs as it takes for luck to be less than
a tenth of the variance between draws. How many is measured, on a policy of the search, before any test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.questions.solve.runs import Runs

DRAWS, REPLICATES = 12, 4
"""Of the measurement: draws of the search at most, and runs of luck in each."""
LESS_THAN = 0.1
"""Luck, of the variance between draws: at most."""
MOST_REPLICATES = 8


@dataclass(frozen=True)
class Noise:
    """Variances of the slack: `within` a draw, of one run; `between` draws, luck taken off. `replicates`: in each fresh world;
    `wanted`: with which luck would hardly count."""

    within: float
    between: float
    replicates: int
    wanted: int

    @property
    def share(self) -> float:
        """Luck of the mean of a world's replicates, of the variance between draws; infinite where draws do not differ."""
        return self.within / self.replicates / self.between if self.between > 0 else float("inf")

    @property
    def enough(self) -> bool:
        """Whether luck is as small as it should be."""
        return self.share < LESS_THAN

    @property
    def said(self) -> str:
        """In a sentence."""
        runs = "run" if self.replicates == 1 else "runs"
        if not np.isfinite(self.share):
            return "The draws do not differ in this goal, so the share of worlds that meet it is luck alone."
        part = f"{self.share:.0%}" if self.share < 1 else f"{self.share:.1f} times"
        told = f"With {self.replicates} {runs} of luck in each world, luck adds {part} of the variance between draws"
        if self.enough:
            return f"{told}."
        safe = "That pulls shares above a half down, so a certificate errs on the safe side and costs more than it need"
        mend = "More people help." if self.wanted <= self.replicates else f"{self.wanted} runs (--careful) mend it."
        return f"{told}. {safe}. {mend}"


def split(slack: np.ndarray) -> tuple[float, float]:
    """(variance within a draw, variance between draws less what luck adds to it), of float64[draws, replicates]."""
    within = float(slack.var(axis=1, ddof=1).mean())
    return within, max(0.0, float(slack.mean(axis=1).var(ddof=1)) - within / slack.shape[1])


def measured(runs: Runs, bundle: np.ndarray) -> Noise:
    """Of one policy, in worlds of the search."""
    draws = range(min(DRAWS, runs.goal.file.search.worlds))
    within, between = split(runs.slack(runs.each(bundle, draws, REPLICATES)))
    wanted = int(np.floor(within / between / LESS_THAN)) + 1 if between > 0 else 1
    most, usual = max(runs.study.replicates, min(MOST_REPLICATES, wanted)), runs.study.replicates
    return Noise(within, between, most if runs.goal.file.search.average_luck else usual, most)
