"""When does a policy fail? Boxes of inputs where it mostly does, found on some runs and tested on others.

PRIM by hand (Friedman and Fisher 1999; for scenario discovery Bryant and Lempert 2010): from the whole cube, peel
off the twentieth of the rows at one end of one input that leaves the highest share of cases; go on while enough
rows are left; of all boxes passed, take the one that stands out most from luck; paste back what was peeled for
nothing; give up each limit that luck could explain (quasi-p). Every box is then tested on fresh rows, which no
step above has seen, and is a rule only if it holds there. Coverage: share of all cases that lie in the box.
Density: share of the box that are cases.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.questions.rows import Ask, Question, check_outcome
from sim.errors import UserError
from sim.results.words import number

PEEL = 0.05
"""Share of the box's rows taken off in one step: patient peeling (0.05 to 0.1 in the literature)."""
LEAST_MASS = 0.05
LEAST_ROWS = 60
"""Rows below which nothing is looked for (judgement): a box of the least mass would hold three."""
LEAST_INSIDE = 12
LEAST_CASES = 10
"""Cases, and others, without which there is nothing to tell apart (judgement)."""
MOST_RULES = 3
QUASI_P = 0.05
FALSE_RULE = 0.03
"""How often pure noise may bring any rule, over all the boxes tried: each is tested on fresh rows at its part of it."""


