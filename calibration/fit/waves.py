"""One calibration from end to end: waves of runs, emulator, gate, region; posterior; runs at its draws; files.

Everything dear (runs of the simulator) is on disk under a plan whose hash stands in the folder; everything else
follows from it by seeds. The same call after an interruption goes on where it was and ends with the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from calibration.fit.bank import HERE, Keeper, Progress, run_rows, single, spread
from calibration.fit.check import Distance, Fit, Gain, distance, fits, gain
from calibration.fit.design import space_filling, split_held_out
from calibration.fit.emulate import Emulator, fit
from calibration.fit.gate import Checked, gate, inflate
from calibration.fit.heldout import LeftOut, leave_one_out, posterior
from calibration.fit.identify import Contraction, Informed, Ridge, contraction, outputs_informed, ridges
from calibration.fit.likelihood import Likelihood
from calibration.fit.match import CUT, Region, sample_inside
from calibration.fit.posterior import as_json, hashed, write_posterior
from calibration.fit.priors import Priors
from calibration.fit.simulator import Simulator, make_seeds
from calibration.fit.smc import Tempered
from calibration.fit.targets import Targets
from calibration.fit.trouble import CalibrationError
from calibration.whole import write_whole

MOST_FREE = 15
"""Free parameters at most: more than the evidence could ever tell apart. Any number may be carried along."""
FEWEST_AGAIN = 10
"""Points of a wave that are run several times at least."""
SETTLED = 0.1
"""Share of a target's variance that the emulator may be before more waves buy nothing."""
AGAIN_WAVE = 500
"""Added to a wave's number in the seeds of those of its points that are run several times, where others are not."""
CHECK_WAVE = 1_000
"""Stands for the runs at posterior draws in the seeds of runs."""


@dataclass(frozen=True)
class Settings:
    """How to calibrate. points: of the first wave (0: 15 a free parameter and 3 for each other, 80 at least), later: of
    each other wave (0: as many); again: share of a wave's points that have `replicates` runs, the others have one; draws:
    runs at the posterior.

    failing: what becomes of a target whose emulator fails the gate, `leave_out` or `inflate` (its error).
    """

    seed: int = 1
    points: int = 0
    replicates: int = 3
    held_out: float = 0.2
    most_waves: int = 3
    cut: float = CUT
    particles: int = 1_000
    draws: int = 200
    draw_replicates: int = 3
    failing: str = "leave_out"
    process: bool = True
    part: int = 8
    later: int = 0
    again: float = 1.0

    def __post_init__(self) -> None:
        rules = (
            (self.replicates >= 2 and self.draw_replicates >= 2, "replicates", "2 or more, to measure noise"),
            (0 < self.held_out <= 0.5, "held_out", "above 0, up to a half"),
            (
                self.most_waves >= 1 and self.draws >= 20 and self.particles >= 100,
                "most_waves, draws, particles",
                "at least 1, 20 and 100",
            ),
            (self.points == 0 or self.points >= 40, "points", "40 or more: a fifth of them is held out"),
            (self.later == 0 or self.later >= 40, "later", "40 or more: a fifth of them is held out"),
            (
                0 < self.again <= 1 and self.again * (self.later or self.points or 80) >= FEWEST_AGAIN,
                "again",
                f"a share of the points, {FEWEST_AGAIN} of each wave at least, to measure noise",
            ),
            (self.failing in ("leave_out", "inflate"), "failing", "leave_out or inflate"),
            (self.part >= 1 and self.seed >= 0, "part, seed", "part 1 or more, seed 0 or more"),
        )
        for good, key, rule in rules:
            if not good:
                raise CalibrationError("a setting cannot be used", key=key, rule=rule)


@dataclass(frozen=True)
class Wave:
    """One wave. share: of the prior that was left before it; runs float64[n, r, k] at units float64[n, d]."""

    number: int
    share: float
    units: np.ndarray
    runs: np.ndarray
    held: np.ndarray  # bool[n]
    emulator: Emulator
    checks: tuple[Checked, ...]
    likelihood: Likelihood
    emulator_share: float  # largest share of a target's variance that is the emulator's, median over points


