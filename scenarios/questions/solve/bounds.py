"""How far each lever may be moved in a search, why, and what lies beyond: `scenarios/goals/levers.csv`, a row a lever.

A range goes from today's value to one other end. A lever that no policy moves (a shock, a setting of the world) has a row
with a reason and no end.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scenarios.reading.checks import lever_value
from sim.numbers.levers import BY_NAME

TABLE = Path(__file__).parent.parent.parent / "goals" / "levers.csv"
SQUARE = 2.0
"""A lever of this curve goes as the square of the way: most of what it does is near today's value, so look closest there."""


@dataclass(frozen=True)
class Bound:
    """One lever. `values`: today's value and the other end; of a choice, today's word and the others, best last; () where no
    policy moves it. `why`: that end; `beyond`: what lies beyond it; `stays`: why it stays at today's where it is not searched."""

    lever: str
    values: tuple[float, ...]
    power: float
    why: str
    beyond: str
    stays: str


@cache
def bounds() -> dict[str, Bound]:
    """Every lever's, by name."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return {row["lever"]: _bound(row) for row in csv.DictReader(file)}


def _bound(row: dict[str, str]) -> Bound:
    name, ends = row["lever"], [row["first"], *row["last"].split()]
    read = str if BY_NAME[name].choice else float
    values = tuple(lever_value(name, read(one)) for one in ends) if row["last"] else ()
    return Bound(name, values, SQUARE if row["curve"] else 1.0, row["why"], row["beyond"], row["stays"])


def power_of(lever: str) -> float:
    """How a lever's value goes with the way along its range."""
    return bounds()[lever].power


def moved() -> list[Bound]:
    """Levers that a policy moves."""
    return [one for one in bounds().values() if one.values]
