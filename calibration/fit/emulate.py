"""Emulators: what a simulator's statistics would be where it has not been run, and how sure of it one is.

For each statistic: a mean surface (ridge regression on quadratic or spline terms, with a Gaussian process on
what is left where that earns its place), the error of that surface, and the variance of the simulator's own
noise; for all together, how their noise and their errors go together. `gate` decides on runs held out.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.covariance import ledoit_wolf
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.preprocessing import StandardScaler

from calibration.fit.bank import again, how_many, means

FOLDS = 5
PENALTIES = np.logspace(-4, 3, 15)
MOST_FOR_PROCESS = 400
"""Points a Gaussian process is fitted to at most: its cost grows with their cube."""
EARNS = 0.85
"""A dearer surface is taken where it brings the squared error to this share of the cheaper one's."""
KINDS = ("linear", "quadratic", "spline")
"""Surfaces, the cheapest first. With few points and many parameters only the first is steady."""
TINY = 1e-12
ONE = np.ones(1, bool)
"""Picks the only statistic of a surface."""


@dataclass(frozen=True)
class Terms:
    """Terms of a surface in d parameters, standardised as they were in training.

    `linear`; `quadratic`: with squares and products of pairs; `spline`: with products of pairs and, for each
    parameter, a cubic curve through five knots that goes on straight beyond the outer ones. Only the parameters `rich`
    bend or meet in products; the others go straight, and what their bends would add is left to the error.
    """

    kind: str
    centre: np.ndarray  # float64[2, d]: mean and sd of the parameters
    knots: np.ndarray  # float64[5, d], of the standardised parameters
    scale: np.ndarray  # float64[2, terms]: mean and sd of the terms
    rich: tuple[int, ...]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """float64[n, terms] at x float64[n, d]."""
        z = (x - self.centre[0]) / self.centre[1]
        return (raw_terms(self.kind, z, self.knots, self.rich) - self.scale[0]) / self.scale[1]


def raw_terms(kind: str, every: np.ndarray, knots: np.ndarray, rich: tuple[int, ...]) -> np.ndarray:
    """float64[n, terms] of standardised parameters float64[n, d], not yet standardised themselves."""
    if kind == "linear":
        return every
    z, knots = every[:, rich], knots[:, rich]
    one, other = np.triu_indices(z.shape[1], 0 if kind == "quadratic" else 1)
    parts = [every, z[:, one] * z[:, other]]
    if kind == "spline":
        cubes = [np.maximum(z - knot, 0.0) ** 3 for knot in knots]
        last = knots[4] - knots[3]
        for k in range(3):  # combinations of cubes that are straight beyond the last knot (Harrell)
            parts.append(cubes[k] - cubes[3] * (knots[4] - knots[k]) / last + cubes[4] * (knots[3] - knots[k]) / last)
    return np.hstack(parts)


def make_terms(kind: str, x: np.ndarray, rich: tuple[int, ...] | None = None) -> Terms:
    """Terms with centres and knots from points float64[n, d]; every parameter rich unless told."""
    centre, rich = _moments(x), tuple(range(x.shape[1])) if rich is None else rich
    z = (x - centre[0]) / centre[1]
    knots = np.quantile(z, [0.05, 0.275, 0.5, 0.725, 0.95], axis=0) + 1e-6 * np.arange(5)[:, None]
    return Terms(kind, centre, knots, _moments(raw_terms(kind, z, knots, rich)), rich)


def _moments(x: np.ndarray) -> np.ndarray:
    """float64[2, d]: mean and standard deviation, 1 for a constant."""
    sd = x.std(axis=0)
    return np.array([x.mean(axis=0), np.where(sd > TINY, sd, 1.0)])


