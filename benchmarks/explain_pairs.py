"""Whether `explain` adds up on random pairs of scenarios, with the real model. `python -m benchmarks.explain_pairs [--record]`

Each side moves three levers drawn from all, to values drawn from all they may have. Measured: how far the levers' shares
are from the change, world by world, and the gates from nothing. `pytest -m statistical tests/scenarios/questions/test_explain.py` asserts it.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.record import record
from scenarios.questions.explain import Ledger, by_gate, explain
from scenarios.reading.load import load, with_settings
from scenarios.reading.scenario import Scenario
from scenarios.running.study import Study
from sim.numbers.levers import CHOICES, LEVERS, Lever

PAIRS, MOVED, MOST_SHARE = 50, 3, 0.4
"""Pairs; levers moved on each side; shares stay low, for some may not add to more than one."""
TINY = Study((22,), people=1_000, draws=2, weeks=40, burn_in=8, place_size=1_000)


def setting(lever: Lever, rng: np.random.Generator) -> str:
    """lever=value, anything that the lever may have."""
    if lever.choice:
        return f"{lever.name}={rng.choice(CHOICES[lever.choice])}"
    if lever.unit == "0 or 1":
        return f"{lever.name}={rng.integers(2)}"
    high = min(MOST_SHARE, lever.high) if lever.name.endswith("_share") else lever.high
    return f"{lever.name}={lever.low + (high - lever.low) * rng.random():.4f}"


def random_pair(number: int) -> tuple[Scenario, Scenario]:
    """Today's policy, three levers moved on each side."""
    rng = np.random.default_rng(number)
    one, two = (
        with_settings(load("today"), [setting(LEVERS[i], rng) for i in rng.choice(len(LEVERS), MOVED, replace=False)])
        for _ in range(2)
    )
    return one, two


def apart(number: int) -> tuple[Ledger, float, float]:
    """(the ledger, how far its shares are from the change in the worst world, how far the gates are from nothing)."""
    ledger, first, second = explain(*random_pair(number), TINY, "available", workers=1, each=True)
    by_lever = np.nanmax(np.abs(np.sum([share.per_world for share in ledger.shares], axis=0) - ledger.change))
    return ledger, float(by_lever), abs(sum(change for _, change in by_gate(first, second)))


def main() -> None:
    """Measure, tell, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    chosen = parser.parse_args()
    found = [apart(number) for number in range(PAIRS)]
    moved = sum(bool(np.any(ledger.change != 0)) for ledger, _, _ in found)
    lines = [
        f"{PAIRS} random pairs, {MOVED} levers moved on each side, {TINY.people:,} adults, {TINY.draws} worlds, {TINY.weeks} weeks; "
        f"{sum(ledger.runs for ledger, _, _ in found):,} runs. Availability changed in {moved} of them.",
        "",
        f"- levers' shares less the change, worst world of all pairs: {max(one for _, one, _ in found):.1e} (a share of wants)",
        f"- changes by gate, added up, worst pair: {max(two for _, _, two in found):.1e} of 100 wants",
    ]
    print("\n".join(lines))
    if chosen.record:
        record("explain pairs", "python -m benchmarks.explain_pairs --record", lines)


if __name__ == "__main__":
    main()
