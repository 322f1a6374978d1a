"""Under which names the server answers, and from which pages: so that a foreign page or a rebound name gets nothing."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import Headers

from dashboards.server.door import LOOPBACK
from dashboards.server.where import EVERYWHERE

NAME = re.compile(r"(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::[0-9]{1,5})?")
FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})


class Hosts:
    """The names of a server bound to `bound`; `more` are those that people allow by hand."""

    def __init__(self, bound: str, more: Iterable[str] = ()):
        self.everywhere = bound in EVERYWHERE
        own = (socket.gethostname(), f"{socket.gethostname()}.local") if self.everywhere else (bound,)
        self.names = LOOPBACK | {name.strip().lower() for name in (*own, *more)} - {""}

    def known(self, host: str, arrived: str) -> bool:
        """Whether a Host header names this server; `arrived` is the address of this machine that was connected to.

        An address is this machine's own where it is the one that the connection came in by: no list of addresses to
        keep, and a name that was rebound is no address.
        """
        match = NAME.fullmatch(host.lower())
        name = (match[1] or match[2]) if match else ""
        return name in self.names or (self.everywhere and bool(name) and name == arrived.removeprefix("::ffff:"))

    def refusal(self, scope: Any) -> str:
        """Why a request or a socket is not answered; "" where it is."""
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self.known(hosts[0], (scope.get("server") or ("",))[0]):
            return "This server does not answer to that name. It answers to its own names and those of --allow-host."
        same = {f"{scheme}://{hosts[0]}".lower() for scheme in ("http", "https")}
        if any(origin.lower() not in same for origin in origins):
            return "This server answers its own pages only."
        if scope["type"] == "websocket" and not origins:
            return "This server answers its own pages only."
        return "" if _own_fetch(headers) else "This server answers its own pages only."


def _own_fetch(headers: Headers) -> bool:
    """Whether the browser says that its own page asks, or that a person went here; browsers that say nothing are believed."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return headers.get("sec-fetch-dest") not in FRAMES
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
