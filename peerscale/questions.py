"""Commands that ask why and what it would take. Signatures only: each imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Areas = Annotated[str | None, typer.Option(help="Areas with commas between: bnssg,E54000011 or all.")]
People = Annotated[int | None, typer.Option(help="Adults in all areas, rounded up to whole places.")]
Years = Annotated[float | None, typer.Option(help="Years reported after the burn-in.")]
Draws = Annotated[int | None, typer.Option(help="Parameter draws. Worlds are draws times replicates.")]
Replicates = Annotated[int | None, typer.Option(help="Replicates of each draw.")]
Seed = Annotated[int | None, typer.Option(help="Seed of the study's luck.")]
Plot = Annotated[Path | None, typer.Option(help="Picture to write: FILE.png or FILE.svg.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Workers = Annotated[int, typer.Option(help="Processes; 0 is one for each core.")]
Outcome = Annotated[str, typer.Option(help="What is explained: available, started_in_time, used_last_year, …")]


def explain(
    a: str, b: str, outcome: Outcome = "available", areas: Areas = None, people: People = None, years: Years = None,
    draws: Draws = None, replicates: Replicates = None, seed: Seed = None, plot: Plot = None, json: Json = False,
    workers: Workers = 0,
) -> None:
    """What moved the result from scenario A to B: by lever and by gate, adding up to the change."""
    from peerscale.explaining import explain_command
    from peerscale.options import Typed

    typed = Typed(areas, people, years, draws, replicates, seed, "core", None, None)
    explain_command(a, b, typed, outcome, plot, json, workers)


def behaviours(
    names: Annotated[list[str] | None, typer.Argument(help="Behaviours; all by default.", show_default=False)] = None,
    areas: Areas = None, people: People = None, years: Years = None, draws: Draws = None, seed: Seed = None,
    plot: Plot = None, json: Json = False, workers: Workers = 0,
) -> None:
    """What emerges: each behaviour's share of worlds, with its mechanism on and off; and the null model."""
    from peerscale.emerging import behaviours_command
    from peerscale.options import Typed

    typed = Typed(areas, people, years, draws, 1, seed, "core", None, None)
    behaviours_command(names or [], typed, plot, json, workers)


def solve(
    goal: Annotated[str, typer.Argument(help="A shipped goal or a .toml file.")],
    out: Annotated[Path, typer.Option(help="Folder for runs, scenario files and picture.")] = Path("solved"),
    robust: Annotated[bool, typer.Option("--robust", help="Also under rival accounts of how things are.")] = False,
    json: Json = False, workers: Workers = 0,
) -> None:
    """What it would take: the cheapest policy that meets a goal, certified on fresh worlds, and the frontier."""
    from peerscale.solving import solve_command

    solve_command(goal, out, robust, json, workers)


def relief(
    scenario: Annotated[str, typer.Argument(help="A shipped name or a .toml file.")] = "today", areas: Areas = None, people: People = None, years: Years = None, draws: Draws = None,
    replicates: Replicates = None, seed: Seed = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="Every two gates too.")] = False,
    plot: Plot = None, json: Json = False, workers: Workers = 0,
) -> None:
    """What to fix first: what opening each gate of the cascade would gain, on the same luck."""
    from peerscale.options import Typed
    from peerscale.relieving import relief_command

    relief_command(scenario, Typed(areas, people, years, draws, replicates, seed, "core", None, None), pairs, plot, json, workers)


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    for command in (explain, relief, behaviours, solve):
        app.command()(command)
