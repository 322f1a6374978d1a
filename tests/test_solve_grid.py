"""`solve` with the real model against exhaustive search (a small case: `benchmarks/solve_grid.py`)."""

from __future__ import annotations

import pytest

from benchmarks.solve_grid import LEAST, measure


@pytest.mark.statistical
def test_solve_finds_nearly_the_cheapest_policy_of_a_grid_in_a_fifth_of_its_runs(tmp_path):
    grid, found, _ = measure(tmp_path, workers=0, seeds=3)
    assert grid.share >= LEAST
    for one in found:
        assert one is not None and one.share >= LEAST
        assert one.gbp <= 1.05 * grid.gbp
        assert one.runs <= grid.runs / 5
