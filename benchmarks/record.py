"""The measured record of slow suites: one block for each in `docs/evidence_of_correctness.md`, replaced whole.

A block says when, on what commit and machine, by which command, and what came out. Nothing is asserted here.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "evidence_of_correctness.md"


def record(name: str, command: str, lines: list[str], page: Path = PAGE) -> None:
    """Put `lines` in the block called `name`, with the date, commit and machine. KeyError if the page has none."""
    text = page.read_text("utf-8")
    first, last = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    if first not in text or last not in text:
        raise KeyError(f"{page.name} has no block {name!r}")
    before, rest = text.split(first, 1)
    _, after = rest.split(last, 1)
    block = "\n".join([f"`{command}`, {when()}.", "", *lines, ""])
    partial = page.with_suffix(".partial")
    partial.write_text(before + first + block + last + after, encoding="utf-8")
    os.replace(partial, page)


def when() -> str:
    """Date, commit, machine."""
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    commit = found.stdout.strip() or "no commit"
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=no"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    code = [line for line in changed.splitlines() if line[3:].startswith(("sim/", "scenarios/", "calibration/"))]
    also = " with uncommitted changes" if code else ""
    return (
        f"{datetime.date.today().isoformat()}, commit {commit}{also}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {platform.machine()}"
    )


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Lines of a Markdown table."""
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows)]
