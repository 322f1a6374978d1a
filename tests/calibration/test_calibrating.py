"""Calibrating the model itself: plans and their mistakes, the model as simulator, the command, posteriors in use."""

import contextlib
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from posteriors import FIRST
from tiny_plan import TINY

from calibration.fit import second_opinion
from calibration.fit.posterior import read_posterior, write_posterior
from calibration.fit.second_opinion import Opinion
from peerscale.cli import call
from reports.tables import fitted
from reports.tables.described import paths, undeclared
from scenarios.evidence.calibrating import make_task, uncertain
from scenarios.evidence.calibration_plan import names, read_plan
from scenarios.evidence.model_runs import simulate, worlds_of
from scenarios.evidence.output_evidence import in_words, moved_words, resampled, shares
from scenarios.reading.load import load
from scenarios.running import posterior
from scenarios.running.identity import run_id
from scenarios.running.posterior import PRIORS, Chosen, choose, note
from scenarios.running.sample import told
from scenarios.running.study import Study, make_shape, timeline_of, world_parameters
from sim.errors import UserError
from sim.numbers.parameters import draw_parameters, records
from sim.people.population import load_areas
from sim.version import MODEL

ROOT = Path(__file__).parents[2]


def written(folder: Path, text: str = TINY, name: str = "tiny.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder / name


def wrong(folder: Path, old: str, new: str) -> UserError:
    """What is said of the tiny plan with one thing changed."""
    assert old in TINY
    with pytest.raises(UserError) as caught:
        make_task(read_plan(written(folder, TINY.replace(old, new))))
    return caught.value


# ------------------------------------------------------------------ plans

NEXT = '[[next]]\nwhat = "Ask 400 carers"\nstatistic = "carers_who_did_not_know"\nof = 400\n'


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("reported_weeks = 39", "reported_week = 26", "reported_week", "unknown key"),
        ("points = 40", "point = 40", "calibration.point", "unknown key"),
        ("seed = 3\n", "", "calibration.seed", "is missing"),
        ("points = 40", "points = 4", "calibration.points", "greater"),
        ("points = 40", 'points = "40"', "calibration.points", "integer"),
        ('"dem_carer_unaware"', '"dem_carer_unawar"', "targets.fitted[1]", "no figure is called"),
        ('"dem_carer_unaware"', '"dem_bereaved_none"', "targets.fitted[1]", "is not a target row"),
        ('"dem_carer_unaware"', '"dem_cancer_info_missed"', "targets.fitted[2]", "named twice"),
        ('"dem_carer_unaware"', '"ref_becca_matched"', "targets.fitted[1]", "not the row chosen"),
        ('"dem_carer_attended"', '"dem_carer_unaware"', "targets.held_back[1]", "named twice"),
        ('take_up = "ref_csp_uptake"', 'take_up = "no_such"', "targets.rivals", "not among its rivals"),
        ('"search_rate"', '"serch_rate"', "parameters.names[1]", "no parameter"),
        ('"search_rate"', '"knows_specialist"', "parameters.names[", "named twice"),
        ('"search_rate"', '"want_at_carer"', "parameters.names[1]", "not calibrated"),
        ("people = 3000", "people = 4000", "where.people", "whole places"),
        ('areas = ["bnssg"]', 'areas = ["bnsg"]', "where.areas", "no area"),
        ('"available", ', '"avalable", ', "outputs.names[1]", "no statistic"),
        ('"available", ', '"weeks_to_offer", ', "outputs.names[1]", "traced weeks"),
        ("[calibration]", "[pass]\ninterval = 0.5\n[calibration]", "pass.interval", "not the calibrator's"),
        ("[calibration]", f"{NEXT.replace('of = 400', '')}[calibration]", "next[1].statistic", "needs its size"),
        (
            "[calibration]",
            f"{NEXT.replace('carers_who', 'carer_who')}[calibration]",
            "next[1].statistic",
            "no statistic",
        ),
        ('scenario = "today"', 'scenario = "todey"', "scenario", "no scenario"),
    ],
)
def test_a_plan_is_checked_before_anything_is_run(tmp_path, old, new, key, says):
    error = wrong(tmp_path, old, new)
    assert says in error.what and key in error.key and error.rule
    line, last = TINY.replace(old, new).splitlines()[error.line - 1], error.key.split(".")[-1].split("[")[0]
    assert error.file.endswith("tiny.toml") and (last in line if new else line == "[calibration]")


