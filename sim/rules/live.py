"""Rules of the phase `live`: the clock of life and the beginning of wants."""

from __future__ import annotations

import math
from typing import Any

from sim.compiled import rule
from sim.numbers.parameters import Column
from sim.numbers.structure import WANT_LEAST_WEEKS


@rule
def onset_per_week(prevalence: Column, mean_weeks: Column) -> Column:
    """Weekly chance that a want begins in someone without one, so that `prevalence` have one.

    Tables are made of it too. Alternating renewal: prevalence = r L / (1 + r L). `mean_weeks` L is the whole mean length.
    """
    return prevalence / (mean_weeks * (1.0 - prevalence))


@rule
def life_group(ill: Any, carer: Any) -> Any:
    """Row of the tables of life: by whether a person has a condition (0 or 1), and whether they care for somebody. The
    start of a run asks for many at once, in arrays."""
    return 2 * carer + ill


@rule
def want_weeks(unit_wait: float, mean_weeks: float) -> float:
    """Natural length of a want: the least, and an exponential clock of mean `mean_weeks`."""
    return WANT_LEAST_WEEKS + math.floor(unit_wait * mean_weeks)


@rule
def gap_weeks(unit_wait: float, mean_weeks: float) -> float:
    """Weeks to the next strike of a clock of this mean, or to the end of a length: at least one."""
    return 1.0 + math.floor(unit_wait * mean_weeks)


@rule
def target_weeks(
    cause: float, bereaved: float, discharged: float, usual: float, bereavement_weeks: float, discharge_weeks: float
) -> float:
    """Soon enough, by what began the want. `bereaved`, `discharged` are the codes of those causes."""
    return discharge_weeks if cause == discharged else bereavement_weeks if cause == bereaved else usual


@rule
def match_kind(u: float, narrow: float, broad: float) -> int:
    """0 the very same experience, 1 a similar one, 2 any."""
    return (u >= narrow) * 1 + (u >= narrow + broad) * 1
