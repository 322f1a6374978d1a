"""A sweep, asked and answered: the one way of `peerscale sweep` and of `peerscale.sweep`."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerscale.asked import OF_ONES_OWN, agreed, left_of, names_of, no_effect, place
from peerscale.given_types import check_plot, must_have_room
from peerscale.keeping import kept_on_a_stop, tell_tried_again
from peerscale.options import Typed, make_study
from peerscale.waiting import progress
from scenarios.reading.scenario import Origin, RunSettings, Scenario
from scenarios.running.durations import START_SECONDS, run_seconds
from scenarios.running.finished import FOLDER, FinishedJobs
from scenarios.running.handed import handed
from scenarios.running.pool import cores
from scenarios.running.worlds import worlds_a_job
from scenarios.sweeps import dataset, response, work
from scenarios.sweeps.claim import claimed
from scenarios.sweeps.dataset import Held
from scenarios.sweeps.plan import Plan
from scenarios.sweeps.vary import AREAS
from sim.errors import UserError
from sim.results.outcomes import BY_NAME, MAIN

if TYPE_CHECKING:
    import pandas as pd

WORLD_BYTES = 2_000
"""Of one world of a sweep, on the disk while it runs: its job and its row (about 700 were measured)."""


@dataclass(frozen=True)
class Estimate:
    """What a sweep would be. `gbp` is None where no price of a core-hour was given."""

    points: int
    policies: int
    runs: int
    worlds: int
    jobs: int
    seconds: float
    core_hours: float
    megabytes: float
    gbp: float | None = None


def settle(plan: Plan, typed: Typed, more: bool = False) -> work.Sweep:
    """The sweep with every setting decided, and every point checked. `more`: as in `work.Sweep`. Raises UserError."""
    if typed.areas is not None and any(axis.name == AREAS for axis in plan.axes):
        no_effect([f"--areas {typed.areas}"], "areas are varied, so each point has its own", "leave out --areas")
    run = _together(agreed(typed, plan.scenarios), plan.run)
    return work.settle(plan, make_study(typed, run), more)


def _together(run: RunSettings, plan: RunSettings) -> RunSettings:
    """The [run] of the scenarios' files with that of the plan's over it, numbers of one's own parameter by parameter.

    `given` says of these what is left: nothing where the plan answers all of them, and both lines where both hold.
    """
    given: dict[str, Origin | None] = {**run.given, **plan.given}
    said = names_of(plan)
    values = {name: getattr(plan if name in plan.given else run, name) for name in given}
    for name in OF_ONES_OWN:
        left = left_of(name, getattr(run, name), said)
        values[name] = (*left, *getattr(plan, name))
        given |= _from(name, run.given if left else {}, plan.given)
    return RunSettings(**values, given={name: one for name, one in given.items() if one is not None})


def _from(name: str, file: Mapping[str, Origin], plan: Mapping[str, Origin]) -> dict[str, Origin | None]:
    """Where numbers of one's own were written: in a scenario's file, in the plan, in both, or (None) in neither any longer."""
    ones = [given[name] for given in (file, plan) if name in given]
    if len(ones) < 2:
        return {name: ones[0] if ones else None}
    return {name: Origin(f"{place(ones[0])}, and {ones[1].file or 'the plan'}", ones[1].line)}


def usual_folder(sweep: work.Sweep) -> Path:
    """Where a sweep goes that was given no folder: a name of its own, so that the same sweep finds it again."""
    from scenarios.running.identity import short

    return Path("sweeps") / f"{sweep.plan.name}_{short(sweep.identity())[:8]}"


def estimate(sweep: work.Sweep, workers: int = 0, price: float | None = None) -> Estimate:
    """How many jobs, about how long, about how much. `price`: GBP of a core-hour."""
    given = handed()
    width = workers or given.at_once if given else max(1, min(workers or cores(), cores()))
    policies = len(sweep.plan.scenarios)
    seconds, jobs = 0.0, 0
    for family in sweep.families:
        runs = len(family.points) * policies
        seconds += run_seconds(family.study, runs, 1) - START_SECONDS
        jobs += -(-len(family.study.worlds) // worlds_a_job(family.study, width)) * (1 + runs)
    hours = seconds / 3600
    return Estimate(
        len(sweep.points),
        policies,
        sweep.runs,
        sweep.worlds,
        jobs,
        START_SECONDS + seconds / width,
        hours,
        WORLD_BYTES * sweep.worlds / 1e6,
        None if price is None else hours * price,
    )


def answer(sweep: work.Sweep, folder: Path, workers: int = 0, quiet: bool = False, again: str | None = None) -> Held:
    """The sweep as its folder holds it at the end; what is there already is not run again. Raises UserError, OSError.

    Jobs that fail are in `Held.failed`; the same call tries them again.
    """
    dataset.must_be_free(folder, sweep)
    must_have_room(folder, sweep.worlds, each=WORLD_BYTES)
    with claimed(folder) as claim:
        finished = FinishedJobs(folder / FOLDER)
        if (held := dataset.whole(folder, sweep)) is not None:
            finished.drop_all("")
            finished.clear()
            if not quiet:
                print(f"It is already in {folder}.", file=sys.stderr)
            return held
        dataset.begin(folder, sweep)
        finished.tidy()
        begun = time.monotonic()
        expected = estimate(sweep, workers).seconds
        silent: Any = nullcontext(lambda part: None)
        with kept_on_a_stop(finished, again):
            with silent if quiet else progress("The sweep", expected) as tell:
                ran = work.run(sweep, finished, workers, tell, claim.still_ours)
            claim.still_ours()
            dataset.write(folder, sweep, ran, finished, time.monotonic() - begun)
        if not ran.failed:
            finished.drop_all("")
            finished.clear()
        tell_tried_again(finished)
    return dataset.load(folder)


@dataclass(frozen=True, repr=False)
class Sweep:
    """What `peerscale.sweep` gives, and `peerscale.load_sweep`: a folder of thousands of runs, as tables and pictures.

    Tables are pandas DataFrames. Shares are 0 to 1; money is GBP at 2024/25 prices.
    """

    held: Held

    @property
    def folder(self) -> Path:
        """Where it is: `worlds`, `parameters` and `points.parquet` in it can be read by anything that reads Parquet."""
        return self.held.folder

    @property
    def about(self) -> str:
        """What was simulated, in words."""
        return str(self.held.manifest["sample"])

    @property
    def failed(self) -> list[work.Failure]:
        """Jobs that failed, each with its stage and its error; the same call tries them again."""
        return self.held.failed

    def worlds(self, scenario: str | None = None) -> pd.DataFrame:
        """A row a point and world: scenario, point, study, world, draw, replicate, what is varied, then every figure."""
        return _frame(self.held.worlds(scenario))

    def points(self) -> pd.DataFrame:
        """A row a point: its number, its study, what it sets (missing: as it is)."""
        return _frame(self.held.points())

    def parameters(self) -> pd.DataFrame:
        """A row a study, draw and replicate: every parameter as that world ran with it."""
        return _frame(self.held.parameters())

    def levels(self, outcome: str = MAIN) -> pd.DataFrame:
        """A row a policy and point: what it sets, and the outcome's median and range across worlds."""
        from reports.frames import frame

        rows = []
        for one in response.levels(self.held, outcome):
            found = one.interval
            set_ = dict(zip(self.held.axes, one.values, strict=True))
            rows.append(
                {"scenario": one.scenario, "point": one.point}
                | set_
                | {"median": found.median, "low": found.low, "high": found.high, "worlds": found.worlds}
            )
        return frame(rows)

    def plot(self, path: str | Path, outcome: str = MAIN) -> Path:
        """Response curves and heat maps as a picture; `path` ends in .png or .svg. Raises UserError."""
        from peerscale.needs import must_have
        from reports.pictures.sweep import draw

        place = Path(path)
        check_plot(place)
        must_have("sweep", "--plot")
        draw(place, self.held, outcome)
        return place

    def __repr__(self) -> str:
        found = self.held.manifest
        return f"Sweep of {', '.join(self.held.axes)}: {found['points']:,} points, {found['worlds']:,} worlds in {self.folder}"


def _frame(table: Any) -> pd.DataFrame:
    from reports.frames import pandas

    pandas()
    found: pd.DataFrame = table.to_pandas()
    return found


def refuse_outcome(outcome: str) -> None:
    """Raises UserError for an outcome that a sweep does not keep, before anything is run."""
    if outcome not in BY_NAME or not BY_NAME[outcome].headline:
        known = [one.name for one in BY_NAME.values() if one.headline]
        raise UserError(
            f"no outcome of a sweep is called {outcome[:60]!r}",
            key="--outcome",
            rule="one of " + ", ".join(known),
            got=outcome[:60],
            try_=MAIN,
        )


def with_settings(plan: Plan, settings: Sequence[str]) -> Plan:
    """The plan with `--set` for each of its policies."""
    from peerscale.options import named
    from scenarios.reading.load import with_settings as set_

    if not settings:
        return plan
    found: list[Scenario] = [named(set_(one, settings), settings) for one in plan.scenarios]
    return replace(plan, scenarios=tuple(found))
