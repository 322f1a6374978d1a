"""Rules of the phase `fund`: money in whole pence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sim.compiled import rule
from sim.numbers.levers import BY_NAME
from sim.numbers.structure import COMMISSION_CONVICTION
from sim.vocabulary import MONTHS, QUARTER, YEAR

MOST = (1 << 63) - 1  # of 64 bits
DEMAND = 3
NEEDS_TOLD = (1, 2)  # rules of `award_weights` that look at the people whom an organisation serves
SHORT_TODAY = 1.0 - BY_NAME["core_cost_share"].today


@rule
def award_weight(rule: int, last: int, need: int, deprived: int, queue: int, starts: int) -> int:
    """The weight of one applicant when a payer divides money: a whole number.

    `rule`: 0 historic (last award, pence), 1 need (people with the needs served), 2 equity (of them,
    in the most deprived two fifths), 3 demand (people waiting), 4 performance (starts in 26 weeks).
    """
    return (last + 100, need + 1, deprived + 1, queue + 1, starts + 1)[rule]


@rule
def part_of(total: int, weight: int, whole: int) -> tuple[int, int]:
    """(pence, what is left over) of `total` * `weight` / `whole`, also where the product passes 64 bits."""
    if weight <= 0 or total <= MOST // weight:
        return total * weight // whole, total * weight % whole
    pence = over = 0
    for bit in range(62, -1, -1):
        pence, over = 2 * pence, 2 * over + (total >> bit & 1) * weight
        pence, over = pence + over // whole, over % whole
    return pence, over


@rule
def share_out(total: int, weights: Any, shares: Any, over: Any) -> None:
    """Fill `shares`: `total` pence by largest remainder; ties go to the earlier. They add up to `total`.

    Lists or arrays of whole numbers, all as long; `over` is for remainders.
    """
    whole = 0
    for k in range(len(weights)):
        shares[k] = 0
        whole += weights[k]
    if total <= 0 or whole <= 0:
        return
    left = total
    for k in range(len(weights)):
        shares[k], over[k] = part_of(total, weights[k], whole)
        left -= shares[k]
    for _ in range(left):
        most = 0
        for k in range(1, len(weights)):
            if over[k] > over[most]:
                most = k
        shares[most] += 1
        over[most] = -1


def divide(total: int, weights: Sequence[int]) -> list[int]:
    """`share_out` as a list, for an agent."""
    shares, over = [0] * len(weights), [0] * len(weights)
    share_out(total, weights, shares, over)
    return shares


@rule
def worth(award: float, shortfall: float, core_cost_share: float, lost: float) -> float:
    """Pounds of an award that reach its purpose: less where the award falls short of full cost.

    `core_cost_share` at today's value leaves the shortfall as drawn, full cover removes it, and below today's it grows in
    proportion, up to the whole award; `lost` is the share of it that the award itself must make good (the rest comes from elsewhere).
    """
    short = min(1.0, shortfall * max(0.0, (1.0 - core_cost_share) / SHORT_TODAY))
    return award * (1.0 - short * lost)


@rule
def core_share(
    overhead: float, contract_overhead: float, contract: float, evaluation: float, team: float, together: float
) -> float:
    """Share of money that running an organisation takes. `contract` is the share of it that is contracts;
    `together` 0 apart, 1 a shared pathway, 2 one team, each at `team` more of coordinators' time."""
    return min(1.0, overhead + contract_overhead * contract + evaluation + team * together)


@rule
def running_costs(needed: float, before: float, fall: float) -> int:
    """Pence a week of rent, management and governance: they follow income up at once, down only slowly."""
    return math.floor(max(needed, before * (1.0 - fall)))


@rule
def cannot_pay(cash: int, income: int, cost: int) -> bool:
    """True where cash and a month's income are less than a month's costs (a month is 52 / 12 weeks)."""
    return cash * MONTHS + (income - cost) * YEAR < 0


@rule
def paid_per_week(pot: int, units: int, price_pence: int) -> int:
    """Whole pence a week, over the next quarter, for the units (starts, completions) of the last one.

    At `price_pence` each while the pot lasts; 13 weeks of it never exceed the pot.
    """
    return min(pot, units * price_pence) // QUARTER


@rule
def week_pence(gbp_year: float) -> float:
    """Pence a week of pounds a year."""
    return gbp_year * 100.0 / YEAR


@rule
def split(nhs: bool, paid_share: float, supervise: float, nhs_paid: float, coordination: float) -> tuple[float, float]:
    """(paid peer workers, coordinators) as shares of the money for delivery; the rest is volunteers' costs.

    An NHS team (`nhs` 1) pays `nhs_paid` of it to peer workers; elsewhere `supervise` goes to coordinators and
    `paid_share` of the rest to peer workers. Of what is left for volunteers, `coordination` goes to coordinators too.
    """
    if nhs:
        return nhs_paid, (1.0 - nhs_paid) * coordination
    theirs = supervise + (1.0 - supervise) * (1.0 - paid_share) * coordination
    return paid_share * (1.0 - supervise), theirs


@rule
def set_aside(budget: int, personal: float, outcome: float) -> tuple[int, int]:
    """Whole pence a week of the board's budget for personal budgets and for payment by outcome."""
    own = int(budget * min(1.0, personal))
    return own, min(budget - own, int(budget * min(1.0, outcome)))


@rule
def ways_in_pence_week(
    adults: float,
    directory: float,
    campaign: float,
    put_forward: float,
    directory_gbp: float,
    campaign_gbp: float,
    referral_gbp: float,
) -> int:
    """Whole pence this week for a directory, publicity and the staff time of putting people forward.

    `directory` a share of people, `campaign` a share of adults a year; prices GBP per adult per year, per adult
    reached and per person put forward.
    """
    yearly = adults * (directory * directory_gbp + campaign * campaign_gbp)
    return math.floor(yearly * 100.0 / YEAR + put_forward * referral_gbp * 100.0)


@rule
def development_pence_week(
    adults: float,
    founding: float,
    keeping: float,
    recruiting: float,
    clinics: float,
    prices: tuple[float, float, float, float, float],
) -> int:
    """Whole pence this week for help beyond today's: founding and keeping groups, recruiting, peers in clinics.

    `founding` and `recruiting` are times today's (1 costs nothing more); `keeping` and `clinics` shares. `prices`:
    GBP per 10,000 adults per year of the first three, posts per 10,000 adults and GBP per post of the last.
    """
    found, keep, recruit, posts, post_gbp = prices
    yearly = max(0.0, founding - 1.0) * found + keeping * keep + max(0.0, recruiting - 1.0) * recruit
    return math.floor(adults / 10_000.0 * (yearly + clinics * posts * post_gbp) * 100.0 / YEAR)


@rule
def commissions(conviction: float) -> bool:
    """Whether a board of this conviction (0 to 1) commissions."""
    return conviction >= COMMISSION_CONVICTION


@rule
def commissioned(conviction: float) -> float:
    """Times its budget that a board spends by conviction (0 to 1): nothing before it commissions, then in proportion."""
    return 2.0 * conviction if commissions(conviction) else 0.0
