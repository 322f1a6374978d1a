"""Commands for many runs: `sweep` and `results`. Signatures only: each imports what it needs when it runs."""

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
    Engine,
    Fix,
    InventoryFile,
    Json,
    People,
    PlaceSize,
    Plot,
    PosteriorFile,
    Prior,
    Priors,
    Replicates,
    Rivals,
    Seed,
    Set,
    Workers,
    Years,
)
from peerscale.given_types import place, whole

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        help="name=first:last:how_many or name=value,value. A lever, a parameter, areas or rival. May be repeated.",
    ),
]
SweepOut = Annotated[
    Path | None, typer.Option(parser=place("--out"), help="Folder for the sweep.", show_default="sweeps/its name")
]


def sweep(
    plan: Annotated[
        Path | None, typer.Argument(help="A plan: a .toml file (docs/sweeps.md).", show_default=False)
    ] = None,
    vary: Vary = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="A policy to vary; may be repeated.", show_default="today")
    ] = None,
    design: Annotated[
        str | None, typer.Option(help="grid, one_at_a_time, latin or sobol.", show_default="grid")
    ] = None,
    points: Annotated[
        int | None, typer.Option(parser=whole("--points"), help="Points to draw (latin, sobol).", show_default="64")
    ] = None,
    areas: Areas = None,
    people: People = None,
    years: Years = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    engine: Engine = "core",
    set_: Set = None,
    out: SweepOut = None,
    plot: Plot = None,
    outcome: Annotated[str, typer.Option(help="What is shown: available, started_in_time, …")] = "available",
    json: Json = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    inventory: InventoryFile = None,
    area_file: AreaFile = None,
    posterior: PosteriorFile = None,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
    rival: Rivals = None,
    dry_run: DryRun = False,
    price: Annotated[float | None, typer.Option(help="Pounds for one core-hour, for --dry-run.")] = None,
    fix: Fix = None,
    prior: Prior = None,
    priors: Priors = None,
) -> int:
    """Run policies at many values of levers, parameters, areas or rivals. Run it again to go on after a stop."""
    from peerscale.commands.sweep import check_price, sweep_command
    from peerscale.options import Typed

    typed = Typed(
        areas,
        people,
        years,
        draws,
        replicates,
        seed,
        engine,
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
    check_price(price)
    asked = (plan, vary or [], scenario or [], set_ or [], design, points)
    return sweep_command(*asked, typed, out, plot, outcome, json, workers, dry_run, price)


Folders = Annotated[
    list[Path] | None, typer.Argument(help="Folders to look in, and below.", show_default="this folder")
]
Where = Annotated[
    list[str] | None, typer.Option("--where", help="field=value: name, kind, areas, people, seed … May be repeated.")
]
HERE = (Path(),)
results = typer.Typer(no_args_is_help=True, help="List, join, check and delete results that are kept.")


@results.command("list")
def results_list(folders: Folders = None, where: Where = None, json: Json = False) -> None:
    """Results in some folders: runs and sweeps."""
    from peerscale.commands.results import list_command

    list_command(folders or HERE, where or [], json)


@results.command("join")
def results_join(
    folders: Folders = None,
    out: Annotated[Path, typer.Option(parser=place("--out"), help="File to write: NAME.parquet or NAME.csv.")] = Path(
        "joined.parquet"
    ),
    where: Where = None,
) -> None:
    """All worlds of some results as one table, with their settings as columns."""
    from peerscale.commands.results import join_command

    join_command(folders or HERE, where or [], out)


@results.command("check")
def results_check(folders: Folders = None, where: Where = None) -> int:
    """Read every file of some results, and say which are damaged."""
    from peerscale.commands.results import check_command

    return check_command(folders or HERE, where or [])


@results.command("delete")
def results_delete(
    folders: Annotated[list[Path], typer.Argument(help="Folders to look in, and below.")],
    where: Where = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it they are only listed.")] = False,
) -> int:
    """Take results away, after listing them: only folders that peerscale wrote, and only with --yes."""
    from peerscale.commands.results import delete_command

    return delete_command(folders, where or [], yes)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(sweep)
    app.add_typer(results, name="results")
