"""Inventories, area files and evidence as people's tools write them: read where they can mean one thing, and said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from calibration.library import evidence_library
from peerscale.cli import call
from scenarios.reading import inventory, own_area
from scenarios.reading.numbers import Unclear, day, number
from sim.errors import UserError

HEAD = (
    "organisation,area,offer,needs,place,places,funder,gbp_year,award_start,award_end,self_referral,nhs_team,source\n"
)
ROW = "Pals,sussex,volunteer,mental,,20,council,20000,2024-04-01,2026-03-31,yes,no,\n"
AREA = "measure,level,value\nname,,Worthing\nlike,,Sussex\nadults,,20000\n"
ETHNIC = "ethnic group,white,{}\nethnic group,asian,{}\nethnic group,black,{}\nethnic group,mixed,{}\nethnic group,other,{}\n"


def written(tmp_path: Path, content: str | bytes, name: str = "mine.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(path: Path, read=inventory.read) -> tuple[object, list[str]]:
    said: list[str] = []
    return read(path, tell=said.append), said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9000", 9000),
        ("9,000", 9000),
        ("1,234,567", 1234567),
        ("9 000", 9000),
        ("£9,000.50", 9000.5),
        ("9000 GBP", 9000),
        ("9.000.000", 9e6),
        ("90.000,00", 90000),
        ("12.5", 12.5),
        ("0.125", 0.125),
        ("-4", -4),
        ("1'234", 1234),
        ("1234.000", 1234),
    ],
)
def test_numbers_that_can_mean_one_thing_are_read(text: str, value: float) -> None:
    assert number(text, whole=True) == value


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("90000,00", ("90000", "9000000")),
        ("90.000", ("90", "90000")),
        ("12,5", ("12.5", "125")),
        ("9,0,0", ("900",)),
        ("20k", ("20000", "20")),
        ("1.5m", ("1500000", "1.5")),
        ("0,500", ("0.5", "500")),
        ("1,23,456", ("123456",)),
        ("about 20", ()),
        ("1e5", ()),
        ("", ()),
        ("--4", ()),
    ],
)
def test_numbers_that_cannot_are_refused_with_every_reading(text: str, readings: tuple[str, ...]) -> None:
    with pytest.raises(Unclear) as caught:
        number(text, whole=True)
    assert caught.value.readings == readings


def test_a_file_with_semicolons_is_of_a_country_with_decimal_commas() -> None:
    assert number("90000,00", decimal_comma=True) == 90000 and number("12,5", decimal_comma=True) == 12.5
    with pytest.raises(Unclear, match="9 or 9000"):
        number("9,000", decimal_comma=True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-31",
        "2026/03/31",
        "31/03/2026",
        "31/3/26",
        "31.03.2026",
        "31-Mar-26",
        "31 March 2026",
        "2026-03-31 00:00:00",
    ],
)
def test_dates_as_spreadsheets_write_them(text: str) -> None:
    assert day(text) == date(2026, 3, 31)


@pytest.mark.parametrize(
    "text", ["", "soon", "46112", "31-Mar", "2026-02-30", "04/13/2026", "31-M-26", "2026-3-31T12:00"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        day(text)


def test_a_month_and_a_number_can_mean_two_things() -> None:
    with pytest.raises(Unclear, match="2026-03 or the 26 of March"):
        day("Mar-26")


WAYS = {
    "PowerShell": ((HEAD + ROW).encode("utf-16"), "UTF-16"),
    "UTF-16 without its mark": ((HEAD + ROW).encode("utf-16-le"), "UTF-16"),
    "Windows letters": ((HEAD + ROW.replace("Pals", "Café Pals’")).encode("cp1252"), "cp1252"),
    "semicolons": ((HEAD + ROW).replace(",", ";"), "semicolons"),
    "tabs": ((HEAD + ROW).replace(",", "\t"), "tabs"),
    "Excel's first line": ("sep=;\r\n" + (HEAD + ROW).replace(",", ";"), "semicolons"),
    "an organisation that begins with #": (HEAD + ROW.replace("Pals", "#Hope"), "'#Hope'"),
}


@pytest.mark.parametrize("way", WAYS)
def test_files_as_tools_write_them_are_read_and_what_was_assumed_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    content, said = WAYS[way]
    path = written(tmp_path, content)
    (one,), assumed = told(path)
    assert one.services[0].gbp_year == 20000 and said in assumed[0] and len(assumed) == 1
    assert call(["inventory", "check", str(path)]) == 0
    assert f"note: {assumed[0]}" in capsys.readouterr().err


def test_semicolons_with_decimal_commas(tmp_path: Path) -> None:
    (one,), _ = told(written(tmp_path, (HEAD + ROW).replace(",", ";").replace("20000", "90000,00")))
    assert one.services[0].gbp_year == 90000


def test_spaces_that_nobody_sees_are_plain_spaces(tmp_path: Path) -> None:
    (one,), assumed = told(
        written(tmp_path, HEAD + ROW.replace("Pals", "Pals\u00a0\u2009 UK\u200b").replace("20000", "20\u00a0000"))
    )
    assert (one.services[0].organisation, one.services[0].gbp_year, assumed) == ("Pals UK", 20000, [])
    with pytest.raises(UserError, match="is there twice") as caught:
        inventory.read(written(tmp_path, HEAD + ROW.replace("Pals", "Pals  UK") + ROW.replace("Pals", "Pals UK")))
    assert "as in line 2" in caught.value.got


def test_notes_are_left_out_and_organisations_are_not(tmp_path: Path) -> None:
    text = (
        "# our list\n"
        + HEAD
        + "#a note\n# Pals,sussex\n# "
        + ROW
        + ROW.replace("Pals", "#Hope")
        + '"# Quoted"'
        + ROW[4:]
    )
    (one,), _ = told(written(tmp_path, text))
    assert [service.organisation for service in one.services] == ["#Hope", "# Quoted"]


@pytest.mark.parametrize(("cell", "value"), [("TRUE", True), ("False", False), ("Y", True), ("no", False), ("", False)])
def test_true_and_false_of_a_spreadsheet(tmp_path: Path, cell: str, value: bool) -> None:
    (one,) = inventory.read(written(tmp_path, HEAD + ROW.replace("yes", cell)))
    assert one.services[0].self_referral is value


def test_money_that_can_mean_two_things_is_refused_with_both(tmp_path: Path) -> None:
    for cell, readings in (('"90000,00"', ("90000", "9000000")), ("90.000", ("90", "90000")), ("20k", ("20000", "20"))):
        with pytest.raises(UserError) as caught:
            inventory.read(written(tmp_path, HEAD + ROW.replace("20000", cell)))
        assert all(one in caught.value.what and one in caught.value.try_ for one in readings)


def test_every_fault_of_an_inventory_is_told_by_the_run_too(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        inventory.read(
            written(
                tmp_path,
                HEAD + ROW.replace("20000", "20k") + ROW.replace("mental", "mentl") + ROW.replace("sussex", "zz"),
            )
        )
    assert [(one.line, one.key) for one in caught.value.found] == [
        (2, "column gbp_year"),
        (3, "column needs"),
        (4, "column area"),
    ]
    with pytest.raises(UserError) as caught:
        inventory.read(written(tmp_path, HEAD + "a,b\n" + ROW + "c\n"))
    assert [one.line for one in caught.value.found] == [2, 4]


def test_every_fault_of_an_area_file_is_told(tmp_path: Path) -> None:
    text = AREA.replace("Sussex", "Nowhere").replace("20000", "12") + "colour,,1\nsex,male,0.5\nage,18-24,x\n"
    found = own_area.errors(written(tmp_path, text))
    assert {one.line for one in found} == {3, 4, 5, 6, 7}


@pytest.mark.parametrize(
    "values", [(97.5, 1, 0.5, 0.5, "0.5%"), ("97%", "1%", "1%", 1, 0), (0.97, "1%", "1%", "0.5%", "0.5%")]
)
def test_one_measure_has_one_unit(tmp_path: Path, values: tuple[object, ...]) -> None:
    with pytest.raises(UserError, match="two units"):
        own_area.read(written(tmp_path, AREA + ETHNIC.format(*values)))


def test_shares_in_one_unit_are_read_whichever_it_is(tmp_path: Path) -> None:
    per_cent = own_area.read(written(tmp_path, AREA + ETHNIC.format("97.5%", "1%", "0.5%", "0.5%", "0.5%")))
    shares = own_area.read(written(tmp_path, AREA + ETHNIC.format(0.975, 0.01, 0.005, 0.005, 0.005)))
    assert per_cent.cells == shares.cells
    assert own_area.read(written(tmp_path, AREA + ETHNIC.format("97.5%", "1%", "1%", "0.5%", 0))).adults == 20000


@pytest.mark.parametrize("mark", ["*", "c", "[c]", "<5", "..", "-", "n/a"])
def test_a_count_that_was_kept_back_is_explained(tmp_path: Path, mark: str) -> None:
    with pytest.raises(UserError, match="kept back by its publisher") as caught:
        own_area.read(written(tmp_path, AREA + ETHNIC.format(0.97, 0.02, mark, 0.005, 0.005)))
    assert (
        "Small counts are often hidden" in caught.value.rule
        and "stand by" in caught.value.try_
        and caught.value.line == 7
    )


def test_a_number_with_a_space_that_does_not_break(tmp_path: Path) -> None:
    assert own_area.read(written(tmp_path, AREA.replace("20000", "20\u00a0000"))).adults == 20000


EVIDENCE = "id,role,statistic,quantity,value,se,unit,year,population,source,grade\n"


def test_a_share_cannot_have_an_error_of_several_wholes(tmp_path: Path) -> None:
    row = "a{},context,,Take-up,0.71,{},share,2016,England,A study,published\n"
    with pytest.raises(UserError, match="so large a standard error") as caught:
        evidence_library.read(written(tmp_path, EVIDENCE + row.format(1, 3.77)))
    assert "0.0377" in caught.value.try_ and caught.value.key == "column se"
    assert evidence_library.read(written(tmp_path, EVIDENCE + row.format(1, 0.5)))
    with pytest.raises(UserError) as caught:
        evidence_library.read(
            written(
                tmp_path, EVIDENCE + row.format(1, 3.77) + row.format(2, 0.1) + row.format(2, "x") + row.format(2, 0.1)
            )
        )
    assert [one.line for one in caught.value.found] == [2, 4, 5]


def test_evidence_of_powershell_and_with_semicolons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = EVIDENCE + "a,context,,Take-up,0.71,0.1,share,2016,England,A study,published\n"
    ways = {
        "UTF-16": text.encode("utf-16"),
        "semicolons": text.replace(",", ";").encode(),
        "cp1252": text.replace("study", "étude").encode("cp1252"),
    }
    for said, content in ways.items():
        path = written(tmp_path, content)
        assert evidence_library.read(path)[0].value == 0.71 and call(["evidence", "check", str(path)]) == 0
        assert said in capsys.readouterr().err


def test_a_scenario_that_powershell_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["scenarios", "show", "open_door"]) == 0
    path = written(tmp_path, capsys.readouterr().out.encode("utf-16"), "open_door.toml")
    assert call(["scenarios", "validate", str(path)]) == 0


def test_a_pound_sign_says_that_a_comma_parts_thousands():
    """Beside semicolons 60,000 can mean 60; nobody writes sixty pounds as £60,000."""
    assert number("£60,000", decimal_comma=True) == number("60,000 GBP", decimal_comma=True) == 60_000
    with pytest.raises(Unclear):
        number("60,000", decimal_comma=True)


def test_every_wrong_cell_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    """Somebody mended one row in seven rounds."""
    head = "organisation,area,offer,needs,place,places,funder,gbp_year,award_start,award_end,self_referral,nhs_team"
    (tmp_path / "mine.csv").write_text(
        f"{head}\nMind,Atlantis,tea,knees,,many,king,20k,,31-31-26,perhaps,yes\n", "utf-8"
    )
    with pytest.raises(UserError) as caught:
        inventory.read(tmp_path / "mine.csv")
    assert {one.key.removeprefix("column ") for one in caught.value.found} >= {
        "area",
        "offer",
        "needs",
        "funder",
        "gbp_year",
        "self_referral",
    }
