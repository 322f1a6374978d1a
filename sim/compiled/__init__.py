"""Rules and loops: plain Python for whoever reads or calls them, machine code where the fast engine runs them.

`@rule` leaves a function what it is: an agent of the Mesa model calls it as plain Python. `@loop` marks a function that
the fast engine calls: at its first call numba compiles it, and the rules that it calls with it, unless machine code of
the very same sources is kept (`sim.compiled.kept`). Both are written in the part of Python that numba knows, and take
whole numbers, floats and records of columns (`sim.compiled.records`). numba is imported when a loop must be compiled.

So that both engines have the same bits: no fastmath, no parallel sums, no random numbers of numba's. Loops let go of
Python's lock. They make no arrays: what they fill is given to them, so nothing is counted or freed inside (measured:
counting references to columns took nine tenths of the time).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from sim.compiled.records import annotated
from sim.errors import UserError

Function = TypeVar("Function", bound=Callable[..., Any])

RULES: dict[Callable[..., Any], bool] = {}
"""Whether each is made part of its callers' code."""
LOOPS: dict[str, Loop] = {}
_making = threading.RLock()
OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "fastmath": False}


def rule(function: Function) -> Function:
    """A function that compiled loops may call. It stays as it is: plain Python."""
    RULES[function] = True
    return function


def apart(function: Function) -> Function:
    """A rule that many call and that is long: it is compiled once, not into each of its callers."""
    RULES[function] = False
    return function


@rule
def whole(x: Any) -> int:
    """A number of a narrow column as a whole number of 64 bits, signed: sums of narrow ones pass their bounds in plain
    Python, and a sum of a signed and an unsigned one is a float in machine code."""
    return np.int64(x)  # type: ignore[return-value]


def loop(function: Callable[..., Any]) -> Loop:
    """A function that the fast engine calls compiled. Its parameters say what they take."""
    made = Loop(function)
    LOOPS[made.name] = made
    return made


def is_off() -> bool:
    """Whether numba is told to compile nothing (for tests: everything then runs as plain Python)."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


class Loop:
    """A compiled function. `plain` is the function as it was written."""

    def __init__(self, function: Callable[..., Any]):
        self.plain, self.name = function, f"{function.__module__}.{function.__qualname__}"
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self._run: Callable[..., Any] | None = None

    @cached_property
    def takes(self) -> tuple[type, ...]:
        """The types of its parameters."""
        return annotated(self.plain)

    @cached_property
    def _sources(self) -> tuple[str, int]:
        from sim.compiled import kept

        return kept.fingerprint(self.plain, self.takes)

    @property
    def kept_as(self) -> str:
        """The name of its machine code: everything that it is compiled from."""
        return f"{self.name}.{self._sources[0]}"

    @property
    def length(self) -> int:
        """How much is compiled, in letters of instructions: what is longer takes longer."""
        return self._sources[1]

    def __call__(self, *given: Any) -> Any:
        if len(given) != len(self.takes) or not all(map(isinstance, given, self.takes)):
            raise TypeError(
                f"{self.name} takes {[t.__name__ for t in self.takes]}, got {[type(g).__name__ for g in given]}"
            )
        return (self._run or self.ready())(*given)

    def ready(self) -> Callable[..., Any]:
        """The machine code: as kept, or compiled now. Raises UserError where numba is missing or broken."""
        with _making:
            if self._run is None:
                self._run = self._in_python if is_off() else self._compiled()
            return self._run

    def _in_python(self, *given: Any) -> Any:
        with np.errstate(over="ignore"):  # keyed draws wrap around
            found = self.plain(*given)
        return found.item() if isinstance(found, np.generic) else found  # as machine code hands it over

    def _compiled(self) -> Callable[..., Any]:
        try:
            from sim.compiled.linked import function

            return function(self)
        except (ImportError, OSError, AttributeError, SystemError) as error:  # what a broken library raises
            raise UserError(
                "the fast engine needs numba, which is missing or broken",
                got=str(error),
                try_="install the project again (./run, or py -m pip install .)",
            ) from error
