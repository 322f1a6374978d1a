"""Leave one target out: calibrate on the others, and see what they say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from calibration.fit.likelihood import Likelihood
from calibration.fit.match import Region
from calibration.fit.smc import LogLikelihood, Tempered, temper
from calibration.fit.targets import natural


@dataclass(frozen=True)
class LeftOut:
    """One target predicted by the others (on the emulator), natural units; and what its absence does to parameters.

    miss: standard deviations between observed and predicted; moved: largest shift of a parameter's mean, in its
    posterior standard deviations, and of which parameter.
    """

    id: str
    observed: float
    low: float
    middle: float
    high: float
    miss: float
    inside: bool
    moved: float
    parameter: str


def posterior(likelihood: Likelihood, region: Region, particles: int, seed: int) -> Tempered:
    """Tempered posterior of a likelihood, kept inside a region by walls that rise with the likelihood."""
    return temper(_walled(likelihood, region), len(region.priors.names), particles, seed)


def _walled(likelihood: Likelihood, region: Region) -> LogLikelihood:
    """Log likelihood at points of the unit cube, less what the region's walls take off outside."""
    return lambda units: likelihood.log_density(region.priors.values(units)) - region.walls(units)


def leave_one_out(
    likelihood: Likelihood, region: Region, whole: np.ndarray, particles: int, seed: int
) -> list[LeftOut]:
    """Each target left out in turn; whole float64[n, d]: posterior draws with all targets, unit cube.

    Sampling goes on from those draws, for one target less is a short way. With a single target there is nothing to predict it from: an empty list. The region that earlier waves left
    over was drawn with every target, so a target far from all others shows here less than it should.
    """
    if len(likelihood.targets) < 2:
        return []
    return [_without(j, likelihood, region, whole, particles, seed) for j in range(len(likelihood.targets))]


def _without(j: int, likelihood: Likelihood, region: Region, whole: np.ndarray, particles: int, seed: int) -> LeftOut:
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
    y = float(likelihood.targets.observed[j])
    ends = np.quantile(drawn, [0.05, 0.5, 0.95])
    low, middle, high = (float(v) for v in natural(ends, record.transform))
    shift = np.abs(x.mean(axis=0) - all_in.mean(axis=0)) / np.maximum(all_in.std(axis=0), 1e-12)
    most = int(np.argmax(shift))
    return LeftOut(
        record.id,
        record.value,
        low,
        middle,
        high,
        float((y - drawn.mean()) / drawn.std()),
        bool(ends[0] <= y <= ends[2]),
        float(shift[most]),
        region.priors.names[most],
    )
