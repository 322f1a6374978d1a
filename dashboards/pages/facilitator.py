"""Workshop: join as a table, with what is shared said before; the facilitator sees every table's policy and opens any of them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

import solara
from solara.alias import rv
from solara.lab import headers

from dashboards.asked.link import clean, encode
from dashboards.asked.names import area_name, policy_words
from dashboards.cards.assumption import LEVELS, mark
from dashboards.cards.vue_parts import Board, Prose
from dashboards.server import tables
from dashboards.server.door import FACILITATOR, RIGHTS, TABLE
from dashboards.work.session import Session, Shown
from reports import markup
from reports.figures import FIGURES, say
from reports.verdicts import change_words
from sim.results import summary
from sim.results.outcomes import MAIN
from sim.results.words import DIFFERENCES

REFRESH_SECONDS = 2.0
TOLD = (MAIN, "started_in_time", "used_last_year", "waiting_per_10k")


def words_of(shown: Shown | None) -> str:
    """A table's headline: what differs from today's policy for a few figures, and today's level."""
    if shown is None:
        return "no answer yet"
    told = []
    for name in TOLD:
        figure = FIGURES[name]
        pair = summary.pair(figure.worlds(shown.today), figure.worlds(shown.plan))
        level = say(figure.kind, summary.interval(figure.worlds(shown.today)).median) + mark(
            figure.name, shown.asked, today=True
        )
        told.append(f"{figure.short}: {change_words(figure, pair)} (today {level})")
    return " · ".join(told)


@solara.component
def KeepSeat(session: Session) -> None:
    """A browser that joined as a table tells the room where it is. One whose link only names a table does not."""
    asked, shown, owner = session.asked.value, session.shown.value, solara.get_session_id()

    def tell() -> None:
        if asked.table:
            tables.report(asked.table, owner, asked, words_of(shown))

    solara.use_effect(tell, [encode(asked), id(shown)])


def leads() -> bool:
    """Whether this browser is the facilitator's: it came in by the secret of whoever started the server, not by the code."""
    said: Any = headers
    return bool((said.value or {}).get(RIGHTS, [TABLE])[0] == FACILITATOR)


@solara.component
def Workshop(session: Session, width: int) -> None:
    """The page."""
    tick, problem = solara.use_reactive(0), solara.use_reactive("")

    async def refresh() -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            tick.set(tick.value + 1)

    solara.lab.use_task(refresh, dependencies=[], raise_error=False, prefer_threaded=False)
    name, owner = session.asked.value.table, solara.get_session_id()
    agreed = tables.joined(name, owner) if tick.value >= 0 else None
    with rv.Html(tag="div", class_="stack"):
        Board(
            tables=[row_of(seat, leads()) for seat in tables.seats()],
            mine=name if agreed else "",
            was=name,
            problem=problem.value,
            leads=leads(),
            shares=asdict(agreed) if agreed else {},
            event_join=lambda data: problem.set(_join(session, owner, data)),
            event_leave=lambda _: _leave(session, owner),
            event_drop=lambda data: _drop(str(data.get("name", ""))),
        )
        Prose(html=markup.paragraph(f"{DIFFERENCES} {LEVELS}", class_="chart-note"), kind="card")


def row_of(seat: tables.Seat, leads: bool) -> dict[str, str]:
    """A table on the board: name and headline for everybody, its policy and the way to its page for the facilitator."""
    row = {"name": seat.name, "words": seat.words}
    if not leads:
        return row
    words = policy_words(seat.asked.policy)
    return row | {
        "policy": f"{words['title']}. {words['moved']}".strip(),
        "area": area_name(seat.asked.area),
        "link": "/?" + encode(seat.asked),
    }


def _join(session: Session, owner: str, data: dict[str, Any]) -> str:
    """Join under a name with what was ticked; what is wrong, in words."""
    name = clean(str(data.get("name", "")))
    if not name:
        return ""
    if not tables.join(name, owner, tables.Shares(data.get("pins") is True, data.get("inventory") is True)):
        return "Another browser is that table: take another name, or ask the facilitator to take the old one off the board."
    tables.report(name, owner, session.asked.value, words_of(session.shown.value))
    session.go(table=name)
    return ""


def _leave(session: Session, owner: str) -> None:
    tables.leave(session.asked.value.table, owner)
    session.go(table="")


def _drop(name: str) -> None:
    """Take a table off the board, where the facilitator asks."""
    if leads():
        tables.leave(name)
