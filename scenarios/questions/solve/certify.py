"""How sure we may be that a bundle meets a goal, looked at again after every batch of fresh worlds.

When the looks come is fixed beforehand; the chance to be wrong is spent over them, little at the first ones, and by the last
no more than ALPHA of it. So stopping as soon as it is clear does not spoil the verdict, as it would spoil an interval made
for one look. Bars are exact (binomial). The interval holds every share that its own bars have not ruled out. Sources: Lan and
DeMets, Biometrika 70 (1983), 659-663 (spending); Jennison and Turnbull, Controlled Clinical Trials 5 (1984), 33-45 (repeated
confidence intervals). Why not an interval that is valid at any look whatever: docs/decisions/0015.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log

import numpy as np

ALPHA = 0.02
"""Chance that an end of the interval ever misses, for one bundle (judgement: several bundles are tested in a search)."""
SPENT = 2
"""By a look at a share t of the worlds, ALPHA * t ** SPENT may be spent (judgement: little early, nearly all of it late)."""
STEPS = 25
"""Halvings for an end of the interval: to 3e-8."""


@dataclass(frozen=True)
class Looks:
    """After every `batch` fresh worlds, and after the last of `most`."""

    batch: int
    most: int

    @property
    def ends(self) -> tuple[int, ...]:
        """Worlds at each look."""
        return (*range(self.batch, self.most, self.batch), self.most)


@dataclass(frozen=True)
class Verdict:
    """After `worlds` fresh worlds, `met` of which met the goal: "certified", "rejected" or "open"."""

    met: int
    worlds: int
    low: float
    high: float
    word: str

    @property
    def share(self) -> float:
        """Share of fresh worlds that met the goal."""
        return self.met / self.worlds if self.worlds else float("nan")


def _bars(p: float, looks: Looks, alpha: float) -> Iterator[int]:
    """At each look, the fewest successes that a true share of `p` gives too seldom: all looks together, at most `alpha`."""
    from scipy.stats import binom

    alive, spent, before = np.ones(1), 0.0, 0
    for end in looks.ends:
        alive = np.convolve(alive, binom.pmf(np.arange(end - before + 1), end - before, p))
        this_or_more = np.append(np.cumsum(alive[::-1])[::-1], 0.0)
        bar = int(np.argmax(this_or_more <= alpha * (end / looks.most) ** SPENT - spent))
        spent, before = spent + float(this_or_more[bar]), end
        alive[bar:] = 0.0
        yield bar


@lru_cache(maxsize=4096)
def _bar(p: float, worlds: int, looks: Looks, alpha: float) -> int:
    """That of one look. ValueError where none comes after so many worlds."""
    if worlds not in looks.ends:
        raise ValueError(f"no look comes after {worlds} worlds: {looks}")
    return next(bar for end, bar in zip(looks.ends, _bars(p, looks, alpha), strict=True) if end == worlds)


def _above(p: float, met: int, worlds: int, looks: Looks, alpha: float) -> bool:
    """Whether so many successes rule out that the true share is `p` or less."""
    return met >= _bar(p, worlds, looks, alpha)


def interval(met: int, worlds: int, looks: Looks, alpha: float = ALPHA) -> tuple[float, float]:
    """(low, high) for the share of worlds that meet the goal; each end holds at all looks together with chance 1 - alpha.
    ValueError unless 0 <= met <= worlds and a look comes then."""
    if not 0 <= met <= worlds:
        raise ValueError(f"met is between 0 and {worlds}, not {met}")
    if worlds == 0:
        return 0.0, 1.0
    return _edge(met, worlds, looks, alpha), 1 - _edge(worlds - met, worlds, looks, alpha)


def _edge(met: int, worlds: int, looks: Looks, alpha: float) -> float:
    """The largest share that so many successes rule out, by halving."""
    out, within = 0.0, met / worlds
    for _ in range(STEPS):
        half = (out + within) / 2
        out, within = (half, within) if _above(half, met, worlds, looks, alpha) else (out, half)
    return out


def word(met: int, worlds: int, needed: float, looks: Looks, alpha: float = ALPHA) -> str:
    """ "certified" when shares below `needed` are ruled out, "rejected" when it and all above are, else "open"."""
    if worlds and _above(needed, met, worlds, looks, alpha):
        return "certified"
    return "rejected" if worlds and _above(1 - needed, worlds - met, worlds, looks, alpha) else "open"


def judge(met: int, worlds: int, needed: float, looks: Looks, alpha: float = ALPHA) -> Verdict:
    """The word with the interval, whose ends (rounded by halving) never stand on the other side of `needed` than the word."""
    (low, high), said = interval(met, worlds, looks, alpha), word(met, worlds, needed, looks, alpha)
    low = max(low, needed) if said == "certified" else min(low, needed)
    return Verdict(met, worlds, low, min(high, needed) if said == "rejected" else max(high, needed), said)


def fewest_worlds(needed: float, alpha: float = ALPHA) -> int:
    """The fewest fresh worlds that can certify: in one look, with the goal met in every one of them."""
    return ceil(log(alpha) / log(needed))


def certifiable(needed: float, looks: Looks, alpha: float = ALPHA) -> float:
    """The smallest share of the most worlds that certifies; above 1 where even all of them would not."""
    return _bar(needed, looks.most, looks, alpha) / looks.most
