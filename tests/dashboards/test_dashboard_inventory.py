"""A local inventory on the pages: form, file, link and undo; the same numbers as the command line's."""

from __future__ import annotations

import json
import random
import string
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_result

from dashboards.asked import inventory_text as held
from dashboards.asked.link import decode, encode, in_link
from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Asked, Policy
from dashboards.asked.undo import Line
from dashboards.pages.explore import source, too_short, unknown_card
from dashboards.pages.inventory import fields, made_card, row_words, rows_shown
from dashboards.work.runner import Runner, study_of
from dashboards.work.session import Shown
from peerscale.options import Typed, make_study
from scenarios.reading.inventory import COLUMNS, EXAMPLE, errors, read
from scenarios.reading.load import load
from scenarios.running.study import make_shape, run_together
from sim.errors import UserError
from sim.results import caveats

SMALL = {"people": 400, "draws": 3, "weeks": 31, "burn_in": 52, "place_size": 200}
EXAMPLE_TEXT = EXAMPLE.read_text("utf-8")


def row(**given: str) -> dict[str, str]:
    return {"organisation": "Our Group", "area": "bnssg", "offer": "group", "needs": "carers"} | given


def test_numbers_with_an_inventory_are_the_command_lines(tmp_path, monkeypatch):
    """The file that the page saves, run by the command line's own study, gives the page's own numbers."""
    text = held.saved(
        held.saved("", row(), -1),
        row(
            organisation="Befrienders",
            offer="volunteer",
            places="90",
            funder="council",
            gbp_year="40000",
            award_end="2026-03-31",
        ),
        -1,
    )
    path = tmp_path / "inventory.csv"
    path.write_text(held.of_area(text, study_of(Asked()).areas[0]), "utf-8")
    typed = make_study(
        Typed(people=400, draws=3, years=0.6, burn_in=52, place_size=200, inventory=path), load("open_door").run
    )
    monkeypatch.setenv("PEERSCALE_DASHBOARD_STUDY", json.dumps(SMALL))
    asked = Asked(policy=Policy("open_door"), inventory=text)
    runner = Runner(workers=1)
    try:
        page = runner.run(scenario_of(asked.policy), study_of(asked), threading.Event())
        plain = runner.run(scenario_of(asked.policy), study_of(Asked()), threading.Event())
    finally:
        runner.close()
    command = run_together([load("open_door")], typed)[0]
    assert np.array_equal(page.weekly, command.weekly) and np.array_equal(page.tally, command.tally)
    assert not np.array_equal(page.weekly, plain.weekly), "the inventory changed nothing"
    assert caveats.status(page.shape) == caveats.FROM_INVENTORY and caveats.ILLUSTRATIVE in caveats.status(plain.shape)
    assert "illustrative" not in source(Shown(asked, page, page)) + unknown_card(caveats.levels(page.shape)).replace(
        caveats.ONE_PLACE, ""
    )


def test_a_burn_in_too_short_to_settle_is_said_on_the_page_and_in_its_files(monkeypatch):
    for weeks, said in ((52, True), (780, False)):
        monkeypatch.setenv("PEERSCALE_DASHBOARD_STUDY", json.dumps(SMALL | {"burn_in": weeks}))
        result = fake_result(make_shape(study_of(Asked())))
        shown = Shown(Asked(), result, result)
        assert (caveats.SHORT_BURN_IN in source(shown)) is said
        assert (caveats.SHORT_BURN_IN in unknown_card(caveats.levels(result.shape), too_short(shown))) is said


def test_only_the_area_at_hand_has_its_rows():
    two = held.text_of([row(), row(area="lincolnshire", organisation="Fen Friends")])
    here = study_of(Asked(inventory=two))
    assert [s.organisation for one in here.inventory for s in one.services] == ["Our Group"]
    assert "Fen Friends" not in held.of_area(two, here.areas[0]) and "Our Group" in held.of_area(two, here.areas[0])
    assert study_of(Asked(inventory=two, area="E54000063")).inventory == ()
    assert "lists nothing in this area" in made_card(two, "E54000063")


