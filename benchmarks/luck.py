"""How much common luck narrows the difference between two policies. `python benchmarks/luck.py`

For seven policies against today's: the spread (standard deviation over 16 replicates of one parameter
draw) of the difference were the two runs independent, over its spread on the same luck.
"""

from __future__ import annotations

import numpy as np

from scenarios.load import load, resolve
from sim.core.engine import run_all
from sim.parameters import draw_parameters
from sim.population import load_areas
from sim.result import Measure, Result
from sim.start import make_shape

POLICIES = ("open_door", "more_money", "mutual_groups", "opt_out", "one_team", "online_first", "peers_in_clinics")
AREA, BURN_IN, WEEKS, REPLICATES = 5, 208, 156, 16


def share(result: Result, top: Measure, bottom: Measure) -> np.ndarray:
    """float64[worlds]: one measure over another."""
    return result.tally[:, 0, top] / result.tally[:, 0, bottom]


def main() -> None:
    """Print a row for each policy and outcome."""
    worlds = [(0, r) for r in range(REPLICATES)]
    shape = make_shape(worlds, [AREA], 10_000, burn_in=BURN_IN, weeks=WEEKS)
    codes = [str(load_areas().code[AREA])]
    lines = [resolve(load(name), codes, BURN_IN) for name in ("today", *POLICIES)]
    today, *others = run_all(shape, draw_parameters([0] * REPLICATES), lines)
    pairs = (("availability", Measure.AVAILABLE, Measure.ELIGIBLE), ("starts per want", Measure.STARTED, Measure.WANTS))
    for label, top, bottom in pairs:
        base = share(today, top, bottom)
        for name, result in zip(POLICIES, others, strict=True):
            other = share(result, top, bottom)
            apart = float(np.sqrt(other.var() + base.var()))
            paired = float((other - base).std())
            print(f"{label:<16} {name:<18} difference {float((other - base).mean()):+.3f}  apart {apart:.4f}  "
                  f"paired {paired:.4f}  ratio {apart / paired:5.2f}")


if __name__ == "__main__":
    main()
