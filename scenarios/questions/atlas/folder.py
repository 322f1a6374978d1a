"""An atlas on the disk: its tables as CSV and Parquet, a page, and a manifest that is written last.

Every byte but those of `timings.json` follows from what was asked, so an atlas that was stopped ends as one that was not.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from calibration.whole import others_in, write_whole, written_whole
from scenarios.questions.atlas import asked, tiers
from scenarios.questions.atlas.asked import Ask
from scenarios.questions.atlas.tables import Row, together
from scenarios.running import identity
from scenarios.running.finished import FOLDER
from scenarios.running.sample import notes
from scenarios.running.store import SEAL, seal_of, sha256_of
from scenarios.running.study import make_shape
from scenarios.sweeps.claim import CLAIM
from sim.errors import UserError
from sim.results import caveats
from sim.version import MODEL, VERSION, edition

FORMAT, FORMAT_VERSION = "peerscale atlas", asked.FORMAT_VERSION
MANIFEST, PLAN, TIMINGS, PAGE = "manifest.json", "plan.json", "timings.json", "index.html"
TABLES = ("areas", "headlines", "ladder", "policies", "left_out")
FILES = tuple(f"{name}.{ending}" for name in TABLES for ending in ("csv", "parquet"))
OURS = (MANIFEST, PLAN, TIMINGS, PAGE, *FILES, FOLDER, CLAIM)
MOST_MANIFEST = 16 * 2**20


def manifest_of(ask: Ask) -> dict[str, Any]:
    """All that the page says of how the atlas was made, and what it follows from. No date and no time: bytes are the same again."""
    found = asked.of_atlas(ask)
    goal = ask.goal.file.goal
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "peerscale": VERSION,
        "model": MODEL,
        "atlas_id": identity.short(found),
        "identity": found,
        "policy": ask.goal.base.title,
        "together": together(ask),
        "status": caveats.status(make_shape(ask.study(asked.LADDER, ask.areas[0]), [(0, 0)])),
        "samples": _samples(ask),
        "all_adults": ask.all_adults,
        "worlds": len(ask.whole.worlds),
        "years": ask.whole.weeks / 52,
        "goal": {"name": ask.goal.file.name, "question": ask.goal.file.question, **goal.model_dump()},
        "candidates": [{"name": one.name, "title": one.title, "levers": one.levers} for one in ask.candidates],
        "candidates_from": ask.searched,
        "fresh": ask.fresh,
        "wrong_at_most": asked.ALPHA,
        "tiers": tiers.HOW,
    }


def _samples(ask: Ask) -> str:
    """How many people of how many each part took, in words."""
    area = ask.areas[0]
    took = make_shape(ask.study(asked.LADDER, area), [(0, 0)]).people
    head = "Headlines are of every adult" if ask.all_adults else f"Headlines are of a sample of {took:,} adults an area"
    return (
        f"{head}. Ladders and certificates are of a sample of {took:,} adults an area. Headlines and ladders are over "
        f"{len(ask.whole.worlds)} worlds, certificates over at most {ask.fresh} others. Seed {ask.whole.seed}.{notes(ask.sample)}"
    )


# ------------------------------------------------------------------ writing


def begin(folder: Path, ask: Ask) -> None:
    """Say in the folder whose it is. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / PLAN, _json({"format": FORMAT, "version": FORMAT_VERSION, "identity": asked.of_atlas(ask)}))


def write(folder: Path, ask: Ask, tables: Mapping[str, Sequence[Row]], page: str, timings: Mapping[str, Any]) -> None:
    """The tables, the page, and the manifest last. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        (folder / MANIFEST).unlink()
    for name in TABLES:
        write_whole(folder / f"{name}.csv", as_csv(tables[name]))
        _parquet(folder / f"{name}.parquet", tables[name])
    write_whole(folder / PAGE, page.encode())
    write_whole(folder / TIMINGS, _json(timings))
    found = manifest_of(ask) | {"files": {name: sha256_of(folder / name) for name in (*FILES, PAGE)}}
    write_whole(folder / MANIFEST, _json(found | {SEAL: seal_of(found)}))


def as_csv(rows: Sequence[Row]) -> bytes:
    """Rows as CSV; what is None is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _parquet(path: Path, rows: Sequence[Row]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: [row[name] for row in rows] for name in rows[0]}) if rows else pa.table({})
    with written_whole(path) as part:
        pq.write_table(table, part)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


