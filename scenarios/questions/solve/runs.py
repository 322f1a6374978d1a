"""The real model behind `solve`: bundles in worlds, on all cores, every result kept on disk as it is made.

A world's years before the policy are the same for every bundle: they are run once, and stay with the results until the
search has ended. After a kill the results are read again and the search, which depends on nothing else, comes to the
same answer. Whoever watches may stop it: `Stopped` is raised within a moment, and what was run is kept.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from calibration.whole import digest, others_in, write_whole
from scenarios.questions.relief import together
from scenarios.questions.solve.aims import Condition, name_of
from scenarios.questions.solve.columns import ALSO, COLUMNS, COST, columns_of, pick
from scenarios.questions.solve.goal import Goal
from scenarios.reading.scenario import Scenario
from scenarios.running import identity
from scenarios.running.finished import FOLDER, FinishedJobs, in_one
from scenarios.running.pool import Job, Pool, Tell
from scenarios.running.study import Study, holding, make_shape, timeline_of
from scenarios.running.worlds import Batch, settle_batch
from sim import plain
from sim.errors import UserError
from sim.policy.relief import RELIEFS, Relief

PEOPLE_AT_ONCE, BUNDLES_AT_ONCE = 120_000, 4
"""People in all worlds of one job, and bundles (who watches may want fewer): enough to keep array calls long, few enough to
lose little to a kill."""
OPENED = {relief.gate: relief for relief in RELIEFS}
PLUS = " + "
"""Between the gates that are held open together."""
World = tuple[int, int]
Told = Callable[[int], None]
ROWS, STATE = "rows-", "state-"
"""How keys begin, of results and of settled states."""


def study_of(goal: Goal, fixed: Mapping[str, float]) -> Study:
    """The study of a goal's runs; worlds are chosen later. `fixed`: parameters of a structural rival."""
    run = goal.file.run
    study = Study(
        goal.areas,
        run.people,
        1,
        run.replicates,
        round(run.years * 52),
        run.seed,
        fixed=goal.numbers.fixed,
        place_size=run.place_size,
        inventory=goal.inventory,
        own=goal.own,
        posterior=goal.posterior,
        start=goal.base.run.start,
        priors=goal.numbers.priors,
    )
    study = holding(study, fixed)
    return replace(study, **dict(goal.size))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Task:
    """Policies in worlds. `names`: of each result, a row of them a policy."""

    policies: tuple[Scenario, ...]
    batch: Batch
    names: tuple[tuple[str, ...], ...]
    group: int
    outcome: str
    also: tuple[Condition, ...]
    opened: str
    folder: Path
    start: str


def opened_by(gates: str) -> Relief | None:
    """The overrides of some gates, names joined by PLUS; None for none. KeyError for a gate that is none."""
    reliefs = [OPENED[gate] for gate in gates.split(PLUS)] if gates else []
    return None if not reliefs else reliefs[0] if len(reliefs) == 1 else together(reliefs)


def _work(task: _Task, tell: Tell) -> bytes:
    """Names and float64[policies, worlds, columns]."""
    from sim.core.engine import go_on

    study = task.batch.study
    shape, relief = make_shape(study, task.batch.worlds), opened_by(task.opened)
    start = FinishedJobs(task.folder).get(task.start)
    start = start or in_one(settle_batch(task.batch, task.policies[0], tell))

    def told(done: int, of: int) -> None:
        tell(done / max(1, of))

    found = [
        columns_of(go_on(start, timeline_of(p, shape), (), told, relief, shape), task.group, task.outcome, task.also)
        for p in task.policies
    ]
    return plain.dumps({"names": [list(row) for row in task.names], "rows": np.array(found)})


@dataclass(frozen=True)
class Seen:
    """One policy that was asked for, in some draws; `keys` of its results in `Runs.known`."""

    bundle: np.ndarray
    draws: tuple[int, ...]
    keys: tuple[str, ...]


