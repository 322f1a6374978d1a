"""Which study would narrow the answers most: its closed form on a toy, runs that do not belong, and what is printed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_result
from posteriors import of_this_model

from calibration.fit.toys import CARRIED, FREE, LUCK, MANY_SLOPES, run_many
from calibration.report import next_words
from calibration.report.measure_next import Study, narrowing
from peerscale.cli import call
from reports.questions import measure_next as report
from reports.tables.described import paths, undeclared
from scenarios.questions.solve.aims import Condition
from scenarios.questions.solve.columns import columns_of
from scenarios.questions.solve.goal import load_goal
from scenarios.questions.solve.runs import Runs
from scenarios.running import worlds
from scenarios.running.many import joined
from scenarios.running.study import make_shape
from scenarios.running.worlds import pack
from scenarios.worth.next_study import Answer, met, pairs, table
from sim.results import outcomes

GOALS = Path(__file__).parents[3] / "scenarios" / "goals"

STUDY, POLICY, TODAY = 5, 3, 5
"""Outputs of the toy: what the study measures, and what a policy and today come to."""


@pytest.fixture(scope="module")
def toy() -> tuple[np.ndarray, np.ndarray]:
    """(float64[draws] of a statistic in one run, float64[draws, 3] of a policy less today, on the same luck)."""
    x = np.random.default_rng(5).standard_normal((1500, FREE + CARRIED))
    runs = np.stack([run_many(x, 10_000 * r + np.arange(1500)) for r in (1, 2, 3)], axis=1)
    return runs[:, 0, STUDY], runs[..., POLICY] - runs[..., TODAY]


def one_pair(toy, se: float, **change: object):
    seen, values = toy
    answer = Answer("policy", "A policy", "available", True, change.pop("values", values))  # type: ignore[arg-type]
    return pairs([Study("a survey", "s", se=se)], {"s": change.pop("seen", seen)}, [answer], 1)[0]  # type: ignore[dict-item]


@pytest.mark.parametrize("se", [0.1, 1.0])
def test_a_change_between_two_policies_has_its_closed_form(toy, se):
    d, b = MANY_SLOPES[POLICY] - MANY_SLOPES[TODAY], MANY_SLOPES[STUDY]
    exact = narrowing(float((d @ b) ** 2 / (d @ d) / (b @ b + LUCK**2 + se**2)))
    pair = one_pair(toy, se)
    assert exact > 0.3 and pair.expected.low - 0.02 <= exact <= pair.expected.high + 0.02
    assert pair.draws == 1500


def test_a_study_of_nothing_gets_its_floor(toy):
    nothing = one_pair(toy, 1000.0)
    assert not nothing.clear and nothing.narrows == pytest.approx(nothing.expected.floor, abs=0.01)
    told = one_pair(toy, 0.1)
    assert told.clear and abs(told.expected.floor) < 0.01


def test_of_an_answer_that_parameters_do_not_move_nothing_is_said_and_it_comes_last(toy):
    seen, values = toy
    luck = Answer("p", "P", "available", True, np.random.default_rng(2).standard_normal(values.shape))
    moved = Answer("q", "Q", "available", True, values)
    found = pairs([Study("w", "s", se=0.1)], {"s": seen}, [luck, moved], 1)
    assert [pair.answer.policy for pair in found] == ["q", "p"]
    assert found[1].expected.narrows is None and not found[1].clear and report.reach(found[1]) == next_words.STILL


def test_draws_with_nothing_to_count_are_left_out_and_too_few_say_nothing(toy):
    seen = toy[0].copy()
    seen[:100] = np.nan
    assert one_pair(toy, 0.1, seen=seen).draws == 1400
    seen[:1495] = np.nan
    few = one_pair(toy, 0.1, seen=seen)
    assert few.draws == 5 and few.expected.narrows is None


def test_the_medoid_is_no_draw_of_the_posterior():
    shape = replace(fake_result().shape, worlds=tuple((d, r) for d in range(3) for r in range(2)))
    found = table(fake_result(shape), np.arange(6.0))
    assert found.tolist() == [[2.0, 3.0], [4.0, 5.0]]


# ------------------------------------------------------------------ the command, on kept runs

PLAN = """
name = "mine"
extends = "second_edition"
scenario = "history"
[[next]]
what = "Ask 4,000 people whether it was there | in time"
statistic = "available"
of = 4000
price_gbp = 20000
[[next]]
what = "Throw a coin"
statistic = "waiting_per_10k"
se = 1000.0
"""
SMALL = ["--workers", "1", "--draws", "16", "--replicates", "2"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a posterior, a plan, and kept runs of history, today and a policy at 16 of its draws. The engine answers at once:
    what is available moves with the draw, and more so under the policy."""
    folder = tmp_path_factory.mktemp("next")
    of_this_model(folder / "study")
    (folder / "plan.toml").write_text(PLAN, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worlds, "settle_batch", lambda batch, policy, tell: b"")
        patch.setattr(worlds, "go_on_batch", _at_once)
        for name, more in RUNS.items():
            scenario, *own = more
            fitted = [] if "--posterior" in own else ["--posterior", folder / "study"]
            typed = ["batch", scenario, *SMALL, *fitted, *own, "--out", folder / name]
            assert call([str(one) for one in typed]) == 0
    return folder


