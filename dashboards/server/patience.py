"""How long somebody who gave wrong codes waits before the next is read. Each client for itself: nobody locks others out."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict

FREE = 5
"""Wrong codes that cost nothing: letters are misread."""
LONGEST_SECONDS = 30.0
FORGOTTEN_SECONDS = 600.0
MOST_CLIENTS = 4096


class Patience:
    """Wrong codes by client. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, client: str, now: float) -> float:
        """Seconds until this client's next code is read."""
        with self._lock:
            times, last = self._wrong.get(_client(client), (0, 0.0))
        pause = min(2.0 ** (times - FREE), LONGEST_SECONDS) if times >= FREE else 0.0
        return max(0.0, last + pause - now)

    def wrong(self, client: str, now: float) -> None:
        """Count a wrong code; who was silent for long begins anew, and the longest silent are forgotten."""
        with self._lock:
            times, last = self._wrong.pop(_client(client), (0, now))
            self._wrong[_client(client)] = (1 if now - last > FORGOTTEN_SECONDS else times + 1, now)
            while len(self._wrong) > MOST_CLIENTS:
                self._wrong.popitem(last=False)

    def right(self, client: str) -> None:
        """Forget this client's wrong codes."""
        with self._lock:
            self._wrong.pop(_client(client), None)


def _client(address: str) -> str:
    """An address; of the newer kind the network, since one machine has as many addresses there as it likes."""
    try:
        whole = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network((whole, 64), strict=False)) if whole.version == 6 else str(whole)
