"""The toy in Mesa: people are agents, and each of them acts every week (`agents.do`)."""

from __future__ import annotations

from collections import OrderedDict

import mesa

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


class Person(mesa.Agent):
    """A person. `since`: the week of the referral."""

    def __init__(self, model: Pipeline, state: int):
        super().__init__(model)
        self.state, self.since = state, 0

    def step(self) -> None:
        """One week."""
        luck = self.model.random.random()
        if self.state == IDLE:
            if luck < REFERRED:
                self.model.refer(self)
        elif self.state == WAITING:
            if luck < GIVES_UP:
                self.state = IDLE
                del self.model.queue[self]
                self.model.tally.gave_up += 1
        elif luck < LEAVES:
            self.state = IDLE
            self.model.free += 1
            self.model.tally.dropped_out += luck < LEAVES * DROPS_OUT


class Pipeline(mesa.Model):
    """Everybody, and the queue."""

    def __init__(self, people: int, seed: int):
        super().__init__(rng=seed)
        supported, waiting = begin_with(people)
        states = [SUPPORTED] * supported + [WAITING] * waiting + [IDLE] * (people - supported - waiting)
        everybody = Person.create_agents(self, people, states)
        self.tally, self.week, self.free = Tally(), 0, 0
        self.queue = OrderedDict.fromkeys(everybody.select(lambda person: person.state == WAITING))

    def refer(self, person: Person) -> None:
        """Join the queue."""
        person.state, person.since = WAITING, self.week
        self.queue[person] = None

    def step(self) -> None:
        """One week."""
        self.week += 1
        self.agents.do("step")
        while self.free and self.queue:
            person, _ = self.queue.popitem(last=False)
            person.state = SUPPORTED
            self.free -= 1
            self.tally.started += 1
            self.tally.waited += self.week - person.since
        self.tally.waiting += len(self.queue)
        self.tally.weeks += 1

    def run(self, weeks: int) -> None:
        """So many weeks more."""
        for _ in range(weeks):
            self.step()


if __name__ == "__main__":
    main(Pipeline)
