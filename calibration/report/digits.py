"""Numbers that are printed with their Monte Carlo error, to as many digits as every other number beside them."""

from __future__ import annotations

import math

DIGITS = 3
"""Significant digits, as everywhere else on these pages: a median has no fewer than the ends of its interval."""


class Held(float):
    """A number that a page prints as `text`; a CSV has it in full."""

    text: str

    def __new__(cls, value: float, error: float) -> Held:
        """The value with its Monte Carlo error, a standard deviation."""
        made = super().__new__(cls, value)
        made.text = with_error(value, error)
        return made


def with_error(value: float, error: float) -> str:
    """A number and, behind it, its error to two digits; without one that is nothing, or not known."""
    shown = f"{value:.{DIGITS}g}"
    return f"{shown} ± {error:.2g}" if math.isfinite(error) and error > 0 else shown
