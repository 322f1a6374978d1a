"""The notebook: what people in the room say, next to the policy it was said about, and one document to take away.

Notes live in the browser's own storage, so that a reload or a restart loses none, and in the document; nothing is written
on the server, which has them while the page is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import solara
from solara.alias import rv

from dashboards.asked.link import decode, encode
from dashboards.asked.names import area_name, policy_name
from dashboards.cards.hatch import as_assumed
from dashboards.cards.vue_parts import Notes
from dashboards.pages.explore import main_chart
from dashboards.work.session import Session, Shown
from reports import markup
from reports.figures import FIGURES
from reports.what_changed import explain
from sim.results import caveats
from sim.version import VERSION

KINDS = {"question": "Question", "idea": "Idea", "assumption": "Assumption", "quote": "Quote", "dissent": "Dissent"}
LONGEST_NOTE, LONGEST_POLICY, MOST_NOTES = 2000, 200, 200


@dataclass(frozen=True)
class Note:
    """One note: its number in the browser, its kind, the words, the policy at hand, the link that brings the page back."""

    id: str
    kind: str
    words: str
    policy: str
    link: str


def note(data: object) -> Note | None:
    """A note as a browser kept it; None where nothing was written or its kind is not known."""
    if not isinstance(data, dict):
        return None
    words = "".join(c for c in str(data.get("words", "")) if c.isprintable() or c == "\n").strip()[:LONGEST_NOTE]
    kind = str(data.get("kind", ""))
    if not words or kind not in KINDS:
        return None
    link = encode(decode(str(data.get("link", "")))[0])
    return Note(str(data.get("id", ""))[:40], kind, words, str(data.get("policy", ""))[:LONGEST_POLICY], link)


def _whole(value: object) -> object:
    """A text without halves of letters, which no page and no file can hold."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def book(data: object) -> tuple[Note, ...]:
    """The notes that a browser kept; what cannot be one is left out."""
    rows = data if isinstance(data, list) else []
    rows = [
        {key: _whole(value) for key, value in row.items()} if isinstance(row, dict) else row
        for row in rows[:MOST_NOTES]
    ]
    return tuple(made for made in map(note, rows[:MOST_NOTES]) if made is not None)


@solara.component
def Notebook(session: Session, width: int) -> None:
    """The page."""
    asked, notes = session.asked.value, session.book.value
    with rv.Html(tag="div", class_="stack about"):
        Notes(
            rows=[
                {"id": n.id, "kind": KINDS[n.kind], "words": n.words, "policy": n.policy, "link": "/?" + n.link}
                for n in notes
            ],
            kinds=[{"key": key, "title": title} for key, title in KINDS.items()],
            most=MOST_NOTES,
            page=document(notes, session.shown.value),
            policy=f"{policy_name(asked.policy)}, {area_name(asked.area)}",
            link=encode(asked),
            event_keep=lambda data: session.book.set(book(data.get("notes"))),
        )


STYLE = (
    "body{font-family:system-ui,sans-serif;max-width:820px;margin:32px auto;padding:0 16px;color:#1d2b36;line-height:1.5}"
    "h1{font-size:26px}h2{font-size:19px;margin-top:32px}blockquote{margin:8px 0;padding:6px 14px;border-left:4px solid #0b5c8f;"
    "white-space:pre-wrap}small,.soft{color:#55636e}svg{max-width:100%;height:auto}"
)


def document(notes: tuple[Note, ...], shown: Shown | None) -> str:
    """One HTML document with the notes, the chart and sentences at hand. Whatever people wrote is escaped."""
    levels = caveats.LEVELS if shown is None else caveats.levels(shown.plan.shape)
    parts = [
        markup.tag("h1", "Notes on peer support: what would it take?"),
        markup.paragraph(f"{caveats.FORECAST} {levels}", class_="soft"),
    ]
    for key, title in KINDS.items():
        found = [n for n in notes if n.kind == key]
        if found:
            parts.append(markup.tag("h2", f"{title}s"))
        parts += [
            markup.tag("blockquote", escape(n.words)) + markup.tag("small", escape(f"On: {n.policy}. Link: /?{n.link}"))
            for n in found
        ]
    if shown is not None:
        parts += _results(shown)
    parts.append(markup.paragraph(f"peerscale {VERSION}", class_="soft"))
    head = f'<meta charset="utf-8"><title>Notes on peer support</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en-GB"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _results(shown: Shown) -> list[str]:
    name = policy_name(shown.asked.policy)
    figure = FIGURES[shown.asked.chart]
    chart = as_assumed(main_chart(figure, shown, name, 760), figure.name, shown.asked)
    said = explain(shown.today, shown.plan, shown.asked.pounds)
    return [
        markup.tag("h2", escape(f"What was on the screen: {name}, {area_name(shown.asked.area)}")),
        chart.svg,
        markup.paragraph(chart.sentence),
        markup.paragraph(chart.assumed),
        markup.bullets(item.text for item in said),
    ]
