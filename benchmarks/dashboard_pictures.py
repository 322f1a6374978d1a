"""Pictures of the dashboard's pages for docs/dashboard, from a small study: python benchmarks/dashboard_pictures.py [NAME ...].

Each is a page at a width; look at them before they are committed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks import way_in  # noqa: E402

STUDY = {"people": 10_000, "draws": 6, "weeks": 260, "burn_in": 780, "place_size": 10_000}


def relief(page: Any) -> None:
    """Ask for gate relief and wait for it."""
    page.click("text=Open each gate")
    page.wait_for_selector("#chart-relief")


def listing(page: Any) -> None:
    """The fictional example, and the form open on one of its rows."""
    page.click("text=Try the fictional example")
    page.wait_for_selector("tbody tr")
    page.click("button[aria-label^='Edit Mind Companions']")
    page.wait_for_selector("form.listing-form")


def rival(page: Any) -> None:
    """What a rival changes."""
    page.click("text=Show what it changes")
    page.wait_for_selector("h2:text-is('What the rival evidence changes') + .lead")


def searching(page: Any) -> None:
    """Ask what it would take, and wait for the first policies."""
    page.click("button:text-is('Find what it would take')")
    page.wait_for_function("document.querySelectorAll('#chart-frontier circle').length > 8")


def goal(page: Any) -> None:
    """Ask what it would take, and wait for the answer."""
    if page.locator(".answer .lead").count() == 0:
        page.click("button:text-is('Find what it would take')")
    page.wait_for_selector(".answer .lead")


def case(page: Any) -> None:
    """Make the case, and wait for it. Raises SystemExit where the page says why there is none."""
    page.click("button:text-is('Make the case')")
    found = page.wait_for_selector(":text('Save the whole case'), .search .note.bad")
    if "Save" not in found.inner_text():
        raise SystemExit(found.inner_text())


def pinned(page: Any) -> None:
    """Wait for every pinned policy."""
    page.wait_for_selector("th:has-text('Link workers')")


def joined(page: Any) -> None:
    """Join as a table, and wait until the room sees it."""
    page.fill("form input[type=text]", "Table by the window")
    page.click("text=Join as a table")
    page.wait_for_selector("article >> text=Table by the window")
    page.wait_for_timeout(3000)


def nothing(page: Any) -> None:
    """Leave the page as it opens."""


Shot = tuple[str, int, Callable[[Any], None], str]
WHOLE = "policy=open_door&unfolded=1"
GOAL = "page=goal&level=30&may=budget_board;self_referral;directory;group_founding"
CASE = "page=case&policy=open_door"
SHOTS: dict[str, Shot] = {
    "explore": ("", 1440, nothing, ""),
    "everything": (WHOLE, 1440, nothing, ""),
    "relief": (WHOLE, 1024, relief, "#chart-relief"),
    "relief_phone": (WHOLE, 390, relief, "#chart-relief"),
    "inventory": ("page=inventory", 1440, listing, ""),
    "inventory_phone": ("page=inventory", 390, listing, ""),
    "evidence": ("page=evidence&rivals=fewer_take_up_what_they_are_offered&policy=open_door", 1440, rival, ""),
    "evidence_phone": ("page=evidence", 390, nothing, ""),
    "journeys": ("policy=open_door&page=journeys", 1024, nothing, ""),
    "compare": (
        "page=compare&policy=open_door&pin=Open~open_door~~&pin=Link%20workers~link_workers~~",
        1440,
        pinned,
        "",
    ),
    "notebook": ("page=notebook&policy=open_door", 1440, nothing, ""),
    "about": ("page=about", 1440, nothing, ""),
    "workshop": ("page=workshop&policy=open_door", 1440, joined, ""),
    "phone": ("policy=open_door", 390, nothing, ""),
    "goal_searching": (GOAL, 1440, searching, ""),
    "goal": (GOAL, 1440, goal, ""),
    "goal_phone": (GOAL, 390, goal, ""),
    "case": (CASE, 1440, case, ""),
    "case_phone": (CASE, 390, case, ""),
    "present": (WHOLE + "&present=1", 1440, nothing, ""),
}
"""Name of the picture: (the link, the window's width in pixels, what is done before it is taken, the part of the page or "" for all)."""


def main(names: list[str]) -> None:
    """Take the pictures named, or all."""
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(ROOT / "tests" / "helpers"))
    import browsing

    server = browsing.Server(study=STUDY)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=browsing.CHROMIUM, args=["--no-sandbox"])
            for name in names or SHOTS:
                take(browser, server.address, name)
                print(name)
    finally:
        server.stop()


def take(browser: Any, address: str, name: str) -> None:
    """One picture, of the whole page."""
    link, width, act, part = SHOTS[name]
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(600_000)
    way_in.enter(page.context, address)
    page.goto(f"{address}?{link}")
    page.wait_for_selector("[role=status] >> text=Up to date")
    act(page)
    page.wait_for_timeout(700)
    page.add_style_tag(
        content="html, body, .v-application, .v-application--wrap, main, .v-main__wrap { height: auto !important; overflow: visible !important; }"
    )
    high = page.evaluate("Math.ceil(document.querySelector('.app').getBoundingClientRect().height)")
    page.set_viewport_size({"width": width, "height": max(900, min(high, 6000))})
    page.wait_for_timeout(500)
    path = str(ROOT / "docs" / "dashboard" / f"{name}.png")
    page.locator(part).first.screenshot(path=path) if part else page.screenshot(path=path)
    page.close()


if __name__ == "__main__":
    main(sys.argv[1:])
