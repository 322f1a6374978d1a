"""The case and the pilot: one view at a time, scaled to areas, silent where nothing was measured, a page that anyone can read."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from fakes import fake_result, fake_shape

from peerscale.cli import call
from peerscale.commands import case as casing
from reports.case import doubt as case_doubt
from reports.case import money as case_money
from reports.case import page as case_page
from reports.case import sections as case_sections
from reports.case import told as case_told
from reports.case.told import Told
from reports.case.whole import levers
from reports.tables.described import paths, undeclared
from reports.tables.others import written
from scenarios.reading.load import load
from scenarios.reading.write import as_dict
from scenarios.running import store
from scenarios.running.study import Study, world_parameters
from scenarios.worth import case, information, thresholds
from scenarios.worth.case import Runs, View
from scenarios.worth.returns import returns
from sim.errors import UserError
from sim.numbers.parameters import records
from sim.results import counts, value
from sim.results.result import FIRST_LEVEL, GAINS, MONEY, WEEKLY, Measure
from sim.results.value import Choices

SMALL = ("--people", "300", "--place-size", "300", "--burn-in", "104", "--years", "1", "--workers", "1")


def shape(draws=12, replicates=2, areas=(22,), weeks=104):
    return replace(
        fake_shape(areas=areas, weeks=weeks), worlds=tuple((d, r) for d in range(draws) for r in range(replicates))
    )


def spend(result, name, pence):
    result.weekly[:, :, WEEKLY.index(name)] += pence


def better_runs(draws=12, gain=4_000_000, spending=200, seed=5, **kind):
    """A policy that costs more and gains more in every world, by amounts that vary between draws."""
    base, policy = fake_result(shape(draws, **kind), seed=seed), fake_result(shape(draws, **kind), seed=seed)
    many = np.arange(1, len(policy.gains) + 1)[:, None]
    policy.gains[:, :, GAINS.index("confidence_in")] += gain + gain // 50 * many
    policy.gains[:, -1, GAINS.index("confidence_after")] += gain  # beyond the years
    policy.tally[:, :, Measure.BETTER] += 5
    policy.weekly[:, :, WEEKLY.index("n_started")] += 3
    policy.weekly[:, :, WEEKLY.index("n_better")] += 1
    spend(policy, "spent_board_pence", spending)
    return Runs(("Today", "More of it"), (base, policy), world_parameters(Study((22,)), base.shape.worlds))


def same_runs(draws=12):
    made = fake_result(shape(draws))
    return Runs(("Today", "Today again"), (made, made))


def told(runs, seen=None, **more):
    return Told(
        runs,
        seen or View(),
        "What would more do?",
        (("campaign", "0", "0.1", "share"),),
        "20,000 adults a world.",
        **more,
    )


def text_of(sections):
    return " ".join(" ".join((s.title, *s.sentences, *(" ".join(row) for row in s.rows), s.caption)) for s in sections)


def test_every_payer_is_on_exactly_one_side_or_is_shown_apart():
    assert set(case.NHS) < set(case.PUBLIC) < set(case.SOCIETY)
    assert set(MONEY) - set(case.SOCIETY) == {counts.NOT_PEER_SUPPORT}
    assert len(set(case.SOCIETY)) == len(case.SOCIETY)


def test_costs_are_those_of_the_side_scaled_to_the_adults_of_the_area():
    runs = better_runs(spending=100)
    result = runs.results[0]
    scale = case.adults(result) / 20_000
    seen = View(choices=Choices(discounted=False, places=False))
    nhs = sum(counts.weekly_total(result, name).sum(axis=0) for name in case.NHS) / 100
    assert case.costs(result, seen).tolist() == pytest.approx((scale * nhs).tolist())
    assert case.increment(runs, seen).cost == pytest.approx(np.full((12, 2), scale * 104.0))
    council = replace(seen, perspective="public")
    assert (case.costs(result, council) > case.costs(result, seen)).all()


def test_areas_are_scaled_each_by_its_own_adults():
    result = fake_result(shape(areas=(22, 3)))
    by_hand = 0
    for i, area in enumerate((22, 3)):
        rows = result.column("n_started")[:, i::2].sum(axis=0)
        by_hand = by_hand + rows * sum(result.shape.cells(area)) / 20_000
    found = case.scaled(result, lambda part: counts.weekly_total(part, "n_started").sum(axis=0))
    assert found.tolist() == pytest.approx(np.asarray(by_hand).tolist())


def test_services_are_off_by_default_and_come_off_costs_by_one_route():
    runs = better_runs()
    off = case.increment(runs, View()).cost
    for route in value.SERVICE_ROUTES[1:]:
        on = case.increment(runs, View(choices=Choices(service_route=route))).cost
        assert (on <= off + 0.001).all()  # a tenth of a penny: sums of floats
    through = case.increment(runs, View(choices=Choices(service_route="activation"))).cost
    assert through.mean() < off.mean()


def test_only_society_s_side_pays_for_volunteers_time():
    result = better_runs().results[0]
    for side in case.PERSPECTIVES:
        free, paid = (
            case.costs(result, View(perspective=side, choices=Choices(volunteer_time=how)))
            for how in ("nothing", "replacement")
        )
        assert (paid > free).all() == (side == "society")


@pytest.mark.parametrize(
    ("currency", "side", "word"),
    [("euro", "nhs", "currency"), ("qaly", "everyone", "perspective"), ("qaly+wellby", "nhs", "currency")],
)
def test_an_unknown_view_is_refused(currency, side, word):
    with pytest.raises(UserError, match=word):
        case.view(currency, side)


def test_thresholds_are_dated_sourced_and_stand_once():
    found = thresholds.thresholds()
    assert all(t.gbp > 0 and t.source and t.applies and t.grade in ("published", "recalled") for t in found.values())
    assert found["nice_2026_low"].gbp == records()["qaly_gbp_nice"].value
    assert [t.currency for t in thresholds.of("QALY")] == ["QALY"] * 7
    assert thresholds.main("WELLBY").gbp > records()["wellby_gbp"].value  # brought from 2019/20 to the model's prices


def test_luck_alone_is_seldom_called_a_difference():
    rng = np.random.default_rng(2)
    called = sum(case.told_apart(rng.normal(0, 1, (20, 2))) != 0 for _ in range(300))
    assert called <= 3
    assert case.told_apart(rng.normal(3, 1, (20, 2))) == 1 and case.told_apart(rng.normal(-3, 1, (20, 2))) == -1
    assert case.told_apart(np.zeros((20, 2))) == 0 and case.told_apart(np.full((20, 2), np.nan)) == 0


def test_a_policy_against_itself_claims_nothing():
    seen = told(same_runs())
    sections = case_sections.main_sections(seen)
    words = text_of(sections) + " ".join(case_sections.lead(seen))
    assert "no measurable difference" in words and "no benefit to them is claimed" in words
    assert {"benefit", "plane", "acceptability", "perspectives"}.isdisjoint({s.key for s in sections})
    for claim in ("more end better off", "worth it", "breaks even", "for one QALY of", "costs £"):
        assert claim not in words, claim
    said = {row[-1] for s in sections for row in s.rows if s.columns[-1] == "what can be said"}
    assert said == {case_told.NOTHING}
    assert not returns(seen.runs) and case_doubt.why_returns(seen) is None


def test_more_cost_and_no_more_effect_claims_no_benefit():
    runs = better_runs(gain=0, spending=500)
    words = text_of([case_money.effectiveness(told(runs)), case_money.benefit(told(runs))])
    assert "no benefit is claimed" in words and "worth it" not in words.replace("not worth it", "")


def test_a_policy_that_harms_says_whom():
    runs = better_runs()
    harmed = FIRST_LEVEL["deprivation fifth"]  # the most deprived fifth
    runs.results[1].tally[:, harmed, Measure.AVAILABLE] -= 60
    runs.results[1].tally[:, FIRST_LEVEL["ethnic group"], Measure.WORSE] += 40
    section = case_sections.who(told(runs))
    loses = [row[0] for row in section.rows if row[-1] == "loses"]
    assert loses == ["deprivation fifth 1 most deprived", "ethnic group white"]
    said = " ".join(section.sentences)
    assert "these lose: deprivation fifth 1 most deprived" in said and "these lose: ethnic group white" in said


def test_more_people_worse_off_is_said_beside_those_better_off():
    runs = better_runs()
    runs.results[1].tally[:, 0, Measure.WORSE] += 30
    said = " ".join(case_sections.changes(told(runs)).sentences)
    assert "more end better off" in said and "also harms" in said


def test_the_page_s_figures_are_those_of_the_run():
    runs = better_runs(spending=200)
    section = case_money.budget(told(runs))
    board = next(row for row in section.rows if row[0] == "board")
    yearly = case.adults(runs.results[0]) / 20_000 * 2.0 * 52
    assert board[1] == board[2] == case_told.pounds(yearly)
    assert "Pay measurably more: board." in section.sentences
    people = case_money.per_person(told(runs))
    start = value.draw_worth(runs.results[1]).place_start_gbp.mean()  # three starts more a week, each with its price
    assert people.rows[0][1] == case_told.pounds(2.0 / 3 + start)
    assert people.rows[1][1] == case_told.pounds(2.0 + 3 * start)


def test_qalys_and_wellbys_are_rows_never_a_sum():
    runs = better_runs()
    rows = case_money.effectiveness(told(runs)).rows
    for row, currency in zip(rows, thresholds.CURRENCIES, strict=True):
        assert row[2] == case_told.mean_span(case.increment(runs, View(currency)).effect.mean(axis=1), case_told.plain)
    assert sum("never added" in row[0] for row in rows) == 1


def test_those_who_lose_count_against_those_who_gain():
    """Nine draws gain 20 of 1,000 wants, one loses 10: 17 on average, not the 19 that sizes without signs would make."""
    runs = better_runs(draws=10)
    better = np.repeat(np.where(np.arange(10) < 9, 0.02, -0.01), len(runs.results[0].shape.worlds) // 10)
    said = case_sections.helped(told(runs), better, np.zeros_like(better))[0]
    assert said.startswith("Of 1,000 wants, 17 (") and said.endswith("more end better off.")


def test_net_benefit_rises_with_the_threshold_and_names_its_source():
    section = case_money.benefit(told(better_runs()))
    marks = thresholds.of("QALY")
    assert [row[0] for row in section.rows] == [t.words for t in marks]
    assert all(t.source in row[3] and t.grade in row[3] for t, row in zip(marks, section.rows, strict=True))


def test_published_assumptions_one_at_a_time_raise_the_return():
    found = returns(better_runs())
    own = found[0].gbp
    assert own > 0 and len(found) == 13
    by_words = {row.words.split(" ", 2)[0] + " " + row.words.split(" ", 2)[1]: row.gbp for row in found}
    marks = thresholds.thresholds()
    assert by_words["a WELLBY"] == pytest.approx(own * marks["wellby_high"].gbp / marks["wellby_central"].gbp)
    for words in ("life satisfaction", "effects go", "confidence lowers"):
        assert by_words[words] > own, words
    assert by_words["volunteers' hours"] == pytest.approx(own)  # the same hours in both runs
    assert by_words["places that"] > own  # three starts more a week cost something
    assert by_words["only grants"] == pytest.approx(by_words["places that"])  # the same own sources in both


def test_information_is_silent_below_the_draws_it_takes():
    sections = case_doubt.value_of_information(told(better_runs()))
    assert [s.key for s in sections] == ["information"]
    assert f"at least {information.FEWEST_DRAWS} draws; there are 12" in text_of(sections)


def test_one_replicate_says_that_luck_was_not_measured():
    runs = better_runs(replicates=1)
    words = text_of([*case_doubt.value_of_information(told(runs)), case_doubt.noise(told(runs))])
    assert "--replicates 2" in words and "luck removed" not in words


def test_with_enough_draws_parameters_are_ranked_and_break_even_is_said():
    sections = case_doubt.value_of_information(told(better_runs(draws=60, gain=40_000_000), View("WELLBY", "society")))
    assert [s.key for s in sections] == ["information", "by-parameter", "break-even"]
    assert "dummies that do nothing" in text_of(sections)


def test_the_checklist_has_28_items_and_leaves_blank_what_the_run_does_not_know():
    seen = told(better_runs())
    found = dict(case_doubt.checklist(seen, case_sections.main_sections(seen)).rows)
    assert len(found) == 28
    assert found["27. Source of funding"] == case_doubt.NOT_REPORTED
    assert "12 draws" in found["20. Characterising uncertainty"]
    bare = dict(case_doubt.checklist(seen, []).rows)
    assert bare["23. Summary of main results"] == case_doubt.NOT_REPORTED


class Outline(HTMLParser):
    """Headings, ids, links, labels and pictures, as a reader's software finds them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.headings, self.ids = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if dict(attrs).get("id"):
            self.ids.append(dict(attrs)["id"])


