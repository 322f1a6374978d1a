"""A sweep on the disk: a manifest, and Parquet in parts that pandas, DuckDB and R read alike.

    points.parquet                      a row a point: what it sets
    parameters/part-00000.parquet       a row a study, draw and replicate: every parameter as that world ran with it
    worlds/scenario=NAME/part-….parquet a row a point and world: what it sets, and its figures

The order of rows, and so every byte, follows from the plan alone. The manifest is written last.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calibration.whole import clear_left_over, write_whole, written_whole
from scenarios.reading.write import as_dict
from scenarios.running import identity
from scenarios.running.finished import FOLDER, FinishedJobs
from scenarios.running.sample import sample
from scenarios.running.store import SEAL, must_be_of_this_model, seal_of, sha256_of
from scenarios.running.study import world_parameters
from scenarios.running.tables import Columns, parameter_table
from scenarios.sweeps.claim import CLAIM
from scenarios.sweeps.plan import LATIN, SOBOL
from scenarios.sweeps.vary import Axis, Value
from scenarios.sweeps.work import LOST, Failure, Kept, Piece, Ran, Sweep, read
from sim.errors import UserError
from sim.results.outcomes import BY_NAME
from sim.results.summary import GATE_WORDS
from sim.version import MODEL
from sim.version import VERSION as SOFTWARE
from sim.vocabulary import GATES

FORMAT, VERSION = "peerscale sweep", 1
MANIFEST, PLAN, TIMINGS = "manifest.json", "plan.json", "timings.json"
WORLDS, PARAMETERS, POINTS = "worlds", "parameters", "points.parquet"
ROWS_A_FILE, ROWS_A_GROUP = 200_000, 20_000
MOST_MANIFEST = 64 * 2**20
OURS = {MANIFEST, PLAN, TIMINGS, WORLDS, PARAMETERS, POINTS, FOLDER, CLAIM}
KEYS = {
    "point": "number of the point, as in points.parquet",
    "study": "number of the study: points with the same people, areas and parameters share one",
    "world": "number of the world",
    "draw": "number of the parameters' draw; 0 is every parameter at its central value",
    "replicate": "number of the replicate of a draw",
}


class Damaged(UserError):
    """A sweep's folder of ours that is not whole."""


# ------------------------------------------------------------------ writing


def write(folder: Path, sweep: Sweep, ran: Ran, store: FinishedJobs, seconds: float) -> dict[str, Any]:
    """Write what ran, in the place of what was there. Gives the manifest. Raises OSError."""
    clear_left_over(folder)
    with contextlib.suppress(FileNotFoundError):
        (folder / MANIFEST).unlink()
    settling: dict[str, list[int]] = {}
    files = [*_write_worlds(folder, sweep, ran, store, settling), *_write_parameters(folder, sweep)]
    files.append(_write(folder / POINTS, [_points_table(sweep)]))
    _drop_others(folder, files)
    timings = {"seconds": round(seconds, 3), "cores": os.cpu_count(), "tried_again": list(store.tried_again)}
    write_whole(folder / TIMINGS, _json(timings))
    manifest = _manifest(sweep, ran, settling) | {
        "files": {str(path.relative_to(folder).as_posix()): sha256_of(path) for path in files}
    }
    write_whole(folder / MANIFEST, _json(manifest | {SEAL: seal_of(manifest)}))
    return manifest


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _drop_others(folder: Path, files: Sequence[Path]) -> None:
    """Take away parts that an earlier writing left and this one has not."""
    for path in [*(folder / WORLDS).rglob("*.parquet"), *(folder / PARAMETERS).glob("*.parquet")]:
        if path not in files:
            path.unlink()


def _write_worlds(
    folder: Path, sweep: Sweep, ran: Ran, store: FinishedJobs, settling: dict[str, list[int]]
) -> Iterator[Path]:
    for number, scenario in enumerate(sweep.plan.scenarios):
        place = folder / WORLDS / f"scenario={scenario.name}"
        yield from _in_parts(place, _rows(sweep, ran, number, store, settling))


def _rows(
    sweep: Sweep, ran: Ran, policy: int, store: FinishedJobs, settling: dict[str, list[int]]
) -> Iterator[Columns]:
    """Rows of one policy, a piece at a time, in the order of points and worlds."""
    for pieces in ran.of(policy):
        for piece in pieces:
            content = store.get(piece.key)
            if content is None:
                continue  # it failed, and the manifest says so
            kept = read(content)
            for name, before, after in kept.settling:
                held = settling.setdefault(name, [0, 0])
                held[0], held[1] = held[0] + before, held[1] + after
            yield _of_piece(sweep, piece, kept)


def _of_piece(sweep: Sweep, piece: Piece, kept: Kept) -> Columns:
    study, pairs = piece.family.study, np.array(piece.batch.worlds, np.int64)
    n = len(pairs)
    keys = {
        "point": np.full(n, piece.point.number, np.int64),
        "study": np.full(n, piece.family.number, np.int64),
        "world": pairs[:, 0] * study.replicates + pairs[:, 1],
        "draw": pairs[:, 0],
        "replicate": pairs[:, 1],
    }
    set_ = {a.name: _column(a, [v] * n) for a, v in zip(sweep.plan.axes, piece.point.values, strict=True)}
    return keys | set_ | dict(zip(kept.names, kept.rows, strict=True))


