"""How long a command takes is said beforehand, and how much is left while it runs: in one place."""

import re
import time
from pathlib import Path

import pytest

from peerscale import waiting
from peerscale.cli import call
from peerscale.options import Typed, make_study
from scenarios.reading.scenario import RunSettings
from sim.errors import UserError


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3, "a few seconds"),
        (12, "about 10 seconds"),
        (44, "about 45 seconds"),
        (75, "about 80 seconds"),
        (95, "about 2 minutes"),
        (1300, "about 20 minutes"),
        (2 * 3600, "about 2 hours"),
        (86_400, "about 25 hours"),
        (5 * 86_400, "about 5 days"),
    ],
)
def test_a_time_is_said_roughly(seconds, said):
    assert waiting.words(seconds) == said


def test_what_is_left_follows_what_is_done_and_at_first_what_was_expected():
    assert waiting.left(0.5, 60, 1000) == "about 60 seconds left"
    assert waiting.left(0.0, 30, 150) == "about 2 minutes left"
    assert waiting.left(0.0, 200, 150) == "time left not known yet"
    assert waiting.left(1.0, 60, 60) == "a few seconds left"


def study(**typed):
    return make_study(Typed(**typed), RunSettings())


def test_more_to_run_takes_longer_and_more_processes_less(monkeypatch):
    monkeypatch.setattr("scenarios.running.pool.cores", lambda: 4)
    usual = waiting.run_seconds(study(), 2, 1)
    for more in (study(people=100_000), study(years=20), study(draws=100), study(engine="mesa")):
        assert waiting.run_seconds(more, 2, 1) > 1.5 * usual
    assert waiting.run_seconds(study(), 8, 1) > 1.5 * usual > 1.5 * waiting.run_seconds(study(draws=100), 2, 4) / 5
    assert waiting.run_seconds(study(), 2, 4) < usual


def test_the_estimate_is_of_the_size_that_was_measured(monkeypatch):
    """run took 4 s on two quiet cores; docs/scale.md: all of England, 44 million adults, 96 CPU seconds for 104 weeks."""
    monkeypatch.setattr("scenarios.running.pool.cores", lambda: 2)
    assert 2.5 < waiting.run_seconds(study(), 2) < 8
    england = study(areas="all", people=44_430_000, draws=1, burn_in=52)
    assert 150 < waiting.run_seconds(england, 1, 1) < 576


COMMANDS = [
    ["run", "--people", "100000"],
    ["batch"],
    ["explain", "today", "open_door", "--people", "100000"],
    ["relief", "--people", "20000"],
    ["ladder"],
    ["behaviours"],
    ["solve", "half"],
    ["case", "open_door"],
    ["pilot"],
    ["sensitivity"],
    ["discover", "--at-least", "0.3"],
    ["plausible"],
    ["journey", "--people", "400000"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
def test_a_long_command_says_beforehand_how_long(command, monkeypatch, tmp_path):
    said = []

    def stop(label, seconds, most=False):
        said.append(seconds)
        raise UserError("far enough")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(waiting, "beforehand", stop)
    assert call([*command, "--json"]) == 2
    assert len(said) == 1 and said[0] > waiting.LONG_SECONDS


README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("command", "count", "unit"),
    re.findall(r"^\| `peerscale (.+?)` \| about (\d+) (second|minute|hour)s \|$", README, re.MULTILINE),
)
def test_the_readme_gives_nearly_the_time_that_the_command_says_on_two_cores(
    command, count, unit, monkeypatch, tmp_path
):
    said = []

    def stop(label, seconds, most=False):
        said.append(seconds)
        raise UserError("far enough")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scenarios.running.pool.cores", lambda: 2)
    monkeypatch.setattr(waiting, "beforehand", stop)
    call(command.split())
    told = int(count) * {"second": 1, "minute": 60, "hour": 3600}[unit]
    assert len(said) == 1 and 0.6 < said[0] / told < 1.6


def test_the_readme_gives_the_time_of_every_long_command():
    assert all(f"| `peerscale {command[0]}" in README for command in COMMANDS)


def test_calibrate_says_it_with_its_plan(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call(["calibrate", "larger", "--check"]) == 0
    assert re.search(r"at most (about \d+ (minutes|hours)) here", capsys.readouterr().out)


def test_a_short_command_says_nothing_and_a_long_one_does(capsys):
    with waiting.progress("Running", 3):
        pass
    assert capsys.readouterr().err == ""
    with waiting.progress("Running", 600, most=True):
        pass
    assert "Running takes at most about 10 minutes here." in capsys.readouterr().err


def test_time_left_is_shown_though_the_work_says_nothing(capsys, monkeypatch):
    monkeypatch.setattr(waiting, "EVERY_SECONDS", 0.02)
    end, seen = time.monotonic() + 20, ""
    with waiting.progress("Running", 600) as tell:
        tell(0.25)
        while "left" not in seen and time.monotonic() < end:
            time.sleep(0.02)
            seen += capsys.readouterr().err
    assert "Running: 25%" in seen and "left" in seen


def test_nobody_to_read_the_time_left_disturbs_nothing(monkeypatch, capsys):
    class Gone:
        def isatty(self):
            return False

        def write(self, text):
            raise BrokenPipeError

        def flush(self):
            raise BrokenPipeError

    monkeypatch.setattr(waiting, "EVERY_SECONDS", 0.01)
    said = []
    monkeypatch.setattr("threading.excepthook", lambda told: said.append(told))
    monkeypatch.setattr("sys.stderr", Gone())
    with waiting.progress("Running", 3) as tell:
        tell(0.5)
        time.sleep(0.2)
    assert not said


def test_stages_say_how_far_and_how_much_is_left(capsys, monkeypatch):
    monkeypatch.setattr(waiting, "EVERY_SECONDS", 0.0)
    with waiting.stages() as tell:
        tell("wave 1", 0, 10)
        time.sleep(0.01)
        tell("wave 1", 5, 10)
        tell("wave 1", 10, 10)
    said = capsys.readouterr().err.splitlines()
    assert "wave 1: 0 of 10" in said[0] and "left" in said[1] and said[2].endswith("wave 1: 10 of 10")
