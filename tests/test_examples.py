"""The example notebooks: small, without stored outputs, and each runs from its first cell to its last."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
RUN = ROOT / "tests" / "helpers" / "run_notebook.py"
MOST_BYTES = 20_000


def cells(path):
    return json.loads(path.read_text("utf-8"))["cells"]


def ran(path, folder):
    """What each cell showed; a notebook is run where it can write."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PEERSCALE_CACHE": str(folder / "cache"), "MPLBACKEND": "Agg"}
    command = [sys.executable, "-c", RUN.read_text("utf-8"), str(path)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return [line.split() for line in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs_and_shows_something(path, tmp_path):
    shown = ran(path, tmp_path)
    assert len(shown) == sum(cell["cell_type"] == "code" for cell in cells(path))
    assert sum(how == "_repr_html_" for _, how, _ in shown) >= 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_holds_no_outputs(path):
    content = json.loads(path.read_text("utf-8"))
    assert path.stat().st_size < MOST_BYTES and content["nbformat"] == 4
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert len({cell["id"] for cell in content["cells"]}) == len(content["cells"])


def test_the_page_names_every_notebook():
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    assert {path.name for path in NOTEBOOKS} == set(re.findall(r"[a-z_]+\.ipynb", page)) and len(NOTEBOOKS) == 3