@dataclass(frozen=True)
class Calibration:
    """Everything a calibration found. before, after: runs at wave 1 and at `checked` draws, natural units."""

    simulator: Simulator
    priors: Priors
    targets: Targets
    settings: Settings
    outputs: tuple[str, ...]
    waves: tuple[Wave, ...]
    found: Tempered
    checked: np.ndarray  # float64[draws, d], unit cube
    after: np.ndarray  # float64[draws, r, k]
    fits: tuple[Fit, ...]
    gains: tuple[Gain | None, Gain | None]  # in joint log score on the prior: fitted targets, rows held back
    distances: tuple[Distance, ...]
    contractions: tuple[Contraction, ...]
    ridges: tuple[Ridge, ...]
    informed: tuple[Informed, ...]
    left_out: tuple[LeftOut, ...]
    passes: tuple[tuple[str, str], ...] = ()  # what the plan is judged by, and how that came out
    next: tuple[
        Any, ...
    ] = ()  # what studies that could be made would tell (`calibration.report.measure_next.Expected`)

    @property
    def scores(self) -> tuple[float, float]:
        """Joint log score of the fitted targets: posterior, prior."""
        fitted = self.gains[0]
        return (fitted.posterior, fitted.prior) if fitted else (0.0, 0.0)

    @property
    def settled(self) -> bool:
        """Whether waves stopped because the emulator was sure enough, not because there were to be no more."""
        return self.waves[-1].emulator_share < SETTLED

    @property
    def before(self) -> np.ndarray:
        """float64[n, r, k]: runs spread over the prior, of every point as many."""
        return single(self.waves[0].runs)

    @property
    def refused(self) -> tuple[Checked, ...]:
        """Targets whose emulator did not pass the gate in the last wave."""
        return tuple(check for check in self.waves[-1].checks if not check.passed)


