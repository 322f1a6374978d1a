"""Results that lie about: found, filtered, joined, checked, and taken away. Only folders that peerscale wrote are looked at."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.running import identity, store
from scenarios.running.tables import TABLES, Columns
from scenarios.sweeps import dataset
from scenarios.sweeps.claim import CLAIM, claimed
from sim.errors import UserError, nearest
from sim.results import summary

RUN, SWEEP, BEGUN = "run", "sweep", "begun"
DEEPEST = 6
"""Folders below the one that is looked through (judgement)."""
SETTINGS = ("areas", "people", "draws", "replicates", "weeks", "seed", "engine", "burn_in", "place_size", "start")
FIELDS = ("kind", "name", "id", "folder", "complete", *SETTINGS)
MOST_MANIFEST = 64 * 2**20


@dataclass(frozen=True)
class Entry:
    """One folder of results. `kind`: a run, a sweep, or a sweep that was begun. `name`: of its policy, or of the sweep."""

    folder: Path
    kind: str
    name: str
    id: str
    worlds: int
    complete: bool
    identity: dict[str, Any]

    def said(self, field: str) -> str:
        """A field in words, to filter by."""
        if field in SETTINGS:
            found = self.identity.get(field, "")
            return ",".join(map(str, found)) if isinstance(found, list) else str(found)
        value = getattr(self, field)
        return ("yes" if value else "no") if isinstance(value, bool) else str(value)

    @property
    def bytes(self) -> int:
        """Its size on the disk."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())


def find(folder: Path) -> list[Entry]:
    """Every folder of results in or below a folder, by its path. Raises UserError where there is no such folder."""
    if not folder.is_dir():
        raise UserError(
            "there is no such folder",
            file=str(folder),
            rule="a folder",
            got="nothing there",
            try_="peerscale results list",
        )
    return sorted(_walk(folder, DEEPEST), key=lambda one: str(one.folder))


def _walk(folder: Path, deep: int) -> Iterator[Entry]:
    found = entry(folder)
    if found is not None:
        yield found
        return
    try:
        inside = sorted(one.path for one in os.scandir(folder) if one.is_dir(follow_symlinks=False))
    except OSError:
        return
    for one in inside if deep else ():
        if not Path(one).name.startswith("."):
            yield from _walk(Path(one), deep - 1)


def entry(folder: Path) -> Entry | None:
    """What a folder holds; None where peerscale did not write it."""
    found = _json(folder / dataset.MANIFEST)
    known = found.get("identity")
    if not isinstance(known, dict):
        begun = _json(folder / dataset.PLAN)
        if begun.get("format") != dataset.FORMAT or not isinstance(begun.get("identity"), dict):
            return None
        return Entry(folder, BEGUN, folder.name, identity.short(begun["identity"]), 0, False, begun["identity"])
    worlds = found.get("worlds") if isinstance(found.get("worlds"), int) else 0
    if found.get("format") == dataset.FORMAT:
        name, key = str(found.get("name")), str(found.get("sweep_id"))
        return Entry(folder, SWEEP, name, key, worlds or 0, bool(found.get("complete")), known)
    if found.get("format") == store.FORMAT and isinstance(found.get("scenario"), dict):
        return Entry(
            folder, RUN, str(found["scenario"].get("name")), str(found.get("run_id")), worlds or 0, True, known
        )
    return None


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8")) if path.stat().st_size <= MOST_MANIFEST else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def filtered(found: Sequence[Entry], where: Sequence[str]) -> list[Entry]:
    """Those of which every `field=value` holds; a value may be a part of what is there. Raises UserError."""
    pairs = [_pair(text) for text in where]
    return [one for one in found if all(value.lower() in one.said(field).lower() for field, value in pairs)]


def _pair(text: str) -> tuple[str, str]:
    field, mark, value = (part.strip() for part in text.partition("="))
    if not mark or field not in FIELDS:
        raise UserError(
            "results cannot be filtered by this",
            key="--where",
            rule="field=value; a field is one of " + ", ".join(FIELDS),
            got=text[:80],
            try_=f"--where {nearest(field, FIELDS) or 'name'}=value",
        )
    return field, value


