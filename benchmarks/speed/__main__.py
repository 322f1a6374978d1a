"""Speed of the fast engine now against a commit of before, in turn. `python -m benchmarks.speed [--record]`

Both run in processes of their own, each in its own environment: that of the old commit is made in a temporary folder, unless
`--old CHECKOUT --old-python PYTHON` name one. Pairs run one after the other, the first of them old and new by turns,
because machines are shared: a ratio of a pair says more than seconds. Figures are CPU time of the reported weeks; ratios are
geometric means with 95% intervals. Nothing is asserted. `--england` runs all 42 areas to their end, two at a time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works from a checkout, not installed

from benchmarks.record import record, table
from benchmarks.speed.england import england
from benchmarks.speed.here import SIZES

ROOT = Path(__file__).resolve().parents[2]
WORKER, PAGE = Path(__file__).with_name("here.py"), ROOT / "docs" / "speed.md"
PINNED = "7640408"
"""The last commit of the engine in NumPy."""
BURN_INS = {"1 x 1,000,000": 26}
T95 = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26)  # by degrees of freedom


@dataclass(frozen=True)
class Side:
    """A checkout and the Python of its environment."""

    root: Path
    python: str

    def _told(self, environment: dict[str, str]) -> dict[str, str]:
        """The environment; Python keeps what it made of the sources, as it does for people."""
        told = os.environ | {"PYTHONPATH": str(self.root)} | environment
        return {name: value for name, value in told.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(self, *arguments: str, **environment: str) -> dict[str, float]:
        """One measurement in a process of its own."""
        told = self._told(environment)
        command = [self.python, str(WORKER), *arguments]
        return dict(
            json.loads(subprocess.run(command, check=True, capture_output=True, cwd=self.root, env=told).stdout)
        )

    def seconds(self, *arguments: str, **environment: str) -> float:
        """Wall time of one command, from its start to its last line."""
        told = self._told(environment)
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            subprocess.run([self.python, *arguments], check=True, capture_output=True, cwd=folder, env=told)
            return time.perf_counter() - begun


@contextmanager
def old_side(root: Path | None, python: str | None) -> Iterator[Side]:
    """The old commit, in an environment of its own; both made here where they are not given."""
    with tempfile.TemporaryDirectory() as folder:
        checkout, environment = root or Path(folder) / "old", Path(folder) / "environment"
        if root is None:
            subprocess.run(["git", "clone", "-q", "--no-checkout", str(ROOT), str(checkout)], check=True)
            subprocess.run(["git", "checkout", "-q", PINNED], check=True, cwd=checkout)
        if python is None:
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
            python = str(environment / "bin" / "python")
            constraints = ["-c", str(checkout / "constraints.txt")] if (checkout / "constraints.txt").exists() else []
            subprocess.run([python, "-m", "pip", "install", "-q", *constraints, str(checkout)], check=True)
        yield Side(checkout.resolve(), python)


def in_turn(old: Side, new: Side, size: str, weeks: int, pairs: int) -> tuple[list[dict[str, float]], ...]:
    """Figures of `pairs` pairs, old and new by turns first."""
    given, found = (size, str(BURN_INS.get(size, 52)), str(weeks)), ([], [])  # type: tuple[str, ...], tuple[list[dict[str, float]], ...]
    for new_side in (new, old):  # compiled code and files are warm
        new_side.run(size, "1", "1")
    for pair in range(pairs):
        for which in (0, 1) if pair % 2 == 0 else (1, 0):
            found[which].append((old, new)[which].run(*given))
    return found


def ratio(before: list[float], after: list[float]) -> str:
    """Old over new: geometric mean of the pairs, with its 95% interval."""
    logs = [math.log(b / a) for b, a in zip(before, after, strict=True)]
    mean = statistics.fmean(logs)
    if len(logs) == 1:
        return f"{math.exp(mean):.1f}"
    reach = T95[min(len(logs) - 2, len(T95) - 1)] * statistics.stdev(logs) / math.sqrt(len(logs))
    return f"{math.exp(mean):.1f} ({math.exp(mean - reach):.1f} to {math.exp(mean + reach):.1f})"


def sizes(old: Side, new: Side, weeks: int, pairs: int, names: list[str]) -> list[str]:
    """Two tables: each size, and where its time goes by phase."""
    rows, phases = [], []
    for size in names:
        before, after = in_turn(old, new, size, weeks, pairs)
        middle = [{key: statistics.median(one[key] for one in side) for key in side[0]} for side in (before, after)]
        (was, now), all_ = middle, [[one["all"] for one in side] for side in (before, after)]
        rows.append(
            [size, f"{was['all']:.1f}", f"{now['all']:.1f}", ratio(*all_), f"{was['MB']:.0f}", f"{now['MB']:.0f}"]
        )
        phases.append([size, *(f"{was.get(p, 0):.1f}, {now.get(p, 0):.1f}" for p in PARTS)])
        print(" | ".join(rows[-1]), flush=True)
    head = ["worlds x adults", "before, ns a person-week", "now", "ratio", "MB before", "MB now"]
    return [*table(head, rows), "", "By part of the week, before and now:", "", *table(["", *PARTS], phases), ""]


PARTS = ("start", "live", "fund", "staff", "hear", "ask", "offer", "count", "support", "learn", "record")
PARTS += ("flush", "count_week")
"""`flush` is of the engine in NumPy only, the phase `count` of the second edition only."""


def readiness(new: Side) -> list[str]:
    """Compiling once, then loading."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = (new.run("ready", PEERSCALE_COMPILED=folder) for _ in range(2))
    return [
        f"Compiling everything, once: {first['wall']:.0f} s of wall time. Loading what is kept: "
        f"{second['wall']:.2f} s, {second['import']:.2f} of them imports.",
        "",
    ]


