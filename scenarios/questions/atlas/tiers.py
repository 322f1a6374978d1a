"""Tiers: areas whose ranges overlap share one.

An assumption that lifts one area lifts the others too, so areas are compared within worlds: the range is of an area's level less
the mean of all areas in the same world. Two areas whose ranges overlap are always in one tier; a chain of overlaps joins its ends.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.results.summary import Interval, interval

HOW = (
    "An area's level is compared with the mean of all areas in the same world. Areas whose ranges of that difference (5% to 95% of "
    "worlds) overlap share a tier. A chain of overlaps makes one tier of all in it. Tier 1 has the highest figures."
)


def less_mean(levels: np.ndarray) -> np.ndarray:
    """float64[areas, worlds] less the mean over areas in each world; NaN where an area has no level."""
    some = np.isfinite(levels)
    added = np.where(some, levels, 0.0).sum(axis=0)
    number = some.sum(axis=0)
    mean = np.divide(added, number, out=np.full(added.shape, np.nan), where=number > 0)
    return np.asarray(levels - mean)


def tiers(ranges: Sequence[Interval]) -> list[int | None]:
    """The tier of each area, 1 the highest; None for one without a range."""
    order = sorted((i for i, one in enumerate(ranges) if one.ranged), key=lambda i: -ranges[i].high)
    found: list[int | None] = [None] * len(ranges)
    tier, foot = 0, float("inf")
    for i in order:
        if ranges[i].high < foot:
            tier, foot = tier + 1, ranges[i].low
        foot = min(foot, ranges[i].low)
        found[i] = tier
    return found


def of_levels(levels: np.ndarray) -> tuple[list[Interval], list[int | None]]:
    """(range of each area's difference from the mean, its tier) of float64[areas, worlds]."""
    ranges = [interval(row) for row in less_mean(levels)]
    return ranges, tiers(ranges)
