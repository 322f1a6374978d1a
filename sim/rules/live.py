"""Rules of the phase `live`: the clock of life and the beginning of wants."""

from __future__ import annotations

import numpy as np

from sim.numbers.parameters import Column
from sim.numbers.structure import WANT_LEAST_WEEKS


def onset_per_week(prevalence: Column, mean_weeks: Column) -> Column:
    """Weekly chance that a want begins in someone without one, so that `prevalence` have one.

    Alternating renewal: prevalence = r L / (1 + r L). `mean_weeks` L is the whole mean length.
    """
    return prevalence / (mean_weeks * (1.0 - prevalence))


def want_weeks(unit_wait: Column, mean_weeks: Column) -> Column:
    """Natural length of a want: the least, and an exponential clock of mean `mean_weeks`."""
    return WANT_LEAST_WEEKS + np.floor(unit_wait * mean_weeks)


def gap_weeks(unit_wait: Column, mean_weeks: Column) -> Column:
    """Weeks to the next strike of a clock of this mean, or to the end of a length: at least one."""
    return 1.0 + np.floor(unit_wait * mean_weeks)


def target_weeks(
    cause: Column,
    bereaved: Column,
    discharged: Column,
    usual: Column,
    bereavement_weeks: Column,
    discharge_weeks: Column,
) -> Column:
    """Soon enough, by what began the want. `bereaved`, `discharged` are the codes of those causes."""
    target = np.where(cause == bereaved, bereavement_weeks, usual)
    return np.where(cause == discharged, discharge_weeks, target)


def match_kind(u: Column, narrow: Column, broad: Column) -> Column:
    """0 the very same experience, 1 a similar one, 2 any."""
    return (u >= narrow) * 1 + (u >= narrow + broad) * 1
