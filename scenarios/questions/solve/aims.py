"""What a goal may ask for: outcomes of wants, for everyone or a group, the group that is worst off, a gap between two groups.

Every condition is read of each world by itself and becomes a slack: by how much it holds, in shares of wants. Several
hold together where the least slack is above zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import UserError, nearest
from sim.results import counts, outcomes, summary
from sim.results.result import LEVELS, Result
from sim.results.words import WORDS, number

MORE = {"started_in_time": "support begun in time", "net_per_want": "a gain, net of those who lose"}
"""Outcomes that a goal may be about besides those whose records say so, in words that end "to have ..."."""
WANTED = {one.name: one.goal or MORE[one.name] for one in outcomes.OUTCOMES if one.goal or one.name in MORE}
"""Every outcome that a goal may be about, and what it asks to have, in words."""
OUTCOMES = tuple(WANTED)
NESTED = ("started_in_time", "had_in_time", "available")
"""Each holds the one before: whoever started in time had it in time."""
WORST = "worst off"
"""In the place of a group: whichever has least, of those with enough wants in a world."""
MOST_ALSO = 6
UNREAD = -2.0
"""Slack where a condition cannot be read, since too few people of a group want support: below any that can be."""


@dataclass(frozen=True)
class Condition:
    """One thing that is asked for besides the goal. `sign` 1: at least `level`; -1: at most.

    `groups`: positions in LEVELS. One: that group. Two: the first less the second. None: whichever group is worst off.
    """

    outcome: str
    level: float
    sign: int = 1
    groups: tuple[int, ...] = (0,)

    def slack(self, result: Result) -> np.ndarray:
        """float64[worlds]: by how much it holds; UNREAD where it cannot be read."""
        values = self.sign * (self._value(result) - self.level)
        return np.where(np.isfinite(values), values, UNREAD)

    def _value(self, result: Result) -> np.ndarray:
        shares = [outcomes.of_group(result, self.outcome, group) for group in self.groups]
        if not shares:
            return worst_off(result, self.outcome)
        return shares[0] if len(shares) == 1 else shares[0] - shares[1]

    @property
    def said(self) -> str:
        """In words, as part of a sentence."""
        bound = "at least" if self.sign > 0 else "at most"
        if len(self.groups) == 2:
            first, second = (name_of(group) for group in self.groups)
            return f"a gap of {bound} {100 * self.level:g} points between {first} and {second}"
        who = name_of(self.groups[0]) if self.groups else "the group that is worst off"
        words = WORDS[self.outcome][:1].lower() + WORDS[self.outcome][1:]
        return f"{bound} {number('available', self.level)} for {who} ({words})"


def worst_off(result: Result, outcome: str) -> np.ndarray:
    """float64[worlds]: the least share of all groups with FEWEST_WANTS wants in that world; NaN where none has.

    Luck makes the least of several shares too low, the more so in a small sample: a goal on it is harder than it looks.
    """
    part, whole = outcomes.tally_of(outcome)
    tally = counts.by_world(result)[:, 1:]
    wants = tally[:, :, whole]
    shares = np.where(wants >= summary.FEWEST_WANTS, counts.share(tally[:, :, part], wants), np.inf)
    least = shares.min(axis=1)
    return np.where(np.isfinite(least), least, np.nan)


def name_of(group: int) -> str:
    """A group of LEVELS in words."""
    kind, level = LEVELS[group]
    return "everyone" if group == 0 else f"{kind} {level}"


def group_of(name: str | None) -> int:
    """Position of a group "deprivation fifth: 1" in LEVELS; 0 for everyone. Raises UserError without file and key."""
    if name is None:
        return 0
    names = [f"{kind}: {level}" for kind, level in LEVELS]
    if name not in names:
        near = nearest(name, names) or names[1]
        raise UserError(f"no group is called {name!r}", rule="kind: level, as in results", got=name, try_=near)
    return names.index(name)


def contradiction(asked: Sequence[Condition]) -> tuple[Condition, Condition] | None:
    """A floor and the ceiling that it lies above, for the same people; None where all can hold together."""
    floors = [one for one in asked if one.sign > 0 and len(one.groups) == 1]
    ceilings = [one for one in asked if one.sign < 0 and len(one.groups) == 1]
    for floor in floors:
        for ceiling in ceilings:
            if (
                floor.groups == ceiling.groups
                and _holds(ceiling.outcome, floor.outcome)
                and floor.level > ceiling.level
            ):
                return floor, ceiling
    return None


def _holds(outer: str, inner: str) -> bool:
    """Whether whoever has `inner` has `outer` too."""
    if outer == inner:
        return True
    return outer in NESTED and inner in NESTED and NESTED.index(inner) < NESTED.index(outer)
