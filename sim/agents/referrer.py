"""A referrer: one of each kind per place or area; follows the outcomes of its own referrals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from sim.numbers.structure import NETWORK_KNOWS_QUARTER
from sim.rules.learn import habit_next, knowledge_next, outcome_share, trust_next, weight_of_own
from sim.rules.scale import to_area
from sim.vocabulary import RECENT_WEEKS, Referral

if TYPE_CHECKING:
    from sim.agents.land import Area


class ReferrerBody(mesa.Agent):
    """General practice, link worker, acute trust, mental-health team, hospice or carers' service."""

    def __init__(self, model: Any, area: Area, adults: int, in_clinic: bool, knows: float, trusts: float):
        super().__init__(model)
        self.area, self.adults, self.in_clinic = area, adults, in_clinic
        self.knows, self.trusts, self.declared, self.habit = knows, trusts, knows, 0.0
        self.scale = (1, 1)  # of one of a place; that of an area sees all of it
        self.recent = [[0] * len(Referral) for _ in range(RECENT_WEEKS)]

    def note(self, column: Referral) -> None:
        """One of its own referrals came so far."""
        self.recent[self.model.week % RECENT_WEEKS][column] += 1

    def learn(self) -> None:
        """By the outcomes of own referrals, by turnover, by a directory, by working beside peers."""
        par, policy = self.model.par, self.area.policy
        seen = [to_area(sum(column), *self.scale) for column in zip(*self.recent, strict=True)]
        _, offered, in_time, gave_up = seen
        good, weight = outcome_share(offered, in_time, gave_up), weight_of_own(offered + gave_up, self.adults)
        beside, turnover = par.beside_speed, par.turnover_week
        self.trusts = float(
            trust_next(self.trusts, good, weight, par.trust_speed, self.habit, beside, par.trust_start, turnover)
        )
        self.knows = float(knowledge_next(self.knows, self.declared, turnover, par.tell_rate, policy.directory))
        if self.in_clinic:
            clinics = policy.peers_in_clinics
            self.habit = float(habit_next(self.habit, clinics, good, weight, beside, par.beside_fade))
        self.recent[(self.model.week + 1) % RECENT_WEEKS] = [0] * len(Referral)

    def network(self) -> None:
        """What areas learn from each other."""
        self.knows = min(
            1.0, self.knows + NETWORK_KNOWS_QUARTER * self.area.policy.learning_network * (1.0 - self.knows)
        )
