"""`evidence`: the published figures, what each is for, and a researcher's own beside them; `plausible`. Only Typer
is imported here: each command imports what it needs when it runs."""

from __future__ import annotations

import json as json_
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from peerscale.given import Areas, BurnIn, Cluster, Draws, Json, PlaceSize, Plot, Seed, Workers, Years, people_option
from peerscale.given_types import check_plot, place
from scenarios.reading.scenario import PLAUSIBLE

if TYPE_CHECKING:
    from calibration.library.evidence_record import Evidence
    from scenarios.reading.elicited import Elicited

app = typer.Typer(no_args_is_help=True, help="Published figures, what each is for, and your own beside them.")


def add_to(whole: typer.Typer) -> None:
    """Hang these commands in with the others."""
    whole.add_typer(app, name="evidence")
    whole.command()(plausible)


PlausiblePeople = Annotated[int | None, people_option(PLAUSIBLE)]
OWN = Path("my_evidence.csv")
Files = Annotated[list[Path] | None, typer.Option("--evidence", help="A CSV of your own that joins in.")]


@app.command("list")
def list_(
    role: Annotated[str | None, typer.Option(help="target, validation, input or context.")] = None,
    evidence: Files = None,
    json: Json = False,
) -> None:
    """The figures: by default those that the simulator measures, and how many others there are."""
    from calibration.library.evidence_library import library

    rows = list(library(evidence or []).values())
    shown = [row for row in rows if row.role == _role(role)] if role else [r for r in rows if r.fitted_or_held]
    if json:
        _say([_as_dict(row) for row in (shown if role else rows)])
        return
    _list_table(shown)
    others = [f"{sum(r.role == name for r in rows)} {name}" for name in ("target", "validation", "input", "context")]
    print(
        f"\n{len(rows)} figures: {', '.join(others)}. `peerscale evidence list --role context` shows others;"
        " `evidence show ID` explains one."
    )


def _role(role: str) -> str:
    from calibration.library.evidence_record import ROLES
    from sim.errors import UserError, nearest

    if role not in ROLES:
        raise UserError(
            f"no role is called {role!r}",
            key="--role",
            rule="one of " + ", ".join(ROLES),
            got=repr(role),
            try_=nearest(role, ROLES),
        )
    return role


def _list_table(rows: Sequence[Evidence]) -> None:
    """Figures the simulator measures with their errors, by role; others with their unit and year."""
    from reports.console import print_table

    if not all(row.fitted_or_held for row in rows):
        print_table(
            ("id", "figure", "value", "unit", "year"), [(r.id, r.quantity, _figure(r), r.unit, r.year) for r in rows]
        )
        return
    for role in ("target", "validation"):
        cells = [
            (
                r.id,
                r.statistic,
                f"{r.value:.3g}",
                f"{r.se:.2g}{'*' * (r.se_kind == 'judged')}",
                f"{r.discrepancy:g}",
                r.rival_set,
            )
            for r in rows
            if r.role == role
        ]
        if cells:
            print({"target": "Targets: may be fitted", "validation": "\nValidation: held back, never fitted"}[role])
            print_table(("id", "statistic", "value", "error", "discrepancy", "rivals"), cells)
    print("\n* judged. The discrepancy is what another population, another year or the model's form may add (one sd).")


def _figure(row: Evidence) -> str:
    interval = "" if math.isnan(row.low) or math.isnan(row.high) else f"{row.low:g} to {row.high:g}"
    return interval if math.isnan(row.value) else f"{row.value:g}" + (f" ({interval})" if interval else "")


@app.command("rivals")
def rivals_(json: Json = False) -> None:
    """Rival evidence that `run`, `batch`, `explain` and `relief` can put in the place of what is used: --rival NAME."""
    from dataclasses import asdict

    from scenarios.reading.rival_evidence import alternatives, held, rests_on

    if json:
        _say([asdict(one) for one in alternatives().values()])
        return
    for one in alternatives().values():
        print(f"{one.name}\n    {one.words} ({held(one)}). {rests_on(one)}")
    print("\nOne at a time of those that hold the same number. The dashboard has them on its page Evidence.")


