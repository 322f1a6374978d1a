"""Areas of a large world run one after another: the same result as together; and what does not fit is told before."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.reading.load import load, with_settings
from scenarios.running import by_area, memory
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import run_many
from scenarios.running.study import Study, make_shape
from scenarios.running.worlds import Task, batches, do_meet
from sim.errors import UserError

STUDY = Study((5, 6, 7), people=6000, draws=2, weeks=60, burn_in=60, place_size=1000)
HARSH = ["lose_largest=1", "group_founding=2", "link_workers=0.3"]


@pytest.fixture(autouse=True)
def no_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERSCALE_STARTS", "0")


def run(study=STUDY, *more: str):
    """One policy's result, in this process."""
    policy = with_settings(load("open_door"), [*HARSH, *more])
    ((_, result),) = run_many([policy], study, 1)
    return result


def test_apart_and_together_give_the_same(monkeypatch):
    together = run()
    monkeypatch.setattr(by_area, "MOST_TOGETHER", 3000)
    apart = run()
    assert apart.shape == together.shape and apart.settling == together.settling
    for name in ("weekly", "tally", "gains", "waits"):
        np.testing.assert_array_equal(getattr(apart, name), getattr(together, name))
    for name in together.organisations:  # those founded later stand by area, not by week
        one, two = apart.organisations[name], together.organisations[name]
        assert one.dtype == two.dtype
        order = np.argsort(together.organisations["area_row"], kind="stable")
        np.testing.assert_array_equal(one, two[order])


def test_people_who_are_followed_are_of_the_first_area(monkeypatch):
    monkeypatch.setattr(by_area, "MOST_TOGETHER", 2000)
    events = run().events
    assert len(events) and events[:, 1].max() < make_shape(STUDY, [(0, 0)]).n_places[0] * 1000


def test_areas_that_meet_run_together(monkeypatch, tmp_path):
    monkeypatch.setattr(by_area, "MOST_TOGETHER", 2000)
    for lever in ("learning_network=0.5", "conviction=1"):
        tasks = [Task(load("today")), Task(with_settings(load("today"), [lever]))]
        assert do_meet(STUDY, tasks) and not do_meet(STUDY, tasks[:1])
    assert {part.areas for part in batches(STUDY, 1, FinishedJobs(tmp_path))} == {None}
    assert len(batches(STUDY, 1, FinishedJobs(tmp_path), meet=False)) == 2 * len(
        by_area.groups(make_shape(STUDY, [(0, 0)]), False)
    )


def test_groups_hold_whole_areas_in_order():
    england = make_shape(Study(tuple(range(42)), people=10**9, draws=1), [(0, 0)])
    found = by_area.groups(england, False)
    assert [first for first, _ in found[1:]] == [last for _, last in found[:-1]]
    assert found[0][0] == 0 and found[-1][1] == 42
    people = [sum(england.n_places[a:b]) * england.place_size for a, b in found]
    assert sum(people) == england.people
    assert all(n <= by_area.MOST_TOGETHER or b == a + 1 for n, (a, b) in zip(people, found, strict=True))


def parts_of(people: int, meet: bool = False, areas: tuple[int, ...] = tuple(range(42))):
    study = Study(areas, people=people, draws=1)
    groups = by_area.groups(make_shape(study), meet)
    from scenarios.running.worlds import Batch

    return [Batch(study, study.worlds, False, one if len(groups) > 1 else None) for one in groups]


def test_what_does_not_fit_is_refused_with_what_does(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 600_000_000)
    with pytest.raises(UserError) as told:
        memory.must_fit(parts_of(10**9), 2)
    assert "--workers 1" in str(told.value) and "0.6 GB" in str(told.value) and "adults" in str(told.value)
    memory.must_fit(parts_of(10**9), 1)
    with pytest.raises(UserError, match="without learning_network") as told:
        memory.must_fit(parts_of(10**9, meet=True), 2)
    assert "--people" in str(told.value)


def test_what_fits_in_fact_fits(monkeypatch):
    free = 1_000_000_000
    monkeypatch.setattr(memory, "available", lambda: free)
    with pytest.raises(UserError) as told:
        memory.must_fit(parts_of(10**9, meet=True), 2)
    typed = str(told.value).split("--people ")[1].split(" ")[0].replace(",", "")
    memory.must_fit(parts_of(int(typed), meet=True), 1)


def test_where_nobody_says_how_much_there_is_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: None)
    memory.must_fit(parts_of(10**9, meet=True), 2)


def test_this_machine_says_how_much_there_is():
    found = memory.available()
    assert found is None or found > 10_000_000
