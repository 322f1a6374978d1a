"""One rule for differences: picture, words, tile and table tell the same number; noise is not called a gainer; marks mark."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_result, fake_shape

from dashboards.asked.state import Asked, Policy
from dashboards.cards import goal_charts
from dashboards.cards.goal_charts import frontier_sentence
from dashboards.cards.tiles import tiles
from dashboards.pages.compare import compare_sentence, difference_table
from dashboards.pages.explore import draw, figure_sentence, group_lines, main_chart
from dashboards.pages.facilitator import words_of
from dashboards.work.searching import Tried
from dashboards.work.session import Shown
from reports import svg
from reports.differences import beside_today
from reports.figures import FIGURES
from reports.what_changed import explain
from scenarios.questions.solve.words import furthest
from sim.results import gainers, summary
from sim.results.result import LEVELS, WEEKLY, Measure, Result

TODAY, CHANGE = (0.10, 0.20, 0.30, 0.40, 0.50), (0.25, 0.02, 0.03, 0.04, 0.05)
"""Availability in five worlds, and what a policy adds to it. Today's middle is 30%. The policy's levels are 35, 22, 33, 44 and
55%, of which the middle is 35%, five points more; but the middle of the differences is 4 points. By hand."""


def run(shares, weekly_shares=None) -> Result:
    """A made-up run in which every group of a world has that world's share available, and used."""
    result = fake_result(fake_shape(worlds=len(shares)))
    tally, weekly = result.tally.copy(), result.weekly.copy()
    tally[:, :, Measure.WANTS] = tally[:, :, Measure.ELIGIBLE] = 1000
    tally[:, :, Measure.AVAILABLE] = np.round(1000 * np.asarray(shares))[:, None]
    weekly[:, :, WEEKLY.index("used_last_year")] = np.round(10_800 * np.asarray(shares))[None, :]
    return replace(result, tally=tally, weekly=weekly)


@pytest.fixture(scope="module")
def shown() -> Shown:
    asked = Asked(policy=Policy("open_door"), unfolded=True, chart="available")
    return Shown(asked, run(TODAY), run(np.add(TODAY, CHANGE)))


def marks(picture: str) -> list[float]:
    """Where the thick lines of the middles stand."""
    return [float(x) for x in re.findall(r'<line x1="([\d.]+)"[^>]*stroke-width="3"', picture)]


def points_per_pixel(picture: str) -> float:
    """From the numbers under the axis."""
    found = [
        (float(x), float(v))
        for x, v in re.findall(r'<text x="([\d.]+)"[^>]*text-anchor="middle"[^>]*>([\d.]+)%</text>', picture)
    ]
    (x0, v0), (x1, v1) = found[0], found[-1]
    return (v1 - v0) / (x1 - x0)


def test_the_dots_of_worlds_stand_as_far_apart_as_the_words_say(shown):
    chart = main_chart(FIGURES["available"], shown, "Plan", 760)
    today, plan = marks(chart.svg)
    assert (plan - today) * points_per_pixel(chart.svg) == pytest.approx(4.0, abs=0.1)
    assert ">30.0%<" in chart.svg and ">+4.0 points<" in chart.svg and "35.0%" not in chart.svg
    assert "median 30.0%" in chart.sentence and "+4.0 points" in chart.sentence


def test_lines_over_the_years_end_as_far_apart_as_the_words_say(shown):
    chart = main_chart(FIGURES["used_last_year"], shown, "Plan", 760)
    assert ">+4.0 points<" in chart.svg and ">30.0%<" in chart.svg and "35.0%" not in chart.svg
    assert "+4.0 points" in figure_sentence(FIGURES["used_last_year"], shown)
    plan, today = (
        re.findall(r"[\d.]+ ([\d.]+)", way)[-1] for way in re.findall(r'<path d="M([^"]*)" fill="none"', chart.svg)
    )
    ticks = [
        (float(y), float(v))
        for y, v in re.findall(r'<text x="[\d.]+" y="([\d.]+)"[^>]*text-anchor="end"[^>]*>([\d.]+)%</text>', chart.svg)
    ]
    scale = (ticks[-1][1] - ticks[0][1]) / (ticks[-1][0] - ticks[0][0])
    assert (float(plan) - float(today)) * scale == pytest.approx(4.0, abs=0.1)


