"""Records of columns: what compiled loops take. `people.stage[i]` reads the same in Python and in machine code.

A record is a dataclass whose fields say their kind (`U16`: a column of 16-bit whole numbers). It keeps a table of where
its columns lie, and its address is all that is handed to a loop: a call costs under a microsecond, where forty arrays
one by one cost twenty.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

import numpy as np


@dataclass(frozen=True)
class Column:
    """A field that is an array: its type and its number of dimensions."""

    dtype: str
    ndim: int = 1

    @property
    def words(self) -> int:
        """Words in the table: the address, then the shape."""
        return 1 + self.ndim


Flags = Annotated[np.ndarray, Column("bool")]
U8 = Annotated[np.ndarray, Column("uint8")]
U16 = Annotated[np.ndarray, Column("uint16")]
U32 = Annotated[np.ndarray, Column("uint32")]
U64 = Annotated[np.ndarray, Column("uint64")]
I16 = Annotated[np.ndarray, Column("int16")]
I32 = Annotated[np.ndarray, Column("int32")]
I64 = Annotated[np.ndarray, Column("int64")]
F64 = Annotated[np.ndarray, Column("float64")]
Flags2 = Annotated[np.ndarray, Column("bool", 2)]
Flags3 = Annotated[np.ndarray, Column("bool", 3)]
U8x2 = Annotated[np.ndarray, Column("uint8", 2)]
U8x3 = Annotated[np.ndarray, Column("uint8", 3)]
U16x2 = Annotated[np.ndarray, Column("uint16", 2)]
U16x3 = Annotated[np.ndarray, Column("uint16", 3)]
I32x2 = Annotated[np.ndarray, Column("int32", 2)]
I32x3 = Annotated[np.ndarray, Column("int32", 3)]
I64x2 = Annotated[np.ndarray, Column("int64", 2)]
I64x3 = Annotated[np.ndarray, Column("int64", 3)]
F64x2 = Annotated[np.ndarray, Column("float64", 2)]
F64x3 = Annotated[np.ndarray, Column("float64", 3)]
F64x4 = Annotated[np.ndarray, Column("float64", 4)]
Kind = Any  # Column, int, float or a class of records


class Record:
    """Base of the records. Its table lies at `_address`, as long as the record lives.

    Setting a field to another array of the same kind is seen by the loops from then on. Raises TypeError for an array
    of another kind: machine code reads what it was told.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        place = layout(type(self)).get(name)
        if place is not None:
            kind, at = place
            if kind is int:  # set every week
                self._words()[at] = value
            else:
                self._words()[at : at + _words(kind)] = _told(name, kind, value)
        object.__setattr__(self, name, value)

    def grow(self, n: int) -> None:
        """Put n rows of noughts at the end of every column. Half as much room again is kept behind them, so that most times
        nothing moves: a table made anew each week took a fifth of the time of 20,000 people."""
        rooms, words = self.__dict__.setdefault("_rooms", {}), self._words()
        for name, (_, at) in layout(type(self)).items():
            old, room = self.__dict__[name], rooms.get(name)
            rows = len(old) + n
            if room is not None and old.base is room and len(room) >= rows:  # it lies where it lay
                object.__setattr__(self, name, room[:rows])
                words[at + 1] = rows
            else:
                rooms[name] = np.zeros((rows + rows // 2, *old.shape[1:]), old.dtype)
                rooms[name][: len(old)] = old
                setattr(self, name, rooms[name][:rows])

    def _words(self) -> np.ndarray:
        table = self.__dict__.get("_table")
        if table is None:
            table = np.zeros(sum([_words(kind) for kind, _ in layout(type(self)).values()]), np.int64)
            object.__setattr__(self, "_table", table)
            object.__setattr__(self, "_address", table.ctypes.data)
        return table


def _told(name: str, kind: Kind, value: Any) -> list[int]:
    """The words of one field."""
    if isinstance(kind, Column):
        if not isinstance(value, np.ndarray) or value.dtype != kind.dtype or value.ndim != kind.ndim:
            raise TypeError(f"{name} is a column of {kind.dtype}, {kind.ndim} dimensions: got {_kind_of(value)}")
        if not (value.flags.c_contiguous and value.flags.writeable and value.flags.aligned):
            raise TypeError(f"{name} does not lie in one piece that may be written")
        return [_address(value), *value.shape]
    if kind is float:
        return [int(np.array(value, np.float64).view(np.int64))]
    return [int(value) if kind is int else value._address]


def _address(value: np.ndarray) -> int:
    """Where a column lies: asked so, it takes a sixth of the time of `ctypes.data`."""
    return ctypes.addressof(ctypes.c_char.from_buffer(value.data)) if value.size else value.ctypes.data


def _kind_of(value: Any) -> str:
    return f"{value.dtype}, {value.ndim}" if isinstance(value, np.ndarray) else type(value).__name__


def _words(kind: Kind) -> int:
    return int(kind.words) if isinstance(kind, Column) else 1


_LAYOUTS: dict[type, dict[str, tuple[Kind, int]]] = {}


def layout(record: type) -> dict[str, tuple[Kind, int]]:
    """Each field of a class of records: its kind, and at which word of the table it begins."""
    if record not in _LAYOUTS:
        _LAYOUTS[record] = _laid_out(record)
    return _LAYOUTS[record]


def _laid_out(record: type) -> dict[str, tuple[Kind, int]]:
    found, at = {}, 0
    for name, hint in get_type_hints(record, include_extras=True).items():
        kind = _kind(hint)
        if kind is not None:
            found[name] = (kind, at)
            at += _words(kind)
    return found


def _kind(hint: Any) -> Kind | None:
    """What a type hint says: None for a field that loops do not see."""
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Column):
            return extra
    return hint if hint in (int, float) or (isinstance(hint, type) and issubclass(hint, Record)) else None


def annotated(function: Callable[..., Any]) -> tuple[type, ...]:
    """The types of a loop's parameters: a record, then int or float. Raises TypeError for others."""
    hints = get_type_hints(function)
    hints.pop("return", None)
    kinds = tuple(hints.values())
    fine = len(kinds) == function.__code__.co_argcount > 0 and _kind(kinds[0]) not in (None, int, float)
    if not fine or any(kind not in (int, float) for kind in kinds[1:]):
        raise TypeError(f"{function.__qualname__}: a loop takes a record, then int and float, and says which")
    return kinds
