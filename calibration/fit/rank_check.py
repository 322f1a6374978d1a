"""Simulation-based calibration: on data made from known parameters, do posteriors say what they should?

Parameters are drawn from the prior, data are one run there with published error added, and the posterior of
these data is found just as that of real data is. If the method is right, the rank of the true value among
posterior draws is uniform. One bank of runs and one emulator serve all data sets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy import stats
from threadpoolctl import threadpool_limits

from calibration.fit.bank import HERE, Keeper, Progress, run_rows
from calibration.fit.design import space_filling, split_held_out
from calibration.fit.gate import Checked
from calibration.fit.likelihood import Likelihood
from calibration.fit.priors import Priors
from calibration.fit.simulator import Simulator, make_seeds
from calibration.fit.smc import temper
from calibration.fit.targets import Targets
from calibration.fit.waves import Settings, make_likelihood

DRAWS = 99
"""Posterior draws that a true value is ranked among: ranks 0 to 99."""
TRUTH_WAVE = 2_000
"""Stands for the data sets in the seeds of runs."""


@dataclass(frozen=True)
class RankCheck:
    """Ranks int[sets, d] of true values among DRAWS posterior draws; covered: share inside central 50% and 90%.

    band: (lowest, highest) int[DRAWS + 1] of the number of ranks up to each value, simultaneous over values and
    parameters at `level`; outside: for each parameter, how many of the values leave it.
    """

    names: tuple[str, ...]
    ranks: np.ndarray
    covered: dict[float, np.ndarray]
    band: tuple[np.ndarray, np.ndarray]
    level: float
    outside: np.ndarray
    checks: tuple[Checked, ...]

    @property
    def passed(self) -> bool:
        """True if no parameter's ranks leave the band."""
        return not self.outside.any()

    def sentence(self) -> str:
        """The result in words."""
        sets, bad = len(self.ranks), [n for n, out in zip(self.names, self.outside, strict=True) if out]
        said = f"ranks of {', '.join(bad)} leave" if bad else "all ranks stay inside"
        return (
            f"Over {sets} data sets made from known parameters {said} the simultaneous {self.level:.0%} band; 90% intervals"
            f" held the true value in {self.covered[0.9].mean():.0%} of cases, 50% intervals in {self.covered[0.5].mean():.0%}."
        )


@threadpool_limits.wrap(limits=1)
def rank_check(
    simulator: Simulator,
    priors: Priors,
    targets: Targets,
    settings: Settings,
    *,
    sets: int = 100,
    level: float = 0.99,
    noisy: bool = True,
    keeper: Keeper = HERE,
    progress: Progress | None = None,
) -> RankCheck:
    """Simulation-based calibration of this simulator with these priors and kinds of targets (their values unused).

    noisy=False leaves simulator noise and emulator error out of the likelihood: a control that must fail.
    """
    fitted = targets.of_role("target")
    d, points = len(priors.names), settings.points or max(15 * len(priors.names), 80)

    def run(what: str, units: np.ndarray, wave: int, replicates: int) -> np.ndarray:
        seeds = make_seeds(settings.seed, wave, len(units), replicates)
        runs = run_rows(
            simulator, priors.values(units), seeds, keeper, size=settings.part, progress=progress, what=what
        )
        return fitted.measured(runs, simulator.statistics)

    units = space_filling(points, d, settings.seed)
    bank = run("wave 1", units, 1, settings.replicates)
    held = split_held_out(points, settings.held_out)
    _, checks, likelihood = make_likelihood(priors.values(units), bank, held, fitted, settings)
    truth = np.random.default_rng([settings.seed, 7]).random((sets, d))
    data = observe(
        run("data sets", truth, TRUTH_WAVE, 1)[:, 0, list(likelihood.columns)], likelihood.targets, settings.seed
    )
    ranks = np.array(
        [
            rank_one(replace(likelihood, noisy=noisy), priors, truth[i], data[i], settings, i, progress, sets)
            for i in range(sets)
        ]
    )
    return summarise(priors.names, ranks, level, tuple(checks))


def observe(runs: np.ndarray, targets: Targets, seed: int) -> np.ndarray:
    """float64[sets, t]: what would be published of runs float64[sets, t], working scale: error and discrepancy added."""
    luck = np.random.default_rng([seed, 8]).standard_normal(runs.shape)
    return runs + luck @ np.linalg.cholesky(targets.error).T


def rank_one(
    likelihood: Likelihood,
    priors: Priors,
    truth: np.ndarray,
    data: np.ndarray,
    settings: Settings,
    number: int,
    progress: Progress | None = None,
    sets: int = 1,
) -> np.ndarray:
    """int[d]: the rank of each true coordinate among DRAWS posterior draws of one data set float64[t]."""
    seed = settings.seed * 100_003 + number
    found = temper(lambda u: likelihood.log_density(priors.values(u), data), len(truth), settings.particles, seed)
    chosen = np.random.default_rng([seed, 9]).permutation(len(found.units))[:DRAWS]
    if progress:
        progress("posteriors of data sets", number + 1, sets)
    return (found.units[chosen] < truth).sum(axis=0)


def summarise(names: tuple[str, ...], ranks: np.ndarray, level: float, checks: tuple[Checked, ...] = ()) -> RankCheck:
    """Coverage and bands of ranks int[sets, d]."""
    sets, d = ranks.shape
    each = 1 - (1 - level) / d  # all parameters together stay inside at `level`
    low, high = band(sets, DRAWS + 1, each)
    counts = np.array([(ranks <= r).sum(axis=0) for r in range(DRAWS + 1)])
    outside = ((counts < low[:, None]) | (counts > high[:, None])).sum(axis=0)
    covered = {}
    for wide in (0.5, 0.9):
        edge = (1 - wide) / 2 * (DRAWS + 1)
        covered[wide] = np.mean((ranks >= edge) & (ranks < DRAWS + 1 - edge), axis=0)
    return RankCheck(names, ranks, covered, (low, high), level, outside, checks)


@lru_cache(maxsize=32)
def band(sets: int, values: int, level: float, trials: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """(lowest, highest) int[values]: bounds on how many of `sets` uniform ranks are at most 0, 1, ... values - 1.

    All bounds hold together with probability `level`: the pointwise probability is set by simulation of uniform
    ranks (Sailynoja, Burkner and Vehtari 2022), with a fixed seed.
    """
    share = np.arange(1, values + 1) / values
    up_to = np.arange(sets + 1)[:, None]
    tail = 2 * np.minimum(stats.binom.cdf(up_to, sets, share), stats.binom.sf(up_to - 1, sets, share))
    drawn = np.random.default_rng(20221).multinomial(sets, np.full(values, 1 / values), size=trials)
    counts = np.cumsum(drawn, axis=1)
    least = tail[counts, np.arange(values)][:, :-1].min(axis=1)
    alpha = float(np.quantile(least, 1 - level))
    return (stats.binom.ppf(alpha / 2, sets, share).astype(int), stats.binom.isf(alpha / 2, sets, share).astype(int))
