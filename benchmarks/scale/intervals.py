"""What is said of repeated measurements: a mean or a ratio with its 95% interval. All positive numbers."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import t


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95% interval; `low` and `high` are NaN for one measurement alone."""

    mean: float
    low: float
    high: float

    def text(self, form: str = ".2f") -> str:
        """`1.25 (1.20 to 1.31)`."""
        if math.isnan(self.low):
            return f"{self.mean:{form}}"
        return f"{self.mean:{form}} ({self.low:{form}} to {self.high:{form}})"


def mean(values: Sequence[float], level: float = 0.95) -> Interval:
    """The mean, by Student's t. ValueError for none."""
    if not values:
        raise ValueError("nothing was measured")
    middle = statistics.fmean(values)
    if len(values) == 1:
        return Interval(middle, math.nan, math.nan)
    half = float(t.ppf((1 + level) / 2, len(values) - 1)) * statistics.stdev(values) / math.sqrt(len(values))
    return Interval(middle, middle - half, middle + half)


def ratio(above: Sequence[float], below: Sequence[float]) -> Interval:
    """The geometric mean of the ratios of pairs."""
    logs = mean([math.log(a / b) for a, b in zip(above, below, strict=True)])
    return Interval(*(math.exp(value) for value in (logs.mean, logs.low, logs.high)))


def typical(values: Sequence[float]) -> Interval:
    """The geometric mean."""
    return ratio(values, [1.0] * len(values))


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """The exponent b of y = a x^b through these points. ValueError for fewer than two."""
    if len(x) < 2:
        raise ValueError("an exponent needs two sizes")
    return statistics.linear_regression([math.log(v) for v in x], [math.log(v) for v in y]).slope
