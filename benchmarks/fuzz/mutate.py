"""Making an input wrong: small changes to bytes, words, lines, cells and values, drawn from a seeded generator."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

NASTY = [
    b"",
    b"0",
    b"-1",
    b"-0.0",
    b"1e999",
    b"nan",
    b"inf",
    b"9" * 310,
    b"0x" + b"f" * 400,
    b"1_000",
    b"1,5",
    b"90.000",
    b"9,0,0",
    b"20k",
    b"12%",
    b"TRUE",
    b"*",
    b"..",
    b"yes",
    b"31-Mar-26",
    b"2026-02-30",
    b"week 99999",
    b"year 0",
    b"own",
    b"all",
    b"today",
    b"none",
    b"../../../etc/passwd",
    b"/dev/zero",
    b"~",
    b"x" * 300,
    b"x" * 5000,
    b"a.b.c.d",
    b".".join([b"a"] * 40),
    b"[" * 200,
    b"{" * 200,
    b'"',
    b"'",
    b'"""',
    b"'''",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\r",
    b"\n",
    b"\n\n[run]\n",
    b"[[change]]\n",
    b"[levers]\n",
    b"#",
    b"=",
    b",",
    b";",
    b"\t",
    b"\x00",
    b"\x1b[31m",
    b"\xff",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc2\xa0",
    b"\xe2\x80\xae",
    "£".encode(),
    "é".encode("latin-1"),
    "😀".encode(),
    b"=HYPERLINK(1)",
    b"<script>",
    b"[bold]",
    b"%00",
    b"%s%n",
    b"{0}",
    b"null",
    b"[]",
    b"{}",
]
VALUES: list[Any] = [None, True, 0, -1, 2**70, 1e308, "", "x", "\ud800", [], {}, [[]], {"a": 1}, ["x"] * 3]
WORD = re.compile(rb"[A-Za-z0-9_.:%-]+")
LARGEST = 300_000
Change = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def _at(rng: random.Random, data: bytes) -> tuple[int, int]:
    """A slice, mostly short."""
    begin = rng.randrange(len(data) + 1)
    return begin, min(len(data), begin + rng.choice((1, 1, 2, 5, 20, 100, 2000)))


def flip(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """One byte changed."""
    begin, end = _at(rng, data)
    return data[:begin] + bytes([rng.randrange(256)]) + data[min(begin + 1, end) :]


def cut(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A piece taken out, or all after it."""
    begin, end = _at(rng, data)
    return data[:begin] + (data[end:] if rng.random() < 0.8 else b"")


def repeat(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A piece, or a line, written again, now and then very often."""
    lines = data.splitlines(keepends=True)
    times = rng.choice((1, 1, 2, 10, 2000))
    if lines and rng.random() < 0.5:
        i = rng.randrange(len(lines))
        lines[i] *= times + 1
        return b"".join(lines)
    begin, end = _at(rng, data)
    return data[:end] + data[begin:end] * times + data[end:]


def insert(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Something nasty put in."""
    begin, _end = _at(rng, data)
    return data[:begin] + rng.choice(NASTY) + data[begin:]


def word(rng: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """A word or number put in the place of another."""
    found = list(WORD.finditer(data[:20_000]))
    if not found:
        return insert(rng, data, seeds)
    one, other = rng.choice(found), rng.choice(found)
    new = other.group() if rng.random() < 0.4 else rng.choice(NASTY)
    return data[: one.start()] + new + data[one.end() :]


def lines(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Two lines in each other's place."""
    rows = data.splitlines(keepends=True)
    if len(rows) > 1:
        i, j = rng.randrange(len(rows)), rng.randrange(len(rows))
        rows[i], rows[j] = rows[j], rows[i]
    return b"".join(rows)


def splice(rng: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """The beginning of one input, the end of another."""
    other = rng.choice(list(seeds))
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def encode(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """The text as another tool writes it: encodings, line ends, separators."""
    text = data.decode("utf-8", "replace")
    ways: list[Callable[[], bytes]] = [
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-16-be"),
        lambda: text.encode("utf-8-sig"),
        lambda: text.encode("cp1252", "replace"),
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"\n", b"\r"),
        lambda: data.replace(b",", b";"),
        lambda: data.replace(b",", b"\t"),
        lambda: data.replace(b" ", b"\xc2\xa0"),
    ]
    return rng.choice(ways)()


def value(rng: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """A value of a JSON document put in another's place, or taken out; another change where it is no JSON."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return word(rng, data, seeds)
    places = list(_places(tree))
    if not places:
        return word(rng, data, seeds)
    holder, key = rng.choice(places)
    if rng.random() < 0.2:
        del holder[key]
    else:
        holder[key] = rng.choice(VALUES)
    return json.dumps(tree).encode()


def _places(tree: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    todo = [tree]
    while todo and len(found) < 20_000:
        one = todo.pop()
        keys = list(one) if isinstance(one, dict) else range(min(len(one), 50)) if isinstance(one, list) else ()
        found += [(one, key) for key in keys]
        todo += [one[key] for key in keys]
    return found


CHANGES: tuple[Change, ...] = (flip, cut, repeat, insert, insert, word, word, word, lines, splice, encode, value, value)


def mutated(rng: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds with one to four changes."""
    data = rng.choice(list(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        data = rng.choice(CHANGES)(rng, data, seeds)[:LARGEST]
    return data
