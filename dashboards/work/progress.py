"""How far a browser's work is, over all its pieces together, and about how long it still takes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from scenarios.running import durations

STANDS_SECONDS = 2.0


@dataclass
class Progress:
    """One browser's work: its stop flag and how far it is. `total`: the size of all pieces, in the unit of `begin`.

    `seconds`: about how long all of it takes, 0 where that is not known beforehand. `first`: when something was told
    first and how far it was then: work that somebody else began is joined where it stands.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    total: float = 1.0
    seconds: float = 0.0
    before: float = 0.0
    size: float = 0.0
    part: float = 0.0
    begun: float = field(default_factory=time.monotonic)
    first: tuple[float, float] | None = None
    said: tuple[float, str] = (float("-inf"), "")

    def begin(self, size: float = 1.0) -> None:
        """The next piece, of so much of the whole."""
        self.before, self.size, self.part = self.before + self.size, size, 0.0

    def tell(self, part: float) -> None:
        """How much of the piece at hand is done, 0 to 1."""
        self.part = part

    def far(self) -> float:
        """How much of the whole is done, 0 to 1."""
        return min(1.0, (self.before + self.size * self.part) / self.total)

    def left(self) -> str:
        """About how long it still takes, in words that stand for a while: two guesses that take turns cannot be read."""
        far, now = self.far(), time.monotonic()
        if now < self.said[0] + STANDS_SECONDS:
            return self.said[1]
        if self.first is None and far > 0:
            self.first = (now, far)
        since, start = self.first or (self.begun, 0.0)
        rest = max(1e-9, 1.0 - start)
        self.said = now, durations.left((far - start) / rest, now - since, self.seconds * rest)
        return self.said[1]
