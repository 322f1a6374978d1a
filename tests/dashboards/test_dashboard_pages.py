"""What it would take, and The case, in a real browser: an answer found, kept, taken along; a case made; two people kept apart."""

from __future__ import annotations

import pytest
from browsing import RULES, axe, browser, serving, settled, take, visit

from scenarios.questions.solve.goal import load_goal
from scenarios.reading.load import load

__all__ = ["browser", "visit"]
pytestmark = pytest.mark.browser
STUDY = {"people": 600, "draws": 4, "weeks": 52, "burn_in": 26, "place_size": 300}
SEARCH = {"bundles": 8, "worlds": 4, "rounds": 0, "fresh": 40, "candidates": 1, "steps": 10, "frontier": [0.99]}
GOAL = "page=goal&level=1&worlds=20&may=budget_board;directory"
SLOW_MS = 240_000
WIDTHS = (390, 720, 1024, 1440)


server = serving(STUDY, SEARCH)


def fits(page) -> None:
    """Nothing axe objects to, and no page wider than its window."""
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert not [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(250)
        assert page.evaluate("document.querySelector('.app').scrollWidth") <= width, f"wider than {width} pixels"
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_goal_is_searched_survives_a_restart_and_goes_to_explore_and_into_files(visit, server, tmp_path):
    page = visit(f"{server.address}?{GOAL}")
    page.focus("button:text-is('Find what it would take')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".stages .now")
    page.wait_for_function("location.search.includes('seek=')")
    link = page.url
    page.wait_for_function("document.querySelectorAll('#chart-frontier circle').length > 1")
    page.reload()
    page.wait_for_selector(".answer .lead", timeout=SLOW_MS)
    said = page.inner_text(".answer .lead")
    assert "of 10 fresh worlds" in said and "of 10 of the worlds we assumed" in said and "chance" not in said
    for card in ("#chart-frontier", "#chart-money"):
        assert page.inner_text(f"{card} figcaption")
        page.click(f"{card} >> text=Table")
        assert page.locator(f"{card} tbody tr").count() > 1
    fits(page)
    goal = load_goal(take(page, "text=Save the goal", tmp_path))
    assert goal.file.goal.level == 0.01 and [span.lever for span in goal.spans] == ["budget_board", "directory"]
    policy = load(take(page, "text=Save the policy", tmp_path))
    page.close()
    server.stop()
    server.start()
    again = visit(link)
    again.wait_for_selector(".answer .lead", timeout=SLOW_MS)
    assert again.inner_text(".answer .lead") == said
    again.click("text=Take the policy into Explore")
    again.wait_for_function("location.search.includes('file=')")
    settled(again)
    assert again.locator(".lever.moved, .lever").count() > 3
    again.click("button:text-is('File')")
    assert load(take(again, "dialog[open] >> text=/^Save/", tmp_path)).levers == policy.levers


def test_an_impossible_goal_is_said_to_be_one_and_two_people_are_kept_apart(visit, server):
    one = visit(f"{server.address}?page=goal&level=99&may=budget_board;directory")
    two = visit(f"{server.address}?page=goal&level=98&may=budget_board;directory")
    one.click("text=Find what it would take")
    one.wait_for_selector(".stages .now")
    two.wait_for_selector("#goal-title")
    assert two.locator(".stages").count() == 0 and "seek" not in two.url
    one.click("button:text-is('Stop')")
    one.wait_for_selector("text=/Stopped after .* is kept/")
    one.click("text=Go on with the search")
    one.wait_for_selector(".answer >> text=not reachable with these levers", timeout=SLOW_MS)
    assert one.locator(".answer >> text=/stops|gate/").count() >= 1 and two.locator(".answer").count() == 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("level=0", "out of range"),
        ("level=150", "below 100%"),
        ("level=lots%3Cb%3E", "not a number"),
        ("may=directory&group=age:%20200", "No group is called"),
        ("may=magic", "No lever is called"),
        ("may=" + ";".join(["budget_board", "directory"] * 7), ""),
    ],
)
def test_what_cannot_be_a_goal_is_said_in_plain_words_and_kept(visit, server, query, words):
    page = visit(f"{server.address}?page=goal&{query}")
    page.wait_for_selector("#goal-problem")
    if words:
        assert words in page.inner_text("#goal-problem[role=alert]")
        assert page.locator("button:text-is('Find what it would take')").is_disabled()
        page.fill("text=for this many of 100 wants", "40")
        page.keyboard.press("Tab")
        page.wait_for_function("location.search.includes('level=40')")
    else:
        assert page.locator("button:text-is('Find what it would take')").is_enabled()


def test_a_case_is_made_in_each_view_and_taken_away(visit, server, tmp_path):
    page = visit(f"{server.address}?page=case")
    page.wait_for_selector("text=The policy at hand is today’s")
    page.select_option("select >> nth=0", "open_door")
    page.click("button:text-is('Make the case')")
    page.click("button:text-is('Stop')")
    page.wait_for_selector("text=Stopped. Runs that had ended are kept.")
    page.click("button:text-is('Go on')")
    page.wait_for_selector("text=Save the whole case", timeout=SLOW_MS)
    first = page.inner_text(".answer")
    assert "To the NHS" in first and "QALY" in first
    page.click("button:text-is('Society')")
    page.click("button:text-is('WELLBYs')")
    page.wait_for_selector(".answer >> text=To society")
    page.wait_for_selector(".answer >> text=WELLBY")
    page.wait_for_selector("text=Save the whole case", timeout=SLOW_MS)
    page.wait_for_function("location.search.includes('side=society')")
    assert "QALY" not in page.inner_text(".answer .facts")
    fits(page)
    whole = take(page, "text=Save the whole case", tmp_path)
    assert whole.suffix == ".html" and "<script" not in whole.read_text("utf-8")
    assert page.inner_text(".answer .lead") in whole.read_text("utf-8")
    page.reload()
    page.wait_for_selector("text=Save the whole case", timeout=SLOW_MS)


def test_a_bad_view_in_a_link_is_said(visit, server):
    page = visit(f"{server.address}?page=case&side=everybody&unit=gold&policy=open_door")
    page.wait_for_selector(".note >> text=(side)")
    assert page.locator("button[aria-pressed=true]:text-is('The NHS')").count() == 1
