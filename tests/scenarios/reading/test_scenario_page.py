"""docs/scenarios.md says how to write a scenario: each of its examples runs, and its tables name every key."""

import re
import tomllib
from pathlib import Path

import pytest

from peerscale.cli import call
from scenarios.reading.load import load
from scenarios.reading.scenario import RunSettings
from scenarios.reading.schema import ChangeTable, RunTable

PAGE = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text("utf-8")
EXAMPLES = {tomllib.loads(text)["name"]: text for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)}
SMALL = [
    "--people",
    "2000",
    "--draws",
    "2",
    "--replicates",
    "1",
    "--burn-in",
    "30",
    "--place-size",
    "1000",
    "--workers",
    "1",
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in EXAMPLES.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_are_examples_of_levers_changes_run_and_files_on_files():
    assert len(EXAMPLES) >= 5
    for words in ("[levers]", "[[change]]", "[run]", 'extends = "find_and_ask.toml"'):
        assert any(words in text for text in EXAMPLES.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_as_it_is_written(name, folder, capsys):
    assert call(["run", f"{name}.toml", *SMALL]) == 0, capsys.readouterr().err
    assert load(f"{name}.toml").title in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "line", re.findall(r"^peerscale (scenarios .*?|run \S+ --dry-run)(?:  .*)?$", PAGE, re.MULTILINE)
)
def test_a_command_of_the_page_works(line, folder, capsys):
    assert call(line.split()) == 0, capsys.readouterr().err


def test_the_tables_name_every_key_and_the_defaults_that_hold():
    for key in {*RunTable.model_fields} | {info.alias or key for key, info in ChangeTable.model_fields.items()}:
        assert f"`{key}" in PAGE, key
    plain = RunSettings()
    for key in ("years", "people", "draws", "replicates", "seed", "start"):
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{key}`"))
        assert str(getattr(plain, key)).removesuffix(".0") in row.split("|")[-2]
