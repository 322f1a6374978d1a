"""Where people are: place, area row and world, by their number.

A whole number divided by one that the compiler does not know takes 1.8 ns and keeps the processor from working on several
people at once; multiplying by what is made once takes 0.2. A half is added, so that rounding never passes a boundary:
exact below 2**50 people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import rule, whole

if TYPE_CHECKING:
    from sim.core.week import Week


@rule
def place_of(w: Week, i: int) -> int:
    """Place of a person."""
    return whole((i + 0.5) * w.per_place)


@rule
def row_of(w: Week, i: int) -> int:
    """Area row (world * areas + area) of a person."""
    return w.places.area_row[place_of(w, i)]


@rule
def world_of(w: Week, row: int) -> int:
    """World of an area row."""
    return whole((row + 0.5) * w.per_area)


@rule
def who_manages(fifth: int, offline: int) -> int:
    """Column of `rates.manage`, by deprivation fifth and whether a person is offline."""
    return 2 * fifth + offline
