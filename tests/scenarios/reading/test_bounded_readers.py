"""Files that are large, deep or odd: answered at once, in one message, with all that is wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from posteriors import of_this_model

from dashboards.asked import inventory_text
from dashboards.asked.link import decode, encode
from dashboards.asked.scenario_text import from_text
from dashboards.asked.state import Asked
from peerscale.cli import call
from scenarios.evidence.calibration_plan import read_plan
from scenarios.questions.solve.goal import goals_dir, load_goal
from scenarios.reading.files import MAX_BYTES
from scenarios.reading.inventory import errors
from scenarios.reading.lines import MOST_DEEP, all_lines, line_of
from scenarios.reading.load import load
from sim.errors import Several, UserError, printable

HEAD = 'name = "mine"\ntitle = "Mine"\nquestion = "Does it help?"\nextends = "today"\n'
AT_ONCE = 5.0  # seconds of this process; before, the same took 37 to 108


def refused(path: Path, read=load) -> UserError:
    with pytest.raises(UserError) as caught:
        read(path)
    return caught.value


def toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


FULL = MAX_BYTES - len(HEAD) - 100
LARGE = {
    "unknown keys": HEAD + "".join(f"k{i} = 1\n" for i in range(FULL // 12)),
    "unknown levers in one line": HEAD + "levers = {" + ",".join(f"k{i}=1" for i in range(FULL // 9)) + "}",
    "wrong levers": HEAD + "[levers]\n" + "".join(f"l{i} = -1\n" for i in range(FULL // 12)),
    "empty changes": HEAD + "[[change]]\n" * (FULL // 11),
    "one long word": HEAD + "a" * FULL,
    "a long dotted key": HEAD + "a" + ".a" * (FULL // 2) + " = 1",
    "a long list of areas": HEAD + "[run]\nareas = [" + '"x",' * (FULL // 4) + "]",
    "a list that is not closed": HEAD + "a = " + "[" * FULL,
    "quotes that are not closed": HEAD + '"""\\' * (FULL // 4),
    "a name that no file can have": HEAD.replace('"today"', '"' + "x" * FULL + '"'),
    "ramps in every week": HEAD
    + "".join(
        f'[[change]]\nfrom="week {i}"\nover_weeks=1560\nlevers={{personal_budget_share=0.1{i}}}\n' for i in range(200)
    ),
    "a million letters": "x = 1\n" * 170_000,
}


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("read", [load, load_goal, read_plan])
def test_a_large_toml_is_answered_at_once(tmp_path: Path, name: str, read) -> None:
    path = toml(tmp_path, LARGE[name])
    begun = time.process_time()
    try:
        read(path)
    except UserError as error:
        assert len(str(error)) < 100_000
    assert time.process_time() - begun < AT_ONCE


def test_a_large_inventory_is_answered_at_once(tmp_path: Path) -> None:
    head = ",".join(column.name for column in inventory_text.COLUMNS)
    row = "\n" + ",".join(["zzzzzzzz" * 20] * len(inventory_text.COLUMNS))
    path = tmp_path / "mine.csv"
    path.write_text(head + row * 450)
    begun = time.process_time()
    assert errors(path)
    assert time.process_time() - begun < AT_ONCE


def test_every_fault_of_a_scenario_is_told_with_its_line(tmp_path: Path) -> None:
    text = (
        HEAD + "colour = 1\n[run]\nyears = 99\nareas = ['sussex', 'sussex', 'zz']\n[levers]\nlink_workers = 99\n"
        "cut = 'x'\n[[change]]\nfrom = 'year 2'\nto = 'year 1'\nareas = ['qq']\nlevers = { budget_board = -1 }\n"
        "[[change]]\nfrom = 'soon'\nlevers = { budget_board = -2 }\n"
    )
    error = refused(toml(tmp_path, text))
    assert isinstance(error, Several)
    told = {(one.line, one.key) for one in error.found}
    assert told == {
        (5, "colour"),
        (7, "run.years"),
        (8, "run.areas[2]"),
        (8, "run.areas[3]"),
        (10, "levers.link_workers"),
        (11, "levers.cut"),
        (14, "change[1].to"),
        (15, "change[1].areas[1]"),
        (16, "change[1].levers.budget_board"),
        (18, "change[2].from"),
        (19, "change[2].levers.budget_board"),
    }
    assert all(one.rule and one.got and one.try_ for one in error.found)
    assert str(error).startswith("11 things are wrong")


def test_every_fault_of_a_goal_and_of_a_plan_is_told(tmp_path: Path) -> None:
    goal = (goals_dir() / "half.toml").read_text()
    goal = goal.replace("[goal]", "[goal]\noutcom = 1\ngroup = 3").replace("[levers]", "[levers]\n[lever]")
    assert {one.key for one in refused(toml(tmp_path, goal), load_goal).found} >= {"goal.outcom", "goal.group", "lever"}
    numbers = (
        (goals_dir() / "half.toml").read_text().replace("[levers]", "[levers]\nzz = [0, 1]\nlink_workers = [2, 1]")
    )
    keys = {
        one.key for one in refused(toml(tmp_path, 'base = "nowhere"\n' + numbers.replace("base", "#")), load_goal).found
    }
    assert keys >= {"levers.zz", "levers.link_workers", "base"}
    plan = 'name = "P"\nextends = "small"\n[where]\npeople = 1\n[calibration]\nseed = -1\n'
    assert {one.key for one in refused(toml(tmp_path, plan), read_plan).found} == {
        "name",
        "where.people",
        "calibration.seed",
    }


def test_no_more_than_twenty_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    error = refused(toml(tmp_path, HEAD + "[levers]\n" + "".join(f"l{i} = 1\n" for i in range(50))))
    assert len(error.found) == 20 and "50 things are wrong; the first 20" in str(error)


