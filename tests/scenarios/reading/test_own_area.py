"""An area of one's own: people raked from one file, the same everywhere, run by both engines."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from histories import assert_same, both_of, course
from test_cli import told
from test_inventory_file import written

from scenarios.reading.csv_input import MAX_BYTES, schema_markdown
from scenarios.reading.own_area import EXAMPLE, KIND, read
from scenarios.running import store
from scenarios.running.study import Study, make_shape
from sim.columns.start import make_state
from sim.errors import UserError
from sim.numbers.parameters import draw_parameters
from sim.people import population
from sim.people.own_area import (
    MEASURES,
    OWN,
    burden_for,
    condition_share,
    levels_of,
    make_cells,
    rake,
    seed_cells,
    whole,
)
from sim.people.population import area_cells, draw_traits, load_areas
from sim.vocabulary import CELLS

DOCS = Path(__file__).parents[3] / "docs"
LIKE = population.area_index("Lincolnshire")
FAST = ["--draws", "1", "--years", "1", "--workers", "1", "--place-size", "500", "--people", "1000", "--burn-in", "52"]
TEXT = EXAMPLE.read_text("utf-8")


def margin(cells: tuple[int, ...], measure: str) -> np.ndarray:
    return np.bincount(levels_of(measure), weights=cells)


def test_the_example_keeps_every_margin_to_a_few_people() -> None:
    own = read(EXAMPLE)
    assert own.adults == 32_000 and own.name == "Saltmere (fictional)" and "FICTIONAL" in TEXT
    assert margin(own.cells, "age") == pytest.approx([2600, 3900, 4100, 4900, 5600, 5400, 3900, 1600], abs=15)
    assert margin(own.cells, "sex") == pytest.approx([16_640, 15_360], abs=15)
    assert margin(own.cells, "deprivation fifth") == pytest.approx(
        32_000 * np.array([0.38, 0.27, 0.19, 0.11, 0.05]), abs=15
    )
    assert margin(own.cells, "ethnic group") == pytest.approx(
        32_000 * np.array([0.93, 0.03, 0.015, 0.015, 0.01]), abs=15
    )
    assert condition_share(own.cells, own.burden) == pytest.approx(0.61, abs=0.001)


def test_the_same_people_on_every_machine() -> None:
    """The example's cells and burden, to the last person: recorded once (change them only with the method)."""
    own = read(EXAMPLE)
    text = json.dumps([own.cells, own.burden])
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "250446277b4466dc"


def test_what_is_not_given_is_as_in_the_like_area() -> None:
    cells = make_cells(LIKE, 50_000, {})
    like = np.array(area_cells(LIKE)) / sum(area_cells(LIKE))
    assert sum(cells) == 50_000
    assert np.array(cells) / 50_000 == pytest.approx(like, abs=2e-4)


def test_raking_keeps_the_association_of_the_like_area() -> None:
    """Odds ratios between two raked measures stay those of the seed: what raking is for."""
    seed = seed_cells(LIKE)
    goal = {"age": [100 * (i + 1) for i in range(8)], "sex": [2500, 1100]}
    raked = np.array(rake(seed, goal)).reshape(8, 2, 25).sum(axis=2)
    before = np.array(seed).reshape(8, 2, 25)
    raked_cell = np.array(rake(seed, goal)).reshape(8, 2, 25)
    ratio = [cell[0, 0, 7] * cell[5, 1, 7] / (cell[0, 1, 7] * cell[5, 0, 7]) for cell in (before, raked_cell)]
    assert ratio[0] == pytest.approx(ratio[1], rel=1e-9)
    assert raked.sum(axis=1) == pytest.approx(goal["age"]) and raked.sum(axis=0) == pytest.approx(goal["sex"])


def test_whole_people_add_up_and_ties_go_to_the_earlier() -> None:
    assert whole([1.0, 1.0, 1.0], 4) == [2, 1, 1]
    assert sum(whole([0.1] * 7, 1000)) == 1000


def test_raking_says_when_margins_cannot_be_met() -> None:
    nobody = [0.0] * CELLS
    with pytest.raises(ValueError, match="converge"):
        rake(nobody, {"sex": [1, 1]})


def test_the_burden_gives_back_the_share_of_conditions_in_drawn_people() -> None:
    own = read(EXAMPLE)
    shape = make_shape(Study((OWN,), own=own, people=30_000))
    cell = np.concatenate([population.cut_cells(own.cells, p, shape.place_size) for p in range(shape.places)])
    assert len(cell) == 30_000
    who = make_state(make_shape(Study((OWN,), own=own, people=30_000, draws=1)), draw_parameters([0])).people
    assert (who.n_conditions > 0).mean() == pytest.approx(0.61, abs=0.012)
    assert np.array_equal(np.sort(who.cell), np.sort(cell))
    assert burden_for(own.cells, 0.61) == own.burden and draw_traits is not None


def test_one_history_of_an_own_area_beside_one_of_the_42() -> None:
    own = read(EXAMPLE)
    shape = make_shape(Study((OWN, 17), own=own, people=1600, place_size=800, draws=1, burn_in=30, weeks=40))
    line, par = course(shape, {}, {}, 30), draw_parameters([0])
    assert_same(*both_of(shape, par, line))


def test_the_42_are_untouched_by_an_area_beside_them() -> None:
    own = read(EXAMPLE)
    alone, beside = (
        make_state(make_shape(Study(areas, own=mine, people=1000, place_size=500, draws=1)), draw_parameters([0]))
        for areas, mine in (((17,), None), ((17, OWN), own))
    )
    n = alone.shape.people
    assert np.array_equal(alone.people.whog[:500], beside.people.whog[:500]) and n
    assert np.array_equal(alone.people.needs[:500], beside.people.needs[:500])


