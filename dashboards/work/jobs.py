"""Long work on the server that outlives a page: shared by all browsers that ask the same, one at a time of a kind.

A job is known by a key. It goes on after a reload or a lost connection, and stops when nobody who asked for it wants it
any longer; a browser that is closed does not stop it. So anybody in the room may stop any job, whoever asked for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from dashboards.work.runner import Cancelled
from scenarios.running.pool import Stopped
from sim.errors import UserError

WAITING, RUNNING, STOPPED, DONE, FAILED = "waiting", "running", "stopped", "done", "failed"
OVER = (STOPPED, DONE, FAILED)
MOST_KEPT = 24
TOLD_SECONDS = 600
"""For how long the room is told that somebody stopped a job."""


@dataclass
class Job:
    """Something that takes minutes. Touched by its own thread; pages only look.

    `owners`: browsers that want it to go on; `known_to`: those that ever asked for it. `halted_by`: the browser in which
    somebody stopped it by hand, at `halted_at` (monotonic seconds), "" for none.
    """

    state: str = WAITING
    problem: str = ""
    result: Any = None
    stop: threading.Event = field(default_factory=threading.Event)
    owners: set[str] = field(default_factory=set)
    known_to: set[str] = field(default_factory=set)
    thread: threading.Thread | None = None
    halted_by: str = ""
    halted_at: float = 0.0

    def title(self) -> str:
        """What it is about, for others in the room."""
        raise NotImplementedError

    def work(self, stop: threading.Event) -> Any:
        """What is done, in a thread of its own. Raises Stopped or Cancelled soon after `stop` is set; UserError."""
        raise NotImplementedError


J = TypeVar("J", bound=Job)


class Jobs(Generic[J]):
    """All jobs of one kind on this server."""

    def __init__(self) -> None:
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._all: dict[str, J] = {}

    def get(self, key: str) -> J | None:
        """The job of that key, if anybody asked for it since the server started."""
        return self._all.get(key)

    def join(self, key: str, make: Callable[[], J], owner: str, by_hand: bool = True) -> J:
        """Begin a job, go on with it, or watch one that runs. Raises what `make` does.

        A job that somebody stopped goes on only when somebody asks `by_hand`, not because a page that wanted it is opened again.
        """
        with self._lock:
            job = self._all.get(key)
            if job is None:
                job = self._all[key] = make()
                self._forget()
            job.owners.add(owner)
            job.known_to.add(owner)
            ended = job.thread is None or job.state in (STOPPED, FAILED) or (job.state != DONE and job.stop.is_set())
            if ended and (by_hand or not job.halted_by):
                self._begin(job)
            return job

    def leave(self, key: str, owner: str) -> None:
        """This browser does not want it any longer; the last one stops it."""
        with self._lock:
            job = self._all.get(key)
            if job is not None:
                job.owners.discard(owner)
                if not job.owners:
                    job.stop.set()

    def stop(self, key: str, who: str) -> None:
        """Somebody stops it for everybody. Nothing happens where it is over or not known."""
        with self._lock:
            job = self._all.get(key)
            if job is not None and job.state not in OVER:
                job.owners.clear()
                job.halted_by, job.halted_at = who, time.monotonic()
                job.stop.set()

    def others(self, key: str) -> dict[str, J]:
        """Jobs but that of `key` that wait, run, or were lately stopped by hand."""
        now = time.monotonic()
        return {
            name: job
            for name, job in list(self._all.items())
            if name != key
            and (
                job.state not in OVER or (job.state == STOPPED and job.halted_by and now - job.halted_at < TOLD_SECONDS)
            )
        }

    def close(self) -> None:
        """Stop every job."""
        for job in list(self._all.values()):
            job.stop.set()

    def _forget(self) -> None:
        """The oldest that are over give way."""
        over = [key for key, job in self._all.items() if job.state in OVER]
        for key in over[: max(0, len(self._all) - MOST_KEPT)]:
            del self._all[key]

    def _begin(self, job: J) -> None:
        job.stop, job.state, job.problem, job.halted_by = threading.Event(), WAITING, "", ""
        job.thread = threading.Thread(target=self._run, args=(job, job.stop), daemon=True, name="job")
        job.thread.start()

    def _run(self, job: J, stop: threading.Event) -> None:
        """In a thread of its own: wait for its turn, work, and keep how it ended."""
        while not self._turn.acquire(timeout=0.2):
            if stop.is_set():
                return self._end(job, stop, STOPPED)
        try:
            if stop.is_set():
                raise Stopped
            job.state = RUNNING
            self._end(job, stop, DONE, result=job.work(stop))
        except (Stopped, Cancelled):
            self._end(job, stop, STOPPED)
        except UserError as error:
            self._end(job, stop, FAILED, problem=in_words(error))
        except Exception as error:  # noqa: BLE001 - whatever fails, the page says so and stays alive
            self._end(
                job,
                stop,
                FAILED,
                problem=f"The work failed ({type(error).__name__}). What was run is kept; begin again to go on.",
            )
        finally:
            self._turn.release()

    @staticmethod
    def _end(job: Job, stop: threading.Event, state: str, problem: str = "", result: Any = None) -> None:
        """Unless it was begun anew meanwhile."""
        if job.stop is stop:
            job.problem, job.result, job.state = problem, result, state


def in_words(error: UserError) -> str:
    """What is wrong, what would be right and what to try, without the language of files."""
    parts = [f"{error.what[:1].upper()}{error.what[1:]}."]
    for head, text in (("Expected", error.rule), ("Found", error.got), ("Try", error.try_)):
        parts += [f"{head}: {text}."] if text else []
    return " ".join(parts)
