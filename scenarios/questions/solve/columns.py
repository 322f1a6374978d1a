"""What is kept of each policy in each world: shares, pounds, where wants stop, quality, and availability by group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.results import counts, outcomes
from sim.results.result import LEVELS, MONEY, Measure, Result

SHARES = tuple(one.name for one in outcomes.OUTCOMES if one.kept)
LOSSES = tuple(range(Measure.FAILED, Measure.SUCCESS))
COST = "gbp_per_adult_year"
COLUMNS: tuple[str, ...] = (
    *SHARES,
    COST,
    *MONEY,
    *(f"stopped_{i}" for i in range(len(LOSSES))),
    "quality",
    *(f"wants_{i}" for i in range(len(LEVELS))),
    *(f"reached_{i}" for i in range(len(LEVELS))),
)
"""Money lines are GBP per adult per year; `quality` that of open organisations at the end, 0 to 1, each counted by
its supporters; `wants_g` and `reached_g` the wants of a group of LEVELS, and how many the goal's outcome reached."""
INDEX = {name: i for i, name in enumerate(COLUMNS)}


def columns_of(result: Result, group: int, outcome: str) -> np.ndarray:
    """float64[worlds, columns] of one run, for one group of LEVELS; `outcome` is the goal's."""
    shares = [outcomes.of_group(result, name, group) for name in SHARES]
    by_payer = list(counts.spent_by_payer(result).values())
    tally = counts.by_world(result)
    lost = [counts.share(tally[:, group, row], tally[:, group, Measure.WANTS]) for row in LOSSES]
    part, whole = outcomes.tally_of(outcome)
    one = np.column_stack([*shares, np.sum(by_payer, axis=0), *by_payer, *lost, quality(result)])
    return np.nan_to_num(np.hstack([one, tally[:, :, whole], tally[:, :, part]]))


def quality(result: Result) -> np.ndarray:
    """float64[worlds]: mean quality of open organisations at the end, each counted by the supporters it recruited, and one."""
    organisations = result.organisations
    world = organisations["area_row"] // len(result.shape.areas)
    counted = np.where(organisations["open"], 1.0 + organisations["recruited"], 0.0)
    worlds = len(result.shape.worlds)
    return counts.share(
        np.bincount(world, counted * organisations["quality"], worlds), np.bincount(world, counted, worlds)
    )


def pick(found: np.ndarray, name: str) -> np.ndarray:
    """One column of float64[..., columns]."""
    return np.asarray(found[..., INDEX[name]])


def by_group(found: np.ndarray, groups: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """(wants, reached), each float64[worlds, groups], of float64[worlds, columns]."""
    first, second = INDEX["wants_0"], INDEX["reached_0"]
    return found[:, [first + g for g in groups]], found[:, [second + g for g in groups]]
