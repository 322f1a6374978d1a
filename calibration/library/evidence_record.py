"""One published figure as a record: roles, grades, kinds of standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

ROLES = ("input", "target", "validation", "context")


GRADES = ("published", "derived", "recalled", "judgement")


SE_KINDS = ("printed", "computed", "judged")


BOUNDS = ("", "lower", "upper")
BOUND_WORDS = dict(zip(BOUNDS, ("", "at least ", "at most "), strict=True))


@dataclass(frozen=True)
class Evidence:
    """One published figure. Numbers are in `unit`, NaN where there is none.

    `se_kind` says whether the standard error was printed, computed from printed counts, or judged.
    `group`: rows of one survey share errors. `informs`: parameters that rest on the row, or learn from it.
    `of`: how many were counted (people, groups, awards; of a rate, the exposure in the rate's own unit), and `count`:
    how many of them it was. With them the figure's noise is that of its counts. `people`: adults of the place that the
    figure speaks of; the luck of a larger place is smaller.
    `doi`: DOI, or PMC or PMID number, of what was read; `n`: how many people (groups, referrals) the figure is of.
    `bound`: "lower" or "upper" where the source says at least, or at most; such a row is compared as a bound, never as a figure.
    `why`: why the row has its role, in a sentence.
    """

    id: str
    role: str
    statistic: str
    quantity: str
    value: float
    low: float
    high: float
    se: float
    se_kind: str
    unit: str
    population: str
    year: str
    source: str
    reference: str
    grade: str
    discrepancy: float
    discrepancy_reason: str
    group: str
    rival_set: str
    informs: tuple[str, ...]
    remark: str
    count: float = math.nan
    of: float = math.nan
    people: float = math.nan
    doi: str = ""
    n: float = math.nan
    bound: str = ""
    why: str = ""
    file: str = ""
    line: int = 0

    @property
    def fitted_or_held(self) -> bool:
        """Whether the simulator measures it."""
        return self.role in ("target", "validation")

    @property
    def counted(self) -> tuple[float, float] | None:
        """(how many it was, of how many), the first from the share where only the second was printed; None for neither."""
        if math.isnan(self.of):
            return None
        return (self.count if math.isfinite(self.count) else round(self.value * self.of)), self.of
