"""A goal file: what should hold, in how many worlds, and which levers may be moved how far, from when on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from scenarios.questions.solve import aims, bounds
from scenarios.questions.solve.aims import OUTCOMES, Condition
from scenarios.questions.solve.certify import ALPHA, fewest_worlds
from scenarios.questions.solve.search import least_bundles
from scenarios.reading.checks import Source, lever_value, show
from scenarios.reading.files import parse, read_text, shown
from scenarios.reading.forms import checked
from scenarios.reading.load import load
from scenarios.reading.own_numbers import OwnNumbers
from scenarios.reading.scenario import Change, Scenario, week_of
from scenarios.running.posterior import PRIORS, Chosen
from scenarios.running.study import PLACE_SIZE, area_list
from sim.columns.listed import Inventory
from sim.errors import UserError, kept, nearest, raise_all
from sim.numbers.levers import BY_NAME
from sim.people.own_area import OwnArea
from sim.reading import is_file, is_folder
from sim.results import outcomes
from sim.vocabulary import YEAR

FRONTIER = (0.5, 0.65, 0.8, 0.95)
MOST_LEVERS = 12
"""Levers of a goal's own, which are searched as they are. With `all_levers` they are screened first, every one that policy has."""
T = TypeVar("T")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class GoalTable(_Table):
    """`[goal]`: shares from 0 to 1; `budget` in GBP (2024/25) per adult per year. A goal has a level or a budget, not both."""

    outcome: str = outcomes.MAIN
    level: float = Field(default=0.0, gt=0, lt=1)
    budget: float = Field(default=0.0, gt=0, le=1000)
    worlds: float = Field(default=0.8, gt=0, lt=1)
    group: str | None = None
    better_at_least: float = Field(default=0.0, ge=0, lt=1)
    quality_at_least: float = Field(default=0.0, ge=0, lt=1)


class AlsoTable(_Table):
    """One `[[also]]`: what else has to hold in the same world. A `gap` is the share of its first group less that of its second."""

    outcome: str = outcomes.MAIN
    group: str | None = None
    gap: list[str] | None = Field(default=None, min_length=2, max_length=2)
    at_least: float | None = Field(default=None, ge=-1, le=1)
    at_most: float | None = Field(default=None, ge=-1, le=1)


class WhenTable(_Table):
    """One line of `[schedule]`: when a lever begins to move, and over how many weeks. A choice moves at once when it begins."""

    from_: str = Field(default="year 1", alias="from", pattern=r"^(year [1-9]\d?|week \d{1,4})$")
    over_weeks: int = Field(default=0, ge=0, le=1560)


class RunTable(_Table):
    """`[run]`: where and how much."""

    areas: list[str] = Field(default=["bnssg"], min_length=1, max_length=42)
    people: int = Field(default=10_000, ge=1_000, le=60_000_000)
    years: float = Field(default=5.0, ge=1, le=30)
    replicates: int = Field(default=1, ge=1, le=100)
    place_size: int = Field(default=PLACE_SIZE, ge=500, le=50_000)
    seed: int = Field(default=1, ge=0, le=2**31)


class SearchTable(_Table):
    """`[search]`: how much may be run."""

    bundles: int = Field(default=38, ge=8, le=4096)
    worlds: int = Field(default=12, ge=4, le=500)
    rounds: int = Field(default=2, ge=0, le=50)
    each_round: int = Field(default=6, ge=1, le=100)
    all_levers: bool = False
    average_luck: bool = False
    fresh: int = Field(default=200, ge=20, le=5_000)
    candidates: int = Field(default=3, ge=1, le=50)
    steps: int = Field(default=20, ge=10, le=1_000)
    rival_worlds: int = Field(default=10, ge=0, le=1_000)


class GoalFile(_Table):
    """The whole file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    question: str = Field(min_length=1, max_length=500)
    base: str = "today"
    goal: GoalTable
    also: list[AlsoTable] = Field(default=[], max_length=aims.MOST_ALSO)
    levers: dict[str, list[Any]]
    schedule: dict[str, WhenTable] = {}
    run: RunTable = RunTable()
    search: SearchTable = SearchTable()
    frontier: list[float] = Field(default=list(FRONTIER), max_length=12)


@dataclass(frozen=True)
class Span:
    """One lever's range: numbers from the first to the second, or the positions of some words of a choice. `power`: of the way
    along it (`bounds`)."""

    lever: str
    values: tuple[float, ...]
    choice: bool
    power: float = 1.0

    def at(self, u: float) -> float:
        """The lever's value at a point of [0, 1]."""
        if self.choice:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        way = float(u) if self.power == 1.0 else float(u) ** self.power
        return self.values[0] + (self.values[1] - self.values[0]) * way


