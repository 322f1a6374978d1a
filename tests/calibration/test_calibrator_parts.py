"""The calibrator's parts against what is known: runs on disk, emulator and gate, matching, sampling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

from calibration.fit.bank import run_rows
from calibration.fit.check import as_observed, fits, gain, log_score
from calibration.fit.design import space_filling, split_held_out
from calibration.fit.emulate import fit
from calibration.fit.gate import gate, inflate
from calibration.fit.heldout import posterior
from calibration.fit.likelihood import Likelihood, log_normal
from calibration.fit.match import Region, sample_inside
from calibration.fit.priors import Prior, Priors
from calibration.fit.simulator import Simulator, make_seeds
from calibration.fit.smc import next_step, systematic, temper, weigh
from calibration.fit.targets import Target, Targets
from calibration.fit.toys import NOISE, SLOPES, line, noise_covariance
from calibration.fit.trouble import CalibrationError
from scenarios.running.finished import FinishedJobs
from scenarios.running.parts import KeptParts


def bank(points: int = 150, replicates: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """(values float64[n, 3], runs float64[n, r, 5]) of the straight-line toy."""
    toy = line()
    x = toy.priors.values(space_filling(points, 3, 1))
    seeds = make_seeds(1, 1, points, replicates)
    return x, np.stack([toy.simulator(x, seeds[:, r]) for r in range(replicates)], axis=1)


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_designs_fill_space_and_repeat():
    for method in ("sobol", "lhs"):
        u = space_filling(64, 4, 5, method)
        assert u.shape == (64, 4) and (u == space_filling(64, 4, 5, method)).all()
        assert not (u == space_filling(64, 4, 6, method)).all()
        for column in u.T:  # one point in each of 64 slices
            assert sorted((column * 64).astype(int)) == list(range(64))
    assert space_filling(100, 2, 1).shape == (100, 2)
    assert split_held_out(100, 0.2).sum() == 20 and split_held_out(20, 0.1).sum() == 8
    with pytest.raises(CalibrationError):
        space_filling(0, 2, 1)


def kept(folder: Path, workers: int = 1) -> KeptParts:
    return KeptParts(FinishedJobs(folder), workers)


def test_runs_are_the_same_in_any_parts_and_are_not_made_twice(tmp_path):
    toy, x, seeds = line(), line().priors.values(space_filling(20, 3, 1)), make_seeds(1, 1, 20, 2)
    whole = run_rows(toy.simulator, x, seeds, kept(tmp_path / "a"), size=20)
    assert (run_rows(toy.simulator, x, seeds, kept(tmp_path / "b"), size=3) == whole).all()
    before = files(tmp_path / "b")
    dead = Simulator(refuse, toy.priors.names, toy.simulator.statistics, toy.simulator.version)
    assert (run_rows(dead, x, seeds, kept(tmp_path / "b"), size=3) == whole).all()
    (tmp_path / "b" / sorted(before)[2]).write_bytes(b"half")
    assert (run_rows(toy.simulator, x, seeds, kept(tmp_path / "b"), size=3) == whole).all()
    assert files(tmp_path / "b") == before
    newer = Simulator(refuse, toy.priors.names, toy.simulator.statistics, "line-2")
    with pytest.raises(RuntimeError):
        run_rows(newer, x, seeds, kept(tmp_path / "b"), size=3)


def refuse(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    raise RuntimeError("run again")


def test_other_processes_make_the_same_runs_and_their_errors_arrive(tmp_path):
    toy, x, seeds = line(), line().priors.values(space_filling(20, 3, 1)), make_seeds(1, 1, 20, 2)
    told: list[tuple[str, int, int]] = []
    run_rows(toy.simulator, x, seeds, kept(tmp_path / "a"), size=4)
    run_rows(toy.simulator, x, seeds, kept(tmp_path / "b", 2), size=4, progress=lambda *said: told.append(said))
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert told[0] == ("runs", 0, 5) and told[-1] == ("runs", 5, 5)
    broken = Simulator(bad_row, toy.priors.names, toy.simulator.statistics, "1")
    with pytest.raises(CalibrationError, match="s0"):
        run_rows(broken, x, seeds, kept(tmp_path / "c", 2), size=4)


def bad_row(params: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    return np.full((len(params), 5), np.inf)


def test_the_emulator_learns_mean_noise_and_correlation_of_a_known_simulator():
    x, runs = bank(300)
    made = fit(x, runs, process=False)
    at = np.random.default_rng(2).standard_normal((200, 3))
    mean, error = made.predict(at)
    assert np.sqrt(np.mean((mean - at @ SLOPES.T) ** 2, axis=0)).max() < 0.1
    assert np.mean(((mean - at @ SLOPES.T) ** 2 / error) < 1.96**2) > 0.9
    assert np.allclose(made.noise(at).mean(axis=0), NOISE**2, rtol=0.25)
    off = made.noise_alike[np.triu_indices(5, 1)]
    assert np.abs(off - 0.4).max() < 0.12


def test_noise_that_grows_with_a_parameter_is_seen_to_grow():
    rng, x = np.random.default_rng(3), np.random.default_rng(4).uniform(0, 1, (300, 2))
    sd = np.exp(1.5 * x[:, :1])
    runs = (x @ np.array([[1.0], [2.0]]))[:, None] + sd[:, None] * rng.standard_normal((300, 4, 1))
    low, high = fit(x, runs, process=False).noise(np.array([[0.1, 0.5], [0.9, 0.5]]))[:, 0]
    assert high / low == pytest.approx(np.exp(2 * 1.5 * 0.8), rel=0.5)


def hard(points: int = 160) -> tuple[np.ndarray, np.ndarray]:
    """Three statistics: smooth, too wild for any surface, and noise alone."""
    u = space_filling(points, 2, 1)
    means = np.column_stack([u[:, 0] + u[:, 1] ** 2, np.sin(60 * u[:, 0] * (1 + 3 * u[:, 1])), 0 * u[:, 0]])
    return u, means[:, None] + 0.1 * np.random.default_rng(5).standard_normal((points, 3, 3))


def test_the_gate_names_what_cannot_be_emulated_and_passes_the_rest():
    u, runs = hard()
    held = split_held_out(len(u), 0.25)
    checks = gate(fit(u[~held], runs[~held]), ("smooth", "wild", "still"), u[held], runs[held])
    assert [c.passed for c in checks] == [True, False, True]
    assert "explains" in checks[1].why and checks[0].q2 > 0.95


def test_the_gate_catches_an_emulator_that_is_too_sure_and_widening_it_helps():
    from dataclasses import replace

    x, runs = bank()
    held = split_held_out(len(x), 0.25)
    made = fit(x[~held], runs[~held], process=False)
    wrong = replace(made, surfaces=tuple(replace(s, centre=s.centre + 1.0) for s in made.surfaces))
    names = line().targets.ids
    checks = gate(wrong, names, x[held], runs[held])
    assert not any(c.passed for c in checks)
    wider = gate(inflate(wrong, checks), names, x[held], runs[held])
    assert all(after.spread < before.spread for after, before in zip(wider, checks, strict=True))
    assert all(c.passed for c in gate(made, names, x[held], runs[held]))


def test_the_likelihood_holds_every_error_and_the_control_leaves_two_out():
    toy, (x, runs) = line(), bank(300)
    made, columns = fit(x, runs, process=False), (0, 2, 4)
    some = toy.targets.only(["t0", "t2", "t4"])
    _, full = Likelihood(made, some, columns).moments(np.zeros((1, 3)))
    _, bare = Likelihood(made, some, columns, noisy=False).moments(np.zeros((1, 3)))
    pick = np.ix_(columns, columns)
    assert np.allclose(bare[0], some.error)
    assert np.allclose(full[0], some.error + noise_covariance()[pick], atol=0.06)
    from scipy.stats import multivariate_normal

    assert log_normal(np.ones((1, 3)), full)[0] == pytest.approx(
        multivariate_normal(np.zeros(3), full[0]).logpdf(np.ones(3))
    )


def gaussian(u: np.ndarray) -> np.ndarray:
    """Likelihood of a normal at (1, -1) of sd 0.5 in the normal score, and nothing on the third coordinate."""
    z = ndtri(u)
    return -0.5 * ((z[:, 0] - 1) ** 2 + (z[:, 1] + 1) ** 2) / 0.25


def test_tempering_finds_a_known_posterior_and_its_evidence():
    found = temper(gaussian, 3, 4000, 1)
    z = ndtri(found.units)
    assert np.allclose(z.mean(axis=0), [0.8, -0.8, 0], atol=0.05)
    assert np.allclose(z.var(axis=0), [0.2, 0.2, 1.0], rtol=0.1)
    exact = 2 * (0.5 * np.log(0.25 / 1.25) - 0.5 * 1 / 1.25)
    assert found.log_evidence == pytest.approx(exact, abs=0.1)
    assert found.stages[-1].power == 1 and all(s.effective >= 1999 for s in found.stages)
    assert (temper(gaussian, 3, 200, 1).units == temper(gaussian, 3, 200, 1).units).all()
    assert not (temper(gaussian, 3, 200, 1).units == temper(gaussian, 3, 200, 2).units).all()


def test_tempering_keeps_two_modes_and_stays_where_it_may():
    def modes(u: np.ndarray) -> np.ndarray:
        return np.logaddexp(-((u[:, 0] - 0.2) ** 2), -((u[:, 0] - 0.8) ** 2)) * 0 - 800 * (
            np.minimum(abs(u[:, 0] - 0.2), abs(u[:, 0] - 0.8)) ** 2
        )

    left = (temper(modes, 4, 1000, 3).units[:, 0] < 0.5).mean()
    assert 0.4 < left < 0.6
    walls = temper(lambda u: np.where((u[:, 0] > 0.9) & (u[:, 1] < 0.1), 0.0, -np.inf), 2, 500, 3)
    assert (walls.units[:, 0] > 0.9).all() and (walls.units[:, 1] < 0.1).all()
    assert walls.log_evidence == pytest.approx(np.log(0.01), abs=0.5)
    with pytest.raises(CalibrationError):
        temper(lambda u: np.full(len(u), -np.inf), 2, 200, 1)


def test_tempering_goes_on_from_another_posterior():
    def other(u: np.ndarray) -> np.ndarray:
        return gaussian(u) - 0.5 * (ndtri(u[:, 2]) - 1) ** 2

    whole = temper(other, 3, 2000, 1)
    short = temper(gaussian, 3, 2000, 2, base=other, start=whole.units)
    z = ndtri(short.units)
    assert np.allclose(z.mean(axis=0), [0.8, -0.8, 0], atol=0.08) and np.allclose(
        z.var(axis=0), [0.2, 0.2, 1.0], rtol=0.12
    )
    assert len(short.stages) < len(whole.stages)
    assert whole.log_evidence + short.log_evidence == pytest.approx(temper(gaussian, 3, 2000, 1).log_evidence, abs=0.15)


def test_steps_of_tempering_keep_half_the_particles_and_drawing_is_fair():
    logs = np.random.default_rng(1).normal(0, 30, 1000)
    step = next_step(logs, 1.0)
    weights, _ = weigh(logs, step)
    assert 1 / np.sum(weights**2) == pytest.approx(500, rel=0.01)
    counts = np.bincount(systematic(weights, np.random.default_rng(2)), minlength=1000)
    assert np.abs(counts - 1000 * weights).max() < 1


def known_region() -> tuple[Region, Likelihood]:
    """A region cut by one precise statistic: the first parameter, on (0, 1), near 0.3."""
    priors = Priors(Prior(n, "uniform", 0.5, 0, 1) for n in "ab")
    u = space_filling(80, 2, 1)
    runs = u[:, None, :1] + 0.01 * np.random.default_rng(1).standard_normal((80, 3, 1))
    likelihood = Likelihood(fit(u, runs, False), Targets([Target("t", "s", 0.3, 0.01)]), (0,))
    return Region(priors, (likelihood,)), likelihood


def test_matching_rules_out_what_is_far_and_fills_what_is_left():
    region, likelihood = known_region()
    found, share = sample_inside(region, 50, 1)
    assert np.abs(found[:, 0] - 0.3).max() < 0.05 and share == pytest.approx(0.085, abs=0.02)
    assert found[:, 1].min() < 0.1 and found[:, 1].max() > 0.9
    inside = posterior(likelihood, region, 300, 1).units
    assert np.abs(inside[:, 0] - 0.3).max() < 0.06 and not region.walls(found).any()
    away = Targets([Target("far", "s", 9.0, 0.01)])
    with pytest.raises(CalibrationError, match="disagree") as caught:
        sample_inside(Region(region.priors, (Likelihood(likelihood.emulator, away, (0,)),)), 50, 1)
    assert "far" in caught.value.got


def test_a_larger_world_has_less_luck_than_a_run():
    runs = np.random.default_rng(1).standard_normal((20_000, 3, 1))
    for factor in (1.0, 0.5, 1 / 3, 0.0):
        made = as_observed(runs, Targets([Target("t", "s", 0, 1, noise_factor=factor)]))
        assert made.var() == pytest.approx(max(factor, 1 / 3), rel=0.03)  # three runs leave a third of the luck


def test_fits_and_scores_agree_with_the_normal():
    rng, target = np.random.default_rng(1), Targets([Target("t", "s", 0.5, 0.6)])
    near, far = rng.normal(0, 0.8, (4000, 2, 1)), rng.normal(3, 2, (4000, 2, 1))
    row = fits(near, far, target, 1)[0]
    assert (row.low, row.high) == pytest.approx((-1.645, 1.645), abs=0.08)
    assert row.below == pytest.approx(0.6915, abs=0.02) and row.inside
    assert row.score == pytest.approx(-0.5 * np.log(2 * np.pi) - 0.125, abs=0.03)
    assert row.score > row.prior_score and row.narrowed > 0.4
    assert log_score(near.ravel(), 0.36, 9.0) < -20
    assert gain(near, near, target, 1).posterior == pytest.approx(row.score, abs=0.05)
    outside = fits(near, far, Targets([Target("t", "s", 5.0, 0.6)]), 1)[0]
    assert not outside.inside and outside.chance < 0.01
