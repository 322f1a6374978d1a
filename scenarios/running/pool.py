"""The one pool: jobs on all cores, each result kept as its job ends, whatever happens to the workers.

A worker is one process behind an executor of `concurrent.futures` of its own, so the loss of one touches one job: it is
tried once more, alone, and the others go on. Stopping, losing and trying again are handled here, outside the executor,
so that any other executor (of a cluster, say) can take the place of the processes. Safe between threads.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.running.elsewhere import Failed, Gone, Theirs, Worker, in_words
from scenarios.running.finished import Content, FinishedJobs, in_one
from scenarios.running.handed import handed
from sim.compiled.fill import cores
from sim.errors import UserError

POLL_SECONDS = 0.05
THREADS_MOST = 4
"""Threads of one process: a quarter of a small world's week is Python's own, which one thread runs at a time (docs/running.md)."""
END_SECONDS = 1.0
"""How long a worker that is told to end may take before it is killed."""
Tell = Callable[[float], None]


RUN_AGAIN = 86
"""Exit code of a worker that began its parent's script from the top, and met the work that it was started for."""


class Stopped(Exception):
    """Whoever asked for the work wants it no longer. What had ended is kept."""


@dataclass(frozen=True)
class Job:
    """Work of some seconds: `work(*args, tell)` gives its result as bytes, in one or in pieces, the same wherever and
    whenever it runs.

    `what`: in words, for messages. `key`: everything the result follows from. `after`: keys of jobs that have to end
    before. `kept`: whether the result goes to the store. `wanted`: whether the caller reads it; one that is not is made
    only where a job that comes after it needs it, and is taken away once none does, unless it `stays`. `size`: its share
    of the work.
    """

    what: str
    key: str
    work: Callable[..., Content]
    args: tuple[Any, ...]
    after: tuple[str, ...] = ()
    kept: bool = True
    wanted: bool = True
    stays: bool = False
    size: float = 1.0


def leave_if_run_again() -> None:
    """Ends this process where it is a worker whose script, read again as it starts, asks for the very work that it is for.

    Its parent learns why from the exit code, and says it once (a script needs its `__main__` guard).
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(RUN_AGAIN)


class Pool:
    """Workers for jobs: `workers` processes (0: one for each core; 1: this process itself), or another's executor, given here or
    handed over for all that is run now (`handed.using`). `threads`: the jobs are the compiled engine's, which lets go of Python's
    lock, so threads of this process serve them, up to THREADS_MOST.

    Use as a context manager.
    """

    def __init__(self, workers: int = 0, executor: Executor | None = None, threads: bool = False):
        leave_if_run_again()
        given = handed() if executor is None else None
        if given is not None:
            executor, workers = given.executor, workers or given.at_once
        self.workers = workers or cores()
        self._lock = threading.Lock()
        if executor is not None:
            self._all: list[Worker] = [Theirs(executor) for _ in range(self.workers)]
        elif self.workers == 1:
            self._all = [_Here()]
        else:
            kind = _Thread if threads and self.workers <= THREADS_MOST else _Process
            self._all = [kind() for _ in range(self.workers)]
        self._free = list(reversed(self._all))

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End every worker, whatever it is doing."""
        for worker in self._all:
            worker.end()

    def results(
        self,
        jobs: Sequence[Job],
        finished: FinishedJobs | None = None,
        stop: threading.Event | None = None,
        tell: Tell | None = None,
        failed: list[Failed] | None = None,
    ) -> Iterator[tuple[Job, bytes]]:
        """(job, its result) of every job that is wanted, as each ends; those in `finished` first, without running.

        Raises Stopped soon after `stop` is set, what a job raised, and UserError for a job whose worker was lost twice.
        With `failed`, a job that fails goes there, with those that need it, and the rest goes on (but for the disk's OSError, and Gone).
        """
        run = _Run(self, jobs, finished, stop or threading.Event(), tell or (lambda part: None), failed)
        try:
            yield from run.results()
        finally:
            run.leave()

    def take(self) -> Worker | None:
        """A free worker, or None."""
        with self._lock:
            return self._free.pop() if self._free else None

    def forget(self, key: str) -> None:
        """No job of this call needs the result of that one any longer."""
        for worker in self._all[:1]:
            worker.forget(key)

    def give_back(self, worker: Worker) -> None:
        """A worker is free again."""
        with self._lock:
            self._free.append(worker)


