"""A declared column, a table of them, and what of something written is not declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

INTERVAL = frozenset({"median", "low", "high", "worlds", "of"})
"""Keys of `sim.results.summary.Interval`: one place of a page describes them."""
PAIRED = frozenset({"difference", "up", "down"})


@dataclass(frozen=True)
class Column:
    """A column of a table, or a key of a JSON document as a path: `levers[].lever`; `<name>` stands for any name.

    `unit` "interval of …" and "difference of …" are the five keys of an interval and the three of a difference.
    """

    name: str
    meaning: str
    unit: str = ""
    of: str = ""


@dataclass(frozen=True)
class Written:
    """Something that a command writes: a table, or a JSON document."""

    title: str
    what: str
    columns: tuple[Column, ...]


def paths(content: Any, at: str = "") -> set[str]:
    """Paths of all that a JSON document holds; an interval or a difference is one."""
    if isinstance(content, Mapping):
        if at and frozenset(content) in (INTERVAL, PAIRED):
            return {at}
        found = (paths(value, f"{at}.{key}" if at else str(key)) for key, value in content.items())
        return set().union(*found) if content else {at}
    if isinstance(content, list | tuple):
        return set().union(*(paths(item, f"{at}[]") for item in content)) if content else {f"{at}[]"}
    return {at}


def undeclared(found: Iterable[str], declared: Iterable[Column]) -> list[str]:
    """Names or paths that no column declares. What is empty or null stands for all that it could hold."""
    names = {one.name for one in declared}
    known = [re.compile(_pattern(name)) for name in names | {head for name in names for head in _heads(name)}]
    return sorted(path for path in found if not any(pattern.fullmatch(path) for pattern in known))


def _heads(name: str) -> set[str]:
    """What a path leads through: `a`, `a[]` of `a[].b`."""
    return {name[: at.start()] for at in re.finditer(r"\.|\[\]", name)} | {
        name[: at.end()] for at in re.finditer(r"\[\]", name)
    }


def _pattern(name: str) -> str:
    """A name with `<anything>` as a regular expression. A scenario's or an area's name may hold any letter."""
    return "".join(".+" if part.startswith("<") else re.escape(part) for part in re.split(r"(<[^>]*>)", name))


def within(at: str, columns: Iterable[Column]) -> tuple[Column, ...]:
    """The same columns inside a document: `at` before each name."""
    return tuple(Column(f"{at}{one.name}", one.meaning, one.unit, one.of) for one in columns)
