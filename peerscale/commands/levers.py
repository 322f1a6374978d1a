"""`levers`: what a policy can set, one explained, and what each moves."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from peerscale import lever_moves, sweeps, waiting
from peerscale.asked import no_effect, options_of
from peerscale.commands.scenarios import print_table
from peerscale.options import Typed
from reports.as_json import say
from reports.console import dim, out
from reports.questions import moves as report
from scenarios.questions import moves_kept
from scenarios.sweeps import work
from scenarios.sweeps.dataset import must_be_free
from sim.errors import UserError

SET = "\nSet one: peerscale run --set link_workers=1.5, or under [levers] in a scenario file. One explained: peerscale levers link_workers."


def list_command(names: Sequence[str], as_json: bool, as_csv: bool) -> None:
    """All levers, some, or one explained."""
    found = lever_moves.chosen(names)
    one = len(found) == 1 and list(names) == [found[0].name]
    rows = lever_moves.rows(found)
    if as_json:
        say(rows[0] if one else rows)
    elif as_csv:
        _csv(lever_moves.numbers(found))
    elif one:
        _one(rows[0])
    else:
        _list(rows)


def _one(row: dict[str, Any]) -> None:
    shown = {key: value for key, value in row.items() if key not in ("moves", "moves_in_words")}
    print_table(("", ""), [(key.replace("_", " "), str(value)) for key, value in shown.items() if value != ""])
    kept = moves_kept.shipped()
    report.show_one(row["name"], kept)
    if kept:
        dim(out, moves_kept.how())


def _list(rows: Sequence[dict[str, Any]]) -> None:
    kept = moves_kept.shipped()
    table = [
        [
            str(row["name"]),
            f"{row['today']} ({row['may_be']})",
            f"{row['meaning']} Unit: {row['unit']}. Today: {row['source']}."
            + (f" Moves: {report.line(row['name'], kept, report.FEW)}." if kept else ""),
        ]
        for row in rows
    ]
    print_table(("lever", "today (may be)", "meaning"), table)
    print(f"\n{moves_kept.how()}")
    print(SET)


def _csv(rows: Sequence[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


# ------------------------------------------------------------------ measuring


def measure_command(
    names: Sequence[str],
    typed: Typed,
    whole: bool,
    folder: Path | None,
    as_json: bool,
    as_csv: bool,
    workers: int,
    dry: bool = False,
) -> None:
    """Measure what each lever moves, or say what would run."""
    sweep = lever_moves.settle(names, typed, whole)
    place = folder or sweeps.usual_folder(sweep)
    must_be_free(place, sweep)
    if dry:
        _only_say(sweep, place, sweeps.estimate(sweep, workers), as_json)
        return
    found = lever_moves.measure(sweep, place, workers)
    if as_json:
        print(moves_kept.text(found), end="")
    elif as_csv:
        _csv([asdict(row) for row in found.rows])
    else:
        report.show(found)


def _only_say(sweep: work.Sweep, place: Path, found: sweeps.Estimate, as_json: bool) -> None:
    if as_json:
        say({"dry_run": True, "to": str(place), **asdict(found)})
        return
    lines = [
        "Nothing was run. This would run:",
        f"  {len(sweep.plan.axes)} levers, each to its ends, alone and on top of everyone: {found.runs:,} runs at most",
        f"  in {len(sweep.study.worlds):,} worlds each: {found.worlds:,} worlds in {found.jobs:,} jobs",
        f"Time: {waiting.words(found.seconds)}; {found.core_hours:.2g} core-hours on a core like ours.",
        f"Disk: about {max(1, round(found.megabytes)):,} MB.",
        f"Results: {place}",
    ]
    print("\n".join(lines))


def must_measure(typed: Typed, others: Sequence[str]) -> None:
    """Raises UserError for settings of runs where nothing is measured."""
    no_effect([*options_of(typed), *others], "nothing is run without --measure", "add --measure, or leave it out")


def one_form(as_json: bool, as_csv: bool) -> None:
    """Raises UserError for two forms at once."""
    if as_json and as_csv:
        raise UserError(
            "two forms at once", key="--csv", rule="--json or --csv", got="both", try_="leave one of the two out"
        )
