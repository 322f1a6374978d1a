"""Workers of the pool that are not this machine's processes: jobs of an executor that somebody handed over; and jobs that fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenarios.running.finished import FinishedJobs, carried, in_one
from scenarios.running.handed import Carrier
from sim.errors import UserError

if TYPE_CHECKING:
    from scenarios.running.pool import Job

Tell = Callable[[float], None]


class Gone(UserError):
    """The executor itself has gone, or cannot be used: no job's failure, and the end of the work."""


@dataclass(frozen=True)
class Failed:
    """A job that did not end: which, in words, and why. `key`: the job's; `because`: the job before it that failed ("" for itself)."""

    what: str
    key: str
    error: str
    because: str = ""


def in_words(error: BaseException) -> str:
    """What went wrong, in one line: our own messages whole, others after their kind."""
    said = " ".join(str(error).split())[:400]
    return said if isinstance(error, UserError) else f"{type(error).__name__}: {said}".removesuffix(": ")


class Worker:
    """Runs one job at a time. `signs`: how far it is, and whether it is to stop."""

    signs: Any

    def begin(self, job: Job, finished: FinishedJobs | None, tell: Tell) -> Future[bytes | None]:
        """Hand out a job."""
        raise NotImplementedError

    def how_lost(self, error: BaseException) -> str:
        """In words, how its worker ended."""
        return "there was not enough memory" if isinstance(error, MemoryError) else "its executor broke"

    def leave(self, future: Future[bytes | None]) -> None:
        """Nobody wants what it does any longer; its signs say so already."""

    def forget(self, key: str) -> None:
        """A result that it was given for jobs is needed no longer."""

    def end(self) -> None:
        """End it."""


class Theirs(Worker):
    """One job at a time of an executor that somebody handed over; its results come back and are kept here.

    What a job stands on goes with it: the executor's workers need not see the disk of this machine.
    """

    def __init__(self, executor: Executor):
        self.executor, self.signs = executor, [0.0, 0.0]

    def begin(self, job: Job, finished: FinishedJobs | None, tell: Tell) -> Future[bytes | None]:
        found = {key: finished.get(key) for key in job.after} if finished else {}
        before = [(key, content) for key, content in found.items() if content is not None]
        carry = self.executor.carry if isinstance(self.executor, Carrier) else lambda key, content: content
        try:
            return self.executor.submit(
                do_elsewhere, job, [key for key, _ in before], *(carry(*pair) for pair in before)
            )
        except BrokenExecutor as error:  # it broke before: nothing can be given to it any more
            broken: Future[bytes | None] = Future()
            broken.set_exception(error)
            return broken

    def how_lost(self, error: BaseException) -> str:
        return super().how_lost(error) if isinstance(error, MemoryError) or not str(error) else str(error)

    def leave(self, future: Future[bytes | None]) -> None:
        future.cancel()

    def forget(self, key: str) -> None:
        if isinstance(self.executor, Carrier):
            self.executor.forget(key)


def do_elsewhere(job: Job, keys: Sequence[str], *contents: bytes) -> bytes:
    """A job's result, by another's executor. `contents`: of the jobs before it, by their keys, in no store that it need see."""
    with carried(dict(zip(keys, contents, strict=True))):
        return in_one(job.work(*job.args, tell=lambda part: None))