@threadpool_limits.wrap(limits=1)  # small matrices: threads cost more than they bring, and may change last digits
def calibrate(
    simulator: Simulator,
    priors: Priors,
    targets: Targets,
    settings: Settings,
    folder: Path,
    *,
    outputs: Sequence[str] = (),
    keeper: Keeper = HERE,
    progress: Progress | None = None,
) -> Calibration:
    """Calibrate and write `posterior.json`, `posterior.parquet` and `calibration.json` into `folder`.

    targets of role `validation` are run and compared but never fitted. outputs: statistics of which to say how far
    evidence informed them. keeper: runs the simulator and keeps what was run. CalibrationError for anything a person
    has to put right.
    """
    check_input(simulator, priors, targets, tuple(outputs))
    plan = make_plan(simulator, priors, targets, settings, tuple(outputs))
    take_folder(folder, plan)
    tell = progress or (lambda what, done, of: None)

    def run(what: str, units: np.ndarray, wave: int, replicates: int) -> np.ndarray:
        seeds = make_seeds(settings.seed, wave, len(units), replicates)
        return run_rows(simulator, priors.values(units), seeds, keeper, size=settings.part, progress=tell, what=what)

    waves, region, found = search(simulator, priors, targets, settings, run, tell)
    chosen = np.random.default_rng([settings.seed, 6]).permutation(len(found.units))[: settings.draws]
    checked = found.units[np.sort(chosen)]
    after = run("runs at the posterior", checked, CHECK_WAVE, settings.draw_replicates)
    tell("leave one target out", 0, 1)
    left_out = leave_one_out(
        waves[-1].likelihood, region, found.units, max(settings.particles // 2, 100), settings.seed, waves[0].likelihood
    )
    calibration = judge(simulator, priors, targets, settings, tuple(outputs), waves, found, checked, after, left_out)
    write(calibration, plan, folder)
    tell("leave one target out", 1, 1)
    return calibration


def search(
    simulator: Simulator, priors: Priors, targets: Targets, settings: Settings, run: Any, tell: Progress
) -> tuple[list[Wave], Region, Tempered]:
    """Waves until the emulator is sure enough, the region they left, and the posterior in it.

    run(what, units, wave, replicates) -> statistics float64[n, r, k].
    """
    waves: list[Wave] = []
    while len(waves) < settings.most_waves and not (waves and waves[-1].emulator_share < SETTLED):
        waves.append(next_wave(waves, run, simulator, priors, targets, settings))
    region = region_before(waves, priors, settings)
    sample_inside(Region(priors, tuple(wave.likelihood for wave in waves), settings.cut), 1, settings.seed)
    tell("posterior", 0, 1)
    found = posterior(waves[-1].likelihood, region, settings.particles, settings.seed)
    tell("posterior", 1, 1)
    return waves, region, found


def most_points(priors: Priors, settings: Settings, wave: int = 1) -> int:
    """Points of a wave."""
    free = len(priors.free)
    first = settings.points or max(15 * free + 3 * (len(priors.names) - free), 80)
    return first if wave == 1 else settings.later or first


def most_runs(priors: Priors, settings: Settings) -> int:
    """Runs of all waves together, if none is saved."""
    points = [most_points(priors, settings, wave) for wave in range(1, settings.most_waves + 1)]
    return sum(n + int(spread(n, settings.again).sum()) * (settings.replicates - 1) for n in points)


def wave_runs(run: Any, what: str, units: np.ndarray, wave: int, settings: Settings) -> np.ndarray:
    """float64[n, r, k] of a wave's points float64[n, d]: run several times, or a share of them so and the others once."""
    if settings.again == 1:
        return run(what, units, wave, settings.replicates)
    more = spread(len(units), settings.again)
    several = run(f"{what}, several times", units[more], AGAIN_WAVE + wave, settings.replicates)
    once = run(f"{what}, once", units[~more], wave, 1)
    found = np.full((len(units), *several.shape[1:]), np.nan)
    found[more], found[~more, :1] = several, once
    return found


def check_input(simulator: Simulator, priors: Priors, targets: Targets, outputs: tuple[str, ...]) -> None:
    """CalibrationError if simulator, priors and targets do not belong together."""
    if priors.names != simulator.parameters:
        raise CalibrationError(
            "the priors are not those of the simulator's parameters",
            rule=", ".join(simulator.parameters),
            got=", ".join(priors.names),
            try_="one prior for each free parameter, in the simulator's order",
        )
    if len(priors.free) > MOST_FREE:
        raise CalibrationError(
            "too many free parameters",
            rule=f"at most {MOST_FREE}",
            got=str(len(priors.free)),
            try_="leave those free that the targets speak of; the others are carried along",
        )
    targets.check_measured(simulator.statistics)
    if not len(targets.of_role("target")):
        raise CalibrationError("there is no target to calibrate to", rule="at least one row of role target")
    missing = [name for name in outputs if name not in simulator.statistics]
    if missing:
        raise CalibrationError("an output that the simulator does not measure", key=missing[0])


def make_plan(
    simulator: Simulator, priors: Priors, targets: Targets, settings: Any, outputs: tuple[str, ...]
) -> dict[str, Any]:
    """What the result follows from, as plain data, with hashes of its pieces and one of all. settings: a dataclass."""
    pieces = {
        "priors": priors.as_rows(),
        "targets": targets.as_rows(),
        "shared": targets.shared,
        "settings": asdict(settings),
        "outputs": list(outputs),
        "version": simulator.version,
        "statistics": list(simulator.statistics),
    }
    hashes = {name: hashed(pieces[name]) for name in ("priors", "targets", "settings")}
    return {**pieces, "hashes": hashes, "plan_hash": hashed(pieces)}


def take_folder(folder: Path, plan: dict[str, Any]) -> None:
    """Make the folder this plan's. CalibrationError if it is another's."""
    folder.mkdir(parents=True, exist_ok=True)
    file, text = folder / "plan.json", as_json(plan)
    if not file.exists() or _damaged(file):
        write_whole(file, text.encode())
    elif file.read_bytes() != text.encode():
        raise CalibrationError(
            "the folder holds a calibration of another plan",
            file=str(file),
            rule=plan["plan_hash"],
            try_="choose another folder; what is in this one stays",
        )


def _damaged(file: Path) -> bool:
    try:
        return not isinstance(json.loads(file.read_bytes()), dict)
    except (ValueError, RecursionError):
        return True


def region_before(waves: Sequence[Wave], priors: Priors, settings: Settings) -> Region:
    """The region that the last wave's runs were spread over."""
    return Region(priors, tuple(wave.likelihood for wave in waves[:-1]), settings.cut)


def next_wave(
    waves: Sequence[Wave], run: Any, simulator: Simulator, priors: Priors, targets: Targets, settings: Settings
) -> Wave:
    """Spread points over what is left, run them, fit and gate an emulator on all runs in there."""
    number, d = len(waves) + 1, len(priors.names)
    points = most_points(priors, settings, number)
    region, share = Region(priors, tuple(wave.likelihood for wave in waves), settings.cut), 1.0
    if waves:
        units, share = sample_inside(region, points, settings.seed + number)
    else:
        units = space_filling(points, d, settings.seed)
    runs = wave_runs(run, f"wave {number}", units, number, settings)
    held = split_held_out(points, settings.held_out)
    fitted = targets.of_role("target")
    rows = [(wave.units, wave.runs, wave.held) for wave in waves] + [(units, runs, held)]
    all_units, all_runs, all_held = (np.concatenate(part) for part in zip(*rows, strict=True))
    inside = region.inside(all_units)
    x, y = priors.values(all_units[inside]), fitted.measured(all_runs[inside], simulator.statistics)
    emulator, checks, likelihood = make_likelihood(x, y, all_held[inside], fitted, settings, priors.free)
    return Wave(number, share, units, runs, held, emulator, tuple(checks), likelihood, emulator_share(likelihood, x))


def make_likelihood(
    x: np.ndarray, y: np.ndarray, held: np.ndarray, targets: Targets, settings: Settings, rich: tuple[int, ...]
) -> tuple[Emulator, list[Checked], Likelihood]:
    """Emulator of y float64[n, r, t] at x float64[n, d], its verdicts, and the likelihood of targets that may count.

    rich: places of the free parameters.
    """
    emulator = fit(x[~held], y[~held], settings.process, rich)
    checks = gate(emulator, targets.ids, x[held], y[held])
    if settings.failing == "inflate":
        emulator = inflate(emulator, checks)
    kept = [j for j, check in enumerate(checks) if check.passed or settings.failing == "inflate"]
    if not kept:
        raise CalibrationError(
            "no target passed the emulator's gate: nothing can be called calibrated",
            got="; ".join(f"{check.name}: {check.why}" for check in checks),
            try_="more points or replicates",
        )
    return emulator, checks, Likelihood(emulator, targets.only([targets.ids[j] for j in kept]), tuple(kept))


def emulator_share(likelihood: Likelihood, x: np.ndarray) -> float:
    """Largest over targets of the median share of the variance that is the emulator's, over points x float64[n, d]."""
    _, total = likelihood.moments(x)
    _, error = likelihood.emulator.predict(x)
    shares = error[:, list(likelihood.columns)] / np.diagonal(total, axis1=1, axis2=2)
    return float(np.median(shares, axis=0).max())


def judge(
    simulator: Simulator,
    priors: Priors,
    targets: Targets,
    settings: Settings,
    outputs: tuple[str, ...],
    waves: Sequence[Wave],
    found: Tempered,
    checked: np.ndarray,
    after: np.ndarray,
    left_out: list[LeftOut],
) -> Calibration:
    """All checks of a posterior and of the runs at its draws."""
    likelihood, names, x = waves[-1].likelihood, simulator.statistics, priors.values(checked)
    later, earlier = (targets.measured(runs, names) for runs in (after, single(waves[0].runs)))
    fitted = targets.only(likelihood.targets.ids)
    mine = [targets.ids.index(name) for name in fitted.ids]
    emulated = targets.of_role("target")
    where = [names.index(name) for name in outputs]
    held = [j for j, record in enumerate(targets.records) if record.role == "validation"]
    scored = ((mine, fitted), (held, targets.of_role("validation")))
    return Calibration(
        simulator,
        priors,
        targets,
        settings,
        outputs,
        tuple(waves),
        found,
        checked,
        after,
        tuple(fits(later, earlier, targets, settings.seed)),
        tuple(gain(later[..., js], earlier[..., js], some, settings.seed) for js, some in scored),  # type: ignore[arg-type]
        tuple(distance(waves[-1].emulator, x, emulated.measured(after, names), emulated.ids)),
        tuple(contraction(found.units, priors, found.luck)),
        tuple(ridges(found.units, priors, likelihood)),
        tuple(outputs_informed(outputs, priors, x, after[..., where], waves[0].runs[..., where])),
        tuple(left_out),
    )


def write(calibration: Calibration, plan: dict[str, Any], folder: Path) -> None:
    """The posterior's files, and `calibration.json` with every check."""
    values = calibration.priors.values(calibration.found.units)
    about = {key: plan[key] for key in ("version", "hashes", "plan_hash")} | {
        "seed": calibration.settings.seed,
        "units": [record.unit for record in calibration.priors.records],
        "refused_targets": [check.name for check in calibration.refused],
    }
    write_posterior(folder / "posterior.json", calibration.priors.names, values, np.ones(len(values)), about)
    write_whole(folder / "calibration.json", as_json(findings(calibration)).encode())


def findings(calibration: Calibration) -> dict[str, Any]:
    """Every check as plain data, numbers in full."""
    c = calibration
    return {
        "waves": [
            {
                "wave": w.number,
                "share_of_prior": w.share,
                "points": len(w.units),
                "emulator_share": w.emulator_share,
                "gate": [asdict(check) for check in w.checks],
            }
            for w in c.waves
        ],
        "stages": [asdict(stage) for stage in c.found.stages],
        "log_evidence": c.found.log_evidence,
        "fits": [asdict(row) for row in c.fits],
        "joint_log_score": {"posterior": c.scores[0], "prior": c.scores[1]},
        "gains": {
            which: asdict(one) if one else None for which, one in zip(("fitted", "held_back"), c.gains, strict=True)
        },
        "settled": c.settled,
        "next": [asdict(row) for row in c.next],
        "emulator_against_simulator": [asdict(row) for row in c.distances],
        "parameters": [asdict(row) for row in c.contractions],
        "ridges": [asdict(row) for row in c.ridges],
        "outputs": [asdict(row) for row in c.informed],
        "left_out": [asdict(row) for row in c.left_out],
    }
