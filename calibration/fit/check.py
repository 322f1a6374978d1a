"""Checks on runs of the simulator itself: what it says at draws of the posterior, against what was observed.

Nothing here uses the emulator, but for `distance`, which measures how far it stood from the simulator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.fit import counts
from calibration.fit.emulate import TINY, Emulator
from calibration.fit.gate import explained
from calibration.fit.likelihood import log_each, log_together
from calibration.fit.targets import Targets

LEVEL = 0.9
"""Of predictive intervals."""


@dataclass(frozen=True)
class Fit:
    """One target against the predictive distributions; natural units.

    below: share of the posterior predictive below the observed value; chance: how often the posterior predictive
    is at least as far out, and prior_chance the prior predictive; score, prior_score: log score of the observed value;
    narrowed: 1 - width / prior's width. Of a bound, chance is how much of the predictive lies on its side, and inside
    that this is a tenth or more.
    """

    id: str
    statistic: str
    role: str
    observed: float
    low: float
    middle: float
    high: float
    prior_low: float
    prior_high: float
    inside: bool
    below: float
    chance: float
    prior_chance: float
    score: float
    prior_score: float
    narrowed: float
    bound: str = ""


@dataclass(frozen=True)
class Distance:
    """Emulator against simulator at posterior draws: mean and spread of standardised misses (should be 0 and 1).

    q2: share of how the runs' means move between draws that the emulator explains, noise aside; below 0 where it errs
    by more than they move, None where they move by less than their noise.
    """

    id: str
    shift: float
    spread: float
    near: bool
    q2: float | None


def as_observed(runs: np.ndarray, targets: Targets) -> np.ndarray:
    """float64[n, r, t]: runs with the noise that the world has instead of a run's (`noise_factor`).

    Runs are drawn towards the mean of their point; that mean's own noise is allowed for.
    """
    r = runs.shape[1]
    if r < 2:
        return runs
    left = np.maximum(targets.noise_factor - 1 / r, 0.0) / (1 - 1 / r)
    centre = runs.mean(axis=1, keepdims=True)
    return centre + np.sqrt(left) * (runs - centre)


def predictive(runs: np.ndarray, targets: Targets, seed: int) -> np.ndarray:
    """float64[n * r, t]: what would be observed, working scale: each run with discrepancy and published error added.

    What was counted is counted again: as many people, each with the run's chance.
    """
    flat = as_observed(runs, targets).reshape(-1, len(targets))
    rng = np.random.default_rng([seed, 3])
    drift = targets.drift + TINY * np.eye(len(targets))
    made = flat + rng.standard_normal(flat.shape) @ np.linalg.cholesky(drift).T
    for j, record in enumerate(targets.records):
        if record.counted:
            made[:, j] = record.work(counts.drawn(record.transform, record.of, record.back(made[:, j]), rng))
    return made


def how_far(made: np.ndarray, observed: float, side: int = 0) -> tuple[float, float]:
    """(share of predictions below the observed value, chance of one at least as far out); ties count half.

    side: of a bound; the chance is then that of a prediction on its side, 1 for at least, -1 for at most.
    """
    below = float(np.mean(made < observed) + 0.5 * np.mean(made == observed))
    return below, min(1.0, 2 * min(below, 1 - below)) if not side else (1 - below if side > 0 else below)


def fits(posterior: np.ndarray, prior: np.ndarray, targets: Targets, seed: int) -> list[Fit]:
    """Each target against posterior and prior runs float64[n, r, t] on the working scale."""
    after, before = (predictive(runs, targets, seed) for runs in (posterior, prior))
    return [_fit(j, after[:, j], before[:, j], posterior, prior, targets) for j in range(len(targets))]


def _fit(
    j: int, after: np.ndarray, before: np.ndarray, posterior: np.ndarray, prior: np.ndarray, targets: Targets
) -> Fit:
    record, y, side = targets.records[j], float(targets.observed[j]), int(targets.sides[j])
    tails = [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]
    now, then = np.quantile(after, tails), np.quantile(before, tails)
    low, middle, high = (float(v) for v in record.back(now))
    prior_low, _, prior_high = (float(v) for v in record.back(then))
    below, chance = how_far(after, y, side)
    error = float(targets.error[j, j])
    score, prior_score = (
        log_score(as_observed(runs, targets)[..., j].ravel(), error, y, side) for runs in (posterior, prior)
    )
    return Fit(
        record.id,
        record.statistic,
        record.role,
        record.value,
        low,
        middle,
        high,
        prior_low,
        prior_high,
        chance >= 1 - LEVEL if side else bool(now[0] <= y <= now[2]),
        below,
        chance,
        how_far(before, y, side)[1],
        score,
        prior_score,
        1 - float((now[2] - now[0]) / max(then[2] - then[0], TINY)),
        record.bound,
    )


def log_score(values: np.ndarray, error: float, observed: float, side: int = 0) -> float:
    """Log density of one observed value (of a bound, log probability) under runs float64[n], normal error of variance `error`.

    A little smoothing (Silverman's rule) stands in for runs that were not made, alike for prior and posterior.
    """
    width = 1.06 * float(values.std()) * len(values) ** -0.2
    variance = error + width**2 + TINY
    logs = log_each(observed - values, np.array(variance), np.array(side))
    return float(np.logaddexp.reduce(logs) - np.log(len(values)))


def point_scores(runs: np.ndarray, targets: Targets) -> np.ndarray:
    """float64[n]: log density of all observed values together at each point of runs float64[n, r, t].

    Each point gives a normal about the mean of its runs, with published error, discrepancy and pooled noise.
    """
    n, r, t = runs.shape
    centre = runs.mean(axis=1)
    inner = (runs - centre[:, None]).reshape(-1, t)
    noise = inner.T @ inner / max(n * (r - 1), 1)
    left = np.sqrt(np.maximum(targets.noise_factor - 1 / r, 0.0))
    total = np.broadcast_to(targets.error + noise * np.outer(left, left), (n, t, t))
    return log_together(targets.observed - centre, total, targets.sides)


@dataclass(frozen=True)
class Gain:
    """Joint log score under the posterior, less that under the prior, and where 90% of RESAMPLES of the points put it."""

    figures: int
    posterior: float
    prior: float
    gain: float
    low: float
    high: float


RESAMPLES = 1_000


def gain(posterior: np.ndarray, prior: np.ndarray, targets: Targets, seed: int) -> Gain | None:
    """What the posterior gains on the prior in log score, of runs float64[n, r, t] of each; None without a figure."""
    if not len(targets):
        return None
    rng = np.random.default_rng([seed, 10])
    scores, drawn = [], []
    for runs in (posterior, prior):
        logs = point_scores(runs, targets)
        scores.append(float(np.logaddexp.reduce(logs) - np.log(len(logs))))
        picks = rng.integers(len(logs), size=(RESAMPLES, len(logs)))
        drawn.append(np.logaddexp.reduce(logs[picks], axis=1) - np.log(len(logs)))
    low, high = (float(v) for v in np.quantile(drawn[0] - drawn[1], [0.05, 0.95]))
    return Gain(len(targets), scores[0], scores[1], scores[0] - scores[1], low, high)


def distance(emulator: Emulator, x: np.ndarray, runs: np.ndarray, ids: tuple[str, ...]) -> list[Distance]:
    """How far the emulator stands from runs float64[n, r, t] at posterior draws x float64[n, d]."""
    mean, error = emulator.predict(x)
    y, noise = runs.mean(axis=1), emulator.noise(x) / runs.shape[1]
    z = (y - mean) / np.sqrt(error + noise + TINY)
    return [
        Distance(
            name,
            float(z[:, j].mean()),
            float(z[:, j].std()),
            bool(abs(z[:, j].mean()) < 0.5 and z[:, j].std() < 1.3),
            explained(y[:, j], mean[:, j], float(noise[:, j].mean())),
        )
        for j, name in enumerate(ids)
    ]
