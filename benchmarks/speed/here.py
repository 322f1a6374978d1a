"""One measurement of the engine of the checkout that PYTHONPATH names, as a line of JSON: what `benchmarks.speed` starts
in processes of their own. Reads on commits from 7640408 on. `python benchmarks/speed/here.py SIZE BURN_IN WEEKS`, or `ready`, `two`, `mesa`.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time

import numpy as np

SIZES = {
    "20 x 10,000": (20, 10_000, 10_000),
    "1 x 1,000,000": (1, 1_000_000, 10_000),
    "1 x 60,000": (1, 60_000, 10_000),
    "400 x 2,000": (400, 2_000, 2_000),
}
"""Worlds, people in each, people of a place."""
SMALL_AREA = 5


def begun(size: str, burn_in: int, weeks: int):  # type: ignore[no-untyped-def]
    """The first week of every part of a size, as the engine of this commit takes its worlds, under today's policy."""
    from sim.columns.start import make_shape, make_state
    from sim.core.week import Week
    from sim.numbers.levers import Timeline, today_values
    from sim.numbers.parameters import draw_parameters
    from sim.people.population import load_areas, places_in

    worlds, people, place = SIZES[size]
    areas = range(len(load_areas().code))
    area = SMALL_AREA if people < 1_000_000 else next(a for a in areas if places_in(a, place) * place >= people)
    shape = make_shape([(d, 0) for d in range(worlds)], [area], people, place, burn_in, weeks)
    today = Timeline(np.array([0]), today_values(1)[None])
    par, nobody = draw_parameters(list(range(worlds))), np.zeros(0, bool)
    try:
        from sim.core.worlds import parameters_of, parts_of, shape_of
    except ImportError:  # the engine in NumPy took all at once
        return [Week(make_state(shape, par), today, nobody)]
    parts = parts_of(shape, False)
    return [Week(make_state(shape_of(shape, part), parameters_of(par, part)), today, nobody) for part in parts]


def measured(size: str, burn_in: int, weeks: int) -> dict[str, float]:
    """CPU ns a person-week of the reported weeks, in all and by phase; most memory (MB)."""
    from sim.core import engine

    weeks_of = begun(size, burn_in, weeks)
    for w in weeks_of:
        for week in range(burn_in):
            engine.one_week(w, week)
            engine.count_week(w)
    spent: dict[str, float] = {}
    first = time.process_time()
    for w in weeks_of:
        for week in range(burn_in, burn_in + weeks):
            for name, part in parts(engine, week):
                before = time.process_time()
                part(w)
                spent[name] = spent.get(name, 0.0) + time.process_time() - before
    spent["all"] = time.process_time() - first
    people = sum(w.shape.people for w in weeks_of)
    out = {name: seconds / people / weeks * 1e9 for name, seconds in spent.items()}
    return out | {"MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def parts(engine, week: int):  # type: ignore[no-untyped-def]
    """What a week is made of, in order, in this commit's engine."""
    yield "start", lambda w: w.start_week(week)
    for phase in engine.PHASES:
        yield phase.__name__, lambda w, phase=phase: _phase(w, phase)
    yield "flush", lambda w: w.flush() if hasattr(w, "flush") else None
    yield "count_week", engine.count_week


def _phase(w, phase) -> None:  # type: ignore[no-untyped-def]
    if hasattr(w, "make_room"):
        w.make_room()
    phase(w)


def ready() -> dict[str, float]:
    """Seconds until every loop is there: compiled, or loaded where it is kept; processor seconds, helpers' too; MB at most."""
    wall, cpu = time.perf_counter(), time.process_time()
    importlib.import_module("sim.core.engine")  # marks its loops
    from sim.compiled import LOOPS

    imported = time.perf_counter() - wall
    for loop in LOOPS.values():
        loop.ready()
    spent, helpers = time.process_time() - cpu, resource.getrusage(resource.RUSAGE_CHILDREN)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "import": imported,
        "wall": time.perf_counter() - wall,
        "cpu": spent + helpers.ru_utime + helpers.ru_stime,
        "mb": most,
    }


def two() -> dict[str, float]:
    """Wall seconds of two policies on all cores, 20 worlds of 10,000 adults, five years, in a process that has run them before."""
    return {"first": _many(("today", "open_door"), 10_000, 20), "then": _many(("today", "open_door"), 10_000, 20)}


def mesa() -> dict[str, float]:
    """CPU seconds of the Mesa model: 6 worlds of 2,000 adults for a year, from nothing."""
    before = time.process_time()
    _many(("today",), 2_000, 6, weeks=52, engine="mesa", burn_in=0, place_size=2_000, workers=1)
    return {"cpu": time.process_time() - before}


def _many(policies, people: int, draws: int, workers: int = 0, **more):  # type: ignore[no-untyped-def]
    """Wall seconds of some policies, from priors."""
    from scenarios.reading.load import load
    from scenarios.running.many import run_many
    from scenarios.running.posterior import PRIORS
    from scenarios.running.study import Study, area_list

    study = Study(areas=tuple(area_list(["bnssg"])), people=people, draws=draws, posterior=PRIORS, **more)
    before = time.perf_counter()
    for _ in run_many([load(name) for name in policies], study, workers):
        pass
    return time.perf_counter() - before


ALONE = {"ready": ready, "two": two, "mesa": mesa}

if __name__ == "__main__":
    if sys.argv[1] in ALONE:
        print(json.dumps(ALONE[sys.argv[1]]()))
    else:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
