"""What a run costs by its size: each size in processes of its own, by turns, in rounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale.intervals import Interval, mean, slope, typical

ROOT = Path(__file__).resolve().parent.parent.parent
ENGLAND = 10**9
"""More people than there are: every area whole."""
SMALL_WORLDS = 20


@dataclass(frozen=True)
class Size:
    """Measurements of one size. `peak`: the most memory of any run, MB; `result`: bytes of a world's result."""

    people: int
    worlds: int
    runs: int
    ns: Interval
    seconds: Interval
    peak: float
    result: float


@dataclass(frozen=True)
class Sizes:
    """All sizes, the exponent b of seconds = a people^b, and what a person takes (bytes)."""

    weeks: int
    burn_in: int
    sizes: tuple[Size, ...]
    small: tuple[Size, ...]
    exponent: Interval | None
    person_bytes: float
    settled_bytes: float


def here(*arguments: object, root: Path = ROOT) -> dict[str, float]:
    """What `benchmarks.scale.here` says of one run. Raises RuntimeError with its last words."""
    command = [sys.executable, "-m", "benchmarks.scale.here", *map(str, arguments)]
    told = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=told, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-500:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(people: Sequence[int], rounds: int, burn_in: int, weeks: int, england: bool = False) -> Sizes:
    """Every size `rounds` times, the largest last and first by turns; England once, where it is asked for."""
    time = ("--burn-in", burn_in, "--weeks", weeks)
    asked = [(n, 1) for n in sorted(people)] + [(1_000, 1), (1_000, SMALL_WORLDS)]
    found: dict[tuple[int, int], list[dict[str, float]]] = {key: [] for key in asked}
    for number in range(rounds):
        for n, worlds in asked if number % 2 == 0 else asked[::-1]:
            found[n, worlds].append(here(n, "--worlds", worlds, *time))
    sizes = [size_of(found[n, 1], 1) for n in sorted(people)]
    small = [size_of(found[1_000, worlds], worlds) for worlds in (1, SMALL_WORLDS)]
    rounds_of = [[found[n, 1][k]["seconds"] for n in sorted(people)] for k in range(rounds)]
    exponent = mean([slope(sorted(people), each) for each in rounds_of]) if len(people) > 1 else None
    if england:
        sizes.append(size_of([here(ENGLAND, "--burn-in", 4, "--weeks", weeks)], 1))
    settled = here(min(max(people), 100_000), "--settled", *time)["bytes"]
    return Sizes(weeks, burn_in, tuple(sizes), tuple(small), exponent, memory_a_person(sizes), settled)


def size_of(runs: Sequence[dict[str, float]], worlds: int) -> Size:
    """Runs of one size, together."""
    return Size(
        round(runs[0]["people"] / worlds),
        worlds,
        len(runs),
        typical([run["ns"] for run in runs]),
        typical([run["seconds"] for run in runs]),
        max(run["MB"] for run in runs),
        runs[0]["result"],
    )


def memory_a_person(sizes: Sequence[Size]) -> float:
    """Bytes that one person more takes, between the smallest size and the largest."""
    if len(sizes) < 2:
        return 0.0
    return (sizes[-1].peak - sizes[0].peak) * 2**20 / (sizes[-1].people - sizes[0].people)
