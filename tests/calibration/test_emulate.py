"""The Gaussian process of an emulator earns its place on points that nothing of it has seen."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.fit.emulate import fit


@pytest.mark.parametrize("seed", [1, 2])
def test_a_process_is_judged_on_points_that_neither_it_nor_its_surface_has_seen(seed: int) -> None:
    """52 inputs, 15 of them rich; what no surface can see (a rough part, bends of what is carried along) is no process's either."""
    rng = np.random.default_rng(seed)
    x, slopes = rng.standard_normal((300, 52)), rng.standard_normal((52, 2)) * 0.25
    mean = x @ slopes
    mean[:, 0] += 0.7 * np.sign(np.sin(7 * x[:, 20] * x[:, 30]))
    mean[:, 1] += 0.15 * (x[:, 16:30] ** 2 - 1).sum(axis=1)
    runs = mean[:, None] + 0.5 * rng.standard_normal((300, 2, 2))
    held = np.arange(300) % 5 == 0
    emulator = fit(x[~held], runs[~held], rich=tuple(range(15)))
    found, error = emulator.predict(x[held])
    allowed = error + 0.5**2 / 2
    assert emulator.kinds() == ["linear", "linear"]
    assert np.all(np.mean((runs[held].mean(axis=1) - found) ** 2 / allowed, axis=0) < 1.5)
