"""What is asked: everything a page shows follows from this and from results. Frozen, so it can be a key."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.results.outcomes import MAIN, charted

PAGES = ("explore", "goal", "case", "compare", "journeys", "evidence", "inventory", "notebook", "about", "workshop")
CHARTS = tuple(one.name for one in charted())
PICKS = ("missed", "waited", "gains", "carer", "helps")
MOST_PINS = 4
LONGEST_NAME = 60


@dataclass(frozen=True)
class Policy:
    """A shipped scenario (`base`) or the text of a scenario file (`file`), with levers set on top.

    `sets` is sorted by lever name and holds numbers (a choice by its position in CHOICES).
    """

    base: str = "today"
    sets: tuple[tuple[str, float], ...] = ()
    file: str = ""

    def value(self, lever: str) -> float | None:
        """What a lever is set to on top of the base; None where it is not."""
        return dict(self.sets).get(lever)

    def with_lever(self, lever: str, value: float | None) -> Policy:
        """The same with one lever set, or freed when `value` is None."""
        kept = {name: v for name, v in self.sets if name != lever}
        if value is not None:
            kept[lever] = value
        return replace(self, sets=tuple(sorted(kept.items())))


@dataclass(frozen=True)
class Pin:
    """A policy kept for comparison, under a name people gave it."""

    name: str
    policy: Policy


@dataclass(frozen=True)
class Aim:
    """The goal of the page "What it would take", in the texts that people typed: what is wrong with them is said there.

    Per cent of wants, of worlds, and of wants that end better off at least; adults of each world. `levers`: those that
    may be moved, () for the shipped goal's. `fine`: with the precision of the command line. `seek`: the key of the goal
    whose search was begun.
    """

    outcome: str = MAIN
    level: str = "50"
    worlds: str = "80"
    group: str = ""
    better: str = "0"
    people: str = "10000"
    levers: tuple[str, ...] = ()
    fine: bool = False
    seek: str = ""


@dataclass(frozen=True)
class View:
    """How the page "The case" counts: whose costs, in what gains, with or without fewer hospital contacts.

    `made`: the key of the case that was begun.
    """

    side: str = "nhs"
    unit: str = "QALY"
    hospital: bool = False
    made: str = ""


@dataclass(frozen=True)
class Asked:
    """What one browser asks for. `area` is a code; `table` names a table in a workshop ("" outside one).

    `inventory` is the CSV of a local inventory that was checked, "" for none.
    `rivals`: names of rival evidence that is switched on, of `scenarios.reading.rival_evidence`, in order.
    """

    policy: Policy = Policy()
    area: str = "E54000039"
    page: str = "explore"
    chart: str = MAIN
    pounds: bool = False
    unfolded: bool = False
    present: bool = False
    pins: tuple[Pin, ...] = ()
    pick: str = "missed"
    table: str = ""
    seed: int = 1
    inventory: str = ""
    aim: Aim = Aim()
    view: View = View()
    rivals: tuple[str, ...] = ()

    def pinned(self, name: str) -> Asked:
        """The same with the policy at hand pinned under a name; a full board loses its oldest pin."""
        pin = Pin(name[:LONGEST_NAME].strip() or f"Policy {len(self.pins) + 1}", self.policy)
        return replace(self, pins=(*self.pins, pin)[-MOST_PINS:])

    def unpinned(self, number: int) -> Asked:
        """The same without one pin, counted from 0."""
        return replace(self, pins=tuple(pin for i, pin in enumerate(self.pins) if i != number))


def question(asked: Asked) -> tuple[Policy, str, int, str, tuple[str, ...]]:
    """What of it the model has to run anew for: not the page, the chart or the pins."""
    return asked.policy, asked.area, asked.seed, asked.inventory, asked.rivals
