"""What outcomes are worth: by hand, one currency and one route at a time; prices; slope of inequality; waits."""

import numpy as np
import pytest
from fakes import fake_result, fake_shape

from sim.errors import UserError
from sim.numbers import judgements, prices
from sim.numbers.levers import BY_NAME
from sim.numbers.parameters import draw_parameters, records
from sim.results import counts, equity, outcomes, summary, value
from sim.results.result import GAINS, MONEY, WEEKLY, Measure
from sim.results.value import Choices
from sim.vocabulary import LONGEST_WAIT

BUDGETS = Choices(places=False)


@pytest.fixture
def result():
    """Two years, one area, four worlds; nothing gained yet."""
    made = fake_result()
    made.gains[:] = 0
    return made


def central(result, **fixed):
    return value.draw_worth(
        result, {name: prices.at_model_prices(r.value, r.unit) for name, r in value.value_records().items()} | fixed
    )


def gains(result, kind, year, sd_years):
    result.gains[:, year, GAINS.index(kind)] = sd_years * 52 * 1000


# ---- changes people could feel


def test_points_are_gains_in_sd_times_points_per_sd_over_those_who_started(result):
    result.tally[:, 0, Measure.ALL_STARTED] = 50
    result.tally[:, 0, Measure.GAIN_LONELY] = 10_000  # 10 SD in all: a fifth of an SD each
    result.tally[:, 0, Measure.GAIN_CONFIDENCE] = 5_000
    found = value.points_per_start(result, central(result, lonely_points_per_sd=1.6, confidence_points_per_sd=15.0))
    assert found["lonely_points"].tolist() == pytest.approx([0.32] * 4)
    assert found["confidence_points"].tolist() == pytest.approx([1.5] * 4)


@pytest.mark.parametrize(("persistence", "expected"), [("stops", 3.0), ("halves", 3.0 + 4.0), ("halves_beyond", 15.0)])
def test_how_long_an_effect_lasts_is_a_choice(result, persistence, expected):
    gains(result, "confidence_in", 0, 1)
    gains(result, "confidence_in", 1, 2)
    gains(result, "confidence_after", 0, 4)
    gains(result, "confidence_after", -1, 8)
    assert value.sd_years(result, "confidence", persistence).tolist() == pytest.approx([expected] * 4)


def test_discounting_is_by_year_from_the_second(result):
    gains(result, "lonely_in", 0, 10)
    gains(result, "lonely_in", 1, 10)
    assert value.sd_years(result, "lonely", discount=0.25).tolist() == pytest.approx([18.0] * 4)


def test_a_wellby_is_a_point_of_life_satisfaction_for_a_year(result):
    gains(result, "lonely_in", 0, 10)
    gains(result, "confidence_in", 0, 20)
    worth = central(result, satisfaction_per_lonely_sd=0.3, satisfaction_per_confidence_sd=0.1, wellby_gbp=10_000.0)
    found = value.wellbys(result, worth)
    assert found.values.tolist() == pytest.approx([5.0] * 4)
    assert value.worth_gbp(found, worth).tolist() == pytest.approx([50_000.0] * 4)


def test_a_qaly_is_utility_for_a_year_at_the_threshold_asked_for(result):
    gains(result, "confidence_in", 0, 100)
    worth = central(result, utility_per_confidence_sd=0.02, qaly_gbp_nice=25_000.0)
    found = value.qalys(result, worth)
    assert found.values.tolist() == pytest.approx([2.0] * 4)
    assert value.worth_gbp(found, worth).tolist() == pytest.approx([50_000.0] * 4)
    assert value.worth_gbp(found, worth, 70_000.0).tolist() == pytest.approx([140_000.0] * 4)


def test_two_currencies_are_never_added(result):
    worth = central(result)
    one, other = value.wellbys(result, worth), value.qalys(result, worth)
    assert (one + one).values.tolist() == pytest.approx((2 * one.values).tolist())
    with pytest.raises(ValueError, match="twice"):
        one + other
    with pytest.raises(ValueError, match="twice"):
        one - other


def test_nothing_gained_is_worth_nothing_whatever_the_choices(result):
    worth = value.draw_worth(result)
    for persistence in value.PERSISTENCE:
        choices = Choices(persistence, "activation", "opportunity")
        assert not value.wellbys(result, worth, choices).values.any()
        assert not value.qalys(result, worth, choices).values.any()
        assert not value.services_saved_gbp(result, worth, choices).any()


