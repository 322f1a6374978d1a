"""`peerscale inventory`: the columns of a local inventory, a check of a file, an example to start from."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from peerscale.options import assumed
from scenarios.reading import inventory
from scenarios.reading.csv_input import Kind, shown
from sim.errors import UserError
from sim.results import caveats


def schema_command(kind: Kind, as_json: bool) -> None:
    """The columns of a kind of file, with meaning and rule."""
    if as_json:
        print(json.dumps([asdict(column) for column in kind.columns], indent=2, ensure_ascii=False))
        return
    for column in kind.columns:
        print(f"{column.name}{' (must be there)' if column.required else ''}\n  {column.meaning}.")
        print(f"  rule:    {column.rule}\n  example: {column.example or '(empty)'}")


def example_command(path: Path) -> None:
    """A worked example, fictional and labelled so, to save and change."""
    print(path.read_text(encoding="utf-8"), end="")


def refuse(found: list[UserError], file: Path) -> None:
    """Raises UserError after printing what is wrong with a file, when anything is."""
    for error in found[:20]:
        print(error, file=sys.stderr)
    if found:
        more = f", the first 20 above; {len(found)} in all" if len(found) > 20 else ", see above"
        raise UserError(f"{shown(file.name)} cannot be used", rule=f"every row can be read{more}")


def check_command(file: Path, start: str, as_json: bool) -> None:
    """Everything that is wrong with a file; if nothing, what the model makes of it."""
    refuse(inventory.errors(file, start), file)
    found = inventory.read(file, start, assumed)
    if as_json:
        print(json.dumps([inventory.summary(one) for one in found], indent=2, ensure_ascii=False))
        return
    print(f"{shown(file.name)} can be used.")
    for one in found:
        _tell(inventory.summary(one))
    print(caveats.LISTED)


def _tell(found: dict[str, object]) -> None:
    rows, places, gbp = found["rows"], found["places"], found["gbp_year"]
    head, usual = found["gbp_per_adult_year"], found["gbp_per_adult_year_assumed_without_an_inventory"]
    assert isinstance(rows, dict) and isinstance(places, dict) and isinstance(gbp, dict)
    assert isinstance(head, dict) and isinstance(usual, dict)
    adults = f"{found['adults']:,} adults; " if found["adults"] else ""
    print(f"\n{found['area']}: {adults}{found['neighbourhoods']} neighbourhoods named or implied")
    for offer, number in rows.items():
        print(f"  {offer:<10} {number:>4} listed, {places[offer]:>8,} places")
    for payer, pounds in gbp.items():
        each = f", £{head[payer]:.2f} an adult" if found["adults"] else ""
        print(f"  {payer:<10} £{pounds:>12,} a year{each} (assumed without an inventory: £{usual[payer]:.2f} an adult)")
