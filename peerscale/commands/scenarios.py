"""`scenarios` and `parameters`: what there is, shown and explained."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.errors import UserError


def _say(content: Any) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table without lines. What can be named stands first: it is never cut or broken."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    first = Column(columns[0], no_wrap=True, min_width=max([len(row[0]) for row in rows], default=0))
    table = Table(
        first,
        *(Column(name, overflow="fold") for name in columns[1:]),
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    for row in rows:
        table.add_row(*map(Text, row))
    Console(highlight=False).print(table)


def list_command(as_json: bool) -> None:
    """Shipped scenarios with title and question."""
    from scenarios.reading.files import listing

    rows = listing()
    if as_json:
        _say([dict(zip(("name", "title", "question"), row, strict=True)) for row in rows])
    else:
        print_table(("scenario", "title", "question it answers"), rows)


def show_command(name: str, as_json: bool) -> None:
    """A scenario resolved in full."""
    from scenarios.reading.load import as_dict, load, to_toml

    scenario = load(name)
    if as_json:
        _say(as_dict(scenario))
    else:
        print(to_toml(scenario), end="")


def validate_command(names: Sequence[str]) -> None:
    """Check each file; all messages, then exit code 2 when any is wrong."""
    from scenarios.reading.load import load

    wrong = 0
    for name in names:
        try:
            print(f"{name}: good, {load(name).title!r}")
        except UserError as error:
            print(error, file=sys.stderr)
            wrong += 1
    if wrong:
        raise UserError(f"{wrong} of {len(names)} scenarios cannot be used", rule="see the messages above")


def diff_command(a: str, b: str, as_json: bool) -> None:
    """Levers that differ, by area and week."""
    from scenarios.reading.load import diff, load

    rows = diff(load(a), load(b))
    if as_json:
        _say([asdict(row) for row in rows])
    elif not rows:
        print("no lever differs")
    else:
        lines = [(r.lever, r.area, str(r.week), _value(r.a), _value(r.b)) for r in rows]
        print_table(("lever", "area", "from week", a, b), lines)


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def schema_command() -> None:
    """JSON Schema of a scenario file."""
    from scenarios.reading.write import json_schema

    _say(json_schema())


def parameters_of(
    name: str | None, as_json: bool, judgements: bool, of: str | None, folder: Path | None, posterior: str | None
) -> None:
    """The one of four lists that is asked for. Raises UserError for what cannot take effect together."""
    from peerscale.asked import no_effect

    asked = [("NAME", name), ("--judgements", judgements), ("--of", of)]
    given = [option for option, value in asked if value]
    if len(given) > 1:
        no_effect(given[1:], f"{given[0]} asks for something else", "one of them at a time")
    if folder is not None and of is None:
        no_effect(["--from"], "it is for an outcome", "--of available")
    if posterior is not None and name is None:
        no_effect(["--posterior"], "it is for one parameter", "peerscale parameters NAME --posterior FILE")
    if judgements:
        judgements_command(as_json)
    elif of is not None:
        behind_command(of, folder, as_json)
    else:
        parameters_command(name, as_json, posterior)


def parameters_command(name: str | None, as_json: bool, posterior: str | None = None) -> None:
    """All parameters, or one explained, with the posterior of that name in use."""
    from sim.numbers.structure import declared

    if name is not None:
        _one_parameter(name, as_json, posterior)
        return
    found = declared()
    if as_json:
        _say([asdict(r) for r in found.values()])
        return
    rows = [(r.name, f"{r.value:g}", f"{r.low:g} to {r.high:g}", r.unit, r.grade) for r in found.values()]
    print_table(("parameter", "value", "range", "unit", "grade"), rows)


def _one_parameter(name: str, as_json: bool, posterior: str | None) -> None:
    from reports.as_json import say
    from reports.questions.parameter import as_dict, show
    from scenarios.evidence.parameter_facts import facts, found
    from scenarios.running.posterior import choose

    found(name)
    known = facts(name, choose(posterior))
    if as_json:
        say(as_dict(known))
    else:
        show(known)


def behind_command(outcome: str, folder: Path | None, as_json: bool) -> None:
    """The parameters behind an outcome: in the order in which they moved it in a run, where a folder of one is given."""
    from reports.as_json import say
    from reports.questions.parameter import behind_as_dict, show_behind
    from scenarios.evidence.parameter_facts import by_runs, by_structure, known_outcome
    from scenarios.running import store

    known_outcome(outcome)
    found = by_structure(outcome) if folder is None else by_runs(outcome, store.read(folder))
    if as_json:
        say(behind_as_dict(found))
    else:
        show_behind(found)


def areas_command(as_json: bool) -> None:
    """The 42 areas: what can be named, and what became of each in April 2026."""
    from peerscale.named import area_rows
    from scenarios.reading.areas import boards

    rows = area_rows()
    if as_json:
        _say(rows)
        return
    columns = ("code", "name", "short form", "adults", "from April 2026")
    print_table(
        columns,
        [(r["code"], r["name"], r["short_form"], f"{r['adults']:,}", r["board_2026"] or "as before") for r in rows],
    )
    print(
        f"\nAlso by ODS code, and with or without NHS and ICB; own is the area of --area-file. The boards of April 2026 run as the areas they were made of: {', '.join(boards())}."
    )


def judgements_command(as_json: bool) -> None:
    """The value judgements, what is taken, and what switches each."""
    from sim.numbers.judgements import JUDGEMENTS, STATUS

    if as_json:
        _say([asdict(one) for one in JUDGEMENTS])
        return
    rows = [(one.question, one.taken, f"{one.kind}: {', '.join(one.switches)}") for one in JUDGEMENTS]
    print_table(("question", "taken here", "switched by"), rows)
    print(f"\nAll of these are {STATUS}.")
