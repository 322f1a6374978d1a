"""Machine code that is kept, or was just made, brought into memory by llvmlite alone.

numba makes the code, and is imported only to make it: to bring in code its own way, it first sets up tables of all that it can
compile.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm

from sim import compiled as marked
from sim.compiled import fill, kept
from sim.compiled.records import Record

KINDS: dict[Any, Any] = {int: ctypes.c_int64, float: ctypes.c_double}
"""What a number is to machine code; a record is the address of its table."""
ERROR = ctypes.c_void_p()
"""Where machine code writes what is wrong: nobody reads it."""
_said: set[str] = set()


def function(loop: marked.Loop) -> Callable[..., int]:
    """The machine code of a loop, as kept or made now. Raises ImportError where it must be made and numba is missing."""
    content = _as_kept(loop)
    if content is None:
        fill.once()
        content = _as_kept(loop) or _made(loop)
    symbol, _, code = content.partition(b"\n")
    return called(_address(symbol.decode(), code), loop.takes, loop.name)


def _as_kept(loop: marked.Loop) -> bytes | None:
    place = kept.folder()
    return kept.read(place / loop.kept_as) if place else None


def _made(loop: marked.Loop) -> bytes:
    """Compiled now, and kept; where it cannot be kept it serves this process."""
    from sim.compiled.machine import compiled

    place = kept.folder()
    damaged = place is not None and (place / loop.kept_as).exists()
    _say("kept machine code is damaged or not ours: it is made again" if damaged else fill.COMPILING)
    content = b"\n".join(compiled(loop))
    why = kept.write(place / loop.kept_as, content) if place else "no folder can be written"
    if why:
        _say(f"machine code cannot be kept ({why}): the next run compiles again")
    return content


def _address(symbol: str, code: bytes) -> int:
    """Where a function of an object file lies, once it is linked. It stays as long as the process. Raises OSError."""
    with contextlib.suppress(RuntimeError):
        llvm.initialize()  # llvmlite from 0.45 on does it by itself, and says so with an error
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()  # asked for, though nothing is compiled here
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    try:
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    except RuntimeError as error:
        raise OSError(f"machine code of {symbol[:40]} cannot be read: {error}") from None
    engine.finalize_object()
    address = int(engine.get_function_address(symbol))
    engine.detach()  # never taken away, whatever threads still run when Python ends
    if not address:
        raise OSError(f"machine code without {symbol[:40]}")
    return address


def called(address: int, takes: tuple[type, ...], name: str) -> Callable[..., int]:
    """A function that calls machine code as numba makes it: where the answer goes, where an error goes, then a record and numbers.
    Python's lock is let go meanwhile. Raises RuntimeError where the code ends with an error, which it does only with bounds checked."""
    kinds = [KINDS[kind] for kind in takes[1:]]
    code = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, *kinds)(address)
    answers, where, error = ctypes.c_int64, ctypes.addressof, ctypes.addressof(ERROR)

    def run(record: Record, *numbers: float) -> int:
        answer = answers()  # of this call: others may run on other threads
        if code(where(answer), error, record._address, *numbers):  # type: ignore[attr-defined]
            raise RuntimeError(f"{name} read or wrote beyond a column")
        return answer.value

    return run


def _say(text: str) -> None:
    """One line for people, once a process: results on standard output are not touched."""
    if text not in _said:
        _said.add(text)
        fill.say(text)
