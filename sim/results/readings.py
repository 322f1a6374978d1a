"""How the outcomes that are no share of wants are read of a run: in each world, and over the reported years.

Pure functions of a `Result`; `sim/results/outcomes.py` declares what is read with them. Money is GBP at 2024/25 prices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.results import counts
from sim.results.result import Result
from sim.vocabulary import QUARTER, YEAR

PER = 10_000


Read = Callable[[Result], np.ndarray]


def used_last_year(result: Result) -> np.ndarray:
    """float64[worlds]: of people with a condition, who used peer support in the last year, at the end."""
    return counts.share(
        counts.weekly_total(result, "used_last_year")[-1], counts.weekly_total(result, "with_condition")[-1]
    )


def waiting_per_10k(result: Result) -> np.ndarray:
    """float64[worlds]: people waiting per 10,000 adults, at the end."""
    return PER * counts.share(counts.weekly_total(result, "waiting")[-1], counts.weekly_total(result, "adults")[-1])


def gave_up_of_queued(result: Result) -> np.ndarray:
    """float64[worlds]: of those who joined a queue, who gave up waiting."""
    queued = counts.weekly_total(result, "n_queued").sum(axis=0)
    return counts.share(counts.weekly_total(result, "n_gave_up").sum(axis=0), queued)


def yearly(result: Result, column: str) -> np.ndarray:
    """float64[worlds]: a weekly count, a year, per 10,000 adults."""
    count = counts.weekly_total(result, column)
    return PER * YEAR * counts.share(count.mean(axis=0), counts.weekly_total(result, "adults").mean(axis=0))


def mean_stock(result: Result, column: str) -> np.ndarray:
    """float64[worlds]: a stock per 100,000 adults, its mean over the reported weeks."""
    stock = counts.weekly_total(result, column)
    return 10 * PER * counts.share(stock.mean(axis=0), counts.weekly_total(result, "adults").mean(axis=0))


def gbp_per_adult_year(result: Result) -> np.ndarray:
    """float64[worlds] GBP (2024/25) of all payers, link workers included."""
    return sum(counts.spent_by_payer(result).values(), np.zeros(1))


def cost_per_start(result: Result) -> np.ndarray:
    """float64[worlds] GBP (2024/25) for each time that a person started, all payers, all offers."""
    return counts.share(counts.spent(result), counts.weekly_total(result, "n_started").sum(axis=0))


def cost_per_net_better(result: Result) -> np.ndarray:
    """float64[worlds] GBP (2024/25) for each person better off less each worse off, all payers. NaN where none is left."""
    return counts.share(counts.spent(result), counts.net_better(result))


def moments(weeks: int) -> np.ndarray:
    """Weeks at which stocks are drawn: every quarter, and the last."""
    return np.unique(np.append(np.arange(0, weeks, QUARTER), weeks - 1))


def stock(part: str, whole: str, scale: float = 1.0) -> Read:
    """float64[points, worlds] of a stock over another at the start of every quarter, and at the end."""

    def read(result: Result) -> np.ndarray:
        top, bottom = counts.weekly_total(result, part), counts.weekly_total(result, whole)
        at = moments(len(top))
        return scale * counts.share(top[at], bottom[at])

    return read


def _per_adult(result: Result, column: str, scale: float) -> np.ndarray:
    """float64[quarters, worlds] of an event per adult in each quarter, times `scale`."""
    values = counts.weekly_total(result, column)
    whole = len(values) // QUARTER * QUARTER
    added = values[:whole].reshape(-1, QUARTER, values.shape[1]).sum(axis=1)
    return scale * added / counts.weekly_total(result, "adults")[0]


def starts_each_quarter(result: Result) -> np.ndarray:
    """float64[quarters, worlds]: starts per 10,000 adults."""
    return _per_adult(result, "n_started", PER)


def gbp_each_quarter(result: Result) -> np.ndarray:
    """float64[quarters, worlds]: pounds per adult at a yearly rate, all payers, link workers included."""
    return sum((_per_adult(result, name, 4 / 100) for name in counts.PAYERS), np.zeros(1))
