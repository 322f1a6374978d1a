"""All England at its full size: areas do not meet, so each is a run of its own. `python -m benchmarks.speed --england`

A file of its own, because a process that is started anew cannot find functions of a package's `__main__`.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

import numpy as np

from sim.columns.start import make_shape
from sim.core.engine import run
from sim.numbers.levers import Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.people.population import load_areas, places_in

YEARS, WORKERS, PLACE = 5, 2, 10_000


def peak_mb() -> float:
    """Most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def whole_area(area: int, burn_in: int) -> dict[str, float]:
    """One area, all its adults: CPU seconds with start and burn-in, worker, its peak memory."""
    begun = time.process_time()
    shape = make_shape([(0, 0)], [area], 10**9, burn_in=burn_in, weeks=52 * YEARS)
    run(shape, draw_parameters([0]), Timeline(np.array([0]), today_values(1)[None]))
    worker = multiprocessing.current_process().pid or 0
    return {
        "area": area,
        "adults": shape.people,
        "cpu": time.process_time() - begun,
        "peak": peak_mb(),
        "worker": worker,
    }


def england(burn_in: int) -> list[str]:
    """All areas, the largest first: a line of what it took."""
    begun, done = time.perf_counter(), []
    order = sorted(range(len(load_areas().code)), key=lambda a: -places_in(a, PLACE))
    weeks = burn_in + 52 * YEARS
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
        for task in as_completed([pool.submit(whole_area, area, burn_in) for area in order]):
            last = task.result()
            done.append(last)
            name, each = load_areas().short_name[int(last["area"])], last["cpu"] / last["adults"] / weeks * 1e9
            print(
                f"{len(done):>2} of {len(order)} {name:<32} {last['adults']:>10,.0f} adults {each:6.1f} ns/person-week",
                flush=True,
            )
    peaks = {r["worker"]: max(q["peak"] for q in done if q["worker"] == r["worker"]) for r in done}
    people, cpu = sum(r["adults"] for r in done), sum(r["cpu"] for r in done)
    line = (
        f"England: {people:,.0f} adults in {len(done)} areas whole, {burn_in} and {52 * YEARS} weeks, {WORKERS} workers: {cpu:.0f} CPU s "
        f"({cpu / people / weeks * 1e9:.1f} ns a person-week, start and burn-in included), {time.perf_counter() - begun:.0f} s of "
        f"wall time, {peak_mb() + sum(peaks.values()):.0f} MB in all."
    )
    print(line)
    return [line, ""]
