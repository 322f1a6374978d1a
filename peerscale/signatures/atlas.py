"""`atlas`. The signature only: the command imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerscale.given import BurnIn, Cluster, DryRun, Json, PlaceSize, PosteriorFile, Seed, Workers, Years
from peerscale.given_types import place, whole

AtlasAreas = Annotated[
    str | None, typer.Option("--areas", help="Areas with commas between (peerscale areas).", show_default="all 42")
]
AtlasPeople = Annotated[
    int | None,
    typer.Option("--people", parser=whole("--people"), help="Adults of each area's sample.", show_default="the goal's"),
]
AtlasDraws = Annotated[
    int | None,
    typer.Option("--draws", parser=whole("--draws"), help="Worlds of headlines and ladders.", show_default="8"),
]
Goal = Annotated[str, typer.Option(help="What the cheapest policy is to reach: a shipped goal or a .toml file.")]
From = Annotated[
    Path | None, typer.Option("--from", help="A folder of `peerscale solve`: its frontier gives the candidates.")
]
Fresh = Annotated[
    int | None, typer.Option(parser=whole("--fresh"), help="Most fresh worlds of a candidate.", show_default="200")
]
Small = Annotated[bool, typer.Option("--small", help="A small one: samples only, fewer people, worlds and years.")]
Samples = Annotated[
    bool | None,
    typer.Option("--samples/--whole", help="Headlines of samples, or of every adult.", show_default="--whole"),
]
Out = Annotated[Path, typer.Option(parser=place("--out"), help="Folder of tables and page; run again to go on.")]


def atlas(
    out: Out = Path("atlas"),
    areas: AtlasAreas = None,
    people: AtlasPeople = None,
    draws: AtlasDraws = None,
    years: Years = None,
    seed: Seed = None,
    goal: Goal = "half",
    from_: From = None,
    fresh: Fresh = None,
    small: Small = False,
    samples: Samples = None,
    posterior: PosteriorFile = None,
    json: Json = False,
    workers: Workers = 0,
    cluster: Cluster = None,
    dry_run: DryRun = False,
    burn_in: BurnIn = None,
    place_size: PlaceSize = None,
) -> None:
    """Areas side by side: today, the ladder, the cheapest certified policy for a goal, and who is left out."""
    from peerscale.commands.atlas.command import Wanted, atlas_command
    from peerscale.options import Typed

    typed = Typed(areas, people, years, draws, None, seed, burn_in=burn_in, place_size=place_size, posterior=posterior)
    atlas_command(typed, Wanted(goal, from_, fresh, small, samples), out, json, workers, dry_run)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(atlas)
