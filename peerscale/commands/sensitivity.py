"""`sensitivity`: what an outcome's uncertainty turns on, in plain words, as a table, a picture and for machines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from peerscale.asked import agreed, say_own
from peerscale.commands.run import check_plot, out, sample, say
from peerscale.given_types import must_have_room
from peerscale.keeping import staying
from peerscale.options import Typed, make_study
from peerscale.waiting import Tell, progress, rows_seconds
from reports import terminal as report
from reports.console import dim, head, plain_table
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
    needs_libraries,
    parameter_inputs,
)
from scenarios.reading.load import load
from scenarios.running.study import Study, make_shape
from sim.errors import UserError
from sim.results import caveats
from sim.results.words import number

if TYPE_CHECKING:
    from scenarios.questions.sensitivity import Found, Index
    from scenarios.running.finished import FinishedJobs

TOP = 12
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
    needs_libraries("sensitivity", "SALib", "sklearn", "scipy")
    question = ask_about(scenario, against, typed, parameter_inputs(names_of(only)))
    check_plan(plan)
    must_have_room(folder)
    claim(folder, question)
    found = _analyse(question, outcome, plan, folder, workers)
    if as_json:
        say({"sample": sample(_study(question, found)), **as_dict(question, outcome, found)})
    else:
        show(question, outcome, found, folder)
    if plot:
        draw(plot, question, outcome, found)
        print(f"Picture: {plot}", file=sys.stderr)


def names_of(text: str | None) -> list[str]:
    """Names with commas between."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def ask_about(scenario: str, against: str | None, typed: Typed, inputs: tuple[Input, ...]) -> Question:
    """The question of one scenario, or of its change from another."""
    one, other = load(scenario), load(against) if against else None
    asked = [one] if other is None else [one, other]
    run = agreed(typed, asked)
    say_own(asked, ("draws", "replicates"), "each row is a draw of its own (--rows)")
    return Question(one, comparable(one, other), make_study(typed, run), inputs)


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


def order(found: Found) -> list[int]:
    """Inputs: those that stand out, most of the variance first; the others by what they moved in the screening."""
    index, other = found.ranking, found.morris or found.ranking
    clear = [int(j) for j in np.argsort(-index.value, kind="stable") if index.clear[j]]
    return clear + [int(j) for j in np.argsort(-other.value, kind="stable") if not index.clear[j]]


def subject(question: Question, outcome: str) -> str:
    """What is asked about, in words."""
    what = report.WORDS[outcome]
    return f"{what}: {question.scenario.title}" + (
        f", change from {question.against.title}" if question.against else ""
    )


def sentences(question: Question, outcome: str, found: Found) -> list[str]:
    """What was found, most important first; every number read from the analysis."""
    signed = question.against is not None
    low, high = (number(outcome, x, signed) for x in found.spread)
    said = [
        f"Over {found.rows} sets of assumptions it is {number(outcome, found.mean, signed)} on average ({low} to {high}).",
        _luck(found),
    ]
    index, clear = found.ranking, [j for j in order(found) if found.ranking.clear[j]]
    for place, j in enumerate(clear[:TOP], 1):
        way = "the outcome rises with it" if found.direction[j] > 0 else "the outcome falls as it rises"
        said.append(
            f"{place}. {described(question.inputs[j])}: {_share(index, j)} of the variance between rows; {way}."
        )
    rest = len(question.inputs) - len(clear)
    if not clear:
        said.append(f"No input stands out from one that does nothing (floor {index.floor:.0%}): more rows might tell.")
    elif rest:
        said.append(f"The other {rest} cannot be told from an input that does nothing (floor {index.floor:.0%}).")
    return said + (_screened(question, outcome, found.morris) if found.morris else [])


def _screened(question: Question, outcome: str, morris: Index) -> list[str]:
    """The largest moves of the screening, and what luck alone does."""
    largest = [int(j) for j in np.argsort(-morris.value, kind="stable")[:3]]
    moves = ", ".join(f"{question.inputs[j].name} {_number('Morris', morris.value[j], outcome)}" for j in largest)
    return [
        f"In the screening, across its range and at the same luck, an input moved it on average by: {moves}. "
        f"Luck alone, between two runs: {_number('Morris', morris.floor, outcome)}."
    ]


def _luck(found: Found) -> str:
    split = found.split
    if not np.isfinite(split.parameters):
        return "How much of it is luck cannot be told from one replicate of each."
    return (
        f"Of the variance between single runs, {split.parameters:.0%} ({split.low:.0%} to {split.high:.0%}) is due to the "
        f"assumptions, the rest to luck."
    )


def described(one: Input) -> str:
    """An input in plain words: what it is, its name, range and unit."""
    return f"{one.meaning.rstrip('.')} ({one.name}, {one.low:g} to {one.high:g} {one.unit})"


def _share(index: Index, j: int) -> str:
    return f"{max(index.value[j], 0):.0%} ({max(index.low[j], 0):.0%} to {min(index.high[j], 1):.0%})"


def show(question: Question, outcome: str, found: Found, folder: Path) -> None:
    """Sentences, then the table with the dummy in it, then what it rests on."""
    head(out, subject(question, outcome), f". {sample(_study(question, found))}\n")
    for sentence in sentences(question, outcome, found):
        out.print(sentence)
    _show_table(question, outcome, found)
    if found.emulated.why:
        out.print(f"No Sobol' indices: {found.emulated.why}.")
    else:
        out.print(
            f"Sobol' indices are of an emulator that explains {found.emulated.explained:.0%} of rows it has not seen."
        )
    dim(
        out,
        f"Ranked by {found.ranking.name}. Shares may overlap or leave some for joint effects. Runs: {folder}. "
        f"{caveats.JUDGEMENT} {caveats.FORECAST}",
    )


