"""Which uncertain inputs drive the uncertainty of an outcome: screening, indices from runs at hand, Sobol' on an emulator.

Works in the unit cube, where every input is uniform and independent of the others (as priors are; draws from
a posterior are not, and Sobol' indices would be wrong for them). The model comes as a function, so that the
same code is held to functions whose indices are published (tests/scenarios/questions/test_sensitivity.py).

- `screen`: Morris' elementary effects. All points of a trajectory share their luck, a dummy changes nothing but it.
- `given`: RBD-FAST and PAWN on rows of prior draws, each against dummies that do nothing.
- `luck`: how much of the variance of one run is luck, from replicates.
- `on_emulator`: Sobol' indices of an emulator of the rows, only where it explains rows it has not seen.

SALib takes `seed=0` for no seed: it is always given the seed plus one.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.fit.emulate import FOLDS, Emulator, fit, folds
from scenarios.questions.rows import Ask

LEVELS = 4
"""Levels of Morris' grid: SALib's usual, so that steps are two thirds of the range."""
LEAST_ROWS = 40
"""Rows below which the indices from runs at hand are mostly noise (judgement: ten to each harmonic of RBD-FAST at its fewest)."""
LEAST_TRAJECTORIES = 4
"""Of the screening: limits from two or three effects would look far too sure (judgement)."""
SLICES = 15
"""Rows to each slice of PAWN (judgement)."""
MISTAKES = 0.05
"""How often any input that does nothing may pass a floor, over all inputs together."""
DUMMIES = 20
"""Dummies to each input: enough to see the floor that `MISTAKES` asks for."""
MOST_DUMMIES = 1000
EXPLAINED = 0.8
"""Share of the variance of rows held out that an emulator has to explain (judgement)."""
ROWS_PER_INPUT = 8
"""Rows for each input of an emulator (judgement): those beyond it are left to its noise, least effect first."""
BASE = 1024
"""Sobol' sample: this many times the inputs plus two; the emulator answers in milliseconds."""
RESAMPLES = 200


@dataclass(frozen=True)
class Index:
    """One index of every input: float64[d] with 95% limits, and the floor that inputs doing nothing stay under."""

    name: str
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    floor: float

    @property
    def clear(self) -> np.ndarray:
        """bool[d]: told apart from an input that does nothing."""
        return np.asarray(self.value > self.floor)


@dataclass(frozen=True)
class Split:
    """Variance of one run: the share of parameters (95% limits), the rest luck. NaN with one replicate."""

    parameters: float
    low: float
    high: float


@dataclass(frozen=True)
class Emulated:
    """`explained`: of rows not seen. Sobol' indices only where that suffices (else None, and `why`)."""

    explained: float
    why: str
    used: tuple[int, ...]
    first: Index | None = None
    total: Index | None = None


@dataclass(frozen=True)
class Found:
    """All of it. float64[d] in the order of the inputs; `direction` is the rank correlation with the outcome."""

    rows: int
    replicates: int
    screening_runs: int
    morris: Index | None
    first: Index
    pawn: Index
    direction: np.ndarray
    split: Split
    emulated: Emulated
    mean: float
    spread: tuple[float, float]

    @property
    def ranking(self) -> Index:
        """The index that inputs are ranked by: total Sobol' where there is one, else RBD-FAST's first order."""
        return self.emulated.total or self.first


def analyse(ask: Ask, inputs: int, rows: int, replicates: int, trajectories: int, seed: int) -> Found:
    """Screen (unless `trajectories` is 0), run the rows, and take every index from them."""
    from calibration.fit.design import space_filling

    morris = screen(ask, inputs, trajectories, seed) if trajectories else None
    *columns, dummy = space_filling(rows, inputs + 1, seed).T
    units = np.column_stack(columns)
    found = ask(units, range(1, rows + 1), replicates)
    y = found.mean(axis=1)
    return Found(
        rows,
        replicates,
        trajectories * (inputs + 2),
        morris,
        *given(units, y, seed),
        _direction(units, y),
        luck(found, seed),
        on_emulator(units, dummy, found, morris, seed),
        float(y.mean()),
        _span(y),
    )


