"""A joint posterior: free and carried-along parameters, against a closed form; counts; place as well as width."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import beta, binom, gamma

from calibration.fit import counts
from calibration.fit.bank import run_rows
from calibration.fit.check import fits, gain
from calibration.fit.gate import explained
from calibration.fit.identify import contraction, leaning, verdict
from calibration.fit.priors import Prior, Priors
from calibration.fit.simulator import make_seeds
from calibration.fit.smc import Tempered, islands
from calibration.fit.targets import Target, Targets
from calibration.fit.toys import CARRIED, FREE, MANY_SLOPES, Toy, many, many_observed, many_posterior
from calibration.fit.waves import Settings, check_input, search
from calibration.report.digits import Held

MANY = Settings(points=400, replicates=3, particles=2_000, most_waves=1, process=False)


def outputs_of(toy: Toy, seed: int) -> np.ndarray:
    """float64[draws, 6]: each statistic's mean at posterior draws; what a control leaves out is drawn from its prior."""

    def run(what: str, units: np.ndarray, wave: int, replicates: int) -> np.ndarray:
        return run_rows(toy.simulator, toy.priors.values(units), make_seeds(seed, wave, len(units), replicates))

    settings = replace(MANY, seed=seed)
    found = search(toy.simulator, toy.priors, toy.targets, settings, run, lambda *told: None)[2]
    x = toy.priors.values(found.units)
    if x.shape[1] < FREE + CARRIED:
        x = np.hstack([x, np.random.default_rng(seed).standard_normal((len(x), CARRIED))])
    return x @ MANY_SLOPES.T


def test_a_joint_posterior_is_as_narrow_as_the_formula_says_and_a_cut_one_is_not():
    """Four free parameters, thirty carried along; each fitted output within 10%, over five data sets."""
    joint, cut = [], []
    for seed in range(1, 6):
        y = many_observed(seed)
        mean, sd = many_posterior(y)
        found = outputs_of(many(y), seed)
        joint.append(found.std(axis=0) / sd)
        assert np.abs((found.mean(axis=0) - mean) / sd).max() < 0.5
        cut.append(outputs_of(many(y, joint=False), seed).std(axis=0) / sd)
    assert np.abs(np.mean(joint, axis=0) - 1).max() < 0.1 and np.abs(np.array(joint) - 1).max() < 0.2
    assert np.min(cut) > 3  # the control: a survey leaves what it measures as wide as before


def test_only_free_parameters_are_counted_as_free():
    toy = many(many_observed(1))
    check_input(toy.simulator, toy.priors, toy.targets, ())
    assert len(toy.priors.names) == FREE + CARRIED and toy.priors.free == (0, 1, 2, 3)
    with pytest.raises(Exception, match="no parameter is free"):
        Priors(replace(record, free=False) for record in toy.priors.records)


# ------------------------------------------------------------------ counts


@pytest.mark.parametrize(("count", "of"), [(0, 20), (3, 20), (76, 104), (20, 20)])
def test_a_binomial_figure_has_the_likelihood_of_its_counts(count, of):
    record = Target("t", "s", count / of, 0.05, transform="binomial", count=count, of=of)
    p = np.linspace(0.0005, 0.9995, 20_000)
    weight = np.exp(-0.5 * (record.work(p) ** 2))
    mean, sd = moments(p, weight)
    exact = beta(count + 1, of - count + 1)
    assert mean == pytest.approx(exact.mean(), rel=0.01) and sd == pytest.approx(exact.std(), rel=0.02)
    assert Targets([record]).observed[0] == 0 and Targets([record]).error[0, 0] == 1
    inside = np.linspace(0.05, 0.95, 19)
    assert np.allclose(record.back(record.work(inside)), inside, atol=1e-3)


@pytest.mark.parametrize("count", [0, 4, 40])
def test_a_poisson_figure_too(count):
    record = Target("t", "s", count / 200, 0.05, transform="poisson", count=count, of=200)
    rate = np.linspace(1e-7, 0.6, 40_000)
    mean, sd = moments(rate, np.exp(-0.5 * record.work(rate) ** 2))
    exact = gamma(count + 1, scale=1 / 200)
    assert mean == pytest.approx(exact.mean(), rel=0.01) and sd == pytest.approx(exact.std(), rel=0.02)
    assert np.allclose(record.back(record.work(np.array([0.01, 0.1, 0.3]))), [0.01, 0.1, 0.3], rtol=0.02)