@pytest.mark.parametrize("wrong", [{"persistence": "ever"}, {"service_route": "both"}, {"volunteer_time": "gold"}])
def test_a_choice_that_is_not_one_is_refused(wrong):
    with pytest.raises(UserError, match="no such choice"):
        Choices(**wrong)


def test_worth_by_group_is_over_the_wants_of_the_group(result):
    row = summary.LEVELS.index(("needs group", "cancer"))
    for part, weeks in (("IN", 20), ("AFTER", 32), ("BEYOND", 52)):
        result.tally[:, row, Measure[f"CONFIDENCE_WEEKS_{part}"]] = weeks * 1000
        result.tally[:, row, Measure[f"LONELY_WEEKS_{part}"]] = 0
    result.tally[:, row, Measure.ALL_WANTS] = 10
    worth = central(result, satisfaction_per_confidence_sd=0.5)
    for persistence, years in (("stops", 20 / 52), ("halves", 1.0), ("halves_beyond", 2.0)):
        found = value.satisfaction_per_want(result, worth, persistence)[:, row]
        assert found.tolist() == pytest.approx([0.5 * years / 10] * 4)


def test_two_runs_are_paired_by_world(result):
    other = fake_result()
    other.gains[:] = result.gains
    gains(other, "lonely_in", 0, 10)
    found = value.difference(result, other)
    assert found["wellbys_per_1000"].up == 4 and found["volunteer_hours_per_1000"].up == 0


# ---- services


def test_services_change_by_one_route_only(result):
    gains(result, "confidence_in", 0, 27)
    result.weekly[:, :, WEEKLY.index("with_volunteer_or_paid")] = 100
    worth = central(
        result,
        admission_per_year=0.2,
        trial_fewer_admissions=0.1,
        admission_ratio=0.6,
        levels_apart_sd=2.7,
        activation_causal_share=0.5,
        admission_gbp=2_000.0,
    )
    trial = value.services_saved(result, worth, Choices(service_route="trial"))
    assert trial["admission"].tolist() == pytest.approx([200 * 0.2 * 0.1] * 4)  # 100 people for two years
    assert not trial["gp"].any()
    through = value.services_saved(result, worth, Choices(service_route="activation"))
    assert through["admission"].tolist() == pytest.approx([27 * 0.2 * 0.4 / 2.7 * 0.5] * 4)
    assert through["gp"].all() and not any(v.any() for v in value.services_saved(result, worth, Choices()).values())


def test_each_route_can_be_nothing():
    assert records()["trial_fewer_admissions"].low == records()["activation_causal_share"].low == 0


# ---- time and money


def test_hours_and_their_three_values(result):
    for stock, number in (("volunteers", 10), ("organisers", 4), ("paid_mfte", 2500)):
        result.weekly[:, :, WEEKLY.index(stock)] = number
    worth = central(
        result,
        volunteer_hours_year=52.0,
        organiser_hours_week=2.0,
        paid_hours_week=40.0,
        volunteer_hour_replacement_gbp=15.0,
        volunteer_hour_opportunity_gbp=5.0,
    )
    given = value.hours(result, worth)
    assert given["volunteers"][0].tolist() == pytest.approx([10.0] * 4)
    assert given["paid workers"][0].tolist() == pytest.approx([100.0] * 4)
    total = 104 * (10 + 8)
    found = [value.volunteer_time_gbp(result, worth, how)[0] for how in value.VOLUNTEER_TIME]
    assert found == pytest.approx([0, 15 * total, 5 * total])


def test_spending_by_year_and_payer_adds_up_and_link_workers_are_left_out(result):
    for i, name in enumerate(MONEY):
        result.weekly[:, :, WEEKLY.index(name)] = 100 * (i + 1)
    yearly = value.spent_by_year(result)
    assert yearly.shape == (4, 2, len(MONEY))
    assert yearly[0, 0].tolist() == [52.0 * (i + 1) for i in range(len(MONEY))]
    worth = central(result, discount_costs=0.0)
    assert value.cost(result, worth, BUDGETS).tolist() == pytest.approx(counts.spent(result).tolist())


