"""A run of `part` of every `of` adults of an area: what its bodies read of people, pay and report. Whole numbers.

See docs/decisions/0021-a-sample-that-stands-for-its-area.md. At 1 of 1 nothing changes what it is given.
"""

from __future__ import annotations

from sim.compiled import rule


@rule
def belongs(u: float, part: int, of: int) -> bool:
    """Whether a place of the area, whose draw is `u` in [0, 1), is one of this run."""
    return u * of < part


@rule
def to_area(count: int, part: int, of: int) -> int:
    """A count of this run's people as the area's, to the nearest."""
    return (2 * count * of + part) // (2 * part)


@rule
def next_to_area(before: int, part: int, of: int) -> int:
    """How many of the area's people the next of this run's stands for, when `before` came: added up, none is lost."""
    return (before + 1) * of // part - before * of // part


@rule
def pence_of_area(pence: int, part: int, of: int) -> int:
    """What its payer pays for a local body and those of its kind that are not in this run: rounded up."""
    return -(-pence * of // part)


@rule
def pence_of_one(pence: int, part: int, of: int) -> int:
    """What a local body of this run has of a share for all of its kind: rounded down, so that no budget is passed."""
    return pence * part // of


@rule
def to_run(figure: int, left: int, part: int, of: int) -> tuple[int, int]:
    """(what is reported this week of a figure of the area, what is left for the next): `left` is from the week before."""
    total = figure * part + left
    return total // of, total % of
