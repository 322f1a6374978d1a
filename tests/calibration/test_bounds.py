"""Bounds ("at least", "at most") in a likelihood, points that are run once, and a sampler that does not draw particles inwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from threadpoolctl import threadpool_limits

from calibration.fit.bank import again, how_many, luck, means, run_rows, single, spread
from calibration.fit.check import fits, gain
from calibration.fit.emulate import fit
from calibration.fit.identify import moved_sd
from calibration.fit.likelihood import Likelihood, log_together
from calibration.fit.match import implausibility
from calibration.fit.rank_check import beside_exact, observe, summarise
from calibration.fit.simulator import make_seeds
from calibration.fit.smc import islands, temper
from calibration.fit.targets import Target, Targets
from calibration.fit.toys import FIGURES, LUCK, MANY_SE, MANY_SLOPES, line, many, many_places
from calibration.fit.trouble import CalibrationError
from calibration.fit.waves import Settings, most_runs, wave_runs


def some_emulator(toy, points=120, replicates=4):
    u = np.random.default_rng(1).random((points, 3))
    x = toy.priors.values(u)
    return fit(x, run_rows(toy.simulator, x, make_seeds(1, 1, points, replicates)), False)


# ------------------------------------------------------------------ bounds


def test_a_bound_is_as_probable_as_what_the_figures_leave_open():
    rng = np.random.default_rng(1)
    root = rng.normal(size=(3, 3))
    c, miss = root @ root.T + np.eye(3), rng.normal(size=3)
    grid = np.linspace(0, 30, 20_001)
    places = np.column_stack([np.full(len(grid), miss[0]), np.full(len(grid), miss[1]), miss[2] + grid])
    exact = np.log(np.trapezoid(multivariate_normal(np.zeros(3), c).pdf(places), grid))
    assert log_together(miss[None], c[None], np.array([0, 0, 1]))[0] == pytest.approx(exact, abs=1e-4)
    alone = log_together(miss[None, :1], c[None, :1, :1], np.array([-1]))[0]
    assert alone == pytest.approx(norm.logcdf(miss[0] / np.sqrt(c[0, 0])))


def test_a_world_far_on_the_right_side_of_a_bound_loses_nothing_and_one_on_the_wrong_side_does():
    toy = line()
    bound = Targets([Target("least", "s0", 1.0, 0.3, discrepancy=0.4, bound="lower")])
    likely = Likelihood(some_emulator(toy), bound, (0,))
    x = np.array([[8.0, 0, 0], [1.0, 0, 0], [-8.0, 0, 0]])
    right, at, wrong = likely.log_density(x)
    assert right == pytest.approx(0, abs=1e-6) and wrong < -20 and at == pytest.approx(np.log(0.5), abs=0.2)
    far = implausibility(likely, x)[:, 0]
    assert far[0] == 0 and far[2] > 3


def test_a_wider_discrepancy_says_less():
    toy, x = line(), np.array([[-2.0, 0, 0]])
    emulator = some_emulator(toy)
    sure = Target("least", "s0", 1.0, 0.3, bound="lower")
    told = [Likelihood(emulator, Targets([replace(sure, discrepancy=d)]), (0,)).log_density(x)[0] for d in (0, 1, 4)]
    assert told[0] < told[1] < told[2] < 0


def test_a_predictive_interval_on_the_side_of_a_bound_is_inside_however_far_off():
    runs = np.random.default_rng(1).normal(5, 1, (200, 2, 1))
    least, most = (Targets([Target("b", "s", 0.0, 0.1, bound=side)]) for side in ("lower", "upper"))
    good, bad = fits(runs, runs, least, 1)[0], fits(runs, runs, most, 1)[0]
    assert good.inside and good.chance > 0.99 and good.score == pytest.approx(0, abs=0.01) and good.bound == "lower"
    assert not bad.inside and bad.chance < 0.01 and bad.score < -3
    assert gain(runs, runs, least, 1).posterior == pytest.approx(0, abs=1e-3)


def test_of_a_bound_a_study_tells_the_side_alone():
    targets = Targets([Target("f", "s0", 1.0, 0.3), Target("b", "s1", 1.0, 0.3, bound="lower")])
    for seen, side in (([0.2, 7.0], 1), ([0.2, -7.0], -1)):
        values, sides = targets.told(np.array(seen))
        assert values.tolist() == [0.2, 1.0] and sides.tolist() == [0, side]
    assert targets.told()[1].tolist() == [0, 1]


@pytest.mark.parametrize(
    "wrong", [{"bound": "least"}, {"bound": "lower", "transform": "binomial", "count": 1, "of": 2}]
)
def test_a_bound_that_cannot_be_is_refused(wrong):
    with pytest.raises(CalibrationError, match="bound"):
        Target("t", "s", 0.5, 0.1, **wrong)


# ------------------------------------------------------------------ points that are run once


def test_a_wave_runs_a_share_of_its_points_again_and_counts_them():
    toy, settings = line(), Settings(points=100, later=50, again=0.2, replicates=2, most_waves=3)

    def run(what: str, units: np.ndarray, wave: int, replicates: int) -> np.ndarray:
        seeds = make_seeds(1, wave, len(units), replicates)
        return run_rows(toy.simulator, toy.priors.values(units), seeds)

    runs = wave_runs(run, "wave 1", np.random.default_rng(1).random((100, 3)), 1, settings)
    assert runs.shape == (100, 2, 5) and how_many(runs).sum() == 120 and again(runs).sum() == 20
    assert most_runs(toy.priors, settings) == 120 + 60 + 60
    assert spread(10, 0.2).sum() == 2 and spread(7, 1.0).all()
    assert np.isfinite(means(runs)).all() and single(runs).shape == (100, 1, 5)


def test_an_emulator_of_points_run_once_is_as_sure_as_its_runs_allow():
    """400 points with luck known from 80 of them: slopes as near as those of 400 runs, luck within a quarter."""
    toy = line()
    u = np.random.default_rng(3).random((400, 3))
    x = toy.priors.values(u)
    runs = run_rows(toy.simulator, x, make_seeds(1, 1, 400, 2))
    runs[~spread(400, 0.2), 1] = np.nan
    found = fit(x, runs, False)
    mean, error = found.predict(np.array([[1.0, 0, 0], [0, 1.0, 0]]))
    assert np.abs(mean - np.array([[1.0, 0, 0.6, 0.2, 1.0], [0.5, 1.0, -0.4, 0.2, 1.0]])).max() < 0.2
    assert np.sqrt(found.noise(x).mean(axis=0)) == pytest.approx([0.5, 0.4, 0.5, 0.3, 0.6], rel=0.25)
    assert np.sqrt(error).max() < 0.12


def test_luck_is_taken_off_what_moves_also_where_most_points_were_run_once():
    rng = np.random.default_rng(1)
    runs = rng.normal(0, 2, (4000, 1)) + rng.normal(0, 1, (4000, 2))
    runs[~spread(4000, 0.2), 1] = np.nan
    assert moved_sd(runs) == pytest.approx(2, rel=0.05)
    assert luck(runs[..., None])[0] == pytest.approx(1, rel=0.15)


def test_too_few_points_run_again_are_refused():
    with pytest.raises(CalibrationError, match="setting"):
        Settings(points=100, later=40, again=0.1)


# ------------------------------------------------------------------ the sampler


def test_few_particles_in_many_dimensions_end_as_wide_as_the_formula_says():
    """500 particles in 34 dimensions: steps shaped by all of them, the mover included, ended 7% too narrow."""
    error = (LUCK**2 + MANY_SE**2) * np.eye(FIGURES)
    pull = MANY_SLOPES.T @ np.linalg.inv(MANY_SLOPES @ MANY_SLOPES.T + error)
    sd = np.sqrt(1 - np.einsum("ij,ji->i", pull, MANY_SLOPES))
    toy = many(np.zeros(FIGURES))

    def likely(units: np.ndarray) -> np.ndarray:
        return -0.5 * ((toy.priors.values(units) @ MANY_SLOPES.T) ** 2).sum(axis=1) / (LUCK**2 + MANY_SE**2)

    with threadpool_limits(1):
        widths = [toy.priors.values(temper(likely, len(sd), 500, seed).units).std(axis=0) / sd for seed in (1, 2, 3)]
    assert np.mean(widths) == pytest.approx(1, abs=0.03)


def test_ranks_beside_the_exact_posterior_tell_a_fault_from_the_luck_of_the_data():
    toy, rng = many(np.zeros(FIGURES)), np.random.default_rng(1)
    truth = rng.random((400, len(toy.priors.names)))
    runs = run_rows(toy.simulator, toy.priors.values(truth), make_seeds(1, 1, 400, 1))[:, 0]
    places = many_places(toy.priors.values(truth), observe(runs, toy.targets, 1))
    assert summarise(toy.priors.names, rng.binomial(99, places), 0.99).passed
    right = beside_exact(summarise(toy.priors.names, rng.binomial(99, places), 0.99), places)
    wrong = beside_exact(summarise(toy.priors.names, np.minimum(rng.binomial(99, places) + 3, 99), 0.99), places)
    assert right.worst < 4 < wrong.worst and np.abs(right.apart).max() < 0.015


def test_islands_are_as_many_particles_as_were_asked_for():
    found = islands(lambda u: -0.5 * ((u[:, 0] - 0.3) / 0.05) ** 2, 2, 800, 1)
    assert found.units.shape == (800, 2)
