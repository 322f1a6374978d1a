"""What has room now rather than a queue: who waits with an organisation may join a group or an online community meanwhile."""

from __future__ import annotations

import pytest
from histories import assert_same, both

from sim.results.result import Result
from sim.vocabulary import Event

KNOWN = {"self_referral": 1.0, "directory": 1.0, "online_places": 200.0, "mode_contact": 2.0}
HEARD = {"search_rate": 0.5, "orgs_per_place": 10.0, "act_rate": 0.25, "give_up_weeks": 52.0}
IN_QUEUE = (Event.QUEUED, Event.REFERRED_ON)
ASKED_OTHER = (0, 2)  # a group, the online community


def asked_in_a_queue(result: Result) -> int:
    """How often somebody asked for a group or online while their last event of the kind was to queue."""
    kinds = {*IN_QUEUE, Event.ASKED, Event.OFFERED, Event.GAVE_UP, Event.STARTED, Event.WANTS}
    found, queued = 0, set()
    for week, person, kind, detail in result.events.tolist():
        if kind not in kinds or week < 0:
            continue
        found += kind == Event.ASKED and detail in ASKED_OTHER and person in queued
        (queued.add if kind in IN_QUEUE else queued.discard)(person)
    return found


@pytest.fixture(scope="module", params=[0.0, 0.5, 1.0])
def run(request: pytest.FixtureRequest) -> tuple[float, Result]:
    fixed = HEARD | {"room_before_wait": request.param}
    one, other = both([5], 3_000, 1_000, 104, 3, policy=KNOWN, fixed=fixed)
    assert_same(one, other)
    return request.param, one


def test_nobody_leaves_a_queue_for_what_has_room_where_the_share_is_none(run: tuple[float, Result]) -> None:
    share, result = run
    asked = asked_in_a_queue(result)
    assert asked == 0 if share == 0.0 else asked >= 10


def test_fewer_queue_and_more_start_where_people_would_rather_have_room_now() -> None:
    """Places online for all who know of them, and nobody meets a referrer."""
    queued, started = [], []
    for share in (0.0, 1.0):
        fixed = HEARD | {"room_before_wait": share}
        kinds = both([5], 2_000, 1_000, 60, 3, policy=KNOWN | {"mode_contact": 0.0}, fixed=fixed)[0].events[:, 2]
        queued.append(int((kinds == Event.QUEUED).sum()))
        started.append(int((kinds == Event.STARTED).sum()))
    assert queued[1] < queued[0] and started[1] > started[0]


def test_half_of_people_would_rather_wait_for_as_long_as_they_want() -> None:
    """A lasting trait of a want: at a half, one in two never leaves the queue, however often they think of it."""
    left = []
    for share in (0.5, 1.0):
        fixed = HEARD | {"room_before_wait": share, "act_rate": 0.5, "give_up_weeks": 104.0}
        left.append(asked_in_a_queue(both([5], 3_000, 1_000, 104, 3, policy=KNOWN, fixed=fixed)[0]))
    print(left)
    assert 0.0 < left[0] < 0.7 * left[1]
