"""What people see and feel of the pages: nothing moves under their hands, words can be read, paper and phones hold it all."""

from __future__ import annotations

import io
import re
import signal

import pytest
from browsing import PATIENCE_MS, browser, serving, settled, visit
from matplotlib.image import imread

from benchmarks import way_in
from dashboards.cards.header import TITLES

__all__ = ["browser", "visit"]
pytestmark = pytest.mark.browser
STUDY = {"people": 600, "draws": 4, "weeks": 52, "burn_in": 26, "place_size": 300}
SEARCH = {"bundles": 8, "worlds": 4, "rounds": 0, "fresh": 40, "candidates": 1, "steps": 10, "frontier": [0.99]}
FEWEST_CONTRAST = 4.5
WATCH = """() => {
  window.seen = [];
  const within = (e) => { const box = e.getBoundingClientRect(), all = document.querySelector('.app').getBoundingClientRect();
    return [box.left - all.left, box.top - all.top].map(Math.round).join(); };
  const words = () => [...document.querySelectorAll('p')].some((e) => e.textContent.trim().startsWith('Estimate') && e.getBoundingClientRect().height);
  const one = () => {
    window.seen.push({ picture: within(document.querySelector('.picture')), lever: within(document.querySelector('.lever input')),
      said: document.querySelector('[role=status]').innerText.trim(), stale: !!document.querySelector('.chart.stale'), estimate: words() });
    window.watching = requestAnimationFrame(one);
  };
  one();
}"""
"""Notes in every frame where the main picture and the first lever stand, what the status says, and whether an estimate is shown."""
CONTRAST = """(e) => {
  const parts = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = (c) => parts(c).slice(0, 3).map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ink = getComputedStyle(e).color;
  let paper = 'rgb(255, 255, 255)';
  for (let one = e; one; one = one.parentElement) {
    const found = getComputedStyle(one).backgroundColor;
    if (parts(found).length === 3 || parts(found)[3] === 1) { paper = found; break; }
  }
  const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""
"""The contrast between the words of an element and what lies behind them."""


server = serving(STUDY, SEARCH)


def watched(page, move) -> list[dict]:
    """What was seen in every frame while `move` was done and answered."""
    page.evaluate(WATCH)
    move()
    page.evaluate("cancelAnimationFrame(window.watching)")
    return page.evaluate("window.seen")


def jump(page, stop: int) -> None:
    """The first lever put at a stop at once, and the answer awaited."""
    page.fill("#lever-self_referral", str(stop))
    page.wait_for_timeout(600)
    settled(page)


@pytest.mark.parametrize(("width", "how", "stop"), [(1440, "", 30), (1440, "unfolded=1", 33), (390, "", 36)])
def test_while_the_model_runs_nothing_moves_and_nothing_is_called_up_to_date(visit, server, width, how, stop):
    page = visit(f"{server.address}?{how}", width)
    settled(page)
    seen = watched(
        page, lambda: (jump(page, 40), jump(page, stop))
    )  # between today and what is known: an estimate comes first
    assert any(one["estimate"] for one in seen), "no estimate was shown"
    assert len({one["picture"] for one in seen}) == 1 and len({one["lever"] for one in seen}) == 1
    assert not [one for one in seen if one["said"] == "Up to date" and (one["stale"] or one["estimate"])]


def turn(page, title: str) -> None:
    """Go to a page, and wait until the one before it is gone: for a moment both are there."""
    here = page.locator(f"nav >> a[aria-current=page]:text-is('{title}')")
    before = None if here.count() else page.query_selector("#page > *")
    page.click(f"nav >> a:text-is('{title}')")
    here.wait_for()
    if before is not None:
        page.wait_for_function("(e) => !e.isConnected", arg=before)


def test_words_of_buttons_can_be_read_under_the_mouse(visit, server):
    page = visit(f"{server.address}?policy=open_door&pin=Open~open_door~~")
    settled(page)
    for title in ("Explore", "What it would take", "The case", "Compare", "Notebook"):
        turn(page, title)
        page.wait_for_selector(".app button.first:visible, .app button.wide:visible")
        kinds = {}
        for one in page.locator(".app button:visible:enabled, .app a:visible, .app summary:visible").all():
            kinds.setdefault(one.evaluate("e => [e.tagName, e.className, e.ariaPressed, e.ariaCurrent].join()"), one)
        for one in kinds.values():
            one.hover()
            assert one.evaluate(CONTRAST) >= FEWEST_CONTRAST, f"{title}: {one.inner_text()}"


def sheets(pdf: bytes) -> list[bytes]:
    """The page objects of a PDF as Chromium writes it."""
    return re.findall(rb"/Type\s*/Page\b(?!s)", pdf)


def test_explore_is_printed_whole(visit, server):
    page = visit(f"{server.address}?policy=open_door&unfolded=1")
    settled(page)
    assert len(sheets(page.pdf(format="A4"))) >= 3
    page.set_viewport_size({"width": 720, "height": 1040})
    page.emulate_media(media="print")
    cut = """() => [...document.querySelectorAll('.app, .app *, body, html')].filter((e) => {
      const style = getComputedStyle(e);
      return e.clientHeight && e.scrollHeight > e.clientHeight + 2 && style.overflowY !== 'visible' && style.position !== 'absolute';
    }).map((e) => e.tagName + '.' + e.className)"""
    assert page.evaluate(cut) == []
    assert page.evaluate(
        "document.documentElement.getBoundingClientRect().height >= document.querySelector('.app').scrollHeight - 1"
    )
    assert page.locator(".chart").evaluate_all(
        "all => all.every((e) => getComputedStyle(e).breakInside === 'avoid' && e.offsetHeight < 1040)"
    )
    assert page.locator(".side, .tools").evaluate_all("all => all.every((e) => !e.offsetHeight)")
    assert page.locator("text=Area: Bristol, North Somerset and South Gloucestershire.").is_visible()


def test_a_presentation_shows_its_chart_whole_and_escape_leaves_it(visit, server):
    page = visit(f"{server.address}?policy=open_door&unfolded=1")
    settled(page)
    page.click("text=Present")
    page.wait_for_selector(".app.present")
    page.wait_for_timeout(300)
    box = page.locator(".picture svg").first.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 900 and box["height"] > 250
    page.keyboard.press("Escape")
    page.wait_for_selector(".app:not(.present)")
    page.wait_for_function("!location.search.includes('present')")


def test_a_page_begins_at_the_top_with_a_heading_on_a_phone_too(visit, server):
    page = visit(server.address)
    settled(page)
    for name, title in TITLES.items():
        page.click(f"nav >> a:text-is('{title}')")
        page.wait_for_selector(f".app[data-page={name}]")
        page.wait_for_selector(f"h1:text-is('{title}')")
        assert page.locator("h1").count() == 1
        assert page.locator(".shell").bounding_box()["y"] == 0
    phone = visit(server.address, 390)
    phone.set_viewport_size({"width": 390, "height": 844})
    assert phone.locator(".shell").bounding_box()["height"] <= 844 / 4
    phone.click("button:has-text('Explore')")
    phone.click("nav >> text=About")
    phone.wait_for_selector("h1:text-is('About')", state="attached")
    assert not phone.locator("nav").is_visible()
    phone.click("button:has-text('tools')")
    assert phone.locator("button:text-is('Share')").is_visible()
    phone.keyboard.press("Escape")
    assert not phone.locator("button:text-is('Share')").is_visible()


def test_dialogs_stand_in_the_middle_and_menus_close_with_escape(visit, server):
    page = visit(server.address)
    settled(page)
    page.click("button:text-is('Share')")
    box = page.locator("dialog[open]").bounding_box()
    assert abs(box["x"] + box["width"] / 2 - 720) < 2 and abs(box["y"] + box["height"] / 2 - 450) < 2
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    for away in ("Escape", "elsewhere"):
        page.click(".menu summary")
        assert page.locator("text=Numbers (CSV)").is_visible()
        page.keyboard.press("Escape") if away == "Escape" else page.mouse.click(5, 500)
        assert not page.locator("text=Numbers (CSV)").is_visible()
        assert away != "Escape" or page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_sliders_are_seen_in_forced_colours(browser, server):
    context = browser.new_context(forced_colors="active", viewport={"width": 1440, "height": 900})
    way_in.enter(context, server.address)
    page = context.new_page()
    page.goto(server.address)
    page.wait_for_selector(".lever input")
    picture = imread(io.BytesIO(page.locator(".lever input").first.screenshot()))[:, :, :3]
    context.close()
    drawn = (abs(picture - picture[0, 0]) > 0.2).any(axis=2)
    assert drawn.any(axis=0).mean() > 0.9, "the track is drawn along its whole length"
    assert drawn.sum(axis=0).max() >= 12, "the thumb is drawn"


def said(page, words: str) -> None:
    """Wait until the status says so; the dot is green only beside "Up to date"."""
    page.wait_for_selector(f"[role=status] >> text={words}")
    assert (
        page.locator("[role=status] .dot").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(11, 107, 58)"
    ) == (words == "Up to date")


def test_nothing_is_called_up_to_date_while_a_search_runs_or_the_server_is_gone(visit, server):
    page = visit(f"{server.address}?page=goal&level=1&worlds=20&may=budget_board;directory")
    said(page, "Up to date")
    page.click("text=Find what it would take")
    said(page, "A search goes on")
    page.click("nav >> text=Notebook")
    said(page, "A search goes on")
    page.click("nav >> text=What it would take")
    page.click("button:text-is('Stop')")
    said(page, "Up to date")
    server.process.send_signal(signal.SIGSTOP)
    try:
        said(page, "The server does not answer")
    finally:
        server.process.send_signal(signal.SIGCONT)
    said(page, "Up to date")


PROGRAM_NAMES = r"(?<![\w/.])[a-z][a-z0-9]*_[a-z0-9_]+|needs group"
"""Names that programs use; those within the address of a file are none."""


@pytest.mark.parametrize("width", [390, 1440])
def test_what_a_figure_means_stands_on_the_page_not_under_the_mouse(visit, server, width):
    page = visit(f"{server.address}?unfolded=1", width)
    settled(page)
    for tile in page.locator(".tile").all():
        means = page.locator("#" + tile.get_attribute("aria-describedby"))
        assert means.is_visible() and len(means.inner_text()) > 20
    assert page.locator("[title]").count() == 0


def test_no_page_shows_a_name_that_programs_use(visit, server):
    page = visit(f"{server.address}?policy=open_door&unfolded=1&set=award_years:3&pin=Open~open_door~~")
    settled(page)
    for title in TITLES.values():
        page.click(f"nav >> a:text-is('{title}')")
        page.wait_for_selector(f"nav >> a[aria-current=page]:text-is('{title}')")
        page.wait_for_timeout(500)
        page.evaluate("for (const one of document.querySelectorAll('.chart-tools button, button.more')) one.click()")
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.wait_for_timeout(200)
        told = page.locator(".page").inner_text()
        found = [
            line
            for line in told.splitlines()
            if re.search(PROGRAM_NAMES, line) and not re.search(r"\.csv|\.rda|model code|\.toml", line)
        ]
        assert not found, title


FROM_THE_START = """() => {
  window.first = [];
  const one = () => {
    const bar = document.querySelector('.meter span');
    const box = bar && bar.getBoundingClientRect();
    window.first.push({ title: document.title, words: document.body ? document.body.innerText : null, page: !!document.querySelector('.shell'),
      bar: box && box.width > 0 ? [box.left, box.width].join() : null });
    if (!document.querySelector('.picture')) requestAnimationFrame(one);
  };
  requestAnimationFrame(one);
}"""
"""Notes title, words and the bar in every frame from the first to the first picture."""
SETTLING = "Settling today’s policy, once: .* left"
FRAMES_A_SECOND = 60  # a wait of less than a second may end before the bar has moved


def test_from_the_first_moment_there_are_words_a_moving_bar_and_a_title_of_ours(browser, visit, server):
    settled(visit(server.address))  # the server has its workers now
    context = browser.new_context()
    way_in.enter(context, server.address)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(f"({FROM_THE_START})()")
    with server.workers_held():  # a slow browser would open the page after so small a study has settled
        page.goto(f"{server.address}?area=E54000008&seed=12")
        page.wait_for_function(f"(window.first || []).some((one) => one.page && /{SETTLING}/.test(one.words))")
    settled(page)
    seen = page.evaluate("window.first")
    context.close()
    seen = seen[next(i for i, one in enumerate(seen) if (one["words"] or "").strip()) :]
    assert {one["title"] for one in seen} <= {"peerscale", "Explore · peerscale"}
    assert (
        "peerscale is opening" in seen[0]["words"]
        and [i for i, one in enumerate(seen) if not one["words"].strip()] == []
    )
    opening, waiting = ([one for one in seen if one["page"] == there] for there in (False, True))
    moved = [len({one["bar"] for one in some}) for some in (opening, waiting)]
    assert all(n > 2 or len(some) < FRAMES_A_SECOND for n, some in zip(moved, (opening, waiting), strict=True)), moved
    assert any(re.search(SETTLING, one["words"]) for one in waiting)


@pytest.mark.parametrize("address", ["nowhere", "explore/charts?v=1", "static", "index.php"])
def test_an_unknown_address_gets_a_page_that_leads_back(browser, server, address):
    context = browser.new_context()
    way_in.enter(context, server.address)
    page = context.new_page()
    assert page.goto(server.address + address).status == 404
    assert page.title().startswith("peerscale") and page.locator("h1").inner_text().startswith("peerscale")
    page.click("text=first page")
    page.wait_for_selector(".shell")
    context.close()
