"""`small_page` behind the project's own server, in a process of its own; refuses every way off this machine.

    python tests/helpers/small_server.py PORT CODE LIMITS

What it tried to reach is printed, one line each, beginning with "left the machine". LIMITS is JSON.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
from benchmarks import way_in  # noqa: E402

HERE = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "", None)
PAUSE = 0.05


class SmallServer:
    """The server in a process of its own, on loopback. `limits`: see `main`."""

    def __init__(self, code: str = "", host: str = "127.0.0.1", port: int = 0, **limits: Any):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = port or int(probe.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}/"
        command = [sys.executable, str(Path(__file__)), host, str(self.port), code, json.dumps(limits)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | way_in.ENV,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until(self._up, "the server to come up")

    def _up(self) -> bool:
        try:
            return self.ask("/readyz")[0] == 200
        except OSError:
            return False

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """(status, headers in small letters, body); the path is sent as it stands. `_` in a header's name is "-"."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
            for name, value in (headers | ({"Content_Length": str(len(body))} if body is not None else {})).items():
                line.putheader(name.replace("_", "-"), value)
            line.endheaders(body)
            answer = line.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            line.close()

    def cookie(self) -> str:
        """The cookie of somebody new who is inside."""
        return way_in.cookie(self.address)

    def end(self) -> str:
        """Stop it as Ctrl-C does; what it printed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def until(true: Any, what: str, seconds: float = 60.0) -> None:
    """Wait until `true()`; AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"gave up waiting for {what}"
        time.sleep(PAUSE)


def refuse_to_leave(event: str, given: tuple[object, ...]) -> None:
    """An audit hook: no connection, datagram or question for an address but to this machine. Raises OSError."""
    where: object = None
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(given[1], tuple):
        where = given[1][0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        where = given[0]
    if where not in HERE and where != socket.gethostname():
        print(f"left the machine: {event} {where!r}", flush=True)
        raise OSError("no way off this machine")


def main() -> None:
    """Serve until Ctrl-C. Limits: `most_lines`, `ask_seconds`, `answer_seconds`, `most_pages`, `most_of_one`, `vanished`, `names`, `no_eval`."""
    from dashboards.server import headers, lines, sessions
    from dashboards.server.start import run, settings
    from dashboards.server.where import Where

    host, port, code, limits = sys.argv[1], int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
    lines.Line.most = limits.get("most_lines", lines.MOST)
    lines.Line.ask_seconds = limits.get("ask_seconds", lines.ASK_SECONDS)
    lines.Line.answer_seconds = limits.get("answer_seconds", lines.ANSWER_SECONDS)
    sessions.Sessions.most = limits.get("most_pages", sessions.MOST)
    sessions.Sessions.most_of_one = limits.get("most_of_one", sessions.MOST_OF_ONE)
    policy = headers.policy
    if limits.get("no_eval"):
        headers.policy = lambda host, nonce: policy(host, nonce).replace(" 'unsafe-eval'", "")
    told = settings("small_page", assets=None) | {
        "SOLARA_KERNEL_CULL_TIMEOUT": limits.get("vanished", sessions.VANISHED)
    }
    sys.addaudithook(refuse_to_leave)
    with contextlib.suppress(KeyboardInterrupt):
        run(Where(host, port, code, tuple(limits.get("names", ()))), told, lambda _: None)


if __name__ == "__main__":
    main()
