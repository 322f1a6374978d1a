"""What counts, counts once: reservations fit their hosts, add up, and change nobody's history."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from unittest import mock

import numpy as np
import pytest
from histories import BUST, BUSY, HARSH, TURNOVER, assert_same, both, course
from six_people import ORG, InAgents, InCore
from tiny_plan import TINY

from scenarios.evidence.calibration_plan import read_plan
from scenarios.questions.rows import check_outcome
from scenarios.questions.solve.goal import goals_dir, load_goal
from scenarios.reading.load import load
from scenarios.reading.scenario import LEAST_YEARS
from scenarios.running.posterior import PRIORS
from scenarios.running.study import Study, run_together, world_parameters
from sim.agents import model as agents
from sim.agents import phases
from sim.columns.start import make_shape
from sim.core import engine as core
from sim.core.chairs import holds_of
from sim.core.parts.seats import NO_ROOM
from sim.errors import UserError
from sim.numbers.parameters import draw_parameters
from sim.numbers.structure import FOLLOW_UP_WEEKS
from sim.results import outcomes
from sim.results.result import Measure
from sim.rules.count import is_counted
from sim.vocabulary import YEAR, Event, Judged, Offer, Post, Reserved, Stage

GROUP, VOLUNTEER = Offer.GROUP, Offer.VOLUNTEER
LASTING = {
    "groups_per_place": 6.0,
    "group_fold_later": 0.002,
    "fold_attendance": 0.0,
    "group_size": 5.0,
    "group_size_spread": 0.0,
    "group_known": 1.0,
}
"""Groups that fill."""
ENDS = frozenset(Reserved) - {Reserved.TAKEN, Reserved.PASSED_ON}


@pytest.fixture(scope="module")
def harsh():
    """Short awards, turnover, pairs, then a cut, in both engines: hosts fill, give way and close."""
    policy, fixed = BUSY | {"sessions": 4}, TURNOVER | {"online_stay_weeks": 3.0}
    return both([5, 17], 3000, 1500, 130, 4, policy=policy, later=BUST, at=70, fixed=fixed)


@pytest.mark.parametrize("engine", [InCore, InAgents])
def test_six_people_by_hand(engine):
    """Three seats of a group, each reserved for 5 weeks, and one volunteer with one place.

    0 wants for 30 weeks; 1 for 12, the target, and knows of it in its last week only; 2 for 6, one to one only; 3 from week
    2 and 4 from week 3, a group only; 5 from week 1, and declines the volunteer's place in week 4. From week 5 there are 4
    sessions, not 10. The volunteer leaves in week 7.
    """
    one, group, alone = (
        engine({0: 10, 5: 4}, dict.fromkeys((0, 1, 3, 4), (GROUP,)) | {2: (VOLUNTEER,), 5: (VOLUNTEER,)}),
        (GROUP, 0),
        (VOLUNTEER, ORG),
    )
    for i in (0, 2, 3, 4):
        one.knows(i)
    begins = {0: ((0, 30), (1, 12), (2, 6)), 1: ((5, 30),), 2: ((3, 40),), 3: ((4, 20),)}
    for week in range(20):
        one.week(week)
        for who, weeks in begins.get(week, ()):
            one.wants(who, weeks)
        if week == 6:
            one.passes(2)
        if week == 12:
            one.passes(1)
            one.knows(1)
        if week == 7:
            one.loses_volunteer()
        if week == 4:
            one.declines(5)
        one.count()
    assert one.rows() == sorted(
        [
            (1, 0, Reserved.TAKEN, *group),
            (1, 2, Reserved.TAKEN, *alone),
            (3, 3, Reserved.TAKEN, *group),
            (4, 4, Reserved.TAKEN, *group),
            (4, 5, Judged.OFFERED, VOLUNTEER, -1),
            (4, 2, Reserved.GAVE_WAY, *alone),  # the place is used up this week
            (5, 2, Reserved.TAKEN, *alone),  # for 4 weeks now
            (6, 2, Judged.STOOD, *alone),  # a want of 6 weeks ends, and its reservation goes on
            (6, 0, Judged.COMPLETED, *group),
            (6, 0, Reserved.COMPLETED, *group),
            (7, 2, Reserved.GAVE_WAY, *alone),
            (8, 3, Judged.COMPLETED, *group),
            (8, 3, Reserved.COMPLETED, *group),
            (9, 4, Judged.COMPLETED, *group),
            (9, 4, Reserved.COMPLETED, *group),
            (12, 1, Reserved.TAKEN, *group),  # it passes in this week, and is judged in it all the same
            (12, 1, Judged.STOOD, *group),
            (17, 1, Reserved.COMPLETED, *group),
        ]
    )


def test_both_engines_reserve_the_same(harsh):
    one, other = harsh
    assert_same(one, other)
    kinds = set(one.reservations[:, 2].tolist())
    missing = {kind.name for kind in (*Reserved, *Judged) if kind not in kinds}
    assert not missing, missing


def test_reservations_add_up_for_every_host(harsh):
    """Taken = ended, in any way, and standing: host by host, by the log and by the state at the end."""
    one, _ = harsh
    people = one.bodies["held"]
    standing = Counter(map(tuple, people[people[:, 0] == 1, 1:3].tolist()))
    taken, ended = Counter(), Counter()
    for _, _, kind, offer, host in one.reservations.tolist():
        taken[offer, host] += kind == Reserved.TAKEN
        ended[offer, host] += kind in ENDS
    assert all(taken[host] == ended[host] + standing[host] for host in taken | ended | standing)
    assert len(taken) > 20 and standing


def test_a_want_that_counts_by_a_reservation_had_one_when_it_was_judged(harsh):
    """Wants are judged once; those that count by a reservation hold it in the log at that moment."""
    one, _ = harsh
    held, judged = {}, Counter()
    for _, rows in groupby(one.reservations.tolist(), key=lambda row: row[0]):
        before, week = dict(held), list(rows)  # within a week all that ends does so before anything is taken
        for _, person, kind, _, _ in week:
            if kind in ENDS:
                del held[person]
        held |= {person: (offer, host) for _, person, kind, offer, host in week if kind == Reserved.TAKEN}
        for _, person, kind, offer, host in week:
            if kind in (Judged.STOOD, Judged.COMPLETED):
                assert (offer, host) in (before.get(person), held.get(person)), (week, person, Judged(kind).name)
            judged[person] += kind in set(Judged)
    begun = Counter(one.events[one.events[:, 2] == Event.WANTS, 1].tolist())
    assert all(judged[person] <= begun[person] for person in judged)
    assert {Judged.STOOD, Judged.COMPLETED} <= set(one.reservations[:, 2].tolist())


def test_the_three_answers_nest_in_every_group_and_area(harsh):
    one, _ = harsh
    tally = one.tally
    chain = (
        Measure.STARTED_IN_TIME,
        Measure.HAD_IN_TIME,
        Measure.AVAILABLE,
        Measure.ELIGIBLE,
        Measure.WANTS,
        Measure.ALL_WANTS,
    )
    for less, more in zip(chain, chain[1:], strict=False):
        assert (tally[:, :, less] <= tally[:, :, more]).all(), (less.name, more.name)
    assert (tally[:, 0, Measure.STARTED_IN_TIME] > 0).all()
    for part, whole in (
        ("ONLINE", "AVAILABLE"),
        ("FOLLOWED", "ELIGIBLE"),
        ("BETTER", "FOLLOWED"),
        ("KEPT", "FOLLOWED"),
    ):
        assert (tally[:, :, Measure[part]] <= tally[:, :, Measure[whole]]).all(), part


def test_nothing_is_reserved_that_a_host_does_not_have_in_columns():
    """Occupied and reserved fit every host in every week, when all have looked; a host that cannot meet has none."""
    weeks, full, closed = 0, 0, 0

    def checked(w):
        nonlocal weeks, full, closed
        core_count(w)
        people, hosts = w.people, w.hosts
        held = np.flatnonzero(people.holds)
        kind, host = people.hold_offer[held], people.hold_host[held]
        free, reserved = (
            hosts.groups[: len(w.groups.open)],
            np.bincount(host[kind == Offer.GROUP], minlength=len(w.groups.open)),
        )
        members = np.bincount(people.host[people.stage == 3], minlength=len(free))
        with np.errstate(over="ignore"):  # keyed draws wrap around
            holds = np.array([holds_of(w, g) for g in range(len(free))], np.int64)
        capacity = np.where(free <= NO_ROOM, 0, holds)
        assert (reserved <= np.maximum(0, capacity - members)).all()
        full, closed = full + int((members + reserved == holds).sum()), closed + int((free <= NO_ROOM).sum())
        online = np.bincount(host[kind == Offer.ONLINE], minlength=len(hosts.online))
        places = np.floor(w.levers.online_places / 1000 * w.tables.adults).astype(int)
        assert (online <= np.maximum(0, places - w.state.online_members)).all()
        _check_supporters(w, held)
        other = host[kind == Offer.PAIR]
        assert len(set(other.tolist())) == len(other) and (people.stage[other] == 2).all()
        weeks += 1

    core_count = core.count
    phases_ = tuple(checked if phase is core_count else phase for phase in core.PHASES)
    shape = make_shape([(0, 0)], [5, 17], 3000, 1500, 0, 110, 4)
    line = course(shape, BUSY, BUST | {"face_to_face_closed": 0.5}, 90)
    with mock.patch.object(core, "PHASES", phases_):
        core.run(shape, draw_parameters([0], TURNOVER | LASTING), line, [])
    assert weeks == 110 and full and closed


def _check_supporters(w, held):
    """Places of one organisation, offer and experience: what is reserved beside the people with those who meet."""
    people, sup = w.people, w.supporters
    reserved = Counter()
    for i in held:
        if people.hold_offer[i] in (Offer.VOLUNTEER, Offer.PAID):
            reserved[int(people.hold_host[i]), int(people.hold_offer[i] == Offer.PAID), int(people.hold_part[i])] += 1
    room = Counter()
    for s in np.flatnonzero(sup.state == 1):
        room[int(sup.org[s]), int(sup.paid[s]), int(sup.experience[s])] += int(sup.here[s] - sup.load[s])
    assert all(many <= room[host] for host, many in reserved.items())


def test_nothing_is_reserved_that_a_host_does_not_have_among_agents():
    """The same, told from the agents themselves: people in it, places offered this week and reservations fit each host."""
    weeks, full, closed = 0, 0, 0
    count = phases.count

    def checked(m):
        nonlocal weeks, full, closed
        offered = {(org, *key): many for org in m.organisations for key, many in org.used.items()}
        count(m)
        reserved = Counter((p.hold.host.body, p.hold.host.offer, p.hold.host.part) for p in m.holders)
        for (body, offer, part), many in reserved.items():
            room = _room(m, body, offer, part) - offered.get((body, offer, part), 0)
            assert many <= max(0, room), (body, offer)
            full += many == room
        closed += sum(not group.open or not group.meets() for group in m.groups)
        weeks += 1

    phases_ = tuple(checked if phase is count else phase for phase in phases.PHASES)
    shape = make_shape([(0, 0)], [5, 17], 2000, 1000, 0, 90, 4)
    line = course(shape, BUSY, BUST | {"face_to_face_closed": 0.5}, 70)
    with mock.patch.object(phases, "PHASES", phases_):
        agents.run(shape, draw_parameters([0], TURNOVER | LASTING), line)
    assert weeks == 90 and full and closed


def _room(m, body, offer, part):
    """Places of a host that can meet, less the people in it."""
    if offer == Offer.GROUP:
        return body.holds - body.members if body.open and body.meets() else 0
    if offer == Offer.ONLINE:
        return int(body.policy.online_places / 1000 * body.adults) - body.online_members
    if offer == Offer.PAIR:
        return int(body.stage == Stage.WAITING)
    mine = (s for s in body.supporters if s.state == Post.ACTIVE and s.experience == part and s.meets())
    return sum(s.here - s.load for s in mine if s.paid == (offer == Offer.PAID)) if body.open else 0


def test_with_the_count_switched_off_the_events_are_the_same_bytes():
    shape = make_shape([(0, 0)], [5], 1500, 1500, 0, 110, 3)
    given = (shape, draw_parameters([0], TURNOVER), course(shape, BUSY, BUST, 70), [-1])
    usual = core.run(*given)
    with mock.patch.object(core, "PHASES", tuple(phase for phase in core.PHASES if phase is not core.count)):
        without = core.run(*given)
    assert usual.events.tobytes() == without.events.tobytes() and len(usual.events) > 1000
    assert usual.weekly.tobytes() == without.weekly.tobytes()
    assert (
        not (without.reservations[:, 2] == Reserved.TAKEN).any() and (usual.reservations[:, 2] == Reserved.TAKEN).any()
    )


def test_agents_keep_their_history_without_it_too():
    one, other = both([5], 800, 800, 80, 3, policy=HARSH["pairs"])
    with mock.patch.object(phases, "PHASES", tuple(p for p in phases.PHASES if p.__name__ != "count")):
        _, without = both([5], 800, 800, 80, 3, policy=HARSH["pairs"])
    assert without.events.tobytes() == other.events.tobytes() == one.events.tobytes()


def test_two_years_and_five_count_the_same_wants_alike():
    """What became of wants that began in the first year does not hang on how long the run is."""
    shapes = [make_shape([(0, r) for r in range(3)], [5], 1000, 1000, 20, weeks, 2) for weeks in (60, 130)]
    short, long = (core.run(shape, draw_parameters([0] * 3), course(shape, BUSY, {}, 10)) for shape in shapes)
    assert short.tally[:, 0, Measure.ELIGIBLE].sum() < long.tally[:, 0, Measure.ELIGIBLE].sum()
    rates = [r.tally[:, 0, Measure.STARTS].sum() / r.tally[:, 0, Measure.ELIGIBLE].sum() for r in (short, long)]
    assert rates[0] == pytest.approx(rates[1], rel=0.35)


def test_the_shortest_run_that_is_taken_can_count_a_want():
    assert round(LEAST_YEARS * YEAR) == FOLLOW_UP_WEEKS + 1
    assert is_counted(0, 12, 12, 0, FOLLOW_UP_WEEKS + 1) and not is_counted(0, 12, 12, 0, FOLLOW_UP_WEEKS)


@pytest.mark.parametrize("engine", ["core", "mesa"])
def test_a_study_that_could_count_no_want_is_refused_however_it_is_made(engine):
    study = Study((22,), 1000, 1, weeks=FOLLOW_UP_WEEKS, burn_in=4, place_size=1000, engine=engine, posterior=PRIORS)
    with pytest.raises(UserError, match="too short to count a want") as told:
        run_together([load("today")], study)
    assert told.value.key == "weeks" and told.value.got == "26"


def test_a_plan_whose_runs_could_count_no_want_is_refused(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(TINY.replace("reported_weeks = 39", "reported_weeks = 26"), "utf-8")
    with pytest.raises(UserError) as told:
        read_plan(file)
    assert told.value.key == "reported_weeks" and "greater than 26" in told.value.rule
    file.write_text(TINY.replace("reported_weeks = 39", "reported_weeks = 27"), "utf-8")
    assert read_plan(file).form.reported_weeks == 27


def test_a_target_wait_beyond_the_follow_up_is_refused():
    study = Study((22,), fixed=(("target_weeks", 27.0),), posterior=PRIORS)
    with pytest.raises(UserError, match="target wait") as told:
        world_parameters(study, study.worlds[:2])
    assert told.value.key == "target_weeks" and told.value.got == "27"


@pytest.mark.parametrize("name", ["available_offline", "available_two", "available_strict"])
def test_an_outcome_that_is_gone_says_what_took_its_place(name):
    assert name not in outcomes.BY_NAME
    with pytest.raises(UserError) as told:
        check_outcome(name)
    assert told.value.try_ == outcomes.GONE[name]


@pytest.mark.parametrize("name", outcomes.GONE)
def test_a_goal_about_an_outcome_that_is_gone_is_refused_with_what_took_its_place(name, tmp_path):
    goal = (goals_dir() / "half.toml").read_text("utf-8").replace('outcome = "available"', f'outcome = "{name}"')
    (tmp_path / "goal.toml").write_text(goal, "utf-8")
    with pytest.raises(UserError) as told:
        load_goal(tmp_path / "goal.toml")
    assert told.value.try_ == outcomes.GONE[name] and told.value.line


def test_a_settled_start_carries_reservations():
    """Reserved in the burn-in, judged after it: what goes on from a settled state is what a run in one piece gives."""
    shape = make_shape([(0, 0)], [5], 1500, 1500, 60, 60, 3)
    par, line = draw_parameters([0]), course(shape, BUSY, {}, 60)
    whole = core.run(shape, par, line, [-1])
    later = core.go_on(core.settle(shape, par, line, trace=[-1]), line, None)
    assert (
        whole.reservations.tobytes() == later.reservations.tobytes() and whole.tally.tobytes() == later.tally.tobytes()
    )
    assert (whole.reservations[:, 0] < 60).any()
