"""Toys whose answer is known: for tests, and for checking the method by command.

`line`: statistics are straight lines in the parameters plus correlated noise, so the posterior is a formula.
`ridge`: two parameters enter only as their sum, so no data of this kind can tell them apart.
`many`: a few free parameters and many that are carried along, all straight, so the posterior is a formula. In `cut`,
its control, those carried along are drawn by the seed of a run and so count as its luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from calibration.fit.priors import Prior, Priors
from calibration.fit.simulator import Simulator
from calibration.fit.targets import Target, Targets

SLOPES = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.15], [0.6, -0.4, 0.0], [0.2, 0.2, 0.05], [1.0, 1.0, 0.0]])
"""Statistic by parameter. The third parameter is hardly seen."""
NOISE = np.array([0.5, 0.4, 0.5, 0.3, 0.6])
SE = np.array([0.3, 0.3, 0.3, 0.3, 0.4])
ALIKE = 0.4
"""Correlation of the noise between any two statistics."""


def noise_covariance() -> np.ndarray:
    """float64[5, 5]: covariance of one run's noise."""
    corr = np.full((5, 5), ALIKE) + (1 - ALIKE) * np.eye(5)
    return corr * np.outer(NOISE, NOISE)


def normals(seeds: np.ndarray, width: int) -> np.ndarray:
    """float64[n, width]: standard normal draws, each row from its seed alone."""
    return np.array([np.random.default_rng(int(seed)).standard_normal(width) for seed in seeds]).reshape(-1, width)


