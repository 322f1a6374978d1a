"""Outcomes: what is read of a run and shown, each declared once. Everything else that names or words one follows from here.

An outcome of wants is a part of the tally over a whole of it, so it can be read for any group of people too. A course
is how it moves over the reported years: a stock at the start of every quarter and at the end, or a flow in each quarter.
To add one, add its record; `docs/tables.md` and every list of outcomes follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.numbers.structure import FOLLOW_UP_WEEKS, SECOND_FOLLOW_UP_WEEKS
from sim.results import counts, readings
from sim.results.outcome import Outcome
from sim.results.readings import Read
from sim.results.result import LEVELS, Measure, Result

MOST_DEPRIVED, LEAST_DEPRIVED = LEVELS.index(("deprivation fifth", "1")), LEVELS.index(("deprivation fifth", "5"))
MAIN = "available"
"""The outcome that a question is about unless another is named. It never stands alone."""
# ------------------------------------------------------------------ how they are read


def _of_wants(part: Measure, whole: Measure) -> Read:
    def read(result: Result) -> np.ndarray:
        tally = counts.by_world(result)[:, 0]
        return counts.share(tally[:, part], tally[:, whole])

    return read


def _gain(measure: Measure) -> Read:
    return lambda result: _of_wants(measure, Measure.ALL_WANTS)(result) / 1000.0


def deprivation_gap(result: Result) -> np.ndarray:
    """float64[worlds]: availability in the least deprived fifth less that in the most deprived."""
    return of_group(result, MAIN, LEAST_DEPRIVED) - of_group(result, MAIN, MOST_DEPRIVED)


# ------------------------------------------------------------------ the records

ELIGIBLE, ALL = "wants counted", "all wants that began in the reported years"
_WHOLES = {
    Measure.ELIGIBLE: ELIGIBLE,
    Measure.WANTS: "wants counted, and people who left before",
    Measure.FOLLOWED: f"wants counted with {SECOND_FOLLOW_UP_WEEKS} weeks to follow",
    Measure.ALL_WANTS: ALL,
    Measure.ASKED: "wants about which somebody asked",
    Measure.STARTED: "wants that led to a start",
}
_OVER_YEARS = f"Of wants that last their target wait or longer, and began {FOLLOW_UP_WEEKS} weeks or more before the end of the years shown."


def _wants(name: str, words: str, part: Measure, whole: Measure, good: int = 1, **more: object) -> Outcome:
    """An outcome that is a share of wants."""
    given: dict[str, object] = {"kind": "share", "whole": _WHOLES[whole], "asked": True} | more
    return Outcome(name, words, good=good, worlds=_of_wants(part, whole), tally=(part, whole), **given)  # type: ignore[arg-type]


def _supply(name: str, words: str, stock: str = "", each: float = 1.0) -> Outcome:
    """An outcome that is what there is to give, over the reported years. One of the stock counts as `each` of it."""
    return Outcome(
        f"mean_{name}_per_100k",
        f"{words}, per 100,000 adults, mean of the years",
        "per100k",
        1,
        lambda r: each * readings.mean_stock(r, stock or name),
        f"{name} per 100,000 adults",
        "adults",
        headline=False,
        moved=True,
    )


OUTCOMES: tuple[Outcome, ...] = (
    _wants(
        MAIN,
        "Peer support had in time, or a free place kept for them",
        Measure.AVAILABLE,
        Measure.ELIGIBLE,
        short="Available",
        note=_OVER_YEARS,
        report=1,
        chart=1,
        goal="it in time",
        kept=True,
    ),
    _wants(
        "had_in_time",
        "Had it in time: offered, started, or in it already",
        Measure.HAD_IN_TIME,
        Measure.ELIGIBLE,
        report=2,
        goal="an offer in time",
        kept=True,
    ),
    _wants(
        "started_in_time",
        "Started in time",
        Measure.STARTED_IN_TIME,
        Measure.ELIGIBLE,
        short="Started in time",
        note=_OVER_YEARS,
        report=3,
        chart=2,
        kept=True,
    ),
    _wants(
        "starts_per_want",
        f"Starts within {FOLLOW_UP_WEEKS} weeks, per 100 wants",
        Measure.STARTS,
        Measure.ELIGIBLE,
        kind="per100",
        unit="starts per want",
        counted=f"starts within {FOLLOW_UP_WEEKS} weeks whatever the want, over the wants counted",
        report=4,
        kept=True,
    ),
    _wants(
        "available_online",
        "Of the wants counted, available by an online community",
        Measure.ONLINE,
        Measure.ELIGIBLE,
        0,
        report=5,
        asked=False,
        kept=True,
    ),
    _wants(
        "choice_of_two",
        "Of the wants counted, two hosts had room when the person looked",
        Measure.CHOICE,
        Measure.ELIGIBLE,
        report=16,
        asked=False,
    ),
    _wants(
        "offered_of_asked",
        "Of those who asked, offered in time",
        Measure.OFFERED_IN_TIME,
        Measure.ASKED,
        short="Asked, and offered in time",
        note="A figure that life could check.",
        report=6,
        chart=3,
    ),
    _wants(
        "better_per_want",
        "Better off than without it",
        Measure.BETTER,
        Measure.FOLLOWED,
        short="Better off",
        note=f"By the stated minimum, within {SECOND_FOLLOW_UP_WEEKS} weeks. Luck alone makes some people better off: see beside it.",
        report=8,
        chart=10,
        kept=True,
        beside="better_by_chance",
    ),
    _wants(
        "better_by_chance",
        "Better off by chance alone, if support did nothing on average",
        Measure.BETTER_BY_CHANCE,
        Measure.FOLLOWED,
        0,
        short="Better off by chance alone",
        note="The same people, starts and luck as in the run, if the mean effect were zero.",
        counted="better off in the same run, by the same luck, if the mean effect were zero",
        report=9,
        chart=11,
        asked=False,
        kept=True,
    ),
    _wants(
        "worse_per_want",
        "Worse off than without it",
        Measure.WORSE,
        Measure.FOLLOWED,
        -1,
        report=10,
        kept=True,
        beside="worse_by_chance",
    ),
    _wants(
        "worse_by_chance",
        "Worse off by chance alone, if support did nothing on average",
        Measure.WORSE_BY_CHANCE,
        Measure.FOLLOWED,
        0,
        counted="worse off in the same run, by the same luck, if the mean effect were zero",
        report=11,
        asked=False,
    ),
    _wants(
        "net_per_want",
        "Net better off: better less worse",
        Measure.NET,
        Measure.FOLLOWED,
        short="Net better off",
        note="Better off less worse off. Chance alone makes as many worse off as better off.",
        report=12,
        chart=12,
        kept=True,
    ),
    _wants(
        "unmet_per_want",
        f"No support started within {FOLLOW_UP_WEEKS} weeks",
        Measure.UNMET,
        Measure.WANTS,
        -1,
        short="Unmet wants",
        note="Over all the years shown.",
        chart=7,
    ),
    _wants(
        "loose_of_started",
        "Of those who started, with a similar experience only",
        Measure.STARTED_LOOSE,
        Measure.STARTED,
        0,
    ),
    _wants("only_loose_per_want", "Only a similar experience existed in time", Measure.ONLY_LOOSE, Measure.ELIGIBLE, 0),
    Outcome(
        "waited_median_weeks",
        "Weeks from asking to an offer of a place, half of them",
        "weeks",
        -1,
        lambda r: counts.waited_weeks(r, 0.5),
        "weeks",
        "offers of a place",
    ),
    Outcome(
        "waited_90th_weeks",
        "Weeks from asking to an offer of a place, nine in ten",
        "weeks",
        -1,
        lambda r: counts.waited_weeks(r, 0.9),
        "weeks",
        "offers of a place",
    ),
    Outcome(
        "gave_up_of_queued",
        "Of those who joined a queue, gave up waiting",
        "share",
        -1,
        readings.gave_up_of_queued,
        whole="people who joined a queue",
    ),
    Outcome(
        "used_last_year",
        "Of people with a condition, used peer support in the last year, at the end",
        "share",
        1,
        readings.used_last_year,
        whole="people with a long-term condition",
        short="Used it last year",
        heading="Used peer support in the last year",
        note="Of people with a long-term condition. A figure that life could check.",
        counted="people with a condition who used peer support in the last year",
        course=readings.stock("used_last_year", "with_condition"),
        report=7,
        chart=4,
        asked=True,
    ),
    Outcome(
        "waiting_per_10k",
        "People waiting per 10,000 adults, at the end",
        "per10k",
        0,
        readings.waiting_per_10k,
        "people per 10,000 adults",
        "adults",
        short="Waiting",
        heading="People waiting for a place",
        note="Per 10,000 adults. More can wait because more ask.",
        counted="people waiting, at the end",
        course=readings.stock("waiting", "adults", readings.PER),
        report=15,
        chart=6,
        asked=True,
    ),
    Outcome(
        "gbp_per_adult_year",
        "Spent per adult per year, link workers included",
        "gbp",
        0,
        readings.gbp_per_adult_year,
        "GBP (2024/25) a year",
        "adults",
        short="Cost",
        note="Pounds per adult a year, at 2024/25 prices. Volunteers' time is not counted as money.",
        course=readings.gbp_each_quarter,
        flow=True,
        chart=14,
        asked=True,
    ),
    Outcome(
        "gbp_per_start",
        "Cost for each person starting, link workers left out",
        "gbp",
        -1,
        readings.cost_per_start,
        "GBP (2024/25)",
        "starts",
    ),
    Outcome(
        "gbp_per_net_better",
        "Cost for each person better off, less those worse off, link workers left out",
        "gbp",
        -1,
        readings.cost_per_net_better,
        "GBP (2024/25)",
        "people better off, less people worse off",
    ),
    Outcome(
        "started",
        "People who start, each quarter",
        "per10k",
        1,
        lambda r: readings.starts_each_quarter(r)[-1],
        "people per 10,000 adults in the last quarter",
        "adults",
        short="Starts",
        note="Per 10,000 adults.",
        course=readings.starts_each_quarter,
        flow=True,
        headline=False,
        chart=5,
    ),
    Outcome(
        "lonely",
        "Less lonely at the end of support, mean of all wants, SD",
        "sd",
        1,
        _gain(Measure.GAIN_LONELY),
        "standard deviations",
        ALL,
        short="Loneliness eased",
        note="Average over everyone who wants peer support, in standard deviations. Small by nature: most do not get it.",
        report=13,
        chart=8,
    ),
    Outcome(
        "confidence",
        "More confident at the end of support, mean of all wants, SD",
        "sd",
        1,
        _gain(Measure.GAIN_CONFIDENCE),
        "standard deviations",
        ALL,
        short="Confidence gained",
        note="Average over everyone who wants peer support, in standard deviations.",
        report=14,
        chart=9,
    ),
    Outcome(
        "equity",
        "Gap in availability between the least and the most deprived fifth",
        "points",
        0,
        deprivation_gap,
        "difference of two shares",
        ELIGIBLE,
        short="Deprivation gap",
        note="Above zero: people in the least deprived fifth find more. Nearer zero is more equal.",
        headline=False,
        chart=13,
        moved=True,
    ),
    Outcome(
        "put_forward_per_10k_year",
        "People put forward by staff each year per 10,000 adults",
        "per10k",
        0,
        lambda r: readings.yearly(r, "n_put_forward"),
        "people per 10,000 adults a year",
        "adults",
        headline=False,
        moved=True,
    ),
    _supply("volunteers", "Volunteers"),
    _supply("posts", "Full-time posts of paid peer workers", "paid_mfte", 0.001),
    _supply("places", "Places that organisations can fill"),
    _supply("groups", "Mutual groups that are open"),
    _supply("organisations", "Organisations that are open"),
)
"""In the order of `--json`."""
BY_NAME: dict[str, Outcome] = {one.name: one for one in OUTCOMES}
GONE = {
    "available_offline": "available_online says how many are available by an online community; a goal is about available",
    "available_two": "choice_of_two took its place, and no goal can be about it; a goal is about available",
    "gbp_per_better": "gbp_per_net_better took its place: luck alone makes as many worse off as better off",
    "available_strict": "it is gone: short wants are not counted, but starts_per_want counts their starts",
}
"""Outcomes of the first edition, and what took their place."""


def of_group(result: Result, name: str, level: int = 0) -> np.ndarray:
    """float64[worlds] of an outcome of wants in one group of LEVELS (0: everyone)."""
    part, whole = tally_of(name)
    tally = counts.by_world(result)[:, level]
    return counts.share(tally[:, part], tally[:, whole])


def tally_of(name: str) -> tuple[Measure, Measure]:
    """(part, whole) of an outcome of wants. KeyError for a name that is none, ValueError for another outcome."""
    found = BY_NAME[name].tally
    if found is None:
        raise ValueError(f"{name} is not counted over wants, so it has no groups")
    return found


def of_wants() -> list[str]:
    """Names of the outcomes that can be read for any group."""
    return [one.name for one in OUTCOMES if one.tally]


def reported() -> list[Outcome]:
    """Those in the tables of a report, in their order there."""
    return sorted((one for one in OUTCOMES if one.report), key=lambda one: one.report)


def charted() -> list[Outcome]:
    """Those that are tiles and charts, in their order there."""
    return sorted((one for one in OUTCOMES if one.chart), key=lambda one: one.chart)


def headlines() -> Iterator[Outcome]:
    """The figures that are shown together."""
    return (one for one in OUTCOMES if one.headline)


def with_beside(names: Sequence[str]) -> tuple[str, ...]:
    """Names of outcomes, each followed by the one that has to be shown beside it."""
    found = [one for name in names for one in (name, BY_NAME[name].beside) if one]
    return tuple(dict.fromkeys(found))


def askable() -> list[str]:
    """Names of what a question may be about."""
    return [one.name for one in OUTCOMES if one.asked]