@dataclass(frozen=True)
class Surface:
    """A ridge regression of all statistics on the same terms."""

    terms: Terms
    centre: np.ndarray  # float64[t]: intercepts
    slopes: np.ndarray  # float64[terms, t]
    turned: np.ndarray  # float64[terms, m]: right singular vectors of the terms
    shrunk: np.ndarray  # float64[m, t]: 1 / (singular value squared + penalty)
    points: int

    def predict(self, x: np.ndarray, pick: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(mean, leverage) float64[n, picked] of the statistics picked (bool[t]).

        Leverage: variance of the fitted mean over that of one point it was fitted to.
        """
        phi = self.terms(x)
        leverage = 1 / self.points + (phi @ self.turned) ** 2 @ self.shrunk[:, pick]
        return self.centre[pick] + phi @ self.slopes[:, pick], leverage


def fit_surface(kind: str, x: np.ndarray, y: np.ndarray, rich: tuple[int, ...] | None = None) -> Surface:
    """Ridge regression of y float64[n, t] on terms of x float64[n, d], each penalty by leave-one-out."""
    terms = make_terms(kind, x, rich)
    phi = terms(x)
    scale = _moments(y)[1]
    model = RidgeCV(PENALTIES, alpha_per_target=True).fit(phi, y / scale)
    _, s, turned = np.linalg.svd(phi, full_matrices=False)
    shrunk = 1 / (s[:, None] ** 2 + np.atleast_1d(model.alpha_)[None, :])
    slopes = np.atleast_2d(model.coef_).T * scale
    return Surface(terms, np.atleast_1d(model.intercept_) * scale, slopes, turned.T, shrunk, len(x))


def fit_process(x: np.ndarray, y: np.ndarray, noise: float) -> tuple[StandardScaler, GaussianProcessRegressor, float]:
    """A Gaussian process on y float64[n]: (scaling of x, the process, scale of y). noise: variance of y's points."""
    scaling, scale = StandardScaler().fit(x), float(y.std()) or 1.0
    kernel = ConstantKernel(0.5, (1e-3, 1e2)) * RBF(np.full(x.shape[1], 2.0), (0.1, 50.0)) + WhiteKernel(
        max(noise / scale**2, 1e-4), (1e-6, 2.0)
    )
    some = np.linspace(0, len(x) - 1, min(len(x), MOST_FOR_PROCESS)).round().astype(int)
    process = GaussianProcessRegressor(kernel, random_state=0)
    with warnings.catch_warnings():  # a length at its bound only says that a parameter does not matter
        warnings.simplefilter("ignore", ConvergenceWarning)
        return scaling, process.fit(scaling.transform(x[some]), y[some] / scale), scale


@dataclass(frozen=True)
class Residue:
    """A Gaussian process on what a surface leaves of one statistic."""

    scaling: StandardScaler
    process: GaussianProcessRegressor
    scale: float
    rich: tuple[int, ...]  # the parameters that it looks at

    def predict(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(mean, variance of the mean) float64[n] each."""
        mean, sd = self.process.predict(self.scaling.transform(x[:, self.rich]), return_std=True)
        white = float(self.process.kernel_.k2.noise_level)
        return mean * self.scale, np.maximum(sd**2 - white, 0.0) * self.scale**2


@dataclass(frozen=True)
class Emulator:
    """Mean, error and noise of t statistics at natural parameter values float64[n, d], on their working scale."""

    surfaces: tuple[Surface, ...]
    which: np.ndarray  # int[t]: surface of each statistic
    residues: dict[int, Residue]
    lack: np.ndarray  # float64[t]: variance of what the surface misses
    point: np.ndarray  # float64[t]: variance of one training point about the surface
    noise_level: np.ndarray  # float64[t]: logarithm of the noise's variance, mean
    noise_slopes: np.ndarray  # float64[d, t]
    noise_range: np.ndarray  # float64[2, t]: bounds of that logarithm, as seen in training
    centre: np.ndarray  # float64[2, d]: mean and sd of the training points
    noise_alike: np.ndarray  # float64[t, t]: correlation of noise
    error_alike: np.ndarray  # float64[t, t]: correlation of errors
    inflated: np.ndarray  # float64[t]: factor on the error's variance after the gate

    def predict(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(mean, variance of its error) float64[n, t]."""
        mean, error = np.empty((len(x), len(self.which))), np.empty((len(x), len(self.which)))
        for number, surface in enumerate(self.surfaces):
            mine = self.which == number
            if mine.any():
                mean[:, mine], leverage = surface.predict(x, mine)
                error[:, mine] = self.lack[mine] + self.point[mine] * leverage
        for j, residue in self.residues.items():
            more, variance = residue.predict(x)
            mean[:, j] += more
            error[:, j] += variance  # beside the surface's own: it was fitted to the same points
        return mean, error * self.inflated

    def noise(self, x: np.ndarray) -> np.ndarray:
        """float64[n, t]: variance of one run about its mean."""
        z = (x - self.centre[0]) / self.centre[1]
        return np.exp(np.clip(self.noise_level + z @ self.noise_slopes, *self.noise_range))

    def kinds(self) -> list[str]:
        """The surface of each statistic, in words."""
        return [
            KINDS[int(w)] + (" and Gaussian process" if j in self.residues else "") for j, w in enumerate(self.which)
        ]


def fit(x: np.ndarray, runs: np.ndarray, process: bool = True, rich: tuple[int, ...] | None = None) -> Emulator:
    """Emulator of runs float64[n, r, t] at natural values x float64[n, d]; NaN where a point was run less often
    (`bank`), but two runs or more at some.

    rich: the parameters in which surfaces may bend and noise may grow (all, if None); in the others they go straight.

    Of each statistic the surface with the smaller cross-validated error is kept; a Gaussian process is tried
    (if `process`) where the surface misses more than a quarter of the noise, and kept where it earns its place.
    """
    y, r, more = means(runs), how_many(runs)[:, None], again(runs)
    within = runs[more].var(axis=1, ddof=1)
    rich = tuple(range(x.shape[1])) if rich is None else rich
    level, slopes, limits, centre = fit_noise(x[more], within, rich)
    noise = np.exp(np.clip(level + (x - centre[0]) / centre[1] @ slopes, *limits))
    which, miss, leverage = choose_surfaces(x, y, rich)
    lack, point = missed(miss, leverage, noise / r)
    surfaces = tuple(fit_surface(kind, x, y, rich) for kind in KINDS)
    residues: dict[int, Residue] = {}
    for j in range(y.shape[1]) if process else ():
        if lack[j] > 0.25 * noise[:, j].mean() + TINY:
            kind = KINDS[which[j]]
            tail = try_process(kind, x, y[:, [j]], miss[:, j], leverage[:, j], noise[:, j] / r[:, 0], rich)
            if tail:
                residues[j], miss[:, j], lack[j], point[j] = tail
    spread = np.sqrt(np.where(within.mean(axis=0) > TINY, noise, 1.0))[more]
    apart = ((runs[more] - y[more][:, None]) / spread[:, None]).reshape(-1, y.shape[1])
    return Emulator(
        surfaces,
        which,
        residues,
        lack,
        point,
        level,
        slopes,
        limits,
        centre,
        alike(apart),
        alike(miss),
        np.ones(y.shape[1]),
    )


def choose_surfaces(
    x: np.ndarray, y: np.ndarray, rich: tuple[int, ...] | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(number in KINDS int[t], misses, leverages float64[n, t]): a dearer surface where it earns its place."""
    tried = [left_over(kind, x, y, rich) for kind in KINDS]
    which = np.zeros(y.shape[1], int)
    miss, leverage = tried[0][0].copy(), tried[0][1].copy()
    for number in range(1, len(KINDS)):
        earns = np.mean(tried[number][0] ** 2, axis=0) < EARNS * np.mean(miss**2, axis=0)
        which[earns] = number
        miss[:, earns], leverage[:, earns] = tried[number][0][:, earns], tried[number][1][:, earns]
    return which, miss, leverage


def folds(points: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(fitted, left out) as bool[points], by position: a design's neighbours fall in different folds."""
    return [(np.arange(points) % FOLDS != f, np.arange(points) % FOLDS == f) for f in range(min(FOLDS, points))]


def left_over(
    kind: str, x: np.ndarray, y: np.ndarray, rich: tuple[int, ...] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(what a surface fitted without each point misses there, its leverage there) float64[n, t] each."""
    miss, leverage = np.empty_like(y), np.empty_like(y)
    for kept, out in folds(len(x)):
        surface = fit_surface(kind, x[kept], y[kept], rich)
        mean, leverage[out] = surface.predict(x[out], np.ones(y.shape[1], bool))
        miss[out] = y[out] - mean
    return miss, leverage


def missed(miss: np.ndarray, leverage: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(lack of fit, variance of a training point) float64[t]: what noise and the fit's own error leave of the misses.

    noise float64[n, t]: variance of a training point's noise.
    """
    lack = np.mean(miss**2, axis=0) - np.mean(noise * (1 + leverage), axis=0)
    lack = np.maximum(lack / (1 + leverage.mean(axis=0)), 0.0)
    return lack, lack + noise.mean(axis=0)


def try_process(
    kind: str,
    x: np.ndarray,
    y: np.ndarray,
    miss: np.ndarray,
    leverage: np.ndarray,
    noise: np.ndarray,
    rich: tuple[int, ...],
) -> tuple[Residue, np.ndarray, float, float] | None:
    """(process on what a surface leaves of y float64[n, 1], both together's misses, lack of fit, variance of a training
    point) if it earns its place against the surface's own `miss`; the others float64[n].

    Surface and process are both fitted without the points that they are judged on. A surface that has seen a point leaves
    less there than elsewhere; a process judged on that earns its place for nothing.
    """
    left = _left(kind, x, y, rich)[0]
    residue = Residue(*fit_process(x[:, rich], left, float(noise.mean())), rich)
    better, variance = np.empty(len(x)), np.empty(len(x))
    for kept, out in folds(len(x)):
        left, surface = _left(kind, x[kept], y[kept], rich)
        part = Residue(*_refit(residue, x[kept][:, rich], left), rich)
        more, variance[out] = part.predict(x[out])
        better[out] = (y[out] - surface.predict(x[out], ONE)[0])[:, 0] - more
    if np.mean(better**2) > EARNS * np.mean(miss**2):
        return None
    lack = np.mean(better**2 - variance) - np.mean(noise * (1 + leverage))
    lack = float(max(lack / (1 + leverage.mean()), 0.0))
    return residue, better, lack, lack + float(noise.mean())


def _left(kind: str, x: np.ndarray, y: np.ndarray, rich: tuple[int, ...]) -> tuple[np.ndarray, Surface]:
    """(what a surface leaves of the points it was fitted to float64[n], the surface)."""
    surface = fit_surface(kind, x, y, rich)
    return (y - surface.predict(x, ONE)[0])[:, 0], surface


def _refit(residue: Residue, x: np.ndarray, y: np.ndarray) -> tuple[StandardScaler, GaussianProcessRegressor, float]:
    """The same process and scaling on other points."""
    some = np.linspace(0, len(x) - 1, min(len(x), MOST_FOR_PROCESS)).round().astype(int)
    process = GaussianProcessRegressor(residue.process.kernel_, optimizer=None)
    return residue.scaling, process.fit(residue.scaling.transform(x[some]), y[some] / residue.scale), residue.scale


def fit_noise(x: np.ndarray, within: np.ndarray, rich: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """(level, slopes, limits, centre) of the logarithm of the noise's variance, linear in x.

    within float64[n, t]: sample variances of the runs of each point. A slope is kept only where cross-validation
    finds that it surely predicts better than one level does: one that is there by chance would be followed out to a
    posterior at the edge of the points.
    """
    centre = _moments(x)
    z, pooled = (x - centre[0]) / centre[1], within.mean(axis=0)
    logs = np.log(np.maximum(within, 1e-3 * np.maximum(pooled, TINY)))
    slopes = np.zeros((x.shape[1], within.shape[1]))
    for j in range(within.shape[1]):
        trend = np.empty(len(x))
        flat = np.empty(len(x))
        for kept, out in folds(len(x)):
            line = LinearRegression().fit(z[kept][:, rich], logs[kept, j])
            trend[out] = line.predict(z[out][:, rich])
            flat[out] = logs[kept, j].mean()
        better = (logs[:, j] - flat) ** 2 - (logs[:, j] - trend) ** 2
        if better.mean() > 2 * better.std() / np.sqrt(len(better)):
            slopes[list(rich), j] = LinearRegression().fit(z[:, rich], logs[:, j]).coef_
    # The level is set so that the variances themselves, not their logarithms, are right on average.
    level = np.log(np.maximum(np.mean(within / np.exp(z @ slopes), axis=0), TINY))
    seen = level + z @ slopes
    return level, slopes, np.array([seen.min(axis=0), seen.max(axis=0)]), centre


def alike(rows: np.ndarray) -> np.ndarray:
    """float64[t, t]: correlation matrix of rows float64[n, t], shrunk as Ledoit and Wolf do; a constant has none."""
    sd = rows.std(axis=0)
    live = sd > TINY
    found = np.eye(rows.shape[1])
    if live.sum() > 1:
        cov = ledoit_wolf((rows[:, live] - rows[:, live].mean(axis=0)) / sd[live])[0]
        d = np.sqrt(np.diag(cov))
        found[np.ix_(live, live)] = cov / np.outer(d, d)
    return found
