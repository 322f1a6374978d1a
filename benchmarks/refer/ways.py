"""What ways of referring move, in worlds of the priors. `python -m benchmarks.refer.ways [--record]`

Each policy from the end of the burn-in for three years, on the same luck as today's: all six professional routes shut, prompts and
opt-out at each contact, peers in clinics; alone, and beside ten times the money. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from benchmarks.record import record, table
from sim.columns.start import make_shape
from sim.columns.state import BURN_IN_WEEKS
from sim.core.engine import run_all
from sim.numbers.levers import BY_NAME, INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.results.counts import weekly_total
from sim.results.outcomes import OUTCOMES
from sim.results.result import Result
from sim.vocabulary import BUDGETS, MODES, ROUTES, YEAR

AREA, WEEKS = 3, 3 * YEAR
MONEY = {name: 10.0 * BY_NAME[name].today for name in BUDGETS}
SHUT = dict.fromkeys(ROUTES, 0.0)
POLICIES: dict[str, dict[str, float]] = {
    "all six routes shut": SHUT,
    **{f"{mode} {word}": {mode: n} for mode in MODES for n, word in ((1, "prompted"), (2, "opt_out"))},
    "peers in 40% of clinics": {"peers_in_clinics": 0.4},
    "peers in all clinics": {"peers_in_clinics": 1.0},
}
SHARES = ("available", "had_in_time", "started_in_time")
COUNTS = ("n_put_forward", "n_offered", "n_started")


def policy(levers: dict[str, float], burn_in: int) -> Timeline:
    """Today's policy; from the end of the burn-in these levers."""
    after = today_values(1)
    for name, value in levers.items():
        after[INDEX[name]] = value
    return Timeline(np.array([0, burn_in]), np.stack([today_values(1), after]))


def read(result: Result, adults: int) -> np.ndarray:
    """float64[figures, worlds]: points of wants, then events per 10,000 adults a year."""
    shares = [100.0 * one.worlds(result) for name in SHARES for one in OUTCOMES if one.name == name]
    per = 10_000.0 / adults * YEAR / WEEKS
    return np.stack([*shares, *(weekly_total(result, name).sum(axis=0) * per for name in COUNTS)])


def lines(people: int, worlds: int, burn_in: int) -> list[str]:
    """The table: means over worlds and, against the policy without, their differences with two standard errors."""
    draws = list(range(1, worlds + 1))
    shape = make_shape([(draw, 0) for draw in draws], [AREA], people, burn_in=burn_in, weeks=WEEKS)
    cases = {
        (title, name): more | levers
        for title, more in (("", {}), ("money x 10, ", MONEY))
        for name, levers in {"": {}, **POLICIES}.items()
    }
    runs = run_all(shape, draw_parameters(draws), [policy(levers, burn_in) for levers in cases.values()])
    found = {case: read(result, shape.people // worlds) for case, result in zip(cases, runs, strict=True)}
    rows = []
    for (title, name), figures in found.items():
        change = figures - found[title, ""] if name else figures
        error = 2.0 * change.std(axis=1, ddof=1) / worlds**0.5
        said = [f"{m:+.2f} ± {e:.2f}" if name else f"{m:.2f}" for m, e in zip(change.mean(axis=1), error, strict=True)]
        rows.append([title + (name or "today's referral"), *said])
    return table(["policy", *SHARES, *COUNTS], rows)


def main(argv: list[str]) -> int:
    """Run and print; `--record` writes the block of the page."""
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--people", type=int, default=30_000)
    said.add_argument("--worlds", type=int, default=6)
    said.add_argument("--burn-in", type=int, default=BURN_IN_WEEKS)
    said.add_argument("--record", action="store_true")
    asked = said.parse_args(argv)
    found = lines(asked.people, asked.worlds, asked.burn_in)
    print("\n".join(found))
    if asked.record:
        record("referral", "python -m benchmarks.refer.ways " + " ".join(a for a in argv if a != "--record"), found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
