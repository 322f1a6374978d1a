"""Run directories: a manifest, timings, and tidy Parquet tables. Written whole or not at all.

The checksum covers the content of the tables (names, types and bytes of columns), not the files, so
it is the same on every machine and with every version of the Parquet writer.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from calibration.whole import clear_left_over, own_folder, put
from scenarios.reading.scenario import Scenario
from scenarios.reading.write import as_dict
from scenarios.running import identity
from scenarios.running.sample import sample
from scenarios.running.study import Study, world_parameters
from scenarios.running.tables import TABLES, Columns, make_tables, parameter_table, to_result
from sim.columns.listed import inventory_of
from sim.columns.state import Shape
from sim.errors import UserError
from sim.numbers.parameters import Parameters
from sim.people.own_area import own_area_of
from sim.results.result import Result
from sim.version import MODEL, edition
from sim.version import VERSION as SOFTWARE

FORMAT = "peerscale results"
VERSION = 4
MANIFEST = "manifest.json"
TIMINGS = "timings.json"
PARAMETERS = "parameters"
SEAL = "manifest_sha256"
GONE = ("people",)
"""Tables of earlier versions."""
MOST_MANIFEST = 64 * 2**20
NEEDED = {"identity", "scenario", "sample", "shape", "settling", "checksum", "files"}
"""What is read of a manifest."""


@dataclass(frozen=True)
class Stored:
    """A run read back. `drawn`: a row a world, its parameters. The rest stands in the manifest as plain tables."""

    path: Path
    manifest: dict[str, Any]
    result: Result
    drawn: Columns

    @property
    def title(self) -> str:
        """The scenario's title."""
        return str(self.manifest["scenario"]["title"])

    def parameters(self) -> Parameters:
        """Those with which each world ran, a value a world."""
        return Parameters(**{f.name: self.drawn[f.name] for f in fields(Parameters)})


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


class Damaged(UserError):
    """A results folder of ours that is not whole: running again in it makes anew what is damaged."""


