"""A local inventory: what is listed is what the model starts with, in both engines, and is held until the policy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from histories import assert_same, both_of, course

from sim.agents import model as agents
from sim.columns.inventory import cost_pence_week, local_levels, share_of
from sim.columns.listed import Inventory, Service, inventory_of
from sim.columns.start import make_shape, make_state
from sim.columns.state import Shape, State
from sim.core import engine as core
from sim.core.week import Week
from sim.numbers.levers import BY_NAME, INDEX, today_values
from sim.numbers.parameters import draw_parameters
from sim.vocabulary import BUDGETS, N_NEEDS, Payer

AREA, OTHER = 5, 17


def service(name: str, offer: str, places: int, **more: object) -> Service:
    """A row with sensible blanks."""
    usual: dict[str, object] = {
        "needs": ("any",),
        "place": "",
        "funder": "none",
        "gbp_year": -1,
        "end_week": -1,
        "award_end": "",
        "self_referral": True,
        "nhs_team": False,
    }
    return Service(organisation=name, offer=offer, places=places, **(usual | more))  # type: ignore[arg-type]


SERVICES = (
    service("Carers' circle", "group", 10, needs=("carers",), place="Harbour"),
    service("Sugar club", "group", 8, needs=("diabetes",), place="Hill"),
    service("Open house", "group", 12),
    service("Mind together", "volunteer", 23, needs=("mental",), funder="council", gbp_year=30_000, end_week=20),
    service("Peer team", "paid", 31, needs=("mental", "carers"), funder="trust", nhs_team=True, self_referral=False),
    service("Hill hands", "volunteer", 7, needs=("pain",), place="hill", funder="board", gbp_year=4_000, end_week=40),
    service("Two by two", "pair", 0, needs=("bereavement",)),
    service("Chat room", "online", 40),
)


def inventory(area: int = AREA, services: tuple[Service, ...] = SERVICES) -> Inventory:
    """An inventory of one area."""
    return Inventory(area, "inventory.csv", "0" * 64, "2025-04", services)


def shape_of(places: int = 3, burn_in: int = 30, worlds: int = 1, weeks: int = 60, size: int = 800) -> Shape:
    """An area with an inventory, all of whose places are simulated, beside one without."""
    shape = make_shape([(d, 0) for d in range(worlds)], [AREA, OTHER], 2 * places * size, size, burn_in, weeks, 3)
    all_places = (places, shape.all_places[1])
    return replace(shape, n_places=(places, 1), all_places=all_places, inventory=(inventory(),))


def state_of(shape: Shape) -> State:
    return make_state(shape, draw_parameters([d for d, _ in shape.worlds]))


def test_what_is_listed_is_what_the_state_holds() -> None:
    """Places, organisations and groups are conserved in every world; the area without an inventory keeps its own."""
    shape = shape_of(worlds=3)
    state = state_of(shape)
    for row in (0, 2, 4):
        mine = np.flatnonzero(state.orgs.area_row == row)
        assert len(mine) == 4
        places = [state.supporters.capacity[state.supporters.org == o].sum() for o in mine]
        assert places == [23, 31, 7, 0]
        assert [int(n) for n in state.orgs.needs[mine]] == [s.mask for s in SERVICES[3:7]]
        groups = state.places.area_row[state.groups.place] == row
        assert sorted(state.groups.need[groups]) == [0, 9, 11]
        hill = state.groups.place[groups & (state.groups.need == 0)]
        assert state.orgs.place[mine].tolist() == [-1, -1, hill[0], -1]
    bare = make_state(replace(shape, inventory=()), draw_parameters([0, 1, 2]))
    for one, two in ((state, bare),):
        other = (one.orgs.area_row % 2 == 1, two.orgs.area_row % 2 == 1)
        for name in ("needs", "award_end", "self_luck", "own_income", "base"):
            assert np.array_equal(getattr(one.orgs, name)[other[0]], getattr(two.orgs, name)[other[1]])


def test_awards_begin_as_listed_and_end_when_they_end() -> None:
    shape = shape_of()
    orgs = state_of(shape).orgs
    assert orgs.award[0].tolist() == [0, 30_000 * 100 // 52, 0, 0]
    assert orgs.award_end[0, Payer.COUNCIL] == shape.burn_in + 20
    assert (orgs.award_end[:4] > shape.burn_in).all()
    assert orgs.award[1, Payer.TRUST] > 0 and orgs.award[2, Payer.BOARD] == 4_000 * 100 // 52


def test_levers_of_today_reach_exactly_those_listed() -> None:
    orgs = state_of(shape_of(worlds=5)).orgs
    mine = orgs.area_row % 2 == 0
    takes = (orgs.self_luck < BY_NAME["self_referral"].today)[mine].reshape(5, 4)
    pairs = (orgs.pair_luck < BY_NAME["pairs"].today)[mine].reshape(5, 4)
    assert (takes == [True, False, True, True]).all() and (pairs == [False, False, False, True]).all()


def test_a_part_of_the_places_holds_its_part_on_average() -> None:
    """With 2 of 8 places simulated, a quarter of area-wide places and of neighbourhoods, over 400 worlds."""
    shape = replace(shape_of(worlds=400, size=100), n_places=(2, 1), all_places=(8, 1))
    state = state_of(shape)
    wide = (state.orgs.area_row % 2 == 0) & (state.orgs.place < 0)
    org = state.supporters.org
    assert state.supporters.here[wide[org]].sum() / 400 == pytest.approx((23 + 31) / 4, rel=0.02)
    groups = state.places.area_row[state.groups.place] % 2 == 0
    assert groups.sum() / 400 == pytest.approx(3 / 4, rel=0.2)
    assert share_of(9, 8, 8, 0.99) == 9 and share_of(9, 1, 8, 0.0) == 1


@pytest.mark.parametrize(("policy", "seed"), [({}, 1), ({"self_referral": 1, "mode_contact": 2, "budget_board": 3}, 2)])
def test_one_history_with_an_inventory(policy: dict[str, float], seed: int) -> None:
    """Held burn-in, then the policy: the same in both engines, beside an area without an inventory."""
    shape = replace(shape_of(burn_in=40, weeks=80), seed=seed)
    timeline = course(shape, {}, policy, 40)
    assert_same(*both_of(shape, draw_parameters([0]), timeline))


@pytest.mark.parametrize("services", [(), SERVICES[:1], SERVICES[6:7]], ids=["nothing", "a group", "pairs"])
def test_one_history_with_next_to_nothing(services: tuple[Service, ...]) -> None:
    """Areas whose inventories list nothing, one group, one organisation without supporters; opt-out, so that many ask."""
    shape = replace(shape_of(burn_in=20, weeks=60), inventory=(inventory(AREA, services), inventory(OTHER, ())))
    timeline = course(shape, {"mode_contact": 2, "pairs": 1, "new_organisations": 0}, {}, 20)
    one, other = (engine.run(shape, draw_parameters([0]), timeline, [-1]) for engine in (core, agents))
    assert_same(one, other)


def test_the_listed_supply_is_held_until_the_policy_begins_and_then_let_go() -> None:
    shape = shape_of(burn_in=60, weeks=60)
    timeline = course(shape, {}, {}, 60)
    w = Week(state_of(shape), timeline, np.zeros(0, bool))
    seen = []
    for week in range(120):
        core.one_week(w, week)
        row = w.supporters.org[w.supporters.state < 2]
        places = w.supporters.capacity[w.supporters.state < 2][w.orgs.area_row[row] == 0].sum()
        groups = (w.groups.open & (w.state.places.area_row[w.groups.place] == 0)).sum()
        seen.append((int(places), int(groups), int(w.orgs.open[w.orgs.area_row == 0].sum())))
    assert set(seen[:60]) == {(61, 3, 4)}
    assert len(set(seen[60:])) > 1
    assert (w.orgs.cash[:4] >= 0).all()


def test_an_inventory_of_nothing_is_a_place_without_peer_support() -> None:
    shape = replace(shape_of(), inventory=(inventory(services=()),))
    state = state_of(shape)
    assert not (state.orgs.area_row == 0).any()
    assert not (state.places.area_row[state.groups.place] == 0).any()


@pytest.mark.slow
@pytest.mark.parametrize("nhs", [True, False])
def test_places_listed_last_when_nothing_changes(nhs: bool) -> None:
    """Income balances costs: years later, with awards renewed as listed, there are on average about as many places."""
    funder = "trust" if nhs else "council"
    rows = tuple(
        service(f"Service {i}", "paid" if nhs else "volunteer", 40, nhs_team=nhs, funder=funder) for i in range(3)
    )
    shape = replace(
        shape_of(burn_in=1, weeks=208, size=400),
        worlds=tuple((0, r) for r in range(6)),
        inventory=(inventory(AREA, rows),),
    )
    timeline = course(shape, {"new_organisations": 0}, {}, 1)
    timeline.values[:, :, 0] = local_levels(timeline.values[:, :, 0], shape.inventory[0], 1200)
    par = draw_parameters([0] * 6, {"pool_share": 0.2})
    places = core.run(shape, par, timeline).column("places")[:, ::2]
    assert places[104:].mean() == pytest.approx(120, rel=0.2)
    doubled = cost_pence_week(par.world(0), 240, nhs, 0.1, False)
    assert doubled == pytest.approx(2 * cost_pence_week(par.world(0), 120, nhs, 0.1, False), abs=1)


def test_budgets_of_today_are_what_is_listed_and_a_policy_moves_them() -> None:
    adults = 10_000
    levels = {}
    for name, value in (("today", None), ("none", 0.0), ("more", 5.0)):
        lever = today_values(1)[:, 0]
        if value is not None:
            lever[INDEX["budget_council"]] = value
        levels[name] = local_levels(lever, inventory(), adults)
    council = INDEX["budget_council"]
    assert levels["today"][council] == pytest.approx(3.0)
    assert levels["none"][council] == 0
    assert levels["more"][council] == pytest.approx(3.0 + 5.0 - BY_NAME["budget_council"].today)
    assert levels["today"][INDEX["online_places"]] == pytest.approx(4.0)
    assert levels["today"][INDEX[BUDGETS[Payer.CHARITY]]] == 0
    untouched = [i for name, i in INDEX.items() if name not in (*BUDGETS, "online_places")]
    assert np.array_equal(levels["today"][untouched], today_values(1)[untouched, 0])


def test_an_inventory_survives_its_own_record() -> None:
    from dataclasses import asdict

    assert inventory_of(asdict(inventory())) == inventory()
    assert service("x", "volunteer", 1).mask == (1 << N_NEEDS) - 1
