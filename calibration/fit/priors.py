"""Priors of parameters as records, and their transforms to and from the unit cube.

The cube is where designs, emulators and samplers live: a point's coordinate is the prior's
cumulative probability there, so that the prior itself is uniform in the cube.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from calibration.fit.trouble import CalibrationError

KINDS = ("uniform", "triangular", "normal", "beta")
COLUMNS = ("name", "prior", "value", "low", "high")
EDGE = 1e-9
"""How near 0 and 1 a coordinate of the cube may come: quantiles stay finite."""


@dataclass(frozen=True)
class Prior:
    """What is believed of one parameter before the data.

    kind: `uniform` between low and high; `triangular` with its peak at value; `normal` with mean value and
    standard deviation sd, cut off at low and high; `beta` stretched over low to high with that mean and sd.
    value: the default, which must lie within. grade: how good the evidence for this record is. free: whether figures
    are expected to move it; one that is not is carried along: it enters the emulator straight, and is drawn jointly
    with the others all the same.
    """

    name: str
    kind: str
    value: float
    low: float
    high: float
    sd: float | None = None
    unit: str = ""
    grade: str = "judgement"
    meaning: str = ""
    file: str = ""
    line: int | None = None
    free: bool = True

    def __post_init__(self) -> None:
        self._check()

    def _trouble(self, what: str, key: str, rule: str, got: Any, try_: str = "") -> CalibrationError:
        return CalibrationError(
            f"prior of {self.name}: {what}", file=self.file, line=self.line, key=key, rule=rule, got=str(got), try_=try_
        )

    def _check(self) -> None:
        numbers = (self.value, self.low, self.high)
        if self.kind not in KINDS:
            raise self._trouble("unknown kind", "prior", "one of " + ", ".join(KINDS), self.kind)
        if not all(map(math.isfinite, numbers)):
            raise self._trouble("not a number", "value, low, high", "finite numbers", numbers)
        if self.low >= self.high:
            raise self._trouble("upside down", "low, high", "low below high", f"{self.low} to {self.high}")
        if not self.low <= self.value <= self.high:
            raise self._trouble(
                "it excludes the default",
                "value",
                "low <= value <= high",
                f"{self.value} outside {self.low} to {self.high}",
                "widen the prior or change the default",
            )
        if self.kind in ("normal", "beta") and not (self.sd and math.isfinite(self.sd) and self.sd > 0):
            raise self._trouble("no spread", "sd", f"a {self.kind} prior needs sd above 0", self.sd)
        if self.kind == "beta" and self._beta_size() <= 0:
            raise self._trouble("spread too wide", "sd", "a beta of this mean needs a smaller sd", self.sd)

    def _beta_size(self) -> float:
        """Sum of the beta's two shapes, from its mean and standard deviation."""
        width = self.high - self.low
        mean, sd = (self.value - self.low) / width, (self.sd or 0.0) / width
        return mean * (1 - mean) / sd**2 - 1

    @property
    def _shapes(self) -> tuple[float, float]:
        """Shapes of the beta."""
        mean, size = (self.value - self.low) / (self.high - self.low), self._beta_size()
        return mean * size, (1 - mean) * size

    def _tails(self) -> tuple[float, float]:
        """The normal's cumulative probability at low and high."""
        sd = float(self.sd or 1)
        return float(special.ndtr((self.low - self.value) / sd)), float(special.ndtr((self.high - self.value) / sd))

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Values at cumulative probabilities `u`."""
        low, width, value = self.low, self.high - self.low, self.value
        if self.kind == "uniform":
            return low + width * u
        if self.kind == "triangular":
            rising = low + np.sqrt(u * width * (value - low))
            return np.where(
                u < (value - low) / width, rising, self.high - np.sqrt((1 - u) * width * (self.high - value))
            )
        if self.kind == "normal":
            left, right = self._tails()
            return np.clip(value + float(self.sd or 1) * special.ndtri(left + u * (right - left)), low, self.high)
        return low + width * special.betaincinv(*self._shapes, u)

    def cumulative(self, x: np.ndarray) -> np.ndarray:
        """Cumulative probabilities of values `x`, 0 below low and 1 above high."""
        low, width, value = self.low, self.high - self.low, self.value
        t = np.clip((x - low) / width, 0.0, 1.0)
        if self.kind == "triangular":
            peak = (value - low) / width
            return np.where(t < peak, t**2 / (peak or 1.0), 1 - (1 - t) ** 2 / ((1 - peak) or 1.0))
        if self.kind == "normal":
            left, right = self._tails()
            return np.clip((special.ndtr((x - value) / float(self.sd or 1)) - left) / (right - left), 0.0, 1.0)
        return t if self.kind == "uniform" else special.betainc(*self._shapes, t)

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation, from 4,001 evenly spaced quantiles."""
        x = self.quantile((np.arange(4001) + 0.5) / 4001)
        return float(x.mean()), float(x.std())


