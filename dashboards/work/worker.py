"""What a worker process does for the pages: settle today's policy once, and go on under a policy from there."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from scenarios.running.finished import FinishedJobs
from scenarios.running.pool import Tell
from scenarios.running.study import make_shape, timeline_of
from scenarios.running.worlds import Batch, Task, pack
from sim.core.engine import go_on, people_of
from sim.vocabulary import cell_parts

POLL_WEEKS = 13


@lru_cache(maxsize=8)
def settled(folder: Path, key: str) -> bytes:
    """A settled state, kept in this process. LookupError where it is gone."""
    found = FinishedJobs(folder).get(key)
    if found is None:
        raise LookupError(key)
    return found


def run_worlds(batch: Batch, task: Task, folder: Path, start: str, tell: Tell) -> bytes:
    """The reported weeks of some worlds under one policy, with the events of the first world's people, if it is among them."""
    shape = make_shape(batch.study, batch.worlds)
    trace = range(shape.places * shape.place_size) if batch.traced and task.relief is None else ()

    def told(done: int, of: int) -> None:
        if done % POLL_WEEKS == 0 or done == of:
            tell(done / max(1, of))

    result = go_on(settled(folder, start), timeline_of(task.policy, shape), trace, told, task.relief, shape)
    result.weekly, result.events = result.weekly.astype(np.int32), result.events.astype(np.int32)
    return pack(result)


def people_at_start(folder: Path, key: str, count: int) -> dict[str, np.ndarray]:
    """Who the first `count` people are when the reported years begin, by name of the trait."""
    people = {name: values[:count] for name, values in people_of(settled(folder, key)).items()}
    age, sex, deprivation, ethnicity = cell_parts(people.pop("cell"))
    return {**people, "age": age, "sex": sex, "deprivation": deprivation, "ethnicity": ethnicity}
