"""What users bring (an inventory, an area of their own, a posterior) works on every command that runs the model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from peerscale.cli import call
from scenarios.reading.inventory import EXAMPLE
from scenarios.reading.own_area import EXAMPLE as AREA

ASKS = {
    "explain": ["explain", "today", "open_door"],
    "relief": ["relief", "today"],
    "ladder": ["ladder", "today"],
    "solve": ["solve", "half"],
    "behaviours": ["behaviours"],
    "journey": ["journey"],
}
FAST = ["--people", "500", "--years", "0.6", "--burn-in", "4", "--place-size", "500"]
WRONG = {
    "--inventory": ("nowhere.csv", "nowhere.csv"),
    "--area-file": ("nowhere.csv", "nowhere.csv"),
    "--posterior": ("nowhere.json", "no such posterior"),
}


@pytest.mark.parametrize("option", WRONG)
@pytest.mark.parametrize("command", ASKS)
def test_what_is_not_there_is_named_before_anything_runs(command, option, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    value, named = WRONG[option]
    assert call([*ASKS[command], option, value]) == 2
    said = capsys.readouterr().err
    assert named in said and "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_explain_runs_from_an_inventory(capsys):
    """The status beside levels says that somebody listed what exists."""
    assert call([*ASKS["explain"], "--inventory", str(EXAMPLE), "--draws", "1", "--workers", "1", "--json", *FAST]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "supply at the start from a local inventory"


def test_a_journey_in_an_area_of_ones_own(capsys):
    """The example's 32,000 adults are those that are run: one more is no person of it."""
    area = ["--area-file", str(AREA), "--years", "0.6", "--burn-in", "4", "--place-size", "500"]
    assert call(["journey", "today", *area, "--person", "32000"]) == 2
    assert "from 0 to 31999" in capsys.readouterr().err
    assert call(["journey", "today", *area, "--person", "31999"]) == 0


def test_solve_reads_the_area_from_the_inventory_and_refuses_another(tmp_path, capsys):
    asked = ["solve", "half", "--inventory", str(EXAMPLE), "--areas", "sussex", "--out", str(tmp_path / "out")]
    assert call(asked) == 2
    assert "areas that are not in the run" in capsys.readouterr().err
    assert not Path(tmp_path / "out").exists()
