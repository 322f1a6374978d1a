"""The ladder to everyone: from today to all who want support, step by step, adding up in every world.

Each of the five steps (`scenarios.questions.steps`) is open or shut: 32 combinations, on the same people and luck. A step's
gain is its Shapley value: what opening it adds, on average over all orders. So the gains add up to what opening all five
gains, and with today's level and the rest to 100%. What levers reach of a step is the same value where its levers at
their best ends open it, in 31 combinations more.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.questions.explain import Subset, exact_share
from scenarios.questions.relief import together
from scenarios.questions.steps import STEPS
from scenarios.reading.load import is_todays, with_levers
from scenarios.reading.scenario import Scenario
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import pool_for, run_tasks
from scenarios.running.mixture import Mixture
from scenarios.running.pool import Tell
from scenarios.running.sample import settled
from scenarios.running.study import Study
from scenarios.running.worlds import Task
from sim.policy.relief import Relief
from sim.results import counts, equity, outcomes, pooling
from sim.results.readings import gbp_per_adult_year
from sim.results.result import LEVELS, Result
from sim.results.summary import mean_of_worlds
from sim.results.words import WHO, level_name, members

HEADLINES = (outcomes.MAIN, "had_in_time")
EVERYONE = "everyone"
NAMES = tuple(step.name for step in STEPS)
SETS: tuple[Subset, ...] = tuple(
    frozenset(some) for size in range(len(NAMES) + 1) for some in itertools.combinations(NAMES, size)
)
"""Every combination of steps, the empty one first."""
RUNS = 2 * len(SETS) - 1
"""Policies that a ladder runs: each combination by overrides, and all but the empty one by levers."""


@dataclass(frozen=True)
class Rung:
    """One step of one ladder, float64[worlds] each: its `gain`, what it gains opened `alone`, what its `levers` gain, and what
    these cost (`pounds` an adult a year)."""

    step: str
    gain: np.ndarray
    alone: np.ndarray
    levers: np.ndarray
    pounds: np.ndarray

    @property
    def reachable(self) -> float:
        """What levers within their bounds reach of the step, on average: from nothing to its gain; all of it where it loses. What
        levers lose is told by `levers` alone."""
        gain = mean_of_worlds(self.gain)
        return max(0.0, min(mean_of_worlds(self.levers), gain)) if gain >= 0 else gain


@dataclass(frozen=True)
class Ladder:
    """One headline for some people of some area (`area` "": all together). float64[worlds] of the worlds in which it can be
    read, of `of`: `today`, the `rest`, and `by_levers` (the level with the levers of all steps at their best ends). `policy`: title of
    the one from which it begins, whose own level `today` is; "" for today's."""

    headline: str
    who: str
    area: str
    today: np.ndarray
    rungs: tuple[Rung, ...]
    rest: np.ndarray
    by_levers: np.ndarray
    of: int
    policy: str = ""

    def rung(self, step: str) -> Rung:
        """One step. KeyError for another name."""
        return {one.step: one for one in self.rungs}[step]


@dataclass(frozen=True)
class Climbed:
    """The ladders of one policy. `everyone` and `worst` (None where too few wants are counted in two groups) by headline;
    `areas`: those of each area, where there are several. `base`: the policy's own run."""

    title: str
    base: Result
    everyone: Mapping[str, Ladder]
    worst: Mapping[str, Ladder] | None
    areas: tuple[Mapping[str, Ladder], ...]


# ------------------------------------------------------------------ what is read of a run


@dataclass(frozen=True)
class Read:
    """Of one combination, for each area ("": together): the tally of wants [worlds, levels, measures], and pounds [worlds]."""

    tallies: Mapping[str, np.ndarray]
    pounds: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Combinations:
    """What was run for the ladders of one policy: every combination of steps `opened` by overrides, and `levered` by levers.
    `policy`: its title, "" for today's."""

    title: str
    base: Result
    opened: Mapping[Subset, Read]
    levered: Mapping[Subset, Read]
    policy: str = ""


def _read(result: Result) -> Read:
    parts = {"": result} | (dict(pooling.each_area(result)) if len(result.shape.areas) > 1 else {})
    return Read(
        {name: counts.by_world(one) for name, one in parts.items()},
        {name: gbp_per_adult_year(one) for name, one in parts.items()},
    )


def _share(tally: np.ndarray, headline: str, levels: Sequence[int]) -> np.ndarray:
    part, whole = outcomes.tally_of(headline)
    inside = tally[:, list(levels)].sum(axis=1)
    return counts.share(inside[:, part], inside[:, whole])


# ------------------------------------------------------------------ the shares


def values(worth: Mapping[Subset, np.ndarray], names: Sequence[str] = NAMES) -> dict[str, np.ndarray]:
    """The Shapley value of each name, float64[worlds]; they add up to worth[all] - worth[none]."""
    return {name: exact_share(name, names, worth) for name in names}


def ladder_of(
    opened: Mapping[Subset, np.ndarray],
    levered: Mapping[Subset, np.ndarray],
    pounds: Mapping[Subset, np.ndarray],
    headline: str = outcomes.MAIN,
    who: str = EVERYONE,
    area: str = "",
    names: Sequence[str] = NAMES,
) -> Ladder:
    """A ladder from the shares (float64[worlds]) of every combination, by overrides and by levers, and what levers cost.

    Worlds in which one of them has no value are left out.
    """
    every = [*opened.values(), *levered.values(), *pounds.values()]
    good = np.isfinite(np.stack(every)).all(axis=0)
    opened, levered, pounds = ({k: v[good] for k, v in one.items()} for one in (opened, levered, pounds))
    gains, by_levers, spent = (values(one, names) for one in (opened, levered, pounds))
    nothing, everything = frozenset[str](), frozenset(names)
    today, alone = opened[nothing], {name: opened[frozenset((name,))] for name in names}
    rungs = tuple(Rung(name, gains[name], alone[name] - today, by_levers[name], spent[name]) for name in names)
    return Ladder(headline, who, area, today, rungs, 1.0 - opened[everything], levered[everything], len(good))


