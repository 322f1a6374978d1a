"""The cheapest bundle that meets a goal: search by a model of the chance of success, certify on fresh worlds.

Bundles are points of the unit cube, one axis a lever. A search world is never used again: an optimiser picks
the luckiest of many noisy results, so what it believes of its own search runs is too good (measured: nine of
nine bundles so found failed on fresh worlds). The steps:

1. a space-filling set of bundles, each in the same few worlds;
2. a logistic model of the chance that a world meets the goal, and a model of cost, by bundle;
3. again and again: run where the model says it is cheapest to be just good enough, and fit anew;
4. the cheapest bundles with a predicted chance above what is needed go to fresh worlds, in batches, until the
   interval of `certify` is clear; what is learned there goes into the model too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from scenarios.solve.certify import ALPHA, Verdict, certifiable, judge


class Simulate(Protocol):
    """(bundles float64[n, d], world numbers) -> (met bool[n, w], cost float64[n, w])."""

    def __call__(self, bundles: np.ndarray, worlds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]: ...


@dataclass(frozen=True)
class Budget:
    """How much may be run. Worlds are numbered: the search has the first, fresh ones follow, none twice for a bundle."""

    bundles: int = 48
    search_worlds: int = 16
    rounds: int = 4
    each_round: int = 6
    batch: int = 50
    most_fresh: int = 1000
    candidates: int = 6
    margin: float = 0.04
    """How far above what is needed a bundle's predicted share of worlds is at least, when it is first tested; more where
    `most_fresh` could not certify it there."""
    worth_trying: float = 0.02
    """A bundle is tested after another was certified only if it should be cheaper by this share."""


@dataclass
class Ledger:
    """Everything that was run: bundles, and how many worlds of each met the goal, at what cost."""

    bundles: list[np.ndarray] = field(default_factory=list)
    met: list[int] = field(default_factory=list)
    worlds: list[int] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    runs: int = 0

    def add(self, bundle: np.ndarray, met: np.ndarray, cost: np.ndarray) -> None:
        """One bundle in some worlds."""
        self.bundles.append(bundle)
        self.met.append(int(met.sum()))
        self.worlds.append(len(met))
        self.cost.append(float(np.mean(cost)))
        self.runs += len(met)


@dataclass(frozen=True)
class Tested:
    """A bundle that was tested on fresh worlds: its verdict, and cost over those worlds."""

    bundle: np.ndarray
    verdict: Verdict
    cost: float
    cost_low: float
    cost_high: float


@dataclass(frozen=True)
class Answer:
    """`found`: the cheapest certified bundle, None where there is none; `tested`: all, in the order tested.

    `best_chance`: the bundle with the greatest predicted chance, tested too where nothing was certified.
    """

    found: Tested | None
    tested: tuple[Tested, ...]
    runs: int
    reachable: bool


def features(bundles: np.ndarray) -> np.ndarray:
    """float64[n, 1 + 2d + d(d-1)/2]: constant, levers, squares, products."""
    n, d = bundles.shape
    pairs = [bundles[:, i] * bundles[:, j] for i in range(d) for j in range(i, d)]
    return np.column_stack([np.ones(n), bundles, *pairs])


def fit_chance(ledger: Ledger) -> Callable[[np.ndarray], np.ndarray]:
    """Chance of success by bundle: logistic in levers, squares and products, shrunk; constant where all agree."""
    from sklearn.linear_model import LogisticRegression

    met, worlds = np.array(ledger.met), np.array(ledger.worlds)
    if met.sum() in (0, worlds.sum()):
        share = (met.sum() + 0.5) / (worlds.sum() + 1.0)
        return lambda bundles: np.full(len(bundles), share)
    x = features(np.array(ledger.bundles))
    rows, answer = np.vstack([x, x]), np.repeat([1, 0], len(x))
    weight = np.concatenate([met, worlds - met]).astype(float)
    some = weight > 0
    model = LogisticRegression(C=10.0, fit_intercept=False, max_iter=5000).fit(rows[some], answer[some], weight[some])
    return lambda bundles: np.asarray(model.predict_proba(features(bundles))[:, 1])


def fit_cost(ledger: Ledger) -> Callable[[np.ndarray], np.ndarray]:
    """Mean cost by bundle: least squares in levers, squares and products, lightly shrunk."""
    x, y = features(np.array(ledger.bundles)), np.array(ledger.cost)
    weight = np.sqrt(np.array(ledger.worlds, dtype=float))
    shrink = 1e-3 * np.eye(x.shape[1]) * weight.mean() ** 2
    shrink[0, 0] = 0.0
    beta = np.linalg.solve((x * weight[:, None] ** 2).T @ x + shrink, (x * weight[:, None] ** 2).T @ y)
    return lambda bundles: features(bundles) @ beta


def cube(n: int, d: int, seed: int) -> np.ndarray:
    """float64[n, d]: scrambled Sobol' points."""
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(max(2, n))))
    return np.asarray(qmc.Sobol(d, seed=seed).random_base2(power)[:n])


