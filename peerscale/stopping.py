"""Ctrl-C and SIGTERM: the first ends the command, later ones do not get in the way, and nothing is left running."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import Any, NoReturn

STUCK_SECONDS = 2.0
"""A second Ctrl-C after so long ends the process at once: its own end did not come."""
STOPPED = 130
_heard = [0]


def listen() -> None:
    """From now on the first Ctrl-C, or the system's request to end, raises KeyboardInterrupt, once."""
    first = 0.0

    def hear(number: int, frame: Any) -> None:
        nonlocal first
        if not first:
            first, _heard[0] = time.monotonic(), number
            raise KeyboardInterrupt
        if time.monotonic() - first > STUCK_SECONDS:
            leave(code())

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hear)


def code() -> int:
    """The exit code of a command that was stopped: 130 after Ctrl-C, 143 after SIGTERM."""
    return 128 + _heard[0] if _heard[0] else STOPPED


def leave(code: int) -> NoReturn:
    """End this process and its workers now: what was to be kept is on disk already."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    if "multiprocessing" in sys.modules:
        import multiprocessing

        for child in multiprocessing.active_children():
            child.kill()
        _give_back()
    os._exit(code)


def _give_back() -> None:
    """Semaphores of the executors, which Python would report as leaked: what it does at an end of its own, less the waiting."""
    from multiprocessing import util

    with contextlib.suppress(Exception):
        util._run_finalizers(0)  # type: ignore[attr-defined]
