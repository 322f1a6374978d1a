"""Measure this next: what a figure that nobody has measured would be expected to tell of an answer.

The expected value of sample information, by regression on runs that are there (Strong, Oakley, Brennan and Breeze 2015):
each run is also a study that could have been made, with its sampling error and discrepancy added. How well such studies
predict the answer, across draws of the posterior, is what one of them is expected to take off its variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

from calibration.fit.emulate import TINY, folds
from calibration.fit.identify import moved_sd

PENALTIES = np.logspace(-3, 5, 17)
KNOTS = 5
RESAMPLES = 200
STILL = 0.01
"""Share of the variance that parameters bring to an answer: where resamples of the draws find less, they cannot see that it moves."""


@dataclass(frozen=True)
class Study:
    """A study that could be made. statistic: what it would measure; of: how many it would ask of a share, or se, its
    standard error; discrepancy: as of any figure; price_gbp: what it would cost, None where nobody has said."""

    what: str
    statistic: str
    of: int | None = None
    se: float = 0.0
    discrepancy: float = 0.0
    price_gbp: float | None = None


@dataclass(frozen=True)
class Expected:
    """What a study is expected to do to an answer: the share of its sd that goes, with a 90% interval over the draws;
    floor: what the same sum gives of a study of nothing, so anything near it is nothing. None where parameters move the answer
    by nothing that these runs can tell from luck: a share of nothing is no number."""

    what: str
    answer: str
    narrows: float | None
    low: float | None
    high: float | None
    floor: float | None
    price_gbp: float | None


def studies(runs: np.ndarray, study: Study, rng: np.random.Generator) -> np.ndarray:
    """float64[n]: what the study would publish in each world, of its statistic in one run of each float64[n]."""
    true = runs + study.discrepancy * rng.standard_normal(len(runs))
    if study.of:
        return rng.binomial(study.of, np.clip(true, 0.0, 1.0)) / study.of
    return true + study.se * rng.standard_normal(len(runs))


def expected(
    study: Study, answer: str, runs: np.ndarray, names: Sequence[str], seed: int = 1, knots: int = KNOTS
) -> Expected:
    """What a study would tell of an answer, from runs float64[n, r, k] at draws of the posterior, two or more at each.

    The study is made in the first run of each draw, the answer is the mean of the others: luck that they share is no
    knowledge of parameters.
    """
    rng, a = np.random.default_rng([seed, 12]), names.index(answer)
    seen = studies(runs[:, 0, names.index(study.statistic)], study, rng)
    y = runs[:, 1:, a].mean(axis=1)
    whole = max(moved_sd(runs[..., a]) ** 2, TINY)
    told = explained_by(seen, y, knots)
    share = told.sum() / len(y) / whole
    picks = rng.integers(len(y), size=(RESAMPLES, len(y)))
    moved = np.array([moved_sd(runs[pick][..., a]) ** 2 for pick in picks])
    if np.quantile(moved, 0.05) <= STILL * whole:
        return Expected(study.what, answer, None, None, None, None, study.price_gbp)
    again = told[picks].mean(axis=1) / np.maximum(moved, STILL * whole)
    low, high = (narrowing(float(v)) for v in np.quantile(again, [0.05, 0.95]))
    nothing = explained_by(rng.permutation(seen), y, knots).mean() / whole
    return Expected(study.what, answer, narrowing(float(share)), low, high, narrowing(float(nothing)), study.price_gbp)


def narrowing(share: float) -> float:
    """Share of the sd that goes where this share of the variance does; below 0 where the sum found less than nothing."""
    return 1 - float(np.sqrt(1 - min(share, 1.0)))


def explained_by(x: np.ndarray, y: np.ndarray, knots: int) -> np.ndarray:
    """float64[n]: of each draw, what a curve through the others takes off its squared distance from their mean."""
    found = np.empty_like(y)
    for kept, out in folds(len(y)):
        curve = make_pipeline(
            StandardScaler(), SplineTransformer(knots, extrapolation="linear"), RidgeCV(PENALTIES)
        ).fit(x[kept, None], y[kept])
        found[out] = (y[out] - y[kept].mean()) ** 2 - (y[out] - curve.predict(x[out, None])) ** 2
    return found


def table(
    planned: Sequence[Study], answers: Sequence[str], runs: np.ndarray, names: Sequence[str], seed: int = 1
) -> list[Expected]:
    """Every study for every answer, what narrows most first."""
    rows = [expected(study, answer, runs, names, seed) for study in planned for answer in answers]
    return sorted(rows, key=lambda row: np.inf if row.narrows is None else -row.narrows)