# ------------------------------------------------------------------ the runs


def opening(some: Subset) -> Relief | None:
    """The overrides of some steps together; None for none. Of one step it is the very override of `peerscale relief`."""
    reliefs = [step.relief for step in STEPS if step.name in some]
    return None if not reliefs else reliefs[0] if len(reliefs) == 1 else together(reliefs)


def levers_of(some: Subset) -> frozenset[str]:
    """The levers of some steps."""
    return frozenset(name for step in STEPS if step.name in some for name in step.levers)


def at_best(scenario: Scenario) -> Scenario:
    """The policy with the levers of all steps at their best ends, in every area and week."""
    return with_levers(scenario, {name: end for step in STEPS for name, end in step.levers.items()})


def climb(
    scenario: Scenario,
    study: Study,
    workers: int = 0,
    progress: Tell | None = None,
    finished: FinishedJobs | None = None,
) -> Climbed:
    """The ladders of a policy, for everyone, the worst-off group and each area. Raises what `combinations` does."""
    return climbed(combinations(scenario, study, workers, progress, finished))


def combinations(
    scenario: Scenario,
    study: Study,
    workers: int = 0,
    progress: Tell | None = None,
    finished: FinishedJobs | None = None,
) -> Combinations:
    """Every combination of steps, run. Raises what `run_tasks` does, and UserError as soon as the policy's own run turns out to
    drift still."""
    tasks = tasks_of(scenario)
    with pool_for(study, workers) as pool:
        return combined(scenario, run_tasks(tasks, study, pool, progress, finished))


def tasks_of(scenario: Scenario) -> list[Task]:
    """All that a ladder runs, the policy itself first: each combination by overrides, then all but the empty one by levers."""
    best = at_best(scenario)
    levered = [Task(Mixture(scenario, best, levers_of(some))) for some in SETS[1:]]
    return [*(Task(scenario, opening(some)) for some in SETS), *levered]


def combined(scenario: Scenario, results: Iterable[tuple[int, Result]]) -> Combinations:
    """The results of `tasks_of`, by number and in any order, read. UserError as soon as the policy's own run turns out to drift
    still."""
    read: dict[int, Read] = {}
    base: Result | None = None
    for number, result in results:
        read[number] = _read(result)
        if number == 0:
            settled([(scenario.title, result)])
            base = result
    assert base is not None
    opened = {some: read[k] for k, some in enumerate(SETS)}
    levered = {some: read[k] for k, some in enumerate(SETS[1:], len(SETS))} | {SETS[0]: read[0]}
    return Combinations(scenario.title, base, opened, levered, "" if is_todays(scenario) else scenario.title)


def climbed(found: Combinations) -> Climbed:
    """The ladders made of what was run."""

    def each(who: str, levels: Sequence[int], area: str = "") -> dict[str, Ladder]:
        def told(some: Mapping[Subset, Read], headline: str) -> dict[Subset, np.ndarray]:
            return {one: _share(read.tallies[area], headline, levels) for one, read in some.items()}

        pounds = {some: one.pounds[area] for some, one in found.levered.items()}
        opened, levered = found.opened, found.levered
        made = {name: ladder_of(told(opened, name), told(levered, name), pounds, name, who, area) for name in HEADLINES}
        return {name: replace(one, policy=found.policy) for name, one in made.items()}

    worst = worst_off(found.base)
    areas = [name for name in found.opened[SETS[0]].tallies if name]
    return Climbed(
        found.title,
        found.base,
        each(EVERYONE, [0]),
        None if worst is None else each(level_name(*worst), levels_of(*worst)),
        tuple(each(EVERYONE, [0], area) for area in areas),
    )


def worst_off(result: Result) -> tuple[str, str] | None:
    """(grouping, group) with the lowest availability of all that are large enough; None where no two can be compared."""
    found = [one for one in (equity.spread(result, dimension) for dimension in WHO) if one is not None]
    if not found:
        return None
    last = min(found, key=lambda one: one.worst_off.median)
    return last.dimension, last.worst


def levels_of(dimension: str, level: str) -> list[int]:
    """Rows of the tally of a group, of all that are pooled in it."""
    return [LEVELS.index((dimension, one)) for one in members(level)]


def add_up(ladder: Ladder) -> np.ndarray:
    """float64[worlds]: today, the gains and the rest together. One in every world."""
    return np.asarray(ladder.today + sum(one.gain for one in ladder.rungs) + ladder.rest)


def points(ladder: Ladder) -> dict[str, float]:
    """Today, each gain and the rest in points, rounded to a tenth so that what is shown adds up to 100.0 as well."""
    parts = {"today": ladder.today, **{one.step: one.gain for one in ladder.rungs}, "rest": ladder.rest}
    exact = {name: 1000.0 * mean_of_worlds(values_) for name, values_ in parts.items()}
    if not all(map(np.isfinite, exact.values())):
        return {name: float("nan") for name in exact}
    tenths = {name: int(np.floor(value)) for name, value in exact.items()}
    short = 1000 - sum(tenths.values())
    for name in sorted(exact, key=lambda one: tenths[one] - exact[one])[:short]:
        tenths[name] += 1
    return {name: value / 10.0 for name, value in tenths.items()}
