"""Most people who look are passed over at a glance: nobody is who could have found a place, or waited for another's."""

from __future__ import annotations

from unittest import mock

import numpy as np
from histories import BUSY, TURNOVER, course

from sim.columns.start import make_shape, make_state
from sim.core import count
from sim.core import engine as core
from sim.core.parts import around
from sim.core.parts.due import COUNT
from sim.core.parts.luck import bits
from sim.core.parts.turns import sort_turns
from sim.core.week import Week
from sim.draws import Purpose
from sim.numbers.levers import Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.vocabulary import Offer, Stage


def _could_find(w: Week, i: int) -> bool:
    """Asked of every host, one by one."""
    row, luck = count.row_of(w, i), bits(w, i, Purpose.COUNT_HOST)
    able, known = count.can_manage(w, i, row), w.people.known_to[:, i]
    offers = [one for one in Offer if able >> one & 1 and known[count.KNOWN_BY_OFFER[one]] > w.now]
    return any(count._best(w, i, row, one, luck)[0] for one in offers)


def test_nobody_who_could_find_a_place_is_passed_over():
    found = passed_over = 0

    def checked(w):
        nonlocal found, passed_over
        count.fit_hosts(w.hosts, len(w.groups.open), len(w.orgs.open))
        people, n = w.people, count._end.plain(w)
        w.fit_turns(n)
        listed = set(w.due.who[COUNT, :n].tolist())
        assert set(np.flatnonzero(people.holds)) <= listed
        count._give_way(w)
        looks = np.flatnonzero((people.seeks == 1) & (people.seek_from < w.now) & (people.holds == 0)).tolist()
        assert set(looks) <= listed
        could = {i for i in looks if _could_find(w, i) and not count._has_it(w, i)}
        count.show_free(w)
        n = count._who_looks(w)
        looked = set(w.found.who[:n].tolist())
        assert could <= looked <= set(looks)
        found, passed_over = found + len(could), passed_over + len(looks) - len(looked)
        sort_turns(w, 0, n)
        for k in range(n):
            count._take(w, int(w.found.who[k]))
        count._judge(w)

    with mock.patch.object(core, "PHASES", tuple(checked if p is core.count else p for p in core.PHASES)):
        shape = make_shape([(0, 0)], [5, 17], 1500, 750, 0, 60, 4)
        given = (shape, draw_parameters([0], TURNOVER), course(shape, BUSY, {}, 60))
        with np.errstate(over="ignore"):  # keyed draws wrap around
            result = core.run(*given, [-1])
    usual = core.run(*given, [-1])
    assert found > 100 and passed_over > 100
    assert result.reservations.tobytes() == usual.reservations.tobytes()


def test_who_meets_others_and_waits_again_in_one_week_is_listed_once():
    """Else they would have two turns in the queue, and could be paired with themselves."""
    shape = make_shape([(0, 0)], [5], 300, 300, 0, 10, 4)
    w = Week(make_state(shape, draw_parameters([0])), Timeline(np.array([0]), today_values(1)[None]), np.zeros(0, bool))
    w.people.stage[[3, 40, 299]] = Stage.WAITING
    around.look_around(w)
    assert w.found.active[: w.found.actives[0]].tolist() == [3, 40, 299]
    for i in (40, 0, 299, 298, 3):
        around.now_active(w, i)
    assert w.found.active[: w.found.actives[0]].tolist() == [3, 40, 299, 0, 298]