def test_costs_of_the_second_year_are_discounted(result):
    for name in MONEY:
        result.weekly[:, :, WEEKLY.index(name)] = 0
    result.weekly[:, :, WEEKLY.index("spent_board_pence")] = 10_000
    worth = central(result, discount_costs=0.04)
    assert value.cost(result, worth, BUDGETS)[0] == pytest.approx(5_200 * (1 + 1 / 1.04))


# ---- places


def used(result, **places):
    for name in ("in_groups", "in_pairs", "with_volunteer_or_paid", "online", "n_started"):
        result.weekly[:, :, WEEKLY.index(name)] = places.get(name, 0)


def test_a_place_that_is_used_has_a_price_even_where_no_budget_moves(result):
    """By hand: 10 members, 4 people one to one, 2 in a pair and 3 starts a week."""
    priced = {
        "place_group_gbp_week": 2.0,
        "place_group_hours_week": 0.5,
        "volunteer_hour_opportunity_gbp": 6.0,
        "place_one_gbp_week": 3.0,
        "place_pair_gbp_week": 1.0,
        "place_start_gbp": 20.0,
        "discount_costs": 0.0,
    }
    worth = central(result, **priced)
    used(result)
    budgets = value.cost(result, worth)
    used(result, in_groups=10, with_volunteer_or_paid=4, in_pairs=2, n_started=3)
    week = 10 * (2 + 0.5 * 6) + 4 * 3 + 2 * 1 + 3 * 20
    assert value.places_gbp(result, worth).tolist() == [[week] * 4] * 104
    assert value.places_gbp_by_year(result, worth).tolist() == [[52 * week] * 2] * 4
    assert (value.cost(result, worth) - budgets).tolist() == pytest.approx([104 * week] * 4)
    assert value.cost(result, worth, BUDGETS).tolist() == pytest.approx(budgets.tolist())
    assert value.headline(result, worth)["places_gbp_per_adult"][0] == pytest.approx(52 * week / 20_000)


def test_organisers_hours_are_priced_once(result):
    """Where all their hours are valued, a further member's are not counted again."""
    worth = central(result)
    used(result, in_groups=10)
    hours = 10 * worth.place_group_hours_week[0] * worth.volunteer_hour_opportunity_gbp[0]
    alone, beside = (value.places_gbp(result, worth, how)[0, 0] for how in ("nothing", "replacement"))
    assert alone - beside == pytest.approx(hours) and beside == pytest.approx(10 * worth.place_group_gbp_week[0])


def test_online_places_are_paid_by_budgets_used_or_not(result):
    used(result, online=500)
    assert not value.places_gbp(result, central(result)).any()


def test_supporters_own_gain_stands_apart_and_is_centred_on_nothing(result):
    result.weekly[:, :, WEEKLY.index("volunteers")] = 40
    result.weekly[:, :, WEEKLY.index("volunteers_stretched")] = 10
    worth = central(result)
    apart = value.supporters_apart(result, worth)
    assert not apart["own_gain_point_years"].any()
    assert apart["stretched_share"].tolist() == pytest.approx([0.25] * 4)
    assert apart["stretched_loss_point_years"].tolist() == pytest.approx([-20 * worth.stretched_loss_points[0]] * 4)
    other = central(result, supporter_gain_points=0.3, stretched_loss_points=0.5)
    assert value.wellbys(result, other).values.tolist() == value.wellbys(result, worth).values.tolist()


# ---- declared numbers


def test_values_are_drawn_by_world_and_stay_in_their_ranges(result):
    worth = value.draw_worth(result)
    for name, record in value.value_records().items():
        low, high = (prices.at_model_prices(x, record.unit) for x in (record.low, record.high))
        drawn = getattr(worth, name)
        assert ((drawn >= low - 1e-9) & (drawn <= high + 1e-9)).all(), name
    assert worth.wellby_gbp[0] == pytest.approx(13_000 * 100 / 80.8738)


def test_what_outcomes_are_worth_moves_nothing_in_the_model():
    assert not set(value.value_records()) & set(vars(draw_parameters([0])))


def test_a_price_of_another_year_is_uprated_and_one_of_this_year_is_not():
    assert prices.at_model_prices(100.0, "GBP per hour, 2016/17 prices") == pytest.approx(100 * 100 / 76.0754)
    assert prices.at_model_prices(100.0, "GBP per hour, 2024/25 prices") == 100.0
    assert prices.at_model_prices(0.3, "share") == 0.3
    with pytest.raises(UserError, match="without a deflator"):
        prices.at_model_prices(1.0, "GBP, 1901/02 prices")


