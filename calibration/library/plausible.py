"""Plausible today: the baseline, untuned, beside the figures that life could check.

Which figures, and how far off is too far, was written down before this table was first made: a figure's
tolerance follows from its standard error and discrepancy in the library. Rows held back for the
calibration are not shown here, so that nothing can be tuned to them by way of this table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from calibration.library.evidence_record import Evidence
from calibration.library.statistics import measure
from sim.results.result import Result
from sim.results.summary import Interval, interval

TOLERANCES = 2.0
"""A figure is met when it lies within so many of its own standard deviations of the median."""
CHECKED: dict[str, tuple[str, ...]] = {
    "used_last_year": (),
    "offered_of_asked": (),
    "take_up_when_offered": ("ref_csp_uptake", "ref_becca_matched"),
    "volunteer_retention_26_weeks": ("sup_ndps_ret6",),
    "volunteer_retention_52_weeks": ("sup_ndps_ret12", "sup_ndps_ret12_printed"),
    "groups_closed_in_54_months": ("sup_group_median_life",),
    "groups_closed_in_3_years": ("sup_group_closed3",),
    "members_per_group": ("sup_group_size",),
    "membership_months": ("sup_membership_len",),
    "groups_closed_for_attendance": ("sup_close_attendance",),
}
"""Statistics that life could check, with the published figures for each; none where none was found."""
NEAREST: dict[str, tuple[str, ...]] = {
    "used_last_year": ("dem_selfhelp_year_us",),
    "offered_of_asked": ("sup_wait_weeks",),
}
"""Where no figure measures the same thing: what comes nearest, for the reader and not for a verdict."""
NO_FIGURE = "no published figure"
NOTE = (
    "The makers knew the model's levels before they wrote these tolerances down. So this is a check of what was built, not"
    " a blind test. Nothing was tuned to it beyond the ranges of the sources."
)


@dataclass(frozen=True)
class Check:
    """One figure beside the model. off: model less figure; sds: that over the figure's tolerance sd; NaN without one."""

    statistic: str
    id: str
    figure: float
    sd: float
    model: Interval
    off: float
    sds: float
    verdict: str


def compare(result: Result, rows: Mapping[str, Evidence]) -> list[Check]:
    """Every checked statistic of an untuned run beside each of its figures."""
    found = []
    for statistic, ids in CHECKED.items():
        model = interval(measure(result, statistic))
        found += [_check(statistic, rows[id_], model) for id_ in ids]
        if not ids:
            found.append(Check(statistic, "", math.nan, math.nan, model, math.nan, math.nan, NO_FIGURE))
    return found


def _check(statistic: str, row: Evidence, model: Interval) -> Check:
    sd = math.sqrt(row.se**2 + row.discrepancy**2)
    off = model.median - row.value
    verdict = (
        "not counted in this run" if math.isnan(off) else "within" if abs(off) <= TOLERANCES * sd else "too far off"
    )
    return Check(statistic, row.id, row.value, sd, model, off, off / sd, verdict)