class _Run:
    """One call of `Pool.results`: which jobs wait, run and are to be tried again."""

    def __init__(
        self,
        pool: Pool,
        jobs: Sequence[Job],
        finished: FinishedJobs | None,
        stop: threading.Event,
        tell: Tell,
        failed: list[Failed] | None = None,
    ):
        self.pool, self.finished, self.stop, self.tell, self.failed = pool, finished, stop, tell, failed
        self.waiting, self.ended = list(jobs), set[str]()
        self.known = {job.key: job for job in jobs}
        self.needed = Counter(key for job in jobs for key in job.after)
        self.flying: dict[Future[bytes | None], tuple[Job, Worker]] = {}
        self.again: list[Job] = []
        self.lost: dict[str, str] = {}
        self.done, self.total = 0.0, sum(job.size for job in jobs) or 1.0

    def results(self) -> Iterator[tuple[Job, bytes]]:
        yield from self._from_before()
        while self.waiting or self.flying or self.again:
            self._begin()
            for future in self._some_over():
                yield from self._end(future)
            self._say()

    def _some_over(self) -> set[Future[bytes | None]]:
        """Futures that are done, after a moment. Raises Stopped."""
        if not self.flying:  # all workers are somebody else's
            self.stop.wait(POLL_SECONDS)
        done, _ = wait(self.flying, POLL_SECONDS, FIRST_COMPLETED)
        if self.stop.is_set():
            raise Stopped
        return done

    def leave(self) -> None:
        """What still runs is told to stop; its worker is free once it has."""
        for future, (_, worker) in self.flying.items():
            worker.signs[1] = 1.0
            worker.leave(future)
            future.add_done_callback(lambda _, worker=worker: self.pool.give_back(worker))  # type: ignore[misc]
        self.flying.clear()

    def _from_before(self) -> Iterator[tuple[Job, bytes]]:
        """Jobs that an earlier run finished; then those are left out that only they needed."""
        for job in [job for job in self.waiting if job.wanted and job.kept]:
            content = self.finished.get(job.key) if self.finished else None
            if content is not None:
                self._is_over(job)
                self.waiting.remove(job)
                yield job, content
        for job in [job for job in self.waiting if not job.wanted]:
            if not self.needed[job.key] or (self.finished and self.finished.has(job.key)):
                self.waiting.remove(job)
                self._is_over(job)
        self._say()

    def _begin(self) -> None:
        """Give a job to each free worker; one that lost its worker goes when nothing else runs or can."""
        ready = [job for job in self.waiting if self.ended.issuperset(job.after)]
        if not ready and not self.flying and self.again:
            ready = self.again[:1]
        for job in ready:
            worker = self.pool.take()
            if worker is None:
                return
            (self.again if job in self.again else self.waiting).remove(job)
            kept = self.finished if job.kept else None
            self.flying[worker.begin(job, kept, self._watched(job))] = job, worker

    def _watched(self, job: Job) -> Tell:
        """For a job in this process: how far it is goes on, and it stops when nobody wants it."""

        def tell(part: float) -> None:
            self._say(part * job.size)
            if self.stop.is_set():
                raise Stopped

        return tell

    def _say(self, more: float = 0.0) -> None:
        flying = sum(worker.signs[0] * job.size for job, worker in self.flying.values())
        self.tell(min(1.0, (self.done + flying + more) / self.total))

    def _end(self, future: Future[bytes | None]) -> Iterator[tuple[Job, bytes]]:
        job, worker = self.flying.pop(future)
        error = future.exception()
        how = worker.how_lost(error) if isinstance(error, BrokenExecutor | MemoryError) else ""
        self.pool.give_back(worker)
        if how and not (job.key in self.lost and self.failed is not None):
            self._lose(job, how)
        elif error is not None:
            self._fail(job, error, how)
        else:
            content = self._content(job, future.result())
            self._is_over(job)
            if job.wanted:
                yield job, content

    def _content(self, job: Job, content: bytes | None) -> bytes:
        """What a worker sent, or kept; made here where it vanished from the store."""
        if content is not None and job.kept and self.finished is not None:
            self.finished.put(job.key, content)  # it comes from another's executor
        if content is not None or not job.wanted:
            return content or b""
        found = self.finished.get(job.key) if self.finished else None
        return in_one(job.work(*job.args, tell=self._watched(job))) if found is None else found

    def _fail(self, job: Job, error: BaseException, how: str) -> None:
        """Note it, with all that need it, where failures are noted. Raises what it raised elsewhere, and what is not the job's."""
        if self.failed is None or isinstance(error, OSError | Stopped | Gone) or not isinstance(error, Exception):
            raise error
        self.failed.append(Failed(job.what, job.key, f"its worker was lost twice: {how}" if how else in_words(error)))
        lost = {job.key}
        while other := next((one for one in self.waiting if lost & set(one.after)), None):
            lost.add(other.key)
            self.waiting.remove(other)
            self.failed.append(Failed(other.what, other.key, "not run", job.what))
            self._is_over(other)
        self._is_over(job)

    def _lose(self, job: Job, how: str) -> None:
        """Once more, alone; a second loss is told. Raises UserError."""
        if job.key in self.lost:
            raise UserError(
                f"a worker was lost twice over the same job ({job.what})",
                rule="a job ends, at the latest when it runs alone",
                got=f"{self.lost[job.key]}; then {how}",
                try_=_advice(how),
            )
        self.lost[job.key] = how
        self.again.append(job)
        if self.finished:
            self.finished.tried_again.append(f"{job.what}: {how}")

    def _is_over(self, job: Job) -> None:
        """Note it, and take away what only jobs that are over needed."""
        self.ended.add(job.key)
        self.done += job.size
        self.needed.subtract(job.after)
        for key in job.after:
            before = self.known[key]
            if before.wanted or self.needed[key]:
                continue
            self.pool.forget(key)
            if self.finished and not before.stays:
                self.finished.drop(key)


