"""The ladder of every shipped scenario and of 20 random policies adds up in every world, for everyone, each area and the worst-off.

`python -m pytest -m statistical tests/scenarios/questions/test_ladder_everywhere.py`: some minutes.
"""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.questions.ladder import HEADLINES, Climbed, Ladder, add_up, climb, points
from scenarios.reading.files import names
from scenarios.reading.load import Scenario, load, with_levers
from scenarios.running.study import Study
from sim.numbers.levers import CHOICES, LEVERS

pytestmark = pytest.mark.statistical
STUDY = Study((22, 5), people=2_000, draws=2, weeks=260, burn_in=60, place_size=1_000)
RANDOM = range(20)


def random_policy(seed: int) -> Scenario:
    """A third of the levers anywhere within their bounds."""
    rng = np.random.default_rng([seed, 77])
    some = [lever for lever in LEVERS if rng.random() < 1 / 3]
    return with_levers(
        load("today"),
        {one.name: rng.choice(CHOICES[one.choice]) if one.choice else rng.uniform(one.low, one.high) for one in some},
    )


def ladders(found: Climbed) -> list[Ladder]:
    """All that a run of `peerscale ladder` tells."""
    every = [found.everyone, *found.areas, *([found.worst] if found.worst else [])]
    return [one[name] for one in every for name in HEADLINES]


def check(scenario: Scenario) -> None:
    """Each adds up in every world that it can be read in, and as it is shown; steps open what they say."""
    found = climb(scenario, STUDY)
    assert {one.headline for one in ladders(found)} == set(HEADLINES)
    for one in ladders(found):
        assert len(one.today) > 0
        assert np.allclose(add_up(one), 1.0, rtol=0, atol=1e-12)
        assert round(sum(points(one).values()), 6) == 100.0
        assert np.all(one.rest >= 0) and np.all(one.rest <= 1)
    for one in found.everyone.values():
        assert sum(rung.gain.mean() for rung in one.rungs) > 0  # a control: what is opened does something


@pytest.mark.parametrize("name", names())
def test_the_ladder_of_a_shipped_scenario_adds_up(name: str) -> None:
    check(load(name))


@pytest.mark.parametrize("seed", RANDOM)
def test_the_ladder_of_a_random_policy_adds_up(seed: int) -> None:
    check(random_policy(seed))
