"""A commissioner: one payer of one area. It divides what is free among those who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.agents.land import Area
from sim.kinds import BUDGETS, Payer, Stage
from sim.rules.fund import award_weights, divide

if TYPE_CHECKING:
    from sim.agents.organisation import Organisation

YEAR = 52


class Commissioner(mesa.Agent):
    """The NHS board, councils, NHS trusts or charitable funders of an area."""

    def __init__(self, model: Any, area: Area, payer: Payer):
        super().__init__(model)
        self.area, self.payer = area, payer

    def budget(self) -> int:
        """Pence a week for peer support in the places simulated."""
        policy, model = self.area.policy, self.model
        growth = 1.0
        for _ in range(max(0, (model.week - model.shape.burn_in) // YEAR)):
            growth *= 1.0 + policy.budget_growth
        gbp = getattr(policy, BUDGETS[self.payer]) * growth * (1.0 - policy.cut)
        if self.payer == Payer.BOARD:
            gbp *= 1.0 - policy.personal_budget_share - policy.outcome_payment_share
            if policy.conviction >= 1:
                gbp *= self.area.conviction
        return int(gbp * 100.0 * self.area.adults) // YEAR

    def commission(self) -> None:
        """Award what is free to those whose award has ended, in whole pence."""
        mine = [org for org in self.model.organisations if org.area is self.area]
        applicants = [org for org in mine if org.asks(self.payer)]
        if not applicants:
            return
        for org in applicants:
            org.award[self.payer] = 0
        free = self.budget() - sum(org.award[self.payer] for org in mine)
        shares = divide(free, self._weights(applicants))
        for org, share in zip(applicants, shares.tolist(), strict=True):
            self._award(org, share)

    def _award(self, org: Organisation, share: int) -> None:
        now, payer = self.model.week, self.payer
        org.award[payer] = org.last_award[payer] = share
        if now == 0:
            org.award_end[payer] = max(1, org.award_end[payer])
        else:
            org.award_end[payer] = now + max(1, int(self.area.policy.award_years * YEAR))
        if share > 0:
            org.open = True

    def _weights(self, applicants: list[Organisation]) -> np.ndarray:
        """Weights by the area's rule: last award, need, need where deprived, queue, or starts."""
        queue = dict.fromkeys(applicants, 0)
        for person in self.model.at[Stage.WAITING]:
            if person.host in queue:
                queue[person.host] += 1
        told = [self.model.told_needs(org) for org in applicants]
        columns = (
            [org.last_award[self.payer] for org in applicants], [need for need, _ in told],
            [deprived for _, deprived in told], list(queue.values()), [org.starts for org in applicants],
        )  # fmt: skip
        return award_weights(int(self.area.policy.allocation), *(np.array(c, np.int64) for c in columns))