# ------------------------------------------------------------------ workers


class _Here(Worker):
    """This process itself: a job is done when `begin` returns."""

    def __init__(self) -> None:
        self.signs = [0.0, 0.0]

    def begin(self, job: Job, finished: FinishedJobs | None, tell: Tell) -> Future[bytes | None]:
        done: Future[bytes | None] = Future()
        try:
            done.set_result(_do(job, finished.folder if finished else None, tell))
        except Exception as error:  # noqa: BLE001 - told when the result is asked for, as from any executor
            done.set_exception(error)
        return done


class _Thread(Worker):
    """A thread of this process: it reads the libraries and the machine code once for all, and copies nobody."""

    def __init__(self) -> None:
        self.signs = [0.0, 0.0]
        self._executor = ThreadPoolExecutor(1, "worker")

    def begin(self, job: Job, finished: FinishedJobs | None, tell: Tell) -> Future[bytes | None]:
        self.signs[:] = 0.0, 0.0
        return self._executor.submit(_do, job, finished.folder if finished else None, self._told)

    def _told(self, part: float) -> None:
        self.signs[0] = part
        if self.signs[1]:
            raise Stopped

    def end(self) -> None:
        self.signs[1] = 1.0
        self._executor.shutdown(wait=False, cancel_futures=True)


