"""Filling the store of machine code: what is missing is compiled by helpers, one a core, before the first loop runs.

Compiling does not hear Ctrl-C for seconds on end, so a process that needs code waits for its helpers, and answers. A
helper ends when whoever started it does. Where none can be started the process compiles for itself.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from sim import compiled as marked
from sim.compiled import kept

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows: two processes that begin at once both compile
    fcntl = None

COMPILING = "compiling the fast engine for this machine, once"
CPU_SECONDS = 100.0
"""Of one core of an AMD EPYC, for every loop (`python benchmarks/speed/here.py ready` with an empty PEERSCALE_COMPILED)."""
MOST_HELPERS = 8
EVERY_SECONDS = 10.0
LOCK = "filling.lock"
HELPING = "PEERSCALE_HELPING"
_looked = [False]


def once() -> None:
    """Compile what is missing of all loops that are known, unless this process has looked before."""
    if _looked[0] or HELPING in os.environ:
        return
    _looked[0] = True
    place = kept.folder()
    if place is None or len(missing(place)) < 2:
        return
    with contextlib.suppress(OSError), _alone(place):
        todo = missing(place)  # whoever waited finds it done
        if todo:
            with_helpers(todo)


def missing(place: Path) -> list[marked.Loop]:
    """Loops that a helper can compile and whose code is not kept, longest first."""
    loops = [loop for loop in marked.LOOPS.values() if loop.plain.__module__ != "__main__"]
    return sorted((one for one in loops if not (place / one.kept_as).exists()), key=lambda one: -one.length)


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One process fills the store, the others wait. Raises OSError."""
    with (place / LOCK).open("wb") as file:
        if fcntl is not None:
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def with_helpers(todo: Sequence[marked.Loop]) -> None:
    """Compile loops in processes of their own, and say how far it is. What they leave is compiled where it is needed."""
    helping = min(cores(), len(todo), MOST_HELPERS)
    say(f"{COMPILING}; it takes about {_seconds(todo, helping)} seconds")
    names: queue.SimpleQueue[str] = queue.SimpleQueue()
    for loop in todo:
        names.put(loop.name)
    done, helpers = list[str](), list[subprocess.Popen[str]]()
    try:
        for _ in range(helping):
            helpers.append(_start(todo))
        threads = [threading.Thread(target=_serve, args=(one, names, done), daemon=True) for one in helpers]
        for thread in threads:
            thread.start()
        _watch(threads, done, len(todo))
    finally:
        for one in helpers:
            one.kill()
        for one in helpers:
            one.wait()


def _seconds(todo: Sequence[marked.Loop], helping: int) -> int:
    """About how long compiling takes, in steps of five seconds: the longest loop is one helper's."""
    lengths, of = [one.length for one in todo], sum(one.length for one in marked.LOOPS.values())
    return 5 * math.ceil(CPU_SECONDS * max(sum(lengths) / helping, max(lengths)) / of / 5)


def _watch(threads: Sequence[threading.Thread], done: list[str], of: int) -> None:
    said = time.monotonic()
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.05)
        if time.monotonic() - said > EVERY_SECONDS:
            said = time.monotonic()
            say(f"compiled {len(done)} of {of}")


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(todo: Sequence[marked.Loop]) -> subprocess.Popen[str]:
    """A helper that knows these loops. Raises OSError."""
    modules = sorted({loop.plain.__module__ for loop in todo})
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), HELPING: "1"}
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-P", "-m", "sim.compiled.fill", *modules]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet, env=env, text=True, encoding="utf-8"
    )


def _serve(helper: subprocess.Popen[str], names: queue.SimpleQueue[str], done: list[str]) -> None:
    """Give a helper one name after another, until none is left or it is gone."""
    ask, answers = helper.stdin, helper.stdout
    assert ask is not None and answers is not None
    with contextlib.suppress(queue.Empty, OSError, ValueError):
        while True:
            name = names.get_nowait()
            ask.write(f"{name}\n")
            ask.flush()
            if not answers.readline():
                return
            done.append(name)


def say(text: str) -> None:
    """One line for people: results on standard output are not touched."""
    print(f"peerscale: {text}", file=sys.stderr, flush=True)


def help_out(modules: Sequence[str], ask: IO[str], answer: IO[str]) -> None:
    """In a helper: compile each loop that is named, until nobody asks any longer."""
    for module in modules:
        importlib.import_module(module)
    names: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(ask, names), daemon=True).start()
    while True:
        name = names.get()
        marked.LOOPS[name].ready()
        print(name, file=answer, flush=True)


def _listen(ask: IO[str], names: queue.SimpleQueue[str]) -> None:
    """Pass on what is asked; the end of it is the end of whoever asked, and of this process at once."""
    for line in ask:
        names.put(line.strip())
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from sim.compiled.fill import help_out as run  # the module itself, not this copy of it

    run(sys.argv[1:], sys.stdin, sys.stdout)
