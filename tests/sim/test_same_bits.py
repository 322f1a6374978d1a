"""One model, one result: however the loops are run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "helpers" / "digest.py"


def digest(*arguments: str, **settings: str) -> str:
    """What a process of its own counts under other settings."""
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | settings)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_plain_python_gives_the_same_bits() -> None:
    """The loops as they are written, without compiling: a tiny run under every harsh policy."""
    assert digest("120", "45") == digest("120", "45", NUMBA_DISABLE_JIT="1")


@pytest.mark.statistical
def test_no_loop_reads_or_writes_beyond_a_column() -> None:
    """With bounds checked (compiled anew, some minutes), every harsh policy runs to its end, with the same bits."""
    assert digest("400", "120") == digest("400", "120", NUMBA_BOUNDSCHECK="1")