def run_line(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """float64[n, 5]: SLOPES x params + noise."""
    return params @ SLOPES.T + normals(seeds, 5) @ np.linalg.cholesky(noise_covariance()).T


def run_ridge(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """float64[n, 2]: the sum of the first two parameters, and the third, with noise of 0.05."""
    return np.column_stack([params[:, 0] + params[:, 1], params[:, 2]]) + 0.05 * normals(seeds, 2)


@dataclass(frozen=True)
class Toy:
    """A simulator with priors and targets that go with it."""

    simulator: Simulator
    priors: Priors
    targets: Targets


def line(observed: np.ndarray | None = None) -> Toy:
    """The straight-line toy: three parameters, normal priors of mean 0 and sd 1. observed: float64[5]."""
    y = np.array([0.8, -0.5, 0.9, 0.1, 0.4]) if observed is None else observed
    names = tuple(f"s{j}" for j in range(5))
    targets = [Target(f"t{j}", names[j], float(y[j]), float(SE[j])) for j in range(5)]
    priors = Priors(Prior(name, "normal", 0.0, -6.0, 6.0, sd=1.0) for name in ("a", "b", "c"))
    return Toy(Simulator(run_line, priors.names, names, "line-1"), priors, Targets(targets))


def line_posterior(observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean float64[3] and covariance float64[3, 3] of the straight-line toy's posterior, by the formula."""
    precision = np.linalg.inv(noise_covariance() + np.diag(SE**2))
    covariance = np.linalg.inv(np.eye(3) + SLOPES.T @ precision @ SLOPES)
    return covariance @ SLOPES.T @ precision @ observed, covariance


def ridge() -> Toy:
    """The toy with a ridge: `push` and `pull` enter as their sum only; `rate` stands alone."""
    priors = Priors(Prior(name, "uniform", 0.5, 0.0, 1.0) for name in ("push", "pull", "rate"))
    targets = Targets([Target("total", "total", 1.0, 0.05), Target("level", "level", 0.4, 0.05)])
    return Toy(Simulator(run_ridge, priors.names, ("total", "level"), "ridge-1"), priors, targets)


def run_twelve(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """float64[n, 18]: straight lines, one bend and one product for each statistic, with noise of 0.2."""
    away = params - 0.5
    bends = 0.8 * away[:, BENT] ** 2 + 0.8 * away[:, TWO[:, 0]] * away[:, TWO[:, 1]]
    return away @ TWELVE_SLOPES.T + bends + 0.2 * normals(seeds, 18)


def _twelve_slopes() -> np.ndarray:
    """float64[18, 12]: about a third of the first ten parameters count in each statistic, the last two in none."""
    rng = np.random.default_rng(12)
    return rng.normal(0.0, 0.8, (18, 12)) * (rng.random((18, 12)) < 0.35) * (np.arange(12) < UNMEASURED)


UNMEASURED = 10
"""Number of the first parameter of `twelve` that no statistic depends on."""
BENT = np.arange(18) % UNMEASURED
TWO = np.column_stack([np.arange(18) % UNMEASURED, (np.arange(18) + 3) % UNMEASURED])
TWELVE_SLOPES = _twelve_slopes()


def twelve() -> Toy:
    """As many parameters as the calibrator takes, 18 targets, two parameters (k, l) that nothing measures."""
    priors = Priors(Prior(name, "uniform", 0.5, 0.0, 1.0) for name in "abcdefghijkl")
    names = tuple(f"s{j}" for j in range(18))
    targets = Targets(Target(f"t{j}", names[j], 0.0, 0.2) for j in range(18))
    return Toy(Simulator(run_twelve, priors.names, names, "twelve-1"), priors, targets)


FREE, CARRIED, FIGURES = 4, 30, 6
LUCK, MANY_SE = 0.15, 0.1


def _many_slopes() -> np.ndarray:
    """float64[6, 34]: the free ones move a statistic by about 0.5 each, the carried by 0.15: together as much again."""
    rng = np.random.default_rng(34)
    return rng.normal(0.0, 1.0, (FIGURES, FREE + CARRIED)) * np.repeat([0.5, 0.15], [FREE, CARRIED])


MANY_SLOPES = _many_slopes()


def run_many(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """float64[n, 6]: MANY_SLOPES x params + luck of 0.15."""
    return params @ MANY_SLOPES.T + LUCK * normals(seeds, FIGURES)


def run_cut(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """float64[n, 6]: the same of the free parameters alone; each seed draws the others from their priors."""
    drawn = normals(seeds, FIGURES + CARRIED)
    return np.hstack([params, drawn[:, FIGURES:]]) @ MANY_SLOPES.T + LUCK * drawn[:, :FIGURES]


def many(observed: np.ndarray, joint: bool = True) -> Toy:
    """Four free parameters and thirty carried along, six figures observed float64[6]; or its control, cut to the free."""
    names, width = tuple(f"s{j}" for j in range(FIGURES)), FREE + CARRIED if joint else FREE
    targets = [Target(f"t{j}", names[j], float(observed[j]), MANY_SE) for j in range(FIGURES)]
    priors = Priors(Prior(f"p{j}", "normal", 0.0, -6.0, 6.0, sd=1.0, free=j < FREE) for j in range(width))
    run = run_many if joint else run_cut
    return Toy(Simulator(run, priors.names, names, "many-1" if joint else "cut-1"), priors, Targets(targets))


def many_posterior(observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean float64[6] and sd float64[6] of each statistic, luck aside, in the posterior of `many`, by the formula."""
    error = (LUCK**2 + MANY_SE**2) * np.eye(FIGURES)
    prior = MANY_SLOPES @ MANY_SLOPES.T
    pull = prior @ np.linalg.inv(prior + error)
    return pull @ observed, np.sqrt(np.diag(prior - pull @ prior))


def many_places(truth: np.ndarray, data: np.ndarray) -> np.ndarray:
    """float64[sets, 34]: probability that the exact posterior of data float64[sets, 6] gives to less than the truth
    float64[sets, 34], which is in natural units."""
    pull = MANY_SLOPES.T @ np.linalg.inv(MANY_SLOPES @ MANY_SLOPES.T + (LUCK**2 + MANY_SE**2) * np.eye(FIGURES))
    sd = np.sqrt(1 - np.einsum("ij,ji->i", pull, MANY_SLOPES))
    return ndtr((truth - data @ pull.T) / sd)


def many_observed(seed: int) -> np.ndarray:
    """float64[6]: what would be published of one world of `many`, its parameters drawn from their priors."""
    rng = np.random.default_rng([34, seed])
    world = MANY_SLOPES @ rng.standard_normal(FREE + CARRIED) + LUCK * rng.standard_normal(FIGURES)
    return world + MANY_SE * rng.standard_normal(FIGURES)
