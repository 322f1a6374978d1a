"""The case's first page, for a board, and returns beside published ones: all from the run and from records, silent where it must be."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from test_case import better_runs, same_runs, spend, text_of, told

from calibration.library.evidence_library import library
from peerscale.commands.case import with_nothing
from reports.case import board as on_board
from reports.case import doubt, page, published
from reports.case.board import CUT, LONGEST, board
from reports.case.money import payers, places_more
from reports.case.sections import groups, lead, main_sections
from reports.case.told import NOTHING, plain
from reports.case.whole import all_sections, doing_nothing, levers
from scenarios.reading.load import is_todays, load, with_levers
from scenarios.reading.scenario import Change
from scenarios.reading.write import as_dict
from scenarios.worth import case
from scenarios.worth.case import Runs
from scenarios.worth.returns import Return, by_policy, returns
from sim.results import counts
from sim.results.result import FIRST_LEVEL, WEEKLY, Measure

ORDER = ["question", "options", "cost", "gain", "lose", "risks", "unknown", "decision"]
A4 = {"width": 703, "height": 1032}
"""Pixels of a sheet within its margins of 12 mm."""


def with_third(runs: Runs, third=None) -> Runs:
    return Runs((*runs.titles, "A third way"), (*runs.results, third or runs.results[1]), runs.parameters)


def test_a_board_reads_everything_in_the_order_in_which_it_asks():
    found = board(told(better_runs()))
    assert [section.key for section in found] == [f"board-{name}" for name in ORDER]
    assert all(section.sentences for section in found) and not any(section.picture for section in found)
    assert found[0].sentences[0] == "What would more do?"


def test_doing_nothing_is_an_option_of_its_own_with_levels_and_the_others_have_differences():
    runs = with_third(better_runs())
    rows = board(told(runs))[1].rows
    assert rows[0][0] == "Do nothing: Today goes on" and rows[0][-1] == "as now"
    assert [row[0] for row in rows[1:]] == ["More of it", "A third way"]
    assert rows[1][1:] == rows[2][1:]
    assert "Do nothing: Today goes on; More of it; A third way" in board(told(runs))[-1].sentences[0]


def test_where_nothing_was_not_run_the_page_says_so_and_the_command_runs_it():
    assert "not among these options" in text_of(board(told(better_runs(), nothing=None)))
    run = with_nothing([load("open_door"), load("everyone")])
    assert [one.name for one in run] == ["open_door", "everyone", "today"]
    assert [one.name for one in with_nothing([load("today"), load("everyone")])] == ["today", "everyone"]
    assert doing_nothing([as_dict(one) for one in run]) == 2
    assert doing_nothing([as_dict(load("funding_cliff"))]) is None


def test_a_board_is_promised_nothing_that_could_not_be_told_from_nothing():
    found = {section.key: section for section in board(told(same_runs()))}
    assert set(found["board-options"].rows[1][1:]) == {NOTHING}
    said = text_of(found.values())
    assert "No group gains measurably." in said and "No group loses measurably" in said
    assert "No payer pays measurably more." in said and "no benefit is claimed" in said
    assert "it cannot be told whether" in said


def test_who_loses_and_what_gets_worse_is_there_always():
    runs = better_runs()
    runs.results[1].tally[:, FIRST_LEVEL["deprivation fifth"], Measure.AVAILABLE] -= 60
    said = " ".join(board(told(runs))[4].sentences)
    assert "Lose in availability, in at least 80% of the worlds we assumed: deprivation fifth 1 most deprived." in said
    calm = " ".join(board(told(better_runs()))[4].sentences)
    assert "No group loses measurably." in calm and "gets worse in at least 9 of 10 worlds" in calm


def test_the_cost_is_the_side_s_with_its_places_and_names_who_pays():
    seen = told(better_runs(spending=200))
    said = " ".join(board(seen)[2].sentences)
    assert payers(seen) == (["board"], []) and "More is paid by: the NHS board." in said
    assert places_more(seen).mean() > 0 and "Places in use" in said
    whole = case.increment(seen.runs, seen.view).cost.mean() / case.adults(seen.runs.results[0]) / seen.years
    assert f"£{whole:,.2f} for each adult a year" in said


def test_risks_count_the_draws_in_which_it_does_not_pay():
    seen = told(better_runs(gain=0, spending=500))
    assert "It is not worth its cost in 12 of 12 draws" in " ".join(board(seen)[5].sentences)


def test_a_board_reads_words_and_no_name_that_programs_use():
    moved = levers(as_dict(load("today")), as_dict(load("everyone")))
    found = board(replace(told(better_runs()), levers=moved))
    assert not re.findall(r"\b[a-z0-9]+_[a-z0-9_]+", text_of(found))
    assert "NHS board money: £6 from year 1, over 3 years, now £0.35 (per adult resident per year)" in text_of(found)


def test_a_lever_that_changes_over_time_is_said_in_words_in_the_long_page_too():
    rows = {row[0]: row[1:3] for row in levers(as_dict(load("today")), as_dict(load("everyone")))}
    assert rows["NHS board money"] == ("£0.35", "£0.35; £6 from year 1, over 3 years")
    assert "timed changes" not in rows


def changed(**levers) -> dict:
    """Today's policy, with these levers at its start."""
    return as_dict(with_levers(load("today"), levers))


