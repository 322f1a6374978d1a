"""Simulation-based calibration: on data made from known parameters, do posteriors say what they should?

Parameters are drawn from the prior, data are one run there with published error added, and the posterior of
these data is found just as that of real data is. If the method is right, the rank of the true value among
posterior draws is uniform. One bank of runs and one emulator serve all data sets, so an error of that emulator is in all
of them: several banks tell more than many data sets on one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy import stats
from threadpoolctl import threadpool_limits

from calibration.fit.bank import HERE, Keeper, Progress, run_rows
from calibration.fit.design import space_filling, split_held_out
from calibration.fit.emulate import Emulator, fit
from calibration.fit.gate import Checked
from calibration.fit.likelihood import Likelihood
from calibration.fit.priors import Priors
from calibration.fit.simulator import Simulator, make_seeds
from calibration.fit.smc import islands
from calibration.fit.targets import Target, Targets
from calibration.fit.trouble import CalibrationError
from calibration.fit.waves import Settings, make_likelihood, most_points, search, wave_runs

DRAWS = 99
"""Posterior draws that a true value is ranked among: ranks 0 to 99."""
TRUTH_WAVE = 2_000
"""Stands for the data sets in the seeds of runs."""


@dataclass(frozen=True)
class RankCheck:
    """Ranks int[sets, d] of true values among DRAWS posterior draws; covered: share inside central 50% and 90%.

    band: (lowest, highest) int[DRAWS + 1] of the number of ranks up to each value, simultaneous over values and
    parameters at `level`; outside: for each parameter, how many of the values leave it. truth float64[sets, d], unit
    cube, and data float64[sets, t], working scale, of the targets `ids`: what the ranks are of (none of the whole procedure).
    """

    names: tuple[str, ...]
    ranks: np.ndarray
    covered: dict[float, np.ndarray]
    band: tuple[np.ndarray, np.ndarray]
    level: float
    outside: np.ndarray
    checks: tuple[Checked, ...]
    truth: np.ndarray | None = None
    data: np.ndarray | None = None
    ids: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True if no parameter's ranks leave the band."""
        return not self.outside.any()

    def error(self, wide: float) -> float:
        """Standard error of one parameter's share of intervals this wide that held the truth, where all is right."""
        return float(np.sqrt(wide * (1 - wide) / len(self.ranks)))

    def sees(self) -> str:
        """What a check of so many data sets can see, in words."""
        off = 2.6 * self.error(0.9)
        return (
            f"With {len(self.ranks)} data sets one parameter's share for 90% has a standard error of {100 * self.error(0.9):.1f} "
            f"points: intervals that hold the truth in {100 * max(0.9 - off, 0):.0f}% of cases or less would be noticed, smaller "
            "faults would not. It says that the method is right about data of this model, not that the model is right."
        )

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
    outputs: Sequence[str] = (),
    sets: int = 100,
    level: float = 0.99,
    noisy: bool = True,
    keeper: Keeper = HERE,
    progress: Progress | None = None,
) -> RankCheck:
    """Simulation-based calibration of this simulator with these priors and kinds of targets (their values unused).

    outputs: statistics whose ranks are looked at as well: another run at the true parameters among what the posterior
    predicts of one. noisy=False leaves simulator noise and emulator error out of the likelihood: a control that must
    fail. Figures given as counts keep the scale of their published count.
    """
    fitted, names = targets.of_role("target"), simulator.statistics
    where = [names.index(name) for name in outputs]

    def run(what: str, units: np.ndarray, wave: int, replicates: int) -> np.ndarray:
        seeds = make_seeds(settings.seed, wave, len(units), replicates)
        x = priors.values(units)
        return run_rows(simulator, x, seeds, keeper, size=settings.part, progress=progress, what=what)

    units = space_filling(most_points(priors, settings), len(priors.names), settings.seed)
    bank, held = wave_runs(run, "wave 1", units, 1, settings), split_held_out(len(units), settings.held_out)
    x, rich = priors.values(units), priors.free
    _, checks, likelihood = make_likelihood(x, fitted.measured(bank, names), held, fitted, settings, rich)
    beside = fit(x[~held], bank[~held][..., where], settings.process, rich) if where else None
    truth = np.random.default_rng([settings.seed, 7]).random((sets, len(priors.names)))
    made = run("data sets", truth, TRUTH_WAVE, 2 if where else 1)
    seen = fitted.measured(made[:, 0], names)[:, list(likelihood.columns)]
    data = observe(seen, likelihood.targets, settings.seed)
    likely = replace(likelihood, noisy=noisy)
    tell = progress or (lambda what, done, of: None)
    ranks = []
    for i in range(sets):
        drawn = draws_of(likely, priors, data[i], settings, i)
        mine = (drawn < truth[i]).sum(axis=0)
        if beside is not None:
            told = predicted(beside, priors.values(drawn), settings.seed * 100_003 + i)
            mine = np.concatenate([mine, (told < made[i, 1, where]).sum(axis=0)])
        ranks.append(mine)
        tell("posteriors of data sets", i + 1, sets)
    found = summarise((*priors.names, *outputs), np.array(ranks), level, tuple(checks))
    return replace(found, truth=truth, data=data, ids=likelihood.targets.ids)