RUNS = {
    "history": ("history",),
    "today": ("today", "--years", "2"),
    "policy": ("open_door", "--years", "2"),
    "priors": ("open_door", "--years", "2", "--posterior", "none"),
    "fewer": ("history", "--draws", "14"),
    "held": ("open_door", "--years", "2", "--fix", "accept_offer=0.5"),
    "once": ("today", "--years", "2", "--replicates", "1"),
    "longer": ("open_door", "--years", "3"),
}


def _at_once(batch, task, start, folder, tell):
    shape = make_shape(batch.study, batch.worlds)
    referral = task.policy.levers["self_referral"]
    return pack(joined([_world(replace(shape, worlds=(one,)), referral) for one in batch.worlds]))


def _world(shape, referral):
    draw, replicate = shape.worlds[0]
    place = np.random.default_rng(draw).uniform(0, 1000)
    return with_bodies(shape, int(place * (0.5 + referral)) + 20 * replicate, seed=1000 * draw + replicate)


def with_bodies(shape=None, lift=0, seed=5):
    """A made-up run whose bodies have what a goal asks of them."""
    result = fake_result(shape, lift, seed)
    rows = len(result.organisations["area_row"])
    more = {"coordinator_mfte": 0, "recruited": 1, "quality": 0.5}
    bodies = {name: np.full(rows, value) for name, value in more.items()} | {"open": np.ones(rows, bool)}
    return replace(result, organisations=result.organisations | bodies)


def told(capsys, made, *names, **options):
    typed = ["evidence", "next", *(made / name for name in names), "--study", made / "study"]
    typed += ["--plan", made / "plan.toml"] if "plan" not in options else []
    typed += [one for key, value in options.items() for one in (f"--{key}", value) if one not in ("", None)]
    code = call([str(one) for one in typed])
    said = capsys.readouterr()
    return code, said.out, said.err


THREE = ("history", "today", "policy")


def test_it_ranks_studies_by_what_they_would_tell_of_the_answers(made, capsys):
    code, out, _ = told(capsys, made, *THREE, goal="half", json="")
    found = json.loads(out)
    assert code == 0 and (found["plan"], found["draws"], found["replicates"]) == ("mine", 15, 2)
    assert [(a["policy"], a["outcome"], a["change"]) for a in found["answers"]] == [
        ("today", "available", False),
        ("today", "had_in_time", False),
        ("today", "started_in_time", False),
        ("open_door", "available", True),
        ("open_door", "had_in_time", True),
        ("open_door", "started_in_time", True),
        ("open_door", "gbp_per_adult_year", True),
        ("today", "meets", False),
        ("open_door", "meets", False),
    ]
    rows = found["rows"]
    assert len(rows) == 18 and rows[0]["statistic"] == "available" and rows[0]["outcome"] == "available"
    assert (
        rows[0]["clear"]
        and rows[0]["narrows"] > 0.5
        and rows[0]["price_gbp"] == 20000
        and rows[-1]["price_gbp"] is None
    )
    assert not any(row["clear"] for row in rows if row["study"] == "Throw a coin" and row["outcome"] == "available")
    clear = [row["narrows"] for row in rows if row["clear"]]
    assert clear == sorted(clear, reverse=True) and [row["clear"] for row in rows[: len(clear)]] == [True] * len(clear)
    assert not undeclared(paths(found), report.WRITTEN[0].columns)


