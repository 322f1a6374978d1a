"""What a page may send over its socket: the messages of Solara's own page, of a size, so many a second. Never code to run."""

from __future__ import annotations

import json
import re
from typing import Any

LARGEST = 3_000_000
"""Bytes of a message: an inventory of the largest size that is read, as the page sends it."""
A_SECOND, AT_ONCE = 20.0, 200.0
"""Messages a second that are taken in the long run, and in one go: a page that opens sends some dozens."""
TARGETS = frozenset({"solara.control", "jupyter.widget.control"})
KINDS = frozenset(
    {"kernel_info_request", "comm_open", "comm_msg", "comm_close", "comm_info_request", "shutdown_request"}
)
METHODS = frozenset({"update", "custom", "request_state", "request_states", "run", "app-status"})
EVENT = re.compile(r"[\w.:-]{1,80}")


def taken(text: object) -> bool:
    """Whether a message is one that our pages send.

    Left out above all: the message that has ipyvue import a module by name and call what is in it, and widgets that the
    browser makes on the server.
    """
    if not isinstance(text, str):
        return False
    try:
        message = json.loads(text)
        header, content = message["header"], message["content"]
        kind = header["msg_type"]
        known = kind in KINDS and isinstance(message["channel"], str) and isinstance(header["msg_id"], str)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    if not known or not isinstance(content, dict):
        return False
    if kind == "comm_open":
        return _one_of(TARGETS, content.get("target_name")) and isinstance(content.get("comm_id"), str)
    return _comm(content) if kind == "comm_msg" else True


def _one_of(known: frozenset[str], word: object) -> bool:
    return isinstance(word, str) and word in known


def _comm(content: dict[str, Any]) -> bool:
    """Whether what is said to a widget is a change of its state or an event."""
    data = content.get("data")
    if (
        not isinstance(content.get("comm_id"), str)
        or not isinstance(data, dict)
        or not _one_of(METHODS, data.get("method"))
    ):
        return False
    if data["method"] == "update":
        return isinstance(data.get("state"), dict)
    return data["method"] != "custom" or _event(data.get("content"))


def _event(content: object) -> bool:
    if not isinstance(content, dict) or not set(content) <= {"event", "data"}:
        return False
    return isinstance(content.get("event"), str) and bool(EVENT.fullmatch(content["event"]))


class Pace:
    """How fast one socket's messages are taken. Times are monotonic seconds."""

    def __init__(self, now: float):
        self._left, self._at = AT_ONCE, now

    def pause(self, now: float) -> float:
        """Seconds to wait before the message at hand is passed on."""
        self._left = min(AT_ONCE, self._left + (now - self._at) * A_SECOND) - 1.0
        self._at = now
        return max(0.0, -self._left / A_SECOND)
