"""What it would be worth to know more: perfect information in all and by parameter, with the model's luck kept apart.

`benefit` is float64[draws, options] of net benefit in pounds, each draw the mean of its replicates. The estimate by
regression is that of Strong, Oakley and Brennan (2014): splines in the parameter, shrunk by ridge regression. Luck in a
run is not something that research could resolve; taking the best option draw by draw counts it as if it were
(`evpi_naive`), so it is removed here: by regression, or by what replicates of one draw differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.errors import UserError

KNOTS = 5
ALPHAS = np.logspace(-3, 4, 15)
DUMMIES = 100
ROUNDING = 1e-9
"""Of the size of benefits: a gain below this is what adding floats in another order makes, not information."""
RESAMPLES = 50
FEWEST_DRAWS = 60
"""Draws below which a regression on one parameter says nothing that a dummy would not say (measured: docs/case.md)."""
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Split:
    """Variance of one figure over worlds: what parameters make, and what luck makes within one draw."""

    mean: float
    parameters: float
    luck: float
    draws: int
    replicates: int

    @property
    def error(self) -> float:
        """Standard error of the mean, of both kinds together."""
        return float(np.sqrt((self.parameters + self.luck / self.replicates) / self.draws))

    def draws_needed(self, share: float = 0.1) -> int | None:
        """Draws at which luck's part of the standard error is `share` of the spread that parameters make.

        None where parameters make no spread that can be told from luck.
        """
        if self.parameters <= 0:
            return None
        return max(2, int(np.ceil(self.luck / self.replicates / (share**2 * self.parameters))))


@dataclass(frozen=True)
class Worth:
    """What it would be worth to know one parameter (or several together), in pounds, with its standard error."""

    name: str
    gbp: float
    error: float


@dataclass(frozen=True)
class Ranking:
    """Parameters by what they are worth knowing, most first; `floor` is the most that any of many dummies reached."""

    rows: tuple[Worth, ...]
    floor: float
    dummies: int

    @property
    def above(self) -> tuple[Worth, ...]:
        """Those above what dummies reach, and above their own standard error."""
        return tuple(row for row in self.rows if row.gbp > self.floor and row.gbp > row.error)


def split(values: np.ndarray) -> Split:
    """float64[draws, replicates] into its parts (one-way analysis of variance). Luck is NaN with one replicate."""
    draws, replicates = values.shape
    means = values.mean(axis=1)
    spread = float(means.var(ddof=1)) if draws > 1 else float("nan")
    if replicates < 2:
        return Split(float(means.mean()), spread, float("nan"), draws, replicates)
    luck = float(values.var(axis=1, ddof=1).mean())
    return Split(float(means.mean()), max(0.0, spread - luck / replicates), luck, draws, replicates)


# ------------------------------------------------------------------ perfect information in all


def gain_from(fitted: np.ndarray) -> float:
    """Pounds: choosing in each draw by its expected benefits, less choosing once for all. float64[draws, options]."""
    found = float(fitted.max(axis=1).mean() - fitted.mean(axis=0).max())
    return found if found > ROUNDING * float(np.abs(fitted).max()) else 0.0


def evpi_naive(benefit: np.ndarray) -> float:
    """As if all that differs between runs could be known beforehand: too high on a model with luck in it."""
    return gain_from(benefit)


def evpi(benefit: np.ndarray) -> float:
    """Perfect information about all parameters, luck removed. float64[draws, replicates, options].

    Each option's gain over the first, averaged over replicates, is drawn in towards its mean until its variance is
    that which parameters make. NaN with one replicate: luck cannot be told from parameters.
    """
    gains = benefit - benefit[:, :, :1]
    if gains.shape[1] < 2:
        return float("nan")
    means = gains.mean(axis=1)
    kept = [_kept(split(gains[:, :, k])) for k in range(gains.shape[2])]
    return gain_from(means.mean(axis=0) + np.array(kept) * (means - means.mean(axis=0)))


def _kept(found: Split) -> float:
    """By how much to draw in the means of draws: root of the share of their variance that is not luck."""
    total = found.parameters + found.luck / found.replicates
    return float(np.sqrt(found.parameters / total)) if total > 0 else 0.0


# ------------------------------------------------------------------ by parameter


def _basis(columns: np.ndarray) -> np.ndarray:
    """Splines of each column: float64[draws, features]. Knots at quantiles, so that long tails have few."""
    from sklearn.preprocessing import SplineTransformer

    made = SplineTransformer(n_knots=KNOTS, degree=3, knots="quantile", include_bias=False)
    return np.asarray(made.fit_transform(columns), dtype=np.float64)


def _fit(basis: np.ndarray, gains: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fitted gains of each option (float64[draws, options]) and the shrinkage that left-out draws chose for each."""
    from sklearn.linear_model import RidgeCV

    fitted, chosen = np.zeros_like(gains), np.full(gains.shape[1], ALPHAS[0])
    for k in range(gains.shape[1]):
        if np.ptp(gains[:, k]) == 0:
            fitted[:, k] = gains[0, k]
            continue
        model = RidgeCV(ALPHAS).fit(basis, gains[:, k])
        fitted[:, k], chosen[k] = model.predict(basis), model.alpha_
    return fitted, chosen


