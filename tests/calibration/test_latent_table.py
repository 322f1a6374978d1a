"""The distribution of the latents is counted in whole numbers: exact, so the shipped table is the same on every machine."""

from __future__ import annotations

import csv
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from calibration.population.population_traits import _box, build_latents, latent_cdf
from sim.data import FOLDER


def test_two_boxes_make_a_triangle_and_ways_are_kept():
    made = _box(_box(np.ones(1, object), 4), 4)
    assert list(made) == [1, 2, 3, 4, 3, 2, 1]
    assert all(isinstance(n, int) for n in made)
    assert sum(_box(made, 9)) == 4 * 4 * 9


def test_it_is_symmetric_and_rises_to_one():
    knots = latent_cdf(7, 9)
    assert knots[0] == 0.0 and knots[-1] == 1.0 and (np.diff(knots) >= 0).all()
    assert knots + knots[::-1] == pytest.approx(np.ones(1025), abs=1e-15)


def test_it_is_the_closed_form_of_a_sum_of_eight_uniforms():
    """With equal weights: the Irwin-Hall distribution of eight, up to the grid of 1/256 of a weight of 8."""
    knots = latent_cdf(8, 8)
    for k in (256, 400, 512, 700):
        x = Fraction(k, 128)
        exact = sum((-1) ** j * comb(8, j) * (x - j) ** 8 for j in range(int(x) + 1)) / Fraction(40320)
        assert knots[k] == pytest.approx(float(exact), abs=2e-6)


def test_the_shipped_table_is_what_is_built():
    with (FOLDER / "latents.csv").open(newline="", encoding="utf-8") as file:
        shipped = list(csv.DictReader(file))
    assert shipped == [{key: str(value) for key, value in row.items()} for row in build_latents()]
