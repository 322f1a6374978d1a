"""One person at the dashboard as a plain websocket client: speaks Solara's protocol, moves levers, keeps what arrives.

No browser: what is measured is the server and the wire, not painting. Each person carries a mark (the name of a
pinned policy, which stands in every link of their page) that nobody else's page may hold.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from benchmarks import way_in

MARK = re.compile(r"room-[0-9a-f]{12}")
PART = {"groups": "levers", "chart": "chart", "toml": "shell"}
"""A widget is known by the one property that only its kind has."""


@dataclass
class Move:
    """A slider released: when (monotonic seconds), and how long until its own first chart and the model's answer.

    `guess`: the first chart was an estimate. `waited` seconds were given to it before the next move.
    """

    at: float
    first: float | None = None
    model: float | None = None
    guess: bool = False
    waited: float = 0.0


@dataclass
class Person:
    """A page in use. `mine`: levers as this person set them; `strangers`: others' marks that were received."""

    number: int
    address: str
    unfolded: bool = False
    widgets: dict[str, dict[str, Any]] = field(default_factory=dict)
    mine: dict[str, float] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    own_marks: int = 0
    strayed: int = 0
    problems: set[str] = field(default_factory=set)
    moved: str = ""
    received: int = 0

    def __post_init__(self) -> None:
        self.luck = random.Random(f"person {self.number}")
        self.mark = f"room-{self.luck.getrandbits(48):012x}"
        self.kernel, self.page = str(uuid4()), str(uuid4())
        self.socket: ClientConnection | None = None
        self.reader: asyncio.Task[None] | None = None
        self._asked = False

    # -------------------------------------------------------------- the wire

    async def come(self) -> None:
        """Ask for the page, open its socket, have the server build the page."""
        cookie = await asyncio.to_thread(way_in.cookie, self.address)
        where = self.address.replace("http", "ws", 1)
        self.socket = await connect(
            f"{where}jupyter/api/kernels/{self.kernel}/channels?session_id={self.page}",
            origin=Origin(self.address.rstrip("/")),
            additional_headers={"Cookie": cookie},
            max_size=None,
            ping_interval=None,
        )
        self.reader = asyncio.create_task(self._read())
        control = uuid4().hex
        query = f"?v=1&pin={self.mark}~open_door~~" + ("&unfolded=1" if self.unfolded else "")
        await self._send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        run = {"path": "/" + query, "appName": None, "themes": {}, "dark": False}
        await self._send("comm_msg", {"comm_id": control, "data": {"method": "run", "args": run}})

    async def go(self) -> None:
        """Close the page as a browser does."""
        if self.socket is not None:
            await self.socket.close()
        if self.reader is not None:
            await asyncio.gather(self.reader, return_exceptions=True)

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        head = {"msg_id": uuid4().hex, "username": "", "session": self.page, "msg_type": kind, "version": "5.3"}
        assert self.socket is not None
        await self.socket.send(
            json.dumps(
                {
                    "header": head,
                    "parent_header": {},
                    "metadata": {},
                    "content": content,
                    "channel": "shell",
                    "buffers": [],
                }
            )
        )

    async def event(self, part: str, name: str, data: dict[str, Any]) -> None:
        """An event of a Vue component, as its template sends it."""
        comm = next(key for key, state in self.widgets.items() if kind_of(state) == part)
        await self._send(
            "comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": {"event": name, "data": data}}}
        )

    async def _read(self) -> None:
        assert self.socket is not None
        async for text in self.socket:
            words = text.decode(errors="replace") if isinstance(text, bytes) else text
            self.received += len(words)
            self.look_for_marks(words)
            if not isinstance(text, bytes):
                self.take(json.loads(words))

    def look_for_marks(self, words: str) -> None:
        """Whose marks a message holds: one's own, or a stranger's, which must not be."""
        found = set(MARK.findall(words))
        self.own_marks += self.mark in found
        self.strangers |= found - {self.mark}

    # -------------------------------------------------------------- the page as it stands

    def take(self, message: dict[str, Any]) -> None:
        """Keep the widgets' state; note when the answer to the last move is on the page."""
        kind, content = message["header"]["msg_type"], message.get("content", {})
        if kind == "comm_open" and "state" in content.get("data", {}):
            self.widgets[content["comm_id"]] = dict(content["data"]["state"])
        elif kind == "comm_msg" and content["data"].get("method") == "update" and content["comm_id"] in self.widgets:
            self.widgets[content["comm_id"]].update(content["data"]["state"])
        elif kind == "comm_close":
            self.widgets.pop(content["comm_id"], None)
        else:
            return
        self._note_answer()

    def parts(self, kind: str) -> list[dict[str, Any]]:
        """State of the widgets of one kind: levers, chart or shell."""
        return [state for state in self.widgets.values() if kind_of(state) == kind]

    @property
    def answered(self) -> bool:
        """Whether the charts shown are the answer to what is asked now: an estimate or the model's own."""
        charts = self.parts("chart")
        return bool(charts) and not any(chart["stale"] for chart in charts)

    @property
    def guessed(self) -> bool:
        """Whether an estimate is shown."""
        return any(chart.get("estimate") for chart in self.parts("chart"))

    @property
    def up_to_date(self) -> bool:
        """Whether the page shows the model's own answer and says so."""
        return (
            self.answered
            and not self.guessed
            and all(s["status"] == "" and not s["problem"] for s in self.parts("shell"))
        )

    def _note_answer(self) -> None:
        self.problems |= {str(s["problem"]) for s in self.parts("shell") if s["problem"]}
        move = self.moves[-1] if self.moves else None
        if move is None:
            return
        self._asked = self._asked or (self._echoed() and not self.answered)
        if not self._asked:
            return  # the server has not come to this move: what arrives belongs to the one before
        if move.first is None and self.answered:
            move.first, move.guess = time.monotonic() - move.at, self.guessed
            self._check_levers()
        if move.model is None and self.up_to_date:
            move.model = time.monotonic() - move.at

    def _echoed(self) -> bool:
        """Whether the page shows the last moved lever where it was moved to."""
        lever = next((one for one in self.levers() if one["name"] == self.moved), None)
        return lever is not None and lever["values"][lever["at"]] == self.mine[self.moved]

    # -------------------------------------------------------------- what a person does

    def levers(self) -> list[dict[str, Any]]:
        """Levers in sight: of each group those above "More"."""
        return [lever for panel in self.parts("levers") for group in panel["groups"] for lever in group["first"]]

    async def move(self) -> None:
        """Release a slider at a stop other than where it is."""
        self.finish()
        lever = self.luck.choice(self.levers())
        at = self.luck.choice([i for i in range(len(lever["values"])) if i != lever["at"]])
        value = lever["values"][at]
        self.mine[lever["name"]] = value
        self.moved, self._asked = lever["name"], False
        self.moves.append(Move(time.monotonic()))
        await self.event("levers", "changed", {"name": lever["name"], "value": value})

    def finish(self) -> None:
        """End the last move: how long it had."""
        if self.moves:
            self.moves[-1].waited = time.monotonic() - self.moves[-1].at

    def _check_levers(self) -> None:
        """With an answer on the page: does every lever in sight stand where this person left it?"""
        for lever in self.levers():
            own = self.mine.get(lever["name"], lever["values"][lever["today"]])
            self.strayed += lever["values"][lever["at"]] != own


def kind_of(state: dict[str, Any]) -> str:
    """Which of our components a widget is; "" for one of Solara's."""
    return next((kind for key, kind in PART.items() if key in state), "")
