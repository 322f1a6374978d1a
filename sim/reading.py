"""Reading a file that a person named: one reader for bytes, with a bound before anything is looked at."""

from __future__ import annotations

import re
from pathlib import Path

from sim.errors import UserError


def read_bytes(path: Path, kind: str, most: int, try_: str = "") -> bytes:
    """The bytes of a file of at most `most` bytes; `kind` is what it should be ("an inventory"). Raises UserError.

    No more than that is ever read, whatever size a device or a pipe gives itself.
    """
    file, noun = str(path), kind.split(" ", 1)[1] if kind.endswith(" file") else "file"
    try:
        if path.is_dir():
            raise UserError(
                f"{file} is a folder",
                file=file,
                rule=f"{kind} is one file",
                got="a folder",
                try_="the name of the file in it",
            )
        with path.open("rb") as opened:
            data = opened.read(most + 1)
            size = max(path.stat().st_size, len(data))
    except FileNotFoundError:
        raise UserError(
            f"there is no such {noun}", file=file, rule=f"{kind}, a file that exists", got=file, try_=try_
        ) from None
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", "") or str(error)).lower()
        raise UserError(
            f"{file} cannot be read",
            file=file,
            rule="a file you may read",
            got=why,
            try_="check its name and its permissions",
        ) from None
    if len(data) > most:
        raise UserError(
            f"the file is too large to be {kind}",
            file=file,
            rule=f"at most {in_words(most)}",
            got=in_words(size),
            try_=try_,
        )
    return data


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", ""),
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d]")
"""Bytes that no text in Windows' own letters holds."""


def text_of(data: bytes, older: bool = False) -> tuple[str, str]:
    """(text, what was assumed of its encoding: "" for UTF-8): UTF-8, UTF-16 as PowerShell's `>` writes it.

    `older`: also the letters of Windows (cp1252), where they can be. Raises ValueError for what is no text;
    its first argument is the number of the byte where that shows.
    """
    name, said = next(((name, said) for mark, name, said in _MARKS if data.startswith(mark)), _unmarked(data))
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        if not older or name != "utf-8" or _NO_TEXT.search(data):
            raise ValueError(error.start) from None
        text, said = data.decode("cp1252"), "Windows letters (cp1252), for it is not UTF-8"
    if "\0" in text:
        raise ValueError(data.index(b"\0"))
    return text, said


def some_text(
    data: bytes, file: str, rule: str, try_: str, empty: tuple[str, str], older: bool = False
) -> tuple[str, str]:
    """`text_of` for people. Raises UserError with the line of the byte that is no text, and for an empty file.

    `rule`, `try_`: what kind of text it should be and how to save it; `empty`: what it should hold, and what to start from.
    """
    try:
        text, assumed = text_of(data, older)
    except ValueError as error:
        byte = int(error.args[0])
        line, got = data[:byte].count(b"\n") + 1, f"byte {data[byte]:#04x}"
        raise UserError("the file is not text", file=file, line=line, rule=rule, got=got, try_=try_) from None
    if not text.strip():
        raise UserError("the file is empty", file=file, line=1, rule=empty[0], got="nothing", try_=empty[1])
    return text, assumed


def _unmarked(data: bytes) -> tuple[str, str]:
    """The encoding of a text without a mark: two bytes a letter where every other one is nothing."""
    some = data[:2000]
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(some) >= 8 and some[first::2].count(0) > 0.9 * len(some[first::2]) and not some[1 - first :: 2].count(0):
            return name, "UTF-16"
    return "utf-8", ""


def is_file(path: Path) -> bool:
    """Whether there is such a file; no for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether there is such a folder; no for a name that no folder can have."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def in_words(size: int) -> str:
    """A size in bytes as "250 kB" or "2.5 MB"."""
    return f"{size / 1e6:.3g} MB" if size >= 1_000_000 else f"{size / 1e3:.3g} kB"
