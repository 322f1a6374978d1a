"""Running many policies in all worlds of a study: batches of worlds on all cores, put together in the worlds' order."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from scenarios.running import by_area, starts
from scenarios.running.finished import FinishedJobs
from scenarios.running.memory import must_fit
from scenarios.running.pool import Job, Pool, Tell, cores
from scenarios.running.study import Study
from scenarios.running.worlds import Batch, Policy, Task, Worlds, batches, do_meet, jobs_of, start_key, unpack
from sim.results.result import Result


def run_many(
    scenarios: Sequence[Policy],
    study: Study,
    workers: int = 0,
    progress: Tell | None = None,
    finished: FinishedJobs | None = None,
) -> Iterator[tuple[int, Result]]:
    """(number of the scenario, its result), each as soon as all its worlds are done. `workers` 0: all cores."""
    with pool_for(study, workers) as pool:
        yield from run_tasks([Task(scenario) for scenario in scenarios], study, pool, progress, finished)


def pool_for(study: Study, workers: int = 0) -> Pool:
    """Workers for a study's worlds. Those of the readable engine need a process each."""
    return Pool(workers, threads=study.engine == "core")


def run_tasks(
    tasks: Sequence[Task],
    study: Study,
    pool: Pool,
    progress: Tell | None = None,
    finished: FinishedJobs | None = None,
    stop: threading.Event | None = None,
) -> Iterator[tuple[int, Result]]:
    """(number of the task, its result), each as soon as all its worlds are done.

    `finished`: where what ends is kept, for a run that goes on; without it, in a folder that vanishes. Raises what
    `Pool.results` does.
    """
    with _store(finished) as store:
        parts = batches(study, pool.workers, store, do_meet(study, tasks))
        must_fit(parts, pool.workers)
        places, jobs = _places(tasks, parts, store)
        found: list[dict[int, Result]] = [{} for _ in tasks]
        for job, content in pool.results(jobs, store, stop, progress):
            result = unpack(content)
            for number, part in places[job.key]:
                found[number][part] = result
                if len(found[number]) == len(parts):
                    yield number, _whole(parts, found[number])


def _whole(parts: Sequence[Batch], found: dict[int, Result]) -> Result:
    """One result of all parts: areas within their worlds, then worlds."""
    by_world: dict[Worlds, list[Result]] = {}
    for k, part in enumerate(parts):
        by_world.setdefault(part.worlds, []).append(found.pop(k))
    return joined([by_area.joined(areas) for areas in by_world.values()])


def _places(
    tasks: Sequence[Task], parts: Sequence[Batch], store: FinishedJobs
) -> tuple[dict[str, list[tuple[int, int]]], list[Job]]:
    """(which tasks and parts each job is for, the jobs): policies alike in all that counts share one."""
    places: dict[str, list[tuple[int, int]]] = {}
    jobs: dict[str, Job] = {}
    for part, batch in enumerate(parts):
        for number, job in jobs_of(batch, tasks, store):
            jobs.setdefault(job.key, job)
            if number is not None:
                places.setdefault(job.key, []).append((number, part))
    return places, list(jobs.values())


def job_keys(scenarios: Sequence[Policy], study: Study, store: FinishedJobs) -> set[str]:
    """Keys of all jobs of these runs, in the batches in which they are kept in a store."""
    tasks = [Task(scenario) for scenario in scenarios]
    parts = batches(study, 1, store, do_meet(study, tasks))
    return {job.key for batch in parts for _, job in jobs_of(batch, tasks, store)}


def burn_ins(scenarios: Sequence[Policy], study: Study, workers: int, store: FinishedJobs) -> int:
    """How often the years before these policies are still to be run: 0 where all their settled starts are kept."""
    if study.engine == "mesa":
        return 1
    tasks = [Task(scenario) for scenario in scenarios]
    parts = batches(study, workers or cores(), store, do_meet(study, tasks))
    keys = {start_key(part, part.timeline(task.policy)) for part in parts for task in tasks}
    return 0 if all(map(starts.has, keys)) else 1


@contextlib.contextmanager
def _store(finished: FinishedJobs | None) -> Iterator[FinishedJobs]:
    if finished is not None:
        yield finished
        return
    with tempfile.TemporaryDirectory(prefix="peerscale-") as folder:
        yield FinishedJobs(Path(folder))


def joined(parts: Sequence[Result]) -> Result:
    """One result of several whose worlds follow each other."""
    first = parts[0]
    if len(parts) == 1:
        return first
    shape = replace(first.shape, worlds=tuple(w for part in parts for w in part.shape.worlds))
    return Result(
        shape,
        np.concatenate([part.weekly for part in parts], axis=1),
        np.concatenate([part.tally for part in parts], axis=0),
        _organisations(parts),
        first.events,
        first.people,
        _settling(parts),
        np.concatenate([part.gains for part in parts]),
        np.concatenate([part.waits for part in parts]),
        first.reservations,
        np.concatenate([part.ledger for part in parts]),
        np.concatenate([part.books for part in parts]),
    )


def _organisations(parts: Sequence[Result]) -> dict[str, np.ndarray]:
    """Tables one under the other; area rows and places counted on, in the types they came in."""
    worlds = np.cumsum([0] + [len(part.shape.worlds) for part in parts])
    each = {"area_row": len(parts[0].shape.areas), "place": parts[0].shape.places}
    done = {}
    for name in parts[0].organisations:
        columns = [part.organisations[name] for part in parts]
        step = each.get(name, 0)
        moved = (
            [np.where(c < 0, c, c + c.dtype.type(step * w)) for c, w in zip(columns, worlds, strict=False)]
            if step
            else columns
        )
        done[name] = np.concatenate(moved)
    return done


def _settling(parts: Sequence[Result]) -> dict[str, tuple[int, int]]:
    """Each stock's sums, added up: the same as of all worlds together."""
    names = dict.fromkeys(name for part in parts for name in part.settling)
    each = {name: [part.settling[name] for part in parts if name in part.settling] for name in names}
    return {name: (sum(b for b, _ in pairs), sum(a for _, a in pairs)) for name, pairs in each.items()}
