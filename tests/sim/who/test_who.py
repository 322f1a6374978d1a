"""Who is left out: what falls along the deprivation fifths, whose totals stay; distance in rural places; language."""

from __future__ import annotations

import numpy as np
import pytest
from histories import BUSY, HARSH, TURNOVER, assert_same, both, course, first_difference

from sim.columns.start import make_shape, make_state
from sim.columns.state import State
from sim.core import engine as core
from sim.core.chairs import can_come, group_key
from sim.core.parts.wants import can_manage
from sim.core.parts.where import who_manages
from sim.core.week import Week
from sim.numbers.parameters import draw_parameters, records
from sim.people.population import load_areas
from sim.people.rural import rural_shares
from sim.results import equity, outcomes
from sim.results.result import Result
from sim.rules.lean import has_enough, help_here, leant
from sim.vocabulary import FIFTHS, Offer, ethnicity_of, fifth_of

EVEN, STEEP = {"gradient": 0.0}, {"gradient": 0.8}
ALIKE = EVEN | {"group_differences": 0.0, "rural_near": 1.0}
EQUITY = 2.0
AREA, RURAL_AREA = 5, 8
FEW = {"expenses": 0.0}


def state_of(
    fixed: dict[str, float], people: int = 4000, areas: tuple[int, ...] = (AREA, 17), size: int = 500
) -> State:
    """The start of a run of some small places in each area."""
    return make_state(make_shape([(0, 0)], list(areas), people, size, 0, 60, 3), draw_parameters([0], fixed))


def week_of(fixed: dict[str, float], people: int = 2000, areas: tuple[int, ...] = (AREA,)) -> Week:
    """Its first week."""
    state = state_of(fixed, people, areas)
    return Week(state, course(state.shape, FEW, {}, 1), np.zeros(0, bool))


# ---- the lean


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.78, 1.0])
def test_a_share_that_leans_stays_a_share_and_keeps_its_mean(share):
    leans = np.array([-1.0, -0.4, 0.0, 0.2, 0.6, 0.6])
    leans -= leans.mean()
    found = np.array([leant(share, lean) for lean in leans])
    assert found.min() >= 0.0 and found.max() <= 1.0
    assert found.mean() == pytest.approx(share) and leant(share, 0.0) == share
    assert (np.diff(found[np.argsort(leans)]) >= 0.0).all()


def test_leans_cancel_out_over_the_people_and_the_places_of_every_area():
    state = state_of(STEEP)
    row = np.repeat(state.places.area_row, state.shape.place_size)
    own = state.leans.fifths[row, fifth_of(state.people.cell)]
    for area_row in range(2):
        assert own[row == area_row].mean() == pytest.approx(0.0, abs=1e-12)
        assert state.leans.places[state.places.area_row == area_row].mean() == pytest.approx(0.0, abs=1e-12)
    assert np.diff(state.leans.fifths, axis=1) == pytest.approx(0.8 / (len(FIFTHS) - 1))
    assert np.abs(state.leans.places).max() > 0.1, "places differ"


def test_without_a_gradient_nothing_leans_and_below_none_there_is_more_for_the_deprived():
    assert not state_of(EVEN).leans.fifths.any() and not state_of(EVEN).leans.places.any()
    up, down = state_of({"gradient": 0.5}), state_of({"gradient": -0.5})
    assert np.array_equal(up.leans.fifths, -down.leans.fifths) and np.array_equal(up.leans.places, -down.leans.places)


def test_the_range_of_the_gradient_includes_none():
    gradient = records()["gradient"]
    assert gradient.low < 0.0 < gradient.high <= 1.0 and gradient.role == "prior"


# ---- totals


def knowing(state: State) -> np.ndarray:
    """Declared knowledge of the practices."""
    return state.referrers.declared[: state.referrers.n_places]


def test_practices_know_less_where_people_are_deprived_and_as_much_in_all():
    even, steep = state_of(EVEN, 8000, (AREA,)), state_of(STEEP, 8000, (AREA,))
    assert knowing(steep).mean() == pytest.approx(knowing(even).mean())
    assert np.corrcoef(knowing(steep), steep.leans.places)[0, 1] > 0.99


