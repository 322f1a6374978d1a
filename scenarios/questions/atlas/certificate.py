"""Candidates certified for one area: all of them in the same fresh worlds, looked at after every batch (decision 15).

`certify` is the entry for whoever has candidates and an area. No search takes place here, so the worlds are fresh for every
candidate; those of an area share the chance to be wrong of one search.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.questions.atlas.asked import FIRST_FRESH
from scenarios.questions.atlas.candidates import Candidate
from scenarios.questions.atlas.reads import workforce
from scenarios.questions.solve.certify import Looks, Verdict, judge
from scenarios.questions.solve.columns import quality
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.needs import LINK_WORKERS
from scenarios.questions.solve.runs import group_name
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import joined, pool_for
from scenarios.running.memory import must_fit
from scenarios.running.pool import Job, Pool, Tell
from scenarios.running.study import Study
from scenarios.running.worlds import Batch, Task, jobs_of, unpack, worlds_a_job
from sim.errors import UserError
from sim.results import counts, outcomes
from sim.results.readings import gbp_per_adult_year
from sim.results.result import Result
from sim.results.summary import FEWEST_WANTS


@dataclass(frozen=True)
class Tried:
    """One candidate in one area. float64[worlds] each: `level` of the goal's outcome, `pounds` an adult a year, and `workforce`
    [worlds, WORKFORCE] for each adult at the end."""

    name: str
    verdict: Verdict
    level: np.ndarray
    pounds: np.ndarray
    workforce: np.ndarray


def certify(
    goal: Goal,
    candidates: Sequence[Candidate],
    study: Study,
    looks: Looks,
    alpha: float,
    workers: int = 0,
    progress: Tell | None = None,
    finished: FinishedJobs | None = None,
) -> list[Tried]:
    """Each candidate in the study's area, in as many fresh worlds as its verdict took. `alpha`: the chance to be wrong of each.

    One whose verdict is clear is dropped, and one that costs more than another that is certified. Raises what `run_tasks` does.
    """
    found: dict[str, list[Result]] = {one.name: [] for one in candidates}
    alive, before = list(candidates), 0
    with pool_for(study, workers) as pool:
        for end in looks.ends:
            draws = range(FIRST_FRESH + before, FIRST_FRESH + end)
            for name, result in _run(alive, study, draws, pool, finished, _within(progress, before, end, looks)):
                found[name].append(result)
            if before == 0:
                _enough_wants(goal, study, found[candidates[0].name][0])
            before = end
            tried = {one.name: _tried(goal, one, joined(found[one.name]), looks, alpha) for one in candidates}
            alive = _alive(alive, tried)
            if not alive:
                break
    return [tried[one.name] for one in candidates]


def chosen(tried: Sequence[Tried]) -> Tried | None:
    """The cheapest that is certified; None where none is."""
    good = [one for one in tried if one.verdict.word == "certified"]
    return min(good, key=lambda one: float(one.pounds.mean()), default=None)


def nearest(tried: Sequence[Tried]) -> Tried:
    """The one that meets the goal in the largest share of its worlds; of several, the cheapest."""
    return max(tried, key=lambda one: (one.verdict.share, -float(one.pounds.mean())))


def _alive(alive: Sequence[Candidate], tried: Mapping[str, Tried]) -> list[Candidate]:
    """Those whose verdict is open, and that may still be cheaper than what is certified."""
    best = chosen(list(tried.values()))
    most = float("inf") if best is None else float(best.pounds.mean())
    return [
        one for one in alive if tried[one.name].verdict.word == "open" and float(tried[one.name].pounds.mean()) < most
    ]


def _within(progress: Tell | None, before: int, end: int, looks: Looks) -> Tell:
    def tell(part: float) -> None:
        if progress is not None:
            progress((before + part * (end - before)) / looks.most)

    return tell


def _run(
    alive: Sequence[Candidate], study: Study, draws: range, pool: Pool, finished: FinishedJobs | None, tell: Tell
) -> Iterator[tuple[str, Result]]:
    """(candidate, its result in these draws), in the order of the candidates."""
    assert finished is not None
    some = replace(study, draws=len(draws), replicates=1)
    size = worlds_a_job(some, pool.workers)
    worlds = [(draw, 0) for draw in draws]
    batches = [Batch(study, tuple(worlds[k : k + size]), False) for k in range(0, len(worlds), size)]
    must_fit(batches, pool.workers)
    tasks = [Task(one.scenario) for one in alive]
    jobs: dict[str, Job] = {}
    places: dict[tuple[int, int], str] = {}
    for part, batch in enumerate(batches):
        for number, job in jobs_of(batch, tasks, finished):
            jobs.setdefault(job.key, job)
            if number is not None:
                places[number, part] = job.key
    results = {job.key: content for job, content in pool.results(list(jobs.values()), finished, None, tell)}
    for number, one in enumerate(alive):
        yield one.name, joined([unpack(results[places[number, part]]) for part in range(len(batches))])


def _enough_wants(goal: Goal, study: Study, result: Result) -> None:
    """Raises UserError for a group of the goal with fewer expected wants in each world than a share of them takes."""
    _, whole = outcomes.tally_of(goal.file.goal.outcome)
    expected = float(counts.counted(result)[:, goal.group, whole].mean())
    if not goal.group or expected >= FEWEST_WANTS:
        return
    raise UserError(
        "too few people of this group for a goal on it",
        file=goal.file.name,
        key="goal.group",
        rule=f"at least {FEWEST_WANTS} expected wants of the group in each world",
        got=f"about {expected:.0f} of {group_name(goal)} in {result.shape.names[0]}",
        try_=f"--people {math.ceil(1.1 * study.people * FEWEST_WANTS / max(expected, 1.0) / 1000) * 1000}, or --areas without it",
    )


def _tried(goal: Goal, one: Candidate, result: Result, looks: Looks, alpha: float) -> Tried:
    level = outcomes.of_group(result, goal.file.goal.outcome, goal.group)
    met, worlds = int(meets(goal, result).sum()), len(level)
    verdict = judge(met, worlds, goal.file.goal.worlds, looks, alpha)
    people = workforce(result, one.scenario.levers[LINK_WORKERS])
    return Tried(one.name, verdict, level, gbp_per_adult_year(result), people)


def meets(goal: Goal, result: Result) -> np.ndarray:
    """bool[worlds]: whether the goal holds, its floors too."""
    asked = goal.file.goal
    good = outcomes.of_group(result, asked.outcome, goal.group) >= asked.level
    if asked.better_at_least:
        good &= outcomes.of_group(result, "better_per_want", goal.group) >= asked.better_at_least
    if asked.quality_at_least:
        good &= quality(result) >= asked.quality_at_least
    return np.asarray(good)
