"""How options are read: numbers as people write them, places that are tried before anything runs, processes within sense."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from calibration import extras
from peerscale.cli import call
from peerscale.given_types import most_workers, place, processes, whole
from sim.errors import UserError


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10000", 10_000),
        ("10,000", 10_000),
        ("1,234,567", 1_234_567),
        ("10 000", 10_000),
        ("10\u00a0000", 10_000),
        ("10_000", 10_000),
        (" 7 ", 7),
        ("-5", -5),
        ("0", 0),
        (12, 12),
        ("1" + "0" * 39, 10**39),
    ],
)
def test_a_whole_number_is_read_as_people_write_it(text, number):
    assert whole("--people")(text) == number


@pytest.mark.parametrize(
    "text", ["10,00", "1,0000", "10.000", "1,000 000", "10k", "ten", "", ",", "1e4", "1,", "9" * 5000, "٣٠٠", "0x10"]
)
def test_a_number_that_may_mean_two_things_or_none_is_refused(text):
    with pytest.raises(UserError, match="not a valid integer") as refused:
        whole("--people")(text)
    assert refused.value.key == "--people" and "10,000" in refused.value.rule and len(refused.value.got) <= 40


def test_people_with_a_comma_run(capsys):
    assert call(["run", "--people", "10,000", "--draws", "2", "--dry-run"]) == 0
    assert "10,000" in capsys.readouterr().out


@pytest.mark.parametrize("count", ["-1", "1000000", str(most_workers() + 1)])
def test_processes_without_sense_are_refused(count):
    with pytest.raises(UserError, match="--workers is out of range"):
        processes(count)


def test_processes_within_sense_are_taken():
    assert processes("0") == 0 and processes("2") == 2 and most_workers() >= 8


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "batch",
        "explain today open_door",
        "relief",
        "ladder",
        "atlas",
        "behaviours",
        "solve half",
        "case open_door",
        "pilot",
        "sensitivity",
        "discover",
        "plausible",
        "calibrate small",
    ],
)
def test_every_command_refuses_them(command, capsys):
    assert call([*command.split(), "--workers", "-3"]) == 2
    assert "--workers is out of range" in capsys.readouterr().err


def test_the_home_folder_is_written_out(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert place("--out")("~/results") == tmp_path / "results"
    with pytest.raises(UserError, match="home folder"):
        place("--out")("~nobody_of_this_name/results")


@pytest.mark.parametrize(
    "name",
    [
        "a:b",
        "what?",
        "a*",
        "<x>",
        'say "x"',
        "a|b",
        "CON",
        "nul.txt",
        "ends.",
        "line\nbreak",
        "x" * 300,
        "\x00",
        "/".join(["folder"] * 300),
    ],
)
def test_a_name_that_some_system_cannot_have_is_refused(name, tmp_path):
    with pytest.raises(UserError, match="cannot be given") as refused:
        place("--out")(str(tmp_path / name / "in"))
    assert refused.value.key == "--out" and len(str(refused.value)) < 700


@pytest.mark.parametrize("name", ["results", "my results", "2026-04", "été", ".hidden", "a/b/../c", "."])
def test_usual_names_are_taken(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert place("--out")(name) == Path(name) and not list(tmp_path.iterdir())


def test_a_folder_that_is_there_already_may_have_any_name(tmp_path):
    (tmp_path / "odd:name").mkdir()
    assert place("--out")(str(tmp_path / "odd:name" / "r"))


def test_nothing_to_write_in_is_said_before_anything_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("peerscale.ask.run_many", lambda *_: pytest.fail("something ran"))
    (tmp_path / "file").write_text("x")
    assert call(["run", "--out", str(tmp_path / "file" / "r")]) == 2
    assert "a file is in its way" in capsys.readouterr().err

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert call(["run", "--out", str(tmp_path / "r")]) == 2
    assert "permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "batch", "sensitivity", "discover --at-least 0.3", "solve half"])
def test_too_little_room_is_said_before_anything_runs(command, tmp_path, capsys, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1_000))
    for name in (
        "peerscale.ask.run_many",
        "peerscale.commands.sensitivity.asker",
        "peerscale.commands.discover.look",
        "peerscale.solved.solve",
    ):
        monkeypatch.setattr(name, lambda *_: pytest.fail("something ran"))
    assert call([*command.split(), "--out", str(tmp_path / "r")]) == 2
    said = capsys.readouterr().err
    assert "too little room" in said and "MB free" in said and not (tmp_path / "r").exists()


def test_a_missing_extra_names_a_line_that_any_pip_can_follow(monkeypatch, tmp_path):
    """peerscale is in no registry, so pip install "peerscale[calibrate]" fails in a checkout and with a wheel."""
    from_checkout = extras.install_line("calibrate")
    monkeypatch.setattr(extras, "CHECKOUT", tmp_path / "pyproject.toml")
    monkeypatch.setattr(
        extras.metadata,
        "requires",
        lambda _: [
            "numpy>=2.0",
            'scikit-learn>=1.5; extra == "calibrate"',
            "scipy>=1.13 ; extra == 'calibrate'",
            'segno>=1.6; extra == "dashboard"',
        ],
    )
    from_wheel = extras.install_line("calibrate")
    for line in (from_checkout, from_wheel):
        assert '-m pip install "' in line and '"scikit-learn>=1.5"' in line and '"scipy>=1.13"' in line
        assert "peerscale" not in line.split("install ")[1] and "segno" not in line


def test_every_extra_has_such_a_line():
    for extra in ("watch", "calibrate", "dashboard", "abc"):
        assert len(extras.libraries(extra)) > 1


def test_a_command_says_that_line(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    assert call(["case", "open_door"]) == 2
    assert '-m pip install "' in capsys.readouterr().err
