"""The points of a design: every one a value for each thing that is varied, in one order that never depends on the machine."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scenarios.sweeps.plan import GRID, ONE, SOBOL, Plan
from scenarios.sweeps.vary import Value
from sim.errors import UserError

MOST_POINTS = 200_000
MOST_WORLDS = 5_000_000


@dataclass(frozen=True)
class Point:
    """One point. `values`: one for each thing varied; None where it stays as it is. `varied`: the one that differs, if one alone."""

    number: int
    values: tuple[Value | None, ...]
    varied: str = ""


def count(plan: Plan) -> int:
    """How many points, without making them."""
    sizes = [len(one.values) for one in plan.axes]
    return plan.points if plan.sampled else math.prod(sizes) if plan.design == GRID else 1 + sum(sizes)


def must_be_possible(plan: Plan, worlds: int) -> None:
    """Raises UserError for more points, or worlds in all, than a sweep can be. `worlds`: of one point under one policy."""
    points = count(plan)
    total = points * len(plan.scenarios) * worlds
    if points > MOST_POINTS or total > MOST_WORLDS:
        raise UserError(
            "the plan is too large for one sweep",
            key="--vary",
            rule=f"at most {MOST_POINTS:,} points and {MOST_WORLDS:,} worlds in all",
            got=f"{points:,} points, {total:,} worlds",
            try_="fewer values or --draws; or --design sobol --points 1024",
        )


def points(plan: Plan, seed: int) -> Iterator[Point]:
    """Every point in order. `seed` decides those that are drawn."""
    if plan.sampled:
        for number, row in enumerate(_drawn(plan, seed)):
            yield Point(number, tuple(one.at(u) for one, u in zip(plan.axes, row, strict=True)))
    elif plan.design == ONE:
        yield from _one_at_a_time(plan)
    else:
        for number, values in enumerate(itertools.product(*(one.values for one in plan.axes))):
            yield Point(number, values)


def _one_at_a_time(plan: Plan) -> Iterator[Point]:
    """Everything as it is, then each value of each thing with the others as they are."""
    as_is: list[Value | None] = [None] * len(plan.axes)
    yield Point(0, tuple(as_is))
    pairs = [(k, value) for k, one in enumerate(plan.axes) for value in one.values]
    for number, (k, value) in enumerate(pairs, 1):
        yield Point(number, tuple(as_is[:k] + [value] + as_is[k + 1 :]), plan.axes[k].name)


def _drawn(plan: Plan, seed: int) -> np.ndarray:
    """float64[points, axes] in [0, 1)."""
    from scipy.stats import qmc

    kind = qmc.Sobol if plan.design == SOBOL else qmc.LatinHypercube
    rows: np.ndarray = kind(len(plan.axes), seed=np.random.default_rng([seed, 16])).random(plan.points)
    return rows
