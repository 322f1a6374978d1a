"""One scenario in both engines, and the first thing in which their histories differ.

Used by the tests of one history, by the property test over random scenarios and by
`benchmarks/one_history.py`. Policies may differ by area, so that one run tests as many policies as it has areas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

import numpy as np

from sim.agents import model as agents
from sim.columns.start import make_shape
from sim.columns.state import Shape
from sim.core import engine as core
from sim.numbers.levers import INDEX, Timeline, today_values
from sim.numbers.parameters import Parameters, draw_parameters
from sim.results.result import LEVELS, MEASURES, WEEKLY, Result
from sim.rules.ledger import IN, OUT, PAYER_IN, PAYER_OUT, Line, PayerLine
from sim.vocabulary import Event

Policy = dict[str, float]
Policies = Policy | Sequence[Policy]


@dataclass
class History(Result):
    """A run with the state of referrers and payers at its end, which results leave out."""

    bodies: dict[str, np.ndarray] = field(default_factory=dict)


def both(
    areas: list[int],
    people: int,
    size: int,
    weeks: int,
    seed: int,
    burn_in: int = 0,
    policy: Policies | None = None,
    later: Policies | None = None,
    at: int = 13,
    draw: int = 0,
    fixed: dict[str, float] | None = None,
    whole: bool = False,
) -> tuple[History, History]:
    """The same scenario in both engines: `policy` from the start, `later` besides from week `at`.

    Either is one policy for all areas or one for each. `whole`: those simulated are all who live there.
    """
    shape = make_shape([(draw, 0)], areas, people, size, burn_in, weeks, seed)
    shape = replace(shape, all_places=shape.n_places) if whole else shape
    return both_of(shape, draw_parameters([draw], fixed), course(shape, policy or {}, later or {}, at))


def both_of(shape: Shape, par: Parameters, timeline: Timeline) -> tuple[History, History]:
    """A timeline in both engines, everybody traced."""
    return (
        _watched(core, bodies_of_core, shape, par, timeline),
        _watched(agents, bodies_of_agents, shape, par, timeline),
    )


def course(shape: Shape, policy: Policies, later: Policies, at: int) -> Timeline:
    """A timeline with one change."""
    first, second = (by_area(shape, p) for p in (policy, later))
    values = [_levers(first), _levers([a | b for a, b in zip(first, second, strict=True)])]
    return Timeline(np.array([0, at]), np.stack(values))


def by_area(shape: Shape, policy: Policies) -> list[Policy]:
    """One policy for each area."""
    return [policy] * len(shape.areas) if isinstance(policy, dict) else list(policy)


def _levers(policies: list[Policy]) -> np.ndarray:
    levers = today_values(len(policies))
    for area, policy in enumerate(policies):
        for name, value in policy.items():
            levers[INDEX[name], area] = value
    return levers


def _watched(
    engine: Any, look: Callable[[Any], dict[str, np.ndarray]], shape: Shape, par: Parameters, timeline: Timeline
) -> History:
    """Run an engine; look at its state where it makes the table of organisations, at the end."""
    seen: dict[str, np.ndarray] = {}
    table = engine.organisations_of

    def spy(state: Any) -> dict[str, np.ndarray]:
        seen.update(look(state))
        return table(state)

    with mock.patch.object(engine, "organisations_of", spy):
        result = engine.run(shape, par, timeline, [-1])
    return History(**vars(result), bodies=seen)


def bodies_of_core(w: Any) -> dict[str, np.ndarray]:
    """Referrers' and payers' state in the fast engine."""
    ref, orgs = w.state.referrers, w.orgs
    return {
        "referrers know": ref.knows.copy(),
        "referrers trust": ref.trusts.copy(),
        "referrers used to peers": ref.habit.copy(),
        "referrers' recent referrals": ref.recent.transpose(1, 0, 2).astype(np.int64),
        "boards' conviction": w.state.conviction.copy(),
        "awards": orgs.award.copy(),
        "awards end": orgs.award_end.astype(np.int64),
        "last awards": orgs.last_award.copy(),
        "awards stand": orgs.award_stage.astype(np.int64),
        "posts advertised": orgs.advertised.astype(np.int64),
        "came forward": orgs.came_forward.copy(),
        "waits": orgs.waits.copy(),
        "starts": orgs.starts.copy(),
        "held": held_in_core(w.people),
    }


def held_in_core(people: Any) -> np.ndarray:
    """int64[people, 5]: who holds a reservation, of which offer and host, from and until which week; zeros for others."""
    names = ("holds", "hold_offer", "hold_host", "hold_from", "hold_until")
    columns = [getattr(people, name).astype(np.int64) for name in names]
    return np.stack(columns, axis=1) * (columns[0] == 1)[:, None]


def held_among_agents(people: Sequence[Any]) -> np.ndarray:
    """The same, of the agents."""
    holds = [p.hold for p in people]
    rows = [(1, h.host.offer, h.host.body.number, h.since, h.until) if h else (0, 0, 0, 0, 0) for h in holds]
    return np.array(rows, np.int64)


def bodies_of_agents(model: Any) -> dict[str, np.ndarray]:
    """The same, of the agents."""
    ref, orgs = model.referrers, model.organisations
    wide = {
        "awards": "award",
        "awards end": "award_end",
        "last awards": "last_award",
        "awards stand": "award_stage",
        "posts advertised": "advertised",
        "came forward": "came_forward",
        "waits": "waits",
        "starts": "starts",
    }
    return {
        "referrers know": np.array([r.knows for r in ref]),
        "referrers trust": np.array([r.trusts for r in ref]),
        "referrers used to peers": np.array([r.habit for r in ref]),
        "referrers' recent referrals": np.array([r.recent for r in ref], np.int64),
        "boards' conviction": np.array([a.conviction for a in model.areas]),
        "held": held_among_agents(model.everyone),
        **{name: np.array([getattr(org, column) for org in orgs], np.int64) for name, column in wide.items()},
    }


def name_event(row: Sequence[int]) -> str:
    """One event in words."""
    return f"week {row[0]} person {row[1]} {Event(int(row[2])).name} {row[3]}"


def first_difference(one: Result, other: Result) -> str:
    """The first week that differs: events on each side only, then columns. Empty when all is the same."""
    a, b = ({tuple(row) for row in r.events.tolist()} for r in (one, other))
    if a != b:
        week = min(row[0] for row in a ^ b)
        sides = (sorted(r for r in side if r[0] == week)[:12] for side in (a - b, b - a))
        lines = ["\n".join(name_event(r) for r in side) for side in sides]
        return f"events in week {week}\nonly in the core:\n{lines[0]}\nonly in the agents:\n{lines[1]}"
    if not np.array_equal(one.events, other.events):
        return "an event happens twice in one engine"
    return _tables_differ(one, other) or _bodies_differ(one, other)


def _tables_differ(one: Result, other: Result) -> str:
    if one.weekly.shape != other.weekly.shape:
        return f"weekly tables of {one.weekly.shape} and {other.weekly.shape}"
    if not np.array_equal(one.weekly, other.weekly):
        w, r, c = np.argwhere(one.weekly != other.weekly)[0]
        return f"week {w} area {r} {WEEKLY[c]}: {one.weekly[w, r, c]} and {other.weekly[w, r, c]}"
    if set(one.organisations) != set(other.organisations):
        return f"columns of organisations: {set(one.organisations) ^ set(other.organisations)}"
    for name, column in one.organisations.items():
        if not np.array_equal(column, other.organisations[name]):
            return f"organisations' {name}: {column} and {other.organisations[name]}"
    a, b = ({tuple(row) for row in r.reservations.tolist()} for r in (one, other))
    if a != b or len(one.reservations) != len(other.reservations):
        week = min((row[0] for row in a ^ b), default=-1)
        sides = [sorted(r for r in side if r[0] == week)[:12] for side in (a - b, b - a)]
        return f"reservations in week {week}: only in the core {sides[0]}, only in the agents {sides[1]}"
    for name in ("gains", "waits", "ledger", "books"):
        if not np.array_equal(getattr(one, name), getattr(other, name)):
            return f"{name}: {getattr(one, name).sum(axis=0)} and {getattr(other, name).sum(axis=0)}"
    if not np.array_equal(one.tally, other.tally):
        r, g, m = np.argwhere(one.tally != other.tally)[0]
        return f"tally {LEVELS[g]} {MEASURES[m]}: {one.tally[r, g, m]} and {other.tally[r, g, m]}"
    return ""


def _bodies_differ(one: Result, other: Result) -> str:
    """Referrers and payers, where both were watched."""
    mine, theirs = (getattr(r, "bodies", {}) for r in (one, other))
    for name, column in mine.items():
        if name in theirs and not np.array_equal(column, theirs[name]):
            if column.shape != theirs[name].shape:
                return f"{name}: {column.shape} and {theirs[name].shape}"
            at = tuple(np.argwhere(column != theirs[name])[0].tolist())
            return f"{name} at {at}: {column[at]} and {theirs[name][at]}"
    return ""


def assert_same(one: Result, other: Result) -> None:
    """Fail with the first difference."""
    difference = first_difference(one, other)
    assert not difference, difference


def assert_balances(result: Result) -> None:
    """Every payer's and every organisation's year: what came in is what went out, to the penny; a year begins as the last ended."""
    payers, books = result.ledger, result.books
    assert np.array_equal(payers[..., PAYER_IN].sum(axis=-1), payers[..., PAYER_OUT].sum(axis=-1))
    assert np.array_equal(books[..., IN].sum(axis=-1), books[..., OUT].sum(axis=-1))
    assert np.array_equal(payers[:, 1:, :, PayerLine.UNSPENT_AT_START], payers[:, :-1, :, PayerLine.UNSPENT_AT_END])
    assert np.array_equal(books[:, 1:, Line.HELD_AT_START], books[:, :-1, Line.HELD_AT_END])
    if books.size:
        assert np.array_equal(books[:, -1, Line.HELD_AT_END], result.organisations["cash"])


HARSH: dict[str, Policy] = {
    "priority need": {"priority": 1},
    "priority equity": {"priority": 2},
    "priority continuity": {"priority": 3},
    "allocation need": {"allocation": 1, "award_years": 0.5},
    "allocation equity": {"allocation": 2, "award_years": 0.5},
    "allocation demand": {"allocation": 3, "award_years": 0.5},
    "allocation performance": {"allocation": 4, "award_years": 0.5},
    "short awards": {"award_years": 0.5, "new_organisations": 50, "price_shock": 0.2},
    "opt-out everywhere": {
        "mode_contact": 2,
        "mode_diagnosis": 2,
        "mode_discharge": 2,
        "mode_review": 2,
        "link_workers": 5,
        "peers_in_clinics": 0.5,
        "working_together": 1,
    },
    "prompted, high need, one team": {
        "mode_contact": 1,
        "mode_diagnosis": 1,
        "mode_discharge": 1,
        "mode_review": 1,
        "eligibility": 2,
        "working_together": 2,
    },
    "pairs": {"pairs": 1, "self_referral": 1, "directory": 1, "campaign": 1},
    "only the board, growing": {
        "budget_council": 0,
        "budget_trust": 0,
        "budget_charity": 0,
        "budget_board": 5,
        "budget_growth": 0.3,
        "eligibility": 1,
    },
    "no money": {"budget_board": 0, "budget_council": 0, "budget_trust": 0, "budget_charity": 0},
    "plenty": {
        "budget_board": 20,
        "budget_trust": 20,
        "recruitment": 5,
        "recruit_helped": 5,
        "recruit_students": 1,
        "self_referral": 1,
        "directory": 1,
        "online_places": 200,
        "expenses": 100,
        "group_founding": 6,
        "group_grant": 500,
        "group_keeping": 0.5,
        "sessions": 4,
        "training_weeks": 1,
    },
    "no online, no self-referral": {"online_places": 0.5, "self_referral": 0, "mode_contact": 2},
    "personal budgets and outcomes": {
        "personal_budget_share": 0.6,
        "outcome_payment_share": 0.3,
        "budget_board": 8,
        "self_referral": 1,
        "mode_contact": 2,
        "sessions": 6,
        "pairs": 1,
    },
    "growth eaten by prices": {
        "price_shock": 0.3,
        "budget_growth": -0.2,
        "award_years": 2,
        "core_cost_share": 0.6,
        "outcome_payment_share": 0.5,
        "evaluation_share": 0.2,
        "contract_share": 1,
    },
    "modules": {"learning_network": 1, "conviction": 1},
    "all volunteers": {"paid_share": 0, "supervision_ratio": 80, "sessions": 40, "mode_contact": 2},
    "every route shut": {
        "route_practice": 0,
        "route_link_worker": 0,
        "route_acute": 0,
        "route_mental": 0,
        "route_hospice": 0,
        "route_carers": 0,
        "self_referral": 0,
        "mode_review": 2,
    },
}
SHOCKS: dict[str, Policy] = {
    "cut": {"cut": 1},
    "closed": {"face_to_face_closed": 1},
    "largest lost": {"lose_largest": 1},
    "volunteering falls": {"volunteering": 0},
}
TURNOVER = {
    "leave_early": 0.1,
    "leave_later": 0.05,
    "leave_paid": 0.05,
    "group_fold_early": 0.02,
    "group_fold_later": 0.03,
    "fold_attendance": 0.04,
    "founding_pool": 4.0,
    "founding_week": 0.02,
    "organiser_leaves": 0.02,
    "groups_per_place": 60.0,
    "orgs_per_place": 10.0,
    "fill_rate": 0.5,
    "give_up_weeks": 8.0,
    "reserve_start_weeks": 1.0,
    "overhead_share": 0.3,
}
CROWDED = HARSH["opt-out everywhere"] | {"award_years": 0.5, "pairs": 0.5}
BUSY = HARSH["opt-out everywhere"] | {
    "pairs": 1,
    "award_years": 0.5,
    "directory": 1,
    "self_referral": 1,
    "online_places": 2,
    "budget_board": 3,
    "group_founding": 6,
    "new_organisations": 50,
}
BUST = {"cut": 1, "online_places": 0.1}
