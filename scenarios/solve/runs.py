"""The real model behind `solve`: bundles in worlds, on all cores, every result kept on disk as it is made.

A world's years before the policy are the same for every bundle: they are run once and kept in a private
temporary folder of this run. Results are appended to `runs.jsonl`; after a kill they are read again, a
line cut short is dropped, and the search, which depends on nothing else, comes to the same answer.
Whoever watches may stop it: `Stopped` is raised within a moment, and what was run is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scenarios.pool import cores, leave_with_parent
from scenarios.scenario import Scenario
from scenarios.solve.goal import Goal
from scenarios.study import Study, make_shape, parameters_hash, timeline_of, world_parameters
from sim import summary
from sim.result import LEVELS, MONEY, Measure, Result
from sim.version import VERSION

WORLDS_AT_ONCE = 25
"""Worlds of one job: enough to keep array calls long, few enough to lose little to a kill."""
BUNDLES_AT_ONCE = 12
"""Bundles whose results are kept together; who watches may want fewer."""
SHARES = ("available", "available_offline", "available_two", "started_in_time", "starts_per_want", "better_per_want",
          "worse_per_want")
LOSSES = tuple(row for row in range(Measure.FAILED, Measure.SUCCESS))
COLUMNS: tuple[str, ...] = (*SHARES, "gbp_per_adult_year", *MONEY, *(f"stopped_{i}" for i in range(len(LOSSES))))
"""What is kept of each bundle in each world. Money lines are GBP per adult per year."""


def columns_of(result: Result, group: int) -> np.ndarray:
    """float64[worlds, columns] of one run, for one group of LEVELS."""
    shares = [summary.ratio(result, name, group) for name in SHARES]
    by_payer = list(summary.spent_by_payer(result).values())
    total = np.sum(by_payer, axis=0)
    tally = summary.by_world(result)[:, group]
    lost = [summary.share(tally[:, row], tally[:, Measure.WANTS]) for row in LOSSES]
    return np.nan_to_num(np.column_stack([*shares, total, *by_payer, *lost]))


def study_of(goal: Goal, fixed: Mapping[str, float]) -> Study:
    """The study of a goal's runs; worlds are chosen later. `fixed`: parameters of a structural rival."""
    run = goal.file.run
    study = Study(goal.areas, run.people, 1, run.replicates, round(run.years * 52), run.seed,
                  fixed=tuple(sorted(fixed.items())), posterior=goal.posterior)
    return replace(study, **dict(goal.size))  # type: ignore[arg-type]


def _key(goal: Goal, fixed: Mapping[str, float], bundle: np.ndarray, world: int) -> str:
    """What makes one result: the policy, the world, the study, parameters and version."""
    levers = [(s.lever, s.at(u)) for s, u in zip(goal.spans, bundle, strict=True)]
    said = [VERSION, parameters_hash(), goal.posterior.sha256, goal.base.name, levers, world, goal.group, goal.areas, goal.file.run.model_dump(),
            sorted(fixed.items()), *goal.size]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]


class Stopped(Exception):
    """Whoever asked for the search wants it no longer. What was run is kept."""


POLL_SECONDS = 0.2


@dataclass(frozen=True)
class _Job:
    policies: tuple[Scenario, ...]
    study: Study
    worlds: tuple[int, ...]
    group: int
    settled: str


def _work(job: _Job) -> np.ndarray:
    """float64[policies, worlds, columns]: replicates of a draw averaged."""
    from sim.core.engine import go_on

    shape = make_shape(job.study, [(d, r) for d in job.worlds for r in range(job.study.replicates)])
    start = _settled(job, shape)
    found = [columns_of(go_on(start, timeline_of(p, shape), (), _wanted(job)), job.group) for p in job.policies]
    each = (len(job.policies), len(job.worlds), job.study.replicates, len(COLUMNS))
    return np.asarray(np.array(found).reshape(each).mean(axis=2))


def _wanted(job: _Job) -> Callable[[int, int], None]:
    """For the engine to ask each week: a search that was stopped has taken its temporary folder away. Raises Stopped."""

    def ask(done: int, of: int) -> None:
        if done % 26 == 0 and not Path(job.settled).exists():
            raise Stopped

    return ask


def _settled(job: _Job, shape: object) -> bytes:
    """The state at the policy's start, made once (the file is this run's own, in a folder only it may use)."""
    from sim.core.engine import settle

    path = Path(job.settled) / f"{job.worlds[0]}-{job.worlds[-1]}.state"
    if path.exists():
        return path.read_bytes()
    shape_ = make_shape(job.study, [(d, r) for d in job.worlds for r in range(job.study.replicates)])
    state = settle(shape_, world_parameters(job.study, shape_.worlds), timeline_of(job.policies[0], shape_), _wanted(job))
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(state)
    part.replace(path)
    return state


