"""Which figure moves which parameter: against posteriors weighed by hand, one figure a standard error higher."""

from __future__ import annotations

import numpy as np

from calibration.report.moves import Move, per_error, rows, sentence

SLOPES = np.array([[1.0, 0.2], [0.0, 0.5], [0.0, 0.0]])
TOTAL = np.array([[0.5, 0.1], [0.1, 0.8]])
ERROR = np.array([0.6, 0.4])


def weighed(z: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Posterior means by weights of prior draws."""
    miss = seen - z @ SLOPES
    log_weight = -0.5 * np.einsum("nt,tu,nu->n", miss, np.linalg.inv(TOTAL), miss)
    weight = np.exp(log_weight - log_weight.max())
    return weight @ z / weight.sum()


def test_it_is_by_how_much_the_posterior_mean_moves() -> None:
    z = np.random.default_rng(3).standard_normal((400_000, 3))
    found = per_error(z, z @ SLOPES, TOTAL, ERROR)
    base = weighed(z, np.zeros(2))
    for j, error in enumerate(ERROR):
        higher = weighed(z, np.eye(2)[j] * error)
        assert np.allclose(found[:, j], higher - base, atol=0.01)
    assert np.all(np.abs(found[2]) < 0.01)  # a parameter that moves no statistic


def test_parameters_that_no_figure_moves_are_named() -> None:
    told = [Move("dull", True, "a", 0.001, 0.001, ""), Move("sharp", False, "b", -0.5, 0.6, "a (+0.30)")]
    assert "2 or more: dull." in sentence(told)
    assert [row[0] for row in rows(told)] == ["sharp", "dull"]
