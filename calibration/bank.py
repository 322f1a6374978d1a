"""Runs of a simulator on disk: in parts, in processes, and the same bytes after any interruption.

A part holds the runs of some points of a design. Its file name carries a hash of everything its content
follows from, it is written to the side and renamed, and a part that is there is not computed again. Results
are written where they are computed, so that the death of the parent loses at most the parts under way.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.simulator import Simulator
from calibration.trouble import CalibrationError

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""
MOST_BREAKS = 3
"""A pool that loses a worker this often without finishing a part is given up."""


@dataclass(frozen=True)
class Part:
    """Points of a design with their seeds, and the file for their runs."""

    params: np.ndarray  # float64[n, d]
    seeds: np.ndarray  # int64[n, r]
    path: Path


def digest(*pieces: str | bytes) -> str:
    """Hash of texts and bytes, each with its length, 64 hexadecimal digits."""
    made = hashlib.sha256()
    for piece in pieces:
        raw = piece.encode() if isinstance(piece, str) else piece
        made.update(len(raw).to_bytes(8, "little") + raw)
    return made.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside its place, flushed, then renamed."""
    side = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with side.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(side, path)


def make_parts(simulator: Simulator, params: np.ndarray, seeds: np.ndarray, folder: Path, size: int) -> list[Part]:
    """The parts of a design: params float64[n, d], seeds int64[n, r], `size` points each."""
    names = "|".join((*simulator.parameters, "", *simulator.statistics))
    parts = []
    for number, start in enumerate(range(0, len(params), size)):
        p = np.ascontiguousarray(params[start : start + size], "<f8")
        s = np.ascontiguousarray(seeds[start : start + size], "<i8")
        name = f"part-{number:05d}-{digest(simulator.version, names, p.tobytes(), s.tobytes())[:16]}.f64"
        parts.append(Part(p, s, folder / name))
    return parts


def compute(simulator: Simulator, part: Part) -> str:
    """Run a part and write it; its file's name."""
    points, replicates = part.seeds.shape
    found = simulator(np.repeat(part.params, replicates, axis=0), part.seeds.reshape(-1))
    shape = (points, replicates, len(simulator.statistics))
    write_whole(part.path, found.reshape(shape).astype("<f8").tobytes())
    return part.path.name


def load(part: Part, statistics: int) -> np.ndarray | None:
    """float64[points, replicates, k] of a part's file; None if it is not there or not whole."""
    try:
        raw = part.path.read_bytes()
    except FileNotFoundError:
        return None
    shape = (*part.seeds.shape, statistics)
    return np.frombuffer(raw, "<f8").reshape(shape).copy() if len(raw) == 8 * int(np.prod(shape)) else None


def run_rows(
    simulator: Simulator, params: np.ndarray, seeds: np.ndarray, folder: Path, *, size: int = 8,
    workers: int = 1, executor: Executor | None = None, progress: Progress | None = None, what: str = "runs",
) -> np.ndarray:
    """Statistics float64[n, r, k] of params float64[n, d] under seeds int64[n, r].

    Parts found in `folder` are used. executor: anything with `submit` (a cluster's, say); otherwise `workers`
    processes, or this one if 1. Errors of the simulator are raised after the parts that did finish are kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.tmp"):
        left.unlink(missing_ok=True)
    parts, k = make_parts(simulator, params, seeds, folder, size), len(simulator.statistics)
    waiting = [part for part in parts if load(part, k) is None]
    tell = progress or (lambda what, done, of: None)
    tell(what, len(parts) - len(waiting), len(parts))
    _finish(simulator, waiting, workers, executor, lambda done: tell(what, len(parts) - len(waiting) + done, len(parts)))
    found = [load(part, k) for part in parts]
    return np.concatenate([_there(array, part) for array, part in zip(found, parts, strict=True)])


def _there(array: np.ndarray | None, part: Part) -> np.ndarray:
    if array is None:
        raise CalibrationError("a part vanished while it was being read", file=str(part.path), try_="start again")
    return array


def _finish(
    simulator: Simulator, waiting: list[Part], workers: int, executor: Executor | None, done: Callable[[int], None]
) -> None:
    """Compute the parts; a pool that breaks is made anew as long as parts get finished."""
    if executor is None and (workers <= 1 or len(waiting) <= 1):
        for number, part in enumerate(waiting):
            compute(simulator, part)
            done(number + 1)
        return
    breaks, total = 0, len(waiting)
    while waiting:
        with _pool(workers, executor) as pool:
            try:
                for future in as_completed([pool.submit(compute, simulator, part) for part in waiting]):
                    future.result()
                    done(total - sum(not part.path.exists() for part in waiting))
            except BrokenProcessPool as error:
                breaks += 1
                if breaks >= MOST_BREAKS:
                    raise CalibrationError(
                        "worker processes keep dying", got=f"{breaks} times", try_="fewer workers: memory may be short"
                    ) from error
        waiting = [part for part in waiting if not part.path.exists()]


@contextmanager
def _pool(workers: int, executor: Executor | None) -> Iterator[Executor]:
    """The executor given, or a pool of processes of our own that ends here."""
    if executor is not None:
        yield executor
        return
    kind = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(workers, multiprocessing.get_context(kind), initializer=leave_with_parent) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def leave_with_parent() -> None:
    """In a worker: end when the parent does, so that a killed calibration leaves nobody behind."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
