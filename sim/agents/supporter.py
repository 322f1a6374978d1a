"""A supporter of an organisation: a volunteer or a paid peer worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from sim import draws
from sim.draws import Purpose
from sim.rules.staff import cannot_visit, paid_leaving, volunteer_leaving
from sim.vocabulary import Post

if TYPE_CHECKING:
    from sim.agents.organisation import Organisation


class Supporter(mesa.Agent):
    """One supporter; `state` is a `Post`; of `capacity` places, `here` are this run's."""

    def __init__(
        self,
        model: Any,
        org: Organisation,
        whog: int,
        paid: bool,
        experience: int,
        capacity: int,
        mfte: int,
        ready: int,
    ):
        super().__init__(model)
        self.org, self.whog, self.paid, self.experience = org, whog, paid, experience
        self.capacity, self.mfte, self.ready, self.started = capacity, mfte, ready, model.week
        self.here = capacity if org.home else draws.places_here(model.seed_, whog, capacity, *org.area.scale)
        self.state, self.load = Post.TRAINING, 0

    def leaves(self, stretched: bool) -> bool:
        """Whether they leave this week."""
        par, now = self.model.par, self.model.week
        if self.paid:
            chance = paid_leaving(par.leave_paid, self.org.weeks_left(), par.leave_contract_end)
        else:
            chance = volunteer_leaving(
                now - self.started, par.leave_early, par.leave_later, stretched, par.leave_overload
            )
        return bool(draws.uniform_one(self.model.seed_, Purpose.SUPPORTER_LEAVES, now, self.whog) < chance)

    def is_lost(self) -> bool:
        """Whether a recruit goes before supporting anybody: volunteers do, by a draw of their own."""
        u = draws.uniform_one(self.model.seed_, Purpose.RECRUIT_LOST, 0, self.whog)
        return not self.paid and bool(u < self.model.par.recruit_lost)

    def meets(self) -> bool:
        """Whether their visits go on, in person or by telephone or video."""
        shut = cannot_visit(self.org.area.policy.face_to_face_closed, self.model.par.remote_share)
        return bool(draws.uniform_one(self.model.seed_, Purpose.MEETS, 0, self.whog) >= shut)

    def go(self) -> None:
        """Leave."""
        self.state, self.load = Post.LEFT, 0

    def slot_tie(self) -> tuple[int, int]:
        """The keyed draw that orders free places."""
        return draws.bits_one(self.model.seed_, Purpose.SLOT_TIE, self.model.week, self.whog), self.whog
