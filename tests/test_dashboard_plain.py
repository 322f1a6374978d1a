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
