"""On which line of a TOML text a key stands (the standard reader does not say), and how deep its tables go.

One pass over the text, each letter read once: a text of any size takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

Path = tuple[str | int, ...]
MOST_DEEP = 10
"""Parts of a key, and brackets within brackets: more than any file needs, few enough for every reader."""

# Alternatives begin with different letters and never give back what they took, so that the pass is linear.
_TOKEN = re.compile(
    r'(?P<string>"""(?:[^"\\]|\\.|"(?!""))*+(?:"{3,5})?'
    r"|'''(?:[^']|'(?!''))*+(?:'{3,5})?"
    r'|"(?:[^"\\\n]|\\[^\n])*+"?'
    r"|'[^'\n]*+'?)"
    r"|(?P<word>[A-Za-z0-9_+:-]++)"
    r"|(?P<blank>[ \t\r]++|\#[^\n]*+)"
    r"|(?P<mark>.)",
    re.DOTALL,
)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, text, line) of everything but blanks and comments."""
    line = 1
    for found in _TOKEN.finditer(text):
        kind, word = found.lastgroup or "", found.group()
        if kind != "blank":
            yield kind, word, line
        if kind == "string" or word == "\n":
            line += word.count("\n")


def too_deep(text: str) -> int | None:
    """The first line with a key of more than MOST_DEEP parts, or as many open brackets; None where there is none."""
    brackets = dots = 0
    for kind, word, line in _tokens(text):
        if kind != "mark":
            continue
        brackets = max(0, brackets + (word in "[{") - (word in "]}"))
        dots = dots + 1 if word == "." else 0
        if brackets > MOST_DEEP or dots >= MOST_DEEP:
            return line
    return None


@dataclass
class _Reader:
    """Where the pass stands: the table of the last header, and the open brackets of a value with what they belong to."""

    table: Path = ()
    counts: dict[Path, int] = field(default_factory=dict)
    open_: list[tuple[str, Path]] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    header: str = ""
    owner: Path | None = None  # the key whose value is being read

    def read(self, kind: str, word: str) -> Iterator[Path]:
        """Paths that this token completes."""
        if kind != "mark":
            self.parts.append(word.strip("\"'") if kind == "string" else word)
        elif self.header:
            yield from self._header(word)
        elif self.owner is None:
            yield from self._key(word)
        else:
            yield from self._value(word)

    def _header(self, word: str) -> Iterator[Path]:
        if word == "[" and not self.parts:
            self.header = "[["
        elif word in "]\n":
            if self.parts:
                self.table = self._numbered(tuple(self.parts))
                yield self.table
            self.parts = []
            self.header = "" if word == "\n" else self.header

    def _numbered(self, path: Path) -> Path:
        """The path of a header with the number of each table that stands in a list."""
        if self.header == "[[":
            self.counts[path] = self.counts.get(path, -1) + 1
            return (*path, self.counts[path])
        if path[:1] in self.counts and len(path) > 1:
            return (path[0], self.counts[path[:1]], *path[1:])
        return path

    def _key(self, word: str) -> Iterator[Path]:
        if word == "[" and not self.parts and not self.open_:
            self.header = "["
        elif word == "=":
            above = self.open_[-1][1] if self.open_ else self.table
            self.owner = (*above, *self.parts)
            yield from (self.owner[:end] for end in range(len(above) + 1, len(self.owner) + 1))
            self.parts = []
        elif word in "}\n":
            yield from self._value(word)

    def _value(self, word: str) -> Iterator[Path]:
        if word in "[{":
            path = self._item()
            if self._in_list():
                yield path
            self.open_.append((word, path))
            self.items.append(0)
            self.owner = path if word == "[" else None
        elif word in "]}" and self.open_:
            self.open_.pop()
            self.items.pop()
            self.owner = self._item() if self.open_ else self.owner or ()
        elif word == "," and self.open_:
            self.items[-1] += 1
            self.owner = self.open_[-1][1] if self._in_list() else None
        elif word == "\n" and not self.open_:
            self.owner = None
        self.parts = []

    def _in_list(self) -> bool:
        return bool(self.open_) and self.open_[-1][0] == "["

    def _item(self) -> Path:
        """The path of the value that begins here."""
        if self._in_list():
            return (*self.open_[-1][1], self.items[-1])
        return self.owner or ()


def _keys(text: str) -> Iterator[tuple[Path, int]]:
    """Each key with its line, in the order of the text."""
    reader = _Reader()
    for kind, word, line in _tokens(text):
        for path in reader.read(kind, word):
            yield path, line


@lru_cache(maxsize=8)
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
