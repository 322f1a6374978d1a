"""How an option's text is read: whole numbers as people write them, how many processes, and where results may go.

A place is tried before anything is run: its name, whether it can be written, and its room.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.errors import UserError

LEAST_WORKERS = 8
"""So many processes may be asked for on any machine; beyond, four for each core."""
_MARKS = ",_ '\u00a0\u202f"
_IMPOSSIBLE = re.compile(r'[<>:"|?*\x00-\x1f\x7f]|[. ]$')
_TAKEN = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?", re.IGNORECASE)
_LONGEST_PART, _LONGEST_PATH = 200, 1000
SPARE_BYTES = 5_000_000
WORLD_BYTES = 30_000
"""Of one world of one area of one scenario, on the disk: about 5,000 were measured, and parts of a run are kept beside the whole."""


def whole(option: str) -> Callable[[Any], int]:
    """A reader of 10000 or 10,000 or 10 000: a whole number that can be read in one way only. It raises UserError."""

    def integer(value: Any) -> int:
        text = str(value).strip()
        if not re.fullmatch(
            rf"[+-]?([0-9]{{1,40}}|[0-9]{{1,3}}(?P<mark>[{_MARKS}])[0-9]{{3}}((?P=mark)[0-9]{{3}}){{0,12}})", text
        ):
            raise UserError(
                f"{text[:40]!r} is not a valid integer",
                key=option,
                rule="a whole number, as 10000 or 10,000",
                got=text[:40],
                try_="the command with --help",
            )
        return int(re.sub(f"[{_MARKS}]", "", text))

    return integer


def processes(value: Any) -> int:
    """How many processes: 0 for one a core, and not more than the machine has any use for. Raises UserError."""
    count, most = whole("--workers")(value), most_workers()
    if not 0 <= count <= most:
        raise UserError(
            "--workers is out of range",
            key="--workers",
            rule=f"0 (one for each core) to {most} on this machine",
            got=str(value),
            try_="--workers 0",
        )
    return count


def most_workers() -> int:
    """Four for each core, at least eight; Windows knows no more than 61."""
    most = max(LEAST_WORKERS, 4 * (os.cpu_count() or 1))
    return min(most, 61) if sys.platform == "win32" else most


def place(option: str) -> Callable[[Any], Path]:
    """A reader of a folder or file to write: ~ is the home folder; refused at once where nothing can be written."""

    def path(value: Any) -> Path:
        found = home(str(value), option)
        possible(found, option)
        writable(found, option)
        return found

    return path


def home(text: str, option: str) -> Path:
    """The path with ~ written out. Raises UserError for nobody's home, and for no name at all."""
    if not text.strip():
        raise UserError(
            "no folder is named",
            key=option,
            rule="the name of a folder or file",
            got="nothing",
            try_=f"{option} results",
        )
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise UserError(
            "there is no such home folder",
            key=option,
            rule="~ is your own home folder",
            got=text,
            try_=f"{option} ~/results",
        ) from None


def _ground(path: Path) -> Path:
    """The nearest folder above that exists (or what stands in its place), or the path itself."""
    whole = Path(os.path.abspath(path))
    return next((one for one in (whole, *whole.parents) if os.path.lexists(one)), whole)


def possible(path: Path, option: str) -> None:
    """Raises UserError for a new name that some system cannot have: results are carried from one to another."""
    whole = Path(os.path.abspath(path))
    if len(str(whole)) > _LONGEST_PATH:
        raise UserError(
            "this name cannot be given to a folder or file",
            file=str(path)[:200],
            key=option,
            got=f"{len(str(whole)):,} letters",
            rule=f"at most {_LONGEST_PATH:,} letters with all its folders",
            try_=f"{option} results",
        )
    if re.search("[\ud800-\udfff]", str(whole)):  # bytes that are no letters: tables cannot be written there
        raise UserError(
            "this name cannot be given to a folder or file",
            file=str(path)[:200],
            key=option,
            got=str(whole)[:80],
            rule="letters of UTF-8, its folders too",
            try_=f"{option} results",
        )
    for part in whole.relative_to(_ground(path)).parts:
        if (
            _IMPOSSIBLE.search(part)
            or _TAKEN.fullmatch(part)
            or len(part.encode(errors="surrogateescape")) > _LONGEST_PART
        ):
            raise UserError(
                "this name cannot be given to a folder or file",
                file=str(path)[:200],
                key=option,
                got=part[:80],
                rule='a short name without < > : " | ? * that ends in no dot or space',
                try_=f"{option} {_mended(part)}",
            )


def _mended(part: str) -> str:
    words = re.sub(r"[^\w.-]+", "_", part).strip("_. ")[:40]
    return "results" if not words or _TAKEN.fullmatch(words) else words


def writable(path: Path, option: str) -> None:
    """Raises UserError where nothing can be written, by trying it: the folder, or the nearest that exists above it."""
    ground = _ground(path)
    if ground.is_file() and ground != Path(os.path.abspath(path)):
        raise UserError(
            "the folder cannot be made: a file is in its way",
            file=str(path),
            key=option,
            rule="a folder",
            got=f"{ground} is a file",
            try_=f"{option} with another name",
        )
    folder = ground if ground.is_dir() else ground.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(
            "nothing can be written there",
            file=str(path),
            key=option,
            rule="a folder that you may write in, with room",
            got=f"{folder}: {(error.strerror or str(error)).lower()}",
            try_=f"{option} elsewhere",
        ) from None


def must_have_room(folder: Path | None, worlds: int = 0, option: str = "--out", each: int = WORLD_BYTES) -> None:
    """Raises UserError where so many worlds (of an area and a scenario each, `each` in bytes) would not fit on the disk."""
    if folder is None:
        return
    need, free = SPARE_BYTES + each * worlds, shutil.disk_usage(_ground(folder)).free
    if free < need:
        raise UserError(
            "there is too little room for the results",
            file=str(folder),
            key=option,
            rule=f"about {need / 1e6:,.0f} MB free",
            got=f"{free / 1e6:,.0f} MB",
            try_=f"free some space, or {option} elsewhere",
        )


def check_plot(plot: Path | None, option: str = "--plot") -> None:
    """Raises UserError for a picture that cannot be written, before anything is run."""
    if plot is None:
        return
    if plot.suffix.lower() not in (".png", ".svg"):
        raise UserError(
            "the picture's kind is not known",
            file=str(plot),
            key=option,
            rule="a name ending in .png or .svg",
            got=plot.suffix or "no ending",
            try_=f"{option} {plot.stem or 'plot'}.png",
        )
    if not plot.absolute().parent.is_dir():
        raise UserError(
            "the picture's folder does not exist",
            file=str(plot),
            key=option,
            rule="a folder that exists",
            got=str(plot.parent),
            try_="make the folder first",
        )


def check_page(path: Path | None, option: str = "--out") -> None:
    """Raises UserError for a page that cannot be written, before anything is run."""
    if path is None:
        return
    if path.suffix.lower() not in (".html", ".htm"):
        raise UserError(
            "the page's kind is not known",
            file=str(path),
            key=option,
            rule="a name ending in .html",
            got=path.suffix or "no ending",
            try_=f"{option} {path.stem or 'page'}.html",
        )
    if not path.absolute().parent.is_dir():
        raise UserError(
            "the page's folder does not exist",
            file=str(path),
            key=option,
            rule="a folder that exists",
            got=str(path.parent),
            try_="make the folder first",
        )
    if path.is_dir():
        raise UserError(
            "the page would replace a folder",
            file=str(path),
            key=option,
            rule="a file",
            got="a folder",
            try_=f"{option} with another name",
        )
