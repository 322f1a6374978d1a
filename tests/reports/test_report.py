"""Figures in words."""

import io

import numpy as np
import pytest
from fakes import fake_result
from rich.console import Console

from reports import as_json as machine
from reports.gives import GIVES
from reports.terminal import PLACES, STILL, show_study
from sim.results.summary import interval, pair
from sim.results.words import number, sentence, span


@pytest.mark.parametrize(
    ("name", "value", "signed", "text"),
    [
        ("available", 0.2451, False, "24.5%"),
        ("available", 0.088, True, "+8.8 points"),
        ("available", -0.0001, True, "0.0 points"),
        ("starts_per_want", -0.012, True, "-1.2"),
        ("waiting_per_10k", 83.04, True, "+83.0"),
        ("gbp_per_start", -53.837, True, "-£53.84"),
        ("gbp_per_start", 1234.5, False, "£1,234"),
        ("gbp_per_start", -0.001, True, "£0.00"),
        ("available", float("nan"), False, "no figure"),
        ("gbp_per_start", float("inf"), True, "no figure"),
    ],
)
def test_a_figure_in_the_words_of_its_kind(name, value, signed, text):
    assert number(name, value, signed) == text


def test_a_range_says_its_unit_once():
    assert span("available", interval(np.full(5, 0.1))) == ("10.0%", "10.0 to 10.0%")


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        ([0.1, 0.2, -0.1], "higher in 2 of 3 of the worlds we assumed: the median difference is +10.0 points"),
        ([-0.1, -0.2, 0.1], "lower in 2 of 3 of the worlds we assumed: the median difference is -10.0 points"),
        ([0.0, 0.0, 0.0], "the same in 3 of 3"),
        ([0.0001, -0.0001, 0.0002], "barely differs"),
        ([np.nan, np.nan, np.nan], "was not measured"),
    ],
)
def test_the_headline_says_only_what_was_measured(gone, says):
    assert says in sentence(pair(np.zeros(3), np.array(gone)))


def test_places_in_use_have_a_line_of_costs_beside_budgets():
    console = Console(file=io.StringIO(), width=200, highlight=False)
    show_study(console, [("Today", fake_result())], "Made up.")
    text = console.file.getvalue()
    assert text.index("What it costs") < text.index(PLACES) < text.index("Spent per adult per year")


def test_what_support_gives_comes_after_the_difference_and_says_it_is_an_assumption():
    console = Console(file=io.StringIO(), width=200, highlight=False)
    show_study(console, [("Today", fake_result()), ("More", fake_result(lift=40))], "Made up.")
    text = console.file.getvalue()
    assert text.index("compared with") < text.index("What it gives") and "an assumption, not a finding" in text
    assert all(words in text for words, _ in GIVES.values())
    assert "peerscale parameters --judgements" in text


def test_where_nothing_differs_it_says_why_that_may_be():
    console, same = Console(file=io.StringIO(), width=200, highlight=False), fake_result()
    show_study(console, [("Today", same), ("The same", fake_result()), ("More", fake_result(lift=40))], "Made up.")
    text = console.file.getvalue()
    assert text.count(STILL) == 1 and text.index("The same compared with") < text.index(STILL) < text.index(
        "More compared with"
    )


def test_machines_get_what_it_gives_by_year_and_payer_and_by_group():
    found = machine.levels(fake_result())
    assert [row["year"] for row in found["gbp_by_year_and_payer"]] == [1, 2]
    assert found["worth"]["wellbys_per_1000"]["worlds"] == 4
    assert found["worth"]["volunteer_time_nothing_gbp"]["median"] == 0
    assert {row["outcome"] for row in found["equity"]["spread"]} == {"available", "starts_per_want"}


def test_a_difference_that_most_worlds_do_not_agree_on_is_no_clear_change_in_words_too():
    """The page's tile said "no clear change" beside "Availability is higher in 5 of 6"."""
    assert sentence(pair(np.zeros(6), np.array([0.1] * 5 + [-0.1]))).startswith(
        "No clear change in availability: higher in 5 of 6"
    )
    assert sentence(pair(np.zeros(20), np.array([0.1] * 18 + [-0.1] * 2))).startswith(
        "Availability is higher in 18 of 20"
    )