_starting = threading.Lock()


class _Process(Worker):
    """A process of ours, started when it is first needed and again after it was lost."""

    def __init__(self) -> None:
        self.signs = multiprocessing.get_context("spawn").RawArray("d", 2)
        self._executor: ProcessPoolExecutor | None = None
        self._process: Any = None

    def begin(self, job: Job, finished: FinishedJobs | None, tell: Tell) -> Future[bytes | None]:
        self.signs[0], self.signs[1] = 0.0, 0.0
        folder = finished.folder if finished else None
        if self._executor is not None:
            try:
                return self._executor.submit(_do, job, folder)
            except BrokenExecutor as error:  # it was lost while it had nothing to do
                self.how_lost(error)
        return self._start(job, folder)

    def _start(self, job: Job, folder: Path | None) -> Future[bytes | None]:
        self._executor = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _in_worker, (self.signs,))
        with _starting, _ctrl_c_held_back():
            before = set(multiprocessing.active_children())
            future = self._executor.submit(_do, job, folder)
            self._process = next(iter(set(multiprocessing.active_children()) - before), None)
        return future

    def how_lost(self, error: BaseException) -> str:
        if isinstance(error, MemoryError):
            return super().how_lost(error)
        process, self._executor, self._process = self._process, None, None
        return _in_words(_exit_code(process))

    def end(self) -> None:
        executor, process = self._executor, self._process
        self._executor = self._process = None
        self.signs[1] = 1.0
        if process is not None:
            process.kill()
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)
        if process is not None:
            process.join(END_SECONDS)


def _exit_code(process: Any) -> int | None:
    """How a process ended. The executor waits for it too: whoever comes second learns of it a moment later."""
    until = time.monotonic() + END_SECONDS
    while process is not None and process.exitcode is None and time.monotonic() < until:
        time.sleep(0.01)
    return process.exitcode if process is not None else None


def _in_words(code: int | None) -> str:
    """How a process ended, from its exit code. Raises UserError for a script without its guard."""
    if code == RUN_AGAIN:
        raise UserError(
            "the script has no __main__ guard, so each worker begins it again",
            file=str(getattr(sys.modules.get("__main__"), "__file__", "")),
            rule='what starts the work is under if __name__ == "__main__":',
            got="work that starts while the script is read",
            try_="put it in a function main(), called under that line; or workers=1, which starts no process",
        )
    if code is None:
        return "its worker process vanished"
    if code >= 0:
        return f"its worker process failed with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    memory = " (the system does this when memory is short)" if name == "SIGKILL" else ""
    return f"its worker process was killed by {name}{memory}"


def _advice(how: str) -> str:
    """What to try after a second loss: memory is short where the system killed it, and not where the process failed by itself."""
    if "exit code" in how:
        return "--workers 1, which starts no process and shows what fails"
    return "fewer --people, --draws or --workers: memory may be short"


@contextlib.contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Processes started meanwhile never hear Ctrl-C, from their first moment on; here it comes when this is over."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# ------------------------------------------------------------------ in a worker

_signs: Any = None


def _in_worker(signs: Any) -> None:
    global _signs
    _signs = signs
    leave_with_parent()


def leave_with_parent() -> None:
    """In a worker: end when the parent is gone (one that was killed cannot tell its workers); Ctrl-C is left to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for, args=(parent,), daemon=True).start()


def _wait_for(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _told(part: float) -> None:
    """How far the job of this process is. Raises Stopped when nobody wants it any longer."""
    if _signs is not None:
        _signs[0] = part
        if _signs[1]:
            raise Stopped


def _do(job: Job, folder: Path | None, tell: Tell = _told) -> bytes | None:
    """A job's result, or None once it is kept in the store in `folder`."""
    tell(0.0)
    content = job.work(*job.args, tell=tell)
    if folder is None:
        return in_one(content)
    FinishedJobs(folder).put(job.key, content)
    return None
