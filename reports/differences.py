"""The one rule for differences on every page: told, drawn and listed as the same number.

A difference is taken in each world, and its middle is given (`sim.results.words.DIFFERENCES`). It is not the difference of two
middles; so no page sets a policy's middle beside today's. It tells today's level and the difference, and draws the policy as
that difference, set at today's middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from reports import svg
from reports.charts import Chart, Course, Row, fan, worlds
from reports.figures import reach, say, years_of
from reports.verdicts import change_words
from sim.results import caveats, summary
from sim.results.outcome import Outcome
from sim.results.result import Result
from sim.results.words import sure

TODAY = "Today’s policy"
DRAWN = "A policy is drawn as its difference from today’s median."


def middle(values: np.ndarray) -> np.ndarray:
    """The middle over worlds of float64[..., worlds], kept as an axis of length 1."""
    return np.asarray(np.nanmedian(values, axis=-1, keepdims=True))


def from_today(base: np.ndarray, values: np.ndarray) -> np.ndarray:
    """float64[..., worlds]: what a policy differs from today's by in each world, set at today's middle."""
    return np.asarray(middle(base) + (values - base))


def beside_today(
    figure: Outcome, today: Result, policies: Sequence[tuple[str, str, Result]], words: str, width: float
) -> Chart:
    """Today's level, and each policy (name, colour, run) as its difference: over the years where the figure has a course."""
    drawn = replace(figure, note=" ".join(filter(None, (figure.note, _elsewhere(figure, today), DRAWN))))
    if figure.course is None:
        return worlds(drawn, _rows(figure, today, policies), words, width)
    base, years = figure.course(today), _years(figure, today)
    courses = [
        Course(
            name,
            years,
            from_today(base, figure.course(result)),
            colour,
            svg.DASHES[i],
            len(policies) == 1,
            middle(base),
        )
        for i, (name, colour, result) in enumerate(policies)
    ]
    return fan(drawn, [*courses, Course(TODAY, years, base, svg.TODAY, "6 4", bands=not policies)], words, width)


def _elsewhere(figure: Outcome, result: Result) -> str:
    """Where the lines do not end at the figure that the words tell: what they end at."""
    if figure.course is None or np.allclose(figure.course(result)[-1], figure.worlds(result), equal_nan=True):
        return ""
    return "Words and tiles give all the years together. The lines give each quarter’s yearly rate."


def _rows(figure: Outcome, today: Result, policies: Sequence[tuple[str, str, Result]]) -> list[Row]:
    base = figure.worlds(today)
    others = [
        Row(name, from_today(base, figure.worlds(result)), colour, base=float(middle(base)[0]))
        for name, colour, result in policies
    ]
    return [Row(TODAY, base, svg.TODAY, hollow=True), *others]


def _years(figure: Outcome, result: Result) -> Any:
    assert figure.course is not None
    return years_of(figure.course(result), result.shape.weeks, figure.flow)


def level_and_range(figure: Outcome, result: Result) -> str:
    """A level with its range: "median 22.5% (16.1% to 35.2%)"."""
    found = summary.interval(figure.worlds(result))
    return f"median {say(figure.kind, found.median)} ({reach(figure.kind, found)})"


def difference_words(figure: Outcome, today: Result, plan: Result) -> str:
    """ "+3.2 points (+2.1 to +4.0 points), higher in 18 of 20 of the worlds we assumed", or that it is no clear change."""
    pair = summary.pair(figure.worlds(today), figure.worlds(plan))
    if not pair.difference.worlds or not (pair.up or pair.down):
        return change_words(figure, pair)
    word, count = ("higher", pair.up) if pair.up >= pair.down else ("lower", pair.down)
    unclear = "" if sure(pair) else "no clear change, "
    counted = f"{word} {caveats.in_worlds(count, pair.difference.worlds)}"
    return f"{unclear}{say(figure.kind, pair.difference.median, True)} ({reach(figure.kind, pair.difference, True)}), {counted}"
