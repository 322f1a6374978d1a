"""Availability against cost: the cheapest policy at each goal, what its money goes on, where it stops, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.questions.solve import noise, stops
from scenarios.questions.solve.aims import UNREAD, name_of
from scenarios.questions.solve.budget import affordable, under_budget, with_level
from scenarios.questions.solve.certify import Looks, Verdict, judge
from scenarios.questions.solve.columns import ALSO, COST, by_group, pick
from scenarios.questions.solve.describe import REACH_GATES, Binding, Point, binding, point
from scenarios.questions.solve.goal import Goal, percent
from scenarios.questions.solve.noise import Noise, measured
from scenarios.questions.solve.runs import Runs, Seen, study_of
from scenarios.questions.solve.screen import SEARCHED, Screen, runs_of, screen
from scenarios.questions.solve.search import (
    Answer,
    Budget,
    Ledger,
    Tested,
    choices,
    fit_chance,
    fit_cost,
    least_bundles,
    polished,
    search,
)
from scenarios.questions.solve.stops import Stop
from scenarios.running.study import Study, make_shape
from sim.errors import UserError
from sim.numbers.levers import BY_NAME
from sim.results import summary
from sim.results.result import LEVELS

STEP_TRIES = 3
"""Policies of the model's choice tried for a step of the frontier."""
HALVINGS = 3
"""Where they fall short and the furthest policy does not: how often the way between is halved."""
BATCHES = 8
"""A policy's fresh worlds come in so many batches, of at least LEAST_BATCH: what fails is seen early."""
LEAST_BATCH = 10
ALIKE = 0.05
"""Policies of one tier cost the same within this share."""
Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class Step:
    """One goal of the frontier.

    `shadow`: GBP per adult per year for each further point, from the step before (the first: from today). `worth`:
    what opening the gate that binds would save at that price. `verdict`: in these worlds. `certificate`: where it is the answer
    to the goal itself, the verdict of the many that tested it. `reached`: certified, or met in enough of these worlds (which
    rule it out only where their verdict is "rejected").
    """

    level: float
    point: Point
    verdict: Verdict
    shadow: float | None
    reached: bool
    binds: Binding | None = None
    certificate: Verdict | None = None

    @property
    def certified(self) -> bool:
        """Whether it is the answer to the goal itself."""
        return self.certificate is not None

    @property
    def worth(self) -> float | None:
        """GBP per adult per year; None where the price of a point is not known."""
        return None if self.shadow is None or self.binds is None else 100 * self.binds.gain.median * self.shadow


@dataclass(frozen=True)
class Report:
    """All that `solve` found. `goal`: over the levers that were searched, with its level where it was asked for a budget's.
    `tier`: policies that the runs cannot tell from the answer. `runs`: that it rests on. `screen`: of all levers, where they
    were screened; `noise`: luck of a world; `stop`: what stops a goal that no policy was certified for (None where the policy
    that reached furthest meets it in enough worlds)."""

    goal: Goal
    answer: Answer
    today: Point
    found: Point | None
    steps: tuple[Step, ...]
    ceilings: tuple[Point, ...]
    tier: tuple[np.ndarray, ...]
    runs: int
    screen: Screen | None = None
    noise: Noise | None = None
    stop: Stop | None = None

    def goal_study(self) -> Study:
        """Where and how much each run is."""
        return study_of(self.goal, {})


