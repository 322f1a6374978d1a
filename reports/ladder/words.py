"""What a ladder says: one sentence for the whole, a row and a sentence for each step. Figures are bound to the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.questions.ladder import EVERYONE, HEADLINES, Ladder, Rung, points
from scenarios.questions.steps import REST, REST_LABEL, REST_NEEDED, REST_OPENS, STEPS, Step, evidence
from sim.numbers.levers import BY_NAME as LEVERS
from sim.results import caveats
from sim.results.outcomes import MAIN
from sim.results.summary import interval, mean_of_worlds
from sim.results.words import number, span

TODAY, EVERYBODY = "Today", "Everyone"
LONGEST = 22
"""Letters of a policy's title where it names a row: as many as stand beside a bar."""
FINDS = {MAIN: "find peer support available", HEADLINES[1]: "have it in time"}
"""By headline, the verb after "of 100 wants"."""
TITLES = {MAIN: "available", HEADLINES[1]: "had in time"}
HEADS = ("", "of 100 wants", "levers reach", "no lever reaches", "range over worlds")
MEANS = "means over worlds, since medians do not add up"
"""What a ladder's figures are, and why: other figures are medians, so the two may differ for one and the same outcome."""
HOW = (
    "Each step is opened as far as it goes, in every combination with the others, on the same people and luck. Its gain is the mean "
    f"over all orders, so the gains add up. Figures are {MEANS}: other reports give medians. "
    "This is a diagnosis, not a policy."
)
LEVERS_SAY = (
    "Levers go to their best ends, all at once. What a step's levers gain beyond the step itself is counted in the sum of all "
    "levers only: help to found groups makes places too, for instance."
)
NOBODY = "Too few wants are counted to say."


@dataclass(frozen=True)
class Line:
    """One line of the table: shares of 100 wants, which add up as shown. `reachable` and `beyond` None where no lever is meant."""

    step: str
    label: str
    points: float
    reachable: float | None
    beyond: float | None
    reach: str


def begins(ladder: Ladder) -> str:
    """Where a ladder begins, in the middle of a sentence: today, or the policy in quotes."""
    return f"'{ladder.policy}'" if ladder.policy else TODAY.lower()


def label(ladder: Ladder) -> str:
    """The same as the name of a row: cut to LONGEST letters."""
    title = ladder.policy or TODAY
    return title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"


def headed(ladder: Ladder, title: str) -> str:
    """The heading of a ladder."""
    return f"From {begins(ladder)} to everyone: {title}"


def lines(ladder: Ladder) -> list[Line]:
    """Where it begins, the five steps, the rest, and everyone."""
    shown = points(ladder)
    found = [Line("today", label(ladder), shown["today"], None, None, _range(ladder.today))]
    for step, rung in zip(STEPS, ladder.rungs, strict=True):
        gain = shown[step.name]
        reachable = min(round(100.0 * rung.reachable, 1) + 0.0, gain)
        found.append(Line(step.name, step.label, gain, reachable, gain - reachable, _range(rung.gain, True)))
    rest = shown[REST]
    return [
        *found,
        Line(REST, REST_LABEL, rest, 0.0, rest, _range(ladder.rest, True)),
        Line("everyone", EVERYBODY, 100.0, None, None, ""),
    ]


def _range(values: np.ndarray, signed: bool = False) -> str:
    found = interval(values)
    return span(MAIN, found, signed)[1] if found.ranged else "too few worlds"


def said(value: float | None) -> str:
    """A share of 100 wants; nothing where there is none. Never "-0.0"."""
    return "" if value is None else "no figure" if not np.isfinite(value) else f"{round(value, 1) + 0.0:.1f}"


def cells(line: Line) -> tuple[str, ...]:
    """A line as texts, under HEADS."""
    return (line.label, said(line.points), said(line.reachable), said(line.beyond), line.reach)


def opening(ladder: Ladder) -> list[str]:
    """The answer in two or three sentences: the level now, the largest step, and how far all levers go."""
    if not len(ladder.today):
        return [NOBODY]
    found = lines(ladder)
    largest = max(found[1:6], key=lambda line: line.points)
    who = "" if ladder.who == EVERYONE else f" of the worst-off group ({ladder.who})"
    where = f" in {ladder.area}" if ladder.area else ""
    under = f"under {begins(ladder)}" if ladder.policy else begins(ladder)
    first = f"Of 100 wants{who}{where}, {said(found[0].points)} {FINDS[ladder.headline]} {under}."
    second = (
        f"The largest step is '{largest.label.lower()}': {said(largest.points)} more, of which levers within their bounds "
        f"reach {said(largest.reachable)}."
    )
    together = said(100.0 * mean_of_worlds(ladder.by_levers))
    spent = sum(mean_of_worlds(rung.pounds) for rung in ladder.rungs)
    cost = number("gbp_per_adult_year", spent, True)
    third = f"With all levers at their best ends {together} of 100 do, for {cost} an adult a year."
    return [first, second, third]


def step_sentences(step: Step, rung: Rung, ladder: Ladder) -> list[str]:
    """One step: how far levers climb it, which, at what cost; what it rests on; what the rest would need."""
    line = next(one for one in lines(ladder) if one.step == step.name)
    names = ", ".join(LEVERS[name].label for name in step.levers)
    return [
        f"{step.label} ({step.opens}): {said(line.points)} of 100 wants. {_climbed(line, rung)} Its levers: {names}.",
        f"{evidence(step)} For the rest: {step.needed[:1].lower()}{step.needed[1:]}",
        *([step.notes[ladder.headline]] if ladder.headline in step.notes else []),
    ]


def _climbed(line: Line, rung: Rung) -> str:
    cost, levers = number("gbp_per_adult_year", mean_of_worlds(rung.pounds), True), mean_of_worlds(rung.levers)
    if levers < 0 or line.points <= 0:
        alone = number(MAIN, levers, True)
        return f"Its levers change that by {alone}, for {cost} an adult a year."
    return f"Its levers reach {said(line.reachable)} of them, for {cost} an adult a year."


def rest_sentence(ladder: Ladder) -> str:
    """What none of the steps opens."""
    left = said(points(ladder)[REST])
    return f"{REST_LABEL} ({REST_OPENS}): {left} of 100 wants. {REST_NEEDED}"


def sentences(ladder: Ladder) -> list[list[str]]:
    """A paragraph a step, then the rest."""
    told = [step_sentences(step, rung, ladder) for step, rung in zip(STEPS, ladder.rungs, strict=True)]
    return [*told, [rest_sentence(ladder)]]


def caution() -> str:
    """What stands below every ladder."""
    return f"{HOW} {LEVERS_SAY} {caveats.WORLDS}"
