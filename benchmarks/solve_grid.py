"""`solve` against exhaustive search on a grid of three levers, with the real model. `python -m benchmarks.solve_grid [--record]`

Small, so that the grid can be run at all: one neighbourhood of 1,000 adults, one year after two of burn-in. Every
point of a 6 x 6 x 6 grid is run in the same worlds; the cheapest ones are then run in many more, in order of cost,
until one truly meets the goal. `solve` has worlds of its own. Asserted by `pytest -m statistical tests/scenarios/questions/test_solve_grid.py`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.record import record, table
from scenarios.questions.solve.certify import Looks, certifiable
from scenarios.questions.solve.columns import COST, pick
from scenarios.questions.solve.goal import Goal, load_goal
from scenarios.questions.solve.runs import Runs
from scenarios.questions.solve.search import Budget, search

LEVELS, GRID_WORLDS, TRUE_WORLDS, LEAST = 6, 150, 1000, 0.8
"""Values of each lever on the grid; worlds of each of its points; worlds that decide what truly holds; share needed."""
BUDGET = Budget(bundles=40, search_worlds=20, rounds=4, each_round=6, batch=100, most_fresh=1600, candidates=3)
SURE = certifiable(LEAST, Looks(BUDGET.batch, BUDGET.most_fresh))
"""Nothing that truly holds in fewer worlds is likely to be certified."""
GRID_FIRST, TRUE_FIRST, SOLVE_FIRST = 0, 1_000, 4_000
SIZE = (("burn_in", 104),)
TEXT = f"""
name = "grid"
question = "What is the cheapest way to reach these wants?"
[goal]
level = 0.225
worlds = {LEAST}
[levers]
directory = [0.1, 1.0]
online_places = [6, 120]
group_founding = [1.0, 6.0]
[run]
people = 1000
place_size = 1000
years = 1
"""


@dataclass(frozen=True)
class Found:
    """One way of searching: the policy (a point of the unit cube), its true cost and share of worlds, and the runs it took."""

    bundle: np.ndarray
    gbp: float
    share: float
    runs: int


def goal() -> Goal:
    """The goal of the benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grid.toml"
        path.write_text(TEXT, encoding="utf-8")
        return replace(load_goal(path), size=SIZE)


def truth(runs: Runs, bundle: np.ndarray) -> tuple[float, float]:
    """(GBP per adult per year, share of worlds that meet the goal) in the worlds that decide."""
    slack, cost = runs(bundle[None], range(TRUE_FIRST, TRUE_FIRST + TRUE_WORLDS))
    return float(cost.mean()), float((slack >= 0).mean())


def exhaustive(runs: Runs, least: float) -> Found:
    """Every point of the grid; then the cheapest in order until one meets the goal in at least so many of the worlds that
    decide. RuntimeError where none does."""
    grid = np.array(list(product(np.linspace(0, 1, LEVELS), repeat=3)))
    found = runs.columns(grid, range(GRID_FIRST, GRID_FIRST + GRID_WORLDS))
    share, cost = runs.met(found).mean(axis=1), pick(found, COST).mean(axis=1)
    near = np.flatnonzero(
        share >= least - 0.05
    )  # a point 5 points short in so many worlds is hardly ever one that meets it
    for i in near[np.argsort(cost[near], kind="stable")]:
        gbp, true_share = truth(runs, grid[i])
        if true_share >= least:
            return Found(grid[i], gbp, true_share, len(grid) * GRID_WORLDS)
    raise RuntimeError("no point of the grid meets the goal")


def solved(runs: Runs, seed: int) -> Found | None:
    """What `solve` certifies, in worlds that neither the grid nor the truth uses; None where it certifies none."""
    first = SOLVE_FIRST + (seed - 1) * (BUDGET.search_worlds + BUDGET.most_fresh)
    answer = search(lambda bundles, worlds: runs(bundles, [first + n for n in worlds]), 3, LEAST, BUDGET, seed)
    if answer.found is None:
        return None
    return Found(answer.found.bundle, *truth(runs, answer.found.bundle), answer.runs)


@dataclass(frozen=True)
class Measured:
    """The cheapest point of the grid that meets the goal, the cheapest that so many worlds could certify, the solver's for
    each seed, and GBP per adult per year of today's policy."""

    grid: Found
    sure: Found
    found: list[Found | None]
    today: float


def measure(folder: Path, workers: int, seeds: int) -> Measured:
    """Both searches, in the same model and in worlds of their own."""
    with Runs(goal(), folder, workers) as runs:
        found = [solved(runs, seed) for seed in range(1, seeds + 1)]
        return Measured(exhaustive(runs, LEAST), exhaustive(runs, SURE), found, truth(runs, np.zeros(3))[0])


def row(name: str, one: Found, grid: Found, today: float) -> list[str]:
    """A line of the table."""
    levers = ", ".join(
        f"{span.lever} {span.at(float(u)):.3g}" for span, u in zip(goal().spans, one.bundle, strict=True)
    )
    added = "" if one is grid else f"{one.gbp / grid.gbp:.3f} ({(one.gbp - today) / (grid.gbp - today):.2f})"
    return [
        name,
        levers,
        f"£{one.gbp:.2f}",
        added,
        f"{one.share:.1%}",
        f"{one.runs:,}" + ("" if one is grid else f" ({one.runs / grid.runs:.0%})"),
    ]


def lines(m: Measured, seconds: float) -> list[str]:
    """What is recorded."""
    rows = [row(f"exhaustive, {LEVELS}³ points", m.grid, m.grid, m.today)]
    rows += [row(f"the same, for {SURE:.1%} of worlds", m.sure, m.grid, m.today)]
    rows += [
        row(f"solve, seed {k}", one, m.grid, m.today) if one else [f"solve, seed {k}", "none certified", "", "", "", ""]
        for k, one in enumerate(m.found, 1)
    ]
    head = [
        "search",
        "policy",
        "£ per adult a year",
        "of the grid's (of what it adds to today's)",
        f"worlds that meet it, of {TRUE_WORLDS:,}",
        "runs",
    ]
    said = (
        f"1,000 adults, one year after {dict(SIZE)['burn_in']} weeks; availability of {goal().file.goal.level:.1%} in at least {LEAST:.0%} of worlds. "
        f"Today's policy costs £{m.today:.2f}. To certify {LEAST:.0%} in {BUDGET.most_fresh:,} worlds, {SURE:.1%} of them must meet the goal. "
        f"{seconds:.0f} CPU seconds, besides runs that a folder kept."
    )
    return [said, "", *table(head, rows)]


def main() -> None:
    """Measure, tell, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=None, help="keep the runs here, and go on with them")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(chosen.folder or Path(folder), chosen.workers, chosen.seeds)
    told = lines(measured, _cpu_seconds())
    print("\n".join(told))
    if chosen.record:
        record("solve grid", "python -m benchmarks.solve_grid --record", told)


def _cpu_seconds() -> float:
    """Of this process and its workers."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main()
