"""Run directories: a manifest, timings, and tidy Parquet tables. Written whole or not at all.

The checksum covers the content of the tables (names, types and bytes of columns), not the files, so
it is the same on every machine and with every version of the Parquet writer.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.posterior import Chosen
from scenarios.scenario import Scenario
from scenarios.study import Study, parameters_hash, run_id, world_parameters
from scenarios.tables import TABLES, Columns, make_tables, to_result
from scenarios.write import as_dict
from sim.errors import UserError
from sim.listed import inventory_of
from sim.own_area import own_area_of
from sim.parameters import Parameters
from sim.result import Result
from sim.state import Shape
from sim.version import VERSION as SOFTWARE

FORMAT = "peerscale results"
VERSION = 2
MANIFEST = "manifest.json"
TIMINGS = "timings.json"


@dataclass(frozen=True)
class Stored:
    """A run read back. `scenario` and `study` as plain tables, as they stand in the manifest."""

    path: Path
    manifest: dict[str, Any]
    result: Result

    @property
    def title(self) -> str:
        """The scenario's title."""
        return str(self.manifest["scenario"]["title"])

    def parameters(self) -> Parameters:
        """Those with which each world ran, made again from its posterior and what it held fixed. Raises UserError."""
        asked = self.manifest["study"]
        study = Study((), fixed=_tuples(asked["fixed"]), posterior=Chosen(**asked["posterior"]))
        return world_parameters(study, self.result.shape.worlds)


def checksum(tables: dict[str, Columns]) -> str:
    """SHA-256 over the tables' content, in order of table name and column."""
    found = hashlib.sha256()
    for name in sorted(tables):
        for column, values in tables[name].items():
            found.update(f"{name}/{column}/{values.dtype.kind}/{len(values)}\n".encode())
            found.update(_bytes(values))
    return found.hexdigest()


def _bytes(values: np.ndarray) -> bytes:
    if values.dtype.kind in "OUS":
        return "\n".join(map(str, values)).encode()
    return np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()


def write(folder: Path, scenario: Scenario, study: Study, result: Result, seconds: float) -> Path:
    """Write a run as `folder`, replacing the same run there. Raises UserError where something else stands."""
    must_be_free(folder, run_id(scenario, study))
    tables = make_tables(result)
    manifest = _manifest(scenario, study, result, checksum(tables))
    with _whole(folder) as partial:
        for name, columns in tables.items():
            _write_table(partial / f"{name}.parquet", columns)
        _write_json(partial / TIMINGS, _timings(seconds, result))
        _write_json(partial / MANIFEST, manifest)
    return folder


def must_be_free(folder: Path, identity: str) -> None:
    """Raises UserError unless `folder` is missing, empty, or holds this very run."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir() or not (folder / MANIFEST).is_file():
        raise UserError(f"{folder} is not a results folder, and is not empty", file=str(folder),
                        rule="a new folder, an empty one, or the same run", got="other files",
                        try_="--out with another name")
    if read_manifest(folder).get("run_id") != identity:
        raise UserError(f"{folder} holds another run", file=str(folder),
                        rule="a folder is overwritten only by the same scenario, settings and parameters",
                        got="another scenario or other settings", try_="--out with another name")


def finished(folder: Path, identity: str) -> bool:
    """True when `folder` holds this very run, whole."""
    return (folder / MANIFEST).is_file() and read_manifest(folder).get("run_id") == identity


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that takes its place at the end, or vanishes."""
    partial = folder.parent / f".{folder.name}.{os.getpid()}.partial"
    try:
        partial.mkdir(parents=True)
        yield partial
        _put(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _put(partial: Path, folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        old = folder.parent / f".{folder.name}.{os.getpid()}.old"
        os.replace(folder, old)
        os.replace(partial, folder)
        shutil.rmtree(old, ignore_errors=True)
        return
    os.replace(partial, folder)


def _manifest(scenario: Scenario, study: Study, result: Result, digest: str) -> dict[str, Any]:
    return {
        "format": FORMAT, "version": VERSION, "peerscale": SOFTWARE, "run_id": run_id(scenario, study),
        "scenario": as_dict(scenario), "study": asdict(study), "shape": asdict(result.shape),
        "seed": study.seed, "worlds": len(result.shape.worlds), "drift": result.drift,
        "parameters_sha256": parameters_hash(), "checksum": digest,
        "own_area": None if study.own is None else {"name": study.own.name, "file": study.own.file, "sha256": study.own.sha256},
        "inventory": [{"file": one.file, "sha256": one.sha256, "services": len(one.services)} for one in study.inventory],
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
    }


def _timings(seconds: float, result: Result) -> dict[str, Any]:
    weeks = result.shape.people * result.shape.end
    return {"seconds": round(seconds, 3), "person_weeks": weeks, "cores": os.cpu_count(),
            "machine": platform.machine(), "system": platform.system()}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_table(path: Path, columns: Columns) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path, compression="zstd")


# ------------------------------------------------------------------ reading


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run directory. Raises UserError when it is not one, or of another version."""
    if not folder.is_dir():
        raise _not_one(folder, "a file" if folder.exists() else "nothing there")
    path = folder / MANIFEST
    if not path.is_file():
        partly = any((folder / f"{name}.parquet").is_file() for name in TABLES)
        raise _not_one(folder, "tables without a manifest: half-written" if partly else f"no {MANIFEST}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        raise _not_one(folder, f"a {MANIFEST} that cannot be read") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _not_one(folder, f"a {MANIFEST} of something else")
    if content.get("version") != VERSION:
        raise UserError(f"{folder} was written by another version", file=str(path), key="version",
                        rule=f"version {VERSION}", got=str(content.get("version")), try_="run the scenario again")
    return content


def _not_one(folder: Path, got: str) -> UserError:
    return UserError(f"{folder} is not a results folder", file=str(folder), got=got,
                     rule=f"a folder with {MANIFEST}, as `peerscale run --out` writes it",
                     try_="peerscale run today --out results")


def read(folder: Path) -> Stored:
    """A run read back and checked against its checksum. Raises UserError."""
    manifest = read_manifest(folder)
    tables = {name: _read_table(folder, name) for name in TABLES}
    if checksum(tables) != manifest.get("checksum"):
        raise UserError(f"the tables of {folder} are not those of its manifest", file=str(folder), key="checksum",
                        rule="tables as they were written", got="changed or damaged tables",
                        try_="run the scenario again")
    return Stored(folder, manifest, to_result(tables, _shape(folder, manifest), manifest.get("drift", {})))


def _shape(folder: Path, manifest: dict[str, Any]) -> Shape:
    try:
        plain = {"inventory": (), "own": None, **manifest["shape"]}
        own = own_area_of(plain["own"]) if plain["own"] else None
        del plain["own"]
        listed = tuple(inventory_of(one) for one in plain.pop("inventory"))
        return Shape(**{key: _tuples(value) for key, value in plain.items()}, inventory=listed, own=own)
    except (KeyError, TypeError, AttributeError):
        raise _not_one(folder, "a manifest without its shape") from None


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _read_table(folder: Path, name: str) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / f"{name}.parquet"
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise _not_one(folder, f"no {path.name}: half-written") from None
    except (pa.ArrowInvalid, OSError):
        raise UserError(f"{path.name} cannot be read", file=str(path), rule="a Parquet table as it was written",
                        got="a damaged file", try_="run the scenario again") from None
    return {column: table[column].to_numpy() for column in table.column_names}
