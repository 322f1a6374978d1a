"""Inventory files: the example is read as it is meant, what is wrong is said with line, column and what to try."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import told

from scenarios.reading.csv_input import MAX_BYTES, schema_markdown
from scenarios.reading.inventory import COLUMNS, EXAMPLE, KIND, errors, read
from scenarios.running import store
from scenarios.running.study import Study, make_shape, timeline_of
from sim.errors import UserError
from sim.numbers.levers import BY_NAME, INDEX
from sim.people.population import load_areas, places_in
from sim.results import caveats
from sim.vocabulary import BUDGETS

HEAD = "organisation,area,offer,needs,place,places,funder,gbp_year,award_start,award_end,self_referral,nhs_team\n"
GOOD = "Mind Companions,bnssg,volunteer,mental,,20,council,9000,2024-04-01,2027-03-31,yes,no\n"
DOCS = Path(__file__).parents[3] / "docs"
FAST = ["--draws", "1", "--years", "1", "--workers", "1", "--place-size", "500", "--people", "500", "--burn-in", "52"]


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "mine.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def one_cell(column: str, value: str) -> str:
    """The good row with one cell changed."""
    names, cells = HEAD.strip().split(","), GOOD.strip().split(",")
    cells[names.index(column)] = value
    return HEAD + ",".join(cells) + "\n"


def test_the_example_is_read_as_it_stands() -> None:
    (found,) = read(EXAMPLE)
    assert load_areas().ods_code[found.area] == "QUY"
    assert len(found.services) == 13 and len(found.neighbourhoods()) == 4
    assert all("fictional" in s.organisation for s in found.services) and "FICTIONAL" in EXAMPLE.read_text("utf-8")
    hospice = next(s for s in found.services if s.organisation.startswith("Hospice"))
    assert hospice.needs == ("advanced", "bereavement", "cancer") and hospice.end_week == (274 // 7)


@pytest.mark.parametrize("text", ["2026-03-31", "2026-3-31", "31/03/2026"])
def test_dates_as_people_and_spreadsheets_write_them(tmp_path: Path, text: str) -> None:
    (found,) = read(written(tmp_path, one_cell("award_end", text)))
    assert found.services[0].award_end == "2026-03-31" and found.services[0].end_week == 52


@pytest.mark.parametrize("start", ["2025-04", "2025-10"])
def test_the_end_of_an_award_is_counted_from_the_start_of_the_policy(tmp_path: Path, start: str) -> None:
    (found,) = read(written(tmp_path, HEAD + GOOD), start)
    assert found.services[0].end_week == {"2025-04": 104, "2025-10": 78}[start]


def test_what_a_spreadsheet_adds_is_let_pass(tmp_path: Path) -> None:
    """A byte-order mark, Windows line ends, spaces, capitals, an empty last line, a pound sign."""
    head = "\ufeff" + HEAD.replace("\n", "\r\n").replace("organisation", " Organisation ").replace(
        "gbp_year", "GBP year"
    )
    row = GOOD.replace("volunteer", " Volunteer").replace("9000", '"£9,000"').replace("\n", "\r\n")
    (found,) = read(written(tmp_path, head + row + "\r\n"))
    assert found.services[0].gbp_year == 9000


def test_text_that_looks_like_a_formula_or_markup_is_text(tmp_path: Path) -> None:
    nasty = '=HYPERLINK(""x"") [bold]<script>'
    (found,) = read(written(tmp_path, HEAD + f'"{nasty}"' + GOOD[len("Mind Companions") :]))
    assert found.services[0].organisation == nasty.replace('""', '"')


BAD: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "the file is empty", "peerscale inventory example"),
    "blank lines": ("\n \n", "the file is empty", "peerscale inventory example"),
    "names only": (HEAD, "lists nothing", "peerscale inventory example"),
    "binary": (b"\x00\x01\x02" + HEAD.encode(), "not text", "byte 0x00"),
    "a spreadsheet": (b"PK\x03\x04rest", "spreadsheet", "CSV UTF-8"),
    "no encoding that is known": (HEAD.encode() + b"Caf\x81", "not text", "line 2"),
    "huge": (b"a" * (MAX_BYTES + 1), "too large", "at most 2 MB"),
    "many rows": (HEAD + GOOD * 1001, "too many rows", "one file for each area"),
    "quote left open": (HEAD + '"Mind,bnssg\n', "not CSV", "quote"),
    "a cell too many": (HEAD + GOOD.strip() + ",x\n", "another number of cells", "double quotes"),
    "column missing": (HEAD.replace("offer,", "") + GOOD, "the column offer is missing", "group"),
    "column misspelt": (HEAD.replace("funder", "fundr") + GOOD, "unknown column 'fundr'", "funder"),
    "column twice": (HEAD.replace("place,", "offer,") + GOOD, "there twice", "keep one"),
    "no name": (one_cell("organisation", ""), "organisation is empty", "column organisation"),
    "area unknown": (one_cell("area", "bnsg"), "no area is called", "bnssg"),
    "offer unknown": (one_cell("offer", "volunter"), "does not know this word", "volunteer"),
    "need unknown": (one_cell("needs", "diabetis"), "does not know this word", "diabetes"),
    "second need unknown": (one_cell("needs", "mental;cancers"), "does not know this word", "cancer"),
    "no needs": (one_cell("needs", ";"), "needs is empty", "any"),
    "any and more": (one_cell("needs", "any;mental"), "already holds", "any"),
    "a group with two needs": (
        one_cell("offer", "group").replace("mental", "mental;pain"),
        "shares one experience",
        "mental",
    ),
    "negative places": (one_cell("places", "-4"), "cannot be negative", "column places"),
    "no places": (one_cell("places", ""), "needs its number of places", "places = 10"),
    "places in words": (one_cell("places", "about 20"), "whole number", "20"),
    "half a place": (one_cell("places", "2.5"), "whole number", "column places"),
    "places beyond belief": (one_cell("places", "99999999"), "too large", "at most"),
    "funder unknown": (one_cell("funder", "coucil"), "does not know this word", "council"),
    "money without funder": (one_cell("funder", "none"), "but no funder", "council"),
    "money negative": (one_cell("gbp_year", "-1"), "cannot be negative", "column gbp_year"),
    "not a date": (one_cell("award_end", "next year"), "is not a date", "2026-03-31"),
    "no such day": (one_cell("award_end", "2026-02-30"), "is not a date", "line 2"),
    "end before start": (one_cell("award_end", "2024-03-31"), "ends before it starts", "2024-04-01"),
    "end before the policy": (one_cell("award_end", "2025-03-31"), "before the policy starts", "goes on"),
    "yes or no": (one_cell("self_referral", "maybe"), "does not know this word", "yes"),
    "an NHS group": (one_cell("nhs_team", "yes").replace("volunteer", "online"), "not an NHS team", "no"),
    "listed twice": (HEAD + GOOD + GOOD.replace("Mind", "MIND"), "is there twice", "line 2"),
    "too long": (one_cell("organisation", "x" * 300), "too long", "200 letters"),
    "control characters": (one_cell("organisation", "a\x1b[31mred"), "not text", "\\x1b"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_one_message_with_file_rule_and_advice(tmp_path: Path, case: str) -> None:
    content, what, hint = BAD[case]
    with pytest.raises(UserError) as caught:
        read(written(tmp_path, content))
    text = str(caught.value)
    assert what in text and hint in text and "mine.csv" in text and caught.value.rule and caught.value.try_
    assert "\x1b" not in text


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path, what in ((tmp_path, "a folder"), (tmp_path / "no.csv", "no such file")):
        with pytest.raises(UserError, match=what):
            read(path)


def test_a_check_lists_every_bad_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, HEAD + GOOD.replace("mental", "mentl") + GOOD.replace("bnssg", "nowhere"))
    assert [error.line for error in errors(path)] == [2, 3]
    code, _, err = told(capsys, "inventory", "check", path)
    assert code == 2 and "line 2" in err and "line 3" in err and "Traceback" not in err


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, example, _ = told(capsys, "inventory", "example")
    code, out, _ = told(capsys, "inventory", "check", written(tmp_path, example), "--json")
    assert code == 0 and json.loads(out)[0]["places"]["paid"] == 365
    _, schema, _ = told(capsys, "inventory", "schema", "--json")
    assert [column["name"] for column in json.loads(schema)] == KIND.names
    assert told(capsys, "inventory", "check", EXAMPLE, "--start", "April")[0] == 2


def test_the_page_holds_the_columns_of_the_code() -> None:
    assert schema_markdown(KIND) in (DOCS / "inventory.md").read_text("utf-8")
    assert len(COLUMNS) == 13


def test_levels_are_not_illustrative_where_there_is_an_inventory() -> None:
    listed = read(EXAMPLE)
    both = make_shape(Study((listed[0].area, 0), inventory=listed))
    one, none = (make_shape(Study((listed[0].area,), inventory=i)) for i in (listed, ()))
    assert caveats.status(none) == caveats.ILLUSTRATIVE and caveats.levels(none) == caveats.LEVELS
    assert "illustrative" not in caveats.status(one) + caveats.levels(one)
    assert caveats.status(both).startswith(caveats.ILLUSTRATIVE) and "Cheshire" in caveats.status(both)
    assert "Bristol" not in caveats.status(both) and caveats.LISTED in caveats.levels(both)


def test_a_run_from_an_inventory_keeps_its_content_and_checksum(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, "run", "today", "--inventory", EXAMPLE, *FAST, "--out", tmp_path, "--full")
    assert code == 0 and "illustrative: no local" not in " ".join(out.split()), err
    kept = store.read(tmp_path / "today")
    (listed,) = read(EXAMPLE)
    assert kept.result.shape.inventory == (listed,)
    assert kept.manifest["inventory"][0]["sha256"] == listed.sha256
    code, out, _ = told(capsys, "run", "today", *FAST, "--json")
    assert json.loads(out)["status"] == caveats.ILLUSTRATIVE


def test_an_inventory_of_other_areas_and_a_history_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = told(capsys, "run", "today", "--inventory", EXAMPLE, "--areas", "sussex", *FAST)
    assert code == 2 and "not in the run" in err
    code, _, err = told(capsys, "run", "history", "--inventory", EXAMPLE, *FAST)
    assert code == 2 and "history" in err


def test_budgets_of_today_follow_the_inventory_in_its_area_only() -> None:
    from scenarios.reading.load import load

    listed = read(EXAMPLE)
    shape = make_shape(Study((listed[0].area, 0), inventory=listed))
    line = timeline_of(load("today"), shape)
    awarded = 1.0 - BY_NAME["personal_budget_share"].today - BY_NAME["outcome_payment_share"].today
    head = 140_000 / (places_in(listed[0].area, 10_000) * 10_000) / awarded
    assert line.at(0)[INDEX[BUDGETS[0]]] == pytest.approx([head, 0.35])
