"""How well parameters explain the targets: a normal likelihood with every source of error in it.

Leaving the simulator's noise and the emulator's error out is the worst mistake one can make here: in the trial
that led to this file 90% intervals then covered 65%. `noisy=False` makes it on purpose, for a control that must fail.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
        return log_normal((self.targets.observed if observed is None else observed) - mean, total)


def log_normal(miss: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """float64[n]: log density of misses float64[n, t] under covariances float64[n, t, t]."""
    root = np.linalg.cholesky(covariance)
    scaled = np.linalg.solve(root, miss[..., None])[..., 0]
    log_size = np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum(axis=-1)
    return -0.5 * (scaled**2).sum(axis=-1) - log_size - 0.5 * miss.shape[-1] * np.log(2 * np.pi)
