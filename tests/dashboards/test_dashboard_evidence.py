"""What evidence does to the pages: hatching of assumptions, rival evidence, and how well the model fits."""

from __future__ import annotations

import json
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_result, fake_shape
from posteriors import of_this_model

from dashboards.asked.link import decode, encode
from dashboards.asked.state import Asked, Policy, question
from dashboards.cards import assumption, rival_card
from dashboards.cards.hatch import WORDS, as_assumed
from dashboards.cards.tiles import tiles
from dashboards.pages.evidence import targets_card
from dashboards.pages.explore import main_chart, source
from dashboards.work.runner import Runner, study_for, study_of
from dashboards.work.session import Shown
from reports import charts, svg
from reports.figures import FIGURES
from scenarios.reading.load import load
from scenarios.reading.rival_evidence import alternatives, fixed_by, one_each
from scenarios.reading.rivals import RIVALS
from scenarios.running import posterior
from scenarios.running.study import run_together, world_parameters
from sim.numbers.parameters import records
from sim.people.population import load_areas

SMALL = {"people": 400, "draws": 3, "weeks": 27, "burn_in": 52, "place_size": 200}


@pytest.fixture
def only_used_is_a_finding(monkeypatch):
    """A posterior that narrowed one output."""
    told = {
        "used_last_year": {"finding": True, "verdict": "narrowed"},
        "available": {"finding": False, "verdict": "an assumption, not a finding: by 3%"},
    }
    monkeypatch.setattr(posterior, "outputs", lambda chosen: told)
    here = str(load_areas().code[study_of(Asked()).areas[0]])
    monkeypatch.setattr(posterior, "looked_at", lambda chosen: posterior.LookedAt("history", (here,), 100))


@pytest.fixture
def fitted(monkeypatch, tmp_path):
    """The pages run on a posterior of this model."""
    own = posterior.choose(str(of_this_model(tmp_path / "own")))
    monkeypatch.setattr(posterior, "choose", lambda name=None: own)
    return own


def pictures(run) -> list[charts.Chart]:
    used, available = FIGURES["used_last_year"], FIGURES["available"]
    course = charts.Course("A", np.linspace(0.1, 2, len(used.course(run))), used.course(run))
    return [
        charts.fan(used, [course], "So."),
        charts.worlds(available, [charts.Row("Today", available.worlds(run))], "So."),
        charts.bars(
            "b", "Bars", "", "So.", (("Today", svg.TODAY), ("Plan", svg.PLAN)), [charts.Bar("one", (1.0, 2.0))]
        ),
        charts.spots(
            "s", "Spots", "", "So.", ("Today", "Plan"), [charts.Spot("x", (0.1, 0, 0.2), (0.2, 0.1, 0.3), "Age")]
        ),
    ]


def test_an_assumption_is_hatched_and_called_so_and_a_finding_is_not(only_used_is_a_finding):
    for chart in pictures(fake_result(fake_shape(worlds=6))):  # fewer worlds have no range that could be hatched
        plain, hatched = as_assumed(chart, "used_last_year", Asked()), as_assumed(chart, "available", Asked())
        assert plain is chart and "hatch" not in plain.svg
        ElementTree.fromstring(hatched.svg)
        assert f"url(#hatch-{chart.name})" in hatched.svg.split("</defs>")[1] and WORDS in hatched.svg
        assert hatched.assumed.startswith("† Assumption, not finding: by 3%") and any(
            "†" in cell for cell in hatched.rows[0]
        )
        assert (
            hatched.svg.count("<rect") + hatched.svg.count("<path")
            > chart.svg.count("<rect") + chart.svg.count("<path") + 1
        )


def test_tiles_of_assumptions_say_so(only_used_is_a_finding):
    run = fake_result()
    found = {tile["name"]: tile["assumed"] for tile in tiles(Asked(unfolded=True, pounds=True), run, run)}
    assert not found.pop("used_last_year") and all(why.startswith(assumption.CALLED) for why in found.values())


def test_a_level_of_another_policy_or_place_is_an_assumption(only_used_is_a_finding):
    mine, there = Asked(policy=Policy(base="everyone")), Asked(area=str(load_areas().code[0]))
    assert assumption.mark("used_last_year", mine, today=True) == "" and assumption.mark("used_last_year", mine) == " †"
    why = assumption.why_assumed("used_last_year", there, today=True)
    assert why.startswith(assumption.CALLED) and "today's policy (or “April 2017 to March 2025”) in " in why
    assert not assumption.told_apart(there) and assumption.told_apart(Asked())


def test_nothing_is_a_finding_with_rival_evidence_on(only_used_is_a_finding):
    assert assumption.why_assumed("used_last_year", Asked(rivals=("wants_are_short",))) == assumption.RIVAL


def test_without_a_posterior_the_pages_run_on_priors_and_every_level_is_an_assumption(monkeypatch, tmp_path):
    monkeypatch.setattr(posterior, "FOLDER", tmp_path)
    assert study_for(0).posterior == posterior.choose() == posterior.PRIORS
    assert all(assumption.why_assumed(name, Asked()) for name in FIGURES) and not assumption.told_apart(Asked())
    shown = Shown(Asked(), fake_result(), fake_result())
    assert posterior.UNFITTED in source(shown) and posterior.UNFITTED in targets_card()
    assert all("posterior" not in rival_card.usual(one.fixed[0]) for one in alternatives().values())


def test_the_pages_run_on_the_posterior_that_ships():
    assert study_for(0).posterior == posterior.choose() and posterior.choose().file == posterior.SHIPPED
    assert posterior.UNFITTED not in source(Shown(Asked(), fake_result(), fake_result()))
    assert posterior.UNFITTED not in targets_card()


