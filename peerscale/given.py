"""Options that several commands have, each written once: what may be typed, and its help. Only Typer is imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from peerscale.given_types import place, processes, whole
from scenarios.reading.scenario import USUAL, RunSettings

Names = Annotated[list[str] | None, typer.Argument(help="Scenarios: shipped names or .toml files.", show_default=False)]
Areas = Annotated[
    str | None,
    typer.Option(
        help="Areas with commas between: bnssg,E54000011 or all (peerscale areas).", show_default=",".join(USUAL.areas)
    ),
]


def people_option(usual: RunSettings) -> typer.models.OptionInfo:
    """--people, with what a command takes where nothing is said."""
    text = "Adults in all areas (10000 or 10,000), rounded up to whole neighbourhoods."
    return typer.Option(parser=whole("--people"), help=text, show_default=f"{usual.people:,}")


def draws_option(usual: RunSettings) -> typer.models.OptionInfo:
    """--draws, likewise."""
    text = "Parameter draws. Worlds are draws times replicates."
    return typer.Option(parser=whole("--draws"), help=text, show_default=str(usual.draws))


def replicates_option(usual: RunSettings) -> typer.models.OptionInfo:
    """--replicates, likewise."""
    return typer.Option(
        parser=whole("--replicates"), help="Replicates of each draw.", show_default=str(usual.replicates)
    )


People = Annotated[int | None, people_option(USUAL)]
Years = Annotated[float | None, typer.Option(help="Years reported after the burn-in.", show_default=f"{USUAL.years:g}")]
Draws = Annotated[int | None, draws_option(USUAL)]
Replicates = Annotated[int | None, replicates_option(USUAL)]
Seed = Annotated[
    int | None, typer.Option(parser=whole("--seed"), help="Seed of the study's luck.", show_default=str(USUAL.seed))
]
Engine = Annotated[str, typer.Option(help="core (fast) or mesa (readable).")]
Set = Annotated[list[str] | None, typer.Option("--set", help="lever=value, for the alternatives (peerscale levers).")]
Out = Annotated[
    Path | None, typer.Option(parser=place("--out"), help="Folder for results: one folder in it per scenario.")
]
Plot = Annotated[Path | None, typer.Option(parser=place("--plot"), help="Picture to write: FILE.png or FILE.svg.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would run, about how long, and where to.")]
Whole = Annotated[bool, typer.Option("--whole", help="Every adult of the areas, not a sample.")]
Full = Annotated[
    bool, typer.Option("--full", help="Everything: every figure, by group, where wants are lost, gains and costs.")
]
BurnIn = Annotated[
    int | None, typer.Option(parser=whole("--burn-in"), help="Weeks before the reported years.", hidden=True)
]
PlaceSize = Annotated[
    int | None, typer.Option(parser=whole("--place-size"), help="Adults in a neighbourhood (tests).", hidden=True)
]
InventoryFile = Annotated[
    Path | None, typer.Option("--inventory", help="What exists: a CSV (peerscale inventory example).")
]
AreaFile = Annotated[Path | None, typer.Option("--area-file", help="Your own area: a CSV (peerscale area example).")]
PosteriorFile = Annotated[
    str | None,
    typer.Option(
        "--posterior",
        help="Calibrated parameters: a file, shipped or none.",
        show_default="the one that ships; none while none does",
    ),
]
Rivals = Annotated[
    list[str] | None,
    typer.Option("--rival", help="Rival evidence in its place (peerscale evidence rivals). May be repeated."),
]
Fix = Annotated[
    list[str] | None,
    typer.Option("--fix", help="parameter=value, held in every world (peerscale parameters). May be repeated."),
]
Prior = Annotated[
    list[str] | None,
    typer.Option("--prior", help="parameter=low:high, drawn evenly from there instead. May be repeated."),
]
Priors = Annotated[
    Path | None, typer.Option("--priors", help="What people judged, instead of our priors (peerscale evidence elicit).")
]
Workers = Annotated[int, typer.Option(parser=processes, help="Processes; 0 is one for each core.")]


def _on_cluster(context: typer.Context, address: str | None) -> str | None:
    """From here to the end of the command, jobs go to the cluster at this address. Raises UserError."""
    if address is not None and not context.resilient_parsing:
        from scenarios.running.cluster import on_cluster

        context.with_resource(on_cluster(address))
    return address


Cluster = Annotated[
    str | None,
    typer.Option("--cluster", callback=_on_cluster, help="Address of a Dask cluster to run on (docs/sweeps.md)."),
]


def _anew(asked: bool) -> None:
    """Also for the processes that are started."""
    if asked:
        os.environ[NO_STARTS] = "0"


NO_STARTS = "PEERSCALE_STARTS"
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", callback=_anew, help="Run the years before a policy anew, and keep nothing of them."),
]
