"""The Python face of the peer support simulation: `peerscale.run("open_door", people=30_000)`. `docs/python.md`.

Importing it costs nothing: each name is read when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peerscale.face import (
        areas,
        compare,
        ladder,
        levers,
        load,
        load_sweep,
        measure_levers,
        parameters,
        run,
        scenario,
        solve,
        sweep,
    )
    from peerscale.result import Result
    from peerscale.solved import Solved
    from peerscale.sweeps import Sweep
    from sim.errors import UserError
    from sim.version import VERSION as __version__

_WHERE = {
    "run": "peerscale.face",
    "compare": "peerscale.face",
    "load": "peerscale.face",
    "solve": "peerscale.face",
    "ladder": "peerscale.face",
    "sweep": "peerscale.face",
    "load_sweep": "peerscale.face",
    "scenario": "peerscale.face",
    "areas": "peerscale.face",
    "levers": "peerscale.face",
    "measure_levers": "peerscale.face",
    "parameters": "peerscale.face",
    "Result": "peerscale.result",
    "Solved": "peerscale.solved",
    "Sweep": "peerscale.sweeps",
    "UserError": "sim.errors",
    "__version__": "sim.version",
}
__all__ = [
    "Result",
    "Solved",
    "Sweep",
    "UserError",
    "__version__",
    "areas",
    "compare",
    "ladder",
    "levers",
    "load",
    "load_sweep",
    "measure_levers",
    "parameters",
    "run",
    "scenario",
    "solve",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """A public name, from the module that holds it. Raises ImportError where another module hides a part of peerscale."""
    if name not in _WHERE:
        raise AttributeError(f"module 'peerscale' has no attribute {name!r}")
    from peerscale.rooms import must_be_ours

    must_be_ours()
    found = getattr(import_module(_WHERE[name]), "VERSION" if name == "__version__" else name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