# ------------------------------------------------------------------ whose folder it is


def must_be_free(folder: Path, ask: Ask) -> None:
    """Raises UserError unless `folder` is missing, empty, or holds this very atlas, begun or whole."""
    if folder.exists() and not folder.is_dir():
        raise _strange(folder, "a file")
    if others := [name for name in others_in(folder, OURS) if name[:1] != "."]:
        raise _strange(folder, ", ".join(others[:3]))
    held = _identity(folder)
    if not held or held == asked.of_atlas(ask):
        return
    another = held.get("model") != MODEL
    raise UserError(
        f"{folder} holds an atlas of {edition(held.get('model'))}" if another else f"{folder} holds another atlas",
        file=str(folder),
        key="--out",
        rule="only the same areas, settings, goal, candidates and code go on with a folder",
        got="; ".join(identity.apart(held, asked.of_atlas(ask))) or "another goal, other candidates or other code",
        try_="--out with another name",
    )


def _strange(folder: Path, got: str) -> UserError:
    return UserError(
        f"{folder} is not an atlas, and is not empty",
        file=str(folder),
        key="--out",
        rule="a new folder, an empty one, or the same atlas",
        got=got,
        try_="--out with another name",
    )


def _identity(folder: Path) -> dict[str, Any]:
    for name in (MANIFEST, PLAN):
        found = _document(folder / name)
        if isinstance(found.get("identity"), dict):
            return dict(found["identity"])
    return {}


def _document(path: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= MOST_MANIFEST:
            found = json.loads(path.read_text("utf-8"))
            return found if isinstance(found, dict) else {}
    return {}


# ------------------------------------------------------------------ reading


def whole(folder: Path, ask: Ask) -> bool:
    """Whether `folder` holds this very atlas, every file as it was written."""
    found = _document(folder / MANIFEST)
    if not found or found.get(SEAL) != seal_of(found) or found.get("identity") != asked.of_atlas(ask):
        return False
    files = found.get("files")
    with contextlib.suppress(OSError):
        return isinstance(files, dict) and all(sha256_of(folder / name) == kept for name, kept in files.items())
    return False


def read(folder: Path) -> tuple[dict[str, Any], dict[str, list[Row]]]:
    """(manifest, tables) of an atlas. Raises UserError for anything else, for another model, and for what is damaged."""
    found = _document(folder / MANIFEST)
    if found.get("format") != FORMAT or found.get("version") != FORMAT_VERSION or found.get(SEAL) != seal_of(found):
        raise UserError(
            "there is no whole atlas in this folder",
            file=str(folder),
            rule="a folder that `peerscale atlas` wrote",
            got="an atlas that was stopped" if (folder / PLAN).is_file() else "another document, or none",
            try_="the same `peerscale atlas` again",
        )
    if found["model"] != MODEL:
        raise UserError(
            f"this atlas is of {edition(found['model'])}",
            file=str(folder),
            rule=f"model {MODEL}",
            got=f"model {found['model']}",
            try_="run it again, --out elsewhere",
        )
    return found, {name: _table(folder, name, found["files"]) for name in TABLES}


def _table(folder: Path, name: str, files: Mapping[str, str]) -> list[Row]:
    import pyarrow.parquet as pq

    path = folder / f"{name}.parquet"
    if not path.is_file() or sha256_of(path) != files.get(path.name):
        raise UserError(
            f"{path.name} is damaged",
            file=str(path),
            rule="the file as it was written",
            got="changed" if path.is_file() else "not there",
            try_="the same `peerscale atlas` again: what is damaged is made again",
        )
    return [dict(row) for row in pq.read_table(path).to_pylist()]
