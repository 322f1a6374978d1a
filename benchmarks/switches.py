"""How far one has to look about in the code: `peerscale run my_policy.toml`, from file to report, under a tracer.

    python -m benchmarks.switches [CHECKOUT]

All is done in one process, the model too. Counted are files of the project and functions that are entered, and
switches: a function of one file entered right after one of another. Each pair of functions counts once in `ways`, for a
loop that is passed a thousand times is read once; `switches` counts every one, and grows with people and weeks.
What modules do when they are imported counts as entering the file, but is no function and no switch.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parent.parent
ROOMS = ("sim", "calibration", "scenarios", "reports", "dashboards", "peerscale")
POLICY = """name = "my_policy"
title = "My policy"
question = "What if people could find groups and refer themselves?"
extends = "today"

[levers]
self_referral = 1.0
directory = 0.7
"""
SMALL = "--people 1000 --draws 2 --years 0.6 --burn-in 30 --place-size 1000 --workers 1"
Function = tuple[str, str]  # file, name


def entered(checkout: Path) -> list[Function]:
    """Every function of a checkout's rooms that the run enters, in order; "<module>" for what an import does."""
    begins = tuple(f"{checkout / room}{os.sep}" for room in ROOMS)
    found: list[Function] = []

    def look(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(begins):
            found.append((code.co_filename, code.co_qualname))

    sys.path.insert(0, str(checkout))
    sys.setprofile(look)
    try:
        from peerscale.cli import call

        assert call(["run", "my_policy.toml", *SMALL.split()]) == 0
    finally:
        sys.setprofile(None)
    return found


def counts(found: Sequence[Function]) -> dict[str, int]:
    """files, functions, ways (pairs of functions in different files, each once), switches (every one)."""
    functions = [one for one in found if one[1] != "<module>"]
    switches = [(a, b) for a, b in zip(functions, functions[1:], strict=False) if a[0] != b[0]]
    return {
        "files": len({file for file, _ in found}),
        "functions": len(set(functions)),
        "ways": len(set(switches)),
        "switches": len(switches),
    }


def main() -> None:
    """Print the counts of a checkout, this one by default."""
    checkout = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT).resolve()
    sys.path[:] = [path for path in sys.path if Path(path or ".").resolve() != ROOT or checkout == ROOT]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        os.environ["PEERSCALE_CACHE"] = folder
        Path("my_policy.toml").write_text(POLICY, "utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            found = entered(checkout)
    print(", ".join(f"{name} {count:,}" for name, count in counts(found).items()))


if __name__ == "__main__":
    main()
