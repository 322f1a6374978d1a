"""Installs and runs the quick tests on several Pythons, with the constraints and with the newest releases.

    python -m benchmarks.matrix                      # 3.11, 3.12 and 3.13, one after the other: an hour or two
    python -m benchmarks.matrix 3.13 --releases newest
    python -m benchmarks.matrix --write              # and puts the result into docs/installing.md

A Python is named by its version, looked for on the path and among pyenv's, or by its own path. Not part of CI.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "installing.md"
BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"
VERSIONS = ("3.11", "3.12", "3.13")
RELEASES = ("constraints", "newest")
QUICK = "not slow and not browser"
HEAD = ("Python", "releases", "installed", "tests", "result", "on")


@dataclass(frozen=True)
class Row:
    """One Python with one choice of releases. Minutes; `told`: the last line of the tests, or why there was none."""

    python: str
    releases: str
    installing: float
    testing: float
    told: str
    day: str

    def cells(self) -> tuple[str, ...]:
        """As the table shows it, in the order of HEAD."""
        return (
            self.python,
            self.releases,
            f"{self.installing:.1f} min",
            f"{self.testing:.1f} min",
            self.told,
            self.day,
        )


def find(name: str) -> str:
    """The Python of that version or path. Raises SystemExit where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = sorted(pyenv.glob(f"{name}*/bin/python3"), reverse=True) if re.fullmatch(r"[\d.]+", name) else []
    found = next((str(path) for path in kept), None) or shutil.which(f"python{name}") or shutil.which(name)
    if found is None:
        raise SystemExit(f"no Python {name} is on the path, nor among pyenv's")
    return found


def timed(command: Sequence[str], log: Path) -> tuple[bool, float]:
    """(whether it ended well, minutes) of a command run in the checkout; what it says goes to a file."""
    begun = time.monotonic()
    with log.open("a", encoding="utf-8") as file:
        code = subprocess.run(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, check=False).returncode
    return code == 0, (time.monotonic() - begun) / 60


def try_one(python: str, releases: str, folder: Path, tests: Sequence[str]) -> Row:
    """Make an environment, install the checkout with what tests need, and run them."""
    venv, log = folder / "venv", folder / "log"
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(venv)], check=True)
    inside = str(venv / ("Scripts" if os.name == "nt" else "bin") / "python")
    version = subprocess.run([inside, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
    pinned = ["-c", "constraints.txt"] if releases == "constraints" else ["--upgrade"]
    well, installing = timed([inside, "-m", "pip", "install", *pinned, "-e", ".[test]"], log)
    testing, told = 0.0, "could not be installed"
    if well:
        _, testing = timed([inside, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "-m", QUICK, *tests], log)
        told = last_words(log.read_text("utf-8"))
    return Row(version, releases, installing, testing, told, datetime.date.today().isoformat())


def last_words(log: str) -> str:
    """What pytest counted, and the names of at most three tests that failed."""
    counted = re.findall(r"^=*\s*(\d+ (?:passed|failed|error).*?) in [\d.]+s", log, re.MULTILINE)
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", log, re.MULTILINE)[:3]
    return f"{counted[-1] if counted else 'no count'}{': ' + ', '.join(failed) if failed else ''}"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a table of a page."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (HEAD, ["---"] * len(HEAD), *rows))


def written(page: str, rows: Sequence[Row]) -> str:
    """The page with these rows in the place of those of the same Python and releases."""
    before, rest = page.split(BEGIN)
    old, after = rest.split(END)
    kept = {line_key(cells): cells for cells in read(old)} | {line_key(row.cells()): row.cells() for row in rows}
    return f"{before}{BEGIN}\n{table(kept[key] for key in sorted(kept))}\n{END}{after}"


def read(text: str) -> list[tuple[str, ...]]:
    """The rows of a table that was written."""
    lines = [tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in text.splitlines() if "|" in line]
    return [cells for cells in lines if cells != HEAD and set(cells[0]) != {"-"}]


def line_key(cells: Sequence[str]) -> tuple[str, str]:
    """Minor version and releases: what a row is of."""
    return ".".join(cells[0].split(".")[:2]), cells[1]


def main() -> None:
    """Try what is asked for, one after the other, and print a line for each as it ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="*", default=VERSIONS)
    parser.add_argument("--releases", choices=RELEASES, action="append")
    parser.add_argument("--write", action="store_true", help="put the result into docs/installing.md")
    parser.add_argument("--tests", nargs="*", default=[], help="only these tests")
    asked = parser.parse_args()
    failed = False
    for name in asked.pythons:
        for releases in asked.releases or RELEASES:
            folder = Path(tempfile.mkdtemp(prefix="peerscale-matrix-"))
            row = try_one(find(name), releases, folder, asked.tests)
            print(" | ".join(row.cells()), f"(log: {folder / 'log'})", flush=True)
            shutil.rmtree(folder / "venv")
            failed |= "passed" not in row.told or "failed" in row.told or "error" in row.told
            if asked.write:
                PAGE.write_text(written(PAGE.read_text("utf-8"), [row]), "utf-8")
    sys.exit(failed)


if __name__ == "__main__":
    main()