def _column(axis: Axis, values: Sequence[Value | None]) -> np.ndarray:
    """Numbers, NaN where it stays as it is; or words, None where it does."""
    if axis.words:
        return np.array(values, dtype=object)
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _write_parameters(folder: Path, sweep: Sweep) -> Iterator[Path]:
    def rows() -> Iterator[Columns]:
        for family in sweep.families:
            worlds = family.study.worlds
            table = parameter_table(world_parameters(family.study, worlds), worlds)
            yield {"study": np.full(len(worlds), family.number, np.int64)} | table

    yield from _in_parts(folder / PARAMETERS, rows())


def _points_table(sweep: Sweep) -> Columns:
    found = sweep.points
    keys: Columns = {
        "point": np.array([point.number for point, _ in found], np.int64),
        "study": np.array([family.number for _, family in found], np.int64),
        "varied": np.array([point.varied or None for point, _ in found], dtype=object),
    }
    values = zip(*(point.values for point, _ in found), strict=True)
    return keys | {axis.name: _column(axis, its) for axis, its in zip(sweep.plan.axes, values, strict=True)}


def _in_parts(folder: Path, rows: Iterable[Columns]) -> Iterator[Path]:
    """Rows as files of so many rows, each whole or not at all."""
    held: list[Columns] = []
    size, number = 0, 0
    for columns in rows:
        held.append(columns)
        size += len(columns["world"])
        if size >= ROWS_A_FILE:
            yield _write(folder / f"part-{number:05d}.parquet", held)
            held, size, number = [], 0, number + 1
    if held:
        yield _write(folder / f"part-{number:05d}.parquet", held)


