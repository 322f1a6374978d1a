"""The first edition of the model and this one, scenario by scenario: the headlines of both, side by side.

    python -m benchmarks.editions --old CHECKOUT --old-python PYTHON [--record]

`CHECKOUT`: a working copy of the last commit of the first edition (7640408), whose libraries `PYTHON` has. Both run
every shipped scenario that both have, from priors, on the same area, sizes and seed. `--record` writes the table into
`docs/editions.md`. A first run takes ten minutes of one core. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.record import record, table

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "editions.md"
ASKED = ("--people", "30,000", "--draws", "20", "--replicates", "1", "--posterior", "none", "--json")
ONE, THREE = ("--areas", "bnssg"), ("--areas", "bnssg,black_country,cheshire_and_merseyside")
APART = {"history": ONE, "learning_network": THREE}
"""Scenarios that are run by themselves: one has years of its own, one needs several areas."""
HEAD = [
    "scenario",
    "available, first",
    "available, now",
    "started, first",
    "started, now",
    "£ an adult a year, first",
    "now",
]
SHOWN = ("available", "started_in_time", "gbp_per_adult_year")


def names(checkout: Path) -> list[str]:
    """Scenarios that a checkout ships."""
    return sorted(path.stem for path in (checkout / "scenarios").glob("**/*.toml") if path.parent.name == "library")


def levels(checkout: Path, python: str, asked: list[str]) -> dict[str, Any]:
    """The level of each of these scenarios, by name, as `run --json` gives it. Raises SystemExit."""
    together = [name for name in asked if name not in APART]
    found = one_run(checkout, python, together, ONE)
    for name, where in APART.items():
        found |= {name: one_run(checkout, python, [name], where)[name]} if name in asked else {}
    return found


def one_run(checkout: Path, python: str, asked: list[str], where: tuple[str, ...]) -> dict[str, Any]:
    """Levels of one call of `run`. Raises SystemExit."""
    room = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [python, "-m", "peerscale", "run", *asked, *where, *ASKED]
    ran = subprocess.run(command, cwd=checkout, env=room, stdout=subprocess.PIPE, check=False)
    if ran.returncode != 0:
        raise SystemExit(f"the run in {checkout} ended with {ran.returncode}")
    return dict(json.loads(ran.stdout)["levels"])


def rows(first: dict[str, Any], now: dict[str, Any]) -> list[list[str]]:
    """A row a scenario: medians over worlds of each edition."""
    return [[name, *(cell for key in SHOWN for cell in (said(first[name], key), said(now[name], key)))] for name in now]


def said(level: dict[str, Any], key: str) -> str:
    """A median as the page shows it."""
    value = level["headline"][key]["median"]
    return f"{value:.2f}" if key.startswith("gbp") else f"{100 * value:.1f}%"


def main() -> int:
    """Run both, print the table, record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", type=Path, required=True, help="a checkout of the first edition")
    parser.add_argument("--old-python", default=sys.executable, help="its Python")
    parser.add_argument("--record", action="store_true", help="write the table into docs/editions.md")
    chosen = parser.parse_args()
    shared = [n for n in names(ROOT) if n in names(chosen.old)]
    asked = ["today", *(n for n in shared if n != "today")]
    made = rows(levels(chosen.old, chosen.old_python, asked), levels(ROOT, sys.executable, asked))
    lines = table(HEAD, made)
    print("\n".join(lines))
    if chosen.record:
        record("editions", "python -m benchmarks.editions --old CHECKOUT --record", lines, PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
