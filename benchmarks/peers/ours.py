"""The toy written as peerscale's core is: compiled loops over columns, calendars of due weeks, luck keyed by who, what and when.

It is the core's way of working, not its model: peerscale's own week has nine phases, and people differ.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))  # works from a checkout, not installed

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
from sim.compiled import loop, rule
from sim.compiled.records import F64, I32, I64, U8, Record
from sim.core.parts.luck import mixed, unit
from sim.draws import MASK, G, mix
from sim.tables import UNIT_WAIT, clock_mean

G64, ONE = np.uint64(G), np.uint64(1)
SLICE = np.uint64(48)
LENGTH, DROPS = np.uint64(1), np.uint64(2)
"""Purposes."""
FIRST, LAST, FREE = 0, 1, 2
"""Of `ends`: entries of the queue that have left, entries that have come; free places."""
STARTED, WAITED, GAVE_UP, DROPPED_OUT, WAIT = range(5)


@dataclass
class Week(Record):
    """Everybody and the queue. `due`: the week in which something happens to a person; `mean`: weeks of each state;
    `base`: the key of the study, as a signed number."""

    state: U8
    due: I32
    since: I32
    found: I32
    queue_who: I32
    queue_week: I32
    ends: I64
    counts: I64
    wait: F64
    mean: F64
    base: int
    now: int


@rule
def draw(w: Week, i: int, purpose: np.uint64) -> np.uint64:
    """This week's 64 random bits of a person for one purpose."""
    key = mixed(mixed(np.uint64(w.base) + np.uint64(w.now) * G64) + purpose * G64)
    return mixed(((np.uint64(i) + ONE) * G64) ^ key)


@rule
def lasts(w: Week, i: int, state: int) -> None:
    """A state begins now: in which week it ends."""
    w.state[i] = state
    w.due[i] = w.now + 1 + int(w.wait[np.int64(draw(w, i, LENGTH) >> SLICE)] * w.mean[state])


@rule
def happens(w: Week, i: int) -> None:
    """A person's week has come: referred, gives up or leaves."""
    if w.state[i] == IDLE:
        at = w.ends[LAST] % len(w.queue_who)
        w.queue_who[at], w.queue_week[at], w.since[i] = i, w.now, w.now
        w.ends[LAST] += 1
        w.counts[WAIT] += 1
        lasts(w, i, WAITING)
        return
    if w.state[i] == WAITING:
        w.counts[GAVE_UP] += 1
        w.counts[WAIT] -= 1
    else:
        w.ends[FREE] += 1
        w.counts[DROPPED_OUT] += unit(draw(w, i, DROPS)) < DROPS_OUT
    lasts(w, i, IDLE)


@loop
def begin(w: Week) -> int:
    """When everybody's state ends, at the start."""
    for i in range(len(w.state)):
        lasts(w, i, w.state[i])
    return 0


@loop
def one_week(w: Week) -> int:
    """Those whose week has come; then free places go to those who have waited longest."""
    n = 0
    for i in range(len(w.due)):
        w.found[n] = i
        n += w.due[i] == w.now
    for k in range(n):
        happens(w, w.found[k])
    while w.ends[FREE] > 0 and w.ends[FIRST] < w.ends[LAST]:
        at = w.ends[FIRST] % len(w.queue_who)
        i, joined = w.queue_who[at], w.queue_week[at]
        w.ends[FIRST] += 1
        if w.state[i] == WAITING and w.since[i] == joined:
            w.ends[FREE] -= 1
            w.counts[STARTED] += 1
            w.counts[WAITED] += w.now - joined
            w.counts[WAIT] -= 1
            lasts(w, i, SUPPORTED)
    return n


class Pipeline:
    """Everybody, week by week."""

    def __init__(self, people: int, seed: int):
        supported, waiting = begin_with(people)
        state = np.zeros(people, np.uint8)
        state[:supported], state[supported : supported + waiting] = SUPPORTED, WAITING
        columns = [np.zeros(people, np.int32) for _ in range(5)]
        columns[3][:waiting] = np.arange(supported, supported + waiting)
        mean = np.array([clock_mean(chance) for chance in (REFERRED, GIVES_UP, LEAVES)])
        base = mix(seed * G + 1)
        signed = base - (1 << 64) if base > MASK >> 1 else base
        ends, counts = np.array([0, waiting, 0]), np.zeros(5, np.int64)
        counts[WAIT] = waiting
        self.week = Week(state, *columns, ends, counts, UNIT_WAIT, mean, signed, 0)
        self.tally = Tally()
        begin(self.week)

    def run(self, weeks: int) -> None:
        """So many weeks more."""
        week, counts, tally = self.week, self.week.counts, self.tally
        counts[:WAIT] = 0
        for _ in range(weeks):
            week.now += 1
            one_week(week)
            tally.waiting += int(counts[WAIT])
        tally.weeks += weeks
        tally.started += int(counts[STARTED])
        tally.waited += int(counts[WAITED])
        tally.gave_up += int(counts[GAVE_UP])
        tally.dropped_out += int(counts[DROPPED_OUT])


if __name__ == "__main__":
    main(Pipeline)
