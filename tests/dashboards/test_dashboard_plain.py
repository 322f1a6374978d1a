"""Plain faults of the pages, each as what people see in Chromium: a gesture is a step, notes stay, a search can be stopped."""

from __future__ import annotations

import re

import pytest
from browsing import PATIENCE_MS, browser, serving, settled, visit

from benchmarks import way_in

__all__ = ["browser", "visit"]
pytestmark = pytest.mark.browser
SEARCH = {"bundles": 400, "worlds": 8, "rounds": 0, "fresh": 40, "candidates": 1, "steps": 10, "frontier": [0.99]}
"""It would take minutes: nobody sees its end."""
STUDY = {"people": 600, "draws": 6, "weeks": 52, "burn_in": 26, "place_size": 300}


server = serving(STUDY | {"people": 900}, SEARCH)  # enough wants for groups to be told apart


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
    page.set_default_timeout(PATIENCE_MS)
    way_in.enter(page.context, server.address)
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


# ------------------------------------------------------------------ searches

GOAL = "page=goal&may=budget_board;directory&level="


def test_a_search_whose_owner_is_gone_is_stopped_by_anybody_who_then_sees_that_it_stopped(visit, server):
    owner = visit(f"{server.address}?{GOAL}60")
    owner.click("text=Find what it would take")
    owner.wait_for_selector(".stages .now")
    owner.context.close()
    other = visit(f"{server.address}?{GOAL}70")
    other.wait_for_selector(".others >> text=/works on.*60%/")
    other.click("text=Find what it would take")
    other.wait_for_selector("text=Waiting for another search on this machine to end.")
    third = visit(f"{server.address}?{GOAL}80")
    third.wait_for_selector(".others >> text=/works on.*60%/")
    other.click("button[aria-label*='60%']")
    other.wait_for_selector(".others >> text=/Stopped here.*60%/")
    third.wait_for_selector(".others >> text=/Stopped by somebody in the room.*60%/")
    other.wait_for_selector(".stages .now")
    third.click("button[aria-label*='70%']")
    other.wait_for_selector("text=/Somebody in the room stopped it. Stopped after .* is kept/")
    other.reload()
    other.wait_for_selector("text=Go on with the search")
    assert other.locator("button:text-is('Stop')").count() == 0, (
        "a page that is opened again does not begin what was stopped"
    )


def test_who_opens_the_link_of_a_search_can_stop_it(visit, server):
    owner = visit(f"{server.address}?{GOAL}65")
    owner.click("text=Find what it would take")
    owner.wait_for_selector(".stages .now")
    owner.wait_for_function("location.search.includes('seek=')")
    link = owner.url
    owner.context.close()
    other = visit(link)
    other.click("button:text-is('Stop')")
    other.wait_for_selector("text=/^Stopped after .* is kept/")


# ------------------------------------------------------------------ figures side by side, and what is marked

DOTS = """() => { const svg = document.querySelector('#chart-groups svg'), at = (e) => e.getBoundingClientRect();
    const ticks = [...svg.querySelectorAll('text[text-anchor=middle]')].map((e) => [at(e).left + at(e).width / 2, parseFloat(e.textContent)]);
    const [first, last] = [ticks[0], ticks[ticks.length - 1]], points = (last[1] - first[1]) / (last[0] - first[0]);
    return [...svg.querySelectorAll('text')].filter((e) => /^[+-][0-9.]+$/.test(e.textContent)).map((label) => {
        const y = at(label).top + at(label).height / 2;
        const row = [...svg.querySelectorAll('circle')].filter((e) => Math.abs(at(e).top + at(e).height / 2 - y) < 8);
        const x = (full) => row.filter((e) => (getComputedStyle(e).fill === 'rgb(255, 255, 255)') !== full).map((e) => at(e).left + at(e).width / 2)[0];
        return [parseFloat(label.textContent), (x(true) - x(false)) * points]; }); }"""


def number(words: str) -> str:
    """The first signed figure, or that nothing is clear."""
    return re.search(r"[+-][\d.]+|no clear change|as today", words)[0]


@pytest.mark.parametrize("width", [390, 1440])
def test_figures_side_by_side_tell_the_same_and_only_levels_are_marked(visit, server, width):
    page = visit(f"{server.address}?policy=everyone&unfolded=1&chart=available&pin=Open~everyone~~", width)
    settled(page)
    page.wait_for_selector("#chart-groups circle")
    tile = page.inner_text(".tile:has-text('Available')")
    told, (level,) = number(tile), re.findall(r"today ([\d.]+%) †", tile)
    assert "assumption" not in page.inner_text(".tiles").lower() and tile.index("†") > tile.index(level)
    words = page.inner_text("#chart-available figcaption")
    assert level in words and told in words
    drawn = page.locator("#chart-available svg text").all_text_contents()
    assert level in drawn and any(told in text for text in drawn)
    dots = page.evaluate(DOTS)
    assert len(dots) > 5 and all(abs(said - seen) < 0.35 for said, seen in dots), dots
    assert page.locator("svg pattern").count() == 0, "where everything is hatched, hatching marks nothing"
    assert page.locator(".assumed-words").count() == 1 and "† Assumption, not finding" in page.inner_text(
        ".card.unknown"
    )
    page.goto(page.url.replace("?", "?page=compare&"))
    row = page.wait_for_selector("tr:has(th:text-is('Available'))").inner_text()
    assert f"{level} †" in row and told in row
    page.goto(f"{server.address}?page=workshop&policy=everyone&table=Ours")
    page.wait_for_selector("section[aria-label='Your table']")
    if page.locator("form input[type=text]").count():
        page.fill("form input[type=text]", "Ours")
        page.click("text=Join as a table")
    seat = page.wait_for_selector("article >> li:has-text('Available')").inner_text()
    assert told in seat and f"today {level} †" in seat
