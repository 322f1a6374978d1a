"""The house keeps its plan: who imports whom, and how large things may grow."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("sim", "calibration", "scenarios", "reports", "dashboards", "peerscale")
INSIDE = {
    "sim": (
        ("data", "errors", "draws", "tables", "plain", "reading", "version", "compiled"),
        ("vocabulary",),
        ("numbers",),
        ("people",),
        ("rules",),
        ("columns",),
        ("results", "policy"),
        ("core",),
        ("agents",),
    ),
    "calibration": (("whole", "extras"), ("fit",), ("library",), ("population",), ("report",)),
    "scenarios": (("reading",), ("running",), ("sweeps",), ("evidence",), ("questions",), ("worth",)),
    "dashboards": (("asked",), ("server",), ("work",), ("cards",), ("pages",), ("app",), ("serve",)),
}
"""The parts of a room: each imports itself, those in a row with it and those before."""
MOST_FILES = 22

HEAVY = {"matplotlib", "solara", "pydantic", "pandas", "typer", "rich", "pyarrow"}
FILES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))
IDS = [str(p.relative_to(ROOT)) for p in FILES]


def imported(source: str) -> set[str]:
    """Full names of the modules that a source imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def arrows_broken(room: str, names: set[str]) -> set[str]:
    """Imports of rooms that stand above `room`."""
    above = ROOMS[ROOMS.index(room) + 1 :]
    return {name for name in names if name.split(".")[0] in above}


def part_of(room: str, name: str) -> int:
    """Which row of its room a part stands in."""
    return next(i for i, row in enumerate(INSIDE[room]) if name in row)


def arrows_inside(parts: tuple[str, ...], names: set[str]) -> set[str]:
    """Imports of parts of the same room that stand after the part of this file."""
    room, part = parts[:2]
    if room not in INSIDE or part == "__init__":
        return set()
    own = [name.split(".") for name in names if name.startswith(f"{room}.")]
    return {
        ".".join(n)
        for n in own
        if n[1] in {p for row in INSIDE[room] for p in row} and part_of(room, n[1]) > part_of(room, part)
    }


def longest(source: str) -> tuple[int, str]:
    """(lines, name) of the longest function."""
    sizes = [
        ((node.end_lineno or 0) - node.lineno + 1, node.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    return max(sizes, default=(0, ""))


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_rooms_import_only_those_before_them(path):
    here, names = path.relative_to(ROOT), imported(path.read_text("utf-8"))
    parts = here.with_suffix("").parts
    broken = arrows_broken(parts[0], names) | (arrows_inside(parts, names) if len(parts) > 1 else set())
    assert not broken


def test_no_folder_is_crowded():
    folders = {path.parent for room in (*ROOMS, "tests", "benchmarks") for path in (ROOT / room).rglob("*.py")}
    assert not {str(f.relative_to(ROOT)): n for f in folders if (n := len(list(f.glob("*.py")))) > MOST_FILES}


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_files_and_functions_stay_small(path):
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= 500
    lines, name = longest(source)
    assert lines <= 70, name


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_every_module_says_what_it_is(path):
    source = path.read_text("utf-8")
    assert not source.strip() or ast.get_docstring(ast.parse(source))


def under(folder: str) -> set[str]:
    return set().union(*(imported(p.read_text("utf-8")) for p in (ROOT / folder).rglob("*.py")))


def test_the_rulebook_imports_neither_engine():
    assert not {n for n in under("sim/rules") if n.startswith(("sim.core", "sim.agents"))}


def test_the_engines_do_not_import_each_other():
    assert not {n for n in under("sim/core") if n.startswith("sim.agents")}
    assert not {n for n in under("sim/agents") if n.startswith("sim.core")}


def test_the_model_imports_nothing_heavy():
    outside_agents = [p for p in (ROOT / "sim").rglob("*.py") if "agents" not in p.parts]
    found = {n.split(".")[0] for p in outside_agents for n in imported(p.read_text("utf-8"))}
    assert not found & (HEAVY | {"mesa"})


ONLY = {
    "mesa": ("sim/agents/", "peerscale/commands/watch"),
    "matplotlib": ("reports/", "peerscale/commands/watch_page.py"),
    "solara": ("dashboards/", "peerscale/commands/watch_page.py"),
    "distributed": ("scenarios/running/cluster.py",),
    "numba": ("sim/compiled/",),
    "llvmlite": ("sim/compiled/",),
}
"""Who imports a heavy library, and nobody else (Mesa's own viewer is drawn with three of them)."""


def strangers(library: str, where: str, names: set[str]) -> bool:
    """Whether a file imports a library that it may not."""
    return library in {name.split(".")[0] for name in names} and not where.startswith(ONLY[library])


@pytest.mark.parametrize("library", ONLY)
def test_only_named_parts_import_what_draws(library):
    found = [p.relative_to(ROOT).as_posix() for p in FILES]
    assert not [where for where in found if strangers(library, where, imported((ROOT / where).read_text("utf-8")))]


def test_the_checks_can_fail():
    assert strangers("matplotlib", "peerscale/commands/solve.py", imported("import matplotlib.pyplot as plt"))
    assert not strangers("matplotlib", "reports/pictures/solve.py", imported("import matplotlib.pyplot as plt"))
    found = imported("from scenarios.reading.load import load")
    assert arrows_broken("sim", found) == {"scenarios.reading.load", "scenarios.reading.load.load"}
    assert arrows_inside(("sim", "rules", "ask"), imported("import sim.core.week")) == {"sim.core.week"}
    assert not arrows_inside(("sim", "core", "week"), imported("import sim.rules.ask"))
    assert not arrows_broken("peerscale", imported("import sim.results.result"))
    assert longest("def f():\n" + "    x = 1\n" * 80)[0] == 81


def test_the_architecture_page_names_every_room():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert " ← ".join(ROOMS) in page
    assert all(f"{name}" in page for name in ("live", "fund", "staff", "hear", "ask", "offer", "learn"))


def test_nothing_of_this_machine_is_in_the_repository():
    texts = [ROOT / name for name in ("constraints.txt", "README.md", "pyproject.toml", "run", "run-tests", ".ci/run")]
    for path in texts:
        text = path.read_text("utf-8")
        assert "://" not in text.replace("https://json-schema.org", "") and "/home/" not in text
        assert "file:" not in text and "index-url" not in text
