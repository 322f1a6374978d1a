"""The closed list of formulas by which a number of the model follows from published figures. Nothing is executed from data.

Each is a pure function of floats, in the order in which `calibration/evidence/derived.csv` names them. `gives` is the kind
of number that comes out ("" where it is that of the first figure); `words` says the formula, its figures as {0}, {1} and so on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

NORMAL = NormalDist()
INTERVAL = 2 * NORMAL.inv_cdf(0.975)
"""Standard errors in a printed 95% interval."""
YEAR = 52


@dataclass(frozen=True)
class Formula:
    """One formula: its name, what it gives, how it is said, and the function itself."""

    name: str
    gives: str
    words: str
    of: Callable[..., float]


def same(x: float) -> float:
    """A figure as it stands."""
    return abs(x)


def product(*x: float) -> float:
    """Figures times each other."""
    return math.prod(map(abs, x))


def ratio(x: float, y: float) -> float:
    """One figure over another."""
    return x / y


def middle(*x: float) -> float:
    """The mean of figures."""
    return math.fsum(x) / len(x)


def geometric(*x: float) -> float:
    """The geometric mean: as many times above the lowest as under the highest, of two."""
    return math.prod(x) ** (1 / len(x))


def weekly(share: float, weeks: float) -> float:
    """The chance a week that comes to `share` over so many weeks."""
    return 1 - (1 - share) ** (1 / weeks)


def weekly_of(share: float, of: float, weeks: float) -> float:
    """The same, of the `of` to whom it can happen."""
    return weekly(share / of, weeks)


def weekly_both(share: float, of: float, weeks: float) -> float:
    """The same, of people both of whose shares hold: `share` of the `of`."""
    return weekly(share * of, weeks)


def weekly_after(later: float, earlier: float, weeks: float) -> float:
    """The chance a week that takes those left from `earlier` to `later` in so many weeks."""
    return 1 - (later / earlier) ** (1 / weeks)


def mean_weeks(left: float, weeks: float) -> float:
    """The mean length of which `left` are left after so many weeks, where the chance to end never changes."""
    return -weeks / math.log(left)


def usual(chance: float, times: float) -> float:
    """The chance at a usual contact, where the odds at this one are so many times as high."""
    odds = chance / (1 - chance) / times
    return odds / (1 + odds)


def usual_thinking(uptake: float, accepted: float, times: float) -> float:
    """The same of thinking of it, where uptake is thinking of it and accepting."""
    return usual(uptake / accepted, times)


def of_the_others(one: float, without: float) -> float:
    """What something adds, of those who would have gone without."""
    return (one - without) / (1 - without)


def fewer_by_odds(odds_ratio: float, without: float) -> float:
    """The share fewer that an odds ratio means, where `without` have the event otherwise."""
    return 1 - odds_ratio / (1 - without + without * odds_ratio)


def full_cost(pay: float, pension: float, rate: float, threshold: float) -> float:
    """Pay a year with the employer's pension and National Insurance contributions."""
    return pay * (1 + pension) + rate * (pay - threshold)


def full_cost_of_two(pay: float, other: float, pension: float, rate: float, threshold: float) -> float:
    """The same, midway between two bands."""
    return full_cost(middle(pay, other), pension, rate, threshold)


def full_cost_hour(pay: float, pension: float, rate: float, threshold: float, hours: float) -> float:
    """The same by the hour, of so many hours a week all year."""
    return full_cost(pay, pension, rate, threshold) / (hours * YEAR)


def pay_hour(pay: float, hours: float) -> float:
    """Pay alone by the hour."""
    return pay / (hours * YEAR)


def by_week(gbp_year: float, prices: float) -> float:
    """Pounds a year brought to the model's prices, by the week."""
    return gbp_year * prices / YEAR


def room(gbp_hour: float, other: float, hours: float, people: float, weeks: float) -> float:
    """A room's hire midway between two rates, for a member and a week: so many hours, shared by so many, every so many weeks."""
    return middle(gbp_hour, other) * hours / people / weeks


def strength(effect: float, gives: float) -> float:
    """Effect of the whole dose on someone most in need, where a strength of one gives `gives` over all who are offered it."""
    return abs(effect) / gives


def _end(effect: float, low: float, high: float, gives: float, sign: int) -> float:
    error = abs(high - low) / INTERVAL
    return max(0.0, abs(effect) + sign * math.sqrt(6) * error) / gives


def strength_low(effect: float, low: float, high: float, gives: float) -> float:
    """The low end of a triangle whose SD is the standard error of a printed interval, cut at nothing, as a strength."""
    return _end(effect, low, high, gives, -1)


