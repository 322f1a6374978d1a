"""What can be tested here of other systems: no call that only POSIX has, no encoding left to the machine, Windows' paths."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest
from imports import ROOMS, ROOT

from calibration import extras, whole
from scenarios.reading.files import find
from sim.errors import UserError

POSIX_MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix"}
POSIX_CALLS = {
    "fork", "forkpty", "killpg", "getpgid", "setsid", "setpgid", "getuid", "geteuid", "getgid", "chown", "uname", "mkfifo",
    "sysconf", "statvfs", "getloadavg", "pthread_sigmask", "pthread_kill", "sigwait", "alarm", "setitimer", "pause",
    "sched_getaffinity", "nice", "wait3", "wait4", "symlink", "symlink_to", "hardlink_to", "link",
}  # fmt: skip
POSIX_SIGNALS = {
    "SIGKILL",
    "SIGHUP",
    "SIGSTOP",
    "SIGCONT",
    "SIGUSR1",
    "SIGUSR2",
    "SIGALRM",
    "SIGCHLD",
    "SIGPIPE",
    "SIGQUIT",
}
GUARDED = {
    ("calibration/whole.py", "fcntl"): "except ImportError",
    ("scenarios/running/memory.py", "/proc/meminfo"): "contextlib.suppress(OSError",
    ("scenarios/running/memory.py", "sysconf"): 'hasattr(os, "sysconf")',
    ("sim/compiled/fill.py", "fcntl"): "except ImportError",
    ("sim/compiled/fill.py", "sched_getaffinity"): 'hasattr(os, "sched_getaffinity")',
    ("scenarios/sweeps/claim.py", "fcntl"): "except ImportError",
    ("sim/compiled/kept.py", "getuid"): 'hasattr(os, "getuid")',
    ("scenarios/running/pool.py", "pthread_sigmask"): 'hasattr(signal, "pthread_sigmask")',
}
"""What only POSIX has and is used all the same, with the words that ask first whether it is there."""
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def posix_only(tree: ast.AST) -> set[str]:
    """Names in a tree of modules, calls and signals that Windows does not have."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & POSIX_MODULES
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} & POSIX_MODULES
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("os", "signal", "time"):
            found |= {node.attr} & (POSIX_CALLS | POSIX_SIGNALS)
        elif isinstance(node, ast.Constant) and str(node.value).startswith(("/dev/", "/proc/", "/tmp/")):
            found.add(str(node.value))
    return found


def test_no_code_needs_what_only_posix_has() -> None:
    used = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in FILES
        for name in posix_only(ast.parse(path.read_text("utf-8")))
    }
    assert used == set(GUARDED)
    for (file, _), asked in GUARDED.items():
        assert asked in (ROOT / file).read_text("utf-8")


def without_encoding(tree: ast.AST) -> list[int]:
    """Lines that open text and leave its encoding to the machine."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {word.arg for word in node.keywords}
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            binary = any(set(word) <= set("rwxab+") and "b" in word for word in words)
            plain = (name == "read_text" and not node.args) or (name == "write_text" and len(node.args) < 2)
            opened = name in ("open", "fdopen", "TextIOWrapper", "NamedTemporaryFile") and not binary
            asks = opened and not any(
                "." in ast.unparse(node.func) and owner in ast.unparse(node.func) for owner in NO_FILES
            )
            if (plain or asks) and "encoding" not in given and None not in given:
                found.append(node.lineno)
    return found


NO_FILES = ("webbrowser", "tarfile", "os.open")
"""Whose `open` opens no text."""


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_every_text_file_names_its_encoding(path: Path) -> None:
    assert without_encoding(ast.parse(path.read_text("utf-8"))) == []


def test_these_checks_can_fail() -> None:
    assert posix_only(ast.parse("import os, fcntl\nos.kill(1, signal.SIGKILL)\nopen('/dev/null')")) == {
        "fcntl",
        "SIGKILL",
        "/dev/null",
    }
    assert without_encoding(ast.parse("open(x)\np.open('w')\np.read_text()\np.write_text(t)")) == [1, 2, 3, 4]
    assert not without_encoding(ast.parse("open(x, 'rb')\np.read_text('utf-8')\np.write_text(t, encoding='utf-8')"))


def test_processes_are_started_by_spawn_alone() -> None:
    """A fork is not to be had on Windows, and on others takes locks along that nobody will open."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("multiprocessing.Pool", "multiprocessing.Process", "Process", "os.fork"), path
                if called.endswith("get_context"):
                    assert ast.unparse(node.args[0]) == "'spawn'", path
                if called.endswith("ProcessPoolExecutor"):
                    assert "spawn" in ast.unparse(node), path


