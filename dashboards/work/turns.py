"""Whose run is next when more people wait than the processors can serve.

In order of coming, a full room would get nothing: with 20 people who move every 8 seconds, whoever's turn it is has
moved on by then, and the run is stopped for nothing. So the newest goes first; every other time, the one who has
waited longest, so that somebody who stays with a policy gets its answer too.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

POLL_SECONDS = 0.05


class Turns:
    """`places` at once; the others wait. Safe between threads."""

    def __init__(self, places: int):
        self._lock, self._free, self._called = threading.Lock(), places, 0
        self._waiting: list[threading.Event] = []

    @contextlib.contextmanager
    def turn(self, given_up: Callable[[], bool]) -> Iterator[bool]:
        """Wait for a place and hold it; False, without one, as soon as `given_up()` (asked every POLL_SECONDS)."""
        mine = threading.Event()
        with self._lock:
            self._waiting.append(mine)
        self._call()
        while not mine.wait(POLL_SECONDS):
            if given_up() and self._left(mine):
                yield False
                return
        try:
            yield True
        finally:
            with self._lock:
                self._free += 1
            self._call()

    def _left(self, mine: threading.Event) -> bool:
        """Stop waiting; False when a place was given at that moment."""
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
        return not mine.is_set()

    def _call(self) -> None:
        """Give free places to those who wait: the newest, then the one who has waited longest, and so on."""
        with self._lock:
            while self._free and self._waiting:
                self._waiting.pop(0 if self._called % 2 else -1).set()
                self._called, self._free = self._called + 1, self._free - 1
