"""From what the page asks to a goal: the text of a goal file that `peerscale solve` takes unchanged, read by the same code."""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomlkit

from dashboards.asked.state import Aim, Asked
from dashboards.work.runner import SMALLER, study_of
from reports.lever_words import label, say_lever
from scenarios.questions.solve.certify import fewest_worlds
from scenarios.questions.solve.goal import FRONTIER, OUTCOMES, Goal, SearchTable, load_goal
from scenarios.running.identity import tables_hash
from scenarios.running.model_code import code_hash
from scenarios.running.posterior import choose
from sim.errors import UserError, whole
from sim.numbers.levers import BY_NAME, CHOICES, LEVERS, Lever
from sim.results import outcomes
from sim.results.result import LEVELS
from sim.results.words import WORDS, level_name
from sim.version import VERSION

SHIPPED = "half"
"""The goal whose levers and ranges stand on the page at first."""
WORKSHOP = {"worlds": 8, "rounds": 2, "candidates": 3}
LEAST_BUNDLES, LEAST_FRESH = 24, 100
"""Workshop precision: enough to answer in minutes on a laptop (judgement; docs/solve.md has what it costs)."""
SMALLER_SEARCH = "PEERSCALE_DASHBOARD_SEARCH"
"""Name of a setting for tests: keys of the table [search] and `frontier`, as JSON. The goal file that the page gives has them too."""
OUTSIDE = ("shock", "setting")
"""Groups of levers that no policy moves."""
EVERYONE = "everyone"
PEOPLE = ("10000", "20000", "50000", "100000")
"""Adults of each world to choose from: a goal for a small group takes more of them."""


@lru_cache(maxsize=1)
def shipped() -> Goal:
    """The goal that ships."""
    return load_goal(SHIPPED)


def levers_at_first() -> tuple[str, ...]:
    """Levers that may be moved unless somebody chooses."""
    return tuple(span.lever for span in shipped().spans)


def levers_to_choose() -> list[Lever]:
    """Levers that a policy can move."""
    return [lever for lever in LEVERS if lever.group not in OUTSIDE]


@lru_cache(maxsize=128)
def values_of(name: str) -> tuple[Any, ...]:
    """What a goal file says of a lever: the shipped goal's range, else from today's value up; every word of a choice.

    A lever whose highest value is today's goes down to its lowest.
    """
    lever = BY_NAME[name]
    if lever.choice:
        return CHOICES[lever.choice]
    for span in shipped().spans:
        if span.lever == name:
            return span.values
    return (lever.today, lever.high) if lever.today < lever.high else (lever.low, lever.today)


def range_words(name: str) -> str:
    """A lever's range in the unit people use."""
    lever, values = BY_NAME[name], values_of(name)
    if lever.choice:
        return ", ".join(str(word).replace("_", " ") for word in values)
    return f"{say_lever(lever, values[0])} to {say_lever(lever, values[1])}"


def groups_to_choose() -> list[tuple[str, str]]:
    """(name in a goal file, words) of everyone and every group that a goal may be for."""
    return [("", EVERYONE)] + [(f"{kind}: {level}", level_name(kind, level)) for kind, level in LEVELS[1:]]


def outcomes_to_choose() -> list[tuple[str, str]]:
    """(name, words) of what a goal may be about."""
    return [(name, WORDS[name]) for name in OUTCOMES]


# ------------------------------------------------------------------ the goal file


