"""Does a sample stand for its area? `python -m benchmarks.scale.area [--worlds 8] [--people 10000,30000] [--area bnssg] [--record]`

Worlds of priors of one area, five years, three policies, at several numbers of adults and the whole area. Each figure's
mean over the worlds is set beside the whole area's, with a simultaneous 95% interval of each ratio (paired by world, which has
the same organisations at every size; Bonferroni over the table). A size passes where every interval lies in 0.95 to 1.05; where the whole area has none, the
sample must have none; figures under 1 per 10,000 adults are compared from 100,000 adults on. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from benchmarks.record import record, table
from scenarios.running.study import area_list
from sim.columns.start import make_shape
from sim.columns.state import PLACE_SIZE, Shape
from sim.core.engine import run_all
from sim.numbers.levers import BY_NAME, INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.people.population import load_areas
from sim.results.result import MONEY, Measure, Result
from sim.vocabulary import BUDGETS, YEAR

AREA, BURN_IN, WEEKS = "bnssg", 780, 260
BUDGET_TIMES = {"today": 1.0, "no money": 0.0, "five times the money": 5.0}
HEADLINES = {"available": "AVAILABLE", "had in time": "HAD_IN_TIME", "started in time": "STARTED_IN_TIME"}
STOCKS = {"volunteers": 1.0, "paid_mfte": 0.001, "places": 1.0, "groups": 1.0, "organisations": 1.0}
LOW, HIGH, RARE, FROM = 0.95, 1.05, 1.0, 100_000
TOGETHER = 1_000_000  # people


@dataclass(frozen=True)
class Row:
    """One figure of one policy at one size: its mean, and the ratio to the whole area's with its interval."""

    policy: str
    people: int
    figure: str
    mean: float
    whole: float
    ratio: float
    low: float
    high: float

    @property
    def passes(self) -> bool | None:
        """Whether the interval lies inside; None where it is not compared."""
        if self.whole == 0.0:
            return self.mean == 0.0
        if self.figure not in HEADLINES and self.whole < RARE and self.people < FROM:
            return None
        return self.low >= LOW and self.high <= HIGH


def timeline(times: float, burn_in: int) -> Timeline:
    """Today's policy; from the end of the burn-in every payer has `times` as much."""
    after = today_values(1)
    for name in BUDGETS:
        after[INDEX[name]] = BY_NAME[name].today * times
    return Timeline(np.array([0, burn_in]), np.stack([today_values(1), after]))


def shape_of(
    people: int, worlds: range, place: int = PLACE_SIZE, burn_in: int = BURN_IN, weeks: int = WEEKS, area: str = AREA
) -> Shape:
    """So many adults of the area."""
    return make_shape([(d, 0) for d in worlds], area_list([area]), people, place, burn_in, weeks)


def measured(shape: Shape) -> dict[str, dict[str, np.ndarray]]:
    """float64[worlds] by policy and figure; as many worlds at a time as memory holds."""
    many = max(1, TOGETHER // (shape.places * shape.place_size))
    parts = [shape.worlds[first : first + many] for first in range(0, len(shape.worlds), many)]
    found = [_some(replace(shape, worlds=worlds)) for worlds in parts]
    return {
        policy: {name: np.concatenate([one[policy][name] for one in found]) for name in each}
        for policy, each in found[0].items()
    }


def _some(shape: Shape) -> dict[str, dict[str, np.ndarray]]:
    draws = [d for d, _ in shape.worlds]
    lines = [timeline(times, shape.burn_in) for times in BUDGET_TIMES.values()]
    results = run_all(shape, draw_parameters(draws), lines)
    return {name: figures(result) for name, result in zip(BUDGET_TIMES, results, strict=True)}


def figures(result: Result) -> dict[str, np.ndarray]:
    """float64[worlds] of each figure: headlines in per cent, the others per 10,000 adults (and year)."""
    tally, adults = result.tally[:, 0], result.column("adults")[0]
    per = 10_000.0 / adults
    out = {
        name: 100.0 * tally[:, Measure[m]] / np.maximum(1, tally[:, Measure.ELIGIBLE]) for name, m in HEADLINES.items()
    }
    years = result.shape.weeks / YEAR
    out["starts"] = result.column("n_started").sum(axis=0) * per / years
    out |= {name: result.column(name).mean(axis=0) * times * per for name, times in STOCKS.items()}
    out["spending"] = sum(result.column(name).sum(axis=0) for name in MONEY) / 100.0 * per / years
    out["reserves"] = reserves(result) * per
    return out


def reserves(result: Result) -> np.ndarray:
    """float64[worlds]: pounds that organisations hold at the end, of this run's part of the area."""
    orgs, n = result.organisations, len(result.shape.areas)
    part, of = np.array([result.shape.scale(a) for a in range(n)]).T
    row = orgs["area_row"].astype(int)
    share = np.where(orgs["place"] < 0, (part / of)[row % n], 1.0)
    return np.bincount(row, orgs["cash"] * share / 100.0, len(result.shape.worlds) * n)


def compared(
    samples: dict[int, dict[str, dict[str, np.ndarray]]], whole: dict[str, dict[str, np.ndarray]]
) -> list[Row]:
    """Every figure of every policy and size beside the whole area's."""
    many = sum(len(figures) for found in samples.values() for figures in found.values())
    z = NormalDist().inv_cdf(1.0 - 0.05 / (2 * many))
    return [
        _row(policy, people, name, values, whole[policy][name], z)
        for people, found in samples.items()
        for policy, each in found.items()
        for name, values in each.items()
    ]


def _row(policy: str, people: int, name: str, one: np.ndarray, all_: np.ndarray, z: float) -> Row:
    """The ratio of means, its interval by the spread of `one - ratio * all` over paired worlds."""
    mean, base = float(one.mean()), float(all_.mean())
    if base == 0.0:
        return Row(policy, people, name, mean, base, float("nan"), float("nan"), float("nan"))
    ratio = mean / base
    half = z * float((one - ratio * all_).std(ddof=1)) / len(one) ** 0.5 / abs(base)
    return Row(policy, people, name, mean, base, ratio, ratio - half, ratio + half)


def said(rows: list[Row]) -> list[str]:
    """The result in lines of Markdown."""
    words = {True: "inside", False: "**outside**", None: "too rare"}
    cells = [
        [
            row.policy,
            f"{row.people:,}",
            row.figure.replace("_", " "),
            f"{row.mean:.3g}",
            f"{row.whole:.3g}",
            f"{row.ratio:.3f} ({row.low:.3f} to {row.high:.3f})",
            words[row.passes],
        ]
        for row in rows
    ]
    return table(["policy", "adults", "figure", "sample", "whole", "ratio", "0.95 to 1.05"], cells)


def main(argv: list[str]) -> None:
    """Run and print, and record it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--people", default="10000,30000")
    parser.add_argument("--area", default=AREA)
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args(argv)
    worlds, sizes = range(asked.worlds), [int(n) for n in asked.people.split(",")]
    where = area_list([asked.area])[0]
    samples = {people: measured(shape_of(people, worlds, area=asked.area)) for people in sizes}
    all_ = measured(shape_of(int(load_areas().adults[where]), worlds, area=asked.area))
    about = f"{load_areas().short_name[where]}, {load_areas().adults[where]:,} adults; {asked.worlds} worlds of priors."
    lines = [about, "", *said(compared(samples, all_))]
    print("\n".join(lines))
    if asked.record:
        record("area scale", "python -m benchmarks.scale.area " + " ".join(argv), lines)


if __name__ == "__main__":
    main(sys.argv[1:])
