"""The real model behind `solve`: bundles in worlds, on all cores, every result kept on disk as it is made.

A world's years before the policy are the same for every bundle: they are run once, and stay with the results until the
search has ended. After a kill the results are read again and the search, which depends on nothing else, comes to the
same answer. Whoever watches may stop it: `Stopped` is raised within a moment, and what was run is kept.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from calibration.whole import digest, others_in, write_whole
from scenarios.questions.solve.columns import COLUMNS, COST, columns_of, pick
from scenarios.questions.solve.goal import Goal
from scenarios.reading.scenario import Scenario
from scenarios.running import identity
from scenarios.running.finished import FOLDER, FinishedJobs, in_one
from scenarios.running.pool import Job, Pool, Tell
from scenarios.running.study import Study, holding, make_shape, timeline_of
from scenarios.running.worlds import Batch, settle_batch
from sim import plain
from sim.errors import UserError
from sim.policy.relief import RELIEFS
from sim.results.result import LEVELS

PEOPLE_AT_ONCE, BUNDLES_AT_ONCE = 120_000, 4
"""People in all worlds of one job, and bundles (who watches may want fewer): enough to keep array calls long, few enough to
lose little to a kill."""
OPENED = {relief.gate: relief for relief in RELIEFS}
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
    """Policies in worlds (draws, each in all replicates). `names`: of each result, a row of them a policy."""

    policies: tuple[Scenario, ...]
    batch: Batch
    names: tuple[tuple[str, ...], ...]
    group: int
    outcome: str
    opened: str
    folder: Path
    start: str


def _work(task: _Task, tell: Tell) -> bytes:
    """Names and float64[policies, worlds, columns]: replicates of a draw averaged."""
    from sim.core.engine import go_on

    study = task.batch.study
    shape, relief = make_shape(study, task.batch.worlds), OPENED.get(task.opened)
    start = FinishedJobs(task.folder).get(task.start)
    start = start or in_one(settle_batch(task.batch, task.policies[0], tell))

    def told(done: int, of: int) -> None:
        tell(done / max(1, of))

    found = [
        columns_of(go_on(start, timeline_of(p, shape), (), told, relief, shape), task.group, task.outcome)
        for p in task.policies
    ]
    rows = np.array(found).reshape(len(task.policies), -1, study.replicates, len(COLUMNS)).mean(axis=2)
    return plain.dumps({"names": [list(row) for row in task.names], "rows": rows})


class Runs:
    """The simulator of one goal, with its memory. Use as a context manager.

    `done`: runs made now; `used`: names of all that were asked for, also those that the folder kept.
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
        self.study, self.done, self.tell = study_of(goal, self.fixed), 0, tell or (lambda done: None)
        self.seen: list[tuple[np.ndarray, list[int]]] = []
        self.used: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        claim(folder)
        self.finished = FinishedJobs(folder / FOLDER)
        self.finished.tidy()
        self.known = _read(self.finished)
        self._own, self._pool = pool is None, pool or Pool(workers, threads=True)
        self.workers, self.stop = workers or self._pool.workers, stop or threading.Event()
        self.together = BUNDLES_AT_ONCE

    def __enter__(self) -> Runs:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if self._own:
            self._pool.close()
        if kind is None:
            self.finished.drop_all(STATE)  # those of a run that was killed too

    @cached_property
    def _asked(self) -> str:
        """What all results of these runs share: study, code and tables, base policy, what is counted."""
        asked = identity.of_study(self.study) | {"draws": 0}
        return json.dumps(
            [identity.policy(self.goal.base), asked, self.goal.group, self.goal.file.goal.outcome], sort_keys=True
        )

    def keys(self, bundle: np.ndarray, worlds: Sequence[int], opened: str = "") -> list[str]:
        """Names of one bundle's results in `known`."""
        levers = [(s.lever, s.at(u)) for s, u in zip(self.goal.spans, bundle, strict=True)]
        said = [json.dumps([self._asked, levers, opened, int(world)]) for world in worlds]
        return [digest(text)[:20] for text in said]

    def columns(self, bundles: np.ndarray, worlds: Sequence[int], opened: str = "") -> np.ndarray:
        """float64[bundles, worlds, columns]; what is known is not run again. `opened`: a gate of `sim.policy.relief` held open."""
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
        jobs: dict[str, Job] = {}
        for i in range(0, len(todo), together):
            for k in range(0, len(worlds), size):
                for job in self._jobs(todo[i : i + together], worlds, slice(k, k + size), opened):
                    jobs.setdefault(job.key, job)
        for _, content in self._pool.results(list(jobs.values()), self.finished, self.stop):
            found = _unpack(content)
            self.known.update(found)
            self.done += len(found)
            self.tell(self.done)

    def _jobs(
        self, some: Sequence[tuple[np.ndarray, list[str]]], worlds: Sequence[int], part: slice, opened: str
    ) -> list[Job]:
        """The settled state of some worlds, and some policies from there."""
        pairs = tuple((int(d), r) for d in worlds[part] for r in range(self.study.replicates))
        batch = Batch(self.study, pairs, False)
        start, names = STATE + digest(self._asked, repr(pairs)), tuple(tuple(keys[part]) for _, keys in some)
        policies = tuple(self.goal.scenario(bundle) for bundle, _ in some)
        task = _Task(
            policies, batch, names, self.goal.group, self.goal.file.goal.outcome, opened, self.finished.folder, start
        )
        return [
            Job(
                f"the years before the policy, {batch.said}",
                start,
                settle_batch,
                (batch, policies[0]),
                wanted=False,
                stays=True,
            ),
            Job(f"{len(some)} policies, {batch.said}", ROWS + digest(repr(names)), _work, (task,), (start,)),
        ]

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
    """What must be the same for results to be used again: code, tables, and what is kept of a run."""
    return (
        f"code {identity.code()[:16]}, tables {identity.tables_hash()[:16]}, columns {digest(json.dumps(COLUMNS))[:8]}"
    )


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
    kind, level = LEVELS[goal.group]
    return "everyone" if goal.group == 0 else f"{kind} {level}"
