"""How much a spell of support gives, week by week: it builds up, holds as long as trials have followed it, and fades.

All in whole numbers. `left` int64[weeks]: thousandths of a full week that a fading effect is worth in its first weeks
(`sim.tables.weeks_left`); `holds`: weeks of support for which an effect holds.
"""

from __future__ import annotations

from sim.compiled import rule
from sim.numbers.parameters import Column


@rule
def ramp_weeks(weeks: int, dose_weeks: int) -> int:
    """Sum over the first `weeks` weeks of min(week, dose_weeks): whole numbers, as the effect builds up."""
    rising = min(weeks, dose_weeks)
    return rising * (rising + 1) // 2 + (weeks - rising) * dose_weeks


@rule
def level_weeks(weeks: int, dose_weeks: int, holds: int, left: Column) -> int:
    """Thousandths: sum over the first `weeks` weeks of how far the effect has built up (in weeks of dose).

    It grows up to the dose, holds until week `holds`, and then fades as after support (`sim.tables.weeks_left`).
    """
    held = min(weeks, holds)
    faded = min(weeks - held, len(left) - 1)
    return 1000 * ramp_weeks(held, dose_weeks) + min(dose_weeks, holds) * left[faded]


@rule
def gain_in_support(
    gain: int, start: int, end: int, dose_weeks: int, holds: int, left: Column, first: int, last: int
) -> int:
    """Thousandths of an SD x weeks that a spell of support gave in the weeks first <= week < last.

    The spell's weeks are start + 1 to `end`; its effect grows in proportion to the dose, is `gain` where it is built up,
    and fades after `holds` weeks. Whole numbers in, whole numbers out (rounded down).
    """
    length = end - start
    until = min(max(last - 1 - start, 0), length)
    before = min(max(first - 1 - start, 0), length)
    whole = max(1, min(length, dose_weeks, holds))
    weeks = level_weeks(until, dose_weeks, holds, left) - level_weeks(before, dose_weeks, holds, left)
    return gain * weeks // (1000 * whole)


@rule
def not_faded(gain: int, weeks: int, holds: int, left: Column) -> int:
    """Of an effect in thousandths, what is left after `weeks` of support: all for `holds` weeks, then less as after it."""
    over = min(weeks - holds, len(left) - 1)
    if over <= 0:
        return gain
    return (gain * (left[over] - left[over - 1]) + 500) // 1000


@rule
def weeks_since(end: int, first: int, last: int, lasts: int) -> tuple[int, int]:
    """(weeks after `end` that are over before week `first`, those over before `last`), 0 to `lasts`."""
    before = min(max(first - 1 - end, 0), lasts)
    until = min(max(last - 1 - end, 0), lasts)
    return before, until
