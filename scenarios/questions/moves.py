"""What each lever moves: from today's value to each of its ends, alone and on top of `everyone`, in the same worlds.

The runs are a sweep in which one lever at a time is elsewhere. A row of the table is one lever, one end, one policy below it
and one outcome. The lever moves the outcome where the interval of the difference excludes nothing after Holm's correction over
the whole table, and the difference is at least the outcome's smallest size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.questions import holm
from scenarios.reading.load import load
from scenarios.sweeps.dataset import Held
from scenarios.sweeps.plan import ONE, Plan
from scenarios.sweeps.vary import LEVER, Axis, Value, axis
from scenarios.sweeps.work import LOST
from sim.numbers.levers import BY_NAME, CHOICES, UNLESS, Lever
from sim.results.outcome import Outcome
from sim.results.outcomes import BY_NAME as BY_OUTCOME
from sim.results.outcomes import OUTCOMES
from sim.vocabulary import GATES

BELOW = ("today", "everyone")
"""Policies that each lever is moved on top of."""


@dataclass(frozen=True)
class Move:
    """One row: `lever` from today's value to `to`, `on` top of a policy, and one outcome.

    `change` is the mean over draws, in the outcome's unit, with `low` to `high`; `p` is Holm's. `gate`: where the number of
    wants that stop changes most, and by what share of all wants ("" where none surely does).
    """

    lever: str
    to: Value
    on: str
    outcome: str
    change: float
    low: float
    high: float
    p: float
    draws: int
    moves: bool
    gate: str = ""
    gate_change: float = 0.0


def measured() -> list[Outcome]:
    """Outcomes that are in the table: those that a question may be about, the gap between fifths, what staff do and what there is."""
    return [one for one in OUTCOMES if (one.asked or one.moved) and np.isfinite(one.smallest)]


# ------------------------------------------------------------------ what is run


def ends(lever: Lever) -> list[Value]:
    """Where a lever goes: both bounds, or every word, but for today's value."""
    if lever.choice:
        return [word for word in CHOICES[lever.choice] if word != today(lever)]
    return [value for value in (lever.low, lever.high) if value != lever.today]


def today(lever: Lever) -> Value:
    """Today's value; of a choice, its word."""
    return CHOICES[lever.choice][int(lever.today)] if lever.choice else lever.today


def plan(names: Sequence[str]) -> Plan:
    """The sweep of these levers: one at a time, at today's value and at each end, on each policy of BELOW.

    Today's value is a run of its own only on a policy that has the lever elsewhere.
    """
    axes = [_axis(BY_NAME[name]) for name in names]
    return Plan("levers", tuple(load(name) for name in BELOW), tuple(axes), ONE)


def _axis(lever: Lever) -> Axis:
    found = axis(lever.name, [today(lever), *ends(lever)])
    assert found.kind == LEVER
    return found


# ------------------------------------------------------------------ the table


@dataclass(frozen=True)
class _Differences:
    """One lever at one end on one policy: by column, float64[draws] less the same worlds at today's value, and the mean there."""

    lever: str
    to: Value
    on: str
    by: dict[str, np.ndarray]
    level: dict[str, float]


def table(held: Held) -> tuple[Move, ...]:
    """A row for each lever, end, policy and outcome of a sweep that ran. Raises Damaged."""
    outcomes = measured()
    found = list(_differences(held, [one.name for one in outcomes]))
    p = np.array([[holm.p_value(each.by[one.name]) for one in outcomes] for each in found]).reshape(-1)
    fair, levels = holm.adjusted(p), holm.levels(p)
    rows = [(each, one) for each in found for one in outcomes]
    gates = {id(each): _gate(each) for each in found}
    return tuple(
        _move(*row, *at, gates[id(row[0])]) for row, at in zip(rows, zip(fair, levels, strict=True), strict=True)
    )


def _move(each: _Differences, one: Outcome, p: float, level: float, gate: tuple[str, float]) -> Move:
    values = each.by[one.name]
    change, low, high = holm.interval(values, float(level))
    moves = bool(p <= holm.ALPHA and abs(change) >= one.smallest_at(each.level[one.name]))
    named = gate if moves and not one.is_gbp else ("", 0.0)
    return Move(each.lever, each.to, each.on, one.name, change, low, high, float(p), len(values), moves, *named)


