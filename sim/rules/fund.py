"""Rules of the phase `fund`: money in whole pence."""

from __future__ import annotations

import numpy as np

from sim.numbers.levers import BY_NAME
from sim.numbers.parameters import Column
from sim.numbers.structure import COMMISSION_CONVICTION
from sim.vocabulary import MONTHS, YEAR

QUARTER = 13
DEMAND = 3
NEEDS_TOLD = (1, 2)  # rules of `award_weights` that look at the people whom an organisation serves
SHORT_TODAY = 1.0 - BY_NAME["core_cost_share"].today


def award_weights(
    rule: int, last: np.ndarray, need: np.ndarray, deprived: np.ndarray, queue: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    """int64[n] weights by which a payer divides money between applicants.

    `rule`: 0 historic (last award, pence), 1 need (people with the needs served), 2 equity (of them,
    in the most deprived two fifths), 3 demand (people waiting), 4 performance (starts in 26 weeks).
    """
    chosen = (last + 100, need + 1, deprived + 1, queue + 1, starts + 1)[rule]
    return np.asarray(chosen, dtype=np.int64)


def divide(total: int, weights: np.ndarray) -> np.ndarray:
    """int64[n]: `total` pence by largest remainder; ties go to the earlier. Sums to `total`."""
    whole = int(weights.sum())
    if total <= 0 or whole <= 0:
        return np.zeros(len(weights), dtype=np.int64)
    parts = [divmod(total * int(w), whole) for w in weights]
    shares = np.array([q for q, _ in parts], dtype=np.int64)
    left = total - int(shares.sum())
    order = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    shares[order[:left]] += 1
    return shares


def worth(award: Column, shortfall: Column, core_cost_share: Column, lost: Column) -> Column:
    """Pounds of an award that reach its purpose: less where the award falls short of full cost.

    `core_cost_share` at today's value leaves the shortfall as drawn, full cover removes it; `lost` is the
    share of the shortfall that the award itself must make good (the rest comes from elsewhere).
    """
    short = np.minimum(1.0, np.maximum(0.0, (1.0 - core_cost_share) / SHORT_TODAY))
    return award * (1.0 - shortfall * short * lost)


def core_share(
    overhead: Column, contract_overhead: Column, contract: Column, evaluation: Column, team: Column, together: Column
) -> Column:
    """Share of money that running an organisation takes. `contract` is the share of it that is contracts;
    `together` 0 apart, 1 a shared pathway, 2 one team, each at `team` more of coordinators' time."""
    return np.minimum(1.0, overhead + contract_overhead * contract + evaluation + team * together)


def running_costs(needed: Column, before: Column, fall: Column) -> Column:
    """Pence a week of rent, management and governance: they follow income up at once, down only slowly."""
    return np.floor(np.maximum(needed, before * (1.0 - fall)))


def cannot_pay(cash: Column, income: Column, cost: Column) -> Column:
    """True where cash and a month's income are less than a month's costs (a month is 52 / 12 weeks)."""
    return cash * MONTHS + (income - cost) * YEAR < 0


def paid_per_week(pot: int, units: int, price_pence: int) -> int:
    """Whole pence a week, over the next quarter, for the units (starts, completions) of the last one.

    At `price_pence` each while the pot lasts; 13 weeks of it never exceed the pot.
    """
    return min(pot, units * price_pence) // QUARTER


def split(
    nhs: Column, paid_share: Column, supervise: Column, nhs_paid: Column, coordination: Column
) -> tuple[Column, Column]:
    """(paid peer workers, coordinators) as shares of the money for delivery; the rest is volunteers' costs.

    An NHS team (`nhs` 1) pays `nhs_paid` of it to peer workers; elsewhere `supervise` goes to coordinators and
    `paid_share` of the rest to peer workers. Of what is left for volunteers, `coordination` goes to coordinators too.
    """
    paid = np.where(nhs == 1, nhs_paid, paid_share * (1.0 - supervise))
    theirs = supervise + (1.0 - supervise) * (1.0 - paid_share) * coordination
    return paid, np.where(nhs == 1, (1.0 - nhs_paid) * coordination, theirs)


def set_aside(budget: int, personal: float, outcome: float) -> tuple[int, int]:
    """Whole pence a week of the board's budget for personal budgets and for payment by outcome."""
    own = int(budget * min(1.0, personal))
    return own, min(budget - own, int(budget * min(1.0, outcome)))


def ways_in_pence_week(
    adults: Column,
    directory: Column,
    campaign: Column,
    put_forward: Column,
    directory_gbp: Column,
    campaign_gbp: Column,
    referral_gbp: Column,
) -> Column:
    """Whole pence this week for a directory, publicity and the staff time of putting people forward.

    `directory` a share of people, `campaign` a share of adults a year; prices GBP per adult per year, per adult
    reached and per person put forward.
    """
    yearly = adults * (directory * directory_gbp + campaign * campaign_gbp)
    return np.floor(yearly * 100.0 / YEAR + put_forward * referral_gbp * 100.0)


def development_pence_week(
    adults: Column,
    founding: Column,
    keeping: Column,
    recruiting: Column,
    clinics: Column,
    prices: tuple[Column, Column, Column, Column, Column],
) -> Column:
    """Whole pence this week for help beyond today's: founding and keeping groups, recruiting, peers in clinics.

    `founding` and `recruiting` are times today's (1 costs nothing more); `keeping` and `clinics` shares. `prices`:
    GBP per 10,000 adults per year of the first three, posts per 10,000 adults and GBP per post of the last.
    """
    found, keep, recruit, posts, post_gbp = prices
    yearly = np.maximum(0.0, founding - 1.0) * found + keeping * keep + np.maximum(0.0, recruiting - 1.0) * recruit
    return np.floor(adults / 10_000.0 * (yearly + clinics * posts * post_gbp) * 100.0 / YEAR)


def commissions(conviction: Column) -> Column:
    """Whether a board of this conviction (0 to 1) commissions."""
    return conviction >= COMMISSION_CONVICTION


def commissioned(conviction: Column) -> Column:
    """Times its budget that a board spends by conviction (0 to 1): nothing before it commissions, then in proportion."""
    return np.where(commissions(conviction), 2.0 * conviction, 0.0)
