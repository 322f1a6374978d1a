"""The case's first page, for a board, and returns beside published ones: all from the run and from records, silent where it must be."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from test_case import better_runs, same_runs, text_of, told

from calibration.library.evidence_library import library
from peerscale.commands.case import with_nothing
from reports.case import doubt, page, published
from reports.case.board import board
from reports.case.money import payers, places_more
from reports.case.sections import lead, main_sections
from reports.case.told import NOTHING
from reports.case.whole import all_sections, doing_nothing, levers
from scenarios.reading.load import load
from scenarios.reading.write import as_dict
from scenarios.worth import case
from scenarios.worth.case import Runs
from scenarios.worth.returns import by_policy, returns
from sim.results.result import FIRST_LEVEL, Measure

ORDER = ["question", "options", "cost", "gain", "lose", "risks", "unknown", "decision"]
A4 = {"width": 703, "height": 1032}
"""Pixels of a sheet within its margins of 12 mm."""


def with_third(runs: Runs, third=None) -> Runs:
    return Runs((*runs.titles, "A third way"), (*runs.results, third or runs.results[1]), runs.parameters)


def test_a_board_reads_everything_in_the_order_in_which_it_asks():
    found = board(told(better_runs()))
    assert [section.key for section in found] == [f"board-{name}" for name in ORDER]
    assert all(section.sentences for section in found) and not any(section.picture for section in found)
    assert found[0].sentences[0] == "What would more do?"


def test_doing_nothing_is_an_option_of_its_own_with_levels_and_the_others_have_differences():
    runs = with_third(better_runs())
    rows = board(told(runs))[1].rows
    assert rows[0][0] == "Do nothing: Today goes on" and rows[0][-1] == "as now"
    assert [row[0] for row in rows[1:]] == ["More of it", "A third way"]
    assert rows[1][1:] == rows[2][1:]
    assert "Do nothing: Today goes on; More of it; A third way" in board(told(runs))[-1].sentences[0]


def test_where_nothing_was_not_run_the_page_says_so_and_the_command_runs_it():
    assert "not among these options" in text_of(board(told(better_runs(), nothing=None)))
    run = with_nothing([load("open_door"), load("everyone")])
    assert [one.name for one in run] == ["open_door", "everyone", "today"]
    assert [one.name for one in with_nothing([load("today"), load("everyone")])] == ["today", "everyone"]
    assert doing_nothing([as_dict(one) for one in run]) == 2
    assert doing_nothing([as_dict(load("funding_cliff"))]) is None


def test_a_board_is_promised_nothing_that_could_not_be_told_from_nothing():
    found = {section.key: section for section in board(told(same_runs()))}
    assert set(found["board-options"].rows[1][1:]) == {NOTHING}
    said = text_of(found.values())
    assert "No group gains measurably." in said and "No group loses measurably" in said
    assert "No payer pays measurably more." in said and "no benefit is claimed" in said
    assert "it cannot be told whether" in said


def test_who_loses_and_what_gets_worse_is_there_always():
    runs = better_runs()
    runs.results[1].tally[:, FIRST_LEVEL["deprivation fifth"], Measure.AVAILABLE] -= 60
    said = " ".join(board(told(runs))[4].sentences)
    assert "Lose in availability, in at least 80% of the worlds we assumed: deprivation fifth 1 most deprived." in said
    calm = " ".join(board(told(better_runs()))[4].sentences)
    assert "No group loses measurably." in calm and "gets worse in at least 9 of 10 worlds" in calm


def test_the_cost_is_the_side_s_with_its_places_and_names_who_pays():
    seen = told(better_runs(spending=200))
    said = " ".join(board(seen)[2].sentences)
    assert payers(seen) == (["board"], []) and "More is paid by: board." in said
    assert places_more(seen).mean() > 0 and "Places in use" in said
    whole = case.increment(seen.runs, seen.view).cost.mean() / case.adults(seen.runs.results[0]) / seen.years
    assert f"£{whole:,.2f} for each adult a year" in said


def test_risks_count_the_draws_in_which_it_does_not_pay():
    seen = told(better_runs(gain=0, spending=500))
    assert "It is not worth its cost in 12 of 12 draws" in " ".join(board(seen)[5].sentences)


def test_a_board_reads_words_and_no_name_that_programs_use():
    moved = levers(as_dict(load("today")), as_dict(load("everyone")))
    found = board(replace(told(better_runs()), levers=moved))
    assert not re.findall(r"\b[a-z0-9]+_[a-z0-9_]+", text_of(found))
    assert "NHS board money: £6 from year 1, over 3 years, now £0.35 (per adult resident per year)" in text_of(found)


def test_a_lever_that_changes_over_time_is_said_in_words_in_the_long_page_too():
    rows = {row[0]: row[1:3] for row in levers(as_dict(load("today")), as_dict(load("everyone")))}
    assert rows["NHS board money"] == ("£0.35", "£0.35; £6 from year 1, over 3 years")
    assert "timed changes" not in rows


def test_what_is_most_worth_knowing_reaches_the_board_once_it_is_made():
    seen = told(better_runs(draws=60, gain=40_000_000))
    made = all_sections(seen, lambda part: None)
    with_it, before = text_of(board(seen, made)), text_of(board(seen))
    for section in made:
        assert not section.short or (section.short in with_it and section.short not in before)
    assert {section.key for section in made if section.short} == {"information", "by-parameter"}


def test_published_returns_stand_beside_each_policy_with_their_range_and_a_claim_apart():
    runs = with_third(better_runs())
    section = doubt.why_returns(told(runs))
    own = [row for row in section.rows if row[0].startswith("this model's own way")]
    assert [row[0].split(": ")[1] for row in own] == ["More of it", "A third way"]
    assert [row.gbp for row in by_policy(runs)] == [returns(runs)[0].gbp] * 2
    low, high = published.published_range()
    rows = library()
    assert (low, high) == (rows["cost_dementia_sroi"].low, rows["cost_dementia_sroi"].high)
    assert f"(£{low:.2f} to £{high:.2f})" in " ".join(section.sentences)
    claim = section.rows[-1]
    assert claim[0].startswith("a claim, not used") and claim[1] == f"£{rows['cost_macmillan_roi'].value:.2f}"
    assert high < rows["cost_macmillan_roi"].value


def test_what_makes_returns_differ_is_named_largest_first():
    found = returns(better_runs())
    said = next(one for one in published.said([], found) if one.startswith("What makes the most"))
    times = [float(one) for one in re.findall(r"\(([\d.e+]+) times\)", said)]
    assert times == sorted(times, reverse=True) and times[0] > 1


def test_a_policy_without_a_gain_has_no_return_beside_one_that_has():
    runs = with_third(better_runs(), better_runs().results[0])
    assert [row.gbp is None for row in by_policy(runs)] == [False, True]
    assert "A third way" not in " ".join(row[0] for row in doubt.why_returns(told(runs)).rows)


@pytest.mark.parametrize("width", [350.0, 680.0])
def test_no_word_of_a_picture_of_returns_is_cut(width):
    section = doubt.why_returns(told(better_runs()))
    drawn = section.picture(width)
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawn))
    assert "…" not in words and "Trachtenberg 2013 (6 studies, US and Australia)" in words


def whole_page() -> str:
    seen = told(better_runs(draws=60, gain=40_000_000))
    seen = replace(
        with_titles(seen), levers=levers(as_dict(load("today")), as_dict(load("everyone"))), question="What? " * 20
    )
    made = all_sections(seen, lambda part: None)
    return page.page("The case for a policy", lead(seen), made, board(seen, made))


def with_titles(seen):
    long = "A policy with a title as long as people write them in a workshop"
    return replace(seen, runs=replace(with_third(seen.runs), titles=("Today's policy", long, f"{long}, and more")))


def test_the_board_comes_first_and_then_the_long_page():
    text = whole_page()
    places = [text.index(f'id="{key}"') for key in ("board-question", "board-decision", "in-one-reading", "policy")]
    assert places == sorted(places)
    assert [section.key for section in main_sections(told(better_runs()))][0] == "policy"


@pytest.mark.browser
def test_on_paper_the_board_has_one_sheet_and_no_picture_or_table_is_cut(tmp_path):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")
    path = tmp_path / "case.html"
    path.write_text(whole_page(), encoding="utf-8")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page(viewport=A4)
        view.goto(path.as_uri())
        view.emulate_media(media="print")
        bottom = view.evaluate("document.querySelector('.board').getBoundingClientRect().bottom")
        figures = "all => all.map((e) => [getComputedStyle(e).breakInside, e.offsetHeight, e.scrollWidth])"
        drawn = view.locator("figure").evaluate_all(figures)
        wide = view.evaluate("document.documentElement.scrollWidth")
        screens = []
        for width in (390, 768, 1280):
            view.emulate_media(media="screen")
            view.set_viewport_size({"width": width, "height": 900})
            screens.append(view.evaluate("document.documentElement.scrollWidth") <= width)
            assert view.locator("figure svg:visible").count() == view.locator("figure").count()
        browser.close()
    assert bottom <= A4["height"]
    assert len(drawn) >= 4 and all(
        how == "avoid" and tall < A4["height"] and across <= A4["width"] for how, tall, across in drawn
    )
    assert wide <= A4["width"] and all(screens)
