"""Sequential Monte Carlo: from the prior to the posterior by degrees of the likelihood.

Particles live where the prior is a standard normal (the normal score of the unit cube), so that bounds are
never met. Each degree raises the likelihood's power as far as the particles bear, resamples, and moves each
particle by a random walk shaped like the cloud until it has forgotten where it started.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from calibration.design import space_filling
from calibration.priors import EDGE
from calibration.trouble import CalibrationError

LogLikelihood = Callable[[np.ndarray], np.ndarray]
"""float64[n] at points float64[n, d] of the unit cube; minus infinity where a point is ruled out."""
KEPT_SHARE = 0.5
"""Effective share of the particles that a degree may leave."""
FORGOTTEN = 0.3
"""Correlation with their starts at which particles have moved enough,"""
MOST_MOVES = 40
"""or moves after which a degree ends in any case."""


@dataclass(frozen=True)
class Stage:
    """One degree: the power reached, the effective number of particles there, acceptance, moves, memory left."""

    power: float
    effective: float
    accepted: float
    moves: int
    remembered: float


@dataclass(frozen=True)
class Tempered:
    """Equally weighted particles of the posterior."""

    units: np.ndarray  # float64[n, d], unit cube
    log_likelihood: np.ndarray  # float64[n]
    log_evidence: float
    stages: tuple[Stage, ...]


def temper(log_likelihood: LogLikelihood, dimensions: int, particles: int, seed: int) -> Tempered:
    """Posterior of a likelihood under the uniform prior on the unit cube; the same for the same seed."""
    rng = np.random.default_rng([seed, 2])
    z = ndtri(np.clip(space_filling(particles, dimensions, seed), EDGE, 1 - EDGE))
    fit = log_likelihood(ndtr(z))
    if not np.isfinite(fit).any():
        z, fit = _find_start(log_likelihood, dimensions, particles, seed)
    power, evidence, scale, stages = 0.0, 0.0, 1.0, []
    while power < 1:
        step = next_step(fit, 1 - power)
        weights, log_mean = weigh(fit, step)
        power, evidence = min(power + step, 1.0), evidence + log_mean
        chosen = systematic(weights, rng)
        z, fit, stage, scale = _move(z[chosen], fit[chosen], power, log_likelihood, scale, rng)
        stages.append(Stage(power, 1 / float(np.sum(weights**2)), *stage))
    return Tempered(ndtr(z), fit, evidence, tuple(stages))


def _find_start(
    log_likelihood: LogLikelihood, dimensions: int, particles: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Particles for a likelihood that rules nearly everything out: a much larger design."""
    u = np.clip(space_filling(particles * 64, dimensions, seed), EDGE, 1 - EDGE)
    fit = log_likelihood(u)
    if not np.isfinite(fit).any():
        raise CalibrationError("no particle has a likelihood", try_="look at the waves: the region may be empty")
    return ndtri(u), fit


def weigh(fit: np.ndarray, step: float) -> tuple[np.ndarray, float]:
    """(normalised weights float64[n], logarithm of their mean) for a rise of the power by `step`."""
    logs = np.where(np.isfinite(fit), step * fit, -np.inf)
    top = logs.max()
    raw = np.exp(logs - top)
    return raw / raw.sum(), float(top + np.log(raw.mean()))


def next_step(fit: np.ndarray, most: float) -> float:
    """The largest rise of the power, up to `most`, that keeps enough particles effective (by halving)."""
    live = np.isfinite(fit).sum()

    def enough(step: float) -> bool:
        return 1 / float(np.sum(weigh(fit, step)[0] ** 2)) >= KEPT_SHARE * live

    if enough(most):
        return most
    low, high = 0.0, most
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if enough(middle) else (low, middle)
    return high


def systematic(weights: np.ndarray, rng: np.random.Generator, wanted: int | None = None) -> np.ndarray:
    """int[wanted]: numbers drawn in proportion to the weights, with the least possible luck."""
    n = len(weights) if wanted is None else wanted
    edges = np.cumsum(weights)
    edges[-1] = max(edges[-1], 1.0)
    return np.searchsorted(edges, (np.arange(n) + rng.random()) / n, side="right").clip(max=len(weights) - 1)


def _move(
    z: np.ndarray, fit: np.ndarray, power: float, log_likelihood: LogLikelihood, scale: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, tuple[float, int, float], float]:
    """Random-walk moves at one power: (z, fit, (acceptance, moves, memory), scale of the walk)."""
    n, d = z.shape
    root = np.linalg.cholesky(np.atleast_2d(np.cov(z.T)) + 1e-10 * np.eye(d)) * 2.38 / np.sqrt(d)
    start, rates, memory, moves = z.copy(), [], 1.0, 0
    while moves < MOST_MOVES and memory > FORGOTTEN:
        new = z + scale * rng.standard_normal((n, d)) @ root.T
        found = log_likelihood(ndtr(new))
        gain = power * (found - fit) - 0.5 * ((new**2).sum(axis=1) - (z**2).sum(axis=1))
        yes = np.log(rng.random(n)) < gain
        z, fit = np.where(yes[:, None], new, z), np.where(yes, found, fit)
        rates.append(float(yes.mean()))
        scale *= float(np.exp(np.clip(rates[-1] - 0.25, -0.15, 0.25)))
        memory, moves = remembered(start, z), moves + 1
    return z, fit, (float(np.mean(rates)), moves, memory), scale


def remembered(start: np.ndarray, now: np.ndarray) -> float:
    """Largest correlation over dimensions between where particles started and where they are."""
    a, b = start - start.mean(axis=0), now - now.mean(axis=0)
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return float(np.max((a * b).sum(axis=0) / np.maximum(size, 1e-12)))
