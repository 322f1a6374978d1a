"""From settled wants to the tally: counts by area row, level of each dimension and measure."""

from __future__ import annotations

import numpy as np

from sim.kinds import Mark
from sim.result import FIRST_LEVEL, LEVELS, MEASURES, Measure

GAIN = -1  # code of a row that carries an effect, not a settled want
MARKED = (
    (Measure.AVAILABLE, Mark.REACH), (Measure.AVAILABLE_OFFLINE, Mark.REACH_OFFLINE),
    (Measure.AVAILABLE_TWO, Mark.REACH_TWO), (Measure.STARTED_IN_TIME, Mark.IN_TIME), (Measure.ASKED, Mark.ASKED),
)  # fmt: skip


def add_to_tally(tally: np.ndarray, rows: np.ndarray) -> None:
    """`rows` int64[n, 8]: area row, cell, need, marks, eligible, code, and the two gains."""
    weights = _weights(rows)
    cell = rows[:, 1]
    levels = {
        "everyone": np.zeros_like(cell), "imd": cell // 5 % 5, "age": cell // 50, "sex": cell // 25 % 2,
        "eth": cell % 5, "need": rows[:, 2],
    }  # fmt: skip
    size = len(tally) * len(LEVELS)
    for name, level in levels.items():
        flat = rows[:, 0] * len(LEVELS) + FIRST_LEVEL[name] + level
        for measure in range(len(MEASURES)):
            counts = _sum(flat, weights[measure], size)
            tally[:, :, measure] += counts.reshape(len(tally), len(LEVELS))


def _sum(flat: np.ndarray, weight: np.ndarray, size: int) -> np.ndarray:
    """int64[size]: whole-number weights by cell (float sums of whole numbers below 2**53 are exact)."""
    some = weight != 0
    return np.rint(np.bincount(flat[some], weights=weight[some], minlength=size)).astype(np.int64)


def _weights(rows: np.ndarray) -> list[np.ndarray]:
    """What each row adds to each measure."""
    marks, eligible, code = rows[:, 3], rows[:, 4], rows[:, 5]
    want = (code != GAIN).astype(np.int64)
    out = [np.zeros(len(rows), np.int64) for _ in MEASURES]

    def has(mark: Mark) -> np.ndarray:
        return marks >> mark & 1

    out[Measure.WANTS], out[Measure.ELIGIBLE] = want, eligible
    for measure, mark in MARKED:
        out[measure] = eligible * has(mark)
    out[Measure.OFFERED_IN_TIME] = eligible * has(Mark.ASKED) * has(Mark.ROOM)
    for measure, mark in ((Measure.STARTED, Mark.ATTENDED), (Measure.BETTER, Mark.BETTER), (Measure.WORSE, Mark.WORSE)):
        out[measure] = want * has(mark)
    out[Measure.GAIN_LONELY], out[Measure.GAIN_CONFIDENCE] = rows[:, 6], rows[:, 7]
    for end in range(Measure.FAILED, len(MEASURES)):
        out[end] = (code == end).astype(np.int64)
    return out
