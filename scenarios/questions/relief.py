"""Gate relief on all cores: one policy, and the same with each gate (or pair of gates) of the cascade open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.reading.scenario import Scenario
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import pool_for, run_tasks
from scenarios.running.pool import Tell
from scenarios.running.study import Study
from scenarios.running.worlds import Task
from sim.policy.relief import RELIEFS, Relief
from sim.results import outcomes, summary
from sim.results.result import Result

SHOWN = outcomes.with_beside((outcomes.MAIN, "started_in_time", "starts_per_want", "better_per_want"))


@dataclass(frozen=True)
class Gain:
    """What opening `gates` gains, world by world: one of SHOWN to its paired difference."""

    gates: tuple[str, ...]
    opened: str
    by: dict[str, summary.Paired]


def together(reliefs: Sequence[Relief]) -> Relief:
    """Several gates open at once."""
    return Relief(
        " and ".join(r.gate for r in reliefs),
        "; ".join(r.opened for r in reliefs),
        {k: v for r in reliefs for k, v in r.parameters.items()},
        {k: v for r in reliefs for k, v in r.times.items()},
        {k: v for r in reliefs for k, v in r.levers.items()},
        max(r.places_times for r in reliefs),
        {k: v for r in reliefs for k, v in r.lever_times.items()},
    )


def gate_relief(
    scenario: Scenario,
    study: Study,
    pairs: bool = False,
    workers: int = 0,
    progress: Tell | None = None,
    finished: FinishedJobs | None = None,
) -> tuple[Result, list[Gain]]:
    """(the policy's result, the gain from each gate, most gained first; with `pairs`, of every two gates too)."""
    reliefs = list(RELIEFS)
    if pairs:
        reliefs += [together((a, b)) for i, a in enumerate(RELIEFS) for b in RELIEFS[i + 1 :]]
    tasks = [Task(scenario), *(Task(scenario, relief) for relief in reliefs)]
    with pool_for(study, workers) as pool:
        found = dict(run_tasks(tasks, study, pool, progress, finished))
    return found[0], gains_of(found[0], [(relief, found[k]) for k, relief in enumerate(reliefs, 1)])


def gains_of(base: Result, opened: Sequence[tuple[Relief, Result]]) -> list[Gain]:
    """The gain of each relief over the policy's own run on the same luck, most gained first."""
    gains = [_gain(relief, base, result) for relief, result in opened]
    return sorted(gains, key=lambda gain: -gain.by[outcomes.MAIN].difference.median)


def _gain(relief: Relief, base: Result, result: Result) -> Gain:
    found = {name: summary.pair(outcomes.of_group(base, name), outcomes.of_group(result, name)) for name in SHOWN}
    return Gain(tuple(relief.gate.split(" and ")), relief.opened, found)
