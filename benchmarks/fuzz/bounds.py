"""Does any loop read or write beyond a column? `python -m benchmarks.fuzz.bounds [--people 400] [--weeks 120] [--record]`

Every harsh policy runs to its end with bounds checked (numba compiles the engine anew, which takes minutes), and again as
usual. What the two count must be the same to the last bit. `--record` writes it into docs/evidence_of_correctness.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

from benchmarks.record import ROOT, record


def digest(people: int, weeks: int, **settings: str) -> tuple[str, float]:
    """(what a process of its own counts, its minutes). Raises CalledProcessError where a loop leaves a column."""
    command = [sys.executable, str(ROOT / "tests" / "helpers" / "digest.py"), str(people), str(weeks)]
    begun = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=os.environ | settings)
    return done.stdout.strip(), (time.monotonic() - begun) / 60


def main() -> int:
    """Run both, tell, record. 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=400, help="adults of each area; each policy has one")
    parser.add_argument("--weeks", type=int, default=120)
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        checked, minutes = digest(asked.people, asked.weeks, NUMBA_BOUNDSCHECK="1", PEERSCALE_COMPILED=kept)
    same = checked == digest(asked.people, asked.weeks)[0]
    lines = [
        f"Every harsh policy in an area of {asked.people:,} adults, for {asked.weeks} weeks, everybody traced.",
        "No index left its column. "
        + ("The bits are those of a usual run." if same else "OTHER BITS than a usual run's."),
        f"With compiling it took {minutes:.0f} minutes.",
    ]
    print("\n".join(lines))
    if asked.record and same:
        record(
            "bounds", f"python -m benchmarks.fuzz.bounds --people {asked.people} --weeks {asked.weeks} --record", lines
        )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
