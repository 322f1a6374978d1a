"""What each command needs beyond `pip install .`: one table, held against what the code imports."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from imports import ROOT, declared, names_in, reached
from typer import Typer

from calibration import extras
from peerscale import needs
from peerscale.cli import app, call

OF_OPTIONS = {"calibrate": ("abc",), "levers": ("sweep",), "sweep": ("sweep",), "results": ("sweep",)}
"""Extras behind options of one command (`results` reads what designs made, and draws none)."""
SHARED = ("plot", "mesa", "notebook", "cluster")
"""Extras behind options of many commands, and behind tables in Python: what code that they share imports when it is asked for,
and only then."""


def commands(of: Typer = app, before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """(name, function) of every command; a group's with the group's name before."""
    for one in of.registered_commands:
        assert one.callback is not None
        yield before + (one.name or one.callback.__name__.replace("_", "-")), one.callback
    for group in of.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, f"{group.name} ")


def tree_of(function: Callable[..., Any]) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_imports_no_more_than_the_table_says(name: str) -> None:
    word, asked = name.split()[0], names_in(tree_of(COMMANDS[name]))
    its = needs.of_command(name)
    assert reached(asked, at_once=True) <= declared(*its)
    ever = [*its, *SHARED, *OF_OPTIONS.get(word, ())]
    assert reached(asked) <= declared(*ever)


@pytest.mark.parametrize("word", needs.COMMANDS)
def test_a_command_that_is_in_the_table_needs_more(word: str) -> None:
    assert word in COMMANDS
    assert not reached(names_in(tree_of(COMMANDS[word]))) <= declared()


def test_extras_are_looked_for_by_modules_that_they_bring() -> None:
    for extra, modules in extras.MODULES.items():
        assert {extras_name(module) for module in modules} <= declared(extra)
        assert not {extras_name(module) for module in modules} & declared(), extra


def extras_name(module: str) -> str:
    return "scikit-learn" if module == "sklearn" else module.lower()


@pytest.mark.parametrize(
    ("typed", "extra"),
    [
        ("case open_door", ["calibrate"]),
        ("run my.toml", []),
        ("run --plot p.png", ["plot"]),
        ("run --plot=p.png --engine=mesa", ["plot", "mesa"]),
        ("run --engine mesa", ["mesa"]),
        ("run --engine core", []),
        ("calibrate small --second-opinion pyabc", ["calibrate", "abc"]),
        ("calibrate small --second-opinion elfi", ["calibrate"]),
        ("watch", ["watch"]),
        ("watch --help", []),
        ("evidence next answers --study fit", ["calibrate"]),
        ("evidence list", []),
        ("", []),
    ],
)
def test_what_is_typed_decides(typed: str, extra: list[str]) -> None:
    assert needs.needed(typed.split()) == extra


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Play that some modules are not installed."""
    real = importlib.util.find_spec

    def lose(*modules: str) -> None:
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name, *rest: None if name in modules else real(name, *rest)
        )

    return lose


def test_a_command_that_needs_more_names_the_one_line_to_type(without, capsys) -> None:
    without("solara", "segno", "pyabc")
    for typed, lost, kept in (
        (["dashboard"], "Solara and segno are not installed", "scipy"),
        (["calibrate", "small", "--second-opinion", "pyabc"], "pyABC is not installed", "solara"),
    ):
        assert call(typed) == 2
        told = capsys.readouterr().err
        assert lost in told and "Traceback" not in told
        (line,) = (line for line in told.splitlines() if "pip install" in line)
        assert line.count("pip install") == 1 and f'"{kept}=' not in line.split("install ")[0]
    assert call(["dashboard", "--help"]) == 0


def test_the_shell_is_told_only_what_is_missing(without, capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["needs", "case", "open_door", "--plot", "x.png"])
    needs.main()
    assert capsys.readouterr().out == "\n"
    without("scipy")
    needs.main()
    assert capsys.readouterr().out == "calibrate\n"


BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"{{name}} is of an extra", name=name)
        return None
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name in {blocked!r} else real(name, *rest)
sys.meta_path.insert(0, Blocker())
from peerscale.__main__ import run
if __name__ == "__main__":
    run()
"""
SMALL = ["--people", "1000", "--draws", "2", "--years", "0.6", "--burn-in", "26", "--place-size", "1000"]


@pytest.fixture
def bare(tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command where nothing of any extra can be imported, in workers neither."""
    modules = {module for names in extras.MODULES.values() for module in names}
    (tmp_path / "bare.py").write_text(BLOCKED.format(blocked=modules), "utf-8")

    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(tmp_path / "bare.py"), *arguments],
            cwd=tmp_path,
            env={"PATH": "", "PYTHONPATH": str(ROOT), "PEERSCALE_CACHE": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return go


@pytest.mark.slow
def test_the_main_job_keeping_and_comparing_do_without_extras(bare) -> None:
    for typed in (
        ["run", *SMALL, "--out", "kept", "--workers", "2"],
        ["batch", "today", "open_door", *SMALL, "--out", "more"],
        ["compare", "kept/today", "kept/open_door"],
        ["scenarios", "list"],
        ["parameters"],
        ["journey", *SMALL[:2], *SMALL[4:]],
    ):
        done = bare(*typed)
        assert done.returncode == 0, done.stderr
    done = bare("run", "--engine", "mesa")
    assert done.returncode == 2 and "Mesa and networkx are not installed" in done.stderr