def test_what_a_plan_extends_is_taken_over_and_mistakes_are_laid_where_they_stand(tmp_path):
    written(tmp_path)
    child = written(tmp_path, 'name = "child"\nextends = "tiny.toml"\n[calibration]\npoints = 50\n', "child.toml")
    form = read_plan(child).form
    assert (form.name, form.calibration.points, form.calibration.seed, form.where.people) == ("child", 50, 3, 3000)
    written(tmp_path, TINY.replace("seed = 3", "seed = -3"))
    with pytest.raises(UserError) as caught:
        read_plan(child)
    assert caught.value.file.endswith("tiny.toml") and caught.value.key == "calibration.seed"
    written(tmp_path, TINY.replace('name = "tiny"', 'name = "tiny"\nextends = "child.toml"'))
    with pytest.raises(UserError, match="extends itself"):
        read_plan(child)


def test_a_plans_hash_is_of_its_content(tmp_path):
    one = read_plan(written(tmp_path)).sha256
    assert read_plan(written(tmp_path, "# a remark\n" + TINY.replace("seed = 3", "seed   =  3"))).sha256 == one
    assert read_plan(written(tmp_path, TINY.replace("seed = 3", "seed = 4"))).sha256 != one


@pytest.mark.parametrize("content", [b"", b"\x00\x01\xff", b"name = ", "folder", None])
def test_a_file_that_is_no_plan(tmp_path, content):
    path = tmp_path / "plan.toml"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_plan(path)
    assert "plan.toml" in caught.value.file


@pytest.mark.parametrize("name", names())
def test_every_shipped_plan_can_be_run(name):
    task = make_task(read_plan(name))
    free = [task.priors.names[j] for j in task.priors.free]
    assert (
        len(free) == (15 if name == "second_edition" else 12)
        and set(task.priors.names) == set(uncertain())
        and not set(task.targets.of_role("target").ids) & set(read_plan(name).form.targets.held_back)
    )
    timeline_of(task.setting.scenario, make_shape(task.setting.study, ((1, 0),)))  # refuses what cannot take effect


ROW = "mine,target,carers_who_did_not_know,q,0.3,{low},{high},{se},judged,share,p,2020,s,,published,0.1,because,,,"
HEADER = "id,role,statistic,quantity,value,low,high,se,se_kind,unit,population,year,source,reference,grade,discrepancy,discrepancy_reason,group,rival_set,informs"


@pytest.mark.parametrize(
    ("row", "header", "column"),
    [
        (ROW.format(low="", high="", se="0"), HEADER, "se"),
        (ROW.format(low="", high="", se=""), HEADER, "se"),
        (ROW.format(low="0.4", high="0.2", se="0.1"), HEADER, "low, high"),
        (ROW.format(low="", high="", se="0.1").replace("carers_who_did_not_know", "no_such"), HEADER, "statistic"),
        (ROW.format(low="", high="", se="0.1").replace("mine", "dem_carer_unaware"), HEADER, "id"),
        (ROW.format(low="", high="", se="0.1"), HEADER.replace(",se,", ",sd,"), "se"),
    ],
)
def test_evidence_of_ones_own_that_cannot_be_used(tmp_path, capsys, row, header, column):
    plan, mine = written(tmp_path), tmp_path / "mine.csv"
    mine.write_text(f"{header}\n{row}\n")
    assert call(["calibrate", str(plan), "--evidence", str(mine), "--out", str(tmp_path / "study")]) == 2
    said = capsys.readouterr().err
    assert "mine.csv" in said and column in said and "line" in said and not (tmp_path / "study").exists()


