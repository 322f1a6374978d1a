"""Both engines give every person the same history: event by event, week by week, penny by penny."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.agents import model as agents
from sim.agents import phases
from sim.core import engine as core
from sim.kinds import Event
from sim.levers import INDEX, Timeline, today_values
from sim.parameters import draw_parameters
from sim.result import LEVELS, MEASURES, WEEKLY, Result
from sim.start import make_shape
from sim.state import Shape


def both(areas: list[int], people: int, size: int, weeks: int, seed: int, burn_in: int = 0,
         policy: dict[str, float] | None = None, later: dict[str, float] | None = None,
         at: int = 13, draw: int = 0, fixed: dict[str, float] | None = None) -> tuple[Result, Result]:
    """The same scenario in both engines: `policy` from the start, `later` besides from week `at`."""
    shape = make_shape([(draw, 0)], areas, people, size, burn_in, weeks, seed)
    par = draw_parameters([draw], fixed)
    timeline = course(shape, policy or {}, later or {}, at)
    return core.run(shape, par, timeline, [-1]), agents.run(shape, par, timeline, [-1])


def course(shape: Shape, policy: dict[str, float], later: dict[str, float], at: int) -> Timeline:
    """A timeline with one change."""
    values = []
    for changes in (policy, policy | later):
        levers = today_values(len(shape.areas))
        for name, value in changes.items():
            levers[INDEX[name]] = value
        values.append(levers)
    return Timeline(np.array([0, at]), np.stack(values))


def name_event(row: np.ndarray) -> str:
    """One event in words."""
    return f"week {row[0]} person {row[1]} {Event(int(row[2])).name} {row[3]}"


def first_difference(one: Result, other: Result) -> str:
    """The first week that differs: events on each side only, then columns. Empty when all is the same."""
    a, b = ({tuple(row) for row in r.events.tolist()} for r in (one, other))
    if a != b:
        week = min(row[0] for row in a ^ b)
        sides = (sorted(r for r in side if r[0] == week)[:12] for side in (a - b, b - a))
        lines = ["\n".join(name_event(np.array(r)) for r in side) for side in sides]
        return f"events in week {week}\nonly in the core:\n{lines[0]}\nonly in the agents:\n{lines[1]}"
    if not np.array_equal(one.events, other.events):
        return "an event happens twice in one engine"
    return _tables_differ(one, other)


def _tables_differ(one: Result, other: Result) -> str:
    if not np.array_equal(one.weekly, other.weekly):
        w, r, c = np.argwhere(one.weekly != other.weekly)[0]
        return f"week {w} area {r} {WEEKLY[c]}: {one.weekly[w, r, c]} and {other.weekly[w, r, c]}"
    for name, column in one.organisations.items():
        if not np.array_equal(column, other.organisations[name]):
            return f"organisations' {name}: {column} and {other.organisations[name]}"
    if not np.array_equal(one.tally, other.tally):
        r, g, m = np.argwhere(one.tally != other.tally)[0]
        return f"tally {LEVELS[g]} {MEASURES[m]}: {one.tally[r, g, m]} and {other.tally[r, g, m]}"
    return ""


def assert_same(one: Result, other: Result) -> None:
    """Fail with the first difference."""
    difference = first_difference(one, other)
    assert not difference, difference


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_place_half_a_year(seed: int) -> None:
    """A small place, from an empty start."""
    assert_same(*both([5], 500, 500, 26, seed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_place_two_years(seed: int) -> None:
    """Long enough for awards to end and groups to fold."""
    assert_same(*both([5], 1000, 1000, 104, seed))


HARSH: dict[str, dict[str, float]] = {
    "priority need": {"priority": 1}, "priority equity": {"priority": 2}, "priority continuity": {"priority": 3},
    "allocation need": {"allocation": 1, "award_years": 0.5}, "allocation equity": {"allocation": 2, "award_years": 0.5},
    "allocation demand": {"allocation": 3, "award_years": 0.5},
    "allocation performance": {"allocation": 4, "award_years": 0.5},
    "short awards": {"award_years": 0.5, "new_organisations": 50, "price_shock": 0.2},
    "opt-out everywhere": {"mode_contact": 2, "mode_diagnosis": 2, "mode_discharge": 2, "mode_review": 2,
                           "link_workers": 5, "peers_in_clinics": 0.5, "working_together": 1},
    "prompted, high need, one team": {"mode_contact": 1, "mode_diagnosis": 1, "mode_discharge": 1, "mode_review": 1,
                                      "eligibility": 2, "working_together": 2},
    "pairs": {"pairs": 1, "self_referral": 1, "directory": 1, "campaign": 1},
    "only the board, growing": {"budget_council": 0, "budget_trust": 0, "budget_charity": 0, "budget_board": 5,
                                "budget_growth": 0.3, "eligibility": 1},
    "no money": {"budget_board": 0, "budget_council": 0, "budget_trust": 0, "budget_charity": 0},
    "plenty": {"budget_board": 20, "budget_trust": 20, "recruitment": 5, "recruit_helped": 5, "recruit_students": 1,
               "self_referral": 1, "directory": 1, "online_places": 200, "expenses": 100, "group_founding": 6,
               "group_grant": 500, "group_keeping": 0.5, "sessions": 4, "training_weeks": 1},
    "no online, no self-referral": {"online_places": 0.5, "self_referral": 0, "mode_contact": 2},
    "modules": {"learning_network": 1, "conviction": 1},
    "all volunteers": {"paid_share": 0, "supervision_ratio": 80, "sessions": 40, "mode_contact": 2},
}  # fmt: skip
SHOCKS: dict[str, dict[str, float]] = {
    "cut": {"cut": 1}, "closed": {"face_to_face_closed": 1}, "largest lost": {"lose_largest": 1},
    "volunteering falls": {"volunteering": 0},
}  # fmt: skip


@pytest.mark.parametrize("name", HARSH)
def test_harsh_policies(name: str) -> None:
    """Policies that bring out rare events, over two areas of small places."""
    assert_same(*both([5, 17], 1600, 800, 110, 1, policy=HARSH[name]))


@pytest.mark.parametrize("name", SHOCKS)
def test_shocks(name: str) -> None:
    """Sudden changes, under short awards and opt-out so that queues are full."""
    busy = HARSH["opt-out everywhere"] | {"award_years": 0.5, "pairs": 0.5}
    assert_same(*both([5, 17], 2400, 800, 130, 2, policy=busy, later=SHOCKS[name], at=60))


@pytest.mark.parametrize("draw", [1, 2, 7])
def test_other_draws(draw: int) -> None:
    """Other parameters, another place size, and a burn-in."""
    assert_same(*both([30, 2], 2400, 800, 60, 5, burn_in=40, draw=draw))


def test_boom_and_bust() -> None:
    """Plenty of paid workers, then a cut: they stand down, and the people they support queue again."""
    boom = HARSH["plenty"] | HARSH["opt-out everywhere"] | {"award_years": 0.5, "paid_share": 1}
    fixed = {"reserve_use_weeks": 50.0, "want_prevalence": 0.5, "paid_gbp_year": 3000.0, "leave_paid": 0.001}
    one, other = both([5, 17], 2400, 800, 130, 6, policy=boom, later={"cut": 0.9}, at=60, fixed=fixed)
    assert_same(one, other)
    workers = one.column("paid_workers").sum(axis=1)
    assert workers.max() > 10 > workers[-1]


def test_pairs_part_when_one_half_leaves() -> None:
    """Many long pairs: the other half of someone who dies or moves goes back to the queue."""
    policy = HARSH["pairs"] | HARSH["no money"] | {"mode_contact": 2}
    fixed = {"want_prevalence": 0.6, "chooses_pair": 0.95, "pair_stay_weeks": 150.0, "act_rate": 0.3}
    one, other = both([5], 3000, 1500, 130, 7, policy=policy, fixed=fixed)
    assert_same(one, other)
    assert one.column("in_pairs").max() > 20 and Event.SUPPORT_ENDED in one.events[:, 2]


class Backwards(agents.PeerSupportModel):
    """Calls people in the opposite order."""

    def due(self, clock: str) -> list[agents.Person]:
        """People whose clock strikes this week, the last first."""
        return super().due(clock)[::-1]


def test_order_cannot_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """People called in the opposite order have the same history."""
    busy = HARSH["opt-out everywhere"] | {"pairs": 1, "award_years": 0.5}
    one, _ = both([5], 1500, 1500, 80, 3, policy=busy)
    monkeypatch.setattr(agents, "PeerSupportModel", Backwards)
    assert_same(one, both([5], 1500, 1500, 80, 3, policy=busy)[1])


TURNOVER = {
    "leave_early": 0.1, "leave_later": 0.05, "leave_paid": 0.05, "group_fold_early": 0.02, "group_fold_later": 0.03,
    "organiser_leaves": 0.02, "groups_per_place": 60.0, "orgs_per_place": 10.0, "fill_rate": 0.5,
    "give_up_weeks": 8.0, "reserve_start_weeks": 1.0, "overhead_share": 0.3,
}  # fmt: skip


BUSY = HARSH["opt-out everywhere"] | {
    "pairs": 1, "award_years": 0.5, "directory": 1, "self_referral": 1, "online_places": 2, "budget_board": 3,
    "group_founding": 6, "new_organisations": 50,
}  # fmt: skip
BUST = {"cut": 1, "online_places": 0.1}


@pytest.mark.parametrize("seed", [4, 5])
def test_heavy_turnover_brings_out_every_kind_of_event(seed: int) -> None:
    """Supporters leave, groups fold and are founded: no kind of event is left out."""
    one, other = both([5, 17], 4000, 2000, 156, seed, policy=BUSY, later=BUST, at=80, fixed=TURNOVER)
    assert_same(one, other)
    missing = {event.name for event in Event} - {Event(kind).name for kind in set(one.events[:, 2].tolist())}
    assert not missing, missing


def test_organisations_that_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Volunteers who cost more than was planned, and no reserves: organisations close, their people queue again."""
    closed: list[int] = []  # counted as they close: one that is awarded again in that week is open at its end
    close = phases.close
    monkeypatch.setattr(phases, "close", lambda m, orgs: (closed.extend(o.number for o in orgs), close(m, orgs)))
    poor = TURNOVER | {"reserve_use_weeks": 4.0, "volunteer_gbp_year": 3000.0}
    assert_same(*both([5, 17], 4000, 2000, 120, 5, policy=BUSY, later=BUST, at=80, fixed=poor))
    assert len(closed) > 3, "hardly an organisation closed"


def test_mesa_lets_go_of_a_model_that_has_run() -> None:
    """Mesa 3.3 keeps models alive through `Agent._ids`; the run clears its own."""
    before = len(getattr(agents.mesa.Agent, "_ids", ()))
    both([5], 500, 500, 3, 1)
    assert len(getattr(agents.mesa.Agent, "_ids", ())) == before


def test_agents_do_not_import_the_core() -> None:
    """The engines share rules and tables, never orchestration."""
    for path in Path(agents.__file__).parent.glob("*.py"):
        assert "sim.core" not in path.read_text(encoding="utf-8").replace("`sim.core", ""), path


def test_the_model_that_is_watched_stops_at_its_horizon() -> None:
    """The live view's model counts what it draws, week by week."""
    pytest.importorskip("solara")
    from peerscale.watching import WatchedModel

    model = WatchedModel("today", people=1000, years=1)
    for _ in range(60):
        model.step()
    assert not model.running and model.week == 52
    assert len(model.datacollector.get_model_vars_dataframe()) == 52
