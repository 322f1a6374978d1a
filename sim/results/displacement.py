"""Who waited longer when there were more places, and whether another person took the place that was theirs before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from sim.results.result import Result
from sim.vocabulary import Event

Spell = tuple[int, int, int]  # person, week of joining, organisation
Stay = tuple[int, int, int]  # person, first week, last week
_NEVER = 10**9
_BEFORE_OFFERS = (Event.SUPPORT_ENDED, Event.DIED, Event.MOVED)  # they come earlier in the week
_SINGLE_WEEK = (Event.DECLINED, Event.NEVER_CAME)


@dataclass(frozen=True)
class Displacement:
    """Counts of people's turns in a queue that began alike in both runs (same person, week, organisation).

    `longer` waited longer with more places (or were not offered one at all). Of those, for `taken`, in the
    week when their offer had come, another person had a place there who had none in the other run. The rest is
    `unexplained`.
    """

    alike: int
    sooner: int
    same: int
    longer: int
    taken: int

    @property
    def unexplained(self) -> int:
        """Waited longer though nobody else had a place instead of them: there should be none."""
        return self.longer - self.taken


def displaced(few: Result, more: Result) -> Displacement:
    """Compare two traced runs on the same luck, the second with more places."""
    before, after = spells(few.events), spells(more.events)
    held, held_more = stays(few.events), stays(more.events)
    alike = [spell for spell in before if spell in after]
    waits = {spell: (before[spell] or _NEVER, after[spell] or _NEVER) for spell in alike}
    longer = [spell for spell, (a, b) in waits.items() if b > a]
    taken = sum(_taken(spell, waits[spell][0], held, held_more) for spell in longer)
    return Displacement(
        len(alike), sum(b < a for a, b in waits.values()), sum(a == b for a, b in waits.values()), len(longer), taken
    )


def spells(events: np.ndarray) -> dict[Spell, int]:
    """Week of the offer (0: none) of each turn in a queue. A turn ends with an offer, giving up or moving on."""
    ends = (Event.OFFERED, Event.GAVE_UP, Event.REFERRED_ON)
    waiting: dict[int, Spell] = {}
    out: dict[Spell, int] = {}
    for week, person, kind, detail in events[np.isin(events[:, 2], (Event.QUEUED, *ends))].tolist():
        if kind == Event.QUEUED:
            waiting[person] = (person, week, detail)
            out[person, week, detail] = 0
        elif person in waiting:
            out[waiting.pop(person)] = week if kind == Event.OFFERED else 0
    return out


def stays(events: np.ndarray) -> dict[int, list[Stay]]:
    """(person, first week, last week) of every place offered by each organisation.

    A place that is declined, or to which nobody comes, is used in that week only.
    """
    ends = (Event.STAYED, Event.LEFT_EARLY, Event.SUPPORT_ENDED, Event.DIED, Event.MOVED)
    inside: dict[int, tuple[int, int]] = {}
    out: dict[int, list[Stay]] = defaultdict(list)
    told = events[np.isin(events[:, 2], (*_SINGLE_WEEK, Event.OFFERED, *ends))]
    told = told[np.lexsort((~np.isin(told[:, 2], _BEFORE_OFFERS), told[:, 0]))]
    for week, person, kind, detail in told.tolist():
        if kind == Event.OFFERED:
            inside[person] = (week, detail)
        elif person in inside:
            began, organisation = inside.pop(person)
            out[organisation].append((person, began, week))
    for person, (began, organisation) in inside.items():
        out[organisation].append((person, began, _NEVER))
    return out


def _taken(spell: Spell, week: int, held: dict[int, list[Stay]], held_more: dict[int, list[Stay]]) -> bool:
    """In `week` somebody else had a place there who had none in the other run."""
    person, _, organisation = spell
    had, have = (
        {who for who, first, last in table[organisation] if first <= week <= last} for table in (held, held_more)
    )
    return bool(have - had - {person})
