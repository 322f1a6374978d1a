"""From a run to numbers: shares, costs, groups and differences. Pure functions of a `Result`.

Shares are 0 to 1. An interval leaves out the lowest and highest twentieth of worlds. Money is GBP at
2024/25 prices. Everything that compares two runs pairs them world by world: same people, same luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sim.results import counts, outcomes
from sim.results.result import LEVELS, Measure, Result
from sim.vocabulary import GATES

Row = TypeVar("Row")
FEWEST_WANTS = 300
FEWEST_FOR_RANGE = 5
"""Worlds below which no range is given: it would say how few they are, not how far they reach (judgement)."""
NAN = float("nan")
"""One object, so that intervals without a range are equal to each other."""
POOLED = "+"
"""Between the levels of a group that is pooled of several."""


@dataclass(frozen=True)
class Interval:
    """Median across worlds, with the 5th and 95th percentile. NaN when no world has a value.

    `worlds` have one, `of` so many; with under FEWEST_FOR_RANGE there is no range, and `low` and `high` are NaN.
    """

    median: float
    low: float
    high: float
    worlds: int
    of: int = 0

    @property
    def ranged(self) -> bool:
        """Whether there are enough worlds to give a range."""
        return self.worlds >= FEWEST_FOR_RANGE


@dataclass(frozen=True)
class Paired:
    """b less a, world by world. `up` and `down` count worlds; NaN differences are in neither."""

    difference: Interval
    up: int
    down: int


@dataclass(frozen=True)
class Group:
    """One group of people. `wants` counted (the share's denominator) in all worlds; `small` when under 300 even so."""

    dimension: str
    level: str
    wants: int
    small: bool
    per_world: np.ndarray

    @property
    def interval(self) -> Interval:
        """The group's share across worlds."""
        return interval(self.per_world)


@dataclass(frozen=True)
class CascadeRow:
    """One line of the cascade: latent wants counted in all worlds, and their share of all wants, areas by their adults."""

    name: str
    wants: int
    share: float


def mean_of_worlds(values: np.ndarray) -> float:
    """Mean over the worlds that have a value (float[worlds], NaN for none). NaN when no world has one."""
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def interval(values: np.ndarray) -> Interval:
    """Median and 5 to 95% of float64[worlds], leaving out NaN; no range of fewer than FEWEST_FOR_RANGE worlds."""
    good = values[np.isfinite(values)]
    if not len(good):
        return Interval(NAN, NAN, NAN, 0, len(values))
    low, middle, high = np.quantile(good, (0.05, 0.5, 0.95))
    if len(good) < FEWEST_FOR_RANGE:
        return Interval(float(middle), NAN, NAN, len(good), len(values))
    return Interval(float(middle), float(low), float(high), len(good), len(values))


def cascade(result: Result) -> list[CascadeRow]:
    """Every latent want at the first gate it failed, or where it ended; the rows sum to all wants."""
    total, known = counts.by_world(result)[:, 0].sum(axis=0), counts.counted(result)[:, 0].sum(axis=0)
    wants = float(total[Measure.WANTS])
    names = [f"stopped: {GATE_WORDS[gate]}" for gate in GATES]
    names += [
        "succeeded: better off",
        "started too late in the run to say what came of it",
        "left the area or died",
        "already in suitable support",
    ]
    ends = zip(names, known[Measure.FAILED :].tolist(), total[Measure.FAILED :].tolist(), strict=True)
    return [CascadeRow(name, int(n), part / wants if wants else float("nan")) for name, n, part in ends]


GATE_WORDS = {
    "existed": "nothing suitable existed",
    "knew": "did not know of it",
    "way_in": "had no way in",
    "asked": "did not ask, and no referral arrived",
    "early": "asked too late",
    "room": "no room in time",
    "accepted": "declined the offer",
    "attended": "never came",
    "kept": "stopped early",
    "better": "came, and not better off by the stated minimum",
}


def cascades(results: Sequence[Result]) -> list[tuple[CascadeRow, ...]]:
    """The cascade of several results, a row a gate or end and a column a result."""
    rows = joined([{row.name: row for row in cascade(result)} for result in results])
    return [tuple(one for one in row if one is not None) for row in rows.values()]


def biggest_loss(result: Result) -> CascadeRow | None:
    """The gate at which most wants stop; None when none does."""
    rows = cascade(result)[: len(GATES)]
    top = max(rows, key=lambda row: row.wants)
    return top if top.wants else None


# ------------------------------------------------------------------ waiting


# ------------------------------------------------------------------ groups


def dimensions() -> list[str]:
    """The one-way groupings, in order, without everyone."""
    return list(dict.fromkeys(name for name, _ in LEVELS[1:]))


def groups(result: Result, dimension: str, name: str = outcomes.MAIN) -> list[Group]:
    """One share by group. Groups under 300 eligible wants are pooled, or marked when that is too few."""
    return [row for (row,) in side_by_side([result], dimension, name)]


def side_by_side(results: Sequence[Result], dimension: str, name: str = outcomes.MAIN) -> list[tuple[Group, ...]]:
    """One share by group, a row a group and a column a result: what every table and picture of several is made from.

    Groups are pooled alike in all of them: one that is under 300 eligible wants in any is pooled in each.
    """
    known = [counts.counted(result) for result in results]
    sets = _pools(known, dimension, name)
    pairs = [(counts.by_world(result), own) for result, own in zip(results, known, strict=True)]
    rows = joined(
        [{level: _group(*pair_, dimension, level, members, name) for level, members in sets} for pair_ in pairs]
    )
    return [tuple(group for group in row if group is not None) for row in rows.values()]


def joined(columns: Sequence[Mapping[str, Row]]) -> dict[str, tuple[Row | None, ...]]:
    """Tables side by side, by the names of their rows in the order first met; None where a column has no such row."""
    names = dict.fromkeys(name for column in columns for name in column)
    return {name: tuple(column.get(name) for column in columns) for name in names}


def _pools(tallies: Sequence[np.ndarray], dimension: str, name: str) -> list[tuple[str, list[int]]]:
    """(level, rows of the tally) of each group, and of the small ones together; the same for all of the tallies."""
    rows = [i for i, (kind, _) in enumerate(LEVELS) if kind == dimension]
    if not rows:
        raise ValueError(f"no grouping is called {dimension!r}")
    _, whole = outcomes.tally_of(name)
    fewest = np.min([tally[:, :, whole].sum(axis=0) for tally in tallies], axis=0)
    few = [i for i in rows if fewest[i] < FEWEST_WANTS]
    sets = [(LEVELS[i][1], [i]) for i in rows if i not in few]
    return [*sets, (POOLED.join(LEVELS[i][1] for i in few), few)] if few else sets


def _group(tally: np.ndarray, known: np.ndarray, dimension: str, level: str, members: list[int], name: str) -> Group:
    """One group: its share from the tally by adults, whether it is small from what was counted."""
    part, whole = outcomes.tally_of(name)
    inside = tally[:, members].sum(axis=1)
    wants = int(known[:, members][:, :, whole].sum())
    return Group(dimension, level, wants, wants < FEWEST_WANTS, counts.share(inside[:, part], inside[:, whole]))


def gap(found: list[Group]) -> tuple[Group, Group, Interval] | None:
    """(best off, worst off, best less worst) among groups large enough; None with fewer than two."""
    large = [g for g in found if not g.small]
    if len(large) < 2:
        return None
    best = max(large, key=lambda g: g.interval.median)
    worst = min(large, key=lambda g: g.interval.median)
    return best, worst, interval(best.per_world - worst.per_world)


# ------------------------------------------------------------------ money


# ------------------------------------------------------------------ two runs


def pair(a: np.ndarray, b: np.ndarray) -> Paired:
    """b less a, world by world."""
    if a.shape != b.shape:
        raise ValueError("the two runs have different worlds")
    gone = b - a
    return Paired(interval(gone), int((gone > 0).sum()), int((gone < 0).sum()))


def headline(result: Result) -> dict[str, np.ndarray]:
    """float64[worlds] of every figure shown together, by name. Availability never stands alone."""
    return {one.name: one.worlds(result) for one in outcomes.headlines()}


def lost_at(result: Result) -> dict[str, np.ndarray]:
    """float64[worlds] by gate: of all latent wants, the share that stopped there. NaN in a world without a want."""
    tally = counts.by_world(result)[:, 0]
    return {gate: counts.share(tally[:, Measure.FAILED + k], tally[:, Measure.WANTS]) for k, gate in enumerate(GATES)}


def difference(a: Result, b: Result) -> dict[str, Paired]:
    """b less a for every figure of `headline`, paired by world."""
    if a.shape.worlds != b.shape.worlds:
        raise ValueError("the two runs have different worlds")
    one, two = headline(a), headline(b)
    return {name: pair(one[name], two[name]) for name in one}


@dataclass(frozen=True)
class GroupChange:
    """How one group's availability changes between two runs."""

    dimension: str
    level: str
    small: bool
    change: Paired


def who_gains(a: Result, b: Result, dimension: str, name: str = outcomes.MAIN) -> list[GroupChange]:
    """The change by group, most gained first; small in either run is small."""
    changes = [
        GroupChange(dimension, one.level, one.small or two.small, pair(one.per_world, two.per_world))
        for one, two in side_by_side([a, b], dimension, name)
    ]
    return sorted(changes, key=lambda g: -g.change.difference.median)


# ------------------------------------------------------------------ a settled start

MOST_DRIFT = 0.10
"""Change of a stock over the last year of the burn-in above which a run is not reported (judgement)."""


def still_drifting(result: Result, limit: float = MOST_DRIFT) -> list[str]:
    """Names of the stocks whose relative yearly drift at the end of the burn-in exceeds `limit`."""
    return [name for name, moved in result.drift.items() if abs(moved) > limit]
