"""Speed of both engines. `python benchmarks/speed.py` prints the figures and the machine; nothing is asserted.

Targets: 20 worlds of 10,000 adults, five years, 2.5 CPU seconds after the burn-in; one world of a million
adults, five years, 10 CPU seconds and 500 MB; the Mesa model, 2,000 people for a year, 10 s; `peerscale --help`
0.3 s. `--england` runs all 42 areas to their end, two at a time, under 8 GB (areas do not meet, so each is a
run of its own). Every size runs in a process of its own, so that peak memory is its own; CPU seconds are the
median of `--runs`, because machines are shared and wall time says little.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # works from a checkout, not installed

import numpy as np

from sim.columns.start import make_shape, make_state
from sim.columns.state import Shape
from sim.core.engine import _report, one_week, traced
from sim.core.week import Week
from sim.numbers.levers import Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.people.population import load_areas, places_in

YEARS = 5
WORKERS = 2  # for all England


def today(shape: Shape) -> Timeline:
    """Today's policy throughout."""
    return Timeline(np.array([0]), today_values(len(shape.areas))[None])


def core(shape: Shape) -> float:
    """CPU seconds of the reported weeks of the fast engine."""
    w = Week(make_state(shape, draw_parameters([d for d, _ in shape.worlds])), today(shape), traced(shape, ()))
    for week in range(shape.burn_in):
        one_week(w, week)
    begun = time.process_time()
    _report(w, lambda week: None)
    return time.process_time() - begun


def mesa(shape: Shape) -> float:
    """CPU seconds of a whole run of the readable engine."""
    # imported here, so that Mesa is not in the memory of the fast engine
    from sim.agents import model as agents

    begun = time.process_time()
    agents.run(shape, draw_parameters([0]), today(shape))
    return time.process_time() - begun


def large_area() -> int:
    """The first area with a million adults."""
    return next(a for a in range(len(load_areas().code)) if places_in(a, 10_000) >= 100)


Size = tuple[str, Callable[[Shape], float], Callable[[int], Shape]]
SIZES: dict[str, Size] = {
    "small": (
        f"20 worlds x 10,000 adults x {YEARS} years",
        core,
        lambda burn_in: make_shape([(d, 0) for d in range(20)], [5], 10_000, burn_in=burn_in, weeks=52 * YEARS),
    ),
    "million": (
        f"1 world x 1,000,000 adults x {YEARS} years",
        core,
        lambda burn_in: make_shape([(0, 0)], [large_area()], 1_000_000, burn_in=burn_in, weeks=52 * YEARS),
    ),
    "mesa": (
        "Mesa model, 2,000 people x 1 year",
        mesa,
        lambda burn_in: make_shape([(0, 0)], [5], 2_000, place_size=2_000, burn_in=0, weeks=52),
    ),
}


def peak_mb() -> float:
    """Most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(name: str, burn_in: int) -> None:
    """Run one size here and print its figures as JSON."""
    _, run, shape = SIZES[name]
    chosen = shape(burn_in)
    cpu = run(chosen)
    print(json.dumps({"cpu": cpu, "peak": peak_mb(), "weeks": chosen.people * chosen.weeks}))


def show(name: str, burn_in: int, runs: int) -> None:
    """Print one size's line: the median of several runs, each in a process of its own."""
    command = [sys.executable, __file__, "--one", name, "--burn-in", str(burn_in)]
    each = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(runs)]
    cpu = statistics.median(r["cpu"] for r in each)
    print(
        f"{SIZES[name][0]:<42} {cpu:7.2f} CPU s {cpu / each[0]['weeks'] * 1e9:8.1f} ns/person-week "
        f"{max(r['peak'] for r in each):6.0f} MB",
        flush=True,
    )


def show_help(runs: int) -> None:
    """Print how long `peerscale --help` takes."""
    spent = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        root = str(Path(__file__).resolve().parent.parent)
        subprocess.run([sys.executable, "-m", "peerscale", "--help"], capture_output=True, check=True, cwd=root)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"{'peerscale --help':<42} {statistics.median(spent):7.2f} CPU s")


def whole_area(area: int, burn_in: int) -> dict[str, float]:
    """One area, all its adults: CPU seconds of the reported weeks and of everything, worker, its peak memory."""
    begun = time.process_time()
    shape = make_shape([(0, 0)], [area], 10**9, burn_in=burn_in, weeks=52 * YEARS)
    cpu = core(shape)
    return {
        "area": area,
        "adults": shape.people,
        "cpu": cpu,
        "all": time.process_time() - begun,
        "peak": peak_mb(),
        "worker": multiprocessing.current_process().pid or 0,
    }


def england(burn_in: int) -> None:
    """All 42 areas, the largest first, two at a time. Memory is the parent's peak and every worker's, added."""
    begun, done = time.perf_counter(), []
    order = sorted(range(len(load_areas().code)), key=lambda a: -places_in(a, 10_000))
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
        for task in as_completed([pool.submit(whole_area, area, burn_in) for area in order]):
            done.append(task.result())
            last = done[-1]
            print(
                f"{len(done):>2} of {len(order)} {load_areas().short_name[int(last['area'])]:<32} {last['adults']:>10,.0f} adults "
                f"{last['cpu']:7.1f} CPU s {last['cpu'] / last['adults'] / (52 * YEARS) * 1e9:6.1f} ns/person-week",
                flush=True,
            )
    peaks = {r["worker"]: max(q["peak"] for q in done if q["worker"] == r["worker"]) for r in done}
    people, cpu = sum(r["adults"] for r in done), sum(r["cpu"] for r in done)
    print(
        f"England: {people:,.0f} adults x {YEARS} years: {cpu:.0f} CPU s ({cpu / people / (52 * YEARS) * 1e9:.1f} ns/person-week), "
        f"{sum(r['all'] for r in done):.0f} CPU s with start and burn-in of {burn_in} weeks, "
        f"{time.perf_counter() - begun:.0f} s of wall time, {peak_mb() + sum(peaks.values()):.0f} MB in all"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--england", action="store_true", help="all 42 areas instead")
    parser.add_argument("--burn-in", type=int, default=104, help="weeks before the clock starts")
    parser.add_argument("--runs", type=int, default=3, help="runs of each size; the median is printed")
    parser.add_argument("--one", choices=SIZES, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one, chosen.burn_in)
        return
    print(
        f"{platform.platform()}, {platform.processor() or platform.machine()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}",
        flush=True,
    )
    if chosen.england:
        england(chosen.burn_in)
        return
    for name in SIZES:
        show(name, chosen.burn_in, chosen.runs)
    show_help(chosen.runs)


if __name__ == "__main__":
    main()
