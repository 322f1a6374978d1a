"""From settled wants and spells of support to the tally: counts by area row, level of each dimension, measure."""

from __future__ import annotations

import numpy as np

from sim.results.result import FIRST_LEVEL, JUDGED_MARKS, LEVELS, MARKS_OF_ALL, MEASURES, Measure
from sim.vocabulary import GATES, Mark, age_of, ethnicity_of, fifth_of, sex_of

ONLY_LOOSE = -1  # code of a row that says: something similar existed in time, nothing with the very same


def add_to_tally(tally: np.ndarray, rows: np.ndarray) -> None:
    """`rows` int64[n, 7]: area row, cell, need, marks, eligible, code, and whether the match was exact."""
    add_measures(tally, rows[:, 0], rows[:, 1], rows[:, 2], _weights(rows))


def add_measures(
    tally: np.ndarray, area_row: np.ndarray, cell: np.ndarray, need: np.ndarray, weights: dict[int, np.ndarray]
) -> None:
    """Add whole-number weights by measure, in each row's level of every dimension."""
    levels = {
        "everyone": np.zeros_like(cell),
        "deprivation fifth": fifth_of(cell),
        "age": age_of(cell),
        "sex": sex_of(cell),
        "ethnic group": ethnicity_of(cell),
        "needs group": need,
    }
    flat = np.stack([area_row * len(LEVELS) + FIRST_LEVEL[name] + level for name, level in levels.items()])
    for measure, weight in weights.items():
        some = np.flatnonzero(weight)
        if len(some):
            tally[:, :, measure] += _sum(flat[:, some], weight[some], tally.shape[:2])


def _sum(flat: np.ndarray, weight: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """int64[shape]: whole-number weights by cell, all dimensions at once (float sums of whole numbers are exact
    below 2**53)."""
    every = np.broadcast_to(weight, flat.shape).ravel()
    sums = np.bincount(flat.ravel(), weights=every, minlength=shape[0] * shape[1])
    return np.rint(sums).astype(np.int64).reshape(shape)


def _weights(rows: np.ndarray) -> dict[int, np.ndarray]:
    """What each row adds to each measure."""
    marks, eligible, code, exact = rows[:, 3], rows[:, 4], rows[:, 5], rows[:, 6]
    want = (code != ONLY_LOOSE).astype(np.int64)

    def has(mark: Mark) -> np.ndarray:
        return marks >> mark & 1

    out: dict[int, np.ndarray] = {Measure.WANTS: want, Measure.ELIGIBLE: eligible}
    for measure, mark in JUDGED_MARKS:
        out[measure] = eligible * has(mark)
    out[Measure.OFFERED_IN_TIME] = eligible * has(Mark.ASKED) * has(Mark.ROOM)
    for measure, mark in MARKS_OF_ALL:
        out[measure] = want * has(mark)
    closed = (code >= Measure.FAILED) & (code <= Measure.FAILED + len(GATES))
    out[Measure.UNMET] = closed * (1 - has(Mark.ATTENDED))
    out[Measure.STARTED_LOOSE] = want * has(Mark.ATTENDED) * (1 - exact)
    out[Measure.ONLY_LOOSE] = (code == ONLY_LOOSE).astype(np.int64)
    for end in range(Measure.FAILED, len(MEASURES)):
        out[end] = (code == end).astype(np.int64)
    return out
