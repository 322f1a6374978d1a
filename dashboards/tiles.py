"""Tiles: each figure today and under the policy, with a verdict in words, never in colour alone."""

from __future__ import annotations

from typing import Any

from dashboards.assumption import why_assumed
from dashboards.figures import FIGURES, Figure, say, sure
from dashboards.state import Asked
from sim import summary
from sim.result import Result

ORDER = (
    "available", "started_in_time", "offered_of_asked", "used", "started", "waiting", "unmet", "lonely",
    "confidence", "better", "equity",
)  # fmt: skip
OPENING = ("available", "started_in_time", "offered_of_asked", "used")
WAYS = ("available_offline", "available_two")


def tiles(asked: Asked, today: Result, plan: Result) -> list[dict[str, Any]]:
    """The tiles of the page; pounds only when they are asked for. A presentation has one row: the first, and the chosen."""
    names = list(ORDER if asked.unfolded and not asked.present else OPENING)
    if asked.pounds:
        names.append("cost")
    if asked.present and asked.chart not in names:
        names.append(asked.chart)
    return [_tile(FIGURES[name], today, plan, asked) for name in names]


def _tile(figure: Figure, today: Result, plan: Result, asked: Asked) -> dict[str, Any]:
    pair = summary.pair(figure.worlds(today), figure.worlds(plan))
    now = summary.interval(figure.worlds(plan))
    return {
        "name": figure.name, "label": figure.short, "value": say(figure.kind, now.median),
        "change": change_words(figure, pair), "verdict": verdict(figure, pair),
        "chosen": asked.chart == figure.name, "assumed": why_assumed(figure.output, asked),
        "detail": _ways(plan) if figure.name == "available" else "",
    }  # fmt: skip


def _ways(plan: Result) -> str:
    offline, two = (summary.interval(summary.ratio(plan, name)).median for name in WAYS)
    return f"{say('share', offline)} not counting online only · {say('share', two)} with a choice of two"


def change_words(figure: Figure, pair: summary.Paired) -> str:
    """How the policy differs from today's: "+3.2 points", "no change", "no clear change"."""
    if not pair.difference.worlds:
        return "not measured"
    if not pair.up and not pair.down:
        return "as today"
    if not sure(pair):
        return "no clear change"
    return say(figure.kind, pair.difference.median, True)


def verdict(figure: Figure, pair: summary.Paired) -> str:
    """better, worse, more, less or same: the page says it in words and marks it with a sign."""
    if not pair.difference.worlds or not sure(pair):
        return "same"
    rises = pair.difference.median > 0
    if not figure.good:
        return "more" if rises else "less"
    return "better" if rises == (figure.good > 0) else "worse"
