"""Connections that do not end by themselves: uvicorn's own protocol with a time for every step, and a most for all of them."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from dashboards.server import pages

MOST = 400
"""Connections at once: 80 pages with a socket each, and what browsers open beside it."""
ASK_SECONDS = 10.0
"""From a connection, or a request's first byte, to the whole of its headers."""
ANSWER_SECONDS = 60.0
"""From there until the answer was taken: a slow reader's buffer is not kept longer."""
IDLE_SECONDS = 5
LONGEST_HEADERS = 48_000
"""Bytes of an address and its headers: the longest link that is read, and other servers' cookies on this machine."""
FULL = pages.say(
    "Too many connections", "This server holds as many connections as it can. Try again in a few seconds."
).encode()
FULL_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\nRetry-After: 5\r\n"
    b"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n"
    b"Content-Length: " + str(len(FULL)).encode() + b"\r\n\r\n" + FULL
)


class Line(H11Protocol):
    """One connection. Those that ask for nothing yet give way to new ones, the longest silent first."""

    most: ClassVar[int] = MOST
    ask_seconds: ClassVar[float] = ASK_SECONDS
    answer_seconds: ClassVar[float] = ANSWER_SECONDS
    silent: ClassVar[dict[Line, None]] = {}
    """Connections between requests, the longest silent first."""
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Take it, where there is room or a silent one can give way."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._make_room()
        if not transport.is_closing():
            self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        """Read on. The time for a request runs from its first byte, however slowly the others come."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            self._stop_waiting()  # it is a socket now, which has times of its own
        elif self._answering():
            self._time(self.answer_seconds)
            self.silent.pop(self, None)
        elif self._end is None:
            self._wait_for_request()

    def on_response_complete(self) -> None:
        """The answer is written; what the other side does not take of it goes with the connection."""
        self._stop_waiting()
        self.silent[self] = None
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing further was asked: close, and do not wait for ever for a reader."""
        super().timeout_keep_alive_handler()
        self._time(self.answer_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_request(self) -> None:
        self._time(self.ask_seconds)
        self.silent[self] = None

    def _time(self, seconds: float) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = self.loop.call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = None
        self.silent.pop(self, None)

    def _give_up(self) -> None:
        self._stop_waiting()
        if self.conn.our_state is not h11.SEND_BODY:  # an answer half sent cannot be added to
            self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        self.transport.abort()

    def _make_room(self) -> None:
        """The longest silent connection goes; where none is silent, this one is told."""
        other = next(iter(self.silent), None)
        if other is not None:
            other._stop_waiting()
            other.transport.abort()
            self.connections.discard(other)
        else:
            self.transport.write(FULL_ANSWER)
            self.transport.close()
