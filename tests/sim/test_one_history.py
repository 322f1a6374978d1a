"""Both engines give every person the same history: event by event, week by week, penny by penny.

Kept small enough for every commit: two policies share a run, one in each of its areas. Every shipped scenario
and the harsh ones at 2,000 people, three years and three seeds: `python benchmarks/one_history.py`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from histories import BUST, BUSY, CROWDED, HARSH, SHOCKS, TURNOVER, assert_same, both, first_difference

from sim.agents import model as agents
from sim.agents import phases
from sim.vocabulary import Event

HARSH_PAIRS = list(zip(list(HARSH)[::2], list(HARSH)[1::2], strict=True))
SHOCK_PAIRS = list(zip(list(SHOCKS)[::2], list(SHOCKS)[1::2], strict=True))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_place_half_a_year(seed: int) -> None:
    """A small place, from an empty start."""
    assert_same(*both([5], 500, 500, 26, seed))


@pytest.mark.parametrize("seed", [1, 2])
def test_one_place_two_years(seed: int) -> None:
    """Long enough for awards to end and groups to fold."""
    assert_same(*both([5], 1000, 1000, 104, seed))


@pytest.mark.parametrize("names", HARSH_PAIRS, ids=" and ".join)
def test_harsh_policies(names: tuple[str, str]) -> None:
    """Policies that bring out rare events, a different one in each of two areas."""
    assert_same(*both([5, 17], 1600, 800, 110, 1, policy=[HARSH[name] for name in names]))


@pytest.mark.parametrize("names", SHOCK_PAIRS, ids=" and ".join)
def test_shocks(names: tuple[str, str]) -> None:
    """Sudden changes, a different one in each area, under short awards and opt-out so that queues are full."""
    later = [SHOCKS[name] for name in names]
    assert_same(*both([5, 17], 3200, 1600, 130, 2, policy=CROWDED, later=later, at=60))


@pytest.mark.parametrize("draw", [1, 7])
def test_other_draws(draw: int) -> None:
    """Other parameters, another place size, and a burn-in."""
    assert_same(*both([30, 2], 2400, 800, 60, 5, burn_in=40, draw=draw))


def test_boom_and_bust() -> None:
    """Plenty of paid workers, then a cut: they stand down, and the people they support queue again."""
    boom = HARSH["plenty"] | HARSH["opt-out everywhere"] | {"award_years": 0.5, "paid_share": 1}
    fixed = {"reserve_use_weeks": 50.0, "want_prevalence": 0.5, "paid_gbp_year": 3000.0, "leave_paid": 0.001}
    one, other = both([5, 17], 2400, 800, 130, 6, policy=boom, later={"cut": 0.9}, at=60, fixed=fixed, whole=True)
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
    monkeypatch.setattr(agents, "PeerSupportModel", Backwards)
    assert_same(*both([5], 1500, 1500, 80, 3, policy=busy))


def test_heavy_turnover_brings_out_every_kind_of_event() -> None:
    """Supporters leave, groups fold and are founded: no kind of event is left out."""
    one, other = both(
        [5, 17], 4000, 2000, 156, 4, policy=BUSY | {"recruit_helped": 5}, later=BUST, at=80, fixed=TURNOVER
    )
    assert_same(one, other)
    missing = {event.name for event in Event} - {Event(kind).name for kind in set(one.events[:, 2].tolist())}
    assert not missing, missing


def test_organisations_that_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Volunteers who cost more than was planned, and no reserves: organisations close, their people queue again."""
    closed: list[int] = []  # counted as they close: one that is awarded again in that week is open at its end
    close = phases.close
    monkeypatch.setattr(phases, "close", lambda m, orgs: (closed.extend(o.number for o in orgs), close(m, orgs)))
    poor = TURNOVER | {"reserve_use_weeks": 4.0, "volunteer_gbp_year": 3000.0}
    assert_same(*both([5, 17], 3000, 1500, 120, 5, policy=BUSY, later=BUST, at=80, fixed=poor))
    assert len(closed) > 3, "hardly an organisation closed"


def test_a_single_difference_is_found() -> None:
    """The control: one event, one count, one penny or one referrer's trust that differs is named."""
    one, other = both([5], 500, 500, 26, 1)
    moved = other.events.copy()
    moved[7, 3] += 1
    assert f"week {moved[7, 0]}" in first_difference(one, replace(other, events=moved))
    weekly = other.weekly.copy()
    weekly[3, 0, 4] += 1
    assert "week 3 area 0 waiting" in first_difference(one, replace(other, weekly=weekly))
    cash = other.organisations["cash"] + np.eye(1, len(other.organisations["cash"]), dtype=np.int64)[0]
    assert "cash" in first_difference(one, replace(other, organisations=other.organisations | {"cash": cash}))
    trusts = np.nextafter(other.bodies["referrers trust"], 1.0)
    assert "referrers trust" in first_difference(one, replace(other, bodies={"referrers trust": trusts}))


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
    from peerscale.commands.watch import WatchedModel

    model = WatchedModel("today", people=1000, years=1)
    for _ in range(60):
        model.step()
    assert not model.running and model.week == model.end == model.shape.burn_in + 52
    assert len(model.datacollector.get_model_vars_dataframe()) == 52
