"""The toy in starsim: a module with states and times, drawn when a state begins, and arrays of people all at once.

Its common random numbers are off here, which makes small populations three times as fast; those of peerscale are always on.
"""

from __future__ import annotations

import numpy as np
import starsim as ss

from benchmarks.peers.toy import DROPS_OUT, GIVES_UP, LEAVES, REFERRED, Tally, begin_with, main

ss.options.crn = False
LONGEST = 6_000
"""Weeks for which a sim may go on: starsim plans them all beforehand."""


class Queue(ss.Module):
    """Referral, queue, places and support."""

    def __init__(self, people: int, **kwargs: object):
        super().__init__()
        self.define_pars(luck=ss.random(), drops_out=ss.bernoulli(p=DROPS_OUT))
        self.update_pars(**kwargs)
        self.define_states(
            ss.BoolState("waiting"),
            ss.BoolState("supported"),
            ss.FloatArr("since", default=0),
            ss.FloatArr("ti_ends", default=0),
        )
        self.places, self.tally, self.week = begin_with(people)[0], Tally(), 0

    def until(self, uids: ss.uids, chance: float) -> np.ndarray:
        """The week in which something of this chance a week happens to each."""
        return self.week + 1 + np.floor(np.log(1 - self.pars.luck.rvs(uids)) / np.log(1 - chance))

    def init_post(self) -> None:
        """Who is supported and who waits at the start."""
        super().init_post()
        supported, waiting = begin_with(len(self.sim.people))
        everybody = self.sim.people.auids
        self.supported[everybody[:supported]] = True
        self.waiting[everybody[supported : supported + waiting]] = True
        self.ti_ends[everybody] = self.until(everybody, REFERRED)
        for state, chance in ((self.supported, LEAVES), (self.waiting, GIVES_UP)):
            self.ti_ends[state.uids] = self.until(state.uids, chance)

    def step(self) -> None:
        """One week: what ends now, then free places."""
        self.week += 1
        ends = (self.ti_ends <= self.week).uids
        left, gave_up = ends[self.supported[ends]], ends[self.waiting[ends]]
        idle = ends[~(self.supported[ends] | self.waiting[ends])]
        self.supported[left] = False
        self.waiting[gave_up] = False
        back = left.concat(gave_up)
        self.ti_ends[back] = self.until(back, REFERRED)
        self.waiting[idle] = True
        self.since[idle] = self.week
        self.ti_ends[idle] = self.until(idle, GIVES_UP)
        self.tally.gave_up += len(gave_up)
        self.tally.dropped_out += len(self.pars.drops_out.filter(left))
        self.offer()

    def offer(self) -> None:
        """Free places go to those who have waited longest."""
        queue = self.waiting.uids
        free = min(self.places - int(self.supported.sum()), len(queue))
        if free:
            since = self.since[queue]
            start = queue[np.argpartition(since, free - 1)[:free]]
            self.waiting[start] = False
            self.supported[start] = True
            self.ti_ends[start] = self.until(start, LEAVES)
            self.tally.started += free
            self.tally.waited += float((self.week - self.since[start]).sum())
        self.tally.waiting += len(queue) - free
        self.tally.weeks += 1


class Pipeline:
    """A sim with that module."""

    def __init__(self, people: int, seed: int):
        self.module = Queue(people)
        self.sim = ss.Sim(
            n_agents=people,
            rand_seed=seed,
            modules=self.module,
            copy_inputs=False,
            dur=ss.weeks(LONGEST),
            dt=ss.week,
            verbose=0,
        )
        self.sim.init()

    @property
    def tally(self) -> Tally:
        """What happened."""
        return self.module.tally

    def run(self, weeks: int) -> None:
        """So many weeks more."""
        for _ in range(weeks):
            self.sim.run_one_step()


if __name__ == "__main__":
    main(Pipeline)
