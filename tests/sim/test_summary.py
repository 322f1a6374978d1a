"""From counts to the figures people read."""

import numpy as np
import pytest
from fakes import fake_result, fake_shape

from sim.results import caveats, counts, outcomes, readings, summary
from sim.results.result import LEVELS, MONEY, WEEKLY, Measure


def test_availability_is_available_over_eligible_world_by_world():
    result = fake_result()
    result.tally[:, 0, Measure.ELIGIBLE] = [100, 200, 400, 0]
    result.tally[:, 0, Measure.AVAILABLE] = [10, 30, 100, 0]
    found = outcomes.of_group(result, "available")
    assert found[:3].tolist() == [0.1, 0.15, 0.25]
    assert np.isnan(found[3])
    assert summary.interval(found).median == pytest.approx(0.15)
    assert summary.interval(found).worlds == 3


def test_interval_leaves_out_the_outer_twentieths():
    found = summary.interval(np.arange(101.0))
    assert (found.low, found.median, found.high) == (5, 50, 95)


def test_interval_of_nothing_is_not_a_number_and_says_no_worlds():
    found = summary.interval(np.array([np.nan]))
    assert found.worlds == 0 and np.isnan(found.median)


def test_areas_are_added_up_within_a_world():
    shape = fake_shape(worlds=2, areas=(3, 22))
    result = fake_result(shape)
    result.tally[:, 0, Measure.WANTS] = [1, 2, 10, 20]
    assert counts.counted(result)[:, 0, Measure.WANTS].tolist() == [3, 30]


def test_the_cascade_sums_to_all_wants():
    rows = summary.cascade(fake_result())
    assert sum(r.share for r in rows) == pytest.approx(1)
    assert sum(r.wants for r in rows) == counts.by_world(fake_result())[:, 0, Measure.WANTS].sum()


def test_the_biggest_loss_is_the_gate_with_most_wants():
    result = fake_result()
    result.tally[:, 0, Measure.FAILED + 5] = 10_000
    assert summary.biggest_loss(result).name == "stopped: no room in time"


def test_small_groups_are_pooled_and_marked_when_still_small():
    result = fake_result()
    rows = [i for i, (d, _) in enumerate(LEVELS) if d == "ethnic group"]
    result.tally[:, rows[3:], Measure.ELIGIBLE] = 10
    found = summary.groups(result, "ethnic group")
    assert [g.level for g in found] == ["white", "asian", "black", "mixed+other"]
    assert [g.small for g in found] == [False, False, False, True]
    assert found[-1].wants == 2 * 10 * 4


def test_pooled_groups_add_their_wants_before_dividing():
    result = fake_result()
    rows = [i for i, (d, _) in enumerate(LEVELS) if d == "sex"]
    result.tally[:, rows, Measure.ELIGIBLE] = [20, 40]
    result.tally[:, rows, Measure.AVAILABLE] = [20, 10]
    (only,) = summary.groups(result, "sex")
    assert only.per_world.tolist() == [0.5] * 4


def test_gap_leaves_out_small_groups():
    result = fake_result()
    rows = [i for i, (d, _) in enumerate(LEVELS) if d == "age"]
    result.tally[:, rows[0], Measure.ELIGIBLE] = 10
    result.tally[:, rows[0], Measure.AVAILABLE] = 10
    best, worst, _ = summary.gap(summary.groups(result, "age"))
    assert "18-24" not in (best.level, worst.level)


def test_cost_per_start_is_pounds_over_people_starting():
    result = fake_result()
    for name in MONEY:
        result.weekly[:, :, WEEKLY.index(name)] = 0
    result.weekly[:, :, WEEKLY.index("spent_board_pence")] = 50_000
    result.weekly[:, :, WEEKLY.index("n_started")] = 5
    assert readings.cost_per_start(result).tolist() == [100.0] * 4
    assert counts.spent_by_payer(result)["board"].tolist() == [pytest.approx(500 * 52 / 20_000)] * 4


def test_used_last_year_is_read_at_the_end():
    result = fake_result()
    result.weekly[-1, :, WEEKLY.index("used_last_year")] = 540
    assert readings.used_last_year(result).tolist() == [0.05] * 4


def test_difference_pairs_worlds():
    a, b = fake_result(), fake_result(lift=48)
    pair = summary.difference(a, b)["available"]
    assert (pair.up, pair.down) == (4, 0)
    assert pair.difference.median == pytest.approx(48 / 4800, rel=0.2)


def test_a_run_against_itself_differs_nowhere():
    result = fake_result()
    assert all(p.up == p.down == 0 for p in summary.difference(result, result).values())


def test_runs_of_different_worlds_cannot_be_paired():
    with pytest.raises(ValueError, match="different worlds"):
        summary.difference(fake_result(), fake_result(fake_shape(worlds=3)))


def test_who_gains_puts_the_most_gained_first():
    a, b = fake_result(), fake_result()
    row = LEVELS.index(("needs group", "cancer"))
    b.tally[:, row, Measure.AVAILABLE] += 100
    found = summary.who_gains(a, b, "needs group")
    assert found[0].level == "cancer" and found[0].change.up == 4
    assert found[1].change.difference.median == 0


def test_drifting_stocks_are_named():
    result = fake_result()
    result.settling = {"groups": (10**6, 1_050_000), "volunteers": (10**6, 400_000), "none": (0, 5)}
    assert summary.still_drifting(result) == ["volunteers"]


def test_worlds_are_never_called_a_chance():
    assert caveats.in_worlds(18, 20) == "in 18 of 20 of the worlds we assumed"
