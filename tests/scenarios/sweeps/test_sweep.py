"""A sweep as a command: one table whatever happens, read by everything that reads Parquet, told with a sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peerscale
from peerscale.cli import call
from scenarios.sweeps import dataset, work
from scenarios.sweeps.claim import CLAIM, claimed
from sim.errors import UserError

ROOT = Path(__file__).parents[3]
SMALL = {"people": 1000, "years": 0.6, "draws": 6, "burn_in": 30, "place_size": 1000}
TYPED = ["--people", "1000", "--years", "0.6", "--draws", "6", "--burn-in", "30", "--place-size", "1000"]
VARY = {"self_referral": "0:1:3", "areas": ["bnssg", "sussex"]}


def content(folder):
    """Every byte of a sweep but for how long it took."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != dataset.TIMINGS)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a folder with spaces") / "s"
    return peerscale.sweep("today", "open_door", vary=VARY, out=folder, workers=1, quiet=True, **SMALL)


def test_each_point_and_world_is_a_row_with_what_it_sets_and_its_figures(swept):
    table, points = swept.worlds(), swept.points()
    assert len(points) == 6 and len(table) == 6 * 6 * 2
    assert not table.duplicated(["scenario", "point", "world"]).any()
    assert set(table.areas) == {"bnssg", "sussex"} and sorted(set(table.self_referral)) == [0, 0.5, 1]
    joined = table.merge(points, on="point", suffixes=("", "_of_point"))
    assert (joined.self_referral == joined.self_referral_of_point).all()
    assert (table.available.dropna().between(0, 1)).all()


def test_a_row_is_what_the_same_policy_gives_when_it_is_run_alone(swept):
    policy = peerscale.scenario("open_door", self_referral=0.5)
    alone = peerscale.run("today", policy, areas=["sussex"], workers=1, quiet=True, **SMALL)[policy.name].worlds()
    table = swept.worlds("open_door")
    ours = table[(table.areas == "sussex") & (table.self_referral == 0.5)].reset_index(drop=True)
    for name in ("available", "started_in_time", "gbp_per_adult_year", "used_last_year"):
        pd.testing.assert_series_equal(ours[name], alone[name], check_names=False)
    drawn = swept.parameters()
    mine = drawn[drawn.study == ours.study[0]].reset_index(drop=True)
    pd.testing.assert_series_equal(mine.effect_lonely, alone.effect_lonely)


def test_pandas_and_pyarrow_read_the_folder_without_us(swept):
    import pyarrow.dataset as ds

    table = pd.read_parquet(swept.folder / "worlds")
    assert len(table) == 72 and set(table.scenario) == {"today", "open_door"}
    kinds = {str(field.type) for field in ds.dataset(swept.folder / "worlds", partitioning="hive").schema}
    assert kinds <= {"int64", "double", "string"}


def test_duckdb_reads_the_folder_without_us(swept):
    duckdb = pytest.importorskip("duckdb")
    found = duckdb.sql(
        f"select scenario, count(*), avg(available) from read_parquet('{swept.folder}/worlds/*/*.parquet', "
        "hive_partitioning=true) group by scenario order by scenario"
    ).fetchall()
    ours = swept.worlds().groupby("scenario").available.mean()
    assert [(row[0], row[1]) for row in found] == [("open_door", 36), ("today", 36)]
    assert [row[2] for row in found] == pytest.approx(list(ours))


def test_any_number_of_workers_any_executor_and_any_size_of_a_job_give_the_same_bytes(swept, tmp_path, monkeypatch):
    monkeypatch.setattr(work, "JOBS_AT_ONCE", 3)
    asked = {"vary": VARY, "quiet": True} | SMALL
    two = peerscale.sweep("today", "open_door", out=tmp_path / "two", workers=2, **asked)
    with ThreadPoolExecutor(2) as theirs:
        there = peerscale.sweep("today", "open_door", out=tmp_path / "there", executor=theirs, **asked)
    assert content(two.folder) == content(swept.folder) == content(there.folder)


def test_the_same_call_finds_it_and_a_damaged_part_is_made_again(swept, tmp_path, capsys):
    folder = tmp_path / "copy"
    shutil.copytree(swept.folder, folder)
    part = folder / "worlds" / "scenario=today" / "part-00000.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[:-1] + b"x")
    with pytest.raises(UserError, match="damaged"):
        dataset.check(dataset.load(folder))
    again = peerscale.sweep("today", "open_door", vary=VARY, out=folder, workers=1, **SMALL)
    assert part.read_bytes() == whole and content(again.folder) == content(swept.folder)
    peerscale.sweep("today", "open_door", vary=VARY, out=folder, workers=1, **SMALL)
    assert "already in" in capsys.readouterr().err


def test_a_folder_of_another_sweep_or_of_other_files_is_refused(swept, tmp_path):
    with pytest.raises(UserError, match="holds another sweep"):
        peerscale.sweep("today", vary=VARY, out=swept.folder, workers=1, quiet=True, **SMALL)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UserError, match="not a sweep's folder"):
        peerscale.sweep("today", vary=VARY, out=tmp_path, workers=1, quiet=True, **SMALL)


