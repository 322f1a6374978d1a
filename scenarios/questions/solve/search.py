"""The cheapest bundle that meets a goal: search by a model of the chance of success, certify on fresh worlds.

Bundles are points of the unit cube, one axis a lever. A search world is never used again: an optimiser picks
the luckiest of many noisy results, so what it believes of its own search runs is too good (measured: nine of
nine bundles so found failed on fresh worlds). The steps:

1. a space-filling set of bundles, each in the same few worlds;
2. a model of the slack (by how much a world meets the goal, below nought where it does not) and one of cost, by bundle.
   The chance of success is that of a normal slack above nought. A few worlds are all lucky or unlucky together, so the
   model learns from the first fresh ones by how much (measured: three points, where 12 worlds hardly erred between
   bundles; a logistic model of met or not met, used first, was wrong three times of three with seven levers);
3. again and again: run where the model says it is cheapest to be just good enough, and fit anew;
4. the cheapest bundles with a predicted chance above what is needed go to fresh worlds, in batches, until `certify` is
   clear or will hardly be; what is learned there goes into the model too. After two that fail, the surest of the
   search is tested; from a certified one the way to what failed is halved, in turn with the model's choices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from scenarios.questions.solve.certify import ALPHA, Looks, Verdict, certifiable, fewest_worlds, judge, word

TO_LEAST, TO_MOST = 0.25, 0.4
"""Shares of levers that a bundle of the faces has at their least and at their most."""
NEAR = 0.15
"""A bundle that falls short of the share needed by more is run until it is ruled out: that says what cannot be reached."""
HOPE = 1.64
"""A bundle is dropped when what the last look takes is so many standard errors away: a chance of one in twenty."""


CROWDED = 8
"""From so many levers on, no cloud of points comes near the cheapest bundle: what the models choose is moved on from there."""
STRIDES = (0.25, 0.125, 0.0625, 0.03125)
"""Steps of that, in parts of a lever's range."""
MOVES = 60
"""Of each length, at most."""


class Simulate(Protocol):
    """(bundles float64[n, d], world numbers) -> (slack float64[n, w]: the goal is met from 0 up, cost float64[n, w])."""

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
    """Fresh worlds in all, as so many bundles would take that each need `most_fresh`: most are clear far sooner."""
    patience: int = 2
    """Bundles of the model's choice that may fail before the one that the search saw succeed most is tested."""
    margin: float = 0.04
    """How far above what is needed a bundle's predicted share of worlds is at least, when it is first tested; more where
    `most_fresh` could not certify it there."""
    worth_trying: float = 0.02
    """A bundle is tested after another was certified only if it should be cheaper by this share."""


@dataclass
class Ledger:
    """Everything that was run: of each bundle its worlds, mean slack and its variance, mean cost; `searched`: in search worlds."""

    bundles: list[np.ndarray] = field(default_factory=list)
    slack: list[float] = field(default_factory=list)
    variance: list[float] = field(default_factory=list)
    worlds: list[int] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    searched: list[bool] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """Worlds run, of all bundles."""
        return sum(self.worlds)

    def add(self, bundle: np.ndarray, slack: np.ndarray, cost: np.ndarray, searched: bool) -> None:
        """One bundle in some worlds."""
        self.bundles.append(bundle)
        self.slack.append(float(slack.mean()))
        self.variance.append(float(slack.var(ddof=1)) if len(slack) > 1 else 0.0)
        self.worlds.append(len(slack))
        self.cost.append(float(np.mean(cost)))
        self.searched.append(searched)


@dataclass(frozen=True)
class Tested:
    """A bundle that was tested on fresh worlds: in which it met the goal (bool[worlds]), its verdict, and cost over them."""

    bundle: np.ndarray
    met: np.ndarray
    verdict: Verdict
    cost: float
    cost_low: float
    cost_high: float


@dataclass(frozen=True)
class Answer:
    """`found`: the cheapest certified bundle, None where there is none; `tested`: all, in the order tested."""

    found: Tested | None
    tested: tuple[Tested, ...]
    runs: int
    reachable: bool


def features(bundles: np.ndarray) -> np.ndarray:
    """float64[n, 1 + 2d + d(d-1)/2]: constant, levers, squares, products."""
    n, d = bundles.shape
    pairs = [bundles[:, i] * bundles[:, j] for i in range(d) for j in range(i, d)]
    return np.column_stack([np.ones(n), bundles, *pairs])


def least_bundles(levers: int) -> int:
    """The fewest bundles from which the models can be fitted: one for each of their columns, and the two corners."""
    return 2 + levers + levers * (levers + 1) // 2


