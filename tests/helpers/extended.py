"""Run in a checkout that was extended as `docs/extend.md` says: what was added is there, and both engines agree.

Prints one line a claim; `tests/test_extend.py` runs it and reads them.
"""

from __future__ import annotations

import numpy as np
from histories import BUSY, CROWDED, TURNOVER, both, first_difference

import sim
from scenarios.questions.journeys import story
from sim.numbers.levers import BY_NAME
from sim.policy.touches import first_changed
from sim.results import outcomes
from sim.results.result import FIRST_LEVEL, Measure
from sim.vocabulary import NEEDS, Event

SIZE = ([5, 17], 2400, 1200, 78, 3)
HELD = TURNOVER | {
    "attend_first": 0.5,
    "room_before_wait": 0.0,
}  # many wait, and stay away unless a reminder brings them
NEW = NEEDS.index("long_covid")


def main() -> None:
    """Two areas, one with reminders and one without; then the same with reminders in neither."""
    print("of", sim.__file__)
    busy = BUSY | CROWDED
    one, other = both(*SIZE, policy=[busy, busy | {"reminders": 1.0}], fixed=HELD)
    print("difference", first_difference(one, other) or "none")
    wants = one.tally[:, FIRST_LEVEL["needs group"] + NEW, Measure.WANTS].sum()
    print("wants of the new needs group", "some" if wants > 0 else "none")
    print("services for it", "some" if np.any(one.organisations["needs"] >> NEW & 1) else "none")
    accepted, rows = one.column("n_accepted"), one.events[:, 2] == Event.ACCEPTED
    print("accepted", "as traced" if accepted.sum() == rows.sum() > 0 else "not as traced")
    expected = one.column("n_offered").sum() - one.column("n_declined").sum()
    print("who did not decline", "accepted" if accepted.sum() == expected else "did not")
    person = int(one.events[rows][0, 1])
    told = [moment.words for moment in story(one, person)]
    print("story", "tells it" if Event.ACCEPTED.words in told else f"does not: {told}")
    value = float(outcomes.BY_NAME["never_came_of_offered"].worlds(one)[0])
    print("outcome", "a share" if 0.0 < value < 1.0 else value)
    print("asked of", "never_came_of_offered" in outcomes.askable())
    without, _ = both(*SIZE, policy=busy, fixed=HELD)
    _, phase, kinds = first_changed(without.events, one.events)
    print("lever first changes", phase, "within what it touches" if kinds <= allowed_of("reminders") else kinds)
    came = [run.column("n_never_came")[:, 1].sum() for run in (without, one)]
    print("reminders", "bring people" if came[1] < came[0] else f"bring nobody: {came}")
    spent = [int(run.column("spent_ways_in_pence")[:, 1].sum()) for run in (without, one)]
    print("pence for reminders", "some" if spent[1] > spent[0] else f"none: {spent}")
    print("today", BY_NAME["reminders"].today)


def allowed_of(lever: str) -> frozenset[Event]:
    """Kinds of event that a lever may be first to change."""
    from sim.policy.touches import allowed

    return allowed(BY_NAME[lever].touches)


if __name__ == "__main__":
    main()
