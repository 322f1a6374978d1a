"""Who gains more, who less, who loses: said only of groups that the worlds tell from luck.

Of 25 groups one always changes most, by luck alone if by nothing else. So a group is named only when its change lies on one
side of everybody's in so many worlds that luck would do the same to any of the groups looked at less than once in twenty times.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from sim.results import outcomes, summary
from sim.results.result import Result
from sim.results.words import WHO, level_name, number

LUCK = 0.05
"""The chance, over all groups looked at together, that luck alone names one (judgement)."""


@dataclass(frozen=True)
class Moved:
    """One group's change in availability: float64[worlds], and the same less everybody's."""

    name: str
    change: np.ndarray
    beyond: np.ndarray

    @property
    def middle(self) -> float:
        """The change in the middle world."""
        return summary.interval(self.change).median


def moved(a: Result, b: Result) -> list[Moved]:
    """Every group with enough wants, of every grouping, from `a` to `b`."""
    everybody = outcomes.of_group(b, outcomes.MAIN) - outcomes.of_group(a, outcomes.MAIN)
    found = []
    for dimension in WHO:
        for one, two in summary.side_by_side([a, b], dimension):
            change = two.per_world - one.per_world
            if not (one.small or two.small) and np.isfinite(change).any():
                found.append(Moved(level_name(dimension, one.level), change, change - everybody))
    return found


def side(values: np.ndarray, looked_at: int) -> int:
    """1 or -1 when float64[worlds] lie above or below zero in more worlds than luck explains, 0 when they may be luck.

    A sign test in both directions; the chance is multiplied by the number of groups `looked_at` (Bonferroni).
    """
    up, down = int((values > 0).sum()), int((values < 0).sum())
    worlds, most = up + down, max(up, down)
    tail = sum(comb(worlds, k) for k in range(most, worlds + 1)) / 2**worlds
    return 0 if 2 * tail * looked_at > LUCK else 1 if up > down else -1


def sentences(a: Result, b: Result) -> list[str]:
    """Who gains more than everybody together, who less, and who loses, in words; [] where too few wants are counted to say."""
    rows = moved(a, b)
    if len(rows) < 2:
        return []
    everybody = number(
        outcomes.MAIN,
        summary.interval(outcomes.of_group(b, outcomes.MAIN) - outcomes.of_group(a, outcomes.MAIN)).median,
        True,
    )
    told = []
    for sign, word in ((1, "more"), (-1, "less")):
        beyond = sorted((r for r in rows if side(r.beyond, len(rows)) == sign), key=lambda r: -sign * r.middle)
        if beyond:
            names = ", ".join(f"{r.name} ({number(outcomes.MAIN, r.middle, True)})" for r in beyond)
            told.append(f"Gains {word} availability than everybody together ({everybody}): {names}.")
    worlds = len(rows[0].change)
    if not told:
        told.append(
            f"None of {len(rows)} groups gains clearly more or less than everybody together ({everybody}): in {worlds} worlds "
            "luck alone could set them as far apart."
        )
    losers = [r.name for r in rows if side(r.change, len(rows)) < 0]
    lose = f"Availability clearly falls for: {', '.join(losers)}." if losers else "For no group does it clearly fall."
    return [*told, lose]
