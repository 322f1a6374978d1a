"""A sweep's runs: each point under each policy in the worlds of its study, as jobs of the one pool, each kept as it ends.

A job's result is a row of figures for each world, made where the job ran: a few thousand bytes. Jobs are made as they
are needed, some hundred at a time, so memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calibration.whole import digest
from scenarios.reading.load import with_levers
from scenarios.reading.rival_evidence import fixed_by
from scenarios.reading.scenario import Scenario
from scenarios.running import identity
from scenarios.running.finished import FinishedJobs
from scenarios.running.memory import must_fit
from scenarios.running.pool import Failed, Job, Pool, Tell
from scenarios.running.study import Study, area_list, make_shape, timeline_of
from scenarios.running.worlds import Batch, Task, batches, jobs_of, unpack
from scenarios.sweeps.design import Point, must_be_possible, points
from scenarios.sweeps.plan import Plan
from scenarios.sweeps.vary import AREAS, LEVER, NONE, RIVAL, Axis, Value, along
from sim import plain
from sim.errors import UserError
from sim.numbers.parameters import records
from sim.numbers.prices import at_model_prices
from sim.results import summary
from sim.results.outcomes import OUTCOMES
from sim.results.result import Result

LOST = "lost_at_"
"""Before a gate's name: the column of the wants that stopped there."""
JOBS_AT_ONCE = 1_000
"""Jobs that are made together (judgement: a few megabytes)."""


@dataclass(frozen=True)
class Family:
    """Points that share a study: people, parameters, areas. `number`: its place among the families."""

    number: int
    study: Study
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Sweep:
    """A plan with its points, sorted by study. `study`: as it is where no point says otherwise.

    `more`: whether every outcome is kept, and where wants stopped, and not the headline alone.
    """

    plan: Plan
    study: Study
    families: tuple[Family, ...]
    more: bool = False

    @property
    def points(self) -> list[tuple[Point, Family]]:
        """Every point with its family, in the order of the design."""
        found = [(point, family) for family in self.families for point in family.points]
        return sorted(found, key=lambda pair: pair[0].number)

    @property
    def runs(self) -> int:
        """Points times policies."""
        return sum(len(family.points) for family in self.families) * len(self.plan.scenarios)

    @property
    def worlds(self) -> int:
        """Worlds in all: one for each row of the table."""
        return self.runs * len(self.study.worlds)

    def identity(self) -> dict[str, Any]:
        """What makes it the same sweep: policies, what is varied, the points themselves, and all that a run's identity holds."""
        said = [(point.number, family.number, point.values) for point, family in self.points]
        return {
            "policies": [identity.policy(scenario) for scenario in self.plan.scenarios],
            "design": self.plan.design,
            "vary": [_plainly(axis) for axis in self.plan.axes],
            "points": digest(repr(said)),
            **({"more": True} if self.more else {}),
            **identity.of_study(self.study),
        }


def _plainly(axis: Axis) -> dict[str, Any]:
    path = None
    if axis.path is not None:
        path = {
            "from": axis.path.from_,
            "to": axis.path.to,
            "over_weeks": axis.path.over_weeks,
            "areas": list(axis.path.areas),
        }
    return {"kind": axis.kind, "name": axis.name, "values": list(axis.values), "path": path}


def settle(plan: Plan, study: Study, more: bool = False) -> Sweep:
    """Every point, checked. Raises UserError for a plan too large, and for a point that cannot be, before anything is run."""
    must_be_possible(plan, len(study.worlds))
    found: dict[tuple[Any, ...], tuple[Study, list[Point]]] = {}
    for point in points(plan, study.seed):
        key = tuple(v for axis, v in zip(plan.axes, point.values, strict=True) if axis.kind != LEVER)
        if key not in found:
            found[key] = study_at(plan, study, point), []
        found[key][1].append(point)
    families = tuple(Family(i, one, tuple(its)) for i, (one, its) in enumerate(found.values()))
    for family in families:
        _possible(plan, family)
    return Sweep(plan, study, families, more)


