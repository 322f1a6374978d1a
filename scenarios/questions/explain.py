"""What moved the result: the change between two scenarios, shared out between levers and between gates.

By lever: Shapley values over paired runs (same people, same luck). Levers are added to the first scenario
one after the other until it is the second; what a lever adds depends on what is already there, so its share
is its mean addition over orders. With few levers that is every order (exactly, over all subsets); with more,
a fixed number of orders and their reverses, with the spread between them. Either way the shares add up to
the change, world by world. Where very many levers differ they move by group (funding, referral, supply), unless each is
asked for: 28 levers are some 220 runs, their three groups 8.

By gate: of 100 wants, how many more or fewer were lost at each gate. These too add up, to the change in
wants that succeeded, were still open or were met already.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.reading.scenario import Scenario
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import run_many
from scenarios.running.mixture import Mixture, differing
from scenarios.running.study import Study, make_shape
from sim import draws
from sim.errors import UserError
from sim.numbers.levers import BY_NAME
from sim.results import outcomes, summary
from sim.results.result import Result

MOST_EXACT = 4
"""Levers up to which every subset is run (16 runs)."""
ORDERS = 4
"""Orders sampled beyond that; each with its reverse."""
MOST_EACH = 8
"""Levers up to which each gets its share without being asked for."""
Subset = frozenset[str]
Parts = Mapping[str, tuple[str, ...]]
"""What gets a share, and the levers that move with it: a lever by itself, or a group of levers."""
Fraction = Callable[[float], None]


@dataclass(frozen=True)
class Share:
    """What one lever, or group of levers, moved: float64[worlds] of the outcome's unit; `spread` between orders (0 when exact)."""

    lever: str
    per_world: np.ndarray
    spread: float


@dataclass(frozen=True)
class Ledger:
    """The change of one outcome, by lever. `change` float64[worlds]; the shares add up to it."""

    outcome: str
    a: str
    b: str
    change: np.ndarray
    shares: tuple[Share, ...]
    runs: int
    exact: bool
    parts: Parts


def value(result: Result, outcome: str) -> np.ndarray:
    """float64[worlds] of one outcome."""
    return outcomes.BY_NAME[outcome].worlds(result)


def orders_of(names: Sequence[str], seed: int) -> list[tuple[str, ...]]:
    """Orders in which levers are added: keyed draws, each with its reverse."""
    found = []
    for k in range(ORDERS):
        luck = [draws.bits_one(seed, draws.Purpose.PARAMETER, k, draws.whog(i)) for i in range(len(names))]
        order = tuple(names[i] for i in sorted(range(len(names)), key=lambda i: (luck[i], i)))
        found += [order, order[::-1]]
    return found


def subsets_needed(names: Sequence[str], seed: int) -> list[Subset]:
    """The sets of levers to run, each once."""
    if len(names) <= MOST_EXACT:
        return [frozenset(c) for n in range(len(names) + 1) for c in itertools.combinations(names, n)]
    sets = {frozenset(order[:n]) for order in orders_of(names, seed) for n in range(len(names) + 1)}
    return sorted(sets, key=lambda s: (len(s), sorted(s)))


def shapley(names: Sequence[str], worth: dict[Subset, np.ndarray], seed: int) -> list[Share]:
    """Shares that add up to worth[all] - worth[none], float64[worlds] each."""
    if len(names) <= MOST_EXACT:
        return [Share(name, exact_share(name, names, worth), 0.0) for name in names]
    added: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for order in orders_of(names, seed):
        for n, name in enumerate(order):
            added[name].append(worth[frozenset(order[: n + 1])] - worth[frozenset(order[:n])])
    return [Share(name, np.mean(parts, axis=0), _spread(parts)) for name, parts in added.items()]


