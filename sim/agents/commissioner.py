"""A commissioner: one payer of one area. It divides what is free among those who ask. Pence of the area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from sim.agents.land import Area
from sim.agents.ledger import book_payer
from sim.rules.award import measured_by
from sim.rules.fund import DEMAND, NEEDS_TOLD, QUARTER, award_weight, commissioned, divide, paid_per_week, set_aside
from sim.rules.ledger import PAYER_LINES, PayerLine
from sim.rules.scale import to_area
from sim.vocabulary import BUDGETS, YEAR, Award, Payer, Stage

if TYPE_CHECKING:
    from sim.agents.organisation import Organisation


class Commissioner(mesa.Agent):
    """The NHS board, councils, NHS trusts or charitable funders of an area.

    `to_award` is this week's budget for awards, `aside` what the board sets aside for personal budgets and for
    payment by outcome, `pots` what of that is not paid yet, `unspent` what it has of its financial year: whole pence.
    """

    def __init__(self, model: Any, area: Area, payer: Payer):
        super().__init__(model)
        self.area, self.payer = area, payer
        self.to_award, self.aside, self.pots, self.unspent = 0, (0, 0), [0, 0], 0
        self.ledger, self.years = [0] * PAYER_LINES, list[list[int]]()  # of the year at hand, and of those before

    def set_budget(self) -> None:
        """Pence a week for peer support in the area."""
        policy, model = self.area.policy, self.model
        growth = 1.0
        for _ in range(model.shape.aprils(model.week)):
            growth *= 1.0 + policy.budget_growth
        gbp = getattr(policy, BUDGETS[self.payer]) * growth * (1.0 - policy.cut)
        if self.payer == Payer.BOARD and policy.conviction >= 1:
            gbp *= float(commissioned(self.area.conviction))
        whole = int(gbp * 100.0 * self.area.all_adults) // YEAR
        if self.payer == Payer.BOARD:
            self.aside = set_aside(whole, policy.personal_budget_share, policy.outcome_payment_share)
        self.to_award = whole - sum(self.aside)

    # ---- awards

    def commission(self) -> None:
        """Award what is free: to those whose award has ended, then to all it pays who are below their share."""
        if self.area.held:
            return
        mine = [org for org in self.model.organisations if org.area is self.area]
        if self.model.shape.is_april(self.model.week):
            self._keep_within(mine)
        for org in mine:
            self._has_back(org.area_pence(org.gives_back(self.payer)))
            org.hears(self.payer, self.to_award)
        free = self.to_award - sum(
            org.area_pence(org.promised(self.payer)) + org.area_pence(org.kept(self.payer)) for org in mine
        )
        crumbs = sum(org.area_pence(1) - 1 for org in mine if org.pays >> self.payer & 1)
        if free > crumbs:  # so little is left where each has its share in whole pence
            self._share_out([org for org in mine if org.asks(self.payer)], free)

    def _has_back(self, pence: int) -> None:
        """What a payer spends is what it does not have back."""
        self.area.spent[self.payer] -= pence
        self.ledger[PayerLine.RETURNED] += pence
        self.ledger[PayerLine.AWARDED] += pence

    def _keep_within(self, mine: list[Organisation]) -> None:
        """Each April: who has promised more than it now has pays what it has, in proportion."""
        holding = [org for org in mine if org.award[self.payer] > 0]
        weights = [org.area_pence(org.award[self.payer]) for org in holding]
        if sum(weights) <= self.to_award:
            return
        for org, pence in zip(holding, divide(self.to_award, weights), strict=True):
            org.award[self.payer] = org.last_award[self.payer] = org.own_pence(pence)

    def _share_out(self, asking: list[Organisation], free: int) -> None:
        """Shares of the whole budget by the area's rule; new awards first, the rest to those below their share."""
        shares = dict(zip(asking, divide(self.to_award, self._weights(asking)), strict=True))
        due = [org for org in asking if org.due(self.payer)]
        given = [shares[org] for org in due]
        if sum(given) > free:
            given = divide(free, given)
        weeks = max(1, int(self.area.policy.award_years * YEAR))
        for org, pence in zip(due, given, strict=True):
            org.given(self.payer, org.own_pence(pence))
            if org.award[self.payer] > 0:
                org.award_end[self.payer] = self.model.week + weeks
                org.award_stage[self.payer] = Award.RUNS
        gaps = [
            0 if org.away(self.payer) else max(0, shares[org] - org.area_pence(org.promised(self.payer)))
            for org in asking
        ]
        for org, pence in zip(asking, divide(min(free - sum(given), sum(gaps)), gaps), strict=True):
            org.given(self.payer, org.own_pence(pence))

    def _weights(self, asking: list[Organisation]) -> list[int]:
        """Weights by the area's rule: last award, need, need where deprived, queue, or starts."""
        rule = int(self.area.policy.allocation)
        told = [self.model.told_needs(org) if rule in NEEDS_TOLD else (0, 0) for org in asking]
        queue = dict.fromkeys(asking, 0)
        for person in self.model.at[Stage.WAITING] if rule == DEMAND else ():
            if person.host in queue:
                queue[person.host] += 1
        return [
            award_weight(rule, self._last(org), need, deprived, org.sees(queue[org]), org.sees(org.starts))
            * org.stands_for
            for org, (need, deprived) in zip(asking, told, strict=True)
        ]

    def _last(self, org: Organisation) -> int:
        """Pence a week by which it measures an organisation, where it goes by last awards."""
        first = self.model.par.first_award_gbp
        return int(measured_by(org.last_award[self.payer], org.award_stage[self.payer], first))

    # ---- payment by person

    def pay_by_person(self) -> None:
        """Each quarter: what personal budgets and payment by outcome pay weekly, for the quarter that is over."""
        mine = [org for org in self.model.organisations if org.area is self.area]
        if self.model.week % QUARTER == 0:
            for k in (0, 1):
                self._set_tariffs(mine, k)
        come_in = (0, 0) if self.area.held else self.aside
        self.pots = [
            pot + new - sum(org.area_pence(org.tariff[k]) for org in mine)
            for k, (pot, new) in enumerate(zip(self.pots, come_in, strict=True))
        ]

    def _set_tariffs(self, mine: list[Organisation], k: int) -> None:
        par = self.model.par
        earning = [org for org in mine if org.open and not org.nhs and org.units[k] > 0]
        units = [org.units[k] for org in earning]
        price = int((par.personal_budget_gbp, par.outcome_gbp)[k] * 100.0)
        weekly = divide(paid_per_week(self.pots[k], to_area(sum(units), *self.area.scale), price), units)
        for org in mine:
            org.tariff[k] = org.units[k] = 0
        for org, pence in zip(earning, weekly, strict=True):
            org.tariff[k] = org.own_pence(pence)

    def account(self) -> None:
        """What was paid this week and what was not, after organisations were paid."""
        area = self.area
        area.unspent += self.to_award + sum(self.aside) - area.spent[self.payer]
        book_payer(self, self.model.shape.is_april(self.model.week + 1))
