"""Outcomes are declared once: every list of them, and every word, follows from the records."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_result, fake_shape

from calibration.library.statistics import STATISTICS
from reports.figures import FIGURES, say
from scenarios.questions.solve.columns import SHARES
from sim.results import outcomes, summary, value, words
from sim.results.outcomes import OUTCOMES

ROOT = Path(__file__).parents[2]
ALL = (*OUTCOMES, *value.OUTCOMES)


@pytest.mark.parametrize("one", ALL, ids=[one.name for one in ALL])
def test_every_outcome_is_read_world_by_world_and_says_what_it_is(one):
    found = one.worlds(fake_result(fake_shape(worlds=3)))
    assert found.shape == (3,) and found.dtype == np.float64
    assert one.words and one.unit and one.whole
    assert not one.chart or (one.short and say(one.kind, 0.25) != "no figure")


def test_no_name_and_no_place_is_given_twice():
    for given in ([o.name for o in ALL], [o.chart for o in ALL if o.chart], [o.report for o in ALL if o.report]):
        assert len(given) == len(set(given))


def test_a_course_of_people_at_a_moment_ends_at_the_figure():
    result = fake_result()
    for one in FIGURES.values():
        if one.course and not one.flow:
            assert one.course(result)[-1] == pytest.approx(one.worlds(result))


def test_what_there_is_and_what_staff_do_by_hand():
    result = fake_result(fake_shape(worlds=2))
    result.weekly[:] = 0
    for name, week_0, later in (("adults", 20_000, 20_000), ("paid_mfte", 0, 3_000), ("n_put_forward", 10, 10)):
        result.column(name)[0], result.column(name)[1:] = week_0, later
    weeks = len(result.weekly)
    posts = outcomes.BY_NAME["mean_posts_per_100k"].worlds(result)
    assert posts == pytest.approx([3.0 * (weeks - 1) / weeks / 20_000 * 100_000] * 2)
    put_forward = outcomes.BY_NAME["put_forward_per_10k_year"].worlds(result)
    assert put_forward == pytest.approx([10 * 52 / 20_000 * 10_000] * 2)


def test_the_group_of_everyone_is_the_outcome_itself():
    result = fake_result()
    for name in outcomes.of_wants():
        assert np.array_equal(outcomes.of_group(result, name), outcomes.BY_NAME[name].worlds(result), equal_nan=True)
    with pytest.raises(ValueError, match="not counted over wants"):
        outcomes.tally_of("waiting_per_10k")


def test_each_list_of_outcomes_holds_those_whose_record_says_so():
    named = {one.name: one for one in OUTCOMES}
    assert set(words.SHOWN) == {n for n, one in named.items() if one.report}
    assert set(FIGURES) == {n for n, one in named.items() if one.chart}
    assert set(SHARES) == {n for n, one in named.items() if one.kept}
    assert set(summary.headline(fake_result())) == {n for n, one in named.items() if one.headline}
    assert {n for n, one in named.items() if one.asked and not one.is_gbp} <= set(STATISTICS)
    assert all(one.words == words.WORDS[n] for n, one in named.items())


NEW = '''    _wants(
        "worse_of_followed",
        "Worse off, of those that could be followed",
        Measure.WORSE,
        Measure.ELIGIBLE,
        -1,
        short="Harm",
        note="Made for a test.",
        report=11,
        chart=13,
        goal="no harm",
        kept=True,
    ),
)
"""In the order of `--json`."""
'''
LOOK = """
from rich.console import Console
from calibration.library.statistics import STATISTICS
from fakes import fake_result
from reports import as_json, terminal
from reports.figures import FIGURES
from reports.tables.page import page
from scenarios.questions.rows import check_outcome
from scenarios.questions.solve.columns import COLUMNS
from scenarios.questions.solve.goal import OUTCOMES
name, result = "worse_of_followed", fake_result()
check_outcome(name)
assert name in STATISTICS and name in FIGURES and name in COLUMNS and name in OUTCOMES
assert name in as_json.levels(result)["headline"] and f"headline.{name}" in page()
with (console := Console(width=200)).capture() as said:
    terminal.show_study(console, [("a", result), ("b", fake_result(lift=9))], "")
assert said.get().count("Worse off, of those that could be followed") == 2
"""


def test_a_new_outcome_is_one_record(tmp_path):
    """Added to a copy: reports, charts, goals, questions, statistics, searches, JSON and the page of tables have it."""
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "sim" / "results" / "outcomes.py"
    before = path.read_text("utf-8")
    path.write_text(before.replace(')\n"""In the order of `--json`."""\n', NEW), "utf-8")
    where = os.pathsep.join(map(str, (tmp_path, ROOT, ROOT / "tests" / "helpers")))
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": where},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
