"""What an outcome's uncertainty turns on, in plain words, as a table and for machines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reports.console import dim, head, out, plain_table
from reports.tables.described import Column, Written
from scenarios.questions.rows import Input, Question
from scenarios.running.sample import sample
from scenarios.running.study import Study, make_shape
from sim.results import caveats
from sim.results.words import WORDS, caution, number

if TYPE_CHECKING:
    from scenarios.questions.sensitivity import Found, Index

_INDICES = {
    "morris": "mean move of the outcome across the input's range, at the same luck",
    "first_order": "share of the variance between rows that the input alone explains",
    "pawn": "PAWN: how far the outcome's distribution moves with the input, 0 to 1",
    "sobol_first": "Sobol' index of the input alone, of an emulator",
    "sobol_total": "Sobol' index of the input with all that it joins in, of an emulator",
}
WRITTEN = (
    Written(
        "peerscale sensitivity --json",
        "what an outcome's uncertainty turns on, most of the variance first; an index that was not made is left out",
        (
            Column("sample", "what was simulated, in words"),
            Column("subject", "what is asked about, in words"),
            Column("outcome", "name of the outcome"),
            Column("sentences[]", "what was found, in words"),
            Column("rows", "sets of assumptions that were run", "number"),
            Column("replicates", "runs of luck of each", "number"),
            Column("screening_runs", "runs of the screening", "number"),
            Column("mean", "the outcome, or its change, mean over rows", "the outcome's"),
            Column("low", "the same, 5% of rows lie below", "the outcome's"),
            Column("high", "the same, 5% of rows lie above", "the outcome's"),
            Column(
                "parameters_share.parameters", "variance between runs that the assumptions make", "share", "variance"
            ),
            Column("parameters_share.low", "the same: lower 95% limit", "share", "variance"),
            Column("parameters_share.high", "the same: upper 95% limit", "share", "variance"),
            Column("emulator.explained", "variance of unseen rows that the emulator explains", "share", "variance"),
            Column("emulator.why_no_sobol", "why there are no Sobol' indices; null where there are"),
            Column("ranked_by", "name of the index that ranks the inputs"),
            Column("floors.<index>", "what an input that does nothing gets by luck", "the index's"),
            Column("inputs[].name", "name of the parameter"),
            Column("inputs[].meaning", "what it is, in words"),
            Column("inputs[].unit", "its unit"),
            Column("inputs[].low", "lowest value of its prior", "the input's"),
            Column("inputs[].high", "highest value of its prior", "the input's"),
            Column("inputs[].rank_correlation", "rank correlation with the outcome", "-1 to 1"),
            *(
                Column(f"inputs[].{index}.{key}", f"{words}{end}", "true or false" if key == "clear" else "the index's")
                for index, words in _INDICES.items()
                for key, end in (
                    ("value", ""),
                    ("low", ": lower 95% limit"),
                    ("high", ": upper 95% limit"),
                    ("clear", ": whether it stands out from an input that does nothing"),
                )
            ),
        ),
    ),
)


TOP = 12


def order(found: Found) -> list[int]:
    """Inputs: those that stand out, most of the variance first; the others by what they moved in the screening."""
    index, other = found.ranking, found.morris or found.ranking
    clear = [int(j) for j in np.argsort(-index.value, kind="stable") if index.clear[j]]
    return clear + [int(j) for j in np.argsort(-other.value, kind="stable") if not index.clear[j]]


def subject(question: Question, outcome: str) -> str:
    """What is asked about, in words."""
    what = WORDS[outcome]
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
        said.append(
            f"No input stands out from one that does nothing (floor {index.floor:.0%}). More rows might show one."
        )
    elif rest:
        said.append(f"The other {rest} cannot be told from an input that does nothing (floor {index.floor:.0%}).")
    return said + (_screened(question, outcome, found.morris) if found.morris else []) + caution(outcome)


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
    head(out, subject(question, outcome), f". {sample(study_of_rows(question, found))}\n")
    for sentence in sentences(question, outcome, found):
        out.print(sentence)
    _show_table(question, outcome, found)
    if found.emulated.why:
        out.print(f"No Sobol' indices: {found.emulated.why}.")
    else:
        out.print(
            f"Sobol' indices are of an emulator that explains {found.emulated.explained:.0%} of rows it was not fitted to."
        )
    dim(
        out,
        f"Ranked by {found.ranking.name}. Shares may overlap or leave some for joint effects. Runs: {folder}. "
        f"{caveats.JUDGEMENT} {caveats.FORECAST}",
    )


def study_of_rows(question: Question, found: Found) -> Study:
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