def test_one_client_at_a_time_and_a_lost_claim_is_noticed(swept, tmp_path):
    script = "import sys, time; from pathlib import Path; from scenarios.sweeps.claim import claimed\n"
    script += "with claimed(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="in use") as told:
            peerscale.sweep("today", vary=VARY, out=tmp_path, workers=1, quiet=True, **SMALL)
        assert str(other.pid) in told.value.got
    finally:
        other.kill()
        other.wait()
    with claimed(tmp_path) as claim:
        claim.still_ours()
        (tmp_path / CLAIM).write_text('{"mark": "another", "machine": "far", "process": 7}')
        with pytest.raises(UserError, match="somebody else has taken the folder") as told:
            claim.still_ours()
        assert "far" in told.value.got
    assert (tmp_path / CLAIM).exists()  # it is theirs


def test_a_job_that_fails_is_told_by_stage_the_rest_goes_on_and_the_next_call_mends_it(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "s"
    typed = ["sweep", "--vary", "self_referral=0:1:3", *TYPED, "--out", str(folder), "--workers", "1"]
    usual = work.figures

    def sometimes(call, args, tell):
        if "point 1" in args[1].policy.name:
            raise ValueError("a number that cannot be")
        return usual(call, args, tell)

    monkeypatch.setattr(work, "figures", sometimes)
    assert call(typed) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "1 job failed" in said and "the policy" in said and "a number" in said
    held = dataset.load(folder)
    assert not held.manifest["complete"] and set(held.worlds()["point"].to_pylist()) == {0, 2}
    assert [(one.stage, one.error) for one in held.failed] == [("the policy", "ValueError: a number that cannot be")]
    monkeypatch.setattr(work, "figures", usual)
    assert call(typed) == 0
    assert dataset.load(folder).manifest["complete"] and not (folder / ".jobs").exists()
    assert call([*typed[:-4], "--out", str(tmp_path / "t"), "--workers", "1"]) == 0
    assert content(folder) == content(tmp_path / "t")


def test_killed_at_any_moment_the_same_command_ends_with_the_same_bytes(tmp_path):
    typed = [sys.executable, "-m", "peerscale", "sweep", "--vary", "self_referral=0:1:12", *TYPED, "--workers", "2"]
    typed += ["--out"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}

    def begin(folder):
        return subprocess.Popen(
            [*typed, str(folder)],
            env=env,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert begin(whole).wait(180) == 0
    for jobs in (1, 6):
        going = begin(killed)
        until = time.monotonic() + 120
        while len(list((killed / ".jobs").glob("*.job"))) < jobs and going.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        os.killpg(going.pid, signal.SIGKILL)
        going.wait()
    assert begin(killed).wait(180) == 0
    assert content(killed) == content(whole)


def test_dry_run_counts_times_and_prices_and_runs_nothing(tmp_path, capsys):
    typed = ["sweep", "--vary", "self_referral=0:1:8", "--vary", "budget_board=0.35,1,3", "--out", str(tmp_path / "s")]
    assert call([*typed, "--dry-run", "--price", "0.05", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["points"], found["worlds"]) == (24, 480) and found["gbp"] == pytest.approx(0.05 * found["core_hours"])
    assert not (tmp_path / "s").exists()


def test_a_sweep_is_told_with_a_sentence_a_table_and_a_picture(tmp_path, capsys):
    typed = ["sweep", "--vary", "self_referral=0:1:3", "--vary", "directory=0:1:3", *TYPED, "--workers", "1"]
    picture = tmp_path / "a picture.png"
    assert call([*typed, "--out", str(tmp_path / "s"), "--plot", str(picture)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "from 0 to 1: peer support had in time, or a free place kept for them is" in said
        and "range across worlds" in said
    )
    assert picture.stat().st_size > 20_000
    assert call([*typed, "--out", str(tmp_path / "s"), "--json", "--outcome", "used_last_year"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [len(one["rows"]) for one in found["curves"]] == [3, 3] and found["outcome"] == "used_last_year"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--vary", "self_referral=0:9:3"], "above its highest"),
        ([], "nothing is varied"),
        (["no_such.toml"], "there is no such file"),
        (["today", "--vary", "directory=0,1"], "a scenario, not a plan"),
        (["--vary", "areas=bnssg,sussex", "--areas", "bnssg"], "cannot take effect"),
        (["--vary", "self_referral=0,1", "--outcome", "joy"], "no outcome of a sweep"),
        (["--vary", "self_referral=0,1", "--price", "-1"], "not a price"),
    ],
)
def test_bad_input_is_one_message_before_anything_runs(tmp_path, monkeypatch, capsys, more, said):
    monkeypatch.chdir(tmp_path)
    assert call(["sweep", *more]) == 2
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_drawn_points_have_a_picture_and_a_table_too(tmp_path):
    asked = {"vary": {"self_referral": "0:1", "effect_lonely": "0.1:0.2"}, "design": "sobol", "points": 4}
    found = peerscale.sweep("today", **asked, out=tmp_path / "s", workers=1, quiet=True, **SMALL | {"draws": 2})
    assert found.plot(tmp_path / "p.svg").stat().st_size > 5_000
    assert len(found.levels()) == 4 and np.isfinite(found.levels()["median"]).all()
    assert "4 points" in repr(found)
