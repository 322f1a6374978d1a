"""Six people, one group with three free seats, one volunteer with one place: the same story told to either engine.

A story calls what happens to people by name, week by week; the count does the rest. `rows` is what it wrote down.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sim.agents import counts
from sim.agents import model as agents
from sim.agents.phases import _look as look_of_agents
from sim.columns.start import make_shape, make_state
from sim.columns.state import GROUP_TYPES, SUPPORTER_TYPES, Groups, Supporters, append, rows
from sim.core import count as core_count
from sim.core.parts import counting, due, supply, wants
from sim.core.week import Week
from sim.numbers.levers import INDEX, Timeline, today_values
from sim.numbers.parameters import draw_parameters
from sim.tables import NEVER
from sim.vocabulary import NEEDS, Known, Offer, Post, Stage, Want

NEED, SEATS, WEEKS = NEEDS.index("diabetes"), 3, 60
GROUP_SIZE = 15
ALIKE = {
    "group_size": float(GROUP_SIZE),
    "group_size_spread": 0.0,
    "group_reach": 0.0,
    "group_known": 1.0,
    "group_settles": 1.0,
}
"""Groups that all hold as many, of which everybody knows, to which all could come and in which all settle."""
FIXED = ALIKE | {"groups_per_place": 0.0, "orgs_per_place": 0.0, "group_stay_weeks": 5.4, "target_weeks": 12.0}
SHAPE = replace(make_shape([(0, 0)], [5], 6, 6, 0, WEEKS, 1), as_area=False)
ORG = 4  # of those of every area: it serves conditions of the body


def course(sessions: dict[int, int]) -> Timeline:
    """Today's policy, but everybody may refer themselves, and `sessions` by week."""
    values = today_values(1)
    values[INDEX["self_referral"]] = 1.0
    each = [values.copy() for _ in sessions]
    for one, many in zip(each, sessions.values(), strict=True):
        one[INDEX["sessions"]] = many
    return Timeline(np.array(list(sessions)), np.stack(each))


def supporter(org: int) -> dict[str, Any]:
    """A volunteer with the experience and one place."""
    new = rows(Supporters, SUPPORTER_TYPES, 1)
    one = {"org": org, "whog": 77, "experience": NEED, "capacity": 1, "here": 1, "state": Post.ACTIVE}
    for name, value in one.items():
        new[name][:] = value
    return new


class InCore:
    """The story in the fast engine's columns."""

    def __init__(self, sessions: dict[int, int], chooses: dict[int, tuple[Offer, ...]]):
        state = make_state(SHAPE, draw_parameters([0], FIXED))
        state.orgs.open[:] = np.arange(len(state.orgs.open)) == ORG
        group = rows(Groups, GROUP_TYPES, 1)
        for name, value in (("need", NEED), ("members", GROUP_SIZE - SEATS), ("organisers", 2), ("open", True)):
            group[name][:] = value
        append(state.groups, group)
        append(state.supporters, supporter(ORG))
        self.w = w = Week(state, course(sessions), np.ones(6, bool))
        w.people.access[:], w.people.offline[:] = 0, 1
        for i, offers in chooses.items():
            w.people.chooses[i] = sum(1 << offer for offer in offers)

    def week(self, now: int) -> None:
        """Begin a week: everybody looks."""
        w = self.w
        w.start_week(now)
        w.make_room()
        w.found.actives[:] = 0
        supply.fit(w)
        with np.errstate(over="ignore"):
            due.call(w)
            supply.look(w)

    def knows(self, i: int) -> None:
        """From now somebody knows of what exists."""
        self.w.people.known_to[[Known.GROUPS, Known.SERVICES], i] = NEVER

    def wants(self, i: int, weeks: int) -> None:
        """A latent want begins, of so many weeks."""
        w, people = self.w, self.w.people
        people.want_kind[i], people.want_need[i], people.match[i] = Want.LATENT, NEED, NEED
        people.stage[i], people.want_start[i] = Stage.WANTING, w.now
        people.want_until[i] = people.latent_until[i] = w.now + weeks
        counting.seek(w, i, 0, 12, wants.can_manage(w, i, 0))

    def passes(self, i: int) -> None:
        """Its natural length is over."""
        counting.judge_ended(self.w, i, 0, False)
        self.w.people.want_kind[i], self.w.people.stage[i] = Want.NONE, Stage.IDLE

    def declines(self, i: int) -> None:
        """Somebody is offered the volunteer's place and does not take it."""
        w = self.w
        counting.count_offer(w, i, 0, wants.can_manage(w, i, 0), Offer.VOLUNTEER, NEED)
        w.people.want_kind[i], w.people.stage[i] = Want.NONE, Stage.IDLE
        from sim.core.hosts import fit_hosts

        fit_hosts(w.hosts, 1, len(w.orgs.open))
        w.hosts.used[ORG, 0, NEED] += 1

    def loses_volunteer(self) -> None:
        """The volunteer leaves."""
        self.w.supporters.state[0] = Post.LEFT

    def count(self) -> None:
        """The phase."""
        core_count.count(self.w)

    def rows(self) -> list[tuple[int, ...]]:
        """What was written down, in order."""
        return sorted(map(tuple, self.w.hosts.log[: self.w.hosts.kept[0]].tolist()))


class InAgents:
    """The story among agents."""

    def __init__(self, sessions: dict[int, int], chooses: dict[int, tuple[Offer, ...]]):
        self.m = m = agents.PeerSupportModel(SHAPE, draw_parameters([0], FIXED), course(sessions), [-1])
        for org in m.organisations:
            org.open = org.number == ORG
        self.org = m.organisations[ORG]
        group = agents.Group(m, 0, m.places[0], NEED, 0, 0)
        group.members = GROUP_SIZE - SEATS
        m.groups = [group]
        self.org.adopt({name: column[0].tolist() for name, column in supporter(ORG).items()})
        for i, offers in chooses.items():
            m.everyone[i].chooses = sum(1 << offer for offer in offers)
            m.everyone[i].access, m.everyone[i].offline = 0, 1

    def week(self, now: int) -> None:
        """Begin a week: everybody looks."""
        self.m.week = now
        self.m.start_week()
        look_of_agents(self.m)

    def knows(self, i: int) -> None:
        """From now somebody knows of what exists."""
        self.m.everyone[i].known_to[:2] = [NEVER, NEVER]

    def wants(self, i: int, weeks: int) -> None:
        """A latent want begins, of so many weeks."""
        person, now = self.m.everyone[i], self.m.week
        person.want_kind, person.want_need, person.match = Want.LATENT, NEED, NEED
        person.go(Stage.WANTING)
        person.want_start, person.want_until, person.latent_until = now, now + weeks, now + weeks
        counts.begin(person)

    def passes(self, i: int) -> None:
        """Its natural length is over."""
        person = self.m.everyone[i]
        counts.judge_ended(person)
        person.want_kind = Want.NONE
        person.go(Stage.IDLE)

    def declines(self, i: int) -> None:
        """Somebody is offered the volunteer's place and does not take it."""
        person = self.m.everyone[i]
        counts.not_taken(person, Offer.VOLUNTEER, NEED)
        person.want_kind = Want.NONE
        person.go(Stage.IDLE)
        self.org.used[Offer.VOLUNTEER, NEED] = 1

    def loses_volunteer(self) -> None:
        """The volunteer leaves."""
        self.org.supporters[0].go()

    def count(self) -> None:
        """The phase."""
        counts.count(self.m)

    def rows(self) -> list[tuple[int, ...]]:
        """What was written down, in order."""
        return sorted(self.m.record.reservations)
