"""How well parameters explain the targets: a normal likelihood with every source of error in it.

Leaving the simulator's noise and the emulator's error out is the worst mistake one can make here: in the trial
that led to this file 90% intervals then covered 65%. `noisy=False` makes it on purpose, for a control that must fail.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from calibration.fit.emulate import Emulator
from calibration.fit.targets import Targets


@dataclass(frozen=True)
class Likelihood:
    """Targets against an emulator whose statistics are these targets, in this order.

    columns: numbers of the emulator's statistics that the targets are, if the emulator has more.
    """

    emulator: Emulator
    targets: Targets
    columns: tuple[int, ...]
    noisy: bool = True

    def moments(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(mean float64[n, t], covariance float64[n, t, t]) of what would be observed at x float64[n, d].

        The covariance adds published error and discrepancy, the simulator's noise, and the emulator's error.
        """
        pick = list(self.columns)
        mean, error = (part[:, pick] for part in self.emulator.predict(x))
        total = np.broadcast_to(self.targets.error, (len(x), len(pick), len(pick))).copy()
        if self.noisy:
            noise = np.sqrt(self.emulator.noise(x)[:, pick] * self.targets.noise_factor)
            total += noise[:, :, None] * noise[:, None, :] * self.emulator.noise_alike[np.ix_(pick, pick)]
            off = np.sqrt(error)
            total += off[:, :, None] * off[:, None, :] * self.emulator.error_alike[np.ix_(pick, pick)]
        return mean, total

    def spread(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(mean, variance) float64[n, t] of what would be observed at x float64[n, d]: the diagonal of `moments`."""
        pick = list(self.columns)
        mean, error = (part[:, pick] for part in self.emulator.predict(x))
        noise = self.emulator.noise(x)[:, pick] * self.targets.noise_factor
        return mean, np.diag(self.targets.error) + (noise + error if self.noisy else 0.0)

    def log_density(self, x: np.ndarray, observed: np.ndarray | None = None) -> np.ndarray:
        """float64[n]: log density of the targets' values (or `observed` float64[t]) at x float64[n, d]."""
        mean, total = self.moments(x)
        values, sides = self.targets.told(observed)
        return log_together(values - mean, total, sides)


def log_normal(miss: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """float64[n]: log density of misses float64[n, t] under covariances float64[n, t, t]."""
    root = np.linalg.cholesky(covariance)
    scaled = np.linalg.solve(root, miss[..., None])[..., 0]
    log_size = np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum(axis=-1)
    return -0.5 * (scaled**2).sum(axis=-1) - log_size - 0.5 * miss.shape[-1] * np.log(2 * np.pi)


def log_together(miss: np.ndarray, covariance: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """float64[n]: log density of misses float64[n, t] under covariances float64[n, t, t], times the probability of the bounds.

    sides int[t]: 0 for a figure; for a bound 1 (the world is at least that) or -1. A bound is as probable as what the
    figures leave open makes it; two bounds are taken one by one.
    """
    if not sides.any():
        return log_normal(miss, covariance)
    figures, bounds = np.flatnonzero(sides == 0), np.flatnonzero(sides)
    across = covariance[:, figures[:, None], bounds]
    pull = np.linalg.solve(covariance[:, figures[:, None], figures], across)
    centre = np.einsum("neb,ne->nb", pull, miss[:, figures])
    left = covariance[:, bounds, bounds] - np.einsum("neb,neb->nb", pull, across)
    probable = log_ndtr(-sides[bounds] * (miss[:, bounds] - centre) / np.sqrt(left)).sum(axis=1)
    return log_normal(miss[:, figures], covariance[:, figures[:, None], figures]) + probable


def log_each(miss: np.ndarray, variance: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """float64[n, t]: the same of each by itself, at misses and variances float64[n, t]."""
    normal = -0.5 * miss**2 / variance - 0.5 * np.log(2 * np.pi * variance)
    return np.where(sides == 0, normal, log_ndtr(-sides * miss / np.sqrt(variance)))


def beyond(miss: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """What a miss comes to: its size; of a bound only what lies on the wrong side of it."""
    return np.where(sides == 0, np.abs(miss), np.maximum(sides * miss, 0.0))
