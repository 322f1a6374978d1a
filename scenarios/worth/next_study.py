"""Measure this next, for the answers that people ask for: which study that could be made would narrow them most.

A study is made in the plan's scenario (`history`), an answer is read of policies, in kept runs at the same draws of one posterior.
Rows are matched by draw. Draw 0 is the posterior's medoid, not a draw of it, and is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from calibration.library.statistics import measure_all
from calibration.report.measure_next import Expected, Study, expected
from scenarios.evidence.calibrating import studies_of
from scenarios.evidence.calibration_plan import Plan, read_plan
from scenarios.questions.solve.aims import Condition
from scenarios.questions.solve.columns import COST, quality
from scenarios.questions.solve.goal import Goal
from scenarios.running import store
from scenarios.running.posterior import Chosen, choose, path_of
from scenarios.running.store import Stored
from scenarios.sweeps import shelf
from sim.errors import UserError
from sim.results import outcomes
from sim.results.result import Result

TODAY = "today"
HEADLINES = (outcomes.MAIN, "had_in_time", "started_in_time")
MEETS = "meets"
"""In the place of an outcome: 1 where a goal holds in a world, 0 where it does not."""
FEWEST_DRAWS = 10
"""Draws of the posterior below which there is no curve to fit (judgement)."""
ENOUGH = 100
"""Draws below which little can be told (judgement; docs/calibration.md says some hundreds)."""
SHARED = ("posterior", "fixed", "priors", "own", "areas", "draws", "model", "code", "tables")
"""Parts of their identity that a run of the studies and the answers have alike. Years, people and luck may differ."""


@dataclass(frozen=True)
class Answer:
    """What somebody asks of the runs. policy: its name, and its title; outcome: a name of `outcomes`, or MEETS; change: whether it is
    the policy less today's. values: float64[draws, replicates]."""

    policy: str
    title: str
    outcome: str
    change: bool
    values: np.ndarray

    @property
    def by_draw(self) -> np.ndarray:
        """float64[draws]: the mean of each draw's replicates."""
        return np.asarray(self.values.mean(axis=1))


@dataclass(frozen=True)
class Pair:
    """What one study is expected to tell of one answer. draws: those in which both have something to count."""

    study: Study
    answer: Answer
    expected: Expected
    draws: int

    @property
    def clear(self) -> bool:
        """Whether its interval lies above its floor, and above nothing, in whole per cent, as both are printed."""
        low, floor = self.expected.low, self.expected.floor
        return low is not None and floor is not None and round(100 * low) > max(round(100 * floor), 0)

    @property
    def narrows(self) -> float:
        """The share that goes; below any where it cannot be told."""
        return -np.inf if self.expected.narrows is None else self.expected.narrows


@dataclass(frozen=True)
class Found:
    """All of it. pairs: what narrows most first, of those that can be told from a study of nothing. draws: of the posterior, in these runs;
    people: adults of a world, of the studies and of the answers; weeks: over which studies count."""

    plan: str
    same_plan: bool
    posterior: Chosen
    draws: int
    replicates: int
    people: tuple[int, int]
    scenario: str
    weeks: int
    goal: str
    studies: tuple[Study, ...]
    answers: tuple[Answer, ...]
    pairs: tuple[Pair, ...]

    def best(self, answer: Answer) -> Pair:
        """The study that narrows an answer most."""
        return next(pair for pair in self.pairs if pair.answer is answer)


def measure_next(study: Path, results: Sequence[Path], plan: str = "", goal: Goal | None = None) -> Found:
    """Every study of a plan for every answer of kept runs. study: the folder of a finished calibration; results: folders of runs, or
    folders above them; plan: whose studies, of that calibration's own unless named. UserError for runs that do not belong."""
    chosen, own = choose(str(study)), _plan_of(study)
    planned = read_plan(plan or own["plan"])
    made, runs = studies_of(planned), _by_name(results)
    if not made:
        raise _no_studies(planned)
    if goal is not None:
        _has_a_level(goal)
    seen_in, today = (_run(runs, name, why) for name, why in _asked(planned.form.scenario))
    policies = [one for name, one in runs.items() if name not in (TODAY, planned.form.scenario)]
    _belong(chosen, seen_in, [today, *policies])
    answers = answers_of(today, policies, goal)
    statistics = measure_all(seen_in.result, list(dict.fromkeys(one.statistic for one in made)))
    seen = {name: table(seen_in.result, values)[:, 0] for name, values in statistics.items()}
    draws, replicates = answers[0].values.shape
    return Found(
        planned.form.name,
        planned.sha256 == own["plan_sha256"],
        chosen,
        draws,
        replicates,
        (_adults(seen_in), _adults(today)),
        planned.form.scenario,
        seen_in.result.shape.weeks,
        goal.file.name if goal else "",
        made,
        tuple(answers),
        tuple(pairs(made, seen, answers, planned.form.calibration.seed)),
    )


