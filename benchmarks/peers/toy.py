"""The toy pipeline that every library runs: its numbers, its answer in closed form, and how a run of it is measured.

People are idle, waiting or supported. Each week an idle person is referred with chance REFERRED, one who waits gives up
with GIVES_UP, and one who is supported leaves with LEAVES: DROPS_OUT of those who leave drop out, the rest complete. There
are PLACES places a person. A free place goes to whoever has waited longest. Whoever leaves or gives up is idle again.
Only the standard library is imported here: each peer runs this in an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

REFERRED, GIVES_UP, LEAVES = 0.005, 0.05, 0.05
"""Chances a week (in continuous time: rates)."""
DROPS_OUT = 0.4
"""Of those who leave."""
PLACES = 0.02
"""A person."""
IDLE, WAITING, SUPPORTED = 0, 1, 2
SETTLE, CHUNK = 52, 52
"""Weeks before the clock starts, and weeks of one piece of what is measured."""


@dataclass
class Tally:
    """What happened in the weeks that count. `waiting`: people who wait at the end of a week, added up; `waited`: weeks that
    those who started had waited, added up."""

    weeks: int = 0
    waiting: int = 0
    started: int = 0
    waited: float = 0.0
    gave_up: int = 0
    dropped_out: int = 0


class Toy(Protocol):
    """What a library's toy gives. Made with (people, seed)."""

    tally: Tally

    def run(self, weeks: int) -> None:
        """So many weeks more."""


def begin_with(people: int) -> tuple[int, int]:
    """(supported, waiting) at the start: the answer itself, so that little has to settle. The first people are supported."""
    return round(PLACES * people), round(expected()["waiting"] * people)


def expected(continuous: bool = False) -> dict[str, float]:
    """The answer, a person (and week): people waiting, starts, gave up, dropped out; and weeks waited by those who start.

    Places are always taken here, for there is always a queue. So L = LEAVES * PLACES start each week, and the queue balances:
    REFERRED * (1 - PLACES - w) = GIVES_UP * w + L. Of those referred, the share L / (REFERRED * idle) start; they have
    outlasted their wait. `continuous`: give up at any moment, not week by week.
    """
    starts = LEAVES * PLACES
    waiting = (REFERRED * (1 - PLACES) - starts) / (REFERRED + GIVES_UP)
    share = starts / (REFERRED * (1 - PLACES - waiting))
    each = GIVES_UP if continuous else -math.log(1 - GIVES_UP)
    return {
        "waiting": waiting,
        "started": starts,
        "gave_up": GIVES_UP * waiting,
        "dropped_out": DROPS_OUT * starts,
        "waited": -math.log(share) / each,
    }


def found(tally: Tally, people: int) -> dict[str, float]:
    """The same of a run."""
    each = people * tally.weeks
    counts = {name: getattr(tally, name) / each for name in ("waiting", "started", "gave_up", "dropped_out")}
    return counts | {"waited": tally.waited / max(1, tally.started)}


def measured(make: Callable[[int, int], Toy], people: int, seed: int, seconds: float) -> dict[str, float]:
    """CPU ns a person-week of as many weeks as fill `seconds`, after SETTLE; and what was found."""
    begun = time.process_time()
    toy = make(people, seed)
    toy.run(SETTLE)
    made, spent = time.process_time() - begun, 0.0
    toy.tally.__init__()  # type: ignore[misc]
    while spent < seconds:
        begun = time.process_time()
        toy.run(CHUNK)
        spent += time.process_time() - begun
    return {
        "ns": spent / people / toy.tally.weeks * 1e9,
        "made": made,
        **asdict(toy.tally),
        **{f"found_{name}": value for name, value in found(toy.tally, people).items()},
    }


def main(make: Callable[[int, int], Toy]) -> None:
    """One measurement, as a line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.5)
    asked = parser.parse_args()
    print(json.dumps(measured(make, asked.people, asked.seed, asked.seconds)))