@dataclass(frozen=True)
class Goal:
    """A goal, checked. `group` is a position in LEVELS (0: everyone). `posterior`: of the calibrated parameters.

    `also`: what else has to hold. `rest`: levers that are moved together, as one more axis after those of `spans`. `inventory` and `own`: what is known of the areas, as in
    `scenarios.running.study.Study`. `numbers`: of one's own, in every world. `size`: fields of the study that differ from
    the file's (weeks of burn-in, say): for trials smaller than a file may ask for.
    """

    file: GoalFile
    base: Scenario
    spans: tuple[Span, ...]
    areas: tuple[int, ...]
    group: int
    posterior: Chosen = PRIORS
    inventory: tuple[Inventory, ...] = ()
    own: OwnArea | None = None
    size: tuple[tuple[str, int], ...] = ()
    numbers: OwnNumbers = OwnNumbers()
    also: tuple[Condition, ...] = ()
    rest: tuple[Span, ...] = ()

    @property
    def axes(self) -> int:
        """Of the unit cube: one a lever, and one of the rest together."""
        return len(self.spans) + bool(self.rest)

    @property
    def today(self) -> np.ndarray:
        """The base policy as a point: no lever anywhere."""
        return np.full(self.axes, np.nan)

    def values(self, bundle: np.ndarray) -> dict[str, float]:
        """Levers that a policy sets, by name; none of them for the base policy."""
        if np.isnan(bundle).any():
            return {}
        ways = [*bundle, *[bundle[-1]] * (len(self.rest) - 1)] if self.rest else bundle
        return {span.lever: span.at(u) for span, u in zip((*self.spans, *self.rest), ways, strict=True)}

    def said(self, bundle: np.ndarray) -> list[Any]:
        """All that makes a policy what it is, for its results' names."""
        when = {name: one.model_dump() for name, one in self.file.schedule.items()}
        return [[list(pair) for pair in self.values(bundle).items()], when]

    def scenario(self, bundle: np.ndarray, name: str = "") -> Scenario:
        """The policy at a point of the unit cube: these levers from the policy's first week on, or as they are scheduled."""
        found = self.values(bundle)
        if not found:
            return self.base
        later = {k: when for k in found if (when := self._when(k)) is not None}
        kept_ = tuple(
            replace(c, levers={k: v for k, v in c.levers.items() if k not in found}) for c in self.base.changes
        )
        changes = (*kept_, *(_later(k, found[k], when) for k, when in later.items() if found[k] != self.base.levers[k]))
        return replace(
            self.base,
            name=name or self.file.name,
            title=name or self.file.question,
            levers=self.base.levers | {k: v for k, v in found.items() if k not in later},
            changes=tuple(c for c in changes if c.levers),
        )

    def _when(self, lever: str) -> WhenTable | None:
        when = self.file.schedule.get(lever) or self.file.schedule.get(POLICY)
        if when and BY_NAME[lever].choice:
            when = when.model_copy(update={"over_weeks": 0})  # there is nothing between two words
        return when if when and (week_of(when.from_, "") or when.over_weeks) else None

    def everywhere(self) -> tuple[Span, ...]:
        """Ranges of every lever that a policy moves."""
        return tuple(Span(one.lever, one.values, bool(BY_NAME[one.lever].choice), one.power) for one in bounds.moved())


POLICY = "policy"
"""In `[schedule]`: every lever that has no line of its own."""


def percent(level: float) -> str:
    """A level as a share of 100, with as much as one decimal, rounded down: what is certified is never overstated."""
    return f"{np.floor(1000 * level + 1e-6) / 10:g}%"


def _later(lever: str, value: float, when: WhenTable) -> Change:
    """A lever's move that begins later, or goes on over some weeks."""
    start = week_of(when.from_, "")
    return Change(start, None, {lever: value}, over_weeks=when.over_weeks, from_=when.from_)


def load_goal(path: str | Path) -> Goal:
    """The goal in a TOML file. Raises UserError with file, key and line."""
    place = _find(Path(path))
    file, text = shown(place), read_text(place)
    source = Source(file, text)
    form = checked(GoalFile, parse(text, file), lambda path: source, "a shipped goal: " + ", ".join(goal_names()))
    found: list[UserError] = []
    spans = tuple(kept(found, _span, source, name, values) for name, values in form.levers.items())
    base = kept(found, _at, source, ("base",), load, form.base)
    areas = kept(found, _at, source, ("run", "areas"), area_list, form.run.areas)
    group = kept(found, _group, source, form.goal.group)
    also = tuple(kept(found, _condition, source, i, one) for i, one in enumerate(form.also))
    found.extend(_enough(source, form, len(spans)))
    found.extend(_asked(source, form, group or 0, [one for one in also if one]))
    found.extend(_of_the_base(source, form, base) if base and areas else ())
    raise_all(found)
    assert base is not None and areas is not None and group is not None
    searched = tuple(span for span in spans if span)
    return Goal(form, base, searched, areas, group, also=tuple(one for one in also if one))


