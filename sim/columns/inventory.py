"""A local inventory as the model sees it: what stands where, what it costs, and which budgets it implies.

An inventory replaces the prior supply of its area. It is *held* as listed through the burn-in (nothing
opens, closes, joins or leaves), so that people have long lived with it when the policy begins; from
then on the model's own rules hold. All sums that decide anything are + - * / of floats, or whole numbers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from sim import draws
from sim.columns.listed import OFFERS, PAYERS, Inventory, Service
from sim.columns.state import Shape
from sim.draws import Purpose
from sim.numbers.levers import BY_NAME, INDEX
from sim.numbers.parameters import Parameters, draw_parameters
from sim.rules.fund import core_share, split, worth
from sim.vocabulary import BUDGETS, N_NEEDS, YEAR, Offer, Payer, Post

LAST_PLACE = 2047
IN_A_BLOCK = 16
"""Organisations that one key of a place can tell apart: `who` leaves them four bits."""


def body_key(shape: Shape, world: int, area: int, k: int) -> tuple[int, int]:
    """(base, ordinal) of the k-th organisation of an area's inventory: blocks counted down from the last place."""
    draw, replicate = shape.worlds[world]
    base = draws.pack(draw, replicate, shape.areas[area], LAST_PLACE - k // IN_A_BLOCK)
    return base, k % IN_A_BLOCK


def standing(shape: Shape, world: int, area: int, inventory: Inventory) -> dict[str, int]:
    """Place row of each neighbourhood, -1 where it is not among those simulated.

    Which of the area's places a named neighbourhood is, nobody has said: the first is drawn for each
    world and the others follow, so that all stand somewhere and n of N places hold n in N of them on average.
    """
    whole, part = shape.all_places[area], shape.n_places[area]
    base, _ = body_key(shape, world, area, 0)
    first = int(draws.uniform_one(shape.seed, Purpose.START_ORGS, 0, draws.whog(base)) * whole)
    before = world * shape.places + sum(shape.n_places[:area])
    numbers = [(first + i) % whole for i in range(len(inventory.neighbourhoods()))]
    rows = [before + number if number < part else -1 for number in numbers]
    return dict(zip(inventory.neighbourhoods(), rows, strict=True))


def share_of(number: int, part: int, whole: int, luck: float) -> int:
    """The whole part of `number` that falls to `part` of `whole` places; a fraction is settled by `luck`."""
    return number if part == whole else int(number * part / whole + luck)


# ---------------------------------------------------------------- money


def _today(name: str) -> float:
    return BY_NAME[name].today


def cost_pence_week(par: Parameters, places: int, nhs_team: bool, shortfall: float, from_board: bool) -> int:
    """Pence a week of income on which `places` last, by the rules of `fund` and `staff` under today's levers.

    In balance all income is spent: what running costs leave goes to paid posts and coordinators in the
    proportion in which they are planned, and to the volunteers whom coordinators supervise (their posts
    filled as far as recruits make up for leavers). `par` of one world.
    """
    paid, coordinate = split(
        nhs_team, _today("paid_share"), _today("supervision_share"), par.nhs_paid_share, par.volunteer_coordination
    )
    paid, coordinate = paid / (paid + coordinate), coordinate / (paid + coordinate)
    filled = par.fill_rate / (par.fill_rate + par.leave_later)
    volunteers = coordinate / par.coordinator_gbp_year * _today("supervision_ratio") * filled
    places_per_gbp = paid * par.paid_caseload / par.paid_gbp_year + volunteers * par.volunteer_caseload
    gbp = places / places_per_gbp * (1.0 + volunteers * par.volunteer_gbp_year)
    core = core_share(
        par.overhead_share,
        par.contract_overhead,
        _today("contract_share") * from_board,
        _today("evaluation_share"),
        par.team_cost,
        _today("working_together"),
    )
    return int(gbp * 100.0 / (YEAR * worth(1.0 - core, shortfall, _today("core_cost_share"), par.shortfall_lost)))


@cache
def _central() -> Parameters:
    return draw_parameters([0]).world(0)


def award_gbp_year(service: Service) -> int:
    """Pounds a year of the award: as listed, else what its places cost at the parameters' central values."""
    if service.funder not in PAYERS:
        return 0
    if service.gbp_year >= 0:
        return service.gbp_year
    board = service.funder == PAYERS[Payer.BOARD]
    return cost_pence_week(_central(), service.places, service.nhs_team, 0.0, board) * YEAR // 100


def budgets_gbp(inventory: Inventory) -> dict[Payer, int]:
    """Pounds a year that each payer gives the organisations listed."""
    listed = [s for s in inventory.services if s.organised]
    return {payer: sum(award_gbp_year(s) for s in listed if s.funder == PAYERS[payer]) for payer in Payer}


def local_levels(values: np.ndarray, inventory: Inventory, adults: int) -> np.ndarray:
    """Levers of one area (float64[..., n_levers]) with budgets and online places as listed under today's policy.

    Below today's value a lever scales what is listed; above it, what it adds per head is added. What the board sets
    aside for personal budgets comes on top of the awards listed.
    """
    out = values.copy()
    heads = {BUDGETS[payer]: gbp / adults for payer, gbp in budgets_gbp(inventory).items()}
    heads[BUDGETS[Payer.BOARD]] /= 1.0 - _today("personal_budget_share") - _today("outcome_payment_share")
    online = sum(s.places for s in inventory.of(Offer.ONLINE))
    for name, listed in (heads | {"online_places": online * 1000.0 / adults}).items():
        today, lever = _today(name), values[..., INDEX[name]]
        out[..., INDEX[name]] = np.where(lever <= today, listed * lever / today, listed + (lever - today))
    return out


# ---------------------------------------------------------------- rows of the state


def payers_of(service: Service, local: bool) -> int:
    """Bits of the payers it may ask: those the prior lets its kind ask, and the one that pays it."""
    usual = (Payer.TRUST,) if service.nhs_team else (Payer.CHARITY, Payer.COUNCIL if local else Payer.BOARD)
    bits = sum(1 << payer for payer in usual)
    return bits | (1 << PAYERS.index(service.funder) if service.funder in PAYERS else 0)


def awards(service: Service, shape: Shape, pence: int, luck: float) -> tuple[list[int], list[int]]:
    """(pence a week, week of the end) by payer. Nothing ends in the burn-in; a payer that gives nothing is asked later."""
    gives, ends = [0] * len(Payer), [shape.burn_in + 1 + int(luck * 78)] * len(Payer)
    if service.funder in PAYERS:
        payer = PAYERS.index(service.funder)
        gives[payer] = pence
        ends[payer] = shape.burn_in + service.end_week if service.end_week >= 0 else ends[payer]
    return gives, ends


def lever_luck(name: str, has: bool, luck: float) -> float:
    """Where an organisation stands in the order in which a lever reaches them: below today's value if it has it."""
    today = _today(name)
    return today * luck if has else today + (1.0 - today) * luck


def divided(places: int, parts: int) -> list[int]:
    """`places` in `parts` that differ by one at most, larger first."""
    return [places // parts + (i < places % parts) for i in range(parts)]


def posts(service: Service, places: int, par: Parameters) -> list[tuple[int, int]]:
    """(places, thousandths of a paid post) of each supporter; places add to `places`. `par` of one world."""
    if places <= 0 or service.offer == OFFERS[Offer.PAIR]:
        return []
    if service.offer == OFFERS[Offer.VOLUNTEER]:
        number = max(1, int(places / par.volunteer_caseload + 0.5))
        return [(n, 0) for n in divided(places, min(places, number))]
    mfte = max(1, int(1000.0 * places / par.paid_caseload + 0.5))
    number = min(places, -(-mfte // 1000))
    return list(zip(divided(places, number), divided(mfte, number), strict=True))


def supporter_rows(org: int, service: Service, places: int, par: Parameters, base: int, ordinal: int) -> dict[str, Any]:
    """Columns of `Supporters` for the people who give support at the start: active, their experience in turn."""
    each = posts(service, places, par)
    needs = [need for need in range(N_NEEDS) if service.mask >> need & 1]
    n = len(each)
    whog = [draws.whog(base | ordinal << 19 | i + 1) for i in range(n)]
    return {
        "org": [org] * n,
        "whog": np.array(whog, dtype=np.uint64),
        "paid": [int(service.offer == OFFERS[Offer.PAID])] * n,
        "experience": [needs[i % len(needs)] for i in range(n)],
        "capacity": [places for places, _ in each],
        "mfte": [mfte for _, mfte in each],
        "started": [0] * n,
        "ready": [0] * n,
        "state": [int(Post.ACTIVE)] * n,
        "load": [0] * n,
    }