@dataclass(frozen=True)
class Priors:
    """The free parameters, in a fixed order, independent of each other before the data."""

    records: tuple[Prior, ...]

    def __init__(self, records: Iterable[Prior]):
        object.__setattr__(self, "records", tuple(records))
        if not any(record.free for record in self.records):
            raise CalibrationError("no parameter is free", rule="at least one prior")
        refuse_doubles(self.records, "name", "parameter")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(record.name for record in self.records)

    @property
    def free(self) -> tuple[int, ...]:
        """Places of the free parameters; the others are carried along."""
        return tuple(j for j, record in enumerate(self.records) if record.free)

    @property
    def spread(self) -> np.ndarray:
        """float64[d]: prior standard deviations, natural units."""
        return np.array([record.moments()[1] for record in self.records])

    @property
    def defaults(self) -> np.ndarray:
        """float64[d]: the default values."""
        return np.array([record.value for record in self.records])

    def values(self, units: np.ndarray) -> np.ndarray:
        """Natural values float64[n, d] at points float64[n, d] of the unit cube."""
        u = np.clip(np.asarray(units, float), EDGE, 1 - EDGE)
        return np.column_stack([r.quantile(u[:, j]) for j, r in enumerate(self.records)])

    def units(self, values: np.ndarray) -> np.ndarray:
        """Points of the unit cube float64[n, d] of natural values float64[n, d]."""
        x = np.asarray(values, float)
        return np.column_stack([r.cumulative(x[:, j]) for j, r in enumerate(self.records)])

    def as_rows(self) -> list[dict[str, Any]]:
        """The records as plain rows, for hashes and files."""
        keys = ("name", "kind", "value", "low", "high", "sd", "unit", "grade", "free")
        return [{key: getattr(record, key) for key in keys} for record in self.records]


def refuse_doubles(records: Sequence[Any], key: str, noun: str) -> None:
    """CalibrationError when two records share their `key`."""
    seen: dict[str, Any] = {}
    for record in records:
        name = getattr(record, key)
        if name in seen:
            raise CalibrationError(
                f"two {noun}s are called {name}",
                file=record.file,
                line=record.line,
                key=key,
                rule=f"each {noun} once",
                got=f"also in line {seen[name].line}" if seen[name].line else name,
            )
        seen[name] = record


def rows_of(file: str | Path, columns: Sequence[str]) -> list[tuple[int, Mapping[str, str]]]:
    """(line number, row) of a CSV file. CalibrationError if it cannot be read or a column is missing."""
    try:
        with Path(file).open(newline="", encoding="utf-8-sig") as handle:
            reader = csv.DictReader(handle)
            rows: list[tuple[int, Mapping[str, str]]] = [(reader.line_num, row) for row in reader]
            header = list(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CalibrationError("the table cannot be read", file=str(file), got=str(error)) from error
    missing = [name for name in columns if name not in header]
    if missing:
        raise CalibrationError(
            f"the table has no column {missing[0]}",
            file=str(file),
            line=1,
            key=missing[0],
            rule="columns " + ", ".join(columns),
            got=", ".join(header),
        )
    return rows


def number(row: Mapping[str, str], key: str, file: str | Path, line: int, default: float | None = None) -> float:
    """A finite number of a cell; `default` for an empty cell if there is one. CalibrationError otherwise."""
    text = (row.get(key) or "").strip()
    if not text and default is not None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CalibrationError(
            f"{key} is not a number", file=str(file), line=line, key=key, rule="a finite number", got=repr(text)
        )
    return value


def read_priors(file: str | Path) -> Priors:
    """Priors of a CSV with columns name, prior, value, low, high (and sd, unit, grade, meaning if there).

    Rows whose prior is `fixed` or empty are passed over.
    """
    kept = [(line, row) for line, row in rows_of(file, COLUMNS) if (row["prior"] or "").strip() not in ("", "fixed")]
    return Priors(_prior(row, file, line) for line, row in kept)


def _prior(row: Mapping[str, str], file: str | Path, line: int) -> Prior:
    value, low, high = (number(row, key, file, line) for key in ("value", "low", "high"))
    sd = number(row, "sd", file, line) if (row.get("sd") or "").strip() else None
    unit, grade, meaning = ((row.get(key) or "").strip() for key in ("unit", "grade", "meaning"))
    name, kind = row["name"].strip(), row["prior"].strip()
    return Prior(name, kind, value, low, high, sd, unit, grade or "judgement", meaning, str(file), line)
