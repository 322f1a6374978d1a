"""A plain client of `small_page` over its socket: opens the page, presses its button, or sends what no page sends."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

from small_server import SmallServer
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


class Client:
    """One page's socket. `cookie` None: somebody new who is inside; "" for nobody."""

    def __init__(
        self, server: SmallServer, cookie: str | None = None, origin: str | None = "", kernel: str = "", host: str = ""
    ):
        self.server, self.kernel, self.page = server, kernel or str(uuid4()), str(uuid4())
        self.cookie = server.cookie() if cookie is None else cookie
        self.widgets: dict[str, dict[str, Any]] = {}
        where = f"ws://{host or f'127.0.0.1:{server.port}'}/jupyter/api/kernels/{self.kernel}/channels?session_id={self.page}"
        own = server.address.rstrip("/") if origin == "" else origin
        self.socket = connect(
            where,
            origin=own,
            legacy=True,
            additional_headers={"Cookie": self.cookie},
            open_timeout=60,
            close_timeout=5,
            proxy=None,
            max_size=None,
            sock=_line(server),
        )

    def send(self, kind: str, content: dict[str, Any], **more: Any) -> None:
        """A message of Solara's protocol."""
        head = {"msg_id": uuid4().hex, "username": "", "session": self.page, "msg_type": kind, "version": "5.3"}
        self.socket.send(
            json.dumps(
                {
                    "header": head,
                    "parent_header": {},
                    "metadata": {},
                    "content": content,
                    "channel": "shell",
                    "buffers": [],
                }
                | more
            )
        )

    def say(self, comm: str, data: dict[str, Any]) -> None:
        """Something to a widget."""
        self.send("comm_msg", {"comm_id": comm, "data": data})

    def open(self) -> Client:
        """Have the page built."""
        control = uuid4().hex
        self.send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        self.say(control, {"method": "run", "args": {"path": "/", "appName": None, "themes": {}, "dark": False}})
        self.shown("pressed")
        return self

    def text(self, begin: str) -> str | None:
        """The text on the page that begins so."""
        shown = (
            child for state in self.widgets.values() for child in state.get("children") or () if isinstance(child, str)
        )
        return next((text for text in shown if text.startswith(begin)), None)

    def shown(self, begin: str) -> str | None:
        """The same, once it is there."""
        self.until(lambda: self.text(begin) is not None)
        return self.text(begin)

    def press(self) -> None:
        """Press the button and wait until the page has it."""
        before = self.text("pressed")
        button = next(key for key, state in self.widgets.items() if "pressed" in str(state.get("children")))
        self.say(button, {"method": "custom", "content": {"event": "click", "data": {}}})
        self.until(lambda: self.text("pressed") != before)

    def until(self, true: Any, seconds: float = 60.0) -> None:
        """Read on until `true()`."""
        end = time.monotonic() + seconds
        while not true():
            self._take(json.loads(self.socket.recv(timeout=max(0.0, end - time.monotonic()))))

    def _take(self, message: dict[str, Any]) -> None:
        kind, content = message["header"]["msg_type"], message.get("content", {})
        if kind == "comm_open":
            self.widgets[content["comm_id"]] = dict(content["data"].get("state", {}))
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            self.widgets.setdefault(content["comm_id"], {}).update(content["data"]["state"])

    def started(self) -> bool:
        """Whether the server still has the page, or would build it anew."""
        control, found = uuid4().hex, []
        self.send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        self.say(control, {"method": "app-status"})
        while not found:
            data = json.loads(self.socket.recv(timeout=60)).get("content", {}).get("data", {})
            found = [data["started"]] if data.get("method") == "app-status" else []
        return bool(found[0])

    def closed(self, seconds: float = 60.0) -> bool:
        """Whether the server closes the socket."""
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self.socket.recv(timeout=max(0.0, end - time.monotonic()))
        except ConnectionClosed:
            return True
        except TimeoutError:
            return False
        return False

    def close(self) -> None:
        """Leave as a browser whose network has gone."""
        self.socket.close()


def _line(server: SmallServer) -> Any:
    import socket

    return socket.create_connection(("127.0.0.1", server.port), timeout=60)