def test_a_prior_that_excludes_the_default_is_refused_with_its_row(tmp_path, monkeypatch):
    row = records()["search_rate"]
    monkeypatch.setattr(
        "scenarios.evidence.calibrating.records", lambda: records() | {"search_rate": replace(row, value=row.high * 2)}
    )
    with pytest.raises(UserError, match="excludes the default") as caught:
        make_task(read_plan(written(tmp_path)))
    line = Path(caught.value.file).read_text("utf-8").splitlines()[caught.value.line - 1]
    assert line.startswith("search_rate,")


# ------------------------------------------------------------------ the model as simulator


def test_a_row_is_a_world_of_its_own_whatever_stands_beside_it(tmp_path):
    task = make_task(read_plan(written(tmp_path)))
    x = task.priors.values(np.random.default_rng(1).random((4, len(task.priors.names))))
    seeds = np.array([7, 8, 2**62, 9])
    together = simulate(task.setting, x, seeds)
    order = [2, 0, 3, 1]
    alone = np.vstack([simulate(task.setting, x[[i]], seeds[[i]]) for i in order])
    assert together[order].tobytes() == alone.tobytes()
    assert not np.array_equal(together[0], simulate(task.setting, x[[0]], np.array([8]))[0])


def test_seeds_spread_over_draws_and_never_take_the_centre():
    worlds = worlds_of(np.arange(500), 0)
    assert len(set(worlds)) == 500 and min(d for d, _ in worlds) >= 1
    assert not set(worlds) & set(worlds_of(np.arange(500), 1))


def test_the_rest_of_an_outputs_variance_is_laid_where_it_belongs():
    rng, which = np.random.default_rng(5), tuple(uncertain())
    x = rng.random((400, len(which)))
    on_judgement = np.array([records()[name].grade == "judgement" for name in which])
    grades = [records()[name].grade for name in which]
    judged, better = grades.index("judgement"), next(i for i, g in enumerate(grades) if g != "judgement")
    for column, wanted in ((judged, 1.0), (better, 0.0)):
        judgement, explained = shares(x, 3 * x[:, column] + 0.01 * rng.random(400), x, 3 * x[:, column], on_judgement)
        assert judgement == pytest.approx(wanted, abs=0.02) and explained > 0.95


def test_an_output_is_narrowed_surely_only_where_there_are_runs_enough_to_tell():
    rng = np.random.default_rng(2)
    many, few = rng.normal(size=(2000, 2)), rng.normal(size=(20, 2))
    surely, not_so = (
        np.quantile(resampled(before, after).narrowed, 0.05)
        for before, after in ((many, 0.6 * rng.normal(size=(2000, 2))), (few, 0.75 * few))
    )
    assert surely == pytest.approx(0.38, abs=0.02)
    assert not_so < 0.2 < 0.25
    assert "cannot tell" in in_words(0.25, 0.1, 0.5) and "assumption" in in_words(0.1, 0.0, 0.5)
    assert "assumption" not in in_words(0.4, 0.3, 0.5)
    assert "narrowed it by 3% (-12% to 15%)" in in_words(0.03, -0.12, 0.5, 0.15)
    assert "moved down by 0.5" in moved_words(-0.5, -0.7, -0.3)
    assert not moved_words(-0.5, -0.7, 0.1) and not moved_words(0.05, 0.01, 0.09)


