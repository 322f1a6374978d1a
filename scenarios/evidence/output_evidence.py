"""What evidence did for each output: how far it narrowed the spread of worlds, and what the rest of it rests on.

A world's output moves with the calibrated parameters, with those that only carry a prior, and with luck. What a
user sees is all three together, so narrowing is measured on all three: the standard deviation over worlds drawn
from the posterior against that over worlds drawn from the priors, at the size of the calibration's runs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import RidgeCV

from calibration.fit.identify import FINDING, Informed, output_words
from calibration.fit.simulator import make_seeds
from calibration.fit.waves import CHECK_WAVE, Calibration
from scenarios.evidence.model_runs import worlds_of
from sim.numbers.parameters import draw_value, records

PENALTIES = np.logspace(-2, 4, 13)
JUDGED = "judgement"
RESAMPLES = 2_000
Worlds = tuple[np.ndarray, np.ndarray, int]


@dataclass(frozen=True)
class OutputEvidence:
    """One output. narrowed: 1 - sd over posterior worlds / prior_sd over prior worlds; narrowed_surely: what 95% of
    resamples of the runs' points narrow at least; finding: that this reaches 20%; judgement: share, of what the
    parameters explain of the posterior worlds' variance, of those whose grade is judgement; explained: how much of
    that variance they do explain (the rest is luck, and curves)."""

    name: str
    prior_sd: float
    sd: float
    prior_low: float
    prior_middle: float
    prior_high: float
    low: float
    middle: float
    high: float
    narrowed: float
    narrowed_surely: float
    judgement: float
    explained: float
    finding: bool
    verdict: str


def varying() -> tuple[str, ...]:
    """Parameters that differ from world to world, calibrated or not."""
    return tuple(
        name for name, row in records().items() if row.role in ("prior", "calibrated") and row.prior != "fixed"
    )


def evidence_of_outputs(found: Calibration) -> list[OutputEvidence]:
    """Each output of a calibration, from its runs over the prior and at draws of the posterior."""
    first = found.waves[0]
    before = _rows(found, first.units, first.runs, 1)
    after = _rows(found, found.checked, found.after, CHECK_WAVE)
    where = [found.simulator.statistics.index(name) for name in found.outputs]
    return [_one(name, before, after, j) for name, j in zip(found.outputs, where, strict=True)]


def _rows(found: Calibration, units: np.ndarray, runs: np.ndarray, wave: int) -> Worlds:
    """(parameters float64[n * r, varying], statistics float64[n * r, k], r) of runs float64[n, r, k]: a world a row.

    Of a row that was tried in several worlds, the parameters are those of the first.
    """
    points, replicates, k = runs.shape
    draws = [d for d, _ in worlds_of(make_seeds(found.settings.seed, wave, points, replicates).ravel(), 0)]
    columns = {name: [draw_value(records()[name], d) for d in draws] for name in varying()}
    x = np.repeat(found.priors.values(units), replicates, axis=0)
    columns |= {name: x[:, j].tolist() for j, name in enumerate(found.priors.names)}
    return np.array([columns[name] for name in varying()]).T, runs.reshape(-1, k), replicates


def _one(name: str, before: Worlds, after: Worlds, j: int) -> OutputEvidence:
    then, now = before[1][:, j], after[1][:, j]
    prior_sd, sd = float(then.std()), float(now.std())
    narrowed = 1 - sd / prior_sd if prior_sd > 0 else 0.0
    surely = narrowed_surely(then.reshape(-1, before[2]), now.reshape(-1, after[2]))
    judgement, explained = shares(np.vstack([before[0], after[0]]), np.concatenate([then, now]), after[0], now)
    (low, middle, high), (p_low, p_middle, p_high) = (np.quantile(y, [0.05, 0.5, 0.95]).tolist() for y in (now, then))
    return OutputEvidence(
        name,
        prior_sd,
        sd,
        p_low,
        p_middle,
        p_high,
        low,
        middle,
        high,
        narrowed,
        surely,
        judgement,
        explained,
        surely >= FINDING,
        in_words(narrowed, surely, judgement),
    )


def narrowed_surely(before: np.ndarray, after: np.ndarray) -> float:
    """Narrowing that 95% of RESAMPLES of the points reach: runs before float64[n, r] and after float64[m, r]."""
    rng = np.random.default_rng(20)
    picks = [rng.integers(len(runs), size=(RESAMPLES, len(runs))) for runs in (before, after)]
    then, now = (
        runs[pick].reshape(RESAMPLES, -1).std(axis=1) for runs, pick in zip((before, after), picks, strict=True)
    )
    return float(np.quantile(1 - now / np.maximum(then, 1e-12), 0.05))


def in_words(narrowed: float, surely: float, judgement: float) -> str:
    """The verdict on an output: the calibrator's words, and an assumption too where the runs are too few to tell."""
    if narrowed < FINDING or surely >= FINDING:
        return output_words(narrowed, judgement)
    return (
        f"an assumption, not a finding: evidence narrowed it by {narrowed:.0%}, which these runs cannot tell from less than "
        f"{FINDING:.0%}; {judgement:.0%} of what is left rests on judgement"
    )


def shares(x: np.ndarray, y: np.ndarray, there: np.ndarray, now: np.ndarray) -> tuple[float, float]:
    """(share on judgement, share explained) of the variance of `now` float64[m] at parameters `there` float64[m, p].

    From a straight-line surface with a penalty, fitted to y float64[n] at x float64[n, p].
    """
    spread = x.std(axis=0)
    scaled = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    slopes = RidgeCV(PENALTIES).fit(scaled, y).coef_ / np.where(spread > 0, spread, 1.0)
    each = (slopes * there.std(axis=0)) ** 2
    judged = np.array([records()[name].grade == JUDGED for name in varying()])
    total, variance = float(each.sum()), float(now.var())
    return (float(each[judged].sum() / total) if total > 0 else 1.0), (
        min(total / variance, 1.0) if variance > 0 else 0.0
    )


def as_informed(row: OutputEvidence) -> Informed:
    """The same as the calibrator's own pages take it."""
    return Informed(
        row.name,
        row.prior_sd,
        row.sd,
        row.low,
        row.middle,
        row.high,
        row.narrowed,
        row.judgement,
        row.finding,
        row.verdict,
    )


def as_rows(rows: list[OutputEvidence]) -> list[dict[str, Any]]:
    """For `outputs.json`."""
    return [asdict(row) for row in rows]