def test_what_the_form_saves_is_what_the_commands_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(held.text_of(held.rows_of(EXAMPLE_TEXT)), "utf-8")
    assert errors(path) == []
    (mine,), (theirs,) = read(path), read(EXAMPLE)
    assert mine.services == theirs.services
    assert held.rows_of(held.dropped(EXAMPLE_TEXT, 0))[0]["organisation"].startswith("Sugar Club")
    edited = held.saved(EXAMPLE_TEXT, row(organisation='Comma, "quote" & <b>'), 2)
    assert [r["organisation"] for r in held.rows_of(edited)][2] == 'Comma, "quote" & <b>'
    assert held.dropped(held.saved("", row(), -1), 0) == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"offer": "grop"}, ("Line 2", "column offer", "Try: group")),
        ({"needs": ""}, ("Line 2", "needs is empty")),
        ({"offer": "volunteer"}, ("Line 2", "places")),
        ({"area": "Atlantis"}, ("Line 2", "Atlantis")),
        ({"funder": "council", "award_end": "2020-01-01"}, ("Line 2", "ends before the policy starts")),
        ({"area": "own"}, ("42 areas",)),
        ({"organisation": "x" * 500}, ("Line 2", "too long")),
    ],
)
def test_a_wrong_row_is_told_in_words_with_its_line(wrong, words):
    said = " ".join(held.told(held.problems(held.saved("", row(**wrong), -1))))
    assert all(word in said for word in words) and "/tmp" not in said and "Traceback" not in said


def test_every_wrong_row_of_a_file_is_told_but_not_too_many():
    text = held.text_of([row(offer="x", organisation=f"o{i}") for i in range(60)])
    said = held.told(held.problems(text))
    assert (
        len(said) == held.MOST_TOLD + 1
        and said[0].startswith("Line 2")
        and said[19].startswith("Line 21")
        and "40 more" in said[-1]
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"PK\x03\x04xlsx",
        b"a" * 3_000_000,
        b"organisation;area\nx;y",
        "é".encode("latin-1"),
    ],
)
def test_what_is_no_inventory_is_refused(data):
    with pytest.raises(UserError) as error:
        held.read_upload(data)
    assert "/tmp" not in held.in_words(error.value)


def test_a_small_inventory_travels_in_the_link_and_undo_brings_it_back():
    asked = Asked(inventory=held.text_of(held.rows_of(EXAMPLE_TEXT)))
    assert in_link(asked.inventory) and decode(encode(asked)) == (asked, [])
    line, back = Line().moved(Asked(), asked).undo(asked)
    assert back.inventory == "" and line.redo(back)[1] == asked


def test_a_large_inventory_is_named_in_the_link_and_found_only_where_it_is_kept():
    random.seed(1)
    names = ["".join(random.choices(string.ascii_letters, k=150)) for _ in range(90)]
    asked = Asked(inventory=held.text_of([row(organisation=name) for name in names]))
    link = encode(asked)
    assert not in_link(asked.inventory) and len(link) < 200 and decode(link) == (asked, [])
    back, notes = decode(link[:-3] + "000")
    assert back.inventory == "" and notes == [held.GONE]


def test_a_bad_inventory_in_a_link_is_left_out_in_words():
    bad = encode(replace(Asked(), inventory=held.text_of([row(offer="nothing")])))
    asked, notes = decode(bad)
    assert asked == Asked() and "Line 2" in notes[0]
    assert decode("inventory=AAAA")[1] and decode("inventory=AAAA")[0] == Asked()
    bomb = encode(Asked(inventory="a" * 20_000_000))
    assert decode(bomb)[0] == Asked() and decode(bomb)[1]


def test_the_form_has_a_field_for_every_column_and_shows_texts_as_texts():
    assert [field["name"] for field in fields()] == [column.name for column in COLUMNS]
    shown = rows_shown(EXAMPLE_TEXT)
    assert len(shown) == 13 and all(len(r["words"]) == 7 for r in shown)
    assert (
        row_words(row(funder="council", award_end="2027-01-01") | dict.fromkeys(("place", "places"), ""))[5]
        == "council, to 2027-01-01"
    )


def test_example_is_the_commands(tmp_path: Path):
    assert held.example() == EXAMPLE_TEXT
