"""Tiles: each figure's difference from today, with a verdict in words, never in colour alone; without a policy, today's level."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboards.asked.state import Asked
from dashboards.cards.assumption import why_assumed
from reports.figures import FIGURES, say
from reports.verdicts import change_words, verdict
from sim.results import outcomes, summary
from sim.results.outcome import Outcome
from sim.results.outcomes import MAIN
from sim.results.result import Result
from sim.results.words import sure

ORDER = tuple(one.name for one in FIGURES.values() if not one.is_gbp)
OPENING = ORDER[:4]
WAYS = ("had_in_time", "available_online")


def tiles(asked: Asked, today: Result, plan: Result) -> list[dict[str, Any]]:
    """The tiles of the page; pounds only when they are asked for. A presentation has one row: the first, and the chosen."""
    names = list(ORDER if asked.unfolded and not asked.present else OPENING)
    if asked.pounds:
        names += [one.name for one in FIGURES.values() if one.is_gbp]
    if asked.present and asked.chart not in names:
        names.append(asked.chart)
    return [_tile(FIGURES[name], today, plan, asked) for name in names]


def _tile(figure: Outcome, today: Result, plan: Result, asked: Asked) -> dict[str, Any]:
    """`value`: today's level, or what differs from it under another policy; then `from` is the level."""
    pair, level = (
        summary.pair(figure.worlds(today), figure.worlds(plan)),
        say(figure.kind, summary.interval(figure.worlds(today)).median),
    )
    moved = plan is not today
    return {
        "name": figure.name,
        "label": figure.short,
        "value": change_words(figure, pair) if moved else level,
        "from": level if moved else "",
        "verdict": verdict(figure, pair),
        "clear": moved and sure(pair),
        "chosen": asked.chart == figure.name,
        "assumed": why_assumed(figure.name, asked, today=True),
        "detail": _ways(today, plan) if figure.name == MAIN else "",
    }


def _ways(today: Result, plan: Result) -> str:
    told = [_way(outcomes.of_group(today, name), outcomes.of_group(plan, name), plan is not today) for name in WAYS]
    return f"{told[0]} had it in time · {told[1]} by an online community"


def _way(a: np.ndarray, b: np.ndarray, moved: bool) -> str:
    return (
        say("share", summary.pair(a, b).difference.median, True).split()[0]
        if moved
        else say("share", summary.interval(a).median)
    )