def write(
    folder: Path, scenario: Scenario, study: Study, result: Result, seconds: float, tried_again: Sequence[str] = ()
) -> Path:
    """Write a run as `folder`, replacing the same run, or what is left of one, there.

    `tried_again`: jobs whose worker was lost, in words. Raises UserError where something else stands, OSError.
    """
    must_be_free(folder, scenario, study)
    tables = make_tables(result) | {
        PARAMETERS: parameter_table(world_parameters(study, result.shape.worlds), result.shape.worlds)
    }
    with _whole(folder) as partial:
        for name, columns in tables.items():
            _write_table(partial / f"{name}.parquet", columns)
        files = {name: sha256_of(partial / f"{name}.parquet") for name in tables}
        write_json(partial / TIMINGS, _timings(seconds, result))
        manifest = _manifest(scenario, study, result) | {
            "tried_again": list(tried_again),
            "checksum": checksum(tables),
            "files": files,
        }
        write_json(partial / MANIFEST, manifest | {SEAL: seal_of(manifest)})
    return folder


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seal_of(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest without its own."""
    kept = {key: value for key, value in manifest.items() if key != SEAL}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def must_be_free(folder: Path, scenario: Scenario, study: Study) -> None:
    """Raises UserError unless `folder` is missing, empty, holds this very run, or what is left of a run."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir() or not _ours(folder):
        raise UserError(
            f"{folder} is not a results folder, and is not empty",
            file=str(folder),
            rule="a new folder, an empty one, or the same run",
            got="other files",
            try_="--out with another name",
        )
    try:
        found = _any_manifest(folder)
        held = read_manifest(folder)["identity"] if found.get("version") == VERSION else found.get("identity")
    except Damaged:
        return
    held = held if isinstance(held, dict) else {}
    asked = identity.of_run(scenario, study)
    if held != asked:
        other = identity.apart(held, asked) or ["policy: another"]
        raise UserError(
            f"{folder} holds another run",
            file=str(folder),
            rule="only the same policy, settings, evidence and code go on with a folder",
            got="; ".join(other),
            try_="--out with another name",
        )


def _ours(folder: Path) -> bool:
    """Whether only files of a run are in it, whole or not."""
    names = {MANIFEST, TIMINGS, *(f"{name}.parquet" for name in (*TABLES, PARAMETERS, *GONE))}
    return all(path.name in names and path.is_file() for path in folder.iterdir())


def held(folder: Path, scenario: Scenario, study: Study) -> Stored | None:
    """This very run as `folder` holds it, checked; None where it is not there, or not whole."""
    if not (folder / MANIFEST).is_file():
        return None
    try:
        found = read(folder)
    except Damaged:
        return None
    return found if found.manifest["identity"] == identity.of_run(scenario, study) else None


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that takes its place at the end, or vanishes. What killed writers left is cleared."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    clear_left_over(folder.parent)
    with own_folder(folder) as partial:
        yield partial
        _put(partial, folder)


def _put(partial: Path, folder: Path) -> None:
    """The new folder in the place of the old, which is moved aside and then taken away."""
    if folder.is_dir():
        with own_folder(folder) as aside:
            put(folder, aside / "old")
            put(partial, folder)
        return
    put(partial, folder)


def _manifest(scenario: Scenario, study: Study, result: Result) -> dict[str, Any]:
    found = identity.of_run(scenario, study)
    return {
        "format": FORMAT,
        "version": VERSION,
        "peerscale": SOFTWARE,
        "run_id": identity.short(found),
        "identity": found,
        "scenario": as_dict(scenario),
        "sample": sample(study),
        "shape": _nameless(asdict(result.shape)),
        "seed": study.seed,
        "worlds": len(result.shape.worlds),
        "settling": result.settling,
        "drift": result.drift,
        "posterior": _nameless({"file": study.posterior.file, "sha256": study.posterior.sha256}),
        "own_area": None
        if study.own is None
        else {"name": study.own.name, "file": Path(study.own.file).name, "sha256": study.own.sha256},
        "inventory": [
            {"file": Path(one.file).name, "sha256": one.sha256, "services": len(one.services)}
            for one in study.inventory
        ],
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
    }


def _nameless(content: Any) -> Any:
    """Plain tables with files by their last name: where they lay on somebody's machine is nobody else's business."""
    if isinstance(content, dict):
        return {
            key: Path(value).name if key == "file" and value else _nameless(value) for key, value in content.items()
        }
    return [_nameless(item) for item in content] if isinstance(content, list | tuple) else content


def _timings(seconds: float, result: Result) -> dict[str, Any]:
    weeks = result.shape.people * result.shape.end
    return {
        "seconds": round(seconds, 3),
        "person_weeks": weeks,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
    }


def write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_table(path: Path, columns: Columns) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path, compression="zstd")


# ------------------------------------------------------------------ reading


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run directory. Raises UserError when it is not one, of another model or version; Damaged."""
    content = _any_manifest(folder)
    if content.get("version") != VERSION:
        must_be_of_this_model(folder, content)
        raise UserError(
            f"{folder} was written by another version",
            file=str(folder / MANIFEST),
            key="version",
            rule=f"version {VERSION}",
            got=str(content.get("version"))[:40],
            try_="run the scenario again, --out elsewhere",
        )
    if content.get(SEAL) != seal_of(content) or not set(content) >= NEEDED:
        raise _damaged(folder / MANIFEST, "changed since it was written")
    return content


def _any_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run directory, whatever version wrote it. Raises UserError when it is not one; Damaged."""
    if not folder.is_dir():
        raise _not_one(folder, "a file" if folder.exists() else "nothing there")
    path = folder / MANIFEST
    if not path.is_file():
        partly = any((folder / f"{name}.parquet").is_file() for name in TABLES)
        raise (
            _damaged(path, "tables without a manifest: half-written") if partly else _not_one(folder, f"no {MANIFEST}")
        )
    content = _json(path)
    if content.get("format") != FORMAT:
        raise _damaged(path, f"a {MANIFEST} of something else")
    return content


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_MANIFEST:
            raise _damaged(path, f"more than {MOST_MANIFEST:,} bytes")
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError):
        raise _damaged(path, "not JSON that can be read") from None
    if not isinstance(content, dict):
        raise _damaged(path, "not the tables of a manifest")
    return content