class Runs:
    """The simulator of one goal, with its memory. Use as a context manager. `stop`, once set, ends it with `Stopped`."""

    def __init__(self, goal: Goal, folder: Path, workers: int = 0, fixed: Mapping[str, float] | None = None,
                 stop: threading.Event | None = None):
        self.goal, self.path, self.fixed = goal, folder / "runs.jsonl", dict(fixed or {})
        self.study, self.done = study_of(goal, self.fixed), 0
        self.seen: list[tuple[np.ndarray, list[int]]] = []
        folder.mkdir(parents=True, exist_ok=True)
        self.known = dict(_read(self.path))
        self.workers, self.stop = workers or cores(), stop or threading.Event()
        self.together = BUNDLES_AT_ONCE

    def __enter__(self) -> Runs:
        self._temporary = tempfile.TemporaryDirectory(prefix="peerscale-")
        self._pool = ProcessPoolExecutor(self.workers, multiprocessing.get_context("spawn"), leave_with_parent)
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        with contextlib.suppress(OSError):
            self._temporary.cleanup()

    def keys(self, bundle: np.ndarray, worlds: Sequence[int]) -> list[str]:
        """Names of one bundle's results in `known`."""
        return [_key(self.goal, self.fixed, bundle, world) for world in worlds]

    def columns(self, bundles: np.ndarray, worlds: Sequence[int]) -> np.ndarray:
        """float64[bundles, worlds, columns]; what is known is not run again."""
        self.seen += [(bundle, list(worlds)) for bundle in bundles]
        keys = [self.keys(bundle, worlds) for bundle in bundles]
        missing = [i for i, row in enumerate(keys) if any(k not in self.known for k in row)]
        for k in range(0, len(missing), self.together):
            self._run([(bundles[i], keys[i]) for i in missing[k : k + self.together]], worlds)
        return np.array([[self.known[k] for k in row] for row in keys])

    def _run(self, todo: list[tuple[np.ndarray, list[str]]], worlds: Sequence[int]) -> None:
        policies = tuple(self.goal.scenario(bundle) for bundle, _ in todo)
        size = min(WORLDS_AT_ONCE, -(-len(worlds) // self.workers))
        parts = [tuple(worlds[k : k + size]) for k in range(0, len(worlds), size)]
        jobs = [_Job(policies, self.study, part, self.goal.group, self._temporary.name) for part in parts]
        found = np.concatenate(self._results([self._pool.submit(_work, job) for job in jobs]), axis=1)
        self._keep((key, found[i, j]) for i, (_, keys) in enumerate(todo) for j, key in enumerate(keys))
        self.done += len(todo) * len(worlds)

    def _results(self, futures: list[Future[np.ndarray]]) -> list[np.ndarray]:
        """What the jobs give, in order. Raises Stopped."""
        left = set(futures)
        while left and not self.stop.is_set():
            left = wait(left, timeout=POLL_SECONDS).not_done
        if self.stop.is_set():
            raise Stopped
        return [future.result() for future in futures]

    def _keep(self, rows: Iterator[tuple[str, np.ndarray]]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            for key, values in rows:
                self.known[key] = values.tolist()
                file.write(json.dumps([key, self.known[key]]) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def met(self, columns: np.ndarray, level: float | None = None) -> np.ndarray:
        """bool[...]: whether the goal holds (its floor of people better off too)."""
        goal = self.goal.file.goal
        reached = columns[..., COLUMNS.index(goal.outcome)] >= (goal.level if level is None else level)
        return np.asarray(reached & (columns[..., COLUMNS.index("better_per_want")] >= goal.better_at_least))

    def __call__(self, bundles: np.ndarray, worlds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """For `search`: (met, cost in GBP per adult per year)."""
        found = self.columns(bundles, worlds)
        return self.met(found), found[..., COLUMNS.index("gbp_per_adult_year")]


def _read(path: Path) -> Iterator[tuple[str, list[float]]]:
    """Results kept by an earlier run; a last line cut short is left out, and cut off the file."""
    if not path.exists():
        return
    whole, good = path.read_bytes(), 0
    for line in whole.splitlines(keepends=True):
        try:
            key, values = json.loads(line)
        except ValueError:
            break
        if not line.endswith(b"\n") or len(values) != len(COLUMNS):
            break
        good += len(line)
        yield str(key), [float(v) for v in values]
    if good < len(whole):
        with path.open("r+b") as file:
            file.truncate(good)


def group_name(goal: Goal) -> str:
    """The group in words."""
    kind, level = LEVELS[goal.group]
    return "everyone" if goal.group == 0 else f"{kind} {level}"
