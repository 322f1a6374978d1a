"""From runs to the figures shown: one record for each chart, and the figures of one run or two."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.results import summary, words
from sim.results.result import LEVELS, Measure, Result
from sim.results.words import WORDS

YEAR = 52
QUARTER = 13
PER = 10_000
MOST_DEPRIVED, LEAST_DEPRIVED = LEVELS.index(("deprivation fifth", "1")), LEVELS.index(("deprivation fifth", "5"))


@dataclass(frozen=True)
class Figure:
    """One figure people can choose. `kind` says how it is written: share, points, per10k, sd or gbp.

    `worlds(result)` is float64[worlds]. `course(result)` is float64[points, worlds] over the reported
    years, or None for a figure that is counted once over all of them. `good`: 1 more is better, -1 less is
    better, 0 it depends. `output`: its name among what the posterior says of outputs, "" where nobody asked.
    """

    name: str
    title: str
    short: str
    kind: str
    good: int
    worlds: Callable[[Result], np.ndarray]
    course: Callable[[Result], np.ndarray] | None = None
    note: str = ""
    output: str = ""


def _share(result: Result, part: str, whole: str, scale: float = 1.0) -> np.ndarray:
    """float64[points, worlds] of a stock over another at the start of every quarter, and at the end."""
    top, bottom = summary.weekly_total(result, part), summary.weekly_total(result, whole)
    at = moments(len(top))
    return scale * summary.share(top[at], bottom[at])


def moments(weeks: int) -> np.ndarray:
    """Weeks at which stocks are drawn: every quarter, and the last."""
    return np.unique(np.append(np.arange(0, weeks, QUARTER), weeks - 1))


def _flow(result: Result, column: str, scale: float) -> np.ndarray:
    """float64[quarters, worlds] of an event per adult in each quarter, times `scale`."""
    counts = summary.weekly_total(result, column)
    whole = len(counts) // QUARTER * QUARTER
    added = counts[:whole].reshape(-1, QUARTER, counts.shape[1]).sum(axis=1)
    return scale * added / summary.weekly_total(result, "adults")[0]


def _last(course: Callable[[Result], np.ndarray]) -> Callable[[Result], np.ndarray]:
    return lambda result: course(result)[-1]


def _used(result: Result) -> np.ndarray:
    return _share(result, "used_last_year", "with_condition")


def _waiting(result: Result) -> np.ndarray:
    return _share(result, "waiting", "adults", PER)


def _starts(result: Result) -> np.ndarray:
    return _flow(result, "n_started", PER)


def _cost(result: Result) -> np.ndarray:
    """float64[quarters, worlds]: pounds per adult at a yearly rate, all payers, link workers among it."""
    payers = summary.PAYERS
    return sum((_flow(result, name, 4 / 100) for name in payers), np.zeros(1))


def _gain(measure: Measure) -> Callable[[Result], np.ndarray]:
    def per_want(result: Result) -> np.ndarray:
        tally = summary.by_world(result)[:, 0]
        return summary.share(tally[:, measure], tally[:, Measure.WANTS]) / 1000.0

    return per_want


def _ratio(name: str) -> Callable[[Result], np.ndarray]:
    return lambda result: summary.ratio(result, name)


def gap(result: Result) -> np.ndarray:
    """float64[worlds]: availability in the least deprived fifth less that in the most deprived."""
    return summary.ratio(result, "available", LEAST_DEPRIVED) - summary.ratio(result, "available", MOST_DEPRIVED)


FIGURES: dict[str, Figure] = {
    f.name: f
    for f in (
        Figure(
            "available",
            WORDS["available"],
            "Available",
            "share",
            1,
            _ratio("available"),
            note="Of wants for peer support, over all the years shown.",
            output="available",
        ),
        Figure(
            "started_in_time",
            WORDS["started_in_time"],
            "Started in time",
            "share",
            1,
            _ratio("started_in_time"),
            note="Of wants for peer support, over all the years shown.",
            output="started_in_time",
        ),
        Figure(
            "offered_of_asked",
            WORDS["offered_of_asked"],
            "Asked, and offered in time",
            "share",
            1,
            _ratio("offered_of_asked"),
            note="A figure that life could check.",
            output="offered_of_asked",
        ),
        Figure(
            "used",
            "Used peer support in the last year",
            "Used it last year",
            "share",
            1,
            summary.used_last_year,
            _used,
            "Of people with a long-term condition. A figure that life could check.",
            output="used_last_year",
        ),
        Figure(
            "started",
            "People who start, each quarter",
            "Starts",
            "per10k",
            1,
            _last(_starts),
            _starts,
            "Per 10,000 adults.",
        ),
        Figure(
            "waiting",
            "People waiting for a place",
            "Waiting",
            "per10k",
            0,
            _last(_waiting),
            _waiting,
            "Per 10,000 adults. More can wait because more ask.",
            output="waiting_per_10k",
        ),
        Figure(
            "unmet",
            WORDS["unmet_per_want"],
            "Unmet wants",
            "share",
            -1,
            _ratio("unmet_per_want"),
            note="Over all the years shown.",
        ),
        Figure(
            "lonely",
            "Less lonely",
            "Loneliness eased",
            "sd",
            1,
            _gain(Measure.GAIN_LONELY),
            note="Average over everyone who wants peer support, in standard deviations. Small by nature: most do not get it.",
        ),
        Figure(
            "confidence",
            "More confident in looking after their health",
            "Confidence gained",
            "sd",
            1,
            _gain(Measure.GAIN_CONFIDENCE),
            note="Average over everyone who wants peer support, in standard deviations.",
        ),
        Figure(
            "better",
            WORDS["better_per_want"],
            "Better off",
            "share",
            1,
            _ratio("better_per_want"),
            note="By the stated minimum, of all wants.",
            output="better_per_want",
        ),
        Figure(
            "equity",
            "Gap in availability between the least and the most deprived fifth",
            "Deprivation gap",
            "points",
            0,
            gap,
            note="Above zero: people in the least deprived fifth find more. Nearer zero is more equal.",
        ),
        Figure(
            "cost",
            WORDS["gbp_per_adult_year"],
            "Cost",
            "gbp",
            0,
            lambda r: sum(summary.spent_by_payer(r).values(), np.zeros(1)),
            _cost,
            "Pounds per adult a year, at 2024/25 prices. Volunteers' time is not counted as money.",
        ),
    )
}


def say(kind: str, value: float, signed: bool = False) -> str:
    """A figure in the words of its kind. Never "-0.0"."""
    if not np.isfinite(value):
        return "no figure"
    if kind == "gbp":
        return _pounds(value, signed)
    scaled, digits = _scaled(kind, value)
    shown = round(scaled, digits) + 0.0
    text = f"{shown:+,.{digits}f}" if signed and shown else f"{shown:,.{digits}f}"
    if kind == "points" or (kind == "share" and signed):
        return text + (" point" if abs(shown) == 1 else " points")
    return text + {"share": "%", "sd": " SD"}.get(kind, "")


def reach(kind: str, found: summary.Interval, signed: bool = False) -> str:
    """What stands beside a middle figure: its range, with its unit once, and what few worlds leave of it."""
    return words.reach(
        found,
        lambda value: say(kind, value, signed),
        lambda value: re.sub(" (points?|SD)$", "", say(kind, value, signed)),
    )


def _scaled(kind: str, value: float) -> tuple[float, int]:
    if kind in ("share", "points"):
        return 100 * value, 1
    return value, 3 if kind == "sd" else 1 if abs(value) < 100 else 0


def _pounds(value: float, signed: bool = False) -> str:
    """£0.35, £325, £325k, £1.2m."""
    size = abs(value)
    sign = "-" if value < -0.004 else "+" if signed and value > 0.004 else ""
    if size >= 999_500:
        return f"{sign}£{size / 1e6:.1f}m"
    if size >= 10_000:
        return f"{sign}£{size / 1000:.0f}k"
    return f"{sign}£{size:,.2f}" if size < 100 else f"{sign}£{size:,.0f}"


def quantiles(course: np.ndarray) -> dict[str, np.ndarray]:
    """low, q1, middle, q3, high over worlds of float64[points, worlds]: the 90% and 50% bands."""
    found = np.nanquantile(course, (0.05, 0.25, 0.5, 0.75, 0.95), axis=1)
    return dict(zip(("low", "q1", "middle", "q3", "high"), found, strict=True))


def years_of(course: np.ndarray, weeks: int, flow: bool) -> np.ndarray:
    """Years since the policy began, for the points of a course: quarter's ends for flows, moments for stocks."""
    if flow:
        return (np.arange(len(course)) + 1) * QUARTER / YEAR
    return (moments(weeks) + 1) / YEAR
