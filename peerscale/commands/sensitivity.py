"""`sensitivity`: what an outcome's uncertainty turns on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from peerscale.asked import agreed, say_own
from peerscale.given_types import check_plot, must_have_room
from peerscale.keeping import staying
from peerscale.options import Typed, make_study
from peerscale.waiting import Tell, progress, rows_seconds
from reports.as_json import say
from reports.questions.sensitivity import as_dict, show, study_of_rows
from scenarios.questions.rows import (
    REPLICATES,
    TOGETHER,
    Ask,
    Input,
    Question,
    asker,
    check_number,
    check_outcome,
    claim,
    comparable,
    parameter_inputs,
)
from scenarios.reading.load import load
from scenarios.running.sample import sample
from scenarios.running.study import make_shape
from sim.errors import UserError

if TYPE_CHECKING:
    from scenarios.questions.sensitivity import Found
    from scenarios.running.finished import FinishedJobs

MOST_ROWS = 10_000


@dataclass(frozen=True)
class Plan:
    """How much to run."""

    rows: int
    replicates: int
    trajectories: int


def sensitivity_command(
    scenario: str,
    against: str | None,
    outcome: str,
    only: str | None,
    plan: Plan,
    typed: Typed,
    folder: Path,
    plot: Path | None,
    as_json: bool,
    workers: int,
) -> None:
    """Run what the folder does not hold yet, analyse, tell."""
    check_plot(plot)
    check_outcome(outcome)
    question = ask_about(scenario, against, typed, names_of(only))
    check_plan(plan)
    must_have_room(folder)
    claim(folder, question)
    found = _analyse(question, outcome, plan, folder, workers)
    if as_json:
        say({"sample": sample(study_of_rows(question, found)), **as_dict(question, outcome, found)})
    else:
        show(question, outcome, found, folder)
    if plot:
        from reports.pictures.sensitivity import draw

        draw(plot, question, outcome, found)
        print(f"Picture: {plot}", file=sys.stderr)


def names_of(text: str | None) -> list[str]:
    """Names with commas between."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def ask_about(
    scenario: str, against: str | None, typed: Typed, only: Sequence[str], levers: tuple[Input, ...] = ()
) -> Question:
    """The question of one scenario, or of its change from another. `only`: parameters that differ; none for all."""
    one, other = load(scenario), load(against) if against else None
    asked = [one] if other is None else [one, other]
    run = agreed(typed, asked)
    say_own(asked, ("draws", "replicates"), "each row is a draw of its own (--rows)")
    study = make_study(typed, run)
    return Question(one, comparable(one, other), study, parameter_inputs(only, study) + levers)


def check_plan(plan: Plan) -> None:
    """Raises UserError for too little or too much to run."""
    from scenarios.questions.sensitivity import LEAST_ROWS, LEAST_TRAJECTORIES

    check_number("--rows", plan.rows, LEAST_ROWS, MOST_ROWS, "fewer would show mostly noise")
    check_number("--replicates", plan.replicates, 1, REPLICATES - 1)
    if plan.trajectories != 0:
        check_number("--trajectories", plan.trajectories, LEAST_TRAJECTORIES, 1000, "or 0 for no screening")


def _analyse(question: Question, outcome: str, plan: Plan, folder: Path, workers: int) -> Found:
    from scenarios.questions.sensitivity import analyse

    screening, rows = plan.trajectories * (len(question.inputs) + 2), plan.rows * plan.replicates
    print(
        f"{screening} runs to screen {len(question.inputs)} inputs, {rows} for the rows; kept in {folder}",
        file=sys.stderr,
    )
    with (
        progress("Running", question_seconds(question, screening + rows, workers), most=True) as tell,
        staying(folder) as finished,
    ):
        ask = in_turn(question, outcome, finished, workers, tell, screening + rows)
        found = analyse(ask, len(question.inputs), plan.rows, plan.replicates, plan.trajectories, question.study.seed)
    if np.ptp(found.spread) == 0:
        raise UserError(
            "the outcome is the same in every row",
            key="--outcome",
            rule="an outcome that differs between rows",
            got=f"{found.mean:g} in all {found.rows}",
            try_="another outcome, or --against a policy that differs",
        )
    return found


def question_seconds(question: Question, runs: int, workers: int) -> float:
    """About how long so many runs take; those that the folder holds are only read."""
    study = question.study
    policies, people = 2 if question.against else 1, make_shape(study, [(1, 0)]).people
    return rows_seconds(people, policies * study.weeks, study.burn_in, runs, TOGETHER, workers)


def in_turn(question: Question, outcome: str, finished: FinishedJobs, workers: int, tell: Tell, most: int) -> Ask:
    """`asker` for an analysis that asks several times: how far it is counts all its runs, at most so many."""
    done = [0, 0]

    def told(part: float) -> None:
        tell(min(1.0, (done[0] + part * done[1]) / max(1, most)))

    ask = asker(question, outcome, finished, workers, told)

    def asking(units: np.ndarray, draws: Sequence[int], replicates: int) -> np.ndarray:
        done[0], done[1] = sum(done), len(units) * replicates
        return ask(units, draws, replicates)

    return asking
