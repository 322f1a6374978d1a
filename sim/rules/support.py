"""Rules of the phase `support`: staying, leaving, and what support does."""

from __future__ import annotations

import numpy as np

from sim.numbers.parameters import Column
from sim.numbers.structure import NEED_EFFECT_LEAST, NEED_EFFECT_RANGE, QUALITY_EFFECT_LEAST, QUALITY_LEAVING_TIMES


def leaving_chance(drop: Column, exact: Column, loose_times: Column, quality: Column) -> Column:
    """Weekly chance of leaving one-to-one support early; lower quality (0 to 1) raises it."""
    return np.where(exact == 1, drop, drop * loose_times) * (
        QUALITY_LEAVING_TIMES - (QUALITY_LEAVING_TIMES - 1.0) * quality
    )


def dose_share(weeks: Column, dose_weeks: Column) -> Column:
    """Share of the whole effect after `weeks` of support."""
    return np.minimum(1.0, weeks / dose_weeks)


def effect_sd(
    mean_effect: Column,
    dose: Column,
    need: Column,
    exact: Column,
    loose: Column,
    quality: Column,
    spread: Column,
    luck: Column,
) -> Column:
    """One person's effect, in SD. `need` is 0 to 1 (more need, more effect).

    `luck` is centred on 0 with unit spread; spread grows with the dose, so no support, no effect.
    """
    fit = np.where(exact == 1, 1.0, loose)
    by_quality = QUALITY_EFFECT_LEAST + (1.0 - QUALITY_EFFECT_LEAST) * quality
    return mean_effect * dose * (NEED_EFFECT_LEAST + NEED_EFFECT_RANGE * need) * fit * by_quality + spread * dose * luck


def effect_if_attending(itt: Column, attendance: Column) -> Column:
    """Effect among attenders that gives back an intention-to-treat effect at that attendance."""
    return itt / attendance


def harm_thousandths(fold_harm_sd: Column) -> Column:
    """Thousandths of an SD lost when a group or a supporter goes."""
    return np.floor(fold_harm_sd * 1000.0 + 0.5).astype(np.int64)


def ramp_weeks(weeks: Column, dose_weeks: Column) -> Column:
    """Sum over the first `weeks` weeks of min(week, dose_weeks): whole numbers, as the effect builds up."""
    rising = np.minimum(weeks, dose_weeks)
    return rising * (rising + 1) // 2 + (weeks - rising) * dose_weeks


def gain_in_support(gain: Column, start: Column, end: Column, dose_weeks: Column, first: int, last: int) -> Column:
    """Thousandths of an SD x weeks that a spell of support gave in the weeks first <= week < last.

    The spell's weeks are start + 1 to `end`; its effect grows in proportion to the dose and is `gain` at the end.
    Whole numbers in, whole numbers out (rounded down).
    """
    length = end - start
    until = np.minimum(np.maximum(last - 1 - start, 0), length)
    before = np.minimum(np.maximum(first - 1 - start, 0), length)
    whole = np.maximum(1, np.minimum(length, dose_weeks))
    return gain * (ramp_weeks(until, dose_weeks) - ramp_weeks(before, dose_weeks)) // whole


def weeks_since(end: Column, first: int, last: int, lasts: int) -> tuple[Column, Column]:
    """(weeks after `end` that are over before week `first`, those over before `last`), 0 to `lasts`."""
    before = np.minimum(np.maximum(first - 1 - end, 0), lasts)
    until = np.minimum(np.maximum(last - 1 - end, 0), lasts)
    return before, until
