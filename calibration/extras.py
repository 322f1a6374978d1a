"""The extras: what an optional part stands on, whether it is there, and the line that installs it.

The line names the libraries, not "peerscale[…]": no registry need know this program. It works from a checkout and
from a wheel alike.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parent.parent / "pyproject.toml"
MODULES: dict[str, tuple[str, ...]] = {
    "plot": ("matplotlib",),
    "mesa": ("mesa", "networkx"),
    "notebook": ("pandas",),
    "calibrate": ("sklearn", "scipy", "threadpoolctl", "SALib", "matplotlib"),
    "abc": ("pyabc",),
    "sweep": ("scipy",),
    "cluster": ("dask", "distributed"),
    "paper": ("arviz",),
    "watch": ("mesa", "networkx", "matplotlib", "solara", "uvicorn", "altair", "pandas"),
    "dashboard": ("solara", "uvicorn", "segno", "pandas", "sklearn", "scipy", "SALib"),
}
"""By extra, the modules whose absence means that it is not installed."""
CALLED = {
    "sklearn": "scikit-learn",
    "scipy": "SciPy",
    "mesa": "Mesa",
    "solara": "Solara",
    "pyabc": "pyABC",
    "arviz": "ArviZ",
    "dask": "Dask",
}
"""Libraries whose name is not that of their module."""
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([\w-]+)["']""")
_WHOLE = re.compile(r"peerscale\[([\w,-]+)\]")


def missing(extra: str) -> tuple[str, ...]:
    """Names of the libraries of an extra that are not installed. Nothing is imported."""
    return tuple(CALLED.get(name, name) for name in MODULES[extra] if importlib.util.find_spec(name) is None)


def libraries(*extras: str) -> list[str]:
    """What extras need, as declared: by the checkout's own list, else by the installed wheel's. Each once."""
    found: dict[str, None] = {}
    for extra in extras:
        for line in _declared(extra):
            within = _WHOLE.match(line)
            found |= dict.fromkeys(libraries(*within.group(1).split(",")) if within else [line])
    return list(found)


def _declared(extra: str) -> list[str]:
    if CHECKOUT.is_file():
        return list(tomllib.loads(CHECKOUT.read_text("utf-8"))["project"]["optional-dependencies"][extra])
    try:
        declared = metadata.requires("peerscale") or []
    except metadata.PackageNotFoundError:
        return []
    return [_without_extra(line) for line in declared if (found := _EXTRA.search(line)) and found.group(1) == extra]


def _without_extra(line: str) -> str:
    """A requirement of a wheel less the extra that it belongs to: any other condition stays."""
    library, _, condition = line.partition(";")
    left = re.sub(r"^\s*\((.*)\)\s+and\s*$|\s+and\s*$", r"\1", _EXTRA.sub("", condition)).strip()
    return f"{library.strip()}; {left}" if left else library.strip()


def install_line(*extras: str) -> str:
    """A line to paste, with this very Python."""
    needs = libraries(*extras) or [f"peerscale[{','.join(extras)}]"]
    return " ".join([python(), "-m", "pip", "install", *(f'"{_plain(need)}"' for need in needs)])


def _plain(need: str) -> str:
    """A requirement without double quotes, which stand around it."""
    return need.replace('"', "'")


def python(executable: str = sys.executable, windows: bool = sys.platform == "win32") -> str:
    """This Python as one would type it from here: quoted as the system's own command line has it."""
    path = Path(executable)
    try:
        here = str(path.relative_to(Path.cwd()))
    except ValueError:
        here = str(path)
    return subprocess.list2cmdline([here]) if windows else shlex.quote(here)


def told(extras: Iterable[str]) -> dict[str, Any]:
    """What is missing of extras, as parts of an error: what, rule, got, try_. Empty where nothing is."""
    wanted = [extra for extra in extras if missing(extra)]
    if not wanted:
        return {}
    lost = list(dict.fromkeys(name for extra in wanted for name in missing(extra)))
    return {
        "what": f"{_listed(lost)} {'is' if len(lost) == 1 else 'are'} not installed",
        "rule": f"the optional extra peerscale[{','.join(wanted)}]",
        "got": f"{_listed(lost)} cannot be found",
        "try_": install_line(*wanted),
    }


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
