"""`solve` over every lever: screening, the rest at its best, what stops a goal, how far a budget goes; on toys with known truths."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from benchmarks.shares import __main__ as shares
from scenarios.questions.moves import Move
from scenarios.questions.solve import bounds, stops
from scenarios.questions.solve.columns import ALSO, COLUMNS, INDEX, NEEDS
from scenarios.questions.solve.frontier import solve
from scenarios.questions.solve.goal import load_goal, percent
from scenarios.questions.solve.noise import MOST_REPLICATES, Noise, measured, split, wanted
from scenarios.questions.solve.runs import OPENED, Runs
from scenarios.questions.solve.screen import SEARCHED, chosen, design, from_table
from scenarios.questions.solve.words import as_dict, at_bounds, headline, staying, stopped
from scenarios.questions.steps import LEFT_OUT, STEPS
from scenarios.reading.checks import lever_value
from scenarios.running.study import world_parameters
from sim.errors import UserError
from sim.numbers.levers import BY_NAME
from sim.results.result import LEVELS

TWENTY = [one.lever for one in bounds.moved() if not BY_NAME[one.lever].choice][:20]
GOAL = """name = "toy"
question = "A toy?"
frontier = [0.5]
[goal]
level = LEVEL
[levers]
directory = [0.1, 1.0]
[search]
all_levers = true
bundles = 24
worlds = 6
rounds = 2
each_round = 4
fresh = 400
candidates = 3
"""


class Toy(Runs):
    """Available: 0.1, and 0.6 shared out among twenty levers: half of it to five. Each costs a pound at its end, the five two.
    Opening 'knew' adds 15 points, another gate 2."""

    spread = 0.04

    def weights(self):
        return np.array([0.06] * 5 + [0.02] * 15)

    def _run(self, todo, worlds, opened):
        for bundle, keys in todo:
            for key, world in zip(keys, worlds, strict=True):
                self.known[key] = self.one(self.goal.values(bundle), world, opened)

    def luck(self, draw, replicate):
        return self.spread * np.random.default_rng([1, draw]).normal()

    def one(self, levers, world, opened):
        ways = np.array([way(name, levers.get(name)) for name in TWENTY])
        gates = opened.split(" + ") if opened else []
        reached = 0.1 + ways @ self.weights() + sum(0.15 if gate == "knew" else 0.02 for gate in gates)
        row = np.zeros(len(COLUMNS))
        row[INDEX["available"]] = reached + self.luck(*world)
        row[INDEX["gbp_per_adult_year"]] = 2 + ways @ np.array([2.0] * 5 + [1.0] * 15)
        row[[INDEX[f"wants_{g}"] for g in range(len(LEVELS))]] = 400.0
        row[[INDEX[name] for name in NEEDS]] = 1.0
        return row


def way(name, value):
    """How far along its range a lever is."""
    if value is None:
        return 0.0
    first, last = bounds.bounds()[name].values
    return ((value - first) / (last - first)) ** (1 / bounds.power_of(name))


def toy(folder, level, text=GOAL):
    path = folder / "toy.toml"
    path.write_text(text.replace("level = LEVEL", level), encoding="utf-8")
    return load_goal(path)


def solved(folder, level, kind=Toy, text=GOAL):
    with kind(toy(folder, level, text), folder / "runs", workers=1) as runs:
        return solve(runs.goal, runs)


@pytest.fixture(scope="module")
def easy(tmp_path_factory):
    return solved(tmp_path_factory.mktemp("easy"), "level = 0.3")


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    return solved(tmp_path_factory.mktemp("hard"), "level = 0.62")


@pytest.fixture(scope="module")
def beyond(tmp_path_factory):
    return solved(tmp_path_factory.mktemp("beyond"), "level = 0.8")


# ------------------------------------------------------------------ twenty levers


def test_a_goal_that_the_levers_that_matter_reach_is_found_over_them_alone(easy):
    """The five of six points matter most, at 3 points a pound; the others give 2. Least cost: 0.234 points (luck's 20% quantile
    with them) at 3 points a pound, 2 + 7.8."""
    searched = {span.lever for span in easy.goal.spans}
    assert set(TWENTY[:5]) <= searched and len(searched) == SEARCHED and searched <= set(TWENTY)
    assert easy.answer.found.verdict.word == "certified" and easy.answer.found.bundle[-1] < 0.2
    assert easy.answer.found.cost <= 1.1 * (2 + 7.8)
    assert {name for name, _, _ in staying(easy)} == {one.lever for one in bounds.moved()} - searched
    assert all(why for _, _, why in staying(easy)) and easy.stop is None


def test_a_goal_that_takes_all_twenty_is_found_with_the_others_moved_together(hard):
    """Ten levers come to 0.1 + 0.3 + 0.1; all twenty to 0.7."""
    assert hard.answer.found is not None and hard.answer.found.verdict.word == "certified"
    assert {span.lever for span in (*hard.goal.spans, *hard.goal.rest)} == set(TWENTY)
    assert hard.answer.found.bundle[-1] > 0.5
    assert sum("Moved with the others" in why for _, _, why in staying(hard)) == len(TWENTY) - SEARCHED


def test_an_end_of_a_range_is_told_with_its_reason_and_what_lies_beyond(beyond):
    """What reached furthest has all levers at their ends."""
    said = at_bounds(beyond)
    assert [line.split(" is at ")[0] for line in said] == [one.lever for one in (*beyond.goal.spans, *beyond.goal.rest)]
    assert all(bounds.bounds()[line.split()[0]].why in line and "Beyond:" in line for line in said)


def test_a_goal_beyond_all_levers_is_refused_with_the_step_that_stops_it(beyond):
    """All twenty come to 0.7, and 'known' adds 0.15: alone enough. No other step is."""
    assert beyond.answer.found is None and "not reachable" in headline(beyond)
    assert [step.name for step in beyond.stop.steps] == ["known"] and beyond.stop.enough
    assert beyond.stop.met < 0.1 and all(beyond.stop.alone[step.name] < 0.2 for step in STEPS if step.name != "known")
    assert "stops it is 'Known'" in stopped(beyond) and as_dict(beyond)["stop"]["steps"] == ["known"]


def test_steps_are_opened_together_where_none_is_enough_alone():
    gains = {"known": 0.3, "places": 0.3, "fits": 0.1, "way_in": 0.0, "asked": 0.0}
    steps, alone, share = stops.opened_until(lambda some: (0.1 + sum(gains[one.name] for one in some), 0.0), 0.65)
    assert [one.name for one in steps] == ["known", "places"] and share == pytest.approx(0.7)
    assert alone == pytest.approx({name: 0.1 + gain for name, gain in gains.items()})
    steps, _, share = stops.opened_until(lambda some: (0.0, 0.0), 0.65)
    assert len(steps) == len(STEPS) and share == 0.0


def test_where_no_step_meets_the_goal_the_one_that_comes_nearest_is_named():
    steps, _, _ = stops.opened_until(lambda some: (0.0, float("places" in [one.name for one in some])), 0.65)
    assert steps[0].name == "places"


def test_no_step_is_said_to_stop_what_comes_often_enough_and_is_only_not_certified(tmp_path):
    """All twenty come to 0.7: above 0.65 in nine worlds of ten, which forty fresh worlds rarely certify for eight of ten."""
    text = GOAL.replace("fresh = 400", "fresh = 30").replace("candidates = 3", "candidates = 1\nsteps = 200")
    found = solved(tmp_path, "level = 0.657", text=text)
    step = found.steps[-1]
    assert found.answer.found is None and step.verdict.share >= 0.8 and "too near 80% to tell" in headline(found)
    assert found.stop is None and as_dict(found)["stop"] is None
    assert (
        f"No step of the ladder stops it: the policy that comes nearest meets the goal in {step.verdict.met} of the 200"
        in stopped(found)
    )


def test_every_step_has_a_gate_that_can_be_opened():
    assert all(step.gate in OPENED for step in STEPS)


# ------------------------------------------------------------------ assumptions


def test_the_value_from_which_on_a_goal_holds_in_closed_form():
    """Slack = rank - 0.5 with a normal spread of 0.1: 80% hold from the rank 0.5 + 0.1 z(0.8) on."""
    rank = (np.arange(4000) + 0.5) / 4000
    slack = rank - 0.5 + 0.1 * np.random.default_rng(1).normal(size=4000)
    at, beyond, best, up = stops.line(rank, slack, 0.8)
    assert at == pytest.approx(0.5 + 0.1 * norm.ppf(0.8), abs=0.01) and beyond == pytest.approx(1 - at) and up
    assert best == pytest.approx(norm.cdf(4.5), abs=0.01)
    at, beyond, _, up = stops.line(1 - rank, slack, 0.8)
    assert at == pytest.approx(0.5 - 0.1 * norm.ppf(0.8), abs=0.01) and beyond == pytest.approx(at) and not up


def test_where_no_value_is_enough_that_is_said():
    rank = (np.arange(400) + 0.5) / 400
    at, beyond, best, _ = stops.line(rank, 0.1 * rank - 1 + 0.1 * np.random.default_rng(1).normal(size=400), 0.8)
    assert np.isnan(at) and beyond == 0 and best < 0.01


def test_the_assumption_that_makes_the_difference_is_named(tmp_path):
    """The toy's slack is a line in one parameter of the step and nothing else."""
    with Toy(toy(tmp_path, "level = 0.8"), tmp_path / "runs", workers=1) as runs:
        values = world_parameters(runs.study, [(draw, 0) for draw in range(6, 206)]).search_rate
        rank = np.argsort(np.argsort(values)) / 200
        known = next(step for step in STEPS if step.name == "known")
        one = stops.assumption_of(runs, range(6, 206), rank - 0.5 + 0.01 * np.sin(np.arange(200)), known)
    assert one.name == "search_rate" and one.up and one.of_step
    assert one.beyond == pytest.approx(0.5, abs=0.03) and one.needed == pytest.approx(np.median(values), rel=0.05)


