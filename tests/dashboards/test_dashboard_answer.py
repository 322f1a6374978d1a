"""The first view says what the first screen of `peerscale run` says, in its order and its very words, with no command to type."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from fakes import fake_result, fake_shape

from dashboards.asked.state import Asked, Policy
from dashboards.cards.answer import NEXT_PINNED, answer_card, parts_of, where_line
from dashboards.cards.ladder_card import ladder_chart
from dashboards.pages.case import board_card
from dashboards.pages.explore import chart_width, draw
from dashboards.work.estimate import ESTIMATE, Effects
from dashboards.work.runner import study_of
from dashboards.work.session import Shown
from reports import first
from reports.case.page import Section
from scenarios.questions.ladder import SETS, climbed, combined, tasks_of
from scenarios.reading.load import load
from scenarios.running.posterior import choose
from scenarios.running.sample import foremost
from sim.results.caveats import SHORT_BURN_IN
from sim.results.result import WEEKLY

ORDER = ("where", "compared", "whole", "worse", "holds", "cost", "belief")
SHAPE = fake_shape(worlds=20)


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


def named(*lifts: int, names: tuple[str, ...] = ("Open doors", "More places")):
    policies = [(name, fake_result(SHAPE, lift=lift)) for name, lift in zip(names, lifts, strict=False)]
    return [("Today’s policy", fake_result(SHAPE)), *policies]


def queueing(result):
    weekly = result.weekly.copy()
    weekly[:, :, WEEKLY.index("waiting")] = 2 * weekly[:, :, WEEKLY.index("waiting")] + 1
    return replace(result, weekly=weekly)


@pytest.mark.parametrize("lifts", [(40,), (40, 80)])
def test_the_page_has_the_screen_s_sentences_in_the_screen_s_order(lifts):
    asked, runs = Asked(policy=Policy("open_door")), named(*lifts)
    keys = [part.key for part in parts_of(asked, runs) if part.key != "note"]
    assert list(dict.fromkeys(keys)) == list(ORDER) and keys.count("worse") == len(lifts)
    page = words(where_line(asked, runs)) + " " + words(answer_card(asked, runs))
    screen = " ".join(" ".join(first.lines(runs, posterior=choose())).split())
    for part in parts_of(asked, runs):
        assert part.text in page
        if part.key in ("where", "compared", "belief"):
            assert part.text in screen
    places = [page.index(part.text) for part in parts_of(asked, runs)]
    assert places == sorted(places) and page.index("Next:") > places[-1]


@pytest.mark.parametrize("lift", [40, 0])
def test_worse_what_holds_the_rest_back_and_cost_are_the_screen_s_lines(lift):
    """Where the screen cuts a sentence for want of lines, what it has of it is how the page's begins."""
    runs = [*named(), ("Open doors", queueing(fake_result(SHAPE, lift=lift)))]
    screen = " ".join(" ".join(first.lines(runs, posterior=choose())).split())
    for part in parts_of(Asked(policy=Policy("open_door")), runs):
        if part.key in ("worse", "holds", "cost"):
            line = f"{part.head}: {part.text}"
            shown = screen[screen.index(f"{part.head}: ") :]
            cut = shown.find(first.DOTS, 0, len(line))
            assert line[:cut] == shown[:cut] if cut >= 0 else shown.startswith(line), part.key


def test_notes_stand_in_the_order_of_the_screen(monkeypatch):
    """What changes every figure comes first: rival evidence, then a short burn-in."""
    monkeypatch.setenv("PEERSCALE_DASHBOARD_STUDY", '{"burn_in": 52}')
    asked = Asked(policy=Policy("open_door"), rivals=("wants_are_short",))
    (note,) = (part.text for part in parts_of(asked, named(40)) if part.key == "note")
    assert note == foremost(study_of(asked)).strip() and note.startswith("Rival evidence") and SHORT_BURN_IN in note
    screen = " ".join(" ".join(first.lines(named(40), notes=note)).split())
    assert f"Note: {note[:60]}" in screen