def test_every_pound_names_a_year_that_has_a_deflator():
    for record in records().values():
        if "GBP" in record.unit and not record.unit.startswith("share"):
            assert prices.price_year(record.unit) in prices.deflator(), record.name


# ---- inequality


def test_the_slope_of_a_straight_line_is_its_rise():
    """Shares that fall evenly over equal fifths: 0.1 a fifth is 0.5 over the whole scale."""
    whole = np.full((1, 5), 200)
    assert equity.slope_index(np.array([[100, 80, 60, 40, 20]]), whole)[0] == pytest.approx(-0.5)
    assert equity.slope_index(np.array([[60, 60, 60, 60, 60]]), whole)[0] == pytest.approx(0)


def test_the_slope_agrees_with_least_squares_on_people():
    rng = np.random.default_rng(3)
    whole = rng.integers(100, 900, (1, 5))
    part = (whole * rng.uniform(0.1, 0.6, 5)).astype(int)
    edges = np.concatenate([[0], np.cumsum(whole[0])]) / whole.sum()
    x = np.repeat((edges[:-1] + edges[1:]) / 2, whole[0])
    y = np.concatenate([np.r_[np.ones(p), np.zeros(w - p)] for p, w in zip(part[0], whole[0], strict=True)])
    assert equity.slope_index(part, whole)[0] == pytest.approx(np.polyfit(x, y, 1)[0])


def test_a_slope_is_over_the_fifths_that_have_people():
    """By hand: shares .1 .3 .4 .5 at mid-ranks .125 .375 .625 .875, alike in size: .1625 / .3125."""
    assert equity.slope_index(np.array([[1, 0, 3, 4, 5]]), np.array([[10, 0, 10, 10, 10]]))[0] == pytest.approx(0.52)
    assert np.isnan(equity.slope_index(np.array([[0, 0, 3, 0, 0]]), np.array([[0, 0, 10, 0, 0]]))[0])


def test_the_worst_off_group_is_named_with_its_gap(result):
    rows = [i for i, (d, _) in enumerate(summary.LEVELS) if d == "ethnic group"]
    result.tally[:, rows, Measure.ELIGIBLE] = 1000
    result.tally[:, rows, Measure.STARTS] = np.array([100, 200, 300, 250, 150])
    found = equity.spread(result, "ethnic group", "starts_per_want")
    assert (found.worst, found.best) == (summary.LEVELS[rows[0]][1], summary.LEVELS[rows[2]][1])
    assert (found.worst_off.median, found.gap.median) == pytest.approx((0.1, 0.2))


def test_groups_are_pooled_by_the_wants_that_an_outcome_is_counted_over(result):
    rows = [i for i, (d, _) in enumerate(summary.LEVELS) if d == "sex"]
    result.tally[:, rows, Measure.FOLLOWED] = [[70, 1000]]
    result.tally[:, rows, Measure.ELIGIBLE] = 1000
    assert [g.small for g in summary.groups(result, "sex", "better_per_want")] == [False, True]
    assert not any(g.small for g in summary.groups(result, "sex"))


# ---- waiting


def test_waits_are_read_from_the_counts():
    offers = np.zeros((2, LONGEST_WAIT + 1), np.int64)
    offers[0, [0, 3, 10]] = [4, 4, 2]
    assert counts.quantile_of_counts(offers, 0.5)[0] == 3
    assert counts.quantile_of_counts(offers, 0.9)[0] == 10
    assert np.isnan(counts.quantile_of_counts(offers, 0.5)[1])


def test_waits_of_areas_and_years_are_put_together():
    result = fake_result(fake_shape(worlds=2, areas=(3, 22)))
    result.waits[:] = 0
    result.waits[0, 0, 2], result.waits[1, 1, 8] = 12, 5  # each for the adults of its area
    assert counts.waited_weeks(result, 0.5)[0] == 2 and counts.waited_weeks(result, 0.9)[0] == 8


# ---- judgements


def test_every_judgement_has_a_switch_that_exists():
    named = {
        "parameter": set(records()),
        "lever": set(BY_NAME),
        "choice": set(vars(Choices())),
        "row": {*outcomes.of_wants(), "slope index"},
    }
    for one in judgements.JUDGEMENTS:
        assert one.switches and set(one.switches) <= named[one.kind], one.name
        assert "not yet agreed" in one.status
