"""A referrer: one of each kind per place or area; follows the outcomes of its own referrals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from sim.columns.state import RECENT_WEEKS
from sim.numbers.structure import NETWORK_KNOWS_QUARTER
from sim.rules.learn import follow, knowledge_next, outcome_share, told_by_outcomes, weight_of_own
from sim.rules.scale import to_area
from sim.vocabulary import Referral

if TYPE_CHECKING:
    from sim.agents.land import Area


class ReferrerBody(mesa.Agent):
    """General practice, link worker, acute trust, mental-health team, hospice or carers' service."""

    def __init__(self, model: Any, area: Area, knows: float, trusts: float, floor: float):
        super().__init__(model)
        self.area, self.knows, self.trusts, self.floor = area, knows, trusts, floor
        self.scale = (1, 1)  # of one of a place; that of an area sees all of it
        self.recent = [[0] * len(Referral) for _ in range(RECENT_WEEKS)]

    def note(self, column: Referral) -> None:
        """One of its own referrals came so far."""
        self.recent[self.model.week % RECENT_WEEKS][column] += 1

    def learn(self) -> None:
        """Confidence follows own referrals of RECENT_WEEKS; knowledge fades and is refreshed."""
        par = self.model.par
        seen = [to_area(sum(column), *self.scale) for column in zip(*self.recent, strict=True)]
        referred, offered, in_time, gave_up = seen
        good = float(outcome_share(offered, in_time, gave_up, referred))
        self.trusts = float(follow(self.trusts, good, par.trust_speed * float(weight_of_own(referred))))
        self.knows = float(
            knowledge_next(
                self.knows,
                self.floor,
                par.turnover_week,
                par.tell_rate,
                self.area.policy.directory,
                told_by_outcomes(in_time),
            )
        )
        self.recent[(self.model.week + 1) % RECENT_WEEKS] = [0] * len(Referral)

    def network(self) -> None:
        """What areas learn from each other."""
        self.knows = min(
            1.0, self.knows + NETWORK_KNOWS_QUARTER * self.area.policy.learning_network * (1.0 - self.knows)
        )
