"""Opening one gate: nothing changes when nothing is opened, each gate opens what it says, and not the world."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.questions.relief import gate_relief, together
from scenarios.reading.load import load
from scenarios.running.study import Study, make_shape, timeline_of, world_parameters
from sim.core.engine import go_on, settle
from sim.policy.relief import RELIEFS, Relief
from sim.results.counts import by_world
from sim.results.result import Measure
from sim.vocabulary import Event

STUDY = Study((5,), people=4_000, draws=2, weeks=78, burn_in=130, place_size=2_000)


@pytest.fixture(scope="module")
def runs():
    shape = make_shape(STUDY)
    line = timeline_of(load("today"), shape)
    settled = settle(shape, world_parameters(STUDY, STUDY.worlds), line)
    return {relief.gate: go_on(settled, line, relief=relief) for relief in (*RELIEFS, Relief("none", ""))} | {
        "base": go_on(settled, line)
    }


def lost(result, gate: int) -> int:
    return int(by_world(result)[:, 0, Measure.FAILED + gate].sum())


def test_opening_nothing_changes_nothing(runs):
    assert np.array_equal(runs["none"].weekly, runs["base"].weekly)


@pytest.mark.parametrize("gate", [r.gate for r in RELIEFS])
def test_life_goes_on_as_it_was(gate, runs):
    """Latent wants, deaths, moves and illness are the same whatever gate is open."""
    for event in (Event.DIED, Event.MOVED, Event.CONDITION, Event.BEREAVED, Event.FLARED):
        name = f"n_{event.name.lower()}"
        assert np.array_equal(runs[gate].column(name), runs["base"].column(name))
    assert by_world(runs[gate])[:, 0, Measure.WANTS].tolist() == by_world(runs["base"])[:, 0, Measure.WANTS].tolist()


@pytest.mark.parametrize(("gate", "number"), [("existed", 0), ("knew", 1)])
def test_fewer_stop_at_the_gate_that_is_opened(gate, number, runs):
    assert lost(runs[gate], number) < lost(runs["base"], number)


def test_more_start_when_there_is_room(runs):
    assert runs["early and room"].column("n_started").sum() > 1.1 * runs["base"].column("n_started").sum()


def test_everybody_accepts_and_comes_when_those_gates_are_open(runs):
    assert runs["accepted"].column("n_declined").sum() == 0 < runs["base"].column("n_declined").sum()
    assert runs["attended"].column("n_never_came").sum() == 0 < runs["base"].column("n_never_came").sum()


def test_no_referral_is_lost_when_asking_is_open(runs):
    assert runs["asked"].column("n_referral_lost").sum() == 0


def test_two_gates_open_together_hold_what_each_holds():
    both = together(RELIEFS[:2])
    assert both.parameters == {**RELIEFS[0].parameters, **RELIEFS[1].parameters}


def test_gains_come_most_first_and_in_pairs_when_asked():
    base, gains = gate_relief(load("today"), STUDY, workers=1)
    assert len(gains) == len(RELIEFS)
    middle = [g.by["available"].difference.median for g in gains]
    assert middle == sorted(middle, reverse=True)
    assert by_world(base)[:, 0, Measure.WANTS].min() > 0
