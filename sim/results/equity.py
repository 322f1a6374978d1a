"""Who has it and who does not: slope index over deprivation fifths, the worst-off group, the gap.

Pure functions of a `Result`. Shares are 0 to 1, arrays float64[worlds]. Only groups with at least
`summary.FEWEST_WANTS` wants are compared; smaller ones are pooled, and the pool is named by its members.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.results import counts, outcomes, summary
from sim.results.result import FIRST_LEVEL, Result
from sim.results.summary import Interval

FIFTHS = 5
SHOWN = (outcomes.MAIN, "starts_per_want")


def slope_index(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """float64[worlds]: the slope index of inequality over groups in order, from counts [worlds, groups].

    The share at the last end of the scale less that at the first, on the line through the groups' shares
    against their mid-ranks, weighted by their size (Mackenbach and Kunst 1997): over the groups that have
    people, so NaN where fewer than two have.
    """
    whole = np.asarray(whole, dtype=np.float64)
    size = counts.share(whole, np.broadcast_to(whole.sum(axis=1, keepdims=True), whole.shape))
    rank = np.cumsum(size, axis=1) - size / 2
    level = np.where(whole > 0, counts.share(part, whole), 0.0)  # an empty group has no weight
    from_mean = rank - (size * rank).sum(axis=1, keepdims=True)
    return counts.share((size * from_mean * level).sum(axis=1), (size * from_mean**2).sum(axis=1))


def slope(result: Result, name: str = outcomes.MAIN) -> np.ndarray:
    """float64[worlds]: share among the least deprived less that among the most deprived, along the fifths."""
    part, whole = outcomes.tally_of(name)
    fifths = counts.by_world(result)[:, FIRST_LEVEL["deprivation fifth"] : FIRST_LEVEL["deprivation fifth"] + FIFTHS]
    return slope_index(fifths[:, :, part], fifths[:, :, whole])


@dataclass(frozen=True)
class Spread:
    """How one outcome differs between the groups of one dimension. `gap` is best less worst."""

    outcome: str
    dimension: str
    best: str
    worst: str
    worst_off: Interval
    gap: Interval
    groups: int


def spread(result: Result, dimension: str, name: str = outcomes.MAIN) -> Spread | None:
    """Worst-off group and gap; None with fewer than two groups large enough to compare."""
    found = [g for g in summary.groups(result, dimension, name) if not g.small]
    pair = summary.gap(found)
    if pair is None:
        return None
    best, worst, gap = pair
    return Spread(name, dimension, best.level, worst.level, worst.interval, gap, len(found))


def spreads(result: Result, names: tuple[str, ...] = SHOWN) -> list[Spread]:
    """Every outcome named, by every dimension that can be compared."""
    found = [spread(result, dimension, name) for name in names for dimension in summary.dimensions()]
    return [one for one in found if one is not None]
