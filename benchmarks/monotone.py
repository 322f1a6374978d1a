"""More money and more places: what they do to availability and to waits. `python -m benchmarks.monotone [--record]`

Money: all budgets times 1, 1.5, 2 and 4, twenty seeds of the central parameters; availability, and organisations
that closed. Places: volunteers with half as many places again, on the same luck; who waited longer, and whether
another took the place that was theirs (`sim.results.displacement`). Nothing is asserted here (`pytest -m statistical` does).
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from benchmarks.record import record, table
from sim.columns.start import make_shape
from sim.core.engine import run, run_all
from sim.numbers.levers import BY_NAME, INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.results.displacement import Displacement, displaced
from sim.results.result import Measure, Result
from sim.vocabulary import BUDGETS

AREA, SEEDS, BURN_IN, WEEKS = 5, 20, 208, 208
BUDGET_TIMES = (1.0, 1.5, 2.0, 4.0)


def budgets(times: float) -> Timeline:
    """Today's policy; from the end of the burn-in every payer has `times` as much."""
    after = today_values(1)
    for name in BUDGETS:
        after[INDEX[name]] = BY_NAME[name].today * times
    return Timeline(np.array([0, BURN_IN]), np.stack([today_values(1), after]))


def money_runs(people: int = 10_000) -> list[Result]:
    """A run for each budget, twenty worlds each, on the same luck."""
    shape = make_shape([(0, r) for r in range(SEEDS)], [AREA], people, burn_in=BURN_IN, weeks=WEEKS)
    return run_all(shape, draw_parameters([0] * SEEDS), [budgets(times) for times in BUDGET_TIMES])


def availability(result: Result) -> np.ndarray:
    """float64[seeds] in points."""
    return 100.0 * result.tally[:, 0, Measure.AVAILABLE] / result.tally[:, 0, Measure.ELIGIBLE]


def step(less: Result, more: Result) -> tuple[float, float]:
    """(mean gain in points, its standard error) from one budget to the next, paired by seed."""
    gain = availability(more) - availability(less)
    return float(gain.mean()), float(gain.std(ddof=1) / len(gain) ** 0.5)


def closures(result: Result) -> int:
    """Falls in the number of open organisations, week by week, all worlds added: fewer than closed where others open."""
    change = np.diff(result.column("organisations"), axis=0)
    return int(-change[change < 0].sum())


def said_money(runs: list[Result]) -> list[str]:
    """The result in lines of Markdown."""
    lines = []
    for i, (times, result) in enumerate(zip(BUDGET_TIMES, runs, strict=True)):
        gain, error = step(runs[i - 1], result) if i else (0.0, 0.0)
        lines.append(
            [
                f"x {times:g}",
                f"{availability(result).mean():.2f}",
                f"{gain:+.2f} ± {2 * error:.2f}" if i else "",
                str(closures(result)),
            ]
        )
    return [
        f"{SEEDS} seeds, central parameters, 10,000 adults, four years after {BURN_IN} weeks of burn-in.",
        "",
        *table(
            [
                "budgets",
                "availability, %",
                "against the row above, points (two standard errors)",
                "organisations that closed, all seeds",
            ],
            lines,
        ),
    ]


def place_runs() -> tuple[Result, Result]:
    """Opt-out referral and short support, with the usual caseload of volunteers and with half as much again."""
    shape = make_shape([(0, 0)], [AREA], 20_000, burn_in=104, weeks=156)
    values = today_values(1)
    for name, value in {"mode_contact": 2, "mode_diagnosis": 2, "mode_discharge": 2}.items():
        values[INDEX[name]] = value
    line = Timeline(np.array([0]), values[None])
    usual = float(draw_parameters([0]).volunteer_caseload[0])
    few, more = (run(shape, draw_parameters([0], {"volunteer_caseload": usual * k}), line, [-1]) for k in (1.0, 1.5))
    return few, more


def said_places(found: Displacement) -> list[str]:
    """The result in lines of Markdown."""
    return [
        "20,000 adults, five years, opt-out at contacts; volunteers with half as many places again, the whole model. Counted: "
        "turns in a queue that began alike in both runs (same person, week and organisation).",
        "",
        *table(
            ["turns alike", "sooner", "the same", "longer", "of these, another had taken the place", "unexplained"],
            [[str(n) for n in (found.alike, found.sooner, found.same, found.longer, found.taken, found.unexplained)]],
        ),
        "",
        "With arrivals held (`tests/sim/test_displacement.py`) every longer wait is one whose place another had taken. In the "
        "whole model an unexplained one may be someone whose organisation lost a supporter only in the second run.",
    ]


def main() -> None:
    """Measure, tell, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    chosen = parser.parse_args()
    for name, make in (
        ("money", lambda: said_money(money_runs())),
        ("displacement", lambda: said_places(displaced(*place_runs()))),
    ):
        print(name, "...", file=sys.stderr, flush=True)
        lines = make()
        print("\n".join(lines), "\n")
        if chosen.record:
            record(name, "python -m benchmarks.monotone --record", lines)


if __name__ == "__main__":
    main()
