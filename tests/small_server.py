"""`small_page` behind the project's own server, in a process of its own; refuses every way off this machine.

    python tests/small_server.py PORT

What it tried to reach is printed when it ends: one line each, beginning with "left the machine".
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
HERE = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "", None)


class SmallServer:
    """The server in a process of its own, on loopback."""

    def __init__(self, *arguments: str, **env: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [sys.executable, str(Path(__file__)), str(self.port), *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                if self.ask("/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers with small letters, body); the path is sent as it stands. `_` in a header's name is "-"."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            line.close()

    def end(self) -> str:
        """Stop it as Ctrl-C does; what it printed."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.communicate(timeout=30)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def refuse_to_leave(event: str, given: tuple[object, ...]) -> None:
    """An audit hook: no connection, datagram or question for an address but to this machine. Raises OSError."""
    where: object = None
    if event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
        where = given[1][0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        where = given[0]
    if where not in HERE and where != socket.gethostname():
        print(f"left the machine: {event} {where!r}", flush=True)
        raise OSError("no way off this machine")


def main() -> None:
    """Serve until Ctrl-C."""
    from dashboards.server.start import run, settings

    sys.addaudithook(refuse_to_leave)
    run("127.0.0.1", int(sys.argv[1]), settings("small_page", assets=None), lambda: None)


if __name__ == "__main__":
    main()
