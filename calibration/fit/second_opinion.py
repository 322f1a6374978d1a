"""A second opinion on a posterior, from pyABC (an optional extra): no emulator, no waves, nothing of ours but the simulator.

pyABC draws parameters, runs the simulator there, and keeps a run with the probability that the published figures, with
their errors and discrepancies, would be seen if the world were that run (its `StochasticAcceptor` with a `NormalKernel`).
At temperature 1 that is the posterior that `waves.calibrate` looks for, so the two must agree. It takes thousands of
runs where the emulator takes hundreds, which is why it is the second opinion and not the first.

pyABC takes no seed and draws from NumPy's global generator. That is set here and put back afterwards, everything
happens in one process, and the luck of a run follows from its number: the same call gives the same bytes. Runs are kept
on disk in the order in which they were asked for; after an interruption pyABC starts again and is given those.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from calibration import extras
from calibration.fit.bank import Progress
from calibration.fit.posterior import as_json, write_posterior
from calibration.fit.priors import Priors
from calibration.fit.simulator import Simulator
from calibration.fit.targets import Targets
from calibration.fit.trouble import CalibrationError
from calibration.fit.waves import make_plan, take_folder
from calibration.whole import write_whole

LIBRARY = "pyabc"
MEANS_WITHIN = 0.5
"""How many posterior standard deviations two means may differ by and still agree (judgement),"""
WIDTHS_WITHIN = 0.3
"""and by what share the standard deviations may: three standard errors or more from 40 effective particles upwards."""
OPINION_WAVE = 3_000
"""Stands for these runs in the seeds of runs."""
LUCK = 10
"""Stands for pyABC's own draws among the uses of a study's seed."""


@dataclass(frozen=True)
class OpinionSettings:
    """How much pyABC may do. generations: temperatures on the way to 1; runs: of the simulator, at most."""

    runs: int
    seed: int = 1
    particles: int = 300
    generations: int = 5

    def __post_init__(self) -> None:
        if self.particles < 50 or self.generations < 2 or self.runs < self.particles * self.generations:
            raise CalibrationError(
                "a setting of the second opinion cannot be used",
                key="runs",
                rule="50 particles, 2 generations, and a run for each particle of each generation, at least",
                got=f"{self.particles} particles, {self.generations} generations, {self.runs} runs",
            )


@dataclass(frozen=True)
class Opinion:
    """What pyABC found. values float64[n, d], natural units; weights float64[n], sum 1; temperature: 1 if it finished."""

    names: tuple[str, ...]
    values: np.ndarray
    weights: np.ndarray
    temperature: float
    runs: int

    @property
    def effective(self) -> float:
        """Effective number of particles."""
        return float(1 / (self.weights**2).sum())

    @property
    def finished(self) -> bool:
        """False if the runs were used up while more than the posterior was still let through."""
        return self.temperature <= 1.0


@dataclass(frozen=True)
class Agreement:
    """One parameter: mean and standard deviation of both posteriors. apart: in the first one's standard deviations."""

    name: str
    mean: float
    sd: float
    opinion_mean: float
    opinion_sd: float
    apart: float
    width: float
    agrees: bool


def check_installed() -> None:
    """CalibrationError if pyABC is missing."""
    lost = extras.told(["abc"])
    if lost:
        raise CalibrationError(**lost, key="--second-opinion")


