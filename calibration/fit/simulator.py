"""What the calibrator asks of a simulator, and the seeds that it gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibration.fit.trouble import CalibrationError

Run = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Simulator:
    """A simulator as a function of parameters and luck.

    run(params float64[n, d], seeds int64[n]) -> float64[n, k]: a row is one run, natural units; the same row
    gives the same bytes whatever stands beside it. It is importable by name, so that other processes can call it.
    parameters: d names; statistics: k names; version: changes whenever results would.
    """

    run: Run
    parameters: tuple[str, ...]
    statistics: tuple[str, ...]
    version: str

    def __post_init__(self) -> None:
        for names in (self.parameters, self.statistics):
            if not names or len(set(names)) < len(names):
                raise CalibrationError("a simulator's names", rule="at least one, each once", got=", ".join(names))

    def __call__(self, params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
        """Statistics float64[n, k]. CalibrationError if the shape is wrong or a value is not finite."""
        found = np.asarray(self.run(params, seeds), float)
        shape = (len(params), len(self.statistics))
        if found.shape != shape:
            raise CalibrationError("the simulator returned another shape", rule=str(shape), got=str(found.shape))
        bad = np.argwhere(~np.isfinite(found))
        if len(bad):
            row, column = (int(v) for v in bad[0])
            raise CalibrationError(
                f"the simulator returned {found[row, column]} for {self.statistics[column]}",
                rule="finite numbers",
                got=f"parameters {params[row].tolist()}, seed {int(seeds[row])}",
            )
        return found


def make_seeds(study: int, wave: int, points: int, replicates: int) -> np.ndarray:
    """int64[points, replicates]: the seed of each run, from its study, wave, point and replicate only."""
    made = [
        [
            np.random.SeedSequence([study, wave, p, r]).generate_state(1, np.uint64)[0] >> np.uint64(1)
            for r in range(replicates)
        ]
        for p in range(points)
    ]
    return np.array(made, np.uint64).astype(np.int64).reshape(points, replicates)
