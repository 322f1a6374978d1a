"""The steps of a page that shows how to change the checkout: read from its boxes, and made in a copy of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("sim", "calibration", "scenarios", "reports", "dashboards", "peerscale", "tests", "pyproject.toml")
BOX = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One box under a heading: an edit of a file (old text, new text), or a command where `file` is ""."""

    heading: str
    file: str
    old: str
    new: str
    command: str = ""


def steps(page: str) -> list[Step]:
    """Every step of a page, in order. A box marked `later` is none."""
    found = []
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        heading = part.partition("\n")[0]
        for kind, body in BOX.findall(part):
            if kind.startswith("diff "):
                found.append(_edit(heading, kind.removeprefix("diff "), body))
            elif "later" not in kind:
                found.append(Step(heading, "", "", "", body.strip()))
    return found


def _edit(heading: str, file: str, body: str) -> Step:
    lines = body.splitlines()
    assert all(not line or line[0] in " +-" for line in lines), f"a line of the box of {file} says neither + nor -"
    old, new = ("\n".join(line[1:] for line in lines if line[:1] != other) for other in "+-")
    return Step(heading, file, old, new)


def stated(page: str) -> dict[str, int]:
    """By heading: how many files the page says are changed."""
    parts = (part.partition("\n") for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:])
    found = ((heading, re.search(r"^Files to change: (\d+)", body, re.MULTILINE)) for heading, _, body in parts)
    return {heading: int(number.group(1)) for heading, number in found if number}


def copy_of_checkout(where: Path) -> Path:
    """The code, its tables and its tests, to change."""
    leave = shutil.ignore_patterns("__pycache__", "*.pyc", ".venv", "node_modules", "golden")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, where / name, ignore=leave)
        else:
            shutil.copy(source, where / name)
    return where


def make(step: Step, copy: Path) -> None:
    """Make one step in a copy. Fails where the place of an edit is not there once."""
    if step.command:
        for line in step.command.splitlines():
            run(copy, *line.removeprefix("python ").split())
        return
    path = copy / step.file
    text = path.read_text(encoding="utf-8")
    assert text.count(step.old) == 1, (
        f"{step.heading}: in {step.file} these lines stand {text.count(step.old)} times:\n{step.old}"
    )
    path.write_text(text.replace(step.old, step.new), encoding="utf-8")


def run(copy: Path, *arguments: str) -> str:
    """What Python prints when run in the copy, with the copy's code and nothing of this checkout."""
    path = os.pathsep.join([str(copy), str(copy / "tests" / "helpers")])
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def changed(copy: Path) -> set[str]:
    """Files of the copy that differ from the checkout's."""
    return {
        str(path.relative_to(copy).as_posix())
        for name in COPIED
        for path in [copy / name, *(copy / name).rglob("*")]
        if path.is_file() and path.read_bytes() != (ROOT / path.relative_to(copy)).read_bytes()
    }
