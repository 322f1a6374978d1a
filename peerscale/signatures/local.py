"""Commands for what users bring: `inventory` and `area`. Signatures only: each imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

inventory_app = typer.Typer(no_args_is_help=True, help="A local inventory: what peer support exists in an area.")
area_app = typer.Typer(no_args_is_help=True, help="An area of your own: who lives there.")
Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Start = Annotated[str, typer.Option(help="Month in which the policy starts: 2025-04.")]


@inventory_app.command("schema")
def inventory_schema(json: Json = False) -> None:
    """The columns of an inventory, with meaning and rule."""
    from peerscale.commands.inventory import schema_command
    from scenarios.reading.inventory import KIND

    schema_command(KIND, json)


@inventory_app.command("example")
def inventory_example() -> None:
    """A worked example (fictional) to save and change: peerscale inventory example > mine.csv."""
    from peerscale.commands.inventory import example_command
    from scenarios.reading.inventory import EXAMPLE

    example_command(EXAMPLE)


@inventory_app.command("check")
def inventory_check(file: Path, start: Start = "2025-04", json: Json = False) -> None:
    """Everything that is wrong with an inventory; if nothing, what the model makes of it."""
    from peerscale.commands.inventory import check_command

    check_command(file, start, json)


@area_app.command("schema")
def area_schema(json: Json = False) -> None:
    """The columns of an area file, with meaning and rule."""
    from peerscale.commands.inventory import schema_command
    from scenarios.reading.own_area import KIND

    schema_command(KIND, json)


@area_app.command("example")
def area_example() -> None:
    """A worked example (fictional) to save and change: peerscale area example > my_area.csv."""
    from peerscale.commands.inventory import example_command
    from scenarios.reading.own_area import EXAMPLE

    example_command(EXAMPLE)


@area_app.command("check")
def area_check(file: Path, json: Json = False) -> None:
    """What is wrong with an area file; if nothing, the people that are made of it."""
    from peerscale.commands.area import check_command

    check_command(file, json)


def add_to(app: typer.Typer) -> None:
    """Put these commands beside the others."""
    app.add_typer(inventory_app, name="inventory")
    app.add_typer(area_app, name="area")
