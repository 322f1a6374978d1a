"""The answer once more, in worlds of every adult: whether what a sample certified holds for the whole areas.

The same draws as the first that tested the answer, so the two differ by the sample alone. Each world is kept as it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scenarios.questions.solve.columns import COST, pick
from scenarios.questions.solve.frontier import Report
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.runs import Runs, Told, study_of
from scenarios.running.memory import must_fit
from scenarios.running.study import make_shape
from scenarios.running.worlds import Batch

WORLDS = 20
"""Whole worlds: enough to see a difference of some points of availability; the certificate stays the sample's (judgement)."""


@dataclass(frozen=True)
class Confirmed:
    """One policy in the same draws, in a sample and whole: whether each met the goal (bool[draws]), the goal's outcome and its cost
    (float64[draws]). `people`: adults of the sample and of the whole."""

    people: tuple[int, int]
    met: tuple[np.ndarray, np.ndarray]
    outcome: tuple[np.ndarray, np.ndarray]
    cost: tuple[np.ndarray, np.ndarray]

    @property
    def difference(self) -> tuple[float, float]:
        """(whole less sample of the goal's outcome, mean over draws; its standard error), in shares of wants."""
        apart = self.outcome[1] - self.outcome[0]
        return float(apart.mean()), float(apart.std(ddof=1) / np.sqrt(len(apart)))


def draws_of(goal: Goal) -> range:
    """The draws of both: the first that test an answer."""
    first = goal.file.search.worlds
    return range(first, first + min(WORLDS, goal.file.search.fresh))


def whole(goal: Goal) -> Goal:
    """The goal with every adult of its areas."""
    study = study_of(goal, {})
    adults = sum(study.adults(area) for area in study.areas)
    others = tuple(pair for pair in goal.size if pair[0] != "people")
    return replace(goal, size=(*others, ("people", adults)))


def fits(goal: Goal, workers: int) -> None:
    """Raises UserError where a whole world does not fit in memory, for as many as run at once."""
    must_fit([Batch(study_of(whole(goal), {}), ((0, 0),), False)] * max(1, workers), max(1, workers))


def confirm(found: Report, folder: Path, workers: int, tell: Told) -> Confirmed | None:
    """The answer in whole worlds, kept in a folder of their own inside `folder`; None where nothing was certified.
    `tell(worlds so far)`."""
    if found.answer.found is None:
        return None
    goal, bundle, draws = found.goal, found.answer.found.bundle[None], draws_of(found.goal)
    with Runs(goal, folder, workers) as runs:
        runs.fresh_replicates = found.noise.replicates if found.noise else runs.fresh_replicates
        sample, met = runs.columns(bundle, draws)[0], runs.met
        with Runs(whole(goal), folder / "whole", workers, tell=tell) as all_:
            every = all_.columns(bundle, draws)[0]
            people = tuple(make_shape(one.study, [(0, 0)]).people for one in (runs, all_))
    outcome = goal.file.goal.outcome
    return Confirmed(
        (people[0], people[1]),
        (met(sample), met(every)),
        (pick(sample, outcome), pick(every, outcome)),
        (pick(sample, COST), pick(every, COST)),
    )
