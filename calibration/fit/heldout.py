"""Leave one target out: calibrate on the others, and see what they say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from calibration.fit.check import LEVEL, how_far
from calibration.fit.design import space_filling
from calibration.fit.likelihood import Likelihood, beyond, log_each
from calibration.fit.match import Region
from calibration.fit.smc import LogLikelihood, Tempered, islands, temper


@dataclass(frozen=True)
class LeftOut:
    """One target predicted by the others (on the emulator), natural units; and what its absence does to parameters.

    miss: standard deviations between observed and predicted; gain: log density of the observed value, less that under
    the priors (None where the first wave could not emulate it); moved: largest shift of a parameter's mean, in its
    posterior standard deviations, and of which parameter.
    """

    id: str
    observed: float
    low: float
    middle: float
    high: float
    miss: float
    inside: bool
    gain: float | None
    moved: float
    parameter: str


def posterior(likelihood: Likelihood, region: Region, particles: int, seed: int) -> Tempered:
    """Tempered posterior of a likelihood, kept inside a region by walls that rise with the likelihood."""
    return islands(_walled(likelihood, region), len(region.priors.names), particles, seed)


def _walled(likelihood: Likelihood, region: Region) -> LogLikelihood:
    """Log likelihood at points of the unit cube, less what the region's walls take off outside."""
    return lambda units: likelihood.log_density(region.priors.values(units)) - region.walls(units)


def leave_one_out(
    likelihood: Likelihood, region: Region, whole: np.ndarray, particles: int, seed: int, first: Likelihood
) -> list[LeftOut]:
    """Each target left out in turn; whole float64[n, d]: posterior draws with all targets, unit cube; first: the
    likelihood of the first wave, which knows what the priors say.

    Sampling goes on from those draws, for one target less is a short way. With a single target there is nothing to predict it from: an empty list. The region that earlier waves left
    over was drawn with every target, so a target far from all others shows here less than it should.
    """
    if len(likelihood.targets) < 2:
        return []
    before = under_priors(first, region, seed)
    return [_without(j, likelihood, region, whole, particles, seed, before) for j in range(len(likelihood.targets))]


def under_priors(first: Likelihood, region: Region, seed: int) -> dict[str, float]:
    """Log density of each target's value under the priors, by the emulator of the first wave."""
    x = region.priors.values(space_filling(4096, len(region.priors.names), seed))
    mean, spread = first.spread(x)
    scores = log_mean(first.targets.observed - mean, spread, first.targets.sides)
    return dict(zip(first.targets.ids, scores.tolist(), strict=True))


def log_mean(miss: np.ndarray, variance: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """float64[t]: logarithm of the mean over points of the density (of a bound, the probability) at misses float64[n, t]."""
    return np.logaddexp.reduce(log_each(miss, variance, sides), axis=0) - np.log(len(miss))


def _without(
    j: int,
    likelihood: Likelihood,
    region: Region,
    whole: np.ndarray,
    particles: int,
    seed: int,
    before: dict[str, float],
) -> LeftOut:
    record = likelihood.targets.records[j]
    others = likelihood.targets.only([i for i in likelihood.targets.ids if i != record.id])
    columns = tuple(c for i, c in enumerate(likelihood.columns) if i != j)
    fewer = replace(likelihood, targets=others, columns=columns)
    found = temper(
        _walled(fewer, region), whole.shape[1], particles, seed, base=_walled(likelihood, region), start=whole
    )
    x, all_in = region.priors.values(found.units), region.priors.values(whole)
    mean, total = likelihood.moments(x)
    luck = np.random.default_rng([seed, 4, j]).standard_normal(len(x))
    drawn = mean[:, j] + np.sqrt(total[:, j, j]) * luck
    y, side = float(likelihood.targets.observed[j]), likelihood.targets.sides[j]
    ends = np.quantile(drawn, [0.05, 0.5, 0.95])
    low, middle, high = (float(v) for v in record.back(ends))
    score = float(log_mean(y - mean[:, [j]], total[:, [j], [j]], np.array([side]))[0])
    off = float((y - drawn.mean()) / drawn.std())
    shift = np.abs(x.mean(axis=0) - all_in.mean(axis=0)) / np.maximum(all_in.std(axis=0), 1e-12)
    most = int(np.argmax(shift))
    return LeftOut(
        record.id,
        record.value,
        low,
        middle,
        high,
        off if not side else float(side * beyond(np.array(off), side)),
        how_far(drawn, y, side)[1] >= 1 - LEVEL,
        score - before[record.id] if record.id in before else None,
        float(shift[most]),
        region.priors.names[most],
    )