def _damaged(path: Path, got: str) -> Damaged:
    return Damaged(
        f"{path.name} of {path.parent} is damaged",
        file=str(path),
        rule="the file as it was written",
        got=got,
        try_=f"the same command again, into the same folder ({path.parent}): what is damaged is made again",
    )


def _not_one(folder: Path, got: str) -> UserError:
    return UserError(
        f"{folder} is not a results folder",
        file=str(folder),
        got=got,
        rule=f"a folder with {MANIFEST}, as `peerscale run --out` writes it",
        try_="peerscale run today --out results",
    )


def must_be_of_this_model(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raises UserError for results of another model: the same names mean something else in them."""
    held = manifest.get("identity")
    was = held.get("model") if isinstance(held, dict) else None
    if was != MODEL:
        raise UserError(
            f"these results are of {edition(was)}, in which the same names mean something else",
            file=str(folder),
            key="model",
            rule=f"model {MODEL}",
            got=f"model {str(was)[:40]}",
            try_="run the scenario again, with --out and another name",
        )


def read(folder: Path) -> Stored:
    """A run read back, each file checked against its checksum before it is opened. Raises UserError; Damaged."""
    manifest = read_manifest(folder)
    must_be_of_this_model(folder, manifest)
    files = manifest["files"] if isinstance(manifest["files"], dict) else {}
    if set(files) != {*TABLES, PARAMETERS}:
        raise _damaged(folder / MANIFEST, "other tables")
    tables = {name: _read_table(folder / f"{name}.parquet", files[name]) for name in (*TABLES, PARAMETERS)}
    if checksum(tables) != manifest["checksum"]:
        raise _damaged(folder / MANIFEST, "a checksum of other tables")
    try:
        result = to_result(tables, _shape(manifest["shape"]), _pairs(manifest["settling"]))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
        raise _damaged(folder / MANIFEST, "a shape of other tables") from None
    return Stored(folder, manifest, result, tables[PARAMETERS])


def _shape(content: dict[str, Any]) -> Shape:
    plain = {"inventory": (), "own": None, **content}
    own = own_area_of(plain["own"]) if plain["own"] else None
    del plain["own"]
    listed = tuple(inventory_of(one) for one in plain.pop("inventory"))
    return Shape(**{key: _tuples(value) for key, value in plain.items()}, inventory=listed, own=own)


def _pairs(content: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {str(name): (int(before), int(after)) for name, (before, after) in content.items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _read_table(path: Path, written: str | None) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = path.read_bytes()
    except OSError:
        raise _damaged(path, "not there" if not path.exists() else "not to be read") from None
    if hashlib.sha256(content).hexdigest() != written:
        raise _damaged(path, "changed since it was written")
    try:
        table = pq.read_table(path)
        return {column: table[column].to_numpy() for column in table.column_names}
    except (pa.ArrowException, OSError, ValueError):
        raise _damaged(path, "not a table") from None


# ------------------------------------------------------------------ results side by side


def must_share(runs: Sequence[Stored]) -> None:
    """Raises UserError unless all runs have the same people, luck, evidence and code; and this version's, where they are used on."""
    for other in runs[1:]:
        must_be_alike(runs[0].manifest["identity"], other.manifest["identity"], f"{runs[0].path} and {other.path}")


def must_be_alike(one: Mapping[str, Any], two: Mapping[str, Any], where: str) -> None:
    """Raises UserError unless two identities differ in nothing but their policy. `where`: the two runs, in words."""
    if differs := identity.apart(one, two):
        raise UserError(
            "the two runs do not share their people and luck, evidence and code",
            file=where,
            rule="the same people, worlds, luck, evidence and code",
            got="; ".join(differs),
            try_="run both scenarios with the same options, at the same state of the code",
        )


def must_be_of_this_code(runs: Sequence[Stored]) -> None:
    """Raises UserError for a run of other code or tables: what is worked out from it now would mix the two."""
    for one in runs:
        was = one.manifest["identity"]
        now = was | {"model": MODEL, "code": identity.code(), "tables": identity.tables()}
        if differs := identity.apart(was, now):
            raise UserError(
                "the results were made with other code or tables",
                file=str(one.path),
                rule="results of this code and these tables",
                got="; ".join(differs),
                try_="run the scenarios again",
            )
