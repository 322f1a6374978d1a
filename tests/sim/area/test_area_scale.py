"""A sample stands for its area: area bodies at the area's scale, their places drawn by key, nothing lost in between."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from histories import BUSY, HARSH, assert_same, both_of, course

from benchmarks.scale import area as area_scale
from sim.columns.start import make_shape, make_state
from sim.columns.state import Shape
from sim.core.engine import one_week, run
from sim.core.staff import LEFT
from sim.core.week import Week
from sim.draws import places_here, whog
from sim.numbers.levers import Timeline
from sim.numbers.parameters import draw_parameters
from sim.people.population import communities
from sim.results.result import Result
from sim.rules.scale import next_to_area, pence_of_area, pence_of_one, to_area, to_run
from sim.vocabulary import BUDGETS, YEAR, Payer, Stage

AREA, PLACE = 5, 900
SCALES = [(1, 1), (1, 7), (2, 7), (76, 153), (1, 400)]


def shape_of(places: int = 2, all_places: int = 9, weeks: int = 90, worlds: int = 1) -> Shape:
    """Two of nine places of an area."""
    shape = make_shape([(d, 0) for d in range(worlds)], [AREA], places * PLACE, PLACE, 30, weeks, 3)
    return replace(shape, all_places=(all_places,))


# ------------------------------------------------------------------ whole numbers


@pytest.mark.parametrize(("part", "of"), SCALES)
def test_people_who_come_forward_one_by_one_add_up_to_the_areas(part: int, of: int) -> None:
    total = 0
    for before in range(1000):
        total += next_to_area(before, part, of)
        assert total == (before + 1) * of // part


@pytest.mark.parametrize(("part", "of"), SCALES)
def test_what_is_reported_adds_up_to_the_runs_part_within_one(part: int, of: int) -> None:
    luck = np.random.default_rng(4)
    left, area, here = of // 2, 0, 0
    for figure in luck.integers(-5, 40, 2000).tolist():
        one, left = to_run(figure, left, part, of)
        area, here = area + figure, here + one
        assert 0 <= left < of and abs(here - area * part / of) <= 1.0


@pytest.mark.parametrize(("part", "of"), SCALES)
def test_a_local_body_never_costs_its_payer_more_than_its_share(part: int, of: int) -> None:
    for share in range(0, 5000, 7):
        own = pence_of_one(share, part, of)
        assert share - -(-of // part) < pence_of_area(own, part, of) <= share
    assert to_area(0, part, of) == 0 and abs(to_area(999, part, of) - 999 * of / part) <= 0.5


def test_at_one_of_one_nothing_is_changed() -> None:
    for n in (0, 1, 7, 123_456):
        assert to_area(n, 1, 1) == pence_of_area(n, 1, 1) == pence_of_one(n, 1, 1) == n
        assert next_to_area(n, 1, 1) == 1 and to_run(n, 0, 1, 1) == (n, 0)


# ------------------------------------------------------------------ the same area


def bytes_of(result: Result) -> list[bytes]:
    tables = (result.weekly, result.tally, result.gains, result.waits, result.events, result.reservations)
    return [t.tobytes() for t in tables] + [c.tobytes() for c in result.organisations.values()]


def test_where_all_are_simulated_the_bytes_are_those_of_the_scheme_switched_off() -> None:
    whole = shape_of(3, 3, worlds=2)
    line, par = course(whole, BUSY, {}, 10), draw_parameters([0, 1])
    on, off = (run(replace(whole, as_area=as_area), par, line, [-1]) for as_area in (True, False))
    assert bytes_of(on) == bytes_of(off)
    some = shape_of(3, 9, worlds=2)
    assert bytes_of(run(some, par, line, [-1])) != bytes_of(run(replace(some, as_area=False), par, line, [-1]))


def weeks_of(shape: Shape, line: Timeline, weeks: int = 120, draw: int = 0) -> Week:
    """The state after so many weeks."""
    w = Week(make_state(shape, draw_parameters([draw])), line, np.zeros(0, bool))
    for week in range(weeks):
        one_week(w, week)
    return w


def test_places_of_this_run_are_the_same_under_every_policy() -> None:
    """By key: a supporter recruited under two policies has the same places here, whoever came before."""
    shape = shape_of()
    here: dict[int, set[int]] = {}
    for policy in ({}, dict.fromkeys(BUDGETS, 6.0)):
        sup = weeks_of(shape, course(shape, policy, {}, 1)).supporters
        for key, experience, places in zip(sup.whog.tolist(), sup.capacity.tolist(), sup.here.tolist(), strict=True):
            here.setdefault((key, experience), set()).add(places)
    assert len(here) > 20 and all(len(seen) == 1 for seen in here.values())


def test_a_run_has_its_part_of_all_places_and_at_its_size_all_of_them() -> None:
    keys = [whog(k) for k in range(4000)]
    assert all(places_here(1, key, 5, 1, 1) == 5 for key in keys)
    some = sum(places_here(1, key, 5, 2, 9) for key in keys)
    assert some / 20_000 == pytest.approx(2 / 9, rel=0.03)
    nested = [(places_here(1, key, 5, 1, 9), places_here(1, key, 5, 2, 9)) for key in keys]
    assert all(fewer <= more for fewer, more in nested)


@pytest.mark.parametrize("policy", [BUSY, HARSH[sorted(HARSH)[0]], {"personal_budget_share": 0.5, "allocation": 2}])
def test_one_history_of_a_sample(policy: dict[str, float]) -> None:
    shape = shape_of()
    assert_same(*both_of(shape, draw_parameters([1]), course(shape, policy, {"recruit_helped": 5.0}, 60)))


@pytest.mark.parametrize("allocation", range(5))
def test_no_payer_of_the_area_pays_more_than_its_budget(allocation: int) -> None:
    """At the area's scale, local organisations with all of their kind; and nearly all of it is paid."""
    shape = shape_of(3, 200, 2 * YEAR)
    line = course(shape, {"allocation": allocation, "award_years": 1.0}, {}, 1)
    par = draw_parameters([1], {"orgs_per_place": 8.0})
    w = Week(make_state(shape, par), line, np.zeros(0, bool))
    for week in range(2 * YEAR + 30):
        one_week(w, week)
        award = w.orgs.award
        local = (w.orgs.place >= 0)[:, None]
        paid = np.where(local, -(-award * 200 // 3), award).sum(axis=0)
        assert (paid <= w.posts.to_award[0]).all()
    council = paid[Payer.COUNCIL] / w.posts.to_award[0, Payer.COUNCIL]
    assert council > 0.99 and local.any() and award[local[:, 0]].any()


def test_supporters_who_left_are_forgotten_and_nobody_loses_theirs() -> None:
    shape = shape_of(2, 200, 200)
    w = weeks_of(shape, course(shape, dict.fromkeys(BUDGETS, 8.0), {}, 1), 200)
    sup, people = w.supporters, w.people
    assert 2 * (sup.state == LEFT).sum() <= len(sup.state) + 40
    with_one = people.supporter[people.stage == Stage.SUPPORTED]
    assert np.array_equal(np.bincount(with_one, minlength=len(sup.load)), sup.load)
    assert (sup.load <= sup.here).all() and (sup.here <= sup.capacity).all()


# ------------------------------------------------------------------ communities


def test_a_place_holds_whole_communities_and_a_small_one_is_one() -> None:
    assert communities(10_000) == (2, 5_000) and communities(50_000) == (10, 5_000)
    assert communities(1_000) == (1, 1_000) and communities(5_000) == (1, 5_000)
    for size in (6_999, 12_345, 33_333):
        many, each = communities(size)
        assert 0 <= many * each - size < many


@pytest.mark.parametrize("size", [5_000, 10_000, 20_000])
def test_the_size_of_a_place_moves_only_how_many_people_are_taken(size: int) -> None:
    """Places of any size hold the same communities: the same people, groups and history."""
    shape = make_shape([(0, 0)], [AREA], 20_000, size, 4, 30, 3)
    usual = make_shape([(0, 0)], [AREA], 20_000, 10_000, 4, 30, 3)
    assert shape.places * shape.place_size == 20_000 and shape.neighbourhoods == 20_000 // size
    par = draw_parameters([0])
    one, other = (run(each, par, course(each, {}, {}, 2)) for each in (shape, usual))
    assert abs(shape.scale(0)[1] / shape.scale(0)[0] - usual.scale(0)[1] / usual.scale(0)[0]) < 1e-9
    assert bytes_of(one) == bytes_of(other)


# ------------------------------------------------------------------ how much there is


@pytest.mark.statistical
def test_how_much_there_is_does_not_hang_on_how_many_are_simulated() -> None:
    """Volunteers, posts, places and money per 10,000 adults, at 5,000 and 20,000: means over 24 prior worlds, paired."""
    small, large = (
        area_scale.measured(area_scale.shape_of(people, range(24), 5_000, 520, 104)) for people in (5_000, 20_000)
    )
    for row in area_scale.compared({5_000: small}, large):
        if row.figure in ("volunteers", "paid_mfte", "places", "spending"):
            assert row.low <= 1.05 and row.high >= 0.95 and 0.8 < row.ratio < 1.25, row


# ------------------------------------------------------------------ what is said


def test_the_whole_is_said_to_be_whole_and_a_sample_a_sample(capsys: pytest.CaptureFixture[str]) -> None:
    from peerscale.cli import call

    usual = ["run", "today", "--draws", "1", "--years", "0.6", "--dry-run"]
    assert call([*usual, "--people", "1000", "--place-size", "1000"]) == 0
    assert call([*usual, "--whole"]) == 0
    assert call([*usual, "--whole", "--people", "1000"]) == 2
    assert "--whole" in capsys.readouterr().err


def test_a_run_says_that_it_is_a_sample() -> None:
    from sim.results import caveats

    assert caveats.SAMPLE in caveats.about(shape_of()) and caveats.WHOLE in caveats.about(shape_of(3, 3))
