"""The ladder adds up in every world, by every set function; its single steps are relief's; its page is what the code says."""

from __future__ import annotations

import io
import itertools
import json
import math
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_result
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import peerscale
from peerscale.cli import call
from reports.ladder.docs import page as docs_page
from reports.ladder.page import sections, whole_page
from reports.ladder.picture import picture
from reports.ladder.words import lines, sentences
from reports.questions import ladder as report
from reports.tables.described import paths, undeclared
from scenarios.questions import ladder
from scenarios.questions.ladder import NAMES, SETS, add_up, climb, ladder_of, opening, points, values
from scenarios.questions.relief import gate_relief, together
from scenarios.questions.steps import GATES, LEFT_OUT, STEPS
from scenarios.reading.load import is_todays, load, with_levers
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import pool_for, run_tasks
from scenarios.running.study import Study
from scenarios.running.worlds import Task
from sim.numbers.levers import BY_NAME, CHOICES, LEVERS
from sim.numbers.parameters import records
from sim.results import outcomes, summary
from sim.results.words import WHO, level_name, members

NOBODY, ALL = frozenset[str](), frozenset(NAMES)
STUDY = Study((22, 5), people=1_000, draws=2, weeks=40, burn_in=60, place_size=500)
shares = st.lists(st.floats(0.0, 1.0), min_size=len(SETS), max_size=len(SETS))


# ------------------------------------------------------------------ closed forms


@given(shares, shares)
@settings(max_examples=50, deadline=None)
def test_today_the_gains_and_the_rest_are_everyone_whatever_the_set_function(one, two):
    opened = {some: np.array([a, b]) for some, a, b in zip(SETS, one, two, strict=True)}
    found = ladder_of(opened, opened, opened)
    assert np.allclose(add_up(found), 1.0, rtol=0, atol=1e-12)
    assert np.array_equal(found.rest, 1.0 - opened[ALL]) and np.array_equal(found.today, opened[NOBODY])


@given(st.lists(st.floats(-1.0, 1.0), min_size=len(SETS), max_size=len(SETS)))
@settings(max_examples=50, deadline=None)
def test_a_gain_is_the_sum_of_equal_parts_of_what_each_set_needs_together(weights):
    """Closed form: a game is a sum of unanimity games, each worth its weight once all of a set are in; each of k gets 1/k."""
    games = dict(zip(SETS[1:], weights[1:], strict=True))
    worth = {some: np.array([sum(w for needs, w in games.items() if needs <= some)]) for some in SETS}
    found = values(worth)
    for name in NAMES:
        expected = sum(w / len(needs) for needs, w in games.items() if name in needs)
        assert math.isclose(found[name][0], expected, abs_tol=1e-12)


def test_a_gain_is_the_mean_over_all_orders():
    rng = np.random.default_rng(3)
    worth = {some: rng.random(4) for some in SETS}
    added = {name: [] for name in NAMES}
    for order in itertools.permutations(NAMES):
        for n, name in enumerate(order):
            added[name].append(worth[frozenset(order[: n + 1])] - worth[frozenset(order[:n])])
    found = values(worth)
    assert all(np.allclose(found[name], np.mean(added[name], axis=0)) for name in NAMES)
    alone = {rung.step: rung.alone for rung in ladder_of(worth, worth, worth).rungs}
    assert not np.allclose(found["known"], alone["known"])  # a control: alone is another question


def made(seed: int = 1, worlds: int = 6) -> ladder.Ladder:
    """A made-up ladder: levers open half as much as overrides."""
    rng = np.random.default_rng(seed)
    steps = rng.random((len(NAMES), worlds)) * 0.15
    opened = {some: 0.07 + sum((steps[NAMES.index(n)] for n in some), np.zeros(worlds)) for some in SETS}
    levered = {some: (worth + opened[NOBODY]) / 2 for some, worth in opened.items()}
    return ladder_of(opened, levered, {some: 3.0 * len(some) + np.zeros(worlds) for some in SETS})


