"""England's answer is what its record says; README, page and picture are made from it, and a record of another model is stale."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import made_atlas
import pytest

from reports.answer import record, words
from reports.answer.__main__ import BEGIN, END, README, files, main, recorded, with_block
from reports.atlas.page import main as page_again
from reports.atlas.page import page, remade, write_again
from reports.ladder.words import HOW, MEANS
from scenarios.questions.atlas import folder, tables
from scenarios.running import identity
from sim.errors import UserError
from sim.version import MODEL

SHIPPED = record.FILE.parent / "atlas"
"""The small atlas that ships."""
TOP = {
    "name": "act_rate",
    "meaning": "How soon people act.",
    "unit": "a year",
    "low": 0.1,
    "high": 2.0,
    "rank_correlation": -0.5,
}


def written(place, areas=None):
    """A made-up atlas in a folder."""
    ask = made_atlas.ask(areas)
    found = tables.tables(ask, made_atlas.records(ask))
    folder.begin(place, ask)
    folder.write(place, ask, found, page(folder.manifest_of(ask), found), {"day": "2026-12-01"})
    return place


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return record.made(record.Made(written(tmp_path_factory.mktemp("atlas") / "made"), commands=("peerscale atlas",)))


# ------------------------------------------------------------------ what ships


def test_readme_page_and_picture_are_what_the_record_says():
    for path, text in files(recorded()).items():
        assert path.read_text("utf-8") == text, "make it again: python -m reports.answer"


def test_the_readme_opens_with_the_answer():
    before = README.read_text("utf-8").partition(BEGIN)[0]
    assert before.startswith("# peerscale") and before.count("\n") < 8


SHIPS = pytest.mark.skipif(not record.FILE.exists(), reason="nothing is recorded yet, and the pages say so")


@SHIPS
def test_the_record_is_of_this_model_and_says_when_and_by_which_code():
    found = record.read()
    assert (
        found["model"] == MODEL and found["day"] in words.in_readme(found) and found["code"] in words.in_readme(found)
    )
    assert folder.read(SHIPPED)[0]["atlas_id"] == found["atlas_id"]


@SHIPS
def test_the_atlas_that_ships_is_small_whole_and_made_by_this_code():
    manifest, found = folder.read(SHIPPED)
    assert len(found["areas"]) == 42 and manifest["model"] == MODEL
    assert sum(one.stat().st_size for one in SHIPPED.iterdir()) < 3_000_000
    assert remade(SHIPPED) == (SHIPPED / folder.PAGE).read_text("utf-8"), "python -m reports.atlas.page docs/atlas"


# ------------------------------------------------------------------ how it is made


def test_five_sentences_with_every_figure_from_the_record(made):
    said = words.sentences(made)
    assert len(said) == 5 and all(one.endswith(".") for one in said)
    assert f"{made['policies']['certified']} of 42 areas" in said[-1]
    other = json.loads(json.dumps(made))
    other["headlines"]["available"]["median"] += 3.0
    assert words.sentences(other)[0] != said[0] and words.sentences(other)[1:] == said[1:]


def test_what_was_not_run_is_said_to_be_so(made):
    text = words.page(made)
    assert text.count(words.NOT_RUN) >= 6 and "is not in this record" in text  # searches at three levels, assumptions
    with_both = made | {
        "solved": [_step(0.5, True), _step(0.8, False)],
        "assumptions": {
            "subject": "x",
            "sample": "y",
            "rows": 8,
            "replicates": 2,
            "assumptions": 0.9,
            "inputs": [_input()],
        },
    }
    text = words.page(with_both)
    assert "How soon people act (`act_rate`)" in text and "not reached" in text and "met in 9 of 10 worlds" in text
    assert text.count(words.NOT_RUN) == 3  # areas at 80 and 95, and the search at 95


def _step(level, reached):
    verdict = {"met": 9, "worlds": 10}
    return {
        "certificate": None,
        "level": level,
        "reached": reached,
        "certified": False,
        "verdict": verdict,
        "gbp_per_adult_year": {"median": 9.0},
    }


def _input():
    return TOP | {"share": {"value": 0.4, "clear": True}}


def test_a_search_and_an_analysis_are_read_as_their_commands_write_them(tmp_path):
    _searched(tmp_path / "solved")
    index = {"value": 0.3, "low": 0.1, "high": 0.5, "clear": True}
    analysis = {"subject": "s", "sample": "a", "rows": 8, "replicates": 2, "parameters_share": {"parameters": 0.9}}
    inputs = [TOP | {"first_order": index, "sobol_total": index | {"value": 0.6}}] * 12
    (tmp_path / "analysis.json").write_text(json.dumps(analysis | {"inputs": inputs}))
    asked = record.Made(written(tmp_path / "atlas"), tmp_path / "solved", tmp_path / "analysis.json")
    found = record.made(asked)
    assert found["solved"][0]["level"] == 0.5 and len(found["assumptions"]["inputs"]) == 10
    assert found["assumptions"]["inputs"][0]["share"] == {"value": 0.6, "clear": True}
    text = words.page(found)
    assert "the search 'england'" in text and "over 3 years" in text and "code c0de" in text
    assert "certified, £9.00 an adult a year; met in 55 of the 60 fresh worlds that tested it" in text


def _searched(place, **changed):
    place.mkdir()
    (place / "answer.json").write_text(json.dumps(made_atlas.answer_json(**changed)))
    return place


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"areas": ["E54000039"]}, "another question than the atlas"),
        ({"goal": {"outcome": "had_in_time"}}, "outcome: had_in_time, not available"),
        ({"also": ["a gap of at most 5 points"]}, "besides: a gap"),
        ({"model": MODEL - 1}, "first edition"),
    ],
)
def test_a_search_of_something_else_is_never_england_s(change, said, tmp_path):
    goal = made_atlas.answer_json()["goal"]
    changed = change | ({"goal": goal | change["goal"]} if "goal" in change else {})
    place = _searched(tmp_path / "solved", **changed)
    with pytest.raises(UserError, match=said):
        record.made(record.Made(written(tmp_path / "atlas"), place))


def test_what_would_be_left_out_is_refused_rather_than_ignored(tmp_path, capsys):
    before = {path: path.read_bytes() for path in files(recorded())}
    for given in (["--solved", str(tmp_path)], ["--sensitivity", str(tmp_path / "a.json")], ["--command", "x"]):
        assert main(given) == 2
        said = capsys.readouterr().err
        assert "without an atlas" in said and given[0] in said
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.parametrize("timings", ["[]", "{}", '{"day": 3}'])
def test_an_atlas_without_its_day_is_one_message(timings, tmp_path, capsys):
    place = written(tmp_path / "atlas")
    (place / folder.TIMINGS).write_text(timings)
    assert main(["--atlas", str(place)]) == 2
    said = capsys.readouterr().err
    assert folder.TIMINGS in said and "Traceback" not in said


def test_the_page_of_no_atlas_is_one_message(tmp_path, capsys):
    assert page_again([str(tmp_path)]) == 2
    assert "no whole atlas" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        page_again([])
    assert ended.value.code == 2


def test_people_are_totals_of_each_kind_and_pounds_are_more_than_today(made):
    text = words.page(made)
    for words_ in (
        "more a year than today's. In all",
        "full-time posts of paid peer workers",
        "of coordinators",
        "link workers and",
    ):
        assert words_ in text
    assert "full-time paid posts" not in text


def test_why_the_picture_begins_elsewhere_than_the_first_sentence_is_said_as_on_the_ladders_page(made):
    for text in (words.page(made), words.in_readme(made).replace("\n", " ")):
        assert MEANS in text
    assert MEANS in HOW


def test_a_page_of_other_code_is_written_again_and_all_else_stays(tmp_path):
    place = written(tmp_path / "atlas")
    before = {one.name: one.read_bytes() for one in place.iterdir()}
    (place / folder.PAGE).write_text("an older page", "utf-8")
    write_again(place)
    assert {one.name: one.read_bytes() for one in place.iterdir()} == before


def test_an_atlas_of_some_areas_is_not_england(tmp_path):
    with pytest.raises(UserError, match="all 42 areas"):
        record.made(record.Made(written(tmp_path / "some", "bnssg,sussex")))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": MODEL - 1}, "first edition"),
        ({"format": "another"}, "cannot be read"),
        ({"rests_on": {}}, "stale"),
        ({"rests_on": record.rests_on(identity.tables()) | {"areas.csv": "0"}}, "areas.csv"),
        ({"rests_on": record.rests_on(identity.tables()) | {"tests/golden/today.csv": "0"}}, "today.csv"),
    ],
)
def test_a_record_of_another_model_or_kind_is_refused(made, change, said, tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(record.text(made | change), "utf-8")
    with pytest.raises(UserError, match=said):
        record.read(path)


def test_a_record_is_fresh_while_nothing_that_it_rests_on_has_changed(made, tmp_path):
    (tmp_path / "answer.json").write_text(record.text(made), "utf-8")
    assert record.read(tmp_path / "answer.json") == json.loads(record.text(made))


def test_the_block_takes_the_place_of_the_one_before_and_nothing_else():
    text = f"# a\n\n{BEGIN}old\n{END}\nrest\n"
    assert with_block(text, "new") == f"# a\n\n{BEGIN}new\n{END}\nrest\n"
    with pytest.raises(ValueError, match="lacks"):
        with_block("# a\n", "new")


def test_the_picture_says_in_words_what_it_shows(made):
    root = ElementTree.fromstring(words.picture(made))
    assert "Of 100 wants" in root.get("aria-label")