# ------------------------------------------------------------------ the sum


@threadpool_limits.wrap(limits=1)  # small matrices: threads cost more than they bring
def pairs(made: Sequence[Study], seen: Mapping[str, np.ndarray], answers: Sequence[Answer], seed: int) -> list[Pair]:
    """Every study for every answer, what narrows most first, of those that can be told from a study of nothing. seen: float64[draws] of each statistic, in one run of each draw, which
    is the first of the answers' replicates where they share their luck."""
    found = [_pair(study, seen[study.statistic], answer, seed) for study in made for answer in answers]
    return sorted(found, key=lambda pair: (not pair.clear, -pair.narrows))


def _pair(study: Study, seen: np.ndarray, answer: Answer, seed: int) -> Pair:
    """The study is made in the first replicate, and the answer read of the others: `expected` does both."""
    there = np.isfinite(seen) & np.isfinite(answer.values).all(axis=1)
    runs = np.stack([np.broadcast_to(seen[:, None], answer.values.shape), answer.values], axis=2)[there]
    name = f"{answer.policy}: {answer.outcome}"
    if len(runs) < FEWEST_DRAWS:
        return Pair(study, answer, Expected(study.what, name, None, None, None, None, study.price_gbp), len(runs))
    found = expected(replace(study, statistic="seen"), "answer", runs, ("seen", "answer"), seed)
    return Pair(study, answer, replace(found, answer=name), len(runs))


def answers_of(today: Stored, policies: Sequence[Stored], goal: Goal | None) -> list[Answer]:
    """Today's headlines; the change of each and of what is spent, under each policy; whether a goal is met, in each run."""
    levels = [_answer(today, name, False, _reader(name)(today.result)) for name in HEADLINES]
    changes = [
        _answer(one, name, True, _reader(name)(one.result) - _reader(name)(today.result))
        for one in policies
        for name in (*HEADLINES, COST)
    ]
    asked = [_answer(one, MEETS, False, met(goal, one.result)) for one in (today, *policies)] if goal else []
    return [*levels, *changes, *asked]


def _answer(run: Stored, outcome: str, change: bool, per_world: np.ndarray) -> Answer:
    name = str(run.manifest["scenario"]["name"])
    return Answer(name, run.title, outcome, change, table(run.result, per_world))


def _adults(run: Stored) -> int:
    """Of one world."""
    return run.result.shape.people // len(run.result.shape.worlds)


def _reader(name: str) -> Callable[[Result], np.ndarray]:
    return outcomes.BY_NAME[name].worlds


def met(goal: Goal, result: Result) -> np.ndarray:
    """float64[worlds]: 1 where a goal holds, its floors too, else 0; as a search has it (`Runs.met`), which a test holds."""
    asked = goal.file.goal
    floors = [(asked.outcome, asked.level), ("better_per_want", asked.better_at_least)]
    wanted = [Condition(name, level, 1, (goal.group,)) for name, level in floors if level]
    slack = [one.slack(result) for one in (*wanted, *goal.also)]
    slack += [quality(result) - asked.quality_at_least] if asked.quality_at_least else []
    return np.asarray(np.min(slack, axis=0) >= 0, dtype=np.float64)


def table(result: Result, per_world: np.ndarray) -> np.ndarray:
    """float64[draws, replicates] of float64[worlds], the medoid left out."""
    draws = len({draw for draw, _ in result.shape.worlds})
    return np.asarray(per_world, dtype=np.float64).reshape(draws, -1)[1:]


# ------------------------------------------------------------------ what is read, and whether it belongs together


