"""Workshop mode: tables on a local network, each with its policy; the facilitator sees them all. Shared by all browsers.

A browser is on the board only once it joined, under a name that no other browser holds, and shows only what it agreed to.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

from dashboards.asked.state import Aim, Asked, View

MOST_TABLES = 40
FORGOTTEN_SECONDS = 4 * 3600


@dataclass(frozen=True)
class Shares:
    """What a table agreed to show the facilitator besides its name, area, policy and headline."""

    pins: bool = False
    inventory: bool = False


@dataclass(frozen=True)
class Seat:
    """A table's last known state: whose browser it is, what it agreed to show, what it asks (no more than that), its
    headline in words, when it last moved (monotonic seconds)."""

    name: str
    owner: str
    shares: Shares
    asked: Asked
    words: str
    at: float


_seats: dict[str, Seat] = {}
_lock = threading.Lock()


def shown(asked: Asked, shares: Shares) -> Asked:
    """What of a table's page others may see: nothing of its goals, and pins and inventory only where it agreed."""
    return replace(
        asked,
        page="explore",
        table="",
        aim=Aim(),
        view=View(),
        pins=asked.pins if shares.pins else (),
        inventory=asked.inventory if shares.inventory else "",
    )


def join(name: str, owner: str, shares: Shares, now: float | None = None) -> bool:
    """Take a name on the board. False where another browser holds it; a full board forgets the table longest silent."""
    now = time.monotonic() if now is None else now
    with _lock:
        if name in _seats and _seats[name].owner != owner and now - _seats[name].at < FORGOTTEN_SECONDS:
            return False
        _seats[name] = Seat(name, owner, shares, Asked(), "no answer yet", now)
        for old in sorted(_seats.values(), key=lambda seat: seat.at)[:-MOST_TABLES]:
            del _seats[old.name]
    return True


def joined(name: str, owner: str) -> Shares | None:
    """What the browser agreed to show under this name; None where it has not joined."""
    with _lock:
        seat = _seats.get(name)
        return seat.shares if seat is not None and seat.owner == owner else None


def report(name: str, owner: str, asked: Asked, words: str, now: float | None = None) -> None:
    """Keep what a table shows, where this browser joined under that name."""
    now = time.monotonic() if now is None else now
    with _lock:
        seat = _seats.get(name)
        if seat is not None and seat.owner == owner:
            _seats[name] = replace(seat, asked=shown(asked, seat.shares), words=words, at=now)


def leave(name: str, owner: str | None = None) -> None:
    """A table is no longer shown: its own browser left, or the facilitator (`owner` None) took it off the board."""
    with _lock:
        if name in _seats and owner in (None, _seats[name].owner):
            del _seats[name]


def seats(now: float | None = None) -> list[Seat]:
    """Tables heard of lately, by name."""
    now = time.monotonic() if now is None else now
    with _lock:
        return sorted((s for s in _seats.values() if now - s.at < FORGOTTEN_SECONDS), key=lambda s: s.name)
