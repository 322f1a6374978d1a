"""The application that uvicorn runs: answers what Solara must not be asked, and passes on only what a page needs."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response

from dashboards.server import headers, messages, pages, vendored
from dashboards.server.door import RIGHTS, Visitor
from dashboards.server.entrance import Entrance, page
from dashboards.server.first_view import with_words
from dashboards.server.hosts import Hosts
from dashboards.server.sessions import Sessions

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

FILES = re.compile(r"/static/.+|/jupyter/nbextensions/.+")
CLOSE = re.compile(r"/_solara/api/close/([\w-]{1,80})")
SOCKET = re.compile(r"/jupyter/api/kernels/([\w-]{1,80})/channels")
"""What Solara is asked besides its page. Not among them: its helper for the front end's files, its counts, its other routes."""
PASSED_ON = frozenset(
    {
        b"host",
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"user-agent",
        b"if-none-match",
        b"if-modified-since",
        b"upgrade",
        b"connection",
        b"sec-websocket-key",
        b"sec-websocket-version",
        b"sec-websocket-extensions",
    }
)
"""Headers that Solara sees: with others a request could tell it under which address it is served, for everybody."""
FULL = pages.say(
    "The room is full",
    "As many pages are open as this server holds. Close one that nobody uses, then load this one again.",
)
BACK = Path(__file__).with_name("back.js").read_text("utf-8")


class Shield:
    """Around Solara's ASGI application, which sees only what comes from people who are inside, and only what is its own."""

    def __init__(self, inside: App, hosts: Hosts, entrance: Entrance, sessions: Sessions):
        self.inside, self.hosts, self.entrance, self.sessions = inside, hosts, entrance, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one socket, or the server's start and end."""
        if scope["type"] == "http":
            await self._http(Request(scope, receive), receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self.inside(scope, receive, send)

    # -------------------------------------------------------------- requests

    async def _http(self, request: Request, receive: Receive, send: Send) -> None:
        answer = await self._answer(request)
        for name, value in headers.ALWAYS.items():
            answer.headers.setdefault(name, value)
        await answer(request.scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """What is answered, whoever answers it."""
        path, method = request.url.path, "GET" if request.method == "HEAD" else request.method
        refusal = self.hosts.refusal(request.scope)
        if refusal:
            return PlainTextResponse(refusal, 403)
        if (method, path) == ("GET", "/readyz"):
            return PlainTextResponse("ok")
        if (method, path) == ("POST", "/enter"):
            return await self.entrance.enter(request)
        visitor = self.entrance.visitor(request)
        if method == "GET":
            return await self._get(request, path, visitor)
        if visitor and method == "POST" and (match := CLOSE.fullmatch(path)):
            return await self._ask(request, visitor) if self.sessions.owner(match[1]) == visitor.name else Response()
        return nothing(request)

    async def _get(self, request: Request, path: str, visitor: Visitor | None) -> Response:
        if path == "/":
            return self.entrance.stripped(request) or (
                await self._page(request, visitor) if visitor else self.entrance.ask(request)
            )
        if path == "/inside":
            return PlainTextResponse("full" if visitor and self._full(visitor) else "yes" if visitor else "no")
        if visitor is None:
            return PlainTextResponse("The page itself is asked for first.", 403) if _known(path) else nothing(request)
        if path.startswith(vendored.BEGINS):
            return vendored.answer(path, request.headers.get("accept-encoding", ""))
        return await self._ask(request, visitor) if FILES.fullmatch(path) else nothing(request)

    def _full(self, visitor: Visitor) -> bool:
        return self.sessions.full(visitor.name) and not self.sessions.here(visitor.name)

    async def _page(self, request: Request, visitor: Visitor) -> Response:
        """Solara's page, with leave for its own scripts and no others."""
        if self._full(visitor):
            return page(FULL, 503, {"Retry-After": "15"})
        answer = await self._ask(request, visitor, packed=False)
        document, nonce = headers.with_nonce(
            with_words(bytes(answer.body)).replace(b"</html>", f"<script>{BACK}</script></html>".encode())
        )
        sent, more = headers.packed(document, request.headers.get("accept-encoding", ""))
        more |= {
            "Content-Security-Policy": headers.policy(request.headers["host"], nonce),
            "Cache-Control": "no-store",
            "Vary": "Cookie",
        }
        return Response(sent, answer.status_code, more, "text/html")

    async def _ask(self, request: Request, visitor: Visitor, packed: bool = True) -> Response:
        """Solara's answer, whole; not packed where it is to be read here."""
        status, got, body = 500, [], bytearray()

        unread = [{"type": "http.request", "body": b"", "more_body": False}]

        async def nothing_sent() -> Message:
            return unread.pop() if unread else await asyncio.Future()

        async def keep(message: Message) -> None:
            nonlocal status, got
            if message["type"] == "http.response.start":
                status, got = message["status"], list(message.get("headers", ()))
            body.extend(message.get("body", b""))

        scope = known_as(request.scope, visitor)
        scope["headers"] = [one for one in scope["headers"] if packed or one[0].lower() != b"accept-encoding"]
        await self.inside(scope, nothing_sent, keep)
        answer = Response(bytes(body), status)
        answer.raw_headers = [
            *(one for one in got if one[0].lower() not in (b"set-cookie", b"content-length")),
            (b"content-length", str(len(body)).encode()),
        ]
        return answer

    # -------------------------------------------------------------- sockets

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor, match = self.entrance.visitor(HTTPConnection(scope)), SOCKET.fullmatch(scope["path"])
        if (
            self.hosts.refusal(scope)
            or visitor is None
            or match is None
            or not HTTPConnection(scope).query_params.get("session_id")
        ):
            await send({"type": "websocket.close", "code": 1008})
            return
        if self.sessions.full(visitor.name) or self.sessions.owner(match[1]) not in ("", visitor.name):
            await send({"type": "websocket.close", "code": 1013})
            return
        self.sessions.enter(visitor.name)
        try:
            await self.sessions.make_room(match[1])
            await self.inside(known_as(scope, visitor), _slowed(receive), send)
        finally:
            self.sessions.leave(visitor.name)


def nothing(request: Request) -> Response:
    """The answer to what there is not: a page for people."""
    if "text/html" in request.headers.get("accept", ""):
        return page(pages.nowhere(), 404)
    return PlainTextResponse("There is nothing here.", 404)


def _known(path: str) -> bool:
    return path.startswith(vendored.BEGINS) or bool(FILES.fullmatch(path))


def known_as(scope: Scope, visitor: Visitor) -> Scope:
    """A request as Solara sees it: by the visitor's name and rights, without what else the browser said."""
    own = ((b"cookie", f"solara-session-id={visitor.name}".encode()), (RIGHTS.encode(), visitor.rights.encode()))
    return dict(scope) | {"headers": [*((k, v) for k, v in scope["headers"] if k.lower() in PASSED_ON), *own]}


def _slowed(receive: Receive) -> Receive:
    """The same socket, its messages at a pace that the server can keep, and none that a page of ours does not send."""
    pace = messages.Pace(time.monotonic())

    async def slowed() -> Message:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        await asyncio.sleep(pace.pause(time.monotonic()))
        if messages.taken(message.get("text")):
            return message
        return {"type": "websocket.disconnect", "code": 1008}

    return slowed
