"""Standard output and error as they may be: closed, full, a pipe whose reader has gone, a terminal without our letters."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from typing import TextIO

LEAST_COLUMNS = 60
"""Tables are laid out for at least so many columns; a terminal that says less breaks the lines itself."""
_PLAIN = {
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "†": "*",
    "£": "GBP ",
    "“": "'",
    "”": "'",
    "‘": "'",
    "’": "'",
    "×": "x",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "·": "-",
    "•": "*",
    "━": "-",
    "─": "-",
    "│": "|",
    "\u00a0": " ",
}


def plainly(error: UnicodeError) -> tuple[str, int]:
    """What is written for letters that an output does not have: the nearest plain one, else \\uXXXX (JSON stays JSON)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_PLAIN.get(c) or c.encode("ascii", "backslashreplace").decode() for c in letters), error.end


def prepare() -> None:
    """Make both outputs fit for whatever is said. To be called before anything is printed."""
    codecs.register_error("plainly", plainly)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed: its number must not go to a file of ours
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115 - for the whole run
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="plainly")  # type: ignore[union-attr]
    given = os.environ.get("COLUMNS", "")
    if given and not (given.isascii() and given.isdigit() and int(given[:9]) >= LEAST_COLUMNS):
        os.environ["COLUMNS"] = str(LEAST_COLUMNS)


def flush() -> None:
    """Write what is still held back. Raises OSError: BrokenPipeError where the reader has gone."""
    sys.stdout.flush()


def silence(stream: TextIO | None = None) -> None:
    """From here on nothing reaches standard output (or `stream`), so that Python's own last flush cannot fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), (stream or sys.stdout).fileno())


def reader_has_gone(error: BaseException) -> bool:
    """Whether an exit was caused by a pipe that nobody reads: libraries end with 1 then."""
    return isinstance(error.__context__, BrokenPipeError) or isinstance(error.__cause__, BrokenPipeError)
