"""Several areas are pooled by the people who live there, named, and told one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_result, fake_shape

from calibration.statistics import STATISTICS, measure, measure_all
from scenarios import case
from scenarios.case import View
from sim import equity, pooling, summary, value
from sim.result import FIRST_LEVEL, GAINS, LEVELS, WEEKLY, Measure, Result

SMALL_AREA, LARGE_AREA = 3, 22


def two_areas() -> Result:
    """Two areas of other sizes, one place each: one of two wants available in the first, one of ten in the second."""
    shape = replace(fake_shape(worlds=3, areas=(SMALL_AREA, LARGE_AREA)), n_places=(1, 1))
    result = fake_result(shape)
    result.tally[:, :, Measure.ELIGIBLE] = result.tally[:, :, Measure.WANTS] = 1000
    result.tally[0::2, :, Measure.AVAILABLE], result.tally[1::2, :, Measure.AVAILABLE] = 500, 100
    return result


def live() -> tuple[int, int]:
    shape = two_areas().shape
    return sum(shape.cells(SMALL_AREA)), sum(shape.cells(LARGE_AREA))


def test_availability_of_several_areas_is_that_of_their_people() -> None:
    """By hand: (500 x those of the first + 100 x those of the second) of 1,000 x both. One place each gave 30%."""
    first, second = live()
    by_hand = (0.5 * first + 0.1 * second) / (first + second)
    assert abs(by_hand - 0.3) > 0.005
    result = two_areas()
    assert summary.ratio(result, "available") == pytest.approx([by_hand] * 3)
    assert all(g.per_world == pytest.approx([by_hand] * 3) for d in summary.dimensions() for g in summary.groups(result, d))
    assert summary.counted(result)[:, 0, Measure.WANTS].tolist() == [2000] * 3


def test_every_figure_of_several_areas_counts_each_by_its_adults() -> None:
    """As if each area had been simulated in as many places as it has people: repeated places, pooled plainly."""
    result = two_areas()
    times = (3, 8)
    adults = tuple(t * 10_000 for t in times)
    shape = replace(result.shape, n_places=times)

    def repeated(rows: np.ndarray, axis: int) -> np.ndarray:
        scale = np.tile(times, 3).reshape([-1 if k == axis else 1 for k in range(rows.ndim)])
        return rows * scale

    alike = replace(result, shape=shape, weekly=repeated(result.weekly, 1), tally=repeated(result.tally, 0),
                    gains=repeated(result.gains, 0), waits=repeated(result.waits, 0))
    expected = pooling.as_simulated(alike)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling, "adults", lambda shape: np.array(adults, dtype=float))
        found = summary.headline(result) | value.headline(result) | {"slope": equity.slope(result)} | summary.spent_by_payer(result)
        cascade = [row.share for row in summary.cascade(result)]
    right = summary.headline(expected) | value.headline(expected) | {"slope": equity.slope(expected)} | summary.spent_by_payer(expected)
    for name, values in right.items():
        assert found[name] == pytest.approx(values, nan_ok=True), name
    assert cascade == pytest.approx([row.share for row in summary.cascade(expected)])


def test_one_area_is_counted_in_whole_numbers_as_it_was() -> None:
    result = fake_result()
    assert pooling.weights(result.shape) is None
    assert summary.by_world(result).dtype == np.int64 and (summary.by_world(result) == summary.counted(result)).all()


def test_small_groups_are_small_by_what_was_counted() -> None:
    result = two_areas()
    rows = [i for i, (kind, _) in enumerate(LEVELS) if kind == "sex"]
    result.tally[:, rows, Measure.ELIGIBLE] = 49  # 294 of 2 areas in 3 worlds
    assert [group.small for group in summary.groups(result, "sex")] == [False]
    assert summary.groups(result, "sex")[0].wants == 2 * 294


def test_the_frozen_calibration_keeps_its_own_pooling() -> None:
    """Its statistics count everybody simulated alike: 30% here, as when the posterior that ships was fitted."""
    result = two_areas()
    assert measure(result, "available") == pytest.approx([0.3] * 3)
    one = replace(result, shape=replace(result.shape, worlds=result.shape.worlds))
    assert set(measure_all(one, list(STATISTICS))) == set(STATISTICS)


def test_the_case_counts_each_area_s_own_adults() -> None:
    result = two_areas()
    result.gains[:, :, GAINS.index("confidence_in")] = 1_000_000
    each = [case.effects(part, View()) for _, part in pooling.each_area(result)]
    assert case.effects(result, View()) == pytest.approx(sum(each))
    assert case.adults(result) == sum(live())


def test_areas_are_told_one_by_one() -> None:
    result = two_areas()
    parts = dict(pooling.each_area(result))
    assert list(parts) == list(result.shape.names)
    assert [float(summary.ratio(part, "available")[0]) for part in parts.values()] == [0.5, 0.1]
    assert (parts[result.shape.names[0]].weekly[:, :, WEEKLY.index("adults")] == 20_000).all()
    assert FIRST_LEVEL["everyone"] == 0
