"""The way in: a secret in the address or a code in a form becomes a cookie, and leads on to what the link shows."""

from __future__ import annotations

import asyncio
import math
import re
import time
from urllib.parse import parse_qs, unquote_plus

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboards.server import pages
from dashboards.server.door import FACILITATOR, TABLE, Door, Visitor
from dashboards.server.patience import Patience

OWN = re.compile(r"/(\?[\x21-\x7e]*)?")
"""Where a way in may lead: this server's one page, with any question."""
LARGEST_FORM = 50_000
FORM_SECONDS = 10.0
NOT_OURS = frozenset({"key", "kernelid", "modelid", "solara-no-close-beacon"})
"""What an address must not say to Solara's page, nor keep: a link could choose another's session with it."""


class Entrance:
    """Who comes in by which door. `port` keeps two servers on one machine apart: a cookie belongs to a name only."""

    def __init__(self, door: Door, port: int):
        self.door, self.cookie, self.patience = door, f"peerscale-{port}", Patience()

    def visitor(self, asker: HTTPConnection) -> Visitor | None:
        """Who asks; None for somebody who is not inside."""
        return self.door.visitor(asker.cookies.get(self.cookie, ""))

    def stripped(self, request: Request) -> Response | None:
        """For an address with the secret, or with what is not ours: the same without, and the cookie for a right secret."""
        query = request.url.query
        kept = without(query, NOT_OURS)
        if kept == query:
            return None
        to = RedirectResponse(
            "/" + (f"?{kept}" if kept else ""), 303, {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        )
        key = request.query_params.get("key", "")
        return self._in(to, FACILITATOR) if key and self.door.is_key(key) else to

    def ask(self, request: Request) -> Response:
        """What somebody reads who is not inside."""
        then = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return page(pages.ask_code(then) if self.door.takes_codes else pages.ask_key())

    async def enter(self, request: Request) -> Response:
        """The form of the code, sent."""
        now, client = time.monotonic(), request.client.host if request.client else ""
        form = await read_form(request)
        then = form.get("next", [""])[0]
        then = then if OWN.fullmatch(then) else "/"
        wait = self.patience.wait(client, now)
        if wait:
            words = f"Too many wrong codes from here. The next is read in {math.ceil(wait)} seconds."
            return page(pages.ask_code(then, words), 429, {"Retry-After": str(math.ceil(wait))})
        if not self.door.is_code(form.get("code", [""])[0]):
            self.patience.wrong(client, now)
            return page(pages.ask_code(then, "That is not the code."), 403)
        self.patience.right(client)
        return self._in(RedirectResponse(then, 303, {"Cache-Control": "no-store"}), TABLE)

    def _in(self, to: Response, rights: str) -> Response:
        to.set_cookie(self.cookie, self.door.mark(rights), httponly=True, samesite="lax", path="/")
        return to


def page(document: str, status: int = 200, more: dict[str, str] | None = None) -> Response:
    """A page of the server's own, kept by nobody."""
    return HTMLResponse(document, status, {"Cache-Control": "no-store"} | (more or {}))


def without(query: str, names: frozenset[str]) -> str:
    """A question without some of its keys; the rest as it stands."""
    return "&".join(
        part for part in query.split("&") if unquote_plus(part.partition("=")[0]).strip().lower() not in names
    )


async def read_form(request: Request) -> dict[str, list[str]]:
    """The fields of a form; none of one that is too large, too slow or no form."""
    body = b""
    try:
        async with asyncio.timeout(FORM_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_FORM:
                    return {}
        return parse_qs(body.decode(), max_num_fields=8)
    except (TimeoutError, ValueError):
        return {}
