"""A first answer within milliseconds: today's counts plus the effect of each lever moved, from runs already made.

Effects are added up as if levers did not touch each other, so this is an estimate and is called one. Each
is checked against the model's own run when that comes; the page says how far off earlier ones were.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, replace

import numpy as np

from dashboards.asked.levers_panel import steps
from scenarios.reading.scenario import Scenario
from sim.results import outcomes, summary
from sim.results.result import Result

MOST_EFFECTS = 160
KEPT_CHECKS = 200
FEWEST_CHECKS = 5
ESTIMATE = "Estimate, while the model runs: levers’ effects added up."


@dataclass(frozen=True)
class Effect:
    """What one lever at one value adds to today's counts, by world: the shapes of a result's weekly and tally."""

    weekly: np.ndarray
    tally: np.ndarray


def position(lever: str, value: float) -> float:
    """Where a value stands on its slider, counted in steps: effects are interpolated along it."""
    stops = np.array(steps(lever))
    return float(np.interp(value, stops, np.arange(len(stops))))


def between(lever: str, known: dict[float, Effect], today: float, value: float) -> Effect | None:
    """The effect at a value, on the line between known points (today's is none at all); None beyond them."""
    if value == today:
        return None
    points = sorted([*known, today])
    low = max((p for p in points if p <= value), default=None)
    high = min((p for p in points if p >= value), default=None)
    if low is None or high is None:
        return None
    if low == high:
        return known[low]
    place, a, b = (position(lever, v) for v in (value, low, high))
    share = (place - a) / (b - a) if b > a else 0.0
    sides = [(known[p], part) for p, part in ((low, 1 - share), (high, share)) if p != today]
    return Effect(sum(e.weekly * part for e, part in sides), sum(e.tally * part for e, part in sides))  # type: ignore[arg-type]


def combined(today: Result, effects: list[Effect]) -> Result:
    """Today's result with effects added: whole counts, none below zero. Events stay today's."""
    weekly = today.weekly.astype(np.float64) + sum(e.weekly for e in effects)
    tally = today.tally.astype(np.float64) + sum(e.tally for e in effects)
    return replace(
        today,
        weekly=np.maximum(0, np.rint(weekly)).astype(np.int32),
        tally=np.maximum(0, np.rint(tally)).astype(np.int64),
    )


def moved(scenario: Scenario, today: Scenario) -> dict[str, float] | None:
    """Levers that differ from today's; None for a policy that changes over time."""
    if scenario.changes or scenario.history:
        return None
    return {name: value for name, value in scenario.levers.items() if value != today.levers[name]}


class Effects:
    """Effects learnt from runs, for all browsers, and how estimates fared. Safe between threads."""

    def __init__(self, today: Scenario):
        self._today, self._lock = today, threading.Lock()
        self._known: OrderedDict[tuple[str, str, float], Effect] = OrderedDict()
        self._misses: deque[float] = deque(maxlen=KEPT_CHECKS)

    def learn(self, place: str, scenario: Scenario, base: Result, result: Result) -> None:
        """Keep a run's effect where it moves one lever only."""
        levers = moved(scenario, self._today)
        if levers is None or len(levers) != 1:
            return
        ((name, value),) = levers.items()
        effect = Effect((result.weekly - base.weekly).astype(np.int32), result.tally - base.tally)
        with self._lock:
            self._known[(place, name, value)] = effect
            self._known.move_to_end((place, name, value))
            while len(self._known) > MOST_EFFECTS:
                self._known.popitem(last=False)

    def knows(self, place: str, lever: str, value: float) -> bool:
        """Whether a run at that very value was made."""
        with self._lock:
            return (place, lever, value) in self._known

    def estimate(self, place: str, scenario: Scenario, base: Result) -> Result | None:
        """Today's result with every lever's effect added; None where one of them is not known."""
        levers = moved(scenario, self._today)
        if not levers:
            return None
        found = []
        for name, value in levers.items():
            with self._lock:
                known = {v: e for (p, lever, v), e in self._known.items() if p == place and lever == name}
            effect = between(name, known, self._today.levers[name], value)
            if effect is None:
                return None
            found.append(effect)
        return combined(base, found)

    def check(self, guess: Result, result: Result) -> None:
        """Note how far an estimate's availability was from the model's, in the middle world."""
        a, b = (summary.interval(outcomes.of_group(run, outcomes.MAIN)).median for run in (guess, result))
        if np.isfinite(a) and np.isfinite(b):
            self._misses.append(abs(a - b))

    def words(self) -> str:
        """How far to trust an estimate, from those checked so far."""
        if len(self._misses) < FEWEST_CHECKS:
            return f"{ESTIMATE} Not checked often enough to state its error."
        within = 100 * float(np.quantile(list(self._misses), 0.9))
        return (
            f"{ESTIMATE} In 9 of 10 of {len(self._misses)} earlier ones "
            f"availability was within {within:.1f} points of the model’s answer."
        )
