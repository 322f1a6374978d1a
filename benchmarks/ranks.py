"""Simulation-based calibration of toys. `python benchmarks/ranks.py [data sets] [--twelve] [--seeds N]`

Without options: the toy with a known posterior, in words, and the control that leaves the simulator's noise and the
emulator's error out of the likelihood and must fail; 1,000 data sets unless told. `--twelve`: the toy with twelve
parameters, two of which nothing measures, once for each of `--seeds` seeds, each with its own bank of runs, emulator
and data sets; then all together.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from calibration.fit.rank_check import RankCheck, rank_check, summarise
from calibration.fit.toys import line, twelve
from calibration.fit.waves import Settings

SETTINGS = Settings(points=150, replicates=4, particles=400, process=False)
TWELVE = Settings(points=180, replicates=3, particles=400)


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("sets", nargs="?", type=int, default=1000)
    options.add_argument("--twelve", action="store_true")
    options.add_argument("--seeds", type=int, default=5)
    asked = options.parse_args()
    if asked.twelve:
        several(asked.sets, asked.seeds)
    else:
        known(asked.sets)


def known(sets: int) -> None:
    """The toy with a known posterior, and its control."""
    toy = line()
    for noisy, words in ((True, "as shipped"), (False, "control, noise left out")):
        tell(words, rank_check(toy.simulator, toy.priors, toy.targets, SETTINGS, sets=sets, noisy=noisy))


def several(sets: int, seeds: int) -> None:
    """The toy with twelve parameters under several seeds, and all together."""
    toy, ranks = twelve(), []
    for seed in range(1, seeds + 1):
        found = rank_check(toy.simulator, toy.priors, toy.targets, replace(TWELVE, seed=seed), sets=sets)
        tell(f"seed {seed}", found)
        ranks.append(found.ranks)
    tell(f"{seeds} seeds together", summarise(toy.priors.names, np.concatenate(ranks), found.level))


def tell(words: str, found: RankCheck) -> None:
    """One result in words, with each parameter's coverage."""
    print(f"{words}: {found.sentence()}")
    print("  values outside the band:", dict(zip(found.names, found.outside.tolist(), strict=True)))
    print(
        "  90% intervals held:", dict(zip(found.names, found.covered[0.9].round(2).tolist(), strict=True)), flush=True
    )


if __name__ == "__main__":
    main()
