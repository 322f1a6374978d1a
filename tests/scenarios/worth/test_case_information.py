"""What knowing more would be worth: about the values that the worlds ran with, fitted and held ones among them."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_result, fake_shape
from posteriors import of_this_model

from reports.case import doubt as case_doubt
from reports.case.told import Told
from scenarios.reading.load import load
from scenarios.reading.rival_evidence import fixed_by
from scenarios.running import store
from scenarios.running.posterior import choose
from scenarios.running.study import Study, world_parameters
from scenarios.worth import case, economics, information
from scenarios.worth.case import Runs, View
from sim.numbers.parameters import records
from sim.results import value


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return choose(str(of_this_model(tmp_path_factory.mktemp("own") / "posterior")))


@pytest.fixture(scope="module")
def fitted(own):
    return Study((22,), draws=120, posterior=own)


@pytest.fixture(scope="module")
def rival(own):
    return Study((22,), draws=60, fixed=fixed_by(["support_eases_loneliness_more"]), posterior=own)


def runs_of(study):
    made = fake_result(replace(fake_shape(worlds=1), worlds=study.worlds))
    return Runs(("Today", "Other"), (made, made), world_parameters(study, study.worlds))


def test_knowing_the_one_parameter_that_decides_is_worth_all_that_can_be_known(fitted):
    """Net benefit exactly linear in search_rate: known outright, knowing it is worth E[max(gain, 0)] less nothing, which is
    what choosing draw by draw gains (420,764 pounds), and the decision turns at its mean over the worlds (0.0141811)."""
    known = case.parameter_values(runs_of(fitted), View())
    x = known["search_rate"]
    gain = 1e6 * (x - x.mean()) / x.std()
    found = information.worth_knowing(np.stack([np.zeros_like(gain), gain], 1), known, resamples=2)
    assert found.above[0].name == "search_rate"
    assert found.above[0].gbp == pytest.approx(420_039, abs=1) and np.maximum(gain, 0).mean() == pytest.approx(
        420_764, abs=1
    )
    assert economics.break_even_value(x, gain) == pytest.approx(0.0141811, abs=1e-7) == x.mean()


def test_information_is_about_the_values_that_the_worlds_ran_with_and_not_about_what_was_held(rival):
    found = case.parameter_values(
        runs_of(rival), View(held=(("discount_health", 0.035), ("utility_per_lonely_sd", 0.01)))
    )
    assert {"effect_lonely", "utility_per_lonely_sd", "wellby_gbp"}.isdisjoint(found)
    ran = world_parameters(rival, rival.worlds)
    assert found["search_rate"].tolist() == ran.search_rate.tolist()
    assert (
        found["utility_per_confidence_sd"].tolist()
        == value.draw_worth(runs_of(rival).results[0]).utility_per_confidence_sd.tolist()
    )


def test_a_kept_run_knows_the_parameters_of_its_worlds(rival, tmp_path):
    kept = store.read(store.write(tmp_path / "r", load("today"), rival, runs_of(rival).results[0], 1.0))
    assert {name: column.tolist() for name, column in vars(kept.parameters()).items()} == {
        name: column.tolist() for name, column in vars(world_parameters(rival, rival.worlds)).items()
    }


def test_break_even_is_set_beside_the_value_of_the_central_world(fitted):
    runs = runs_of(fitted)
    x = runs.parameters.search_rate
    section = case_doubt._break_even(
        Told(runs, View(), "", (), ""),
        x - x.mean(),
        case.parameter_values(runs, View()),
        information.Ranking((), 0.0, 1),
    )
    row = next(row for row in section.rows if "search" in row[0])
    assert row[1:4] == (f"{x.mean():.3g}", f"{x[0]:.3g}", f"{x.min():.3g} to {x.max():.3g}")
    assert row[2] != f"{records()['search_rate'].value:.3g}"
