"""What the server does while nobody asks: today's policy for the first area, then each lever's effect by itself.

The effects serve the first answers (`estimate.py`). Work here gives way as soon as somebody asks.
"""

from __future__ import annotations

import contextlib
import threading
import time

from dashboards.asked.levers_panel import GROUPS, OPENING
from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Asked, Policy
from dashboards.work.runner import Cancelled, Runner, study_for, the_runner
from scenarios.reading.areas import index
from scenarios.running.study import Study
from sim.errors import UserError
from sim.numbers.levers import BY_NAME, Lever

IDLE_SECONDS = 0.5


def prepare() -> None:
    """Run for as long as the server does."""
    runner, study = the_runner(), study_for(index(Asked().area))
    with contextlib.suppress(Cancelled, RuntimeError, UserError):
        runner.run(runner.today, study, threading.Event())
        while True:
            fill(runner, runner.last_asked or study)
            time.sleep(5.0)


def order() -> list[str]:
    """Levers in the order in which people meet them: the opening's, those in sight."""
    return list(dict.fromkeys([*OPENING, *(name for _, _, first in GROUPS for name in first)]))


def ends(lever: Lever) -> list[float]:
    """Values at which a lever is run: its ends, one between today's and the far end, every word of a choice."""
    if lever.choice or lever.unit == "0 or 1":
        return [float(v) for v in range(int(lever.high) + 1) if v != lever.today]
    middle = lever.today + (lever.high - lever.today) / 4
    return [value for value in (lever.high, lever.low, middle) if value != lever.today]


def plan() -> list[tuple[str, float]]:
    """(lever, value) in the order of learning: the opening's levers whole, then the first end of every lever, and so on.

    A lever's first end alone gives estimates for every value up to it, so a room that tries everything is served soonest.
    """
    rounds = [
        (k if name not in OPENING else -1, name, value)
        for name in order()
        for k, value in enumerate(ends(BY_NAME[name]))
    ]
    return [(name, value) for _, name, value in sorted(rounds, key=lambda one: one[0])]


def fill(runner: Runner, study: Study) -> None:
    """Learn effects one by one while nobody asks for anything, for the study last asked about."""
    for name, value in plan():
        while runner.busy:
            time.sleep(IDLE_SECONDS)
        if runner.last_asked not in (None, study):
            return
        if not runner.knows(name, value, study):
            _learn(runner, study, name, value)


def _learn(runner: Runner, study: Study, name: str, value: float) -> None:
    """One run, stopped when somebody asks (it is tried again later)."""
    stop = threading.Event()

    def give_way(_: float) -> None:
        if runner.busy:
            stop.set()

    with contextlib.suppress(Cancelled):
        runner.run(scenario_of(Policy(sets=((name, value),))), study, stop, give_way)
