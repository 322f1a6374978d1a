"""Machine code that is kept, and is never stale.

numba's own store looks at the file of the compiled function only: a rule imported from another file may change, and old
code runs on. Here a loop's code lies under a name made of everything that it was compiled from: its own instructions,
those of every rule it calls however deep, each constant, table and enumeration that they read, and the fields of the
records they take. The folder is named by what else decides: numba, NumPy, Python, the processor and numba's settings.
A file that is damaged, or that somebody else could have written, is not read: the loop is compiled again.
"""

from __future__ import annotations

import dis
import enum
import hashlib
import os
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.compiled import OPTIONS
from sim.compiled.records import Column, Record, layout

MARK = b"peerscale compiled 1\n"
LOOKS_UP, GOES_ON = dis.opmap["LOAD_GLOBAL"], dis.opmap["EXTENDED_ARG"]
FORM = "an object file, after the name of its function"
VERSIONS = 4
"""Of one loop that are kept: those of a few checkouts, or of a change and its undoing."""
LIBRARIES = ("numpy", "math", "builtins")
"""Modules whose functions compiled code may name: their versions are in the folder's name."""


def fingerprint(function: Callable[..., Any], takes: tuple[type, ...]) -> tuple[str, int]:
    """A digest of everything that a function is compiled from, for parameters of these types, and how long that is.
    Raises TypeError for what cannot be told apart."""
    digest, seen, length = hashlib.sha256(), set[int](), 0
    for part in (part for thing in (function, *takes) for part in _parts(thing, seen)):
        digest.update(part.encode() + b"\0")
        length += len(part)
    return digest.hexdigest()[:32], length


def _parts(thing: Any, seen: set[int]) -> Iterator[str]:
    """What decides how a thing is compiled, in words."""
    if isinstance(thing, types.FunctionType):
        yield f"function {thing.__module__}.{thing.__qualname__}"
        if id(thing) not in seen and thing.__module__.split(".")[0] not in LIBRARIES:
            seen.add(id(thing))
            yield from _own(thing)
            yield from _named(thing, seen)
    elif isinstance(thing, np.ndarray):
        yield _array(thing)
    elif isinstance(thing, type) and issubclass(thing, enum.Enum):
        yield _enumeration(thing)
    elif isinstance(thing, Column):
        yield _column(thing)
    elif isinstance(thing, type) and issubclass(thing, Record):
        yield from _record(thing, seen)
    elif isinstance(thing, tuple):
        for one in thing:
            yield from _parts(one, seen)
    elif isinstance(thing, (int, float, str, bytes, np.generic, type(None))):
        yield f"{type(thing).__name__} {thing!r}"
    elif getattr(thing, "__module__", "").split(".")[0] in LIBRARIES or isinstance(thing, types.ModuleType):
        yield f"library {thing!r}" if not isinstance(thing, types.ModuleType) else f"module {thing.__name__}"
    elif isinstance(thing, (type, types.BuiltinFunctionType)):
        yield f"{thing.__module__}.{thing.__qualname__}"
    else:
        raise TypeError(f"compiled code reads {thing!r}, which cannot be told from another of its kind")


# What many loops share is put in words once: it took half of the time in which the names of all are made.


@cache
def _own(function: types.FunctionType) -> tuple[str, ...]:
    return (*_code(function.__code__), repr(function.__defaults__))


def _array(array: np.ndarray) -> str:
    if id(array) not in _arrays:
        digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        _arrays[id(array)] = array, f"{array.dtype.str} {array.shape} {digest}"
    return _arrays[id(array)][1]


_arrays: dict[int, tuple[np.ndarray, str]] = {}
"""Words for a constant, by its number; it is held, so that no other is given that."""


@cache
def _enumeration(kind: type[enum.Enum]) -> str:
    return repr([(member.name, member.value) for member in kind])


@cache
def _column(column: Column) -> str:
    return f"{type(column).__name__} {column!r}"


def _code(code: types.CodeType) -> Iterator[str]:
    """Instructions and constants, without where the file lies."""
    yield f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {code.co_argcount}"
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _code(constant)
        else:
            yield f"{type(constant).__name__} {constant!r}"


