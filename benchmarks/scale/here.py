"""One run of the fast engine in a process of its own, as a line of JSON. `python -m benchmarks.scale.here PEOPLE`

Today's policy through the ways of `peerscale run`: study, shape, engine. CPU time of the weeks that are reported.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from scenarios.reading.load import load
from scenarios.running.study import Study, make_shape, timeline_of, world_parameters
from scenarios.running.worlds import pack
from sim.core import engine
from sim.people.population import load_areas, places_in
from sim.results.result import Result

PLACE, SMALL_PLACE = 10_000, 1_000


def areas_for(people: int) -> tuple[int, ...]:
    """The smallest area that has so many adults; else the largest areas, as many as it takes; all where that is not enough."""
    size = {a: places_in(a, PLACE) * PLACE for a in range(len(load_areas().code))}
    order = sorted(size, key=lambda a: size[a])
    for area in order:
        if size[area] >= people:
            return (area,)
    found: list[int] = []
    while order and sum(size[a] for a in found) < people:
        found.append(order.pop())
    return tuple(sorted(found))


def study_of(people: int, worlds: int, burn_in: int, weeks: int) -> Study:
    """Worlds of so many people each; under 10,000, in neighbourhoods of a thousand."""
    place = PLACE if people >= PLACE else SMALL_PLACE
    return Study(areas_for(people), people, worlds, 1, weeks, burn_in=burn_in, place_size=place)


def run(study: Study, marks: dict[int, float]) -> Result:
    """A study's worlds under today's policy. `marks`: CPU time of this process when so many weeks were done."""
    shape = make_shape(study)

    def mark(done: int, of: int) -> None:
        marks.setdefault(done, time.process_time())

    return engine.run(shape, world_parameters(study, shape.worlds), timeline_of(load("today"), shape), progress=mark)


def measured(people: int, worlds: int, burn_in: int, weeks: int) -> dict[str, float]:
    """CPU ns a person-week, CPU seconds of all, most memory (MB), and bytes of the result a world."""
    run(study_of(SMALL_PLACE, 1, 1, 27), {})  # loops are there
    study, marks = study_of(people, worlds, burn_in, weeks), {}
    shape = make_shape(study)
    begun = time.process_time()
    result = run(study, marks)
    ended = time.process_time()
    spent = ended - marks[shape.burn_in]
    return {
        "people": shape.people,
        "ns": spent / shape.people / weeks * 1e9,
        "seconds": spent,
        "all": ended - begun,
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "result": len(pack(result)) / worlds,
    }


def settled(people: int, burn_in: int) -> dict[str, float]:
    """Bytes of a settled start, a person."""
    study = study_of(people, 1, burn_in, 52)
    shape = make_shape(study)
    content = engine.settle(shape, world_parameters(study, shape.worlds), timeline_of(load("today"), shape))
    return {"people": shape.people, "bytes": len(content) / shape.people}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int)
    parser.add_argument("--worlds", type=int, default=1)
    parser.add_argument("--burn-in", type=int, default=26)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--settled", action="store_true")
    asked = parser.parse_args()
    found = (
        settled(asked.people, asked.burn_in)
        if asked.settled
        else measured(asked.people, asked.worlds, asked.burn_in, asked.weeks)
    )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
