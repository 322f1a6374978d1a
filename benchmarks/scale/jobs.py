"""What jobs cost beyond their work, and how they spread: over this machine's processes, and over Dask on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.scale.intervals import Interval, mean, ratio
from scenarios.reading.load import load
from scenarios.running.cluster import on_cluster
from scenarios.running.finished import FinishedJobs, carried, in_one
from scenarios.running.study import Study
from scenarios.sweeps import work
from scenarios.sweeps.plan import from_words, make

DASK = "Dask, 4 workers on loopback"
JOB_WEEKS = 27
"""Reported weeks of a tiny job: as few as count a want."""


@dataclass(frozen=True)
class Overhead:
    """Of `jobs` tiny jobs in one process: ms a job of the work alone, through pool and store, and the difference by pairs."""

    jobs: int
    bare: Interval
    stored: Interval
    beyond: Interval
    bytes_a_world: float


@dataclass(frozen=True)
class Spread:
    """One way to run the same jobs: wall seconds, and how many times as fast as one process, by pairs."""

    where: str
    workers: int
    seconds: Interval
    faster: Interval


def sweep_of(points: int, people: int, draws: int, weeks: int, burn_in: int) -> work.Sweep:
    """Self-referral at so many values, in `draws` worlds: a job a point and batch of worlds."""
    study = Study((5,), people, draws, 1, weeks, burn_in=burn_in, place_size=1_000)
    return work.settle(make([load("today")], from_words([f"self_referral=0:1:{points}"])), study)


def bare(sweep: work.Sweep, folder: Path) -> int:
    """The very work of all jobs, one after the other; settled starts are handed over in memory. How many were wanted."""
    starts: dict[str, bytes] = {}
    wanted = 0
    with carried(starts):
        for _, jobs in work.pieces(sweep, 1, FinishedJobs(folder)):
            for job in jobs:
                content = in_one(job.work(*job.args, tell=lambda part: None))
                wanted += job.wanted
                if not job.wanted:
                    starts[job.key] = content
    return wanted


def timed(sweep: work.Sweep, workers: int = 1) -> tuple[float, float]:
    """(wall seconds, bytes on the disk at the end) of a sweep through pool and store."""
    with TemporaryDirectory() as name:
        begun = time.perf_counter()
        work.run(sweep, FinishedJobs(Path(name)), workers)
        spent = time.perf_counter() - begun
        return spent, sum(path.stat().st_size for path in Path(name).rglob("*") if path.is_file())


def bare_seconds(sweep: work.Sweep) -> float:
    """Wall seconds of the work alone."""
    with TemporaryDirectory() as name:
        begun = time.perf_counter()
        bare(sweep, Path(name))
        return time.perf_counter() - begun


def overhead(points: int, rounds: int, people: int = 1_000, weeks: int = JOB_WEEKS, burn_in: int = 4) -> Overhead:
    """Pairs of a sweep of one world, through pool and store and without, by turns first."""
    sweep = sweep_of(points, people, 1, weeks, burn_in)
    timed(sweep_of(2, people, 1, weeks, burn_in))  # loops are there
    without, within, size = [], [], 0.0
    for number in range(rounds):
        for kind in ("bare", "stored") if number % 2 == 0 else ("stored", "bare"):
            if kind == "bare":
                without.append(1000 * bare_seconds(sweep) / points)
            else:
                seconds, size = timed(sweep)
                within.append(1000 * seconds / points)
    beyond = mean([a - b for a, b in zip(within, without, strict=True)])
    return Overhead(points, mean(without), mean(within), beyond, size / points)


@contextmanager
def loopback(workers: int) -> Iterator[None]:
    """A Dask cluster of so many processes on this machine, for all pools meanwhile."""
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        on_cluster(cluster.scheduler_address),
    ):
        yield


def spread(rounds: int, points: int = 16, people: int = 20_000, weeks: int = 104, dask: int = 4) -> list[Spread]:
    """The same jobs in one process, in two, and on Dask, by turns. Starting the workers counts here, but not on Dask."""
    sweep = sweep_of(points, people, 1, weeks, 26)
    timed(sweep_of(2, 1_000, 1, JOB_WEEKS, 4))  # loops are there
    seconds: dict[str, list[float]] = {"one process": [], "two processes": [], DASK: []}
    if not has_dask():
        del seconds[DASK]
    for number in range(rounds):
        for where in list(seconds) if number % 2 == 0 else list(seconds)[::-1]:
            seconds[where].append(_once(sweep, where, dask))
    return spreads(seconds, (1, 2, dask)[: len(seconds)])


def has_dask() -> bool:
    """Whether Dask is there (extra `cluster`); without it that line is left out."""
    return find_spec("distributed") is not None


def _once(sweep: work.Sweep, where: str, dask: int) -> float:
    if where != DASK:
        return timed(sweep, 1 if where == "one process" else 2)[0]
    with loopback(dask):
        timed(sweep_of(dask, 1_000, 1, JOB_WEEKS, 4), 0)  # workers have read the model
        return timed(sweep, 0)[0]


def spreads(seconds: dict[str, list[float]], workers: Sequence[int]) -> list[Spread]:
    """Ratios against the first, pair by pair."""
    one = next(iter(seconds.values()))
    return [
        Spread(where, n, mean(each), ratio(one, each))
        for (where, each), n in zip(seconds.items(), workers, strict=True)
    ]
