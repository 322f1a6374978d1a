"""A made-up run with plausible whole numbers, for tests of what is done with results."""

from __future__ import annotations

import numpy as np

from sim.columns.state import BURN_IN_WEEKS, Shape
from sim.results.result import (
    FIRST_LEVEL,
    GAINS,
    LEVELS,
    LONGEST_WAIT,
    MEASURES,
    WEEKLY,
    Measure,
    Result,
    reported_years,
)
from sim.rules.ledger import LINES, PAYER_LINES
from sim.vocabulary import GATES, Payer


def fake_shape(worlds: int = 4, areas: tuple[int, ...] = (22,), weeks: int = 104) -> Shape:
    return Shape(
        tuple((d, 0) for d in range(worlds)),
        areas,
        (2,) * len(areas),
        (83,) * len(areas),
        10_000,
        BURN_IN_WEEKS,
        weeks,
        1,
    )


def fake_result(shape: Shape | None = None, lift: int = 0, seed: int = 5) -> Result:
    """`lift` adds that many available wants to each group of each world."""
    shape = shape or fake_shape()
    rng = np.random.default_rng(seed)
    rows, years = len(shape.worlds) * len(shape.areas), len(reported_years(shape))
    weekly = rng.integers(50, 100, (shape.weeks, rows, len(WEEKLY)))
    weekly[:, :, WEEKLY.index("adults")] = 20_000
    weekly[:, :, WEEKLY.index("with_condition")] = 10_800
    return Result(
        shape,
        weekly,
        _tally(rng, rows, lift),
        _organisations(shape),
        _events(),
        {},
        {},
        rng.integers(0, 10_000, (rows, years + 1, len(GAINS))),
        rng.integers(0, 20, (rows, years, LONGEST_WAIT + 1)),
        ledger=rng.integers(0, 9, (rows, years, len(Payer), PAYER_LINES)),
        books=rng.integers(0, 9, (rows, years, LINES)),
    )


def _tally(rng: np.random.Generator, rows: int, lift: int) -> np.ndarray:
    tally = np.zeros((rows, len(LEVELS), len(MEASURES)), np.int64)
    starts = sorted(FIRST_LEVEL.values())
    spans = [(0, 1), *zip(starts[1:], [*starts[2:], len(LEVELS)], strict=True)]
    for low, high in spans:
        for level in range(low, high):
            tally[:, level] = _one(rng, rows, 6_000 // (high - low), lift)
    return tally


def _one(rng: np.random.Generator, rows: int, wants: int, lift: int) -> np.ndarray:
    out = np.zeros((rows, len(MEASURES)), np.int64)
    ends = len(MEASURES) - Measure.FAILED
    out[:, Measure.FAILED :] = wants // (ends + 2)
    out[:, Measure.FAILED + 1] += rng.integers(0, wants // 10 + 1, rows)
    out[:, Measure.WANTS] = out[:, Measure.FAILED :].sum(axis=1)
    out[:, Measure.ELIGIBLE] = out[:, Measure.WANTS] * 8 // 10
    out[:, Measure.FOLLOWED] = out[:, Measure.ALL_WANTS] = out[:, Measure.WANTS]
    out[:, Measure.AVAILABLE] = out[:, Measure.WANTS] * 2 // 10 + lift
    out[:, Measure.HAD_IN_TIME] = out[:, Measure.WANTS] * 2 // 10
    for started in (Measure.STARTED, Measure.STARTED_IN_TIME, Measure.STARTS, Measure.ALL_STARTED):
        out[:, started] = out[:, Measure.WANTS] // 10
    out[:, Measure.ASKED] = out[:, Measure.WANTS] // 5
    out[:, Measure.OFFERED_IN_TIME] = out[:, Measure.WANTS] // 8
    assert len(GATES) + 4 == ends
    return out


def _organisations(shape: Shape) -> dict[str, np.ndarray]:
    rows = len(shape.worlds) * len(shape.areas)
    return {"area_row": np.arange(rows), "cash": np.arange(rows) * 1000, "place": np.full(rows, -1)}


def _events() -> np.ndarray:
    return np.array(
        [[BURN_IN_WEEKS + week, 3, kind, detail] for week, kind, detail in ((0, 8, 0), (2, 24, 1), (3, 27, 1))],
        np.int64,
    )