SMALL = [
    "--people",
    "1000",
    "--draws",
    "2",
    "--years",
    "0.6",
    "--burn-in",
    "26",
    "--place-size",
    "1000",
    "--workers",
    "2",
]
SCENARIO = """name = "größer"
title = "Größer – £5 mehr ≥ heute"
question = "Was wäre, wenn man Gruppen fände?"
extends = "today"

[levers]
directory = 0.7
"""


@pytest.mark.slow
def test_letters_beyond_ascii_survive_a_machine_that_has_none(tmp_path: Path) -> None:
    """UTF-8 mode off, locale C: files are read and written as UTF-8, and nothing of ours asks the machine for an encoding."""
    text = SCENARIO.replace("größer", "groesser")
    (tmp_path / "groesser.toml").write_text(text, "utf-8")
    told = []
    for typed in (["run", "groesser.toml", *SMALL, "--out", "kept"], ["compare", "kept/today", "kept/groesser"]):
        done = subprocess.run(
            [sys.executable, "-X", "utf8=0", "-X", "warn_default_encoding", "-W", "always", "-m", "peerscale", *typed],
            cwd=tmp_path,
            env=os.environ | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        said = done.stderr.decode("ascii")
        assert done.returncode == 0, said
        assert not [line for line in said.splitlines() if "EncodingWarning" in line and str(ROOT) in line]
        told.append(done.stdout.decode("ascii"))
    assert "GBP 5 mehr >= heute" in told[0] and "- GBP 5" in told[1]
    assert "Größer – £5 mehr ≥ heute" in (tmp_path / "kept/groesser/manifest.json").read_text("utf-8")


# ------------------------------------------------------------------ paths of Windows


def test_a_path_with_backslashes_is_a_path_and_is_told_as_typed(tmp_path: Path) -> None:
    (tmp_path / "policies\\base").write_text("", "utf-8")  # here a name, on Windows a folder and a name
    assert find("policies\\base", beside=tmp_path) == tmp_path / "policies\\base"
    for name in ("policies\\mine", str(PureWindowsPath("C:/a b/mine.toml"))):
        with pytest.raises(UserError) as told:
            find(name)
        assert str(told.value).count(name) == 3


@pytest.mark.parametrize(
    ("executable", "typed"),
    [
        ("C:\\Python\\python.exe", "C:\\Python\\python.exe"),
        ("C:\\Program Files\\Python\\python.exe", '"C:\\Program Files\\Python\\python.exe"'),
    ],
)
def test_the_line_to_type_is_quoted_as_its_system_has_it(executable: str, typed: str) -> None:
    assert extras.python(executable, windows=True) == typed
    assert extras.python("/opt/a b/python", windows=False) == "'/opt/a b/python'"


# ------------------------------------------------------------------ files on Windows


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play Windows: no fcntl."""
    monkeypatch.setattr(whole, "fcntl", None)


def test_a_writer_at_work_is_left_alone_where_open_files_cannot_be_deleted(no_locks, tmp_path, monkeypatch) -> None:
    open_there: set[str] = set()
    unlink = Path.unlink

    def refused(path: Path, missing_ok: bool = False) -> None:
        if path.name in open_there:
            raise PermissionError(13, "in use", str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    for name in ("live", "dead"):
        (tmp_path / f".{name}{whole.PART}").mkdir()
        (tmp_path / f".{name}{whole.PART}{whole.LOCK}").touch()
    open_there.add(f".live{whole.PART}{whole.LOCK}")
    whole.clear_left_over(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f".live{whole.PART}", f".live{whole.PART}{whole.LOCK}"}


def test_a_file_that_somebody_reads_for_a_moment_is_put_in_its_place_all_the_same(
    no_locks, tmp_path, monkeypatch
) -> None:
    replace, refused = os.replace, []

    def busy(new: Path, place: Path) -> None:
        if len(refused) < 3:
            refused.append(place)
            raise PermissionError(13, "in use", str(place))
        replace(new, place)

    monkeypatch.setattr(os, "replace", busy)
    whole.write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new" and len(refused) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_names_of_files_are_names_everywhere() -> None:
    """No two names that are one where capitals do not count, and none that Windows refuses."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    names = [name for name in listed if name]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert not set(name) & set('<>:"|?*\\') and max(map(len, name.split("/"))) < 120 and len(name) < 160
        for part in name.split("/"):
            assert part[-1] not in " ." and part.split(".")[0].lower() not in (
                "con",
                "prn",
                "aux",
                "nul",
                "com1",
                "lpt1",
            )
