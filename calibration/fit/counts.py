"""Scales on which a figure given as counts is as if measured with a normal error of 1.

A count has its likelihood: binomial (76 of 104 stayed) or Poisson (12 closures in 500 group-years). The signed root of
its deviance turns it into a normal one that is exact, up to a constant, whatever the count; nought and all of them
included. So counts stand in the same likelihood as other figures, beside luck, discrepancy and emulator's error.
"""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

KINDS = ("binomial", "poisson")
EDGE = 1e-4
"""A share or a rate nearer to 0 (or a share to 1) than this counts as this, as on the other scales: a run may see none, or
nothing else. Nearer, one event of a run would stand for tens of standard errors of the figure."""
STEPS = 4001


def deviance(kind: str, count: float, of: float, x: np.ndarray) -> np.ndarray:
    """Twice the log likelihood lost at a share or rate x, against the observed one; inf where x rules the count out."""
    found = count / of
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = xlogy(count, found) - xlogy(count, x)
        if kind == "binomial":
            lost += xlogy(of - count, 1 - found) - xlogy(of - count, 1 - x)
        else:
            lost += of * x - count
    return 2 * np.maximum(lost, 0.0)


def root(kind: str, count: float, of: float, x: np.ndarray) -> np.ndarray:
    """Shares or rates x on the scale: 0 where x is count / of, rising, normal with sd 1."""
    top = 1 - EDGE if kind == "binomial" else np.inf
    inside = np.clip(np.asarray(x, float), EDGE, top)
    return np.sign(inside - count / of) * np.sqrt(deviance(kind, count, of, inside))


def back(kind: str, count: float, of: float, y: np.ndarray) -> np.ndarray:
    """Shares or rates at places y of the scale, by a table; the ends stand for all beyond them."""
    angles = np.linspace(0.0, 1.0, STEPS)
    grid = np.sin(angles * np.pi / 2) ** 2
    if kind == "poisson":
        grid = angles**2 * (10 * count + 100) / of
    return np.interp(np.asarray(y, float), root(kind, count, of, grid), grid)


def drawn(kind: str, of: float, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What would be published of true shares or rates x: a count of as many, over them."""
    if kind == "binomial":
        return rng.binomial(int(of), np.clip(x, 0.0, 1.0)) / of
    return rng.poisson(np.maximum(x, 0.0) * of) / of