def strength_high(effect: float, low: float, high: float, gives: float) -> float:
    """The high end of that triangle, as a strength."""
    return _end(effect, low, high, gives, 1)


def spread(low: float, high: float) -> float:
    """Midway between the spreads of effects that two ratios of variances allow."""
    return middle(math.sqrt(low - 1), math.sqrt(high - 1))


def standing(closings_year: float, closing_share: float, people: float, adults: float) -> float:
    """Groups per 10,000 adults of which so many close in a year, where this share does."""
    return closings_year / closing_share / (people * adults) * 10_000


def sds_apart(share: float) -> float:
    """How many SDs the means of the upper `share` of a normal trait and of the rest lie apart."""
    density = NORMAL.pdf(NORMAL.inv_cdf(share))
    return density / share + density / (1 - share)


def by_sd(points: float, share: float, cause: float) -> float:
    """Points for one SD, from those between an upper share and the rest, times what is taken as cause."""
    return cause * abs(points) / sds_apart(share)


def by_sd_of_scale(points: float, apart: float, sd: float) -> float:
    """Points for one SD, from those between two scores so far apart."""
    return abs(points) / apart * sd


def sd_of_levels(low: float, high: float, *shares: float) -> float:
    """The SD of a normal score of which shares lie under one cut-off and over another: the mean of one or more studies."""
    pairs = zip(shares[::2], shares[1::2], strict=True)
    return middle(*((high - low) / (NORMAL.inv_cdf(1 - over) - NORMAL.inv_cdf(under)) for under, over in pairs))


FORMULAS: dict[str, Formula] = {
    one.name: one
    for one in (
        Formula("same", "", "{0}", same),
        Formula("product", "", "{*}", product),
        Formula("ratio", "", "{0} / {1}", ratio),
        Formula("middle", "", "mean of {,}", middle),
        Formula("geometric", "", "geometric mean of {,}", geometric),
        Formula("weekly", "share", "chance a week that comes to {0} in {1} weeks", weekly),
        Formula("weekly_of", "share", "chance a week that comes to {0} in {2} weeks, of the {1} who would", weekly_of),
        Formula("weekly_both", "share", "chance a week that comes to {0} of {1} in {2} weeks", weekly_both),
        Formula("weekly_after", "share", "chance a week that takes {1} left to {0} in {2} weeks", weekly_after),
        Formula("mean_weeks", "weeks", "mean length of which {0} are left after {1} weeks", mean_weeks),
        Formula("usual", "share", "{0} at odds {1} times as high", usual),
        Formula(
            "usual_thinking", "share", "{0} taken up, of which {1} accept, at odds {2} times as high", usual_thinking
        ),
        Formula("of_the_others", "share", "({0} - {1}) / (1 - {1})", of_the_others),
        Formula(
            "fewer_by_odds", "share", "1 - risk ratio of an odds ratio of {0} where {1} are readmitted", fewer_by_odds
        ),
        Formula("full_cost", "money", "{0} x (1 + {1}) + {2} x ({0} - {3})", full_cost),
        Formula(
            "full_cost_of_two", "money", "P x (1 + {2}) + {3} x (P - {4}), P the mean of {0} and {1}", full_cost_of_two
        ),
        Formula(
            "full_cost_hour", "money", "({0} x (1 + {1}) + {2} x ({0} - {3})) / ({4} hours x 52 weeks)", full_cost_hour
        ),
        Formula("pay_hour", "money", "{0} / ({1} hours x 52 weeks)", pay_hour),
        Formula("by_week", "money", "{0} x {1} / 52", by_week),
        Formula("room", "money", "mean of {0} and {1}, x {2} hours / {3} people / {4} weeks", room),
        Formula("strength", "sd", "{0} / {1}, what a strength of one gives over all offered it", strength),
        Formula(
            "strength_low",
            "sd",
            "low end of the triangle with the SE of {0} ({1} to {2}), not under 0, / {3}",
            strength_low,
        ),
        Formula(
            "strength_high", "sd", "high end of the triangle with the SE of {0} ({1} to {2}), / {3}", strength_high
        ),
        Formula("spread", "sd", "mean of the roots of {0} - 1 and {1} - 1", spread),
        Formula("standing", "groups", "{0} / {1} / ({2} x {3}) x 10,000", standing),
        Formula(
            "by_sd", "", "{2} x {0} / the SDs between the means of the upper {1} and the rest of a normal trait", by_sd
        ),
        Formula("by_sd_of_scale", "", "{0} / {1} x {2}", by_sd_of_scale),
        Formula(
            "sd_of_levels",
            "points",
            "mean SD of normal scores with {2} and {4} under {0}, {3} and {5} over {1}",
            sd_of_levels,
        ),
    )
}
