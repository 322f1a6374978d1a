"""The table of what each lever moves, as a document: how it was made, on which model, and whether that is this one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from scenarios.questions.moves import Move
from scenarios.running.model_code import code_hash
from sim.data import FOLDER
from sim.errors import UserError
from sim.version import MODEL

FORMAT, VERSION = "peerscale levers", 1
SHIPPED = FOLDER / "lever_moves.json"
NOT_MEASURED = "not measured on this model"


@dataclass(frozen=True)
class Moves:
    """A table with how it was made: the command, the day, the model and its code, and what was simulated in words."""

    command: str
    day: str
    model: int
    code: str
    sample: str
    rows: tuple[Move, ...]

    @property
    def ours(self) -> bool:
        """Whether the model has the same version. Figures of another one are never shown."""
        return self.model == MODEL

    @property
    def said(self) -> str:
        """How it was made, in a sentence or two."""
        if not self.ours:
            return f"What each lever moves was {NOT_MEASURED}."
        other = "" if self.code == code_hash() else " The model's code has changed since."
        return f"What each lever moves was measured on {self.day} with: {self.command}. {self.sample}{other}"


def made(rows: Sequence[Move], command: str, sample: str) -> Moves:
    """A table made now, by this model."""
    return Moves(command, date.today().isoformat(), MODEL, code_hash(), sample, tuple(rows))


def text(one: Moves) -> str:
    """As JSON, a row a line: NaN is null."""
    head = {"format": FORMAT, "version": VERSION} | {
        name: getattr(one, name) for name in ("command", "day", "model", "code", "sample")
    }
    lines = [json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "rows": [']
    rows = [json.dumps(_plain(asdict(row)), ensure_ascii=False, allow_nan=False) for row in one.rows]
    return "\n".join([*lines, ",\n".join(rows), "]}"]) + "\n"


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Four digits are enough, and NaN is nothing."""
    found = {}
    for key, value in row.items():
        number = isinstance(value, float)
        found[key] = None if number and value != value else float(f"{value:.4g}") if number else value
    return found


def read(path: Path) -> Moves:
    """A table that `text` wrote. Raises UserError for anything else."""
    try:
        found = json.loads(path.read_text("utf-8"))
        if found.pop("format") != FORMAT or found.pop("version") != VERSION:
            raise ValueError("another document")
        rows = tuple(Move(**{key: _number(key, value) for key, value in row.items()}) for row in found.pop("rows"))
        return Moves(**found, rows=rows)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UserError(
            "the table of what each lever moves cannot be read",
            file=str(path),
            rule="a document that `peerscale levers --measure --json` wrote",
            got="not there" if not path.exists() else "another document",
            try_="make it again: docs/levers.md names the command",
        ) from None


_NUMBERS = {one.name for one in fields(Move) if one.type == "float"}


def _number(key: str, value: Any) -> Any:
    return float("nan") if value is None and key in _NUMBERS else value


@cache
def shipped() -> Moves | None:
    """The table that ships, where one was made for a model of this version."""
    if not SHIPPED.is_file():
        return None
    found = read(SHIPPED)
    return found if found.ours else None


def how() -> str:
    """How what ships was made, or that it was not."""
    found = shipped()
    return found.said if found else f"What each lever moves: {NOT_MEASURED} (peerscale levers --measure)."
