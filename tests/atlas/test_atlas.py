"""The atlas: tiers by overlap, areas added up by their people, certificates on fresh worlds, a folder that goes on after a stop."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import made_atlas
import numpy as np
import pytest
from fakes import fake_result

from peerscale.cli import call
from reports.atlas.columns import COLUMNS, MANIFEST, SAYS
from reports.atlas.page import remade
from reports.tables.described import paths, undeclared
from scenarios.questions import ladder
from scenarios.questions.atlas import asked, candidates, certificate, folder, reads, tables, tiers
from scenarios.questions.atlas.asked import FIRST_FRESH, own_code
from scenarios.questions.ladder import add_up, climb, combinations
from scenarios.questions.solve.certify import Looks, judge
from scenarios.questions.solve.columns import needs
from scenarios.questions.solve.goal import SearchTable, load_goal
from scenarios.reading.load import load
from scenarios.running.finished import FOLDER, FinishedJobs
from scenarios.running.posterior import PRIORS
from scenarios.running.study import Study, make_shape, run_together
from sim.errors import UserError
from sim.results import outcomes
from sim.results.readings import gbp_per_adult_year
from sim.results.result import Measure
from sim.results.summary import Interval

ROOT = Path(__file__).parents[2]
STUDY = Study((22, 5), people=1_000, draws=2, weeks=60, burn_in=60, place_size=500, posterior=PRIORS)
TINY = ["--samples", "--people", "300", "--place-size", "300", "--draws", "2", "--years", "0.8", "--burn-in", "30"]
ASKED = ["atlas", "--areas", "bnssg,E54000011", *TINY, "--fresh", "40", "--workers", "1"]


# ------------------------------------------------------------------ tiers


def span(low: float, high: float) -> Interval:
    return Interval((low + high) / 2, low, high, 9, 9)


def test_areas_whose_ranges_overlap_share_a_tier_and_others_do_not():
    assert tiers.tiers([span(0, 1), span(2, 3), span(2.5, 4)]) == [2, 1, 1]
    assert tiers.tiers([span(0, 1), span(1, 2), span(5, 6)]) == [2, 2, 1]


def test_a_chain_of_overlaps_is_one_tier():
    assert tiers.tiers([span(0, 2), span(1, 4), span(3, 6), span(7, 8)]) == [2, 2, 2, 1]


def test_a_wide_range_joins_all_that_it_reaches():
    assert tiers.tiers([span(9, 10), span(0, 9.5), span(3, 4), span(-2, -1)]) == [1, 1, 1, 2]


def test_too_few_worlds_make_no_tier():
    assert tiers.of_levels(np.random.default_rng(1).random((3, 4)))[1] == [None, None, None]


def test_what_moves_all_areas_together_moves_no_tier():
    rng = np.random.default_rng(2)
    levels = np.array([[0.1], [0.1], [0.5]]) + rng.random((3, 20)) * 0.05
    moved = levels + rng.random(20) * 3.0
    assert tiers.of_levels(levels)[1] == tiers.of_levels(moved)[1] == [2, 2, 1]
    wide = tiers.tiers([Interval(*np.quantile(row, (0.5, 0.05, 0.95)), 20, 20) for row in moved])
    assert wide == [1, 1, 1]  # a control: by their levels alone they could not be told apart


# ------------------------------------------------------------------ areas added up


def alone() -> list[Study]:
    """The areas of STUDY, each by itself, with as many people as it has there."""
    took = make_shape(STUDY)
    sizes = [n * took.place_size for n in took.n_places]
    return [replace(STUDY, areas=(area,), people=n) for area, n in zip(STUDY.areas, sizes, strict=True)]


@pytest.fixture(scope="module")
def both():
    """Two areas run together, and each alone."""
    return run_together([load("today")], STUDY)[0], [run_together([load("today")], study)[0] for study in alone()]


def test_areas_added_up_from_their_records_are_what_a_run_of_both_says(both):
    whole, parts = both
    kept = reads.headlines_together([reads.headlines(part) for part in parts])
    for name in reads.OF_WANTS:
        assert np.allclose(reads.levels(kept, name), outcomes.of_group(whole, name), equal_nan=True)
    assert np.allclose(reads.levels(kept, reads.WAITING), outcomes.BY_NAME[reads.WAITING].worlds(whole))
    assert np.allclose(reads.levels(kept, reads.COST), gbp_per_adult_year(whole))


@pytest.mark.slow
def test_ladders_added_up_from_their_records_are_the_ladder_of_both():
    together = climb(load("today"), STUDY, workers=1)
    kept = [reads.climbed(combinations(load("today"), study, workers=1)) for study in alone()]
    found = reads.ladders(reads.climbed_together(kept))
    for name in ladder.HEADLINES:
        expected = together.everyone[name]
        assert np.allclose(found[name].today, expected.today) and np.allclose(add_up(found[name]), 1.0)
        for rung, other in zip(found[name].rungs, expected.rungs, strict=True):
            assert np.allclose(rung.gain, other.gain) and np.allclose(rung.levers, other.levers)
            assert np.allclose(rung.pounds, other.pounds)
    assert np.allclose(reads.all_levers(reads.climbed_together(kept)), together.everyone[outcomes.MAIN].by_levers)


# ------------------------------------------------------------------ certificates


def test_no_search_of_solve_uses_the_worlds_of_a_certificate():
    most = SearchTable.model_fields
    largest = sum(next(m.le for m in most[name].metadata if hasattr(m, "le")) for name in ("worlds", "fresh", "steps"))
    assert largest <= FIRST_FRESH and FIRST_FRESH + 5_000 < 2**14


def tried(name: str, met: int, worlds: int, pounds: float) -> certificate.Tried:
    looks = Looks(25, 200)
    some = np.full(worlds, pounds)
    return certificate.Tried(name, judge(met, worlds, 0.8, looks), some, some, np.zeros((worlds, len(reads.WORKFORCE))))


def test_the_cheapest_certified_is_chosen_and_else_the_nearest_is_shown():
    sure, dear, short = tried("sure", 190, 200, 9.0), tried("dear", 200, 200, 20.0), tried("short", 100, 200, 3.0)
    assert certificate.chosen([short, dear, sure]) is sure
    assert certificate.chosen([short]) is None and certificate.nearest([tried("less", 2, 25, 1.0), short]) is short


@pytest.mark.slow
def test_certificates_are_of_fresh_worlds_and_the_same_whatever_stands_beside_them():
    goal = load_goal("half")
    easy = replace(goal, file=goal.file.model_copy(update={"goal": goal.file.goal.model_copy(update={"level": 0.001})}))
    some = candidates.candidates(goal)
    study = replace(STUDY, areas=(22,), people=500)

    def ask(few, tmp):
        return certificate.certify(easy, few, study, Looks(10, 30), 0.01, 1, None, FinishedJobs(tmp))

    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        one_, both_ = ask(some[:1], Path(one)), ask(some[:2], Path(two))
    n = min(len(one_[0].level), len(both_[0].level))
    assert np.array_equal(one_[0].level[:n], both_[0].level[:n])
    ordinary = run_together([goal.base], replace(study, draws=10))[0]
    assert not np.array_equal(one_[0].level[:10], outcomes.of_group(ordinary, outcomes.MAIN))


def test_a_floor_is_of_the_group_that_the_goal_is_about():
    """As `solve` reads it: a tenth of everyone end better off, and a twentieth of the group."""
    result, group = fake_result(), 3
    result.tally[:, :, [Measure.ELIGIBLE, Measure.FOLLOWED]] = 1000
    result.tally[:, :, [Measure.AVAILABLE, Measure.BETTER]] = 100
    result.tally[:, group, Measure.BETTER] = 50
    half = load_goal("half")
    asked_ = half.file.goal.model_copy(update={"level": 0.05, "better_at_least": 0.08})
    goal = replace(half, file=half.file.model_copy(update={"goal": asked_}))
    assert certificate.meets(goal, result).all() and not certificate.meets(replace(goal, group=group), result).any()


def test_a_goal_on_a_group_with_too_few_wants_is_refused_by_name(both):
    goal = replace(load_goal("half"), group=3)
    with pytest.raises(UserError, match="too few people of this group"):
        certificate._enough_wants(goal, replace(STUDY, areas=(22,), people=500), both[1][0])


# ------------------------------------------------------------------ tables


def test_every_column_is_declared_in_its_order():
    ask = made_atlas.ask()
    found = tables.tables(ask, made_atlas.records(ask))
    assert {name: list(rows[0]) for name, rows in found.items()} == {
        name: [one.name for one in columns] for name, columns in COLUMNS.items()
    }
    assert len(found["areas"]) == 42 and all(len({tuple(row) for row in rows}) == 1 for rows in found.values())
    made = folder.manifest_of(ask) | {"files": {"a": "b"}, "manifest_sha256": ""}
    assert not undeclared(paths(made), MANIFEST)


def test_each_ladder_of_the_table_adds_up_and_a_policy_that_is_not_certified_is_not_called_cheapest():
    ask = made_atlas.ask("bnssg,sussex,E54000011")
    found = tables.tables(ask, made_atlas.records(ask))
    for code in {row["area"] for row in found["ladder"]}:
        for row in [tables.of(found["ladder"], area=code, headline=name, who="everyone") for name in ladder.HEADLINES]:
            assert round(sum(one["gain"] for one in row if one["step"] != tables.ALL_LEVERS), 6) == 100.0
    shown = tables.of(found["policies"], shown=True)
    assert len(shown) == 3
    for row in shown:
        better = [one for one in tables.of(found["policies"], area=row["area"]) if one["verdict"] == "certified"]
        assert row["verdict"] == "certified" if better else row["verdict"] != "certified"
        assert all(row["pounds"] <= one["pounds"] for one in better)


def with_goal(ask, **changed):
    """The same asked of another goal."""
    file = ask.goal.file.model_copy(update={"goal": ask.goal.file.goal.model_copy(update=changed)})
    return replace(ask, goal=replace(ask.goal, file=file, group=3 if changed.get("group") else 0))


def test_what_stops_a_goal_is_read_from_the_ladder_of_its_own_outcome():
    """Of what is available most lies beyond levers in 'known', of what is had in time in 'places'; where the rest is more, it is the rest."""
    rows = [
        {"area": "a", "headline": name, "who": "everyone", "step": step, "beyond": beyond[step]}
        for name, beyond in (
            (outcomes.MAIN, {"known": 9.0, "places": 3.0, "rest": 5.0}),
            ("had_in_time", {"known": 2.0, "places": 8.0, "rest": 30.0}),
        )
        for step in beyond
    ]
    ask = made_atlas.ask("bnssg")
    assert tables._stopping(rows, "a", ask) == "known"
    assert tables._stopping(rows, "a", with_goal(ask, outcome="had_in_time")) == "rest"
    assert tables._stopping(rows[:-1], "a", with_goal(ask, outcome="had_in_time")) == "places"
    assert tables._stopping(rows, "a", with_goal(ask, outcome="started_in_time")) is None
    assert tables._stopping(rows, "a", with_goal(ask, group="deprivation fifth: 1")) is None


def test_what_all_levers_reach_on_the_map_is_the_median_that_stands_in_headlines():
    ask = made_atlas.ask("bnssg,sussex")
    found = tables.tables(ask, made_atlas.records(ask))
    for row in found["areas"]:
        (headline,) = tables.of(found["headlines"], area=row["area"], outcome=tables.ALL_LEVERS)
        assert row["all_levers"] == headline["median"]


def test_every_kind_of_post_is_counted_as_solve_counts_it(both):
    result = both[1][0]
    found = dict(zip(reads.WORKFORCE, reads.workforce(result, 0.74).T, strict=True))
    solved = dict(zip(("posts", "coordinators", "volunteers"), needs(result)[:3], strict=True))
    for name, each in solved.items():
        assert found[name] * 10_000 == pytest.approx(each), name
    assert found["link_workers"] * 10_000 == pytest.approx(0.74)


def test_one_area_alone_has_no_tier_and_no_sum():
    ask = made_atlas.ask("bnssg")
    found = tables.tables(ask, made_atlas.records(ask))
    assert {row["area"] for row in found["headlines"]} == {"E54000039"}
    assert {row["tier"] for row in found["headlines"]} == {None}


# ------------------------------------------------------------------ a folder


def bytes_of(place: Path) -> dict[str, bytes]:
    """Every file but for timings and what is kept of parts."""
    return {one.name: one.read_bytes() for one in place.iterdir() if one.is_file() and one.name != folder.TIMINGS}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A small atlas of two areas, run without a stop."""
    place = tmp_path_factory.mktemp("atlas") / "whole"
    assert call([*ASKED, "--out", str(place)]) == 0
    return place


