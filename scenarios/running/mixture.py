"""Between two scenarios: some levers as in one, the rest as in the other, each over its whole course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.reading.course import resolve
from scenarios.reading.scenario import Scenario
from sim.numbers.levers import INDEX, LEVERS, Timeline


@dataclass(frozen=True)
class Mixture:
    """Scenario `a` with the levers `taken` from `b`."""

    a: Scenario
    b: Scenario
    taken: frozenset[str] = frozenset()
    history: bool = field(default=False)

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.a.name}+{len(self.taken)}"

    @property
    def title(self) -> str:
        """For messages."""
        return f"{self.a.title} with {', '.join(sorted(self.taken)) or 'nothing'} of {self.b.title}"


def course_of(scenario: Scenario | Mixture, codes: Sequence[str], burn_in_weeks: int) -> Timeline:
    """The levers of a scenario, or of a mixture of two, over weeks and areas."""
    if isinstance(scenario, Scenario):
        return resolve(scenario, codes, burn_in_weeks)
    one, two = (resolve(s, codes, burn_in_weeks) for s in (scenario.a, scenario.b))
    rows = [INDEX[name] for name in sorted(scenario.taken)]
    starts = np.union1d(one.starts, two.starts)
    values = np.stack([one.at(int(week)) for week in starts])
    values[:, rows] = np.stack([two.at(int(week)) for week in starts])[:, rows]
    return Timeline(starts, values)


def differing(a: Scenario, b: Scenario, codes: Sequence[str], burn_in_weeks: int = 0) -> list[str]:
    """Names of the levers whose course differs in any week or area, in the order of the lever table."""
    one, two = (resolve(s, codes, burn_in_weeks) for s in (a, b))
    weeks = [int(week) for week in np.union1d(one.starts, two.starts)]
    apart = np.stack([one.at(week) - two.at(week) for week in weeks])
    return [lever.name for lever in LEVERS if np.any(apart[:, INDEX[lever.name]])]
