"""One published figure as a record: roles, grades, kinds of standard error."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("input", "target", "validation", "context")


GRADES = ("published", "derived", "recalled", "judgement")


SE_KINDS = ("printed", "computed", "judged")


@dataclass(frozen=True)
class Evidence:
    """One published figure. Numbers are in `unit`, NaN where there is none.

    `se_kind` says whether the standard error was printed, computed from printed counts, or judged.
    `group`: rows of one survey share errors. `informs`: parameters that rest on the row, or learn from it.
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
    file: str = ""
    line: int = 0

    @property
    def fitted_or_held(self) -> bool:
        """Whether the simulator measures it."""
        return self.role in ("target", "validation")