def test_words_are_those_of_a_calibrations_page_and_people_can_read_them(made, capsys, tmp_path):
    code, out, _ = told(capsys, made, *THREE, markdown="")
    assert code == 0 and next_words.said(15, "answer") in out and "there \\| in time" in out and "| not known |" in out
    assert "Only 15 draws" in out and "which is not as it was fitted" in out
    code, out, err = told(capsys, made, *THREE, plot=tmp_path / "p.svg")
    words = " ".join(out.split())
    assert code == 0 and "Most is expected of “Ask 4,000 people" in words and "Price: £20,000" in words
    assert (tmp_path / "p.svg").stat().st_size > 1000 and "Picture:" in err


def test_a_folder_above_the_runs_will_do(made, capsys, tmp_path):
    for name in THREE:
        shutil.copytree(made / name, tmp_path / "all" / name)
    code, out, _ = told(capsys, made, tmp_path / "all", json="")
    assert code == 0 and len(json.loads(out)["answers"]) == 7


@pytest.mark.parametrize(
    ("names", "options", "says"),
    [
        (("today", "policy"), {}, "there is no run of history"),
        (("history", "policy"), {}, "there is no run of today"),
        (("history", "today", "priors"), {}, "not at draws of that posterior"),
        (("history", "today", "held"), {}, "numbers of its own"),
        (("fewer", "today", "policy"), {}, "draws: 14 and 16"),
        (("history", "today", "longer"), {}, "weeks: 104 and 156"),
        (("history", "once"), {}, "too few to tell parameters from luck"),
        (("history", "today", "policy", "longer"), {}, "two runs of open_door"),
        (("nowhere",), {}, "there is no such folder"),
        (THREE, {"plan": "small"}, "names no study"),
        (THREE, {"goal": "thirds"}, "no goal is called"),
    ],
)
def test_runs_that_do_not_belong_are_refused_in_one_message(made, capsys, names, options, says):
    code, out, err = told(capsys, made, *names, **options)
    assert code == 2 and says in " ".join(err.split()) and not out and "Traceback" not in err


def test_a_goal_of_a_budget_is_neither_met_nor_failed(made, capsys, tmp_path):
    half = (GOALS / "half.toml").read_text("utf-8").replace("level = 0.5", "budget = 2.0")
    (tmp_path / "much.toml").write_text(half, "utf-8")
    code, _, err = told(capsys, made, *THREE, goal=tmp_path / "much.toml")
    assert code == 2 and "the most that a budget buys" in err


def with_floors(goal, **floors):
    return replace(goal, file=goal.file.model_copy(update={"goal": goal.file.goal.model_copy(update=floors)}))


@pytest.mark.parametrize("floors", [{}, {"better_at_least": 0.9}, {"quality_at_least": 0.4}, {"quality_at_least": 0.9}])
@pytest.mark.parametrize("lift", [0, 1300, 2000])
def test_a_goal_is_met_where_a_search_would_say_so(floors, lift):
    result, goal = with_bodies(lift=lift), with_floors(load_goal("half"), **floors)
    goal = replace(goal, also=(Condition("available", 0.5, 1, (1,)),))
    search = object.__new__(Runs)
    search.goal = goal
    said = search.met(columns_of(result, goal.group, "available", goal.also))
    assert met(goal, result).tolist() == said.astype(float).tolist()


def test_a_goal_is_met_in_a_world_where_its_level_is_reached():
    reached = outcomes.of_group(with_bodies(lift=1300), "available")
    level = float(np.median(reached))
    assert (
        met(with_floors(load_goal("half"), level=level), with_bodies(lift=1300)).tolist() == (reached >= level).tolist()
    )
