"""One parameter explained, and the parameters behind an outcome: as people read them, and for machines."""

from __future__ import annotations

import math
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reports.console import print_table
from reports.tables.described import Column, Written
from scenarios.evidence.parameter_facts import Behind, Facts, Moved, papers
from scenarios.reading.own_numbers import able
from scenarios.reading.rival_evidence import held
from sim.results.words import WORDS

SHOWN = 12
"""Parameters behind an outcome that are listed; --json has all."""
LONGEST = 72


WRITTEN = (
    Written(
        "peerscale parameters NAME --json",
        "one parameter with all that is behind it",
        (
            Column("<key>", "a key of its record, as in peerscale parameters --json"),
            Column("prior_in_words", "how it varies between worlds"),
            Column("posterior.said", "what the posterior in use says of it, in words"),
            Column("posterior.low", "5% of its draws lie below; null where it says nothing", "the parameter's"),
            Column("posterior.middle", "median of its draws", "the parameter's"),
            Column("posterior.high", "5% of its draws lie above", "the parameter's"),
            Column("fitted", "whether it is fitted, in words"),
            Column("formula", "how it follows from the figures that it cites, in words"),
            Column("read_in[]", "files of the readable engine that read it"),
            Column("rivals[].name", "rival evidence that holds it otherwise"),
            Column("rivals[].words", "the same in words"),
            Column("rivals[].value", "the value that it holds", "the parameter's"),
            Column("evidence[].<key>", "a published figure behind it: the columns of the evidence library"),
            Column("evidence[].informs[]", "parameters that the figure informs"),
        ),
    ),
    Written(
        "peerscale parameters --of OUTCOME --json",
        "the parameters behind an outcome, in the order in which they went with it",
        (
            Column("outcome", "the outcome"),
            Column("from", "name of the results folder; null where nothing was measured"),
            Column("draws", "draws of the parameters that were looked at", "draws"),
            Column("floor", "a rank correlation that one which does nothing hardly passes", "correlation"),
            Column("parameters[].name", "the parameter"),
            Column("parameters[].rank_correlation", "of it with the outcome over draws", "correlation", "draws"),
            Column("parameters[].clear", "whether that is beyond the floor", "true or false"),
            Column("parameters[].grade", "grade of its evidence"),
            Column("parameters[].source", "its source"),
            Column("parameters[].evidence[]", "ids of published figures behind it"),
        ),
    ),
)


def show(found: Facts) -> None:
    """One parameter, a line a fact; then the published figures behind it."""
    record = found.record
    lines = [
        ("meaning", record.meaning),
        ("default", f"{record.value:g} ({record.unit})"),
        ("prior", found.prior),
        ("posterior in use", found.used.said),
        ("fitted", found.fitted),
        ("formula", found.formula or "none declared: the value is as the source has it, or judged"),
        ("source", f"{record.source}{f', {record.year}' if record.year else ''}"),
        ("grade", f"{record.grade}; {record.scope}; role {record.role}; reviewed {record.reviewed}"),
        ("read in", ", ".join(f"sim/agents/{one}" for one in found.read_in) or "the rules that all share"),
        *(("rival", f"{one.words} ({held(one)}): --rival {one.name}") for one in found.rivals),
    ]
    print_table(("parameter", record.name), lines)
    _figures(found)
    if record.name in able():
        print(
            f"\nA number of your own: --fix {record.name}={record.value:g}, or --prior {record.name}={record.low:g}:{record.high:g}"
            " (docs/own_numbers.md)."
        )


def _figures(found: Facts) -> None:
    if not found.rows:
        print("\nNo published figure is behind it: it is a judgement of the authors.")
        return
    rows = [
        (r.id, r.role, r.quantity, _value(r.value, r.low, r.high, r.unit), f"{r.source} {r.year}") for r in found.rows
    ]
    print("\nPublished figures behind it, or against it (peerscale evidence show ID):")
    print_table(("id", "role", "figure", "value", "source"), rows)


def _value(value: float, low: float, high: float, unit: str) -> str:
    span = "" if math.isnan(low) or math.isnan(high) else f"{low:g} to {high:g}"
    said = span if math.isnan(value) else f"{value:g}" + (f" ({span})" if span else "")
    return f"{said} {unit}".strip()


def as_dict(found: Facts) -> dict[str, Any]:
    """For machines: the record's own keys, then what is behind it."""
    return {
        **asdict(found.record),
        "prior_in_words": found.prior,
        "posterior": asdict(found.used),
        "fitted": found.fitted,
        "formula": found.formula,
        "read_in": list(found.read_in),
        "rivals": [{"name": one.name, "words": one.words, "value": one.fixed[1]} for one in found.rivals],
        "evidence": [_row(row) for row in found.rows],
    }


def _row(row: Any) -> dict[str, Any]:
    return asdict(row) | {"file": Path(row.file).name, "informs": list(row.informs)}


def show_behind(found: Behind) -> None:
    """The parameters behind an outcome, with what they rest on."""
    print(said(found))
    shown = found.moved if not found.where else found.moved[:SHOWN]
    columns = (
        ("parameter", "moves it", "what it is", "rests on") if found.where else ("parameter", "what it is", "rests on")
    )
    print_table(columns, [_line(one, bool(found.where)) for one in shown])
    print("\npeerscale parameters NAME explains one, with every figure behind it.")


def said(found: Behind) -> str:
    """What the list is, and how far to believe it."""
    words = WORDS.get(found.outcome, found.outcome)
    if not found.where:
        return (
            f'Uncertain parameters behind "{words}". Nothing was measured: every one may move it. '
            "With --from FOLDER (peerscale run --out) they are put in the order in which they went with it there.\n"
        )
    clear = [one for one in found.moved if one.clear]
    verdict = (
        f"{len(clear)} went with it more than luck allows"
        if clear
        else "None went with it more than luck allows: so few draws cannot tell them apart"
    )
    return (
        f'Parameters behind "{words}" in {found.where}: rank correlation over {found.draws} draws. {verdict} '
        f"(beyond {found.floor:.2f}, marked *).\n"
    )


def _line(one: Moved, measured: bool) -> tuple[str, ...]:
    record = one.record
    rests = "; ".join(papers(one.rows)[:2]) or record.source
    head = (record.name, f"{one.rank:+.2f}{'*' if one.clear else ''}") if measured else (record.name,)
    return (*head, brief(record.meaning), f"{rests} ({record.grade})")


def brief(meaning: str) -> str:
    """The first clause of what a parameter is."""
    first = re.split(r"[.:;(]| \(", meaning, maxsplit=1)[0].strip()
    return first if len(first) <= LONGEST else f"{first[: LONGEST - 1].rstrip()}…"


def behind_as_dict(found: Behind) -> dict[str, Any]:
    """For machines: every parameter, in order."""
    return {
        "outcome": found.outcome,
        "from": Path(found.where).name if found.where else None,
        "draws": found.draws,
        "floor": found.floor,
        "parameters": [
            {
                "name": one.record.name,
                "rank_correlation": one.rank,
                "clear": one.clear,
                "grade": one.record.grade,
                "source": one.record.source,
                "evidence": [row.id for row in one.rows],
            }
            for one in found.moved
        ],
    }
