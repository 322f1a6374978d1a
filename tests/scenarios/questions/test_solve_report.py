"""What `solve` reports, on a toy whose truth is known in closed form: frontier, prices, gates, groups, rivals, words."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from reports.questions import solve as solving
from reports.tables.described import paths, undeclared
from scenarios.questions.solve.columns import COLUMNS, INDEX, by_group
from scenarios.questions.solve.describe import REACH_GATES, who
from scenarios.questions.solve.frontier import enough_wants, solve
from scenarios.questions.solve.goal import load_goal
from scenarios.questions.solve.rivals import compare, first_steps, signposts
from scenarios.questions.solve.runs import Runs
from scenarios.questions.solve.words import aim, as_dict, first_year, headline, held_in, shown_steps, stops, who_line
from scenarios.reading.rivals import RIVALS
from scenarios.running.study import make_shape
from sim.errors import UserError
from sim.results.result import LEVELS

GOAL = """name = "toy"
question = "A toy?"
[goal]
level = 0.5
[levers]
directory = [0.1, 1.0]
online_places = [6, 120]
[search]
bundles = 24
worlds = 6
rounds = 2
each_round = 4
fresh = 400
candidates = 3
"""
FIRST_FIFTH, SMALL_GROUP = 1, len(LEVELS) - 1
FEWER, MOST = 0.1, 0.8


class Toy(Runs):
    """Availability 0.2 + 0.5 x + 0.1 y and a little luck; GBP 2 + 4 x + y. Opening 'knew' adds 15 points, others 2."""

    wants = 400.0

    def _run(self, todo, worlds, opened):
        for bundle, keys in todo:
            for key, (draw, _) in zip(keys, worlds, strict=True):
                self.known[key] = self.one(np.nan_to_num(bundle), draw, opened)

    def one(self, bundle, world, opened):
        row = np.zeros(len(COLUMNS))
        luck = 0.04 * np.random.default_rng([1, world]).normal()
        reached = 0.2 + 0.5 * bundle[0] + 0.1 * bundle[1] + luck + (0.15 if opened == "knew" else 0.02 * bool(opened))
        row[[INDEX["available"], INDEX["quality"], INDEX["better_per_want"]]] = reached, 0.7, reached / 4
        row[INDEX["gbp_per_adult_year"]] = 2 + 4 * bundle[0] + bundle[1]
        row[INDEX["stopped_1"]] = 1 - reached
        for g in range(len(LEVELS)):
            row[INDEX[f"wants_{g}"]] = 5.0 if g == SMALL_GROUP else self.wants
            row[INDEX[f"reached_{g}"]] = row[INDEX[f"wants_{g}"]] * (
                reached - FEWER * (g == FIRST_FIFTH) if g != SMALL_GROUP else 0.0
            )
        return row

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def toy(tmp_path, text=GOAL):
    path = tmp_path / "toy.toml"
    path.write_text(text, encoding="utf-8")
    return load_goal(path)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    with Toy(toy(folder), folder / "runs") as runs:
        return solve(runs.goal, runs)


def test_the_answer_is_certified_at_nearly_the_least_cost(found):
    """Availability 0.5 in at least 0.8 of worlds takes 0.534 (luck's 20% quantile); cheapest by x alone: GBP 4.67."""
    assert found.answer.found.verdict.word == "certified"
    assert 4.60 <= found.answer.found.cost <= 1.08 * 4.67
    assert "yes, for about £4." in headline(found) and "of 10 of the worlds we assumed" in headline(found)


def test_the_frontier_stops_where_the_truth_does(found):
    """At most 0.8 is reached: 50 and 65% in enough worlds, 80% in about half, 95% in none."""
    assert [s.reached for s in found.steps] == [True, True, False, False]
    assert [s.certified for s in found.steps] == [True, False, False, False]
    assert found.steps[2].point.available.median == pytest.approx(MOST, abs=0.02)
    assert [s.verdict.word for s in found.steps][2:] == ["open", "rejected"]
    assert "It stops at 65%: 95% is not reachable with these levers; 80% was not met in enough" in stops(found)
    assert "'knew'" in stops(found)
    assert [words for words, _ in shown_steps(found)] == ["50%", "65%", "80%", "95%"]


def test_what_was_certified_counts_as_reached_though_the_worlds_that_describe_it_are_unlucky(tmp_path):
    """Twenty worlds can fall the other way than the hundreds that tested it: they take no certificate back."""

    class Unlucky(Toy):
        def one(self, bundle, world, opened):
            row = super().one(bundle, world, opened)
            row[INDEX["available"]] -= 0.1 * (world >= 6 + 400)
            return row

    with Unlucky(toy(tmp_path), tmp_path / "runs") as runs:
        result = solve(runs.goal, runs)
    step = result.steps[0]
    assert step.certified and step.reached and step.verdict.word == "rejected"
    assert (
        held_in(step)
        == f"{step.verdict.met} of 20 worlds; {step.certificate.met} of the {step.certificate.worlds} that tested it"
    )
    assert stops(result).startswith("It stops at") and "50%" not in stops(result)


def test_the_price_of_a_point_and_of_a_gate(found):
    """By x alone a point costs GBP 4 / 50 = 0.08 (y: 0.10); 15 points are worth 15 times that."""
    step = found.steps[0]
    assert 0.079 <= step.shadow <= 0.092
    assert step.binds.gate == "knew" and step.binds.gain.median == pytest.approx(0.15)
    assert step.worth == pytest.approx(15 * step.shadow)
    assert set(REACH_GATES) > {"knew"}


def test_the_worst_off_group_and_the_widest_gap(found):
    """The first fifth is 10 points behind; a group with too few wants is left out though nobody in it is reached."""
    w = found.found.who
    assert w.worst == "deprivation fifth 1" and w.worst_of_gap == "deprivation fifth 1"
    assert w.gap.median == pytest.approx(FEWER)
    assert "10 points" in who_line(found.found)
    assert all(" ".join(LEVELS[SMALL_GROUP]) not in text for text in (w.worst, w.worst_of_gap, w.best_of_gap))


def test_no_group_large_enough_is_said():
    assert who(np.zeros((3, len(COLUMNS)))) is None


def test_groups_are_read_back_as_written(found):
    row = Toy.one.__get__(type("T", (), {"wants": 7.0})())(np.zeros(2), 3, "")
    wants, reached = by_group(row[None], [0, FIRST_FIFTH])
    assert wants.tolist() == [[7.0, 7.0]] and reached[0, 0] - reached[0, 1] == pytest.approx(7.0 * FEWER)


def test_an_impossible_goal_is_said_to_be_so_and_why(tmp_path):
    with Toy(toy(tmp_path, GOAL.replace("level = 0.5", "level = 0.97")), tmp_path / "runs") as runs:
        result = solve(runs.goal, runs)
    assert result.answer.found is None and not result.answer.reachable
    assert "not reachable with these levers" in headline(result) and "held in 0 of" in headline(result)
    assert "the gate 'knew'" in stops(result) and as_dict(result)["answer"] is None


@pytest.mark.parametrize(
    ("floor", "reached"),
    [
        ("better_at_least = 0.1", True),
        ("better_at_least = 0.25", False),
        ("quality_at_least = 0.65", True),
        ("quality_at_least = 0.75", False),
    ],
)
def test_floors_of_people_better_off_and_of_quality_are_part_of_the_goal(floor, reached, tmp_path):
    """Quality is 0.7 everywhere; at most 0.2 end better off."""
    with Toy(toy(tmp_path, GOAL.replace("level = 0.5", f"level = 0.5\n{floor}")), tmp_path / "runs") as runs:
        result = solve(runs.goal, runs)
    assert (result.answer.found is not None) == reached
    assert ("quality" if "quality" in floor else "better off") in aim(runs.goal)


def test_a_goal_on_a_group_takes_300_wants_and_says_how_many_people(tmp_path):
    one = toy(tmp_path, GOAL.replace("level = 0.5", 'level = 0.5\ngroup = "deprivation fifth: 1"'))
    with Toy(one, tmp_path / "runs") as runs:
        enough_wants(one, runs)
        runs.known.clear()
        runs.wants = 150.0
        with pytest.raises(UserError, match="too few people of this group") as caught:
            enough_wants(one, runs)
    assert (
        "about 150" in str(caught.value)
        and "people = 22000" in str(caught.value)
        and "replicates = 2" in str(caught.value)
    )
    many = replace(one, file=one.file.model_copy(update={"run": one.file.run.model_copy(update={"replicates": 2})}))
    with Toy(many, tmp_path / "more") as runs:
        runs.wants = 150.0
        enough_wants(many, runs)


def test_a_goal_on_whoever_is_worst_off_takes_a_group_with_enough_wants_in_enough_worlds(tmp_path):
    """The condition cannot be read in any world of few people: the search would run to its end and find nothing."""

    class Few(Toy):
        unread = 1.0

        def one(self, bundle, world, opened):
            row = super().one(bundle, world, opened)
            row[INDEX["also_0"]] = -2.0 if world < 6 * self.unread else 0.1
            return row

    one = toy(tmp_path, GOAL + '[[also]]\ngroup = "worst off"\nat_least = 0.2\n')
    with Few(one, tmp_path / "runs") as runs:
        runs.wants = 150.0
        with pytest.raises(UserError, match="too few people to tell which group is worst off") as caught:
            enough_wants(one, runs)
        assert "in 0 of 6 worlds" in str(caught.value) and "people = 22000" in str(caught.value)
        runs.known.clear()
        runs.unread = 1 / 6
        enough_wants(one, runs)


def test_regret_by_hand(tmp_path):
    """Two policies under two rivals: the cheap one is best under one, and 40 points of worlds short under the other."""
    one = toy(tmp_path)
    met, cost = np.ones((len(RIVALS), 2)), np.tile([3.0, 5.0], (len(RIVALS), 1))
    met[3] = [0.4, 1.0]
    result = compare(one, np.array([[0.5, 0.0], [1.0, 0.5]]), met, cost)
    assert result.best == tuple(1 if i == 3 else 0 for i in range(len(RIVALS)))
    assert result.regret_points[3, 0] == pytest.approx(0.4) and result.regret_gbp[3, 0] == pytest.approx(-2.0)
    assert result.regret_gbp[0, 1] == pytest.approx(2.0) and result.regret_points[0, 1] == 0.0
    (line,) = signposts(result)
    assert RIVALS[3].sign in line and "40% of worlds (as assumed: 100%)" in line and "policy 2" in line
    assert first_year(result) == "First-year steps worth taking under every rival: directory at least 0.55 (today 0.1)."


def test_a_choice_is_a_first_step_only_where_all_agree(tmp_path):
    one = toy(tmp_path, GOAL.replace("online_places = [6, 120]", 'mode_review = ["opt_in", "opt_out"]'))
    assert first_steps(one, np.array([[0.0, 1.0], [0.0, 1.0]])) == ("mode_review opt_out (today opt_in)",)
    assert first_steps(one, np.array([[0.0, 1.0], [0.0, 0.0]])) == ()


def test_rivals_are_ends_of_declared_priors():
    names = [rival.name() for rival in RIVALS]
    assert len(set(names)) == len(names)
    assert {k: v for r in RIVALS for k, v in r.fixed().items() if r.end == "low"}["want_length_weeks"] == 20.0


def test_every_key_of_the_answer_is_declared(found):
    """What docs/tables.md says of answer.json is all that is in it."""
    columns = next(one.columns for one in solving.WRITTEN if "answer.json" in one.title)
    assert not undeclared(paths(as_dict(found)), columns)


def test_the_frontiers_table_says_where_and_how_many(found, tmp_path):
    solving.write_frontier(tmp_path / "frontier.csv", found)
    rows = list(csv.DictReader((tmp_path / "frontier.csv").open(encoding="utf-8")))
    shape = make_shape(found.goal_study(), [(0, 0)])
    assert rows and {(row["areas"], row["adults_a_world"], row["seed"]) for row in rows} == {
        ("; ".join(shape.names), str(shape.people), str(found.goal_study().seed))
    }
