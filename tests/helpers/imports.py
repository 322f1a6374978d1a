"""What files import and what the package declares, read without importing either."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("sim", "calibration", "scenarios", "reports", "dashboards", "peerscale")
NAMES = {"sklearn": "scikit-learn"}
"""Distributions that are not called as their module is."""


def declared(*extras: str) -> set[str]:
    """Names of distributions that the package asks for, with some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked, todo = list(project["dependencies"]), list(extras)
    while todo:
        rows = project["optional-dependencies"][todo.pop()]
        asked += rows
        todo += [extra for row in rows if row.startswith("peerscale[") for extra in re.findall(r"[a-z]+", row)[1:]]
    return {found.group().lower() for row in asked if (found := re.match(r"[\w-]+", row))}


def names_in(tree: ast.AST, at_once: bool = False) -> set[str]:
    """Full names of what a tree imports, wherever in it, but for what only the type checker reads.

    `at_once`: outside functions only.
    """
    found: set[str] = set()
    for node in _nodes(tree, at_once):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _nodes(tree: ast.AST, at_once: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        later = at_once and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if not later and not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield node
            yield from _nodes(node, at_once)


def distribution(name: str) -> str:
    """The distribution of a module's full name, in small letters."""
    top = name.split(".")[0].lower()
    return NAMES.get(top, top)


def file_of(name: str) -> Path | None:
    """The file of a module of ours; None for others, and for what is no module."""
    whole = ROOT.joinpath(*name.split("."))
    both = (whole.with_suffix(".py"), whole / "__init__.py")
    return next((path for path in both if path.is_file()), None) if name.split(".")[0] in ROOMS else None


@cache
def imports_of(path: Path, at_once: bool = False) -> frozenset[str]:
    """`names_in` a file. `at_once`: only what is imported when the file is."""
    return frozenset(names_in(ast.parse(path.read_text("utf-8")), at_once))


def reached(names: set[str], at_once: bool = False) -> set[str]:
    """Distributions of others that modules come to import, through whatever of ours they import: ever, or at once."""
    seen: set[Path] = set()
    others: set[str] = set()
    todo = set(names)
    while todo:
        name = todo.pop()
        path = file_of(name)
        if path is None:
            if name.split(".")[0] not in (*ROOMS, *sys.stdlib_module_names):
                others.add(distribution(name))
        elif path not in seen:
            seen.add(path)
            todo |= imports_of(path, at_once)
    return others
