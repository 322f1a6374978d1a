"""What emerges in how many worlds, as a table, a page and for machines; the null model beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from reports.console import dim, head, out, plain_table
from reports.tables.described import Column, Written
from scenarios.questions.behaviours import Found
from scenarios.running.sample import own_as_typed, sample
from scenarios.running.study import Study
from sim.results import caveats

WRITTEN = (
    Written(
        "peerscale behaviours --json",
        "what emerges in how many worlds, with its mechanism on and off; and the null model",
        (
            Column("sample", "what was simulated, in words"),
            Column("behaviours[].name", "name of the behaviour"),
            Column("behaviours[].sentence", "what happens, in words"),
            Column("behaviours[].mechanism", "what is switched off beside it, in words"),
            Column("behaviours[].unit", "what is measured, and in what"),
            Column("behaviours[].bar", "value above which the behaviour occurs (judgement)", "the behaviour's"),
            Column("behaviours[].occurs_share", "worlds in which it occurs", "share", "worlds"),
            Column("behaviours[].occurs_share_off", "the same with its mechanism off", "share", "worlds"),
            Column("behaviours[].on[]", "the measure in each world", "the behaviour's"),
            Column("behaviours[].off[]", "the same with its mechanism off", "the behaviour's"),
            Column("null_model[].scenario", "title of the policy"),
            Column("null_model[].simulation", "change in availability against today, median", "share", "wants"),
            Column("null_model[].low", "the same, 5% of worlds lie below", "share", "wants"),
            Column("null_model[].high", "the same, 5% of worlds lie above", "share", "wants"),
            Column("null_model[].null", "what the null model says of it", "share", "wants"),
        ),
    ),
)

NullRow = dict[str, float | str]


def as_dict(found: Found) -> dict[str, object]:
    """For machines: a behaviour, its measure in each world with the mechanism on and off, and how often it occurs."""
    b = found.behaviour
    return {
        "name": b.name,
        "sentence": b.sentence,
        "mechanism": b.mechanism,
        "unit": b.unit,
        "bar": b.bar,
        "occurs_share": found.occurs,
        "occurs_share_off": found.occurs_off,
        "on": found.on.tolist(),
        "off": found.off.tolist(),
    }


COLUMNS = ("behaviour", "worlds", "mechanism off", "median", "off", "measured as (bar)")


BARS = "A behaviour occurs in a world if its measure is over its bar. The bars are judgement."


NULL = "The null model is a dozen lines of stock and flow through the same gates (scenarios/questions/null_model.py)."


NULL_COLUMNS = ("availability against today", "simulation", "range", "null model", "")


def _cells(f: Found) -> tuple[str, ...]:
    n = len(f.on)
    return (
        f.behaviour.sentence,
        f"{round(f.occurs * n)} of {n}",
        f"{round(f.occurs_off * n)} of {n}",
        f"{np.nanmedian(f.on):+.3f}",
        f"{np.nanmedian(f.off):+.3f}",
        f"{f.behaviour.unit} (over {f.behaviour.bar:g})",
    )


def _null_cells(row: NullRow) -> tuple[str, ...]:
    low, high, null = float(row["low"]), float(row["high"]), float(row["null"])
    return (
        str(row["scenario"]),
        f"{100 * float(row['simulation']):+.1f} points",
        f"{100 * low:+.1f} to {100 * high:+.1f}",
        f"{100 * null:+.1f} points",
        "the same within its range" if low <= null <= high else "differs",
    )


def _listed(what: str, items: Sequence[tuple[str, str]]) -> str:
    """A sentence and a list, an item a line; nothing where there is none."""
    return (
        "\n".join([f"{what}:", "", *(f"- {name}: {text}" if text else f"- {name}" for name, text in items)])
        if items
        else ""
    )


def _mechanisms(found: Sequence[Found]) -> str:
    return _listed("Switched off", [(f.behaviour.name, f.behaviour.mechanism) for f in found])


def _changes(found: Sequence[Found]) -> str:
    return _listed(
        "Changed after a first look", [(f.behaviour.name, f.behaviour.changed) for f in found if f.behaviour.changed]
    )


OFTEN, SELDOM = 2 / 3, 1 / 12
"""A behaviour is shown to rest on its mechanism where it occurs in at least so large a share of worlds, and in at most so large a
one with its mechanism off (judgement, declared with the second edition)."""


def _short(found: Sequence[Found]) -> str:
    return _listed(
        "Fell short of eight worlds of twelve, or of at most one with the mechanism off",
        [(f.behaviour.name, _by(f)) for f in found if f.occurs < OFTEN or f.occurs_off > SELDOM],
    )


def _by(f: Found) -> str:
    """How far one fell short: of worlds that pass the bar, and of those a hair's breadth under it."""
    parts = [f"{_of(f.on > f.behaviour.bar)} pass the bar"]
    near = (f.on > f.behaviour.bar / 2) & (f.on <= f.behaviour.bar)
    parts += [f"{_of(near)} more pass half of it"] if near.any() else []
    parts += [f"{_of(f.off > f.behaviour.bar)} pass it with the mechanism off"] if f.occurs_off > SELDOM else []
    return ", ".join(parts) + (f". {f.behaviour.note}" if f.behaviour.note else ".")


def _of(worlds: np.ndarray) -> str:
    return f"{int(worlds.sum())} of {len(worlds)} worlds"


def _notes(found: Sequence[Found]) -> str:
    """What was switched off, what was changed, and what was not shown: a paragraph each."""
    return "\n\n".join(text for text in (_mechanisms(found), _changes(found), _short(found)) if text)


def show(found: Sequence[Found], about: str) -> None:
    """One line a behaviour."""
    head(out, "What emerges", f", in how many of the worlds we assumed. {about}\n")
    table = plain_table(*COLUMNS)
    for f in found:
        table.add_row(*_cells(f))
    out.print(table)
    dim(out, f"{BARS} {caveats.WORLDS}\n\n{_notes(found)}\n")


def print_page(found: Sequence[Found], rows: Sequence[NullRow], study: Study, plot: Path | None) -> None:
    """The same as a page in Markdown."""
    given = "".join(f" {one}" for one in (f"--posterior {study.posterior.file or 'none'}", *own_as_typed(study, False)))
    print(
        f"# What emerges\n\nMade by `peerscale behaviours --draws {study.draws} --people {study.people}{given} --markdown`."
        f"\n\n{sample(study)}\n"
    )
    _print_rows(COLUMNS, [_cells(f) for f in found])
    print(f"\n{BARS} {caveats.WORLDS}\n\n{_notes(found)}")
    if plot:
        print(f"\n![Each behaviour's measure in every world, mechanism on and off, and its bar]({plot.name})")
    if rows:
        print("\n## The null model\n")
        _print_rows(NULL_COLUMNS, [_null_cells(row) for row in rows])
        print(f"\n{NULL}")


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for cells in (columns, ["---"] * len(columns), *rows):
        print("| " + " | ".join(cells) + " |")


def show_null(rows: Sequence[NullRow]) -> None:
    """The null model beside the simulation."""
    table = plain_table(*NULL_COLUMNS)
    for row in rows:
        table.add_row(*_null_cells(row))
    out.print(table)
    dim(out, NULL)
