"""`results list`, `join`, `check` and `delete`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reports.as_json import say
from reports.console import out, plain_table, written
from scenarios.sweeps import shelf
from scenarios.sweeps.shelf import Entry
from sim.errors import UserError

WRONG = 3
"""Exit code where something is wrong with a result that was checked."""
ENDINGS = (".parquet", ".csv")


def _row(one: Entry) -> dict[str, Any]:
    return {field: one.said(field) for field in shelf.FIELDS} | {"worlds": one.worlds, "bytes": one.bytes}


def _some(folders: Sequence[Path], where: Sequence[str]) -> list[Entry]:
    found = {one.folder.resolve(): one for folder in folders for one in shelf.find(folder)}
    return shelf.filtered(list(found.values()), where)


def list_command(folders: Sequence[Path], where: Sequence[str], as_json: bool) -> None:
    """What lies in and below some folders."""
    found = _some(folders, where)
    if as_json:
        say([_row(one) for one in found])
        return
    _show(found)


def _show(found: Sequence[Entry]) -> None:
    if not found:
        written(out, "There are no results here.")
        return
    table = plain_table("folder", "kind", "name", "worlds", "areas", "MB")
    for one in found:
        kind = one.kind + ("" if one.complete or one.kind == shelf.BEGUN else ", jobs failed")
        table.add_row(str(one.folder), kind, one.name, f"{one.worlds:,}", one.said("areas"), f"{one.bytes / 1e6:.1f}")
    out.print(table)


def join_command(folders: Sequence[Path], where: Sequence[str], to: Path) -> None:
    """One table of all worlds of some results, as a file."""
    if to.suffix.lower() not in ENDINGS:
        raise UserError(
            "the table's kind is not known",
            file=str(to),
            key="--out",
            rule="a name ending in " + " or ".join(ENDINGS),
            got=to.suffix or "no ending",
            try_=f"--out {to.stem or 'all'}.parquet",
        )
    found = [one for one in _some(folders, where) if one.kind != shelf.BEGUN]
    table = shelf.joined(found)
    _write(table, to)
    written(out, f"{len(table):,} worlds of {len(found)} results are in {to}.")


def _write(table: Any, to: Path) -> None:
    from calibration.whole import written_whole

    with written_whole(to) as part:
        if to.suffix.lower() == ".csv":
            from pyarrow import csv

            csv.write_csv(table, part)
        else:
            import pyarrow.parquet as pq

            pq.write_table(table, part, compression="zstd")


def check_command(folders: Sequence[Path], where: Sequence[str]) -> int:
    """Read every file. Gives the exit code: 3 where something is wrong."""
    found = _some(folders, where)
    told = [(one, shelf.wrong_with(one)) for one in found]
    for one, wrong in told:
        written(out, f"{one.folder}: {wrong or 'whole'}")
    if not found:
        written(out, "There are no results here.")
    return WRONG if any(wrong for _, wrong in told) else 0


def delete_command(folders: Sequence[Path], where: Sequence[str], yes: bool) -> int:
    """List what would go, and take it away where that was agreed to. Gives the exit code."""
    found = _some(folders, where)
    _show(found)
    if not found:
        return 0
    shelf.must_be_ours(found)
    if not yes:
        print("Nothing was deleted. With --yes, these folders go.", file=sys.stderr)
        return 0
    for one in found:
        shelf.delete(one)
    written(out, f"{len(found)} folders are gone.")
    return 0
