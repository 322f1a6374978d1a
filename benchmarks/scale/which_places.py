"""Is a sample small, or of the wrong neighbourhoods? `python -m benchmarks.scale.which_places [--people 10000] [--worlds 60] [--area stw]`

A sample takes the first neighbourhoods of an area's order, which begins in the middle of deprivation. Here the same worlds of priors
have them moved along that order by so many fifths of it. Where the mean over the moves differs from the usual sample,
its neighbourhoods are part of why it differs from its area (`benchmarks/scale/area.py`). Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from benchmarks.record import table
from benchmarks.scale.area import figures, shape_of, timeline
from sim.core.engine import run_all
from sim.numbers.parameters import draw_parameters
from sim.people import population

MOVES = (0.0, 0.2, 0.4, 0.6, 0.8)
USUAL = population.place_ranks.__wrapped__


def ranks(by: float, places: int) -> np.ndarray:
    """int64[places]: as `place_ranks`, moved along the order by a share of it."""
    return (USUAL(places) + round(by * places)) % places


def at(by: float, people: int, worlds: int, area: str) -> dict[str, np.ndarray]:
    """float64[worlds] by figure, under today's policy, of a sample whose neighbourhoods are moved."""
    population.place_ranks = lambda places: ranks(by, places)  # type: ignore[assignment]
    shape = shape_of(people, range(worlds), area=area)
    return figures(run_all(shape, draw_parameters([d for d, _ in shape.worlds]), [timeline(1.0, shape.burn_in)])[0])


def main(argv: list[str]) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--worlds", type=int, default=60)
    parser.add_argument("--area", default="stw")
    asked = parser.parse_args(argv)
    found = [at(by, asked.people, asked.worlds, asked.area) for by in MOVES]
    rows = []
    for name in found[0]:
        by_move = np.array([one[name] for one in found])
        usual = by_move[0].mean()
        more = (by_move.mean(axis=0) - by_move[0]) / usual
        twice = 2.0 * more.std(ddof=1) / len(more) ** 0.5
        rows.append(
            [name, *(f"{moved.mean() / usual - 1:+.1%}" for moved in by_move[1:]), f"{more.mean():+.1%} ± {twice:.1%}"]
        )
    print(
        "\n".join(
            table(["figure", *(f"moved by {by:g}" for by in MOVES[1:]), "mean of all five, two standard errors"], rows)
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
