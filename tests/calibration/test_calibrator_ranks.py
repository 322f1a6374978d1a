"""Simulation-based calibration on the toy, with a control that must fail. 1,000 sets: `python benchmarks/ranks.py`."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.fit.rank_check import DRAWS, band, rank_check, summarise
from calibration.fit.toys import line
from calibration.fit.waves import Settings

QUICK = Settings(points=150, replicates=4, particles=400, process=False)


def test_the_band_holds_uniform_ranks_as_often_as_it_says():
    low, high = band(100, 100, 0.9)
    counts = np.cumsum(np.random.default_rng(1).multinomial(100, np.full(100, 0.01), size=4000), axis=1)
    inside = ((counts >= low) & (counts <= high)).all(axis=1).mean()
    assert inside == pytest.approx(0.9, abs=0.025)


@pytest.mark.parametrize(("power", "shift"), [(1.6, 0), (0.6, 0), (1, 14)])
def test_ranks_that_are_not_uniform_leave_it(power, shift):
    rng = np.random.default_rng(1)
    u = rng.random(1000)
    squeezed = 0.5 + np.sign(u - 0.5) * np.abs(2 * u - 1) ** power / 2
    ranks = np.clip((squeezed * (DRAWS + 1)).astype(int) + shift, 0, DRAWS)
    good = rng.integers(DRAWS + 1, size=1000)
    found = summarise(("bad", "good"), np.column_stack([ranks, good]), 0.99)
    assert found.outside[0] > 0 and found.outside[1] == 0 and not found.passed
    assert "bad" in found.sentence()


@pytest.mark.slow
def test_ranks_are_uniform_on_the_toy_and_not_without_the_simulators_noise(tmp_path):
    toy = line()
    found = rank_check(toy.simulator, toy.priors, toy.targets, QUICK, sets=100)
    assert found.passed, found.sentence()
    assert 0.83 < found.covered[0.9].mean() < 0.96 and all(check.passed for check in found.checks)
    control = rank_check(toy.simulator, toy.priors, toy.targets, QUICK, sets=100, noisy=False)
    assert not control.passed and control.covered[0.9].mean() < 0.8