def test_a_world_without_a_figure_in_one_combination_is_left_out_of_all():
    opened = {some: np.full(3, 0.5) for some in SETS}
    opened[SETS[7]][1] = np.nan
    found = ladder_of(opened, opened, opened)
    assert len(found.today) == len(found.rungs[0].gain) == 2 and found.of == 3


@pytest.mark.parametrize("seed", range(20))
def test_what_is_shown_adds_up_to_a_tenth_and_what_levers_reach_is_at_most_the_gain(seed):
    found = made(seed)
    shown = points(found)
    assert round(sum(shown.values()), 6) == 100.0
    for line in lines(found)[1:6]:
        assert line.reachable is not None and line.beyond is not None
        assert line.reachable <= line.points and math.isclose(line.reachable + line.beyond, line.points)


def test_what_levers_gain_beyond_a_step_is_not_of_the_step():
    opened = {some: np.full(5, 0.1 + 0.1 * ("places" in some)) for some in SETS}
    levered = {some: np.full(5, 0.1 + 0.3 * ("places" in some)) for some in SETS}
    rung = ladder_of(opened, levered, opened).rung("places")
    assert math.isclose(rung.reachable, 0.1) and np.allclose(rung.levers, 0.3)


def one_step(gain: float, levers: float) -> ladder.Rung:
    """The step `places`, which gains so much in five worlds; its levers gain so much."""
    opened, levered = ({some: np.full(5, 0.3 + by * ("places" in some)) for some in SETS} for by in (gain, levers))
    return ladder_of(opened, levered, opened).rung("places")


@pytest.mark.parametrize(
    ("gain", "levers", "reached"), [(0.1, 0.05, 0.05), (0.1, 0.3, 0.1), (0.1, -0.05, 0.0), (-0.1, 0.05, -0.1)]
)
def test_what_levers_reach_is_between_nothing_and_the_gain_and_a_loss_is_told_apart(gain, levers, reached):
    rung = one_step(gain, levers)
    assert rung.reachable == pytest.approx(reached, abs=1e-12) and np.allclose(rung.levers, levers)


# ------------------------------------------------------------------ the table of steps


def test_every_lever_is_of_one_step_or_left_out_with_a_reason():
    stepped = [name for step in STEPS for name in step.levers]
    assert len(stepped) == len(set(stepped)) and not set(stepped) & set(LEFT_OUT)
    assert {*stepped, *LEFT_OUT} == {lever.name for lever in LEVERS}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_opens_a_gate_of_relief_and_its_levers_go_to_an_end(step):
    assert opening(frozenset((step.name,))) is GATES[step.gate]
    assert set(step.numbers) <= set(records())
    for name, end in step.levers.items():
        lever = BY_NAME[name]
        value = CHOICES[lever.choice].index(end) if isinstance(end, str) else end
        assert lever.low <= value <= lever.high and value != lever.today


def test_all_best_ends_together_are_the_scenario_that_says_so():
    """It is what `peerscale run every_lever` runs: one truth for where each lever helps most."""
    assert ladder.at_best(load("today")).levers == load("every_lever").levers


def test_places_multiply_groups_and_the_online_community_too():
    relief = opening(frozenset(("places",)))
    assert (
        relief is not None and relief.times["group_size"] == relief.lever_times["online_places"] == relief.places_times
    )


def test_the_page_is_made_from_the_code():
    held = (Path(__file__).parents[3] / "docs" / "ladder.md").read_text("utf-8")
    assert held == docs_page(), "python -m reports.ladder.docs > docs/ladder.md"


# ------------------------------------------------------------------ tiny worlds


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return FinishedJobs(tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="module")
def climbed(store):
    return climb(load("today"), STUDY, workers=2, finished=store)


def test_it_adds_up_in_every_tiny_world_for_everyone_and_each_area(climbed):
    found = [*climbed.everyone.values(), *(one for area in climbed.areas for one in area.values())]
    assert len(found) == 6 and all(len(one.today) for one in found)
    for one in found:
        assert np.allclose(add_up(one), 1.0, rtol=0, atol=1e-12)
    assert not np.allclose(climbed.everyone["available"].rung("places").gain, 0.0)