def batch_of(fresh: int) -> int:
    """Fresh worlds between two looks."""
    return max(LEAST_BATCH, fresh // BATCHES)


def wide(goal: Goal) -> bool:
    """Whether every lever that policy has is in the search, so that they have to be screened first."""
    return goal.file.search.all_levers


def most_runs(goal: Goal) -> int:
    """Worlds run at most: a world of one policy is one run. Searches that are clear sooner need fewer."""
    table, steps = goal.file.search, len({*goal.file.frontier, goal.file.goal.level})
    axes = SEARCHED + 1 if wide(goal) else len(goal.spans)
    points = table.steps * ((STEP_TRIES + HALVINGS) * steps + len(_sets(goal)) + len(("today", "the answer")) + 2 * 3)
    gates = table.steps * len(REACH_GATES) * steps
    searched = table.worlds * (max(table.bundles, least_bundles(axes)) + table.rounds * table.each_round)
    screening = runs_of(len(goal.everywhere())) if wide(goal) else 0
    luck = noise.DRAWS * noise.REPLICATES + stops.most_runs(goal)
    return screening + searched + table.fresh * table.candidates * fresh_runs(goal) + points + gates + luck


def fresh_runs(goal: Goal) -> int:
    """Runs of luck in each fresh world, at most, for each of the goal's own."""
    return noise.MOST_REPLICATES if goal.file.search.average_luck else 1


def solve(goal: Goal, runs: Runs, tell: Tell | None = None) -> Report:
    """The answer to one goal, the frontier and the ceilings. `tell(what, runs so far)`. Raises UserError for too small a group, or
    a budget below today's cost.

    Where every lever is in the search, they are screened first. Those that matter are an axis each, the others one together.
    """
    said = tell or (lambda what, done: None)
    enough_wants(goal, runs)
    affordable(goal, runs)
    if not wide(goal):
        return _report(_asked_of(goal, runs, said), said)
    screened = screen(goal, runs)
    said("levers screened", runs.done)
    return replace(_report(_asked_of(screened.goal(goal), runs, said), said), screen=screened)


@dataclass(frozen=True)
class _Answered:
    """A search that ended: its goal, the runs asked about it, the answer, and the luck of its worlds."""

    goal: Goal
    runs: Runs
    answer: Answer
    noise: Noise | None


def _asked_of(goal: Goal, runs: Runs, said: Tell) -> _Answered:
    """Search and certify over the levers of a goal; for a budget, the level that it reaches becomes the goal's."""
    table, here = goal.file.search, runs.of(goal)
    bundles = max(table.bundles, least_bundles(goal.axes))
    each = (table.worlds, table.rounds, table.each_round, batch_of(table.fresh), table.fresh, table.candidates)
    budget = Budget(bundles, *each)
    luck: list[Noise] = []

    def before_tests(bundle: np.ndarray) -> None:
        luck.append(measured(here, bundle))
        here.fresh_replicates = luck[-1].replicates

    def told(what: str, ledger: Ledger) -> None:
        said(what, here.done)

    if not goal.file.goal.budget:
        asked = goal.file.goal.worlds, budget, goal.file.run.seed
        answer = search(here, goal.axes, *asked, told, before_tests=before_tests)
        return _Answered(goal, here, answer, luck[0])
    answer, level = under_budget(goal, here, budget, told, before_tests)
    levelled = with_level(goal, level or min(goal.file.frontier, default=1 / 2))
    return _Answered(levelled, here.of(levelled), answer, luck[0])


def _report(found: _Answered, said: Tell) -> Report:
    """Everything that is told of an answer, from fresh worlds of its own."""
    goal, runs, answer = found.goal, found.runs, found.answer
    many, fresh = choices(goal.axes, goal.file.run.seed), _fresh(goal)
    today = point("today", goal.today, goal, runs, fresh)
    best = point("the answer", answer.found.bundle, goal, runs, fresh) if answer.found else None
    ceilings = tuple(_ceiling(goal, runs, name, fresh) for name in _sets(goal))
    said("ceilings", runs.done)
    ask = _Ask(goal, runs, many, fresh, _furthest(goal, runs, fresh))
    steps = _steps(ask, answer, today, said)
    tier = _tier(answer, runs, goal, many, fresh)
    stop = None if answer.found else stops.stop_of(goal, runs, ask.furthest, fresh)
    return Report(goal, answer, today, best, steps, ceilings, tier, len(runs.used), None, found.noise, stop)


def enough_wants(goal: Goal, runs: Runs) -> None:
    """Raises UserError for a group with fewer than 300 expected wants in a world: says how many people it takes, or that
    nobody is in it. So for the group that is worst off, where too few worlds have a group of as many."""
    _worst_off_can_be_told(goal, runs)
    groups = {goal.group, *(group for one in goal.also for group in one.groups)} - {0}
    if not groups:
        return
    found = runs.columns(goal.today[None], range(goal.file.search.worlds))[0]
    wants = by_group(found, sorted(groups))[0].mean(axis=0) * goal.file.run.replicates
    fewest, expected = sorted(groups)[int(np.argmin(wants))], float(wants.min())
    if expected >= summary.FEWEST_WANTS:
        return
    if not expected:
        raise UserError(
            f"nobody of {name_of(fewest)} wants peer support here, so no goal can be about them",
            file=f"{goal.file.name}",
            key="goal.group",
            rule=f"at least {summary.FEWEST_WANTS} expected wants of the group in each world",
            got="none",
            try_="another group, another area, or more people under [run]",
        )
    people, more = _more_people(runs, expected)
    takes = people * summary.FEWEST_WANTS / max(expected, 1.0)
    raise UserError(
        "too few people of this group for a goal on it",
        file=f"{goal.file.name}",
        key="goal.group",
        rule=f"at least {summary.FEWEST_WANTS} expected wants of the group in each world",
        got=f"about {expected:.0f} of {name_of(fewest)} with {people:,} adults",
        try_=f"{more}, or replicates = {int(-(-takes // people))} with as many as now",
    )


def _more_people(runs: Runs, expected: float) -> tuple[int, str]:
    """(adults of a world, what to type for as many that a group of so many expected wants has enough)."""
    people = make_shape(runs.study, [(0, 0)]).people
    takes = people * summary.FEWEST_WANTS / max(expected, 1.0)
    return people, f"people = {int(-(-takes * 1.1 // 1000) * 1000)} under [run]"


def _worst_off_can_be_told(goal: Goal, runs: Runs) -> None:
    """Raises UserError where so few worlds have a group with enough wants that the goal could not hold in enough of them."""
    worst = [ALSO[i] for i, one in enumerate(goal.also) if not one.groups]
    if not worst:
        return
    found = runs.each(goal.today, range(goal.file.search.worlds), 1)[:, 0]
    told = np.all([pick(found, name) > UNREAD for name in worst], axis=0)
    if told.mean() >= goal.file.goal.worlds:
        return
    largest = float(by_group(found, range(1, len(LEVELS)))[0].mean(axis=0).max())
    people, more = _more_people(runs, largest)
    raise UserError(
        "too few people to tell which group is worst off",
        file=f"{goal.file.name}",
        key="also.group",
        rule=f"a group with at least {summary.FEWEST_WANTS} wants, in the share of worlds in which the goal is to hold",
        got=f"in {told.sum()} of {len(told)} worlds; the largest group has about {largest:.0f} wants with {people:,} adults",
        try_=more,
    )


def _fresh(goal: Goal) -> range:
    """Worlds that neither search nor certificate used: all that is described is run in these, on the same luck."""
    first = goal.file.search.worlds + goal.file.search.fresh
    return range(first, first + goal.file.search.steps)


def _ledger(runs: Runs, level: float) -> Ledger:
    """Everything run so far, judged by another level of the goal."""
    ledger, first = Ledger(), tuple(range(runs.goal.file.search.worlds))
    for seen in _own(runs):
        found = runs.again(seen)
        ledger.add(seen.bundle, runs.slack(found, level), pick(found, COST), searched=seen.draws == first)
    return ledger


def _own(runs: Runs) -> list[Seen]:
    """Policies that were asked for over the levers of this goal, the base policy apart: those of a screening have others."""
    of = runs.goal.axes
    return [
        one for one in list(runs.seen) if len(one.bundle) == of and np.isfinite(one.bundle).all() and _same(runs, one)
    ]


def _same(runs: Runs, seen: Seen) -> bool:
    """Whether it was asked with the same levers beside those searched."""
    return seen.keys[0] == runs.keys(seen.bundle, runs.worlds(seen.draws[:1], 1))[0]


@dataclass(frozen=True)
class _Ask:
    """What every step of the frontier is asked with. `furthest`: the policy that reached furthest."""

    goal: Goal
    runs: Runs
    many: np.ndarray
    fresh: Sequence[int]
    furthest: np.ndarray


def _steps(ask: _Ask, answer: Answer, today: Point, said: Tell) -> tuple[Step, ...]:
    steps: list[Step] = []
    before = today
    for level in sorted({*ask.goal.file.frontier, ask.goal.file.goal.level}):
        sure = answer.found if level == ask.goal.file.goal.level else None
        step = _step(ask, level, before, sure)
        before = step.point if step.reached else before
        steps.append(step)
        said(f"frontier at {percent(level)}", ask.runs.done)
    return tuple(steps)


def _step(ask: _Ask, level: float, before: Point, sure: Tested | None) -> Step:
    """The answer where this is its goal; else what the model proposes, again where too few worlds meet it, or the furthest."""
    best, verdict = (sure.bundle, _judged(ask, sure.bundle, level)) if sure else _tried(ask, level)
    one = point(percent(level), best, ask.goal, ask.runs, ask.fresh)
    binds = binding(best, ask.goal, ask.runs, ask.fresh)
    reached = sure is not None or _enough(ask, verdict)
    return Step(level, one, verdict, _shadow(before, one), reached, binds, sure.verdict if sure else None)


def _tried(ask: _Ask, level: float) -> tuple[np.ndarray, Verdict]:
    short = np.zeros(ask.goal.axes)
    for _ in range(STEP_TRIES):
        best = _proposed(ask, level)
        if best is None:
            break
        verdict = _judged(ask, best, level)
        if _enough(ask, verdict):
            return best, verdict
        short = best
    return _halved(ask, level, short)


def _halved(ask: _Ask, level: float, short: np.ndarray) -> tuple[np.ndarray, Verdict]:
    """The furthest policy; where it is enough, the nearest to one that falls short, by halving, that is enough still."""
    best, verdict = ask.furthest, _judged(ask, ask.furthest, level)
    for _ in range(HALVINGS if _enough(ask, verdict) else 0):
        middle = (short + best) / 2
        found = _judged(ask, middle, level)
        if _enough(ask, found):
            best, verdict = middle, found
        else:
            short = middle
    return best, verdict


def _enough(ask: _Ask, verdict: Verdict) -> bool:
    return verdict.share >= ask.goal.file.goal.worlds


def _judged(ask: _Ask, bundle: np.ndarray, level: float) -> Verdict:
    met = ask.runs.met(ask.runs.columns(bundle[None], ask.fresh)[0], level)
    return _at_once(int(met.sum()), len(met), ask.goal)


def _at_once(met: int, worlds: int, goal: Goal) -> Verdict:
    """Judged in one look at all these worlds."""
    return judge(met, worlds, goal.file.goal.worlds, Looks(worlds, worlds))


def _proposed(ask: _Ask, level: float) -> np.ndarray | None:
    """The cheapest that the model thinks good enough; None where there is none."""
    ledger = _ledger(ask.runs, level)
    likely, costly = fit_chance(ledger), fit_cost(ledger)
    bar = min(0.99, ask.goal.file.goal.worlds + 0.04)
    good = ask.many[likely(ask.many) >= bar]
    return polished(good[np.argmin(costly(good))], costly, lambda some: likely(some) >= bar) if len(good) else None


def _furthest(goal: Goal, runs: Runs, fresh: Sequence[int]) -> np.ndarray:
    """Of everything at its most and the three that the search saw reach furthest, the one that does in fresh worlds."""
    outcome, search_worlds = goal.file.goal.outcome, tuple(range(goal.file.search.worlds))
    seen = [one for one in _own(runs) if one.draws == search_worlds]
    same, reached = [one.bundle for one in seen], [pick(runs.again(one), outcome).mean() for one in seen]
    best = [same[i] for i in np.argsort(reached)[::-1][:3]]
    some = np.array([np.ones(goal.axes), *best])
    return np.asarray(some[int(np.argmax(pick(runs.columns(some, fresh), outcome).mean(axis=1)))])


def _shadow(before: Point, now: Point) -> float | None:
    if now.available.median <= before.available.median or now.cost.median <= before.cost.median:
        return None
    return (now.cost.median - before.cost.median) / (100 * (now.available.median - before.available.median))


def _sets(goal: Goal) -> list[str]:
    """The groups of levers that the goal may move, then all of them."""
    groups = list(dict.fromkeys(BY_NAME[span.lever].group for span in goal.spans))
    return [*(groups if len(groups) > 1 else []), "all levers"]


def _ceiling(goal: Goal, runs: Runs, name: str, fresh: Sequence[int]) -> Point:
    """One set of levers at its most, the rest at their least (a choice: its last word)."""
    chosen = [name == "all levers" or BY_NAME[span.lever].group == name for span in goal.spans]
    chosen += [name == "all levers"] * bool(goal.rest)
    return point(name, np.array(chosen, dtype=float), goal, runs, fresh)


def _tier(answer: Answer, runs: Runs, goal: Goal, many: np.ndarray, fresh: Sequence[int]) -> tuple[np.ndarray, ...]:
    """Up to three policies unlike the answer and each other that fresh worlds do not tell from it.

    Proposed by the models (as likely, within ALIKE of its cost), then run: kept unless these worlds rule them out or cost more.
    """
    if answer.found is None:
        return ()
    ledger = _ledger(runs, goal.file.goal.level)
    chance, cost = fit_chance(ledger)(many), fit_cost(ledger)(many)
    alike = np.flatnonzero((chance >= goal.file.goal.worlds + 0.04) & (np.abs(cost / answer.found.cost - 1) <= ALIKE))
    proposed: list[np.ndarray] = []
    for i in alike[np.argsort(cost[alike], kind="stable")]:
        if all(np.abs(many[i] - other).max() > 0.3 for other in [answer.found.bundle, *proposed]):
            proposed.append(many[i])
    return tuple(bundle for bundle in proposed[:3] if _as_good(bundle, answer.found.cost, goal, runs, fresh))


def _as_good(bundle: np.ndarray, cost: float, goal: Goal, runs: Runs, fresh: Sequence[int]) -> bool:
    found = runs.columns(bundle[None], fresh)[0]
    verdict = _at_once(int(runs.met(found).sum()), len(found), goal)
    return verdict.word != "rejected" and abs(float(pick(found, COST).mean()) / cost - 1) <= ALIKE
