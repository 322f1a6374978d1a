"""Results have not changed unawares: two small runs against tables kept beside the tests."""

from __future__ import annotations

import pytest
from make_golden import COMMAND, SCENARIOS, difference, lines_of, path_of


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_golden_run_is_as_it_was(name: str) -> None:
    """The failure names the first quarter and column that differ."""
    changed = difference(path_of(name).read_text("utf-8").splitlines(), lines_of(name))
    assert not changed, f"{name}: {changed}"


def test_a_difference_reads_as_one() -> None:
    """When, what, before and after; and what to do."""
    golden = ["when,what,value", "weeks 0-12,waiting,41", "weeks 0-12,groups,3", "cascade,wants,90"]
    now = ["when,what,value", "weeks 0-12,waiting,41", "weeks 0-12,groups,4"]
    said = difference(golden, now)
    assert "weeks 0-12, groups: was 3, is 4" in said and "cascade, wants: was 90, is not there" in said
    assert COMMAND in said and difference(golden, golden) == ""
