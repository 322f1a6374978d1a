"""What a worker process does: settle today's policy once, go on under a policy, stop when told to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.pool import leave_with_parent
from scenarios.scenario import Scenario
from scenarios.study import Study, make_shape, timeline_of, world_parameters
from sim.core.engine import go_on, people_of, settle
from sim.population import cell_parts
from sim.relief import Relief
from sim.result import Result

POLL_WEEKS = 13
Worlds = tuple[tuple[int, int], ...]

_stops: Any = None
_parts: Any = None


class Cancelled(Exception):
    """Somebody moved on: this run is no longer wanted."""


@dataclass(frozen=True)
class Task:
    """Some worlds of a study. `slot` is its place in the shared arrays of stop flags and progress."""

    study: Study
    worlds: Worlds
    slot: int
    path: str


def start(stops: Any, parts: Any) -> None:
    """In a worker, once: the shared stop flags and progress."""
    global _stops, _parts
    _stops, _parts = stops, parts
    leave_with_parent()


def _watch(slot: int, done: int, of: int) -> None:
    """Tell progress and stop when the flag is up, every POLL_WEEKS weeks. Raises Cancelled."""
    if done % POLL_WEEKS and done != of:
        return
    _parts[slot] = done / max(1, of)
    if _stops[slot]:
        raise Cancelled


def settle_worlds(task: Task, today: Scenario) -> None:
    """The burn-in under today's policy, kept in a file of this server's own folder."""
    shape = make_shape(task.study, task.worlds)
    parameters = world_parameters(task.study, task.worlds)
    state = settle(shape, parameters, timeline_of(today, shape), lambda done, of: _watch(task.slot, done, of))
    part = Path(task.path + ".part")
    part.write_bytes(state)
    part.rename(task.path)


@lru_cache(maxsize=8)
def _settled(path: str) -> bytes:
    return Path(path).read_bytes()


def run_worlds(task: Task, scenario: Scenario) -> Result:
    """The reported weeks of some worlds under one policy, with the events of the first world's people. Raises Cancelled."""
    shape = make_shape(task.study, task.worlds)
    line = timeline_of(scenario, shape)
    _watch(task.slot, 0, 1)
    trace = range(shape.places * shape.place_size) if task.worlds[0] == (0, 0) else ()
    result = go_on(_settled(task.path), line, trace, lambda done, of: _watch(task.slot, done, of))
    result.weekly, result.events = result.weekly.astype(np.int32), result.events.astype(np.int32)
    return result


def relieved_worlds(task: Task, scenario: Scenario, relief: Relief) -> Result:
    """The reported weeks of some worlds with a gate of the cascade open. Raises Cancelled."""
    line = timeline_of(scenario, make_shape(task.study, task.worlds))
    _watch(task.slot, 0, 1)
    return go_on(_settled(task.path), line, (), lambda done, of: _watch(task.slot, done, of), relief)


def people_at_start(path: str, count: int) -> dict[str, np.ndarray]:
    """Who the first `count` people are when the reported years begin, by name of the trait."""
    people = {name: values[:count] for name, values in people_of(_settled(path)).items()}
    age, sex, deprivation, ethnicity = cell_parts(people.pop("cell"))
    return {**people, "age": age, "sex": sex, "deprivation": deprivation, "ethnicity": ethnicity}
