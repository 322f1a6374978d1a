"""Mutual groups under today's policy, in worlds drawn from all priors, beside the published figures that they stand for.

`python -m benchmarks.scale.groups [--worlds 12]`: 10,000 adults a world, five years. Nothing is asserted here.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.record import table
from calibration.library.statistics import find, measure
from sim.columns.start import make_shape
from sim.core import engine
from sim.numbers.levers import Timeline, today_values
from sim.numbers.parameters import draw_parameters

AREA, PEOPLE, WEEKS = 5, 10_000, 260
BESIDE = {
    "members_per_group": "sup_group_size",
    "groups_small": "",
    "group_chairs_empty": "",
    "membership_months": "sup_membership_len",
    "groups_closed_for_attendance": "sup_close_attendance",
    "groups_closed_for_organisers": "sup_close_leader",
    "groups_closed_in_3_years": "sup_group_closed3",
    "groups_closed_in_54_months": "sup_group_median_life",
    "groups_per_10k": "",
}
"""Statistics, and the rows of the library that measure the same."""


def said(worlds: int) -> list[str]:
    """The figures in lines of Markdown: mean over worlds, lowest and highest."""
    draws = list(range(worlds))
    shape = make_shape([(draw, 0) for draw in draws], [AREA], PEOPLE, weeks=WEEKS)
    result = engine.run(shape, draw_parameters(draws), Timeline(np.array([0]), today_values(1)[None]))
    lines = []
    for name, row in BESIDE.items():
        each = measure(result, name)
        lines.append([name, find(name).unit, *(f"{f(each):.2f}" for f in (np.nanmean, np.nanmin, np.nanmax)), row])
    return table(["statistic", "unit", "mean", "lowest world", "highest world", "row of the library"], lines)


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=12)
    print("\n".join(said(parser.parse_args().worlds)))


if __name__ == "__main__":
    main()
