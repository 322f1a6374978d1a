"""An executor that somebody hands over for all the work of a call, instead of the processes of this machine.

Whatever is a `concurrent.futures.Executor` serves. One that also is a `Carrier` takes each settled start once, where a
plain executor gets it with every job that needs it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from sim.errors import UserError


@runtime_checkable
class Carrier(Protocol):
    """What an executor may do besides: take something once that many jobs need."""

    def carry(self, key: str, content: bytes) -> Any:
        """What stands for the content among the arguments of `submit`."""

    def forget(self, key: str) -> None:
        """No job needs it any longer."""


@dataclass(frozen=True)
class Handed:
    """An executor, and how many jobs it is given at once."""

    executor: Executor
    at_once: int


_handed: ContextVar[Handed | None] = ContextVar("handed", default=None)


def handed() -> Handed | None:
    """The executor in whose hands work is now; None for the processes of this machine."""
    return _handed.get()


@contextlib.contextmanager
def using(executor: Executor | None, at_once: int = 0) -> Iterator[None]:
    """Every pool that is made meanwhile gives its jobs to `executor` (None: to this machine), `at_once` at a time (0: as many
    as the executor says that it has workers). Raises UserError for something else than an executor."""
    if executor is None:
        yield
        return
    if not isinstance(executor, Executor):
        raise UserError(
            "this is not an executor",
            key="executor",
            rule="an executor of concurrent.futures, or a class derived from it",
            got=type(executor).__name__,
            try_="concurrent.futures.ProcessPoolExecutor(4)",
        )
    token = _handed.set(Handed(executor, at_once or _width(executor)))
    try:
        yield
    finally:
        _handed.reset(token)


def _width(executor: Executor) -> int:
    """How many jobs an executor runs at once, where it says so (those of Python and of Dask do); else two."""
    found = getattr(executor, "at_once", None) or getattr(executor, "_max_workers", None)
    return found if isinstance(found, int) and found > 0 else 2
