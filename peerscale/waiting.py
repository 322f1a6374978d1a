"""How long a command takes: said beforehand, and how much is left while it runs. The one place for this.

The figures of a run's cost were measured on one core of an AMD EPYC (`docs/speed.md`); another machine may take half or double.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from scenarios.study import Study

Tell = Callable[[float], None]
Stage = Callable[[str, int, int], None]
LONG_SECONDS = 10.0
"""A command that takes longer says so beforehand."""
EVERY_SECONDS = 30.0
"""How often a line of progress is written where nobody watches a bar."""
WEEK_SECONDS, PERSON_WEEK_SECONDS, START_SECONDS = 0.005, 80e-9, 1.5
MESA_PERSON_WEEK_SECONDS = 4e-6
SEEN = 0.02
"""Below this part done, what was estimated beforehand is the better guess of what is left."""


def run_seconds(study: Study, policies: int, workers: int = 0, burn_ins: int | None = None) -> float:
    """About how long it takes to run so many policies of a study. `burn_ins`: how often the years before are run."""
    from scenarios.running.pool import cores
    from scenarios.running.worlds import PEOPLE_AT_ONCE
    from scenarios.study import make_shape

    busy = max(1, min(workers or cores(), cores()))
    before = 1 if burn_ins is None else burn_ins
    weeks, people = before * study.burn_in + policies * study.weeks, make_shape(study).people
    if study.engine == "mesa":
        each = weeks + study.burn_in * (policies - before)
        return START_SECONDS + people * each * MESA_PERSON_WEEK_SECONDS / min(busy, len(study.worlds) * policies)
    chunks = max(busy // max(1, before), -(-people // PEOPLE_AT_ONCE), 1)
    work = chunks * weeks * WEEK_SECONDS + people * weeks * PERSON_WEEK_SECONDS
    return START_SECONDS + work / busy


def rows_seconds(people: int, weeks: int, before: int, runs: int, together: int, workers: int = 0, starts: int | None = None) -> float:
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
            near = round(count) if count < 10 else 5 * round(count / 5) if count < 60 or unit != "second" else 10 * round(count / 10)
            return f"about {max(1, near)} {unit}{'' if near <= 1 else 's'}"
    return f"about {round(seconds / 86_400)} days"


def left(part: float, elapsed: float, expected: float) -> str:
    """How long it still takes, from the part that is done; at the very start from what was expected."""
    if part >= SEEN:
        return f"{words(elapsed * (1 - part) / part)} left"
    return f"{words(max(expected - elapsed, 0.0))} left" if expected > elapsed else "time left not known yet"


@contextlib.contextmanager
def progress(label: str, seconds: float = 0.0, most: bool = False) -> Iterator[Tell]:
    """Says on standard error about how long it takes (if over ten seconds), then how far it is and how much is left.

    A bar for people; where nobody watches, a line now and then, also while the work itself says nothing. `most`: it may
    end sooner.
    """
    beforehand(label, seconds, most)
    with _bar(label, seconds) if sys.stderr.isatty() else _lines(label, seconds) as meter:
        yield meter


def beforehand(label: str, seconds: float, most: bool = False) -> None:
    """About how long it takes, said where it is over ten seconds."""
    if seconds > LONG_SECONDS:
        print(f"{label} takes {'at most ' if most else ''}{words(seconds)} here.", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _ticking(show: Callable[[float, float], None], every: float) -> Iterator[Tell]:
    """Calls show(part done, seconds gone) every so often, whether or not the work tells anything meanwhile."""
    begun, held, over = time.monotonic(), [0.0], threading.Event()

    def tick() -> None:
        while not over.wait(every):
            show(held[0], time.monotonic() - begun)

    def tell(part: float) -> None:
        held[0] = part

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        over.set()
        thread.join()


@contextlib.contextmanager
def _bar(label: str, seconds: float) -> Iterator[Tell]:
    with _columns() as bar:
        task = bar.add_task(label, total=1.0, visible=False, left="")

        def show(part: float, gone: float) -> None:
            bar.update(task, completed=part, visible=gone > 2, left=left(part, gone, seconds))
            bar.refresh()

        with _ticking(show, 0.5) as tell:
            yield tell


def _columns() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]}", markup=False))
    return Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)


def _lines(label: str, seconds: float) -> contextlib.AbstractContextManager[Tell]:
    def show(part: float, gone: float) -> None:
        print(f"{gone:6.0f} s  {label}: {part:.0%}, {left(part, gone, seconds)}", file=sys.stderr, flush=True)

    return _ticking(show, EVERY_SECONDS)


@contextlib.contextmanager
def stages() -> Iterator[Stage]:
    """Progress of work in stages, told as (what, done, of): a bar for each for people, else a line now and then."""
    if not sys.stderr.isatty():
        yield _stage_lines()
        return
    with _columns() as bar:
        tasks: dict[str, tuple[TaskID, float]] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of, left=""), time.monotonic()
            number, begun = tasks[what]
            bar.update(number, completed=done, total=of, left=_stage_left(done, of, time.monotonic() - begun))
            bar.refresh()

        yield tell


def _stage_lines() -> Stage:
    begun = time.monotonic()
    last, first = {"": 0.0}, dict[str, float]()

    def tell(what: str, done: int, of: int) -> None:
        now = time.monotonic() - begun
        since = now - first.setdefault(what, now)
        if what not in last or now - last[what] >= EVERY_SECONDS or done == of:
            last[what] = now
            print(f"{now:6.0f} s  {what}: {done} of {of}{_comma(_stage_left(done, of, since))}", file=sys.stderr, flush=True)

    return tell


def _stage_left(done: int, of: int, elapsed: float) -> str:
    return "" if not of or done >= of or elapsed <= 0 else left(done / of, elapsed, 0.0)


def _comma(text: str) -> str:
    return f", {text}" if text else ""
