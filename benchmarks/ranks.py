"""Simulation-based calibration of toys. `python benchmarks/ranks.py [data sets] [--twelve] [--seeds N] [--many] [--waves] [--widths]`

Without options: the toy with a known posterior, in words, and the control that leaves the simulator's noise and the
emulator's error out of the likelihood and must fail; 1,000 data sets unless told. `--twelve`: the toy with twelve
parameters, two of which nothing measures, once for each of `--seeds` seeds, each with its own bank of runs, emulator
and data sets; then all together. `--many`: four free parameters and thirty carried along, with two outputs, likewise;
beside them the ranks that the exact posterior has of the same truths and data.
`--waves`: the whole procedure, up to three waves with their gate and region anew for each data set, on the toy with a
known posterior. `--widths`: posterior sd of each fitted output of `--many` over the exact one, for a few data sets, and
for its control, in which those carried along count as luck; `--first N` begins with another data set, so that parts can be made side by side.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import numpy as np

from calibration.fit.bank import run_rows
from calibration.fit.rank_check import RankCheck, beside_exact, rank_check, summarise, whole_rank_check
from calibration.fit.simulator import make_seeds
from calibration.fit.toys import (
    CARRIED,
    FREE,
    MANY_SLOPES,
    Toy,
    line,
    many,
    many_observed,
    many_places,
    many_posterior,
    twelve,
)
from calibration.fit.waves import Settings, search

SETTINGS = Settings(points=150, replicates=4, particles=400, process=False)
TWELVE = Settings(points=180, replicates=3, particles=400)
MANY = Settings(points=400, replicates=3, particles=1_000, process=False)
WAVES = Settings(points=100, replicates=4, particles=400, process=False)


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("sets", nargs="?", type=int, default=1000)
    options.add_argument("--twelve", action="store_true")
    options.add_argument("--many", action="store_true")
    options.add_argument("--waves", action="store_true")
    options.add_argument("--widths", action="store_true")
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--seeds", type=int, default=5)
    asked = options.parse_args()
    if asked.twelve:
        several(asked.sets, asked.seeds)
    elif asked.many:
        carried(asked.sets, asked.seeds)
    elif asked.waves:
        whole(asked.sets, asked.first)
    elif asked.widths:
        widths(asked.sets, asked.first)
    else:
        known(asked.sets)


def carried(sets: int, seeds: int) -> None:
    """The toy with thirty parameters carried along, two of its statistics as outputs, beside its exact posterior; and its
    control. Each seed has its own bank, emulator, truths and data."""
    toy, made = many(np.zeros(6)), {}
    for noisy, words in ((True, "as shipped"), (False, "control, noise left out")):
        for seed in range(1, seeds + 1):
            settings = replace(MANY, seed=seed)
            made[noisy, seed] = rank_check(
                toy.simulator, toy.priors, toy.targets, settings, outputs=("s0", "s5"), sets=sets, noisy=noisy
            )
            tell(f"{words}, seed {seed}", made[noisy, seed])
            tell_exact(toy, [made[noisy, seed]])
        mine = [made[noisy, seed] for seed in range(1, seeds + 1)]
        tell(f"{words}, {seeds} seeds together", together(mine))
        tell_exact(toy, mine)


def together(found: list[RankCheck]) -> RankCheck:
    """Ranks of several seeds as those of one check."""
    return summarise(found[0].names, np.concatenate([one.ranks for one in found]), found[0].level)


def tell_exact(toy: Toy, found: list[RankCheck]) -> None:
    """The exact posterior's ranks of the same truths and data; a data set with a figure refused has another one."""
    whole = [one for one in found if one.ids == toy.targets.ids and one.truth is not None and one.data is not None]
    if whole:
        places = np.concatenate([many_places(toy.priors.values(one.truth), one.data) for one in whole])  # type: ignore[arg-type]
        both = beside_exact(together(whole), places)
        bad = {name: int(out) for name, out in zip(both.exact.names, both.exact.outside, strict=True) if out}
        print(
            f"  the exact posterior on the same data: values outside the band {bad or 'none'}; ranks less exact ones: "
        )
        print(
            f"  mean {both.apart.mean():+.4f}, largest {both.worst:.1f} standard errors, of {len(places)} sets",
            flush=True,
        )


def widths(sets: int, first: int) -> None:
    """Posterior sds over exact ones, of the joint posterior and of its control."""
    for number in range(first, first + sets):
        y = many_observed(number)
        exact = many_posterior(y)[1]
        for joint, words in ((True, "joint"), (False, "cut")):
            print(number, words, (outputs_of(many(y, joint), number).std(axis=0) / exact).round(2).tolist(), flush=True)


def outputs_of(toy: Toy, number: int) -> np.ndarray:
    """float64[draws, 6]: each statistic's mean at posterior draws; what a control leaves out is drawn from its prior."""

    def run(what: str, units: np.ndarray, wave: int, replicates: int) -> np.ndarray:
        return run_rows(toy.simulator, toy.priors.values(units), make_seeds(number, wave, len(units), replicates))

    settings = replace(MANY, seed=number + 1, particles=2_000, most_waves=1)
    found = search(toy.simulator, toy.priors, toy.targets, settings, run, lambda *told: None)[2]
    x = toy.priors.values(found.units)
    if x.shape[1] < FREE + CARRIED:
        x = np.hstack([x, np.random.default_rng(number).standard_normal((len(x), CARRIED))])
    return x @ MANY_SLOPES.T


def whole(sets: int, first: int) -> None:
    """The whole procedure on the toy with a known posterior."""
    toy = line()

    def said(what: str, done: int, of: int) -> None:
        if done % 100 == 0:
            print(f"{done} of {of} {what}", file=sys.stderr, flush=True)

    found = whole_rank_check(toy.simulator, toy.priors, toy.targets, WAVES, sets=sets, first=first, progress=said)
    tell("all waves", found)


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
        ranks.append(found)
    tell(f"{seeds} seeds together", together(ranks))


def tell(words: str, found: RankCheck) -> None:
    """One result in words, with each parameter's coverage."""
    print(f"{words}: {found.sentence()}")
    bad = {name: int(out) for name, out in zip(found.names, found.outside, strict=True) if out}
    print(f"  values outside the band: {bad or 'none'}")
    print(
        "  90% intervals held:", dict(zip(found.names, found.covered[0.9].round(2).tolist(), strict=True)), flush=True
    )


if __name__ == "__main__":
    main()