# ------------------------------------------------------------------ the command


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The tiny plan, calibrated once."""
    folder = tmp_path_factory.mktemp("calibrated")
    plan = written(folder)
    assert call(["calibrate", str(plan), "--out", str(folder / "study"), "--workers", "1"]) == 0
    return folder / "study"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_everything_is_there_and_says_what_it_follows_from(study):
    about = json.loads((study / "posterior.json").read_text())
    assert about["plan"] == "tiny" and about["plan_sha256"] == read_plan(study.parent / "tiny.toml").sha256
    assert about["version"].startswith(f"model {MODEL}, code ") and {"priors", "targets", "settings"} <= set(
        about["hashes"]
    )
    outputs = json.loads((study / "outputs.json").read_text())["outputs"]
    assert [row["name"] for row in outputs] == ["available", "used_last_year"]
    page = (study / "results.md").read_text()
    assert "not fitted" in page and "dem_carer_attended" in page and "| output |" in page
    assert "<script" not in (study / "diagnostics.html").read_text()


def test_every_key_and_column_that_it_writes_is_declared(study, capsys):
    asked = ["calibrate", str(study.parent / "tiny.toml"), "--out", str(study), "--workers", "1", "--json"]
    assert call(asked) == 0
    declared = {one.title: one.columns for one in fitted.written()}
    assert not undeclared(paths(json.loads(capsys.readouterr().out)), declared["peerscale calibrate --json"])
    heads = {path.stem: next(csv.reader(path.open(encoding="utf-8"))) for path in study.glob("diagnostics/*.csv")}
    assert len(heads) > 8
    for name, head in heads.items():
        assert head == [one.name for one in fitted.DIAGNOSTICS[name][1]], name


def test_the_same_command_again_changes_no_byte(study, tmp_path, capsys):
    shutil.copytree(study, tmp_path / "study")
    (tmp_path / "study" / "posterior.json").unlink()
    assert call(["calibrate", str(study.parent / "tiny.toml"), "--out", str(tmp_path / "study"), "--workers", "1"]) == 0
    assert bytes_of(tmp_path / "study") == bytes_of(study)


def test_a_second_opinion_stands_beside_the_posterior_and_changes_nothing_of_it(study, tmp_path, capsys, monkeypatch):
    def found(kept, priors, targets, settings) -> Opinion:
        units = np.random.default_rng(1).random((200, len(priors.names)))
        return Opinion(priors.names, priors.values(units), np.full(200, 1 / 200), 1.0, settings.runs)

    monkeypatch.setattr("calibration.extras.missing", lambda extra: ())
    monkeypatch.setattr(second_opinion, "settled_luck", lambda seed: contextlib.nullcontext())
    monkeypatch.setattr(second_opinion, "_run", found)  # pyABC itself: tests/calibration/test_second_opinion.py
    out = tmp_path / "study"
    shutil.copytree(study, out)
    asked = [
        "calibrate",
        str(study.parent / "tiny.toml"),
        "--out",
        str(out),
        "--workers",
        "1",
        "--second-opinion",
        "pyabc",
    ]
    assert call([*asked, "--second-runs", "9"]) == 2 and "second opinion cannot be used" in capsys.readouterr().err
    assert call(asked) == 0 and "pyABC, 20,000 runs" in capsys.readouterr().out
    for page in ("results.md", "diagnostics.html"):
        assert "Does another library find the same?" in (out / page).read_text()
    theirs = read_posterior(out / "second-opinion" / "posterior.json")
    assert theirs.names[:2] == ("search_rate", "knows_specialist") and theirs.about["temperature"] == 1.0
    assert (out / "posterior.json").read_bytes() == (study / "posterior.json").read_bytes()


def test_a_folder_of_something_else_is_left_alone(study, tmp_path, capsys):
    (tmp_path / "precious.txt").write_text("mine")
    plan = str(study.parent / "tiny.toml")
    assert call(["calibrate", plan, "--out", str(tmp_path)]) == 2 and "something else" in capsys.readouterr().err
    other = written(tmp_path / "o", TINY.replace("seed = 3", "seed = 4"))
    before = bytes_of(study)
    assert call(["calibrate", str(other), "--out", str(study)]) == 2 and "another plan" in capsys.readouterr().err
    assert bytes_of(study) == before and call(["calibrate", plan, "--sbc", "3"]) == 2


def test_check_runs_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call(["calibrate", str(written(tmp_path)), "--check"]) == 0
    said = capsys.readouterr().out
    assert (
        "120 runs (40 of them at draws of the posterior) of 3,000 adults over 52 weeks" in said
        and not (tmp_path / "study").exists()
    )


def started(plan: Path, folder: Path) -> subprocess.Popen:
    """The command in a process group of its own."""
    command = [sys.executable, "-m", "peerscale", "calibrate", str(plan), "--out", str(folder), "--workers", "2"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def killed_often(study: Path, folder: Path, times: int) -> None:
    """Kill -9 at random moments, then let it end: the same bytes as in one go."""
    plan, luck = study.parent / "tiny.toml", random.Random(times)
    for _ in range(times):
        process = started(plan, folder)
        time.sleep(luck.uniform(1, 12))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert started(plan, folder).wait(timeout=600) == 0
    assert bytes_of(folder) == bytes_of(study)


@pytest.mark.slow
def test_killed_at_a_random_moment_it_ends_with_the_same_bytes(study, tmp_path):
    killed_often(study, tmp_path / "study", 2)


@pytest.mark.statistical
def test_killed_ten_times_it_ends_with_the_same_bytes(study, tmp_path):
    killed_often(study, tmp_path / "study", 10)


# ------------------------------------------------------------------ posteriors in use


def test_a_world_is_one_joint_draw_of_everything_uncertain(study):
    chosen = choose(str(study))
    mine = Study((0,), draws=150, posterior=chosen)
    found, prior = world_parameters(mine, mine.worlds), draw_parameters(list(range(150)))
    drawn = posterior.read_posterior(study / "posterior.json")
    assert set(drawn.names) == set(uncertain())
    unpriced = [j for j, name in enumerate(drawn.names) if "GBP" not in records()[name].unit]  # pounds are uprated
    rows = np.column_stack([getattr(found, drawn.names[j]) for j in unpriced])
    assert {tuple(row) for row in rows} <= {tuple(row) for row in drawn.values[:, unpriced]}
    assert len({tuple(row) for row in rows}) > 50 and not np.array_equal(found.want_prevalence, prior.want_prevalence)
    assert np.array_equal(found.want_at_diagnosis, prior.want_at_diagnosis)  # what is fixed stays as it is
    assert f"All {len(drawn.names)} uncertain parameters are drawn jointly" in posterior.origin(chosen)
    again = world_parameters(mine, [(70, 3), (70, 0)])
    assert again.search_rate.tolist() == [found.search_rate[70]] * 2


def test_a_posterior_of_fewer_parameters_leaves_the_rest_to_their_priors(tmp_path):
    x, about = np.linspace(0.01, 0.02, 40)[:, None], {"version": f"model {MODEL}"}
    write_posterior(tmp_path / "posterior.json", ("search_rate",), x, np.full(40, 1 / 40), about)
    mine = Study((0,), draws=20, posterior=choose(str(tmp_path)))
    found, prior = world_parameters(mine, mine.worlds), draw_parameters(list(range(20)))
    assert set(found.search_rate) <= set(x[:, 0]) and np.array_equal(found.want_prevalence, prior.want_prevalence)
    assert "the others from their priors" in posterior.origin(mine.posterior)


def test_draw_nought_is_the_medoid_and_what_a_study_fixes_stays_fixed(study):
    chosen, drawn = choose(str(study)), posterior.read_posterior(study / "posterior.json")
    centre = posterior.medoid(drawn)
    apart = ((drawn.values - drawn.values.mean(axis=0)) / drawn.values.std(axis=0)) ** 2
    mine = Study((0,), draws=3, posterior=chosen, fixed=(("knows_specialist", 0.5),))
    found = world_parameters(mine, mine.worlds)
    assert found.search_rate[0] == centre[0] == drawn.values[int(np.argmin(apart.sum(axis=1))), 0]
    assert found.knows_specialist.tolist() == [0.5] * 3


def test_a_runs_name_follows_the_posteriors_content_not_its_place(study, tmp_path):
    from scenarios.reading.load import load

    shutil.copytree(study, tmp_path / "elsewhere")
    asked = [
        Study((0,), posterior=chosen) for chosen in (choose(str(study)), choose(str(tmp_path / "elsewhere")), PRIORS)
    ]
    ids = [run_id(load("today"), one) for one in asked]
    assert ids[0] == ids[1] != ids[2]


def copied(study: Path, folder: Path) -> Path:
    folder.mkdir()
    for name in ("posterior.json", "posterior.parquet"):
        shutil.copy(study / name, folder)
    posterior._read.cache_clear()
    return folder


def changed(folder: Path, **new: object) -> None:
    about = json.loads((folder / "posterior.json").read_text())
    (folder / "posterior.json").write_text(json.dumps(about | new))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: changed(f, version=f"model {MODEL + 1}, code x, setting y"), "another version of the model"),
        (lambda f: (f / "posterior.json").write_bytes(b"\xff\x00\x01"), "cannot be read"),
        (
            lambda f: (f / "posterior.parquet").write_bytes(b"PAR1 nonsense"),
            "not those that the posterior was written with",
        ),
        (lambda f: (f / "posterior.parquet").unlink(), "draws cannot be read"),
        (lambda f: (f / "posterior.json").unlink(), "no such posterior"),
        (lambda f: changed(f, format=99), "not a posterior of this layout"),
        (
            lambda f: write_posterior(
                f / "posterior.json", ("no_such",), np.ones((5, 1)), np.ones(5), {"version": f"model {MODEL}"}
            ),
            "no parameter called",
        ),
        (
            lambda f: write_posterior(
                f / "posterior.json", ("search_rate",), np.full((5, 1), 7.0), np.ones(5), {"version": f"model {MODEL}"}
            ),
            "cannot be used",
        ),
        (lambda f: changed(f, parameters=["search_rate", "award_refused"]), "have no column"),
    ],
)
def test_a_posterior_that_cannot_be_used(study, tmp_path, capsys, spoil, says):
    folder = copied(study, tmp_path / "posterior")
    spoil(folder)
    assert call(["run", "today", "--posterior", str(folder), "--out", str(tmp_path / "results")]) == 2
    assert says in capsys.readouterr().err and not (tmp_path / "results").exists()


def test_a_run_says_where_its_parameters_come_from_and_what_stays_an_assumption(study, tmp_path, capsys):
    small = [
        "--people",
        "500",
        "--place-size",
        "500",
        "--burn-in",
        "10",
        "--years",
        "0.6",
        "--draws",
        "2",
        "--workers",
        "1",
    ]
    assert call(["run", "today", *small, "--json", "--posterior", str(study)]) == 0
    mine = json.loads(capsys.readouterr().out)
    assert (
        "posterior of your own" in mine["posterior"]["said"]
        and mine["posterior"]["sha256"] == choose(str(study)).sha256
    )
    assert call(["run", "today", *small, "--posterior", "none", "--full"]) == 0
    assert note(PRIORS)[:30] in capsys.readouterr().out


def findings(study: Path, folder: Path, **on: object) -> Chosen:
    """The posterior with one output narrowed, looked at as said."""
    copied(study, folder)
    rows = [{"name": "available", "finding": True}, {"name": "used_last_year", "finding": False}]
    looked_at = {"policy": "history", "areas": [str(load_areas().code[22])], "people": 10_000} | on
    (folder / "outputs.json").write_text(json.dumps({"looked_at": looked_at, "outputs": rows}))
    return choose(str(folder))


def test_an_output_is_a_finding_only_where_evidence_made_it_one(study, tmp_path):
    chosen = findings(study, tmp_path / "p")
    here = told(Study((22,), posterior=chosen), [load("today")])
    (today,) = here.of
    assert posterior.mark("available", here, today) == "" and posterior.mark("used_last_year", here, today) == " †"
    assert posterior.mark("started_in_time", here, today) == " †"
    assert posterior.mark("available", PRIORS, today) == posterior.mark("available", chosen, today) == " †"
    assert "an assumption" in posterior.levels_note(chosen)


def test_a_level_is_a_finding_only_of_what_was_looked_at(study, tmp_path):
    """Today's policy and the fitted one, in the same areas, of no fewer people; whatever a policy is called."""
    chosen = findings(study, tmp_path / "p")
    policies = [load(name) for name in ("today", "history", "everyone")]
    here = Study((22,), posterior=chosen)
    assert told(here, policies).of == tuple(one.title for one in policies[:2])
    assert (
        told(replace(here, people=20_000), policies[:1]).of and not told(replace(here, people=9_999), policies[:1]).of
    )
    assert not told(replace(here, areas=(21,)), policies).of and not told(replace(here, areas=(21, 22)), policies).of
    other = replace(policies[0], levers=policies[0].levers | {"link_workers": 1.0})
    assert not told(here, [other]).of and not told(here, [policies[0], other]).of  # two policies of one title
    held = told(replace(here, fixed=(("accept_offer", 0.5),)), policies)
    assert not posterior.is_finding("available", held, policies[0].title)
    assert posterior.marks("available", told(here, policies), [one.title for one in policies]) == ("", ["", "", " †"])
    assert posterior.marks("available", told(here, policies), [policies[2].title]) == (" †", [""])


