"""Policies that every area is asked about: those on the frontier of a search, or steps along a goal's levers.

One function, `candidates`, stands between the atlas and `solve`: whatever finds policies, this is where they come in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.questions.solve import kept
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.kept import Searched
from scenarios.questions.steps import STEPS
from scenarios.reading.load import with_levers
from scenarios.reading.scenario import Scenario
from sim.errors import UserError

WAYS = (0.25, 0.5, 0.75)
"""Where no search is given: shares of the way from the base policy to every lever's best end."""
SUREST = "every_lever"
"""The candidate with every lever of the ladder at its best end; from today's policy it is the shipped scenario of that name."""
MOST = 12
"""Candidates of one atlas: each further one takes a smaller share of the chance to be wrong."""


@dataclass(frozen=True)
class Candidate:
    """A policy that areas are asked about. `levers`: those that differ from today's, a choice by its word."""

    name: str
    title: str
    scenario: Scenario

    @property
    def levers(self) -> dict[str, Any]:
        """Its levers, those of its base among them."""
        return dict(self.scenario.levers)


def candidates(goal: Goal, searched: Path | None = None) -> tuple[Candidate, ...]:
    """The goal's base first, then other policies, the surest last. `searched`: a folder of `peerscale solve`, whose frontier is taken.

    Raises UserError for a folder without one, and for policies that are not what they would be here.
    """
    first = Candidate("today", goal.base.title, goal.base)
    title = "Every lever at its best end"
    last = Candidate(SUREST, title, _called(with_levers(goal.base, _best()), SUREST, title))
    between = _of_the_frontier(goal, search_in(searched, goal)) if searched else _steps(goal)
    return (first, *between[: MOST - 2], last)


def refuse_unread(goal: Goal) -> None:
    """Raises UserError for what only a search can answer: a budget in place of a level, levers that move later, other things asked,
    several runs of luck averaged in each world."""
    asked = {
        "goal.budget": goal.file.goal.budget,
        "schedule": goal.file.schedule,
        "also": goal.also,
        "run.replicates": goal.file.run.replicates > 1,
    }
    for key, value in asked.items():
        if value:
            raise UserError(
                "the atlas cannot ask for this of every area",
                file=goal.file.name,
                key=key,
                rule="one outcome at one level, for everyone or for one group, from the first week on, one run of luck in each world",
                got=f"{key} is given",
                try_="leave it out; or peerscale solve, which answers it for one area",
            )


def search_in(folder: Path, goal: Goal) -> Searched:
    """The search in a folder. Raises UserError for one whose policies would be others here: of another base, or begun later."""
    found = kept.read(folder, "--from", "peerscale solve england, then --from its folder")
    unlike = "its policies begin later than in the first week" * found.scheduled
    if found.base != goal.file.base:
        unlike = f"it moves the levers of '{found.base}'"
    if unlike:
        raise UserError(
            "the search in this folder found policies that would be others here",
            file=str(folder),
            key="--from",
            rule=f"a search whose base is '{goal.file.base}', without a schedule",
            got=unlike,
            try_="peerscale solve england, then --from its folder",
        )
    return found


def origin(goal: Goal, searched: Path | None) -> str:
    """Where the candidates come from, in words. Raises what `candidates` does."""
    if searched:
        found = search_in(searched, goal)
        return f"Candidates are the policies on the frontier of {found.said}, and every lever at its best end."
    return (
        "No search for all of England was given. So candidates are the goal's levers at their high ends, and every lever of the ladder a "
        "quarter, half, three quarters and all of the way to its best end. A lever that is a choice is at its best in all of these. A "
        "search would find cheaper policies."
    )


def _steps(goal: Goal) -> list[Candidate]:
    name, title = "goal_levers", "The goal's levers at their high ends"
    found = [Candidate(name, title, _called(goal.scenario(np.ones(len(goal.spans)), name), name, title))]
    for share in WAYS:
        name, title = (
            f"way_{round(100 * share)}",
            f"Every lever {share:.0%} of the way to its best end, choices at theirs",
        )
        found.append(Candidate(name, title, _called(with_levers(goal.base, _part_way(goal, share)), name, title)))
    return found


def _best() -> dict[str, float | str]:
    """The best end of every lever of the ladder."""
    return {name: end for step in STEPS for name, end in step.levers.items()}


def _part_way(goal: Goal, share: float) -> dict[str, float | str]:
    """Every lever of the ladder so far from the base's value to its best end; a choice is at its best."""
    base = goal.base.levers
    return {
        name: end if isinstance(end, str) else base[name] + share * (end - base[name]) for name, end in _best().items()
    }


def _called(scenario: Scenario, name: str, title: str) -> Scenario:
    return replace(scenario, name=name, title=title)


def _of_the_frontier(goal: Goal, searched: Searched) -> list[Candidate]:
    """Each policy of a frontier once, in the order of the levels that it was found for, and the answer."""
    found: dict[str, Candidate] = {}
    for label, levers in searched.policies:
        key = json.dumps(levers, sort_keys=True)
        if key in found:
            continue
        name, title = f"frontier_{len(found) + 1}", f"Frontier of {searched.where}: {label}"
        found[key] = Candidate(name, title, _called(with_levers(goal.base, levers), name, title))
    return list(found.values())
