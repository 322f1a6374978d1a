"""What people write is shown as they wrote it: brackets, backslashes, colons and dollars are no markup."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fakes import fake_result
from rich.console import Console
from test_cli import engine, told

from reports import console as terminal
from reports import terminal as report

__all__ = ["engine"]
TITLES = [
    "Cut [/year]",
    "More money [draft]",
    "Option [red]",
    "[bold]Ωmega[/bold] & <b>",
    "At :house: 10:30",
    r"C:\new\[x]",
    "$5 to $9",
    "[link=x]y[/link]",
]
FAST = ["--workers", "1", "--draws", "6", "--years", "1"]


def policy(folder: Path, title: str) -> Path:
    path = folder / "titled.toml"
    quoted = title.replace("\\", "\\\\")
    path.write_text(
        f'name = "titled"\ntitle = "{quoted}"\nquestion = "Does {quoted} survive?"\nextends = "today"\n[levers]\nself_referral = 1.0\n',
        "utf-8",
    )
    return path


@pytest.fixture(autouse=True)
def wide(monkeypatch) -> None:
    """No title is broken over lines."""
    monkeypatch.setattr(terminal.out, "_width", 200)


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_shown_as_it_was_written_by_every_command_that_tells_of_a_run(
    engine, tmp_path: Path, capsys, title
) -> None:
    path, out = policy(tmp_path, title), tmp_path / "out"
    for words in (
        ["run", "today", path, *FAST, "--out", out, "--plot", tmp_path / "p.svg"],
        ["batch", "today", path, *FAST, "--out", out],
        ["compare", out / "today", out / "titled"],
    ):
        code, said, err = told(capsys, *words)
        assert code == 0 and flat(title) in flat(said), (words[0], said, err)


@pytest.mark.parametrize("command", ["explain", "relief", "journey"])
def test_the_other_commands_show_it_too(tmp_path: Path, capsys, command) -> None:
    path, small = (
        policy(tmp_path, TITLES[0]),
        ["--people", "100", "--place-size", "100", "--years", "0.6", "--burn-in", "0"],
    )
    names = {"explain": ["today", path], "relief": [path], "journey": ["today", path]}[command]
    more = ["--draws", "2", "--workers", "1"] if command != "journey" else []
    code, said, err = told(capsys, command, *names, *small, *more)
    assert code == 0 and flat(TITLES[0]) in flat(said), err


@pytest.mark.parametrize("markup", [True, False])
def test_a_table_shows_cells_and_heads_as_they_were_written_on_any_console(markup: bool) -> None:
    console = Console(file=io.StringIO(), width=120, markup=markup)
    table = terminal.plain_table("", *TITLES[:3])
    table.add_row(*TITLES[:4])
    console.print(table)
    terminal.head(console, TITLES[0], TITLES[2])
    terminal.dim(console, TITLES[3])
    report.show_difference(console, (TITLES[0], fake_result()), (TITLES[1], fake_result(lift=3)))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(title in text for title in TITLES[:4])


def test_names_of_areas_and_questions_of_goals_are_no_markup_either(capsys) -> None:
    terminal.out.print("[red]own[/nope] :fire:")
    assert capsys.readouterr().out == "[red]own[/nope] :fire:\n"
