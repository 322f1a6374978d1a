"""Length tables built with + - * / only, so that every machine has the same bits.

`UNIT_WAIT[i]` is the waiting time, in means, of an exponential clock at the middle of the i-th of
65,536 equal slices of probability: the survival (1 - 2**-12)**k is multiplied out step by step (no
logarithm, which differs between processors). `weeks = 1 + floor(UNIT_WAIT[u16] * clock_mean(chance))` is a
geometric clock: it strikes in any week with that chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SLICES = 65536
STEP = 4096


def _unit_wait() -> np.ndarray:
    survival = np.cumprod(np.full(13 * STEP, 1.0 - 1.0 / STEP))
    middle = (np.arange(SLICES) + 0.5) / SLICES
    return np.searchsorted(-survival, -(1.0 - middle)) / STEP


UNIT_WAIT: np.ndarray = _unit_wait()
NEVER = 65535


def clock_mean(weekly: Any) -> Any:
    """Mean, in weeks, of the exponential clock that strikes in any one week with chance `weekly`: -1 / log(1 - weekly).

    By its series, 2 atanh(weekly / (2 - weekly)), so that every machine has the same bits; exact to 1e-11 up to 0.95.
    """
    z = weekly / (2.0 - weekly)
    square, series = z * z, 0.0
    for k in range(255, 0, -2):
        series = series * square + 1.0 / k
    return 1.0 / (2.0 * z * series)


def halving(half_life_weeks: float, n_weeks: int) -> np.ndarray:
    """float64[n_weeks + 1]: what is left of an effect after k weeks, by repeated multiplication.

    The weekly factor is 1 - a + a * a / 2 with a = ln 2 / half_life: the exponential to its second order,
    within 0.2% of one half after a half-life of 8 weeks or more.
    """
    a = 0.6931471805599453 / half_life_weeks
    return np.cumprod(np.concatenate([[1.0], np.full(n_weeks, 1.0 - a + a * a / 2.0)]))


LASTS_WEEKS = 1040  # an effect is followed for twenty years; at the longest half-life 0.01% is left


def weeks_left(half_life_weeks: float) -> np.ndarray:
    """int64[LASTS_WEEKS + 1]: thousandths of a full week that a decaying effect is worth in its first k weeks."""
    left = np.cumsum(halving(half_life_weeks, LASTS_WEEKS)[1:])
    return np.concatenate([[0], np.floor(left * 1000.0 + 0.5).astype(np.int64)])
