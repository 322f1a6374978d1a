"""The ladder to everyone for the terminal and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.console import dim, head, out, plain_table, written
from reports.ladder.page import area_heads, area_row
from reports.ladder.words import HEADS, TITLES, caution, cells, lines, opening, sentences
from reports.tables.described import Column, Written
from scenarios.questions.ladder import HEADLINES, Climbed, Ladder
from scenarios.questions.steps import REST, REST_OPENS, STEPS
from sim.results import caveats
from sim.results.outcomes import MAIN
from sim.results.summary import interval, mean_of_worlds


def _columns(at: str = "") -> tuple[Column, ...]:
    """Keys of one ladder, under a path."""
    return (
        Column(f"{at}today", "level under the policy itself, mean over worlds", "points", "100 wants"),
        Column(f"{at}today_range", "the same over worlds", "interval of points", "100 wants"),
        Column(f"{at}by_levers", "level with the levers of all steps at their best ends, mean", "points", "100 wants"),
        Column(f"{at}steps[].step", "name of the step; the sixth is the rest"),
        Column(f"{at}steps[].opens", "what it opens, in words"),
        Column(f"{at}steps[].gain", "its gain, mean over worlds; with today they add up to 100", "points", "100 wants"),
        Column(f"{at}steps[].range", "the same over worlds", "interval of points", "100 wants"),
        Column(
            f"{at}steps[].alone", "what it gains opened alone, as `peerscale relief` says, mean over worlds", "points"
        ),
        Column(f"{at}steps[].reachable", "what levers within their bounds reach of it: at most its gain", "points"),
        Column(f"{at}steps[].beyond", "what no lever reaches of it", "points", "100 wants"),
        Column(f"{at}steps[].levers[]", "names of the levers that climb it"),
        Column(
            f"{at}steps[].levers_gain", "what they gain, more than the step itself where they open others", "points"
        ),
        Column(f"{at}steps[].pounds", "what they cost", "GBP (2024/25) a year", "adults"),
    )


WRITTEN = (
    Written(
        "peerscale ladder --json",
        "from today to everyone in six steps, for the headline available, then the same of other headlines and people",
        (
            Column("scenario", "title of the policy"),
            Column("sample", "what was simulated, in words"),
            Column("status", "what the levels rest on, in words"),
            *_columns(),
            *_columns("had_in_time."),
            Column(
                "worst_off.group",
                "the group with the lowest availability under the policy; null where none is large enough",
            ),
            *_columns("worst_off.<headline>."),
            Column("areas[].area", "name of the area, where there are several"),
            *_columns("areas[].<headline>."),
            Column("page", "the page that was written"),
        ),
    ),
    Written(
        "peerscale.ladder()",
        "a row for each step of each ladder in Python, today and the rest among them",
        (
            Column("headline", "available or had_in_time"),
            Column("who", "everyone, or the worst-off group"),
            Column("area", "name of the area, or all together"),
            Column("step", "today, the five steps, the rest"),
            Column(
                "gain", "level of today, gain of a step, or what is left; they add up to 100", "points", "100 wants"
            ),
            Column("low", "5% of worlds lie below; NaN with fewer than five worlds", "points", "100 wants"),
            Column("high", "5% of worlds lie above; NaN with fewer than five worlds", "points", "100 wants"),
            Column("worlds", "worlds that have a value", "worlds"),
            Column("alone", "what it gains opened alone", "points", "100 wants"),
            Column("reachable", "what levers within their bounds reach of it", "points", "100 wants"),
            Column("beyond", "what no lever reaches of it", "points", "100 wants"),
            Column("levers_gain", "what its levers gain, more than the step itself where they open others", "points"),
            Column("pounds", "what its levers cost", "GBP (2024/25) a year", "adults"),
        ),
    ),
)


def show(climbed: Climbed, about: str) -> None:
    """The answer, the ladder with a paragraph a step, then had in time, the worst-off group and areas."""
    head(out, "The ladder to everyone", f": {climbed.title}. {about}\n")
    _show(climbed.everyone[MAIN], "Available")
    for paragraph in sentences(climbed.everyone[MAIN]) if len(climbed.everyone[MAIN].today) else []:
        written(out, " ".join(paragraph) + "\n")
    _show(climbed.everyone[HEADLINES[1]], TITLES[HEADLINES[1]].capitalize())
    if climbed.worst is not None:
        _show(climbed.worst[MAIN], "The worst-off group")
    if climbed.areas:
        _show_areas(climbed.areas)
    dim(out, f"{caution()} {caveats.status(climbed.base.shape).capitalize()}.")


def _show(ladder: Ladder, title: str) -> None:
    head(out, title)
    written(out, " ".join(opening(ladder)))
    if not len(ladder.today):
        return
    table = plain_table(*HEADS)
    for line in lines(ladder):
        table.add_row(*cells(line))
    out.print(table)
    out.print()


def _show_areas(areas: tuple[Mapping[str, Ladder], ...]) -> None:
    head(out, "By area", ": available, of 100 wants")
    table = plain_table(*area_heads(areas[0][MAIN]))
    for one in areas:
        table.add_row(*area_row(one[MAIN]))
    out.print(table)
    out.print()


# ------------------------------------------------------------------ for machines


def as_dict(climbed: Climbed) -> dict[str, Any]:
    """For machines: points of 100 wants. `had_in_time`, the worst-off group and areas have the same keys."""
    worst = None
    if climbed.worst is not None:
        worst = {"group": climbed.worst[MAIN].who, **_by_headline(climbed.worst)}
    return {
        **_ladder(climbed.everyone[MAIN]),
        HEADLINES[1]: _ladder(climbed.everyone[HEADLINES[1]]),
        "worst_off": worst,
        "areas": [{"area": one[MAIN].area, **_by_headline(one)} for one in climbed.areas],
    }


def _by_headline(ladders: Mapping[str, Ladder]) -> dict[str, Any]:
    return {headline: _ladder(ladder) for headline, ladder in ladders.items()}


def _ladder(ladder: Ladder) -> dict[str, Any]:
    steps = [
        {
            "step": step.name,
            "opens": step.opens,
            "gain": 100.0 * mean_of_worlds(rung.gain),
            "range": vars(interval(100.0 * rung.gain)),
            "alone": 100.0 * mean_of_worlds(rung.alone),
            "reachable": 100.0 * rung.reachable,
            "beyond": 100.0 * (mean_of_worlds(rung.gain) - rung.reachable),
            "levers": list(step.levers),
            "levers_gain": 100.0 * mean_of_worlds(rung.levers),
            "pounds": mean_of_worlds(rung.pounds),
        }
        for step, rung in zip(STEPS, ladder.rungs, strict=True)
    ]
    left = 100.0 * mean_of_worlds(ladder.rest)
    rest = {"step": REST, "opens": REST_OPENS, "gain": left, "range": vars(interval(100.0 * ladder.rest))}
    closed = {"alone": 0.0, "reachable": 0.0, "beyond": left, "levers": [], "levers_gain": 0.0, "pounds": 0.0}
    return {
        "today": 100.0 * mean_of_worlds(ladder.today),
        "today_range": vars(interval(100.0 * ladder.today)),
        "by_levers": 100.0 * mean_of_worlds(ladder.by_levers),
        "steps": [*steps, rest | closed],
    }


def rows(climbed: Climbed) -> list[dict[str, Any]]:
    """A row a ladder and step, for tables: today, the five steps, the rest."""
    ladders = [*climbed.everyone.values(), *(climbed.worst or {}).values()]
    ladders += [ladder for one in climbed.areas for ladder in one.values()]
    return [row for ladder in ladders for row in _rows(ladder)]


def _rows(ladder: Ladder) -> list[dict[str, Any]]:
    found = _ladder(ladder)
    about = {"headline": ladder.headline, "who": ladder.who, "area": ladder.area or "all together"}
    first = {"step": "today", "gain": found["today"], **_ends(found["today_range"])}
    return [about | first] + [
        about
        | {name: step[name] for name in ("step", "gain")}
        | _ends(step["range"])
        | {name: step[name] for name in ("alone", "reachable", "beyond", "levers_gain", "pounds")}
        for step in found["steps"]
    ]


def _ends(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"low": found["low"], "high": found["high"], "worlds": found["worlds"]}