def test_as_many_groups_stand_at_the_start_within_rounding_and_fewer_where_people_are_deprived():
    many = {"groups_per_place": 400.0}
    even, steep = (state_of(many | fixed, 8000, (AREA,)) for fixed in (EVEN, STEEP))
    places = len(even.places.world)
    assert len(steep.groups.open) == pytest.approx(len(even.groups.open), abs=places)
    assert np.corrcoef(steep.places.groups_founded, steep.leans.places)[0, 1] > 0.99


def test_as_many_people_can_manage_and_fewer_of_the_most_deprived():
    even, steep = week_of(EVEN), week_of(STEEP)
    for offer in (Offer.GROUP, Offer.VOLUNTEER):
        shares = [
            np.mean(w.rates.manage[0, [who_manages(f, 0) for f in range(5)]] >> offer & 1, axis=1)
            for w in (even, steep)
        ]
        fifths = np.bincount(fifth_of(even.people.cell), minlength=5) / len(even.people.cell)
        assert (fifths * shares[1]).sum() == pytest.approx((fifths * shares[0]).sum(), abs=1 / 256)
        assert shares[1][0] < shares[0][0] and shares[1][-1] > shares[0][-1]


def test_people_act_by_their_fifth_and_as_often_in_all():
    even, steep = week_of(EVEN), week_of(STEEP)
    fifths = np.bincount(fifth_of(even.people.cell), minlength=5) / len(even.people.cell)
    mean = (fifths[:, None] * steep.rates.acts[0]).sum(axis=0)
    assert mean == pytest.approx(even.rates.acts[0, 0]) and (np.diff(steep.rates.acts[0], axis=0) > 0.0).all()


# ---- what is aimed


def test_help_that_goes_by_deprivation_is_as_much_in_all():
    state = state_of(EVEN)
    for area_row in range(2):
        here = state.leans.deprived[state.places.area_row == area_row].tolist()
        assert np.mean([help_here(4.0, EQUITY, one) for one in here]) == pytest.approx(4.0)
        assert max(here) > 1.0 > min(here)
    assert {help_here(4.0, 0.0, one) for one in here} == {4.0} and {help_here(1.0, EQUITY, one) for one in here} == {
        1.0
    }


def test_new_organisations_start_where_there_are_fewest_for_the_deprived():
    assert has_enough(1, 0.0, 0.2) == has_enough(1, 0.0, 2.0) == 1
    assert has_enough(1, EQUITY, 2.0) < has_enough(1, EQUITY, 0.5) < has_enough(1, EQUITY, 0.0) < np.inf


# ---- language


def test_who_has_little_english_follows_no_community_online_and_a_share_of_one_to_one_support():
    none = {"little_english": 1.0, "group_differences": 1.0, "access_service": 0.98, "chooses_online": 1.0}
    w = week_of(EVEN | none | {"chooses_one_to_one": 1.0}, 12_000, (17,))
    with np.errstate(over="ignore"):
        able = np.array([can_manage(w, i, 0) for i in range(len(w.people.cell))])
    others, speak = ethnicity_of(w.people.cell) > 0, ethnicity_of(w.people.cell) == 0
    assert not (able[others] >> Offer.ONLINE & 1).any() and (able[speak] >> Offer.ONLINE & 1).mean() > 0.8
    assert (able[others] >> Offer.PAID & 1).mean() == pytest.approx(0.3, abs=0.04)
    assert (able[speak] >> Offer.PAID & 1).mean() > 0.9


def test_without_differences_between_groups_of_people_language_keeps_nobody_away():
    fixed = EVEN | {"little_english": 1.0, "group_differences": 0.0}
    plain = week_of(EVEN | {"little_english": 0.0, "group_differences": 0.0}, areas=(17,))
    w = week_of(fixed, areas=(17,))
    with np.errstate(over="ignore"):
        assert all(can_manage(w, i, 0) == can_manage(plain, i, 0) for i in range(len(w.people.cell)))


# ---- distance


def test_places_are_rural_as_often_as_people_live_in_rural_neighbourhoods_and_the_same_in_every_world():
    areas = load_areas()
    assert (rural_shares() * areas.imd_share).sum(axis=1) == pytest.approx(areas.rural_share, abs=0.01)
    state = state_of(EVEN, 40_000, (RURAL_AREA,), 200)
    assert state.leans.rural.mean() == pytest.approx(areas.rural_share[RURAL_AREA], abs=0.1)
    twice = make_state(make_shape([(0, 0), (3, 1)], [RURAL_AREA], 4000, 200, 0, 60, 3), draw_parameters([0, 3], EVEN))
    assert np.array_equal(*np.split(twice.leans.rural, 2))