def _span(y: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(y, (0.05, 0.95))
    return float(low), float(high)


def _direction(units: np.ndarray, y: np.ndarray) -> np.ndarray:
    """float64[d]: rank correlation of each input with the outcome, 0 for a constant."""
    ranks = np.argsort(np.argsort(np.column_stack([units, y]), axis=0), axis=0)
    return np.asarray(np.corrcoef(ranks, rowvar=False))[-1, :-1] if np.ptp(y) > 0 else np.zeros(units.shape[1])


def problem(inputs: int) -> dict[str, Any]:
    """SALib's description of the unit cube."""
    return {"num_vars": inputs, "names": [f"x{j}" for j in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}


# ------------------------------------------------------------------ Morris


def screen(ask: Ask, inputs: int, trajectories: int, seed: int) -> Index:
    """Morris' mean absolute elementary effect, in the outcome's units for a whole range of the input.

    The points of a trajectory share their luck, so that luck does not look like an effect. The last input is
    a dummy whose steps change the luck and nothing else: its effect, the floor, is what luck does between two runs.
    """
    from SALib.analyze import morris
    from SALib.sample.morris import sample

    described = problem(inputs + 1)
    points = sample(described, trajectories, num_levels=LEVELS, seed=seed + 1)
    number = np.repeat(np.arange(trajectories), inputs + 2)
    level = np.rint(points[:, -1] * (LEVELS - 1)).astype(int)
    y = ask(points[:, :-1], [int(MORRIS_DRAWS + LEVELS * t + k) for t, k in zip(number, level, strict=True)], 1)[:, 0]
    found = morris.analyze(described, points, y, num_levels=LEVELS, num_resamples=RESAMPLES, seed=seed + 1)
    size, half = np.asarray(found["mu_star"], float), np.nan_to_num(np.asarray(found["mu_star_conf"], float))
    return Index(
        "Morris' mean absolute effect", size[:-1], np.maximum(size - half, 0)[:-1], (size + half)[:-1], float(size[-1])
    )


MORRIS_DRAWS = 10_001
"""Worlds of the screening are counted from here: never those of the rows."""


# ------------------------------------------------------------------ from runs at hand


def given(units: np.ndarray, y: np.ndarray, seed: int) -> tuple[Index, Index]:
    """(RBD-FAST's first order with limits, PAWN's median), each with its floor over dummies."""
    from SALib.analyze import pawn, rbd_fast

    n, d = units.shape
    harmonics = max(2, min(10, n // 16))
    blank = np.random.default_rng([seed, 1]).random((n, min(MOST_DUMMIES, DUMMIES * d)))
    if np.ptp(y) == 0:
        nothing = np.zeros(d)
        return Index("first order", nothing, nothing, nothing, 0.0), Index("PAWN", nothing, nothing, nothing, 0.0)

    def first(x: np.ndarray, resamples: int) -> Any:
        return rbd_fast.analyze(problem(x.shape[1]), x, y, M=harmonics, num_resamples=resamples, seed=seed + 1)

    def spread(x: np.ndarray) -> np.ndarray:
        return np.asarray(
            pawn.analyze(problem(x.shape[1]), x, y, S=max(4, min(10, n // SLICES)), seed=seed + 1)["median"]
        )

    one = first(units, RESAMPLES)
    value, half = np.asarray(one["S1"], float), np.asarray(one["S1_conf"], float)
    floors = [_floor(np.asarray(first(blank, 2)["S1"]), d), _floor(spread(blank), d)]
    pawns = spread(units)
    return (
        Index("first order", value, value - half, value + half, floors[0]),
        Index("PAWN", pawns, np.full(d, np.nan), np.full(d, np.nan), floors[1]),
    )


def _floor(dummies: np.ndarray, inputs: int) -> float:
    """What a dummy passes with chance MISTAKES / inputs (Bonferroni): with many inputs, the largest dummy."""
    return float(np.quantile(dummies, 1 - MISTAKES / inputs, method="higher"))


def luck(found: np.ndarray, seed: int) -> Split:
    """Share of parameters in the variance of one run, from replicates float64[rows, r]; limits by resampling rows."""
    rows, replicates = found.shape
    if replicates < 2:
        return Split(float("nan"), float("nan"), float("nan"))
    picks = np.random.default_rng([seed, 2]).integers(0, rows, (RESAMPLES, rows))
    low, high = np.quantile([_share(found[pick]) for pick in picks], (0.025, 0.975))
    return Split(_share(found), float(low), float(high))


def _share(found: np.ndarray) -> float:
    within = float(found.var(axis=1, ddof=1).mean())
    between = max(float(found.mean(axis=1).var(ddof=1)) - within / found.shape[1], 0.0)
    return between / (between + within) if between + within > 0 else 0.0


# ------------------------------------------------------------------ Sobol' on an emulator


def on_emulator(units: np.ndarray, dummy: np.ndarray, found: np.ndarray, morris: Index | None, seed: int) -> Emulated:
    """Sobol' indices of an emulator, if it explains rows held out; their limits hold its own error too.

    The emulator is also given a dummy, float64[rows], that the model never saw: its index is the floor. Five emulators are fitted, each without a fifth of the rows: together they say what is explained of rows
    not seen, and how far the indices move without those rows (delete-a-group jackknife).
    """
    rows, d = units.shape
    used = _used(d, rows, morris)
    if found.shape[1] < 2:
        return Emulated(float("nan"), "rows were run once each: an emulator needs two replicates or more", used)
    if len(used) < d and morris is None:
        return Emulated(float("nan"), f"{d} inputs need {d * ROWS_PER_INPUT} rows, or screening first", used)
    x, runs = np.column_stack([units[:, used], dummy]), found[:, :, None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = [(fit(x[kept], runs[kept]), out) for kept, out in folds(rows)]
        explained = _explained(x, found, parts)
        if not explained >= EXPLAINED:
            why = f"the emulator explains {max(explained, 0):.0%} of rows it was not fitted to; it takes {EXPLAINED:.0%}: more rows"
            return Emulated(explained, why, used)
        return Emulated(
            explained, "", used, *_sobol(fit(x, runs), [part for part, _ in parts], explained, used, d, seed)
        )


def _used(d: int, rows: int, morris: Index | None) -> tuple[int, ...]:
    """Inputs of the emulator: as many as the rows allow, those with the largest effects in the screening.

    The screening's floor is what luck does between two runs; its effects, at the same luck, are told apart far
    below that. So it does not cut.
    """
    most = max(1, rows // ROWS_PER_INPUT)
    largest = range(d) if morris is None else np.argsort(-morris.value, kind="stable")
    return tuple(sorted(int(j) for j in largest[:most]))


def _explained(x: np.ndarray, found: np.ndarray, parts: Sequence[tuple[Emulator, np.ndarray]]) -> float:
    """R2 on rows held out, luck of their replicates taken off."""
    y, noise = found.mean(axis=1), float(found.var(axis=1, ddof=1).mean()) / found.shape[1]
    missed = np.concatenate([(y[out] - part.predict(x[out])[0][:, 0]) ** 2 for part, out in parts])
    between = float(y.var()) - noise
    return 1 - max(float(missed.mean()) - noise, 0.0) / between if between > 0 else float("nan")


def _sobol(
    whole: Emulator, parts: Sequence[Emulator], explained: float, used: tuple[int, ...], d: int, seed: int
) -> tuple[Index, Index]:
    """(first order, total) of all d inputs, those not used at 0."""
    from SALib.analyze import sobol
    from SALib.sample.sobol import sample

    described = problem(len(used) + 1)
    points = sample(described, BASE, calc_second_order=False, seed=seed + 1)

    def indices(emulator: Emulator, resamples: int) -> Any:
        y = emulator.predict(points)[0][:, 0]
        return sobol.analyze(described, y, calc_second_order=False, num_resamples=resamples, seed=seed + 1)

    best, others = indices(whole, RESAMPLES), [indices(part, 2) for part in parts]
    return tuple(_limits(best, others, key, explained, used, d) for key in ("S1", "ST"))  # type: ignore[return-value]


def _limits(best: Any, others: Sequence[Any], key: str, explained: float, used: tuple[int, ...], d: int) -> Index:
    """Limits from the jackknife and the sample; the variance that the emulator misses may belong to any input."""
    value, each = np.asarray(best[key], float), np.array([other[key] for other in others])
    moved = np.sqrt((FOLDS - 1) / FOLDS * ((each - each.mean(axis=0)) ** 2).sum(axis=0))
    half = np.hypot(1.96 * moved, np.asarray(best[key + "_conf"], float))
    table = np.zeros((3, d))
    table[2] = 1 - min(explained, 1.0)
    table[:, list(used)] = [value[:-1], explained * (value - half)[:-1], table[2, : len(used)] + (value + half)[:-1]]
    return Index(
        "Sobol' first order" if key == "S1" else "Sobol' total", table[0], table[1], table[2], float((value + half)[-1])
    )
