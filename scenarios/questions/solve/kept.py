"""What a folder of `solve` holds, read again: whose goal it was, where, on which model, and the policies on its frontier.

Who takes policies from a folder says whose they are, and takes none of another model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.questions.solve.frontier import Report
from scenarios.running import identity
from sim.errors import UserError
from sim.people.population import load_areas
from sim.results.outcomes import BY_NAME
from sim.version import MODEL, edition

ANSWER = "answer.json"
ENGLAND = "England"
MOST_NAMED = 3
"""Areas that are named; more are counted."""


def head(found: Report) -> dict[str, Any]:
    """How an answer begins: what was asked, where, of how many, and the model. The rest of it means nothing without."""
    goal, study = found.goal, found.goal_study()
    asked = identity.of_study(study)
    schedule = {name: one.model_dump(by_alias=True) for name, one in goal.file.schedule.items()}
    return {
        "model": MODEL,
        "code": asked["code"][:16],
        "goal": {"name": goal.file.name, "question": goal.file.question, **goal.file.goal.model_dump()},
        "also": [one.said for one in goal.also],
        "base": goal.file.base,
        "schedule": schedule,
        "areas": asked["areas"],
        "people": study.people,
        "years": study.weeks / 52,
        "replicates": study.replicates,
        "seed": study.seed,
    }


@dataclass(frozen=True)
class Searched:
    """A search as its folder holds it. `areas`: codes; `goal`: as in its file; `outcome`: what it is about, in words; `frontier`:
    rows as in answer.json; `policies`: (label, levers) of each of them, and of the answer where one was certified."""

    code: str
    goal: Mapping[str, Any]
    outcome: str
    also: tuple[str, ...]
    base: str
    scheduled: bool
    areas: tuple[str, ...]
    people: int
    years: float
    frontier: tuple[Mapping[str, Any], ...]
    policies: tuple[tuple[str, dict[str, Any]], ...]

    @property
    def where(self) -> str:
        """Its areas in words."""
        names = dict(zip(map(str, load_areas().code), map(str, load_areas().short_name), strict=True))
        if set(self.areas) == set(names):
            return ENGLAND
        if len(self.areas) > MOST_NAMED:
            return f"{len(self.areas)} areas"
        return " and ".join(names.get(code, "an area of one's own") for code in self.areas)

    @property
    def said(self) -> str:
        """Which search it was, in a phrase."""
        return f"the search '{self.goal['name']}' ({self.outcome}; {self.where}; over {self.years:g} years)"


def read(folder: Path, key: str, again: str) -> Searched:
    """The search in a folder. `key`: the option that named it; `again`: the command that writes one. Raises UserError."""
    kept = _document(folder)
    if not isinstance(kept.get("frontier"), list) or not [*kept["frontier"], *filter(None, [kept.get("answer")])]:
        raise _no_frontier(folder, key, again)
    if kept.get("model") != MODEL:
        got = f"model {kept['model']}" if "model" in kept else "an answer that does not name its model"
        what = f"this search is of {edition(kept.get('model'))}"
        raise UserError(what, file=str(folder), key=key, rule=f"model {MODEL}", got=got, try_=again)
    try:
        return _searched(kept)
    except (KeyError, TypeError, ValueError):
        raise _no_frontier(folder, key, again) from None


def _searched(kept: Mapping[str, Any]) -> Searched:
    """KeyError, TypeError or ValueError for what no search wrote."""
    rows = [*kept["frontier"], *filter(None, [kept["answer"]])]
    return Searched(
        code=str(kept["code"]),
        goal=dict(kept["goal"]),
        outcome=BY_NAME[str(kept["goal"]["outcome"])].lower,
        also=tuple(map(str, kept["also"])),
        base=str(kept["base"]),
        scheduled=bool(kept["schedule"]),
        areas=tuple(map(str, kept["areas"])),
        people=int(kept["people"]),
        years=float(kept["years"]),
        frontier=tuple(kept["frontier"]),
        policies=tuple((str(one["label"]), dict(one["levers"])) for one in rows),
    )


def _document(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / ANSWER).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _no_frontier(folder: Path, key: str, again: str) -> UserError:
    return UserError(
        "the folder holds no frontier",
        file=str(folder),
        key=key,
        rule=f"a folder that `peerscale solve` wrote, with {ANSWER}",
        got="not there" if not (folder / ANSWER).exists() else "another document",
        try_=again,
    )


def same_question(searched: Searched, goal: Mapping[str, Any]) -> list[str]:
    """What a search asks otherwise than another goal (as in its file), in words; its level and its words apart."""
    keys = ("outcome", "worlds", "group", "better_at_least", "quality_at_least")
    apart = [
        f"{key}: {searched.goal.get(key)}, not {goal.get(key)}"
        for key in keys
        if searched.goal.get(key) != goal.get(key)
    ]
    return apart + [f"besides: {one}" for one in searched.also]
