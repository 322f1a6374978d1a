"""How much of a world's result is the luck of a sample, and how many runs of luck a world takes so that this hardly counts.

A certificate is a share of draws that meet the goal. A run of a sample has luck of its own, which makes results differ more
than draws do, and so pulls a share towards a half. A share above a half is pulled down: what is certified errs on the safe
side, and costs more than it need. A share below a half is pulled up, so there a certificate errs on the other side. With
`average_luck` each fresh world takes as many runs as it takes for luck to be less than a tenth of the variance between
draws. How many is measured, on a policy of the search, before any test.
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
"""Runs of luck in a fresh world, however much luck there is: more would take too long (judgement)."""


@dataclass(frozen=True)
class Noise:
    """Variances of the slack: `within` a draw, of one run; `between` draws, luck taken off. `replicates`: in each fresh world;
    `wanted`: with which luck would hardly count (None where luck drowns what draws differ). `needed`: the share of worlds
    in which the goal is to hold."""

    within: float
    between: float
    replicates: int
    wanted: int | None
    needed: float

    def share_with(self, replicates: int) -> float:
        """Luck of the mean of so many runs, of the variance between draws; infinite where draws are not seen to differ."""
        if not self.within:
            return 0.0
        return self.within / replicates / self.between if self.between > 0 else float("inf")

    @property
    def share(self) -> float:
        """The same with as many runs as each fresh world has."""
        return self.share_with(self.replicates)

    @property
    def enough(self) -> bool:
        """Whether luck is as small as it should be."""
        return self.share < LESS_THAN

    @property
    def said(self) -> str:
        """In some sentences."""
        runs = f"With {self.replicates} {_runs(self.replicates)} of luck in each world"
        if self.enough:
            return f"{runs}, luck adds {_part(self.share)} of the variance between draws."
        seen = np.isfinite(self.share)
        adds = f"luck adds {_part(self.share)} of the variance between draws"
        told = f"{runs}, {adds if seen else 'there is too much luck to see whether draws differ in this goal'}."
        return f"{told} {self._side()} {self._mend()}"

    def _side(self) -> str:
        """To which side a certificate errs."""
        if self.needed > 1 / 2:
            return "That pulls shares above a half down, so a certificate errs on the safe side and costs more than it need."
        if self.needed < 1 / 2:
            return "That pulls shares below a half up, so a certificate errs on the unsafe side: it may be given too easily."
        return "That pulls shares towards a half, so a certificate of a half errs to neither side."

    def _mend(self) -> str:
        """What would make luck count less."""
        if self.replicates >= MOST_REPLICATES:
            return "More people help."
        if self.wanted is not None and self.wanted <= MOST_REPLICATES:
            return f"{self.wanted} runs (--careful) mend it."
        left = self.share_with(MOST_REPLICATES)
        less = f"bring it to {_part(left)}" if np.isfinite(left) else "make it less"
        return f"{MOST_REPLICATES} runs (--careful) {less}. More people help too."


def _runs(number: int) -> str:
    return "run" if number == 1 else "runs"


def _part(share: float) -> str:
    return f"{share:.0%}" if share < 1 else f"{share:.1f} times"


def split(slack: np.ndarray) -> tuple[float, float]:
    """(variance within a draw, variance between draws less what luck adds to it), of float64[draws, replicates]."""
    within = float(slack.var(axis=1, ddof=1).mean())
    return within, max(0.0, float(slack.mean(axis=1).var(ddof=1)) - within / slack.shape[1])


def wanted(within: float, between: float) -> int | None:
    """Runs of luck with which it would be less than LESS_THAN of the variance between draws; None where luck drowns that."""
    if not within:
        return 1
    return int(np.floor(within / between / LESS_THAN)) + 1 if between > 0 else None


def measured(runs: Runs, bundle: np.ndarray) -> Noise:
    """Of one policy, in worlds of the search. Where luck drowns what draws differ, as many runs as may be are taken."""
    table, usual = runs.goal.file.search, runs.study.replicates
    within, between = split(runs.slack(runs.each(bundle, range(min(DRAWS, table.worlds)), REPLICATES)))
    takes = wanted(within, between)
    most = max(usual, min(MOST_REPLICATES, takes or MOST_REPLICATES))
    return Noise(within, between, most if table.average_luck else usual, takes, runs.goal.file.goal.worlds)
