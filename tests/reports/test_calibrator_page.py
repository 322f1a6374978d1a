"""The diagnostics: a page that anyone can open and hear, and files with the same numbers."""

from __future__ import annotations

import csv
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from calibration.fit.rank_check import summarise
from calibration.fit.targets import Targets
from calibration.fit.toys import line, ridge
from calibration.fit.waves import Calibration, Settings, calibrate
from calibration.report.diagnose import Section, sections
from reports.calibration.page import as_csv, as_page, write_diagnostics

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Reads a page and notes what an accessible one must have."""

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Calibration, Path, str]:
    """(the toy with a ridge and one row held back, its folder, its page)."""
    toy, folder = ridge(), tmp_path_factory.mktemp("page")
    targets = Targets(replace(r, role="validation") if r.id == "level" else r for r in toy.targets.records)
    settings = Settings(points=60, particles=300, draws=40, most_waves=1, process=False)
    found = calibrate(toy.simulator, toy.priors, targets, settings, folder, outputs=("total", "level"))
    ranks = summarise(toy.priors.names, np.random.default_rng(1).integers(100, size=(100, 3)), 0.99)
    return found, folder, write_diagnostics(found, folder, ranks).read_text("utf-8")


def test_the_page_is_whole_and_stands_alone(made):
    page = Page(made[2])
    assert not page.open and page.tags[0] == ("html", {"lang": "en-GB"})
    names = [tag for tag, _ in page.tags]
    assert names.count("title") == names.count("h1") == names.count("main") == 1 and "script" not in names
    links = [v for _, attrs in page.tags for k, v in attrs.items() if k in ("src", "href")]
    assert links and all(link.startswith(("#", "data:")) for link in links)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(set(ids)) == len(ids) and {link[1:] for link in links if link[0] == "#"} <= set(ids)


def test_headings_are_in_order_and_every_picture_has_words_and_a_table(made):
    page = Page(made[2])
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    order = [(tag, attrs) for tag, attrs in page.tags if tag in ("section", "p", "img", "table")]
    for i, (tag, attrs) in enumerate(order):
        if tag == "img":
            assert attrs["alt"] and order[i - 1][0] == "p" and order[i + 1][0] == "table"
    assert sum(tag == "img" for tag, _ in order) == 7  # with one target fitted there is none to leave out
    assert all(attrs.get("scope") == "col" for tag, attrs in page.tags if tag == "th")


def test_it_says_what_was_found(made):
    text = made[2]
    assert "The data cannot tell push and pull apart." in text
    assert "These rows were not fitted." in text and "the data do not inform this" in text
    assert "an assumption, not a finding" in text and "blind" not in text


def test_files_hold_the_same_numbers_and_come_out_the_same_twice(made, tmp_path):
    found, folder, text = made
    rows = list(csv.DictReader((folder / "diagnostics" / "parameters.csv").open()))
    assert [float(r["contraction"]) for r in rows] == [c.contraction for c in found.contractions]
    assert (folder / "diagnostics" / "targets.png").read_bytes()[:4] == b"\x89PNG"
    one = write_diagnostics(found, tmp_path / "1").read_bytes()
    assert one == write_diagnostics(found, tmp_path / "2").read_bytes()
    for file in (tmp_path / "1" / "diagnostics").iterdir():
        assert file.read_bytes() == (tmp_path / "2" / "diagnostics" / file.name).read_bytes()


def test_text_is_escaped():
    nasty = Section("key", "<b>title</b>", ("a & b <script>",), ("<i>",), (('"<img src=x>', 1.5, True),), "")
    text = as_page([nasty], {})
    page = Page(text)
    assert not {"b", "script", "i", "img"} & {tag for tag, _ in page.tags}
    assert as_csv(nasty).splitlines()[0] == "<i>"


def test_a_calibration_without_extras_has_a_page_too(tmp_path):
    toy = line()
    few = toy.targets.only(["t0"])
    settings = Settings(points=60, particles=200, draws=30, most_waves=1, process=False)
    found = calibrate(toy.simulator, toy.priors, few, settings, tmp_path)
    text = write_diagnostics(found, tmp_path).read_text("utf-8")
    assert "No row was held back." in text and "No output was asked about." in text
    assert not Page(text).open and "ranks" not in {s.key for s in sections(found)}
