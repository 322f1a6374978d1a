"""Starting the server: settings for use without internet, a free port, the address to open."""

from __future__ import annotations

import contextlib
import ctypes
import threading
import webbrowser

from dashboards.server.start import run, settings
from dashboards.server.where import where

ADDRESS = "PEERSCALE_DASHBOARD_ADDRESS"
"""Where the pages are, for links that others open."""
MMAP_THRESHOLD = -3
"""The number that glibc's malloc.h gives M_MMAP_THRESHOLD."""


def serve(
    host: str = "127.0.0.1", port: int = 0, code: str = "", names: tuple[str, ...] = (), open_page: bool = True
) -> None:
    """Serve the pages until Ctrl-C. Beyond this machine an access code is asked for. Raises UserError."""
    there = where(host, port, code, names)
    give_memory_back()
    print(
        "The workshop dashboard. The first answer needs today's policy settled: the page shows how far it is.",
        flush=True,
    )

    def begun(address: str) -> None:
        threading.Thread(target=_prepare, args=(address if open_page else "",), daemon=True).start()

    try:
        run(there, settings("dashboards.app") | {ADDRESS: there.address}, begun)
    finally:
        _end()


def give_memory_back() -> None:
    """Arrays over a megabyte go back to the system once freed; glibc would keep them for each thread that serves a page."""
    with contextlib.suppress(OSError, AttributeError):  # another C library: nothing to set
        ctypes.CDLL("libc.so.6").mallopt(MMAP_THRESHOLD, 2**20)


def _end() -> None:
    """Long work stops where it is: what a search has run is kept."""
    from dashboards.work.case_job import the_cases
    from dashboards.work.searching import the_searches

    the_searches().close()
    the_cases().close()


def _prepare(address: str) -> None:
    """Settle today's policy for the first area before anybody asks; open the page in a browser."""
    from dashboards.work.prepare import prepare

    if address:
        webbrowser.open(address)
    prepare()
