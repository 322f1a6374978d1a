"""What a sweep varies and which points it has: counted, checked and refused before anything is run."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from peerscale.options import Typed
from peerscale.sweeps import settle
from scenarios.reading.load import load
from scenarios.running.study import Study, make_shape, timeline_of
from scenarios.sweeps import work
from scenarios.sweeps.design import count, must_be_possible, points
from scenarios.sweeps.plan import from_words, make, read
from scenarios.sweeps.vary import parse
from sim.errors import UserError
from sim.numbers.levers import BY_NAME, INDEX
from sim.numbers.parameters import Parameters
from sim.results.outcomes import BY_NAME as OUTCOMES

STUDY = Study((22,), 1000, 2, weeks=27, burn_in=10, place_size=1000)


def plan(*vary, **more):
    return make([load("today")], from_words(vary), **more)


def values(made, seed=1):
    return [point.values for point in points(made, seed)]


def test_a_grid_has_every_combination_once():
    made = plan("self_referral=0:1:3", "mode_review=opt_in,opt_out")
    assert count(made) == 6 == len(values(made))
    assert values(made)[:3] == [(0.0, "opt_in"), (0.0, "opt_out"), (0.5, "opt_in")]


def test_one_at_a_time_begins_with_everything_as_it_is():
    made = plan("self_referral=0:1:3", "directory=0,1", design="one_at_a_time")
    found = list(points(made, 1))
    assert found[0].values == (None, None) and count(made) == 6 == len(found)
    assert Counter(point.varied for point in found) == {"": 1, "self_referral": 3, "directory": 2}
    assert all(sum(v is not None for v in point.values) == 1 for point in found[1:])


@pytest.mark.parametrize("design", ["latin", "sobol"])
def test_drawn_points_fill_the_range_and_are_the_same_for_a_seed(design):
    made = plan("self_referral=0.2:0.6", "mode_review=opt_in,opt_out", design=design, points=32)
    found = values(made)
    assert len(found) == 32 and found == values(made) and found != values(made, 2)
    numbers = sorted(row[0] for row in found)
    assert 0.2 <= numbers[0] < 0.225 and 0.575 < numbers[-1] <= 0.6
    assert Counter(row[1] for row in found) == {"opt_in": 16, "opt_out": 16}


def test_a_lever_holds_from_the_first_week_and_a_path_leads_to_it(tmp_path):
    file = tmp_path / "slow.toml"
    file.write_text(
        'name = "slow"\n[[vary]]\nname = "self_referral"\nvalues = [0, 1]\nfrom = "year 2"\nover_weeks = 26\n'
        '[[vary]]\nname = "directory"\nvalues = "0:1:2"\n[run]\npeople = 2_000\nyears = 3\n'
    )
    made = read(file)
    last = list(points(made, 1))[-1]
    line = timeline_of(work.policy_at(made, made.scenarios[0], last), make_shape(replace(STUDY, weeks=156)))
    assert last.values == (1.0, 1.0)
    begun, reached = line.at(STUDY.burn_in), line.at(STUDY.burn_in + 78)
    today = BY_NAME["self_referral"].today
    assert begun[INDEX["directory"], 0] == 1.0 and begun[INDEX["self_referral"], 0] == today
    assert reached[INDEX["self_referral"], 0] == 1.0
    assert settle(made, Typed(place_size=1000)).study.weeks == 156


def test_areas_parameters_and_rivals_make_studies_of_their_own():
    made = plan("areas=bnssg,sussex", "effect_lonely=0.1:0.2:2", "self_referral=0,1")
    sweep = work.settle(made, STUDY)
    assert len(sweep.families) == 4 and sweep.runs == 8 and sweep.worlds == 16
    assert {(family.study.areas, family.study.fixed) for family in sweep.families} == {
        (area, (("effect_lonely", value),)) for area in ((22,), work.area_list(["sussex"])) for value in (0.1, 0.2)
    }
    rival = work.settle(plan("rival=none,young_groups_fold_sooner"), STUDY)
    assert [len(family.study.fixed) for family in rival.families] == [0, 1]


def test_no_name_means_two_things():
    assert not set(BY_NAME) & set(Parameters.__dataclass_fields__)
    assert not (set(BY_NAME) | set(Parameters.__dataclass_fields__)) & set(OUTCOMES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("self_referral", "does not say what is varied"),
        ("self_referal=0:1:3", "nothing that can be varied"),
        ("self_referral=0:2:3", "above its highest"),
        ("self_referral=1:0:3", "cannot be read"),
        ("self_referral=0:1:1", "cannot be read"),
        ("self_referral=0:1:1000000000000", "cannot be read"),
        ("self_referral=0:nan:3", "cannot be read"),
        ("self_referral=0,0", "named twice"),
        ("self_referral=,", "is a number"),
        ("mode_review=opt_in,maybe", "does not know this word"),
        ("effect_lonely=9:10:2", "cannot have this value"),
        ("areas=bnssg,nowhere", "no area is called"),
        ("rival=nobody", "no rival evidence"),
    ],
)
def test_what_cannot_be_varied_is_said_in_one_message(text, said):
    with pytest.raises(UserError, match=said) as told:
        parse(text)
    assert told.value.rule and told.value.got and told.value.try_


@pytest.mark.parametrize(
    ("vary", "more", "said"),
    [
        ((), {}, "nothing is varied"),
        (("self_referral=0:1",), {}, "a range and no values"),
        (("self_referral=0:1",), {"design": "spiral"}, "no design is called"),
        (("self_referral=0:1:2",), {"points": 8}, "cannot take effect"),
        (("self_referral=0:1",), {"design": "sobol", "points": 100}, "balanced"),
        (("self_referral=0:1:2", "self_referral=0,1"), {}, "varied twice"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(vary, more, said):
    with pytest.raises(UserError, match=said):
        plan(*vary, **more)


def test_a_million_million_points_are_refused_without_making_them():
    made = plan("self_referral=0:1:100000", "directory=0:1:100000", "link_workers=0:1:100")
    with pytest.raises(UserError, match="too large for one sweep") as told:
        must_be_possible(made, 20)
    assert "1,000,000,000,000 points" in told.value.got


def test_shares_that_add_up_to_more_than_the_whole_are_refused_before_anything_runs():
    with pytest.raises(UserError, match="more than the whole"):
        work.settle(plan("personal_budget_share=0,0.8", "outcome_payment_share=0,0.8"), STUDY)


def test_a_parameter_and_a_rival_that_hold_the_same_are_refused():
    with pytest.raises(UserError, match="answered twice"):
        work.settle(plan("group_fold_early=0.002:0.003:2", "rival=none,young_groups_fold_sooner"), STUDY)
