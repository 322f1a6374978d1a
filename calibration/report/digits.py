"""Numbers that are printed only as far as they hold: a figure with its Monte Carlo error."""

from __future__ import annotations

import math

MOST = 3
"""Significant digits at most, as everywhere else on these pages."""


class Held(float):
    """A number that a page prints as `text`; a CSV has it in full."""

    text: str

    def __new__(cls, value: float, error: float) -> Held:
        """The value with its Monte Carlo error, a standard deviation."""
        made = super().__new__(cls, value)
        made.text = as_far_as(value, error)
        return made


def as_far_as(value: float, error: float) -> str:
    """A number up to the last digit that holds: two errors are less than one of its units. With no error, MOST digits.

    A number that is all error is given as its first digit, or as 0.
    """
    if not math.isfinite(value) or not math.isfinite(error):
        return f"{value:.3g}"
    first = math.floor(math.log10(abs(value))) if value else 0
    last = first - MOST + 1
    if error > 0:
        last = max(last, math.ceil(math.log10(2 * error)))
    rounded = round(value, -last) + 0.0  # never minus nothing
    return f"{rounded:.{max(-last, 0)}f}"
