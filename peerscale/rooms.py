"""The top-level names that peerscale is made of, and whether Python finds ours under them: a user's `sim.py` may hide `sim`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

NAMES = ("sim", "calibration", "scenarios", "reports", "dashboards")
HOME = Path(__file__).resolve().parent.parent


class HiddenError(ImportError):
    """Another module stands where a part of peerscale is looked for. The message says which, and what to do."""


def must_be_ours() -> None:
    """Raises HiddenError where Python finds another module than ours under one of the names."""
    for name in NAMES:
        found = _found(name)
        if found is not None and found != HOME / name / "__init__.py":
            raise HiddenError(_message(name, found), name=name, path=str(found))


def _found(name: str) -> Path | None:
    """The file that Python imports, or has imported, under a name; None where it finds none."""
    if name in sys.modules:
        file = getattr(sys.modules[name], "__file__", None)
    else:
        spec = find_spec(name)
        file = spec.origin if spec else None
    return Path(file).resolve() if file else None


def _message(name: str, found: Path) -> str:
    theirs = found.parent if found.name == "__init__.py" else found
    return (
        f"peerscale cannot find its own module {name!r}: another one hides it\n"
        f"  where: {theirs}\n"
        f"  rule:  the names {', '.join(NAMES[:-1])} and {NAMES[-1]} belong to peerscale\n"
        f"  got:   Python finds {theirs.name} first\n"
        f"  try:   give {theirs.name} another name, or move it to a folder where peerscale does not run"
    )