@app.command()
def formulas(
    name: Annotated[str, typer.Argument(help="A parameter; every one that has a formula if none is named.")] = "",
    json: Json = False,
) -> None:
    """How numbers of the model follow from published figures: formula, rows, denominator, and what has to be assumed."""
    from calibration.library.derived import by_parameter, holds, result
    from reports.calibration.evidence_page import formula_words

    known = {record.name: (record, all_) for record, all_ in by_parameter()}
    chosen = [_formulas_of(name, known)] if name else list(known.values())
    if json:
        _say(
            [
                {"parameter": one.parameter, "end": one.end, "declared": getattr(record, one.end), "gives": result(one)}
                | {"holds": holds(one), "formula": one.formula, "of": list(one.of), "per": one.per, "why": one.why}
                for record, all_ in chosen
                for one in all_
            ]
        )
        return
    for record, all_ in chosen:
        print(f"{record.name}: {record.meaning}")
        print("\n".join(formula_words(record, one) for one in all_))


def _formulas_of(name: str, known: dict[str, Any]) -> Any:
    from sim.errors import UserError, nearest
    from sim.numbers.structure import declared

    if name in known:
        return known[name]
    judged = name in declared()
    raise UserError(
        f"{name} follows from no published figure" if judged else f"no number is called {name!r}",
        key=name,
        rule="a number of `peerscale evidence formulas`",
        got="judgement of its authors" if judged else repr(name),
        try_=(not judged and nearest(name, known)) or "peerscale evidence formulas",
    )


@app.command()
def show(
    id: str,
    evidence: Files = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="As a row to start a file of your own from.")] = False,
) -> None:
    """One figure: where it is from, what measures it, what it informs, and what contradicts it."""
    from calibration.library.evidence_library import library, rivals
    from calibration.library.statistics import STATISTICS

    rows = library(evidence or [])
    row = _one(id, rows)
    if csv:
        _print_csv(row)
        return
    others = [r.id for r in rivals(rows.values()).get(row.rival_set, []) if r.id != row.id]
    how = STATISTICS[row.statistic].how if row.fitted_or_held else ""
    found = _as_dict(row) | {"measured_as": how, "rivals": others}
    if json:
        _say(found)
    else:
        _print_facts(found)


def _one(name: str, rows: dict[str, Evidence]) -> Evidence:
    from sim.errors import UserError, nearest

    if name not in rows:
        near = nearest(name, rows)
        raise UserError(
            f"no figure is called {name!r}",
            key=name,
            rule="an id of `peerscale evidence list`",
            got=repr(name),
            try_=f"peerscale evidence show {near}".strip() if near else "peerscale evidence list",
        )
    return rows[name]


def _print_csv(row: Evidence) -> None:
    import csv

    from calibration.library.evidence_library import COLUMNS, cells

    out = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    out.writeheader()
    out.writerow(cells(row))


def _print_facts(found: dict[str, Any]) -> None:
    from reports.console import print_table

    said = {key: " ".join(v) if isinstance(v, list) else str(v) for key, v in found.items() if v not in (None, "", [])}
    print_table(("", ""), [(key.replace("_", " "), text) for key, text in said.items()])


@app.command()
def check(file: Path) -> None:
    """Check a CSV of your own: every row, with line and column of all that is wrong."""
    from calibration.library.evidence_library import assumed, library

    rows = [row for row in library([file]).values() if row.file == str(file)]
    for said in assumed(file):
        print(f"note: {said}", file=sys.stderr)
    measured = sum(row.fitted_or_held for row in rows)
    print(f"{file}: good, {len(rows)} figures, {measured} of them measured by the simulator")


@app.command()
def add(
    file: Path,
    library: Annotated[
        Path, typer.Option(parser=place("--library"), help="Your library, a CSV: made if it is not there.")
    ] = OWN,
) -> None:
    """Add the figures of a checked CSV to a library of your own. The shipped one is never written to."""
    from calibration.library.evidence_library import add as join

    rows = join(file, library)
    print(f"{len(rows)} figures added to {library}; use it with --evidence {library}")


@app.command()
def statistics(json: Json = False) -> None:
    """The numbers of a run that evidence can be set beside."""
    from calibration.library.statistics import STATISTICS
    from reports.console import print_table

    if json:
        _say([{"name": s.name, "unit": s.unit, "how": s.how, "needs": s.needs} for s in STATISTICS.values()])
    else:
        print_table(("statistic", "unit", "how it is counted"), [(s.name, s.unit, s.how) for s in STATISTICS.values()])


Asked = Annotated[
    list[str] | None,
    typer.Option("--ask", help="A parameter to be asked about; may be repeated (peerscale parameters)."),
]


