"""Results that lie about are listed, filtered, joined and checked; only our own folders are taken away, and only when asked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import peerscale
from peerscale.cli import call
from scenarios.running.store import SEAL, seal_of

ROOT = Path(__file__).parents[3]
SMALL = {"people": 1000, "years": 0.6, "draws": 4, "burn_in": 30, "place_size": 1000, "workers": 1, "quiet": True}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept results")
    peerscale.run("today", "open_door", out=folder / "runs", **SMALL)
    peerscale.run("today", areas=["sussex"], out=folder / "far", **SMALL)
    peerscale.sweep("today", vary={"self_referral": [0, 1]}, out=folder / "my sweep", **SMALL)
    (folder / "letters").mkdir()
    (folder / "letters" / "manifest.json").write_text("{}")
    return folder


@pytest.fixture
def kept(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "k"))


def listed(capsys, *more):
    assert call(["results", "list", *more, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_is_there_is_listed_and_filtered(made, capsys):
    found = listed(capsys, str(made))
    assert sorted((one["kind"], one["name"]) for one in found) == [
        ("run", "open_door"),
        ("run", "today"),
        ("run", "today"),
        ("sweep", "self_referral"),
    ]
    assert {one["worlds"] for one in found} == {4, 8}
    assert len(listed(capsys, str(made), "--where", "kind=run", "--where", "name=today")) == 2
    assert call(["results", "list", str(made), "--where", "colour=red"]) == 2
    assert "cannot be filtered by this" in capsys.readouterr().err
    assert call(["results", "list", str(made / "letters")]) == 0
    assert "no results here" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_worlds_of_runs_and_sweeps_are_joined_with_their_settings(made, tmp_path, ending):
    file = tmp_path / f"all of it.{ending}"
    assert call(["results", "join", str(made), "--out", str(file)]) == 0
    table = pd.read_parquet(file) if ending == "parquet" else pd.read_csv(file)
    assert len(table) == 3 * 4 + 8 and set(table.seed) == {1} and table.people.iloc[0] == 1000
    assert sorted(table.groupby("areas").size()) == [4, 16]
    one = table[(table.scenario == "open_door")].sort_values("world")
    alone = peerscale.load(made / "runs" / "open_door").worlds()
    assert list(one.available) == pytest.approx(list(alone.available), nan_ok=True)


def test_results_of_other_code_are_not_joined(kept, tmp_path, capsys):
    manifest = kept / "far" / "today" / "manifest.json"
    found = json.loads(manifest.read_text())
    found["identity"]["code"] = "0" * 64
    manifest.write_text(json.dumps(found))
    assert call(["results", "join", str(kept), "--out", str(tmp_path / "all.csv")]) == 2
    assert "cannot be joined" in capsys.readouterr().err and not (tmp_path / "all.csv").exists()
    assert call(["results", "join", str(kept), "--out", str(tmp_path / "all.txt")]) == 2


def test_a_sweep_of_the_first_edition_is_refused_with_what_to_do(kept, tmp_path, capsys):
    path = kept / "my sweep" / "manifest.json"
    found = json.loads(path.read_text())
    found["identity"]["model"] = 1
    path.write_text(json.dumps(found | {SEAL: seal_of(found)}))
    assert call(["results", "join", str(kept / "my sweep"), "--out", str(tmp_path / "all.csv")]) == 2
    said = capsys.readouterr().err
    assert "first edition of the model" in said and "again" in said and not (tmp_path / "all.csv").exists()


def test_what_is_damaged_is_found(kept, capsys):
    assert call(["results", "check", str(kept)]) == 0
    assert capsys.readouterr().out.count("whole") == 4
    part = next((kept / "my sweep" / "worlds").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-4])
    (kept / "runs" / "today" / "money.parquet").unlink()
    assert call(["results", "check", str(kept)]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("is damaged") == 2 and said.count(": whole") == 2


def test_only_our_own_folders_go_only_with_yes_and_after_they_are_listed(kept, capsys):
    before = sorted(kept.rglob("*"))
    assert call(["results", "delete", str(kept)]) == 0
    assert sorted(kept.rglob("*")) == before and "Nothing was deleted" in capsys.readouterr().err
    mine = kept / "runs" / "today" / "notes.txt"
    mine.write_text("mine")
    assert call(["results", "delete", str(kept), "--yes"]) == 2
    assert "other files" in capsys.readouterr().err and mine.exists() and (kept / "my sweep" / "manifest.json").exists()
    mine.unlink()
    assert call(["results", "delete", str(kept), "--yes"]) == 0
    assert "4 folders are gone" in capsys.readouterr().out
    assert (kept / "letters" / "manifest.json").exists() and not (kept / "my sweep").exists()


def test_a_sweep_in_use_is_not_taken_away(kept, capsys):
    script = "import sys; from pathlib import Path; from scenarios.sweeps.claim import claimed\n"
    script += "with claimed(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    asked = [sys.executable, "-c", script, str(kept / "my sweep")]
    other = subprocess.Popen(asked, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "held\n"
        assert call(["results", "delete", str(kept / "my sweep"), "--yes"]) == 2
        assert "in use" in capsys.readouterr().err and (kept / "my sweep" / "manifest.json").exists()
    finally:
        other.communicate("")