def _at(source: Source, path: tuple[str, ...], call: Callable[[Any], T], given: Any) -> T:
    """What `call` returns; its UserError said to be about a key of the goal, unless it is about another file."""
    try:
        return call(given)
    except UserError as error:
        if error.line:
            raise
        raise source.error(path, error.what, error.rule, error.got, error.try_) from None


def goals_dir() -> Path:
    """Where the shipped goals are."""
    return Path(__file__).parent.parent.parent / "goals"


def goal_names() -> list[str]:
    """Names of the shipped goals."""
    return sorted(p.stem for p in goals_dir().glob("*.toml"))


def _find(path: Path) -> Path:
    named = str(path) in goal_names()  # a folder of its results may lie here by the same name
    if path.suffix == ".toml" or is_file(path) or (is_folder(path) and not named):
        if not is_file(path):
            raise UserError(
                "there is no such goal file",
                file=str(path),
                rule="a TOML file",
                got="no file",
                try_="one of the shipped goals: " + ", ".join(goal_names()),
            )
        return path
    if str(path) not in goal_names():
        raise UserError(
            f"no goal is called {str(path)!r}",
            key="GOAL",
            rule="a shipped goal or a .toml file",
            got=str(path),
            try_=nearest(str(path), goal_names()) or ", ".join(goal_names()),
        )
    return goals_dir() / f"{path}.toml"


def _span(source: Source, name: str, values: list[Any]) -> Span:
    where = ("levers", name)
    try:
        numbers = tuple(lever_value(name, value) for value in values)
    except UserError as error:
        raise source.error(where, error.what, error.rule, error.got, error.try_) from None
    choice = bool(BY_NAME[name].choice)
    if choice and len(set(numbers)) < 2:
        raise source.error(where, "there is nothing to choose", "two or more different words", values, "add a word")
    if not choice and (len(numbers) != 2 or not numbers[0] < numbers[1]):
        raise source.error(
            where,
            "the range is empty",
            "[lowest, highest], the lowest below the highest",
            values,
            f"{name} = [{BY_NAME[name].today:g}, {BY_NAME[name].high:g}]",
        )
    return Span(name, numbers, choice, 1.0 if choice else bounds.power_of(name))


def _enough(source: Source, form: GoalFile, levers: int) -> Iterator[UserError]:
    """What is wrong with levers (none, too many) and numbers (too few runs for as many)."""
    if not 1 <= levers <= MOST_LEVERS:
        yield source.error(
            ("levers",),
            "the number of levers is out of range",
            f"1 to {MOST_LEVERS} levers",
            str(levers),
            "leave out those you would not move",
        )
    if form.goal.outcome not in OUTCOMES:
        yield source.error(
            ("goal", "outcome"),
            "this outcome cannot be a goal",
            "one of " + ", ".join(OUTCOMES),
            form.goal.outcome,
            outcomes.GONE.get(form.goal.outcome) or nearest(form.goal.outcome, list(OUTCOMES)) or outcomes.MAIN,
        )
    least = least_bundles(levers)
    if form.search.bundles < least and levers <= MOST_LEVERS:
        yield source.error(
            ("search", "bundles"),
            "there are too few runs for this many levers",
            f"at least {least} bundles for {levers} levers",
            form.search.bundles,
            f"bundles = {least}",
        )
    shared = form.search.candidates if form.goal.budget else 1
    fewest = fewest_worlds(form.goal.worlds, ALPHA / shared)
    if form.search.fresh < fewest:
        among = f", with {shared} candidates" if shared > 1 else ""
        yield source.error(
            ("search", "fresh"),
            "there are too few fresh worlds ever to certify a policy",
            f"at least {fewest} for a goal that is to hold in {form.goal.worlds:.0%} of worlds{among}",
            form.search.fresh,
            f"fresh = {max(200, 2 * fewest)}",
        )
    for level in form.frontier:
        if not 0 < level < 1:
            yield source.error(("frontier",), "a goal is out of range", "shares between 0 and 1", level, "[0.5, 0.65]")


