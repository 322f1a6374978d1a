"""Runs of a simulator in parts, each known by everything that its content follows from.

The calibrator takes any simulator, and any way to run its parts and to keep them: a `Keeper`. `HERE` runs them in this
process and keeps nothing; `scenarios.running.parts` gives them to the pool and the store that every command uses.

Points are dear and say more than a second run of the same; luck has to be measured too. So a share of a wave's points may be
run several times, and the others once: runs float64[n, r, k] then hold NaN where a point has fewer than r.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from calibration.fit.simulator import Simulator
from calibration.fit.trouble import CalibrationError
from calibration.whole import digest

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True)
class Part:
    """Points of a design with their seeds. `key`: everything their runs follow from; `what`: in words."""

    what: str
    key: str
    params: np.ndarray  # float64[n, d]
    seeds: np.ndarray  # int64[n, r]


class Keeper(Protocol):
    """Runs parts, and keeps what it runs."""

    def results(self, simulator: Simulator, parts: Sequence[Part]) -> Iterator[tuple[Part, bytes]]:
        """(part, what `compute` gives for it) as each ends, in any order. Raises what the simulator does."""
        ...


class Here:
    """Parts one after the other in this process; nothing is kept."""

    def results(self, simulator: Simulator, parts: Sequence[Part]) -> Iterator[tuple[Part, bytes]]:
        """See `Keeper`."""
        for part in parts:
            yield part, compute(simulator, part)


HERE = Here()


def make_parts(simulator: Simulator, params: np.ndarray, seeds: np.ndarray, size: int, what: str) -> list[Part]:
    """The points in parts of `size`, in order."""
    names = ",".join((*simulator.parameters, "|", *simulator.statistics))
    parts = []
    for start in range(0, len(params), size):
        p = np.ascontiguousarray(params[start : start + size], "<f8")
        s = np.ascontiguousarray(seeds[start : start + size], "<i8")
        last = min(start + size, len(params))
        parts.append(
            Part(
                f"{what}, rows {start + 1} to {last}", digest(simulator.version, names, p.tobytes(), s.tobytes()), p, s
            )
        )
    return parts


def compute(simulator: Simulator, part: Part) -> bytes:
    """The runs of a part, float64[points, replicates, k], as bytes."""
    points, replicates = part.seeds.shape
    found = simulator(np.repeat(part.params, replicates, axis=0), part.seeds.reshape(-1))
    return found.reshape(points, replicates, len(simulator.statistics)).astype("<f8").tobytes()


def run_rows(
    simulator: Simulator,
    params: np.ndarray,
    seeds: np.ndarray,
    keeper: Keeper = HERE,
    *,
    size: int = 8,
    progress: Progress | None = None,
    what: str = "runs",
) -> np.ndarray:
    """Statistics float64[n, r, k] of params float64[n, d] under seeds int64[n, r].

    Parts that the keeper has are not run again. CalibrationError where it gives back something else than runs.
    """
    parts, tell = make_parts(simulator, params, seeds, size, what), progress or (lambda what, done, of: None)
    found: dict[str, np.ndarray] = {}
    tell(what, 0, len(parts))
    for part, content in keeper.results(simulator, parts):
        found[part.key] = _runs(content, part, len(simulator.statistics))
        tell(what, len(found), len(parts))
    return np.concatenate([found[part.key] for part in parts])


def _runs(content: bytes, part: Part, statistics: int) -> np.ndarray:
    shape = (*part.seeds.shape, statistics)
    if len(content) != 8 * int(np.prod(shape)):
        raise CalibrationError(
            "what was kept of a part is not its runs",
            key=part.what,
            rule=f"{8 * int(np.prod(shape)):,} bytes",
            got=f"{len(content):,} bytes",
            try_="another folder",
        )
    return np.frombuffer(content, "<f8").reshape(shape).copy()


# ------------------------------------------------------------------ points that were not all run as often


def how_many(runs: np.ndarray) -> np.ndarray:
    """int[n]: runs of each point."""
    return np.isfinite(runs[..., 0]).sum(axis=1) if runs.shape[2] else np.full(len(runs), runs.shape[1])


def means(runs: np.ndarray) -> np.ndarray:
    """float64[n, k]: mean over the runs of each point."""
    return runs.mean(axis=1) if whole(runs) else np.nanmean(runs, axis=1)


def again(runs: np.ndarray) -> np.ndarray:
    """bool[n]: points run several times."""
    return how_many(runs) > 1


def whole(runs: np.ndarray) -> bool:
    """Whether every point was run as often as every other."""
    return bool(np.isfinite(runs).all())


def single(runs: np.ndarray) -> np.ndarray:
    """Runs in which every point counts alike: the first run of each, where some have one; else all, as they are."""
    return runs if whole(runs) else runs[:, :1]


def luck(runs: np.ndarray) -> np.ndarray:
    """float64[k]: variance of a run about its point, over the points run several times; 0 where none is."""
    told = runs[again(runs)]
    return told.var(axis=1, ddof=1).mean(axis=0) if len(told) else np.zeros(runs.shape[2])


def spread(points: int, share: float) -> np.ndarray:
    """bool[points]: the share of a wave that is run several times, evenly over its order."""
    return np.floor(np.arange(1, points + 1) * share + 1e-9) > np.floor(np.arange(points) * share + 1e-9)
