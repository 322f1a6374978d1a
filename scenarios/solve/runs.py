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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from scenarios.model_code import code_hash
from scenarios.pool import cores, leave_with_parent
from scenarios.scenario import Scenario
from scenarios.solve.columns import COLUMNS, COST, columns_of, pick
from scenarios.solve.goal import Goal
from scenarios.study import Study, make_shape, timeline_of, world_parameters
from scenarios.write import as_dict
from sim.errors import UserError
from sim.relief import RELIEFS
from sim.result import LEVELS
from sim.version import VERSION

PEOPLE_AT_ONCE, BUNDLES_AT_ONCE = 250_000, 4
"""People in all worlds of one job, and bundles (who watches may want fewer): enough to keep array calls long, few enough to
lose little to a kill."""
OPENED = {relief.gate: relief for relief in RELIEFS}
Told = Callable[[int], None]


def study_of(goal: Goal, fixed: Mapping[str, float]) -> Study:
    """The study of a goal's runs; worlds are chosen later. `fixed`: parameters of a structural rival."""
    run = goal.file.run
    study = Study(goal.areas, run.people, 1, run.replicates, round(run.years * 52), run.seed, fixed=tuple(sorted(fixed.items())),
                  place_size=run.place_size, inventory=goal.inventory, own=goal.own, posterior=goal.posterior,
                  start=goal.base.run.start)
    return replace(study, **dict(goal.size))  # type: ignore[arg-type]


class Stopped(Exception):
    """Whoever asked for the search wants it no longer. What was run is kept."""


POLL_SECONDS = 0.2


@dataclass(frozen=True)
class _Job:
    policies: tuple[Scenario, ...]
    study: Study
    worlds: tuple[int, ...]
    group: int
    outcome: str
    opened: str
    settled: str


def _work(job: _Job) -> np.ndarray:
    """float64[policies, worlds, columns]: replicates of a draw averaged."""
    from sim.core.engine import go_on

    shape = make_shape(job.study, [(d, r) for d in job.worlds for r in range(job.study.replicates)])
    start, relief = _settled(job), OPENED.get(job.opened)
    found = [columns_of(go_on(start, timeline_of(p, shape), (), _wanted(job), relief), job.group, job.outcome) for p in job.policies]
    each = (len(job.policies), len(job.worlds), job.study.replicates, len(COLUMNS))
    return np.asarray(np.array(found).reshape(each).mean(axis=2))


def _wanted(job: _Job) -> Callable[[int, int], None]:
    """For the engine to ask each week: a search that was stopped has taken its temporary folder away. Raises Stopped."""

    def ask(done: int, of: int) -> None:
        if done % 26 == 0 and not Path(job.settled).exists():
            raise Stopped

    return ask


def _settled(job: _Job) -> bytes:
    """The state at the policy's start, made once (the file is this run's own, in a folder only it may use)."""
    from sim.core.engine import settle

    path = Path(job.settled) / f"{job.worlds[0]}-{job.worlds[-1]}.state"
    if path.exists():
        return path.read_bytes()
    shape = make_shape(job.study, [(d, r) for d in job.worlds for r in range(job.study.replicates)])
    state = settle(shape, world_parameters(job.study, shape.worlds), timeline_of(job.policies[0], shape), _wanted(job))
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(state)
    part.replace(path)
    return state


