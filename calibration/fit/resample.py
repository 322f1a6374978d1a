"""Equally weighted draws from weighted ones. Here by itself, for the posterior is read without SciPy."""

from __future__ import annotations

import numpy as np


def systematic(weights: np.ndarray, rng: np.random.Generator, wanted: int | None = None) -> np.ndarray:
    """int[wanted]: numbers drawn in proportion to the weights, with the least possible luck."""
    n = len(weights) if wanted is None else wanted
    edges = np.cumsum(weights)
    edges[-1] = max(edges[-1], 1.0)
    return np.searchsorted(edges, (np.arange(n) + rng.random()) / n, side="right").clip(max=len(weights) - 1)
