"""The command that tries Pythons: what it reads of a log, and the row it puts into the page."""

from __future__ import annotations

from pathlib import Path

from benchmarks.matrix import BEGIN, END, PAGE, Row, last_words, read, written


def row(python: str, told: str) -> Row:
    return Row(python, "newest", 1.0, 2.0, told, "2026-11-30")


def test_a_new_row_takes_the_place_of_the_old_one_of_the_same_python(tmp_path: Path) -> None:
    page = f"before\n{BEGIN}\n{END}\nafter\n"
    for one in (row("3.13.0", "1 failed"), row("3.12.1", "5 passed"), row("3.13.2", "5 passed")):
        page = written(page, [one])
    assert [(cells[0], cells[4]) for cells in read(page)] == [("3.12.1", "5 passed"), ("3.13.2", "5 passed")]
    assert page.startswith("before\n") and page.endswith("\nafter\n")


def test_the_page_has_room_for_it() -> None:
    page = PAGE.read_text("utf-8")
    assert page.index(BEGIN) < page.index(END)
    assert all(len(cells) == len(row("", "").cells()) for cells in read(page.split(BEGIN)[1].split(END)[0]))


def test_what_pytest_counted_is_told_with_what_failed() -> None:
    log = "x\nFAILED tests/a.py::b - no\n1 failed, 20 passed, 3 skipped in 12.31s\n"
    assert last_words(log) == "1 failed, 20 passed, 3 skipped: tests/a.py::b"
    assert last_words("===== 21 passed in 1.0s =====\n") == "21 passed"
    assert last_words("no such option") == "no count"
