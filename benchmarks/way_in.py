"""The way into a server that a test or a benchmark started itself, for plain clients and for a browser."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

KEY = "of-a-test-on-loopback-and-of-nothing-else"
ENV = {"PEERSCALE_DASHBOARD_KEY": KEY}
"""What the server's process is given, so that its secret is known here and stays the same through a restart."""


def cookie(address: str) -> str:
    """The cookie of a new visitor, as a browser sends it back."""
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        line.request("GET", f"/?key={KEY}")
        answer = line.getresponse()
        return (answer.getheader("Set-Cookie") or "").split(";")[0]
    finally:
        line.close()


def enter(context: Any, address: str, rights: str = "facilitator") -> None:
    """Let a Playwright context in, as whoever started the server or as a table that gave the code."""
    name, _, value = cookie(address).partition("=")
    if rights != "facilitator":
        from dashboards.server.door import Door

        value = Door(key=KEY).mark(rights)
    context.add_cookies([{"name": name, "value": value, "url": address, "httpOnly": True, "sameSite": "Lax"}])
