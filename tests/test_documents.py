"""What joins the documents: the index lists them all, links lead somewhere, and the citation is of this version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.version import VERSION

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
INDEX = DOCS / "index.md"
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("decisions/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def links(page: Path) -> set[Path]:
    """The files that a page links to."""
    return {(page.parent / target).resolve() for target in LINK.findall(page.read_text("utf-8"))}


def test_the_index_lists_every_page_and_decision():
    assert not {str(page.relative_to(ROOT)) for page in PAGES if page != INDEX} - {
        str(found.relative_to(ROOT)) for found in links(INDEX)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page):
    assert not {str(target) for target in links(page) if not target.exists()}


def test_the_citation_names_this_version():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {VERSION}\n" in citation
    assert all(f"\n{key}:" in citation for key in ("message", "title", "authors", "license"))