def whole(runs, seen=None):
    about = replace(told(runs, seen), question="<script>alert(1)</script> & who?")
    about = replace(about, runs=replace(runs, titles=("Today", "<b onclick=x>More</b>")))
    sections = casing.all_sections(about, lambda part: None)
    return case_page.page(f"The case for {about.policy}", case_sections.lead(about), sections), sections


@pytest.fixture(scope="module")
def page():
    return whole(better_runs(draws=60))[0]


def test_the_page_is_whole_in_itself_and_well_built(page):
    found = Outline(page)
    tags = {tag for tag, _ in found.tags}
    assert "script" not in tags and "link" not in tags and "img" not in tags
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert page.startswith("<!DOCTYPE html>") and '<html lang="en-GB">' in page and "@media print" in page
    assert found.headings[0] == 1 and set(found.headings[1:]) == {2}
    assert len(found.ids) == len(set(found.ids))
    links = {a["href"][1:] for tag, a in found.tags if tag == "a"}
    assert links <= set(found.ids) and links
    pictures = [a for tag, a in found.tags if tag == "svg"]
    assert len(pictures) >= 3 and all(p["role"] == "img" and p["aria-label"] for p in pictures)
    assert all(a.get("scope") in ("col", "row") for tag, a in found.tags if tag == "th")


