"""Areas by the names that people write; the boards of April 2026; what is not a name is refused, with what to choose from."""

import csv

import pytest
from fakes import fake_result

from peerscale.cli import call
from scenarios.reading.areas import boards, codes, index, members, note, split, suggestion
from scenarios.reading.load import load, resolve
from scenarios.running.study import area_list, make_shape
from sim.errors import UserError
from sim.numbers.levers import INDEX
from sim.people.population import load_areas, tables_dir

NAMES = [str(name) for name in load_areas().name]
SHORT = [str(name) for name in load_areas().short_name]


def named(*names):
    return {SHORT[area] for area in area_list(names)}


@pytest.mark.parametrize(
    "way",
    [
        lambda full: full,
        str.upper,
        lambda full: full.replace("NHS ", ""),
        lambda full: full.replace("Integrated Care Board", "ICB"),
        lambda full: full.replace(" Integrated Care Board", ""),
        lambda full: full.replace(" and ", " & "),
        lambda full: full.replace(",", ""),
        lambda full: full.replace("Integrated Care Board", "Integrated Care System"),
        lambda full: f"  {full}  ",
    ],
)
def test_every_area_is_found_however_its_name_is_written(way):
    assert [index(way(name)) for name in NAMES] == list(range(42))


def test_names_with_commas_are_told_from_commas_between_names():
    assert split("Bristol, North Somerset and South Gloucestershire, sussex") == [
        "Bristol, North Somerset and South Gloucestershire",
        "sussex",
    ]
    assert split("Leicester,Leicestershire and Rutland ; NHS Devon ICB") == [
        "Leicester, Leicestershire and Rutland",
        "NHS Devon ICB",
    ]
    assert split("bnssg,sussex,devon") == ["bnssg", "sussex", "devon"] and split(" , ;") == []


def test_a_very_long_list_is_read_once_through():
    assert split(",".join(["x"] * 200_000)) == ["x"] * 200_000
    with pytest.raises(UserError) as refused:
        area_list(["y" * 100_000])
    assert len(refused.value.what) < 200


def test_all_42_names_in_one_line_are_42_areas():
    assert len(area_list(split(", ".join(NAMES)))) == 42 and len(area_list(split(",".join(SHORT)))) == 42


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Joined Up Care Derbyshire", "Derby and Derbyshire"),
        ("Our Healthier South East London", "South East London"),
        ("Humber, Coast and Vale", "Humber and North Yorkshire"),
        ("Frimley Health and Care ICS", "Frimley"),
        ("QUY", SHORT[index("bnssg")]),
    ],
)
def test_other_names_of_the_same_board(name, short):
    assert named(name) == {short}


@pytest.mark.parametrize(
    "word",
    [
        "bristol",
        "Birmingam",
        "bnsg",
        "Suffex",
        "Lincolnshir",
        "Hampshire",
        "London",
        "Yorkshire",
        "North",
        "x" * 500,
        "",
    ],
)
def test_what_is_no_areas_name_is_never_taken_for_another(word):
    with pytest.raises(UserError, match="no area is"):
        area_list(split(word))


def test_a_word_of_a_name_gets_the_areas_that_hold_it_and_no_other():
    assert suggestion("bristol") == '"Bristol, North Somerset and South Gloucestershire" (bnssg)'
    assert "Birmingham" not in suggestion("bristol")
    london = suggestion("London")
    assert all(f'"{place} London"' in london for place in ("North East", "South West")) and "Sussex" not in london


def test_a_word_that_no_name_holds_gets_the_whole_list():
    assert all(f'"{name}"' in suggestion("Suffex") for name in SHORT) and "peerscale areas" in suggestion("Suffex")


def test_the_boards_of_2026_run_as_the_former_areas_they_are_made_of():
    assert named("NHS Central East Integrated Care Board") == {
        "Bedfordshire, Luton and Milton Keynes",
        "Cambridgeshire and Peterborough",
        "Hertfordshire and West Essex",
    }
    assert named("norfolk & suffolk ICB") == {"Norfolk and Waveney", "Suffolk and North East Essex"}
    assert named("Surrey and Sussex") == {"Surrey Heartlands", "Sussex"}
    assert named("NHS West and North London ICB") == {"North Central London", "North West London"}
    assert named("Essex") == {"Mid and South Essex"} and len(boards()) == 6


def test_it_is_said_where_a_part_is_missing_or_only_a_part_belongs():
    assert "Missing: north east Essex, a part of Suffolk and North East Essex" in note("Essex")
    assert "Missing: west Essex" in note("Essex")
    assert "Of Suffolk and North East Essex only a part belongs (Suffolk); all of it is run" in note(
        "Norfolk and Suffolk"
    )
    assert "east Berkshire" in note("Thames Valley") and "read as a plan" in note("Thames Valley")
    assert "not confirmed" in note("Surrey and Sussex") and "not confirmed" in note("West and North London")
    assert note("Sussex") == "" and note("Hampshire and Isle of Wight") == ""


def test_the_run_says_it_before_anything_runs(capsys):
    assert call(["run", "--areas", "NHS Essex ICB", "--dry-run"]) == 0
    told = capsys.readouterr()
    assert "board of April 2026" in told.err and "Mid and South Essex" in told.out


@pytest.mark.parametrize("command", ["run", "batch"])
def test_the_report_says_it_too_for_people_and_machines(command, capsys, monkeypatch, tmp_path):
    def made(scenarios, study, *_):
        yield from ((i, fake_result(make_shape(study), i)) for i, _ in enumerate(scenarios))

    monkeypatch.setattr("peerscale.ask.run_many", made)
    asked = [command, "today", "open_door", "--areas", "Essex ICB", "--draws", "6", "--years", "2"]
    for extra in ([], ["--json"]):
        out = [] if command == "run" else ["--out", str(tmp_path / f"r{len(extra)}")]
        assert call([*asked, *extra, *out]) == 0
        assert "Missing: west Essex" in " ".join(capsys.readouterr().out.split())


def test_an_area_that_comes_twice_by_a_new_board_is_refused():
    with pytest.raises(UserError, match="named twice"):
        area_list(["Surrey and Sussex", "sussex"])


def test_a_change_may_name_a_board_of_2026(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\ntitle = "M"\nquestion = "Does it hold?"\n[run]\nareas = ["Surrey and Sussex", "bnssg"]\n'
        '[[change]]\nfrom = "year 2"\nareas = ["NHS Surrey and Sussex ICB"]\nlevers = { link_workers = 2 }\n'
    )
    found = resolve(load(path), codes(["Surrey and Sussex", "bnssg"]), 0)
    assert found.at(60)[INDEX["link_workers"]].tolist() == [2, 2, 0.74]


def test_the_parts_of_a_board_that_was_divided_add_up_to_it():
    with open(tables_dir() / "boards_2026.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"] for row in rows) and len(rows) == 16
    for code in ("QJG", "QM7"):
        assert sum(float(row["people_share"]) for row in rows if row["former_ods"] == code) == pytest.approx(1)
    assert len({row["former_ods"] for row in rows}) == 12


def test_an_inventory_of_a_new_board_is_told_to_name_the_former_areas():
    with pytest.raises(KeyError):
        index("Central East")
    assert "Cambridgeshire and Peterborough" in suggestion("Central East") and len(members("Central East")) == 3