def wrong_with(one: Entry) -> str:
    """What is wrong with the files of a result, in words; "" for nothing. Every file is read."""
    try:
        if one.kind == RUN:
            store.read(one.folder)
        else:
            dataset.check(dataset.load(one.folder))
    except UserError as error:
        return f"{error.what}: {error.got}"
    if not one.complete:
        return "jobs of it failed: the same command tries them again"
    return ""


# ------------------------------------------------------------------ joining


def joined(found: Sequence[Entry]) -> Any:
    """One table (pyarrow) of all worlds of some results: which result, its settings, then each world. Raises UserError.

    All must be of the same model, code, tables and posterior: anything else stands in a column.
    """
    import pyarrow as pa

    if not found:
        raise UserError(
            "there is nothing to join", rule="results that are whole", got="none", try_="peerscale results list"
        )
    _alike(found)
    parts = [_with_settings(one, _rows(one)) for one in found]
    return pa.concat_tables(parts, promote_options="default")


def _alike(found: Sequence[Entry]) -> None:
    keys = ("model", "code", "tables", "posterior")
    first = {key: found[0].identity.get(key) for key in keys}
    for other in found[1:]:
        if differs := identity.apart(first, {key: other.identity.get(key) for key in keys}):
            raise UserError(
                "these results cannot be joined",
                file=f"{found[0].folder} and {other.folder}",
                rule="the same model, code, tables and posterior",
                got="; ".join(differs),
                try_="run one of them again, or --where to leave it out",
            )


def _rows(one: Entry) -> Any:
    """Its worlds as a table: a row a world of each policy."""
    import pyarrow as pa

    if one.kind == SWEEP:
        return dataset.load(one.folder).worlds()
    read = store.read(one.folder)
    keys = {name: read.drawn[name] for name in ("world", "draw", "replicate")}
    columns: Columns = keys | summary.headline(read.result)
    table = pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})
    return table.append_column("scenario", pa.array([one.name] * len(table), pa.string()))


def _with_settings(one: Entry, table: Any) -> Any:
    import pyarrow as pa

    n = len(table)
    said = {"result": one.folder.name, "result_id": one.id} | {name: one.said(name) for name in SETTINGS}
    for name, value in said.items():
        if name not in table.column_names:  # a sweep over areas has them row by row
            table = table.append_column(name, _column(value, n))
    return pa.table({name: table[name] for name in table.column_names})


def _column(value: str, n: int) -> Any:
    import pyarrow as pa

    return pa.array(np.full(n, int(value)) if value.isdigit() else [value] * n)


# ------------------------------------------------------------------ taking away


def only_ours(one: Entry) -> bool:
    """Whether nothing is in the folder but what peerscale writes there."""
    if one.folder.is_symlink():
        return False
    inside = list(one.folder.iterdir())
    if one.kind == RUN:
        ours = {store.MANIFEST, store.TIMINGS, *(f"{name}.parquet" for name in (*TABLES, store.PARAMETERS))}
        return all(path.name in ours and path.is_file() and not path.is_symlink() for path in inside)
    return all(path.name in dataset.OURS and not path.is_symlink() for path in inside) and all(
        path.suffix in (".parquet", ".job") or path.is_dir()
        for name in (dataset.WORLDS, dataset.PARAMETERS, ".jobs")
        for path in (one.folder / name).rglob("*")
    )


def must_be_ours(found: Iterable[Entry]) -> None:
    """Raises UserError for a folder in which somebody put other files."""
    for one in found:
        if not only_ours(one):
            raise UserError(
                "other files are in this folder",
                file=str(one.folder),
                rule="only folders with nothing else in them are taken away",
                got="files that peerscale did not write",
                try_="move them elsewhere, or delete the folder yourself",
            )


def delete(one: Entry) -> None:
    """Take a folder away. Raises UserError where it is in use, or holds other files; OSError."""
    must_be_ours([one])
    if one.kind != RUN:
        with claimed(one.folder):
            must_be_ours([one])
        (one.folder / CLAIM).unlink(missing_ok=True)
    shutil.rmtree(one.folder)
