"""Finding and reading scenario files: names, paths, and all that can be wrong with a file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scenarios.reading.lines import MOST_DEEP, line_of, too_deep
from scenarios.reading.lines import Path as KeyPath
from sim.errors import UserError, nearest, printable
from sim.reading import read_bytes, some_text

LIBRARY = Path(__file__).parent.parent / "library"
MAX_BYTES = 200_000
"""Of a TOML file: some thousand lines. The standard reader needs a second for 1 MB."""
LARGEST = 2**63
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")


def names() -> list[str]:
    """Names of the shipped scenarios, today's policy first."""
    return sorted((p.stem for p in LIBRARY.glob("*.toml")), key=lambda name: (name != "today", name))


def listing() -> list[tuple[str, str, str]]:
    """(name, title, question) of each shipped scenario, read without checking."""
    rows = [(name, tomllib.loads((LIBRARY / f"{name}.toml").read_text("utf-8"))) for name in names()]
    return [(name, str(row.get("title", "")), str(row.get("question", ""))) for name, row in rows]


def shown(path: Path) -> str:
    """The path as a person would type it from here; a shipped file by its place in the package."""
    if path.parent == LIBRARY:
        return f"scenarios/library/{path.name}"
    try:
        return printable(str(path.relative_to(Path.cwd())))
    except (ValueError, OSError):
        return printable(str(path))


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name or "\\" in name


def find(name_or_path: str | Path, beside: Path | None = None) -> Path:
    """The file of a scenario: a shipped name ("link_workers") or a path. Raises UserError."""
    name = str(name_or_path)
    if not name.strip():
        raise UserError("no scenario is named", rule="a name or a file", got="nothing", try_=_list())
    if name in names():
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
            f"no scenario is called '{printable(name)}'",
            file=name,
            rule="a shipped name, or the path of a .toml file that exists",
            got=f"'{printable(name)}'",
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
    data = read_bytes(path, "a scenario", MAX_BYTES, "name the scenario file, not a results file")
    holds = (
        "a scenario has at least name, title and question",
        "start from a copy of `peerscale scenarios show more_money`",
    )
    return some_text(data, shown(path), "TOML in UTF-8", "save it as UTF-8 text", holds)[0]


def parse(text: str, file: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises UserError with the line: a syntax error, tables too deep, a number too long."""
    if (line := too_deep(text)) is not None:
        raise _unreadable(file, line, "a key of many parts, or brackets within brackets")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(str(error), text, file) from None
    except (RecursionError, ValueError):
        raise _unreadable(file, 1, "a number or a date that cannot be") from None
    for path in _too_large(tables, ()):
        raise _unreadable(file, line_of(text, path), "a whole number of too many digits")
    return tables


def _unreadable(file: str, line: int, got: str) -> UserError:
    return UserError(
        "the file is not TOML that can be read",
        file=file,
        line=line,
        got=got,
        rule=f"keys of at most {MOST_DEEP} parts, as many brackets open, whole numbers below 2^63",
        try_="start from a copy of `peerscale scenarios show more_money`",
    )


def _too_large(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Where whole numbers stand that no number of a computer's own size can hold."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _too_large(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _too_large(inner, (*path, i))
    elif isinstance(value, int) and abs(value) >= LARGEST:
        yield path


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
    return "compare the line with `peerscale scenarios show more_money`"
