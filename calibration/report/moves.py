"""Which figure moves which parameter: why published figures can, or cannot, tell what a parameter is.

Straight-line sums, at the prior: had a figure been one standard error higher, with all others as they are, by how many of
its prior standard deviations would the mean of a parameter lie elsewhere (the gain matrix of a linear Gaussian update).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.fit.identify import scores
from calibration.fit.waves import Calibration
from calibration.report.in_short import named

POINTS = 4_000
"""Draws of the prior that the sums are made over."""
NOTICED = 0.02
"""Prior standard deviations per standard error below which a figure is said not to move a parameter."""


@dataclass(frozen=True)
class Move:
    """The figure that moves a parameter most. by: prior sds per standard error of it; all: root of the sum of squares over
    all figures, what they move it by together; second: the next figure and what it does, if it does anything."""

    parameter: str
    free: bool
    figure: str
    by: float
    all: float
    second: str


def per_error(z: np.ndarray, mean: np.ndarray, total: np.ndarray, error: np.ndarray) -> np.ndarray:
    """float64[d, t]: prior sds by which each parameter moves per standard error of each figure.

    z float64[n, d]: normal scores of draws of the prior; mean float64[n, t]: what is expected there; total float64[t, t]:
    covariance of what would be observed about it; error float64[t]: standard error of each figure.
    """
    z, mean = z - z.mean(axis=0), mean - mean.mean(axis=0)
    across, within = z.T @ mean / len(z), mean.T @ mean / len(z)
    return np.linalg.solve(within + total, across.T).T * error


def moves(found: Calibration) -> list[Move]:
    """For each parameter, in the priors' order; figures of the first wave's likelihood, whose points lie all over the prior."""
    like = found.waves[0].likelihood
    if not len(like.targets):
        return []
    units = np.random.default_rng([found.settings.seed, 13]).random((POINTS, len(found.priors.names)))
    mean, total = like.moments(found.priors.values(units))
    by = per_error(scores(units), mean, total.mean(axis=0), np.sqrt(np.diag(like.targets.error)))
    free = set(found.priors.free)
    return [_move(name, j in free, like.targets.ids, by[j]) for j, name in enumerate(found.priors.names)]


def _move(parameter: str, free: bool, ids: tuple[str, ...], row: np.ndarray) -> Move:
    order = np.argsort(-np.abs(row), kind="stable")
    first, rest = int(order[0]), [int(j) for j in order[1:2] if abs(row[j]) >= NOTICED]
    second = "".join(f"{ids[j]} ({row[j]:+.2f})" for j in rest)
    return Move(parameter, free, ids[first], float(row[first]), float(np.sqrt((row**2).sum())), second)


TITLE = "Which figure moves which parameter"
COLUMNS = (
    "parameter",
    "part",
    "figure that moves it most",
    "prior sds per standard error of it",
    "then",
    "all figures together",
)


def rows(found: list[Move]) -> tuple[tuple[object, ...], ...]:
    """What moves most first."""
    ordered = sorted(found, key=lambda m: -m.all)
    return tuple(
        (m.parameter, "free" if m.free else "carried along", m.figure, m.by, m.second or "none", m.all) for m in ordered
    )


def sentence(found: list[Move]) -> str:
    """What the table says, and what it is."""
    still = named([m.parameter for m in found if abs(m.by) < NOTICED])
    return (
        "Had one figure been a standard error higher (its discrepancy included), by how many of its prior standard deviations would the "
        "mean of a parameter lie elsewhere? These are straight-line sums over the prior. Parameters that no figure moves by "
        f"{NOTICED:g} or more: {still}. Published figures cannot tell what these are."
    )