def _named(function: types.FunctionType, seen: set[int]) -> Iterator[str]:
    """Each thing of its module or around it that a function names."""
    for name in _globals(function.__code__):
        if name in function.__globals__:
            yield name
            yield from _parts(function.__globals__[name], seen)
    for cell in function.__closure__ or ():
        yield from _parts(cell.cell_contents, seen)


@cache
def _globals(code: types.CodeType) -> list[str]:
    """Names that instructions look up in the module (names of fields are others). `dis` would take ten times as long."""
    inside = [name for one in code.co_consts if isinstance(one, types.CodeType) for name in _globals(one)]
    does, what = code.co_code[::2], code.co_code[1::2]
    for k, one in enumerate(does):
        if one == LOOKS_UP:
            more = what[k - 1] << 8 if k and does[k - 1] == GOES_ON else 0
            inside.append(code.co_names[(more | what[k]) >> 1])
    return sorted(set(inside))


def _record(record: type[Record], seen: set[int]) -> Iterator[str]:
    """The fields of a record, those of records in it too."""
    yield f"record {record.__module__}.{record.__qualname__}"
    if id(record) not in seen:
        seen.add(id(record))
        for name, (kind, at) in layout(record).items():
            yield f"{name} {at}"
            yield from _parts(kind, seen)


@cache
def settings() -> str:
    """What decides besides the sources: libraries, Python, the processor, numba's settings."""
    from importlib.metadata import version

    import llvmlite.binding as llvm

    told = sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith("NUMBA_") and k != "NUMBA_CACHE_DIR")
    made = [
        hashlib.sha256((Path(__file__).parent / name).read_bytes()).hexdigest() for name in ("machine.py", "linked.py")
    ]
    parts = (
        FORM,
        *made,
        repr(OPTIONS),
        version("numba"),
        version("llvmlite"),
        np.__version__,
        sys.version,
        sys.platform,
        *told,
    )
    features = llvm.get_host_cpu_features().flatten() if hasattr(llvm, "get_host_cpu_features") else ""
    return "\n".join((*parts, llvm.get_process_triple(), llvm.get_host_cpu_name(), features))


def folder() -> Path | None:
    """Where machine code is kept: beside the package, else in the user's cache; None where neither can be written."""
    name = "compiled-" + hashlib.sha256(settings().encode()).hexdigest()[:16]
    for base in _bases():
        try:
            (base / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(base / name, os.W_OK) and _is_ours(base / name):
            return base / name
    return None


def _bases() -> Iterator[Path]:
    chosen = os.environ.get("PEERSCALE_COMPILED")
    if chosen:
        yield Path(chosen)
        return
    yield Path(__file__).parent / "__pycache__"
    from platformdirs import user_cache_path

    yield user_cache_path("peerscale")


def _is_ours(path: Path) -> bool:
    """Whether only this user can write there: machine code of somebody else is not run."""
    if not hasattr(os, "getuid"):
        return True
    status = path.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _forget(path: Path) -> None:
    """All but the latest code of the same loop goes: that of sources of before."""
    name = path.name.rpartition(".")[0]
    others = sorted(path.parent.glob(f"{name}.*"), key=lambda one: one.stat().st_mtime)
    for old in others[: 1 - VERSIONS]:
        old.unlink(missing_ok=True)


def read(path: Path) -> bytes | None:
    """What was kept under a name; None where there is nothing, or not all of it."""
    try:
        content = path.read_bytes() if path.exists() and _is_ours(path) else b""
    except OSError:
        return None
    head, payload = content[: len(MARK) + 32], content[len(MARK) + 32 :]
    return payload if head == MARK + hashlib.sha256(payload).digest() else None


def write(path: Path, payload: bytes) -> str:
    """Keep it: whole or not at all, with the last ones of its name. Returns why it could not be kept, empty where it was."""
    part = ""
    try:
        _forget(path)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(MARK + hashlib.sha256(payload).digest() + payload)
        os.replace(part, path)
    except OSError as error:
        if part:
            Path(part).unlink(missing_ok=True)
        return error.strerror or type(error).__name__
    return ""