@threadpool_limits.wrap(limits=1)
def second_opinion(
    simulator: Simulator,
    priors: Priors,
    targets: Targets,
    settings: OpinionSettings,
    folder: Path,
    progress: Progress | None = None,
) -> Opinion:
    """pyABC's posterior of the rows of role `target`; writes `posterior.json`, its Parquet and every run into `folder`.

    CalibrationError if pyABC is missing, if the folder is another plan's, or if no generation could be finished.
    """
    check_installed()
    fitted = targets.of_role("target")
    if (fitted.noise_factor != 1).any():
        raise CalibrationError(
            "pyABC compares with whole runs",
            key="noise_factor",
            rule="1 for every target",
            try_="leave the second opinion out",
        )
    if fitted.sides.any():
        raise CalibrationError(
            "pyABC takes figures, not bounds",
            key="bound",
            rule="nothing for every target",
            got=", ".join(r.id for r in fitted.records if r.bound),
            try_="leave the second opinion out",
        )
    plan = make_plan(simulator, priors, fitted, settings, ())
    take_folder(folder, plan)
    kept = KeptRuns(simulator, folder / "runs.f64", settings, progress)
    with kept, settled_luck(settings.seed):
        found = _run(kept, priors, fitted, settings)
    about = {key: plan[key] for key in ("version", "hashes", "plan_hash")} | {
        "seed": settings.seed,
        "method": LIBRARY,
        "temperature": found.temperature,
        "runs": found.runs,
    }
    write_posterior(folder / "posterior.json", priors.names, found.values, found.weights, about)
    return found


def _run(kept: KeptRuns, priors: Priors, targets: Targets, settings: OpinionSettings) -> Opinion:
    """pyABC on the unit cube, from the prior to temperature 1 or to the end of the runs."""
    import pyabc

    def model(point: dict[str, float]) -> dict[str, np.ndarray]:
        units = np.array([[point[name] for name in priors.names]])
        run = kept.next(priors.values(units)[0])
        return {"figures": targets.measured(run[None], kept.simulator.statistics)[0]}

    abc = pyabc.ABCSMC(
        model,
        pyabc.Distribution(**{name: pyabc.RV("uniform", 0, 1) for name in priors.names}),
        pyabc.NormalKernel(cov=targets.error),
        population_size=settings.particles,
        sampler=pyabc.sampler.SingleCoreSampler(),
        eps=pyabc.Temperature(),
        acceptor=pyabc.StochasticAcceptor(),
    )
    abc.new("sqlite://", {"figures": targets.observed})
    with suppress(RunsUsedUp):  # what the last whole generation holds is kept, with its temperature
        abc.run(max_nr_populations=settings.generations)
    return _last(abc.history, priors, kept.asked)


def _last(history: Any, priors: Priors, runs: int) -> Opinion:
    """The last whole generation."""
    if history.max_t < 0:
        raise CalibrationError(
            "the second opinion ended before its first generation did", key="runs", got=f"{runs} runs", try_="more runs"
        )
    points, weights = history.get_distribution()
    values = priors.values(points[list(priors.names)].to_numpy())
    eps = history.get_all_populations().set_index("t")["epsilon"]
    return Opinion(priors.names, values, np.asarray(weights), float(eps[history.max_t]), runs)


@contextmanager
def settled_luck(seed: int) -> Iterator[None]:
    """NumPy's global generator set by a seed and put back afterwards; pyABC's lines of progress kept quiet."""
    import pyabc  # noqa: F401  (its import turns its log on)

    before, log = np.random.get_state(), logging.getLogger("ABC")
    level = log.level
    np.random.seed(np.random.SeedSequence([seed, LUCK]).generate_state(4))
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        np.random.set_state(before)
        log.setLevel(level)


# ------------------------------------------------------------------ runs


class RunsUsedUp(Exception):
    """The runs that were allowed are used up."""


MARK = 8
"""Bytes of a record's mark: the beginning of its SHA-256."""


def _mark(record: bytes) -> bytes:
    return hashlib.sha256(record).digest()[:MARK]


def _whole_records(raw: bytes, width: int) -> np.ndarray:
    """float64[n, width]: the records up to the first that is not whole."""
    size, found = 8 * width, []
    for at in range(0, len(raw) - size - MARK + 1, size + MARK):
        record = raw[at : at + size]
        if _mark(record) != raw[at + size : at + size + MARK]:
            break
        found.append(record)
    return np.frombuffer(b"".join(found), "<f8").reshape(-1, width)


