"""Gate relief on all cores: one policy, and the same with each gate (or pair of gates) of the cascade open."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from scenarios.pool import cores, joined, leave_with_parent
from scenarios.scenario import Scenario
from scenarios.study import Study, make_shape, timeline_of, world_parameters
from sim import summary
from sim.relief import RELIEFS, Relief
from sim.result import Result

SHOWN = ("available", "started_in_time", "starts_per_want", "better_per_want")


@dataclass(frozen=True)
class Gain:
    """What opening `gates` gains, world by world: one of SHOWN to its paired difference."""

    gates: tuple[str, ...]
    opened: str
    by: dict[str, summary.Paired]


def together(reliefs: Sequence[Relief]) -> Relief:
    """Several gates open at once."""
    return Relief(
        " and ".join(r.gate for r in reliefs), "; ".join(r.opened for r in reliefs),
        {k: v for r in reliefs for k, v in r.parameters.items()}, {k: v for r in reliefs for k, v in r.times.items()},
        {k: v for r in reliefs for k, v in r.levers.items()}, max(r.places_times for r in reliefs),
    )  # fmt: skip


def _work(scenario: Scenario, study: Study, worlds: tuple[tuple[int, int], ...], reliefs: Sequence[Relief]) -> list[Result]:
    """The policy, then each relief, in some worlds; the years before are run once."""
    from sim.core.engine import go_on, settle

    shape = make_shape(study, worlds)
    line = timeline_of(scenario, shape)
    settled = settle(shape, world_parameters(study, worlds), line)
    return [go_on(settled, line)] + [go_on(settled, line, relief=relief) for relief in reliefs]


def gate_relief(
    scenario: Scenario, study: Study, pairs: bool = False, workers: int = 0,
    progress: Callable[[float], None] | None = None,
) -> tuple[Result, list[Gain]]:
    """(the policy's result, the gain from each gate, most gained first; with `pairs`, of every two gates too)."""
    reliefs = list(RELIEFS)
    if pairs:
        reliefs += [together((a, b)) for i, a in enumerate(RELIEFS) for b in RELIEFS[i + 1 :]]
    parts = _parts(scenario, study, reliefs, workers or cores(), progress or (lambda done: None))
    base, *opened = (joined([part[k] for part in parts]) for k in range(len(reliefs) + 1))
    return base, gains_of(base, list(zip(reliefs, opened, strict=True)))


def gains_of(base: Result, opened: Sequence[tuple[Relief, Result]]) -> list[Gain]:
    """The gain of each relief over the policy's own run on the same luck, most gained first."""
    gains = [_gain(relief, base, result) for relief, result in opened]
    return sorted(gains, key=lambda gain: -gain.by["available"].difference.median)


def _parts(scenario: Scenario, study: Study, reliefs: Sequence[Relief], workers: int,
           tell: Callable[[float], None]) -> list[list[Result]]:
    """Chunks of worlds in order, each on a core."""
    worlds = study.worlds
    size = max(1, -(-len(worlds) // (2 * workers)))
    chunks = [worlds[k : k + size] for k in range(0, len(worlds), size)]
    if workers == 1:
        return [_work(scenario, study, chunk, reliefs) for chunk in chunks]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), leave_with_parent) as pool:
        jobs = [pool.submit(_work, scenario, study, chunk, reliefs) for chunk in chunks]
        for done, _ in enumerate(as_completed(jobs), 1):
            tell(done / len(jobs))
        return [job.result() for job in jobs]


def _gain(relief: Relief, base: Result, result: Result) -> Gain:
    found = {name: summary.pair(summary.ratio(base, name), summary.ratio(result, name)) for name in SHOWN}
    return Gain(tuple(relief.gate.split(" and ")), relief.opened, found)


