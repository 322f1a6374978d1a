"""`peerscale.solve` is the search of the command line: the same answer, and the same files."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from killed_solve import GOAL

import peerscale
from peerscale.cli import call
from scenarios.questions.solve.goal import load_goal


@pytest.mark.slow
def test_a_call_and_the_command_find_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("peerscale.solved.load_goal", lambda name: replace(load_goal(name), size=(("burn_in", 8),)))
    goal = tmp_path / "killed.toml"
    goal.write_text(GOAL, encoding="utf-8")
    found = peerscale.solve(goal, robust=False, out=tmp_path / "call", workers=1, quiet=True)
    typed = ["solve", str(goal), "--no-robust", "--out", str(tmp_path / "typed"), "--workers", "1", "--json"]
    assert call(typed) == 0
    assert found.as_dict() == json.loads(capsys.readouterr().out)
    assert found.folder == tmp_path / "call" / "killed"
    for name in ("answer.json", "frontier.csv"):
        assert (found.folder / name).read_bytes() == (tmp_path / "typed" / "killed" / name).read_bytes()
    kept = pd.read_csv(found.folder / "frontier.csv")
    assert found.frontier()[list(kept.columns)].to_csv(index=False) == kept.to_csv(index=False)
    assert found.policy is None or found.policy.name == "killed"
    assert "A trial?" in found._repr_html_() and str(found).startswith("A trial?")