def test_the_folder_holds_tables_twice_and_a_page_made_from_them(whole):
    held = set(bytes_of(whole))
    assert {*folder.FILES, folder.PAGE, folder.MANIFEST, folder.PLAN} <= held
    manifest, found = folder.read(whole)
    assert remade(whole) == (whole / folder.PAGE).read_text("utf-8")
    with (whole / "areas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["area"] for row in rows] == [row["area"] for row in found["areas"]]
    assert manifest["status"].startswith("illustrative") and not undeclared(paths(manifest), MANIFEST)
    assert not list((whole / FOLDER).glob("[!p]*.job"))  # what is kept are records of parts


def test_the_same_again_runs_nothing_and_a_damaged_table_is_made_again_from_records(whole, capsys, monkeypatch):
    before = bytes_of(whole)
    assert call([*ASKED, "--out", str(whole), "--json"]) == 0
    said = capsys.readouterr()
    assert "already in" in said.err and not undeclared(paths(json.loads(said.out)), SAYS)
    (whole / "areas.parquet").write_bytes(b"nothing")
    monkeypatch.setattr("scenarios.questions.atlas.work.RUN", {})  # nothing can be run
    assert call([*ASKED, "--out", str(whole)]) == 0
    assert bytes_of(whole) == before


@pytest.mark.slow
def test_killed_and_started_again_it_ends_with_the_same_bytes(whole, tmp_path):
    place = tmp_path / "killed"
    command = [sys.executable, "-m", "peerscale", *ASKED, "--out", str(place)]
    first = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
    parts = lambda: len(list((place / FOLDER).glob("part-*.job")))  # noqa: E731
    while parts() < 2 and first.poll() is None:
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert 2 <= parts() < 6 and not (place / folder.MANIFEST).exists()
    assert call([*ASKED, "--out", str(place)]) == 0
    assert bytes_of(place) == bytes_of(whole)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--seed", "2"], "holds another atlas"),
        (["--areas", "bnssg"], "holds another atlas"),
        (["--fresh", "50"], "holds another atlas"),
        (["--goal", "england"], None),
    ],
)
def test_another_atlas_is_never_mixed_with_the_one_that_is_there(whole, change, said, capsys):
    """Two goals that ask for the same thing, by the same levers, are one where all that their [run] says is typed."""
    asked_ = [*ASKED, *change, "--dry-run", "--out", str(whole)]
    assert call(asked_) == (2 if said else 0)
    if said:
        assert said in capsys.readouterr().err


