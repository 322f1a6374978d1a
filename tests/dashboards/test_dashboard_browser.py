"""The dashboard in a real browser: every page, links, undo, files, two people, a restart; nothing leaves the machine."""

from __future__ import annotations

import subprocess
import sys

import pytest
from browsing import PATIENCE_MS, ROOT, RULES, axe, browser, serving, settled, take, visit

from benchmarks import way_in
from dashboards.asked.state import PAGES
from scenarios.reading.load import load

__all__ = ["browser", "visit"]
pytestmark = pytest.mark.browser
server = serving()


def same_picture(one, two) -> None:
    """Wait until both show the same first picture: each is drawn again once its page's width is known."""
    two.wait_for_function(
        "html => document.querySelector('.picture').innerHTML === html", arg=one.locator(".picture").first.inner_html()
    )


def set_slider(page, name: str, presses: int, key: str = "ArrowRight") -> None:
    page.focus(f"#lever-{name}")
    for _ in range(presses):
        page.keyboard.press(key)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_fits_and_has_nothing_axe_objects_to(visit, server, name):
    page = visit(f"{server.address}?page={name}&policy=open_door&unfolded=1&pin=Open~open_door~~")
    settled(page)
    page.wait_for_timeout(500)
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert not [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found]
    for width in (390, 720, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(250)
        assert page.evaluate("document.querySelector('.app').scrollWidth") <= width, (
            f"{name} is wider than {width} pixels"
        )
    assert page.evaluate("document.documentElement.lang").startswith("en")


def test_the_opening_has_a_story_a_chart_three_levers_and_what_is_not_known(visit, server):
    page = visit(server.address)
    settled(page)
    assert page.locator(".lever").count() == 3 and page.locator(".chart").count() == 1
    assert (
        page.locator("text=One simulated person").count() == 1 and page.locator("text=What we do not know").count() == 1
    )
    page.wait_for_timeout(500)  # what is new fades in: half-faded words have too little contrast
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert not [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found]
    page.click("text=Show everything")
    page.wait_for_selector("text=Where people who want it are lost")
    page.wait_for_function("location.search.includes('unfolded=1')")


def test_a_lever_moves_the_chart_and_undo_takes_it_back(visit, server):
    page = visit(server.address)
    settled(page)
    before = page.inner_html(".picture")
    set_slider(page, "self_referral", 10)
    page.wait_for_function("location.search.includes('self_referral:0.75')")
    assert page.locator(".lever-value").first.inner_text() == "75%"
    settled(page)
    page.wait_for_function("old => document.querySelector('.picture').innerHTML !== old", arg=before)
    page.click("button:text-is('Undo')")
    page.wait_for_function("!location.search.includes('self_referral')")
    page.click("button:text-is('Redo')")
    page.wait_for_function("location.search.includes('self_referral')")


STOP_AT_ONCE = """() => new MutationObserver(() => [...document.querySelectorAll('button')]
    .filter((e) => e.textContent.trim() === 'Stop').forEach((e) => e.click())).observe(document, {childList: true, subtree: true})"""
"""Presses Stop as soon as it is there: eight small runs take less than a second."""


def test_gate_relief_is_computed_on_request_by_keyboard_and_can_be_stopped(visit, server, tmp_path):
    page = visit(f"{server.address}?policy=open_door&unfolded=1")
    settled(page)
    page.focus("button:text-is('Open each gate')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#chart-relief figcaption")
    assert (
        take(page, "#chart-relief >> text=CSV", tmp_path, "#chart-relief summary").read_text("utf-8-sig").count("\n")
        >= 8
    )
    page.click("#chart-relief >> text=Table")
    assert page.locator("#chart-relief tbody tr").count() == 8
    assert not [v["id"] for v in axe.Axe().run(page, options=RULES).response["violations"]]
    page.select_option("select >> nth=0", "everyone")
    page.wait_for_selector("button:text-is('Open each gate'):enabled")
    page.evaluate(STOP_AT_ONCE)
    page.click("button:text-is('Open each gate')")
    page.wait_for_selector("button:text-is('Open each gate'):enabled")
    settled(page)
    assert page.locator("#chart-relief").count() == 0


def test_a_charity_lists_its_groups_by_keyboard_and_sees_levels_of_its_own(visit, server, tmp_path):
    page = visit(f"{server.address}?page=inventory")
    settled(page)
    page.focus("button:text-is('Add an organisation or group')")
    page.keyboard.press("Enter")
    page.wait_for_selector("form.listing-form")
    assert page.evaluate("document.activeElement.id") == "field-organisation"
    page.keyboard.type("Ours <b>& co</b>")
    page.select_option("#field-offer", "volunteer")
    page.keyboard.press("Enter")
    page.click("form >> text=Add")
    page.wait_for_selector(".refused >> text=places")
    assert not [
        (v["id"], [n["html"][:90] for n in v["nodes"]][:3])
        for v in axe.Axe().run(page, options=RULES).response["violations"]
    ]
    page.fill("#field-places", "60")
    page.press("#field-places", "Enter")
    page.wait_for_selector("tbody >> text=Ours <b>& co</b>")
    assert page.locator("form.listing-form").count() == 0 and page.locator(".refused").count() == 0
    page.wait_for_function("location.search.includes('inventory=')")
    path = take(page, "text=Save what is listed here (CSV)", tmp_path)
    assert (
        subprocess.run(
            [sys.executable, "-m", "peerscale", "inventory", "check", str(path)], cwd=ROOT, capture_output=True
        ).returncode
        == 0
    )
    settled(page)
    page.wait_for_selector(".footer >> text=supply at the start from a local inventory")
    other = visit(page.url)
    other.wait_for_selector("tbody >> text=Ours <b>& co</b>")
    bad = tmp_path / "bad.csv"
    bad.write_text("organisation,area,offer,needs\nA,bnssg,group,carers\nB,bnssg,choir,carers\n")
    other.set_input_files("input[type=file][accept*=csv]", str(bad))
    other.wait_for_selector(".refused >> text=Line 3")
    assert other.locator("tbody >> text=Ours").count() == 1, "the old inventory is kept"
    other.click("button:text-is('Delete')")
    other.wait_for_function("!location.search.includes('inventory=')")
    other.click("button:text-is('Undo')")
    other.wait_for_selector("tbody >> text=Ours <b>& co</b>")


def test_rival_evidence_is_switched_by_keyboard_shown_everywhere_and_undone(visit, server):
    page = visit(f"{server.address}?page=evidence&policy=open_door")
    settled(page)
    page.focus("fieldset:first-of-type input >> nth=0")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("location.search.includes('rivals=')")
    page.wait_for_selector(".rivals-on >> text=fewer take up")
    page.click("text=Show what it changes")
    page.wait_for_selector("caption:text('What the rival evidence changes')", state="attached")
    assert not [
        (v["id"], [n["html"][:90] for n in v["nodes"]][:3])
        for v in axe.Axe().run(page, options=RULES).response["violations"]
    ]
    page.click("nav >> text=Explore")
    page.wait_for_selector(".tile-assumed")
    settled(page)
    assert page.locator(".assumed-words >> nth=0").inner_text().startswith("† Assumption, not finding")
    page.click("button:text-is('Undo')")
    page.wait_for_function("!location.search.includes('rivals=')")
    assert page.locator(".rivals-on").count() == 0


def test_a_link_brings_another_browser_to_the_same_page_and_keeps_the_two_apart(visit, server):
    one = visit(f"{server.address}?policy=opt_out&set=group_founding:3&chart=waiting&unfolded=1&page=explore")
    settled(one)
    one.click("button:text-is('Share')")
    link = one.input_value("dialog[open] input")
    one.wait_for_selector("dialog[open] .qr svg")
    one.click("dialog[open] >> text=Close")
    two = visit(link)
    settled(two)
    same_picture(one, two)
    two.select_option("select >> nth=0", "grants")
    two.wait_for_function("location.search.includes('grants')")
    assert "opt_out" in one.url and one.locator("select").first.input_value() == "opt_out"


@pytest.mark.parametrize(
    "query",
    [
        "v=99&policy=%3Cscript%3Ealert(1)%3C/script%3E&set=cut:9e99;x:y",
        "page=%00&chart=../../etc&pin=%3Cimg%20src=x%20onerror=alert(1)%3E~today~~",
        "set=personal_budget_share:0.8;outcome_payment_share:0.8",
        "file=AAAA&area=nowhere&seed=99999999999999999999",
    ],
)
def test_a_bad_link_is_answered_in_words_and_the_page_lives(visit, server, query):
    page = visit(f"{server.address}?{query}")
    page.wait_for_selector(".note >> nth=0")
    page.click("button:text-is('Back to today')") if page.locator(
        "button:text-is('Back to today')"
    ).is_enabled() else None
    settled(page)
    assert page.locator(".chart, .pins").count() >= 1


def test_what_is_taken_away_is_whole(visit, server, tmp_path):
    page = visit(f"{server.address}?policy=open_door&set=directory:0.7")
    settled(page)
    for kind, start in (("CSV", "\ufeff".encode()), ("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        page.click(".menu summary")
        assert take(page, f".menu >> text={kind}", tmp_path).read_bytes().startswith(start)
    page.click("button:text-is('File')")
    found = load(take(page, "dialog[open] >> text=/^Save/", tmp_path))
    assert found.levers["directory"] == 0.7 and found.levers["self_referral"] == 1.0


def test_files_of_people_are_opened_or_refused_in_words(visit, server, tmp_path):
    good, bad, huge = tmp_path / "mine.toml", tmp_path / "bad.toml", tmp_path / "huge.toml"
    good.write_text(
        'name = "mine"\ntitle = "<b>Mine</b>"\nquestion = "Is this ours?"\nextends = "today"\n[levers]\ncut = 0.2\n'
    )
    bad.write_bytes(b"\x89PNG\0\0")
    huge.write_bytes(b"#" * 300_000)
    page = visit(server.address)
    settled(page)
    for path, words in ((bad, "not opened"), (huge, "too large"), (good, "open as your policy")):
        page.click("button:text-is('File')")
        page.set_input_files("dialog input[type=file]", str(path))
        page.wait_for_selector(f".note >> text={words}")
    page.wait_for_function("location.search.includes('file=')")
    assert page.locator("text=<b>Mine</b>").count() >= 1
    settled(page)


def test_notes_with_markup_stay_text_in_the_document(visit, server, tmp_path):
    page = visit(f"{server.address}?page=notebook")
    page.fill("textarea", "<script>alert(1)</script> we doubt it")
    page.click("text=Dissent")
    page.click("text=Keep it")
    page.wait_for_selector(".kept")
    text = take(page, "text=Save as one document", tmp_path).read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; we doubt it" in text and "<script" not in text


def test_tables_are_seen_by_the_facilitator_and_less_of_them_by_other_tables(visit, browser, server):
    table = visit(f"{server.address}?page=workshop&policy=link_workers&pin=Doubted~open_door~~")
    assert "unless you tick it" in table.inner_text("form") and table.locator("form input:checked").count() == 0
    table.fill("form input[type=text]", "Table <b>1</b>")
    table.click("text=Join as a table")
    table.wait_for_selector("text=Leave")
    front = visit(f"{server.address}?page=workshop&table=Table+<b>1</b>")
    front.wait_for_selector("article >> text=Table <b>1</b>")
    front.wait_for_selector("article >> text=More link workers")
    assert front.locator("form").count() == 1, "a link that names a table does not join it"
    link = front.get_attribute("article a", "href")
    assert "policy=link_workers" in link and "Doubted" not in link
    other = browser.new_page()
    way_in.enter(other.context, server.address, "table")
    other.goto(f"{server.address}?page=workshop")
    other.wait_for_selector("article >> text=Table <b>1</b>")
    assert other.locator("article a, article button").count() == 0 and "More link workers" not in other.inner_text(
        "article"
    )
    other.close()
    front.click("text=Take Table <b>1</b> off the board")
    table.wait_for_selector("text=Join as a table")


def test_a_restart_brings_the_page_back_by_itself(browser, server):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    way_in.enter(page.context, server.address)
    page.goto(f"{server.address}?policy=grants")
    page.wait_for_selector(".shell")
    settled(page)
    set_slider(page, "self_referral", 4)
    page.wait_for_function("location.search.includes('self_referral:0.6')")
    server.stop()
    server.start()
    with page.expect_navigation():
        pass
    settled(page)
    assert page.locator("select").first.input_value() == "grants"
    assert page.locator(".lever-value").first.inner_text() == "60%"
    page.close()
