"""Policies that every area is asked about: those of a search for all of England, or steps along a goal's levers.

One function, `candidates`, stands between the atlas and `solve`: whatever finds policies, this is where they come in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.questions.solve.goal import Goal
from scenarios.questions.steps import STEPS
from scenarios.reading.load import load, with_levers
from scenarios.reading.scenario import Scenario
from sim.errors import UserError
from sim.numbers.levers import BY_NAME

WAYS = (0.25, 0.5, 0.75)
"""Where no search is given: shares of the way from today to every lever's best end."""
SUREST = "every_lever"
"""The shipped scenario in which every lever of the ladder is at its best end."""
ANSWER = "answer.json"
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

    Raises UserError for a folder without one.
    """
    first = Candidate("today", goal.base.title, goal.base)
    last = Candidate(SUREST, "Every lever at its best end", load(SUREST))
    between = _of_the_frontier(goal, searched) if searched else _steps(goal)
    return (first, *between[: MOST - 2], last)


def refuse_unread(goal: Goal) -> None:
    """Raises UserError for what only a search can answer: a budget in place of a level, levers that move later, other things asked.

    Read with `getattr`, so that a goal file that may ask for them is refused by name, and one that may not is none the worse.
    """
    asked = {
        "goal.budget": getattr(goal.file.goal, "budget", 0.0),
        "schedule": getattr(goal.file, "schedule", {}),
        "also": getattr(goal, "also", ()),
    }
    for key, value in asked.items():
        if value:
            raise UserError(
                "the atlas cannot ask for this of every area",
                file=goal.file.name,
                key=key,
                rule="one outcome at one level, for everyone or for one group, from the first week on",
                got=f"{key} is given",
                try_="leave it out; or peerscale solve, which answers it for one area",
            )


def origin(searched: Path | None) -> str:
    """Where the candidates come from, in words."""
    if searched:
        return "Candidates are the policies on the frontier of a search for all of England, and every lever at its best end."
    return (
        "No search for all of England was given. So candidates are the goal's levers at their high ends, and every lever of the ladder a "
        "quarter, half, three quarters and all of the way to its best end. A search would find cheaper policies."
    )


def _steps(goal: Goal) -> list[Candidate]:
    name, title = "goal_levers", "The goal's levers at their high ends"
    found = [Candidate(name, title, _called(goal.scenario(np.ones(len(goal.spans)), name), name, title))]
    for share in WAYS:
        name, title = f"way_{round(100 * share)}", f"Every lever {share:.0%} of the way to its best end"
        found.append(Candidate(name, title, _called(with_levers(goal.base, _part_way(share)), name, title)))
    return found


def _part_way(share: float) -> dict[str, float | str]:
    """Every lever of the ladder so far from today's value to its best end; a choice is at its best."""
    best = {name: end for step in STEPS for name, end in step.levers.items()}
    return {
        name: end if isinstance(end, str) else BY_NAME[name].today + share * (end - BY_NAME[name].today)
        for name, end in best.items()
    }


def _called(scenario: Scenario, name: str, title: str) -> Scenario:
    return replace(scenario, name=name, title=title)


def _of_the_frontier(goal: Goal, folder: Path) -> list[Candidate]:
    """Each policy of a frontier once, in the order of the levels that it was found for, and the answer."""
    found: dict[str, Candidate] = {}
    for label, levers in _levers_in(folder):
        key = json.dumps(levers, sort_keys=True)
        if key in found:
            continue
        name, title = f"frontier_{len(found) + 1}", f"England's frontier: {label}"
        found[key] = Candidate(name, title, _called(with_levers(goal.base, levers), name, title))
    return list(found.values())


def _levers_in(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        kept = json.loads((folder / ANSWER).read_text("utf-8"))
        rows = [(str(one["label"]), dict(one["levers"])) for one in [*kept["frontier"], kept["answer"]] if one]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        rows = []
    if rows:
        return rows
    raise UserError(
        "the folder holds no frontier",
        file=str(folder),
        key="--from",
        rule=f"a folder that `peerscale solve` wrote, with {ANSWER}",
        got="not there" if not (folder / ANSWER).exists() else "another document",
        try_="peerscale solve england, then --from its folder",
    )
