"""Reading a file that a person named: one reader for bytes, with a bound before anything is looked at."""

from __future__ import annotations

from pathlib import Path

from sim.errors import UserError


def read_bytes(path: Path, kind: str, most: int, try_: str = "") -> bytes:
    """The bytes of a file of at most `most` bytes; `kind` is what it should be ("an inventory"). Raises UserError.

    No more than that is ever read, whatever size a device or a pipe gives itself.
    """
    file, noun = str(path), kind.split(" ", 1)[1] if kind.endswith(" file") else "file"
    try:
        if path.is_dir():
            raise UserError(f"{file} is a folder", file=file, rule=f"{kind} is one file", got="a folder", try_="the name of the file in it")
        with path.open("rb") as opened:
            data = opened.read(most + 1)
            size = max(path.stat().st_size, len(data))
    except FileNotFoundError:
        raise UserError(f"there is no such {noun}", file=file, rule=f"{kind}, a file that exists", got=file, try_=try_) from None
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", "") or str(error)).lower()
        raise UserError(f"{file} cannot be read", file=file, rule="a file you may read", got=why,
                        try_="check its name and its permissions") from None
    if len(data) > most:
        raise UserError(f"the file is too large to be {kind}", file=file, rule=f"at most {in_words(most)}", got=in_words(size), try_=try_)
    return data


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