def test_no_assumption_is_named_where_the_slack_is_luck_alone(tmp_path):
    """Of some eighty assumptions one goes with any slack by chance: it takes a bar. Twenty slacks of luck alone, each in 60 worlds."""
    known = next(step for step in STEPS if step.name == "known")
    with Toy(toy(tmp_path, "level = 0.8"), tmp_path / "runs", workers=1) as runs:
        slacks = np.random.default_rng(1).normal(size=(20, 60)) - 1
        named = [stops.assumption_of(runs, range(6, 66), slack, known) for slack in slacks]
    assert sum(one is not None for one in named) <= 3


def test_that_none_stands_out_is_said_with_the_worlds(beyond):
    """The toy's luck has nothing to do with any assumption."""
    assert beyond.stop.assumption is None and beyond.stop.draws == 200
    assert "No assumption stands out in 200 worlds" in stopped(beyond)


# ------------------------------------------------------------------ screening


@pytest.mark.parametrize("levers", [3, 20, 44])
def test_the_design_is_balanced_for_levers_and_pairs(levers):
    x = 2 * design(levers) - 1
    assert np.allclose(x.T @ x, len(x) * np.eye(levers)) and np.allclose(x.sum(axis=0), 0)
    products = np.array([x[:, i] * x[:, j] for i in range(levers) for j in range(i)])
    assert np.allclose(products @ x, 0), "what two do together is not taken for what one does"


