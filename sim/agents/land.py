"""Where people live: places and areas, with what was last seen to exist in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.columns.state import OWN_SOURCES
from sim.vocabulary import FIFTHS, N_MATCH, N_NEEDS, ORGANISED, SUITS

if TYPE_CHECKING:
    from sim.agents.group import Group
    from sim.agents.organisation import Organisation
    from sim.agents.person import Person

KINDS = len(ORGANISED)
SUIT_ROWS: list[list[bool]] = SUITS.tolist()


class Seen:
    """The latest week in which something of organisations existed, took people, or had room (0: never)."""

    def __init__(self) -> None:
        self.exists = [[0] * N_MATCH for _ in range(KINDS)]
        self.self_ = [[0] * N_MATCH for _ in range(KINDS)]
        self.room = [[0] * N_MATCH for _ in range(KINDS)]


class Area:
    """One area: its levers this week, and what serves all of it."""

    def __init__(
        self, number: int, adults: int, conviction: float, listed: bool, scale: tuple[int, int] = (1, 1), all_: int = 0
    ):
        self.number, self.adults, self.conviction, self.listed = number, adults, conviction, listed
        self.scale, self.all_adults = scale, all_ or adults  # this run's part of the area, and whom its bodies are for
        self.left_over: list[int] = []  # of the area's figures, when this run's part of them is reported
        self.leans = [0.0] * len(FIFTHS)  # of each deprivation fifth: see `sim.rules.lean`
        self.held = False  # whether its supply stands as an inventory lists it: until the burn-in ends
        self.policy: Any = None
        self.places: list[Place] = []
        self.seen = Seen()
        self.online_members = self.online_space = self.online_seen = 0
        self.spent = [0] * (OWN_SOURCES + 1)  # pence this week: by payer, then organisations' own sources
        self.unspent = 0
        self.wide: list[Organisation] = []


class Place:
    """One place: who lives there, its groups, the organisations that serve it."""

    def __init__(
        self, number: int, area: Area, base: int, burden: float, founded: int, lean: float = 0.0, deprived: float = 1.0
    ):
        self.number, self.area, self.base, self.burden = number, area, base, burden
        self.lean, self.deprived = lean, deprived  # see `sim.rules.lean`
        self.rural = False
        self.groups_founded = founded
        self.people: list[Person] = []
        self.seen = Seen()
        self.groups: list[Group] = []  # that met in the last half-year, in the order of founding
        self.organisations: list[Organisation] = []  # area-wide first
        self.with_need = [1] * N_NEEDS  # people with each need, as last counted
        self.inside = [[0] * N_NEEDS, [0] * N_NEEDS]
        self.telling = [[0] * N_NEEDS, [0] * N_NEEDS]

    def count_needs(self) -> None:
        """Count people with each need again (once in four weeks)."""
        counts: dict[int, int] = {}
        for person in self.people:
            counts[person.needs] = counts.get(person.needs, 0) + 1
        self.with_need = [sum(n for mask, n in counts.items() if mask >> k & 1) for k in range(N_NEEDS)]
