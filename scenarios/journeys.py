"""One simulated person's weeks: from the events kept to lines that people read."""

from __future__ import annotations

import numpy as np

from scenarios.tables import NAMES
from sim.result import Result


def journey(result: Result, person: int) -> list[tuple[int, str]]:
    """(week from the start of the reported years, what happened) of one person."""
    rows = result.events[np.asarray(result.events[:, 1] == person)]
    return [(int(w) - result.shape.burn_in, str(NAMES[k]).replace("_", " ")) for w, _, k, _ in rows.tolist()]
