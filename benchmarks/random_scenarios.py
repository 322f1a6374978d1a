"""Random scenarios in both engines, new ones at every run. `python -m benchmarks.random_scenarios [--minutes 5] [--record]`

Draws from the generator of `tests/sim/test_random_histories.py` until the time is over; exit code 1 at the first difference.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent / "tests" / room) for room in ("helpers", "sim")]

from histories import both, first_difference  # noqa: E402
from test_random_histories import scenarios  # noqa: E402

from benchmarks.record import record  # noqa: E402
from sim.vocabulary import Event  # noqa: E402


def main() -> int:
    """Draw, compare, tell, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--record", action="store_true")
    chosen = parser.parse_args()
    until, n, events, kinds = time.monotonic() + 60 * chosen.minutes, 0, 0, set()
    warnings.simplefilter("ignore")  # Hypothesis would rather draw inside its own tests
    while time.monotonic() < until:
        scenario = scenarios().example()
        one, other = both(**scenario)
        n, events = n + 1, events + len(one.events)
        kinds |= set(one.events[:, 2].tolist())
        print(f"{n} scenarios, {events} events", end="\r", file=sys.stderr, flush=True)
        if difference := first_difference(one, other):
            print(f"DIFFERS: {scenario}\n{difference}")
            return 1
    never = ", ".join(e.name for e in Event if e not in kinds) or "none"
    lines = [
        f"{n:,} random scenarios, {events:,} events compared, no difference. Kinds of event that never happened: {never}."
    ]
    print("\n" + lines[0])
    if chosen.record:
        record(
            "random scenarios", f"python -m benchmarks.random_scenarios --minutes {chosen.minutes:g} --record", lines
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
