"""A class of one's own in the Mesa model: it is the one that acts, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
from histories import BUSY, TURNOVER, course, first_difference

from sim.agents.commissioner import Commissioner
from sim.agents.group import Group
from sim.agents.model import Agents, PeerSupportModel, run
from sim.agents.organisation import Organisation
from sim.agents.person import Person
from sim.agents.referrer import ReferrerBody
from sim.agents.supporter import Supporter
from sim.columns.start import make_shape
from sim.numbers.parameters import draw_parameters
from sim.vocabulary import Event

SHAPE = make_shape([(0, 0)], [5], 800, 800, 0, 52, 3)
PAR = draw_parameters([0], TURNOVER)
POLICY = course(SHAPE, BUSY, {}, 13)


class Reluctant(Person):
    """Would never accept what is offered, unless they come back."""

    def would(self) -> tuple[bool, bool]:
        """(accepts, comes)."""
        accepts, comes = super().would()
        return accepts and self.returning == 1, comes


def test_a_rule_of_ones_own_is_the_one_that_acts():
    usual, own = (run(SHAPE, PAR, POLICY, [-1], agents=agents) for agents in (Agents(), Agents(person=Reluctant)))
    assert own.column("n_declined").sum() > usual.column("n_declined").sum() > 0
    assert own.column("with_volunteer_or_paid").sum() == 0 < usual.column("with_volunteer_or_paid").sum()


def test_nothing_else_changes_until_it_acts():
    usual, own = (run(SHAPE, PAR, POLICY, [-1], agents=agents) for agents in (Agents(), Agents(person=Reluctant)))
    apart = {tuple(row) for row in usual.events.tolist()} ^ {tuple(row) for row in own.events.tolist()}
    first = min(row[0] for row in apart)
    assert {Event(row[2]) for row in apart if row[0] == first} <= {
        Event.OFFERED,  # whoever would pair up is offered it when matched, and whoever declines it at once
        Event.DECLINED,
        Event.NEVER_CAME,
        Event.STARTED,
        Event.BETTER,
        Event.WORSE,
    }
    life = [Event.DIED, Event.MOVED, Event.CONDITION, Event.WANTS]
    same = [result.events[np.isin(result.events[:, 2], life)] for result in (usual, own)]
    assert np.array_equal(*same)


@pytest.mark.parametrize(
    ("kind", "usual"),
    [
        ("person", Person),
        ("group", Group),
        ("organisation", Organisation),
        ("supporter", Supporter),
        ("referrer", ReferrerBody),
        ("commissioner", Commissioner),
    ],
)
def test_every_agent_of_a_kind_is_of_the_class_given(kind: str, usual: type):
    mine = type("Mine", (usual,), {})
    model = PeerSupportModel(SHAPE, PAR, POLICY, agents=Agents(**{kind: mine}))
    for _ in range(40):
        model.step()
    found = [agent for agent in model.agents if isinstance(agent, usual)]
    assert found and all(type(agent) is mine for agent in found)
    model.forget()


def test_a_subclass_that_changes_nothing_has_the_same_history():
    mine = Agents(person=type("Mine", (Person,), {}), group=type("Mine", (Group,), {}))
    assert not first_difference(run(SHAPE, PAR, POLICY, [-1]), run(SHAPE, PAR, POLICY, [-1], agents=mine))
