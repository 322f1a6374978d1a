"""Running many scenarios on all cores: worlds in chunks, results put together in the worlds' order."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scenarios.mixture import Mixture
from scenarios.scenario import Scenario
from scenarios.study import Study, make_shape, run_together, sampled
from sim.errors import UserError
from sim.result import Result

PEOPLE_AT_ONCE = 4_000_000
"""People of one job: more would not fit beside the others in the memory of a laptop."""
Fraction = Callable[[float], None]


MOST_TOGETHER = 6
"""Scenarios that share one burn-in: more would save little, and results are kept as each group ends."""


@dataclass(frozen=True)
class Job:
    """Some worlds of scenarios that share their burn-in. `which`: their numbers in the study."""

    number: int
    which: tuple[int, ...]
    scenarios: tuple[Scenario | Mixture, ...]
    study: Study
    worlds: tuple[tuple[int, int], ...]
    first: bool


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_jobs(scenarios: Sequence[Scenario | Mixture], study: Study, workers: int) -> list[Job]:
    """Groups of scenarios, each in chunks of worlds: enough to keep workers busy, small enough for memory."""
    worlds, together = study.worlds, _groups(scenarios)
    chunks = max(-(-make_shape(study).people // PEOPLE_AT_ONCE), -(-workers // len(together)))
    size = -(-len(worlds) // min(chunks, len(worlds)))
    parts = [(group, k) for group in together for k in range(0, len(worlds), size)]
    return [
        Job(n, group, tuple(scenarios[i] for i in group), study, worlds[k : k + size], k == 0)
        for n, (group, k) in enumerate(parts)
    ]


def _groups(scenarios: Sequence[Scenario | Mixture]) -> list[tuple[int, ...]]:
    """Numbers of scenarios that may share a burn-in; a history begins in its own past."""
    usual = [i for i, s in enumerate(scenarios) if not s.history]
    groups = [tuple(usual[k : k + MOST_TOGETHER]) for k in range(0, len(usual), MOST_TOGETHER)]
    return groups + [(i,) for i, s in enumerate(scenarios) if s.history]


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
        _organisations(parts), first.events, first.people, _drift(parts),
        np.concatenate([part.gains for part in parts]), np.concatenate([part.waits for part in parts]),
    )


def _organisations(parts: Sequence[Result]) -> dict[str, np.ndarray]:
    """Tables one under the other; area rows and places counted on, in the types they came in."""
    worlds = np.cumsum([0] + [len(part.shape.worlds) for part in parts])
    each = {"area_row": len(parts[0].shape.areas), "place": parts[0].shape.places}
    done = {}
    for name in parts[0].organisations:
        columns = [part.organisations[name] for part in parts]
        step = each.get(name, 0)
        moved = [np.where(c < 0, c, c + c.dtype.type(step * w)) for c, w in zip(columns, worlds, strict=False)] if step else columns
        done[name] = np.concatenate(moved)
    return done


def _drift(parts: Sequence[Result]) -> dict[str, float]:
    """Each stock's drift, averaged by the worlds of the parts that have it: one that is empty in a part has none there."""
    done = {}
    for name in dict.fromkeys(name for part in parts for name in part.drift):
        having = [part for part in parts if name in part.drift]
        done[name] = float(np.average([part.drift[name] for part in having], weights=[len(part.shape.worlds) for part in having]))
    return done


def run_many(
    scenarios: Sequence[Scenario | Mixture], study: Study, workers: int = 0, progress: Fraction | None = None
) -> Iterator[tuple[int, Result]]:
    """(number of the scenario, its result), each as soon as all its worlds are done. `workers` 0: all cores."""
    workers = workers or cores()
    jobs = make_jobs(scenarios, study, workers)
    done: dict[tuple[int, ...], list[tuple[int, list[Result]]]] = {}
    for job, results in _results(jobs, min(workers, len(jobs)), progress or (lambda _: None)):
        parts = done.setdefault(job.which, [])
        parts.append((job.number, results))
        if len(parts) == sum(other.which == job.which for other in jobs):
            parts.sort(key=lambda part: part[0])
            for k, which in enumerate(job.which):
                yield which, joined([part[k] for _, part in parts])
            parts.clear()


def _results(jobs: list[Job], workers: int, progress: Fraction) -> Iterator[tuple[Job, list[Result]]]:
    if workers > 1:
        yield from _in_processes(jobs, workers, progress)
        return
    for job in jobs:
        yield job, _run(job, lambda part, job=job: progress((job.number + part) / len(jobs)))  # type: ignore[misc]


def _run(job: Job, tell: Fraction) -> list[Result]:
    trace = sampled(make_shape(job.study)) if job.first else ()
    return run_together(
        job.scenarios, job.study, job.worlds, trace, lambda week, end: tell(week / max(1, end))
    )


_told: Any = None


def leave_with_parent() -> None:
    """In a worker: end when the parent is gone (one that was killed cannot tell its workers); Ctrl-C is left to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for, args=(parent,), daemon=True).start()


def _wait_for(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _start(told: Any) -> None:
    """In a worker: progress goes to `told`."""
    global _told
    _told = told
    leave_with_parent()


def _work(job: Job) -> list[Result]:
    return _run(job, lambda part: _told.put((job.number, part)))


def _in_processes(jobs: list[Job], workers: int, progress: Fraction) -> Iterator[tuple[Job, list[Result]]]:
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    pool = ProcessPoolExecutor(workers, context, _start, (told,))
    try:
        waiting = {pool.submit(_work, job): job for job in jobs}
        yield from _collect(waiting, told, progress)
        pool.shutdown()
    except BrokenProcessPool:
        raise UserError("a worker process was stopped", rule="every worker runs to its end", got="one ended early",
                        try_="fewer --people or --draws at once: it was probably short of memory") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        told.cancel_join_thread()
        for child in multiprocessing.active_children():
            child.terminate()


def _collect(
    waiting: dict[Future[list[Result]], Job], told: Any, progress: Fraction
) -> Iterator[tuple[Job, list[Result]]]:
    parts = dict.fromkeys(range(len(waiting)), 0.0)
    while waiting:
        with contextlib.suppress(queue.Empty):
            number, part = told.get(timeout=0.1)
            parts[number] = part
            progress(sum(parts.values()) / len(parts))
        for future in [f for f in waiting if f.done()]:
            job = waiting.pop(future)
            parts[job.number] = 1.0
            yield job, future.result()
