"""The toy in LASER (laser-core): people are a LaserFrame, and its components are compiled passes over their timers.

A timer is drawn when a person's state begins, as LASER's models do, so most of a pass counts down. One thread.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from laser.core import LaserFrame
from laser.core.random import seed as seed_all

from benchmarks.peers.toy import (
    DROPS_OUT,
    GIVES_UP,
    IDLE,
    LEAVES,
    REFERRED,
    SUPPORTED,
    WAITING,
    Tally,
    begin_with,
    main,
)

FIRST, LAST, FREE = 0, 1, 2
"""Of `queue.ends`: entries that have left, entries that have come; free places."""
STARTED, WAITED, GAVE_UP, DROPPED_OUT, WAIT = range(5)


@nb.njit(nogil=True)
def weeks_until(chance):
    """Weeks until something of this chance a week happens."""
    return 1 + int(math.log(1.0 - np.random.random()) / math.log(1.0 - chance))


@nb.njit(nogil=True)
def seeded(seed):
    """Seed the luck of this thread."""
    np.random.seed(seed)


@nb.njit(nogil=True)
def draw_timers(state, timer):
    """Timers of everybody at the start."""
    for i in range(len(state)):
        timer[i] = weeks_until(REFERRED if state[i] == IDLE else GIVES_UP if state[i] == WAITING else LEAVES)


@nb.njit(nogil=True)
def progress(week, state, timer, since, queue, ends, counts):
    """Everybody's timer goes down; what ends is acted on."""
    for i in range(len(state)):
        timer[i] -= 1
        if timer[i] > 0:
            continue
        if state[i] == IDLE:
            state[i], since[i] = WAITING, week
            queue[ends[LAST] % len(queue), 0], queue[ends[LAST] % len(queue), 1] = i, week
            ends[LAST] += 1
            timer[i] = weeks_until(GIVES_UP)
            counts[WAIT] += 1
            continue
        if state[i] == WAITING:
            counts[GAVE_UP] += 1
            counts[WAIT] -= 1
        else:
            ends[FREE] += 1
            counts[DROPPED_OUT] += np.random.random() < DROPS_OUT
        state[i] = IDLE
        timer[i] = weeks_until(REFERRED)


@nb.njit(nogil=True)
def offer(week, state, timer, since, queue, ends, counts):
    """Free places go to those who have waited longest. Entries of people who gave up are passed over."""
    while ends[FREE] > 0 and ends[FIRST] < ends[LAST]:
        i, joined = queue[ends[FIRST] % len(queue), 0], queue[ends[FIRST] % len(queue), 1]
        ends[FIRST] += 1
        if state[i] != WAITING or since[i] != joined:
            continue
        state[i], timer[i] = SUPPORTED, weeks_until(LEAVES)
        ends[FREE] -= 1
        counts[STARTED] += 1
        counts[WAITED] += week - joined
        counts[WAIT] -= 1


class Pipeline:
    """Everybody, the queue, and the components."""

    def __init__(self, people: int, seed: int):
        seed_all(seed)
        seeded(seed)
        supported, waiting = begin_with(people)
        self.people = LaserFrame(capacity=people, initial_count=people)
        self.people.add_scalar_property("state", dtype=np.uint8, default=IDLE)
        self.people.add_scalar_property("timer", dtype=np.int16, default=0)
        self.people.add_scalar_property("since", dtype=np.int32, default=0)
        self.people.state[:supported] = SUPPORTED
        self.people.state[supported : supported + waiting] = WAITING
        draw_timers(self.people.state, self.people.timer)
        self.queue = np.zeros((people, 2), np.int32)
        self.queue[:waiting, 0] = np.arange(supported, supported + waiting)
        self.ends, self.counts = np.array([0, waiting, 0]), np.zeros(5, np.int64)
        self.counts[WAIT] = waiting
        self.components = [progress, offer]
        self.tally, self.week = Tally(), 0

    def run(self, weeks: int) -> None:
        """So many weeks more."""
        people, tally = self.people, self.tally
        self.counts[:WAIT] = 0
        for _ in range(weeks):
            self.week += 1
            for component in self.components:
                component(self.week, people.state, people.timer, people.since, self.queue, self.ends, self.counts)
            tally.waiting += int(self.counts[WAIT])
            tally.weeks += 1
        tally.started += int(self.counts[STARTED])
        tally.waited += int(self.counts[WAITED])
        tally.gave_up += int(self.counts[GAVE_UP])
        tally.dropped_out += int(self.counts[DROPPED_OUT])


if __name__ == "__main__":
    main(Pipeline)