def test_an_estimate_is_said_to_be_one_where_its_answer_stands(monkeypatch):
    monkeypatch.setattr("dashboards.pages.explore.story_card", lambda shown: "")
    asked, runs = Asked(policy=Policy("open_door")), named(40)
    guess, answer = (
        words(draw(asked, Shown(asked, runs[0][1], runs[1][1], guess=which), 600).answer) for which in (True, False)
    )
    assert guess.startswith(f"In short {ESTIMATE}") and ESTIMATE not in answer
    assert Effects(load("today")).words().startswith(ESTIMATE)


def test_the_headlines_are_those_of_the_screen_to_the_last_digit():
    runs = named(40)
    _, rows = first.table(runs)
    for row in rows:
        line = next(one for one in first.lines(runs) if one.startswith(row[0]))
        assert line.split() == " ".join(row).split()
    table = words(answer_card(Asked(), runs))
    assert table.count("% †") == 2 * len(rows), "every level is marked as what it is, no difference is"
    assert all(" ".join(row) in table.replace("% †", "") for row in rows)


def test_what_got_worse_is_said_always_with_its_reason():
    runs = [*named(), ("Open doors", queueing(fake_result(SHAPE, lift=40)))]
    card = words(answer_card(Asked(), runs))
    assert "Worse: people waiting per 10,000 adults" in card and "since more ask" in card
    assert "Worse: nothing that is measured" in words(answer_card(Asked(), named(40)))


def test_a_page_has_no_command_to_type_and_says_what_to_do():
    same = named()
    for runs in (same, [*same, ("Open doors", same[0][1])], named(40), named(40, 80)):
        page = words(where_line(Asked(), runs) + answer_card(Asked(), runs, NEXT_PINNED))
        assert "--" not in page and "peerscale " not in page and not re.search(r"[a-z]+_[a-z]+", page)
    assert "move a lever" in words(where_line(Asked(), same))


def test_names_of_people_stay_text():
    card = answer_card(Asked(), named(40, 80, names=("<b>Ours</b>", "Theirs")))
    assert "<b>" not in card and "&lt;b&gt;Ours&lt;/b&gt;" in card


@pytest.mark.parametrize("unfolded", [False, True])
def test_the_first_page_has_the_answer_folded_and_unfolded(monkeypatch, unfolded):
    monkeypatch.setattr("dashboards.pages.explore.story_card", lambda shown: "")
    asked = Asked(policy=Policy("open_door"), unfolded=unfolded)
    runs = named(40)
    page = draw(asked, Shown(asked, runs[0][1], runs[1][1]), 600)
    assert "Worse" in page.answer and "adults" in page.where
    assert "Today’s policy beside" in page.where and bool(page.changes) == unfolded


def test_a_board_s_page_is_escaped_and_keeps_its_order():
    made = [
        Section("board-question", "The question", ("Who & <b>why</b>?",)),
        Section("board-options", "The options", ("One.",), ("option",), (("Do nothing",),)),
    ]
    html = board_card(made)
    assert "<b>" not in html and html.index("The question") < html.index("The options") < html.index("Do nothing")


def test_the_ladder_on_a_page_is_that_of_the_command():
    scenario = load("open_door")
    results = [fake_result(SHAPE, lift=k) for k in range(len(tasks_of(scenario)))]
    assert len(results) == 2 * len(SETS) - 1
    found = climbed(combined(scenario, enumerate(results)))
    chart = ladder_chart(found, 700)
    ladder = found.everyone["available"]
    assert len(chart.rows) == 1 + 8 and chart.rows[-1][0] == "Everyone"
    total = ladder.today + sum(rung.gain for rung in ladder.rungs) + ladder.rest
    assert np.allclose(total, 1.0) and "<svg" in chart.svg and chart.sentence


def test_charts_have_the_width_that_the_words_leave_them():
    for window in (390, 768, 1000, 1280, 1440, 1920):
        for unfolded in (False, True):
            assert 300 <= chart_width(window, unfolded) < window
