"""The straight-line toy at 2 ms a run, where other processes can import it."""

import time

import numpy as np

from calibration.fit.toys import run_line


def slowly(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """float64[n, 5], after a while."""
    time.sleep(0.002 * len(params))
    return run_line(params, seeds)
