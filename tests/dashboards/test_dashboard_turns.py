"""Whose run is next: the newest, and every other time the one who has waited longest; what is learnt ahead, in which order."""

from __future__ import annotations

import threading
import time

import pytest

from dashboards.asked.levers_panel import OPENING
from dashboards.work import progress
from dashboards.work.prepare import ends, order, plan
from dashboards.work.progress import Progress
from dashboards.work.runner import Cancelled, Runner, study_for
from dashboards.work.turns import Turns
from sim.numbers.levers import BY_NAME


class Line:
    """People who queue, one after the other; `served` in the order of their turns."""

    def __init__(self, places: int = 1):
        self.turns, self.served = Turns(places), []
        self.gone: set[str] = set()
        self.threads: list[threading.Thread] = []
        self.hold = threading.Event()

    def ask(self, name: str) -> None:
        """`name` joins the line, and is in it when this returns."""
        before = len(self.turns._waiting)
        thread = threading.Thread(target=self._take, args=(name,), daemon=True)
        self.threads.append(thread)
        thread.start()
        while len(self.turns._waiting) == before and name not in self.served:
            time.sleep(0.001)

    def _take(self, name: str) -> None:
        with self.turns.turn(lambda: name in self.gone) as ours:
            self.served.append(name if ours else f"{name} left")
            if name == "first":
                self.hold.wait(30)

    def end(self) -> list[str]:
        """The first lets go; everybody's turn comes."""
        self.hold.set()
        for thread in self.threads:
            thread.join(30)
        return self.served


def test_the_newest_and_the_longest_waiting_take_turns():
    line = Line()
    for name in ("first", "a", "b", "c", "d"):
        line.ask(name)
    assert line.end() == ["first", "a", "d", "b", "c"]


def test_who_gives_up_is_not_waited_for():
    line = Line()
    for name in ("first", "a", "b"):
        line.ask(name)
    line.gone.add("b")
    while "b left" not in line.served:
        time.sleep(0.001)
    assert line.end() == ["first", "b left", "a"]


def test_no_place_is_lost_when_people_come_and_give_up():
    turns, luck = Turns(2), threading.Barrier(12)
    most, now, lock = [0], [0], threading.Lock()

    def visit(number: int) -> None:
        luck.wait()
        for k in range(20):
            with turns.turn(lambda k=k: (number + k) % 3 == 0) as ours:
                if not ours:
                    continue
                with lock:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                with lock:
                    now[0] -= 1

    threads = [threading.Thread(target=visit, args=(n,), daemon=True) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert most[0] <= 2 and turns._free == 2 and not turns._waiting


def test_every_lever_in_sight_has_one_effect_learnt_before_any_has_two_but_the_openings_come_whole():
    found = [name for name, _ in plan()]
    rest = [name for name in found if name not in OPENING]
    first = rest[: len(set(rest))]
    assert set(found[: len(found) - len(rest)]) == set(OPENING) and len(set(first)) == len(first)
    assert sorted(plan()) == sorted((name, value) for name in order() for value in ends(BY_NAME[name]))


def test_who_waits_for_another_to_settle_is_told_how_far_it_is_and_may_leave(monkeypatch):
    """The bar stood still, and nobody could stop, while somebody else settled the same place."""
    runner, study, hold, told, stop = Runner(workers=1), study_for(0), threading.Event(), [], threading.Event()
    monkeypatch.setattr(runner, "settled", lambda study: False)
    monkeypatch.setattr(runner, "_together", lambda jobs, stop, tell: (tell(0.4), hold.wait(60)))
    other = threading.Thread(target=runner.settle, args=(study, threading.Event()), daemon=True)
    other.start()

    def tell(part: float) -> None:
        told.append(part)
        if part == 0.4 or len(told) > 200:
            stop.set()

    with pytest.raises(Cancelled):
        runner.settle(study, stop, tell)
    hold.set()
    other.join()
    runner.close()
    assert told[-1] == 0.4


def test_time_left_counts_every_piece_and_work_that_was_joined_midway(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    mine = Progress(total=4.0, seconds=100.0, begun=0.0)
    mine.begin(3.0)
    assert mine.left() == "about 2 minutes left", "at the very start, from the size of the work"
    mine.tell(0.8)  # somebody else had done as much
    now[0] = 10.0
    mine.left()
    mine.begin(1.0)
    now[0] = 25.0
    assert mine.far() == 0.75 and mine.left() == "about 25 seconds left", "15 seconds for 0.15 of the whole, 0.25 to go"