def _per_cent(text: str, field: str, what: str, least: str = "above 0%") -> float:
    """The share that was typed as per cent. Raises UserError for what is no number, or not from `least` to below 100%."""
    try:
        value = float(text.strip().removesuffix("%").replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(
            f"{what} is not a number", file="your goal", key=field, rule="a number, in per cent", got=repr(text)[:30]
        )
    share = round(value / 100, 6)
    if not 0 <= share < 1 or (share == 0 and least == "above 0%"):
        raise UserError(
            f"{what} is out of range", file="your goal", key=field, rule=f"{least} and below 100%", got=f"{value:g}%"
        )
    return share


def _people(text: str) -> int:
    """Adults of each world. Raises UserError for what is no whole number."""
    if not (text.isascii() and text.isdigit()):
        raise UserError(
            "the number of adults is not a whole number",
            file="your goal",
            key="people",
            rule="a whole number",
            got=repr(text)[:30],
            try_=PEOPLE[0],
        )
    return int(text)


def enough_fresh(worlds: float) -> int:
    """Fresh worlds that leave room for failures: twice those in which a policy that always holds would be certified."""
    return max(LEAST_FRESH, 2 * fewest_worlds(worlds))


def precision(levers: int, worlds: float, fine: bool) -> dict[str, int]:
    """The table [search]: as the command has it, or as a workshop can wait for. Never fewer bundles than the levers take."""
    plain = SearchTable()
    least = 2 + levers + levers * (levers + 1) // 2
    fresh = enough_fresh(worlds)
    if fine:
        return plain.model_dump() | {"bundles": max(least, plain.bundles), "fresh": max(fresh, plain.fresh)}
    tiny = {key: value for key, value in _tiny().items() if key != "frontier"}
    return plain.model_dump() | WORKSHOP | {"bundles": max(least, LEAST_BUNDLES), "fresh": fresh} | tiny


def _tiny() -> dict[str, Any]:
    """The smaller search of tests, where there is one."""
    return dict(json.loads(os.environ.get(SMALLER_SEARCH, "{}")))


@lru_cache(maxsize=256)
def goal_text(aim: Aim, area: str, seed: int) -> str:
    """The goal as a file. `seek` plays no part. Raises UserError for what cannot be written as one."""
    level, worlds = _per_cent(aim.level, "level", "the goal"), _per_cent(aim.worlds, "worlds", "the share of worlds")
    better = _per_cent(aim.better or "0", "better_at_least", "the floor of people better off", "0% or more")
    levers = aim.levers or levers_at_first()
    for name in levers:
        if name not in {lever.name for lever in levers_to_choose()}:
            raise UserError(
                f"no lever is called {name!r}",
                file="your goal",
                key="levers",
                rule="a lever that a policy can move",
                got=name,
                try_="choose from the list",
            )
    return tomlkit.dumps(
        {
            "name": _name(aim, level, area),
            "question": _question(aim, level),
            "base": "today",
            "frontier": sorted({*_tiny().get("frontier", FRONTIER), level}),
            "goal": {
                "outcome": aim.outcome,
                "level": level,
                "worlds": worlds,
                **({"group": aim.group} if aim.group else {}),
                "better_at_least": better,
            },
            "levers": {name: list(values_of(name)) for name in levers},
            "run": {"areas": [area], "people": _people(aim.people), "years": 5, "replicates": 1, "seed": seed},
            "search": precision(len(levers), worlds, aim.fine),
        }
    )


def _name(aim: Aim, level: float, area: str) -> str:
    number = f"{100 * level:g}".replace(".", "_").replace("-", "minus_")
    letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in f"{aim.outcome}_{number}_{area}".lower())
    return letters[:40] if letters[:1].isalpha() else f"goal_{letters}"[:40]


def _question(aim: Aim, level: float) -> str:
    """Short enough to be the found scenario's title."""
    who = dict(groups_to_choose()).get(aim.group, aim.group)
    whom = "those who want peer support" if who == EVERYONE else f"those who want it ({who})"
    what = outcomes.BY_NAME[aim.outcome if aim.outcome in OUTCOMES else outcomes.MAIN].goal
    return f"What would it take for {100 * level:g}% of {whom} to have {what}?"[:120]


@lru_cache(maxsize=256)
def goal_of(asked: Asked) -> Goal:
    """The goal, checked as any goal file is, with what is listed of the area. Raises UserError that names no file of this machine."""
    text = text_of(asked)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goal.toml"
        path.write_bytes(whole(text, "your goal").encode())
        try:
            found = load_goal(path)
        except UserError as error:
            raise UserError(
                error.what, file="your goal", key=error.key, rule=error.rule, got=error.got, try_=error.try_
            ) from None
    return replace(found, posterior=choose(), size=_size(), inventory=study_of(asked).inventory)


def text_of(asked: Asked) -> str:
    """The goal file of what a page asks. Raises UserError."""
    return goal_text(replace(asked.aim, seek=""), asked.area, asked.seed)


def bare(asked: Asked) -> Asked:
    """Only what makes a goal, so that moving a lever elsewhere asks nothing new."""
    return Asked(aim=replace(asked.aim, seek=""), area=asked.area, seed=asked.seed, inventory=asked.inventory)


def _size() -> tuple[tuple[str, int], ...]:
    """The smaller study of tests, where there is one."""
    small = json.loads(os.environ.get(SMALLER, "{}"))
    return tuple(sorted((key, int(value)) for key, value in small.items() if key != "draws"))


def key_of(asked: Asked) -> str:
    """What makes two searches the same: the goal file, inventory, parameters, posterior, version. Raises UserError."""
    goal = goal_of(asked)
    said = [text_of(asked), str(goal.inventory), goal.size, goal.posterior.sha256, tables_hash(), code_hash(), VERSION]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def problem_words(error: UserError) -> str:
    """What is wrong with a goal, and what would be right, without the language of files."""
    rule = "one of the groups in the list" if error.key == "goal.group" else error.rule
    parts = [f"{error.what[:1].upper()}{error.what[1:]}."]
    parts += [f"Expected: {rule}."] if rule else []
    parts += [f"Found: {error.got}."] if error.got else []
    return " ".join([*parts, *([f"Try: {error.try_}."] if error.try_ else [])])


def lever_rows(aim: Aim) -> list[dict[str, Any]]:
    """Levers for the page's form: those at first in sight, the others under "More"."""
    chosen, first = aim.levers or levers_at_first(), levers_at_first()
    return [
        {
            "name": lever.name,
            "label": label(lever.name),
            "range": range_words(lever.name),
            "chosen": lever.name in chosen,
            "first": lever.name in first,
            "choice": bool(lever.choice),
            "meaning": lever.meaning,
        }
        for lever in sorted(levers_to_choose(), key=lambda x: x.name not in first)
    ]
