"""The browser's own parts: each a Vue template that shows plain values and sends events. No rules in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

Event = Callable[[dict[str, Any]], None]
Rows = list[dict[str, Any]]


@solara.component_vue("../vue/prose.vue", vuetify=False)
def Prose(html: str, kind: str = "prose") -> None:
    """Markup made by `markup` on the server."""


@solara.component_vue("../vue/levers.vue", vuetify=False)
def Levers(
    groups: Rows,
    opening: bool = False,
    event_changed: Event | None = None,
    event_reset: Event | None = None,
    event_unfold: Event | None = None,
) -> None:
    """The panel of levers."""


@solara.component_vue("../vue/tiles.vue", vuetify=False)
def Tiles(tiles: Rows, event_pick: Event | None = None) -> None:
    """Figures to choose from."""


@solara.component_vue("../vue/chart.vue", vuetify=False)
def ChartCard(
    chart: dict[str, Any], source: str = "", stale: bool = False, level: int = 2, foot: str = "", estimate: bool = False
) -> None:
    """A chart with its table, sentence and files to take away. `foot`: a line under it whose room is kept; `estimate`: it says so."""


@solara.component_vue("../vue/shell.vue", vuetify=False)
def Shell(
    page: str,
    pages: Rows,
    presets: Rows,
    policy: dict[str, Any],
    areas: Rows,
    area: str,
    link: str,
    qr: str,
    status: str,
    part: float,
    problem: str,
    notes: list[str],
    can: dict[str, bool],
    toml: dict[str, str],
    present: bool,
    heard: int = 0,
    event_touch: Event | None = None,
    event_go: Event | None = None,
    event_act: Event | None = None,
    event_upload: Event | None = None,
    event_width: Event | None = None,
    event_share: Event | None = None,
) -> None:
    """Title, pages, tools and the state of work, above every page. `heard`: up to which touch of a lever the server has heard."""


@solara.component_vue("../vue/waiting.vue", vuetify=False)
def Waiting(words: str, what: str, part: float, left: str) -> None:
    """What stands where the first results will be: how far they are, and how long they still take."""


@solara.component_vue("../vue/choices.vue", vuetify=False)
def Choices(label: str, rows: Rows, chosen: str, event_choose: Event | None = None) -> None:
    """Buttons of which one is chosen."""


@solara.component_vue("../vue/pins.vue", vuetify=False)
def Pins(
    rows: Rows,
    full: bool,
    name: str,
    event_pin: Event | None = None,
    event_drop: Event | None = None,
    event_rename: Event | None = None,
    event_use: Event | None = None,
) -> None:
    """Pinned policies with their names."""


@solara.component_vue("../vue/notes.vue", vuetify=False)
def Notes(
    rows: Rows, kinds: Rows, most: int, page: str, policy: str, link: str, event_keep: Event | None = None
) -> None:
    """The notebook's form and its notes, which the browser keeps."""


@solara.component_vue("../vue/workshop.vue", vuetify=False)
def Board(
    tables: Rows,
    mine: str,
    was: str,
    problem: str,
    leads: bool,
    shares: dict[str, bool],
    event_join: Event | None = None,
    event_leave: Event | None = None,
    event_drop: Event | None = None,
) -> None:
    """Joining a table, with what is shared; every table's state, and more of it for the facilitator (`leads`)."""


@solara.component_vue("../vue/ask.vue", vuetify=False)
def AskFor(
    title: str,
    words: str,
    button: str,
    status: str = "",
    part: float = 0.0,
    problem: str = "",
    event_ask: Event | None = None,
    event_stop: Event | None = None,
) -> None:
    """Something that takes a while and is done on request, with progress."""


@solara.component_vue("../vue/goal.vue", vuetify=False)
def GoalForm(
    form: dict[str, Any],
    outcomes: Rows,
    groups: Rows,
    people: Rows,
    levers: Rows,
    problem: str,
    size: str,
    event_changed: Event | None = None,
) -> None:
    """What should hold, for whom, in how many worlds, and which levers may be moved."""


@solara.component_vue("../vue/search.vue", vuetify=False)
def SearchCard(
    title: str,
    question: str,
    stages: Rows,
    going: bool,
    part: float,
    words: str,
    bad: bool,
    begin: str,
    able: bool,
    use: str,
    files: Rows,
    others: Rows,
    event_act: Event | None = None,
    event_halt: Event | None = None,
) -> None:
    """How far long work is, its buttons, what can be taken away, and others' work that anybody may stop."""


@solara.component_vue("../vue/find.vue", vuetify=False)
def Find(label: str, head: list[str], rows: list[list[str]]) -> None:
    """A table that a word narrows down."""


@solara.component_vue("../vue/listing.vue", vuetify=False)
def Listing(
    rows: Rows,
    fields: Rows,
    area: str,
    area_name: str,
    refused: list[str],
    saved: int,
    csv: str,
    whole: str,
    words: str,
    example: str,
    event_save: Event | None = None,
    event_drop: Event | None = None,
    event_upload: Event | None = None,
    event_clear: Event | None = None,
    event_try_example: Event | None = None,
) -> None:
    """The rows of a local inventory, their form and their file."""


@solara.component_vue("../vue/rivals.vue", vuetify=False)
def RivalSwitch(groups: Rows, event_choose: Event | None = None) -> None:
    """Questions on which evidence conflicts, each with its rivals."""
