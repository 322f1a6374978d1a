"""The access code asked for when the server can be reached from other machines."""

from __future__ import annotations

import hmac
import os
import threading
import time

from dashboards.serve import CODE

MOST_TRIES, WITHIN_SECONDS = 30, 60.0
_tries: list[float] = []
_lock = threading.Lock()


def needed() -> bool:
    """Whether a code is asked for."""
    return bool(os.environ.get(CODE))


def right(code: str, now: float | None = None) -> bool | None:
    """True for the code, False for another, None when too many were tried lately (by anybody)."""
    now = time.monotonic() if now is None else now
    with _lock:
        _tries[:] = [t for t in _tries if now - t < WITHIN_SECONDS]
        if len(_tries) >= MOST_TRIES:
            return None
        good = hmac.compare_digest(code.strip().encode(), os.environ.get(CODE, "").encode())
        if not good:
            _tries.append(now)
    return good