def fit_mean(ledger: Ledger) -> Callable[[np.ndarray], np.ndarray]:
    """Mean slack in a fresh world, by bundle: least squares in levers, squares and products, and one step between search
    worlds and all others."""
    worlds, searched = np.array(ledger.worlds, dtype=float), np.array(ledger.searched, dtype=float)
    step = searched[:, None] if 0 < searched.sum() < len(searched) else np.zeros((len(searched), 0))
    beta = _least_squares(np.hstack([features(np.array(ledger.bundles)), step]), np.array(ledger.slack), worlds, 1e-2)
    kept = len(beta) - step.shape[1]
    return lambda bundles: np.asarray(features(bundles) @ beta[:kept])


def fit_chance(ledger: Ledger) -> Callable[[np.ndarray], np.ndarray]:
    """Chance of success in a fresh world, by bundle: that a normal slack is above nought. Its spread over worlds is the same for
    every bundle."""
    from scipy.stats import norm

    worlds, mean = np.array(ledger.worlds, dtype=float), fit_mean(ledger)
    spread = np.sqrt(np.average(ledger.variance, weights=worlds - 1)) if (worlds > 1).any() else 0.0
    return lambda bundles: np.asarray(norm.cdf(mean(bundles) / max(spread, 1e-9)))


def fit_cost(ledger: Ledger) -> Callable[[np.ndarray], np.ndarray]:
    """Mean cost by bundle: least squares in levers, squares and products."""
    beta = _least_squares(
        features(np.array(ledger.bundles)), np.array(ledger.cost), np.array(ledger.worlds, dtype=float), 1e-3
    )
    return lambda bundles: features(bundles) @ beta


def _least_squares(x: np.ndarray, y: np.ndarray, weight: np.ndarray, shrink: float) -> np.ndarray:
    """float64[columns]: all but the constant (the first column) lightly shrunk."""
    ridge = shrink * np.eye(x.shape[1]) * weight.mean()
    ridge[0, 0] = 0.0
    return np.asarray(np.linalg.solve((x * weight[:, None]).T @ x + ridge, (x * weight[:, None]).T @ y))


def cube(n: int, d: int, seed: int) -> np.ndarray:
    """float64[n, d]: scrambled Sobol' points."""
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(max(2, n))))
    return np.asarray(qmc.Sobol(d, seed=seed).random_base2(power)[:n])


def search(
    simulate: Simulate,
    levers: int,
    needed: float,
    budget: Budget | None = None,
    seed: int = 1,
    tell: Callable[[str, Ledger], None] | None = None,
    alpha: float = ALPHA,
    before_tests: Callable[[np.ndarray], None] | None = None,
) -> Answer:
    """The cheapest bundle that meets the goal in at least `needed` of worlds, certified; or that none is known to.

    `before_tests` is called once with the bundle that the models would test first: how much luck fresh worlds take off, say.
    """
    budget, said = budget or Budget(), tell or (lambda step, ledger: None)
    ledger, many = Ledger(), choices(levers, seed)
    _run(simulate, ledger, _first(budget.bundles, levers, seed), range(budget.search_worlds))
    said("first bundles run", ledger)
    for k in range(budget.rounds):
        chosen = _promising(ledger, many, needed, budget.each_round)
        _run(simulate, ledger, chosen, range(budget.search_worlds))
        said(f"round {k + 1} of {budget.rounds}", ledger)
    if before_tests:
        first = _next(ledger, many, min(0.995, needed + budget.margin), (), budget)
        before_tests(many[-1] if first is None else first)
    tested = _certify(simulate, ledger, many, needed, budget, said, alpha)
    found = _best(tested)
    reachable = found is not None or any(t.verdict.high >= needed for t in tested)
    return Answer(found, tuple(tested), ledger.runs, reachable)


def _first(n: int, d: int, seed: int) -> np.ndarray:
    """The space-filling set with the two corners: everything at its least and at its most."""
    return np.vstack([np.zeros(d), np.ones(d), cube(n - 2, d, seed)])


def choices(d: int, seed: int) -> np.ndarray:
    """float64[n, d] bundles to choose among: a fine cloud, and its points pushed to the faces. The cheapest bundle leaves what
    is dear at its least and has what is cheap at its most; in seven levers a cloud alone has no such point (measured: it
    cost two fifths more)."""
    fine, push = cube(8192, d, seed + 1), cube(8192, d, seed + 2)
    faces = np.where(push < TO_LEAST, 0.0, np.where(push > 1 - TO_MOST, 1.0, fine))
    return np.vstack([np.zeros(d), np.ones(d), fine, faces])