def _possible(plan: Plan, family: Family) -> None:
    """Raises UserError for a point that cannot take effect."""
    shape = make_shape(family.study)
    for point in family.points:
        for scenario in plan.scenarios:
            timeline_of(policy_at(plan, scenario, point), shape)


def study_at(plan: Plan, study: Study, point: Point) -> Study:
    """The study of a point: its area, and what is held fixed. Raises UserError for two answers to one question."""
    fixed, areas = dict(study.fixed), study.areas
    for axis, value in _values(plan, point):
        more: Mapping[str, float] = {}
        if axis.kind == AREAS:
            areas = area_list([str(value)])
        elif axis.kind == RIVAL:
            more = dict(fixed_by({str(value)})) if value != NONE else {}
        elif axis.kind != LEVER:
            more = {axis.name: at_model_prices(float(value), records()[axis.name].unit)}
        _not_both([*fixed, *(one.name for one in study.priors)], more)
        fixed |= more
    return replace(study, areas=areas, fixed=tuple(sorted(fixed.items())))


def _not_both(fixed: Sequence[str], more: Mapping[str, float]) -> None:
    for name in set(fixed) & set(more):
        raise UserError(
            f"{name} is answered twice",
            key="--vary",
            rule="one answer for each parameter: varied, held, drawn, or of one rival",
            got=name,
            try_="leave one out",
        )


def _values(plan: Plan, point: Point) -> list[tuple[Axis, Value]]:
    """What a point sets."""
    return [(axis, value) for axis, value in zip(plan.axes, point.values, strict=True) if value is not None]


def policy_at(plan: Plan, scenario: Scenario, point: Point) -> Scenario:
    """A policy at a point: levers at their values from the first week on, or along their path. Raises UserError."""
    at = [(axis, value) for axis, value in _values(plan, point) if axis.kind == LEVER]
    steady = {axis.name: value for axis, value in at if axis.path is None}
    moved = replace(
        with_levers(scenario, steady) if steady else scenario, name=f"{scenario.name}, point {point.number}"
    )
    numbers = with_levers(scenario, {axis.name: value for axis, value in at}).levers if at else {}
    paths = tuple(along(axis.path, axis.name, numbers[axis.name]) for axis, _ in at if axis.path is not None)
    return replace(moved, changes=moved.changes + paths) if paths else moved


# ------------------------------------------------------------------ jobs


def figures(work: Any, args: tuple[Any, ...], tell: Tell) -> bytes:
    """A job's work: the figures of each world of a run, and what says whether it had settled."""
    return _row(unpack(work(*args, tell=tell)), summary.headline)


def more_figures(work: Any, args: tuple[Any, ...], tell: Tell) -> bytes:
    """The same with every outcome, and the share of wants that stopped at each gate."""
    return _row(unpack(work(*args, tell=tell)), everything)


def everything(result: Result) -> dict[str, np.ndarray]:
    """float64[worlds] of every outcome, and of the wants that stopped at each gate (`LOST` before its name)."""
    lost = {LOST + gate: values for gate, values in summary.lost_at(result).items()}
    return {one.name: one.worlds(result) for one in OUTCOMES} | lost


def _row(result: Result, read: Callable[[Result], dict[str, np.ndarray]]) -> bytes:
    found = read(result)
    settling = [[name, int(before), int(after)] for name, (before, after) in result.settling.items()]
    return plain.dumps({"names": list(found), "rows": np.array(list(found.values())), "settling": settling})


@dataclass(frozen=True)
class Kept:
    """What a job left: float64[figures, worlds] of some worlds of a run, the figures' names, and sums of stocks before."""

    names: list[str]
    rows: np.ndarray
    settling: list[tuple[str, int, int]]


def read(content: bytes) -> Kept:
    """What `figures` gave. Raises NotPlain."""
    found = plain.loads(content, ())
    return Kept(found["names"], found["rows"], [(str(n), int(b), int(a)) for n, b, a in found["settling"]])


@dataclass(frozen=True)
class Piece:
    """Some worlds of one run: which family, point and policy, and the key of its job."""

    family: Family
    point: Point
    policy: int
    batch: Batch
    key: str


