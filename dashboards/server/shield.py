"""The application that uvicorn runs: answers what Solara must not be asked, and passes on only what a page needs."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboards.server import vendored

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PASSED = {
    "GET": re.compile(r"/|/static/.+|/jupyter/nbextensions/.+"),
    "POST": re.compile(r"/_solara/api/close/[\w-]{1,80}"),
}
"""What Solara is asked, by method. Not among them: its helper for the front end's files, its counts, its other routes."""
SOCKET = re.compile(r"/jupyter/api/kernels/[\w-]{1,80}/channels")


class Shield:
    """Around an ASGI application, which sees only what is in `PASSED` and `SOCKET`."""

    def __init__(self, inside: App):
        self.inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one socket, or the server's start and end."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan" or SOCKET.fullmatch(scope["path"]):
            await self.inside(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = self._own(Request(scope))
        if own is None:
            await self.inside(scope, receive, _marked(send))
        else:
            await own(scope, receive, _marked(send))

    def _own(self, request: Request) -> Response | None:
        """The answer that Solara is not asked for; None where it is."""
        path, method = request.url.path, "GET" if request.method == "HEAD" else request.method
        if method == "GET" and path == "/readyz":
            return PlainTextResponse("ok")
        if method == "GET" and path.startswith(vendored.BEGINS):
            return vendored.answer(path, request.headers.get("accept-encoding", ""))
        if method in PASSED and PASSED[method].fullmatch(path):
            return None
        return PlainTextResponse("There is nothing here.", 404)


def _marked(send: Send) -> Send:
    """The same, with what every answer says about itself."""

    async def marked(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"x-content-type-options", b"nosniff")]
        await send(message)

    return marked