def main_job(old: Side, new: Side, pairs: int) -> list[str]:
    """`peerscale run` as `./run` calls it, from the command to the last line: the first time, and again with its start kept."""
    command = ("-m", "peerscale", "run")
    before, first, second = [], [], []
    for _ in range(pairs):
        with tempfile.TemporaryDirectory() as cache:
            before.append(old.seconds(*command))
            first.append(new.seconds(*command, PEERSCALE_CACHE=cache))
            second.append(new.seconds(*command, PEERSCALE_CACHE=cache))
    return [
        f"`peerscale run`, from the command to the last line: {statistics.median(before):.1f} s of wall time before; now "
        f"{statistics.median(first):.1f} the first time, ratio {ratio(before, first)}; {statistics.median(second):.1f} the second "
        f"time, ratio {ratio(before, second)}.",
        "",
    ]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--old", type=Path, help="a checkout of the commit before, instead of a new one")
    parser.add_argument("--old-python", help="the Python of its environment, instead of a new one")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--weeks", type=int, default=260, help="reported weeks")
    parser.add_argument("--sizes", nargs="*", choices=SIZES, default=list(SIZES))
    parser.add_argument("--main-job", action="store_true", help="also `peerscale run`")
    parser.add_argument("--england", action="store_true", help="all 42 areas instead")
    parser.add_argument("--burn-in", type=int, default=52, help="of all England")
    parser.add_argument("--record", action="store_true", help="write docs/speed.md")
    chosen = parser.parse_args()
    if chosen.england:
        lines = england(chosen.burn_in)
        if chosen.record:
            record("england", "python -m benchmarks.speed --england --record", lines, PAGE)
        return
    new = Side(ROOT, sys.executable)
    with old_side(chosen.old, chosen.old_python) as old:
        lines = [
            f"{platform.platform()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start; {chosen.pairs} pairs, "
            f"{chosen.weeks} weeks. Before: commit {PINNED}.",
            "",
            *sizes(old, new, chosen.weeks, chosen.pairs, chosen.sizes),
            *readiness(new),
            *(main_job(old, new, chosen.pairs) if chosen.main_job else []),
        ]
    print("\n".join(lines))
    if chosen.record:
        record("speed", "python -m benchmarks.speed --record", lines, PAGE)


if __name__ == "__main__":
    main()