def predicted(emulator: Emulator, x: np.ndarray, seed: int) -> np.ndarray:
    """float64[n, outputs]: one run at each of the draws x float64[n, d], as the emulator sees it, its error included."""
    mean, error = emulator.predict(x)
    luck = np.random.default_rng([seed, 11]).standard_normal(mean.shape)
    return mean + np.sqrt(error + emulator.noise(x)) * luck


def observe(runs: np.ndarray, targets: Targets, seed: int) -> np.ndarray:
    """float64[sets, t]: what would be published of runs float64[sets, t], working scale: error and discrepancy added."""
    luck = np.random.default_rng([seed, 8]).standard_normal(runs.shape)
    return runs + luck @ np.linalg.cholesky(targets.error).T


def draws_of(likelihood: Likelihood, priors: Priors, data: np.ndarray, settings: Settings, number: int) -> np.ndarray:
    """float64[DRAWS, d]: posterior draws, unit cube, of data set `number`, float64[t]."""
    seed = settings.seed * 100_003 + number
    d = len(priors.names)
    found = islands(lambda u: likelihood.log_density(priors.values(u), data), d, settings.particles, seed)
    return thinned(found.units, seed)


def thinned(units: np.ndarray, seed: int) -> np.ndarray:
    """float64[DRAWS, d]: some of the draws, by chance."""
    return units[np.random.default_rng([seed, 9]).permutation(len(units))[:DRAWS]]


@threadpool_limits.wrap(limits=1)
def whole_rank_check(
    simulator: Simulator,
    priors: Priors,
    targets: Targets,
    settings: Settings,
    *,
    sets: int = 100,
    level: float = 0.99,
    first: int = 0,
    progress: Progress | None = None,
) -> RankCheck:
    """The same for the whole procedure: each data set has its own waves, emulators, gate, region and posterior.

    first: number of the first data set, so that a check can be made in parts; each set follows from its number alone. A
    set for which the search finds no point at all counts as one whose ranks are all 0: it must not be left out.
    """
    ranks = []
    for i in range(first, first + sets):
        seed = settings.seed * 100_003 + i
        truth = np.random.default_rng([seed, 7]).random((1, len(priors.names)))
        fitted = observed_anew(simulator, priors, targets.of_role("target"), truth, seed)
        ranks.append(_rank_whole(simulator, priors, fitted, replace(settings, seed=seed), truth[0]))
        if progress:
            progress("data sets", i - first + 1, sets)
    return summarise(priors.names, np.array(ranks), level)


def observed_anew(simulator: Simulator, priors: Priors, targets: Targets, truth: np.ndarray, seed: int) -> Targets:
    """Targets with the values that one run at the truth float64[1, d], and the errors, would have made."""
    run = simulator(priors.values(truth), make_seeds(seed, TRUTH_WAVE, 1, 1)[:, 0])
    found = observe(targets.measured(run, simulator.statistics), targets, seed)[0]
    _, sides = targets.told(found)
    records = zip(targets.records, found, sides, strict=True)
    return Targets((_told(record, value, side) for record, value, side in records), targets.shared)


def _told(record: Target, value: float, side: int) -> Target:
    """A figure with another value; a bound with the side on which that value lies."""
    if record.bound:
        return replace(record, bound="lower" if side > 0 else "upper")
    return replace(record, value=float(record.back(np.array(value))))


def _rank_whole(
    simulator: Simulator, priors: Priors, targets: Targets, settings: Settings, truth: np.ndarray
) -> np.ndarray:
    def run(what: str, units: np.ndarray, wave: int, replicates: int) -> np.ndarray:
        seeds = make_seeds(settings.seed, wave, len(units), replicates)
        return run_rows(simulator, priors.values(units), seeds)

    try:
        found = search(simulator, priors, targets, settings, run, lambda what, done, of: None)[2]
    except CalibrationError:
        return np.zeros(len(truth), int)
    return (thinned(found.units, settings.seed) < truth).sum(axis=0)


@dataclass(frozen=True)
class Beside:
    """Ranks against what the exact posterior says of the same truths and data, where a toy has one.

    exact: the ranks that draws of the exact posterior would have; apart: by parameter, mean of the rank's share less the
    exact one, and error its standard error: luck of truths and of data is in both, so it is not in the difference.
    """

    exact: RankCheck
    apart: np.ndarray
    error: np.ndarray

    @property
    def worst(self) -> float:
        """The largest difference, in its standard errors."""
        return float(np.max(np.abs(self.apart) / np.maximum(self.error, 1e-12)))


def beside_exact(found: RankCheck, places: np.ndarray, seed: int = 1) -> Beside:
    """places float64[sets, d]: probability that the exact posterior gives to less than the truth, of the first d names."""
    d = places.shape[1]
    drawn = np.random.default_rng([seed, 13]).binomial(DRAWS, places)
    apart = (found.ranks[:, :d] + 0.5) / (DRAWS + 1) - places
    return Beside(
        summarise(found.names[:d], drawn, found.level), apart.mean(axis=0), apart.std(axis=0) / np.sqrt(len(apart))
    )


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
