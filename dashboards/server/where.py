"""Where a server listens, under which names, with which code; what people are told of it. Imports nothing of a server."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass

from dashboards.server.door import LOOPBACK, checked_code, new_code
from sim.errors import UserError

FIRST_PORT, LAST_PORT = 8765, 8799
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})


@dataclass(frozen=True)
class Where:
    """An address and port of this machine, the access code ("" for none), further names that the server answers to."""

    host: str
    port: int
    code: str = ""
    names: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """What browsers open: of this machine alone, or of the network."""
        host = "127.0.0.1" if self.host == "localhost" else own_address() if self.host in EVERYWHERE else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def told(self, key: str) -> str:
        """What the terminal says: the address with the secret of whoever started it, and the tablets' address and code."""
        lines = [f"  yours alone: {self.address}?key={key}"]
        lines += [f"  for tablets: {self.address}  access code: {self.code}"] if self.code else []
        return "\n".join([*lines, "Ctrl-C stops it."])


def where(host: str, port: int, code: str, names: tuple[str, ...]) -> Where:
    """What people asked for, checked; a free port, and a code where other machines reach it. Raises UserError."""
    wrong = next((name for name in names if not name.strip() or any(letter in name for letter in "/@* ")), None)
    if wrong is not None:
        raise UserError(
            "a host name cannot be used",
            key="--allow-host",
            rule="a name or address as browsers show it, without a port",
            got=wrong.strip() or "nothing",
            try_="--allow-host workshop.example.org",
        )
    code = checked_code(code) if code else "" if host in LOOPBACK else new_code()
    return Where(host, free_port(host, port), code, names)


def free_port(host: str, asked: int = 0) -> int:
    """The port asked for, else the first free one of ours. Raises UserError where it is taken or is none."""
    if not 0 <= asked < 2**16:
        raise UserError(
            "there is no such port", key="--port", rule="0 to 65535", got=str(asked), try_="leave --port out"
        )
    for port in [asked] if asked else range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE and asked:
                    raise UserError(
                        f"{host} cannot be used",
                        key="--host",
                        rule="an address of this machine",
                        got=host,
                        try_="--host 127.0.0.1",
                    ) from None
                continue
            return port
    raise UserError(
        "the port is taken",
        key="--port",
        rule="a free port",
        got=str(asked or f"{FIRST_PORT} to {LAST_PORT}"),
        try_="leave --port out, or stop the other server",
    )


def own_address() -> str:
    """This machine's address on the local network, as far as it can tell without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
