"""Simulation-based calibration of the toy with a known posterior. `python benchmarks/ranks.py [data sets]`

Prints the result in words, and that of the control that leaves the simulator's noise and the emulator's
error out of the likelihood and must fail. 1,000 data sets unless told.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from calibration.rank_check import rank_check
from calibration.toys import line
from calibration.waves import Settings


def main(sets: int) -> None:
    """Run and print both."""
    toy, settings = line(), Settings(points=150, replicates=4, particles=400, process=False)
    with tempfile.TemporaryDirectory() as folder:
        for noisy, words in ((True, "as shipped"), (False, "control, noise left out")):
            found = rank_check(
                toy.simulator, toy.priors, toy.targets, settings, Path(folder), sets=sets, noisy=noisy
            )
            print(f"{words}: {found.sentence()}")
            print("  values outside the band:", dict(zip(found.names, found.outside.tolist(), strict=True)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
