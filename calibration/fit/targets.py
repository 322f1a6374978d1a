"""Targets: what was measured in the world, and how sure of it one is.

A target names a statistic of the simulator that measures the same thing. It is compared on a working scale: `none`,
`log` for rates, `logit` for shares, where its standard error is carried by the slope there; or `binomial` and
`poisson` for what was counted, where its noise is that of its counts (`counts`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calibration.fit import counts
from calibration.fit.priors import number, refuse_doubles, rows_of
from calibration.fit.trouble import CalibrationError

TRANSFORMS = ("none", "log", "logit", *counts.KINDS)
ROLES = ("target", "validation")
COLUMNS = ("id", "statistic", "value")
BOUNDS = {"": 0, "lower": 1, "upper": -1}
"""What a figure says, and the side of it that the world is on: at least that much, or at most; "" is the figure itself."""
SMALLEST = 1e-4
"""A share or a rate nearer to 0 (or 1) than this counts as this: a run may see none."""


@dataclass(frozen=True)
class Target:
    """One published number. value, se, discrepancy: natural units of the statistic.

    se: standard error of what was published; discrepancy: standard deviation of what the model's form, another
    population or another year may add. group: targets of one survey share errors. noise_factor: variance of the
    real world's luck over that of one run at the size simulated (1: the world is one such run; below 1: a larger
    place). role: `target` is fitted, `validation` is held back. count, of: what was counted, of a binomial or Poisson
    figure; its value is count / of, and se is not used. bound: "lower" where the source says at least, "upper" for at
    most: what counts is then how probable it is that the world lies on that side, by the same errors.
    """

    id: str
    statistic: str
    value: float
    se: float
    discrepancy: float = 0.0
    group: str = ""
    transform: str = "none"
    noise_factor: float = 1.0
    role: str = "target"
    grade: str = "published"
    meaning: str = ""
    file: str = ""
    line: int | None = None
    count: float = math.nan
    of: float = math.nan
    bound: str = ""

    def __post_init__(self) -> None:
        most = self.of if self.transform == "binomial" else math.inf
        rules = (
            (math.isfinite(self.value), "value", "a finite number", self.value),
            (math.isfinite(self.se) and self.se > 0, "se", "a standard error above 0", self.se),
            (math.isfinite(self.discrepancy) and self.discrepancy >= 0, "discrepancy", "0 or more", self.discrepancy),
            (0 <= self.noise_factor <= 1, "noise_factor", "between 0 and 1", self.noise_factor),
            (self.transform in TRANSFORMS, "transform", "one of " + ", ".join(TRANSFORMS), self.transform),
            (self.role in ROLES, "role", "one of " + ", ".join(ROLES), self.role),
            (self.bound in BOUNDS, "bound", "lower, upper or nothing", self.bound),
            (not (self.bound and self.counted), "bound", "nothing where the figure is given as counts", self.bound),
            (self.transform not in ("log", "logit") or self.value > 0, "value", "above 0 on this scale", self.value),
            (not self.counted or self.of > 0, "of", "above 0: how many were counted", self.of),
            (
                not self.counted or 0 <= self.count <= most,
                "count",
                "0 or more, and no more than were counted",
                self.count,
            ),
            (not self.counted or _near(self), "value", "what its counts make", self.value),
            (self.transform != "logit" or self.value < 1, "value", "below 1 on this scale", self.value),
        )
        for good, key, rule, got in rules:
            if not good:
                raise CalibrationError(
                    f"target {self.id}: {key} cannot be used",
                    file=self.file,
                    line=self.line,
                    key=key,
                    rule=rule,
                    got=str(got),
                    try_="judge a standard error where none is printed" if key == "se" else "",
                )

    @property
    def counted(self) -> bool:
        """Whether it is given as counts."""
        return self.transform in counts.KINDS

    def work(self, x: np.ndarray) -> np.ndarray:
        """Natural values on the working scale."""
        if self.counted:
            return counts.root(self.transform, self.count, self.of, x)
        return working(x, self.transform)

    def back(self, y: np.ndarray) -> np.ndarray:
        """Working values back on the natural scale."""
        return counts.back(self.transform, self.count, self.of, y) if self.counted else natural(y, self.transform)

    @property
    def slope(self) -> float:
        """Change of the working scale per natural unit, at the value; not for counts."""
        if self.transform == "none":
            return 1.0
        x = max(self.value, SMALLEST)
        return 1 / x if self.transform == "log" else 1 / (x * max(1 - x, SMALLEST))

    def carried(self, sd: float) -> float:
        """A standard deviation of natural units on the working scale: by the slope at the value; of counts, by the mean
        of the steps of one sd down and up that stay inside their scale, whose ends lie endlessly far on the working one."""
        if not self.counted or not sd:
            return sd * self.slope if sd else 0.0
        top = 1.0 if self.transform == "binomial" else np.inf
        steps = [abs(self._step(x)) for x in (self.value - sd, self.value + sd) if 0 < x < top]
        half = [
            0.5 * self.value,
            0.5 * (1 + self.value),
        ]  # the middle half of a share, where one sd leaves the scale both ways
        return float(np.mean(steps)) if steps else 2 * sd * float(np.ptp(self.work(np.array(half))))

    def _step(self, to: float) -> float:
        """From the value to another, on the working scale."""
        here, there = self.work(np.array([self.value, to]))
        return float(there - here)

    @property
    def sampling(self) -> float:
        """Standard deviation of the published error, working scale: 1 for counts, on their own scale."""
        return 1.0 if self.counted else self.carried(self.se)


def _near(record: Target) -> bool:
    """Whether a value is what its counts make, but for rounding."""
    return record.of > 0 and abs(record.count / record.of - record.value) <= 0.01 * max(1.0, record.value)


def working(x: np.ndarray, transform: str) -> np.ndarray:
    """Natural values on the working scale."""
    if transform == "log":
        return np.log(np.maximum(x, SMALLEST))
    if transform == "logit":
        share = np.clip(x, SMALLEST, 1 - SMALLEST)
        return np.log(share / (1 - share))
    return np.asarray(x, float)


def natural(y: np.ndarray, transform: str) -> np.ndarray:
    """Working values back on the natural scale."""
    if transform == "log":
        return np.exp(y)
    return 1 / (1 + np.exp(-np.asarray(y))) if transform == "logit" else np.asarray(y, float)


@dataclass(frozen=True)
class Targets:
    """Targets in a fixed order. shared: correlation of errors between two targets of one group (judgement)."""

    records: tuple[Target, ...]
    shared: float = 0.5

    def __init__(self, records: Iterable[Target], shared: float = 0.5):
        object.__setattr__(self, "records", tuple(records))
        object.__setattr__(self, "shared", float(shared))
        if not 0 <= self.shared < 1:
            raise CalibrationError("correlation within a group", rule="0 <= shared < 1", got=str(shared))
        refuse_doubles(self.records, "id", "target")

    def __len__(self) -> int:
        return len(self.records)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the targets."""
        return tuple(record.id for record in self.records)

    def of_role(self, role: str) -> Targets:
        """Only those of one role."""
        return Targets((r for r in self.records if r.role == role), self.shared)

    def only(self, ids: Sequence[str]) -> Targets:
        """Only those with these ids, in this table's order."""
        return Targets((r for r in self.records if r.id in ids), self.shared)

    @property
    def observed(self) -> np.ndarray:
        """float64[t]: values on the working scale."""
        return np.array([0.0 if r.counted else float(r.work(np.array(r.value))) for r in self.records])

    @property
    def sides(self) -> np.ndarray:
        """int[t]: 1 for a bound from below, -1 for one from above, 0 for a figure."""
        return np.array([BOUNDS[r.bound] for r in self.records], int)

    def told(self, seen: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(values float64[t] on the working scale, sides int[t]): as published; or as studies would have told what is seen
        float64[t]: of what is a bound only the side on which it lies."""
        if seen is None:
            return self.observed, self.sides
        bounds = self.sides != 0
        return np.where(bounds, self.observed, seen), np.where(bounds, np.where(seen >= self.observed, 1, -1), 0)

    @property
    def error(self) -> np.ndarray:
        """float64[t, t]: covariance of published error and discrepancy, working scale."""
        return self._together([math.hypot(r.sampling, r.carried(r.discrepancy)) for r in self.records])

    @property
    def drift(self) -> np.ndarray:
        """float64[t, t]: the same without the error of counting, of those given as counts."""
        return self._together(
            [math.hypot(0.0 if r.counted else r.sampling, r.carried(r.discrepancy)) for r in self.records]
        )

    def _together(self, sds: Sequence[float]) -> np.ndarray:
        """float64[t, t]: covariance of errors of these sds; those of one group go together."""
        sd = np.array(sds)
        same = np.array([[a.group != "" and a.group == b.group for b in self.records] for a in self.records])
        corr = np.where(same, self.shared, 0.0).reshape(len(sd), len(sd))
        np.fill_diagonal(corr, 1.0)
        return corr * np.outer(sd, sd)

    @property
    def noise_factor(self) -> np.ndarray:
        """float64[t]: share of a run's noise variance that the world has."""
        return np.array([r.noise_factor for r in self.records])

    def measured(self, statistics: np.ndarray, names: Sequence[str]) -> np.ndarray:
        """float64[..., t]: simulated statistics float64[..., k] as the targets measure them, working scale."""
        self.check_measured(names)
        where = {name: j for j, name in enumerate(names)}
        columns = [r.work(statistics[..., where[r.statistic]]) for r in self.records]
        return np.stack(columns, axis=-1) if columns else np.zeros((*statistics.shape[:-1], 0))

    def check_measured(self, names: Sequence[str]) -> None:
        """CalibrationError for a target whose statistic the simulator does not measure."""
        for record in self.records:
            if record.statistic not in names:
                raise CalibrationError(
                    f"target {record.id} asks for a statistic that the simulator does not measure",
                    file=record.file,
                    line=record.line,
                    key="statistic",
                    rule="one of " + ", ".join(names),
                    got=record.statistic,
                    try_="measure it, or make the row context",
                )

    def as_rows(self) -> list[dict[str, Any]]:
        """The records as plain rows, for hashes and files."""
        keys = ("id", "statistic", "value", "se", "discrepancy", "group", "transform", "noise_factor", "role", "grade")
        rows = [{key: getattr(record, key) for key in keys} for record in self.records]
        for row, record in zip(rows, self.records, strict=True):
            row.update({"count": record.count, "of": record.of} if record.counted else {})
            row.update({"bound": record.bound} if record.bound else {})
        return rows


def se_of_interval(low: float, high: float, level: float = 0.95, *, file: str = "", line: int | None = None) -> float:
    """Standard error of an interval `low` to `high` of a normal error. CalibrationError if upside down or empty."""
    from scipy.stats import norm

    if not low < high:
        raise CalibrationError(
            "an interval is upside down or empty",
            file=file,
            line=line,
            key="low, high",
            rule="low below high",
            got=f"{low} to {high}",
        )
    return (high - low) / (2 * float(norm.ppf(0.5 + level / 2)))


def read_targets(file: str | Path, shared: float = 0.5) -> Targets:
    """Targets of a CSV with columns id, statistic, value, and se or low and high (a 95% interval).

    Also read if there: discrepancy, group, transform, noise_factor, role, grade, meaning, count, of, bound.
    """
    rows = rows_of(file, COLUMNS)
    header = rows[0][1].keys() if rows else ()
    if rows and "se" not in header and not {"low", "high"} <= set(header):
        raise CalibrationError(
            "the table has no column se",
            file=str(file),
            line=1,
            key="se",
            rule="se, or low and high",
            got=", ".join(header),
        )
    kept = [(line, row) for line, row in rows if (row.get("role") or "target").strip() in ROLES]
    return Targets((_target(row, file, line) for line, row in kept), shared)


def _target(row: Mapping[str, str], file: str | Path, line: int) -> Target:
    def word(key: str, default: str = "") -> str:
        return (row.get(key) or "").strip() or default

    if word("se"):
        se = number(row, "se", file, line)
    else:
        low, high = (number(row, key, file, line) for key in ("low", "high"))
        se = se_of_interval(low, high, file=str(file), line=line)
    return Target(
        word("id"),
        word("statistic"),
        number(row, "value", file, line),
        se,
        number(row, "discrepancy", file, line, 0.0),
        word("group"),
        word("transform", "none"),
        number(row, "noise_factor", file, line, 1.0),
        word("role", "target"),
        word("grade", "published"),
        word("meaning"),
        str(file),
        line,
        number(row, "count", file, line, math.nan),
        number(row, "of", file, line, math.nan),
        word("bound"),
    )
