"""Space-filling designs in the unit cube, the same for the same seed."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from calibration.fit.trouble import CalibrationError


def space_filling(points: int, dimensions: int, seed: int, method: str = "sobol") -> np.ndarray:
    """float64[points, dimensions]: scrambled Sobol' points or a Latin hypercube (`sobol`, `lhs`)."""
    if points < 1 or dimensions < 1:
        raise CalibrationError(
            "an empty design", rule="at least one point and one dimension", got=f"{points}, {dimensions}"
        )
    if method == "lhs":
        return qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(points)
    if method != "sobol":
        raise CalibrationError("unknown design", rule="sobol or lhs", got=method)
    # Sobol' sequences are balanced at powers of two: draw one, keep its beginning.
    sampler = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    return sampler.random_base2(max(points - 1, 1).bit_length())[:points]


def split_held_out(points: int, share: float) -> np.ndarray:
    """bool[points]: those held out, spread evenly over the design's order; at least 8 if points allow."""
    wanted = min(max(round(points * share), 8), points // 2)
    held = np.zeros(points, bool)
    held[np.linspace(0, points - 1, wanted).round().astype(int)] = True
    return held
