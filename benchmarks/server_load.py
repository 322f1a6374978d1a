"""The server under load and under attack: answer times and memory. On loopback only; it ends by itself.

    python benchmarks/server_load.py [seconds=600] [--of=FOLDER]

Opens 200 pages' sockets and drops them, opens 50 requests that are never finished, then has 20 people move a lever
about every 8 seconds while a wrong access code comes every second from another address, and somebody new comes in with the right
code every 20 seconds. Prints JSON. `--of`: the code of another checkout, for instance of a commit before; its own
client is used, since pages' messages change. The study is small: what is measured is the server, not the model.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import importlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psutil
from websockets.asyncio.client import connect

OF = next((a.removeprefix("--of=") for a in sys.argv if a.startswith("--of=")), str(Path(__file__).parent.parent))
sys.path.insert(0, OF)
room = importlib.import_module("benchmarks.dashboard_room")
client = importlib.import_module("benchmarks.room_client")
WITH_DOOR = (Path(OF) / "dashboards" / "server").is_dir()

CODE = "LOAD-TEST-CODE"
STUDY = '{"people": 300, "draws": 2, "weeks": 27, "burn_in": 26, "place_size": 300}'
ATTACKER = "127.0.0.9"
SOCKETS, HALF_OPEN, PEOPLE = 200, 50, 20
BETWEEN_NEWCOMERS = 20.0
PATIENCE = 300.0


class Server:
    """The dashboard of the checkout, in a process of its own."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        key = importlib.import_module("benchmarks.way_in").ENV if WITH_DOOR else {}
        env = os.environ | key | {"PEERSCALE_DASHBOARD_STUDY": STUDY, "PYTHONPATH": OF}
        command = [
            sys.executable,
            "-m",
            "peerscale",
            "dashboard",
            "--no-open",
            "--port",
            str(self.port),
            "--code",
            CODE,
        ]
        self.process = subprocess.Popen(
            command, env=env, cwd=OF, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.address, self.top = f"http://127.0.0.1:{self.port}/", psutil.Process(self.process.pid)

    def megabytes(self) -> int:
        """Resident memory of the server itself."""
        return round(self.top.memory_info().rss / 2**20)

    def connections(self) -> int:
        """Connections that it holds."""
        return sum(one.status == "ESTABLISHED" for one in self.top.net_connections("tcp"))

    def stop(self) -> None:
        """End it; its workers end with it."""
        self.process.terminate()
        self.process.wait()


class Person(client.Person):  # type: ignore[name-defined, misc]
    """Somebody at a page, who gives the code where the page itself asks for it."""

    async def come(self) -> None:
        """Open the page, and come in."""
        await super().come()
        if not WITH_DOOR:
            await self.give(CODE)

    async def give(self, code: str) -> None:
        """Give a code to the page's own form."""
        await room.until(lambda: self.gate() is not None or self.parts("shell"), PATIENCE, "the form for the code")
        if self.gate() is not None:
            await self._send(
                "comm_msg",
                {
                    "comm_id": self.gate(),
                    "data": {"method": "custom", "content": {"event": "enter", "data": {"code": code}}},
                },
            )

    def gate(self) -> str | None:
        """The form of the code."""
        return next((key for key, state in self.widgets.items() if "wrong" in state), None)


def ask(
    address: str, path: str = "/", method: str = "GET", body: str = "", cookie: str = "", by: str = "127.0.0.1"
) -> tuple[int, str]:
    """(status, the cookie given)."""
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120, source_address=(by, 0))
    try:
        line.request(
            method, path, body or None, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = line.getresponse()
        answer.read()
        return answer.status, (answer.getheader("Set-Cookie") or "").split(";")[0]
    finally:
        line.close()


async def visitor(server: Server) -> str:
    """The cookie of somebody new who is inside."""
    return (
        str(await asyncio.to_thread(importlib.import_module("benchmarks.way_in").cookie, server.address))
        if WITH_DOOR
        else ""
    )


async def many_sockets(server: Server) -> dict[str, Any]:
    """Open the sockets of many pages; memory before, with them, and once they were dropped."""
    before, held, refused = server.megabytes(), [], 0
    for _ in range(SOCKETS):
        where = f"{server.address.replace('http', 'ws', 1)}jupyter/api/kernels/{uuid4()}/channels?session_id={uuid4()}"
        try:
            held.append(
                await connect(
                    where,
                    origin=server.address.rstrip("/"),
                    additional_headers={"Cookie": await visitor(server)},
                    open_timeout=60,
                )
            )
        except Exception:  # noqa: BLE001 - refused is what is counted
            refused += 1
    found = {"sockets": len(held), "refused": refused, "mb_before": before, "mb_with": server.megabytes()}
    for one in held:
        one.transport.abort()
    await asyncio.sleep(10)
    return found | {"mb_ten_seconds_after": server.megabytes()}


def half_open(server: Server) -> list[socket.socket]:
    """Requests that are never finished."""
    held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(HALF_OPEN)]
    for one in held:
        one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    return held


