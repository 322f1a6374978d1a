"""`./run` on machines of all kinds, with Pythons that are played; and that what is imported is declared."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from imports import ROOMS, ROOT, declared, distribution, imports_of

from benchmarks.scale import peers as scale_peers

PLAYED = """#!/bin/bash
# A Python of version {version} that only plays: it makes environments and "installs" into them.
case "$*" in
  *"import sys, venv"*) {check} ;;
  *"Python %d"*) echo "Python {version}.7" ;;
  *"sys.prefix"*) [ "$(cat "$3/made_here" 2>/dev/null)" = "$(cd "$3" && pwd -P)" ] ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && (cd "$3" && pwd -P > made_here) ;;
  *"pip install"*) echo "$*" >> "$PLAYED_LOG"; for i in $(seq 25); do echo "Collecting lib$i==1.0 (from x)"; done
                   echo "Installing collected packages: lib1"; exit {pip} ;;
  *"peerscale.needs"*) echo "${{PLAYED_NEEDS:-}}" ;;
  "-P -m peerscale"*) echo "ran with {version}: ${{*:4}}" ;;
  *) exit 9 ;;
esac
"""


class Machine:
    """A checkout in a folder with a space, and Pythons by where they are."""

    def __init__(self, folder: Path):
        self.here, self.path, self.pyenv, self.log = (
            folder / "a checkout",
            folder / "bin",
            folder / "pyenv",
            folder / "log",
        )
        self.needs = ""  # what the played program says that a command needs more
        (self.here / "tools").mkdir(parents=True)
        self.path.mkdir()
        for name in ("run", "tools/environment.sh", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.here / name)
        for name in (
            "bash",
            "env",
            "cat",
            "cksum",
            "sort",
            "ls",
            "awk",
            "tee",
            "tail",
            "cut",
            "rm",
            "mkdir",
            "cp",
            "seq",
            "dirname",
        ):
            (self.path / name).symlink_to(str(shutil.which(name)))

    def python(self, name: str, version: str, venv: bool = True, pip: int = 0) -> None:
        """Put a Python on the path, or under pyenv where `name` is a version of it."""
        place = self.pyenv / "versions" / name / "bin" / "python3" if name[0].isdigit() else self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(PLAYED.format(version=version, pip=pip, check=f"echo {version}" if venv else "exit 1"))
        place.chmod(0o755)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """(exit code, output, what was said) of ./run."""
        env = {
            "PATH": str(self.path),
            "PYENV_ROOT": str(self.pyenv),
            "HOME": str(self.here),
            "PLAYED_LOG": str(self.log),
            "PLAYED_NEEDS": self.needs,
        }
        done = subprocess.run(
            [self.here / "run", *arguments], env=env, capture_output=True, text=True, check=False, cwd=self.path
        )
        return done.returncode, done.stdout, done.stderr

    def installs(self) -> int:
        return len(self.installed())

    def installed(self) -> list[str]:
        """What was installed, by each call of pip: the checkout, with its extras."""
        return [line.split("-e ")[1] for line in self.log.read_text().splitlines()] if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_installs_once_says_how_far_it_is_and_runs(machine: Machine) -> None:
    machine.python("python3", "3.12")
    code, out, said = machine.run("scenarios", "list")
    assert (code, out) == (0, "ran with 3.12: scenarios list\n")
    assert (
        "1 of 2: making .venv" in said
        and "2 of 2: installing" in said
        and "library 21 of about" in said
        and "unpacking" in said
    )
    assert machine.run() == (0, "ran with 3.12: run\n", "") and machine.installs() == 1
    assert "-e" in machine.log.read_text().split(), "an edited checkout runs as it now is"


def test_options_alone_are_the_main_job_s(machine: Machine) -> None:
    machine.python("python3", "3.12")
    assert machine.run("--people", "1000")[1] == "ran with 3.12: run --people 1000\n"
    assert [machine.run(word)[1] for word in ("--help", "--version")] == [
        "ran with 3.12: --help\n",
        "ran with 3.12: --version\n",
    ]


def test_the_main_job_waits_for_no_extra_and_a_command_that_needs_one_adds_it(machine: Machine) -> None:
    machine.python("python3", "3.12")
    assert machine.run()[0] == 0 and machine.installed() == [str(machine.here)]
    machine.needs = "calibrate"
    code, out, said = machine.run("case", "open_door")
    assert (code, out) == (0, "ran with 3.12: case open_door\n") and "more than the main job: calibrate" in said
    assert machine.installed()[1:] == [f"{machine.here}[calibrate]"] and "making" not in said
    machine.needs = "watch"
    assert machine.run("watch")[0] == 0 and machine.installed()[2:] == [f"{machine.here}[calibrate,watch]"]
    machine.needs = ""
    assert machine.run() == (0, "ran with 3.12: run\n", "") and machine.installs() == 3


def test_without_internet_the_main_job_runs_though_an_extra_cannot_come(machine: Machine) -> None:
    machine.python("python3", "3.12")
    machine.run()
    (machine.here / ".venv/bin/python").write_text(PLAYED.format(version="3.12", pip=1, check="echo 3.12"))
    machine.needs = "calibrate"
    code, out, said = machine.run("case", "open_door")
    assert (code, out) == (2, "") and "could not be installed" in said
    machine.needs = ""
    assert machine.run() == (0, "ran with 3.12: run\n", "")


@pytest.mark.parametrize(
    ("others", "version"),
    [
        ((("python3.13", "3.13"),), "3.13"),
        ((("3.11.7", "3.11"), ("3.13.0", "3.13")), "3.13"),
        ((("python3.11", "3.11"),), "3.11"),
    ],
)
def test_it_finds_a_python_that_fits(machine: Machine, others: tuple[tuple[str, str], ...], version: str) -> None:
    machine.python("python3", "3.9")
    machine.python("3.9.18", "3.9")
    for name, its in others:
        machine.python(name, its)
    assert machine.run()[:2] == (0, f"ran with {version}: run\n")


def test_without_one_it_says_which_is_needed_and_where_it_looked(machine: Machine) -> None:
    machine.python("python3", "3.9")
    machine.python("python3.12", "3.12", venv=False)
    machine.python("3.14.0", "3.14")
    code, out, said = machine.run()
    assert (code, out) == (2, "") and not (machine.here / ".venv").exists()
    for words in (
        "needs Python 3.11, 3.12 or 3.13",
        "python3: Python 3.9.7",
        "3.12.7 without venv",
        str(machine.pyenv),
        "try:",
    ):
        assert words in said


BROKEN = {
    "empty": lambda venv: (shutil.rmtree(venv), venv.mkdir()),
    "no interpreter": lambda venv: (venv / "bin" / "python").unlink(),
    "an interpreter that has gone": lambda venv: (
        (venv / "bin" / "python").unlink(),
        (venv / "bin" / "python").symlink_to("/nowhere/python"),
    ),
    "of another place": lambda venv: (venv / "made_here").write_text("/elsewhere/.venv\n"),
    "of another Python": lambda venv: (venv / "bin" / "python").write_text(
        PLAYED.format(version="3.9", pip=0, check="echo 3.9")
    ),
    "a file": lambda venv: (shutil.rmtree(venv), venv.write_text("")),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_or_foreign_environment_is_made_again(machine: Machine, how: str) -> None:
    machine.python("python3", "3.12")
    machine.run()
    BROKEN[how](machine.here / ".venv")
    code, out, said = machine.run()
    assert (code, out, machine.installs()) == (0, "ran with 3.12: run\n", 2) and "making it again" in said


def test_what_must_be_there_has_changed(machine: Machine) -> None:
    machine.python("python3", "3.12")
    machine.run()
    with (machine.here / "pyproject.toml").open("a") as file:
        file.write("# pulled\n")
    code, out, said = machine.run()
    assert (code, machine.installs()) == (0, 2) and "1 of 2" not in said


def test_an_installation_that_failed_is_gone_on_with(machine: Machine) -> None:
    machine.python("python3", "3.12", pip=1)
    code, out, said = machine.run()
    assert (code, out) == (2, "") and "could not be installed" in said and "install.log" in said
    shutil.copy(machine.here / ".venv/bin/python", machine.path / "kept")
    (machine.here / ".venv/bin/python").write_text(PLAYED.format(version="3.12", pip=0, check="echo 3.12"))
    assert machine.run()[:2] == (0, "ran with 3.12: run\n")


# ------------------------------------------------------------------ what is declared


PEERS = ROOT / "benchmarks" / "peers"
"""Other libraries: each file runs in an environment of its own, and no test imports it (but `ours`)."""


def imported(*rooms: str) -> set[str]:
    """Distributions that the code of some folders imports."""
    own = {*ROOMS, "tests", "benchmarks", *(p.stem for p in (ROOT / "tests").rglob("*.py"))}
    apart = {
        path for path in PEERS.glob("*.py") if path.stem in {peer.module for peer in scale_peers.PEERS if peer.package}
    }
    paths = (path for room in rooms for path in (ROOT / room).rglob("*.py") if path not in apart)
    found = {name.split(".")[0] for path in paths for name in imports_of(path)}
    return {distribution(name) for name in found - own - sys.stdlib_module_names}


def test_what_the_package_imports_is_declared() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert imported(*ROOMS) <= declared(*extras)
    assert imported("dashboards/server") <= declared("dashboard") and imported("dashboards/server") <= declared("watch")


def test_the_tests_can_be_collected_and_run_with_their_extra_alone() -> None:
    assert imported("tests", "benchmarks", *(room for room in ROOMS if room != "calibration")) <= declared("test")


def test_what_is_declared_is_used() -> None:
    assert "ipfn" not in declared("build") and "ipfn" not in (ROOT / "constraints.txt").read_text()


def test_the_scripts_are_shell_that_can_be_read() -> None:
    for name in ("run", "run-tests", "tools/environment.sh"):
        assert subprocess.run(["bash", "-n", ROOT / name], check=False).returncode == 0
    assert os.access(ROOT / "run", os.X_OK) and os.access(ROOT / "run-tests", os.X_OK)


def test_a_study_from_python_and_one_from_the_command_line_have_the_same_posterior() -> None:
    from peerscale.options import Typed, make_study
    from scenarios.reading.scenario import RunSettings
    from scenarios.running.study import Study

    assert Study((0,)).posterior == make_study(Typed(), RunSettings()).posterior
