"""Link workers in a case: as today in all policies first; then each policy with its own, their pay and people together."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_result
from test_case import better_runs, shape, spend, text_of, told

from reports.case import money as case_money
from reports.case import sections as case_sections
from reports.case import tiles as case_tiles
from reports.case import told as case_told
from scenarios.reading.load import load
from scenarios.reading.scenario import Change
from scenarios.reading.write import as_dict
from scenarios.worth import case, links
from scenarios.worth.case import Runs, View
from sim.numbers.levers import BY_NAME
from sim.results.result import WEEKLY

TODAY = BY_NAME[links.LEVER].today


@pytest.fixture(scope="module")
def more():
    """A policy that hires link workers, at the start and once more later."""
    plan = load("today")
    later = Change(52, None, {links.LEVER: 3.0, "campaign": 0.1})
    only = Change(104, None, {links.LEVER: 4.0})
    return replace(plan, title="More", levers=plan.levers | {links.LEVER: 1.5}, changes=(later, only))


def test_the_first_line_has_as_many_link_workers_as_today_all_the_time(more):
    found = links.as_today(more)
    assert links.moves(more) and not links.moves(found)
    assert found.levers[links.LEVER] == TODAY
    assert [c.levers for c in found.changes] == [{"campaign": 0.1}], "what else changes still does"
    assert links.as_today(load("open_door")) == load("open_door")
    assert links.as_today(load("history")) == load("history"), "the past is left as it was"


def test_a_second_line_is_run_only_where_link_workers_move(more):
    today, door = load("today"), load("open_door")
    assert links.to_run([today, door]) == [today, door]
    assert links.to_run([today, more, door]) == [today, links.as_today(more), door, today, more]


def test_a_folder_says_whether_its_link_workers_are_today_s(more):
    tables = [as_dict(s) for s in (load("today"), more, links.as_today(more))]
    assert [links.moved(t["levers"], t.get("change", ())) for t in tables] == [False, True, False]


@pytest.fixture
def runs():
    """As today the policy changes nothing; with its own link workers it costs their pay and more people start."""
    base, own = fake_result(shape()), fake_result(shape())
    spend(own, "spent_link_workers_pence", 300)
    own.weekly[:, :, WEEKLY.index("n_started")] += 2
    return Runs(("Today", "More link workers"), (base, base), None, (base, own))


def test_cost_and_people_of_the_second_line_stand_together(runs):
    seen = told(runs)
    assert not case.increment(runs, View()).cost.any(), "in the first line nothing differs"
    own = seen.with_own_links
    found = case.increment(own.runs, own.view)
    pay = case.adults(runs.results[0]) / 20_000 * 3.0 * 52
    charged = found.cost - case.increment(own.runs, View()).cost
    assert np.allclose(charged, pay * (1 + 1 / 1.035))
    assert np.allclose(case_money.more_people(own, case_money.starts), case.adults(runs.results[0]) / 20_000 * 2 * 104)


def test_the_page_tells_the_second_line_and_says_which_is_which(runs):
    seen = told(runs)
    assert case_told.LINKS_TODAY in case_sections.policy(seen).sentences
    assert "With its own link workers, their pay charged" in " ".join(case_sections.lead(seen))
    section = case_money.effectiveness(seen)
    assert [row for row in section.rows if "its own link workers" in row[0]]
    assert "with its own link workers, their pay charged" in text_of([case_money.perspectives(seen)])
    assert any("own link workers" in name for name, _ in case_tiles.tiles(seen))


def test_where_nobody_moves_link_workers_there_is_one_line():
    seen = told(better_runs())
    assert seen.links == "" and seen.with_own_links is None
    assert "own link workers" not in text_of(case_sections.main_sections(seen)) + " ".join(case_sections.lead(seen))


def test_folders_are_read_as_they_were_run_and_say_so():
    seen = told(better_runs(), View(link_workers=True))
    assert seen.links == case_told.LINKS_CHARGED
