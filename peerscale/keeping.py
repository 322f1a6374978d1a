"""What a command has finished is kept while it runs: in its own folder, else in this user's cache, until it has ended.

A stop loses the jobs in hand and nothing else; the same command goes on, and says so.
"""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from scenarios.running.finished import FOLDER, MOST_BYTES, FinishedJobs, shared_folder


@contextlib.contextmanager
def keeping(out: Path | None = None, again: str | None = None) -> Iterator[FinishedJobs]:
    """The store of one command. `out`: its folder of results; without one its jobs are kept in the cache meanwhile.
    `again`: how to go on after a stop, in words (None: the command as it was typed)."""
    finished = FinishedJobs(out / FOLDER if out else shared_folder())
    finished.tidy(None if out else MOST_BYTES)
    with kept_on_a_stop(finished, again):
        yield finished
    finished.clear()
    tell_tried_again(finished)


@contextlib.contextmanager
def staying(out: Path) -> Iterator[FinishedJobs]:
    """The store in a folder whose runs stay, so that more can be asked of them later."""
    finished = FinishedJobs(out / FOLDER)
    finished.tidy()
    with kept_on_a_stop(finished):
        yield finished
    tell_tried_again(finished)


@contextlib.contextmanager
def kept_on_a_stop(finished: FinishedJobs, again: str | None = None) -> Iterator[None]:
    """Says what is kept, and how to go on, when the work does not end by itself."""
    try:
        yield
    except BaseException:
        if any(map(finished.has, set(finished.used))):
            how = again or f"The same command goes on from there: {typed()}"
            print(f"What had ended is kept in {finished.folder}. {how}", file=sys.stderr)
        raise


def typed() -> str:
    """The command as it was typed."""
    return shlex.join(["peerscale", *sys.argv[1:]])


def tell_tried_again(finished: FinishedJobs) -> None:
    """The last line of a command that lost workers: which jobs were tried again, and why."""
    if finished.tried_again:
        print(f"Tried again: {'; '.join(finished.tried_again)}.", file=sys.stderr)