def _write(path: Path, parts: Sequence[Columns]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    table = pa.table({name: _plain(values) for name, values in together.items()})
    with written_whole(path) as part:
        pq.write_table(table, part, compression="zstd", row_group_size=ROWS_A_GROUP)
        with part.open("rb") as file:
            os.fsync(file.fileno())
    return path


def _plain(values: np.ndarray) -> Any:
    """A column of plain kind: whole numbers, floats, texts; what is missing is null, whoever reads it."""
    import pyarrow as pa

    if values.dtype == object:
        return pa.array(list(values), pa.string())
    return pa.array(values, from_pandas=True)


def _manifest(sweep: Sweep, ran: Ran, settling: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    found = sweep.identity()
    return {
        "format": FORMAT,
        "version": VERSION,
        "peerscale": SOFTWARE,
        "model": MODEL,
        "sweep_id": identity.short(found),
        "identity": found,
        "name": sweep.plan.name,
        "scenarios": [as_dict(scenario) for scenario in sweep.plan.scenarios],
        "sample": sample(sweep.study),
        "points": len(sweep.points),
        "runs": sweep.runs,
        "worlds": sweep.worlds,
        "complete": not ran.failed,
        "failed": [failure.as_dict() for failure in ran.failed],
        "settling": {name: list(pair) for name, pair in settling.items()},
        "columns": _columns(sweep) | (_more_columns() if sweep.more else {}),
        "versions": _versions(sweep.plan.design),
    }


def _columns(sweep: Sweep) -> dict[str, dict[str, str]]:
    """What each column of `worlds` is."""
    keys = {name: {"meaning": meaning, "unit": "number"} for name, meaning in KEYS.items()}
    set_ = {axis.name: {"meaning": axis.label, "unit": axis.unit or "word"} for axis in sweep.plan.axes}
    shown = {one.name: {"meaning": one.words, "unit": one.unit} for one in BY_NAME.values() if one.headline}
    return keys | set_ | shown


def _more_columns() -> dict[str, dict[str, str]]:
    """What is kept beyond the headline."""
    shown = {one.name: {"meaning": one.words, "unit": one.unit} for one in BY_NAME.values() if not one.headline}
    lost = {LOST + gate: {"meaning": f"wants that stopped: {GATE_WORDS[gate]}", "unit": "share"} for gate in GATES}
    return shown | lost


def _versions(design: str) -> dict[str, str]:
    import pyarrow as pa

    found = {"python": platform.python_version(), "numpy": np.__version__, "pyarrow": pa.__version__}
    if design in (LATIN, SOBOL):
        import scipy

        found["scipy"] = str(scipy.__version__)
    return found


# ------------------------------------------------------------------ whose folder it is


def must_be_free(folder: Path, sweep: Sweep) -> None:
    """Raises UserError unless `folder` is missing, empty, or holds this very sweep, begun or whole."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    strange = (
        [] if not folder.is_dir() else [p.name for p in folder.iterdir() if p.name not in OURS and p.name[:1] != "."]
    )
    if not folder.is_dir() or strange:
        raise UserError(
            f"{folder} is not a sweep's folder, and is not empty",
            file=str(folder),
            key="--out",
            rule="a new folder, an empty one, or the same sweep",
            got=", ".join(strange[:3]) or "a file",
            try_="--out with another name",
        )
    held = _identity(folder)
    if held and held != sweep.identity():
        raise UserError(
            f"{folder} holds another sweep",
            file=str(folder),
            key="--out",
            rule="only the same plan, settings, evidence and code go on with a folder",
            got="; ".join(identity.apart(held, sweep.identity())) or "another plan",
            try_="--out with another name",
        )


def begin(folder: Path, sweep: Sweep) -> None:
    """Say in the folder whose it is. Raises OSError."""
    write_whole(folder / PLAN, _json({"format": FORMAT, "version": VERSION, "identity": sweep.identity()}))


def _identity(folder: Path) -> dict[str, Any]:
    """The identity of what a folder holds or began; nothing where that cannot be read."""
    for name in (MANIFEST, PLAN):
        with contextlib.suppress(OSError, ValueError, RecursionError):
            found = json.loads((folder / name).read_text("utf-8"))
            if isinstance(found, dict) and isinstance(found.get("identity"), dict):
                return found["identity"]
    return {}


# ------------------------------------------------------------------ reading


@dataclass(frozen=True)
class Held:
    """A sweep read back: its folder and manifest. Files are checked as they are read."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def failed(self) -> list[Failure]:
        """Jobs that failed."""
        return [Failure(**one) for one in self.manifest["failed"]]

    @property
    def figures(self) -> list[str]:
        """Names of the columns that hold figures."""
        return [name for name in self.manifest["columns"] if name in BY_NAME]

    @property
    def axes(self) -> list[str]:
        """Names of what is varied."""
        return [one["name"] for one in self.manifest["identity"]["vary"]]

    def worlds(self, scenario: str | None = None, columns: Sequence[str] | None = None) -> Any:
        """The table of worlds (pyarrow), of one policy or of all, with a column `scenario`. Raises Damaged."""
        import pyarrow as pa

        parts = []
        for name in sorted(self.manifest["files"]):
            if name.startswith(f"{WORLDS}/scenario={scenario}/" if scenario else f"{WORLDS}/"):
                table = self.read(name, columns)
                said = name.split("/")[1].removeprefix("scenario=")
                parts.append(table.append_column("scenario", pa.array([said] * len(table), pa.string())))
        return pa.concat_tables(parts) if parts else pa.table({})

    def points(self) -> Any:
        """The table of points (pyarrow). Raises Damaged."""
        return self.read(POINTS)

    def parameters(self) -> Any:
        """The table of parameters (pyarrow). Raises Damaged."""
        import pyarrow as pa

        return pa.concat_tables(
            [self.read(name) for name in sorted(self.manifest["files"]) if name.startswith(f"{PARAMETERS}/")]
        )

    def read(self, name: str, columns: Sequence[str] | None = None) -> Any:
        """One file, checked against its checksum before it is opened. Raises Damaged."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.folder / name
        try:
            if sha256_of(path) != self.manifest["files"][name]:
                raise _damaged(path, "changed since it was written")
            return pq.read_table(path, columns=list(columns) if columns else None, partitioning=None)
        except (OSError, pa.ArrowException, ValueError):
            raise _damaged(path, "not there" if not path.exists() else "not a table that can be read") from None


def load(folder: Path) -> Held:
    """A sweep's folder. Raises UserError for something else and for another model, Damaged."""
    path = folder / MANIFEST
    if not path.is_file():
        raise UserError(
            f"{folder} holds no whole sweep",
            file=str(folder),
            rule=f"a folder with {MANIFEST}, as `peerscale sweep --out` writes it",
            got="a sweep that was stopped" if (folder / PLAN).is_file() else f"no {MANIFEST}",
            try_="the same `peerscale sweep` again" if (folder / PLAN).is_file() else "peerscale results",
        )
    try:
        found = json.loads(path.read_text("utf-8")) if path.stat().st_size <= MOST_MANIFEST else None
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT or found.get(SEAL) != seal_of(found):
        raise _damaged(path, "changed since it was written, or not a sweep's manifest")
    if found["version"] != VERSION:
        raise UserError(
            f"{folder} was written by another version",
            file=str(path),
            rule=f"version {VERSION}",
            got=str(found["version"])[:40],
            try_="run the sweep again, --out elsewhere",
        )
    must_be_of_this_model(folder, found)
    return Held(folder, found)


def check(held: Held) -> None:
    """Read every file. Raises Damaged for the first that is not as it was written."""
    for name in held.manifest["files"]:
        held.read(name)


def whole(folder: Path, sweep: Sweep) -> Held | None:
    """This very sweep as `folder` holds it, checked; None where it is not there, not whole, or jobs of it failed."""
    try:
        held = load(folder)
        check(held)
    except UserError:
        return None
    return held if held.manifest["complete"] and held.manifest["identity"] == sweep.identity() else None


def _damaged(path: Path, got: str) -> Damaged:
    return Damaged(
        f"{path.name} of {path.parent} is damaged",
        file=str(path),
        rule="the file as it was written",
        got=got,
        try_="the same `peerscale sweep` again, into the same folder: what is damaged is made again",
    )