class Runs:
    """The simulator of one goal, with its memory. Use as a context manager.

    `done`: runs made now; `used`: names of all that were asked for, also those that the folder kept.
    `tell(runs so far)` is called as each job ends. `stop`, once set, ends it with `Stopped`; what was run is kept.
    """

    def __init__(self, goal: Goal, folder: Path, workers: int = 0, fixed: Mapping[str, float] | None = None,
                 stop: threading.Event | None = None, tell: Told | None = None):
        self.goal, self.path, self.fixed = goal, folder / "runs.jsonl", dict(fixed or {})
        self.study, self.done, self.tell = study_of(goal, self.fixed), 0, tell or (lambda done: None)
        self.seen: list[tuple[np.ndarray, list[int]]] = []
        self.used: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        claim(folder)
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

    @cached_property
    def _asked(self) -> str:
        """What all results of these runs share: version, place, base policy, what is counted."""
        base = {k: v for k, v in as_dict(self.goal.base).items() if k != "run"}
        study = self.study
        return json.dumps([_version(), base, str(study.areas), study.people, study.weeks, study.replicates, study.seed,
                           study.burn_in, study.place_size, str(study.inventory), str(study.own), study.posterior.sha256,
                           sorted(self.fixed.items()), self.goal.group, self.goal.file.goal.outcome], sort_keys=True)

    def keys(self, bundle: np.ndarray, worlds: Sequence[int], opened: str = "") -> list[str]:
        """Names of one bundle's results in `known`."""
        levers = [(s.lever, s.at(u)) for s, u in zip(self.goal.spans, bundle, strict=True)]
        said = [json.dumps([self._asked, levers, opened, int(world)]) for world in worlds]
        return [hashlib.sha256(text.encode()).hexdigest()[:20] for text in said]

    def columns(self, bundles: np.ndarray, worlds: Sequence[int], opened: str = "") -> np.ndarray:
        """float64[bundles, worlds, columns]; what is known is not run again. `opened`: a gate of `sim.relief` held open."""
        if not opened:
            self.seen += [(bundle, list(worlds)) for bundle in bundles]
        keys = [self.keys(bundle, worlds, opened) for bundle in bundles]
        self.used.update(key for row in keys for key in row)
        missing = [i for i, row in enumerate(keys) if any(k not in self.known for k in row)]
        if missing:
            self._run([(bundles[i], keys[i]) for i in missing], worlds, opened)
        return np.array([[self.known[k] for k in row] for row in keys])

    def _run(self, todo: Sequence[tuple[np.ndarray, list[str]]], worlds: Sequence[int], opened: str) -> None:
        """Some policies and some worlds a job; each is kept as it ends. Many policies share out the work, a few their worlds."""
        most = max(1, PEOPLE_AT_ONCE // (make_shape(self.study, [(0, 0)]).people * self.study.replicates))
        several = len(todo) > 2 * self.workers
        size = min(most, len(worlds) if several else -(-len(worlds) // self.workers))
        together = min(self.together, -(-len(todo) // self.workers)) if several else self.together
        waiting = {}
        for i in range(0, len(todo), together):
            some = todo[i : i + together]
            for k in range(0, len(worlds), size):
                policies = tuple(self.goal.scenario(bundle) for bundle, _ in some)
                job = _Job(policies, self.study, tuple(worlds[k : k + size]), self.goal.group, self.goal.file.goal.outcome,
                           opened, self._temporary.name)
                waiting[self._pool.submit(_work, job)] = [keys[k : k + size] for _, keys in some]
        for future in self._ended(set(waiting)):
            found, names = future.result(), waiting[future]
            self._keep((key, found[i, j]) for i, row in enumerate(names) for j, key in enumerate(row))
            self.done += sum(len(row) for row in names)
            self.tell(self.done)

    def _ended(self, left: set[Future[np.ndarray]]) -> Iterator[Future[np.ndarray]]:
        """Each job as it ends. Raises Stopped."""
        while left:
            done, left = wait(left, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            if self.stop.is_set():
                raise Stopped
            yield from done

    def _keep(self, rows: Iterable[tuple[str, np.ndarray]]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            for key, values in rows:
                self.known[key] = values
                file.write(json.dumps([key, values.tolist()]) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def slack(self, columns: np.ndarray, level: float | None = None, outcome: str = "") -> np.ndarray:
        """float64[...]: by how much the goal holds, or the floor (people better off, quality) that holds by least."""
        goal = self.goal.file.goal
        least = pick(columns, outcome or goal.outcome) - (goal.level if level is None else level)
        for name, floor in (("better_per_want", goal.better_at_least), ("quality", goal.quality_at_least)):
            least = np.minimum(least, pick(columns, name) - floor) if floor else least
        return np.asarray(least)

    def met(self, columns: np.ndarray, level: float | None = None, outcome: str = "") -> np.ndarray:
        """bool[...]: whether the goal holds, its floors too."""
        return np.asarray(self.slack(columns, level, outcome) >= 0)

    def __call__(self, bundles: np.ndarray, worlds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """For `search`: (slack, cost in GBP per adult per year)."""
        found = self.columns(bundles, worlds)
        return self.slack(found), pick(found, COST)


def _version() -> str:
    """What must be the same for results to be used again: version and code of the model, and what is kept of a run."""
    kept = hashlib.sha256(json.dumps(COLUMNS).encode()).hexdigest()[:8]
    return f"{VERSION}, code {code_hash()}, columns {kept}"


def claim(folder: Path) -> None:
    """Put this version's name in a folder. Raises UserError for one with other files, or of another version."""
    mark = folder / "version.txt"
    held = mark.read_text("utf-8").strip() if mark.is_file() else ""
    if held == _version():
        return
    if held or (folder / "runs.jsonl").exists():
        raise UserError("the folder holds results of another version", file=str(folder), key="--out", rule=_version(),
                        got=held or "no version", try_="--out elsewhere; or delete the folder, and it is run again")
    if any(folder.iterdir()):
        raise UserError("the folder holds something else", file=str(folder), key="--out",
                        rule="an empty folder, or one that solve made", got="other files", try_="--out elsewhere")
    mark.write_text(_version() + "\n", encoding="utf-8")


def _read(path: Path) -> Iterator[tuple[str, np.ndarray]]:
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
        yield str(key), np.array(values, dtype=np.float64)
    if good < len(whole):
        with path.open("r+b") as file:
            file.truncate(good)


def group_name(goal: Goal) -> str:
    """The group in words."""
    kind, level = LEVELS[goal.group]
    return "everyone" if goal.group == 0 else f"{kind} {level}"
