"""What is missing of the machine code is compiled by helpers, which end with whoever started them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOOPS = """
from dataclasses import dataclass
import numpy as np
from sim.compiled import loop
from sim.compiled.records import I64, Record

@dataclass(eq=False)
class One(Record):
    first: I64

@loop
def total(one: One) -> int:
    found = 0
    for i in range(len(one.first)):
        found += one.first[i]
    return found

@loop
def largest(one: One) -> int:
    found = 0
    for i in range(len(one.first)):
        found = max(found, one.first[i])
    return found
"""
RUN = "import numpy as np, loops\none = loops.One(np.array([3, 4]))\nprint(loops.total(one) + loops.largest(one))"

HEARS = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""Ctrl-C is heard, even where the tests themselves were started in the background."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "loops.py").write_text(LOOPS, encoding="utf-8")
    return tmp_path


def start(folder: Path, code: str = RUN, **env: str) -> subprocess.Popen[str]:
    """A process that calls both loops."""
    path = os.pathsep.join([str(ROOT), str(folder)])
    given = os.environ | {"PYTHONPATH": path, "PEERSCALE_COMPILED": str(folder / "kept")} | env
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], cwd=folder, env=given, stdout=pipe, stderr=pipe, text=True)


def kept(folder: Path) -> list[str]:
    """Loops whose code is kept."""
    return sorted(path.name.split(".")[1] for path in (folder / "kept").rglob("loops.*"))


def helpers(folder: Path) -> list[int]:
    """Numbers of the helpers at work for this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            told = (path / "environ").read_bytes()
            running = (path / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            continue
        if running and b"PEERSCALE_HELPING=1" in told and str(folder / "kept").encode() in told:
            found.append(int(path.name))
    return found


def test_helpers_compile_what_is_missing_and_say_so_once(folder):
    out, told = start(folder).communicate()
    assert out == "11\n" and told.count("compiling") == 1 and kept(folder) == ["largest", "total"]
    assert start(folder).communicate() == ("11\n", "")


def test_two_that_begin_at_once_compile_once(folder):
    both = [start(folder), start(folder)]
    ends = [one.communicate() for one in both]
    assert [out for out, _ in ends] == ["11\n", "11\n"]
    assert sum("compiling" in told for _, told in ends) == 1 and kept(folder) == ["largest", "total"]


def test_helpers_that_fail_leave_it_to_whoever_needs_it(folder):
    hidden = "import sys\nsys.executable = '/nothing/here'\n"
    out, told = start(folder, hidden + RUN).communicate()
    assert out == "11\n" and kept(folder) == ["largest", "total"] and "Traceback" not in told


def tell(processes: list[int], what: signal.Signals) -> None:
    """Send a signal to those that are still there."""
    for one in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, what)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_helpers_end_with_whoever_started_them(folder, how):
    asking = start(folder, HEARS + RUN)
    while not helpers(folder):
        assert asking.poll() is None
        time.sleep(0.02)
    halted = helpers(folder)
    tell(halted, signal.SIGSTOP)  # or a fast helper ends before the signal comes
    asking.send_signal(how)
    asking.communicate()
    tell(halted, signal.SIGCONT)
    assert asking.returncode not in (0, None)
    until = time.monotonic() + 60
    while helpers(folder) and time.monotonic() < until:
        time.sleep(0.05)
    assert not helpers(folder)
