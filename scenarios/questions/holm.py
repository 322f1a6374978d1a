"""Many differences at once: Student's t of paired differences, and Holm's correction over all of them.

Holm (1979) tests the smallest of m p-values at alpha / m, the next at alpha / (m - 1), and so on until one does not pass.
The chance that any difference is called real while it is none stays below alpha, however the differences hang together.
"""

from __future__ import annotations

import numpy as np

ALPHA = 0.05


def by_draw(values: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """float64[draws]: the mean of each draw's replicates (float64[worlds]); what has no value is left out.

    Replicates of a draw share their parameters, so only draws count as independent.
    """
    good = np.isfinite(values)
    total = np.bincount(draw[good], values[good], minlength=int(draw.max(initial=-1)) + 1)
    count = np.bincount(draw[good], minlength=len(total))
    return np.asarray(total[count > 0] / count[count > 0])


def p_value(differences: np.ndarray) -> float:
    """Two-sided p of float64[draws] against a mean of nothing. NaN with fewer than two; 1 where all are nothing."""
    from scipy.special import stdtr

    n = len(differences)
    if n < 2:
        return float("nan")
    mean, error = float(differences.mean()), _error(differences)
    if error == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return float(2.0 * stdtr(n - 1, -abs(mean) / error))


def interval(differences: np.ndarray, level: float) -> tuple[float, float, float]:
    """(mean, low, high) of float64[draws]: Student's interval that leaves out a share `level`. NaN bounds with fewer than two."""
    from scipy.special import stdtrit

    n = len(differences)
    mean = float(differences.mean()) if n else float("nan")
    if n < 2:
        return mean, float("nan"), float("nan")
    reach = float(-stdtrit(n - 1, level / 2.0)) * _error(differences)
    return mean, mean - reach, mean + reach


def _error(differences: np.ndarray) -> float:
    """Standard error of the mean; 0 where all are the same number."""
    if np.ptp(differences) == 0.0:
        return 0.0
    return float(differences.std(ddof=1) / np.sqrt(len(differences)))


def adjusted(p: np.ndarray) -> np.ndarray:
    """float64[tests]: Holm's p-values, each at least as large as before; NaN stays, and is no test."""
    found = np.full(len(p), np.nan)
    order = _order(p)
    steps = (len(order) - np.arange(len(order))) * p[order]
    found[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return found


def levels(p: np.ndarray, alpha: float = ALPHA) -> np.ndarray:
    """float64[tests]: the level of each one's interval, so that it leaves out nothing exactly where Holm's test passes.

    That is the level at which each is tested; those after the first that does not pass get the level of that one.
    """
    order = _order(p)
    m, passed = len(order), int((adjusted(p)[order] <= alpha).sum())
    rank = np.minimum(np.arange(m), passed)
    found = np.full(len(p), alpha / max(1, m))
    found[order] = alpha / (m - np.minimum(rank, m - 1))
    return found


def _order(p: np.ndarray) -> np.ndarray:
    """Positions of the tests that could be made, the smallest first."""
    good = np.flatnonzero(np.isfinite(p))
    return np.asarray(good[np.argsort(p[good], kind="stable")])