def test_text_from_people_is_escaped(page):
    assert "<script" not in page and "<b onclick" not in page and "&lt;script&gt;" in page


def test_the_page_shows_no_name_that_programs_use():
    """ "award_years", "needs group pain" and "parameter: match_narrow" stood on it."""
    runs = better_runs(draws=60)
    about = replace(told(runs), levers=levers(as_dict(load("today")), as_dict(load("open_door"))))
    sections = casing.all_sections(about, lambda part: None)
    assert not re.findall(
        r"\b[a-z0-9]+_[a-z0-9_]+|needs group[^\n]*", re.sub("<[^>]*>", "\n", case_page.page("The case", (), sections))
    )
    assert ("People refer themselves", "50%", "100%", "of organisations") in about.levers


def test_every_picture_has_a_sentence_and_a_table():
    _, sections = whole(better_runs())
    drawn = [s for s in sections if s.picture]
    assert {"plane", "acceptability", "returns"} <= {s.key for s in drawn}
    assert all(s.caption and s.rows for s in drawn)


@pytest.mark.browser
def test_an_accessibility_checker_finds_nothing_and_nothing_leaves_the_machine(page, tmp_path):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
    # the page's own policy forbids scripts, the checker's among them: it is left out here only
    path = tmp_path / "case.html"
    path.write_text(re.sub(r"<meta http-equiv[^>]+>", "", page), encoding="utf-8")
    asked = []
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in (1280, 360):
            view = browser.new_page(viewport={"width": width, "height": 900})
            view.on("request", lambda r: asked.append(r.url))
            view.goto(path.as_uri())
            found = axe.Axe().run(view)
            assert not found.response["violations"], [v["id"] for v in found.response["violations"]]
        browser.close()
    assert set(asked) == {path.as_uri()}


