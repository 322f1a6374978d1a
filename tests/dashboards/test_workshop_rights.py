"""What a table of a workshop shows, to whom, and who may take it off the board."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("solara", reason='pip install "peerscale[dashboard]"')

from dashboards.asked.link import encode  # noqa: E402
from dashboards.asked.state import Aim, Asked, Pin, Policy, View  # noqa: E402
from dashboards.pages import facilitator  # noqa: E402
from dashboards.server import tables  # noqa: E402
from dashboards.server.tables import Shares  # noqa: E402

PIN = Pin("what we doubt", Policy("grants"))
FULL = Asked(
    policy=Policy("open_door"),
    pins=(PIN,),
    inventory="organisation,area\nQuiet Corner,Bristol\n",
    table="Oak",
    aim=Aim(group="ours"),
    view=View(side="everybody"),
)


@pytest.fixture(autouse=True)
def empty_room(monkeypatch):
    monkeypatch.setattr(tables, "_seats", {})


def seat(shares: Shares) -> tables.Seat:
    """The table Oak of browser A with all there is, having agreed to `shares`."""
    assert tables.join("Oak", "A", shares)
    tables.report("Oak", "A", FULL, "words")
    return tables.seats()[0]


@pytest.mark.parametrize(
    ("shares", "pins", "inventory"),
    [(Shares(), (), ""), (Shares(pins=True), (PIN,), ""), (Shares(True, True), (PIN,), FULL.inventory)],
)
def test_pins_and_inventory_are_shown_only_where_they_were_ticked(shares, pins, inventory):
    kept = seat(shares).asked
    assert (kept.pins, kept.inventory) == (pins, inventory) and kept.policy == FULL.policy
    assert kept.aim == Aim() and kept.view == View() and kept.table == ""


def test_a_table_sees_names_and_figures_and_the_facilitator_also_policy_and_page():
    one = seat(Shares())
    assert facilitator.row_of(one, False) == {"name": "Oak", "words": "words"}
    whole = facilitator.row_of(one, True)
    assert (
        whole["link"] == "/?" + encode(one.asked)
        and "what we doubt" not in whole["link"]
        and "inventory" not in whole["link"]
        and whole["policy"]
    )


def test_a_link_that_names_a_table_does_not_join_it():
    tables.report("Oak", "B", FULL, "words")
    assert not tables.seats() and tables.joined("Oak", "B") is None


def test_nobody_takes_or_leaves_anothers_table():
    seat(Shares())
    assert not tables.join("Oak", "B", Shares(True, True))
    tables.report("Oak", "B", replace(FULL, policy=Policy("grants")), "lies")
    tables.leave("Oak", "B")
    assert (
        tables.seats()[0].words == "words"
        and tables.joined("Oak", "B") is None
        and tables.joined("Oak", "A") == Shares()
    )
    tables.leave("Oak")
    assert not tables.seats()


def test_who_comes_without_rights_is_no_facilitator(monkeypatch):
    for said, leads in (
        (None, False),
        ({}, False),
        ({facilitator.RIGHTS: ["table"]}, False),
        ({facilitator.RIGHTS: ["facilitator"]}, True),
    ):
        monkeypatch.setattr(facilitator, "headers", type("Said", (), {"value": said}))
        assert facilitator.leads() is leads


def test_only_the_facilitator_takes_a_table_off_the_board(monkeypatch):
    seat(Shares())
    for leads, left in ((False, 1), (True, 0)):
        monkeypatch.setattr(facilitator, "leads", lambda leads=leads: leads)
        facilitator._drop("Oak")
        assert len(tables.seats()) == left
