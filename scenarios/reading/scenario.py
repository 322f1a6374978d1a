"""A scenario with `extends` followed: what a run needs to know, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.reading.own_numbers import OwnPrior


@dataclass(frozen=True)
class Origin:
    """Where a value was written: file as shown to people, line from 1 (0: not from a file)."""

    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class RunSettings:
    """`[run]` with its defaults, which are the command line's too. start: ISO month; people: adults in all areas together.

    `fix` and `prior`: numbers of one's own, in the table's units; `rivals`: rival evidence by name.
    `given` says which settings a file holds, and where: a value that equals the default counts as asked for.
    """

    start: str = "2025-04"
    years: float = 5.0
    areas: tuple[str, ...] = ("bnssg",)
    people: int = 10_000
    draws: int = 20
    replicates: int = 1
    seed: int = 1
    fix: tuple[tuple[str, float], ...] = ()
    prior: tuple[OwnPrior, ...] = ()
    rivals: tuple[str, ...] = ()
    given: Mapping[str, Origin] = field(default_factory=dict, compare=False)

    def saying(self, **values: Any) -> RunSettings:
        """The same with these settings given, as a file would."""
        return replace(self, **values, given=dict(self.given) | dict.fromkeys(values, Origin()))

    @property
    def weeks(self) -> int:
        """Weeks reported (52 a year)."""
        return round(self.years * _year())


LEAST_YEARS = 0.52
"""A run is longer than the first follow-up (FOLLOW_UP_WEEKS), or no want could be counted."""
USUAL = RunSettings()
CASE, PILOT, PLAUSIBLE = (
    replace(USUAL, draws=60, replicates=2),
    replace(USUAL, draws=60, replicates=4),
    replace(USUAL, people=60_000),
)
"""What commands take where nothing is said: most of them, `case`, `pilot` and `plausible`. Their help shows it.

`case` takes enough to say which parameter is worth knowing, and to tell luck from parameters. `plausible` takes six
places: in one, there are too few volunteers and groups to see how long they last.
"""


@dataclass(frozen=True)
class Change:
    """Levers from `start_week` (0 = policy start) to before `end_week` (None: to the end)."""

    start_week: int
    end_week: int | None
    levers: dict[str, float]
    areas: tuple[str, ...] = ()
    over_weeks: int = 0
    from_: str = "week 0"
    to: str | None = None
    source: str | None = None
    label: str | None = None
    origin: Origin = field(default=Origin(), compare=False)


@dataclass(frozen=True)
class Scenario:
    """A resolved scenario. `levers` holds every lever (a choice by its position in CHOICES).

    `lineage` names the scenarios it stands on, itself first; `origins` says where a lever was set.
    """

    name: str
    title: str
    question: str
    run: RunSettings
    levers: dict[str, float]
    changes: tuple[Change, ...] = ()
    history: bool = False
    lineage: tuple[str, ...] = field(default=(), compare=False)
    origins: dict[str, Origin] = field(default_factory=dict, compare=False)


def _year() -> int:
    """Weeks of a year, read when it is needed: the vocabulary needs NumPy, and help does without."""
    from sim.vocabulary import YEAR

    return YEAR


def months_between(start: str, end: str) -> int:
    """Months from one ISO month to another (negative when `end` is earlier)."""
    (y0, m0), (y1, m1) = ((int(part) for part in month.split("-")) for month in (start, end))
    return (y1 - y0) * 12 + m1 - m0


def week_of(moment: str, start: str) -> int:
    """Week of a moment, counted from the policy start: "year 2" is 52, "week 60" is 60.

    A month is 52/12 weeks, rounded to the nearest week. Negative before the start.
    """
    if found := re.fullmatch(r"(year|week) (\d+)", moment):
        number = int(found.group(2))
        return (number - 1) * _year() if found.group(1) == "year" else number
    return (months_between(start, moment) * _year() + 6) // 12