@pytest.mark.slow
def test_case_writes_a_page_and_the_same_bytes_again(tmp_path, capsys):
    out = tmp_path / "case.html"
    command = ["case", "open_door", "--draws", "10", "--replicates", "2", *SMALL, "--out", str(out)]
    assert call([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["page"] == str(out) and any(s["key"] == "cheers" for s in found["sections"])
    columns = next(one.columns for one in written() if one.title == "peerscale case --json")
    assert not undeclared(paths(found), columns)
    first = out.read_bytes()
    assert call(command) == 0 and out.read_bytes() == first
    assert [p.name for p in tmp_path.iterdir()] == ["case.html"]


@pytest.mark.slow
def test_case_of_an_area_of_ones_own_is_for_its_adults_and_may_leave_the_posterior_out(tmp_path, capsys):
    assert call(["area", "example"]) == 0
    area, page = tmp_path / "mine.csv", tmp_path / "c.html"
    area.write_text(capsys.readouterr().out, encoding="utf-8")
    assert (
        call(
            [
                "case",
                "open_door",
                "--draws",
                "10",
                *SMALL,
                "--area-file",
                str(area),
                "--posterior",
                "none",
                "--out",
                str(page),
            ]
        )
        == 0
    )
    told = page.read_text("utf-8")
    assert "Saltmere" in told and "32,000 adults" in told and "Parameters are from their priors." in told


@pytest.mark.slow
def test_case_of_today_against_today_claims_nothing(tmp_path, capsys):
    assert call(["case", "today", "--draws", "10", *SMALL, "--out", str(tmp_path / "c.html")]) == 0
    assert "no measurable difference in cost" in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.slow
def test_case_from_results_and_results_of_another_version(tmp_path, capsys):
    kept = tmp_path / "results"
    assert call(["run", "today", "open_door", "--draws", "10", "--replicates", "2", *SMALL, "--out", str(kept)]) == 0
    command = ["case", str(kept / "open_door"), "--against", str(kept / "today"), "--out", str(tmp_path / "c.html")]
    assert call(command) == 0 and (tmp_path / "c.html").exists()
    (tmp_path / "c.html").unlink()
    manifest = json.loads((kept / "today" / "manifest.json").read_text("utf-8"))
    other = manifest["identity"] | {"tables": manifest["identity"]["tables"] | {"parameters.csv": "0" * 64}}
    for key, wrong, rule in (("version", 1, "version"), ("identity", other, "tables"), ("seed", 9, "damaged")):
        spoilt = manifest | {key: wrong}
        spoilt |= {store.SEAL: store.seal_of(spoilt)} if key == "identity" else {}
        (kept / "today" / "manifest.json").write_text(json.dumps(spoilt), encoding="utf-8")
        capsys.readouterr()
        assert call(command) == 2
        assert rule in capsys.readouterr().err and not (tmp_path / "c.html").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["open_door", "--draws", "3"], f"at least {case.FEWEST_DRAWS} parameter draws; {information.FEWEST_DRAWS}"),
        (["open_door", "--currency", "euro"], "qaly or wellby"),
        (["open_door", "--perspective", "mine"], "nhs or public or society"),
        (["open_door", "--out", "case.pdf"], "a name ending in .html"),
        (["open_door", "--out", "nowhere/at/all.html"], "a folder that exists"),
        (["open_dor"], "open_door"),
        (["open_door", "--against", "."], "mixed"),
    ],
)
def test_bad_input_to_case_is_one_message_and_nothing_written(options, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call(["case", *options]) == 2
    assert words in capsys.readouterr().err and not list(tmp_path.iterdir())
