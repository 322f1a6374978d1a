"""Returns beside published ones: by policy, by assumption, and the published range with what each figure is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from calibration.library.evidence_library import library
from calibration.library.evidence_record import Evidence
from reports import svg
from reports.case.told import plain
from scenarios.worth.returns import Return

PUBLISHED = ("cost_dementia_sroi", "cost_together_sroi", "cost_trachtenberg")
"""Records of published returns, lowest first; what they are stands in the evidence table."""
CLAIMED = "cost_macmillan_roi"
"""The record of a claim that its own remark says not to use: shown, and no part of the published range."""
NOT_RAISED = (
    "The first policy does not measurably raise wellbeing. So it has no return, and no assumptions are set beside it."
)
COLUMNS = ("assumption, or source", "for one pound", "times our own way")
MOST = 3
"""Assumptions that a sentence names."""
HOW = (
    "Pounds of benefit for one pound, from the same runs throughout. This model's own way comes first, for each policy: WELLBYs, "
    "all payers, against doing otherwise."
)
FREE = "costs no more"
"""In the place of pounds for one pound."""
APART = (
    "Then come what published returns often assume, one at a time, for the first policy. QALYs or costs of loneliness on top of "
    "WELLBYs would count the same wellbeing twice, so they are not shown."
)


@dataclass(frozen=True)
class Mark:
    """One line of the picture: its words, from where to where (the same for a single figure), and a colour."""

    words: str
    low: float
    high: float
    colour: str


def found_rows() -> list[Evidence]:
    """The published records that are there, the claim last."""
    evidence = library()
    return [evidence[name] for name in (*PUBLISHED, CLAIMED) if name in evidence]


def reach(row: Evidence) -> tuple[float, float]:
    """From where to where a published figure goes, in pounds for one pound."""
    return (row.value, row.value) if np.isfinite(row.value) else (row.low, row.high)


def published_range() -> tuple[float, float]:
    """The lowest and the highest published return, the claim left out."""
    ends = [reach(row) for row in found_rows() if row.id != CLAIMED]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _words(row: Evidence) -> str:
    kind = "a claim, not used" if row.id == CLAIMED else "published" if row.grade == "published" else row.grade
    return f"{kind}: {row.quantity}, {row.source} ({row.population})"


def span(low: float, high: float) -> str:
    """ "£1.17 to £5.18", or one figure."""
    return f"£{low:.2f}" if low == high else f"£{low:.2f} to £{high:.2f}"


def says(row: Return) -> bool:
    """Whether a row belongs beside published ones: it returns something, or costs no more."""
    return row.saves or (row.gbp is not None and row.gbp > 0)


def rows(own: Sequence[Return], found: Sequence[Return]) -> Iterator[tuple[str, str, str]]:
    """The table: policies, assumptions with how many times our own way each makes it, and published figures. `found`: our own way
    of the first policy, then its assumptions; empty where it gains nothing."""
    yield from ((f"this model's own way: {row.words}", _gbp(row), "") for row in own)
    yield from ((row.words, _gbp(row), _times(row, found[0])) for row in found[1:])
    yield from ((_words(row), span(*reach(row)), "") for row in found_rows())


def _gbp(row: Return) -> str:
    return FREE if row.gbp is None else f"£{row.gbp:.2f}"


def _times(row: Return, usual: Return) -> str:
    """How many times our own way a row is; nothing where one of the two costs no more."""
    return plain(row.gbp / usual.gbp) if row.gbp and usual.gbp else ""


def marks(own: Sequence[Return], found: Sequence[Return]) -> list[Mark]:
    """The same lines for the picture, but for those that cost no more."""
    drawn = [(f"Our own way: {row.words}", row.gbp, svg.PLAN) for row in own]
    drawn += [(row.words, row.gbp, svg.TODAY) for row in found[1:]]
    return [
        *(Mark(words, gbp, gbp, colour) for words, gbp, colour in drawn if gbp is not None),
        *(Mark(_words(row), *reach(row), svg.PINS[1]) for row in found_rows()),
    ]


def caption(found: Sequence[Return]) -> str:
    """How far assumptions alone take the return, beside the published range."""
    low, high = published_range()
    values = [row.gbp for row in found if row.gbp is not None]
    others = f"Published returns go from £{low:.2f} to £{high:.2f}."
    if not values:
        return others
    return f"The same runs return from £{min(values):.2f} to £{max(values):.2f} for one pound, by assumptions alone. {others}"


def said(own: Sequence[Return], found: Sequence[Return]) -> list[str]:
    """Where each policy lies beside the published range, and which assumptions make the difference."""
    return [HOW, *map(_lies, own), *([_makes(found), APART] if found else [NOT_RAISED])]


def _lies(row: Return) -> str:
    if row.saves:
        return f"{row.words}: it gains and {FREE}, so there is no return for one pound."
    low, high = published_range()
    where = "below" if (gbp := float(row.gbp or 0)) < low else "above" if gbp > high else "within"
    return f"{row.words}: {_gbp(row)} for one pound, {where} the published range (£{low:.2f} to £{high:.2f})."


def _makes(found: Sequence[Return]) -> str:
    """The single assumptions that change the return most; the last row, all of them together, is none."""
    usual = found[0].gbp
    if not usual:
        return f"In this model's own way the first policy {FREE}. So nothing is set as a multiple of that."
    sizes = sorted(
        ((row.gbp / usual, row.words) for row in found[1:-1] if row.gbp), key=lambda one: -abs(np.log(one[0]))
    )
    told = "; ".join(f"{words} ({plain(times)} times)" for times, words in sizes[:MOST] if round(times, 2) != 1)
    return f"What makes the most difference by itself: {told}." if told else "No single assumption makes a difference."
