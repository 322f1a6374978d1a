"""Where each of the 42 areas stands on a map of tiles, roughly where it lies: read from `tiles.csv`.

Source: our own arrangement of equal tiles (judgement), made from no map file; labels are the areas' names, cut short.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "tiles.csv"


@dataclass(frozen=True)
class Tile:
    """Column and row, counted from the top left, and a name of at most 18 letters."""

    column: int
    row: int
    label: str


def read() -> dict[str, Tile]:
    """The tile of each area, by code."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return {row["code"]: Tile(int(row["column"]), int(row["row"]), row["label"]) for row in rows}


TILES = read()
COLUMNS = 1 + max(tile.column for tile in TILES.values())
ROWS = 1 + max(tile.row for tile in TILES.values())
