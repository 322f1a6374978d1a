"""One client at a time in a folder: a claim that is held by a lock of the system, and whose loss is noticed.

Where the file system has no locks, the claim of whoever came last holds: the other notices at its next look, and stops.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sim.errors import UserError

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows: whoever came last holds it
    fcntl = None

CLAIM = ".in_use"


class Claim:
    """A folder that is ours. `still_ours` raises UserError once it is not."""

    def __init__(self, folder: Path):
        self.path, self.mark = folder / CLAIM, uuid.uuid4().hex
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take it. Raises UserError where another client holds it, OSError."""
        self._file = self.path.open("a+", encoding="utf-8")
        try:
            _lock(self._file)
        except BlockingIOError:
            self._file.close()
            self._file = None
            raise _in_use(self.path) from None
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"mark": self.mark, "machine": platform.node(), "process": os.getpid()}))
        self._file.flush()

    def still_ours(self) -> None:
        """Raises UserError where the claim is gone, or somebody else's."""
        if _read(self.path).get("mark") != self.mark:
            raise UserError(
                "somebody else has taken the folder meanwhile",
                file=str(self.path.parent),
                rule="one command at a time in a folder",
                got=_holder(self.path),
                try_="the same command again, once nobody works in the folder: what had ended is kept",
            )

    def leave(self) -> None:
        """Give it back; what is somebody else's is left alone."""
        with contextlib.suppress(OSError):
            if _read(self.path).get("mark") == self.mark:
                self.path.unlink()
        if self._file is not None:
            self._file.close()


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[Claim]:
    """The folder for this client alone, made where it is missing. Raises UserError where it is in use."""
    folder.mkdir(parents=True, exist_ok=True)
    claim = Claim(folder)
    claim.take()
    try:
        yield claim
    finally:
        claim.leave()


def _lock(file: IO[str]) -> None:
    """Raises BlockingIOError where another process holds it; file systems without locks are passed over."""
    if fcntl is None:
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _holder(path: Path) -> str:
    found = _read(path)
    if not found:
        return "the mark of this command is gone"
    return f"process {found.get('process')} on {str(found.get('machine'))[:60]}"


def _in_use(path: Path) -> UserError:
    return UserError(
        "the folder is in use",
        file=str(path.parent),
        key="--out",
        rule="one command at a time in a folder",
        got=_holder(path),
        try_="wait for the other command, or --out with another name",
    )
