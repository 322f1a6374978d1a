"""Link workers in a case: as they are today in both policies first, then each policy with its own.

Link workers put people forward to many things, so their pay is not charged to peer support. A policy that hires more of
them would then be credited with people whom nobody paid for. So the first line of a case takes them as they are today, on
both sides, and a second line takes the policy with its own link workers: their pay and the people together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scenarios.reading.scenario import Change, Scenario
from sim.numbers.levers import BY_NAME

LEVER = "link_workers"


def as_today(scenario: Scenario) -> Scenario:
    """The same with as many link workers as today, all the time; itself where it has them already."""
    changes = tuple(one for one in map(_without, scenario.changes) if one.levers)
    levers = scenario.levers | {LEVER: BY_NAME[LEVER].today}
    return scenario if not moves(scenario) else replace(scenario, levers=levers, changes=changes)


def moves(scenario: Scenario) -> bool:
    """Whether a policy has another number of link workers than today at any time. The past is left as it was."""
    if scenario.history:
        return False
    set_to = [scenario.levers[LEVER], *(c.levers[LEVER] for c in scenario.changes if LEVER in c.levers)]
    return any(value != BY_NAME[LEVER].today for value in set_to)


def _without(change: Change) -> Change:
    return replace(change, levers={name: value for name, value in change.levers.items() if name != LEVER})


def moved(levers: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> bool:
    """The same of a scenario as it is written down in a results folder."""
    tables = [levers, *(change.get("levers", {}) for change in changes)]
    return any(table.get(LEVER, BY_NAME[LEVER].today) != BY_NAME[LEVER].today for table in tables)


def to_run(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """All that a case runs: the policies with link workers as today, then the first two with their own, if either has any."""
    own = list(scenarios[:2]) if any(map(moves, scenarios[:2])) else []
    return [*map(as_today, scenarios), *own]