@app.command()
def elicit(
    file: Annotated[
        Path | None, typer.Argument(help="What people judged: a CSV (--example).", show_default=False)
    ] = None,
    ask: Asked = None,
    expert: Annotated[str | None, typer.Option(help="Who is asked: a name or a role.")] = None,
    example: Annotated[bool, typer.Option("--example", help="An example to save and change.")] = False,
    plot: Plot = None,
    json: Json = False,
) -> None:
    """What people judge of the model's numbers: asked (--ask) or read from a file, checked, pooled and shown."""
    from reports.questions.elicited import as_dict, show
    from scenarios.reading import elicited

    if file is None:
        print(elicited.EXAMPLE.read_text(encoding="utf-8"), end="") if example else _no_file()
        return
    _fitting(example, ask, expert)
    check_plot(plot)
    found = _sit(file, ask, expert) if ask else elicited.read(elicited.find(file))
    for said in found.assumed:
        print(f"note: {said}", file=sys.stderr)
    if json:
        _say(as_dict(found))
    else:
        show(found)
    if plot:
        _draw(plot, found)


def _draw(plot: Path, found: Elicited) -> None:
    from reports.pictures.elicited import draw

    draw(plot, found)
    print(f"Picture: {plot}", file=sys.stderr)


def _no_file() -> None:
    from sim.errors import UserError

    raise UserError(
        "no file is named",
        key="FILE",
        rule="a CSV of judgements; with --ask it is made if it is not there",
        got="nothing",
        try_="peerscale evidence elicit team.csv --ask accept_offer, or --example",
    )


def _fitting(example: bool, ask: Sequence[str] | None, expert: str | None) -> None:
    from peerscale.asked import no_effect

    no_effect(["--example"] if example else [], "it prints an example of a file", "leave out the file")
    no_effect(["--expert"] if expert is not None and not ask else [], "nobody is asked", "--ask accept_offer")


def _sit(file: Path, names: Sequence[str], expert: str | None) -> Elicited:
    """Ask one person; each judgement is in the file before the next question."""
    from scenarios.evidence.asking import ask_all, begin

    place("FILE")(file)
    sitting = begin(file, names, expert, _ask)
    return ask_all(sitting, _ask, lambda said: print(said, file=sys.stderr))


def _ask(question: str) -> str:
    """One answer from standard input. Raises UserError where it ends."""
    from sim.errors import UserError

    print(f"{question}: ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if not answer:
        raise UserError(
            "the answers ended before the questions",
            key="--ask",
            rule="an answer to each question; what was whole is kept",
            got=question,
            try_="the same command, for the parameters that are left",
        )
    return answer.rstrip("\r\n")


@app.command("next")
def next_(
    results: Annotated[
        list[Path], typer.Argument(help="Kept runs of history, today and policies, or folders above them.")
    ],
    study: Annotated[Path, typer.Option(help="The folder of a finished `peerscale calibrate`.")],
    plan: Annotated[str, typer.Option(help="Whose studies: another plan than was fitted.", show_default=False)] = "",
    goal: Annotated[
        str, typer.Option(help="Also whether a goal is met: shipped, or a .toml.", show_default=False)
    ] = "",
    plot: Plot = None,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page.")] = False,
) -> None:
    """Measure this next: which study that nobody has made would narrow today's figures and policies' changes most."""
    from reports.questions import measure_next as report
    from scenarios.questions.solve.goal import load_goal
    from scenarios.worth.next_study import measure_next

    check_plot(plot)
    found = measure_next(study, results, plan, load_goal(goal) if goal else None)
    if json:
        _say(report.as_dict(found))
    elif markdown:
        print(report.as_markdown(found))
    else:
        report.show(found)
    if plot:
        from reports.pictures.measure_next import draw

        draw(plot, found)
        print(f"Picture: {plot}", file=sys.stderr)


def plausible(
    areas: Areas = None,
    people: PlausiblePeople = None,
    years: Years = None,
    draws: Draws = None,
    seed: Seed = None,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page.")] = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
) -> None:
    """Today's policy, untuned, beside the figures that life could check: how far off each is."""
    from peerscale.commands.plausible import plausible_command
    from peerscale.options import Typed

    plausible_command(
        Typed(areas, people, years, draws, None, seed, "core", burn_in, place_size), json, markdown, workers
    )


def _as_dict(row: Evidence) -> dict[str, Any]:
    """For machines: nothing where there is no number."""
    from dataclasses import asdict

    whole = asdict(row)
    whole["file"] = Path(row.file).name
    whole["informs"] = list(row.informs)
    return {key: None if isinstance(v, float) and math.isnan(v) else v for key, v in whole.items()}


def _say(content: Any) -> None:
    print(json_.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))
