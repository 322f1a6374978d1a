"""Settled starts that stay: the years before a policy are run once, and the next command begins where they end.

They lie in this user's cache, known by everything they follow from (`worlds.start_key`): an edit of the model or of a
table makes others. The oldest go first. Several processes may share them: they would write the same bytes. What is
damaged, or cannot be written, is made again.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

from scenarios.running.finished import Content, FinishedJobs, in_pieces, shared_folder, size_of

MOST_BYTES = 4 * 2**30
"""Of all that is kept (judgement: 20 worlds of 10,000 adults take 16 MB, a million adults 80 MB)."""
SWITCH = "PEERSCALE_STARTS"
"""Name of the setting that, at 0, keeps and uses none."""


def folder() -> Path:
    """Where they are kept."""
    return shared_folder().parent / "starts"


def on() -> bool:
    """Whether starts are kept and used."""
    return os.environ.get(SWITCH, "1") != "0"


def has(key: str) -> bool:
    """Whether one is there (`find` tells whether it is whole)."""
    return on() and FinishedJobs(folder()).has(key)


def opened(key: str) -> BinaryIO | None:
    """A settled state as a file, which is read piece by piece; None where there is none, or a damaged one."""
    if not on():
        return None
    store = FinishedJobs(folder())
    found = store.opened(key)
    store.renew(key)
    return found


def find(key: str) -> bytes | None:
    """The same in memory."""
    file = opened(key)
    if file is None:
        return None
    with file:
        return file.read()


def keep(key: str, content: Content, most: int = MOST_BYTES) -> None:
    """Keep one, and let the oldest go beyond `most` bytes. Where that cannot be, the next command settles anew."""
    if not on() or size_of(in_pieces(content)) > most:
        return
    store = FinishedJobs(folder())
    with contextlib.suppress(OSError):
        store.put(key, content)
        store.tidy(most)
