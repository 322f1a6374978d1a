"""Availability against cost: the cheapest policy at each goal, what its money goes on, where it stops, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.solve.certify import Verdict, judge
from scenarios.solve.goal import Goal
from scenarios.solve.runs import COLUMNS, LOSSES, Runs, study_of
from scenarios.solve.search import Answer, Budget, Ledger, cube, fit_chance, fit_cost, search
from scenarios.study import Study
from sim.kinds import GATES
from sim.levers import BY_NAME
from sim.result import MONEY
from sim.summary import GATE_WORDS, PAYERS, Interval

STEP_WORLDS = 30
"""Fresh worlds in which each step of the frontier is run again."""
Tell = Callable[[str, int], None]


def eighty(values: np.ndarray) -> Interval:
    """Median with the 10th and 90th percentile."""
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    return Interval(float(middle), float(low), float(high), len(values))


@dataclass(frozen=True)
class Point:
    """A policy run in fresh worlds. `money` GBP per adult per year by line; `gate` where most wants stop."""

    label: str
    bundle: np.ndarray
    available: Interval
    started: Interval
    better: Interval
    cost: Interval
    money: dict[str, float]
    gate: str
    gate_share: float


@dataclass(frozen=True)
class Step:
    """One goal of the frontier. `shadow` GBP per adult per year for each further point, from the step before."""

    level: float
    point: Point | None
    verdict: Verdict | None
    shadow: float | None

    @property
    def reached(self) -> bool:
        """Whether this many worlds do not rule it out."""
        return self.verdict is not None and self.verdict.word != "rejected"


@dataclass(frozen=True)
class Report:
    """All that `solve` found."""

    goal: Goal
    answer: Answer
    found: Point | None
    steps: tuple[Step, ...]
    ceilings: tuple[Point, ...]
    tier: tuple[np.ndarray, ...]
    runs: int

    def goal_study(self) -> Study:
        """Where and how much each run is."""
        return study_of(self.goal, {})


def solve(goal: Goal, runs: Runs, tell: Tell | None = None) -> Report:
    """The answer to one goal, the frontier and the ceilings. `tell(what, runs so far)`."""
    said = tell or (lambda what, done: None)
    table = goal.file.search
    budget = Budget(table.bundles, table.worlds, table.rounds, table.each_round, most_fresh=table.fresh,
                    candidates=table.candidates)
    answer = search(runs, len(goal.spans), goal.file.goal.worlds, budget, goal.file.run.seed,
                    lambda what, ledger: said(what, ledger.runs))
    many = np.vstack([np.zeros(len(goal.spans)), np.ones(len(goal.spans)), cube(8192, len(goal.spans), 7)])
    fresh = range(table.worlds + table.fresh, table.worlds + table.fresh + STEP_WORLDS)
    steps = _steps(goal, runs, many, fresh, said)
    ceilings = tuple(_ceiling(goal, runs, name, fresh) for name in _sets(goal))
    said("ceilings", runs.done)
    found = point("the answer", answer.found.bundle, goal, runs, fresh) if answer.found else None
    return Report(goal, answer, found, steps, ceilings, _tier(answer, runs, goal, many), runs.done)


def point(label: str, bundle: np.ndarray, goal: Goal, runs: Runs, worlds: Sequence[int]) -> Point:
    """A policy described by its fresh worlds."""
    found = runs.columns(bundle[None], worlds)[0]
    column = {name: found[:, i] for i, name in enumerate(COLUMNS)}
    lost = [float(column[f"stopped_{i}"].mean()) for i in range(len(LOSSES))]
    worst = int(np.argmax(lost))
    money = {PAYERS[name]: float(column[name].mean()) for name in MONEY}
    return Point(label, bundle, eighty(column[goal.file.goal.outcome]), eighty(column["started_in_time"]),
                 eighty(column["better_per_want"]), eighty(column["gbp_per_adult_year"]), money,
                 GATE_WORDS[GATES[worst]], lost[worst])


def _ledger(runs: Runs, level: float) -> Ledger:
    """Everything run so far, judged by another level of the goal."""
    ledger = Ledger()
    for bundle, worlds in list(runs.seen):
        found = np.array([runs.known[key] for key in runs.keys(bundle, worlds)])
        ledger.add(bundle, runs.met(found, level), found[:, COLUMNS.index("gbp_per_adult_year")])
    return ledger


def _steps(goal: Goal, runs: Runs, many: np.ndarray, fresh: Sequence[int], said: Tell) -> tuple[Step, ...]:
    steps: list[Step] = []
    before: Point | None = None
    for level in sorted(goal.file.frontier):
        step = _step(goal, runs, level, many, fresh, before)
        before = step.point if step.reached else before
        steps.append(step)
        said(f"frontier at {level:.0%}", runs.done)
    return tuple(steps)


def _step(goal: Goal, runs: Runs, level: float, many: np.ndarray, fresh: Sequence[int], before: Point | None) -> Step:
    """The cheapest policy that the model thinks good enough (else the one that reached furthest), run in fresh worlds."""
    needed = goal.file.goal.worlds
    ledger = _ledger(runs, level)
    chance, cost = fit_chance(ledger)(many), fit_cost(ledger)(many)
    good = np.flatnonzero(chance >= min(0.99, needed + 0.04))
    best = many[good[np.argmin(cost[good])]] if len(good) else _furthest(goal, runs)
    one = point(f"{level:.0%}", best, goal, runs, fresh)
    met = runs.met(runs.columns(best[None], fresh)[0], level)
    verdict = judge(int(met.sum()), len(met), needed)
    return Step(level, one, verdict, _shadow(before, one))


def _furthest(goal: Goal, runs: Runs) -> np.ndarray:
    """Of the policies run so far, the one that reached furthest on average."""
    at = COLUMNS.index(goal.file.goal.outcome)
    reached = [np.mean([runs.known[key][at] for key in runs.keys(*one)]) for one in runs.seen]
    return runs.seen[int(np.argmax(reached))][0]


def _shadow(before: Point | None, now: Point) -> float | None:
    if before is None or now.available.median <= before.available.median:
        return None
    return (now.cost.median - before.cost.median) / (100 * (now.available.median - before.available.median))


def _sets(goal: Goal) -> list[str]:
    """The groups of levers that the goal may move, then all of them."""
    return [*dict.fromkeys(BY_NAME[span.lever].group for span in goal.spans), "all levers"]


def _ceiling(goal: Goal, runs: Runs, name: str, fresh: Sequence[int]) -> Point:
    """One set of levers at its most, the rest at their least (a choice: its last word)."""
    chosen = [name == "all levers" or BY_NAME[span.lever].group == name for span in goal.spans]
    return point(name, np.array(chosen, dtype=float), goal, runs, fresh)


def _tier(answer: Answer, runs: Runs, goal: Goal, many: np.ndarray) -> tuple[np.ndarray, ...]:
    """Up to three policies unlike the answer and each other that the model cannot tell from it: as likely, within 5% of its cost."""
    if answer.found is None:
        return ()
    ledger = _ledger(runs, goal.file.goal.level)
    chance, cost = fit_chance(ledger)(many), fit_cost(ledger)(many)
    alike = np.flatnonzero((chance >= goal.file.goal.worlds + 0.04) & (cost <= 1.05 * answer.found.cost))
    tier: list[np.ndarray] = []
    for i in alike[np.argsort(cost[alike], kind="stable")]:
        if all(np.abs(many[i] - other).max() > 0.3 for other in [answer.found.bundle, *tier]):
            tier.append(many[i])
    return tuple(tier[:3])
