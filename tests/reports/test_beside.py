"""Wherever "better off" is shown, what chance alone would do is shown beside it: one record says so, all lists follow."""

import pytest
from fakes import fake_result

from reports import what_changed
from reports.case import told
from reports.figures import FIGURES
from reports.questions import relief as relief_report
from scenarios.questions import relief
from scenarios.questions.solve import columns
from sim.results import outcomes, words
from sim.results.result import Measure

LISTS = {
    "reports": words.SHOWN,
    "tiles and charts": tuple(FIGURES),
    "the case": told.CHANGES,
    "gate relief": relief.SHOWN,
    "its table": relief_report.IN_TABLE,
    "searches": columns.SHARES,
    "--json": tuple(one.name for one in outcomes.headlines()),
}


def test_better_off_names_what_chance_would_do():
    assert outcomes.BY_NAME["better_per_want"].beside == "better_by_chance"
    assert all(one.beside in outcomes.BY_NAME for one in outcomes.OUTCOMES if one.beside)


@pytest.mark.parametrize("where", LISTS)
def test_every_list_that_has_better_off_has_chance_right_after_it(where):
    names = list(LISTS[where])
    at = names.index("better_per_want")
    assert names[at + 1] == "better_by_chance"


def test_mean_gains_and_net_stand_in_reports():
    assert {"net_per_want", "lonely", "confidence"} <= set(words.SHOWN)


def test_a_list_made_with_beside_repeats_nothing():
    assert outcomes.with_beside(("better_per_want", "better_by_chance", outcomes.MAIN)) == (
        "better_per_want",
        "better_by_chance",
        outcomes.MAIN,
    )


def test_a_sentence_on_better_off_says_what_chance_would_do():
    today, plan = fake_result(), fake_result()
    plan.tally[:, 0, Measure.BETTER] += 60
    plan.tally[:, 0, Measure.BETTER_BY_CHANCE] += 30
    said = [one.text for one in what_changed.explain(today, plan) if one.text.startswith("Better off:")]
    assert len(said) == 1 and outcomes.BY_NAME["better_by_chance"].words in said[0]


def test_an_outcome_that_is_shown_alone_says_what_to_compare_it_with():
    assert words.caution("better_per_want") == [
        "Luck alone makes some people better off or worse: compare the outcome better_by_chance."
    ]
    assert not words.caution(outcomes.MAIN)
