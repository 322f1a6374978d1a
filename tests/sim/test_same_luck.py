"""Same luck: a lever changes first what it touches, never what life brings; latent wants are one for all scenarios."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from histories import CROWDED, TURNOVER, course

from scenarios.reading.files import names as shipped
from scenarios.reading.load import load, resolve
from sim.columns.start import make_shape
from sim.core.engine import run_all
from sim.numbers.levers import BY_NAME, LEVERS
from sim.numbers.parameters import draw_parameters
from sim.people.population import load_areas
from sim.policy.touches import PHASES, POLICY_FREE, TOUCHES, allowed, first_changed
from sim.results.result import MONEY, WEEKLY, Result
from sim.vocabulary import Event

BURN_IN, WEEKS = 30, 100
AREAS = list(range(26))
LIVELY = TURNOVER | {"comes_forward": 0.3, "reserve_start_weeks": 8.0, "overhead_share": 0.15}
MOVES = [
    (lever.name, end)
    for lever in LEVERS
    for end in (lever.low, lever.high)
    if end != CROWDED.get(lever.name, lever.today)
]
Runs = tuple[Result, Result]


@functools.cache
def one_lever_runs() -> dict[tuple[str, float], Runs]:
    """(as it is, with one lever moved) for each end of each lever's range, in a third of a small busy area.

    Areas do not meet, so one run moves a different lever in each area.
    """
    shape = make_shape([(0, 0)], AREAS, 2000 * len(AREAS), 2000, BURN_IN, WEEKS, seed=4)
    assert set(shape.n_places) == {1}
    shape = replace(shape, all_places=(3,) * len(AREAS))
    parts = [MOVES[k : k + len(AREAS)] for k in range(0, len(MOVES), len(AREAS))]
    lines = [course(shape, CROWDED, {}, BURN_IN)]
    for part in parts:
        moved = [{name: end} for name, end in part] + [{}] * (len(AREAS) - len(part))
        lines.append(course(shape, CROWDED, moved, BURN_IN))
    today, *others = run_all(shape, draw_parameters([0], LIVELY), lines, trace=(-1,))
    return {
        move: (of_area(today, area), of_area(other, area))
        for part, other in zip(parts, others, strict=True)
        for area, move in enumerate(part)
    }


def of_area(result: Result, area: int) -> Result:
    """What one area's people and organisations did."""
    mine = result.events[:, 1] // 2000 == area
    orgs = result.organisations["area_row"] == area
    return Result(
        result.shape,
        result.weekly[:, area : area + 1],
        result.tally[area : area + 1],
        {name: column[orgs] for name, column in result.organisations.items()},
        result.events[mine],
    )


def ends(name: str) -> list[Runs]:
    """Runs with a lever at either end of its range."""
    return [one_lever_runs()[move] for move in MOVES if move[0] == name]


@pytest.mark.slow
@pytest.mark.parametrize("name", [lever.name for lever in LEVERS])
def test_a_lever_changes_first_only_the_kinds_of_event_listed_for_it(name: str) -> None:
    """In the first week that differs, the earliest phase that differs shows only kinds that the lever touches."""
    for today, other in ends(name):
        week, phase, kinds = first_changed(today.events, other.events)
        assert week == -1 or week >= BURN_IN
        surprise = {kind.name for kind in kinds - allowed(BY_NAME[name].touches)}
        assert not surprise, f"{name} ({BY_NAME[name].touches}) first changed {surprise} in {phase} of week {week}"


@pytest.mark.slow
@pytest.mark.parametrize("name", [lever.name for lever in LEVERS])
def test_no_lever_changes_what_life_brings_or_which_latent_wants_begin(name: str) -> None:
    """Deaths, moves, conditions, losses and latent wants: the same in every week, person by person."""
    for today, other in ends(name):
        assert np.array_equal(of_kinds(today.events), of_kinds(other.events))


def of_kinds(events: np.ndarray) -> np.ndarray:
    """Events that no policy may change."""
    return events[np.isin(events[:, 2], sorted(POLICY_FREE))]