def moments(x: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    mean = float(np.average(x, weights=weight))
    return mean, float(np.sqrt(np.average((x - mean) ** 2, weights=weight)))


def test_a_discrepancy_widens_counts_and_predictions_are_counted_again():
    plain = Target("t", "s", 0.5, 0.05, transform="binomial", count=10, of=20)
    wide = replace(plain, id="w", discrepancy=0.2)
    assert Targets([wide]).error[0, 0] == pytest.approx(1 + (0.2 / np.sqrt(0.25 / 20)) ** 2, rel=0.15)
    runs = np.full((4000, 2, 1), plain.work(np.array(0.4)))
    row = fits(runs, runs, Targets([plain]), 1)[0]
    low, high = binom(20, 0.4).ppf([0.05, 0.95]) / 20
    assert (row.low, row.high) == pytest.approx((low, high), abs=1e-6) and row.chance == row.prior_chance
    drawn = counts.drawn("binomial", 20, np.full(4000, 0.4), np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(0.4, abs=0.01) and set(np.round(drawn * 20, 9) % 1) == {0.0}


@pytest.mark.parametrize("wrong", [{"of": 0}, {"count": 30}, {"count": -1}, {"value": 0.9}])
def test_counts_that_cannot_be_are_refused(wrong):
    good = {"value": 0.5, "count": 10, "of": 20} | wrong
    with pytest.raises(Exception, match="target t"):
        Target("t", "s", good["value"], 0.05, transform="binomial", count=good["count"], of=good["of"])


# ------------------------------------------------------------------ place and width


def test_a_verdict_speaks_of_place_as_well_as_width():
    priors = Priors(Prior(name, "uniform", 0.5, 0, 1) for name in ("still", "moved", "crowded", "far"))
    rng = np.random.default_rng(1)
    z = rng.standard_normal((4000, 4)) * [1, 0.98, 1, 0.5] + [0, -0.44, 0, 2.4]
    units = ndtr(z - z.mean(axis=0) + [0, -0.44, 0, 2.4])
    units[:, 2] = 0.06 * rng.random(4000)
    still, moved, crowded, far = contraction(units, priors)
    assert still.verdict == "the data do not inform this" and not still.moved
    assert moved.verdict == "hardly narrowed, moved by -0.44 prior sd" and moved.moved
    assert moved.shift == pytest.approx(-0.44, abs=3 * moved.shift_error) and moved.shift_error < 0.02
    assert moved.told_low < moved.contraction < moved.told_high < 0.15
    assert crowded.bound == "low" and "leans on the low end" in crowded.verdict
    assert far.conflict and "disagree" in far.verdict and far.bound == "high"
    assert leaning(rng.random(4000)) == "" and "moved" not in verdict(0.1, 0.3, 0.2, "")


def test_errors_of_the_draws_grow_where_the_islands_disagree():
    rng = np.random.default_rng(1)
    apart = rng.standard_normal((4, 500, 3)) + 0.3 * rng.standard_normal((4, 1, 3))
    agree = Tempered(ndtr(rng.standard_normal((2000, 3))), np.zeros(2000), 0.0, (), 4)
    assert agree.luck < 3 and Tempered(ndtr(apart.reshape(-1, 3)), np.zeros(2000), 0.0, (), 4).luck > 10
    priors = Priors(Prior(name, "uniform", 0.5, 0, 1) for name in "abc")
    sure, unsure = (contraction(agree.units, priors, luck)[0] for luck in (1.0, 25.0))
    assert unsure.shift_error == pytest.approx(5 * sure.shift_error)
    assert unsure.told_high - unsure.told_low > 4 * (sure.told_high - sure.told_low)


def test_islands_find_one_posterior_between_them():
    found = islands(lambda u: -0.5 * ((u[:, 0] - 0.3) / 0.05) ** 2, 2, 2000, 1)
    assert found.islands == 4 and found.units.shape == (2000, 2)
    assert found.units[:, 0].mean() == pytest.approx(0.3, abs=0.01) and found.units[:, 0].std() == pytest.approx(
        0.05, rel=0.1
    )


def test_a_gain_in_score_has_an_interval():
    rng, target = np.random.default_rng(1), Targets([Target("t", "s", 0.5, 0.6)])
    near, far = rng.normal(0.5, 0.3, (200, 2, 1)), rng.normal(3, 2, (200, 2, 1))
    surely, none = gain(near, far, target, 1), gain(far, far, target, 1)
    assert 0 < surely.low < surely.gain < surely.high and none.low < 0 < none.high
    assert gain(near, far, Targets([]), 1) is None


def test_what_an_emulator_explains_is_not_clamped_and_says_when_there_is_nothing_to_see():
    rng = np.random.default_rng(1)
    y = np.linspace(0, 1, 50)
    assert explained(y, y, 0.0001) > 1 and explained(y, -y, 0.0001) < 0
    assert explained(0.01 * rng.standard_normal(50), np.zeros(50), 0.0001) is None


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.241, 0.02, "0.241 ± 0.02"),
        (0.2413, 0.0004, "0.241 ± 0.0004"),
        (123.4, 6.04, "123 ± 6"),
        (0.0123, 0.0, "0.0123"),
        (0.004, 0.9, "0.004 ± 0.9"),
        (0.5, float("nan"), "0.5"),
    ],
)
def test_a_number_is_printed_with_its_error_and_no_fewer_digits_than_others(value, error, text):
    assert float(Held(value, error)) == value and Held(value, error).text == text
