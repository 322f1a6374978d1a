"""Availability along the deprivation fifths by the strength of the gradient, in worlds of the priors.

`python -m benchmarks.who.gradient [--people 30000] [--worlds 12] [--record]`: today's policy at each strength, then the policies of the
behaviour `open_widens_aimed_narrows`, on the same luck. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.record import record, table
from benchmarks.refer.ways import policy
from scenarios.questions.behaviours import AIMED, OPEN
from sim.columns.start import make_shape
from sim.columns.state import BURN_IN_WEEKS
from sim.core.engine import run_all
from sim.numbers.parameters import draw_parameters
from sim.results import equity
from sim.results.outcomes import MAIN, MOST_DEPRIVED, of_group
from sim.results.result import Result
from sim.vocabulary import FIFTHS, YEAR

AREA, WEEKS = 3, 3 * YEAR
STRENGTHS = (-0.2, 0.0, 0.4, 0.8)
ALIKE = {"gradient": 0.0, "group_differences": 0.0, "rural_near": 1.0}
COLUMNS = ("fifth 1 (most deprived)", *(f"fifth {fifth}" for fifth in FIFTHS[1:]), "all", "slope")


def row(title: str, result: Result, reference: Result | None = None) -> list[str]:
    """Points of wants: by fifth, in all, and the slope with two standard errors; against a reference, the slope's change."""
    shares = [100.0 * of_group(result, MAIN, MOST_DEPRIVED + k).mean() for k in range(len(FIFTHS))]
    slope = 100.0 * (equity.slope(result) - (equity.slope(reference) if reference else 0.0))
    error = 2.0 * slope.std(ddof=1) / len(slope) ** 0.5
    change = " against today" if reference else ""
    everyone = 100.0 * of_group(result, MAIN).mean()
    return [title, *(f"{share:.2f}" for share in (*shares, everyone)), f"{slope.mean():+.2f} ± {error:.2f}{change}"]


def lines(people: int, worlds: int, burn_in: int) -> list[str]:
    """The table."""
    draws = list(range(1, worlds + 1))
    shape = make_shape([(draw, 0) for draw in draws], [AREA], people, burn_in=burn_in, weeks=WEEKS)
    today, rows = policy({}, burn_in), []
    for title, fixed in {
        "0, people and places alike": ALIKE,
        **{f"{strength:g}": {"gradient": strength} for strength in STRENGTHS},
    }.items():
        steep = fixed == {"gradient": max(STRENGTHS)}
        timelines = [today, *(policy(levers, burn_in) for levers in (OPEN, AIMED) if steep)]
        runs = run_all(shape, draw_parameters(draws, fixed), timelines)
        rows.append(row(title, runs[0]))
        more = zip(("open to all", "aimed"), runs[1:], strict=False)
        rows += [row(f"{title}, {name}", result, runs[0]) for name, result in more]
    return table(["gradient", *COLUMNS], rows)


def main(argv: list[str]) -> int:
    """Run and print; `--record` writes the block of the page."""
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--people", type=int, default=30_000)
    said.add_argument("--worlds", type=int, default=12)
    said.add_argument("--burn-in", type=int, default=BURN_IN_WEEKS)
    said.add_argument("--record", action="store_true")
    asked = said.parse_args(argv)
    found = lines(asked.people, asked.worlds, asked.burn_in)
    print("\n".join(found))
    if asked.record:
        record("gradient", "python -m benchmarks.who.gradient " + " ".join(a for a in argv if a != "--record"), found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