@dataclass(frozen=True)
class Step:
    """A box float64[d, 2] on the way, and how it did on the rows it was found on."""

    box: np.ndarray
    coverage: float
    density: float
    mass: float


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, with exact 95% limits (Clopper and Pearson)."""

    part: int
    whole: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Rule:
    """A box that held on fresh rows. `quasi_p` of each limit (input, 0 low or 1 high); `p`: of the fresh test."""

    box: np.ndarray
    quasi_p: dict[tuple[int, int], float]
    coverage: Share
    density: Share
    elsewhere: Share
    mass: float
    p: float


@dataclass(frozen=True)
class Discovered:
    """Rules, how many boxes failed the fresh test, and the path of the first box; `together`: coverage of all rules."""

    rules: tuple[Rule, ...]
    refused: int
    path: tuple[Step, ...]
    together: Share
    cases: Share


@dataclass(frozen=True)
class Aim:
    """When it works: the outcome at least, or at most, a number."""

    outcome: str
    at_least: float | None
    at_most: float | None

    def works(self, y: np.ndarray) -> np.ndarray:
        """bool[rows]."""
        return np.asarray(y <= self.at_most if self.at_most is not None else y >= self.at_least)

    def words(self, signed: bool) -> str:
        """The bar in words."""
        word, bar = ("at most", self.at_most) if self.at_most is not None else ("at least", self.at_least)
        return f"{word} {number(self.outcome, bar or 0.0, signed)}"

    def check(self) -> None:
        """Raises UserError unless there is one bar, a number."""
        check_outcome(self.outcome)
        bars = [bar for bar in (self.at_least, self.at_most) if bar is not None]
        if len(bars) != 1 or not math.isfinite(bars[0]):
            raise UserError(
                "say when it works",
                key="--at-least",
                rule="one of --at-least and --at-most, a number (shares: 0 to 1)",
                got=", ".join(str(bar) for bar in bars) or "neither",
                try_="--at-least 0.3, or with --against: --at-least 0.05",
            )


@dataclass(frozen=True)
class Looked:
    """What was found. `failing`: whether rules say where it fails (the rarer side) or where it works."""

    question: Question
    aim: Aim
    rows: int
    fresh: int
    failing: bool
    found: Discovered
    cases: int


FOUND_ON, TESTED_ON = 1, 10_001
"""Worlds of the rows that rules are found on, and of the fresh ones, are counted from here."""
Limits = dict[tuple[int, int], float]


def rows_for(ask: Ask, inputs: int, rows: int, replicates: int, seed: int, first: int) -> tuple[np.ndarray, np.ndarray]:
    """(units float64[rows, inputs], outcome float64[rows], replicates averaged) of independent draws of the prior."""
    units = np.random.default_rng([seed, first]).random((rows, inputs))
    return units, ask(units, range(first, first + rows), replicates).mean(axis=1)


def discover(units: np.ndarray, cases: np.ndarray, fresh: np.ndarray, fresh_cases: np.ndarray) -> Discovered:
    """Rules for bool[n] cases at rows float64[n, d] of the unit cube, tested on fresh rows. No rule is an answer."""
    rules: list[Rule] = []
    refused, left = 0, np.ones(len(units), bool)
    path: tuple[Step, ...] = ()
    for _ in range(MOST_RULES):
        if not enough(cases[left]):
            break
        steps = peel(units[left], cases[left])
        path = path or tuple(steps)
        box, quasi = shaped(steps, units[left], cases[left])
        if not quasi:
            break
        rule = on_fresh(box, quasi, fresh, fresh_cases, [r.box for r in rules])
        if rule.p > FALSE_RULE / MOST_RULES:
            refused = 1
            break
        rules.append(rule)
        left &= ~inside(box, units)
    held = np.any([inside(r.box, fresh) for r in rules], axis=0) if rules else np.zeros(len(fresh), bool)
    return Discovered(tuple(rules), refused, path, share(held[fresh_cases]), share(fresh_cases))


def enough(cases: np.ndarray) -> bool:
    """Whether there are cases and others to tell apart."""
    return bool(min(cases.sum(), (~cases).sum()) >= LEAST_CASES)


def inside(box: np.ndarray, units: np.ndarray) -> np.ndarray:
    """bool[n]: rows float64[n, d] in a box float64[d, 2]."""
    return np.asarray(((units >= box[:, 0]) & (units <= box[:, 1])).all(axis=1))


def whole(inputs: int) -> np.ndarray:
    """The box that is the whole unit cube."""
    return np.column_stack([np.zeros(inputs), np.ones(inputs)])


def step_at(box: np.ndarray, units: np.ndarray, cases: np.ndarray) -> Step:
    """How a box does on some rows."""
    held = inside(box, units)
    return Step(
        box,
        float(cases[held].sum() / max(1, cases.sum())),
        float(cases[held].mean()) if held.any() else 0.0,
        float(held.mean()),
    )


def peel(units: np.ndarray, cases: np.ndarray) -> list[Step]:
    """Boxes from the whole cube down to the least mass, each within the one before."""
    box, least = whole(units.shape[1]), max(LEAST_INSIDE, LEAST_MASS * len(units))
    steps = [step_at(box, units, cases)]
    while True:
        held = inside(box, units)
        tries = [
            (cases[held & inside(one, units)].mean(), one)
            for one in _peels(box, units[held])
            if (held & inside(one, units)).sum() >= least
        ]
        if not tries:
            return steps
        box = max(tries, key=lambda t: float(t[0]))[1]
        steps.append(step_at(box, units, cases))


def _peels(box: np.ndarray, held: np.ndarray) -> list[np.ndarray]:
    """The box with PEEL of its rows taken off at either end of each input, halfway between two rows."""
    order = np.sort(held, axis=0)
    off = max(1, round(PEEL * len(held)))
    found = []
    for j in range(held.shape[1] if len(held) > off else 0):
        for side, cut in ((0, (order[off - 1, j] + order[off, j]) / 2), (1, (order[-off, j] + order[-off - 1, j]) / 2)):
            one = box.copy()
            one[j, side] = cut
            found.append(one)
    return found


def standing_out(step: Step, usual: float) -> float:
    """How far a box stands out from luck: density beyond the usual, times the root of the mass."""
    return (step.density - usual) * step.mass**0.5


def best(steps: Sequence[Step]) -> np.ndarray:
    """The box that stands out most."""
    return max(steps, key=lambda step: standing_out(step, steps[0].density)).box


def shaped(steps: Sequence[Step], units: np.ndarray, cases: np.ndarray) -> tuple[np.ndarray, Limits]:
    """The best box, pasted and simplified; peeled again on the inputs that it kept, if that stands out more."""
    one, limits = simplify(paste(best(steps), units, cases), units, cases)
    kept = sorted({j for j, _ in limits})
    if not kept:
        return one, limits
    two, again = whole(units.shape[1]), peel(units[:, kept], cases)
    two[kept] = paste(best(again), units[:, kept], cases)
    two, fewer = simplify(two, units, cases)
    usual = float(cases.mean())
    better = standing_out(step_at(two, units, cases), usual) > standing_out(step_at(one, units, cases), usual)
    return (two, fewer) if better else (one, limits)


def paste(box: np.ndarray, units: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """Widen each limit by a few rows at a time while the density does not fall."""
    grown = True
    while grown:
        grown = False
        now = step_at(box, units, cases)
        for j in range(len(box)):
            for side in (0, 1):
                wide = _widened(box, units, j, side)
                if (
                    wide is not None
                    and (then := step_at(wide, units, cases)).density >= now.density
                    and then.mass > now.mass
                ):
                    box, now, grown = wide, then, True
    return box


def _widened(box: np.ndarray, units: np.ndarray, j: int, side: int) -> np.ndarray | None:
    """The box with PEEL of its rows more at one end of one input; None where it ends already."""
    open_, end = box.copy(), float(side)
    if box[j, side] == end:
        return None
    open_[j, side] = end
    beyond = units[inside(open_, units) & ~inside(box, units), j]
    more = max(1, round(PEEL * inside(box, units).sum()))
    wide = box.copy()
    order = np.sort(beyond) if side else np.sort(beyond)[::-1]
    wide[j, side] = end if len(order) <= more else (order[more - 1] + order[more]) / 2
    return wide


def simplify(box: np.ndarray, units: np.ndarray, cases: np.ndarray) -> tuple[np.ndarray, Limits]:
    """Give up limits that luck could explain, weakest first: (box, quasi-p of each limit left)."""
    ends = whole(len(box))
    while True:
        found = {(int(j), int(k)): quasi_p(box, int(j), int(k), units, cases) for j, k in np.argwhere(box != ends)}
        if not found or max(found.values()) <= QUASI_P:
            return box, found
        box = box.copy()
        weakest = max(found, key=lambda limit: found[limit])
        box[weakest] = ends[weakest]


def quasi_p(box: np.ndarray, j: int, side: int, units: np.ndarray, cases: np.ndarray) -> float:
    """Chance of as many cases in the box if one limit did nothing (binomial; Bryant and Lempert 2010)."""
    from scipy.stats import binom

    open_ = box.copy()
    open_[j, side] = side
    held, usual = inside(box, units), float(cases[inside(open_, units)].mean())
    return float(binom.sf(cases[held].sum() - 1, held.sum(), usual))


def on_fresh(
    box: np.ndarray, quasi: Limits, fresh: np.ndarray, cases: np.ndarray, earlier: Sequence[np.ndarray]
) -> Rule:
    """The box on fresh rows outside earlier rules; p by Fisher's exact test, one-sided."""
    from scipy.stats import fisher_exact

    held = inside(box, fresh)
    left = ~np.any([inside(other, fresh) for other in earlier], axis=0) if earlier else np.ones(len(fresh), bool)
    table = [[int((cases & left & side).sum()), int((~cases & left & side).sum())] for side in (held, ~held)]
    p = float(fisher_exact(table, alternative="greater").pvalue)
    return Rule(box, quasi, share(held[cases]), share(cases[held]), share(cases[~held]), float(held.mean()), p)


def share(those: np.ndarray) -> Share:
    """The share of bool[n] that is true, with its limits; 0 to 1 where there is none to count."""
    from scipy.stats import beta

    part, n = int(those.sum()), len(those)
    low = float(beta.ppf(0.025, part, n - part + 1)) if part else 0.0
    high = float(beta.ppf(0.975, part + 1, n - part)) if part < n else 1.0
    return Share(part, n, part / n if n else float("nan"), low, high)
