"""Student's t and Holm's correction against values that can be worked out by hand, and against luck."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scenarios.questions import holm


def test_holm_as_worked_out_by_hand():
    """Of 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06, and 0.04, which may not be below the one before."""
    p = np.array([0.01, 0.04, 0.03, 0.005])
    assert holm.adjusted(p) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm.levels(p) == pytest.approx([0.05 / 3, 0.05 / 2, 0.05 / 2, 0.05 / 4])


def test_a_comparison_that_could_not_be_made_is_no_test():
    found = holm.adjusted(np.array([0.02, np.nan, 0.04]))
    assert found[[0, 2]] == pytest.approx([0.04, 0.04]) and np.isnan(found[1])
    assert holm.adjusted(np.array([])).size == 0 and holm.levels(np.array([])).size == 0


@pytest.mark.parametrize("values", [[1.0, 3.0], [0.2, -0.1]])
def test_with_two_draws_student_is_cauchy(values):
    t = abs(np.mean(values)) / (np.std(values, ddof=1) / math.sqrt(2))
    assert holm.p_value(np.array(values)) == pytest.approx(1 - 2 / math.pi * math.atan(t))


def test_with_three_draws_student_has_a_closed_form():
    values = np.array([1.0, 2.0, 4.0])
    t = values.mean() / (values.std(ddof=1) / math.sqrt(3))
    assert holm.p_value(values) == pytest.approx(1 - t / math.sqrt(2 + t * t))


def test_differences_that_are_all_the_same():
    assert holm.p_value(np.zeros(9)) == 1.0
    assert holm.p_value(np.full(9, 0.1)) == 0.0
    assert holm.interval(np.full(9, 0.1), 0.01) == pytest.approx((0.1, 0.1, 0.1))
    assert math.isnan(holm.p_value(np.array([0.1])))


def test_replicates_of_a_draw_count_once():
    draw = np.array([0, 0, 1, 1, 2, 2])
    values = np.array([1.0, 3.0, 5.0, np.nan, np.nan, np.nan])
    assert holm.by_draw(values, draw).tolist() == [2.0, 5.0]


def test_an_interval_leaves_out_nothing_exactly_where_the_test_passes():
    luck = np.random.default_rng(3)
    for m in (1, 2, 5, 40):
        tests = luck.normal(luck.choice([0.0, 0.6, 1.5], m)[:, None], 1.0, (m, 12))
        p = np.array([holm.p_value(each) for each in tests])
        for each, fair, level in zip(tests, holm.adjusted(p), holm.levels(p), strict=True):
            _, low, high = holm.interval(each, float(level))
            assert (low > 0 or high < 0) == (fair <= holm.ALPHA)


def test_a_table_in_which_nothing_moves_names_a_lever_in_one_of_twenty_tables():
    """Without the correction it would in nearly all: the control."""
    luck = np.random.default_rng(7)
    tables = luck.normal(0.0, 1.0, (400, 30, 10))
    p = np.array([[holm.p_value(each) for each in table] for table in tables])
    fair = np.array([holm.adjusted(each) for each in p])
    assert (fair.min(axis=1) <= holm.ALPHA).mean() < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)
    assert (p.min(axis=1) <= holm.ALPHA).mean() > 0.6
