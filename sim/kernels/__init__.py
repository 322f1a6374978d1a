"""The hot loops of the fast engine, twice: `plain` NumPy, the reference, and `compiled` by numba, where it is there.

Both give the same bits (`tests/test_kernels.py`), so a history does not say which ran. `pip install peerscale[fast]`
brings numba. To load it takes a second, so it is for runs long enough to win that back. PEERSCALE_LOOPS=plain or
=compiled in the environment settles it. Call them as `kernels.hot.name(...)`.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from types import ModuleType

from sim.kernels import plain

LONG_RUN = 30_000_000  # person-weeks: three to four CPU seconds of plain loops; see docs/decisions/0013

hot: ModuleType = plain


def use(name: str) -> None:
    """Take the loops of `plain` or `compiled` from now on. ImportError where numba is missing."""
    global hot
    hot = importlib.import_module(f"sim.kernels.{name}")


def choose(person_weeks: int) -> None:
    """Compiled loops from now on, if numba is there, where a run of this size is worth it."""
    chosen = os.environ.get("PEERSCALE_LOOPS", "")
    if chosen == "compiled" or (not chosen and person_weeks >= LONG_RUN):
        with contextlib.suppress(ImportError):
            use("compiled")
