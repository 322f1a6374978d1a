"""Health economics on paired draws: by hand, against closed forms, and against another package on the same draws."""

import json
from itertools import pairwise
from math import erf, exp, pi, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.worth import economics, information
from sim.errors import UserError

ORACLE = json.loads((Path(__file__).parents[2] / "oracles" / "heormodel.json").read_text("utf-8"))


def draws():
    """Parameters, costs and effects of five policies, as they were given to the other package."""
    rng = np.random.default_rng(20)
    n = 2000
    x = rng.normal(size=(n, 3))
    costs = np.stack([np.zeros(n), 100 + 10 * x[:, 0], 260 + 20 * x[:, 1], 300 + 0 * x[:, 0], 420 + 5 * x[:, 2]], 1)
    effects = np.stack(
        [
            np.zeros(n),
            0.010 + 0.004 * x[:, 0],
            0.012 + 0.006 * x[:, 1],
            0.011 + 0.001 * x[:, 2],
            0.030 + 0.02 * x[:, 1] + 0.005 * x[:, 2],
        ],
        1,
    )
    return x, costs, effects


def normal_gain(mean, sd):
    """E max(X, 0) - max(E X, 0) of a normal X: the value of knowing it, in closed form."""
    z = abs(mean) / sd
    return sd * exp(-z * z / 2) / sqrt(2 * pi) - abs(mean) * (1 - (1 + erf(z / sqrt(2))) / 2)


# ---- another package, on the same draws


def test_dominance_and_icers_agree_with_heormodel():
    _, costs, effects = draws()
    words = {economics.ON_FRONTIER: "ND", economics.DOMINATED: "D", economics.EXTENDED: "ED"}
    for row in economics.full_analysis("ABCDE", costs, effects):
        assert words[row.status] == ORACLE["status"][row.name]
        other = ORACLE["icer"][row.name]
        assert np.isnan(row.icer) if other is None else row.icer == pytest.approx(other)


def test_acceptability_and_its_frontier_agree_with_heormodel():
    _, costs, effects = draws()
    assert economics.acceptability(costs, effects, ORACLE["grid"]).tolist() == pytest.approx(np.array(ORACLE["ceac"]))
    best, share = economics.acceptability_frontier(costs, effects, ORACLE["grid"])
    assert ["ABCDE"[i] for i in best] == ORACLE["ceaf"]["intervention"]
    assert share.tolist() == pytest.approx([float(p) for p in ORACLE["ceaf"]["prob"]])


def test_the_value_of_information_agrees_with_heormodel():
    x, costs, effects = draws()
    for threshold, other in zip(ORACLE["grid"], ORACLE["evpi"], strict=True):
        assert information.evpi_naive(economics.net_benefit(costs, effects, threshold)) == pytest.approx(other)
    benefit = economics.net_benefit(costs, effects, 20_000)
    for k in (1, 2):
        assert information.evppi(benefit, x[:, k]) == pytest.approx(ORACLE["evppi_20000"][f"x{k}"], rel=0.05)
    assert information.evppi(benefit, x[:, 1:]) == pytest.approx(ORACLE["evppi_20000_x1x2"], rel=0.02)


def test_where_the_two_packages_differ_the_closed_form_says_who_is_nearer():
    """Of the first parameter alone: B's gain 100 + 70 x against E's 180, so knowing x is worth 70 times a normal gain."""
    x, costs, effects = draws()
    truth = normal_gain(80, 70)
    found = information.evppi(economics.net_benefit(costs, effects, 20_000), x[:, 0])
    assert abs(found - truth) < 1.5 < abs(ORACLE["evppi_20000"]["x0"] - truth)


# ---- by hand


def test_an_icer_is_a_ratio_of_means_and_only_where_it_costs_more_and_gives_more():
    assert economics.icer(np.array([0.0, 200.0]), np.array([1.0, 3.0])) == pytest.approx(50.0)
    for cost, effect in ((-1, 1), (1, -1), (-1, -1), (0, 0), (1, 0)):
        assert np.isnan(economics.icer(np.array([cost]), np.array([effect])))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=7))
def test_the_frontier_holds_the_best_policy_at_every_threshold(points):
    """Whatever a unit of effect is worth, no policy beats the best of those on the frontier; its ICERs rise."""
    cost, effect = (np.array([[p[k] for p in points]], dtype=float) for k in (0, 1))
    rows = economics.full_analysis([str(i) for i in range(len(points))], cost, effect)
    best = [r for r in rows if r.status == economics.ON_FRONTIER]
    for threshold in (0.0, 0.3, 1.0, 2.7, 10.0, 1000.0):
        most = economics.net_benefit(cost, effect, threshold).max()
        assert max(threshold * r.effect - r.cost for r in best) == pytest.approx(most)
    assert all(b.icer >= a.icer - 1e-9 for a, b in pairwise(best[1:]))


def test_a_policy_against_itself_is_best_in_half_and_has_no_quadrant_of_gain():
    cost, effect = np.full((9, 2), 5.0), np.full((9, 2), 2.0)
    assert economics.acceptability(cost, effect, [0, 1000]).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    nothing = np.zeros(9)
    assert economics.quadrants(nothing, nothing) == dict(zip(economics.QUADRANTS, (0, 0, 0, 9), strict=True))
    assert information.evpi_naive(economics.net_benefit(cost, effect, 100.0)) == 0.0