def test_the_pages_follow_a_posteriors_verdicts(fitted):
    known = posterior.outputs(fitted)
    asked_about = set(FIGURES) & set(known)
    assert asked_about == {
        "available",
        "started_in_time",
        "offered_of_asked",
        "used_last_year",
        "waiting_per_10k",
        "better_per_want",
    }
    for name in FIGURES:
        finding = name in asked_about and known[name]["finding"]
        assert bool(assumption.why_assumed(name, Asked())) == (not finding)
    shown = Shown(Asked(), fake_result(), fake_result())
    assert WORDS in as_assumed(main_chart(FIGURES["lonely"], shown, "x", 700), "", shown.asked).svg


# ------------------------------------------------------------------ rival evidence


def test_every_rival_holds_a_parameter_inside_its_range_and_conflicting_rows_are_named():
    for one in alternatives().values():
        name, value = one.fixed
        record = records()[name]
        assert record.low <= value <= record.high and (one.capped <= (value in (record.low, record.high)))
        assert one.instead and (not one.row or "Against: " in one.instead)
    accounts = {rival.parameter for rival in RIVALS if rival.parameter}
    assert accounts <= {one.question for one in alternatives().values()}


def test_values_follow_from_the_rows():
    value = {name: one.fixed[1] for name, one in alternatives().items()}
    taken = value["fewer_take_up_what_they_are_offered"] * records()["attend_first"].value
    assert taken == pytest.approx(60 / 116, abs=0.003)
    later, other = records()["group_fold_later"].value, 1 - 0.76  # of closures, those not put down to attendance
    for name, weeks, left in (("young_groups_fold_sooner", 156, 0.4), ("young_groups_last_longer", 234, 0.5)):
        assert (1 - value[name] / other) ** 104 * (1 - later / other) ** (weeks - 104) == pytest.approx(left)


def test_one_rival_a_question_and_the_link_holds_them():
    assert one_each(["wants_are_long", "nothing", "wants_are_short"]) == ("wants_are_short",)
    asked = Asked(rivals=one_each(["wants_are_short", "young_groups_fold_sooner"]))
    assert decode(encode(asked)) == (asked, []) and question(asked) != question(Asked())
    back, notes = decode("rivals=<script>;wants_are_long;wants_are_short")
    assert len(back.rivals) == 1 and len(notes) == 1


def test_every_switch_can_be_thrown_and_taken_back():
    from dashboards.cards.rival_card import QUESTIONS, groups

    shown = groups(("wants_long_gone",))
    assert {group["question"] for group in shown} == set(QUESTIONS) and not any(group["chosen"] for group in shown)
    assert {one["name"] for group in shown for one in group["rivals"]} == set(alternatives())
    assert [g["chosen"] for g in groups(("wants_are_long",)) if g["chosen"]] == ["wants_are_long"]


def test_what_a_rival_changes_is_said_from_the_runs():
    from dashboards.cards.rival_card import change_card

    same, more = fake_result(), fake_result(lift=300)
    card = change_card((same, more), (same, same), Asked(rivals=("wants_are_long",)))
    assert "The answer turns for" in card and "available" in card
    assert "No figure’s direction" in change_card((same, more), (same, more), Asked(rivals=("wants_are_long",)))


# ------------------------------------------------------------------ fit


def test_the_fit_on_the_page_is_the_recorded_one():
    """fit.json of the posterior that ships and the page of its calibration, docs/calibration_results.md, tell the same."""
    rows = posterior.fits(posterior.choose())
    page = (Path(__file__).parents[2] / "docs" / "calibration_results.md").read_text("utf-8")
    for row in rows:
        cells = next(
            line for line in page.splitlines() if line.startswith(f"| {row['id']} | {row['statistic']}")
        ).split(" | ")
        bound = {"lower": "at least ", "upper": "at most "}.get(row["bound"], "")
        told = [f"{row[key]:.3g}" for key in ("observed", "low", "middle", "high")]
        assert cells[2:6] == [bound + told[0], *told[1:]]
        above = (
            row["bound"] == "lower" or row["low"] <= row["observed"]
        )  # a bound holds where the model lies on its side
        below = row["bound"] == "upper" or row["observed"] <= row["high"]
        assert cells[8] == ("yes" if row["inside"] else "no") and row["inside"] == (above and below)
    assert len(rows) == page.split("## How far")[0].count(" yes | ") + page.split("## How far")[0].count(" no | ")


def test_figures_outside_are_named_in_words_and_in_the_table(fitted):
    from dashboards.cards.fit_card import fit_chart

    chart = fit_chart(340)
    assert chart is not None
    ElementTree.fromstring(chart.svg)
    outside = [row[0] for row in chart.rows[1:] if row[5] == "OUTSIDE"]
    assert outside and all(name in chart.sentence.split("Outside: ")[1] for name in outside)


def test_a_rival_takes_the_place_of_the_draw_and_changes_the_results(monkeypatch):
    monkeypatch.setenv(
        "PEERSCALE_DASHBOARD_STUDY", json.dumps(SMALL | {"weeks": 104})
    )  # in half a year few are offered anything
    asked = Asked(rivals=("fewer_take_up_what_they_are_offered",))
    study, plain = study_of(asked), study_of(Asked())
    held = world_parameters(study, study.worlds)
    ((name, value),) = fixed_by(asked.rivals)
    assert (getattr(held, name) == value).all() and (
        held.leave_early == world_parameters(plain, plain.worlds).leave_early
    ).all()
    runner = Runner(workers=1)
    try:
        stop = threading.Event()
        rival, usual = (runner.run(load("open_door"), one, stop) for one in (study, plain))
    finally:
        runner.close()
    assert not np.array_equal(rival.weekly, usual.weekly)
    assert np.array_equal(rival.weekly, run_together([load("open_door")], study)[0].weekly)
