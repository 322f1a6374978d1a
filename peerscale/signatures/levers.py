"""What can be typed after `levers`. Signature only: it imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerscale.given import (
    AreaFile,
    Areas,
    BurnIn,
    Cluster,
    Draws,
    DryRun,
    Fix,
    InventoryFile,
    Json,
    People,
    PlaceSize,
    PosteriorFile,
    Prior,
    Priors,
    Replicates,
    Rivals,
    Seed,
    Workers,
    Years,
)
from peerscale.given_types import place

Some = Annotated[
    list[str] | None,
    typer.Argument(
        help="Levers: a name, a group, or a pattern such as 'budget*'. One name is explained.", show_default="all"
    ),
]
LeversOut = Annotated[
    Path | None,
    typer.Option(parser=place("--out"), help="Folder for the runs of --measure.", show_default="sweeps/levers_…"),
]


def levers(
    names: Some = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets.")] = False,
    measure: Annotated[
        bool, typer.Option("--measure", help="Run each lever to its ends, and say what it moves.")
    ] = False,
    areas: Areas = None,
    people: People = None,
    whole: Annotated[bool, typer.Option("--whole", help="Every adult of the areas, for --measure.")] = False,
    years: Years = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    out: LeversOut = None,
    workers: Workers = 0,
    cluster: Cluster = None,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    rival: Rivals = None,
    dry_run: DryRun = False,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> None:
    """The levers that a policy can set: meaning, unit, bounds, today's value, its source, and what each moves."""
    from peerscale.commands import levers as command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        "core",
        burn_in,
        place_size,
        inventory,
        area_file,
        posterior,
        tuple(rival or ()),
        fix=tuple(fix or ()),
        prior=tuple(prior or ()),
        priors=priors,
    )
    command.one_form(json, csv)
    if measure:
        command.measure_command(names or [], typed, whole, out, json, csv, workers, dry_run)
        return
    given = {"--whole": whole, "--out": out, "--cluster": cluster, "--dry-run": dry_run, "--workers": workers}
    command.must_measure(typed, [name for name, value in given.items() if value])
    command.list_command(names or [], json, csv)


def add_to(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command()(levers)
