"""The same policies under rival accounts of how things are: which is best under each, and what choosing wrong costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenarios.questions.solve.columns import COST, pick
from scenarios.questions.solve.frontier import Report
from scenarios.questions.solve.goal import Goal, Span
from scenarios.questions.solve.runs import Runs
from scenarios.reading.course import word
from scenarios.reading.rivals import RIVALS, Rival
from scenarios.running.pool import Pool, cores
from sim.numbers.levers import BY_NAME

FIRST = 9_000
"""First of the worlds of the rivals: beyond any that search or certificate uses, and within what a person's key has room for."""


MOST = 4
"""Policies compared at most."""


@dataclass(frozen=True)
class Robustness:
    """`met[rival, policy]` share of worlds that meet the goal, `cost[rival, policy]` GBP per adult per year.

    `best[rival]`: the cheapest policy that meets it in enough worlds, -1 for none; `compared[rival]` is that one, else
    the likeliest. `regret_points`, `regret_gbp` [rival, policy]: how much less often it meets the goal, and how
    much more it costs, than the one compared.
    """

    rivals: tuple[str, ...]
    signs: tuple[str, ...]
    bundles: tuple[np.ndarray, ...]
    met: np.ndarray
    cost: np.ndarray
    best: tuple[int, ...]
    compared: tuple[int, ...]
    regret_points: np.ndarray
    regret_gbp: np.ndarray
    first_steps: tuple[str, ...]

    def kept(self) -> list[int]:
        """The policies worth showing: the answer, and the best (or likeliest) under each rival."""
        return sorted({0, *self.compared})


def candidates(report: Report) -> list[np.ndarray]:
    """The answer, its tier, what was tested, the frontier and everything at its most; no two alike."""
    found = [report.found.bundle] if report.found else []
    found += [*report.tier, *(t.bundle for t in report.answer.tested)]
    found += [*(s.point.bundle for s in report.steps), report.ceilings[-1].bundle]
    kept: list[np.ndarray] = []
    for bundle in found:
        if all(np.abs(bundle - other).max() > 0.02 for other in kept):
            kept.append(bundle)
    return kept[:MOST]


def robustness(
    goal: Goal, report: Report, folder: Path, workers: int = 0, tell: Callable[[float], None] | None = None
) -> Robustness:
    """Each candidate under each rival, in worlds of its own. `tell(share done)`; an exception from it stops."""
    bundles, said = np.array(candidates(report)), tell or (lambda done: None)
    with (
        Pool(workers, threads=True) as shared,
        ThreadPoolExecutor(workers or cores()) as pool,
    ):  # a rival each, all its worlds at once
        waiting = [
            pool.submit(_under, rival, goal, bundles, folder / "rivals" / str(i), shared)
            for i, rival in enumerate(RIVALS)
        ]
        try:
            for done, one in enumerate(as_completed(waiting), 1):
                one.result()
                said(done / len(RIVALS))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    met, cost = (np.array(rows) for rows in zip(*(one.result() for one in waiting), strict=True))
    return compare(goal, bundles, met, cost)


def _under(rival: Rival, goal: Goal, bundles: np.ndarray, folder: Path, pool: Pool) -> tuple[np.ndarray, np.ndarray]:
    """(share of worlds that meet the goal, mean GBP per adult per year) of each policy under one rival."""
    with Runs(goal, folder, 1, rival.fixed(), pool=pool) as runs:
        found = runs.columns(bundles, range(FIRST, FIRST + goal.file.search.rival_worlds))
        return runs.met(found).mean(axis=1), pick(found, COST).mean(axis=1)


def compare(goal: Goal, bundles: np.ndarray, met: np.ndarray, cost: np.ndarray) -> Robustness:
    """The best under each rival, and regrets."""
    needed = goal.file.goal.worlds
    best = tuple(_best(m, c, needed) for m, c in zip(met, cost, strict=True))
    compared = tuple(b if b >= 0 else int(np.argmax(m)) for b, m in zip(best, met, strict=True))
    rows = np.arange(len(met))
    points = np.maximum(0.0, np.minimum(met[rows, compared], needed)[:, None] - met)
    return Robustness(
        tuple(r.name() for r in RIVALS),
        tuple(r.sign for r in RIVALS),
        tuple(bundles),
        met,
        cost,
        best,
        compared,
        points,
        cost - cost[rows, compared][:, None],
        first_steps(goal, bundles[sorted(set(compared))]),
    )


def _best(met: np.ndarray, cost: np.ndarray, needed: float) -> int:
    good = np.flatnonzero(met >= needed)
    return int(good[np.argmin(cost[good])]) if len(good) else -1


def first_steps(goal: Goal, bundles: np.ndarray) -> tuple[str, ...]:
    """What every best policy does: each number at the least of them, each choice where all agree, if it is beyond today."""
    found = [_step(span, bundles[:, i]) for i, span in enumerate(goal.spans)]
    return tuple(step for step in found if step)


def _step(span: Span, column: np.ndarray) -> str:
    values, today = [span.at(float(u)) for u in column], BY_NAME[span.lever].today
    if span.choice:
        agreed = len(set(values)) == 1 and values[0] != today
        return f"{span.lever} {word(span.lever, values[0])} (today {word(span.lever, today)})" if agreed else ""
    least = min(values)
    return f"{span.lever} at least {least:.3g} (today {today:g})" if least > today * 1.1 + 1e-9 else ""


def signposts(result: Robustness) -> Sequence[str]:
    """How one would know that a rival holds under which the first policy falls short, and what then."""
    said = []
    for i, rival in enumerate(result.rivals):
        if i and result.met[i, 0] < result.met[0, 0] - 0.1 and result.signs[i]:
            then = f"go on to policy {result.best[i] + 1}" if result.best[i] >= 0 else "no policy here is enough"
            said.append(
                f"If {result.signs[i]}: {rival}. Policy 1 then meets the goal in {result.met[i, 0]:.0%} of worlds "
                f"(as assumed: {result.met[0, 0]:.0%}); {then}."
            )
    return said
