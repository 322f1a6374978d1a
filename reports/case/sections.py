"""The case, section by section: what changes, for whom, at what cost to whom, for what return. Sentences read the run.

A difference that cannot be told from nothing claims nothing: its sentence says so and the figures built on it are left
out. Ranges are 5 to 95% of parameter draws, replicates averaged.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reports.case.money import (
    acceptability,
    benefit,
    budget,
    by_area,
    effectiveness,
    full,
    own_links,
    per_person,
    perspectives,
    plane,
    ratio_words,
)
from reports.case.page import Section
from reports.case.told import CHANGES, NOTHING, Told, by_draw, mean_span, plain, pounds, verdict
from scenarios.worth import case
from sim.results import caveats, summary, words
from sim.results.outcomes import MAIN


def policy(told: Told) -> Section:
    """The question and the levers that differ."""
    said = [
        f"The question: {told.question}" if told.question else "",
        f"{told.policy}, compared with {told.against}. {told.sample}",
    ]
    said.append(told.links)
    if not told.levers:
        said.append("No lever differs between the two.")
    return Section(
        "policy",
        "The question and the policy",
        tuple(s for s in said if s),
        ("lever", told.against, told.policy, "unit"),
        told.levers,
    )


def changes(told: Told) -> Section:
    """Availability never alone: started, better off and worse off beside it."""
    base, other = told.runs.results[:2]
    found = summary.difference(base, other)
    one, two = summary.headline(base), summary.headline(other)
    rows, said = [], [words.sentence(found[MAIN]), caveats.OFFERED]
    for name in CHANGES:
        sign = case.told_apart(told.runs.table(case.less(two[name], one[name])))
        middle, reach = words.span(name, found[name].difference, True)
        rows.append((words.WORDS[name], middle, reach, f"{found[name].up} / {found[name].down}", verdict(sign)))
    said += helped(told, two["better_per_want"] - one["better_per_want"], two["worse_per_want"] - one["worse_per_want"])
    said.append(_net(told, {name: two[name] - one[name] for name in ("net_per_want", "better_by_chance")}))
    return Section(
        "changes",
        "What changes",
        tuple(said),
        ("outcome", "median", "range across worlds", "higher / lower in (worlds)", "what can be said"),
        tuple(rows),
    )


def helped(told: Told, better: np.ndarray, worse: np.ndarray) -> list[str]:
    """How many more of 1,000 wants end better off; then, where it is so, how many more end worse off."""
    said = []
    sign = case.told_apart(told.runs.table(better))
    if sign == 0:
        said.append("People better off: no measurable difference, so no benefit to them is claimed.")
    else:
        said.append(
            f"Of 1,000 wants, {mean_span(1000 * sign * by_draw(told, better), plain)} {'more' if sign > 0 else 'fewer'} end better off."
        )
    if case.told_apart(told.runs.table(worse)) > 0:
        said.append(
            f"It also harms: of 1,000 wants, {mean_span(1000 * by_draw(told, worse), plain)} more end worse off than without support."
        )
    return said


def _net(told: Told, more: dict[str, np.ndarray]) -> str:
    """Of better off and worse off together, beside what chance alone would do."""
    if case.told_apart(told.runs.table(more["net_per_want"])) == 0:
        return f"Net, better off less worse off: {NOTHING}."
    net, chance = (mean_span(1000 * by_draw(told, one), plain) for one in more.values())
    return (
        f"Net, better off less worse off: {net} more of 1,000 wants. Luck alone would make {chance} more better off if support "
        "did nothing on average, and about as many worse off: so the net is what support does."
    )


WHOSE = {MAIN: "availability", "better_per_want": "people better off", "worse_per_want": "people worse off"}


def who(told: Told) -> Section:
    """Groups whose availability, chance to be better off or to be worse off moves. Harm is named group by group."""
    rows, said = [], []
    for name, label in WHOSE.items():
        found = [(words.level_name(c.dimension, c.level), c, good(name, c.change)) for c in groups(told, name)]
        gain, lose = ([group for group, _, good in found if good == way] for way in (1, -1))
        said += [_who_words(label, "gain", gain, len(found)), _who_words(label, "lose", lose, len(found))]
        rows += [
            (
                group + (" *" if c.small else ""),
                label,
                *words.span(name, c.change.difference, True),
                {1: "gains", -1: "loses", 0: NOTHING}[good],
            )
            for group, c, good in found
        ]
    if not any(said):
        said = ["No group gains or loses measurably. A small group may still lose, by too little to measure."]
    return Section(
        "who",
        "Who gains and who loses",
        (*(s for s in said if s), caveats.SMALL),
        ("group", "in", "median", "range", "what can be said"),
        tuple(rows),
    )


def good(name: str, change: summary.Paired) -> int:
    """1 where a group gains, -1 where it loses: more people worse off is a loss."""
    sign = case.paired_sign(change)
    return -sign if name == "worse_per_want" else sign


def _who_words(label: str, way: str, names: Sequence[str], of: int) -> str:
    """ "In availability, every group gains", or which do; nothing where none does."""
    if not names:
        return ""
    listed = f"all {of} groups {way}" if len(names) == of else f"these {way}: {'; '.join(names)}"
    return f"In {label}, {caveats.at_least_worlds(case.SURE)}, {listed}."


def groups(told: Told, name: str) -> list[summary.GroupChange]:
    """The change of a figure in every group of every grouping."""
    base, other = told.runs.results[:2]
    return [row for dimension in summary.dimensions() for row in summary.who_gains(base, other, dimension, name)]


def main_sections(told: Told) -> list[Section]:
    """In the order in which they should be read. Where nothing differs, what is built on differences is left out."""
    found = case.increment(told.runs, told.view)
    sections = [
        policy(told),
        changes(told),
        *filter(None, [by_area(told)]),
        who(told),
        budget(told),
        per_person(told),
        effectiveness(told),
    ]
    if not case.told_apart(found.effect) and not case.told_apart(found.cost):
        return sections
    sections += [benefit(told), plane(told), acceptability(told)]
    return [*sections, *([full(told)] if len(told.runs.titles) > 2 else []), perspectives(told)]


def lead(told: Told) -> Sequence[str]:
    """The page's first sentences: what it is about, and the answer in one reading."""
    found = case.increment(told.runs, told.view)
    cost, unit = case.told_apart(found.cost), told.view.currency
    money = (
        f"{mean_span(cost * found.cost.mean(axis=1), pounds)} {'more' if cost > 0 else 'less'} on average"
        if cost
        else "no measurable difference in cost"
    )
    gain = (
        f"{mean_span(found.effect.mean(axis=1), plain)} {unit}s on average, " if case.told_apart(found.effect) else ""
    )
    return (
        f"{told.policy}, compared with {told.against}, in {', '.join(told.runs.results[0].shape.names)}, over {words.many(told.years, 'year')}.",
        f"To {told.side}: {money}. Wellbeing and health, in {unit}s: {gain}{ratio_words(found.cost, found.effect, unit)}.",
        *own_links(told),
        f"{caveats.FORECAST} {caveats.levels(told.runs.results[0].shape)}",
    )
