"""What stops a goal that no policy reaches: the step of the ladder, and the assumption that would have to differ.

Both are asked of the policy that reached furthest, in fresh worlds. Each step of the ladder is opened alone by its
override; where no one is enough, the next that helps most is opened with it, until the goal holds in enough worlds. Then
each assumption is taken by itself: how the slack goes with its rank among the draws (least squares), and from which value on
the goal would hold in enough of the worlds that have it. Of many assumptions some go with the slack by luck alone, so only
those are named that pass a test in which all of them count (Holm).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.questions import holm
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.runs import PLUS, Runs
from scenarios.questions.steps import STEPS, Step
from scenarios.running.study import world_parameters
from sim.numbers.parameters import VALUE, records
from sim.numbers.prices import at_model_prices

WORLDS = 200
"""Fresh worlds in which it is asked: enough to see an assumption that makes a tenth of the difference (judgement)."""
LEAST = 30
"""Worlds below which no assumption is named."""
BEST_TENTH = 0.95
"""The rank that stands for the best tenth of an assumption's draws."""


@dataclass(frozen=True)
class Assumption:
    """One number of the model. `now`: its median here; `needed`: the value from which on the goal holds in enough worlds (NaN:
    none of its draws is enough); `beyond`: share of the worlds whose draw lies there; `at_best`: share of worlds that meet
    the goal in its best tenth; `up`: whether more of it helps; `of_step`: whether the step's override holds it."""

    name: str
    meaning: str
    unit: str
    now: float
    needed: float
    beyond: float
    at_best: float
    up: bool
    of_step: bool


@dataclass(frozen=True)
class Stop:
    """`steps`: of the ladder, those to be open together, the first alone most; `alone`: share of worlds that meet the goal with each
    step open by itself, by name; `met`: as it is, and `met_open`: with `steps` open; `enough`: whether that is enough. `assumption`:
    None where none stands out in the `draws` worlds in which they were looked at (none: too few to look)."""

    steps: tuple[Step, ...]
    alone: dict[str, float]
    met: float
    met_open: float
    enough: bool
    assumption: Assumption | None
    worlds: int
    draws: int = 0


def most_runs(goal: Goal) -> int:
    """Runs that it takes at most: the policy itself in the worlds that test, each step alone, then each pair, and so on."""
    several = len(STEPS) * (len(STEPS) + 1) // 2
    return _many(goal) + goal.file.search.steps * (1 + several)


def _many(goal: Goal) -> int:
    return min(WORLDS, goal.file.search.fresh)


def stop_of(goal: Goal, runs: Runs, bundle: np.ndarray, fresh: Sequence[int]) -> Stop | None:
    """What stops a policy: steps opened in the fresh worlds that describe, assumptions in those that tested others too. None where
    enough of the worlds that describe meet the goal: nothing stops it there."""

    def met(steps: Sequence[Step]) -> tuple[float, float]:
        slack = runs.slack(runs.columns(bundle[None], fresh, PLUS.join(step.gate for step in steps))[0])
        return float((slack >= 0).mean()), float(slack.mean())

    needed = goal.file.goal.worlds
    if (as_it_is := met([])[0]) >= needed:
        return None
    steps, alone, share = opened_until(met, needed)
    first = goal.file.search.worlds
    draws = range(first, first + _many(goal)) if _many(goal) >= LEAST else range(0)
    assumption = None
    if draws:
        assumption = assumption_of(runs, draws, runs.slack(runs.columns(bundle[None], draws)[0]), steps[0])
    return Stop(steps, alone, as_it_is, share, share >= needed, assumption, len(fresh), len(draws))


def opened_until(
    met: Callable[[Sequence[Step]], tuple[float, float]], needed: float
) -> tuple[tuple[Step, ...], dict[str, float], float]:
    """(steps to open together, share of worlds that meet the goal with each alone, share with those open): the best alone, then
    the one that adds most, until it is enough or all are open. `met`: (that share, mean slack) with some steps open; where
    shares are equal, the slack tells which adds most."""
    alone = {step.name: met([step]) for step in STEPS}
    steps = [max(STEPS, key=lambda step: alone[step.name])]
    share = alone[steps[0].name][0]
    while share < needed and len(steps) < len(STEPS):
        tried = {step.name: met([*steps, step]) for step in STEPS if step not in steps}
        best = max(tried, key=lambda name: tried[name])
        steps.append(next(step for step in STEPS if step.name == best))
        share = tried[best][0]
    return tuple(steps), {name: share_ for name, (share_, _) in alone.items()}, share


# ------------------------------------------------------------------ assumptions


def assumption_of(runs: Runs, draws: Sequence[int], slack: np.ndarray, step: Step) -> Assumption | None:
    """The assumption by which the goal would hold most often in its best tenth: of the step's own numbers, where one of them is
    enough there, else of all. None where no assumption goes with the slack by more than luck would make one of so many."""
    needed = runs.goal.file.goal.worlds
    drawn = world_parameters(runs.study, [(int(draw), 0) for draw in draws])
    values = {
        name: getattr(drawn, name) / at_model_prices(1.0, record.unit)
        for name, record in records().items()
        if record.role != VALUE and np.ptp(getattr(drawn, name)) > 0
    }
    clear = holm.adjusted(np.array([by_luck(ranks(one), slack) for one in values.values()])) <= holm.ALPHA
    found = [
        _one(name, one, slack, needed, name in step.numbers)
        for (name, one), stands_out in zip(values.items(), clear, strict=True)
        if stands_out
    ]
    own = [one for one in found if one.of_step and one.at_best >= needed]
    return max(own or found, key=lambda one: one.at_best, default=None)


def ranks(values: np.ndarray) -> np.ndarray:
    """float64[draws]: the rank of each value among them, in (0, 1)."""
    return np.asarray((np.argsort(np.argsort(values, kind="stable"), kind="stable") + 0.5) / len(values))


def by_luck(rank: np.ndarray, slack: np.ndarray) -> float:
    """The chance of a slope as steep as this where the slack has nothing to do with the rank (Student's t, two-sided); 1 where
    the slack is the same in all worlds."""
    from scipy.stats import linregress

    return float(linregress(rank, slack).pvalue) if np.ptp(slack) > 0 else 1.0


def _one(name: str, values: np.ndarray, slack: np.ndarray, needed: float, of_step: bool) -> Assumption:
    record = records()[name]
    at, beyond, best, up = line(ranks(values), slack, needed)
    value = float(np.quantile(values, at)) if np.isfinite(at) else float("nan")
    return Assumption(name, record.meaning, record.unit, float(np.median(values)), value, beyond, best, up, of_step)


def line(rank: np.ndarray, slack: np.ndarray, needed: float) -> tuple[float, float, float, bool]:
    """(rank from which on the goal holds in enough worlds, share of worlds beyond it, share of worlds that meet the goal in the best
    tenth, whether more helps), of ranks in (0, 1): a straight line, and a normal spread around it. NaN and zero where no
    rank is enough."""
    from scipy.stats import norm

    slope, start = np.polyfit(rank, slack, 1)
    spread = max(float(np.std(slack - start - slope * rank, ddof=2)), 1e-12)
    up = bool(slope > 0)
    best = BEST_TENTH if up else 1 - BEST_TENTH
    at_best = float(norm.cdf((start + slope * best) / spread))
    at = float((norm.ppf(needed) * spread - start) / slope) if slope else float("nan")
    if not 0 <= at <= 1:
        everywhere = at_best >= needed
        return (0.0 if up else 1.0, 1.0, at_best, up) if everywhere else (float("nan"), 0.0, at_best, up)
    return at, 1 - at if up else at, at_best, up