def later(areas: tuple[str, ...], **levers) -> dict:
    """Today's policy, with these levers from its first week on, in some areas."""
    return as_dict(replace(load("today"), changes=(Change(0, None, levers, areas, from_="year 1"),)))


def test_a_difference_too_small_for_the_usual_digits_is_a_difference():
    today = load("today").levers["budget_board"]
    (row,) = levers(changed(), changed(budget_board=today + 0.004))
    assert row[:3] == ("NHS board money", f"£{today:g}", f"£{today + 0.004:g}")
    (row,) = levers(changed(self_referral=0.5), changed(self_referral=0.50004))
    assert row[1:3] == ("50%", "50.004%")
    assert not levers(changed(), changed())


def test_the_same_money_in_another_area_is_another_policy_and_both_are_named():
    (row,) = levers(later(("bnssg",), budget_board=3.0), later(("sussex",), budget_board=3.0))
    assert row[1].endswith("£3 from year 1, in Bristol, North Somerset and South Gloucestershire")
    assert row[2].endswith("£3 from year 1, in Sussex")
    assert not levers(later(("sussex",), budget_board=3.0), later(("E54000064",), budget_board=3.0))
    many = ("sussex", "bnssg", "lincolnshire", "bsol")
    (row,) = levers(changed(), later(many, budget_board=3.0))
    assert row[2].endswith("in 4 of the areas")
    (row,) = levers(later(many, budget_board=3.0), later((*many[:3], "gm"), budget_board=3.0))
    assert "Birmingham and Solihull" in row[1] and "Greater Manchester" in row[2]


def test_now_is_said_of_todays_policy_alone():
    with_today, without = (text_of(board(told(better_runs(), nothing=which))) for which in (0, None))
    assert "as now" in with_today and ", now 0 (share)" in with_today
    assert "as now" not in without and ", now 0" not in without
    assert "as in the first option" in without and "campaign: 0.1, under Today 0 (share)" in without


def test_todays_policy_is_known_by_what_it_does_wherever_it_is_asked():
    today = load("today")
    past = replace(today, name="past", title="Past", history=True)
    assert is_todays(past) and is_todays(as_dict(past)) and doing_nothing([as_dict(past)]) == 0
    assert not is_todays(later((), budget_board=3.0)) and not is_todays(changed(cut=0.1))


def test_what_changes_every_figure_is_on_the_first_sheet():
    said = "Rival evidence: wants are short. With it no level is a finding."
    found = {one.key: one.sentences for one in board(told(better_runs(), notes=said))}
    assert found["board-unknown"][0] == said
    assert board(told(better_runs()))[6].sentences[0].startswith("Supply today")


def test_a_long_paragraph_is_cut_with_where_the_rest_is():
    found = board(told(better_runs(), notes="A number of your own. " * 60))[6].sentences[0]
    assert len(found) <= LONGEST and found.endswith(CUT.strip())


def test_a_loss_stands_under_who_loses():
    runs = better_runs()
    runs = Runs(runs.titles, runs.results[::-1], runs.parameters)
    found = {one.key: " ".join(one.sentences) for one in board(told(runs))}
    assert "No more people are better off" in found["board-gain"] and "Luck alone" not in found["board-gain"]
    assert re.search(r"Fewer people better off, less those worse off: \d", found["board-lose"])


def test_what_luck_does_is_said_where_it_can_be_told_from_nothing():
    runs = better_runs()
    assert "Luck alone" not in " ".join(board(told(runs))[3].sentences)
    runs.results[1].tally[:, :, Measure.BETTER_BY_CHANCE] += 3
    assert re.search(r"Luck alone would make \d[\d.]* \(", " ".join(board(told(runs))[3].sentences))


