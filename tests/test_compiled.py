"""Machine code that is kept is never stale and never in the way: one small loop, in a folder of its own."""

from __future__ import annotations

import dis
import os
import subprocess
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sim.compiled.records import I64, F64x2, Record, layout

ROOT = Path(__file__).resolve().parents[1]
TIMES, FIELDS = "return 3 * x", "first: I64\n    second: I64"
MODULE = f"""
from dataclasses import dataclass
import numpy as np
from sim.compiled import loop, rule
from sim.compiled.records import I64, Record
from rulebook import times

@dataclass(eq=False)
class Two(Record):
    {FIELDS}

@loop
def total(two: Two) -> int:
    found = 0
    for i in range(len(two.first)):
        found += times(two.first[i]) + two.second[i]
    return found

if __name__ == "__main__":
    one = Two(first=np.array([1, 2]), second=np.array([10, 20]))
    print(total(one))
"""
RULEBOOK = f"""
from sim.compiled import rule
MORE = 0

@rule
def times(x):
    {TIMES} + MORE
"""


@dataclass(eq=False)
class Table(Record):
    """Two columns that grow."""

    one: I64
    two: F64x2


class Small:
    """A module with one loop and one rule, run in a process of its own."""

    def __init__(self, where: Path):
        self.where, self.kept = where, where / "kept"
        self.write()

    def write(self, module: str = MODULE, rulebook: str = RULEBOOK) -> None:
        (self.where / "small.py").write_text(module, encoding="utf-8")
        (self.where / "rulebook.py").write_text(rulebook, encoding="utf-8")

    def run(self, **env: str) -> tuple[int, str]:
        """What it says, and what it tells people."""
        path = os.pathsep.join([str(ROOT), str(self.where)])
        given = os.environ | {"PYTHONPATH": path, "PEERSCALE_COMPILED": str(self.kept)} | env
        given["PYTHONDONTWRITEBYTECODE"] = (
            "1"  # Python's own cache knows files by whole seconds: these are edited faster
        )
        done = subprocess.run([sys.executable, "small.py"], cwd=self.where, env=given, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return int(done.stdout), done.stderr

    def files(self) -> list[Path]:
        """Machine code that is kept."""
        return sorted(path for path in self.kept.rglob("*") if path.is_file())


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_it_is_compiled_once_and_says_so(small):
    first, told = small.run()
    assert first == 39 and "compiling" in told and len(small.files()) == 1
    assert small.run() == (39, "")


def test_what_is_kept_runs_without_numba(small):
    small.run()
    (small.where / "numba.py").write_text("raise ImportError('no numba here')", encoding="utf-8")
    assert small.run() == (39, "")


def test_a_rule_that_is_edited_changes_the_next_run(small):
    small.run()
    small.write(rulebook=RULEBOOK.replace(TIMES, "return 5 * x"))
    assert small.run()[0] == 45


def test_so_does_a_number_that_a_rule_reads_and_the_order_of_fields(small):
    small.run()
    small.write(rulebook=RULEBOOK.replace("MORE = 0", "MORE = 100"))
    assert small.run()[0] == 239
    small.write(module=MODULE.replace(FIELDS, "second: I64\n    first: I64"))
    assert small.run()[0] == 39


def test_code_that_is_cut_short_or_is_not_code_is_made_again(small):
    small.run()
    (file,) = small.files()
    whole = file.read_bytes()
    for damage in (whole[: len(whole) // 2], b"", b"not machine code", whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(damage)
        found, told = small.run()
        assert found == 39 and "damaged" in told
    assert small.run() == (39, ""), "and is whole again"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="says who may write a file")
def test_code_that_others_could_have_written_is_not_run(small):
    small.run()
    (file,) = small.files()
    file.chmod(0o666)
    found, told = small.run()
    assert found == 39 and "not ours" in told


def test_without_a_folder_that_can_be_written_it_is_compiled_each_time(small):
    small.kept.write_text("a file stands in the way", encoding="utf-8")
    found, told = small.run()
    assert found == 39 and "cannot be kept" in told


def test_two_processes_at_once(small):
    path = os.pathsep.join([str(ROOT), str(small.where)])
    env = os.environ | {"PYTHONPATH": path, "PEERSCALE_COMPILED": str(small.kept)}
    both = [
        subprocess.Popen([sys.executable, "small.py"], cwd=small.where, env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in both] == ["39", "39"]
    assert small.run() == (39, "") and len(small.files()) == 1


def test_without_compiling_it_says_the_same(small):
    assert small.run(NUMBA_DISABLE_JIT="1") == (39, "") and not small.files()


def test_old_code_of_the_same_loop_is_forgotten(small):
    for number in range(6):
        small.write(rulebook=RULEBOOK.replace("MORE = 0", f"MORE = {number}"))
        small.run()
    assert len(small.files()) == 4


def test_numba_that_is_missing_is_said_in_one_message(small):
    (small.where / "numba.py").write_text("raise ImportError('no numba here')", encoding="utf-8")
    path = os.pathsep.join([str(small.where), str(ROOT)])
    code = "import small, numpy as np\nfrom sim.errors import UserError\ntry:\n    small.total.ready()\nexcept UserError as e:\n    print(e)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True
    )
    assert "needs numba" in done.stdout and "Traceback" not in done.stderr


def test_names_that_a_function_looks_up_are_those_that_python_shows():
    import sim.core.engine  # noqa: F401  # marks rules and loops
    from sim.compiled import LOOPS, RULES, kept

    def shown(code):
        inside = [name for one in code.co_consts if isinstance(one, types.CodeType) for name in shown(one)]
        return {one.argval for one in dis.get_instructions(code) if one.opname == "LOAD_GLOBAL"}.union(inside)

    for function in (*RULES, *(loop.plain for loop in LOOPS.values())):
        assert kept._globals(function.__code__) == sorted(shown(function.__code__)), function


def test_rows_put_at_the_end_of_a_column():
    """They stand after those that were there, what was seen before stays, and loops see the new length."""
    table, said = Table(np.arange(3), np.ones((3, 2))), np.arange(3)
    for k in range(40):
        before = table.one
        more = np.full(k % 3, k)
        table.grow(len(more))
        table.one[len(said) :], table.two[len(said) :] = more, k
        assert before.tolist() == said.tolist()
        said = np.concatenate([said, more])
        assert table.one.tolist() == said.tolist() and table.two[3:, 1].tolist() == said[3:].tolist()
        at = layout(Table)["one"][1]
        assert table._words()[at : at + 2].tolist() == [table.one.ctypes.data, len(said)]
    other = Table(table.one, table.two)  # looks at the same rows: each goes on for itself
    for one, value in ((other, 7), (table, 8)):
        one.grow(1)
        assert one.one[-1] == 0
        one.one[-1] = value
    assert (other.one[-1], table.one[-1]) == (7, 8)


def test_what_shows_lists_does_not_import_numba():
    for command in ("--help", "levers", "parameters"):
        code = f"import sys\nsys.argv = ['peerscale', {command!r}]\nfrom peerscale.__main__ import run\ntry:\n    run()\nexcept SystemExit:\n    pass\nassert 'numba' not in sys.modules and 'llvmlite' not in sys.modules"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


# ---- the whole engine, run otherwise


def digest(*arguments: str, **settings: str) -> str:
    """What a process of its own counts in a small run, under other settings."""
    command = [sys.executable, str(ROOT / "tests" / "helpers" / "digest.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | settings)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_plain_python_gives_the_same_bits() -> None:
    """The loops as they are written, without compiling, under every harsh policy."""
    assert digest("120", "45") == digest("120", "45", NUMBA_DISABLE_JIT="1")


@pytest.mark.statistical
def test_no_loop_reads_or_writes_beyond_a_column(tmp_path: Path) -> None:
    """With bounds checked (compiled anew, some minutes), every harsh policy runs to its end, with the same bits."""
    checked = digest("400", "120", NUMBA_BOUNDSCHECK="1", PEERSCALE_COMPILED=str(tmp_path))
    assert digest("400", "120") == checked
