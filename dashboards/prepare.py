"""What the server does before anybody asks: today's policy settled and run for the first area."""

from __future__ import annotations

import contextlib
import threading

from dashboards.runner import Cancelled, study_for, the_runner
from dashboards.state import Asked
from scenarios.areas import index
from scenarios.load import load


def prepare() -> None:
    """Run today's policy for the area that opens first, so that the first page has its answer."""
    with contextlib.suppress(Cancelled, RuntimeError):
        the_runner().run(load("today"), study_for(index(Asked().area)), threading.Event())
