"""What numba is told: records of columns as pointers, rules as functions that it may compile. Imported when needed."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.compiler import CompileResult
from numba.core.imputils import lower_getattr_generic
from numba.core.serialize import dumps
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_jitable, register_model, unbox
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

from sim import compiled as marked
from sim.compiled import fill, kept
from sim.compiled.records import Column, Kind, layout

_said: set[str] = set()
_told: set[Callable[..., Any]] = set()


class RecordType(types.Type):
    """A record in machine code: the address of its table."""

    def __init__(self, kind: type):
        self.kind = kind
        super().__init__(name=f"{kind.__module__}.{kind.__qualname__}")


register_model(RecordType)(models.OpaqueModel)


def type_of(kind: Kind) -> Any:
    """numba's type of a field or parameter."""
    if isinstance(kind, Column):
        return types.Array(from_dtype(np.dtype(kind.dtype)), kind.ndim, "C")
    return {int: types.int64, float: types.float64}.get(kind) or RecordType(kind)


@infer_getattr
class _Fields(AttributeTemplate):
    key = RecordType

    def generic_resolve(self, typ: Any, name: str) -> Any:  # type: ignore[override]  # numba: "not implemented" there
        place = layout(typ.kind).get(name)
        return type_of(place[0]) if place else None


@lower_getattr_generic(RecordType)
def _load(context: Any, builder: Any, typ: RecordType, value: Any, name: str) -> Any:
    """Read a field. The table does not change while a loop runs: the compiler may read it once."""
    kind, at = layout(typ.kind)[name]
    word = ir.IntType(64)
    table = builder.bitcast(value, word.as_pointer())

    def read(k: int) -> Any:
        one = builder.load(builder.gep(table, [ir.Constant(word, at + k)], inbounds=True))
        one.set_metadata("invariant.load", builder.module.add_metadata([]))
        return one

    if not isinstance(kind, Column):
        one = read(0)
        if kind is float:
            return builder.bitcast(one, ir.DoubleType())
        return one if kind is int else builder.inttoptr(one, value.type)
    array = type_of(kind)
    made = make_array(array)(context, builder)
    size = context.get_abi_sizeof(context.get_data_type(array.dtype))
    shape = [read(1 + k) for k in range(kind.ndim)]
    strides = [ir.Constant(word, size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    data = builder.inttoptr(read(0), context.get_data_type(array.dtype).as_pointer())
    populate_array(made, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None)
    return made._getvalue()


@unbox(RecordType)
def _unbox(typ: RecordType, record: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(record, "_address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer, is_error=c.pyapi.c_api_error())


def alone(function: Callable[..., Any]) -> Callable[..., Any]:
    """One rule in machine code, for numbers and arrays: to hold it beside plain Python."""
    _tell_rules()
    return cast(Callable[..., Any], njit(**marked.OPTIONS)(function))


def _tell_rules() -> None:
    """Let numba compile every rule that is marked where a loop calls it."""
    for rule in [rule for rule in marked.RULES if rule not in _told]:
        _told.add(rule)
        register_jitable(forceinline=marked.RULES[rule], **marked.OPTIONS)(rule)


def compiled(loop: marked.Loop) -> Callable[..., Any]:
    """The machine code of a loop, as kept or made now."""
    _tell_rules()
    made = njit(nogil=True, **marked.OPTIONS)(loop.plain)
    made._cache = _Kept(loop)
    return made.compile(tuple(map(type_of, loop.takes)))


class _Kept:
    """What numba asks of a store: `sim.compiled.kept` by name, numba's own form of machine code inside."""

    def __init__(self, loop: marked.Loop):
        place, self.name = kept.folder(), loop.name
        self.path = place / loop.kept_as if place else None

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The machine code that is kept, or None."""
        target.refresh()
        payload = kept.read(self.path) if self.path else None
        if payload is None:
            damaged = self.path is not None and self.path.exists()
            _say("kept machine code is damaged or not ours: it is made again" if damaged else fill.COMPILING)
            return None
        return CompileResult._rebuild(target, *pickle.loads(payload))

    def save_overload(self, signature: Any, made: Any) -> None:
        """Keep machine code. Where it cannot be kept it serves this process."""
        why = kept.write(self.path, dumps(made._reduce())) if self.path else "no folder can be written"
        if why:
            _say(f"machine code cannot be kept ({why}): the next run compiles again")


def _say(text: str) -> None:
    """One line for people, once a process: results on standard output are not touched."""
    if text not in _said:
        _said.add(text)
        fill.say(text)
