"""`docs/levers.md` is what the code says."""

from pathlib import Path

from reports.levers_page import page


def test_the_page_is_made_from_the_code():
    held = (Path(__file__).parents[2] / "docs" / "levers.md").read_text("utf-8")
    assert held == page(), "python -m reports.levers_page > docs/levers.md"
