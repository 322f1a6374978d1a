"""What the page says of rows that were not fitted, of figures that the gate refused, and of leaving one out."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from calibration.fit.check import fits, gain
from calibration.fit.targets import Target, Targets
from calibration.fit.toys import line
from calibration.fit.waves import Settings, calibrate
from calibration.report import held_back, in_short
from calibration.report.diagnose import fitted, left_out, sections, validation
from reports.calibration.files import every_fitted, passes, refused_and_widened

NAMES = ("waits", "used", "members")
ROWS = (
    Target("fit", "members", 5.0, 1.0, group="one survey"),
    Target("far", "waits", 9.0, 0.5, role="validation"),
    Target("far_too", "waits", 8.0, 0.5, role="validation"),
    Target("near", "used", 0.0, 0.5, group="one survey", role="validation"),
    Target("side", "used", -9.0, 0.5, role="validation", bound="lower"),
)


def beside(rows: tuple[Target, ...] = ROWS) -> SimpleNamespace:
    """As much of a calibration as is read: the posterior is half as wide as the prior, so it scores worse far out."""
    rng, targets = np.random.default_rng(3), Targets(rows)
    after, before = (sd * rng.standard_normal((80, 2, 3)) for sd in (1.0, 2.0))
    held = targets.of_role("validation")
    measured = [[some.measured(runs, NAMES) for runs in (after, before)] for some in (targets, held)]
    return SimpleNamespace(
        targets=targets,
        fits=tuple(fits(*measured[0], targets, 1)),
        gains=(None, gain(*measured[1], held, 1)),
        after=after,
        before=before,
        simulator=SimpleNamespace(statistics=NAMES),
        settings=SimpleNamespace(seed=1, failing="leave_out"),
    )


def test_the_score_is_said_row_by_row_and_without_the_row_that_moves_it_most():
    found = beside()
    each = dict(held_back.gains(found))
    assert next(iter(each)) == "far" and each["far"] < each["near"] and set(each) == {r.id for r in ROWS[1:]}
    one, alike = held_back.without_most(found)
    assert one.ids == ("far",) and alike.ids == ("far", "far_too")
    assert found.gains[1].gain < one.gain.gain < alike.gain.gain and one.gain.figures == 3
    said = dict(in_short.not_fitted(found))
    assert said["the same without far"] == in_short.gained(one.gain, "")
    assert "far -" in said["the same row by row, each by itself"]


def test_rows_of_one_statistic_and_of_a_fitted_survey_are_counted():
    said = held_back.apart(beside())
    assert said.startswith("4 rows of 2 statistics (waits in 2 rows, used in 2 rows)") and said.endswith(": near")
    assert "1 shares a survey with a fitted row" in said
    assert "none shares" in held_back.apart(beside(tuple(replace(row, group="") for row in ROWS)))


def test_how_many_lie_inside_is_expected_of_figures_alone():
    said = held_back.inside(beside(), "validation", 0.9)
    assert said.startswith("1 of 3, where 2.7 are expected; of 1 bound 1 (") and "no number is expected" in said
    assert "bound" not in held_back.inside(beside(), "target", 0.9)


def test_one_row_alone_has_no_score_without_it():
    found = beside(ROWS[:2])
    assert not held_back.without_most(found) and held_back.apart(found).startswith("1 row of 1 statistic;")
    assert not in_short.not_fitted(SimpleNamespace(gains=(None, None)))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(the straight toy after two waves, the same with one figure whose emulator cannot pass fitted with a wider error)."""
    toy, settings = line(), Settings(points=60, particles=200, draws=30, most_waves=1, process=False)
    held = Targets(replace(row, role="validation") if row.id == "t4" else row for row in toy.targets.records)
    one = calibrate(toy.simulator, toy.priors, held, settings, tmp_path_factory.mktemp("one"))
    first = one.waves[0]
    failed = replace(first.checks[0], passed=False, why="it errs")
    waves = (first, replace(first, number=2, checks=(failed, *first.checks[1:])))
    return one, replace(one, waves=waves), replace(one, waves=waves, settings=replace(settings, failing="inflate"))


def test_a_figure_whose_emulator_did_not_pass_is_said_to_be_refused_or_fitted_with_a_wider_error(made):
    _, left, wider = made
    assert "t0 was not fitted." in fitted(left).sentences[1] and "wave 1, and so helped" in fitted(left).sentences[1]
    assert fitted(wider).sentences[1] == "t0 was fitted with a wider error. Its emulator did not pass: it errs."
    assert in_short.gate(left) == ("figures refused by the emulator's gate, so not fitted", "t0")
    what, which = in_short.gate(wider)
    assert "fitted with a wider error" in what and which == "t0"
    assert refused_and_widened(left) == {"refused_targets": ["t0"], "widened_targets": []}
    assert refused_and_widened(wider) == {"refused_targets": [], "widened_targets": ["t0"]}
    assert every_fitted(["t0"], []).startswith("NOT passed") and every_fitted([], ["t0"]).startswith(
        "passed; with a wider"
    )


def test_the_plans_own_test_of_the_score_is_of_fitted_figures_with_the_others_beside_it(made):
    found = made[0]
    asked = SimpleNamespace(interval=0.9, outside=[], log_score="better", hours_at_most=1.0)
    task = SimpleNamespace(plan=SimpleNamespace(form=SimpleNamespace(pass_=asked)))
    said = dict(passes(task, found))
    fitted_, held = found.gains
    assert (fitted_.figures, held.figures) == (4, 1)
    assert f"{fitted_.gain:+.2f}" in said["log score of the fitted figures better"]
    beside_ = next(how for what, how in said.items() if "no part of the test" in what)
    assert f"{held.gain:+.2f}" in beside_ and "passed" not in beside_


def test_leaving_one_out_says_after_several_waves_that_the_figure_had_been_seen(made):
    one, two, _ = made
    assert len(left_out(one).sentences) == 1 and left_out(two).sentences[1] == f"{in_short.SEEN}."
    assert in_short.SEEN in in_short.left_out(two) and in_short.SEEN not in in_short.left_out(one)


def test_the_section_on_rows_that_were_not_fitted_has_each_gain(made):
    found = made[0]
    section = validation(found)
    row, fit = dict(zip(section.columns, section.rows[0], strict=True)), next(f for f in found.fits if f.id == "t4")
    assert row["gain"] == fit.score - fit.prior_score
    assert any("t4" in sentence and "row by row" in sentence for sentence in section.sentences)
    assert sections(found)[0].key == "summary"
