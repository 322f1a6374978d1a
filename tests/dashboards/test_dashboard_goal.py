"""The pages What it would take and The case without a browser: goals from what was typed, jobs that outlive a page, silent tiles."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from test_case import better_runs, same_runs, told

from dashboards.asked.link import decode, encode
from dashboards.asked.state import Aim, Asked, Policy
from dashboards.cards import aim, goal_charts, goal_words
from dashboards.work.case_job import key_of as case_key
from dashboards.work.case_job import nothing_to_say
from dashboards.work.jobs import DONE, FAILED, RUNNING, STOPPED, WAITING, Job, Jobs
from dashboards.work.searching import Tried
from reports.case.tiles import tiles
from scenarios.questions.solve.certify import Looks, judge
from scenarios.questions.solve.frontier import BATCHES, LEAST_BATCH
from scenarios.questions.solve.goal import load_goal
from scenarios.reading.load import load
from sim.errors import UserError
from sim.numbers.levers import BY_NAME

# ------------------------------------------------------------------ goals


def asked(**changes):
    return Asked(aim=Aim(**changes))


def test_the_goal_file_of_the_page_is_read_by_the_command_as_the_same_goal(tmp_path):
    for one in (
        asked(),
        asked(level="37.5", worlds="90", group="age: 85+", better="2", fine=True, levers=("mode_review", "directory")),
    ):
        path = tmp_path / "goal.toml"
        path.write_text(aim.text_of(one), encoding="utf-8")
        page, command = aim.goal_of(one), load_goal(path)
        assert (page.file, page.spans, page.areas, page.group) == (
            command.file,
            command.spans,
            command.areas,
            command.group,
        )


def test_levers_start_at_todays_policy_so_the_lowest_corner_is_todays():
    for lever in aim.levers_to_choose():
        goal = aim.goal_of(asked(levers=(lever.name,)))
        assert goal.scenario(np.zeros(1)).levers == load("today").levers, lever.name
        assert BY_NAME[lever.name].group not in aim.OUTSIDE


def test_at_first_the_levers_and_ranges_are_those_of_the_shipped_goal():
    assert aim.goal_of(asked()).spans == load_goal("half").spans


@pytest.mark.parametrize("group", [name for name, _ in aim.groups_to_choose()])
def test_every_group_on_the_page_is_one_of_a_goal_file(group):
    assert len(aim.goal_of(asked(group=group)).file.question) <= 120


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"level": "0"}, "out of range"),
        ({"level": "100"}, "below 100%"),
        ({"level": "half"}, "not a number"),
        ({"level": "nan"}, "not a number"),
        ({"worlds": "101"}, "out of range"),
        ({"better": "-1"}, "0% or more"),
        ({"group": "age: 200"}, "No group"),
        ({"outcome": "happy"}, "cannot be a goal"),
        ({"people": "ten"}, "whole number"),
        ({"levers": ("cut",)}, "No lever"),
        ({"levers": tuple(x.name for x in aim.levers_to_choose())}, "number of levers"),
    ],
)
def test_what_cannot_be_a_goal_is_said_without_the_language_of_files(changes, words):
    with pytest.raises(UserError) as caught:
        aim.goal_of(asked(**changes))
    said = aim.problem_words(caught.value)
    assert words in said and "toml" not in said.lower() and "/" not in said


@pytest.mark.parametrize("worlds", [0.5, 0.8, 0.9, 0.95])
def test_a_search_may_always_certify(worlds):
    fresh = aim.precision(7, worlds, fine=False)["fresh"]
    assert judge(fresh, fresh, worlds, Looks(max(LEAST_BATCH, fresh // BATCHES), fresh)).word == "certified"


def test_a_search_is_begun_for_one_goal_only_and_the_link_says_so():
    one = asked()
    begun = replace(one, aim=replace(one.aim, seek=aim.key_of(one)))
    back, notes = decode(encode(begun))
    assert back == begun and not notes
    assert aim.key_of(replace(one, seed=2)) != begun.aim.seek != aim.key_of(asked(level="51"))
    assert aim.key_of(aim.bare(replace(begun, policy=Policy("open_door"), page="about"))) == begun.aim.seek


@pytest.mark.parametrize(
    ("stage", "rounds", "at"),
    [
        ("", 2, 0),
        ("first bundles run", 2, 1),
        ("first bundles run", 0, 2),
        ("round 1 of 2", 2, 1),
        ("round 2 of 2", 2, 2),
        ("bundle 1 rejected", 2, 2),
        ("ceilings", 2, 3),
        ("frontier at 50%", 2, 3),
    ],
)
def test_what_solve_says_last_tells_which_step_goes_on(stage, rounds, at):
    assert goal_words.stage_at(stage, rounds) == at


@pytest.mark.parametrize("width", [340, 900])
def test_policies_appear_as_dots_while_the_search_goes_on(width):
    goal = aim.goal_of(asked())
    tried = (Tried(1.0, 0.3, 0, 8), Tried(4.0, 0.6, 8, 8))
    chart = goal_charts.frontier(goal, tried, None, width)
    assert chart.svg.count("<circle") == 2 and "2 policies have run so far" in chart.sentence and len(chart.rows) == 3


# ------------------------------------------------------------------ jobs


class Toy(Job):
    """Work that goes on until it is told to stop, or to end."""

    def __init__(self):
        super().__init__()
        self.end, self.begun = threading.Event(), 0

    def work(self, stop):
        self.begun += 1
        while not self.end.wait(0.01):
            if stop.is_set():
                from scenarios.running.pool import Stopped

                raise Stopped
        return "found"


def until(job, *states):
    for _ in range(1000):
        if job.state in states:
            return job.state
        time.sleep(0.01)
    raise AssertionError(f"{job.state}, not {states}")


def test_a_job_stops_when_the_last_who_asked_leaves_and_goes_on_when_asked_again():
    jobs: Jobs[Toy] = Jobs()
    job = jobs.join("a", Toy, "one")
    assert jobs.join("a", Toy, "two") is job and until(job, RUNNING)
    jobs.leave("a", "one")
    time.sleep(0.05)
    assert job.state == RUNNING
    jobs.leave("a", "two")
    until(job, STOPPED)
    assert job.known_to == {"one", "two"} and not job.owners
    assert jobs.join("a", Toy, "one") is job and until(job, RUNNING)
    job.end.set()
    until(job, DONE)
    assert job.result == "found" and job.begun == 2
    jobs.join("a", Toy, "two")
    assert job.state == DONE and job.begun == 2


def test_anybody_stops_a_job_whose_owner_is_gone_and_only_a_hand_takes_it_up_again():
    jobs: Jobs[Toy] = Jobs()
    job = jobs.join("a", Toy, "gone")
    until(job, RUNNING)
    assert list(jobs.others("b")) == ["a"] and not jobs.others("a")
    jobs.stop("a", "another")
    until(job, STOPPED)
    assert job.halted_by == "another" and list(jobs.others("b")) == ["a"], "the room is told"
    assert jobs.join("a", Toy, "gone", by_hand=False) is job
    time.sleep(0.05)
    assert job.state == STOPPED, "a page that is opened again does not begin what somebody stopped"
    jobs.join("a", Toy, "gone")
    assert until(job, RUNNING) and not job.halted_by
    job.end.set()
    until(job, DONE)
    jobs.stop("a", "another")
    assert job.state == DONE and not jobs.others("b")


def test_who_asks_while_a_job_is_stopping_has_it_go_on():
    jobs: Jobs[Toy] = Jobs()
    job = jobs.join("a", Toy, "one")
    until(job, RUNNING)
    jobs.stop("a", "two")
    jobs.join("a", Toy, "three")
    for _ in range(1000):
        if job.begun == 2 and job.state == RUNNING:
            break
        time.sleep(0.01)
    assert job.begun == 2 and job.state == RUNNING
    jobs.close()


def test_one_runs_at_a_time_and_one_that_waits_can_be_stopped():
    jobs: Jobs[Toy] = Jobs()
    first, second = jobs.join("a", Toy, "one"), None
    until(first, RUNNING)
    second = jobs.join("b", Toy, "two")
    time.sleep(0.05)
    assert second.state == WAITING
    jobs.leave("b", "two")
    until(second, STOPPED)
    assert not second.begun
    jobs.close()
    until(first, STOPPED)


def test_a_job_that_fails_says_so_and_the_next_has_its_turn():
    class Bad(Toy):
        def work(self, stop):
            raise UserError("the disk is full", rule="room", got="none", try_="another disk")

    class Odd(Toy):
        def work(self, stop):
            raise ZeroDivisionError

    jobs: Jobs[Toy] = Jobs()
    bad, odd = jobs.join("a", Bad, "one"), jobs.join("b", Odd, "one")
    assert until(bad, FAILED) and bad.problem == "The disk is full. Expected: room. Found: none. Try: another disk."
    assert until(odd, FAILED) and "ZeroDivisionError" in odd.problem


# ------------------------------------------------------------------ the case


def test_tiles_of_a_case_are_silent_where_nothing_can_be_told():
    loud, silent = dict(tiles(told(better_runs()))), dict(tiles(told(same_runs())))
    assert "£" in loud["Extra cost to the NHS, 2 years"] and "for one QALY" in loud["Cost for one QALY"]
    assert set(silent) < set(loud) or set(silent) == set(loud)
    assert all("no measurable difference" in figure for figure in silent.values())
    assert not any(name.startswith("Net benefit") for name in silent)


def test_no_case_is_made_of_todays_policy_and_a_view_is_no_other_run():
    assert nothing_to_say(Asked()) and not nothing_to_say(Asked(policy=Policy("open_door")))
    one = Asked(policy=Policy("open_door"))
    assert case_key(one) == case_key(replace(one, view=replace(one.view, side="society"), page="case"))
    assert case_key(one) != case_key(replace(one, seed=3))
