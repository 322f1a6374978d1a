"""About how long work takes: beforehand from its size, later from the part that is done. The one place for this.

The figures of a run's cost were measured on one core of an AMD EPYC: 17 to 23 ns a person's week (`docs/scale.md`), and in
many small worlds a quarter more for Python's part. Another machine may take half or double.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.running.study import Study

LONG_SECONDS = 10.0
"""A command that takes longer says so beforehand."""
WEEK_SECONDS, PERSON_WEEK_SECONDS, START_SECONDS = 50e-6, 25e-9, 2.0
"""Of a week of some worlds together, whoever lives there; of each person's week; of a command before its first week."""
MESA_PERSON_WEEK_SECONDS = 4e-6
BUSY_TIMES = 2.3
"""A week with gates open to everyone, against one of today's policy: far more people are in support (`peerscale ladder`, measured)."""
SEEN = 0.02
"""Below this part done, what was estimated beforehand is the better guess of what is left."""


def run_seconds(study: Study, policies: int, workers: int = 0, burn_ins: int | None = None) -> float:
    """About how long it takes to run so many policies of a study. `burn_ins`: how often the years before are run."""
    from scenarios.running.pool import cores
    from scenarios.running.study import make_shape
    from scenarios.running.worlds import PEOPLE_AT_ONCE

    busy = max(1, min(workers or cores(), cores()))
    before = 1 if burn_ins is None else burn_ins
    weeks, people = before * study.burn_in + policies * study.weeks, make_shape(study).people
    if study.engine == "mesa":
        each = weeks + study.burn_in * (policies - before)
        return START_SECONDS + people * each * MESA_PERSON_WEEK_SECONDS / min(busy, len(study.worlds) * policies)
    chunks = max(busy // max(1, before), -(-people // PEOPLE_AT_ONCE), 1)
    work = chunks * weeks * WEEK_SECONDS + people * weeks * PERSON_WEEK_SECONDS
    return START_SECONDS + work / busy


def rows_seconds(
    people: int, weeks: int, before: int, runs: int, together: int, workers: int = 0, starts: int | None = None
) -> float:
    """About how long so many runs of one world of `people` take, `together` in one piece of work. `starts`: how often the weeks
    `before` the policy are run (for each run, unless told)."""
    from scenarios.running.pool import cores

    starts = runs if starts is None else starts
    world_weeks = runs * weeks + starts * before
    work = world_weeks * (WEEK_SECONDS / max(1, together) + people * PERSON_WEEK_SECONDS)
    return START_SECONDS + work / max(1, min(workers or cores(), cores()))


def words(seconds: float) -> str:
    """ "about 20 seconds", "about 3 minutes", "about 2 days"."""
    if seconds < LONG_SECONDS:
        return "a few seconds"
    for unit, size, most in (("second", 1, 90), ("minute", 60, 90), ("hour", 3600, 48)):
        count = seconds / size
        if count < most:
            near = (
                round(count)
                if count < 10
                else 5 * round(count / 5)
                if count < 60 or unit != "second"
                else 10 * round(count / 10)
            )
            return f"about {max(1, near)} {unit}{'' if near <= 1 else 's'}"
    return f"about {round(seconds / 86_400)} days"


def left(part: float, elapsed: float, expected: float) -> str:
    """How long it still takes, from the part that is done; at the very start from what was expected."""
    if part >= SEEN:
        return f"{words(elapsed * (1 - part) / part)} left"
    return f"{words(max(expected - elapsed, 0.0))} left" if expected > elapsed else "time left not known yet"
