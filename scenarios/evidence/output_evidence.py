"""What evidence did for each output: how far it moved and narrowed the spread of worlds, and what the rest rests on.

A world's output moves with all uncertain parameters and with luck. What a user sees is both together, so narrowing is
measured on both: the standard deviation over worlds drawn from the posterior against that over worlds drawn from the
priors, at the size of the calibration's runs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import RidgeCV

from calibration.fit.identify import FINDING, MOVED, Informed, output_words
from calibration.fit.waves import Calibration

PENALTIES = np.logspace(-2, 4, 13)
JUDGED = "judgement"
RESAMPLES = 2_000
Worlds = tuple[np.ndarray, np.ndarray, int]


@dataclass(frozen=True)
class OutputEvidence:
    """One output. narrowed: 1 - sd over posterior worlds / prior_sd over prior worlds, narrowed_low to narrowed_high where
    90% of resamples of the runs' points put it; narrowed_surely: the first of these; shift: by how many prior sds the
    median moved, shift_low to shift_high likewise; middle_error: Monte Carlo error of the median; finding: that
    narrowed_surely reaches 20%; judgement: share, of what the parameters explain of the posterior worlds' variance, of
    those whose grade is judgement; explained: how much of that variance they do explain (the rest is luck, and curves)."""

    name: str
    prior_sd: float
    sd: float
    prior_low: float
    prior_middle: float
    prior_high: float
    low: float
    middle: float
    middle_error: float
    high: float
    narrowed: float
    narrowed_low: float
    narrowed_high: float
    narrowed_surely: float
    shift: float
    shift_low: float
    shift_high: float
    judgement: float
    explained: float
    finding: bool
    verdict: str


def evidence_of_outputs(found: Calibration) -> list[OutputEvidence]:
    """Each output of a calibration, from its runs over the prior and at draws of the posterior."""
    first = found.waves[0]
    before = _rows(found, first.units, found.before)
    after = _rows(found, found.checked, found.after)
    where = [found.simulator.statistics.index(name) for name in found.outputs]
    judged = np.array([record.grade == JUDGED for record in found.priors.records])
    return [_one(name, before, after, j, judged) for name, j in zip(found.outputs, where, strict=True)]


def _rows(found: Calibration, units: np.ndarray, runs: np.ndarray) -> Worlds:
    """(parameters float64[n * r, d], statistics float64[n * r, k], r) of runs float64[n, r, k]: a world a row."""
    _, replicates, k = runs.shape
    return np.repeat(found.priors.values(units), replicates, axis=0), runs.reshape(-1, k), replicates


def _one(name: str, before: Worlds, after: Worlds, j: int, judged: np.ndarray) -> OutputEvidence:
    then, now = before[1][:, j], after[1][:, j]
    prior_sd, sd = float(then.std()), float(now.std())
    scale = prior_sd or 1.0
    again = resampled(then.reshape(-1, before[2]), now.reshape(-1, after[2]))
    surely, most = (float(v) for v in np.quantile(again.narrowed, [0.05, 0.95]))
    least, furthest = (float(v) / scale for v in np.quantile(again.moved, [0.05, 0.95]))
    judgement, explained = shares(np.vstack([before[0], after[0]]), np.concatenate([then, now]), after[0], now, judged)
    (low, middle, high), (p_low, p_middle, p_high) = (np.quantile(y, [0.05, 0.5, 0.95]).tolist() for y in (now, then))
    narrowed = 1 - sd / prior_sd if prior_sd > 0 else 0.0
    shift = (middle - p_middle) / scale
    return OutputEvidence(
        name,
        prior_sd,
        sd,
        p_low,
        p_middle,
        p_high,
        low,
        middle,
        float(again.middle.std()),
        high,
        narrowed,
        surely,
        most,
        surely,
        shift,
        least,
        furthest,
        judgement,
        explained,
        surely >= FINDING,
        in_words(narrowed, surely, judgement, most) + moved_words(shift, least, furthest),
    )


@dataclass(frozen=True)
class Resampled:
    """Of RESAMPLES of the points, float64[RESAMPLES] each: what was narrowed, how far the median moved, where it is."""

    narrowed: np.ndarray
    moved: np.ndarray
    middle: np.ndarray


def resampled(before: np.ndarray, after: np.ndarray) -> Resampled:
    """Points of runs before float64[n, r] and after float64[m, r], drawn again with all their runs."""
    rng = np.random.default_rng(20)
    picks = [rng.integers(len(runs), size=(RESAMPLES, len(runs))) for runs in (before, after)]
    then, now = (runs[pick].reshape(RESAMPLES, -1) for runs, pick in zip((before, after), picks, strict=True))
    middles = [np.median(side, axis=1) for side in (then, now)]
    return Resampled(1 - now.std(axis=1) / np.maximum(then.std(axis=1), 1e-12), middles[1] - middles[0], middles[1])


def moved_words(shift: float, least: float, furthest: float) -> str:
    """That the median moved, where 90% of resamples leave no doubt which way and it is a fifth of a prior sd or more."""
    if abs(shift) < MOVED or least <= 0 <= furthest:
        return ""
    way = "up" if shift > 0 else "down"
    return f"; its median moved {way} by {abs(shift):.1f} of the prior's sd"


def in_words(narrowed: float, surely: float, judgement: float, most: float | None = None) -> str:
    """The verdict on an output: the calibrator's words, and an assumption too where the runs are too few to tell.

    surely, most: the ends of the narrowing's 90% interval.
    """
    if narrowed < FINDING or surely >= FINDING:
        return output_words(narrowed, judgement, None if most is None else (surely, most))
    return (
        f"an assumption, not a finding: evidence narrowed it by {narrowed:.0%}, which these runs cannot tell from less than "
        f"{FINDING:.0%}; {judgement:.0%} of what is left rests on judgement"
    )


def shares(x: np.ndarray, y: np.ndarray, there: np.ndarray, now: np.ndarray, judged: np.ndarray) -> tuple[float, float]:
    """(share on judgement, share explained) of the variance of `now` float64[m] at parameters `there` float64[m, p].

    From a straight-line surface with a penalty, fitted to y float64[n] at x float64[n, p]; judged: bool[p].
    """
    spread = x.std(axis=0)
    scaled = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    slopes = RidgeCV(PENALTIES).fit(scaled, y).coef_ / np.where(spread > 0, spread, 1.0)
    each = (slopes * there.std(axis=0)) ** 2
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
