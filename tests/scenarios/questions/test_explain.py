"""What moved the result: shares that add up, games whose values are known, and pairs of real scenarios."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.explain_pairs import PAIRS, TINY, apart, random_pair
from scenarios.questions.explain import MOST_EXACT, by_gate, explain, parts_of, shapley, subsets_needed
from scenarios.reading.load import load
from scenarios.running.mixture import Mixture, course_of, differing
from sim.errors import UserError
from sim.numbers.levers import BY_NAME

NAMES = tuple("abcdefgh")


def game(names, worth):
    return {some: np.array([float(worth(some)), 2.0 * worth(some)]) for some in subsets_needed(names, 1)}


@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_shares_add_up_to_the_change_whatever_the_game(n, seed):
    names = NAMES[:n]
    rng = np.random.default_rng(seed)
    table = {some: rng.normal() for some in subsets_needed(names, 1)}
    worth = game(names, table.__getitem__)
    total = sum(share.per_world for share in shapley(names, worth, 1))
    assert np.allclose(total, worth[frozenset(names)] - worth[frozenset()], atol=1e-12)


@pytest.mark.parametrize("n", [3, MOST_EXACT, 7])
def test_what_adds_without_meeting_gets_just_what_it_adds(n):
    weights = {name: 2.0**i for i, name in enumerate(NAMES)}
    worth = game(NAMES[:n], lambda some: sum(weights[name] for name in some))
    for share in shapley(NAMES[:n], worth, 1):
        assert np.allclose(share.per_world, [weights[share.lever], 2 * weights[share.lever]])


@pytest.mark.parametrize("n", [2, 4])
def test_partners_share_alike_and_a_bystander_gets_nothing(n):
    """A glove game: a and b together are worth 1, nobody else adds anything."""
    worth = game(NAMES[:n], lambda some: float({"a", "b"} <= some))
    found = {share.lever: share.per_world[0] for share in shapley(NAMES[:n], worth, 1)}
    assert found == pytest.approx({name: 0.5 if name in "ab" else 0.0 for name in NAMES[:n]})


def test_the_unequal_glove_game_by_hand():
    """One left glove (a), two right ones (b, c): 2/3, 1/6, 1/6 (Shapley 1953's kind of game)."""
    worth = game("abc", lambda some: float("a" in some and bool({"b", "c"} & some)))
    assert [share.per_world[0] for share in shapley("abc", worth, 1)] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_a_mixture_of_everything_is_the_other_scenario():
    today, other = load("today"), load("everyone")
    codes = ["E54000039"]
    names = differing(today, other, codes)
    whole = course_of(Mixture(today, other, frozenset(names)), codes, 10)
    real = course_of(other, codes, 10)
    assert all(np.array_equal(whole.at(week), real.at(week)) for week in range(0, 300, 7))
    nothing = course_of(Mixture(today, other), codes, 10)
    assert all(np.array_equal(nothing.at(w), course_of(today, codes, 10).at(w)) for w in range(0, 300, 7))


def test_very_many_levers_move_by_group_and_each_on_request():
    names = differing(load("today"), load("everyone"), ["E54000039"])
    grouped = parts_of(names, each=False)
    assert len(names) > 20 and len(grouped) <= MOST_EXACT
    assert sorted(name for levers in grouped.values() for name in levers) == sorted(names)
    assert parts_of(names, each=True) == {name: (name,) for name in names}
    assert parts_of(["directory", *names[:1]], each=False).keys() == {"directory", names[0]}


def test_the_ledger_of_a_real_pair_adds_up_and_so_do_the_gates():
    ledger, first, second = explain(load("today"), load("open_door"), TINY, "started_in_time", workers=1)
    assert np.allclose(sum(s.per_world for s in ledger.shares), ledger.change, atol=1e-12, equal_nan=True)
    assert {s.lever for s in ledger.shares} == {"self_referral", "directory", "campaign"}
    assert ledger.runs == 8
    assert sum(change for _, change in by_gate(first, second)) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("pair", [0, *(pytest.param(pair, marks=pytest.mark.statistical) for pair in range(1, PAIRS))])
def test_random_pairs_add_up(pair):
    """One of them always, all fifty with `-m statistical`."""
    ledger, by_lever, by_gates = apart(pair)
    assert len(ledger.shares) >= 2
    assert by_lever < 1e-12 and by_gates < 1e-9


def test_random_pairs_move_every_kind_of_lever():
    named = {
        name
        for pair in range(PAIRS)
        for one in random_pair(pair)
        for name in one.levers
        if one.levers[name] != BY_NAME[name].today
    }
    assert len(named) > 40 and {"choice", "0 or 1"} <= {BY_NAME[name].unit for name in named}


def test_the_same_scenario_twice_is_told_apart_from_no_effect():
    with pytest.raises(UserError, match="do not differ"):
        explain(load("today"), load("today"), TINY)


def test_an_unknown_outcome_is_named_with_those_that_are_known():
    with pytest.raises(UserError, match="no outcome is called"):
        explain(load("today"), load("open_door"), TINY, "happiness")


def test_subsets_are_each_run_once():
    for n in (2, 4, 7):
        sets = subsets_needed(NAMES[:n], 1)
        assert len(sets) == len(set(sets))
    assert len(subsets_needed(NAMES[:4], 1)) == len([c for k in range(5) for c in combinations(NAMES[:4], k)])
