"""A search that is killed goes on where it was, to the same answer as one that was left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "helpers" / "killed_solve.py"), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )


def rows(folder: Path) -> int:
    return len(list((folder / "runs" / ".jobs").glob("rows-*.job")))


@pytest.mark.slow
def test_killed_in_the_middle_it_comes_to_the_same_answer(tmp_path):
    whole = start(tmp_path / "whole")
    answer, _ = whole.communicate(timeout=300)
    assert whole.returncode == 0 and '"headline"' in answer

    first = start(tmp_path / "killed")
    while rows(tmp_path / "killed") < 12 and first.poll() is None:
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    kept = rows(tmp_path / "killed")
    assert 12 <= kept < rows(tmp_path / "whole")

    again, _ = start(tmp_path / "killed").communicate(timeout=300)
    assert again == answer
    assert rows(tmp_path / "killed") == rows(tmp_path / "whole")
