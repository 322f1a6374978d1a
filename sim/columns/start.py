"""The start of a run: people, what exists, who pays. Both engines begin from this same state."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import draws
from sim.columns.clock import acting_clock, idle_clock, life_rates
from sim.columns.inventory import (
    award_gbp_year,
    awards,
    body_key,
    cost_pence_week,
    lever_luck,
    payers_of,
    share_of,
    standing,
    supporter_rows,
)
from sim.columns.lean import find_leans
from sim.columns.listed import OFFERS, PAYERS, Inventory, Service, neighbourhood
from sim.columns.people import set_clocks, set_traits
from sim.columns.state import (
    AREA_KINDS,
    BURN_IN_WEEKS,
    GROUP_TYPES,
    ORG_TYPES,
    PLACE_KINDS,
    PLACE_SIZE,
    SPENT,
    SUPPORTER_TYPES,
    Groups,
    Organisations,
    Referrers,
    Shape,
    State,
    Supply,
    Supporters,
    append,
    empty_people,
    make_places,
    rows,
)
from sim.draws import Purpose
from sim.errors import UserError
from sim.numbers.parameters import Parameters
from sim.numbers.structure import GROUP_SMALLEST_PART, USUAL_QUALITY
from sim.people.population import communities, cut_cells, load_areas, places_in, whole_communities
from sim.rules.groups import FOUNDERS
from sim.rules.lean import leant, times_leant
from sim.rules.ledger import PAYER_LINES
from sim.tables import clock_mean
from sim.vocabulary import (
    ANY,
    N_EVENTS,
    N_MATCH,
    N_NEEDS,
    RECENT_WEEKS,
    YEAR,
    Award,
    Family,
    Offer,
    Payer,
    Referral,
    family_mask,
    mask_of,
)

AREA_WIDE = 2047
MOST_LOCAL = 15  # organisations of one place: their numbers have four bits of a key
_BODY, _MIND = family_mask(Family.BODY), family_mask(Family.MIND)
# The organisations of every area at the start (judgement): needs served, payers asked, NHS team or not.
AREA_ORGANISATIONS: tuple[tuple[int, tuple[Payer, ...], bool], ...] = (
    (_MIND, (Payer.TRUST,), True),
    (_BODY, (Payer.TRUST,), True),
    (mask_of("carers"), (Payer.COUNCIL,), False),
    (mask_of("advanced", "bereavement", "cancer"), (Payer.CHARITY, Payer.BOARD), False),
    (_BODY, (Payer.CHARITY, Payer.BOARD), False),
    (_MIND, (Payer.BOARD, Payer.COUNCIL), False),
)


def make_shape(
    worlds: list[tuple[int, int]],
    areas: list[int],
    people: int,
    place_size: int = PLACE_SIZE,
    burn_in: int = BURN_IN_WEEKS,
    weeks: int = 260,
    seed: int = 1,
) -> Shape:
    """Whole places for at least `people` adults a world, spread over the areas by their adults; in communities.

    Every area gets at least one place and none more than it has.
    """
    have = [places_in(a, place_size) for a in areas]
    wanted = min(max(-(-people // place_size), len(areas)), sum(have))
    counts = [1] * len(areas)
    while sum(counts) < wanted:
        short = [(h - c) / h if c < h else -1.0 for h, c in zip(have, counts, strict=True)]
        counts[int(np.argmax(short))] += 1
    in_place, size = communities(place_size)
    each = [
        whole_communities(n, h, in_place, size, int(load_areas().adults[a]))
        for n, h, a in zip(counts, have, areas, strict=True)
    ]
    here, there = zip(*each, strict=True)
    return Shape(tuple(worlds), tuple(areas), here, there, size, burn_in, weeks, seed, in_place=in_place)


def make_state(shape: Shape, par: Parameters) -> State:
    """The state in week 0, before the burn-in."""
    places = make_places(shape)
    state = State(
        shape,
        par,
        places,
        empty_people(shape.people),
        Groups(**rows(Groups, GROUP_TYPES, 0)),
        Organisations(**rows(Organisations, ORG_TYPES, 0)),
        Supporters(**rows(Supporters, SUPPORTER_TYPES, 0)),
        _empty_referrers(len(places.world), n_area_rows(shape)),
        _empty_supply(len(places.world)),
        conviction=_convictions(shape, par),
        online_members=np.zeros(n_area_rows(shape), np.int64),
        spent=np.zeros((n_area_rows(shape), SPENT), np.int64),
        pots=np.zeros((n_area_rows(shape), 2), np.int64),
        unspent=np.zeros((n_area_rows(shape), len(Payer)), np.int64),
        ledger=np.zeros((n_area_rows(shape), len(Payer), PAYER_LINES), np.int64),
        counts=np.zeros((n_area_rows(shape), N_EVENTS), np.int64),
        left_over=np.zeros((n_area_rows(shape), 0), np.int64),
        listed=np.tile([inventory is not None for inventory in shape.listed], len(shape.worlds)),
    )
    state.life_chance, state.life_bound = life_rates(par)
    state.life_mean = clock_mean(state.life_bound)
    state.act_bound, state.act_mean = acting_clock(par)
    state.idle_bound, state.idle_mean = idle_clock(par)
    _fill_people(state)
    state.leans = find_leans(state)
    _fill_groups(state)
    _fill_organisations(state)
    _fill_referrers(state)
    return state


def _convictions(shape: Shape, par: Parameters) -> np.ndarray:
    """float64[area rows]: boards' conviction at the start, spread evenly from nothing to twice its mean (at most 1)."""
    base = np.array(
        [draws.pack(d, r, area, AREA_WIDE) for d, r in shape.worlds for area in shape.areas], dtype=np.uint64
    )
    mean = np.repeat(np.asarray(par.conviction_start, dtype=np.float64), len(shape.areas))
    return np.minimum(1.0, 2.0 * mean * _luck(shape, Purpose.CONVICTION, body_whog(base, np.zeros(len(base)))))


