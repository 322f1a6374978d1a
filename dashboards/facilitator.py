"""Workshop: join as a table; the facilitator sees every table's policy and headline, and opens any of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import solara
from solara.alias import rv

from dashboards import markup, tables
from dashboards.assumption import LEVELS, mark
from dashboards.figures import FIGURES, say
from dashboards.header import area_name, policy_words
from dashboards.link import clean, encode
from dashboards.session import Session, Shown
from dashboards.tiles import change_words
from dashboards.vue_parts import Board, Prose
from scenarios.words import DIFFERENCES
from sim import summary

REFRESH_SECONDS = 2.0
TOLD = ("available", "started_in_time", "used", "waiting")


def words_of(shown: Shown | None) -> str:
    """A table's headline: what differs from today's policy for a few figures, and today's level."""
    if shown is None:
        return "no answer yet"
    told = []
    for name in TOLD:
        figure = FIGURES[name]
        pair = summary.pair(figure.worlds(shown.today), figure.worlds(shown.plan))
        level = say(figure.kind, summary.interval(figure.worlds(shown.today)).median) + mark(figure.output, shown.asked)
        told.append(f"{figure.short}: {change_words(figure, pair)} (today {level})")
    return " · ".join(told)


@solara.component
def KeepSeat(session: Session) -> None:
    """A browser that joined as a table tells the room where it is."""
    asked, shown = session.asked.value, session.shown.value

    def tell() -> None:
        if asked.table:
            tables.report(asked.table, replace(asked, page="explore"), words_of(shown))

    solara.use_effect(tell, [encode(asked), id(shown)])


@solara.component
def Workshop(session: Session, width: int) -> None:
    """The page."""
    tick = solara.use_reactive(0)

    async def refresh() -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            tick.set(tick.value + 1)

    solara.lab.use_task(refresh, dependencies=[], raise_error=False, prefer_threaded=False)
    mine = session.asked.value.table
    rows = [_row(seat) for seat in tables.seats()] if tick.value >= 0 else []
    with rv.Html(tag="div", class_="stack"):
        Board(tables=rows, mine=mine, event_join=lambda data: _join(session, str(data.get("name", ""))),
              event_leave=lambda _: _leave(session))  # fmt: skip
        Prose(html=markup.paragraph(f"{DIFFERENCES} {LEVELS}", class_="chart-note"), kind="card")


def _row(seat: tables.Seat) -> dict[str, str]:
    words = policy_words(seat.asked.policy)
    return {"name": seat.name, "policy": f"{words['title']}. {words['moved']}".strip(), "area": area_name(seat.asked.area),
            "words": seat.words, "link": "/?" + encode(replace(seat.asked, table=""))}  # fmt: skip


def _join(session: Session, name: str) -> None:
    if clean(name):
        session.go(table=clean(name))


def _leave(session: Session) -> None:
    tables.leave(session.asked.value.table)
    session.go(table="")
