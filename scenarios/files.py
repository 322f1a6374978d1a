"""Finding and reading scenario files: names, paths, and all that can be wrong with a file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from sim.errors import UserError, nearest

LIBRARY = Path(__file__).parent / "library"
MAX_BYTES = 1_000_000
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")


def names() -> list[str]:
    """Names of the shipped scenarios, today's policy first."""
    return sorted(
        (p.stem for p in LIBRARY.glob("*.toml")), key=lambda name: (name != "today", name)
    )


def listing() -> list[tuple[str, str, str]]:
    """(name, title, question) of each shipped scenario, read without checking."""
    rows = [
        (name, tomllib.loads((LIBRARY / f"{name}.toml").read_text("utf-8"))) for name in names()
    ]
    return [(name, str(row.get("title", "")), str(row.get("question", ""))) for name, row in rows]


def shown(path: Path) -> str:
    """The path as a person would type it from here; a shipped file by its place in the package."""
    if path.parent == LIBRARY:
        return f"scenarios/library/{path.name}"
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name or "\\" in name


def find(name_or_path: str | Path, beside: Path | None = None) -> Path:
    """The file of a scenario: a shipped name ("link_workers") or a path. Raises UserError."""
    name = str(name_or_path)
    if not name.strip():
        raise UserError(
            "no scenario is named", rule="a name or a file", got="nothing", try_=_list()
        )
    if not _is_path(name) and (LIBRARY / f"{name}.toml").is_file():
        return LIBRARY / f"{name}.toml"
    path = (beside / name) if beside and _is_path(name) else Path(name)
    _must_be_file(name, path)
    return path


def _must_be_file(name: str, path: Path) -> None:
    try:
        exists, folder = path.exists(), path.is_dir()
    except (OSError, ValueError):
        exists = folder = False
    if folder:
        raise UserError(
            f"{name} is a folder, not a scenario file",
            file=name,
            rule="a scenario is one file ending in .toml",
            got="a folder",
            try_=_inside(path),
        )
    if not exists:
        raise UserError(
            f"no scenario is called {name!r}",
            file=name,
            rule="a shipped name, or the path of a .toml file that exists",
            got=repr(name),
            try_=_near(name, path),
        )


def _inside(folder: Path) -> str:
    found = sorted(p.name for p in folder.glob("*.toml"))
    return f"a file in it, such as {folder / found[0]}" if found else _list()


def _near(name: str, path: Path) -> str:
    if near := nearest(path.stem, names()):
        return near
    siblings = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
    near = nearest(path.name, siblings)
    return str(path.parent / near) if near else _list()


def _list() -> str:
    return "peerscale scenarios list"


def read_text(path: Path) -> str:
    """The text of a scenario file. Raises UserError: unreadable, huge, binary, empty."""
    file = shown(path)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        why = (error.strerror or "unreadable").lower()
        raise UserError(
            f"{file} cannot be read",
            file=file,
            rule="a file you may read",
            got=why,
            try_="check the file's permissions",
        ) from None
    if size > MAX_BYTES:
        raise UserError(
            "the file is too large to be a scenario",
            file=file,
            rule="at most 1 MB",
            got=f"{size / 1e6:.1f} MB",
            try_="name the scenario file, not a results file",
        )
    return _decode(data, file)


def _decode(data: bytes, file: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError(
            "the file is not text",
            file=file,
            line=line,
            rule="TOML in UTF-8",
            got=f"byte {data[error.start]:#04x}",
            try_="save it as UTF-8 text",
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise UserError(
            "the file is not text",
            file=file,
            line=line,
            rule="TOML in UTF-8",
            got="byte 0x00",
            try_="save it as UTF-8 text",
        )
    if not text.strip():
        raise UserError(
            "the file is empty",
            file=file,
            line=1,
            rule="a scenario has at least name, title and question",
            got="nothing",
            try_="start from a copy of scenarios/library/more_money.toml",
        )
    return text


def parse(text: str, file: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises UserError with the line of a syntax error."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(str(error), text, file) from None
    except (RecursionError, ValueError):
        raise UserError(
            "the file is not TOML that can be read",
            file=file,
            line=1,
            rule="a short TOML file",
            got="a number too long or tables too deep",
            try_="start from a copy of scenarios/library/more_money.toml",
        ) from None


def _syntax(message: str, text: str, file: str) -> UserError:
    found = _AT_LINE.search(message)
    line = int(found.group(1)) if found and found.group(1) else max(1, len(text.splitlines()))
    lines = text.splitlines()
    got = lines[line - 1].strip()[:80] if line <= len(lines) else "the end of the file"
    reason = _AT_LINE.sub("", message)
    return UserError(
        f"the file is not valid TOML: {reason[:1].lower()}{reason[1:]}",
        file=file,
        line=line,
        rule="key = value; words in quotes; each key once in its table",
        got=got,
        try_=_advice(reason),
    )


def _advice(reason: str) -> str:
    if "overwrite" in reason or "twice" in reason or "mutate" in reason or "Duplicate" in reason:
        return "keep one of the two"
    if "Invalid value" in reason:
        return 'put words in quotes: mode_diagnosis = "opt_out"'
    return "compare the line with scenarios/library/more_money.toml"
