"""A hash of everything that a run's counts follow from: the model, its tables, and the statistics made of it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from sim.numbers.parameters import TABLES

ROOT = Path(__file__).parent.parent.parent
TABLES_READ = (
    "parameters.csv",
    "structure.csv",
    "levers.csv",
    "areas.csv",
    "latents.csv",
    "traits.csv",
    "deflator.csv",
    "population_cells.csv.gz",
)


@cache
def code_hash() -> str:
    """16 hexadecimal digits."""
    files = [*sorted((ROOT / "sim").rglob("*.py")), ROOT / "calibration" / "library" / "statistics.py"]
    return digest(*(path.read_bytes() for path in [*files, *(TABLES / name for name in TABLES_READ)]))


def digest(*pieces: bytes) -> str:
    """16 hexadecimal digits over pieces, each with its length."""
    made = hashlib.sha256()
    for piece in pieces:
        made.update(len(piece).to_bytes(8, "little") + piece)
    return made.hexdigest()[:16]