def test_levers_are_chosen_by_what_they_do_and_then_for_a_pound():
    effect = np.array([9, 8, 7, 6, 5, 4, 3, 2.9, 2.8, 2.7, 2.6, -5, 0.1])
    cost = np.array([9, 9, 9, 9, 9, 9, 9, 1, 1, 1, 0, 1, 0.0])
    assert chosen(effect, np.full(13, 0.1), cost) == (0, 1, 2, 3, 4, 5, 7, 8, 9, 10)


def test_a_table_of_what_levers_move_is_used_where_it_is_of_the_goal(tmp_path):
    goal = toy(tmp_path, "level = 0.5")
    spans = goal.everywhere()[:2]
    rows = [
        Move(span.lever, 20.0, on, outcome, change, change - 0.02, change + 0.02, 0.0, 20, True)
        for span, gain in zip(spans, (0.3, 0.01), strict=True)
        for on, times in (("today", 1.0), ("everyone", 2.0))
        for outcome, change in (("available", gain * times), ("gbp_per_adult_year", 5.0))
    ]
    found = from_table(spans, goal, rows)
    assert found.effect == pytest.approx([0.6, 0.02]) and found.cost == pytest.approx([5, 5])
    assert from_table(goal.everywhere(), goal, rows) is None, "not every lever is in it"
    assert from_table(spans, replace(goal, group=1), rows) is None