def _gate(each: _Differences) -> tuple[str, float]:
    """The gate at which the number of wants that stop changes most, among those that surely change (Holm, all gates)."""
    p = holm.adjusted(np.array([holm.p_value(each.by[LOST + gate]) for gate in GATES]))
    sure = [gate for gate, its in zip(GATES, p, strict=True) if its <= holm.ALPHA]
    if not sure:
        return "", 0.0
    means = {gate: float(each.by[LOST + gate].mean()) for gate in sure}
    most = max(means, key=lambda gate: abs(means[gate]))
    return most, means[most]


def _differences(held: Held, names: Sequence[str]) -> Iterator[_Differences]:
    columns = [*names, *(LOST + gate for gate in GATES)]
    points = _points(held)
    for on in BELOW:
        cells = _cells(held, on, columns)
        for name in held.axes:
            base = cells.get(points.get((name, today(BY_NAME[name])), -1))
            for to in ends(BY_NAME[name]):
                there = cells.get(points.get((name, to), -1))
                if base is not None and there is not None:
                    levels = {column: _mean(base[column]) for column in names}
                    yield _Differences(name, to, on, _paired(base, there, columns), levels)


def _mean(values: np.ndarray) -> float:
    """Of the worlds that have a value; NaN where none has."""
    there = values[np.isfinite(values)]
    return float(there.mean()) if there.size else float("nan")


def _points(held: Held) -> dict[tuple[str, Value], int]:
    """Number of the point at which a lever alone has a value."""
    found = held.points().to_pydict()
    return {(varied, found[varied][i]): int(found["point"][i]) for i, varied in enumerate(found["varied"]) if varied}


Cell = dict[str, np.ndarray]


def _cells(held: Held, policy: str, columns: Sequence[str]) -> dict[int, Cell]:
    """By point: each column, float64[worlds], with `world` and `draw`."""
    read = held.worlds(policy, ("point", "world", "draw", *columns))
    if not len(read):
        return {}
    every = {name: read[name].to_numpy() for name in ("point", "world", "draw", *columns)}
    at = every.pop("point")
    return {int(point): {name: values[at == point] for name, values in every.items()} for point in np.unique(at)}


def _paired(base: Cell, there: Cell, columns: Sequence[str]) -> dict[str, np.ndarray]:
    """Differences in worlds that both have, a draw's replicates together."""
    _, a, b = np.intersect1d(base["world"], there["world"], return_indices=True)
    draw = base["draw"][a]
    return {name: holm.by_draw(there[name][b].astype(float) - base[name][a].astype(float), draw) for name in columns}


# ------------------------------------------------------------------ what it says


def moved(rows: Sequence[Move], lever: str) -> list[Move]:
    """Rows of one lever that move an outcome."""
    return [one for one in rows if one.lever == lever and one.moves]


def still(rows: Sequence[Move]) -> list[str]:
    """Levers of a table that move nothing, or money alone: what is spent is what a budget is, not what it does."""
    moving = {one.lever for one in rows if one.moves and not BY_OUTCOME[one.outcome].is_gbp}
    return [name for name in dict.fromkeys(one.lever for one in rows) if name not in moving]


MOST_STILL = 5
"""Levers that may move nothing, each with its sentence (`sim/data/levers_that_stay.csv`)."""


def whole(rows: Sequence[Move]) -> bool:
    """Whether every lever was measured."""
    return {one.lever for one in rows} == set(BY_NAME)


def wrong(rows: Sequence[Move]) -> list[str]:
    """What keeps a table from being shipped: levers that were not measured, levers that move nothing without a sentence or that
    are too many, and sentences of levers that move something."""
    held = still(rows)
    found = [f"{name} moves nothing, and no sentence says when it would" for name in held if name not in UNLESS]
    there = {one.lever for one in rows}
    found += [
        f"{name} moves something, and a sentence says that it does not" for name in UNLESS if name in there - set(held)
    ]
    if len(held) > MOST_STILL:
        found.append(f"{len(held)} levers move nothing: at most {MOST_STILL} may")
    return found + [f"{name} was not measured" for name in BY_NAME if name not in there]