def test_dots_of_groups_stand_as_far_apart_as_their_labels_say(shown):
    page = draw(shown.asked, shown, 760)
    picture = str(page.charts[-1]["svg"])
    scale, dots = (
        points_per_pixel(picture),
        re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"[^>]*fill="([^"]*)"', picture),
    )
    rows = {y: {fill: float(x) for x, y2, fill in dots if y2 == y} for _, y, _ in dots}
    labels = re.findall(r">([+-][\d.]+)</text>", picture)
    assert len(rows) == len(labels) == len(group_lines(shown)) > 20
    assert set(labels) == {"+4.0"}
    for row in rows.values():
        assert (row[svg.PLAN] - row[svg.PAPER]) * scale == pytest.approx(4.0, abs=0.1)


def test_tile_explanation_compare_and_workshop_tell_the_same_number(shown):
    tile = tiles(shown.asked, shown.today, shown.plan)[0]
    assert (tile["value"], tile["from"]) == ("+4.0 points", "30.0%")
    assert any("+4.0 points" in said.text for said in explain(shown.today, shown.plan))
    lines = [("Plan", shown.plan)]
    available = FIGURES["available"]
    told = (
        compare_sentence(available, shown.today, lines),
        difference_table(shown.today, lines, shown.asked),
        words_of(shown),
        beside_today(available, shown.today, [("Plan", svg.PLAN, shown.plan)], "", 760).svg,
    )
    for text in told:
        assert "+4.0 points" in text and "30.0%" in text and "35.0%" not in text and "+5.0" not in text


def test_without_a_policy_levels_are_told_and_nothing_differs(shown):
    same = replace(shown, plan=shown.today)
    tile = tiles(same.asked, same.today, same.plan)[0]
    assert (tile["value"], tile["from"]) == ("30.0%", "")
    assert "Move a lever" in figure_sentence(FIGURES["available"], same)
    assert not re.search(r">[+-][\d.]+</text>", str(draw(same.asked, same, 760).charts[-1]["svg"]))


def test_bars_of_the_cascade_differ_by_what_the_sentences_say(shown):
    rng = np.random.default_rng(3)
    plan = replace(shown.plan, tally=shown.plan.tally.copy())
    moved = rng.integers(-40, 40, len(summary.GATES))
    plan.tally[:, 0, Measure.FAILED : Measure.FAILED + len(moved)] += moved
    shares = {
        two.name: (f"{100 * one.share:.1f}", f"{100 * two.share:.1f}")
        for one, two in summary.cascades([shown.today, plan])
    }
    whys = [said.text for said in explain(shown.today, plan) if said.kind == "why"]
    assert len(whys) == 3
    for text in whys:
        size, word = re.match(r"Of 100 wants, ([\d.]+) (more|fewer)", text).groups()
        before, after = next(pair for name, pair in shares.items() if name.split(": ")[-1] in text)
        assert f"{float(after) - float(before):+.1f}" == f"{'+' if word == 'more' else '-'}{size}"


# ------------------------------------------------------------------ who gains


def groups_of(worlds: int, seed: int, lift: dict[int, int]) -> tuple[Result, Result]:
    """Two runs in which every group gains 50 wants of 1,000 and some luck; `lift` adds to the rows of LEVELS that it names."""
    rng = np.random.default_rng(seed)
    a = fake_result(fake_shape(worlds=worlds))
    tally = a.tally.copy()
    tally[:, :, Measure.WANTS] = tally[:, :, Measure.ELIGIBLE] = 1000
    tally[:, :, Measure.AVAILABLE] = 300
    other = tally.copy()
    other[:, :, Measure.AVAILABLE] += 50 + rng.integers(-20, 21, tally.shape[:2])
    other[:, 0, Measure.AVAILABLE] = 350
    for row, more in lift.items():
        other[:, row, Measure.AVAILABLE] += more
    return replace(a, tally=tally), replace(a, tally=other)


def test_the_largest_of_25_groups_that_differ_by_luck_is_not_called_a_gainer():
    named = 0
    for seed in range(60):
        a, b = groups_of(20, seed, {})
        told = gainers.sentences(a, b)
        named += not told[0].startswith("None of")
        assert told[-1] == "For no group does it clearly fall."
    assert named <= 6, "luck names a group in at most one of twenty, and a few more by luck"


def test_a_group_that_gains_more_and_one_that_loses_are_named_everywhere_alike():
    more, less = LEVELS.index(("needs group", "cancer")), LEVELS.index(("age", "85+"))
    a, b = groups_of(20, 1, {more: 60, less: -90})
    told = gainers.sentences(a, b)
    assert told[0].startswith("Gains more availability than everybody together (+5.0 points): need: cancer (+1")
    assert "age 85+ (-" in told[1] and told[2] == "Availability clearly falls for: age 85+."
    shown = Shown(Asked(unfolded=True), a, b)
    assert [said.text for said in explain(a, b) if said.kind == "who"] == told
    assert draw(shown.asked, shown, 760).charts[-1]["sentence"] == " ".join(told)


@pytest.mark.parametrize(
    ("up", "down", "looked_at", "found"),
    [(8, 0, 25, 0), (20, 0, 25, 1), (0, 20, 25, -1), (18, 2, 25, 1), (17, 3, 25, 0), (17, 3, 1, 1), (0, 0, 25, 0)],
)
def test_how_many_worlds_it_takes_grows_with_the_groups_looked_at(up, down, looked_at, found):
    """By hand: 2 x 25 / 2**8 = 0.2; 2 x 25 x (1 + 20 + 190) / 2**20 = 0.01; 2 x 25 x (211 + 1140) / 2**20 = 0.064."""
    assert gainers.side(np.array([1.0] * up + [-1.0] * down + [0.0, np.nan]), looked_at) == found


# ------------------------------------------------------------------ searches


def test_words_of_the_furthest_policy_say_why_dots_lie_further_up(toy_report):
    top = furthest(toy_report).available.median
    below, above = Tried(3.0, top - 0.1, 0, 6), Tried(3.0, top + 0.05, 6, 6)
    assert "higher. Among" not in frontier_sentence(toy_report.goal, [below], toy_report)
    said = frontier_sentence(toy_report.goal, [below, above], toy_report)
    assert f"in fresh worlds is {top:.0%}" in said and "One dot lies higher" in said and "fresh worlds count" in said


@pytest.fixture(scope="module")
def toy_report(tmp_path_factory):
    from test_solve_report import Toy, toy

    from scenarios.questions.solve.frontier import solve

    folder = tmp_path_factory.mktemp("toy")
    with Toy(toy(folder), folder / "runs") as runs:
        return solve(runs.goal, runs)


def test_the_answers_cost_is_one_number_in_headline_and_tile(toy_report):
    from scenarios.questions.solve.words import headline, pounds

    assert f"about {pounds(toy_report.found.cost.median)} per" in headline(toy_report)
    assert goal_charts.cost_words(toy_report.found.cost).startswith(pounds(toy_report.found.cost.median))


# ------------------------------------------------------------------ what marks


def test_where_every_level_is_an_assumption_nothing_is_hatched_and_differences_bear_no_mark(shown):
    """Nothing is fitted yet, so no output is a finding."""
    for chart in draw(shown.asked, shown, 760).charts:
        assert "hatch" not in str(chart["svg"]) and not chart["hatched"]
        marked = [cell for cell in chart["head"] if "†" in cell]
        assert not any("difference" in cell or "change" in cell for cell in marked)
    table = difference_table(shown.today, [("Plan", shown.plan)], shown.asked)
    assert "30.0% †" in table and not re.search(r"[+-][\d.]+ points[^<]*†", table)
