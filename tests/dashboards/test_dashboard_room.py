"""Two people at one server, as websocket clients: nobody's state on another's page. A room of 20: `benchmarks/dashboard_room.py`."""

from __future__ import annotations

import asyncio

import pytest

for needed in ("solara", "websockets", "psutil"):
    pytest.importorskip(needed, reason='pip install "peerscale[dashboard]"')

from benchmarks.dashboard_room import Sample as Memory  # noqa: E402
from benchmarks.dashboard_room import Server, answers, come, growth, kept_apart, until  # noqa: E402
from benchmarks.room_client import Move, Person  # noqa: E402

PATIENCE_SECONDS = 120


async def move_together(address: str, moves: int) -> dict:
    """Two people who move at the same time, each waiting for an answer before the next move."""
    people = [Person(0, address), Person(1, address, unfolded=True)]
    for person in people:
        await come(person)
    for _ in range(moves):
        for person in people:
            await person.move()
        await until(lambda: all(person.moves[-1].first for person in people), PATIENCE_SECONDS, "an answer")
    for person in people:
        await person.go()
    return kept_apart(people)


@pytest.mark.slow
def test_two_people_move_levers_and_neither_sees_the_other():
    server = Server(small=True)
    try:
        found = asyncio.run(move_together(server.address, 2))
    finally:
        server.stop()
    assert found["own_marks"] > 0, "a mark that never arrives could not show a leak"
    assert found["leaks"] == 0 and found["strayed_levers"] == 0 and not found["problems"]


def test_a_strangers_mark_on_the_page_is_noticed():
    person, other = Person(0, ""), Person(1, "")
    person.look_for_marks(f'{{"link": "?pin={person.mark}~open_door~~"}}')
    assert person.own_marks == 1 and not person.strangers
    person.look_for_marks(f'{{"link": "?pin={other.mark}~open_door~~"}}')
    assert person.strangers == {other.mark}


def panel(campaign: int, other: int = 1) -> list[dict]:
    """Two levers at their stops."""
    rows = [
        {"name": name, "values": [0.0, 1.0, 2.0], "at": at, "today": 1}
        for name, at in (("campaign", campaign), ("cut", other))
    ]
    return [{"first": rows}]


def opened(stale: bool, status: str) -> list[dict]:
    """Messages of a page with two levers, one chart and the header."""
    states = {
        "a": {"groups": panel(1)},
        "b": {"chart": {}, "stale": stale},
        "c": {"toml": {}, "status": status, "problem": ""},
    }
    return [
        {"header": {"msg_type": "comm_open"}, "content": {"comm_id": key, "data": {"state": state}}}
        for key, state in states.items()
    ]


def update(comm: str, **state: object) -> dict:
    """A message that changes a widget."""
    return {
        "header": {"msg_type": "comm_msg"},
        "content": {"comm_id": comm, "data": {"method": "update", "state": state}},
    }


def moved() -> tuple[Person, Move]:
    """Somebody with the page open who has just moved "campaign" to its last stop."""
    person, move = Person(0, ""), Move(at=0.0)
    for message in opened(False, ""):
        person.take(message)
    person.moves.append(move)
    person.moved, person.mine = "campaign", {"campaign": 2.0}
    return person, move


def test_an_answer_counts_only_when_it_answers_this_move():
    person, move = moved()
    person.take(update("b", chart={"late": 1}))
    for stale in (True, False):  # the answer to the move before
        person.take(update("b", stale=stale))
    assert move.first is None, "the chart before the server has come to this move is an old answer"
    for message in (
        update("a", groups=panel(2)),
        update("b", stale=True),
        update("c", status="Your policy"),
        update("b", estimate=True),
    ):
        person.take(message)
    assert move.first is None
    person.take(update("b", stale=False))
    assert move.first is not None and move.guess and move.model is None
    for message in (update("b", estimate=False), update("c", status="")):
        person.take(message)
    assert move.model is not None


@pytest.mark.parametrize(("other", "strayed"), [(1, 0), (2, 1)])
def test_a_lever_that_somebody_else_moved_is_noticed(other, strayed):
    person, _ = moved()
    for message in (update("a", groups=panel(2, other)), update("b", stale=True), update("b", stale=False)):
        person.take(message)
    assert person.strayed == strayed


def test_a_move_without_an_answer_counts_with_the_time_it_was_given():
    found = answers([Move(0.0, first=0.5, waited=8.0), Move(0.0, first=None, waited=9.0)])
    assert found["first_s"]["slowest"] == 9.0 and found["first_s"]["before_the_next_move"] == 1


def test_growth_is_counted_from_the_fifth_minute():
    samples = [Memory(0.0, 10, 0), Memory(300.0, 100, 100), Memory(900.0, 150, 100), Memory(1800.0, 110, 100)]
    found = growth(samples)
    assert found["from_minute"] == 5.0 and found["growth_percent"] == 5.0 and found["most_growth_percent"] == 25.0
