"""Workshop mode: tables on a local network, each with its policy; the facilitator sees them all. Shared by all browsers."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from dashboards.state import Asked

MOST_TABLES = 40
FORGOTTEN_SECONDS = 4 * 3600


@dataclass(frozen=True)
class Seat:
    """A table's last known state: what it asks, its headline in words, when it last moved (monotonic seconds)."""

    name: str
    asked: Asked
    words: str
    at: float


_seats: dict[str, Seat] = {}
_lock = threading.Lock()


def report(name: str, asked: Asked, words: str, now: float | None = None) -> None:
    """Keep a table's state; a full room forgets the table longest silent."""
    now = time.monotonic() if now is None else now
    with _lock:
        _seats[name] = Seat(name, asked, words, now)
        for old in sorted(_seats.values(), key=lambda seat: seat.at)[:-MOST_TABLES]:
            del _seats[old.name]


def leave(name: str) -> None:
    """A table is no longer shown."""
    with _lock:
        _seats.pop(name, None)


def seats(now: float | None = None) -> list[Seat]:
    """Tables heard of lately, by name."""
    now = time.monotonic() if now is None else now
    with _lock:
        return sorted((s for s in _seats.values() if now - s.at < FORGOTTEN_SECONDS), key=lambda s: s.name)
