"""A figure says in how many worlds it has a value; a range needs worlds; one thing has one number on a page."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from fakes import fake_result, fake_shape
from rich.console import Console
from test_case import better_runs, told

from reports import as_json as machine
from reports import gives
from reports import terminal as report
from reports.case import doubt as case_doubt
from reports.case import money as case_money
from reports.case import sections as case_sections
from reports.case import tiles as case_tiles
from reports.case import told as case_told
from reports.charts import Row, Spot, spots, worlds
from reports.figures import FIGURES
from scenarios.worth import case, thresholds
from scenarios.worth.case import View
from sim.results import readings, summary, words
from sim.results.result import MONEY, WEEKLY

NAN = float("nan")


def rare(starting: int, of: int = 6):
    """Runs in which somebody starts in the first worlds only: 100 pounds each, 50 starts in each of these worlds."""
    result = fake_result(fake_shape(worlds=of))
    for name in MONEY:
        result.weekly[:, :, WEEKLY.index(name)] = 0
    result.weekly[:, :, WEEKLY.index("n_started")] = 0
    result.weekly[0, :, WEEKLY.index("spent_board_pence")] = 100 * 50 * 100
    result.weekly[0, :starting, WEEKLY.index("n_started")] = 50
    return result


def test_a_ratio_of_some_worlds_says_of_how_many() -> None:
    """Cost for each start from the one world of six that had any was shown as if of all."""
    found = summary.interval(readings.cost_per_start(rare(1)))
    assert (found.median, found.worlds, found.of) == (100.0, 1, 6)
    assert words.cell("gbp_per_start", found) == "£100 (in 1 of 6 worlds)"
    assert (
        words.cell("gbp_per_start", summary.interval(readings.cost_per_start(rare(5))))
        == "£100 (£100 to £100, in 5 of 6 worlds)"
    )
    assert words.cell("gbp_per_start", summary.interval(readings.cost_per_start(rare(6)))) == "£100 (£100 to £100)"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.107], "10.7% (1 world: no range)"),
        ([0.1, 0.1], "10.0% (2 worlds: no range)"),
        ([0.1] * 4, "10.0% (4 worlds: no range)"),
        ([0.1] * 5, "10.0% (10.0 to 10.0)"),
        ([0.1, NAN], "10.0% (in 1 of 2 worlds)"),
        ([NAN], "no figure"),
    ],
)
def test_a_range_needs_worlds_and_says_so_where_there_are_too_few(values, said) -> None:
    assert words.cell("available", summary.interval(np.array(values))) == said


def test_two_worlds_give_no_range_in_any_table_or_in_json() -> None:
    console = Console(file=io.StringIO(), width=220)
    named = [("Today", fake_result(fake_shape(worlds=2))), ("More", fake_result(fake_shape(worlds=2), lift=40))]
    report.show_study(console, named, "Made up.")
    text = console.file.getvalue()  # type: ignore[attr-defined]
    ranges = [line for line in text.splitlines() if " to " in line and "%" in line and "world" not in line.lower()]
    assert (
        "2 worlds: no range" in text
        and "With fewer than five worlds there is none" in " ".join(text.split())
        and not ranges
    ), ranges
    found = machine.clean(machine.levels(named[0][1]))["headline"]["available"]
    assert found["low"] is found["high"] is None and found["worlds"] == 2 and found["median"] is not None
    assert gives._cell(summary.interval(np.array([1.0, 2.0])), 1) == "1.5 (2 worlds: no range)"


def test_charts_of_few_worlds_draw_no_range() -> None:
    few, enough = np.array([0.1, 0.2]), np.linspace(0.1, 0.2, 5)
    for values, bands in ((few, 0), (enough, 2)):
        chart = worlds(FIGURES["available"], [Row("Plan", values)], "A sentence.")
        assert (
            "nan" not in chart.svg
            and chart.svg.count('fill-opacity="0.13"') + chart.svg.count('fill-opacity="0.24"') == bands
        )
    drawn = spots(
        "groups", "Who", "", "A sentence.", ("Today", "Plan"), [Spot("All", (0.1, NAN, NAN), (0.2, NAN, NAN))]
    )
    assert "nan" not in drawn.svg


@pytest.mark.parametrize("width", [340, 760])
def test_the_name_of_a_group_pooled_of_several_is_drawn_whole(width: float) -> None:
    name = "A neurological condition and advanced illness and bereavement"
    drawn = spots(
        "groups", "Who", "", "A sentence.", ("Today", "Plan"), [Spot(name, (0.1,) * 3, (0.2,) * 3)] * 2, width
    )
    labels = re.findall(r"<text[^>]*>([^<]*)</text>", drawn.svg)
    assert "…" not in drawn.svg and [w for line in labels for w in line.split()].count("bereavement") == 2
    assert " ".join(labels).count(name) == 2


def test_amounts_of_an_area_are_told_in_three_figures() -> None:
    assert [case_told.pounds(amount) for amount in (891_797.0, -1_234_567.0, 20_000.0, 310.4)] == [
        "£892,000",
        "-£1.23 million",
        "£20,000",
        "£310",
    ]


# ---- one thing, one number


def test_the_case_has_one_net_benefit_wherever_it_stands() -> None:
    """A skewed benefit: its median and its mean stood on one page, neither called by its name."""
    runs = better_runs(gain=400_000_000, spending=200)
    seen = told(runs, View("WELLBY", "society"))
    runs.results[1].gains[:6] *= 2
    rows = {s.key: s.rows for s in case_sections.main_sections(seen)}
    gbp = thresholds.main("WELLBY").gbp
    gained = case.increment(runs, seen.view).benefit(gbp).mean(axis=1)
    right = case_told.pounds(float(gained.mean()))
    assert right != case_told.pounds(float(np.median(gained)))
    at_main = next(row for row in rows["benefit"] if row[1] == case_told.pounds(gbp))
    society = next(row for row in rows["perspectives"] if row[0].startswith("society; hospital use off"))
    mean = dict(case_doubt.noise(seen).rows)["mean net benefit"]
    tile = next(text for name, text in case_tiles.tiles(seen) if name.startswith("Net benefit"))
    assert [text.split(" (")[0] for text in (at_main[4], society[3], mean, tile)] == [right] * 4


BUDGETS = View(choices=case.Choices(discounted=False, places=False))


def test_the_years_of_the_budget_add_up_to_all_of_them() -> None:
    runs = better_runs()
    board = runs.results[1].column("spent_board_pence")
    board[:52] += (np.arange(board.shape[1]) % 5 == 0)[None, :] * 9000
    board[52:] += (np.arange(board.shape[1]) % 3 == 0)[None, :] * 5000
    change = case.less(case.costs(runs.results[1], BUDGETS), case.costs(runs.results[0], BUDGETS))
    row = next(row for row in case_money.budget(told(runs)).rows if row[0] == "board")
    assert row[3].split(" (")[0] == case_told.pounds(float(change.mean()))
    assert case_money.budget(told(runs)).columns[3] == "all years, mean (5 to 95% of draws)"
