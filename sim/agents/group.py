"""A mutual group: members give and receive; organisers keep it going."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from sim import draws
from sim.agents.land import SUIT_ROWS
from sim.draws import Purpose
from sim.numbers.structure import GROUP_SIZE
from sim.rules.staff import folding_chance

if TYPE_CHECKING:
    from sim.agents.land import Place


class Group(mesa.Agent):
    """One mutual group of a place; `need` is a needs group or ANY."""

    def __init__(self, model: Any, number: int, place: Place, need: int, ordinal: int, born: int):
        super().__init__(model)
        self.number, self.place, self.need, self.ordinal, self.born = number, place, need, ordinal, born
        self.members, self.organisers, self.open = 0, 2, True
        self.whog = draws.whog(place.base | ordinal)

    def _uniform(self, purpose: Purpose) -> float:
        return draws.uniform_one(self.model.seed_, purpose, self.model.week, self.whog)

    def live_on(self) -> bool:
        """Organisers leave and step up; whether the group folds this week."""
        if self.place.area.held:
            return False
        par, policy = self.model.par, self.place.area.policy
        self.organisers -= self._uniform(Purpose.ORGANISER_LEAVES) < par.organiser_leaves * self.organisers
        steps = self._uniform(Purpose.ORGANISER_STEPS_UP) < par.organiser_steps_up * self.members
        self.organisers += self.organisers < 2 and steps
        chance = folding_chance(
            self.model.week - self.born,
            self.members,
            par.group_fold_early,
            par.group_fold_later,
            par.fold_small,
            policy.group_keeping,
            par.grant_keeps,
            policy.group_grant,
        )
        return bool(self._uniform(Purpose.GROUP_FOLDS) < chance or self.organisers <= 0)

    def meets(self) -> bool:
        """Whether it can meet this week: which groups cannot, no policy decides."""
        u = draws.uniform_one(self.model.seed_, Purpose.MEETS, 0, self.whog)
        return u >= self.place.area.policy.face_to_face_closed

    def show(self) -> None:
        """Let the place see that it exists, and whether it has room."""
        if not self.meets():
            return
        place, now = self.place, self.model.week
        room = self.members < GROUP_SIZE
        if room:
            place.groups.append(self)
        for match, row in enumerate(SUIT_ROWS):
            if row[self.need]:
                place.group_exists[match] = now
                if room:
                    place.group_room[match] = now
