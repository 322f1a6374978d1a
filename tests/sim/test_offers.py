"""Free places and those who wait; what is lost while people may not meet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from test_core import policy

from sim.columns.start import make_shape
from sim.compiled import loop
from sim.core import engine
from sim.core import offer as offers
from sim.core.offer import _move_on as offers_move_on
from sim.core.week import Week
from sim.numbers.levers import Timeline
from sim.numbers.parameters import draw_parameters
from sim.results.result import Result
from sim.vocabulary import SUITS, Event, Offer, Stage

CERTAIN = {"accept_offer": 1.0, "accept_loose_match": 1.0, "attend_first": 1.0, "orgs_per_place": 20.0}
BUSY = {"mode_contact": 2.0, "self_referral": 1.0, "directory": 1.0, "budget_board": 8.0, "sessions": 6.0}


def free_by_supporter(w: Week) -> np.ndarray:
    """Free places of active supporters of open organisations."""
    sup = w.supporters
    return np.where((sup.state == 1) & w.orgs.open[sup.org], sup.here - sup.load, 0)


def suited_but_waiting(w: Week) -> int:
    """People who wait where a free place would suit them."""
    people, waiting, found = w.people, w.at(Stage.WAITING), 0
    for s in np.flatnonzero(free_by_supporter(w)):
        queue = waiting[people.host[waiting] == w.supporters.org[s]]
        kind = Offer.PAID if w.supporters.paid[s] else Offer.VOLUNTEER
        choose = (people.chooses[queue] >> np.uint8(kind)) & 1 == 1
        found += int((choose & SUITS[people.match[queue], w.supporters.experience[s]]).sum())
    return found


@loop
def move_on(w: Week) -> int:
    """Those who waited too long are referred on."""
    return offers_move_on(w)


def weeks_with(check: Callable[[Week], None], monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run a busy policy in which every offer is taken, with a check after each week's offers."""

    def checked(w: Week) -> None:
        offers.offer(w)
        check(w)

    phases = tuple(checked if phase is offers.offer else phase for phase in engine.PHASES)
    monkeypatch.setattr(engine, "PHASES", phases)
    shape = make_shape([(1, 0)], [5], 4000, 2000, 0, 120, 3)
    return engine.run(shape, draw_parameters([1], CERTAIN), policy(**BUSY), [-1])


def test_no_place_stays_free_while_someone_waits_whom_it_suits(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the offers of every week, in every organisation. Moves on come after them, and are left out here."""
    monkeypatch.setattr(offers, "MOVE_EVERY", 10_000)
    seen = {"free": 0, "waiting": 0}

    def check(w: Week) -> None:
        assert suited_but_waiting(w) == 0, f"week {w.now}"
        seen["free"] += int(free_by_supporter(w).sum())
        seen["waiting"] += len(w.at(Stage.WAITING))

    result = weeks_with(check, monkeypatch)
    assert min(seen.values()) > 30 and (result.events[:, 2] == Event.OFFERED).sum() > 100


def test_no_more_people_are_sent_on_than_find_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """An organisation to which people were moved this week has a free place for each of them."""
    moved: list[int] = []
    others = offers._offer

    def watched(w: Week, moves: int) -> None:
        others(w, 0)
        before = w.people.host.copy()
        if moves:
            move_on(w)
        to = w.people.host[(before != w.people.host)]
        moved.extend(to.tolist())
        free = np.bincount(w.supporters.org, weights=free_by_supporter(w), minlength=len(w.orgs.open))
        assert (np.bincount(to, minlength=len(free)) <= free).all(), f"week {w.now}"

    monkeypatch.setattr(offers, "_offer", watched)
    weeks_with(lambda w: None, monkeypatch)
    assert moved, "nobody was moved"


def closed_for(share: float) -> Result:
    """A year closed, after a year open. Nobody leaves a queue for what has room, so that each kind is lost by itself."""
    shape = make_shape([(1, 0), (2, 0)], [5], 8000, 4000, 104, 52, 3)
    before, after = policy(**BUSY).values[0], policy(**BUSY, face_to_face_closed=share).values[0]
    par = draw_parameters([1, 2], {"groups_per_place": 40.0, "orgs_per_place": 20.0, "room_before_wait": 0.0})
    return engine.run(shape, par, Timeline(np.array([0, 104]), np.stack([before, after])))


@pytest.mark.slow
def test_what_cannot_meet_is_lost_and_the_rest_goes_on() -> None:
    """The more is closed the more is lost, from the first share on; by telephone and online it goes on."""
    runs = {share: closed_for(share) for share in (0.0, 0.3, 1.0)}
    for name in ("in_groups", "with_volunteer_or_paid"):
        left = [runs[share].column(name)[-1].sum() for share in (0.0, 0.3, 1.0)]
        assert left[0] > left[1] > left[2], name
    assert runs[1.0].column("in_groups")[-1].sum() < 0.2 * runs[0.0].column("in_groups")[-1].sum()
    assert runs[1.0].column("n_founded")[1:].sum() == 0
    assert runs[1.0].column("with_volunteer_or_paid")[-1].sum() > 0
    assert runs[1.0].column("online")[-1].sum() >= 0.95 * runs[0.0].column("online")[-1].sum()
