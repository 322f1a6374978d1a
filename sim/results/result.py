"""What a run gives back: counts, by week and area and by group of people. Integers only.

`weekly[w, r, c]` counts in reported week w, area row r (world * n_areas + area), column WEEKLY[c].
`tally[r, g, m]` counts over latent wants that began in the reported window, by group LEVELS[g],
measure MEASURES[m]; a want is in one level of each dimension. `reservations` int64[n, 5] (week, person, kind, offer, host) in
this order: what became of places reserved in the count (`Reserved`), and how wants were judged (`Judged`), of the people traced. Gains are in thousandths of an SD.
`gains[r, y, k]` counts gain-weeks of everybody whose support ran in the reported weeks, whatever began their
want, by reported year y (the last row: beyond the horizon) and kind GAINS[k]: what stands against the money.
`ledger[r, y, p, l]` are the lines PayerLine of each payer and reported year, in the area's pence; `books[o, y, l]` the lines
Line of each row of `organisations`, in its own.
`waits[r, y, n]` counts offers of a place by whole weeks waited since asking (the last: LONGEST_WAIT and over).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from sim.columns.state import Shape
from sim.results.measures import MEASURED
from sim.rules.ledger import LINES, PAYER_LINES
from sim.vocabulary import AGES, ETHNICITIES, FIFTHS, GATES, LONGEST_WAIT, NEEDS, SEXES, YEAR, Event, Mark, Payer, Stage

GROUPINGS: dict[str, tuple[str, ...]] = {
    "everyone": ("everyone",),
    "deprivation fifth": FIFTHS,
    "age": AGES,
    "sex": SEXES,
    "ethnic group": ETHNICITIES,
    "needs group": NEEDS,
}
LEVELS = tuple((name, level) for name, levels in GROUPINGS.items() for level in levels)
FIRST_LEVEL = {name: LEVELS.index((name, levels[0])) for name, levels in GROUPINGS.items()}


class Measure(IntEnum):
    """Columns of `tally`. FAILED + g is the first gate failed; the cascade sums to WANTS.

    WANTS: wants that are counted (`sim.rules.count.is_counted`), people who left among them. ELIGIBLE: those that were
    judged; AVAILABLE, HAD_IN_TIME and STARTED_IN_TIME of them, each holding the next; ONLINE: counted as available by an
    online community; CHOICE: two hosts had room in a week in which the person looked. WITHIN_REACH: knew of something
    that had room in some week, or was offered a place. STARTED, UNMET: support started within the first follow-up, or
    not. STARTS: starts within it, whatever want they came from. FOLLOWED: of ELIGIBLE, those with the second follow-up;
    KEPT, BETTER, WORSE of them; NET: BETTER less WORSE; BETTER_BY_CHANCE, WORSE_BY_CHANCE: the same people, starts and luck,
    had support done nothing on average. ALL_WANTS: latent wants that began in the reported weeks, whatever became of
    them; ALL_STARTED of these, those that led to a start by the end of the run.
    STARTED_LOOSE: started with a similar experience. ONLY_LOOSE: something similar existed in time, nothing with the very
    same. Gain-weeks (thousandths of an SD x weeks): IN support, AFTER it until the horizon (with the half-life), and
    BEYOND the horizon.
    """

    WANTS = 0
    ELIGIBLE = 1
    AVAILABLE = 2
    HAD_IN_TIME = 3
    STARTED_IN_TIME = 4
    ONLINE = 5
    CHOICE = 6
    WITHIN_REACH = 7
    ASKED = 8
    OFFERED_IN_TIME = 9
    STARTED = 10
    STARTS = 11
    UNMET = 12
    STARTED_LOOSE = 13
    ONLY_LOOSE = 14
    FOLLOWED = 15
    KEPT = 16
    BETTER = 17
    WORSE = 18
    BETTER_BY_CHANCE = 19
    WORSE_BY_CHANCE = 20
    NET = 21
    ALL_WANTS = 22
    ALL_STARTED = 23
    GAIN_LONELY = 24
    GAIN_CONFIDENCE = 25
    LONELY_WEEKS_IN = 26
    LONELY_WEEKS_AFTER = 27
    LONELY_WEEKS_BEYOND = 28
    CONFIDENCE_WEEKS_IN = 29
    CONFIDENCE_WEEKS_AFTER = 30
    CONFIDENCE_WEEKS_BEYOND = 31
    FAILED = 32
    SUCCESS = FAILED + len(GATES)
    OPEN = SUCCESS + 1
    LEFT = SUCCESS + 2
    ALREADY = SUCCESS + 3


MEASURES: tuple[str, ...] = (
    *(m.name.lower() for m in list(Measure)[: Measure.FAILED]),
    *(f"stopped_at_{gate}" for gate in GATES),
    "succeeded",
    "followed_up_too_briefly",
    "left",
    "already_in_support",
)

SECOND_MARKS = (
    (Measure.KEPT, Mark.KEPT),
    (Measure.BETTER, Mark.BETTER),
    (Measure.WORSE, Mark.WORSE),
    (Measure.BETTER_BY_CHANCE, Mark.BY_CHANCE),
    (Measure.WORSE_BY_CHANCE, Mark.WORSE_BY_CHANCE),
)
"""Measures at the second follow-up, and the mark that each counts."""
GAIN_PARTS = {
    "lonely": (Measure.LONELY_WEEKS_IN, Measure.LONELY_WEEKS_AFTER, Measure.LONELY_WEEKS_BEYOND),
    "confidence": (Measure.CONFIDENCE_WEEKS_IN, Measure.CONFIDENCE_WEEKS_AFTER, Measure.CONFIDENCE_WEEKS_BEYOND),
}
"""Gain-weeks in support, after it, and beyond the horizon, by kind of gain."""

GAINS = ("lonely_in", "lonely_after", "confidence_in", "confidence_after")

# `paid_mfte` is thousandths of full-time posts of paid peer workers; `volunteers_stretched` volunteers of
# organisations with more than their coordinators can supervise.
STOCKS = (
    "adults",
    "with_condition",
    "wanting_latent",
    "wanting",
    "waiting",
    "in_groups",
    "in_pairs",
    "with_volunteer_or_paid",
    "online",
    "groups",
    "organisations",
    "volunteers",
    "paid_workers",
    "places",
    "used_last_year",
    "knowing",
    "organisers",
    "paid_mfte",
    "volunteers_stretched",
    "unspent_pence",
)
STAGE_STOCKS = {
    "wanting": Stage.WANTING,
    "waiting": Stage.WAITING,
    "in_groups": Stage.MEMBER,
    "in_pairs": Stage.PAIRED,
    "with_volunteer_or_paid": Stage.SUPPORTED,
    "online": Stage.ONLINE,
}
"""Stocks of people at one stage."""
SLOW_STOCKS = ("with_condition", "used_last_year", "wanting_latent", "knowing")
SLOW_MEASURED = ("carers", "carers_used_last_year")
"""Stocks, and columns of MEASURED, counted over everybody: once a quarter, and carried between."""
ORGANISATION_COLUMNS = (
    "area_row",
    "place",
    "ordinal",
    "needs",
    "open",
    "cash",
    "coordinator_mfte",
    "paid_mfte",
    "spent",
    "recruited",
    "quality",
)
MONEY = (
    "spent_board_pence",
    "spent_council_pence",
    "spent_trust_pence",
    "spent_charity_pence",
    "spent_group_grants_pence",
    "spent_expenses_pence",
    "spent_online_pence",
    "spent_link_workers_pence",
    "spent_participants_and_own_sources_pence",
    "spent_ways_in_pence",
    "spent_development_pence",
)
WEEKLY: tuple[str, ...] = (*STOCKS, *MONEY, *(f"n_{e.name.lower()}" for e in Event), *MEASURED)


def reported_years(shape: Shape) -> list[tuple[int, int]]:
    """[first week, week after the last) of each reported year; the last may be shorter."""
    starts = range(shape.burn_in, shape.end, YEAR)
    return [(week, min(week + YEAR, shape.end)) for week in starts]


def ends_year(shape: Shape, week: int) -> bool:
    """Whether a reported year, whole or not, ends with this week."""
    return (week + 1 - shape.burn_in) % YEAR == 0 or week + 1 == shape.end


SETTLING_WEEKS = 4 * YEAR
"""Weeks of burn-in over whose end drift is measured: a shorter burn-in cannot tell whether stocks have settled."""


@dataclass
class Result:
    """One scenario's run in all its worlds. `events` int64[n, 4] (week, person, kind, detail), in order
    (week, person, kind, detail), for the people traced; `people` their descriptions. `settling`: each key stock, summed
    over all worlds and two years of weeks each: the last but two years of the burn-in, and the last two."""

    shape: Shape
    weekly: np.ndarray
    tally: np.ndarray
    organisations: dict[str, np.ndarray] = field(default_factory=dict)
    events: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.int64))
    people: dict[str, np.ndarray] = field(default_factory=dict)
    settling: dict[str, tuple[int, int]] = field(default_factory=dict)
    gains: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, len(GAINS)), np.int64))
    waits: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, LONGEST_WAIT + 1), np.int64))
    reservations: np.ndarray = field(default_factory=lambda: np.zeros((0, 5), np.int64))
    ledger: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, len(Payer), PAYER_LINES), np.int64))
    books: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, LINES), np.int64))

    @property
    def drift(self) -> dict[str, float]:
        """Yearly change of each key stock at the end of the burn-in, as a share, beyond what luck brings.

        Empty when the burn-in is shorter than four years: such a run is for tests and pictures of the burn-in itself.
        """
        return {name: _beyond_luck(before, after) for name, (before, after) in self.settling.items() if before > 0}

    def column(self, name: str) -> np.ndarray:
        """int64[weeks, area rows] of one weekly column."""
        return self.weekly[:, :, WEEKLY.index(name)]


def _beyond_luck(before: int, after: int) -> float:
    """Yearly change of the mean over two years against the two before, halved, less what luck moves.

    Luck moves a stock of so few by one over the root of its number: a small run is not refused for being small.
    """
    moved, luck = (after - before) / (2.0 * before), (2.0 * YEAR / before) ** 0.5
    return max(0.0, moved - luck) if moved > 0 else min(0.0, moved + luck)
