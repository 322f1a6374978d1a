"""Rules of who is left out: what falls or rises along the deprivation fifths, while the total of the area stays.

A *lean* is how far a person's fifth, or a place, is from the middle of its area, times the strength of the gradient
(the parameter `gradient`): below 0 where there is less than on average, from -1 to 1. Means over the area are 0. See
docs/decisions/0026-who-is-left-out.md.
"""

from __future__ import annotations

from sim.compiled import rule
from sim.numbers.levers import CHOICES
from sim.numbers.parameters import Column
from sim.vocabulary import FIFTHS

FIFTH_STEP = 1.0 / (len(FIFTHS) - 1)
DEPRIVED = 1
"""The last of the fifths that count as deprived: the two most deprived are 0 and 1."""
LEAST_DEPRIVED = 0.01  # a place without such people is not divided by nothing
EQUITY = CHOICES["allocation"].index("equity")


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


@rule
def goes_by_deprivation(allocation: float) -> bool:
    """Whether payers divide what is for places by the people there in the two most deprived fifths."""
    return allocation == EQUITY


@rule
def help_here(help_times: float, allocation: float, deprived: float) -> float:
    """Help of a place, times today's. What is more than today's is alike everywhere, or goes by deprivation: `deprived` is the
    part of a place's people in the two most deprived fifths, against the area's, so the area has as much either way."""
    if help_times > 1.0 and goes_by_deprivation(allocation):
        return 1.0 + (help_times - 1.0) * deprived
    return help_times


@rule
def has_enough(organisations: float, allocation: float, deprived: float) -> float:
    """How well a place is served by its local organisations: a new one is helped to start where it is least. By their number, or
    by their number for those of its people who are deprived."""
    return (organisations + 1.0) / max(deprived, LEAST_DEPRIVED) if goes_by_deprivation(allocation) else organisations
