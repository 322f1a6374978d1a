"""Property: whatever the levers, their course, the areas, the parameters and the seed, both engines tell one history.

A few examples, always the same, run on every commit; many new ones with `-m statistical`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from histories import assert_balances, both, course, first_difference
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from sim.columns.start import make_shape
from sim.numbers.levers import BY_NAME, LEVERS, Lever

WHOLE = ("lose_largest", "conviction")  # levers that are on or off
# Parameters at which rare things happen often: without them small populations hardly see half the events.
LIVELY = {
    "leave_early": 0.1,
    "leave_later": 0.05,
    "leave_paid": 0.08,
    "group_fold_early": 0.03,
    "group_fold_later": 0.03,
    "organiser_leaves": 0.03,
    "fold_attendance": 0.05,
    "founding_pool": 3.0,
    "founding_week": 0.03,
    "group_size": 8.0,
    "group_near": 0.5,
    "little_english": 0.9,
    "groups_per_place": 80.0,
    "orgs_per_place": 12.0,
    "fill_rate": 0.6,
    "give_up_weeks": 6.0,
    "reserve_start_weeks": 1.0,
    "overhead_share": 0.35,
    "drop_per_week": 0.07,
    "want_prevalence": 0.6,
    "mouth_rate": 0.3,
    "act_rate": 0.3,
    "award_refused": 0.4,
    "award_gap_share": 0.9,
    "apply_weeks": 4.0,
    "post_fill_weeks": 5.0,
    "award_returned": 1.0,
    "reserve_kept_weeks": 2.0,
    "leave_coordinator": 0.2,
    "recruit_lost": 0.5,
}


def value(lever: Lever) -> st.SearchStrategy[float]:
    """A value within a lever's range: whole for choices and switches, its ends now and then."""
    if lever.choice or lever.name in WHOLE:
        return st.integers(int(lever.low), int(lever.high)).map(float)
    return st.one_of(st.sampled_from([float(lever.low), float(lever.high)]), st.floats(lever.low, lever.high))


def policies() -> st.SearchStrategy[dict[str, float]]:
    """Up to fifteen levers, each at a value within its range."""
    one = st.sampled_from(LEVERS).flatmap(lambda lever: st.tuples(st.just(lever.name), value(lever)))
    return st.lists(one, max_size=15, unique_by=lambda pair: pair[0]).map(dict)


@st.composite
def scenarios(draw: Any) -> dict[str, Any]:
    """Arguments of `both`: one or two areas with policies of their own that change once, in a small population."""
    areas = draw(st.lists(st.integers(0, 41), min_size=1, max_size=2, unique=True))
    size = draw(st.sampled_from([400, 700, 1000]))
    lively = draw(st.sets(st.sampled_from(sorted(LIVELY))))
    weeks, burn_in = draw(st.integers(40, 90)), draw(st.sampled_from([0, 30]))
    return {
        "areas": areas,
        "people": size * draw(st.integers(len(areas), 3)),
        "size": size,
        "weeks": weeks,
        "seed": draw(st.integers(0, 2**32)),
        "burn_in": burn_in,
        "policy": [draw(policies()) for _ in areas],
        "later": [draw(policies()) for _ in areas],
        "at": burn_in + draw(st.integers(1, weeks)),  # policies are one until the burn-in ends
        "draw": draw(st.integers(0, 50)),
        "fixed": {k: LIVELY[k] for k in lively},
    }


def told_alike(scenario: dict[str, Any]) -> None:
    """Both engines tell one history of a scenario."""
    one, other = both(**scenario)
    note(f"{len(one.events)} events")
    difference = first_difference(one, other)
    assert not difference, difference
    assert_balances(one)


COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


@pytest.mark.slow
@settings(max_examples=8, derandomize=True, **COMMON)
@given(scenarios())
def test_random_scenarios_have_one_history(scenario: dict[str, Any]) -> None:
    """The same few on every commit."""
    told_alike(scenario)


@pytest.mark.statistical
@settings(max_examples=300, phases=(Phase.generate, Phase.shrink), print_blob=True, **COMMON)
@given(scenarios())
def test_many_random_scenarios_have_one_history(scenario: dict[str, Any]) -> None:
    """New ones at every run."""
    told_alike(scenario)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(policies(), policies(), st.integers(1, 100))
def test_random_policies_are_within_the_levers_ranges(
    policy: dict[str, float], later: dict[str, float], at: int
) -> None:
    """The generator keeps its promise, so that a difference found is one that a scenario file could meet."""
    line = course(make_shape([(0, 0)], [5], 500, 500, 0, 10), policy, later, at)
    for row in line.values:
        for lever, number in zip(LEVERS, row[:, 0], strict=True):
            assert lever.low <= number <= lever.high, lever.name
            assert not lever.choice or number == int(number)
    assert set(policy) <= set(BY_NAME) and np.array_equal(line.starts, [0, at])