# ------------------------------------------------------------------ bounds


def test_every_lever_has_a_row_with_its_reasons():
    assert list(bounds.bounds()) == list(BY_NAME)
    for one in bounds.bounds().values():
        assert one.stays and (one.why and one.beyond if one.values else not one.why), one.lever


def test_ranges_begin_at_todays_policy_and_hold_the_ladders_ends(tmp_path):
    goal = replace(toy(tmp_path, "level = 0.5"), spans=())
    goal = replace(goal, spans=goal.everywhere())
    assert goal.scenario(np.zeros(len(goal.spans))).levers == goal.base.levers
    best = goal.scenario(np.ones(len(goal.spans))).levers
    ladder = {name: end for step in STEPS for name, end in step.levers.items()}
    assert {name: best[name] for name in ladder} == pytest.approx(
        {name: lever_value(name, end) for name, end in ladder.items()}
    )
    assert {one.lever for one in bounds.moved()} - set(ladder) <= set(LEFT_OUT)


def test_the_table_is_read_as_written():
    with bounds.TABLE.open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(BY_NAME)


# ------------------------------------------------------------------ a budget


def test_a_budget_buys_the_furthest_policy_and_its_level_is_certified(tmp_path):
    """Four pounds over today's buy 12 points at 3 a pound; luck's 20% quantile takes 3.4 and the certificate some more."""
    found = solved(tmp_path, "budget = 6.0")
    level, best = found.goal.file.goal.level, found.answer.found
    assert best.cost <= 6.0 and best.verdict.word == "certified"
    assert 0.7 * 0.12 <= level - 0.1 + 0.04 * 0.84 <= 0.12
    assert "budget of £6.00" in headline(found) and f"for {percent(level)} of wants" in headline(found)


def test_a_level_is_told_rounded_down():
    """What is certified is at least what is said."""
    assert [percent(one) for one in (0.476, 0.4769, 0.5, 0.55, 0.29, 0.999)] == [
        "47.6%",
        "47.6%",
        "50%",
        "55%",
        "29%",
        "99.9%",
    ]


def test_a_budget_below_todays_cost_is_refused(tmp_path):
    with pytest.raises(UserError, match="less than today's policy costs") as caught:
        solved(tmp_path, "budget = 1.5")
    assert "£2.00" in str(caught.value) and "budget = 3" in str(caught.value)


# ------------------------------------------------------------------ luck


class Lucky(Toy):
    """Each run has luck of its own, half as large as the draw's."""

    def luck(self, draw, replicate):
        return super().luck(draw, 0) + 0.5 * self.spread * np.random.default_rng([2, draw, replicate]).normal()


def test_so_many_runs_of_luck_that_it_hardly_counts(tmp_path):
    """Luck is a quarter of the variance between draws: three runs take it under a tenth. Twelve draws tell it roughly."""
    goal = toy(tmp_path, "level = 0.3", GOAL.replace("all_levers = true", "all_levers = true\naverage_luck = true"))
    with Lucky(goal, tmp_path / "a", workers=1) as runs:
        lucky = measured(runs, runs.goal.today)
    with Lucky(toy(tmp_path, "level = 0.3"), tmp_path / "a", workers=1) as runs:
        quick = measured(runs, runs.goal.today)
    with Toy(toy(tmp_path, "level = 0.3"), tmp_path / "b", workers=1) as runs:
        plain = measured(runs, runs.goal.today)
    assert 1 < lucky.replicates == lucky.wanted <= MOST_REPLICATES and lucky.enough
    assert quick.replicates == 1 and not quick.enough and f"{lucky.wanted} runs (--careful)" in quick.said
    assert plain.replicates == 1 and plain.within == 0


