"""Worlds of a study as jobs: years before the policy once for some worlds, then each policy from there.

A job is a batch of worlds, a few seconds of work. All that its result follows from is in its key, so jobs of one
command serve another. How many worlds go together is kept with the jobs: a run that goes on with more workers, or on
another machine, finds them again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from calibration.whole import digest
from scenarios.reading.scenario import Scenario
from scenarios.running import by_area, identity, starts
from scenarios.running.finished import Content, FinishedJobs, in_one
from scenarios.running.handed import handed
from scenarios.running.mixture import Mixture
from scenarios.running.pool import Job, Tell
from scenarios.running.study import Study, make_shape, run_together, sampled, timeline_of, world_parameters
from sim import plain
from sim.columns.listed import Inventory, Service
from sim.columns.state import Shape
from sim.numbers.levers import Timeline
from sim.people.own_area import OwnArea
from sim.policy.relief import Relief
from sim.results.result import Result

RESULT = (Result, Shape, Inventory, Service, OwnArea)
"""The records of a result, on disk."""
PEOPLE_AT_ONCE = 4_000_000
"""People of one job: more would not fit beside the others in the memory of a laptop."""
PERSON_WEEKS = 120_000_000
"""Of one job: two or three seconds (docs/scale.md), so that little is lost with a worker."""
MESA_PERSON_WEEKS = 5_000_000
"""The same for the readable engine, at half a million person-weeks a second."""
Worlds = tuple[tuple[int, int], ...]
Policy = Scenario | Mixture


@dataclass(frozen=True)
class Task:
    """One policy, with a gate of the cascade held open perhaps. `name`: for messages."""

    policy: Policy
    relief: Relief | None = None

    @property
    def name(self) -> str:
        """In words."""
        return self.policy.name + (f", {self.relief.gate} open" if self.relief else "")


@dataclass(frozen=True)
class Batch:
    """Worlds that run together. `traced`: whether people are followed from week to week (those of the first world).
    `areas`: which of them (`by_area`); None for all."""

    study: Study
    worlds: Worlds
    traced: bool
    areas: by_area.Areas | None = None

    @property
    def shape(self) -> Shape:
        """The shape of the run."""
        whole = make_shape(self.study, self.worlds)
        return whole if self.areas is None else by_area.shape_of(whole, self.areas)

    def timeline(self, policy: Policy) -> Timeline:
        """The course of a policy here."""
        line = timeline_of(policy, make_shape(self.study, self.worlds))
        return line if self.areas is None else by_area.timeline_of(line, self.areas)

    @property
    def trace(self) -> Sequence[int]:
        """People whose events are kept."""
        return sampled(self.shape) if self.traced else ()

    @property
    def said(self) -> str:
        """In words."""
        first, last = self.worlds[0], self.worlds[-1]
        names = [
            f"{draw}" if self.study.replicates == 1 else f"{draw}.{replicate}" for draw, replicate in (first, last)
        ]
        where = "" if self.areas is None else f", {', '.join(self.shape.names)[:60]}"
        return (f"world {names[0]}" if first == last else f"worlds {names[0]} to {names[1]}") + where

    @cached_property
    def key(self) -> str:
        """Everything that results of these worlds share: study, code, tables, and the parameters as they run."""
        asked = identity.of_study(replace(self.study, draws=1, replicates=1))
        drawn = world_parameters(self.study, self.worlds)
        arrays = [f.name.encode() + np.ascontiguousarray(getattr(drawn, f.name)).tobytes() for f in fields(drawn)]
        some = [] if self.areas is None else [repr(self.areas)]
        return digest(identity.short(asked), repr(self.worlds), repr(self.traced), *arrays, *some)

    @cached_property
    def before(self) -> str:
        """The same of the years before the policy: how many weeks are reported later is not of it."""
        return replace(self, study=replace(self.study, weeks=0)).key


# ------------------------------------------------------------------ what a worker does


def settle_batch(batch: Batch, policy: Policy, tell: Tell) -> Content:
    """The state of some worlds when the reported weeks begin: as kept, or made now and kept."""
    from sim.core.engine import settle_in_pieces

    shape, line = batch.shape, batch.timeline(policy)
    key = start_key(batch, line)
    found: Content | None = starts.find(key)
    if found is None:
        par = world_parameters(batch.study, batch.worlds)
        found = settle_in_pieces(shape, par, line, _weekly(tell), batch.trace)
        starts.keep(key, found)
    return found


def go_on_batch(batch: Batch, task: Task, start: str, folder: Path, tell: Tell) -> bytes:
    """The result of some worlds under one policy, from their settled state (made here where it is not in the store)."""
    from sim.core.engine import go_on

    shape, line = batch.shape, batch.timeline(task.policy)
    state = FinishedJobs(folder).opened(start) or starts.opened(start)
    with contextlib.suppress(plain.NotPlain):
        if state is not None:
            with state:
                return pack(go_on(state, line, None, _weekly(tell), task.relief, shape))
    made = in_one(settle_batch(batch, task.policy, tell))
    return pack(go_on(made, line, None, _weekly(tell), task.relief, shape))


def whole_batch(batch: Batch, task: Task, tell: Tell) -> bytes:
    """The result of some worlds of the readable engine, from their beginning on."""
    return pack(run_together([task.policy], batch.study, batch.worlds, batch.trace, _weekly(tell))[0])


def _weekly(tell: Tell) -> Callable[[int, int], None]:
    return lambda done, of: tell(done / max(1, of))


def pack(result: Result) -> bytes:
    """A result as bytes."""
    return plain.dumps(result, RESULT)


def unpack(content: bytes) -> Result:
    """The result that `pack` was given. Raises NotPlain."""
    found: Result = plain.loads(content, RESULT)
    return found


# ------------------------------------------------------------------ jobs


def batches(study: Study, workers: int, finished: FinishedJobs, meet: bool = True) -> list[Batch]:
    """Worlds in equal parts: as many as workers, more where a part would be long; as before where some are finished.

    A world of millions is a part for some of its areas each, unless they `meet`.
    """
    groups = by_area.groups(make_shape(study, [(0, 0)]), meet or study.engine == "mesa")
    size = _as_before(study, worlds_a_job(study, workers), finished) if len(groups) == 1 else 1
    worlds = study.worlds
    parts = [worlds[k : k + size] for k in range(0, len(worlds), size)]
    if len(groups) == 1:
        return [Batch(study, part, part[0] == worlds[0]) for part in parts]
    return [
        Batch(study, part, part[0] == worlds[0] and areas is groups[0], areas) for part in parts for areas in groups
    ]


def do_meet(study: Study, tasks: Sequence[Task]) -> bool:
    """Whether areas of a world look at each other under some of the policies."""
    shape = make_shape(study, [(0, 0)])
    lines = [timeline_of(task.policy, shape) for task in tasks]
    opened = [task.relief.of_timeline(line) for task, line in zip(tasks, lines, strict=True) if task.relief]
    return by_area.do_meet([*lines, *opened])


def worlds_a_job(study: Study, workers: int) -> int:
    """How many worlds of a study go together where none are kept: equal parts, as many as workers, more where they would be long."""
    people = make_shape(study, [(0, 0)]).people
    most = (
        MESA_PERSON_WEEKS // (people * (study.burn_in + study.weeks))
        if study.engine == "mesa"
        else min(PEOPLE_AT_ONCE // people, PERSON_WEEKS // (people * max(study.burn_in, study.weeks)))
    )
    n = len(study.worlds)
    parts = max(-(-n // max(1, most)), min(workers, n))
    return -(-n // parts)


def _as_before(study: Study, size: int, finished: FinishedJobs) -> int:
    """The size that jobs of this study were kept with, which need not be today's."""
    key = digest("worlds together", identity.short(identity.of_study(study)))
    kept = finished.get(key)
    if kept is not None and kept.isdigit() and 0 < int(kept) <= len(study.worlds):
        return int(kept)
    finished.put(key, str(size).encode())
    return size


