"""How figures and groups are said in words: the command line and the pages read it here."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from sim.results import caveats, outcomes, summary
from sim.vocabulary import NEED_GROUPS

SHOWN = tuple(one.name for one in outcomes.reported())
WORDS = {one.name: one.words for one in outcomes.OUTCOMES}
NEED_WORDS = {need.name: need.words for need in NEED_GROUPS}
WHO = ("deprivation fifth", "age", "sex", "ethnic group", "needs group")
DIFFERENCES = "Policies are compared within each world, on the same people and the same luck. The difference shown is the median over worlds."
MIDDLES = f"{DIFFERENCES} It need not equal the difference between the medians below."
ENDED_WELL_LATER = "A want that failed here may still have ended well, later or with a looser match. So fewer succeed here than are better off above. Some of them would be better off by chance alone: the table above shows how many."
DEPRIVATION = {"1": "1 most deprived", "5": "5 least deprived"}


def many(count: float, what: str) -> str:
    """ "1 year", "2.5 years"."""
    return f"{count:g} {what}" if count == 1 else f"{count:g} {what}s"


def number(name: str, value: float, signed: bool = False) -> str:
    """A figure in the words of its kind: points or per cent, pounds, people. Never "-0.0"."""
    if not math.isfinite(value):
        return "no figure"
    one = outcomes.BY_NAME[name]
    if one.is_gbp:
        return _pounds(value, signed)
    digits = 3 if one.kind == "sd" else 1
    shown = round(one.scale * value, digits) + 0.0
    text = f"{shown:+.{digits}f}" if signed and shown else f"{shown:.{digits}f}"
    if one.kind != "share":
        return text
    return text + (" points" if signed else "%")


def _pounds(value: float, signed: bool) -> str:
    digits = 2 if abs(value) < 100 else 0
    shown = round(value, digits) + 0.0
    sign = "-" if shown < 0 else "+" if signed and shown else ""
    return f"{sign}£{abs(shown):,.{digits}f}"


def span(name: str, found: summary.Interval, signed: bool = False) -> tuple[str, str]:
    """(median, "low to high"), with what `reach` says of few worlds."""

    def said(value: float) -> str:
        return number(name, value, signed)

    return said(found.median), reach(found, said, lambda value: said(value).removesuffix(" points").removesuffix("%"))


def reach(found: summary.Interval, said: Callable[[float], str], low: Callable[[float], str] | None = None) -> str:
    """What stands beside a middle figure: "24.1 to 26.3%"; where some worlds have no figure, in how many there is one;
    with too few worlds, that there is no range. `low` says the lower end, `said` the upper (and both by default)."""
    parts = [f"{(low or said)(found.low)} to {said(found.high)}"] if found.ranged else []
    if found.worlds < found.of:
        parts.append(f"in {found.worlds} of {found.of} worlds")
    elif not found.ranged:
        parts.append(f"{many(found.worlds, 'world')}: no range")
    return ", ".join(parts)


def cell(name: str, found: summary.Interval) -> str:
    """A level with its range: "25.0% (24.1 to 26.3)"."""
    middle, reach_ = span(name, found)
    return f"{middle} ({reach_.removesuffix('%')})" if found.worlds else middle


SURE_SHARE = 0.9
"""Of the worlds: a difference with one sign in fewer of them is called no clear change (judgement)."""


def sure(pair: summary.Paired) -> bool:
    """Whether a difference has one sign in nearly all worlds: else "no clear change", in every place that tells it."""
    return max(pair.up, pair.down) >= SURE_SHARE * max(1, pair.difference.worlds)


def sentence(pair: summary.Paired) -> str:
    """The headline in words. It says what was measured and in how many worlds."""
    total = pair.difference.worlds
    if not total:
        return "Availability was not measured: no want could be counted."
    if not pair.up and not pair.down:
        return f"Availability is the same {caveats.in_worlds(total, total)}."
    if round(100 * pair.difference.median, 1) == 0:
        _, beside = span(outcomes.MAIN, pair.difference, True)
        return f"Availability barely differs: by a median of less than 0.05 points over {total} worlds ({beside})."
    rises = pair.up >= pair.down
    count, word = (pair.up, "higher") if rises else (pair.down, "lower")
    middle, beside = span(outcomes.MAIN, pair.difference, True)
    told = f"{word} {caveats.in_worlds(count, total)}: the median difference is {middle} ({beside})."
    return f"Availability is {told}" if sure(pair) else f"No clear change in availability: {told}"


def caution(name: str) -> list[str]:
    """What has to be said where an outcome is shown alone, and the one beside it is not; nothing for most."""
    other = outcomes.BY_NAME[name].beside
    return [f"Luck alone makes some people better off or worse: compare the outcome {other}."] if other else []


def level_name(dimension: str, level: str) -> str:
    """A group of people in words; one that is pooled of several names them: "deprivation fifth 1 and 2", "need: diabetes"."""
    return f"{'need:' if dimension == 'needs group' else dimension} {level_words(dimension, level)}"


def level_words(dimension: str, level: str) -> str:
    """The same without its grouping, where that is said beside it: "1 and 2", "long-term pain"."""
    if dimension == "deprivation fifth":
        level = DEPRIVATION.get(level, level)
    names = NEED_WORDS if dimension == "needs group" else {}
    return " and ".join(names.get(one, one) for one in members(level))


def members(level: str) -> list[str]:
    """The levels of a group that is pooled of several ("18-24+85+": two); itself where it is not."""
    return re.split(rf"{re.escape(summary.POOLED)}(?=.)", level)