def test_link_workers_and_other_sides_are_beside_the_cost():
    runs = better_runs()
    for name in (counts.NOT_PEER_SUPPORT, "spent_council_pence"):
        spend(runs.results[1], name, 300)
    said = " ".join(board(told(runs))[2].sentences)
    assert (
        "More is paid by: the NHS board; councils (beside that cost); the NHS, for link workers (beside that cost)."
        in said
    )
    assert set(on_board.PAYERS) == set(counts.PAYERS)


def test_places_in_use_are_discounted_as_the_cost_is():
    seen = told(better_runs(spending=0))
    found = case.increment(seen.runs, seen.view).cost
    assert places_more(seen).ravel().tolist() == pytest.approx(found.ravel().tolist())  # nothing else costs more


def test_where_nearly_all_groups_gain_the_others_are_named():
    runs = better_runs()
    runs.results[1].tally[:, :, Measure.AVAILABLE] += 200
    worst = FIRST_LEVEL["deprivation fifth"]
    runs.results[1].tally[:, worst, Measure.AVAILABLE] = runs.results[0].tally[:, worst, Measure.AVAILABLE]
    said = " ".join(board(told(runs))[3].sentences)
    assert re.search(r"Gain in availability, .*: \d+ of \d+ groups, all but deprivation fifth 1 most deprived", said)


def test_a_board_s_groups_are_worked_out_once(monkeypatch):
    asked = []
    monkeypatch.setattr(on_board, "groups", lambda told, name: asked.append(name) or groups(told, name))
    board(told(better_runs()))
    assert len(asked) == len(set(asked)) == 3


def test_nothing_is_minus_nothing():
    runs = same_runs()
    assert plain(-0.0) == "0" and plain(123_456.0) == "123,456"
    tiny = better_runs()
    tiny.results[1].tally[:, :, Measure.AVAILABLE] = tiny.results[0].tally[:, :, Measure.AVAILABLE]
    assert not re.search(r"[-+]0\.0\b", text_of(board(told(tiny))) + text_of(board(told(runs))))


def test_what_is_most_worth_knowing_reaches_the_board_once_it_is_made():
    seen = told(better_runs(draws=60, gain=40_000_000))
    made = all_sections(seen, lambda part: None)
    with_it, before = text_of(board(seen, made)), text_of(board(seen))
    for section in made:
        assert not section.short or (section.short in with_it and section.short not in before)
    assert {section.key for section in made if section.short} == {"information", "by-parameter"}


def test_published_returns_stand_beside_each_policy_with_their_range_and_a_claim_apart():
    runs = with_third(better_runs())
    section = doubt.why_returns(told(runs))
    own = [row for row in section.rows if row[0].startswith("this model's own way")]
    assert [row[0].split(": ")[1] for row in own] == ["More of it", "A third way"]
    assert [row.gbp for row in by_policy(runs)] == [returns(runs)[0].gbp] * 2
    low, high = published.published_range()
    rows = library()
    assert (low, high) == (rows["cost_dementia_sroi"].low, rows["cost_dementia_sroi"].high)
    assert f"(£{low:.2f} to £{high:.2f})" in " ".join(section.sentences)
    claim = section.rows[-1]
    assert claim[0].startswith("a claim, not used") and claim[1] == f"£{rows['cost_macmillan_roi'].value:.2f}"
    assert high < rows["cost_macmillan_roi"].value


def test_what_makes_returns_differ_is_named_largest_first():
    found = returns(better_runs())
    said = next(one for one in published.said([], found) if one.startswith("What makes the most"))
    times = [float(one) for one in re.findall(r"\(([\d.e+]+) times\)", said)]
    assert times == sorted(times, reverse=True) and times[0] > 1


def test_the_largest_difference_is_named_first_whatever_its_direction_and_place():
    rows = [Return("our own way", 2.0), Return("small", 3.0), Return("less", 0.2), Return("more", 500.0)]
    said = published.said([], [*rows, Return("all of them", 9.0)])
    assert "What makes the most difference by itself: more (250 times); less (0.1 times); small (1.5 times)." in said


def saving() -> Runs:
    """A policy that gains, and costs less."""
    runs = better_runs(spending=0)
    runs.results[1].weekly[:, :, WEEKLY.index("n_started")] -= 3
    spend(runs.results[0], "spent_board_pence", 500)
    return runs


