"""Files that are there whole or not at all, what an interrupted writer left beside them, and the mark of a content.

A file is written under a name of its own, held by a lock while its writer lives, and then put in its place. A name
that nobody holds any longer was left by a writer that was killed: it is cleared. (The number of the process would not
do: in containers every run is process 1.)
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows: a file that is open there cannot be taken away, which serves as well
    fcntl = None

PART, LOCK = ".part", ".lock"
MOVED_SECONDS = 2.0
"""How long a move may be refused, on Windows, for somebody reads there (a virus scanner reads whatever is new)."""


def digest(*pieces: str | bytes) -> str:
    """SHA-256 over texts and bytes, each with its length, as 64 hexadecimal digits."""
    made = hashlib.sha256()
    for piece in pieces:
        raw = piece.encode() if isinstance(piece, str) else piece
        made.update(len(raw).to_bytes(8, "little"))
        made.update(raw)
    return made.hexdigest()


def digest_in_pieces(size: int, pieces: Iterable[bytes | memoryview]) -> str:
    """`digest` of one content of so many bytes, which comes in pieces."""
    made = hashlib.sha256(size.to_bytes(8, "little"))
    for piece in pieces:
        made.update(piece)
    return made.hexdigest()


def write_whole(path: Path, *content: bytes | memoryview) -> None:
    """Write a file whole or not at all, its parts one after the other: beside its place, flushed to the disk, then renamed.
    Raises OSError."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}{PART}")
    try:
        with part.open("xb") as file:
            with contextlib.suppress(OSError):  # a file system without locks
                _hold(file)
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
            if fcntl is not None:
                os.replace(part, path)
        if fcntl is None:
            put(part, path)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def put(new: Path, place: Path) -> None:
    """Move a file or folder to its place, over what is there. On Windows tried again for a while. Raises OSError."""
    until = time.monotonic() + (MOVED_SECONDS if fcntl is None else 0.0)
    while True:
        try:
            return os.replace(new, place)
        except PermissionError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.02)


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, under a name of its own, that takes its place at the end, or vanishes."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}{PART}")
    try:
        yield part
        put(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def others_in(folder: Path, ours: Iterable[str] = ()) -> list[str]:
    """Names in a folder (none where there is no folder) but for `ours` and what writers that were killed left, which is cleared."""
    if not folder.is_dir():
        return []
    clear_left_over(folder)
    names = [path.name for path in folder.iterdir()]
    return sorted(name for name in names if name not in set(ours) and not name.endswith((PART, PART + LOCK)))


@contextlib.contextmanager
def own_folder(beside: Path) -> Iterator[Path]:
    """A folder of this writer's own beside a path; gone at the end, unless it was moved to its place."""
    folder = beside.with_name(f".{beside.name}.{uuid.uuid4().hex[:12]}{PART}")
    lock = folder.with_name(folder.name + LOCK)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        with lock.open("xb") as file:
            with contextlib.suppress(OSError):
                _hold(file)
            folder.mkdir()
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            lock.unlink()


def clear_left_over(folder: Path) -> None:
    """Take away what writers that are gone left half written in a folder. One that still writes is left alone."""
    for lock in folder.glob(f".*{PART}{LOCK}"):
        _clear(lock, lock.with_name(lock.name.removesuffix(LOCK)))
    for part in folder.glob(f".*{PART}"):
        if not part.is_dir():
            _clear(part)
        elif not part.with_name(part.name + LOCK).exists():
            shutil.rmtree(part, ignore_errors=True)


def _clear(held: Path, folder: Path | None = None) -> None:
    """A file that nobody holds, and the folder it stands for."""
    if fcntl is None:
        with contextlib.suppress(OSError):
            held.unlink()  # refused while its writer has it open
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError), held.open("rb") as file:
        _hold(file)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        held.unlink()


def _hold(file: IO[bytes]) -> None:
    """Raises OSError where somebody else holds it, and on file systems without locks."""
    if fcntl is not None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
