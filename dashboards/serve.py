"""Starting the server: settings for use without internet, a free port, the address to open."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import secrets
import socket
import threading
import webbrowser

from calibration.extras import install_line
from dashboards.server.start import run, settings
from sim.errors import UserError

CODE = "PEERSCALE_DASHBOARD_CODE"
LOCAL = ("127.0.0.1", "localhost", "::1")
FIRST_PORT, LAST_PORT = 8765, 8799
MMAP_THRESHOLD = -3
"""The number that glibc's malloc.h gives M_MMAP_THRESHOLD."""


def free_port(host: str, asked: int = 0) -> int:
    """The port asked for, else the first free one of ours. Raises UserError where it is taken."""
    for port in [asked] if asked else range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != 98 and asked:
                    raise UserError(f"{host} cannot be used", key="--host", rule="an address of this machine",
                                    got=host, try_="--host 127.0.0.1") from None  # fmt: skip
                continue
            return port
    raise UserError("the port is taken", key="--port", rule="a free port", got=str(asked or f"{FIRST_PORT} to {LAST_PORT}"),
                    try_="leave --port out, or stop the other server")  # fmt: skip


def must_be_installed(extra: str = "dashboard", needed: tuple[str, ...] = ("solara", "segno", "uvicorn")) -> None:
    """Raises UserError where the extra is missing. Nothing is imported: Solara reads its settings when it is."""
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(f"the {extra} extra is not installed", key=extra, rule=" and ".join(needed),
                        got=f"without {', '.join(missing)}", try_=install_line(extra))  # fmt: skip


def serve(host: str = "127.0.0.1", port: int = 0, code: str = "", open_page: bool = True) -> None:
    """Serve the pages until Ctrl-C. Beyond this machine an access code is asked for. Raises UserError."""
    must_be_installed()
    if host not in LOCAL and not code:
        code = f"{secrets.randbelow(10**6):06d}"
    port = free_port(host, port)
    give_memory_back()
    address = f"http://{'127.0.0.1' if host in LOCAL else _own_address()}:{port}/"
    print(f"The workshop dashboard: {address}" + (f"\nAccess code: {code}" if code else ""))
    print("Ctrl-C stops it. The first answer needs today's policy settled: the page shows how far it is.", flush=True)
    preparing = threading.Thread(target=_prepare, args=(address if open_page else "",), daemon=True)
    try:
        run(host, port, settings("dashboards.app") | {CODE: code}, preparing.start)
    finally:
        _end()


def give_memory_back() -> None:
    """Arrays over a megabyte go back to the system once freed; glibc would keep them for each thread that serves a page."""
    with contextlib.suppress(OSError, AttributeError):  # another C library: nothing to set
        ctypes.CDLL("libc.so.6").mallopt(MMAP_THRESHOLD, 2**20)


def _end() -> None:
    """Long work stops where it is: what a search has run is kept."""
    from dashboards.case_job import the_cases
    from dashboards.searching import the_searches

    the_searches().close()
    the_cases().close()


def _own_address() -> str:
    """This machine's address on the local network, as far as it can tell without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _prepare(address: str) -> None:
    """Settle today's policy for the first area before anybody asks; open the page in a browser."""
    from dashboards.prepare import prepare

    if address:
        webbrowser.open(address)
    prepare()
