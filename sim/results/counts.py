"""A run's counts added up over areas, one divided by another, and its money. Pure functions of a `Result`.

Outcomes (`sim/results/outcomes.py`) are made of these. Money is GBP at 2024/25 prices.
"""

from __future__ import annotations

import numpy as np

from sim.results.pooling import added
from sim.results.result import LEVELS, MEASURES, MONEY, Result
from sim.vocabulary import YEAR

NOT_PEER_SUPPORT = "spent_link_workers_pence"


PAYERS = {name: name.removeprefix("spent_").removesuffix("_pence").replace("_", " ") for name in MONEY}


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole as float64, NaN where there is nothing to divide by."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def by_world(result: Result) -> np.ndarray:
    """[worlds, levels, measures]: the tally added up over areas, each by its adults (int64 for one area, else float64)."""
    return added(result.shape, _by_area(result), 1)


def counted(result: Result) -> np.ndarray:
    """int64[worlds, levels, measures]: how many were counted in all areas, whoever they stand for."""
    return np.asarray(_by_area(result).sum(axis=1))


def _by_area(result: Result) -> np.ndarray:
    return result.tally.reshape(len(result.shape.worlds), len(result.shape.areas), len(LEVELS), len(MEASURES))


def weekly_total(result: Result, column: str) -> np.ndarray:
    """[weeks, worlds] of one weekly column, added up over areas, each by its adults (whole numbers for one area)."""
    values = result.column(column)
    return added(result.shape, values.reshape(len(values), len(result.shape.worlds), len(result.shape.areas)), 2)


def net_better(result: Result) -> np.ndarray:
    """[worlds]: times that somebody was better off at the end of support in the reported weeks, less times worse off."""
    return weekly_total(result, "n_better").sum(axis=0) - weekly_total(result, "n_worse").sum(axis=0)


def quantile_of_counts(counts: np.ndarray, share_: float) -> np.ndarray:
    """float64[...]: the smallest value n at which counts[..., :n + 1] hold that share; NaN where all are zero."""
    total = counts.sum(axis=-1, keepdims=True)
    reached = np.cumsum(counts, axis=-1) >= share_ * total
    return np.where(total[..., 0] > 0, reached.argmax(axis=-1), np.nan)


def waited_weeks(result: Result, share_: float) -> np.ndarray:
    """float64[worlds]: weeks from asking to being offered a place, at one share of the offers made (LONGEST_WAIT: or more).

    Only offers are counted: those who gave up or wait still are not in it, and stand beside it.
    """
    worlds, areas = len(result.shape.worlds), len(result.shape.areas)
    by_area = result.waits.reshape(worlds, areas, -1, result.waits.shape[-1]).sum(axis=2)
    return quantile_of_counts(added(result.shape, by_area, 1), share_)


def spent_by_payer(result: Result) -> dict[str, np.ndarray]:
    """float64[worlds] GBP (2024/25) per adult per year, by payer."""
    years = result.shape.weeks / YEAR
    adults = weekly_total(result, "adults").mean(axis=0)
    return {PAYERS[name]: share(weekly_total(result, name).sum(axis=0) / 100 / years, adults) for name in MONEY}


def spent(result: Result) -> np.ndarray:
    """float64[worlds] GBP (2024/25) in the reported weeks on peer support itself, all payers.

    Link workers put people forward to many things: they are shown, and not charged to peer support.
    """
    own = (name for name in MONEY if name != NOT_PEER_SUPPORT)
    return sum((weekly_total(result, name).sum(axis=0) for name in own), np.zeros(1)) / 100
