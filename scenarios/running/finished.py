"""The store of finished jobs: each result whole, with its checksum, from the moment in which its job ends.

A job is known by a key that everything its result follows from goes into, so what is found here is right to use. What is
damaged is taken away and made again. Several processes may share a store: they would write the same bytes.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from calibration.whole import clear_left_over, digest_in_pieces, write_whole

HEAD = b"peerscale finished job 1 "
MOST_HEAD = 200
ENDING = ".job"
FOLDER = ".jobs"
"""Name of the store inside a folder of results."""
CACHE = "PEERSCALE_CACHE"
"""Name of the setting for where jobs are kept of a command that writes no folder of its own."""
MOST_BYTES = 8 * 2**30
"""Of the store that such commands share: the oldest go first (judgement: settled starts of a million adults are 0.1 GB)."""

AT_ONCE = 2**20
"""Bytes of a result that are looked at together where it is not wanted in memory."""
Content = bytes | Sequence[bytes | memoryview]
"""A result, or its pieces one after the other: those of a settled start lie where its people are."""

_carried: ContextVar[Mapping[str, bytes]] = ContextVar("carried", default={})  # noqa: B039 - never written to


@contextlib.contextmanager
def carried(contents: Mapping[str, bytes]) -> Iterator[None]:
    """Meanwhile every store of this thread also holds these results: they came with the work, from another machine's store."""
    token = _carried.set(contents)
    try:
        yield
    finally:
        _carried.reset(token)


class FinishedJobs:
    """Results by key, in a folder.

    `used`: keys that were asked for or written here. `tried_again`: jobs whose worker was lost, and how, in words.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.used: set[str] = set()
        self.tried_again: list[str] = []

    def put(self, key: str, content: Content) -> None:
        """Keep a result. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        pieces = in_pieces(content)
        head = HEAD + digest_in_pieces(size_of(pieces), pieces).encode() + b"\n"
        write_whole(self._path(key), head, *pieces)

    def get(self, key: str) -> bytes | None:
        """A result; None where there is none, or a damaged one (which is taken away)."""
        found = self.opened(key)
        if found is None:
            return None
        with found:
            return found.read()

    def opened(self, key: str) -> BinaryIO | None:
        """A result as a file that stands where it begins, for whoever reads it piece by piece; else as `get`."""
        self.used.add(key)
        if key in _carried.get():
            return io.BytesIO(_carried.get()[key])
        try:
            file = self._path(key).open("rb")
        except OSError:
            return None
        with contextlib.suppress(OSError):
            if _is_whole(file):
                return file
        file.close()
        self.drop(key)
        return None

    def has(self, key: str) -> bool:
        """Whether something is there under this key (`get` tells whether it is whole)."""
        self.used.add(key)
        return self._path(key).is_file()

    def renew(self, key: str) -> None:
        """It is as new: others go before it."""
        with contextlib.suppress(OSError):
            os.utime(self._path(key))

    def drop(self, key: str) -> None:
        """Take a result away."""
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def all(self, prefix: str = "") -> Iterator[tuple[str, bytes]]:
        """(key, result) of everything that is whole, by key; of keys that begin so."""
        for path in sorted(self.folder.glob(f"{prefix}*{ENDING}")):
            content = self.get(path.name.removesuffix(ENDING))
            if content is not None:
                yield path.name.removesuffix(ENDING), content

    def drop_all(self, prefix: str) -> None:
        """Take away every result whose key begins so, whoever made it."""
        for path in self.folder.glob(f"{prefix}*{ENDING}"):
            self.drop(path.name.removesuffix(ENDING))

    def tidy(self, most: int | None = None) -> None:
        """Clear what killed writers left, and the oldest results beyond `most` bytes."""
        clear_left_over(self.folder)
        if most is not None:
            self._shrink(most)

    def clear(self) -> None:
        """Take away what was used here, and the folder if nothing else is in it."""
        for key in self.used:
            self.drop(key)
        clear_left_over(self.folder)
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{ENDING}"

    def _shrink(self, most: int) -> None:
        found = []
        for path in self.folder.glob(f"*{ENDING}"):
            with contextlib.suppress(OSError):
                about = path.stat()
                found.append((about.st_mtime, about.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= most:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            total -= size


def shared_folder() -> Path:
    """Where jobs are kept of commands that write no folder: this user's cache, or what PEERSCALE_CACHE says."""
    from platformdirs import user_cache_path

    return Path(os.environ.get(CACHE) or user_cache_path("peerscale")) / "jobs"


def in_pieces(content: Content) -> Sequence[bytes | memoryview]:
    """A result as pieces, one where it is whole."""
    return [content] if isinstance(content, bytes) else content


def in_one(content: Content) -> bytes:
    """A result as bytes in memory."""
    return content if isinstance(content, bytes) else b"".join(content)


def size_of(pieces: Sequence[bytes | memoryview]) -> int:
    """How many bytes they are."""
    return sum(memoryview(piece).nbytes for piece in pieces)


def _is_whole(file: BinaryIO) -> bool:
    """Whether a result has its checksum; the file then stands where the result begins. Raises OSError."""
    head = file.readline(MOST_HEAD)
    here, end = file.tell(), file.seek(0, io.SEEK_END)
    file.seek(here)
    found = digest_in_pieces(end - here, iter(lambda: file.read(AT_ONCE), b""))
    file.seek(here)
    return head == HEAD + found.encode() + b"\n"
