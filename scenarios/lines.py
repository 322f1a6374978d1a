"""On which line of a TOML text a key stands (the standard reader does not say)."""

from __future__ import annotations

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_KEY = r'(?:[A-Za-z0-9_-]+|"[^"]*"|\'[^\']*\')'
_DOTTED = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]")
_INLINE = re.compile(rf"({_KEY}(?:\s*\.\s*{_KEY})*)\s*=(?!=)")


def _split(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, dotted))


def _blank(text: str) -> str:
    """The line with strings and the comment made blank, so that brackets can be counted."""
    bare = _STRING.sub(lambda found: "_" * len(found.group()), text)
    return bare.split("#", 1)[0]


def _depth(bare: str) -> int:
    return sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")


def _keys(text: str) -> Iterator[tuple[Path, int]]:
    """Each key with its line, in the order of the text."""
    table: Path = ()
    owner: Path = ()
    counts: dict[Path, int] = {}
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        bare = _blank(line)
        if depth > 0:
            yield from ((owner + _split(k), number) for k in _INLINE.findall(bare))
            depth += _depth(bare)
            continue
        if header := _HEADER.match(line):
            table = _split(header.group(2))
            if header.group(1) == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            elif table[:1] in counts and len(table) > 1:
                table = (table[0], counts[table[:1]], *table[1:])
            yield table, number
        elif key := _DOTTED.match(line):
            owner = table + _split(key.group(1))
            yield from ((owner[:end], number) for end in range(len(table) + 1, len(owner) + 1))
            rest = bare[key.end() :]
            yield from ((owner + _split(k), number) for k in _INLINE.findall(rest))
            depth = _depth(rest)


def all_lines(text: str) -> dict[Path, int]:
    """The first line of every key path, such as {("change", 0, "from"): 12}."""
    found: dict[Path, int] = {}
    for path, number in _keys(text):
        found.setdefault(path, number)
    return found


def line_of(text: str, path: Path) -> int:
    """The line of a key path, or of the nearest table above it; 1 when none is there."""
    found = all_lines(text)
    for end in range(len(path), 0, -1):
        if path[:end] in found:
            return found[path[:end]]
    return 1
