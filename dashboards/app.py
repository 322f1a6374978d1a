"""The page that Solara serves: reads the link, holds the session, shows one of the pages."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import solara
from solara.alias import rv

from dashboards.asked import names
from dashboards.asked.link import decode, encode, presets
from dashboards.asked.scenario_text import not_here, read_upload
from dashboards.asked.state import PAGES, Asked, Policy
from dashboards.cards import header
from dashboards.cards.vue_parts import Shell
from dashboards.pages.about import About
from dashboards.pages.case import KeepCase, TheCase
from dashboards.pages.compare import Compare
from dashboards.pages.evidence import Evidence
from dashboards.pages.explore import Explore
from dashboards.pages.facilitator import KeepSeat, Workshop
from dashboards.pages.goal import KeepSearch, WhatItTakes
from dashboards.pages.inventory import InventoryPage
from dashboards.pages.journeys import Journeys
from dashboards.pages.notebook import Notebook
from dashboards.work.doing import use_doing
from dashboards.work.session import Runs, Session, use_session
from reports.figures import FIGURES
from scenarios.reading.rival_evidence import in_words
from sim.errors import UserError

VIEWS: dict[str, Callable[[Session, int], Any]] = {
    "explore": Explore,
    "goal": WhatItTakes,
    "case": TheCase,
    "compare": Compare,
    "journeys": Journeys,
    "evidence": Evidence,
    "inventory": InventoryPage,
    "notebook": Notebook,
    "about": About,
    "workshop": Workshop,
}


ASKING = ("explore", "case", "journeys")
"""Pages that answer the question of the policy at hand: it stands above these only."""
WITHOUT_RIVALS = ("goal",)
"""Pages with studies of their own, drawn from the evidence as used."""


@solara.component
def Page() -> None:
    """Everything, for one browser."""
    router = solara.use_router()
    first = solara.use_memo(lambda: decode(router.search), [])
    session = use_session(first[0], tuple(first[1]))
    width, doing = solara.use_reactive(1280), use_doing()
    _follow_link(router, session)
    asked = session.asked.value
    with rv.Html(tag="div", class_="app" + (" present" if asked.present else ""), attributes={"data-page": asked.page}):
        Unseen(session)
        Header(session, width, doing)
        with rv.Html(tag="div", class_="page", attributes={"id": "page", "tabindex": "-1"}):
            VIEWS.get(asked.page, Explore)(session, width.value)
        Footer(session)


@solara.component
def Unseen(session: Session) -> None:
    """What works without being seen. It stands in a box of its own: beside the page, Solara would leave a gap above it for each."""
    with rv.Html(tag="div", class_="nothing"):
        solara.Title(f"{header.TITLES[session.asked.value.page]} · peerscale")
        Runs(session)
        KeepSeat(session)
        KeepSearch(session)
        KeepCase(session)


def _follow_link(router: Any, session: Session) -> None:
    """The address follows what is asked; the browser's back button brings the page back."""
    pushed: Any = solara.use_ref(None)
    query = encode(session.asked.value)

    def push() -> None:
        if pushed.current != query:
            pushed.current = query
            router.push(f"/?{query}")

    def pull() -> None:
        if pushed.current is not None and router.search is not None and router.search != pushed.current:
            asked, notes = decode(router.search)
            if encode(asked) != pushed.current:
                pushed.current = encode(asked)
                session.asked.set(asked)
                session.notes.set(tuple(notes))

    solara.use_effect(push, [query])
    solara.use_effect(pull, [router.search])


