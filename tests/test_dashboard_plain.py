"""Plain faults of the pages, each as what people see in Chromium: a gesture is a step, notes stay, a search can be stopped."""

from __future__ import annotations

import pytest
import test_dashboard_browser as pages
from test_dashboard_browser import Server, browser, settled, visit

from dashboards.searching import KEEP

__all__ = ["browser", "visit"]
pytestmark = pytest.mark.browser
STUDY = {"people": 600, "draws": 6, "weeks": 52, "burn_in": 26, "place_size": 300}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "SMALL", STUDY)
        patch.setenv(KEEP, str(tmp_path_factory.mktemp("searches")))
        one = Server()
        yield one
        one.stop()


# ------------------------------------------------------------------ one gesture, one step

WATCH = """() => { const lever = document.getElementById('lever-self_referral'); window.seen = [];
    const look = () => { if (window.seen[window.seen.length - 1] !== lever.value) window.seen.push(lever.value); requestAnimationFrame(look); };
    look(); }"""
AT = "at => document.getElementById('lever-self_referral').value === String(at)"


def moved_in_one_step(page, start: int, end: int) -> None:
    """The thumb went straight from start to end and stayed there; one Undo takes all of it back, one Redo brings it again."""
    page.wait_for_timeout(2500)
    settled(page)
    seen = [int(at) for at in page.evaluate("window.seen")]
    assert seen == sorted(seen) and (seen[0], seen[-1]) == (start, end), "the thumb went another way than the hand"
    page.click("button:text-is('Undo')")
    page.wait_for_function(AT, arg=start)
    assert page.locator("button:text-is('Undo')").is_disabled()
    page.click("button:text-is('Redo')")
    page.wait_for_function(AT, arg=end)


@pytest.mark.parametrize(("presses", "gap_ms"), [(40, 0), (8, 300)])
def test_a_run_of_key_presses_is_one_step_and_the_thumb_stays_where_it_was_put(visit, server, presses, gap_ms):
    page = visit(f"{server.address}?set=self_referral:0")
    settled(page)
    page.focus("#lever-self_referral")
    page.evaluate(WATCH)
    for _ in range(presses):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(gap_ms)
    moved_in_one_step(page, 0, presses)


def test_a_drag_that_pauses_is_one_step(visit, server):
    page = visit(f"{server.address}?set=self_referral:0")
    settled(page)
    page.evaluate(WATCH)
    box = page.locator("#lever-self_referral").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, middle)
    page.mouse.down()
    for share in (0.2, 0.4, 0.6):
        page.mouse.move(box["x"] + share * box["width"], middle, steps=4)
        page.wait_for_timeout(1300)
    page.mouse.up()
    moved_in_one_step(page, 0, int(thumb(page)))


def thumb(page) -> str:
    return page.input_value("#lever-self_referral")


# ------------------------------------------------------------------ notes

MARKUP = "<img src=x onerror=alert(1)> & <b>we doubt it</b>"


def test_notes_kept_and_half_typed_outlive_a_reload_and_a_restart_and_stay_text(browser, server):
    page = browser.new_page()
    page.set_default_timeout(pages.PATIENCE_MS)
    page.goto(f"{server.address}?page=notebook&policy=grants")
    page.click("button:text-is('Dissent')")
    page.fill("textarea", MARKUP)
    page.click("text=Keep it")
    page.wait_for_selector(".kept")
    page.click("button:text-is('Quote')")
    page.fill("textarea", "half a <i>thought")

    def all_is_there():
        page.wait_for_selector(".kept >> text=we doubt it")
        assert page.inner_text(".kept-words") == MARKUP and page.locator(".kept b, .kept img").count() == 0
        assert page.inner_text(".kept h3") == "Dissent" and "policy=grants" in page.get_attribute(".kept a", "href")
        assert page.input_value("textarea") == "half a <i>thought"
        assert page.get_attribute("button:text-is('Quote')", "aria-pressed") == "true"

    page.reload()
    all_is_there()
    page.evaluate("window.before = true")
    server.stop()
    server.start()
    page.wait_for_function("!window.before")
    all_is_there()
    page.close()


def test_two_tabs_of_a_browser_keep_each_others_notes_and_another_browser_has_none(visit, server):
    one = visit(f"{server.address}?page=notebook")
    two = one.context.new_page()
    two.goto(f"{server.address}?page=notebook")
    for page, words in ((one, "from the first"), (two, "from the second")):
        page.fill("textarea", words)
        page.click("text=Keep it")
        page.wait_for_selector(f".kept >> text={words}")
    one.wait_for_selector(".kept >> text=from the second")
    assert one.locator(".kept").count() == 2
    one.click(".kept:has-text('from the first') >> text=Remove")
    two.wait_for_function("document.querySelectorAll('.kept').length === 1")
    two.reload()
    two.wait_for_selector(".kept >> text=from the second")
    assert two.locator(".kept").count() == 1
    two.click("text=Remove all")
    assert two.locator(".kept").count() == 1, "all notes are not gone by one press"
    two.click("text=Press again")
    one.wait_for_selector("text=Nothing is kept yet")
    assert visit(f"{server.address}?page=notebook").locator(".kept").count() == 0
