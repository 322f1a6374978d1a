"""A change of luck is no change of meaning: two checkouts, each with worlds of its own luck, and how far their figures are
apart. `python -m benchmarks.same_meaning --old CHECKOUT [--old-python PYTHON] --out FOLDER [--batches N] [--record]`

Both run the same parameter draws, batch by batch, each in a process of its own with its own code. For every headline and
stock: the mean difference (new less old) as a share of the old level, in 95% intervals that hold all together (the largest
of all t values, by 2,000 multiplier draws over worlds). Those of at least 5 per 10,000 adults are to lie inside 2%. Rarer
ones, and a median that is a whole number of weeks, are to lie inside 5%. Those of fewer than 1 in 100,000 are told, and
held to nothing. Batches that `--out` holds are not run again, so a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

AREA, PEOPLE, BURN_IN, WEEKS, WORLDS = 5, 30_000, 104, 156, 32
POLICIES = ("today", "opt_out")
COMMON, RAREST, WITHIN, RARE_WITHIN = 5.0, 0.1, 0.02, 0.05  # per 10,000 adults; shares of the level
IN_WHOLE_WEEKS = "waited_median_weeks"
PENCE = "_pence"


# ---- one batch of worlds, in whichever checkout PYTHONPATH names


def batch(policy: str, first: int, file: Path) -> None:
    """Run worlds `first` on and keep each headline and each stock by world: float64[worlds] by name."""
    from scenarios.reading.load import load, resolve
    from sim.columns.start import make_shape
    from sim.core.engine import run
    from sim.numbers.parameters import draw_parameters
    from sim.people.population import load_areas
    from sim.results.outcomes import headlines
    from sim.results.result import STOCKS

    draws = range(first, first + WORLDS)
    shape = make_shape([(d, 0) for d in draws], [AREA], PEOPLE, burn_in=BURN_IN, weeks=WEEKS)
    course = resolve(load(policy), [str(load_areas().code[AREA])], BURN_IN)
    result = run(shape, draw_parameters(list(draws)), course)
    figures = {one.name: np.asarray(one.worlds(result), np.float64) for one in headlines()}
    adults = result.column("adults").mean(axis=0)
    stocks = {f"stock {name}": result.column(name).mean(axis=0) / adults * 1e4 for name in STOCKS if name != "adults"}
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, **figures, **stocks)
    os.replace(partial, file)


def run_batch(checkout: Path, python: str, policy: str, first: int, folder: Path) -> None:
    """One batch in a checkout, unless it is there."""
    file = folder / f"{policy}_{first}.npz"
    if file.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    command = [python, __file__, "--batch", policy, str(first), str(file)]
    subprocess.run(command, check=True, cwd=checkout, env=os.environ | {"PYTHONPATH": str(checkout)})


# ---- how far apart


def collected(folder: Path, policy: str, firsts: list[int]) -> dict[str, np.ndarray]:
    """float64[worlds] by name, of all batches."""
    files = [np.load(folder / f"{policy}_{first}.npz") for first in firsts]
    return {name: np.concatenate([file[name] for file in files]) for name in files[0].files}


def intervals(old: dict[str, np.ndarray], new: dict[str, np.ndarray]) -> list[tuple[str, float, float, float, float]]:
    """(name, old level, relative difference, low, high) of each figure, in intervals that hold all together."""
    names = [name for name in old if np.nanmean(np.abs(old[name])) > 0]
    apart = np.stack([new[name] - old[name] for name in names], axis=1)
    there = np.isfinite(apart)
    mean = np.nanmean(np.where(there, apart, np.nan), axis=0)
    centred = np.where(there, apart - mean, 0.0)
    error = np.sqrt((centred**2).sum(axis=0)) / there.sum(axis=0)
    draws = np.random.default_rng(1).standard_normal((2000, len(apart)))
    t = np.abs(draws @ centred) / there.sum(axis=0) / np.where(error > 0, error, np.inf)
    reach = float(np.quantile(t.max(axis=1), 0.95)) * error
    level = np.array([np.nanmean(old[name][np.isfinite(old[name])]) for name in names])
    return [
        (name, level[k], mean[k] / level[k], (mean[k] - reach[k]) / level[k], (mean[k] + reach[k]) / level[k])
        for k, name in enumerate(names)
    ]


def bound_of(name: str, level: float) -> float:
    """How far apart a figure may be, as a share of its level."""
    counted = name.startswith("stock ") and not name.endswith(PENCE)
    if counted and level < RAREST:
        return math.inf
    return RARE_WITHIN if name == IN_WHOLE_WEEKS or (counted and level < COMMON) else WITHIN


def lines_of(policy: str, rows: list[tuple[str, float, float, float, float]], worlds: int) -> list[str]:
    """Lines of a Markdown table, and how many lie inside."""
    inside = sum(-bound_of(n, lv) <= low and high <= bound_of(n, lv) for n, lv, _, low, high in rows)
    lines = [
        f"**{policy}**: {worlds} worlds of {PEOPLE:,} adults, {WEEKS} weeks after {BURN_IN}; {inside} of {len(rows)} inside.",
        "",
        "| figure | level before | difference | interval | to lie inside |",
        "|---|---|---|---|---|",
    ]
    for name, level, mean, low, high in rows:
        bound = bound_of(name, level)
        within = "told only" if math.isinf(bound) else f"±{100 * bound:.0f}%"
        mark = "" if -bound <= low and high <= bound else " **not**"
        lines.append(
            f"| {name} | {level:.4g} | {100 * mean:+.2f}% | {100 * low:+.2f} to {100 * high:+.2f}% | {within}{mark} |"
        )
    return [*lines, ""]


def main() -> None:
    """Run what is missing, in turn, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--old", type=Path, help="a checkout of the commit before")
    parser.add_argument("--old-python", default=sys.executable, help="the Python of its environment")
    parser.add_argument("--out", type=Path, help="folder for the batches of both")
    parser.add_argument("--batches", type=int, default=50, help=f"batches of {WORLDS} worlds, of each and each policy")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--batch", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.batch:
        policy, first, file = chosen.batch
        batch(policy, int(first), Path(file))
        return
    here, lines = Path(__file__).resolve().parent.parent, []
    firsts = [k * WORLDS for k in range(chosen.batches)]
    for policy in POLICIES:
        for first in firsts:
            run_batch(chosen.old.resolve(), chosen.old_python, policy, first, chosen.out / "old")
            run_batch(here, sys.executable, policy, first, chosen.out / "new")
        old, new = collected(chosen.out / "old", policy, firsts), collected(chosen.out / "new", policy, firsts)
        lines += lines_of(policy, intervals(old, new), len(firsts) * WORLDS)
    print("\n".join(lines))
    if chosen.record:
        from benchmarks.record import record

        record("same_meaning", "python -m benchmarks.same_meaning --record", lines)


if __name__ == "__main__":
    main()