def still_open(held: list[socket.socket]) -> int:
    """How many of them the server still holds."""
    left = 0
    for one in held:
        one.setblocking(False)
        with contextlib.suppress(ConnectionError):
            try:
                left += bool(one.recv(4096)) and bool(one.recv(4096))
            except BlockingIOError:
                left += 1
    return left


async def wrong_codes(server: Server, ended: asyncio.Event) -> int:
    """A wrong code every second."""
    guesser, sent = Person(999, server.address), 0
    if not WITH_DOOR:
        await client.Person.come(guesser)
    while not ended.is_set():
        with contextlib.suppress(OSError):
            if WITH_DOOR:
                await asyncio.to_thread(ask, server.address, "/enter", "POST", f"code=WRONG-{sent:04d}", "", ATTACKER)
            else:
                await guesser.give("000000")
        sent += 1
        await room._pause(ended, 1.0)
    return sent


async def newcomers(server: Server, ended: asyncio.Event) -> list[float | None]:
    """Seconds that somebody new takes to come in with the right code; None who does not within ten seconds."""
    took: list[float | None] = []
    while not ended.is_set():
        begun = time.monotonic()
        try:
            inside = await asyncio.wait_for(_comes_in(server), 10)
        except TimeoutError:
            inside = False
        took.append(round(time.monotonic() - begun, 2) if inside else None)
        await room._pause(ended, BETWEEN_NEWCOMERS)
    return took


async def _comes_in(server: Server) -> bool:
    if WITH_DOOR:
        _, cookie = await asyncio.to_thread(ask, server.address, "/enter", "POST", f"code={CODE}")
        return bool(cookie) and (await asyncio.to_thread(ask, server.address, "/", "GET", "", cookie))[0] == 200
    one = Person(500, server.address)
    await one.come()
    while not one.parts("shell"):
        await asyncio.sleep(0.05)
    await one.go()
    return True


async def pages(server: Server, ended: asyncio.Event) -> list[float]:
    """Seconds that the page itself takes, asked for every second."""
    took, cookie = [], await visitor(server)
    while not ended.is_set():
        begun = time.monotonic()
        await asyncio.to_thread(ask, server.address, "/", "GET", "", cookie)
        took.append(time.monotonic() - begun)
        await room._pause(ended, 1.0)
    return took


async def measure(server: Server, seconds: float) -> dict[str, Any]:
    """Everything, in order."""
    people, ended = [Person(n, server.address) for n in range(PEOPLE)], asyncio.Event()
    await room.come(people[0])
    told("today's policy is there")
    found: dict[str, Any] = {"at_rest_mb": server.megabytes(), "200_sockets": await many_sockets(server)}
    told(str(found))
    before, held = server.connections(), half_open(server)
    await asyncio.gather(*(room.come(person) for person in people[1:]))
    at_start = server.megabytes()
    told("everybody is here")
    work = [asyncio.create_task(one(server, ended)) for one in (wrong_codes, newcomers, pages)]
    moving = [asyncio.create_task(room.use(person, ended)) for person in people]
    await asyncio.sleep(seconds)
    ended.set()
    sent, came, took = await asyncio.gather(*work)
    await asyncio.gather(*moving)
    found |= {
        "half_open": {"opened": HALF_OPEN, "still_open": still_open(held)},
        "wrong_codes": sent,
        "connections": [before, server.connections()],
    }
    found |= {
        "newcomers": {
            "came_in": sum(t is not None for t in came),
            "not_let_in": sum(t is None for t in came),
            "s": spread([t for t in came if t is not None]),
        }
    }
    found |= {
        "page_s": spread(took),
        **room.answers([m for p in people for m in p.moves]),
        "people_mb": [at_start, server.megabytes()],
    }
    await asyncio.gather(*(person.go() for person in people))
    return found | {"load": os.getloadavg()}


def told(words: str) -> None:
    """Say how far it is."""
    print(words, file=sys.stderr, flush=True)


def spread(values: list[float]) -> dict[str, float]:
    """Middle, p95 and most."""
    if not values:
        return {}
    return {
        "median": round(statistics.median(values), 3),
        "p95": round(sorted(values)[min(len(values) - 1, int(0.95 * len(values)))], 3),
        "most": round(max(values), 3),
    }


def main() -> None:
    """Measure and print as JSON."""
    seconds = next((float(a) for a in sys.argv[1:] if not a.startswith("-")), 600.0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is ended too
    server = Server()
    try:
        found = asyncio.run(measure(server, seconds))
    finally:
        server.stop()
    print(json.dumps({"with_door": WITH_DOOR, "seconds": seconds, **found}, indent=1))


if __name__ == "__main__":
    main()
