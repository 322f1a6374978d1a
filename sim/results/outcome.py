"""What an outcome is: how it is read of a run, how its values are written, where it is shown, and what counts as moving it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.numbers.structure import SMALLEST_GBP, SMALLEST_PER10K, SMALLEST_SHARE, SMALLEST_SUPPLY
from sim.results.readings import Read
from sim.results.result import Measure

SMALLEST = {
    "share": SMALLEST_SHARE,
    "per100": SMALLEST_SHARE,
    "points": SMALLEST_SHARE,
    "per10k": SMALLEST_PER10K,
    "gbp": SMALLEST_GBP,
    "per100k": SMALLEST_SUPPLY,
}
"""By kind: a lever counts as moving an outcome from this change on, in its unit; of OF_LEVEL, as a share of its level."""
OF_LEVEL = ("per100k",)


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    `words`: a line of a report; `short`, `heading` and `note`: a tile, a chart and what stands below it ("" where they are
    not drawn, or say what `words` says). `kind` is how a value is written: share, per100, points, per10k, per100k, sd, gbp,
    weeks or number, with `digits` for a number. `unit` and `whole` say what it is in and counted over; `counted`: how, where the
    list of statistics says it otherwise than `words`. `good`: 1 more is better, -1 less is better, 0 it depends.

    `worlds(result)` is float64[worlds]. `course(result)` is float64[points, worlds], None for what is counted once over
    all the years; `flow`: it counts events in each quarter, else people at a moment. `tally`: (part, whole) of wants.

    `headline`: among the figures of `--json`. `report`, `chart`: its place in a report's tables, and among tiles and charts
    (0: not in it). `asked`: a question may be about it (explain, sensitivity, discover). `goal`: what a goal about it asks to
    have, in words ("": no goal can be). `kept`: a search keeps it of every policy. `moved`: it stands in the table of what levers move, as those do
    that a question may be about. `beside`: an outcome that is shown
    wherever this one is (`with_beside`): without it this one would be read as more than it says.
    """

    name: str
    words: str
    kind: str
    good: int
    worlds: Read
    unit: str = "share"
    whole: str = ""
    short: str = ""
    heading: str = ""
    note: str = ""
    counted: str = ""
    course: Read | None = None
    flow: bool = False
    tally: tuple[Measure, Measure] | None = None
    digits: int = 0
    headline: bool = True
    report: int = 0
    chart: int = 0
    asked: bool = False
    goal: str = ""
    kept: bool = False
    moved: bool = False
    beside: str = ""

    @property
    def title(self) -> str:
        """What a chart is headed."""
        return self.heading or self.words

    @property
    def lower(self) -> str:
        """Its words within a sentence."""
        return self.words[:1].lower() + self.words[1:]

    @property
    def is_gbp(self) -> bool:
        """Whether it is money: pages show it only when it is asked for."""
        return self.kind == "gbp"

    @property
    def smallest(self) -> float:
        """Smallest change at which a lever counts as moving it, as SMALLEST has it; NaN where none is declared."""
        return SMALLEST.get(self.kind, float("nan"))

    def smallest_at(self, level: float) -> float:
        """Smallest change, in its unit, at which a lever counts as moving it from this level."""
        return self.smallest * abs(level) if self.kind in OF_LEVEL else self.smallest

    @property
    def scale(self) -> float:
        """What a value is multiplied by where it is drawn: shares as per cent."""
        return 100.0 if self.kind in ("share", "points", "per100") else 1.0