def exact_share(name: str, names: Sequence[str], worth: Mapping[Subset, np.ndarray]) -> np.ndarray:
    """The Shapley value of one of `names`: its mean addition over all orders, from the worth of every subset."""
    others = [n for n in names if n != name]
    total = np.zeros_like(next(iter(worth.values())))
    for size in range(len(others) + 1):
        weight = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(names))
        for some in itertools.combinations(others, size):
            total = total + weight * (worth[frozenset((*some, name))] - worth[frozenset(some)])
    return total


def _spread(parts: Sequence[np.ndarray]) -> float:
    """Standard error of the mean over orders, of the worlds' mean (nearly: an order and its reverse go together)."""
    pairs = [(parts[i].mean() + parts[i + 1].mean()) / 2 for i in range(0, len(parts), 2)]
    return float(np.std(pairs, ddof=1) / math.sqrt(len(pairs)))


def parts_of(names: Sequence[str], each: bool) -> Parts:
    """Each lever by itself; by group where there are very many and each was not asked for."""
    if each or len(names) <= MOST_EACH:
        return {name: (name,) for name in names}
    groups = dict.fromkeys(BY_NAME[name].group for name in names)
    together = {group: tuple(name for name in names if BY_NAME[name].group == group) for group in groups}
    return {levers[0] if len(levers) == 1 else group: levers for group, levers in together.items()}


def runs_of(a: Scenario, b: Scenario, study: Study, each: bool = False) -> int:
    """How many sets of levers an explanation runs."""
    return len(subsets_needed(list(parts_of(differing(a, b, make_shape(study).codes), each)), study.seed))


def explain(
    a: Scenario,
    b: Scenario,
    study: Study,
    outcome: str = outcomes.MAIN,
    workers: int = 0,
    progress: Fraction | None = None,
    each: bool = False,
    finished: FinishedJobs | None = None,
) -> tuple[Ledger, Result, Result]:
    """(the ledger, the result of a, the result of b). `each`: a share for each lever, however many. Raises UserError where
    nothing differs."""
    if outcome not in outcomes.askable():
        raise UserError(
            f"no outcome is called {outcome!r}",
            key="--outcome",
            rule="one of the outcomes",
            got=repr(outcome),
            try_=outcomes.GONE.get(outcome) or ", ".join(outcomes.askable()),
        )
    parts = parts_of(differing(a, b, make_shape(study).codes), each)
    names = list(parts)
    if not names:
        raise UserError(
            "the two scenarios do not differ",
            key=f"{a.name} and {b.name}",
            rule="at least one lever apart",
            got="the same levers in every week and area",
            try_="peerscale scenarios diff",
        )
    sets = subsets_needed(names, study.seed)
    worth, kept = _run(a, b, sets, study, outcome, parts, workers, progress, finished)
    change = worth[frozenset(names)] - worth[frozenset()]
    ledger = Ledger(
        outcome,
        a.title,
        b.title,
        change,
        tuple(shapley(names, worth, study.seed)),
        len(sets),
        len(names) <= MOST_EXACT,
        parts,
    )
    return ledger, *kept


def _run(
    a: Scenario,
    b: Scenario,
    sets: Sequence[Subset],
    study: Study,
    outcome: str,
    parts: Parts,
    workers: int,
    progress: Fraction | None,
    finished: FinishedJobs | None,
) -> tuple[dict[Subset, np.ndarray], tuple[Result, Result]]:
    mixtures = [Mixture(a, b, frozenset(name for part in some for name in parts[part])) for some in sets]
    worth: dict[Subset, np.ndarray] = {}
    ends: dict[Subset, Result] = {}
    for i, result in run_many(mixtures, study, workers, progress, finished):
        worth[sets[i]] = value(result, outcome)
        if sets[i] in (frozenset(), frozenset(parts)):
            ends[sets[i]] = result
    return worth, (ends[frozenset()], ends[frozenset(parts)])


def by_gate(a: Result, b: Result) -> list[tuple[str, float]]:
    """(gate or end, change in wants of 100 that stopped there). They sum to 0: every want ends somewhere."""
    return [(one.name, 100.0 * (two.share - one.share)) for one, two in summary.cascades([a, b])]
