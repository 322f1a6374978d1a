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
def dose_share(weeks: float, dose_weeks: float, holds: int) -> float:
    """Share of the whole effect that `weeks` of support have built up. It grows no more after `holds` weeks."""
    return min(1.0, min(weeks, holds) / dose_weeks)


@rule
def holds_for(holds_weeks: float) -> int:
    """Whole weeks of support over which an effect builds up and holds, rounded half up; at least one."""
    return max(1, math.floor(holds_weeks + 0.5))


@rule
def luck_sd(dose: float, spread: float, luck: float) -> float:
    """What luck alone does for one person, in SD: all that is left of an effect where the mean effect is nothing."""
    return spread * dose * luck


@rule
def effect_sd(
    mean_effect: float, dose: float, need: float, exact: float, loose: float, quality: float, spread: float, luck: float
) -> float:
    """One person's effect, in SD. `need` is 0 to 1 (more need, more effect).

    `luck` is centred on 0 with unit spread; spread grows with the dose, so no support, no effect.
    """
    fit = 1.0 if exact == 1 else loose
    by_quality = QUALITY_EFFECT_LEAST + (1.0 - QUALITY_EFFECT_LEAST) * quality
    by_need = NEED_EFFECT_LEAST + NEED_EFFECT_RANGE * need
    return mean_effect * dose * by_need * fit * by_quality + luck_sd(dose, spread, luck)


@rule
def effect_if_attending(itt: float, attendance: float) -> float:
    """Effect among attenders that gives back an intention-to-treat effect at that attendance."""
    return itt / attendance


@rule
def harm_thousandths(fold_harm_sd: float) -> int:
    """Thousandths of an SD lost when a group or a supporter goes."""
    return math.floor(fold_harm_sd * 1000.0 + 0.5)
