"""Where people live in rural neighbourhoods: `sim/data/rural.csv`."""

from __future__ import annotations

import csv
from functools import cache

import numpy as np

from sim.people.population import tables_dir
from sim.vocabulary import FIFTHS


@cache
def rural_shares() -> np.ndarray:
    """float64[areas, fifths], share of the residents of each deprivation fifth who live in rural neighbourhoods."""
    with open(tables_dir() / "rural.csv", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["code"])
    return np.array([[float(row[f"rural_q{q}"]) for q in FIFTHS] for row in rows])
