"""`solve` with the real model against exhaustive search (a small case: `benchmarks/solve_grid.py`)."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.solve_grid import LEAST, Measured, measure

pytestmark = pytest.mark.statistical


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Measured:
    return measure(tmp_path_factory.mktemp("grid"), workers=0, seeds=3)


def test_what_solve_certifies_truly_meets_the_goal_in_a_fifth_of_the_runs_of_a_grid(measured):
    assert measured.grid.share >= LEAST
    for one in measured.found:
        assert one is not None and one.share >= LEAST
        assert one.runs <= measured.grid.runs / 5


def test_it_costs_nearly_as_little_as_the_cheapest_point_of_the_grid_in_most_searches(measured):
    assert np.median([one.gbp if one else np.inf for one in measured.found]) <= 1.05 * measured.grid.gbp


@pytest.mark.xfail(strict=True, reason="5.2% over with the second seed of five (docs/evidence_of_correctness.md)")
def test_it_costs_nearly_as_little_in_every_search(measured):
    assert all(one is not None and one.gbp <= 1.05 * measured.grid.gbp for one in measured.found)
