"""What a plan is: how much it runs, which figures are counts or bounds, and a test of its own that can fail."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from tiny_plan import TINY

from calibration.fit.check import Gain
from calibration.fit.waves import most_points, most_runs
from calibration.library.evidence_library import library
from reports.calibration.files import in_time, passes
from scenarios.evidence.calibrating import counted_as, make_task
from scenarios.evidence.calibration_plan import read_plan
from sim.errors import UserError


def test_the_waves_of_the_second_edition_are_600_runs():
    task = make_task(read_plan("second_edition"))
    assert most_runs(task.priors, task.settings) == 600 and most_points(task.priors, task.settings) == 300


def found_with(outside: list[str], refused: list[str], low: float, failing: str = "leave_out") -> SimpleNamespace:
    """As much of a calibration as its plan's own test looks at."""
    fits = [SimpleNamespace(id=name, role="target", inside=name not in outside) for name in "abc"]
    return SimpleNamespace(
        fits=fits,
        refused=[SimpleNamespace(name=name) for name in refused],
        gains=(Gain(3, 1.0, 0.0, 1.0, low, 2.0), None),
        settings=SimpleNamespace(failing=failing),
    )


@pytest.mark.parametrize(
    ("outside", "named", "refused", "low", "failed"),
    [
        ([], [], [], 0.5, []),
        (["a"], [], [], 0.5, [0]),
        (["a"], ["a"], [], 0.5, []),
        (["a", "b"], ["a"], [], 0.5, [0]),
        ([], [], ["c"], 0.5, [1]),
        ([], [], [], -0.5, [2]),
    ],
)
def test_a_plan_can_fail_by_its_own_test(outside, named, refused, low, failed):
    asked = SimpleNamespace(interval=0.9, outside=named, log_score="better than the prior's", hours_at_most=1.0)
    task = SimpleNamespace(plan=SimpleNamespace(form=SimpleNamespace(pass_=asked)))
    said = [how for _, how in passes(task, found_with(outside, refused, low))]
    assert [j for j, how in enumerate(said[:3]) if how.startswith("NOT passed")] == failed
    assert in_time(task, 1800, False).startswith("passed") and in_time(task, 7200, True).startswith("NOT passed")
    assert in_time(task, 1800, True).startswith("cannot be told")


def test_a_figure_fitted_with_a_wider_error_counts_as_fitted_and_has_to_lie_inside():
    asked = SimpleNamespace(interval=0.9, outside=[], log_score="", hours_at_most=1.0)
    task = SimpleNamespace(plan=SimpleNamespace(form=SimpleNamespace(pass_=asked)))
    (_, inside), (_, every), _ = passes(task, found_with(["c"], ["c"], 0.5, "inflate"))
    assert inside.startswith("NOT passed") and inside.endswith("c")
    assert every.startswith("passed") and "wider error" in every


def test_a_plan_may_name_only_fitted_figures_as_outside(tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(TINY + '[pass]\noutside = ["dem_carer_attended"]\n')
    with pytest.raises(UserError, match="is not fitted"):
        make_task(read_plan(plan))


def test_a_rate_with_counts_is_fitted_as_poisson_and_a_bound_as_a_bound():
    row = library()["spr_psw_2019_rate"]
    rate = replace(row, bound="", value=0.2, count=20.0, of=100.0)
    assert counted_as(rate) == "poisson" and counted_as(row) == "" and counted_as(replace(rate, bound="lower")) == ""
    assert counted_as(library()["sup_ndps_ret6"]) == "binomial" and counted_as(replace(rate, unit="people")) == ""