def differs(one: Result, other: Result) -> bool:
    """Whether any week, or any organisation at the end, differs."""
    tables = one.organisations.items()
    return not (
        np.array_equal(one.weekly, other.weekly) and all(np.array_equal(c, other.organisations[k]) for k, c in tables)
    )


# What needs more people to be seen: a diagnosis, awards that end in one week, a founding, two who wait for one place,
# organisations that learn from a better one.
RARE = {
    "mode_diagnosis": 0.0,
    "allocation": 4.0,
    "new_organisations": 50.0,
    "award_years": 10.0,
    "priority": 1.0,
    "recruit_helped": 5.0,
    "learning_network": 1.0,
}


@pytest.mark.slow
def test_every_lever_changes_something() -> None:
    """A lever that does nothing would pass every test above."""
    idle = {lever.name for lever in LEVERS if not any(differs(*runs) for runs in ends(lever.name))}
    assert idle <= set(RARE)
    shape = make_shape([(0, 0)], [5], 40_000, 1000, 0, 130, seed=4)
    lines = [course(shape, CROWDED | {name: value}, {}, 1) for name, value in ({"sessions": 12.0} | RARE).items()]
    today, *others = (run_all(shape, draw_parameters([0], LIVELY), [line])[0] for line in lines)
    assert not [name for name, other in zip(RARE, others, strict=True) if not differs(today, other)]


@pytest.mark.slow
def test_a_money_lever_moves_money_before_people() -> None:
    """The weekly pence differ no later than the first event does."""
    columns = [WEEKLY.index(name) for name in MONEY[:4]]
    for name in ("budget_board", "budget_council", "budget_trust", "budget_charity", "cut"):
        today, other = ends(name)[-1]
        pence = np.flatnonzero((today.weekly != other.weekly)[:, 0, columns].any(axis=1))
        week, _, _ = first_changed(today.events, other.events)
        assert len(pence) and pence[0] + BURN_IN <= week, name


def test_the_words_of_levers_are_those_of_the_table_and_every_kind_has_its_phase() -> None:
    """No word without kinds, no kind without a phase, and nothing that life brings is ever listed."""
    assert {word for lever in LEVERS for word in lever.touches.split()} == set(TOUCHES)
    assert {event.phase for event in Event} <= set(PHASES)
    assert not POLICY_FREE & frozenset().union(*TOUCHES.values())


def test_a_change_where_it_may_not_be_is_noticed() -> None:
    """The control: a lever of `offer` that were first to change hearing, or ever to change a death."""
    events = np.array([[3, 1, Event.HEARD, 0], [3, 2, Event.OFFERED, 0], [5, 1, Event.DIED, 0]])
    week, phase, kinds = first_changed(events, events[1:])
    assert (week, phase, kinds) == (3, "hear", {Event.HEARD}) and not kinds <= allowed("offer")
    assert first_changed(events, events[[0, 2]])[2] <= allowed("offer")
    assert first_changed(events, events) == (-1, "", set())
    assert not np.array_equal(of_kinds(events), of_kinds(events[:2]))


@pytest.mark.slow
def test_latent_wants_are_the_same_in_every_shipped_scenario_person_by_person() -> None:
    """All scenarios, the history included, into their second year: what life brings and which latent wants begin."""
    shape = make_shape([(1, 0)], [5], 1500, 1500, 26, 90, seed=8)
    codes = [str(load_areas().code[area]) for area in shape.areas]
    every = [load(name) for name in shipped()]
    groups = [[s for s in every if not s.history], *([s] for s in every if s.history)]
    par = draw_parameters([1])
    runs = [run for some in groups for run in run_all(shape, par, [resolve(s, codes, 26) for s in some], (-1,))]
    assert len(runs) == len(shipped()) >= 24
    base = of_kinds(runs[0].events)
    assert (base[:, 2] == Event.WANTS).sum() > 200
    assert all(np.array_equal(base, of_kinds(run.events)) for run in runs)
    assert len({run.events.tobytes() for run in runs}) > 10, "scenarios that do nothing prove nothing"