def test_single_steps_gain_what_relief_says(climbed, store):
    base, gains = gate_relief(load("today"), STUDY, workers=2, finished=store)
    assert np.array_equal(base.tally, climbed.base.tally)
    by_gate = {" and ".join(gain.gates): gain.by["available"] for gain in gains}
    for step, rung in zip(STEPS, climbed.everyone["available"].rungs, strict=True):
        pair = by_gate[step.gate]
        assert pair.difference.median == pytest.approx(np.median(rung.alone), abs=1e-12)
        assert (pair.up, pair.down) == (int((rung.alone > 0).sum()), int((rung.alone < 0).sum()))


def test_opening_all_five_leaves_the_rest_and_all_levers_reach_what_it_says(climbed, store):
    everything = with_levers(load("today"), {k: v for step in STEPS for k, v in step.levers.items()})
    tasks = [Task(load("today"), together([step.relief for step in STEPS])), Task(everything)]
    with pool_for(STUDY, 2) as pool:
        found = dict(run_tasks(tasks, STUDY, pool, finished=store))
    one = climbed.everyone["had_in_time"]
    assert np.allclose(outcomes.of_group(found[0], "had_in_time"), 1.0 - one.rest)
    assert np.allclose(outcomes.of_group(found[1], "had_in_time"), one.by_levers)


def test_the_worst_off_group_is_that_of_the_policys_own_run(climbed):
    worst = ladder.worst_off(climbed.base)
    assert (worst is None) == (climbed.worst is None)
    assert members("18-24+85+") == ["18-24", "85+"]  # a pooled group is read as its members


def of_enough_wants(title: str = "Today's policy", policy: str = "") -> ladder.Climbed:
    """A ladder of made-up runs with enough wants in every group: each step lifts every group; levers half as much."""
    runs = {some: fake_result(lift=20 * len(some)) for some in SETS}
    levered = {some: fake_result(lift=10 * len(some)) for some in SETS[1:]} | {NOBODY: runs[NOBODY]}
    read = ({some: ladder._read(run) for some, run in one.items()} for one in (runs, levered))
    return ladder.climbed(ladder.Combinations(title, runs[NOBODY], *read, policy))


def test_the_worst_off_group_has_a_ladder_of_its_own():
    found = of_enough_wants()
    groups = [one for dimension in WHO for one in summary.groups(found.base, dimension) if not one.small]
    last = min(groups, key=lambda one: one.interval.median)
    assert found.worst is not None
    worst = found.worst["available"]
    assert worst.who == level_name(last.dimension, last.level) and np.allclose(worst.today, last.per_world)
    assert (
        np.allclose(add_up(worst), 1.0, rtol=0, atol=1e-12)
        and worst.today.mean() < found.everyone["available"].today.mean()
    )
    assert all(rung.gain.mean() > rung.levers.mean() > 0 for rung in worst.rungs)
    assert f"of the worst-off group ({worst.who})" in " ".join(told(found).split())
    assert report.as_dict(found)["worst_off"]["group"] == worst.who
    assert "worst-off" in [section.key for section in sections(found)]


@pytest.mark.parametrize("title", ["Everyone, at once", "A policy [bold] <b> $x$ whose title goes on and on"])
def test_a_ladder_of_another_policy_does_not_call_it_today(title, tmp_path):
    pytest.importorskip("matplotlib")
    from reports.pictures.ladder import draw

    found = of_enough_wants(title, title)
    draw(tmp_path / "ladder.svg", found)
    for text in (told(found), whole_page(found, "Made up."), (tmp_path / "ladder.svg").read_text("utf-8")):
        assert not re.search(r"\b[Tt]oday\b", text)
        assert unescape(title)[:16] in unescape(" ".join(text.split()))
    assert lines(found.everyone["available"])[0].label.startswith(title[:16])
    assert re.search(r"\btoday\b", told(of_enough_wants()))