def test_fewer_people_could_come_to_a_group_in_a_rural_place():
    free = {"free_by_day": 1.0, "free_by_day_older": 1.0, "free_by_evening": 1.0, "little_english": 0.0}
    w = week_of(EVEN | free | {"groups_per_place": 400.0, "group_near": 0.8, "rural_near": 0.5}, 8000, (RURAL_AREA,))
    with np.errstate(over="ignore"):
        met = [
            (w.state.leans.rural[w.groups.place[g]], can_come(w, w.groups.place[g] * w.place_size + k, group_key(w, g)))
            for g in range(len(w.groups.open))
            for k in range(0, w.place_size, 25)
        ]
    rural, came = np.array(met).T
    assert 0.05 < rural.mean() < 0.95, "both kinds of place"
    assert came[rural == 1].mean() == pytest.approx(0.4, abs=0.05)
    assert came[rural == 0].mean() == pytest.approx(0.8, abs=0.05)


# ---- both engines


@pytest.mark.parametrize("gradient", [-0.2, 0.8])
def test_one_history_with_a_gradient_language_and_distance(gradient):
    fixed = TURNOVER | {"gradient": gradient, "little_english": 0.9, "rural_near": 0.5, "act_rate": 0.3}
    policy = [BUSY | {"allocation": EQUITY, "priority": 2.0}, HARSH["opt-out everywhere"]]
    assert_same(*both([RURAL_AREA, 17], 3200, 800, 80, 3, policy=policy, fixed=fixed))


def test_dividing_by_need_where_people_are_deprived_moves_help_to_found_groups():
    shape = make_shape([(0, 0)], [AREA], 8000, 1000, 0, 150, 3)
    par = draw_parameters([0], TURNOVER)
    plain, aimed = (course(shape, BUSY, BUSY | more, 1) for more in ({}, {"allocation": EQUITY}))
    one, other = core.run(shape, par, plain, [-1]), core.run(shape, par, aimed, [-1])
    assert first_difference(one, other)


def founded_among_deprived(more: dict[str, float]) -> float:
    """Mean of `deprived` (1 on average over the area) where groups are founded in 100 weeks, nothing else going by it."""
    shape = make_shape([(0, 0)], [AREA], 12_000, 500, 0, 100, 3)
    state = make_state(shape, draw_parameters([0], TURNOVER | EVEN))
    week = Week(state, course(shape, BUSY, BUSY | more, 1), np.zeros(0, bool))
    for now in range(shape.weeks):
        core.one_week(week, now)
    return float(np.average(state.leans.deprived, weights=week.places.groups_founded))


def test_groups_are_founded_where_people_are_deprived_only_where_help_goes_there():
    plain, aimed = (founded_among_deprived(more) for more in ({}, {"allocation": EQUITY}))
    no_help = founded_among_deprived({"allocation": EQUITY, "group_founding": 1.0})
    assert aimed > plain + 0.1 and abs(plain - 1.0) < 0.1 and abs(no_help - 1.0) < 0.1


# ---- what it comes to


def run_of(fixed: dict[str, float], draws: int = 12, people: int = 10_000) -> Result:
    """Some prior worlds, today's policy, two years after a short burn-in."""
    ids = list(range(1, draws + 1))
    shape = make_shape([(d, 0) for d in ids], [AREA], people, 1000, 260, 104, 3)
    return core.run(shape, draw_parameters(ids, fixed), course(shape, {}, {}, 1))


def away_from_nothing(values: np.ndarray) -> float:
    """Mean, in its standard errors."""
    return float(values.mean() / (values.std(ddof=1) / len(values) ** 0.5))


@pytest.mark.slow
def test_with_people_and_places_alike_there_is_no_gap_and_with_a_gradient_an_interval_sees_one():
    alike, even, steep = (run_of(fixed) for fixed in (ALIKE, EVEN, STEEP))
    assert abs(away_from_nothing(equity.slope(alike))) < 3.0
    assert away_from_nothing(equity.slope(steep)) > 3.0
    assert away_from_nothing(equity.slope(steep) - equity.slope(even)) > 3.0
    even_total, steep_total = (outcomes.of_group(result, outcomes.MAIN) for result in (even, steep))
    assert abs(away_from_nothing(steep_total - even_total)) < 3.0
    assert steep_total.mean() == pytest.approx(even_total.mean(), rel=0.2)