def n_area_rows(shape: Shape) -> int:
    """Rows of tables by world and area."""
    return len(shape.worlds) * len(shape.areas)


TOGETHER = 50_000  # people whose traits are drawn at a time


def _fill_people(state: State) -> None:
    shape, people = state.shape, state.people
    one_world = [
        cut_cells(shape.cells(a), p, shape.place_size)
        for a, n in zip(shape.areas, shape.n_places, strict=True)
        for p in range(n)
    ]
    people.cell[:] = np.tile(np.concatenate(one_world), len(shape.worlds))
    slot, new = np.arange(shape.place_size, dtype=np.uint64), np.zeros(shape.place_size, np.uint64)
    for place, base in enumerate(state.places.base):
        here = slice(place * shape.place_size, (place + 1) * shape.place_size)
        people.whog[here] = draws.whog_array(draws.pack_slots(base, slot, new))
    for first in range(
        0, shape.people, TOGETHER
    ):  # few at a time: tables in between would take more memory than people
        set_traits(state, np.arange(first, min(first + TOGETHER, shape.people)), 0, newcomer=False)
    set_clocks(state, 0)


def _luck(shape: Shape, purpose: Purpose, whog: np.ndarray) -> np.ndarray:
    return draws.uniform(shape.seed, purpose, 0, whog)