def test_it_is_todays_by_what_it_does_and_not_by_its_name():
    today = load("today")
    assert is_todays(replace(today, name="other", title="Other")) and not is_todays(load("everyone"))
    assert not is_todays(with_levers(today, {"cut": 0.1}))


def told(climbed) -> str:
    console = Console(file=io.StringIO(), width=100)
    report.out, kept = console, report.out
    try:
        report.show(climbed, "Made up.")
    finally:
        report.out = kept
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_people_read_the_answer_first_a_paragraph_a_step_and_the_areas(climbed):
    text = told(climbed)
    assert text.index("Of 100 wants") < text.index("Known") < text.index("The rest") < text.index("Had in time")
    assert "places kept" not in text and text.count("Its levers:") == len(STEPS)
    assert all(name.split()[0] in text for name in climbed.base.shape.names) and "-0.0" not in text


def test_why_asked_is_small_is_said_of_available_only(climbed):
    first, second = (sentences(climbed.everyone[name]) for name in ("available", "had_in_time"))
    assert any("never asks" in text for text in first[3]) and not any("never asks" in text for text in second[3])


def test_machines_get_keys_that_are_declared_and_gains_that_add_up(climbed):
    found = report.as_dict(climbed)
    for one in (found, found["had_in_time"], found["areas"][0]["available"]):
        assert [step["step"] for step in one["steps"]] == [*NAMES, "rest"]
        assert one["today"] + sum(step["gain"] for step in one["steps"]) == pytest.approx(100.0, abs=1e-9)
        assert all(step["reachable"] <= step["gain"] + 1e-12 for step in one["steps"][:-1])
    declared = report.WRITTEN[0].columns
    assert not undeclared(paths({"scenario": "", "sample": "", "status": "", "page": None} | found), declared)
    assert {row["step"] for row in report.rows(climbed)} == {"today", *NAMES, "rest"}


@pytest.mark.parametrize("width", [340.0, 680.0])
def test_the_picture_says_what_it_shows_and_stays_within_its_width(width):
    drawn = picture(made(), "From today to everyone", width)
    assert "<title>" in drawn and "Of 100 wants" in drawn
    assert all(float(x) <= width for x in re.findall(r'<rect x="([\d.]+)"', drawn))
    assert "no lever reaches" in drawn


def test_the_page_begins_with_the_picture_and_escapes_what_people_write(climbed):
    text = whole_page(replace(climbed, title="A <b>title</b>"), "Made <up>.")
    assert "Made &lt;up&gt;." in text and "&lt;b&gt;title" in text and "<b>" not in text
    assert text.index("<svg") < text.index("<table") and sections(climbed)[0].key == "available"


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "ladder.pdf"], "kind is not known"),
        (["--out", "no/such/ladder.html"], "folder does not exist"),
        (["--plot", "ladder.pdf"], "kind is not known"),
        (["--areas", "bnsg"], "no area is called"),
        (["--people", "5000", "--whole"], "leave one of the two out"),
    ],
)
def test_what_cannot_be_is_one_message_before_anything_runs(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call(["ladder", *words]) == 2
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_the_command_writes_its_page_and_says_so_to_machines(tmp_path, capsys):
    page = tmp_path / "ladder.html"
    small = ["--people", "300", "--place-size", "300", "--draws", "1", "--years", "0.6", "--burn-in", "4"]
    assert call(["ladder", *small, "--workers", "1", "--json", "--out", str(page)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["page"] == str(page) and page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert found["today"] is None or found["today"] + sum(s["gain"] for s in found["steps"]) == pytest.approx(100.0)


def test_python_gives_the_same_as_a_table_whose_columns_are_declared():
    pytest.importorskip("pandas")
    small = {"people": 300, "place_size": 300, "draws": 1, "years": 0.6, "burn_in": 4}
    table = peerscale.ladder("today", **small, workers=1, quiet=True)
    assert list(table.columns) == [column.name for column in report.WRITTEN[1].columns]
    gains = table[(table.headline == "available") & (table.who == "everyone")].gain
    assert len(gains) == 7 and (gains.isna().all() or gains.sum() == pytest.approx(100.0))
