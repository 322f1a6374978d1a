"""How sure we may be that a bundle meets a goal, looked at again after every batch of fresh worlds.

The interval is a confidence sequence: Robbins' mixture of binomial likelihoods (a uniform Beta prior) and
Ville's inequality. It holds at all looks together with chance 1 - alpha, so stopping as soon as it is clear
does not spoil it, as a fixed-size interval would be spoiled. Source: Robbins, Annals of Mathematical
Statistics 41 (1970), "Statistical methods related to the law of the iterated logarithm".
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log

ALPHA = 0.02
"""Chance that an interval ever misses, for one bundle (judgement: several bundles are tested in a search)."""
STEPS = 60


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


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _evidence_against(p: float, met: int, worlds: int) -> float:
    """Log of the mixture's likelihood over that of `p`: grows without bound where `p` is wrong."""
    missed = worlds - met
    if (p <= 0 and met) or (p >= 1 and missed):
        return float("inf")
    likelihood = (met * log(p) if met else 0.0) + (missed * log(1 - p) if missed else 0.0)
    return _log_beta(met + 1, missed + 1) - likelihood


def interval(met: int, worlds: int, alpha: float = ALPHA) -> tuple[float, float]:
    """(low, high) for the share of worlds that meet the goal, valid at every look. ValueError unless 0 <= met <= worlds."""
    if not 0 <= met <= worlds:
        raise ValueError(f"met is between 0 and {worlds}, not {met}")
    if worlds == 0:
        return 0.0, 1.0
    middle, bar = met / worlds, log(1 / alpha)
    return _edge(0.0, middle, met, worlds, bar), _edge(1.0, middle, met, worlds, bar)


def _edge(outside: float, inside: float, met: int, worlds: int, bar: float) -> float:
    """Where the evidence crosses the bar, between a share ruled out (or an end of the range) and the share seen."""
    if _evidence_against(outside, met, worlds) < bar:
        return outside
    for _ in range(STEPS):
        half = (outside + inside) / 2
        if _evidence_against(half, met, worlds) >= bar:
            outside = half
        else:
            inside = half
    return outside


def judge(met: int, worlds: int, needed: float, alpha: float = ALPHA) -> Verdict:
    """Certified when the whole interval is at or above `needed`, rejected when it is below."""
    low, high = interval(met, worlds, alpha)
    word = "certified" if low >= needed else "rejected" if high < needed else "open"
    return Verdict(met, worlds, low, high, word)


def fewest_worlds(needed: float, alpha: float = ALPHA) -> int:
    """The fewest fresh worlds that can certify: as many as it takes when the goal is met in every one of them."""
    worlds = 1
    while judge(worlds, worlds, needed, alpha).word != "certified":
        worlds += 1
    return worlds


def certifiable(needed: float, worlds: int, alpha: float = ALPHA) -> float:
    """The smallest share of so many fresh worlds that certifies; above 1 where even all of them would not."""
    low, high = 0, worlds + 1
    while high - low > 1:
        met = (low + high) // 2
        low, high = (low, met) if judge(met, worlds, needed, alpha).word == "certified" else (met, high)
    return high / worlds
