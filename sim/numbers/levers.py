"""The levers: what a policy can set, each a declared record of `sim/data/levers.csv`, and their course over weeks and areas."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np

from sim.data import FOLDER

CHOICES: dict[str, tuple[str, ...]] = {
    "allocation": ("historic", "need", "equity", "demand", "performance"),
    "priority": ("first_come", "need", "equity", "continuity"),
    "working_together": ("apart", "shared_pathway", "one_team"),
    "mode": ("opt_in", "prompted", "opt_out"),
    "eligibility": ("everyone", "with_condition", "high_need"),
}


@dataclass(frozen=True)
class Lever:
    """One lever. `choice` names an entry of CHOICES for a lever that is a word, else it is a number.

    `today` is the value under today's policy (for a choice: the word's position in CHOICES);
    every `today` without a published figure is judgement, and says so in `source`. `label`: its short name for people.
    `still`: why it may be moved and change nothing that is counted ("": the usual reasons).
    """

    name: str
    group: str
    label: str
    unit: str
    choice: str
    today: float
    low: float
    high: float
    touches: str
    meaning: str
    cannot: str
    still: str
    source: str

    @property
    def limits(self) -> str:
        """What it does not do, in sentences; and that it moves nothing here, where it does not, and when it would."""
        unless = UNLESS.get(self.name)
        return f"{self.cannot} It {unless}." if unless else self.cannot


def _lever(row: dict[str, str]) -> Lever:
    words = CHOICES.get(row["choice"])
    today, low, high = (
        (row["today"], row["low"], row["high"]) if not words else (words.index(row["today"]), 0, len(words) - 1)
    )
    span = {"today": float(today), "low": float(low), "high": float(high)}
    return Lever(**(row | span | {"still": row["still"].format(**span)}))  # type: ignore[arg-type]


def _levers() -> tuple[Lever, ...]:
    """Every row of `sim/data/levers.csv`, in its order."""
    with (FOLDER / "levers.csv").open(newline="", encoding="utf-8") as file:
        return tuple(_lever(row) for row in csv.DictReader(file))


def _unless() -> dict[str, str]:
    """Every row of `sim/data/levers_that_stay.csv`."""
    with (FOLDER / "levers_that_stay.csv").open(newline="", encoding="utf-8") as file:
        return {row["name"]: row["unless"] for row in csv.DictReader(file)}


LEVERS = _levers()
BY_NAME = {lever.name: lever for lever in LEVERS}
UNLESS = _unless()
"""Levers that move no outcome where they are measured, by name: the sentence that says when they would."""
INDEX = {lever.name: i for i, lever in enumerate(LEVERS)}


@dataclass(frozen=True)
class Timeline:
    """Levers over the run. `values` float64[n_changes, n_levers, n_areas]; `starts` int[n_changes] weeks.

    Row k holds from week starts[k] until the next start. starts[0] is 0.
    """

    starts: np.ndarray
    values: np.ndarray

    def at(self, week: int) -> np.ndarray:
        """float64[n_levers, n_areas] in force in `week` (counted from the start of the burn-in)."""
        return self.values[int(np.searchsorted(self.starts, week, side="right")) - 1]


def today_values(n_areas: int) -> np.ndarray:
    """float64[n_levers, n_areas] of today's policy."""
    today = np.array([lever.today for lever in LEVERS], dtype=np.float64)
    return np.repeat(today[:, None], n_areas, axis=1)


class View:
    """Levers of one week by name: `view.self_referral` is float64[n_areas] (or of `rows` areas)."""

    __slots__ = ("_values",)

    def __init__(self, values: np.ndarray):
        self._values = values

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[INDEX[name]]
        except KeyError:
            raise AttributeError(f"no lever is called {name!r}") from None
