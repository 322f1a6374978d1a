"""On paper: what a national study would cost by the figures measured, and what would break first. Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scenarios.running.by_area import MOST_TOGETHER

GB = 1e9


@dataclass(frozen=True)
class Measured:
    """What the plan is worked out from: CPU ns a person-week, bytes of memory and of a settled start a person, bytes of a
    world's result and of its row, ms a job beyond its work."""

    ns: float
    person_bytes: float
    settled_bytes: float
    result_bytes: float
    row_bytes: float
    job_ms: float


@dataclass(frozen=True)
class Plan:
    """A study. `policies`: how many share the years before. The rest are what one has: all judgement, all options.

    `price`: pounds a core-hour (judgement: 0.04; prices of clouds and departments differ, so look up your own).
    `memory`: GB a core; `hours`: the longest job that a cluster takes; `disk`: GB a second of the disk that all share.
    `together`: adults whose areas one job runs; a policy by which areas look at each other has all adults in one job.
    """

    worlds: int = 100_000
    policies: int = 1
    adults: int = 44_430_000
    together: int = MOST_TOGETHER
    burn_in: int = 780
    weeks: int = 260
    cores: int = 1_000
    price: float = 0.04
    memory: float = 4.0
    hours: float = 24.0
    disk: float = 1.0

    @property
    def jobs(self) -> int:
        """Jobs of one world under one policy."""
        return math.ceil(self.adults / self.together)

    def __post_init__(self) -> None:
        if min(self.worlds, self.policies, self.adults, self.together, self.weeks, self.cores) < 1:
            raise ValueError("a study has worlds, policies, adults, weeks and cores")


@dataclass(frozen=True)
class Cost:
    """Of a study. `days`: with all cores busy. `rows`: GB of its table; `results`: GB where every result is kept whole;
    `settled`: GB of settled starts that are on the disk at once."""

    core_hours: float
    pounds: float
    days: float
    rows: float
    results: float
    settled: float


def world_hours(measured: Measured, plan: Plan) -> tuple[float, float]:
    """Core-hours of (the years before, the reported years) of one world."""
    hour = plan.adults * measured.ns * 1e-9 / 3600
    return plan.burn_in * hour, plan.weeks * hour


def cost(measured: Measured, plan: Plan) -> Cost:
    """A study of `worlds`: each a set of parameters under one policy; `policies` of them share their years before."""
    before, after = world_hours(measured, plan)
    jobs = measured.job_ms / 3.6e6 * plan.worlds * plan.jobs
    hours = plan.worlds * (after + before / plan.policies) + jobs
    return Cost(
        hours,
        hours * plan.price,
        hours / plan.cores / 24,
        plan.worlds * measured.row_bytes / GB,
        plan.worlds * measured.result_bytes / GB,
        plan.cores * min(plan.together, plan.adults) * measured.settled_bytes / GB,
    )


@dataclass(frozen=True)
class Strain:
    """Something that could break: what the study needs, what there is, in a unit."""

    what: str
    needs: float
    has: float
    unit: str

    @property
    def part(self) -> float:
        """How much of what there is it needs: above 1 it breaks."""
        return self.needs / self.has


def strains(measured: Measured, plan: Plan) -> list[Strain]:
    """What could break, the worst first. A settled start is written once, and read once a policy."""
    before, after = world_hours(measured, plan)
    moved = plan.adults * measured.settled_bytes / GB * (1 + plan.policies)
    seconds = 3600 * (before + plan.policies * after)
    part = min(plan.together, plan.adults)
    each_second = plan.cores * plan.jobs / (3600 * after)
    found = [
        Strain("memory of a job, areas apart", _memory(measured, part), plan.memory, "GB a core"),
        Strain(
            "memory of a job, areas that look at each other", _memory(measured, plan.adults), plan.memory, "GB a core"
        ),
        Strain("settled starts, written and read again", plan.cores * moved / seconds, plan.disk, "GB a second"),
        Strain("the longest job, areas that look at each other", before, plan.hours, "hours"),
        Strain(
            "one client, handing out jobs and keeping results", each_second * measured.job_ms, 1000.0, "ms a second"
        ),
    ]
    return sorted(found, key=lambda one: -one.part)


def _memory(measured: Measured, people: int) -> float:
    """GB of a job: its people. A settled start goes to and from the disk without a copy in memory."""
    return people * measured.person_bytes / GB
