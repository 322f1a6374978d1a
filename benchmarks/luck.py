"""How much common luck narrows the difference between two policies. `python -m benchmarks.luck [--record]`

For seven policies against today's: the spread (standard deviation over 16 replicates of one parameter
draw) of the difference were the two runs independent, over its spread on the same luck.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.record import record, table
from scenarios.reading.load import load, resolve
from sim.columns.start import make_shape
from sim.core.engine import run_all
from sim.numbers.parameters import draw_parameters
from sim.people.population import load_areas
from sim.results.result import Measure, Result

POLICIES = ("open_door", "more_money", "mutual_groups", "opt_out", "one_team", "online_first", "peers_in_clinics")
AREA, BURN_IN, WEEKS, REPLICATES = 5, 208, 156, 16


def share(result: Result, top: Measure, bottom: Measure) -> np.ndarray:
    """float64[worlds]: one measure over another."""
    return result.tally[:, 0, top] / result.tally[:, 0, bottom]


def measure() -> list[list[str]]:
    """A row for each policy: what it changes, and how far common luck narrows each difference."""
    worlds = [(0, r) for r in range(REPLICATES)]
    shape = make_shape(worlds, [AREA], 10_000, burn_in=BURN_IN, weeks=WEEKS)
    codes = [str(load_areas().code[AREA])]
    lines = [resolve(load(name), codes, BURN_IN) for name in ("today", *POLICIES)]
    today, *others = run_all(shape, draw_parameters([0] * REPLICATES), lines)
    return [
        [load(name).title, *(cell for top, bottom in OUTCOMES for cell in narrowed(today, result, top, bottom))]
        for name, result in zip(POLICIES, others, strict=True)
    ]


OUTCOMES = ((Measure.AVAILABLE, Measure.ELIGIBLE), (Measure.STARTED, Measure.WANTS))


def narrowed(today: Result, other: Result, top: Measure, bottom: Measure) -> list[str]:
    """Mean difference in points, and the spread with independent luck over the spread on the same luck."""
    base, new = share(today, top, bottom), share(other, top, bottom)
    apart, paired = float(np.sqrt(new.var() + base.var())), float((new - base).std())
    return [f"{100 * float((new - base).mean()):+.2f}", f"{apart / paired:.1f}" if paired else "no difference"]


def main() -> None:
    """Measure, tell, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    chosen = parser.parse_args()
    head = ["against today's policy", "availability, points", "ratio", "starts per 100 wants", "ratio"]
    lines = [
        f"{REPLICATES} replicates of the central parameters, 10,000 adults, {WEEKS} weeks after {BURN_IN}.",
        "",
        *table(head, measure()),
    ]
    print("\n".join(lines))
    if chosen.record:
        record("luck", "python -m benchmarks.luck --record", lines)


if __name__ == "__main__":
    main()
