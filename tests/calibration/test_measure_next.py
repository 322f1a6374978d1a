"""Measure this next: the value of a study on a toy where it has a closed form."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.fit.toys import CARRIED, FREE, LUCK, MANY_SLOPES, run_many
from calibration.report.measure_next import Study, expected, narrowing, studies, table

NAMES = tuple(f"s{j}" for j in range(6))


@pytest.fixture(scope="module")
def runs() -> np.ndarray:
    """float64[1500, 3, 6]: runs of the straight toy at draws of its priors."""
    x = np.random.default_rng(5).standard_normal((1500, FREE + CARRIED))
    return np.stack([run_many(x, 10_000 * r + np.arange(1500)) for r in (1, 2, 3)], axis=1)


def exact(study: str, answer: str, se: float) -> float:
    """The share of an answer's sd that a study takes off, by the formula."""
    a, b = MANY_SLOPES[NAMES.index(answer)], MANY_SLOPES[NAMES.index(study)]
    return narrowing(float((a @ b) ** 2 / (a @ a) / (b @ b + LUCK**2 + se**2)))


@pytest.mark.parametrize(("statistic", "answer"), [("s0", "s0"), ("s1", "s0"), ("s4", "s2"), ("s3", "s5")])
@pytest.mark.parametrize("se", [0.1, 1.0])
def test_it_gives_back_the_closed_form(runs, statistic, answer, se):
    found = expected(Study("a survey", statistic, se=se), answer, runs, NAMES)
    assert found.low - 0.02 <= exact(statistic, answer, se) <= found.high + 0.02
    assert abs(found.floor) < 0.02


def test_a_study_of_more_people_tells_more_and_one_of_nothing_tells_nothing(runs):
    share = 1 / (1 + np.exp(-runs))
    few, many_ = (expected(Study("w", "s0", of=n), "s0", share, NAMES) for n in (5, 5000))
    assert few.narrows < many_.narrows - 0.2
    dull = expected(Study("w", "s0", se=1000.0, price_gbp=5.0), "s0", runs, NAMES)
    assert abs(dull.narrows) < 0.02 and dull.price_gbp == 5.0
    rows = table([Study("dull", "s0", se=1000.0), Study("sharp", "s0", se=0.1)], ["s0", "s1"], runs, NAMES)
    assert rows[0].what == "sharp" and rows[0].answer == "s0" and len(rows) == 4


def test_a_study_counts_whole_people(runs):
    made = studies(np.full(1000, 0.3), Study("w", "s0", of=10), np.random.default_rng(1))
    assert set(np.round(made * 10, 9) % 1) == {0.0} and made.mean() == pytest.approx(0.3, abs=0.02)


def test_of_an_output_that_parameters_do_not_move_nothing_can_be_told(runs):
    luck = np.random.default_rng(2).standard_normal(runs.shape)
    still = expected(Study("w", "s0", se=0.1), "s0", luck, NAMES)
    none = expected(Study("w", "s0", se=0.1), "s0", np.ones_like(runs), NAMES)
    assert {still.narrows, still.low, still.high, still.floor, none.narrows, none.low} == {None}
    rows = table(
        [Study("w", "s0", se=0.1)], ["s0", "s5"], np.concatenate([runs[..., :5], luck[..., 5:]], axis=2), NAMES
    )
    assert [row.narrows is None for row in rows] == [False, True]
