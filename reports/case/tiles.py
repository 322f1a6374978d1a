"""The case at a glance: its main figures, each silent where nothing could be told from nothing."""

from __future__ import annotations

import numpy as np

from reports.case.money import more_people, ratio_words, starts
from reports.case.told import NOTHING, Told, mean_span, plain, pounds
from scenarios.worth import case, thresholds
from sim.results import counts, summary, words
from sim.results.outcomes import MAIN

FIGURES = (MAIN, "started_in_time")


def tiles(told: Told) -> list[tuple[str, str]]:
    """(name, figure) of what a commissioner reads first."""
    found = case.increment(told.runs, told.view)
    unit, years = told.view.currency, words.many(told.years, "year")
    cost = mean_span(found.cost.mean(axis=1), pounds) if case.told_apart(found.cost) else NOTHING
    rows = [
        (f"Extra cost to {told.side}, {years}", cost),
        *_shares(told),
        *_people(told),
        (f"Cost for one {unit}", ratio_words(found.cost, found.effect, unit)),
    ]
    if (own := told.with_own_links) is not None:
        both = case.increment(own.runs, own.view)
        rows.append(
            ("The same with its own link workers, their pay charged", ratio_words(both.cost, both.effect, unit))
        )
    main = thresholds.main(unit)
    gained = found.benefit(main.gbp)
    if case.told_apart(found.effect) > 0 and case.told_apart(gained):
        rows.append((f"Net benefit at {pounds(main.gbp)} for one {unit}", mean_span(gained.mean(axis=1), pounds)))
    return rows


def _shares(told: Told) -> list[tuple[str, str]]:
    base, other = told.runs.results[:2]
    found, one, two = summary.difference(base, other), summary.headline(base), summary.headline(other)
    rows = []
    for name in FIGURES:
        sign = case.told_apart(told.runs.table(case.less(two[name], one[name])))
        middle, reach = words.span(name, found[name].difference, True)
        rows.append((words.WORDS[name], f"{middle} ({reach})" if sign else NOTHING))
    return rows


def _people(told: Told) -> list[tuple[str, str]]:
    rows = []
    for count, label in (
        (starts, "Further people starting"),
        (counts.net_better, "Further people better off, less those worse off"),
    ):
        more = more_people(told, count)
        rows.append((label, mean_span(np.asarray(more.mean(axis=1)), plain) if case.told_apart(more) else NOTHING))
    return rows