def test_a_policy_that_saves_money_is_said_to_and_nothing_is_so_many_times_nothing():
    runs = saving()
    assert [(row.gbp, row.saves) for row in by_policy(runs)] == [(None, True)]
    section = doubt.why_returns(told(runs))
    assert section.rows[0] == ("this model's own way: More of it", "costs no more", "")
    assert "More of it: it gains and costs no more, so there is no return for one pound." in section.sentences
    assert not any(row[2] for row in section.rows) and not any(" times)" in one for one in section.sentences)
    assert [row[0] for row in section.rows][-1].startswith("a claim")
    section.picture(680.0)


def test_a_policy_beside_another_that_gains_nothing_keeps_its_return():
    better = better_runs()
    runs = Runs(("Today", "Nothing new", "More of it"), (better.results[0], *better.results), better.parameters)
    seen = told(runs)
    section = next(one for one in all_sections(seen, lambda part: None) if one.key == "returns")
    assert section.rows[0][0] == "this model's own way: More of it" and section.rows[0][1].startswith("£")
    assert "Nothing new" not in " ".join(row[0] for row in section.rows) and published.NOT_RAISED in section.sentences
    section.picture(350.0)


def test_a_policy_without_a_gain_has_no_return_beside_one_that_has():
    runs = with_third(better_runs(), better_runs().results[0])
    assert [row.gbp is None for row in by_policy(runs)] == [False, True]
    assert "A third way" not in " ".join(row[0] for row in doubt.why_returns(told(runs)).rows)


@pytest.mark.parametrize("width", [350.0, 680.0])
def test_no_word_of_a_picture_of_returns_is_cut(width):
    section = doubt.why_returns(told(better_runs()))
    drawn = section.picture(width)
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawn))
    assert "…" not in words and "Trachtenberg 2013 (6 studies, US and Australia)" in words


def whole_page(more: int = 0, notes: str = "") -> str:
    """With as many more options, and with notes of what is unusual of the runs."""
    seen = told(better_runs(draws=60, gain=40_000_000), notes=notes)
    seen = replace(
        with_titles(seen), levers=levers(as_dict(load("today")), as_dict(load("everyone"))), question="What? " * 20
    )
    runs = seen.runs
    others = tuple(f"{runs.titles[1]}, for the {k}th time" for k in range(4, 4 + more))
    seen = replace(
        seen,
        runs=replace(runs, titles=(*runs.titles, *others), results=(*runs.results, *(runs.results[1] for _ in others))),
    )
    made = all_sections(seen, lambda part: None)
    return page.page("The case for a policy", lead(seen), made, board(seen, made))


def with_titles(seen):
    long = "A policy with a title as long as people write them in a workshop"
    return replace(seen, runs=replace(with_third(seen.runs), titles=("Today's policy", long, f"{long}, and more")))


def test_the_board_comes_first_and_then_the_long_page():
    text = whole_page()
    places = [text.index(f'id="{key}"') for key in ("board-question", "board-decision", "in-one-reading", "policy")]
    assert places == sorted(places)
    assert [section.key for section in main_sections(told(better_runs()))][0] == "policy"


OWN = "; ".join(f"accept_offer at 0.{k} (chance)" for k in range(1, 9))
NOTES = f"Held at a value of your own: {OWN}; and 12 others. With them no level is a finding. Your own area: Saltmere; what was not given is as in Sussex."


@pytest.mark.browser
@pytest.mark.parametrize(("more", "notes"), [(0, ""), (1, NOTES)])
def test_on_paper_the_board_has_one_sheet_and_no_picture_or_table_is_cut(tmp_path, more, notes):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")
    path = tmp_path / "case.html"
    path.write_text(whole_page(more, notes), encoding="utf-8")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page(viewport=A4)
        view.goto(path.as_uri())
        view.emulate_media(media="print")
        bottom = view.evaluate("document.querySelector('.board').getBoundingClientRect().bottom")
        figures = "all => all.map((e) => [getComputedStyle(e).breakInside, e.offsetHeight, e.scrollWidth])"
        drawn = view.locator("figure").evaluate_all(figures)
        wide = view.evaluate("document.documentElement.scrollWidth")
        screens = []
        for width in (390, 768, 1280):
            view.emulate_media(media="screen")
            view.set_viewport_size({"width": width, "height": 900})
            screens.append(view.evaluate("document.documentElement.scrollWidth") <= width)
            assert view.locator("figure svg:visible").count() == view.locator("figure").count()
        browser.close()
    assert bottom <= A4["height"]
    assert len(drawn) >= 4 and all(
        how == "avoid" and tall < A4["height"] and across <= A4["width"] for how, tall, across in drawn
    )
    assert wide <= A4["width"] and all(screens)
