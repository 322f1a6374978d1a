"""Goal files that are wrong, and a small goal solved with the real model, stopped and gone on with."""

from __future__ import annotations

import numpy as np
import pytest

from peerscale.cli import call
from scenarios.questions.solve import runs
from scenarios.questions.solve.goal import goal_names, load_goal
from scenarios.questions.solve.runs import COLUMNS, Runs
from scenarios.reading.load import load
from scenarios.running.finished import FOLDER
from sim.errors import UserError

GOOD = """name = "tiny"
question = "A trial?"
[goal]
level = 0.4
[levers]
directory = [0.1, 1.0]
mode_review = ["opt_in", "opt_out"]
[run]
people = 1000
years = 1
[search]
bundles = 8
worlds = 4
fresh = 40
candidates = 1
"""


def goal(tmp_path, text=GOOD):
    path = tmp_path / "tiny.toml"
    path.write_text(text, encoding="utf-8")
    return path


WRONG = {
    "level over 1": ("level = 0.4", "level = 1.4", "goal.level", 4),
    "level not a number": ("level = 0.4", 'level = "half"', "goal.level", 4),
    "empty range": ("[0.1, 1.0]", "[1.0, 0.1]", "levers.directory", 6),
    "range of nothing": ("[0.1, 1.0]", "[0.5, 0.5]", "levers.directory", 6),
    "beyond the lever": ("[0.1, 1.0]", "[0.1, 2.0]", "levers.directory", 6),
    "one word": ('["opt_in", "opt_out"]', '["opt_in"]', "levers.mode_review", 7),
    "unknown word": ('"opt_out"]', '"opted"]', "levers.mode_review", 7),
    "unknown lever": ("directory =", "directry =", "levers.directry", 6),
    "unknown key": ("years = 1", "yers = 1", "run.yers", 10),
    "too few runs": ("bundles = 8", "bundles = 8\nrounds = 900", "search.rounds", None),
    "no levers": ('directory = [0.1, 1.0]\nmode_review = ["opt_in", "opt_out"]\n', "", "levers", None),
    "unknown outcome": ("level = 0.4", 'level = 0.4\noutcome = "happy"', "goal.outcome", 5),
    "unknown group": ("level = 0.4", 'level = 0.4\ngroup = "age: 200"', "goal.group", 5),
    "unknown area": ("people = 1000", 'people = 1000\nareas = ["atlantis"]', "areas", None),
    "level below 0": ("level = 0.4", "level = -0.1", "goal.level", 4),
    "share of worlds over 1": ("level = 0.4", "level = 0.4\nworlds = 1.2", "goal.worlds", 5),
    "floor over 1": ("level = 0.4", "level = 0.4\nquality_at_least = 7", "goal.quality_at_least", 5),
    "frontier beyond everybody": (
        'question = "A trial?"',
        'question = "A trial?"\nfrontier = [0.5, 1.5]',
        "frontier",
        3,
    ),
    "a budget of nothing to spend": ("directory = [0.1, 1.0]", "budget_board = [0, 0]", "levers.budget_board", 6),
    "a budget of no policies": ("bundles = 8", "bundles = 0", "search.bundles", 12),
    "a budget of no fresh worlds": ("fresh = 40", "fresh = 0", "search.fresh", 14),
    "a budget of no candidates": ("candidates = 1", "candidates = 0", "search.candidates", 15),
    "nobody": ("people = 1000", "people = 0", "run.people", 9),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_with_its_place(case, tmp_path, capsys):
    old, new, key, line = WRONG[case]
    assert old in GOOD
    path = goal(tmp_path, GOOD.replace(old, new))
    assert call(["solve", str(path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert key in said and "Traceback" not in said
    assert line is None or f":{line}" in said or f"line {line}" in said
    assert not (tmp_path / "out").exists()


def test_a_goal_that_is_not_there(capsys):
    assert call(["solve", "nowhere.toml"]) == 2
    assert call(["solve", "hlaf"]) == 2
    assert "half" in capsys.readouterr().err


def test_a_folder_of_results_does_not_stand_in_the_way_of_the_goal_it_is_named_after(tmp_path, monkeypatch):
    (tmp_path / "half").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_goal("half").file.name == "half"


def test_too_few_bundles_says_how_many(tmp_path):
    levers = "".join(f"{n} = [0, 1]\n" for n in ("directory", "campaign", "route_practice", "route_acute"))
    text = GOOD.replace('directory = [0.1, 1.0]\nmode_review = ["opt_in", "opt_out"]\n', levers)
    with pytest.raises(UserError, match="too few runs") as caught:
        load_goal(goal(tmp_path, text))
    assert "16" in str(caught.value)


def test_too_few_fresh_worlds_ever_to_certify_says_how_many(tmp_path, capsys):
    """0.9**n falls below 2% between 37 and 38: so many must all succeed."""
    text = GOOD.replace("level = 0.4", "level = 0.4\nworlds = 0.9")
    assert (
        call(["solve", str(goal(tmp_path, text.replace("fresh = 40", "fresh = 37"))), "--out", str(tmp_path / "out")])
        == 2
    )
    assert "at least 38" in capsys.readouterr().err
    assert load_goal(goal(tmp_path, text.replace("fresh = 40", "fresh = 38"))).file.search.fresh == 38


def test_results_of_another_version_are_refused_and_left_as_they_are(tmp_path, capsys):
    folder = tmp_path / "out" / "tiny"
    folder.mkdir(parents=True)
    (folder / "version.txt").write_text("0.0.1, code 0, columns 0\n")
    (folder / "runs.jsonl").write_text('["kept", [1.0]]\n')
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert call(["solve", str(goal(tmp_path)), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "another version" in said and "0.0.1" in said and "--out elsewhere" in said
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_rows_that_other_code_read_are_of_another_version(tmp_path, monkeypatch):
    """A row keeps what was read of a run: the same names may mean something else once the code that reads them has changed."""
    runs.claim(tmp_path)
    runs.claim(tmp_path)
    (tmp_path / "columns.py").write_text("# other code\n")
    monkeypatch.setattr(runs, "READS", (*runs.READS, str(tmp_path / "columns.py")))
    with pytest.raises(UserError, match="another version"):
        runs.claim(tmp_path)


def test_runs_without_a_version_are_of_another_one(tmp_path, capsys):
    folder = tmp_path / "out" / "tiny"
    folder.mkdir(parents=True)
    (folder / "runs.jsonl").write_text('["kept", [1.0]]\n')
    assert call(["solve", str(goal(tmp_path)), "--out", str(tmp_path / "out")]) == 2
    assert "no version" in capsys.readouterr().err and (folder / "runs.jsonl").stat().st_size == 16


def test_a_folder_with_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "out" / "tiny").mkdir(parents=True)
    (tmp_path / "out" / "tiny" / "letter.txt").write_text("dear")
    assert call(["solve", str(goal(tmp_path)), "--out", str(tmp_path / "out")]) == 2
    assert "holds something else" in capsys.readouterr().err


def test_every_shipped_goal_can_be_read():
    assert goal_names()
    for name in goal_names():
        assert load_goal(name).file.name == name


def test_the_lowest_corner_of_half_is_todays_policy():
    half = load_goal("half")
    bundle = np.zeros(len(half.spans))
    assert half.scenario(bundle).levers == load("today").levers


def test_what_was_run_is_kept_and_a_line_cut_short_is_run_again(tmp_path):
    one = load_goal(goal(tmp_path))
    bundles = np.array([[0.0, 0.0], [1.0, 1.0]])
    with Runs(one, tmp_path / "a", workers=1) as runs:
        first = runs.columns(bundles, range(2))
    assert first.shape == (2, 2, len(COLUMNS))
    kept = sorted((tmp_path / "a" / FOLDER).glob("rows-*"))
    assert len(kept) == 1, "two policies in two worlds are one job"
    kept[0].write_bytes(kept[0].read_bytes()[:-40])
    with Runs(one, tmp_path / "a", workers=1) as runs:
        again = runs.columns(bundles, range(2))
        assert runs.done == 4
    assert np.array_equal(first, again)
    (tmp_path / "a" / FOLDER / "state-of-a-run-that-was-killed.job").write_bytes(b"left")
    with Runs(one, tmp_path / "a", workers=1) as runs:
        assert np.array_equal(runs.columns(bundles, range(2)), first) and runs.done == 0
    assert not list((tmp_path / "a" / FOLDER).glob("state-*")), "settled states go when the search has ended"
