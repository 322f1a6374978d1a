"""The other way round: how far a budget goes. The policy within it that reaches furthest, and the level that is certified.

A policy's level is an order statistic of its fresh worlds: the highest that so many of them reach as would certify the share
that is asked for (`certify`, in one look). That is a lower limit for the share's quantile whatever the distribution. The
chance to be wrong is shared out among the policies tested, since the best of them is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scenarios.questions.solve.certify import ALPHA, Looks, certifiable, judge
from scenarios.questions.solve.columns import COST, pick
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.runs import Runs
from scenarios.questions.solve.search import Answer, Budget, Ledger, Tested, choices, cube, fit_cost, fit_mean, polished
from sim.errors import UserError

STEPS = 1000
"""A level is told to so many parts of one, rounded down."""
UNMET = 5.0
"""Weight of what is asked for besides and does not hold, where policies are compared: it comes first (judgement)."""
Said = Callable[[str, Ledger], None]


def affordable(goal: Goal, runs: Runs) -> None:
    """Raises UserError for a budget below what the base policy costs in the worlds of the search."""
    asked = goal.file.goal
    if not asked.budget:
        return
    today = float(pick(runs.columns(goal.today[None], range(goal.file.search.worlds)), COST).mean())
    if asked.budget < today:
        raise UserError(
            f"the budget is less than {goal.file.base}'s policy costs",
            file=goal.file.name,
            key="goal.budget",
            rule=f"at least £{today:.2f} per adult per year",
            got=f"£{asked.budget:.2f}",
            try_=f"budget = {np.ceil(today + 1):.0f}",
        )


def with_level(goal: Goal, level: float) -> Goal:
    """The goal with a level in the place of its budget."""
    asked = goal.file.goal.model_copy(update={"level": level})
    return replace(goal, file=goal.file.model_copy(update={"goal": asked}))


def under_budget(
    goal: Goal, runs: Runs, budget: Budget, said: Said, before_tests: Callable[[np.ndarray], None]
) -> tuple[Answer, float]:
    """(the answer, its level): of up to `budget.candidates` policies within the goal's budget, the one with the highest level. The
    level is zero where none is certified at any."""
    levers, seed = goal.axes, goal.file.run.seed
    ledger, many, worlds = Ledger(), choices(levers, seed), range(budget.search_worlds)
    _run(runs, ledger, np.vstack([np.zeros(levers), np.ones(levers), cube(budget.bundles - 2, levers, seed)]), worlds)
    said("first bundles run", ledger)
    for k in range(budget.rounds):
        _run(runs, ledger, _best(ledger, many, goal.file.goal.budget, budget.each_round), worlds)
        said(f"round {k + 1} of {budget.rounds}", ledger)
    chosen = _best(ledger, many, goal.file.goal.budget, budget.candidates - 1) if budget.candidates > 1 else many[:0]
    before_tests(chosen[0] if len(chosen) else np.zeros(levers))
    tested = []
    for k, bundle in enumerate([*chosen, np.zeros(levers)], 1):  # the least policy is within every budget
        tested.append(_tested(runs, bundle, budget))
        said(f"bundle {k} certified for {tested[-1][1]:.1%}", ledger)
    within = [(one, level) for one, level in tested if one.cost <= goal.file.goal.budget and level > 0]
    found, level = max(within, key=lambda pair: pair[1], default=(None, 0.0))
    return Answer(found, tuple(one for one, _ in tested), ledger.runs, found is not None), level


def _value(runs: Runs, columns: np.ndarray) -> np.ndarray:
    """float64[...]: the goal's outcome, less what other goals and floors are short of."""
    return pick(columns, runs.goal.file.goal.outcome) + UNMET * np.minimum(0.0, runs.floors(columns))


def _run(runs: Runs, ledger: Ledger, bundles: np.ndarray, worlds: range) -> None:
    for bundle, found in zip(bundles, runs.columns(bundles, worlds), strict=True):
        ledger.add(bundle, _value(runs, found), pick(found, COST), searched=True)


def _best(ledger: Ledger, many: np.ndarray, budget: float, n: int) -> np.ndarray:
    """The furthest within the budget by the models, no two alike."""
    valued, costly = fit_mean(ledger), fit_cost(ledger)
    value, within = valued(many), np.flatnonzero(costly(many) <= budget)
    chosen: list[np.ndarray] = []
    for i in within[np.argsort(-value[within], kind="stable")]:
        best = polished(many[i], lambda some: -valued(some), lambda some: costly(some) <= budget)
        fresh = [one for one in (best, many[i]) if all(np.abs(one - other).max() > 0.03 for other in chosen)]
        chosen += fresh[:1]
        if len(chosen) == n:
            break
    return np.array(chosen).reshape(-1, many.shape[1])


def _tested(runs: Runs, bundle: np.ndarray, budget: Budget) -> tuple[Tested, float]:
    """One policy in all fresh worlds: the highest level that so many reach as certify, with the verdict on it."""
    needed, alpha = runs.goal.file.goal.worlds, ALPHA / budget.candidates
    looks, first = Looks(budget.most_fresh, budget.most_fresh), budget.search_worlds
    found = runs.columns(bundle[None], range(first, first + budget.most_fresh))[0]
    values = np.where(runs.floors(found) >= 0, pick(found, runs.goal.file.goal.outcome), -1.0)
    takes = round(certifiable(needed, looks, alpha) * budget.most_fresh)
    level = np.floor(STEPS * np.sort(values)[::-1][takes - 1]) / STEPS if takes <= len(values) else 0.0
    met, costs = values >= max(level, 1 / STEPS), pick(found, COST)
    low, high = np.quantile(costs, (0.1, 0.9))
    verdict = judge(int(met.sum()), len(met), needed, looks, alpha)
    return Tested(bundle, met, verdict, float(costs.mean()), float(low), float(high)), max(0.0, float(level))
