"""Ctrl-C: the first ends the command, the next ones do not get in the way of its end, and nothing is left running."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any, NoReturn

STUCK_SECONDS = 2.0
"""A second Ctrl-C after so long ends the process at once: its own end did not come."""
STOPPED = 130


def listen() -> None:
    """From now on the first Ctrl-C raises KeyboardInterrupt, once."""
    first = 0.0

    def hear(number: int, frame: Any) -> None:
        nonlocal first
        if not first:
            first = time.monotonic()
            raise KeyboardInterrupt
        if time.monotonic() - first > STUCK_SECONDS:
            leave(STOPPED)

    signal.signal(signal.SIGINT, hear)


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
    os._exit(code)
