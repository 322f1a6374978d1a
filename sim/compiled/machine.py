"""What numba is told: records of columns as pointers, rules as functions that it may compile. Imported when needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.compiler import Compiler
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import _FunctionCompiler  # type: ignore[attr-defined]  # not declared
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_jitable, register_model, unbox
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

from sim import compiled as marked
from sim.compiled.records import Column, Kind, layout

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


class _Bare(_FunctionCompiler):
    """Compiles a function without what Python would call it by: `sim.compiled.linked` calls it."""

    def _customize_flags(self, flags: Any) -> Any:
        flags.no_cpython_wrapper = flags.no_cfunc_wrapper = flags.no_compile = True
        return flags


def compiled(loop: marked.Loop) -> tuple[bytes, bytes]:
    """A loop's name in machine code, and an object file that holds it."""
    _tell_rules()
    told = njit(nogil=True, **marked.OPTIONS)(loop.plain)
    bare = _Bare(loop.plain, told.targetdescr, told.targetoptions, {}, Compiler)
    with global_compiler_lock:
        made = bare.compile(tuple(map(type_of, loop.takes)), types.int64)
        made.library.get_pointer_to_function(made.fndesc.llvm_func_name)  # makes the object
        return made.fndesc.llvm_func_name.encode(), made.library._get_compiled_object()