class Runs:
    """The simulator of one goal, with its memory. Use as a context manager.

    `done`: runs made now; `used`: names of all that were asked for, also those that the folder kept.
    `fresh_replicates`: runs of luck averaged in each fresh world (`noise` chooses it).
    `tell(runs so far)` is called as each job ends. `stop`, once set, ends it with `Stopped`; what was run is kept.
    """

    def __init__(
        self,
        goal: Goal,
        folder: Path,
        workers: int = 0,
        fixed: Mapping[str, float] | None = None,
        stop: threading.Event | None = None,
        tell: Told | None = None,
        pool: Pool | None = None,
    ):
        self.goal, self.fixed = goal, dict(fixed or {})
        self.study, self.tell = study_of(goal, self.fixed), tell or (lambda done: None)
        self.seen: list[Seen] = []
        self.used: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        claim(folder)
        self.finished = FinishedJobs(folder / FOLDER)
        self.finished.tidy()
        self.known = _read(self.finished)
        self._held = len(self.known)
        self._own, self._pool = pool is None, pool or Pool(workers, threads=True)
        self.workers, self.stop = workers or self._pool.workers, stop or threading.Event()
        self.together, self.fresh_replicates = BUNDLES_AT_ONCE, self.study.replicates

    def __enter__(self) -> Runs:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if self._own:
            self._pool.close()
        if kind is None:
            self.finished.drop_all(STATE)  # those of a run that was killed too

    @property
    def done(self) -> int:
        """Runs made now."""
        return len(self.known) - self._held

    def of(self, goal: Goal) -> Runs:
        """The same runs, memory and all, asked about another goal for the same people (other levers, another level)."""
        other = copy(self)
        other.goal = goal
        other.__dict__.pop("_asked", None)
        return other

    @cached_property
    def _asked(self) -> str:
        """What all results of these runs share: study, code and tables, base policy, what is counted."""
        asked = identity.of_study(self.study) | {"draws": 0, "replicates": 0}
        goal = self.goal
        counted = [goal.group, goal.file.goal.outcome, *(repr(one) for one in goal.also)]
        return json.dumps([identity.policy(goal.base), asked, counted], sort_keys=True)

    def keys(self, bundle: np.ndarray, worlds: Sequence[World], opened: str = "") -> list[str]:
        """Names of one bundle's results in `known`, one a world."""
        policy = self.goal.said(bundle)
        return [digest(json.dumps([self._asked, policy, opened, *map(int, world)]))[:20] for world in worlds]

    def worlds(self, draws: Sequence[int], replicates: int = 0) -> list[World]:
        """(draw, replicate) of each run of some draws. Fresh worlds may have more runs of luck than those of the search."""
        first = self.goal.file.search.worlds
        return [
            (int(d), r)
            for d in draws
            for r in range(replicates or (self.study.replicates if d < first else self.fresh_replicates))
        ]

    def columns(self, bundles: np.ndarray, draws: Sequence[int], opened: str = "") -> np.ndarray:
        """float64[bundles, draws, columns], replicates averaged; what is known is not run again. `opened`: gates of
        `sim.policy.relief` held open, joined by PLUS."""
        worlds = self.worlds(draws)
        return np.array([_averaged(draws, worlds, rows) for rows in self._rows(bundles, worlds, opened)])

    def each(self, bundle: np.ndarray, draws: Sequence[int], replicates: int) -> np.ndarray:
        """float64[draws, replicates, columns] of one policy."""
        rows = self._rows(bundle[None], self.worlds(draws, replicates))
        return rows[0].reshape(len(draws), replicates, len(COLUMNS))

    def _rows(self, bundles: np.ndarray, worlds: Sequence[World], opened: str = "") -> np.ndarray:
        """float64[bundles, worlds, columns]."""
        keys = [self.keys(bundle, worlds, opened) for bundle in bundles]
        if not opened:
            draws = tuple(dict.fromkeys(draw for draw, _ in worlds))
            self.seen += [Seen(bundle, draws, tuple(row)) for bundle, row in zip(bundles, keys, strict=True)]
        self.used.update(key for row in keys for key in row)
        missing = [i for i, row in enumerate(keys) if any(k not in self.known for k in row)]
        if missing:
            self._run([(bundles[i], keys[i]) for i in missing], worlds, opened)
        return np.array([[self.known[k] for k in row] for row in keys])

    def again(self, seen: Seen) -> np.ndarray:
        """float64[draws, columns] of a policy that was asked for."""
        worlds = self.worlds(seen.draws, len(seen.keys) // len(seen.draws))
        return _averaged(seen.draws, worlds, np.array([self.known[key] for key in seen.keys]))

    def _run(self, todo: Sequence[tuple[np.ndarray, list[str]]], worlds: Sequence[World], opened: str) -> None:
        """Some policies and some worlds a job; each is kept as it ends. Many policies share out the work, a few their worlds."""
        most = max(1, PEOPLE_AT_ONCE // make_shape(self.study, [(0, 0)]).people)
        several = len(todo) > 2 * self.workers
        size = min(most, len(worlds) if several else -(-len(worlds) // self.workers))
        together = min(self.together, -(-len(todo) // self.workers)) if several else self.together
        jobs: dict[str, Job] = {}
        for i in range(0, len(todo), together):
            for k in range(0, len(worlds), size):
                for job in self._jobs(todo[i : i + together], worlds, slice(k, k + size), opened):
                    jobs.setdefault(job.key, job)
        for _, content in self._pool.results(list(jobs.values()), self.finished, self.stop):
            self.known.update(_unpack(content))
            self.tell(self.done)

    def _jobs(
        self, some: Sequence[tuple[np.ndarray, list[str]]], worlds: Sequence[World], part: slice, opened: str
    ) -> list[Job]:
        """The settled state of some worlds, and some policies from there."""
        goal, pairs = self.goal, tuple(worlds[part])
        batch = Batch(self.study, pairs, False)
        start, names = STATE + digest(self._asked, repr(pairs)), tuple(tuple(keys[part]) for _, keys in some)
        policies = tuple(goal.scenario(bundle) for bundle, _ in some)
        counted = (goal.group, goal.file.goal.outcome, goal.also)
        task = _Task(policies, batch, names, *counted, opened, self.finished.folder, start)
        before = f"the years before the policy, {batch.said}"
        return [
            Job(before, start, settle_batch, (batch, policies[0]), wanted=False, stays=True),
            Job(f"{len(some)} policies, {batch.said}", ROWS + digest(repr(names)), _work, (task,), (start,)),
        ]

    def slack(self, columns: np.ndarray, level: float | None = None, outcome: str = "") -> np.ndarray:
        """float64[...]: by how much the goal holds, or what else it asks for that holds by least."""
        goal = self.goal.file.goal
        least = pick(columns, outcome or goal.outcome) - (goal.level if level is None else level)
        return np.asarray(np.minimum(least, self.floors(columns)))

    def floors(self, columns: np.ndarray) -> np.ndarray:
        """float64[...]: by how much all that is asked for besides holds (people better off, quality, other goals); infinite
        where nothing is."""
        goal = self.goal.file.goal
        least = np.full(columns.shape[:-1], np.inf)
        for name, floor in (("better_per_want", goal.better_at_least), ("quality", goal.quality_at_least)):
            least = np.minimum(least, pick(columns, name) - floor) if floor else least
        for name in ALSO[: len(self.goal.also)]:
            least = np.minimum(least, pick(columns, name))
        return least

    def met(self, columns: np.ndarray, level: float | None = None, outcome: str = "") -> np.ndarray:
        """bool[...]: whether the goal holds, its floors too."""
        return np.asarray(self.slack(columns, level, outcome) >= 0)

    def __call__(self, bundles: np.ndarray, worlds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """For `search`, whose worlds are draws: (slack, cost in GBP per adult per year)."""
        found = self.columns(bundles, worlds)
        return self.slack(found), pick(found, COST)


def _averaged(draws: Sequence[int], worlds: Sequence[World], rows: np.ndarray) -> np.ndarray:
    """float64[draws, columns] of float64[worlds, columns]: the mean over each draw's replicates."""
    each = len(worlds) // max(1, len(draws))
    if each == 1:
        return rows
    return np.asarray(rows.reshape(len(draws), each, -1).mean(axis=1))


READS = ("columns.py", "aims.py", "goal.py", "runs.py")
"""Code of this folder from which the numbers of a kept row follow."""


def _version() -> str:
    """What must be the same for results to be used again: code, tables, and what is kept of a run and how it is read."""
    here = Path(__file__).parent
    kept = digest(json.dumps(COLUMNS), *((here / name).read_bytes() for name in READS))
    return f"code {identity.code()[:16]}, tables {identity.tables_hash()[:16]}, columns {kept[:8]}"


MARK = "version.txt"


def claim(folder: Path) -> None:
    """Put this version's name in a folder. Raises UserError for one with other files, or of another version."""
    mark = folder / MARK
    held = mark.read_bytes().decode("utf-8", "replace").strip() if mark.is_file() else ""
    if held == _version():
        return
    others, whole = others_in(folder, (MARK, FOLDER)), ", columns " in held
    if whole or "runs.jsonl" in others:
        raise UserError(
            "the folder holds results of another version",
            file=str(folder),
            key="--out",
            rule=_version(),
            got=held[:120] or "no version",
            try_="--out elsewhere; or delete the folder, and it is run again",
        )
    if others and not mark.is_file():
        raise UserError(
            "the folder holds something else",
            file=str(folder),
            key="--out",
            rule="an empty folder, or one that solve made",
            got=", ".join(others[:3]),
            try_="--out elsewhere",
        )
    write_whole(mark, f"{_version()}\n".encode())


def _read(finished: FinishedJobs) -> dict[str, np.ndarray]:
    """Results kept by an earlier run, by name."""
    found: dict[str, np.ndarray] = {}
    for key, content in finished.all(ROWS):
        try:
            found |= _unpack(content)
        except (plain.NotPlain, KeyError, TypeError, ValueError, AttributeError, IndexError):
            finished.drop(key)
    return found


def _unpack(content: bytes) -> dict[str, np.ndarray]:
    """float64[columns] by name. Raises one of the errors above for anything else."""
    found = plain.loads(content)
    rows = found["rows"]
    if rows.ndim != 3 or rows.shape[2] != len(COLUMNS):
        raise plain.NotPlain("rows of other columns")
    return {name: rows[i, j] for i, row in enumerate(found["names"]) for j, name in enumerate(row)}


def group_name(goal: Goal) -> str:
    """The group in words."""
    return name_of(goal.group)
