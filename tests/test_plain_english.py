"""Plain English in what people read: short sentences, and no word of the house that a screen may not show."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from plain_english import of_markdown, of_python, of_vue, sentences, whole, words
from typer.main import get_command

from peerscale.cli import app

ROOT = Path(__file__).parent.parent
DOCS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
ROOMS = ("sim", "calibration", "scenarios", "reports", "dashboards", "peerscale")
RECORDS = {"levers": ("meaning", "cannot", "still"), "parameters": ("meaning",), "structure": ("meaning",)}
"""Columns that people read, by table of sim/data."""
LONGEST = 35
"""Words of a sentence."""
USUAL = 15
"""The median sentence has fewer words."""


SCREENS = (
    r"strikes?",
    r"occasions?",
    r"middle (one|of|worlds?|draw)",
    r"in the middle",
    r"middles",
    r"by how much",
    r"so many",
    r"(set|held) against",
    r"nought",
    r"stands? (twice|here|beside|in|on|at|under)",
    r"(from|above|than|at) nothing",
    r"(is|are) (told|said)",
    r"gone on with",
    r"were it",
    r"seen",
)
"""Words of the house, and turns of phrase, that no screen may show (`docs/glossary.md`)."""
HOUSE = re.compile(rf"\b({'|'.join(SCREENS)})\b", re.IGNORECASE)
QUOTED = ("docs/glossary.md", "docs/calibration_results.md")
"""Pages that name those words, or quote a plan that was kept as it was written."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def too_long(found: list[str]) -> list[str]:
    return [sentence for sentence in found if words(sentence) > LONGEST]


def strings(room: str) -> Iterator[tuple[str, str]]:
    """(where, sentence) of every text in a room's code."""
    for path in sorted((ROOT / room).rglob("*.py")):
        yield from ((f"{name(path)}:{line}", text) for line, text in of_python(path))
    for path in sorted((ROOT / room).rglob("*.vue")):
        yield from ((name(path), text) for text in of_vue(path))


def records() -> Iterator[tuple[str, str]]:
    """(where, sentence) of what stands in the model's tables for people to read."""
    for table, columns in RECORDS.items():
        with (ROOT / "sim" / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column in columns:
                    yield from ((f"{table}: {row['name']}", text) for text in sentences(row[column]))


@pytest.mark.parametrize("page", [*DOCS, *DECISIONS], ids=name)
def test_no_sentence_of_a_page_is_too_long(page):
    assert not too_long(list(of_markdown(page.read_text("utf-8"))))


@pytest.mark.parametrize("page", DOCS, ids=name)
def test_the_usual_sentence_of_a_page_is_short(page):
    assert median(words(sentence) for sentence in whole(of_markdown(page.read_text("utf-8")))) < USUAL


@pytest.mark.parametrize("room", ROOMS)
def test_sentences_on_screens_are_short(room):
    found = list(strings(room))
    assert not {where: text for where, text in found if words(text) > LONGEST}
    assert median(words(text) for text in whole(text for _, text in found)) < USUAL


def test_what_is_said_of_levers_and_parameters_is_short():
    found = list(records())
    assert not {where: text for where, text in found if words(text) > LONGEST}
    assert median(words(text) for text in whole(text for _, text in found)) < USUAL


@pytest.mark.parametrize("page", [page for page in DOCS if name(page) not in QUOTED], ids=name)
def test_no_page_uses_a_word_of_the_house(page):
    assert not [text for text in of_markdown(page.read_text("utf-8")) if HOUSE.search(text)]


@pytest.mark.parametrize("room", ROOMS)
def test_no_screen_shows_a_word_of_the_house(room):
    assert not {where: text for where, text in strings(room) if HOUSE.search(text)}


def test_levers_and_parameters_use_no_word_of_the_house():
    assert not {where: text for where, text in records() if HOUSE.search(text)}


def helps(command: Any, path: str = "peerscale") -> Iterator[tuple[str, str]]:
    """(command, sentence) of the help of a command and of those below it."""
    yield from ((path, text) for text in sentences(command.help or ""))
    for below, one in getattr(command, "commands", {}).items():
        yield from helps(one, f"{path} {below}")


def test_the_help_of_commands_is_short_and_uses_no_word_of_the_house():
    found = list(helps(get_command(app)))
    assert len(found) > 20
    assert not [where for where, text in found if words(text) > LONGEST or HOUSE.search(text)]


def test_the_check_counts_as_a_reader_does():
    page = "# A heading of four words\n\nOne sentence with `code in it`. Another one, until\n2026. A third one here.\n\n- An item of a list\n"
    assert list(of_markdown(page)) == [
        "A heading of four words",
        "One sentence with X.",
        "Another one, until 2026.",
        "A third one here.",
        "An item of a list",
    ]
    assert whole(of_markdown(page)) == ["One sentence with X.", "Another one, until 2026.", "A third one here."]
    assert words("Figures – like 1,200 – count as one word each") == 8
    assert too_long(["word " * 36, "word " * 35]) == ["word " * 36]
