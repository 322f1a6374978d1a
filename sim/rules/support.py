"""Rules of the phase `support`: staying, leaving, and what support does."""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.numbers.structure import NEED_EFFECT_LEAST, NEED_EFFECT_RANGE, QUALITY_EFFECT_LEAST, QUALITY_LEAVING_TIMES


@rule
def leaving_chance(drop: float, exact: int, loose_times: float, quality: float) -> float:
    """Weekly chance of leaving one-to-one support early; lower quality (0 to 1) raises it."""
    return (drop if exact == 1 else drop * loose_times) * (
        QUALITY_LEAVING_TIMES - (QUALITY_LEAVING_TIMES - 1.0) * quality
    )


@rule
def dose_share(weeks: float, dose_weeks: float) -> float:
    """Share of the whole effect after `weeks` of support."""
    return min(1.0, weeks / dose_weeks)


@rule
def effect_sd(
    mean_effect: float, dose: float, need: float, exact: float, loose: float, quality: float, spread: float, luck: float
) -> float:
    """One person's effect, in SD. `need` is 0 to 1 (more need, more effect).

    `luck` is centred on 0 with unit spread; spread grows with the dose, so no support, no effect.
    """
    fit = 1.0 if exact == 1 else loose
    by_quality = QUALITY_EFFECT_LEAST + (1.0 - QUALITY_EFFECT_LEAST) * quality
    return mean_effect * dose * (NEED_EFFECT_LEAST + NEED_EFFECT_RANGE * need) * fit * by_quality + spread * dose * luck


@rule
def effect_if_attending(itt: float, attendance: float) -> float:
    """Effect among attenders that gives back an intention-to-treat effect at that attendance."""
    return itt / attendance


@rule
def harm_thousandths(fold_harm_sd: float) -> int:
    """Thousandths of an SD lost when a group or a supporter goes."""
    return math.floor(fold_harm_sd * 1000.0 + 0.5)


@rule
def ramp_weeks(weeks: int, dose_weeks: int) -> int:
    """Sum over the first `weeks` weeks of min(week, dose_weeks): whole numbers, as the effect builds up."""
    rising = min(weeks, dose_weeks)
    return rising * (rising + 1) // 2 + (weeks - rising) * dose_weeks


@rule
def gain_in_support(gain: int, start: int, end: int, dose_weeks: int, first: int, last: int) -> int:
    """Thousandths of an SD x weeks that a spell of support gave in the weeks first <= week < last.

    The spell's weeks are start + 1 to `end`; its effect grows in proportion to the dose and is `gain` at the end.
    Whole numbers in, whole numbers out (rounded down).
    """
    length = end - start
    until = min(max(last - 1 - start, 0), length)
    before = min(max(first - 1 - start, 0), length)
    whole = max(1, min(length, dose_weeks))
    return gain * (ramp_weeks(until, dose_weeks) - ramp_weeks(before, dose_weeks)) // whole


@rule
def weeks_since(end: int, first: int, last: int, lasts: int) -> tuple[int, int]:
    """(weeks after `end` that are over before week `first`, those over before `last`), 0 to `lasts`."""
    before = min(max(first - 1 - end, 0), lasts)
    until = min(max(last - 1 - end, 0), lasts)
    return before, until