def body_whog(base: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Key of the bodies numbered in a place (or area): `number` below 2**23."""
    return draws.whog_array(base | number.astype(np.uint64))


def _check_sizes(par: Parameters) -> None:
    """Refuse sizes of mutual groups of which the smallest could not hold its founders."""
    size, spread = np.atleast_1d(par.group_size), np.atleast_1d(par.group_size_spread)
    least = size * (1.0 - spread * (1.0 - GROUP_SMALLEST_PART))
    if len(size) and (least.min() < FOUNDERS or spread.max() > 1.0 or spread.min() < 0.0):
        raise UserError(
            "these sizes of mutual groups allow groups that could not hold their founders",
            key="group_size",
            rule=f"a smallest group of {FOUNDERS} members at least, and a group_size_spread from 0 to 1",
            got=f"a smallest group of {least.min():.3g} members, and a group_size_spread up to {spread.max():g}",
            try_="a larger group_size, or a smaller group_size_spread",
        )


def _fill_groups(state: State) -> None:
    """Groups in numbers about each world's `groups_per_place`, empty but for their organisers."""
    _check_sizes(state.par)
    shape, places = state.shape, state.places
    mean = np.asarray(state.par.groups_per_place)[places.world] * shape.place_size / 10_000.0
    mean = times_leant(mean, state.leans.places)
    u = _luck(shape, Purpose.START_GROUPS, body_whog(places.base, np.zeros(len(mean))))
    count = np.floor(mean + u).astype(np.int64)
    count[state.listed[places.area_row]] = 0
    place = np.repeat(np.arange(len(mean)), count)
    ordinal = np.concatenate([np.arange(c) for c in count]) if len(count) else np.zeros(0, np.int64)
    whog = body_whog(places.base[place], ordinal)
    age = np.floor(_luck(shape, Purpose.START_AWARD, whog) * 300)
    need = np.floor(_luck(shape, Purpose.START_NEED, whog) * (N_NEEDS + 2)).astype(np.int64)
    append(
        state.groups,
        {
            "place": place,
            "need": np.minimum(need, ANY),
            "ordinal": ordinal,
            "members": np.zeros(len(place)),
            "organisers": np.full(len(place), 2),
            "born": -age,
            "open": np.ones(len(place)),
            **dict.fromkeys(("holds", "met", "had_room", "closed", "why"), np.zeros(len(place))),
        },
    )
    places.groups_founded[:] = count


def _fill_organisations(state: State) -> None:
    shape, places = state.shape, state.places
    for row in range(n_area_rows(shape)):
        world, area = divmod(row, len(shape.areas))
        inventory = shape.listed[area]
        if inventory is not None:
            _fill_listed(state, row, inventory)
            continue
        d, r = shape.worlds[world]
        base = draws.pack(d, r, shape.areas[area], AREA_WIDE)
        for k, (needs, payers, nhs) in enumerate(AREA_ORGANISATIONS):
            add_organisation(state, row, -1, base, k, needs, payers, nhs, 0)
    u = _luck(shape, Purpose.START_ORGS, body_whog(places.base, np.ones(len(places.base))))
    chance = np.asarray(state.par.orgs_per_place)[places.world] * shape.place_size / 10_000.0
    chance = times_leant(chance, state.leans.places)
    for place in np.flatnonzero((u < chance) & ~state.listed[places.area_row]):
        add_local(state, int(place), 0, 0)


def _fill_listed(state: State, row: int, inventory: Inventory) -> None:
    """What an inventory lists of one area row: groups, organisations and their supporters."""
    world, area = divmod(row, len(state.shape.areas))
    where = standing(state.shape, world, area, inventory)
    k = 0
    for i, service in enumerate(inventory.services):
        place = where.get(neighbourhood(service, i))
        if service.offer == OFFERS[Offer.GROUP] and place is not None and place >= 0:
            for _ in range(_groups_for_one(state, place)):
                _add_listed_group(state, place, service)
        elif service.organised:
            k += 1
            if place is None or place >= 0:
                _add_listed_organisation(state, row, -1 if place is None else place, k - 1, service)


def _groups_for_one(state: State, place: int) -> int:
    """Groups that stand for one listed: one, unless the area's places hold more or fewer adults than live there."""
    shape, k = state.shape, int(state.places.groups_founded[place])
    part, whole = shape.supply(int(state.places.area[place]))
    key = draws.whog(int(state.places.base[place]) | k << 19 | 1)
    return share_of(1, part, whole, draws.uniform_one(shape.seed, Purpose.START_GROUPS, 0, key))


def _add_listed_group(state: State, place: int, service: Service) -> None:
    """A mutual group, past its first two years when the policy begins."""
    ordinal = int(state.places.groups_founded[place])
    state.places.groups_founded[place] += 1
    append(
        state.groups,
        {
            "place": [place],
            "need": [service.experience],
            "ordinal": [ordinal],
            "members": [0],
            "organisers": [2],
            "born": [-104],
            "open": [True],
            "holds": [max(FOUNDERS, service.places)],
            **dict.fromkeys(("met", "had_room", "closed", "why"), [0]),
        },
    )


def _add_listed_organisation(state: State, row: int, place: int, k: int, service: Service) -> None:
    """The k-th organisation of an inventory: its award, its supporters, and own income for what awards leave out."""
    shape, orgs = state.shape, state.orgs
    world, area = divmod(row, len(shape.areas))
    base, ordinal = body_key(shape, world, area, k)
    part, whole = shape.supply(area)
    payers = tuple(p for p in Payer if payers_of(service, place >= 0) >> p & 1)
    add_organisation(state, row, place, base, ordinal, service.mask, payers, service.nhs_team, 0)
    par = state.par.world(world)
    luck = draws.uniform_one(shape.seed, Purpose.START_SUPPORTERS, 0, draws.whog(base | ordinal << 19))
    places = share_of(service.places, part, whole, luck)
    pence = award_gbp_year(service) * 100 * part // (YEAR * whole)
    orgs.award[-1], orgs.award_end[-1] = awards(service, shape, pence, luck)
    orgs.last_award[-1] = orgs.award[-1]
    board = service.funder == PAYERS[Payer.BOARD]
    needed = cost_pence_week(par, places, service.nhs_team, float(orgs.shortfall[-1]), board)
    orgs.own_income[-1] = max(0, needed - pence)
    orgs.self_luck[-1] = lever_luck("self_referral", service.self_referral, orgs.self_luck[-1])
    orgs.pair_luck[-1] = lever_luck("pairs", service.offer == OFFERS[Offer.PAIR], orgs.pair_luck[-1])
    supporters = supporter_rows(len(orgs.open) - 1, service, places, par, base, ordinal)
    supporters["here"] = _here(shape, supporters, (1, 1) if place >= 0 else shape.scale(area))
    orgs.recruited[-1] = len(supporters["org"])
    append(state.supporters, supporters)


def _here(shape: Shape, supporters: dict[str, Any], scale: tuple[int, int]) -> list[int]:
    """Of each supporter's places, those of this run."""
    each = zip(supporters["whog"].tolist(), supporters["capacity"], strict=True)
    return [draws.places_here(shape.seed, whog, places, *scale) for whog, places in each]


def add_local(state: State, place: int, k: int, week: int) -> None:
    """A small local organisation in `place`: its needs groups by keyed draw, council and charity paid."""
    base = int(state.places.base[place])
    one = draws.uniform_one(state.shape.seed, Purpose.START_NEED, week, draws.whog(base | k << 19))
    needs = 1 << min(int(one * (N_NEEDS + 3)), N_NEEDS - 1) if one < 0.8 else _BODY | _MIND
    row = int(state.places.area_row[place])
    add_organisation(state, row, place, base, k, needs, (Payer.COUNCIL, Payer.CHARITY), False, week)


def add_organisation(
    state: State, row: int, place: int, base: int, k: int, needs: int, payers: tuple[Payer, ...], nhs: bool, week: int
) -> None:
    """Append one organisation; first awards (week 0) end at staggered weeks."""
    shape = state.shape
    whog = draws.whog(base | k << 19)
    world = row // len(shape.areas)
    luck = {
        p: draws.uniform_one(shape.seed, p, week, whog)
        for p in (Purpose.START_SELF, Purpose.START_AWARD, Purpose.SHORTFALL, Purpose.NEW_ORG)
    }
    par, gap = state.par, luck[Purpose.SHORTFALL]
    some = float(par.shortfall_some[world])
    new: dict[str, Any] = rows(Organisations, ORG_TYPES, 1)
    new["award_end"][:] = week + 1 + int(luck[Purpose.START_AWARD] * 78) if week == 0 else week
    new["award_stage"][:] = Award.RUNS if week == 0 else Award.APPLIES
    new["shortfall"][:] = float(par.shortfall_most[world]) * gap / some if gap < some else 0.0
    simple = {
        "area_row": row,
        "place": place,
        "base": base,
        "ordinal": k,
        "needs": needs,
        "pays": sum(1 << p for p in payers),
        "nhs": nhs,
        "open": True,
        "quality": USUAL_QUALITY,
        "self_luck": luck[Purpose.START_SELF],
        "pair_luck": luck[Purpose.NEW_ORG],
        "own_income": own_income(state, row, place),
    }
    new |= {name: [value] for name, value in simple.items()}
    append(state.orgs, new)


def own_income(state: State, row: int, place: int) -> int:
    """Pence a week of an organisation's own income: a share of what the adults it is there for bring."""
    shape = state.shape
    world, area = divmod(row, len(shape.areas))
    adults = shape.place_size if place >= 0 else shape.area_adults(area)
    whole = int(float(state.par.own_income_gbp_head[world]) * 100.0 * adults) // YEAR
    return whole // 2 if place >= 0 else whole // (2 * len(AREA_ORGANISATIONS))


def _empty_supply(n_places: int) -> Supply:
    """Nothing has existed yet."""
    return Supply(np.zeros((3, len(Offer), n_places * N_MATCH), np.uint16))


def _empty_referrers(n_places: int, n_area_rows: int) -> Referrers:
    """Referrers of three kinds per place and three per area."""
    n = len(PLACE_KINDS) * n_places + len(AREA_KINDS) * n_area_rows
    return Referrers(
        n_places,
        n_area_rows,
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros((RECENT_WEEKS, n, len(Referral)), np.int32),
    )


def _fill_referrers(state: State) -> None:
    ref, par, places = state.referrers, state.par, state.places
    n, rows_ = ref.n_places, ref.n_area_rows
    world_p, world_a = places.world, np.arange(rows_) // len(state.shape.areas)
    special = np.asarray(par.knows_specialist)
    knows = np.asarray(par.knows_practice)[world_p]
    ref.declared[:n] = [leant(*one) for one in zip(knows.tolist(), state.leans.places.tolist(), strict=True)]
    ref.declared[n : 2 * n] = np.asarray(par.knows_link_worker)[world_p]
    ref.declared[2 * n : 3 * n] = special[world_p]
    ref.declared[3 * n :] = np.tile(special[world_a], 3)
    ref.knows[:] = ref.declared
    ref.trusts[: 3 * n] = np.tile(np.asarray(par.trust_start)[world_p], 3)
    ref.trusts[3 * n :] = np.tile(np.asarray(par.trust_start)[world_a], 3)