def _refit(basis: np.ndarray, gains: np.ndarray, alphas: np.ndarray) -> np.ndarray:
    """Ridge regression at shrinkages already chosen, by its normal equations: many resamples are cheap."""
    x, y = basis - basis.mean(axis=0), gains - gains.mean(axis=0)
    square = x.T @ x
    slopes = [np.linalg.solve(square + alpha * np.eye(len(square)), x.T @ y[:, k]) for k, alpha in enumerate(alphas)]
    return np.asarray(x @ np.stack(slopes, axis=1) + gains.mean(axis=0))


def evppi(benefit: np.ndarray, columns: np.ndarray) -> float:
    """Pounds: perfect information about some parameters together. `columns` is float64[draws, parameters]."""
    return gain_from(_fit(_basis(_two_way(columns)), benefit - benefit[:, :1])[0])


def _two_way(columns: np.ndarray) -> np.ndarray:
    return columns[:, None] if columns.ndim == 1 else columns


def worth_knowing(
    benefit: np.ndarray,
    parameters: Mapping[str, np.ndarray],
    seed: int = 1,
    resamples: int = RESAMPLES,
    progress: Progress | None = None,
) -> Ranking:
    """Every parameter on its own, with a bootstrap standard error, beside dummies that do nothing.

    Parameters that do not vary are left out. Raises UserError for too few draws.
    """
    draws = len(benefit)
    enough(draws)
    gains, rng = benefit - benefit[:, :1], np.random.default_rng(seed)
    varying = {name: values for name, values in parameters.items() if len(np.unique(values)) > KNOTS}
    floor = max(gain_from(_fit(_basis(rng.random((draws, 1))), gains)[0]) for _ in range(DUMMIES))
    rows = []
    for done, (name, values) in enumerate(varying.items()):
        rows.append(_one(name, values, gains, rng, resamples))
        if progress:
            progress((done + 1) / len(varying))
    return Ranking(tuple(sorted(rows, key=lambda row: -row.gbp)), floor, DUMMIES)


def enough(draws: int) -> None:
    """Raises UserError for fewer draws than a regression takes."""
    if draws < FEWEST_DRAWS:
        raise UserError(
            "too few draws to say what is worth knowing",
            key="--draws",
            got=str(draws),
            rule=f"at least {FEWEST_DRAWS} parameter draws",
            try_=f"--draws {FEWEST_DRAWS}",
        )


def _one(name: str, values: np.ndarray, gains: np.ndarray, rng: np.random.Generator, resamples: int) -> Worth:
    basis = _basis(_two_way(values))
    fitted, alphas = _fit(basis, gains)
    again = []
    for _ in range(resamples):
        rows = rng.integers(0, len(gains), len(gains))
        again.append(gain_from(_refit(basis[rows], gains[rows], alphas)))
    error = float(np.std(again, ddof=1)) if len(again) > 1 else float("nan")
    return Worth(name, gain_from(fitted), error)


# ------------------------------------------------------------------ for everybody, over years


def population(per_decision: float, decisions_per_year: float, years: int, rate: float) -> float:
    """Pounds: one decision's value of information, for all decisions of the years in which it would be used.

    `decisions_per_year` may be less than one: a decision that is taken again every five years counts a fifth.
    Discounted at `rate` from the second year on.
    """
    return per_decision * decisions_per_year * float(sum(1.0 / (1.0 + rate) ** k for k in range(years)))
