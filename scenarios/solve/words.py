"""What `solve` found, in sentences: the command line and the dashboard read them here."""

from __future__ import annotations

import numpy as np

from scenarios.course import word
from scenarios.solve.frontier import Report
from scenarios.solve.goal import Goal
from scenarios.solve.runs import group_name
from scenarios.words import WORDS, number


def levers_of(goal: Goal, bundle: np.ndarray) -> dict[str, float | str]:
    """A bundle in the units of its levers."""
    return {span.lever: word(span.lever, span.at(u)) for span, u in zip(goal.spans, bundle, strict=True)}


def pounds(value: float) -> str:
    """Pounds per adult per year."""
    return number("gbp_per_adult_year", value)


def aim(goal: Goal) -> str:
    """What should hold, for how many, for whom."""
    return f"{WORDS[goal.file.goal.outcome]} for {goal.file.goal.level:.0%} of wants ({group_name(goal)})"


def headline(found: Report) -> str:
    """The answer in a sentence or two, with how sure it is."""
    best, said = found.answer.found, aim(found.goal)
    if best:
        v = best.verdict
        return (f"{said}: yes, for about {pounds(best.cost)} per adult per year. It held in {v.met} of {v.worlds} fresh worlds "
                f"({10 * v.share:.0f} of 10 of the worlds we assumed; at least {v.low:.0%}, whatever the number of looks).")
    if not found.answer.reachable:
        most = max(found.answer.tested, key=lambda t: t.verdict.share)
        ceiling = found.ceilings[-1]
        return (f"{said}: not reachable with these levers. The best policy found held in {most.verdict.met} of "
                f"{most.verdict.worlds} fresh worlds. With every lever at its most, availability is "
                f"{ceiling.available.median:.0%}; most wants then stop at: {ceiling.gate} ({ceiling.gate_share:.0%}).")
    return (f"{said}: not certified. The policies tested might meet it or not: more fresh worlds would tell "
            "(fresh and candidates under search in the goal file).")