def test_a_key_that_is_misspelt_is_not_also_missing(tmp_path: Path) -> None:
    error = refused(toml(tmp_path, HEAD.replace("title", "titel")))
    assert [one.key for one in error.found] == ["titel"] and error.try_ == "title"


LINES = '''name = "x" # [levers]
note = """
[levers]
cut = 1
"""
[run]
areas = ["a",  # areas = 3
  "b"]
[[change]]
from = "year 2"
levers = { link_workers = 1.5, "directory" = 0.7 }
[[change]]
[change.levers]
a.b = 1
[levers]
many = [{x = 1}, {y = [1, 2]},
  {z = 3}]
cut = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("note",), 2),
        (("run",), 6),
        (("run", "areas"), 7),
        (("change", 0, "levers", "directory"), 11),
        (("change", 1), 12),
        (("change", 1, "levers", "a", "b"), 14),
        (("levers",), 15),
        (("levers", "many", 2, "z"), 17),
        (("levers", "cut"), 18),
        (("levers", "many", 1, "y"), 16),
        (("levers", "many", 1, "q"), 16),
    ],
)
def test_keys_are_found_on_their_lines(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(LINES, path) == line


def test_text_inside_strings_and_comments_holds_no_keys() -> None:
    assert all_lines('a = "b = 1 [c] #"  # d = 2\n') == {("a",): 1}


HUGE = ["1" + "0" * 309, "-1" + "0" * 400, "0x" + "f" * 5000, "0o" + "7" * 3000, str(2**63)]


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize("read", [load, load_goal, read_plan])
def test_whole_numbers_beyond_any_machine_are_out_of_range(tmp_path: Path, number: str, read) -> None:
    error = refused(toml(tmp_path, f"{HEAD}[levers]\nlink_workers = {number}\n"), read)
    assert error.line == 6 and "too many digits" in error.got and "2^63" in error.rule
    with pytest.raises(UserError):
        from_text(f"{HEAD}[levers]\nlink_workers = {number}\n")


@pytest.mark.parametrize("number", ["1" + "0" * 309, "1e999", "-inf", "nan"])
def test_a_link_and_a_setting_with_such_a_number_are_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked, notes = decode(f"set=link_workers:{number}")
    assert notes and not asked.policy.sets
    assert call(["run", "today", "--set", f"link_workers={number}"]) == 2
    assert "link_workers" in capsys.readouterr().err


def test_tables_too_deep_are_refused_with_their_line(tmp_path: Path) -> None:
    for text in ("a" + ".a" * 990 + " = 1", "[" + ".".join(["a"] * 990) + "]", "a = " + "[" * 200 + "]" * 200):
        error = refused(toml(tmp_path, HEAD + text))
        assert error.line == 5 and f"at most {MOST_DEEP} parts" in error.rule


def test_a_link_to_an_area_of_ones_own_shows_another_and_says_so() -> None:
    asked, notes = decode("?area=own")
    assert asked.area == Asked().area and "not one of the 42" in notes[0] and decode(encode(asked))[0] == asked


def test_half_a_letter_in_a_form_is_refused_and_nothing_is_lost() -> None:
    good = inventory_text.example()
    row = dict(inventory_text.rows_of(good)[0], organisation="Hill\ud800top")
    (error,) = inventory_text.problems(inventory_text.saved(good, row, 99))
    assert "half of a letter" in error.what and "\ud800" not in str(error)
    assert inventory_text.problems(good) == []
    with pytest.raises(UserError, match="half of a letter"):
        from_text(HEAD.replace("Mine", "\ud800") + "[levers]\ncut = 0\n")


def test_messages_can_be_printed_whatever_they_quote() -> None:
    error = UserError("a\x1b[31m", file="b\udcff.toml", got="c\x07")
    said = str(error)
    said.encode()
    assert printable(said) == said and "\\x1b" in said and "\\udcff" in said


@pytest.mark.parametrize(
    "command", [["scenarios", "validate"], ["run"], ["inventory", "check"], ["evidence", "check"], ["solve"]]
)
def test_a_name_that_is_not_utf_8_is_refused_in_one_message(tmp_path: Path, command: list[str]) -> None:
    name = bytes(tmp_path) + b"/a\xff.toml"
    Path(str(name, "utf-8", "surrogateescape")).write_text("name = 'a'\n")
    done = subprocess.run([sys.executable, "-m", "peerscale", *command, name], capture_output=True, check=False)
    assert done.returncode == 2 and b"Traceback" not in done.stderr and b"\\udcff" in done.stderr


@pytest.mark.parametrize("command", [["run", "--out"], ["batch", "--out"], ["run", "--plot"]])
def test_results_are_not_promised_to_a_name_that_is_not_utf_8(tmp_path: Path, command: list[str]) -> None:
    """The run was made, and its tables could not be written."""
    name = bytes(tmp_path) + b"/\xff.png"
    done = subprocess.run(
        [sys.executable, "-m", "peerscale", *command, name], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 2 and b"letters of UTF-8" in done.stderr and not list(tmp_path.iterdir())


def test_reading_a_posterior_leaves_no_thread_behind(tmp_path: Path) -> None:
    """A thread of Arrow's that is still at work when Python ends aborts the process, one refusal in seven or so."""
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        pytest.skip("threads are counted where /proc is")
    code = (
        "import os, sys, numpy, pyarrow.parquet\nfrom scenarios.running import posterior\ncount = lambda: len(os.listdir('/proc/self/task'))\n"
        "before = count()\nposterior.choose(sys.argv[1])\nprint(count() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(of_this_model(tmp_path / "p"))], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0"]