def test_the_frontier_of_acceptability_follows_the_expectation_not_the_share():
    """One that gains hugely in a tenth of draws is chosen, though the other is better in nine of ten."""
    effects = np.zeros((10, 2))
    effects[0, 1] = 100.0
    costs = np.tile([0.0, 1.0], (10, 1))
    best, share = economics.acceptability_frontier(costs, effects, [1.0])
    assert best.tolist() == [1] and share.tolist() == [0.1]


def test_break_even():
    cost, effect = np.full(50, 200.0), np.full(50, 0.01)
    assert economics.break_even_times(cost, effect, 10_000) == pytest.approx(2.0)
    assert np.isnan(economics.break_even_times(-cost, effect, 10_000))
    values = np.linspace(0, 1, 50)
    assert economics.break_even_value(values, 100 * values - 30) == pytest.approx(0.3)
    assert economics.break_even_value(values, 100 * values + 30) is None
    rng = np.random.default_rng(1)
    assert economics.break_even_value(values, rng.normal(size=50)) is None


# ---- perfect information: linear and normal has a closed form


@pytest.fixture(scope="module")
def linear():
    """Gain = 60 + 150 a + 50 b + 0 c pounds, each normal; 4,000 draws in 2 replicates with luck of SD 250."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(4000, 3))
    true = 60 + 150 * x[:, 0] + 50 * x[:, 1]
    noisy = true[:, None] + rng.normal(0, 250, (4000, 2))
    return x, true, np.stack([np.zeros_like(noisy), noisy], axis=2)


def test_regression_recovers_the_closed_form_through_the_noise(linear):
    x, _, benefit = linear
    means = benefit.mean(axis=1)
    assert information.evppi(means, x[:, 0]) == pytest.approx(normal_gain(60, 150), abs=5)
    assert information.evppi(means, x[:, 1]) == pytest.approx(normal_gain(60, 50), abs=4)
    assert information.evppi(means, x[:, 2]) < 3
    assert information.evppi(means, x) == pytest.approx(normal_gain(60, sqrt(150**2 + 50**2)), abs=5)


def test_the_naive_estimate_is_far_too_high_and_the_one_without_luck_is_not(linear):
    x, _, benefit = linear
    truth = normal_gain(60, sqrt(150**2 + 50**2))
    assert information.evpi(benefit) == pytest.approx(truth, rel=0.05)
    assert information.evpi_naive(benefit.mean(axis=1)) > 1.4 * truth
    assert information.evpi_naive(benefit[:, 0]) > 1.9 * truth
    assert information.evpi_naive(benefit[:, 0]) == pytest.approx(
        normal_gain(60, sqrt(150**2 + 50**2 + 250**2)), rel=0.05
    )


def test_one_replicate_cannot_tell_luck_from_parameters(linear):
    assert np.isnan(information.evpi(linear[2][:, :1]))


def test_pure_luck_is_worth_nothing_to_know():
    luck = np.random.default_rng(8).normal(0, 100, (3000, 2, 1))
    benefit = np.concatenate([np.zeros_like(luck), luck], axis=2)
    assert information.evpi(benefit) < 5 < 25 < information.evpi_naive(benefit.mean(axis=1))


def test_the_ranking_names_what_matters_and_nothing_else(linear):
    x, _, benefit = linear
    few = slice(0, 300)
    found = information.worth_knowing(
        benefit.mean(axis=1)[few], {"a": x[few, 0], "b": x[few, 1], "c": x[few, 2], "fixed": np.ones(300)}, resamples=20
    )
    assert [row.name for row in found.rows][0] == "a" and {row.name for row in found.rows} == {"a", "b", "c"}
    assert "a" in {row.name for row in found.above} and "c" not in {row.name for row in found.above}
    assert abs(found.rows[0].gbp - normal_gain(60, 150)) < 4 * found.rows[0].error


def test_the_floor_is_seldom_passed_by_a_parameter_that_does_nothing():
    """A negative control at the fewest draws allowed: in 8 studies of 3 idle parameters, few pass."""
    rng, passed = np.random.default_rng(5), 0
    for study in range(8):
        n = information.FEWEST_DRAWS
        benefit = np.stack([np.zeros(n), rng.normal(0, 1, n)], axis=1)
        found = information.worth_knowing(benefit, {k: rng.random(n) for k in "abc"}, study, resamples=2)
        passed += len(found.above)
    assert passed <= 1


def test_too_few_draws_are_refused_with_the_number_it_takes():
    with pytest.raises(UserError) as error:
        information.worth_knowing(np.zeros((5, 2)), {"a": np.arange(5.0)})
    assert str(information.FEWEST_DRAWS) in error.value.rule and error.value.got == "5"


def test_variance_is_split_and_the_draws_needed_follow(linear):
    found = information.split(linear[2][:, :, 1])
    assert found.parameters == pytest.approx(150**2 + 50**2, rel=0.1)
    assert found.luck == pytest.approx(250**2, rel=0.1)
    assert found.draws_needed(0.1) == pytest.approx(250**2 / 2 / (0.01 * 25_000), rel=0.2)
    assert information.split(np.zeros((6, 2))).draws_needed() is None
    assert np.isnan(information.split(np.zeros((6, 1))).luck)


def test_for_everybody_over_years():
    assert information.population(1000.0, 0.2, 10, 0.0) == pytest.approx(2000.0)
    assert information.population(1000.0, 1.0, 2, 0.035) == pytest.approx(1000 * (1 + 1 / 1.035))