def search(
    simulate: Simulate, levers: int, needed: float, budget: Budget | None = None, seed: int = 1,
    tell: Callable[[str, Ledger], None] | None = None, alpha: float = ALPHA,
) -> Answer:
    """The cheapest bundle that meets the goal in at least `needed` of worlds, certified; or that none is known to."""
    budget, said = budget or Budget(), tell or (lambda step, ledger: None)
    ledger, many = Ledger(), _choices(levers, seed)
    _run(simulate, ledger, _first(budget.bundles, levers, seed), range(budget.search_worlds))
    said("first bundles run", ledger)
    for k in range(budget.rounds):
        chosen = _promising(ledger, many, needed, budget.each_round)
        _run(simulate, ledger, chosen, range(budget.search_worlds))
        said(f"round {k + 1} of {budget.rounds}", ledger)
    tested = _certify(simulate, ledger, many, needed, budget, said, alpha)
    passed = [t for t in tested if t.verdict.word == "certified"]
    found = min(passed, key=lambda t: t.cost) if passed else None
    reachable = found is not None or any(t.verdict.high >= needed for t in tested)
    return Answer(found, tuple(tested), ledger.runs, reachable)


def _first(n: int, d: int, seed: int) -> np.ndarray:
    """The space-filling set with the two corners: everything at its least and at its most."""
    return np.vstack([np.zeros(d), np.ones(d), cube(n - 2, d, seed)])


def _choices(d: int, seed: int) -> np.ndarray:
    """Bundles to choose among: a fine cloud, its points pushed to the faces too (levers left at their least)."""
    fine = cube(8192, d, seed + 1)
    faces = np.where(cube(8192, d, seed + 2) < 0.25, 0.0, fine)
    return np.vstack([np.ones(d), fine, faces])


def _run(simulate: Simulate, ledger: Ledger, bundles: np.ndarray, worlds: Sequence[int]) -> None:
    met, cost = simulate(bundles, list(worlds))
    for i, bundle in enumerate(bundles):
        ledger.add(bundle, met[i], cost[i])


def _promising(ledger: Ledger, many: np.ndarray, needed: float, n: int) -> np.ndarray:
    """The cheapest by the model at several chances about what is needed, no two alike; at least the likeliest one."""
    chance, cost = fit_chance(ledger)(many), fit_cost(ledger)(many)
    chosen: list[np.ndarray] = []
    for bar in np.linspace(needed - 0.1, min(0.99, needed + 0.1), n):
        good = np.flatnonzero(chance >= bar)
        order = good[np.argsort(cost[good], kind="stable")] if len(good) else np.argsort(-chance, kind="stable")
        far = (i for i in order if all(np.abs(many[i] - c).max() > 0.03 for c in [*chosen, *ledger.bundles]))
        chosen.append(many[next(far, order[0])])
    return np.array(chosen)


def _certify(
    simulate: Simulate, ledger: Ledger, many: np.ndarray, needed: float, budget: Budget,
    said: Callable[[str, Ledger], None], alpha: float,
) -> list[Tested]:
    tested: list[Tested] = []
    margin = max(budget.margin, certifiable(needed, budget.most_fresh, alpha) - needed)
    for k in range(budget.candidates):
        bundle = _next(ledger, many, min(0.995, needed + margin), tested, budget)
        if bundle is None:
            break
        tested.append(_test(simulate, ledger, bundle, needed, budget, alpha))
        said(f"bundle {k + 1} {tested[-1].verdict.word}", ledger)
        margin = margin / 2 if tested[-1].verdict.word == "certified" else min(margin + 0.02, 0.15)
    return tested


def _next(ledger: Ledger, many: np.ndarray, bar: float, tested: Sequence[Tested], budget: Budget) -> np.ndarray | None:
    """The cheapest bundle likely enough, clearly cheaper than one certified, unlike those tested; else None."""
    chance, cost = fit_chance(ledger)(many), fit_cost(ledger)(many)
    passed = [t.cost for t in tested if t.verdict.word == "certified"]
    good = np.flatnonzero(chance >= bar)
    if passed:
        good = good[cost[good] < min(passed) * (1 - budget.worth_trying)]
    elif not len(good):
        good = np.array([int(np.argmax(chance))])
    for i in good[np.argsort(cost[good], kind="stable")]:
        if all(np.abs(many[i] - t.bundle).max() > 0.01 for t in tested):
            return np.asarray(many[i])
    return None


def _test(simulate: Simulate, ledger: Ledger, bundle: np.ndarray, needed: float, budget: Budget, alpha: float) -> Tested:
    """Fresh worlds in batches until the verdict is clear, or there are no more."""
    met, costs = 0, np.zeros(0)
    verdict = judge(0, 0, needed, alpha)
    first = budget.search_worlds
    while verdict.word == "open" and len(costs) < budget.most_fresh:
        worlds = range(first + len(costs), first + len(costs) + min(budget.batch, budget.most_fresh - len(costs)))
        good, cost = simulate(bundle[None], list(worlds))
        ledger.add(bundle, good[0], cost[0])
        met, costs = met + int(good.sum()), np.concatenate([costs, cost[0]])
        verdict = judge(met, len(costs), needed, alpha)
    low, high = np.quantile(costs, (0.1, 0.9))
    return Tested(bundle, verdict, float(np.mean(costs)), float(low), float(high))
