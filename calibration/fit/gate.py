"""The gate: on runs held out, does an emulator say what the simulator says, and know how far it is off?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from calibration.fit.bank import how_many, means
from calibration.fit.emulate import TINY, Emulator

SPREAD = (0.9, 1.1)
"""Standardised misses should have a standard deviation between these,"""
COVERED = 0.93
"""and this share of them should lie within 1.96; both are judged at 99% for the number held out."""
EXPLAINED = 0.5
"""Share of the variance between points that a surface has to explain, unless its error is below the noise."""


@dataclass(frozen=True)
class Checked:
    """What the gate found for one statistic. q2: share of variance between held-out points explained, noise aside (see
    `explained`)."""

    name: str
    kind: str
    points: int
    spread: float
    covered: float
    q2: float | None
    squared_error: float
    noise: float
    passed: bool
    why: str


def gate(emulator: Emulator, names: tuple[str, ...], x: np.ndarray, runs: np.ndarray) -> list[Checked]:
    """A verdict on each statistic from runs float64[n, r, t] at x float64[n, d] that the fit has not seen; NaN where a point
    was run less often."""
    mean, error = emulator.predict(x)
    y, noise, r = means(runs), emulator.noise(x), how_many(runs)
    z = (y - mean) / np.sqrt(error + noise / r[:, None] + TINY)
    often = 1 / float(np.mean(1 / r))
    kinds = emulator.kinds()
    return [
        judge(name, kinds[j], z[:, j], y[:, j], mean[:, j], float(noise[:, j].mean()), often)
        for j, name in enumerate(names)
    ]


def judge(
    name: str, kind: str, z: np.ndarray, y: np.ndarray, mean: np.ndarray, noise: float, replicates: float
) -> Checked:
    """The verdict on one statistic: z standardised misses, y means of the runs, all float64[n]; replicates: runs a point."""
    n, spread, covered = len(z), float(np.sqrt(np.mean(z**2))), float(np.mean(np.abs(z) < 1.96))
    squared = max(float(np.mean((y - mean) ** 2)) - noise / replicates, 0.0)
    q2 = explained(y, mean, noise / replicates)
    low, high = np.sqrt(stats.chi2.ppf([0.005, 0.995], n) / n)
    fewest = stats.binom.ppf(0.01, n, COVERED) / n
    reasons = []
    if spread > SPREAD[1] * high:
        reasons.append(f"misses are {spread:.2f} of what it allows for")
    if spread < SPREAD[0] * low and squared > noise:
        reasons.append(f"it allows for far more than it misses ({spread:.2f})")
    if covered < fewest:
        reasons.append(f"only {covered:.0%} of held-out points inside its 95% interval")
    if (q2 is None or q2 < EXPLAINED) and squared > noise:
        reasons.append(f"it explains {max(q2 or 0, 0):.0%} of how the statistic moves, and errs by more than the noise")
    return Checked(name, kind, n, spread, covered, q2, squared, noise, not reasons, "; ".join(reasons) or "passed")


def explained(y: np.ndarray, mean: np.ndarray, noise: float) -> float | None:
    """Share of how means of runs y float64[n] move between points that an emulator's `mean` explains.

    Their noise, of this variance, is taken off both what moves and what is missed. So it may pass 1 by luck, and lie
    below 0 where the emulator errs by more than they move. None: they move by less than noise lets one see.
    """
    between = float(np.var(y)) - noise
    if between <= 2 * np.sqrt(2 / len(y)) * noise + TINY:
        return None
    return 1 - (float(np.mean((y - mean) ** 2)) - noise) / between


def inflate(emulator: Emulator, checks: list[Checked]) -> Emulator:
    """The emulator with errors widened where its misses were larger than it allows for."""
    factor = np.array([1.0 if check.passed else max(check.spread, 1.0) ** 2 for check in checks])
    return replace(emulator, inflated=emulator.inflated * factor)
