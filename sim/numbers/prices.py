"""Prices of other years brought to 2024/25, the price year of every pound that the model reports."""

from __future__ import annotations

import csv
import re
from functools import lru_cache

from sim.data import FOLDER
from sim.errors import UserError

PRICE_YEAR = "2024/25"
DEFLATOR = FOLDER / "deflator.csv"
_YEAR = re.compile(r"(\d{4}/\d{2}) prices")


@lru_cache(maxsize=1)
def deflator() -> dict[str, float]:
    """GDP deflator by financial year ("2016/17"), 2024/25 = 100 (HM Treasury, March 2026)."""
    with DEFLATOR.open(newline="", encoding="utf-8") as file:
        return {row["financial_year"]: float(row["index"]) for row in csv.DictReader(file)}


def uprating(year: str) -> float:
    """What a pound of that financial year is worth in pounds of 2024/25. UserError for a year not listed."""
    table = deflator()
    if year not in table:
        raise UserError(
            "a price is of a year without a deflator",
            file=str(DEFLATOR),
            key="financial_year",
            got=year,
            rule=f"a financial year from {min(table)} to {max(table)}",
            try_="add the year with its source",
        )
    return table[PRICE_YEAR] / table[year]


def price_year(unit: str) -> str | None:
    """The year of prices that a unit names ("GBP per hour, 2016/17 prices"), None where it is not money."""
    found = _YEAR.search(unit)
    return found.group(1) if found else None


def at_model_prices(value: float, unit: str) -> float:
    """A declared value at 2024/25 prices; unchanged where its unit is not money."""
    year = price_year(unit)
    return value if year is None else value * uprating(year)
