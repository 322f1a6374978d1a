"""What the dashboard's pages take from people: links, forms, uploads, messages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.errors import UserError

HEAD = 'name = "mine"\ntitle = "Mine"\nquestion = "Does it help?"\nextends = "today"\n'


def link_seeds() -> list[bytes]:
    """Links with all that they may hold."""
    import solara.server.settings  # noqa: F401 - Solara makes a folder of its own when it is imported

    from dashboards.asked.inventory_text import example
    from dashboards.asked.link import encode
    from dashboards.asked.state import Aim, Asked, Pin, Policy, View

    full = Policy("open_door", (("link_workers", 1.5),), "")
    filed = Policy("today", (), HEAD + "[levers]\ncut = 0.1\n")
    asked = [
        Asked(),
        Asked(
            policy=full,
            area="E54000064",
            page="goal",
            chart="equity",
            pounds=True,
            seed=7,
            table="Table 1",
            pins=(Pin("Ours & theirs ~ %", full), Pin("x", filed)),
            aim=Aim(level="60", levers=("link_workers",)),
            view=View("nhs"),
        ),
        Asked(policy=filed, page="case", inventory=example()),
    ]
    return [encode(one).encode() for one in asked] + [b"?area=own&set=cut:0.1;x:y&kept=zz&pin=a~b~c~d&rivals=a;b"]


def read_link(data: bytes, folder: Path) -> None:
    """What a link asks for, everything that a page makes of it, and the link again."""
    from dashboards.asked.link import decode, encode
    from dashboards.asked.names import area_name
    from dashboards.asked.scenario_text import scenario_of
    from dashboards.cards.aim import goal_of

    asked, notes = decode(data.decode("utf-8", "surrogateescape"))
    area_name(asked.area)
    "".join(notes).encode()
    again, _ = decode(encode(asked))
    assert again == asked or len(encode(asked)) > 16_000, "a link that does not lead back to itself"
    for act in (
        lambda: scenario_of(asked.policy),
        lambda: [scenario_of(pin.policy) for pin in asked.pins],
        lambda: goal_of(asked),
    ):
        try:
            act()
        except UserError as error:
            str(error).encode()


def form_seeds() -> list[bytes]:
    """What a page sends: a row of the inventory, fields of the goal, levers, notes, uploads, names."""
    import solara.server.settings  # noqa: F401 - Solara makes a folder of its own when it is imported

    from dashboards.asked.inventory_text import example, rows_of

    rows: list[dict[str, Any]] = [
        {"form": "inventory", "row": rows_of(example())[0], "number": 99},
        {"form": "goal", "field": "level", "value": "60"},
        {"form": "goal", "field": "levers", "value": "link_workers;directory"},
        {"form": "pin", "number": 0, "name": "Ours"},
        {"form": "upload", "data": base64.b64encode(HEAD.encode() + b"[levers]\ncut=0.1\n").decode(), "size": 90},
        {"form": "inventory upload", "data": base64.b64encode(example().encode()).decode(), "size": 90},
        {
            "form": "notes",
            "notes": [{"id": "a", "kind": "question", "words": "Why?", "policy": "today", "link": "v=1"}],
        },
    ]
    return [json.dumps(row).encode() for row in rows]


@dataclass
class _Held:
    value: Any

    def set(self, value: Any) -> None:
        self.value = value


@dataclass
class _Page:
    """A page without a browser: enough of a session for its forms."""

    asked: _Held = field(default_factory=lambda: _Held(_asked()))
    told: list[str] = field(default_factory=list)

    def move(self, change: Callable[[Any], Any], gesture: str = "") -> None:
        self.asked.set(change(self.asked.value))

    def tell(self, *notes: str) -> None:
        self.told += notes


def _asked() -> Any:
    from dashboards.asked.state import Asked

    return Asked()


def read_form(data: bytes, folder: Path) -> None:
    """A form as the server takes it, then the link that holds what came of it."""
    from dashboards.asked.link import decode, encode

    try:
        form = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(form, dict):
        return
    page = _Page()
    _take(page, form)
    link = encode(page.asked.value)
    link.encode()
    decode(link)
    "".join(page.told).encode()


def _take(page: _Page, form: dict[str, Any]) -> None:
    """What the page does with it."""
    from dashboards.asked import inventory_text
    from dashboards.pages import compare, notebook
    from dashboards.pages import goal as goal_page
    from dashboards.pages import inventory as inventory_page

    kind = form.get("form")
    if kind == "inventory":
        text = inventory_text.saved("", inventory_page.as_row(form.get("row")), 99)
        wrong = inventory_text.told(inventory_text.problems(text))
        page.told += wrong
        if not wrong:
            page.move(lambda asked: replace(asked, inventory=text))
    elif kind == "goal":
        goal_page.change(page, form)  # type: ignore[arg-type]
        _goal_of(page)
    elif kind == "pin":
        page.move(lambda asked: compare.renamed(asked.pinned("first"), 0, str(form.get("name"))))
    elif kind in ("upload", "inventory upload"):
        _upload(page, kind, form)
    elif kind == "notes":
        notebook.document(notebook.book(form.get("notes")), None).encode()


def _goal_of(page: _Page) -> None:
    from dashboards.cards.aim import goal_of, problem_words

    try:
        goal_of(page.asked.value)
    except UserError as error:
        page.told.append(problem_words(error))


def _upload(page: _Page, kind: str, form: dict[str, Any]) -> None:
    from dashboards.asked import inventory_text, scenario_text
    from dashboards.asked.state import Policy

    try:
        raw = base64.b64decode(str(form.get("data", "")).encode("ascii", "ignore"))
    except ValueError:
        return
    if kind == "upload":
        text = scenario_text.read_upload(raw)
        page.move(lambda asked: replace(asked, policy=Policy(file=text)))
    else:
        rows, _ = inventory_text.read_upload(raw)
        page.told += inventory_text.told(inventory_text.problems(rows))


def message_seeds() -> list[bytes]:
    """What a page says over its socket."""
    data = {"method": "custom", "content": {"event": "changed", "data": {"name": "cut", "value": 0.5}}}
    rows: list[dict[str, Any]] = [
        {
            "header": {"msg_type": "comm_msg", "msg_id": "1"},
            "channel": "shell",
            "content": {"comm_id": "a", "data": data},
        },
        {
            "header": {"msg_type": "comm_open", "msg_id": "2"},
            "channel": "shell",
            "content": {"comm_id": "a", "target_name": "solara.control"},
        },
    ]
    return [json.dumps(row).encode() for row in rows]


def read_message(data: bytes, folder: Path) -> None:
    """Taken or not, never an error."""
    from dashboards.server.messages import taken

    taken(data.decode("utf-8", "surrogateescape"))
