"""What each lever moves: a line in words, a table in the terminal, and the document for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.console import dim, head, out, plain_table, written
from reports.figures import say as figure
from reports.lever_words import say_lever
from reports.tables.described import Column, Written
from scenarios.questions import moves, moves_kept
from scenarios.questions.moves import Move
from scenarios.questions.moves_kept import Moves
from sim.numbers.levers import BY_NAME, CHOICES, UNLESS
from sim.results.outcomes import BY_NAME as OUTCOMES
from sim.results.summary import GATE_WORDS

MOVE = (
    Column("on", "policy on top of which the lever was moved"),
    Column("to", "value or word to which it was moved", "the lever's"),
    Column("outcome", "name of the outcome that it moves"),
    Column("change", "mean difference from the same worlds with the lever at today's value", "the outcome's"),
    Column("low", "lower end of its interval, after Holm's correction", "the outcome's"),
    Column("high", "upper end", "the outcome's"),
    Column("gate", "gate at which the number of wants that stop changes most; empty where none surely does"),
    Column("gate_change", "change in the wants that stop there", "share", "all latent wants"),
)
WRITTEN = (
    Written(
        "peerscale levers --measure --json",
        "what each lever moves: a row for each lever, end, policy below it and outcome",
        (
            Column("format", "name of this document"),
            Column("version", "version of its form", "number"),
            Column("command", "how it was made"),
            Column("day", "when it was made"),
            Column("model", "version of the model", "number"),
            Column("code", "hash of the model's code and tables"),
            Column("sample", "what was simulated, in words"),
            Column("rows[].lever", "name of the lever"),
            *(Column(f"rows[].{one.name}", one.meaning, one.unit, one.of) for one in MOVE),
            Column("rows[].p", "chance of such a difference if there were none, after Holm's correction", "share"),
            Column("rows[].draws", "draws of the parameters that were compared", "number"),
            Column("rows[].moves", "whether the lever moves the outcome", "true or false"),
        ),
    ),
)
NOTE = (
    "Each lever goes from today's value to each of its ends, alone and on top of everyone, in the same worlds. It moves an "
    "outcome if the 95% interval of the mean difference excludes zero after Holm's correction over the whole table, and the "
    "difference is at least the outcome's smallest size (peerscale parameters smallest_share)."
)


def end(one: Move) -> str:
    """The value to which a lever was moved, in words."""
    lever = BY_NAME[one.lever]
    value = CHOICES[lever.choice].index(str(one.to)) if lever.choice else float(one.to)
    return say_lever(lever, value)


def change(one: Move, ranged: bool = True) -> str:
    """A difference in the words of its outcome: "+3.2 points (+2.1 points to +4.0 points)"."""
    kind = OUTCOMES[one.outcome].kind
    text = figure(kind, one.change, True)
    return f"{text} ({figure(kind, one.low, True)} to {figure(kind, one.high, True)})" if ranged else text


def gate(one: Move) -> str:
    """The gate that it goes through, in words."""
    return f"{GATE_WORDS[one.gate]}: {figure('share', one.gate_change, True)} of wants" if one.gate else ""


FEW = 3
"""Outcomes named of a lever where many levers stand in a list (judgement)."""


def line(lever: str, kept: Moves | None, most: int = len(OUTCOMES)) -> str:
    """What one lever moves, in a line: names of `most` outcomes in the order of a report, and how many more; that it moves nothing,
    unless; or that it was not measured."""
    if kept is None or lever not in {one.lever for one in kept.rows}:
        return moves_kept.NOT_MEASURED
    if lever in moves.still(kept.rows):
        return unless(lever)
    found = {one.outcome for one in moves.moved(kept.rows, lever)}
    names = [one.lower for one in OUTCOMES.values() if one.name in found]
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return "; ".join([*names[:most], *more])


def unless(lever: str) -> str:
    """That a lever moves nothing, and when it would, after "moves"."""
    return UNLESS.get(lever, "moves nothing here").removeprefix("moves ")


def as_rows(lever: str, kept: Moves | None) -> list[dict[str, Any]]:
    """What one lever moves, for machines."""
    found = moves.moved(kept.rows, lever) if kept else []
    return [{one.name: getattr(row, one.name) for one in MOVE} for row in found]


def show_one(lever: str, kept: Moves | None) -> None:
    """What one lever moves, a line an outcome; or why not."""
    found = moves.moved(kept.rows, lever) if kept else []
    if not found:
        written(out, f"\nWhat it moves: {line(lever, kept)}.")
        return
    out.print()
    out.print(_table(found))


def show(kept: Moves) -> None:
    """The whole table that was just measured."""
    head(out, "What each lever moves", f". {kept.sample}\n")
    names = dict.fromkeys(one.lever for one in kept.rows)
    out.print(_table([one for name in names for one in moves.moved(kept.rows, name)]))
    still = moves.still(kept.rows)
    moving = len(names) - len(still)
    written(out, f"{moving} of {len(names)} levers move something other than money.")
    for name in still:
        written(out, f"{name} moves {unless(name)}.")
    for text in moves.wrong(kept.rows) if moves.whole(kept.rows) else ():
        written(out, f"Not ready to ship: {text}.")
    dim(out, NOTE)


def _table(rows: Sequence[Move]) -> Any:
    table = plain_table("lever", "on", "to", "outcome", "by (interval)", "where wants stop")
    for one in rows:
        table.add_row(one.lever, one.on, end(one), OUTCOMES[one.outcome].lower, change(one), gate(one))
    return table