def polished(
    bundle: np.ndarray, cost: Callable[[np.ndarray], np.ndarray], good: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """The cheapest bundle that stays good on the way from one by moves of one lever, or of two against each other. With few levers
    it is left as it is: a cloud is fine enough."""
    if len(bundle) < CROWDED:
        return bundle
    best, least = bundle, float(cost(bundle[None])[0])
    for stride in STRIDES:
        for _ in range(MOVES):
            there = _moves(best, stride)
            there = there[good(there)]
            costs = cost(there)
            if not len(there) or costs.min() >= least - 1e-9:
                break
            best, least = there[int(np.argmin(costs))], float(costs.min())
    return best


def _moves(bundle: np.ndarray, stride: float) -> np.ndarray:
    """float64[n, d]: one lever a stride up or down, to its least or its most; one up and another down."""
    one = np.eye(len(bundle))
    up_and_down = (one[:, None] - one[None]).reshape(-1, len(bundle))
    found = [bundle + stride * move for move in (one, -one, up_and_down)]
    ends = [np.where(one > 0, end, bundle) for end in (0.0, 1.0)]
    return np.asarray(np.clip(np.vstack([*found, *ends]), 0.0, 1.0))


def _run(simulate: Simulate, ledger: Ledger, bundles: np.ndarray, worlds: Sequence[int]) -> None:
    slack, cost = simulate(bundles, list(worlds))
    for i, bundle in enumerate(bundles):
        ledger.add(bundle, slack[i], cost[i], searched=True)


def _promising(ledger: Ledger, many: np.ndarray, needed: float, n: int) -> np.ndarray:
    """The cheapest by the model at several chances about what is needed, no two alike; at least the likeliest one."""
    likely, costly = fit_chance(ledger), fit_cost(ledger)
    chance, cost = likely(many), costly(many)
    chosen: list[np.ndarray] = []
    for bar in np.linspace(needed - 0.1, min(0.99, needed + 0.1), n):
        good = np.flatnonzero(chance >= bar)
        order = good[np.argsort(cost[good], kind="stable")] if len(good) else np.argsort(-chance, kind="stable")
        far = (i for i in order if all(np.abs(many[i] - c).max() > 0.03 for c in [*chosen, *ledger.bundles]))
        start = many[next(far, order[0])]
        best = polished(start, costly, _as_likely(likely, float(bar))) if len(good) else start
        chosen.append(best if all(np.abs(best - c).max() > 0.03 for c in [*chosen, *ledger.bundles]) else start)
    return np.array(chosen)


def _as_likely(likely: Callable[[np.ndarray], np.ndarray], bar: float) -> Callable[[np.ndarray], np.ndarray]:
    """Whether bundles are at least so likely, by the model."""
    return lambda some: np.asarray(likely(some) >= bar)


def _certify(
    simulate: Simulate,
    ledger: Ledger,
    many: np.ndarray,
    needed: float,
    budget: Budget,
    said: Callable[[str, Ledger], None],
    alpha: float,
) -> list[Tested]:
    tested: list[Tested] = []
    margin = max(budget.margin, certifiable(needed, Looks(budget.batch, budget.most_fresh), alpha) - needed)
    left, least = budget.most_fresh * budget.candidates, min(budget.most_fresh, fewest_worlds(needed, alpha))
    while left >= least:
        bar = min(0.995, needed + margin)
        bundle = _choose(ledger, many, needed, bar, tested, budget, last_chance=left < 2 * least)
        if bundle is None:
            break
        near = fit_chance(ledger)(bundle[None])[0] <= bar + budget.margin
        looks = Looks(budget.batch, min(left, budget.most_fresh))
        tested.append(trial(simulate, bundle, needed, looks, budget.search_worlds, _best(tested), alpha, ledger))
        left -= tested[-1].verdict.worlds
        said(f"bundle {len(tested)} {tested[-1].verdict.word}", ledger)
        if tested[-1].verdict.word != "certified":
            margin = min(margin + 0.02, 0.15)
        elif near:  # one that was thought far surer than asked says nothing of the margin
            margin /= 2
    return tested


def _choose(
    ledger: Ledger,
    many: np.ndarray,
    needed: float,
    bar: float,
    tested: Sequence[Tested],
    budget: Budget,
    last_chance: bool,
) -> np.ndarray | None:
    """What to test next. Nothing certified: the model's choice, or the surest if it failed too often; else one cheaper."""
    if not any(t.verdict.word == "certified" for t in tested):
        sure = _surest(ledger, tested) if last_chance or len(tested) >= budget.patience else None
        if sure is None and len(tested) > budget.patience and all(t.verdict.word == "rejected" for t in tested):
            return None  # the surest too: out of reach
        return _next(ledger, many, bar, tested, budget) if sure is None else sure
    ways = [lambda: _next(ledger, many, bar, tested, budget), lambda: _halfway(ledger, tested, budget, needed)]
    for way in ways if len(tested) % 2 == 0 else ways[::-1]:
        bundle = way()
        if bundle is not None:
            return bundle
    return None


def _surest(ledger: Ledger, tested: Sequence[Tested]) -> np.ndarray | None:
    """The bundle of the search with most slack; None once it was tested."""
    rows = [i for i, searched in enumerate(ledger.searched) if searched]
    best = ledger.bundles[max(rows, key=lambda i: ledger.slack[i])]
    return best if _unlike(best, tested) else None


def _halfway(ledger: Ledger, tested: Sequence[Tested], budget: Budget, needed: float) -> np.ndarray | None:
    """Between the cheapest certified and what came nearest without; None where that would save too little."""
    passed = _best(tested)
    failed = [t for t in tested if passed and t.verdict.word != "certified" and t.cost < passed.cost]
    if passed is None or not failed:
        return None
    nearest = max(failed, key=lambda t: t.verdict.share)
    part = (
        0.25 if nearest.verdict.share >= needed else 0.5
    )  # it met the goal as often as asked, and was not certified: it takes little
    bundle = nearest.bundle + part * (passed.bundle - nearest.bundle)
    cheaper = fit_cost(ledger)(bundle[None])[0] < passed.cost * (1 - budget.worth_trying)
    return bundle if cheaper and _unlike(bundle, tested) else None


def _unlike(bundle: np.ndarray, tested: Sequence[Tested]) -> bool:
    return all(np.abs(bundle - t.bundle).max() > 0.01 for t in tested)


def _next(ledger: Ledger, many: np.ndarray, bar: float, tested: Sequence[Tested], budget: Budget) -> np.ndarray | None:
    """The cheapest bundle likely enough, clearly cheaper than one certified, unlike those tested; else None."""
    likely, costly = fit_chance(ledger), fit_cost(ledger)
    chance, cost = likely(many), costly(many)
    passed = [t.cost for t in tested if t.verdict.word == "certified"]
    good = np.flatnonzero(chance >= bar)
    if passed:
        good = good[cost[good] < min(passed) * (1 - budget.worth_trying)]
    elif not len(good):
        good = np.array([int(np.argmax(chance))])
    for i in good[np.argsort(cost[good], kind="stable")]:
        if _unlike(many[i], tested):
            best = polished(many[i], costly, _as_likely(likely, bar))
            return np.asarray(best if _unlike(best, tested) else many[i])
    return None


def _best(tested: Sequence[Tested]) -> Tested | None:
    """The cheapest that is certified."""
    return min((t for t in tested if t.verdict.word == "certified"), key=lambda t: t.cost, default=None)


def trial(
    simulate: Simulate,
    bundle: np.ndarray,
    needed: float,
    looks: Looks,
    first: int,
    best: Tested | None = None,
    alpha: float = ALPHA,
    ledger: Ledger | None = None,
) -> Tested:
    """Fresh worlds, from the number `first` on, in batches until the verdict is clear, or it will hardly be certified (which spoils
    no certificate). `best`: certified before in the same worlds. What is run is told to the `ledger`."""
    met, costs = np.zeros(0, dtype=bool), np.zeros(0)
    for end in looks.ends:
        slack, cost = simulate(bundle[None], list(range(first + len(met), first + end)))
        if ledger is not None:
            ledger.add(bundle, slack[0], cost[0], searched=False)
        met, costs = np.concatenate([met, slack[0] >= 0]), np.concatenate([costs, cost[0]])
        if word(int(met.sum()), end, needed, looks, alpha) != "open" or not _may_yet(met, best, needed, looks, alpha):
            break
    low, high = np.quantile(costs, (0.1, 0.9))
    verdict = judge(int(met.sum()), len(met), needed, looks, alpha)
    return Tested(bundle, met, verdict, float(np.mean(costs)), float(low), float(high))


def _may_yet(met: np.ndarray, best: Tested | None, needed: float, looks: Looks, alpha: float) -> bool:
    """Whether the worlds left may certify it still; or it is so far off as to be ruled out soon."""
    share, error = _expected(met, best)
    left = max(1, looks.most - len(met))
    takes = (certifiable(needed, looks, alpha) * looks.most - met.sum()) / left
    spread = np.hypot(error, np.sqrt(share * (1 - share) / left))
    return share < needed - NEAR or bool(share + HOPE * spread >= takes)


def _expected(met: np.ndarray, best: Tested | None) -> tuple[float, float]:
    """(share of other worlds in which it would meet the goal, standard error), from its first ones. Those are lucky or unlucky for
    every bundle, so where one is certified that was run in more: that one's share and the difference in the same worlds."""
    n = len(met)
    if best is None or len(best.met) <= n:
        return float(met.mean()), float(met.std() / np.sqrt(n))
    more = met.astype(float) - best.met[:n]
    error = np.hypot(more.std() / np.sqrt(n), best.met.std() / np.sqrt(len(best.met)))
    return float(np.clip(best.met.mean() + more.mean(), 0, 1)), float(error)