def test_the_note_says_what_was_looked_at(study, tmp_path):
    chosen = findings(study, tmp_path / "p", people=100_000)
    for said in (note(chosen), posterior.levels_note(chosen)):
        assert "today's policy (or “April 2017 to March 2025”) in " in said and "100,000 adults or more" in said
    old = copied(study, tmp_path / "old")
    (old / "outputs.json").write_text(json.dumps({"outputs": [{"name": "available", "finding": True}]}))
    assert (
        posterior.looked_at(choose(str(old))) is None
        and not told(Study((22,), posterior=choose(str(old))), [load("today")]).of
    )
    (old / "outputs.json").write_text(json.dumps({"looked_at": 3, "outputs": []}))
    posterior.looked_at.cache_clear()
    with pytest.raises(UserError, match="cannot be read"):
        posterior.looked_at(choose(str(old)))


def test_a_calibration_says_what_its_outputs_were_looked_at_on(study):
    on = json.loads((study / "outputs.json").read_text())["looked_at"]
    assert on["policy"] == "today" and on["people"] == 3000 and len(on["areas"]) == 1
    text = (study / "results.md").read_text("utf-8")
    assert "are part of no interval" in text and "`room_before_wait` at 1 (0 to 1)" in text


def test_where_no_posterior_of_this_model_ships_commands_run_on_priors_and_say_so(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(posterior, "FOLDER", tmp_path)
    posterior._read.cache_clear()
    assert not posterior.there_is_one() and choose() == PRIORS == Study((22,)).posterior
    assert posterior.UNFITTED in posterior.origin(PRIORS) and posterior.UNFITTED in posterior.levels_note(PRIORS)
    assert call(["run", "today", "--dry-run"]) == 0
    assert posterior.UNFITTED in capsys.readouterr().out.replace("\n", " ")
    assert call(["run", "today", "--posterior", "shipped"]) == 2
    said = capsys.readouterr().err
    assert posterior.UNFITTED in said and "--posterior none" in said


def test_the_posterior_that_ships_is_used_and_said_unless_the_priors_are_asked_for(capsys):
    assert choose().file == posterior.SHIPPED and Study((22,)).posterior == choose() and choose("none") == PRIORS
    assert call(["run", "today", "--dry-run"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert posterior.UNFITTED not in said and f"from the shipped posterior ({choose().sha256[:8]})" in said


def test_the_first_editions_posterior_is_refused_with_what_to_do(tmp_path, capsys):
    assert call(["run", "today", "--posterior", str(FIRST), "--out", str(tmp_path / "results")]) == 2
    said = capsys.readouterr().err
    assert "first edition of the model" in said and "--posterior none" in said and "peerscale calibrate" in said
    assert not (tmp_path / "results").exists()
