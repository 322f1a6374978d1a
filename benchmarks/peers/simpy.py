"""The toy in SimPy, as its own example of reneging has it: a process a person, places a Resource, time continuous."""

from __future__ import annotations

import random
from collections.abc import Iterator

import simpy

from benchmarks.peers.toy import DROPS_OUT, GIVES_UP, LEAVES, REFERRED, Tally, begin_with, main


class Pipeline:
    """Everybody, and the places."""

    def __init__(self, people: int, seed: int):
        self.luck, self.tally = random.Random(seed), Tally()
        self.env = simpy.Environment()
        supported, waiting = begin_with(people)
        self.places = simpy.Resource(self.env, capacity=supported)
        for number in range(people):
            self.env.process(self.person(number < supported + waiting))

    def person(self, referred: bool) -> Iterator[simpy.Event]:
        """One person's years: referred, supported or giving up, and so on."""
        env, tally, draw = self.env, self.tally, self.luck.expovariate
        while True:
            if not referred:
                yield env.timeout(draw(REFERRED))
            referred, since = False, env.now
            with self.places.request() as place:
                come = yield place | env.timeout(draw(GIVES_UP))
                if place not in come:
                    tally.gave_up += 1
                    continue
                tally.started += 1
                tally.waited += env.now - since
                yield env.timeout(draw(LEAVES))
                tally.dropped_out += self.luck.random() < DROPS_OUT

    def run(self, weeks: int) -> None:
        """So many weeks more."""
        for _ in range(weeks):
            self.env.run(until=self.env.now + 1)
            self.tally.waiting += len(self.places.queue)
            self.tally.weeks += 1


if __name__ == "__main__":
    main(Pipeline)