class KeptRuns:
    """Runs in the order in which they are asked for, on disk: a record is d parameters and k statistics, float64, and their mark.

    What the file holds is given back instead of being run. From a record on that is damaged, or cut short by a kill, runs
    are made again.
    """

    def __init__(self, simulator: Simulator, file: Path, settings: OpinionSettings, progress: Progress | None):
        self.simulator, self.file, self.settings, self.progress = simulator, file, settings, progress
        self.d, width = len(simulator.parameters), len(simulator.parameters) + len(simulator.statistics)
        self.records = _whole_records(file.read_bytes() if file.exists() else b"", width)
        self.asked = 0

    def __enter__(self) -> KeptRuns:
        """Open the file behind its last whole record."""
        self.handle = self.file.open("ab")
        self.handle.truncate(self.records.nbytes + MARK * len(self.records))
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self.handle.close()

    def next(self, params: np.ndarray) -> np.ndarray:
        """Statistics float64[k] of the next run, at params float64[d]. RunsUsedUp if there are to be no more."""
        if self.asked >= self.settings.runs:
            raise RunsUsedUp
        number, self.asked = self.asked, self.asked + 1
        if self.progress:
            self.progress("second opinion", self.asked, self.settings.runs)
        if number < len(self.records):
            return self._again(number, params)
        seed = np.random.SeedSequence([self.settings.seed, OPINION_WAVE, number]).generate_state(1, np.uint64)[
            0
        ] >> np.uint64(1)
        found = self.simulator(params[None], np.array([seed], np.int64))[0]
        record = np.concatenate([params, found]).astype("<f8").tobytes()
        self.handle.write(record + _mark(record))
        self.handle.flush()
        return found

    def _again(self, number: int, params: np.ndarray) -> np.ndarray:
        record = self.records[number]
        if (record[: self.d] != params).any():
            raise CalibrationError(
                "runs on disk are not those that are asked for now",
                file=str(self.file),
                got="another version of pyABC or NumPy, it seems",
                try_="choose another folder",
            )
        return record[self.d :].copy()


# ------------------------------------------------------------------ comparing


def compare(opinion: Opinion, units: np.ndarray, priors: Priors) -> list[Agreement]:
    """Each parameter of an opinion beside a posterior's equally weighted draws float64[n, d] of the unit cube."""
    values, rows = priors.values(units), []
    for j, name in enumerate(priors.names):
        mean, sd = float(values[:, j].mean()), float(values[:, j].std())
        theirs = float(opinion.weights @ opinion.values[:, j])
        spread = float(np.sqrt(opinion.weights @ (opinion.values[:, j] - theirs) ** 2))
        apart, width = (theirs - mean) / sd, spread / sd
        rows.append(
            Agreement(
                name,
                mean,
                sd,
                theirs,
                spread,
                apart,
                width,
                abs(apart) <= MEANS_WITHIN and abs(width - 1) <= WIDTHS_WITHIN,
            )
        )
    return rows


def in_words(opinion: Opinion, rows: list[Agreement]) -> str:
    """The comparison as a sentence or two."""
    apart = [row.name for row in rows if not row.agrees]
    said = f"it differs for {', '.join(apart)}" if apart else "it agrees for every parameter"
    rule = f"means within {MEANS_WITHIN} posterior standard deviations, widths within {WIDTHS_WITHIN:.0%}"
    first = f"pyABC, {opinion.runs:,} runs, {opinion.effective:.0f} effective particles: {said} ({rule})."
    if opinion.finished:
        return first
    return (
        f"{first} Its runs were used up at temperature {opinion.temperature:.2g} where 1 is the posterior: its intervals "
        "are wider than they should be, and this is no verdict yet."
    )


def write_comparison(opinion: Opinion, rows: list[Agreement], folder: Path) -> Path:
    """Write `comparison.json`; its path."""
    content = {
        "words": in_words(opinion, rows),
        "finished": opinion.finished,
        "temperature": opinion.temperature,
        "parameters": [asdict(row) for row in rows],
    }
    write_whole(folder / "comparison.json", as_json(content).encode())
    return folder / "comparison.json"