def _study(question: Question, found: Found) -> Study:
    """The study with the worlds of the rows."""
    return replace(question.study, draws=found.rows, replicates=found.replicates)


def _show_table(question: Question, outcome: str, found: Found) -> None:
    indices = [
        ("Morris: largest move", found.morris),
        ("share alone", found.first),
        ("PAWN", found.pawn),
        ("Sobol' total", found.emulated.total),
    ]
    shown = [(name, index) for name, index in indices if index]
    table = plain_table("input", *(name for name, _ in shown))
    for j in order(found)[:TOP]:
        table.add_row(question.inputs[j].name, *(_cell(name, index, j, outcome) for name, index in shown))
    table.add_row(
        "an input that does nothing (Morris: luck)", *(_number(name, index.floor, outcome) for name, index in shown)
    )
    out.print(table)


def _number(name: str, value: float, outcome: str) -> str:
    if name.startswith("Morris"):
        return number(outcome, value, True).removeprefix("+")
    return f"{value:.2f}" if name == "PAWN" else f"{max(value, 0):.0%}"


def _cell(name: str, index: Index, j: int, outcome: str) -> str:
    if not np.isfinite(index.low[j]):
        return _number(name, index.value[j], outcome)
    low, high = (
        _number(name, x, outcome)
        for x in (index.low[j], min(index.high[j], np.inf if name.startswith("Morris") else 1))
    )
    return f"{_number(name, index.value[j], outcome)} ({low} to {high})"


def as_dict(question: Question, outcome: str, found: Found) -> dict[str, Any]:
    """For machines: every index of every input, most of the variance first."""
    indices = {
        "morris": found.morris,
        "first_order": found.first,
        "pawn": found.pawn,
        "sobol_first": found.emulated.first,
        "sobol_total": found.emulated.total,
    }
    there = {key: index for key, index in indices.items() if index}
    return {
        "subject": subject(question, outcome),
        "outcome": outcome,
        "sentences": sentences(question, outcome, found),
        "rows": found.rows,
        "replicates": found.replicates,
        "screening_runs": found.screening_runs,
        "mean": found.mean,
        "low": found.spread[0],
        "high": found.spread[1],
        "parameters_share": vars(found.split),
        "emulator": {"explained": found.emulated.explained, "why_no_sobol": found.emulated.why or None},
        "ranked_by": found.ranking.name,
        "floors": {key: index.floor for key, index in there.items()},
        "inputs": [_input(question.inputs[j], j, found, there) for j in order(found)],
    }


def _input(one: Input, j: int, found: Found, there: dict[str, Index]) -> dict[str, Any]:
    each = {
        key: {"value": float(i.value[j]), "low": float(i.low[j]), "high": float(i.high[j]), "clear": bool(i.clear[j])}
        for key, i in there.items()
    }
    return {
        "name": one.name,
        "meaning": one.meaning,
        "unit": one.unit,
        "low": one.low,
        "high": one.high,
        "rank_correlation": float(found.direction[j]),
        **each,
    }


def of_runs(question: Question) -> str:
    """Whom one run is of, and the seed: for pictures of many runs."""
    return f"{caveats.people(make_shape(question.study, [(0, 0)]))} Many draws of the parameters, seed {question.study.seed}."


def draw(path: Path, question: Question, outcome: str, found: Found) -> None:
    """The ranking with its limits and the floor; beside it Morris' effects, where there was screening."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from reports.plots import as_written, foot

    shown = [(found.ranking, 100.0, "share of the variance between rows, %")]
    if found.morris:
        scale = 1.0 if outcome.startswith(("gbp", "waiting")) else 100.0
        shown.append(
            (
                found.morris,
                scale,
                "Morris: mean move of the outcome over the range" + (", points" if scale == 100 else ""),
            )
        )
    rows = order(found)[:TOP]
    figure, grid = plt.subplots(
        1, len(shown), figsize=(6.5 * len(shown), 1.8 + 0.35 * len(rows)), layout="constrained", squeeze=False
    )
    for axes, (index, scale, words) in zip(grid[0], shown, strict=True):
        nothing = "luck between two runs" if index is found.morris else "an input that does nothing"
        bars(axes, [question.inputs[j].name for j in rows], index, rows, scale, nothing)
        axes.set_xlabel(words)
    figure.suptitle(as_written(subject(question, outcome)), fontsize=10)
    foot(figure, of_runs(question))
    figure.savefig(path)
    plt.close(figure)


def bars(axes: Any, names: list[str], index: Index, rows: list[int], scale: float, nothing: str) -> None:
    """One bar an input with its limits; the dashed line is the floor."""
    value = scale * np.maximum(index.value[rows], 0)
    reach = np.nan_to_num(np.abs(scale * np.array([index.low[rows], index.high[rows]]).clip(0) - value))
    colors = ["#1f6f8b" if index.clear[j] else "#b0b0b0" for j in rows]
    axes.barh(range(len(rows)), value, xerr=reach, color=colors, error_kw={"linewidth": 0.8, "capsize": 2})
    axes.axvline(scale * max(index.floor, 0), color="#b5532a", linestyle="--", linewidth=1, label=nothing)
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.invert_yaxis()
    axes.legend(fontsize=7)
