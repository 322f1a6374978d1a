"""The atlas's page: self-contained, every area in it, in the order of each figure; no axe violations; nothing cut in print."""

from __future__ import annotations

import re
from dataclasses import replace

import made_atlas
import pytest

from reports.atlas import shown, tiles
from reports.atlas.cartogram import cartogram, shade
from reports.atlas.page import page
from reports.atlas.words import certified_sentence, lead
from scenarios.questions.atlas import folder, tables
from sim.people.population import load_areas
from sim.results import caveats

BROAD, NARROW = 1280, 390


@pytest.fixture(scope="module")
def made():
    ask = made_atlas.ask()
    return folder.manifest_of(ask), tables.tables(ask, made_atlas.records(ask))


@pytest.fixture(scope="module")
def text(made):
    return page(*made)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_area_of_england_has_one_tile_of_its_own():
    assert set(tiles.TILES) == set(map(str, load_areas().code))
    assert len({(one.column, one.row) for one in tiles.TILES.values()}) == 42
    assert all(0 < len(one.label) <= 18 for one in tiles.TILES.values())


def test_the_page_is_whole_and_small_and_runs_nothing(text):
    assert "<script" not in text and "http" not in text.replace("http://www.w3.org/2000/svg", "").replace(
        "http-equiv", ""
    )
    assert "default-src 'none'" in text and len(text.encode()) < 3_000_000
    assert text.count('<section class="area"') == 42


def test_what_is_assumed_is_marked_and_ranges_are_not_chances(made, text):
    assert caveats.ILLUSTRATIVE in text and "no chance that it happens" in text
    assert caveats.LEVELS in lead(*made)[-1]


def test_each_table_is_in_the_order_of_its_figure_and_leads_to_every_area(made, text):
    for figure in shown.FIGURES:
        begin = text.index(f'id="figure-{figure.key}"')
        part = text[begin : text.index("</table>", begin)]
        codes = re.findall(r'<th scope="row"><a href="#area-(\w+)"', part)
        values = [shown.value(row, figure) for row in shown.ordered(made[1]["areas"], figure)]
        assert len(codes) == 42 and codes == [row["area"] for row in shown.ordered(made[1]["areas"], figure)]
        known = [one for one in values if one is not None]
        assert known == sorted(known, reverse=True) and values[len(known) :] == [None] * (42 - len(known))
        assert all(f'id="area-{code}"' in text for code in codes)


def test_a_policy_that_is_not_certified_colours_no_tile(made):
    figure = shown.BY_KEY[shown.POLICY_COST]
    rows = made[1]["areas"]
    lacking = sum(row["policy_verdict"] != "certified" for row in rows)
    drawn = cartogram(rows, figure, "words")
    assert 0 < lacking < 42 and drawn.count(">none<") == lacking and "no certified policy" in drawn


def test_the_sum_is_of_the_areas_in_which_a_policy_is_certified(made):
    good = [row for row in made[1]["areas"] if row["policy_verdict"] == "certified"]
    said = certified_sentence(*made)
    assert (
        f"{len(good)} of 42 areas" in said
        and f"£{sum(row['policy_million_more'] for row in good):,.0f} million" in said
    )


@pytest.mark.parametrize("step", range(5))
def test_words_on_tiles_can_be_read(step):
    fill, ink = shade(step)
    light, dark = sorted((luminance(fill), luminance(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_text_from_people_is_escaped(made):
    manifest = made[0] | {"policy": "<script>alert(1)</script>", "candidates_from": "<b>bold</b>"}
    text = page(manifest, made[1])
    assert "<script>" not in text and "<b>bold" not in text


def test_without_enough_worlds_there_is_no_tier_and_no_range():
    ask = made_atlas.ask("bnssg,sussex")
    few = replace(ask, whole=replace(ask.whole, draws=2), sample=replace(ask.sample, draws=2))
    records = made_atlas.records(few)
    for kept in records.values():
        for name in ("parts", "lost"):
            if name in kept:
                kept[name] = kept[name][:2]
    text = page(folder.manifest_of(few), tables.tables(few, records))
    assert "too few worlds" in text


# ------------------------------------------------------------------ in a browser


@pytest.fixture(scope="module")
def opened(text, tmp_path_factory):
    sync_api = pytest.importorskip("playwright.sync_api")
    browsing = pytest.importorskip("browsing")
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(text, "utf-8")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browsing.CHROMIUM, args=["--no-sandbox"])
        yield lambda width: _shown(browser, path, width)
        browser.close()


def _shown(browser, path, width):
    found = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900}).new_page()
    found.goto(path.as_uri())
    return found


@pytest.mark.browser
@pytest.mark.parametrize("width", [NARROW, 768, BROAD])
def test_no_axe_violations_and_nothing_wider_than_the_screen(opened, width):
    from browsing import RULES, axe

    found = opened(width)
    assert not axe.Axe().run(found, options=RULES).response["violations"]
    assert found.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_choosing_a_figure_shows_its_map_and_table_alone_by_keyboard_too(opened):
    found = opened(BROAD)
    visible = lambda: [  # noqa: E731
        one.get_attribute("id") for one in found.query_selector_all(".figure") if one.is_visible()
    ]
    assert visible() == ["figure-available"]
    found.click("text=Waiting >> nth=0")
    assert visible() == ["figure-waiting_per_10k"]
    found.keyboard.press("ArrowRight")
    assert visible() == ["figure-gbp_per_adult_year"]


@pytest.mark.browser
def test_in_print_no_chart_is_taller_than_a_page_or_wider_than_paper(opened):
    """A4 at 96 pixels an inch, without its margins: what is not taller, and may not be broken, is not cut."""
    found = opened(703)
    found.emulate_media(media="print")
    sizes = found.evaluate(
        "[...document.querySelectorAll('svg')].map(e => e.getBoundingClientRect()).filter(r => r.width).map(r => [r.right, r.height])"
    )
    assert len(sizes) == 43 and all(right <= 703 and height <= 1030 for right, height in sizes)
    broken = "[...document.querySelectorAll('svg')].filter(e => getComputedStyle(e).breakInside != 'avoid').length"
    assert found.evaluate(broken) == 0
