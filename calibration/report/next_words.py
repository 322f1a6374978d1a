"""Measure this next, in words: the same on the page of a calibration and for the answers that people ask for."""

from __future__ import annotations

from typing import Any

from calibration.report.measure_next import Expected

STILL = "cannot be told"
"""In place of what a study tells of an answer that parameters hardly move."""
UNKNOWN = "not known"
"""In place of a price that nobody has said."""


def columns(of: str) -> tuple[str, ...]:
    """Heads of a table of studies. of: what they tell of: an output, an answer."""
    return ("study", of, "narrows it by", "from", "to", "floor", "price, GBP")


def cells(row: Expected, answer: str = "") -> tuple[Any, ...]:
    """A study and an answer, for those heads; numbers as they are. answer: in words, where its name says too little."""
    said = (STILL if v is None else v for v in (row.narrows, row.low, row.high, row.floor))
    return (row.what, answer or row.answer, *said, UNKNOWN if row.price_gbp is None else row.price_gbp)


def said(draws: int, of: str) -> str:
    """What the figures mean. of: an output, an answer."""
    one = f"{'an' if of[0] in 'aeiou' else 'a'} {of}"
    return (
        f"From {draws} draws of the posterior: the share of {one}'s standard deviation that a study is expected to "
        "take off, with a 90% interval. A study whose interval reaches down to the floor, which a study of nothing has, "
        "would tell nothing that these runs can see. A study is made in one run. Where that run counts fewer than the study would "
        "(its new volunteers, its groups), the run's luck is taken for the study's, and the study tells more than is shown here. "
        f"{STILL[0].upper()}{STILL[1:]}: these runs cannot see that parameters move the {of} at all. Prices are the plan's."
    )
