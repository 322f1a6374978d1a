"""What a unit of effect is taken to be worth: dated records with sources, `calibration/evidence/thresholds.csv`.

A row either holds its own pounds or names a parameter and which of its values it is, so that no number stands twice.
Thresholds that somebody uses are nominal: those of NICE are not uprated.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from calibration import EVIDENCE
from sim.errors import UserError
from sim.numbers.parameters import records
from sim.numbers.prices import at_model_prices

CURRENCIES = ("QALY", "WELLBY")
MAIN = {"QALY": "nice_2026_low", "WELLBY": "wellby_central"}
"""The threshold of the headline, for each currency (judgement: see the others beside it)."""


@dataclass(frozen=True)
class Threshold:
    """Pounds for one QALY or WELLBY, at the model's prices where the source names a price year."""

    name: str
    words: str
    currency: str
    gbp: float
    applies: str
    source: str
    reference: str
    grade: str


@lru_cache(maxsize=1)
def thresholds() -> dict[str, Threshold]:
    """All records by name, in the table's order. Raises UserError for a row without a number."""
    with (EVIDENCE / "thresholds.csv").open(newline="", encoding="utf-8") as file:
        return {row["name"]: _threshold(row) for row in csv.DictReader(file)}


def _threshold(row: dict[str, str]) -> Threshold:
    kept = {key: row[key] for key in ("name", "words", "currency", "applies", "source", "reference", "grade")}
    return Threshold(gbp=_pounds(row), **kept)


def _pounds(row: dict[str, str]) -> float:
    if row["gbp"]:
        return float(row["gbp"])
    record = records().get(row["parameter"])
    if record is None or row["which"] not in ("value", "low", "high"):
        raise UserError(
            "a threshold has no number",
            file=str(EVIDENCE / "thresholds.csv"),
            key=row["name"],
            rule="gbp, or a parameter and which of value, low, high",
            got=row["parameter"] or "nothing",
            try_="install tables and model of one version",
        )
    return at_model_prices(float(getattr(record, row["which"])), record.unit)


def of(currency: str) -> list[Threshold]:
    """Those of one currency, lowest first."""
    return sorted((t for t in thresholds().values() if t.currency == currency), key=lambda t: t.gbp)


def main(currency: str) -> Threshold:
    """The threshold of the headline."""
    return thresholds()[MAIN[currency]]