class Drowned(Toy):
    """Luck alone: draws do not differ."""

    def luck(self, draw, replicate):
        return self.spread * np.random.default_rng([2, draw, replicate]).normal()


def test_where_luck_drowns_the_draws_as_many_runs_as_may_be_are_taken(tmp_path):
    text = GOAL.replace("all_levers = true", "all_levers = true\naverage_luck = true").replace(
        "worlds = 6", "worlds = 12"
    )
    drowned = []
    for seed in range(8):
        with Drowned(toy(tmp_path, "level = 0.3", text), tmp_path / str(seed), workers=1) as runs:
            runs.luck = lambda draw, replicate, seed=seed: Drowned.luck(runs, draw + 100 * seed, replicate)
            drowned.append(measured(runs, runs.goal.today))
    unseen = [one for one in drowned if one.between == 0]
    assert unseen and all(one.replicates == MOST_REPLICATES and one.wanted is None for one in unseen)
    assert all("too much luck to see whether draws differ" in one.said and not one.enough for one in unseen)
    assert all(one.replicates >= 3 for one in drowned), "the others see some difference, by luck, and take several too"


def test_a_remedy_is_told_for_what_it_does():
    """Luck of 1.5 times what draws differ takes 16 runs: eight bring it to 19%, and do not mend it."""
    one = Noise(1.5, 1.0, 1, wanted(1.5, 1.0), 0.8)
    assert one.wanted == 16 and "8 runs (--careful) bring it to 19%" in one.said and "mend" not in one.said
    assert "3 runs (--careful) mend it" in Noise(0.25, 1.0, 1, wanted(0.25, 1.0), 0.8).said
    assert "More people help." in Noise(1.5, 1.0, 8, 16, 0.8).said and wanted(0.0, 0.0) == 1


def test_only_a_certificate_of_more_than_a_half_errs_on_the_safe_side():
    said = {needed: Noise(0.5, 1.0, 1, 6, needed).said for needed in (0.3, 0.5, 0.8)}
    assert "safe side" in said[0.8] and "unsafe" not in said[0.8]
    assert "unsafe side" in said[0.3] and "safe side" not in said[0.5]


def test_the_benchmark_of_shares_sets_one_run_beside_several(tmp_path, monkeypatch):
    """Same draws, another luck: were both columns of one run each, nothing would be shown."""
    monkeypatch.setattr(shares, "Runs", Lucky)
    found = shares.measure(5, 12, tmp_path, 1)
    assert found.noise.replicates > 1 and not np.array_equal(found.single, found.averaged)
    assert len(found.whole) == len(found.single) == 12 and f"| {found.noise.replicates} " in "\n".join(
        shares.lines([found], 12)
    )


def test_variance_is_split_as_an_analysis_of_variance_does():
    rng = np.random.default_rng(1)
    slack = rng.normal(size=(4000, 1)) + 0.5 * rng.normal(size=(4000, 3))
    within, between = split(slack)
    assert within == pytest.approx(0.25, rel=0.05) and between == pytest.approx(1.0, rel=0.06)


def test_fresh_worlds_are_averaged_over_their_runs_of_luck(tmp_path):
    with Lucky(toy(tmp_path, "level = 0.3"), tmp_path / "a", workers=1) as runs:
        runs.fresh_replicates = 4
        one, many = runs.goal.today[None], runs.each(runs.goal.today, [50], 4)
        assert runs.columns(one, [50])[0, 0] == pytest.approx(many[0].mean(axis=0))
        assert len(runs.worlds([2])) == 1 and len(runs.worlds([50])) == 4


def test_what_else_is_asked_for_has_columns_enough():
    assert set(ALSO) <= set(COLUMNS)
