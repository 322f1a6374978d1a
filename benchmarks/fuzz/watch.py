"""What an input must not do: end in a traceback, take over two seconds, touch a path outside its folder."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibration.fit.trouble import CalibrationError
from sim.errors import UserError

MOST_SECONDS = 2.0
"""Of this process's own time, so that a busy machine does not count."""
HUNG_SECONDS = 20
LONGEST_SAID = 100_000
WRITING = {
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "shutil.rmtree",
    "shutil.move",
    "os.utime",
    "os.system",
    "subprocess.Popen",
    "socket.connect",
    "os.exec",
}
IN_A_FOLDER = {"os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
"""What may name a file by its folder's number, the last of what is given."""


@dataclass(frozen=True)
class Fault:
    """What was wrong with an answer. `kind` is the same for the same fault."""

    kind: str
    told: str = ""


class Hung(BaseException):
    """The answer did not come."""


class Watch:
    """An ear on everything that Python does to files, processes and the network. Made once: hooks cannot be taken off."""

    def __init__(self) -> None:
        self.allowed: tuple[str, ...] | None = None
        self.touched: list[str] = []
        sys.addaudithook(self._hear)

    @contextlib.contextmanager
    def only(self, *folders: Path) -> Iterator[None]:
        """Until the end: what is written outside these folders is noted."""
        self.allowed, self.touched = tuple(os.path.realpath(folder) for folder in folders), []
        try:
            yield
        finally:
            self.allowed = None

    def _hear(self, event: str, given: tuple[Any, ...]) -> None:
        if self.allowed is None:
            return
        if event == "open":
            path, mode, flags = given
            writes = (
                flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
                if isinstance(flags, int)
                else set(mode or "") & set("wax+")
            )
            if writes and not isinstance(path, int):
                self._note(event, path)
        elif event in WRITING:
            self._note(event, _whole(event, given))

    def _note(self, event: str, path: Any) -> None:
        allowed, self.allowed = self.allowed, None  # what follows asks the file system too
        try:
            real = os.path.realpath(os.fsdecode(path)) if isinstance(path, (str, bytes, os.PathLike)) else str(path)
            if (
                not any(real == folder or real.startswith(folder + os.sep) for folder in allowed or ())
                and real != os.devnull
            ):
                self.touched.append(f"{event} {real}")
        finally:
            self.allowed = allowed


def _whole(event: str, given: tuple[Any, ...]) -> Any:
    """The path that is meant, where it is given by its folder's number."""
    path, number = given[0], given[-1]
    if event not in IN_A_FOLDER or not isinstance(number, int) or number < 0 or not isinstance(path, (str, bytes)):
        return path
    with contextlib.suppress(OSError):
        return os.path.join(os.readlink(f"/proc/self/fd/{number}"), os.fsdecode(path))
    return path


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    """Until the end: folders for a while are made in this one."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _ring(number: int, frame: Any) -> None:
    raise Hung


def answer(read: Callable[[bytes, Path], None], data: bytes, folder: Path, watch: Watch) -> Fault | None:
    """How a reader answers an input; None where it does as it should."""
    begun, said = time.process_time(), io.StringIO()
    signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, HUNG_SECONDS)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), _temporary(folder), watch.only(folder):
            read(data, folder)
    except (UserError, CalibrationError) as error:
        fault = _said(error)
        if fault:
            return fault
    except Hung:
        return Fault(f"no answer in {HUNG_SECONDS} seconds")
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what we look for
        last = traceback.extract_tb(error.__traceback__)[-1]
        return Fault(
            f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno} ({last.name})", traceback.format_exc()
        )
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    seconds = time.process_time() - begun
    if watch.touched:
        return Fault("a path outside was touched: " + watch.touched[0].split("/")[0], "\n".join(watch.touched))
    if "Traceback (most recent" in said.getvalue():
        return Fault("a traceback was printed", said.getvalue())
    return Fault(f"over {MOST_SECONDS:g} seconds", f"{seconds:.1f} seconds") if seconds > MOST_SECONDS else None


def _said(error: UserError | CalibrationError) -> Fault | None:
    """A message has to say what is wrong, short and printable."""
    text = str(error)
    if not error.what.strip():
        return Fault("a message that says nothing", repr(error))
    if len(text) > LONGEST_SAID:
        return Fault("a message too long to read", text[:1000])
    try:
        text.encode()
    except UnicodeEncodeError:
        return Fault("a message that cannot be written", ascii(text)[:1000])
    return None
