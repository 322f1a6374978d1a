"""The headlines move as supply does, and the count says what a run says in which everybody who knows asks. Takes minutes."""

from __future__ import annotations

import pytest

from benchmarks import counted

pytestmark = pytest.mark.statistical
HEADLINES = ("AVAILABLE", "HAD_IN_TIME", "STARTED_IN_TIME")


@pytest.fixture(scope="module")
def worlds():
    return counted.settled_worlds()


@pytest.fixture(scope="module")
def runs(worlds):
    return dict(counted.runs(*worlds))


@pytest.mark.parametrize("headline", HEADLINES[:2])
def test_all_money_away_lowers_and_more_money_raises(runs, headline):
    today = counted.share(runs["today"], headline)
    assert (counted.share(runs["no budgets"], headline) < today).sum() >= 18
    for more in ("budgets x 3", "budgets x 10"):
        assert (counted.share(runs[more], headline) > today).sum() >= 18, more


@pytest.mark.parametrize("headline", HEADLINES)
def test_more_places_online_lower_nothing(runs, headline):
    steps = [counted.share(runs[name], headline) for name in ("today", "online_places 60", "online_places 200")]
    for fewer, more in zip(steps, steps[1:], strict=False):
        assert (more < fewer).sum() <= 2


def test_the_count_says_what_a_run_says_in_which_everybody_who_knows_asks(worlds, runs):
    for name, other in counted.asked(*worlds).items():
        here, there = counted.share(runs[name], "AVAILABLE").mean(), counted.share(other, "HAD_IN_TIME").mean()
        assert abs(here - there) <= 4.0, (name, here, there)