def _of_the_base(source: Source, form: GoalFile, base: Scenario) -> Iterator[UserError]:
    """Where the base scenario's [run] asks for something else than the goal's: neither wins in silence."""
    for name in ("areas", "people", "years", "replicates", "seed"):
        asked, here = getattr(base.run, name), getattr(form.run, name)
        alike = set(area_list(asked)) == set(area_list(here)) if name == "areas" else asked == here
        if name in base.run.given and not alike:
            held = list(asked) if name == "areas" else asked
            yield source.error(
                ("run", name),
                f"the goal and its base, {form.base}, disagree about {name}",
                "the same in both [run]",
                f"{here} here, {held} in {base.run.given[name].file}",
                f"{name} = {show(held)} under [run]",
            )


def _group(source: Source, name: str | None, path: tuple[str | int, ...] = ("goal", "group")) -> int:
    """Position of a group "deprivation fifth: 1" in LEVELS; 0 for everyone."""
    try:
        return aims.group_of(name)
    except UserError as error:
        raise source.error(path, error.what, error.rule, error.got, error.try_) from None


def _condition(source: Source, number: int, one: AlsoTable) -> Condition:
    """What one `[[also]]` asks for."""
    where = ("also", number)
    if (one.at_least is None) == (one.at_most is None):
        raise source.error(where, "one bound is needed", "at_least or at_most, one of the two", "", "at_least = 0.1")
    if one.outcome not in outcomes.of_wants():
        rule, near = "an outcome of wants", nearest(one.outcome, outcomes.of_wants()) or outcomes.MAIN
        raise source.error((*where, "outcome"), "this outcome cannot be asked for", rule, one.outcome, near)
    level, sign = (one.at_least, 1) if one.at_least is not None else (one.at_most or 0.0, -1)
    if one.gap is not None and one.group is not None:
        try_ = "leave out group, or make it an [[also]] of its own"
        raise source.error((*where, "group"), "a gap is between its own two groups", "gap or group", one.group, try_)
    if one.gap is not None:
        first, second = (_group(source, name, (*where, "gap")) for name in one.gap)
        return Condition(one.outcome, level, sign, (first, second))
    if one.group == aims.WORST:
        return Condition(one.outcome, level, sign, ())
    return Condition(one.outcome, level, sign, (_group(source, one.group, (*where, "group")),))


def _asked(source: Source, form: GoalFile, group: int, also: list[Condition]) -> Iterator[UserError]:
    """What is wrong with what is asked: neither level nor budget, or both; a floor above a ceiling; a schedule of no lever."""
    if bool(form.goal.level) == bool(form.goal.budget):
        got = f"level = {form.goal.level:g}, budget = {form.goal.budget:g}" if form.goal.level else "neither"
        yield source.error(("goal",), "a goal has a level or a budget", "one of the two", got, "level = 0.5")
    floor = [Condition(form.goal.outcome, form.goal.level, 1, (group,))] if form.goal.level else []
    if form.goal.better_at_least:
        floor.append(Condition("better_per_want", form.goal.better_at_least, 1, (group,)))
    against = aims.contradiction([*floor, *also])
    if against:
        yield source.error(
            ("also",),
            "a floor lies above a ceiling, so no policy can meet the goal",
            "at_least below at_most",
            f"{against[0].said}, and {against[1].said}",
            "lower the floor, or leave out the ceiling",
        )
    yield from _scheduled(source, form)


def _scheduled(source: Source, form: GoalFile) -> Iterator[UserError]:
    """What is wrong with the schedule: a lever that the goal does not move, a word little by little, a start after the end."""
    names = [one.lever for one in bounds.moved()] if form.search.all_levers else list(form.levers)
    for name, when in form.schedule.items():
        where = ("schedule", name)
        if name != POLICY and name not in names:
            rule = f"{POLICY}, or a lever of the goal" + " (one that a policy moves)" * form.search.all_levers
            yield source.error(where, "the goal does not move this lever", rule, name, nearest(name, names) or POLICY)
        elif when.over_weeks and name in BY_NAME and BY_NAME[name].choice:
            what, rule = f"{name} is a word and cannot move little by little", "over_weeks is for numbers only"
            yield source.error(
                (*where, "over_weeks"), what, rule, when.over_weeks, f'{name} = {{ from = "{when.from_}" }}'
            )
        if week_of(when.from_, "") >= form.run.years * YEAR:
            rule = f"before the {form.run.years:g} years of [run] end"
            yield source.error(
                (*where, "from"), "it would never begin", rule, when.from_, "an earlier year, or more years"
            )
