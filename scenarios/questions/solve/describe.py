"""A policy described by the worlds it was run in: reach, money, where wants stop, who is worst off, the gate that binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.questions.solve.columns import COST, LOSSES, by_group, pick
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.needs import LINK_WORKERS, Need, needs_of
from scenarios.questions.solve.runs import OPENED, Runs
from sim.results import counts, summary
from sim.results.counts import PAYERS
from sim.results.result import LEVELS, MONEY
from sim.results.summary import GATE_WORDS, Interval
from sim.vocabulary import GATES

REACH_GATES = ("existed", "knew", "way_in", "asked", "early and room")
"""Gates of `sim.policy.relief` that come before an offer: those after it are no part of availability."""


def eighty(values: np.ndarray) -> Interval:
    """Median with the 10th and 90th percentile of the values that are numbers; NaN where none is."""
    good = values[np.isfinite(values)]
    if not len(good):
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    low, middle, high = np.quantile(good, (0.1, 0.5, 0.9))
    return Interval(float(middle), float(low), float(high), len(good))


@dataclass(frozen=True)
class Who:
    """The worst-off of all one-way groups with enough wants, and the dimension whose best and worst are furthest apart."""

    worst: str
    reached: Interval
    best_of_gap: str
    worst_of_gap: str
    gap: Interval


@dataclass(frozen=True)
class Binding:
    """The gate whose opening would gain most of the goal's outcome, and how much (a share of wants)."""

    gate: str
    opened: str
    gain: Interval


@dataclass(frozen=True)
class Point:
    """A policy run in fresh worlds; `available` is the goal's outcome. `money` GBP per adult per year by line.

    `gate`: where most wants stop, of all gates, and `gate_share` of wants do. `who` is None with no group large enough.
    `needs`: what it needs beside money, by the base policy's.
    """

    label: str
    bundle: np.ndarray
    available: Interval
    started: Interval
    better: Interval
    by_chance: Interval
    quality: Interval
    cost: Interval
    money: dict[str, float]
    gate: str
    gate_share: float
    who: Who | None
    needs: tuple[Need, ...] = ()


def point(label: str, bundle: np.ndarray, goal: Goal, runs: Runs, worlds: Sequence[int]) -> Point:
    """A policy described by its fresh worlds."""
    found = runs.columns(bundle[None], worlds)[0]
    lost = [float(pick(found, f"stopped_{i}").mean()) for i in range(len(LOSSES))]
    most = int(np.argmax(lost))
    return Point(
        label,
        bundle,
        eighty(pick(found, goal.file.goal.outcome)),
        eighty(pick(found, "started_in_time")),
        eighty(pick(found, "better_per_want")),
        eighty(pick(found, "better_by_chance")),
        eighty(pick(found, "quality")),
        eighty(pick(found, COST)),
        {PAYERS[name]: float(pick(found, name).mean()) for name in MONEY},
        GATE_WORDS[GATES[most]],
        lost[most],
        who(found),
        needs_of(
            found, runs.columns(goal.today[None], worlds)[0], *(_link_workers(goal, b) for b in (bundle, goal.today))
        ),
    )


def _link_workers(goal: Goal, bundle: np.ndarray) -> float:
    """Per 10,000 adults, under a policy."""
    return (goal.base.levers | goal.values(bundle))[LINK_WORKERS]


def who(found: np.ndarray) -> Who | None:
    """Worst-off group and widest gap of float64[worlds, columns]; groups with under 300 wants in all worlds are left out."""
    wants, _ = by_group(found, range(len(LEVELS)))
    large = [g for g in range(1, len(LEVELS)) if wants[:, g].sum() >= summary.FEWEST_WANTS]
    shares = {g: _share(found, g) for g in large}
    gaps = [gap for kind in summary.dimensions() if (gap := _gap(kind, shares)) is not None]
    if not gaps:
        return None
    worst = min(large, key=lambda g: float(np.nanmedian(shares[g])))
    top, low, apart = max(gaps, key=lambda gap: gap[2].median)
    return Who(_name(worst), eighty(shares[worst]), _name(top), _name(low), apart)


def _share(found: np.ndarray, group: int) -> np.ndarray:
    wants, reached = by_group(found, [group])
    return counts.share(reached[:, 0], wants[:, 0])


def _gap(kind: str, shares: dict[int, np.ndarray]) -> tuple[int, int, Interval] | None:
    """(best, worst, best less worst) of one dimension; None with fewer than two groups."""
    own = [g for g in shares if LEVELS[g][0] == kind]
    if len(own) < 2:
        return None
    order = sorted(own, key=lambda g: float(np.nanmedian(shares[g])))
    return order[-1], order[0], eighty(shares[order[-1]] - shares[order[0]])


def _name(group: int) -> str:
    return " ".join(LEVELS[group])


def binding(bundle: np.ndarray, goal: Goal, runs: Runs, worlds: Sequence[int]) -> Binding:
    """Each gate before an offer opened alone under a policy, on the same luck: the one that gains most."""
    outcome = goal.file.goal.outcome
    before = pick(runs.columns(bundle[None], worlds)[0], outcome)
    gains = {gate: eighty(pick(runs.columns(bundle[None], worlds, gate)[0], outcome) - before) for gate in REACH_GATES}
    most = max(gains, key=lambda gate: gains[gate].median)
    return Binding(most, OPENED[most].opened, gains[most])