def pieces(sweep: Sweep, workers: int, store: FinishedJobs) -> Iterator[tuple[list[Piece], list[Job]]]:
    """Work in the order of families and worlds, some hundred jobs at a time: (what each is for, the jobs)."""
    held: list[Piece] = []
    jobs: dict[str, Job] = {}
    for family in sweep.families:
        parts = batches(family.study, workers, store)
        must_fit(parts, workers)
        for batch in parts:
            some = max(1, JOBS_AT_ONCE // len(sweep.plan.scenarios))
            for k in range(0, len(family.points), some):
                part = family.points[k : k + some]
                more, its = _jobs(sweep, family, batch, part, store, k + some < len(family.points))
                held += more
                jobs |= its
                if len(jobs) >= JOBS_AT_ONCE:
                    yield held, list(jobs.values())
                    held, jobs = [], {}
    if jobs:
        yield held, list(jobs.values())


def _jobs(
    sweep: Sweep, family: Family, batch: Batch, part: Sequence[Point], store: FinishedJobs, more: bool
) -> tuple[list[Piece], dict[str, Job]]:
    """Jobs of some points in some worlds. `more`: points of theirs come later, which need the same years before."""
    asked = [(point, number) for point in part for number in range(len(sweep.plan.scenarios))]
    tasks = [Task(policy_at(sweep.plan, sweep.plan.scenarios[number], point)) for point, number in asked]
    held: list[Piece] = []
    jobs: dict[str, Job] = {}
    for number, job in jobs_of(batch, tasks, store):
        if number is None:
            jobs[job.key] = replace(job, stays=more)
            continue
        key = digest("more figures" if sweep.more else "figures", job.key)
        jobs[key] = replace(job, key=key, work=more_figures if sweep.more else figures, args=(job.work, job.args))
        held.append(Piece(family, *asked[number], batch, key))
    return held, jobs


@dataclass(frozen=True)
class Failure:
    """A job that failed: at which stage, in words which, and why. `because`: a job before it that failed ("" for itself)."""

    stage: str
    what: str
    error: str
    because: str = ""

    def as_dict(self) -> dict[str, str]:
        """For the manifest."""
        return {"stage": self.stage, "what": self.what, "error": self.error, "because": self.because}


@dataclass(frozen=True)
class Ran:
    """What ran: pieces by policy and point, in the order of worlds; and what failed."""

    pieces: dict[tuple[int, int], list[Piece]]
    failed: list[Failure]

    def of(self, policy: int) -> Iterator[list[Piece]]:
        """Pieces of one policy, a point at a time, in the order of points."""
        for key in sorted(key for key in self.pieces if key[0] == policy):
            yield sorted(self.pieces[key], key=lambda piece: piece.batch.worlds[0])


def run(sweep: Sweep, store: FinishedJobs, workers: int = 0, tell: Tell | None = None, check: Any = None) -> Ran:
    """Run what the store does not hold yet. Raises what `Pool.results` does, but for jobs that fail: they are noted.

    `check()` is called as jobs end: it raises where the work is to stop (a folder that somebody else has taken).
    """
    failed: list[Failed] = []
    found: dict[tuple[int, int], list[Piece]] = {}
    done, total = 0, _parts(sweep, workers, store)
    with Pool(workers) as pool:
        for held, jobs in pieces(sweep, pool.workers, store):

            def told(part: float, before: int = done, here: int = len(held)) -> None:
                if tell is not None:
                    tell(min(1.0, (before + part * here) / total))

            for _ in pool.results(jobs, store, tell=told, failed=failed):
                if check is not None:
                    check()
            for piece in held:
                found.setdefault((piece.policy, piece.point.number), []).append(piece)
            done += len(held)
    return Ran(found, [_failure(one) for one in failed])


def _failure(one: Failed) -> Failure:
    stage = "the years before the policy" if one.what.startswith("the years before") else "the policy"
    return Failure(stage, one.what, one.error, one.because)


def _parts(sweep: Sweep, workers: int, store: FinishedJobs) -> int:
    """About how many pieces there are."""
    first = sweep.families[0]
    each = len(batches(first.study, workers, store))
    return max(1, each * sweep.runs)
