"""Records and arrays as bytes, and back. Reading makes arrays and records of known kinds, and runs nothing.

Python's own pickle would run what a file tells it to, so it is never used for what lies on disk or comes from
another machine. The bytes are a line of JSON (the tree of records, with a number for each array) and then the arrays.
What a record shares with another is shared again when it is read.
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, BinaryIO

import numpy as np

from sim.compiled.records import Record

KINDS = "biufSU"
"""Kinds of array that are written: truth values, whole numbers, floats and texts of a fixed length."""
Piece = bytes | memoryview
KIND = re.compile(rf"[<>|=]?[{KINDS}]\d{{1,6}}")


class NotPlain(ValueError):
    """Something that cannot be written, or bytes that are not what `dumps` wrote."""


def dumps(thing: Any, known: Sequence[type] = ()) -> bytes:
    """The bytes of numbers, texts, lists, tables, arrays and records of the `known` classes. Raises NotPlain."""
    return b"".join(pieces(thing, known))


def pieces(thing: Any, known: Sequence[type] = ()) -> list[Piece]:
    """The same bytes in pieces, the arrays where they lie: a copy of all people would take as much memory again."""
    writer = _Writer({kind: kind.__name__ for kind in known})
    tree = writer.plain(thing)
    heads = [[a.dtype.str, list(a.shape)] for a in writer.arrays]
    head = json.dumps({"tree": tree, "arrays": heads}, separators=(",", ":")).encode()
    return [head, b"\n", *(_raw(a) for a in writer.arrays)]


def _raw(array: np.ndarray) -> Piece:
    return array.reshape(-1).view(np.uint8).data if array.size and array.itemsize else array.tobytes()


def loads(content: bytes | BinaryIO, known: Sequence[type] = ()) -> Any:
    """What `dumps` was given, made anew, from its bytes or from a file that stands where they begin and ends with them.
    Raises NotPlain for any other bytes."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    try:
        found = json.loads(file.readline())
        return _Reader({kind.__name__: kind for kind in known}, _arrays(found["arrays"], file)).thing(found["tree"])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, AttributeError, OSError, MemoryError) as error:
        raise NotPlain(f"not what was written: {type(error).__name__}") from None


def _arrays(heads: list[Any], file: BinaryIO) -> list[np.ndarray]:
    """The arrays, each read to where it will lie."""
    kinds = [_kind(*head) for head in heads]
    here = file.tell()
    if sum(dtype.itemsize * _product(shape) for dtype, shape in kinds) != file.seek(0, io.SEEK_END) - here:
        raise NotPlain("cut short, or more than was written")
    file.seek(here)
    found = [np.empty(shape, dtype) for dtype, shape in kinds]
    for array in found:
        if array.nbytes and file.readinto(array.reshape(-1).view(np.uint8).data) != array.nbytes:  # type: ignore[attr-defined]
            raise NotPlain("cut short")
    return found


def _kind(kind: str, shape: list[Any]) -> tuple[np.dtype, list[int]]:
    """The type and shape of an array, as they may be. Raises NotPlain."""
    if not KIND.fullmatch(kind):  # NumPy would read a list of fields out of a text
        raise NotPlain("an array of another kind")
    if any(type(n) is not int or n < 0 for n in shape):
        raise NotPlain("an array of another kind")
    return np.dtype(kind), shape


def _product(shape: Sequence[int]) -> int:
    size = 1
    for n in shape:
        size *= n
    return size


class _Writer:
    """Trees of JSON: what is not a number, a text or nothing is a table with one key that says what it is."""

    def __init__(self, known: dict[type, str]):
        self.known, self.arrays = known, list[np.ndarray]()
        self.seen: dict[int, tuple[Any, Any]] = {}  # the thing itself too, so that its number is not given to another

    def plain(self, thing: Any) -> Any:
        if thing is None or type(thing) in (bool, int, float, str):
            return thing
        if isinstance(thing, np.ndarray):
            return self._array(thing)
        if type(thing) in (list, tuple):
            return {"list" if type(thing) is list else "tuple": [self.plain(item) for item in thing]}
        if type(thing) is dict:
            return {"dict": [[self.plain(key), self.plain(value)] for key, value in thing.items()]}
        if type(thing) is bytes:
            return {"bytes": base64.b64encode(thing).decode()}
        return self._record(thing)

    def _array(self, thing: np.ndarray) -> Any:
        if id(thing) not in self.seen:
            if thing.dtype.kind not in KINDS:
                raise NotPlain(f"an array of {thing.dtype}")
            self.arrays.append(np.asarray(thing, order="C"))
            self.seen[id(thing)] = ({"array": len(self.arrays) - 1}, thing)
        return self.seen[id(thing)][0]

    def _record(self, thing: Any) -> Any:
        if type(thing) not in self.known:
            raise NotPlain(f"a {type(thing).__name__}, which is not among the records that may be written")
        if id(thing) in self.seen:
            return self.seen[id(thing)][0]
        number = len(self.seen)
        self.seen[id(thing)] = ({"same": number}, thing)
        fields = {name: self.plain(getattr(thing, name)) for name in _names(thing)}
        return {"record": [self.known[type(thing)], number, fields]}


def _names(thing: Any) -> list[str]:
    """Fields of a record, in the order in which they were set; not what it keeps for itself or has worked out once."""
    slots = getattr(type(thing), "__slots__", ())
    if slots:
        return list(slots)
    once = {
        name for kind in type(thing).__mro__ for name, held in vars(kind).items() if isinstance(held, cached_property)
    }
    return [name for name in vars(thing) if not name.startswith("_") and name not in once]


class _Reader:
    def __init__(self, known: dict[str, type], arrays: list[np.ndarray]):
        self.known, self.arrays = known, arrays
        self.records: dict[int, Any] = {}

    def thing(self, tree: Any) -> Any:
        if not isinstance(tree, dict):
            return tree
        ((kind, inside),) = tree.items()
        if kind in ("list", "tuple"):
            items = [self.thing(item) for item in inside]
            return items if kind == "list" else tuple(items)
        if kind == "array":
            return self.arrays[inside]
        if kind == "dict":
            return {self.thing(key): self.thing(value) for key, value in inside}
        if kind == "bytes":
            return base64.b64decode(inside, validate=True)
        return self.records[inside] if kind == "same" else self._record(*inside)

    def _record(self, name: str, number: int, fields: dict[str, Any]) -> Any:
        made: Any = object.__new__(self.known[name])
        self.records[number] = made
        put = setattr if isinstance(made, Record) else object.__setattr__  # other records may be frozen
        for field, value in fields.items():
            put(made, field, self.thing(value))
        return made
