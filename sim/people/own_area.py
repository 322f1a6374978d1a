"""An area of a user's own: whole people by cell, raked from what is known of it over a like area's people.

Iterative proportional fitting in plain Python floats, one sum after the other, then whole people by
largest remainder: the same on every machine. Where a like area has nobody, a thousandth part of
England stands in, so that every margin can be met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.people import population
from sim.vocabulary import CELL_PARTS, CELLS, cell_parts

OWN = len(population.load_areas().code)
"""Position of a user's own area: after those of England."""
CODE = "own"
MEASURES: dict[str, tuple[str, ...]] = CELL_PARTS
ROUNDS, CLOSE = 500, 1e-9
LOW_ODDS, HIGH_ODDS = 0.05, 20.0


@dataclass(frozen=True)
class OwnArea:
    """Whole adults by cell. `like`: position of the area that fills what is not known; `burden` as in `Areas`."""

    name: str
    like: int
    cells: tuple[int, ...]
    burden: float
    known: tuple[str, ...]
    file: str
    sha256: str

    @property
    def adults(self) -> int:
        """People of 18 and over."""
        return sum(self.cells)


def own_area_of(plain: Mapping[str, Any]) -> OwnArea:
    """The area that `dataclasses.asdict` was given. Raises KeyError or TypeError for anything else."""
    return OwnArea(**{**plain, "cells": tuple(plain["cells"]), "known": tuple(plain["known"])})


def levels_of(measure: str) -> list[int]:
    """Which level of a measure each of the cells is in."""
    part = cell_parts(np.arange(CELLS))[list(MEASURES).index(measure)]
    return [int(level) for level in part]


def whole(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers in proportion to `shares`, adding to `total`, by largest remainder; ties go to the earlier."""
    all_ = 0.0
    for share in shares:
        all_ += share
    exact = [share * total / all_ for share in shares]
    floor = [int(x) for x in exact]
    order = sorted(range(len(exact)), key=lambda i: (floor[i] - exact[i], i))
    for i in order[: total - sum(floor)]:
        floor[i] += 1
    return floor


def seed_cells(like: int) -> list[float]:
    """float[cells]: the like area's people, and a thousandth part of England's."""
    counts = population.cell_counts()
    here, england = counts[like].tolist(), counts.sum(axis=0).tolist()
    scale = sum(here) / sum(england) / 1000.0
    return [n + scale * m for n, m in zip(here, england, strict=True)]


def rake(seed: Sequence[float], margins: Mapping[str, Sequence[int]]) -> list[float]:
    """float[cells]: `seed` scaled to each margin (people by level of a measure) in turn until all hold.

    Margins have the same total. Raises ValueError where they cannot all be met.
    """
    cells = list(seed)
    where = {measure: levels_of(measure) for measure in margins}
    for _ in range(ROUNDS):
        worst = 0.0
        for measure, goal in margins.items():
            have = [0.0] * len(goal)
            for level, n in zip(where[measure], cells, strict=True):
                have[level] += n
            factor = [g / h if h > 0.0 else 0.0 for g, h in zip(goal, have, strict=True)]
            worst = max([worst] + [abs(g - h) / max(1.0, g) for g, h in zip(goal, have, strict=True)])
            cells = [n * factor[level] for level, n in zip(where[measure], cells, strict=True)]
        if worst < CLOSE:
            return cells
    raise ValueError("raking did not converge")


def make_cells(like: int, adults: int, shares: Mapping[str, Sequence[float]]) -> tuple[int, ...]:
    """int[cells] adding to `adults`: the like area's people, raked to the shares known (by measure and level)."""
    margins = {measure: whole(values, adults) for measure, values in shares.items()}
    return tuple(whole(rake(seed_cells(like), margins), adults))


def condition_share(cells: Sequence[int], burden: float) -> float:
    """Share of these people with a long-term condition, at a burden (multiplier of the odds)."""
    odds = population.cell_table("condition_odds").tolist()
    ill = 0.0
    for n, one in zip(cells, odds, strict=True):
        ill += n * (one * burden / (1.0 + one * burden))
    return ill / sum(cells)


def burden_for(cells: Sequence[int], share: float) -> float:
    """The burden, to four places, at which `share` of these people have a condition; by bisection."""
    low, high = LOW_ODDS, HIGH_ODDS
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if condition_share(cells, middle) < share else (low, middle)
    return round((low + high) / 2.0, 4)
