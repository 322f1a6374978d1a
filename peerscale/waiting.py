"""How long a command takes: said beforehand, and how much is left while it runs, by `scenarios.running.durations`."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from scenarios.running.durations import LONG_SECONDS, left, rows_seconds, run_seconds, words

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["LONG_SECONDS", "beforehand", "left", "progress", "rows_seconds", "run_seconds", "stages", "words"]
Tell = Callable[[float], None]
Stage = Callable[[str, int, int], None]
EVERY_SECONDS = 30.0
"""How often a line of progress is written where nobody watches a bar."""


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
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
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
        thread.join(1.0)


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

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}", markup=False),
    )
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
            print(
                f"{now:6.0f} s  {what}: {done} of {of}{_comma(_stage_left(done, of, since))}",
                file=sys.stderr,
                flush=True,
            )

    return tell


def _stage_left(done: int, of: int, elapsed: float) -> str:
    return "" if not of or done >= of or elapsed <= 0 else left(done / of, elapsed, 0.0)


def _comma(text: str) -> str:
    return f", {text}" if text else ""