def test_a_folder_of_another_model_or_with_other_files_is_refused_and_left_alone(whole, tmp_path, capsys):
    place = shutil.copytree(whole, tmp_path / "old")
    for name in (folder.MANIFEST, folder.PLAN):
        found = json.loads((place / name).read_text("utf-8"))
        found["identity"]["model"] = 1
        (place / name).write_text(json.dumps(found), "utf-8")
    before = bytes_of(place)
    assert call([*ASKED, "--out", str(place)]) == 2
    said = capsys.readouterr().err
    assert "the first edition of the model" in said and "Traceback" not in said and bytes_of(place) == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "diary.txt").write_text("mine")
    assert call([*ASKED, "--out", str(tmp_path / "other")]) == 2
    assert "diary.txt" in capsys.readouterr().err


def test_too_little_room_is_told_before_anything_runs(tmp_path, capsys, monkeypatch):
    usage = type(shutil.disk_usage(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1_000))
    assert call([*ASKED, "--out", str(tmp_path / "full")]) == 2
    assert "too little room" in capsys.readouterr().err and not (tmp_path / "full").exists()


def test_a_dry_run_tells_time_and_disk_and_writes_nothing(tmp_path, capsys):
    assert call(["atlas", "--dry-run", "--out", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "42 areas, 126 parts" in said and "Time: about" in said and "Disk: about" in said
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--fresh", "20"], "no policy could be certified"),
        (["--fresh", "0"], "no policy could be certified"),
        (["--areas", "own"], "not described"),
        (["--goal", "nowhere"], "no goal is called"),
        (["--from", "nowhere"], "no frontier"),
        (["--people", "3"], "out of range"),
    ],
)
def test_a_mistake_is_one_message(typed, said, tmp_path, capsys):
    assert call(["atlas", *typed, "--dry-run", "--out", str(tmp_path / "new")]) == 2
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error


def test_the_identity_follows_the_code_and_what_was_asked():
    one, two = made_atlas.ask("bnssg"), made_atlas.ask("bnssg", fresh=70)
    assert asked.of_atlas(one) != asked.of_atlas(two) and own_code() in asked.of_atlas(one).values()
    area = one.areas[0]
    assert asked.key(one, asked.LADDER, area) == asked.key(two, asked.LADDER, area)
    assert asked.key(one, asked.CERTIFICATE, area) != asked.key(two, asked.CERTIFICATE, area)
