"""How an outcome answers to what was varied: levels at each point, and what a step does within each world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.sweeps.dataset import Held
from scenarios.sweeps.vary import Value
from sim.errors import UserError, nearest
from sim.results.outcomes import MAIN
from sim.results.summary import Interval, Paired, interval, pair


@dataclass(frozen=True)
class Level:
    """An outcome at one point under one policy. `values`: what the point sets, None as it is. `worlds`: by number of the world."""

    scenario: str
    point: int
    values: tuple[Value | None, ...]
    varied: str
    per_world: np.ndarray
    worlds: np.ndarray

    @property
    def interval(self) -> Interval:
        """Across worlds."""
        return interval(self.per_world)


def levels(held: Held, outcome: str = MAIN) -> list[Level]:
    """Every point under every policy, in order. Raises UserError for an outcome that is not in the table."""
    if outcome not in held.figures:
        raise UserError(
            f"no outcome of a sweep is called {outcome[:60]!r}",
            key="--outcome",
            rule="one of " + ", ".join(held.figures),
            got=outcome[:60],
            try_=nearest(outcome, held.figures) or MAIN,
        )
    points = held.points().to_pydict()
    set_ = {
        int(number): (tuple(points[name][i] for name in held.axes), points["varied"][i] or "")
        for i, number in enumerate(points["point"])
    }
    return [one for scenario in scenarios(held) for one in _of(held, scenario, outcome, set_)]


def scenarios(held: Held) -> list[str]:
    """Names of the policies, in the plan's order."""
    return [str(one["name"]) for one in held.manifest["scenarios"]]


def _of(
    held: Held, scenario: str, outcome: str, set_: dict[int, tuple[tuple[Value | None, ...], str]]
) -> Iterable[Level]:
    table = held.worlds(scenario, ("point", "world", outcome))
    if not len(table):
        return
    point, world, value = (table[name].to_numpy() for name in ("point", "world", outcome))
    starts = np.flatnonzero(np.append(True, point[1:] != point[:-1]))
    for first, last in zip(starts, [*starts[1:], len(point)], strict=True):
        number = int(point[first])
        yield Level(scenario, number, *set_[number], value[first:last].astype(float), world[first:last])


def step(one: Level, other: Level) -> Paired:
    """`other` less `one` in the worlds that both have: the same people and the same luck."""
    _, a, b = np.intersect1d(one.worlds, other.worlds, return_indices=True)
    return pair(one.per_world[a], other.per_world[b])


def along(found: Sequence[Level], axis: int, name: str) -> list[Level]:
    """Levels by the value of one thing that is varied, pooled over whatever else differs, world by world; in order of the value."""
    at: dict[Value, list[Level]] = {}
    for one in found:
        value = one.values[axis]
        if value is not None and one.varied in ("", name):
            at.setdefault(value, []).append(one)
    keys = list(at) if any(isinstance(v, str) for v in at) else sorted(at)  # type: ignore[type-var]
    return [pooled(at[key], axis, key) for key in keys]


def pooled(some: Sequence[Level], axis: int, value: Value | None) -> Level:
    """The mean over some points in each world: an interval of it is across worlds, as anywhere."""
    first = some[0]
    if len(some) == 1:
        return first
    worlds = np.unique(np.concatenate([one.worlds for one in some]))
    sums, counts = np.zeros(len(worlds)), np.zeros(len(worlds))
    for one in some:
        at, good = np.searchsorted(worlds, one.worlds), np.isfinite(one.per_world)
        np.add.at(sums, at[good], one.per_world[good])
        np.add.at(counts, at[good], 1)
    with np.errstate(invalid="ignore"):
        means = np.where(counts > 0, sums / counts, np.nan)
    values = tuple(value if k == axis else None for k in range(len(first.values)))
    return Level(first.scenario, first.point, values, first.varied, means, worlds)
