"""What a goal may ask for: several things at once, groups, gaps, a budget, a schedule; and what cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import fake_result

from peerscale.cli import call
from scenarios.questions.solve import aims
from scenarios.questions.solve.aims import Condition
from scenarios.questions.solve.columns import ALSO, INDEX, columns_of, coordinators, pick, quality
from scenarios.questions.solve.goal import load_goal
from scenarios.questions.solve.needs import KINDS, adults_of_england, needs_of
from scenarios.reading.checks import lever_value
from scenarios.reading.course import resolve
from scenarios.reading.load import load, to_toml
from sim.numbers.levers import INDEX as LEVER
from sim.results import outcomes
from sim.results.result import LEVELS, Measure

GOAL = """name = "tiny"
question = "A trial?"
[goal]
outcome = "had_in_time"
level = 0.4
[[also]]
outcome = "net_per_want"
at_least = 0.02
[[also]]
group = "deprivation fifth: 1"
at_least = 0.3
[[also]]
gap = ["deprivation fifth: 5", "deprivation fifth: 1"]
at_most = 0.05
[[also]]
group = "worst off"
at_least = 0.2
[levers]
directory = [0.1, 1.0]
link_workers = [0.74, 3.0]
[schedule]
policy = { from = "year 2" }
link_workers = { from = "year 3", over_weeks = 52 }
"""
FIRST, FIFTH = LEVELS.index(("deprivation fifth", "1")), LEVELS.index(("deprivation fifth", "5"))


def goal(tmp_path, text=GOAL):
    path = tmp_path / "tiny.toml"
    path.write_text(text, encoding="utf-8")
    return load_goal(path)


def test_all_that_a_goal_asks_for_is_read(tmp_path):
    assert goal(tmp_path).also == (
        Condition("net_per_want", 0.02),
        Condition("available", 0.3, 1, (FIRST,)),
        Condition("available", 0.05, -1, (FIFTH, FIRST)),
        Condition("available", 0.2, 1, ()),
    )


def test_what_it_asks_for_is_said(tmp_path):
    said = [one.said for one in goal(tmp_path).also]
    assert "at least 2.0% for everyone (net better off" in said[0]
    assert "at least 30.0% for deprivation fifth 1" in said[1]
    assert said[2] == "a gap of at most 5 points between deprivation fifth 5 and deprivation fifth 1"
    assert "the group that is worst off" in said[3]


@pytest.mark.parametrize("name", ["started_in_time", "had_in_time", "available", "net_per_want"])
def test_each_of_these_can_be_a_goal(name, tmp_path):
    assert goal(tmp_path, GOAL.replace("had_in_time", name)).file.goal.outcome == name and aims.WANTED[name]


def test_slack_is_by_how_much_a_condition_holds():
    result = fake_result()
    share = outcomes.of_group(result, "available", FIRST)
    assert Condition("available", 0.3, 1, (FIRST,)).slack(result) == pytest.approx(share - 0.3)
    assert Condition("available", 0.3, -1, (FIRST,)).slack(result) == pytest.approx(0.3 - share)
    gap = outcomes.of_group(result, "available", FIFTH) - share
    assert Condition("available", 0.05, -1, (FIFTH, FIRST)).slack(result) == pytest.approx(0.05 - gap)


def test_the_worst_off_is_the_least_of_groups_with_enough_wants():
    result = fake_result()
    result.tally[:, :, Measure.ELIGIBLE] = 1000
    result.tally[:, :, Measure.AVAILABLE] = 500
    result.tally[:, FIRST, Measure.AVAILABLE] = 300
    result.tally[:, FIFTH, [Measure.ELIGIBLE, Measure.AVAILABLE]] = [299, 0]
    assert aims.worst_off(result, "available") == pytest.approx(0.3)
    result.tally[:, :, Measure.ELIGIBLE] = 10
    assert np.isnan(aims.worst_off(result, "available")).all()
    assert (Condition("available", 0.2, 1, ()).slack(result) == aims.UNREAD).all()


def test_a_search_keeps_the_slack_of_each_condition():
    result, one = fake_result(), Condition("available", 0.3, 1, (FIRST,))
    names = ("area_row", "place", "open", "coordinator_mfte", "recruited", "quality")
    result.organisations = {name: np.zeros(1, dtype=np.int64) for name in names}
    found = columns_of(result, 0, "available", (one,))
    assert pick(found, ALSO[0]) == pytest.approx(one.slack(result)) and not pick(found, ALSO[1]).any()


# ------------------------------------------------------------------ when


def test_a_policy_begins_when_it_is_scheduled(tmp_path):
    """The directory waits for year 2; link workers grow from year 3 on, over a year, in steps of a quarter."""
    policy = goal(tmp_path).scenario(np.ones(2))
    course = resolve(policy, ["E54000039"], 0)
    at = {week: course.at(week)[[LEVER["directory"], LEVER["link_workers"]], 0] for week in (0, 52, 104, 130, 156)}
    assert at[0] == pytest.approx([0.1, 0.74]) and at[52] == pytest.approx([1.0, 0.74])
    assert at[104] == pytest.approx([1.0, 0.74]) and at[130] == pytest.approx([1.0, 0.74 + 2.26 / 2])
    assert at[156] == pytest.approx([1.0, 3.0])


def test_a_scheduled_policy_is_another_policy(tmp_path):
    plain = goal(tmp_path, GOAL[: GOAL.index("[schedule]")])
    assert plain.said(np.ones(2)) != goal(tmp_path).said(np.ones(2))
    assert not plain.scenario(np.ones(2)).changes


WORDS = GOAL.replace(
    "link_workers = [0.74, 3.0]", 'link_workers = [0.74, 3.0]\nmode_review = ["opt_in", "opt_out"]'
).replace('policy = { from = "year 2" }', 'policy = { from = "year 2", over_weeks = 104 }')


def test_a_word_moves_at_once_where_numbers_move_little_by_little(tmp_path):
    """Between opt_in and opt_out lies prompted, which nobody chose."""
    course = resolve(goal(tmp_path, WORDS).scenario(np.ones(3)), ["E54000039"], 0)
    lever = LEVER["mode_review"]
    chosen = lever_value("mode_review", "opt_in"), lever_value("mode_review", "opt_out")
    assert {float(course.at(week)[lever, 0]) for week in range(260)} == set(chosen)
    assert course.at(51)[lever, 0] == chosen[0] and course.at(52)[lever, 0] == chosen[1]
    assert 0.1 < course.at(104)[LEVER["directory"], 0] < 1.0


def test_a_scheduled_policy_is_written_so_that_it_runs_like_any_scenario(tmp_path):
    policy = goal(tmp_path, WORDS).scenario(np.ones(3), "mine")
    (tmp_path / "mine.toml").write_text(to_toml(policy), encoding="utf-8")
    again = load(tmp_path / "mine.toml")
    one, two = (resolve(each, ["E54000039"], 0) for each in (policy, again))
    assert np.array_equal(one.starts, two.starts) and np.array_equal(one.values, two.values)


def test_the_base_policy_is_a_point_of_its_own(tmp_path):
    one = goal(tmp_path)
    assert one.scenario(one.today) == one.base == load("today")


# ------------------------------------------------------------------ what it needs


def test_needs_are_told_beside_what_is_known_of_them():
    found = np.zeros((5, len(INDEX)))
    found[:, INDEX["paid_posts"]] = [1, 2, 3, 4, 5]
    needs = {one.name: one for one in needs_of(found, np.zeros_like(found), 3.0, 0.74)}
    assert list(needs) == list(KINDS) and needs["paid_posts"].median == 3
    england = adults_of_england()
    assert f"England needs {3 * england / 10_000:,.0f}" in needs["paid_posts"].exists
    assert "2.8 times the 4,730" in needs["paid_posts"].exists and "Not known" in needs["organisers"].exists
    assert "times the 3,300" in needs["link_workers"].exists


def test_coordinators_of_an_area_stand_for_themselves_and_local_ones_for_their_kind():
    result = fake_result()
    here, there = result.shape.scale(0)
    adults = sum(result.shape.area_adults(i) for i in range(len(result.shape.areas)))
    result.organisations = {
        "area_row": np.array([0, 0, 0]),
        "place": np.array([-1, 0, 0]),
        "open": np.array([True, True, False]),
        "coordinator_mfte": np.array([2000, 500, 9000]),
    }
    assert coordinators(result)[0] == pytest.approx(10_000 * (2.0 + 0.5 * there / here) / adults)


def test_quality_counts_a_local_body_as_often_as_there_are_such_in_the_area():
    """As `--confirm` finds it in the whole area, where each is there by itself: one of the area beside many local ones."""
    result = fake_result()
    here, there = result.shape.scale(0)
    times = there / here
    assert times > 1
    result.organisations = {
        "area_row": np.array([0, 0]),
        "place": np.array([-1, 0]),
        "open": np.array([True, True]),
        "recruited": np.array([3, 1]),
        "quality": np.array([0.9, 0.5]),
    }
    assert quality(result)[0] == pytest.approx((4 * 0.9 + times * 2 * 0.5) / (4 + times * 2))


# ------------------------------------------------------------------ what cannot be asked

LEVEL = "level = 0.4\n"
WRONG = {
    "neither level nor budget": (LEVEL, "", "a goal has a level or a budget"),
    "both": (LEVEL, "level = 0.4\nbudget = 8\n", "a goal has a level or a budget"),
    "a budget of nothing": (LEVEL, "budget = 0\n", "budget"),
    "a floor above the ceiling": ("at_least = 0.02", "at_least = 0.02\n[[also]]\noutcome = \"started_in_time\"\nat_least = 0.5\n"
        "[[also]]\noutcome = \"had_in_time\"\nat_most = 0.45", "a floor lies above a ceiling"),
    "a goal above its own ceiling": ("at_least = 0.02", "at_least = 0.02\n[[also]]\noutcome = \"had_in_time\"\nat_most = 0.3",
        "a floor lies above a ceiling"),
    "two bounds": ("at_least = 0.02", "at_least = 0.02\nat_most = 0.3", "one bound is needed"),
    "no bound": ("at_least = 0.02\n", "", "one bound is needed"),
    "no outcome of wants": ('"net_per_want"', '"gbp_per_adult_year"', "cannot be asked for"),
    "no group": ('"deprivation fifth: 5", ', '"deprivation fifth: 9", ', "no group is called"),
    "a gap of one": ('["deprivation fifth: 5", "deprivation fifth: 1"]', '["deprivation fifth: 5"]', "gap"),
    "a schedule of another lever": ("policy = {", "campaign = {", "does not move this lever"),
    "a word little by little": ('link_workers = { from = "year 3", over_weeks = 52 }',
        'mode_review = { from = "year 3", over_weeks = 52 }\n[search]\nall_levers = true', "cannot move little by little"),
    "a schedule of a misspelt lever": ('link_workers = { from = "year 3", over_weeks = 52 }',
        'budget_bord = { from = "year 2" }\n[search]\nall_levers = true', "budget_board"),
    "a schedule of a shock": ('link_workers = { from = "year 3", over_weeks = 52 }',
        'cut = { from = "year 3" }\n[search]\nall_levers = true', "does not move this lever"),
    "a schedule that never begins": ('"year 2"', '"year 6"', "it would never begin"),
    "a group of a gap": ('gap = [', 'group = "deprivation fifth: 1"\ngap = [', "a gap is between its own two groups"),
    "a budget whose candidates share too few worlds": ('link_workers = { from = "year 3", over_weeks = 52 }',
        '[search]\nfresh = 20\n', "at least 23"),
    "a schedule of no week": ('"year 2"', '"soon"', "schedule"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_asked_is_said_in_one_message(case, tmp_path, capsys):
    old, new, words = WRONG[case]
    assert old in GOAL
    text = GOAL.replace(LEVEL, "budget = 8\n") if case.startswith("a budget whose") else GOAL
    (tmp_path / "tiny.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert call(["solve", str(tmp_path / "tiny.toml"), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said and not (tmp_path / "out").exists()
