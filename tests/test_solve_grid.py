"""`solve` with the real model against exhaustive search (a small case: `benchmarks/solve_grid.py`)."""

from __future__ import annotations

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


@pytest.mark.xfail(strict=True, reason="7 to 18% over: what can be certified must hold in more worlds than are needed (docs/evidence_of_correctness.md)")
def test_it_costs_nearly_as_little_as_the_cheapest_point_of_the_grid(measured):
    assert all(one is not None and one.gbp <= 1.05 * measured.grid.gbp for one in measured.found)