def jobs_of(batch: Batch, tasks: Sequence[Task], finished: FinishedJobs) -> list[tuple[int | None, Job]]:
    """(number of the task, its job) for one batch; None for a settled state, which several share."""
    shape = batch.shape
    found: list[tuple[int | None, Job]] = []
    before: dict[str, Job] = {}
    for number, task in enumerate(tasks):
        line = batch.timeline(task.policy)
        key = digest("run", batch.key, _course(line, shape.end), repr(task.relief))
        what = f"{task.name}, {batch.said}"
        if batch.study.engine == "mesa":
            found.append((number, Job(what, key, whole_batch, (batch, task), size=float(shape.end))))
            continue
        start = start_key(batch, line)
        if start not in before and not _is_there(start, finished):
            before[start] = Job(
                f"the years before the policy, {batch.said}",
                start,
                settle_batch,
                (batch, task.policy),
                wanted=False,
                size=float(shape.burn_in),
            )
            found.append((None, before[start]))
        after = (start,) if start in before else ()
        found.append(
            (number, Job(what, key, go_on_batch, (batch, task, start, finished.folder), after, size=float(shape.weeks)))
        )
    return found


def _is_there(start: str, finished: FinishedJobs) -> bool:
    """Whether the job that needs a settled start finds it by itself. Workers elsewhere get it from the store of this run."""
    if not starts.has(start):
        return False
    if handed() is None:
        return True
    found = None if finished.has(start) else starts.find(start)
    if found is not None:
        finished.put(start, found)
    return False


def start_key(batch: Batch, line: Timeline) -> str:
    """Everything that the years before a policy follow from."""
    return digest("settled", batch.before, _course(line, batch.study.burn_in))


def _course(line: Timeline, end: int) -> bytes:
    """The levers in force until a week, as bytes."""
    rows = line.starts < end
    return (
        np.ascontiguousarray(line.starts[rows], "<i8").tobytes()
        + np.ascontiguousarray(line.values[rows], "<f8").tobytes()
    )