def test_an_own_area_is_run_named_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "run", "today", "--area-file", EXAMPLE, *FAST, "--out", tmp_path)
    assert code == 0 and "Your own area: Saltmere (fictional)" in " ".join(out.split()), err
    kept = store.read(tmp_path / "today")
    assert kept.result.shape.own == read(EXAMPLE) and kept.manifest["own_area"]["name"] == "Saltmere (fictional)"
    assert kept.result.shape.codes == ("own",)


def test_an_own_area_with_an_inventory_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = written(tmp_path, "organisation,area,offer,needs,places\nSalt Circle,own,group,pain,8\n")
    code, out, _ = told(capsys, "run", "today", "--area-file", EXAMPLE, "--inventory", listed, *FAST, "--json")
    assert code == 0 and json.loads(out)["status"].startswith("supply at the start from a local inventory")
    code, _, err = told(capsys, "run", "today", "--inventory", listed, *FAST)
    assert code == 2 and "not described" in err
    code, _, err = told(capsys, "run", "today", "--area-file", EXAMPLE, "--areas", "sussex", *FAST)
    assert code == 2 and "not in the run" in err


def test_markup_in_the_name_is_shown_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    other.mkdir()
    path = written(tmp_path, TEXT.replace("Saltmere (fictional)", "[red]=1+1[/nope]"))
    listed = written(other, "organisation,area,offer,needs,places\nX,sussex,group,pain,8\n")
    code, out, err = told(
        capsys, "run", "today", "--area-file", path, "--inventory", listed, "--areas", "own,sussex", *FAST
    )
    assert code == 0 and " ".join(out.split()).count("[red]=1+1[/nope]") > 1, err


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, example, _ = told(capsys, "area", "example")
    code, out, _ = told(capsys, "area", "check", written(tmp_path, example), "--json")
    assert code == 0 and json.loads(out)["shares"]["age 85+"] == pytest.approx(0.05, abs=0.001)
    assert "Saltmere" in told(capsys, "area", "check", EXAMPLE)[1]
    assert [c["name"] for c in json.loads(told(capsys, "area", "schema", "--json")[1])] == KIND.names


def test_the_page_holds_the_columns_of_the_code() -> None:
    assert schema_markdown(KIND) in (DOCS / "own_area.md").read_text("utf-8")
    assert set(MEASURES) <= {row.split(",")[0] for row in TEXT.splitlines()} and load_areas() is not None


BAD: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "the file is empty", "peerscale area example"),
    "binary": (b"\x00\xff", "not text", "CSV UTF-8"),
    "huge": (b"a" * (MAX_BYTES + 1), "too large", "at most 2 MB"),
    "column missing": ("measure,level\nname,\n", "the column value is missing", "value:"),
    "column unknown": ("measure,level,valeu\n", "unknown column", "value"),
    "measure unknown": (TEXT.replace("age,18-24", "aeg,18-24"), "does not know this word", "age"),
    "level unknown": (TEXT.replace("age,85+", "age,85"), "does not know this level", "85+"),
    "level of a single figure": (TEXT.replace("adults,,", "adults,all,"), "adults has no level", "leave it empty"),
    "name missing": (TEXT.replace("name,,Saltmere (fictional),example\n", ""), "'name' is missing", "name,,"),
    "adults missing": (TEXT.replace("adults,,32000,example\n", ""), "'adults' is missing", "30000"),
    "like missing": (
        TEXT.replace("like,,Lincolnshire,an area of the 42 that is like yours\n", ""),
        "'like' is missing",
        "Lincolnshire",
    ),
    "like unknown": (TEXT.replace("Lincolnshire", "Lincolnshir"), "no area is called", "Lincolnshire"),
    "like itself": (TEXT.replace("Lincolnshire", "own"), "no area is called", "42 areas"),
    "value empty": (TEXT.replace("age,18-24,2600", "age,18-24,"), "value is empty", "leave the row out"),
    "value in words": (TEXT.replace("age,18-24,2600", "age,18-24,about 2600"), "value is a number", "2600"),
    "value negative": (TEXT.replace("age,18-24,2600", "age,18-24,-2600"), "cannot be negative", "2600"),
    "twice": (TEXT + "sex,male,48%,x\n", "is there twice", "keep one"),
    "a level left out": (TEXT.replace("sex,male,48%,example\n", ""), "not given for every level", "sex,male,0"),
    "shares that do not add up": (TEXT.replace("48%", "58%"), "sex does not add up", "1.1 in all"),
    "counts that do not add up": (TEXT.replace("18-24,2600", "18-24,12600"), "age does not add up", "42000 in all"),
    "too few adults": (TEXT.replace("32000", "320"), "too few adults", "5000"),
    "too many adults": (TEXT.replace("32000", "99000000"), "too large", "at most"),
    "conditions out of range": (TEXT.replace("0.61", "0.05"), "out of range", "0.54"),
    "name too long": (TEXT.replace("Saltmere (fictional)", "x" * 61), "name is too long", "60 letters"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_one_message_with_file_rule_and_advice(tmp_path: Path, case: str) -> None:
    content, what, hint = BAD[case]
    with pytest.raises(UserError) as caught:
        read(written(tmp_path, content))
    text = str(caught.value)
    assert what in text and hint in text and "mine.csv" in text and caught.value.rule and caught.value.try_