@solara.component
def Header(session: Session, width: solara.Reactive[int], doing: tuple[str, ...]) -> None:
    """Pages, tools and the state of work. `doing`: what goes on beside the run at hand."""
    asked, work, line = session.asked.value, session.work.value, session.line.value
    sharing, heard, link = solara.use_reactive(False), solara.use_reactive(0), encode(asked)
    Shell(
        page=asked.page,
        pages=header.pages(asked, tuple(VIEWS)),
        presets=names.preset_rows(),
        policy=policy_above(asked),
        areas=names.area_rows(),
        area=asked.area,
        link=link,
        qr=header.qr(os.environ.get("PEERSCALE_DASHBOARD_ADDRESS", "http://127.0.0.1/") + "?" + link)
        if sharing.value
        else "",
        status=header.status(asked, session.shown.value, work, doing),
        part=work.part,
        problem=work.problem,
        notes=list(session.notes.value),
        can={
            "undo": bool(line.behind),
            "redo": bool(line.ahead),
            "reset": asked.policy != Policy(),
            "pin": True,
            "pounds": asked.pounds,
        },
        toml=header.toml_of(asked.policy, asked.area, asked.seed),
        present=asked.present,
        event_go=lambda data: _go(session, data),
        event_act=lambda data: _act(session, str(data["what"])),
        event_upload=lambda data: _upload(session, data),
        event_width=lambda data: width.set(int(data["px"])),
        heard=heard.value,
        event_touch=lambda data: heard.set(int(data["number"])),
        event_share=lambda data: sharing.set(bool(data.get("open"))),
    )


def policy_above(asked: Asked) -> dict[str, str]:
    """What stands above a page of the policy at hand: its question only where the page answers it."""
    said = names.policy_words(asked.policy) | {"rivals": rivals_on(asked)}
    return said if asked.page in ASKING else said | {"question": ""}


def rivals_on(asked: Asked) -> str:
    """The rival evidence that is on, in words; that a page does not use it, where that is so."""
    unused = " (not used on this page)" if asked.rivals and asked.page in WITHOUT_RIVALS else ""
    return in_words(asked.rivals) + unused


def _go(session: Session, data: dict[str, Any]) -> None:
    """Another page, policy or area, as chosen above. What is not known is left alone."""
    if data.get("page") in PAGES:
        session.go(page=data["page"])
    if data.get("base") in presets():
        session.go(policy=Policy(data["base"]))
    if data.get("area") in {row["code"] for row in names.area_rows()}:
        session.go(area=data["area"])


def _act(session: Session, what: str) -> None:
    """A button above the page."""
    asked = session.asked.value
    acts: dict[str, Callable[[], None]] = {
        "undo": session.undo,
        "redo": session.redo,
        "reset": lambda: session.go(policy=Policy()),
        "present": lambda: session.go(present=not asked.present),
        "pounds": lambda: _pounds(session, asked),
        "pin": lambda: session.move(lambda a: a.pinned(names.policy_name(a.policy))),
        "read": lambda: session.tell(),
    }
    if what in acts:
        acts[what]()


def _pounds(session: Session, asked: Asked) -> None:
    chart = Asked().chart if FIGURES[asked.chart].is_gbp else asked.chart
    session.go(pounds=not asked.pounds, chart=chart)


def _upload(session: Session, data: dict[str, Any]) -> None:
    """A scenario file from a person: checked as any file is, or refused in plain words."""
    try:
        if int(data.get("size", 0)) and "data" not in data:
            text = read_upload(b"x" * int(data["size"]) if int(data["size"]) < 10**6 else b"x" * 10**6)
        else:
            text = read_upload(base64.b64decode(str(data.get("data", ""))[:60_000]))
    except UserError as error:
        session.tell(
            *(
                f"The file was not opened: {one.what}. {one.where}. Expected: {one.rule}. Found: {one.got}."
                for one in error.found
            )
        )
        return
    session.move(lambda asked: replace(asked, policy=Policy(file=text)))
    session.tell("The file is open as your policy.", *not_here(text))


@solara.component
def Footer(session: Session) -> None:
    """What this is not, and which version."""
    from dashboards.cards.vue_parts import Prose
    from reports import markup
    from scenarios.running.posterior import unfitted
    from sim.results import caveats
    from sim.version import VERSION

    shown = session.shown.value
    status = caveats.ILLUSTRATIVE if shown is None else caveats.status(shown.plan.shape)
    words = f"For discussion, not prediction. {caveats.FORECAST} Levels: {status}.{unfitted()} peerscale {VERSION}."
    Prose(html=markup.paragraph(words), kind="footer")
