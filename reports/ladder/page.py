"""The ladder as a page that prints: the picture first, then each step, had in time, the worst-off group, areas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from reports.case.page import Section, page
from reports.ladder.picture import picture
from reports.ladder.words import (
    HEADS,
    TITLES,
    caution,
    cells,
    headed,
    label,
    lines,
    opening,
    rest_sentence,
    said,
    step_sentences,
)
from reports.lever_words import say_lever
from scenarios.questions.ladder import HEADLINES, Climbed, Ladder
from scenarios.questions.steps import REST_LABEL, REST_NEEDED, REST_OPENS, STEPS, Step, evidence
from sim.numbers.levers import BY_NAME as LEVERS
from sim.numbers.levers import CHOICES
from sim.results import caveats
from sim.results.outcomes import MAIN
from sim.results.summary import mean_of_worlds


def whole_page(climbed: Climbed, about: str) -> str:
    """The page as text."""
    return page(
        f"The ladder to everyone: {climbed.title}", [about, *opening(climbed.everyone[MAIN])], sections(climbed)
    )


def sections(climbed: Climbed) -> list[Section]:
    """Its parts, in order: what belongs on another page can be taken from here."""
    found = [_ladder("available", headed(climbed.everyone[MAIN], TITLES[MAIN]), climbed.everyone[MAIN]), _steps()]
    in_time = climbed.everyone[HEADLINES[1]]
    found.append(_ladder("in-time", headed(in_time, TITLES[HEADLINES[1]]), in_time))
    if climbed.worst is not None:
        found.append(_ladder("worst-off", "The worst-off group: available", climbed.worst[MAIN]))
    if climbed.areas:
        found.append(_areas(climbed.areas))
    return [
        *found,
        Section("reading", "How to read it", (caution(), caveats.levels(climbed.base.shape), caveats.FORECAST)),
    ]


def _ladder(key: str, title: str, ladder: Ladder) -> Section:
    rows = tuple(cells(line) for line in lines(ladder)) if len(ladder.today) else ()
    told = [
        " ".join(step_sentences(step, rung, ladder)) for step, rung in zip(STEPS, ladder.rungs, strict=True) if rows
    ]
    return Section(
        key,
        title,
        (*opening(ladder), *told, *([rest_sentence(ladder)] if rows else [])),
        ("Step", *HEADS[1:]),
        rows,
        partial(picture, ladder, title) if rows else None,
        "Each bar begins where the one above it ends.",
    )


def _steps() -> Section:
    rows = tuple(
        (step.label, step.opens, step.relief.opened, ends(step), evidence(step), step.needed) for step in STEPS
    )
    return Section(
        "steps",
        "What each step opens",
        ("The levers of a step go to the ends shown here, all at once and from the first week.",),
        (
            "Step",
            "What it opens",
            "How it is opened",
            "Its levers at their best ends",
            "Evidence",
            "What the rest needs",
        ),
        (*rows, (REST_LABEL, REST_OPENS, "", "", "", REST_NEEDED)),
    )


def ends(step: Step) -> str:
    """The levers of a step with their ends, in words."""
    return "; ".join(f"{LEVERS[name].label}: {end_words(name, end)}" for name, end in step.levers.items())


def end_words(name: str, end: float | str) -> str:
    """A lever's value in words, a choice by its word."""
    lever = LEVERS[name]
    return say_lever(lever, float(CHOICES[lever.choice].index(end)) if isinstance(end, str) else end)


def _areas(areas: tuple[Mapping[str, Ladder], ...]) -> Section:
    return Section(
        "areas",
        "Areas side by side: available",
        ("Of 100 wants in each area.",),
        area_heads(areas[0][MAIN]),
        tuple(area_row(one[MAIN]) for one in areas),
    )


def area_heads(ladder: Ladder) -> tuple[str, ...]:
    """Columns of the table of areas, of which this is one's ladder."""
    return ("Area", label(ladder), *(step.label for step in STEPS), REST_LABEL, "With all levers")


def area_row(ladder: Ladder) -> tuple[str, ...]:
    """One area: the level now, each gain, the rest, and the level with all levers at their best ends."""
    shown = [said(line.points) for line in lines(ladder)[:-1]] if len(ladder.today) else ["no figure"] * 7
    return (ladder.area, *shown, said(100.0 * mean_of_worlds(ladder.by_levers)))
