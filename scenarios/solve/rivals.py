"""The same policies under rival accounts of how things are: which is best under each, and what choosing wrong costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenarios.solve.frontier import Report
from scenarios.solve.goal import Goal
from scenarios.solve.runs import COLUMNS, Runs
from sim.levers import BY_NAME

WORLDS = 12
RIVALS: tuple[tuple[str, dict[str, float], str], ...] = (
    ("as assumed", {}, ""),
    ("wants are short (20 weeks)", {"want_length_weeks": 20.0}, ""),
    ("wants are long (80 weeks)", {"want_length_weeks": 80.0}, ""),
    ("online support does not count", {}, "available_offline"),
    ("little unfunded support exists", {"groups_per_place": 1.0}, ""),
    ("much unfunded support exists", {"groups_per_place": 9.0}, ""),
    ("hearing brings no further wants", {"voiced_rate": 0.0}, ""),
    ("hearing brings many further wants", {"voiced_rate": 0.3}, ""),
)
"""(in words, parameters held, outcome that counts instead). Ends of the priors in calibration/evidence/parameters.csv."""


@dataclass(frozen=True)
class Robustness:
    """`met[rival, policy]` share of worlds that meet the goal, `cost[rival, policy]` GBP per adult per year.

    `best[rival]`: the cheapest policy that meets it in enough worlds, -1 for none (then the likeliest is
    compared). `regret_points`, `regret_gbp` [rival, policy]: how much less often it meets the goal, and how
    much more it costs, than the best under that rival.
    """

    rivals: tuple[str, ...]
    bundles: tuple[np.ndarray, ...]
    met: np.ndarray
    cost: np.ndarray
    best: tuple[int, ...]
    regret_points: np.ndarray
    regret_gbp: np.ndarray
    first_steps: tuple[str, ...]


def candidates(report: Report) -> list[np.ndarray]:
    """The answer, its tier, what was tested, the frontier and the ceilings; no two alike."""
    found = [report.found.bundle] if report.found else []
    found += [*report.tier, *(t.bundle for t in report.answer.tested)]
    found += [s.point.bundle for s in report.steps if s.point] + [report.ceilings[-1].bundle]
    kept: list[np.ndarray] = []
    for bundle in found:
        if all(np.abs(bundle - other).max() > 0.02 for other in kept):
            kept.append(bundle)
    return kept[:8]


def robustness(
    goal: Goal, report: Report, folder: Path, workers: int = 0, tell: Callable[[float], None] | None = None
) -> Robustness:
    """Each candidate under each rival, in worlds of its own."""
    bundles = np.array(candidates(report))
    met, cost = (np.zeros((len(RIVALS), len(bundles))) for _ in range(2))
    worlds = range(5000, 5000 + WORLDS)
    for i, (_, fixed, outcome) in enumerate(RIVALS):
        with Runs(goal, folder, workers, fixed) as runs:
            found = runs.columns(bundles, worlds)
        name = outcome or goal.file.goal.outcome
        met[i] = (found[..., COLUMNS.index(name)] >= goal.file.goal.level).mean(axis=1)
        cost[i] = found[..., COLUMNS.index("gbp_per_adult_year")].mean(axis=1)
        if tell:
            tell((i + 1) / len(RIVALS))
    return _compare(goal, bundles, met, cost)


def _compare(goal: Goal, bundles: np.ndarray, met: np.ndarray, cost: np.ndarray) -> Robustness:
    needed = goal.file.goal.worlds
    best = tuple(_best(m, c, needed) for m, c in zip(met, cost, strict=True))
    chosen = [b if b >= 0 else int(np.argmax(m)) for b, m in zip(best, met, strict=True)]
    rows = np.arange(len(met))
    points = np.maximum(0.0, np.minimum(met[rows, chosen], needed)[:, None] - met)
    return Robustness(tuple(name for name, _, _ in RIVALS), tuple(bundles), met, cost, best, points,
                      cost - cost[rows, chosen][:, None], _first_steps(goal, bundles[sorted(set(chosen))]))


def _best(met: np.ndarray, cost: np.ndarray, needed: float) -> int:
    good = np.flatnonzero(met >= needed)
    return int(good[np.argmin(cost[good])]) if len(good) else -1


def _first_steps(goal: Goal, bundles: np.ndarray) -> tuple[str, ...]:
    """What every best policy does: each lever at the least of them, where that is beyond today."""
    steps = []
    for i, span in enumerate(goal.spans):
        least = span.at(float(bundles[:, i].min()))
        if not span.choice and least > BY_NAME[span.lever].today * 1.1 + 1e-9:
            steps.append(f"{span.lever} to at least {least:.3g} (today {BY_NAME[span.lever].today:g})")
    return tuple(steps)


def signposts(result: Robustness) -> Sequence[str]:
    """Which rival, if it turns out to be so, asks for more than the first policy gives."""
    return [
        f"If {rival}, the first policy meets the goal in {result.met[i, 0]:.0%} of worlds: look for it, and go further."
        for i, rival in enumerate(result.rivals) if i and result.regret_points[i, 0] > 0.1
    ]  # fmt: skip
