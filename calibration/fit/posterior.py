"""The posterior as files: draws in Parquet beside a JSON that says what they follow from. Read with a version check."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import default_rng  # now, not in the middle of a run: its reading swallows a Ctrl-C

from calibration.fit.resample import systematic
from calibration.fit.trouble import CalibrationError
from calibration.whole import digest, write_whole

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
"""Version of this file's layout."""


@dataclass(frozen=True)
class Posterior:
    """Draws of a posterior, natural units. about: the JSON beside them."""

    names: tuple[str, ...]
    values: np.ndarray  # float64[n, d]
    weights: np.ndarray  # float64[n], sum 1
    about: dict[str, Any]

    def resampled(self, draws: int, seed: int) -> np.ndarray:
        """float64[draws, d]: equally weighted draws, in an order that means nothing; the same for the same seed."""
        rng = default_rng([seed, 5])
        return self.values[rng.permutation(systematic(self.weights, rng, draws))]


def as_json(content: Any) -> str:
    """Plain JSON, the same bytes for the same content; numbers of numpy and records are taken as plain."""
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=_plain) + "\n"


def _plain(item: Any) -> Any:
    return item.item() if isinstance(item, np.generic) else item.tolist() if isinstance(item, np.ndarray) else str(item)


def hashed(content: Any) -> str:
    """Hash of plain content."""
    return digest(as_json(content))


def table_bytes(columns: dict[str, np.ndarray]) -> bytes:
    """Columns as a Parquet file in memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    side = io.BytesIO()
    pq.write_table(pa.table(columns), side, compression="zstd")
    return side.getvalue()


def write_posterior(
    file: Path, names: tuple[str, ...], values: np.ndarray, weights: np.ndarray, about: dict[str, Any]
) -> Path:
    """Write `file` (.json) and the Parquet of the same name: values float64[n, d], weights float64[n].

    about: what the draws follow from; must hold `version`, the simulator's. The Parquet goes first: a JSON that
    is there has its draws.
    """
    content = table_bytes(
        {"draw": np.arange(1, len(values) + 1), "weight": weights / weights.sum()}
        | {name: np.ascontiguousarray(values[:, j]) for j, name in enumerate(names)}
    )
    write_whole(file.with_suffix(".parquet"), content)
    page = {**about, "format": FORMAT, "parameters": list(names), "draws": len(values), "draws_hash": digest(content)}
    write_whole(file, as_json(page).encode())
    return file


def read_posterior(file: str | Path, version: str | None = None) -> Posterior:
    """A posterior from its JSON or its Parquet. CalibrationError if damaged, or of another version of the model."""
    path = Path(file).with_suffix(".json")
    about = _read_about(path)
    if version is not None and about["version"] != version:
        raise CalibrationError(
            "this posterior is of another version of the model",
            file=str(path),
            key="version",
            rule=version,
            got=str(about["version"]),
            try_="calibrate this version, or use the model that the posterior belongs to",
        )
    try:
        raw = path.with_suffix(".parquet").read_bytes()
    except OSError as error:
        raise CalibrationError(
            "the draws cannot be read", file=str(path.with_suffix(".parquet")), got=str(error)
        ) from error
    if digest(raw) != about["draws_hash"]:
        raise CalibrationError(
            "the draws are not those that the posterior was written with",
            file=str(path.with_suffix(".parquet")),
            key="draws_hash",
            try_="take both files from one calibration",
        )
    table = _table(raw)
    names = tuple(about["parameters"])
    if missing := [name for name in (*names, "weight") if name not in table.column_names]:
        raise CalibrationError(
            f"the draws have no column {missing[0]}",
            file=str(path.with_suffix(".parquet")),
            key=missing[0],
            rule="a column for each parameter, and weight",
            got=", ".join(table.column_names),
        )
    values = np.column_stack([_column(table, name) for name in names])
    return Posterior(names, values, _column(table, "weight"), about)


def _column(table: pa.Table, name: str) -> np.ndarray:
    """A column of numbers as an array. Arrow's own way would import pandas, which takes longer than a run's reported years."""
    import pyarrow as pa

    column = table[name]
    if column.null_count or not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        return column.to_numpy()
    kind = column.type.to_pandas_dtype()
    parts = [np.frombuffer(c.buffers()[1], kind)[c.offset : c.offset + len(c)] for c in column.chunks if len(c)]
    return np.concatenate([np.zeros(0, kind), *parts])


def _table(raw: bytes) -> pa.Table:
    """The table of a Parquet file. Read by this thread alone: a thread of Arrow's that still holds a buffer of ours
    when Python shuts down aborts the process.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pa.BufferReader(raw) as opened:
        return pq.ParquetFile(opened, pre_buffer=False).read(use_threads=False)


def _read_about(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CalibrationError(
            "the posterior cannot be read",
            file=str(path),
            rule="the JSON that `peerscale calibrate` wrote",
            got=str(error)[:80],
            try_="calibrate again, or take the files from a copy",
        ) from error
    if not isinstance(about, dict) or about.get("format") != FORMAT or (wrong := _misshapen(about)):
        raise CalibrationError(
            "this is not a posterior of this layout",
            file=str(path),
            rule=f"format {FORMAT} with " + ", ".join(_SHAPES),
            got=wrong if isinstance(about, dict) and about.get("format") == FORMAT else "another layout",
            try_="calibrate again, or take the files from a copy",
        )
    return about


_SHAPES: dict[str, Callable[[Any], bool]] = {
    "version": lambda item: isinstance(item, str),
    "parameters": lambda item: (
        isinstance(item, list) and len(item) == len({str(name) for name in item}) > 0 and _texts(item)
    ),
    "draws_hash": lambda item: isinstance(item, str),
}


def _texts(item: Any) -> bool:
    return isinstance(item, list) and all(isinstance(one, str) for one in item)


def _misshapen(about: dict[str, Any]) -> str:
    """The first key that is not there or not what it should be; "" where all are."""
    wrong = [name for name, good in _SHAPES.items() if name not in about or not good(about[name])]
    if not _texts(about.get("refused_targets", [])):
        wrong.append("refused_targets")
    return f"{wrong[0]}: {str(about.get(wrong[0], 'nothing'))[:60]}" if wrong else ""
