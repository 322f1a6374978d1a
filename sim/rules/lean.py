"""Rules of who is left out: what falls or rises along the deprivation fifths, while the total of the area stays.

A *lean* is how far a person's fifth, or a place, is from the middle of its area, times the strength of the gradient
(the parameter `gradient`): below 0 where there is less than on average, from -1 to 1. Means over the area are 0. See
docs/decisions/0026-who-is-left-out.md.
"""

from __future__ import annotations

from sim.compiled import rule
from sim.numbers.parameters import Column
from sim.vocabulary import FIFTHS

FIFTH_STEP = 1.0 / (len(FIFTHS) - 1)


@rule
def lean_of(strength: Column, fifth: Column, middle: Column) -> Column:
    """The lean of a fifth, 0 the most deprived; `middle` is the mean fifth of those it is compared with. Tables are made
    of it too."""
    return strength * (fifth - middle) * FIFTH_STEP


@rule
def leant(share: float, lean: float) -> float:
    """A share or a chance, from 0 to 1, with a lean: it stays in its bounds, and the mean of a population stays."""
    return share + lean * min(share, 1.0 - share)


@rule
def times_leant(rate: Column, lean: Column) -> Column:
    """A rate or a number, of any size, with a lean."""
    return rate * (1.0 + lean)
