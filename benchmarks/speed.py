"""Speed of the fast engine. `python benchmarks/speed.py` prints the figures and the machine.

Figures of the issue: 20 worlds of 10,000 adults, five years, under 2.5 CPU seconds after burn-in; one
world of a million adults, five years, under 10 CPU seconds and 500 MB. `--england` runs all 42 areas,
area by area, after a short burn-in. Burn-in is not counted. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import time

import numpy as np

from sim.core.engine import _report, one_week, traced
from sim.core.week import Week
from sim.levers import Timeline, today_values
from sim.parameters import draw_parameters
from sim.population import load_areas, places_in
from sim.start import make_shape, make_state
from sim.state import Shape


def timed(shape: Shape) -> tuple[float, float]:
    """(CPU seconds, wall seconds) of the reported weeks."""
    par = draw_parameters([d for d, _ in shape.worlds])
    policy = Timeline(np.array([0]), today_values(len(shape.areas))[None])
    w = Week(make_state(shape, par), policy, traced(shape, ()))
    for week in range(shape.burn_in):
        one_week(w, week)
    cpu, wall = time.process_time(), time.perf_counter()
    _report(w, lambda week: None)
    return time.process_time() - cpu, time.perf_counter() - wall


def show(label: str, shape: Shape) -> float:
    """Print one line; the CPU seconds."""
    cpu, wall = timed(shape)
    each = cpu / (shape.people * shape.weeks) * 1e9
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{label:<46} {cpu:7.2f} CPU s {wall:7.2f} wall s {each:6.1f} ns/person-week, peak {peak:6.0f} MB", flush=True)
    return cpu


def england(weeks: int, burn_in: int) -> None:
    """All 42 areas, each whole, one after the other: areas do not meet."""
    total = 0.0
    for area in range(len(load_areas().code)):
        shape = make_shape([(0, 0)], [area], 10**9, burn_in=burn_in, weeks=weeks)
        total += show(f"{load_areas().short_name[area]} ({places_in(area, 10_000)} places)", shape)
    print(f"England: {total:.0f} CPU s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--england", action="store_true")
    parser.add_argument("--burn-in", type=int, default=104, help="weeks before the clock starts")
    chosen = parser.parse_args()
    print(f"{platform.platform()}, {platform.processor() or platform.machine()}, Python {platform.python_version()}, "
          f"NumPy {np.__version__}")
    if chosen.england:
        england(260, chosen.burn_in)
        return
    worlds = [(d, 0) for d in range(20)]
    show("20 worlds x 10,000 adults x 5 years", make_shape(worlds, [5], 10_000, burn_in=chosen.burn_in))
    show("1 world x 1,000,000 adults x 5 years", make_shape([(0, 0)], [35], 1_000_000, burn_in=chosen.burn_in))
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "peerscale", "--help"], capture_output=True, check=True)
    print(f"peerscale --help: {time.perf_counter() - begun:.2f} s")


if __name__ == "__main__":
    main()