def _plan_of(study: Path) -> dict[str, str]:
    """Name and hash of the plan that a calibration ran, as its posterior says; the posterior itself has been checked."""
    about = json.loads(path_of(str(study)).read_text("utf-8"))
    if not isinstance(about.get("plan"), str):
        raise UserError(
            "the posterior does not say which plan it is of",
            file=str(path_of(str(study))),
            key="--study",
            rule="the folder of a finished `peerscale calibrate`",
            got="no plan",
            try_="the same `peerscale calibrate` again, into the same folder: it ends it",
        )
    return {"plan": about["plan"], "plan_sha256": str(about.get("plan_sha256"))}


def _by_name(folders: Sequence[Path]) -> dict[str, Stored]:
    """Kept runs in and below some folders, by the name of their policy."""
    found: dict[str, Stored] = {}
    where = dict.fromkeys(one.folder for folder in folders for one in shelf.find(folder) if one.kind == shelf.RUN)
    for one in map(store.read, where):
        name = str(one.manifest["scenario"]["name"])
        if name in found:
            raise UserError(
                f"two runs of {name} are named",
                file=f"{found[name].path} and {one.path}",
                key="RESULTS",
                rule="one run of each policy",
                got="two",
                try_="leave one out",
            )
        found[name] = one
    return found


def _asked(scenario: str) -> list[tuple[str, str]]:
    """What has to be among the results, and what for."""
    return [(scenario, "the studies are made in it"), (TODAY, "today's headlines are read of it")]


def _run(runs: Mapping[str, Stored], name: str, why: str) -> Stored:
    if name not in runs:
        raise UserError(
            f"there is no run of {name} among the results",
            key="RESULTS",
            rule=f"a run of {name}: {why}",
            got=", ".join(runs) or "no runs",
            try_=f"peerscale batch {name} --posterior FOLDER --draws 200 --replicates 2 --out results, and name its folder too",
        )
    return runs[name]


def _belong(chosen: Chosen, seen_in: Stored, answers: Sequence[Stored]) -> None:
    """Raises UserError unless all runs are of this posterior, at the same draws, and the answers of the same worlds."""
    for run in (seen_in, *answers):
        _of_this_posterior(chosen, run)
    store.must_share(answers)
    one, two = ({key: run.manifest["identity"].get(key) for key in SHARED} for run in (seen_in, answers[0]))
    store.must_be_alike(one, two, f"{seen_in.path} and {answers[0].path}")
    _enough(answers[0])


def _of_this_posterior(chosen: Chosen, run: Stored) -> None:
    held: Mapping[str, Any] = run.manifest["identity"]
    if held["posterior"] == chosen.sha256 and not held["fixed"] and not held["priors"]:
        return
    got = "numbers of its own" if held["fixed"] or held["priors"] else f"posterior {held['posterior'][:8] or 'none'}"
    raise UserError(
        "a run is not at draws of that posterior",
        file=str(run.path),
        key="RESULTS",
        rule=f"runs with --posterior {chosen.file} ({chosen.sha256[:8]}), nothing held or given",
        got=got,
        try_=f"the same command with --posterior {chosen.file}",
    )


def _enough(run: Stored) -> None:
    held = run.manifest["identity"]
    if held["replicates"] >= 2 and held["draws"] > FEWEST_DRAWS:
        return
    raise UserError(
        "the runs are too few to tell parameters from luck",
        file=str(run.path),
        key="RESULTS",
        rule=f"two replicates or more, of more than {FEWEST_DRAWS} draws (some hundreds to see anything)",
        got=f"{held['draws']} draws, {held['replicates']} of each",
        try_="--draws 200 --replicates 2",
    )


def _no_studies(plan: Plan) -> UserError:
    return UserError(
        f"the plan {plan.form.name} names no study that could be made",
        file=plan.sources[0].file,
        key="[[next]]",
        rule="one [[next]] or more (docs/calibration.md)",
        got="none",
        try_="--plan with a plan that has some: studies can be added after a fit",
    )


def _has_a_level(goal: Goal) -> None:
    if not goal.file.goal.level:
        raise UserError(
            "this goal asks for the most that a budget buys, so no draw meets it or fails it",
            key="--goal",
            rule="a goal with a level",
            got=f"budget = {goal.file.goal.budget:g}",
            try_="--goal half",
        )
