"""What a pilot could tell apart, and what it is worth to know."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import fake_result
from test_case import shape

from peerscale.cli import call
from scenarios.worth import pilot
from scenarios.worth.case import Runs, View
from sim.results.result import WEEKLY


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--places", "1"], "at least 2 neighbourhoods"),
        (["--months", "0"], "from 1 to 60 months"),
        (["--months", "90"], "from 1 to 60 months"),
        (["--replicates", "2"], f"at least {pilot.FEWEST_REPLICATES} replicates"),
        (["--areas", "bnssg,sussex"], "one area"),
        (["--draws", "2"], "draws"),
    ],
)
def test_bad_input_to_pilot_is_one_message(options, words, capsys):
    assert call(["pilot", "open_door", *options]) == 2
    assert words in capsys.readouterr().err


def pilot_runs(lift, draws=8, replicates=12, seed=1):
    """Starting per place and week is Poisson; the policy adds `lift`."""
    rng = np.random.default_rng(seed)
    results = []
    for more in (0, lift):
        made = fake_result(shape(draws, replicates))
        made.weekly[:, :, WEEKLY.index("n_started")] = rng.poisson(4 + more, made.weekly.shape[:2])
        made.weekly[:, :, WEEKLY.index("n_better")] = rng.poisson(2 + more, made.weekly.shape[:2])
        results.append(made)
    return Runs(("Today", "More"), tuple(results))


def found_power(runs, places, name="started"):
    return next(p for p in pilot.power(runs, 12, places) if p.measure == name)


def test_power_agrees_with_the_textbook():
    """52 weeks of Poisson(4): SD of a year's starts is root 208. A rise of 4.16 in each is d = 0.288; n = 24 gives power 0.16."""
    from scipy.stats import nct, t

    runs = pilot_runs(0.08, draws=60, replicates=40)
    table = (
        runs.table(pilot.counted(runs.results[0], 12)["started"]),
        runs.table(pilot.counted(runs.results[1], 12)["started"]),
    )
    n, expected = 24, []
    for one, two in zip(*table, strict=True):
        far = abs(two.mean() - one.mean()) / np.sqrt((one.var(ddof=1) + two.var(ddof=1)) / n)
        expected.append(1 - nct.cdf(t.ppf(0.975, 2 * n - 2), 2 * n - 2, far))
    assert found_power(runs, n).detected == pytest.approx(np.mean(expected), abs=0.03)


def test_nothing_is_told_apart_more_often_than_a_test_allows_when_nothing_differs():
    found = found_power(pilot_runs(0, draws=60), 8)
    assert 0.02 < found.false_alarm < 0.08


def test_power_rises_with_places():
    runs = pilot_runs(0.5)
    few, many = found_power(runs, 3), found_power(runs, 16)
    assert few.detected < many.detected and many.detected > 0.9 and many.wrong == 0


def test_a_policy_against_itself_is_never_told_apart_in_the_right_direction():
    assert all(p.detected == 0 for p in pilot.power(same_runs_of_pilots(), 12, 6))


def same_runs_of_pilots():
    one = pilot_runs(0).results[0]
    return Runs(("Today", "Today"), (one, one))


def test_sizes_are_silent_on_worth_below_the_draws_it_takes():
    found = pilot.sizes(pilot_runs(1), View(), 25_000, 12)
    assert [p.places for p in found] == list(pilot.SIZES) and all(np.isnan(p.worth_gbp) for p in found)
    assert pilot.smallest(found) is None
    made = [pilot.Pilot(2, 0.1, 100.0, 50.0), pilot.Pilot(3, 0.2, 150.0, 170.0), pilot.Pilot(4, 0.3, 200.0, 400.0)]
    assert pilot.smallest(made).places == 3


def test_a_pilot_that_measures_what_decides_is_worth_nearly_all_and_one_that_does_not_nothing():
    rng = np.random.default_rng(4)
    truth = rng.normal(0, 1, 300)
    before, after = np.zeros((300, 8)), truth[:, None] + rng.normal(0, 0.05, (300, 8))
    gain = 1000 * truth
    whole_worth = np.maximum(gain, 0).mean() - max(gain.mean(), 0)
    assert pilot._worth(gain, before, after, 8, rng) == pytest.approx(whole_worth, rel=0.1)
    assert pilot._worth(rng.permutation(gain), before, after, 8, rng) < 0.2 * whole_worth
