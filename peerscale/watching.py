"""`peerscale watch`: the readable engine week by week in a browser (extra `watch`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import mesa
import solara  # noqa: F401  (asked for here, so that a missing extra is told at once)

from scenarios.course import resolve
from scenarios.load import load
from sim.agents.model import PeerSupportModel
from sim.kinds import Stage
from sim.parameters import draw_parameters
from sim.population import load_areas
from sim.start import make_shape

SCENARIO = "PEERSCALE_WATCH"
PLACE = 1000  # small places, so that a week takes a few milliseconds: an illustration
LINES: dict[str, tuple[Stage, ...]] = {
    "want peer support": (Stage.WANTING,), "waiting": (Stage.WAITING,), "in groups": (Stage.MEMBER,),
    "in pairs": (Stage.PAIRED,), "with a volunteer or paid worker": (Stage.SUPPORTED,), "online": (Stage.ONLINE,),
}  # fmt: skip
BODIES = ("open groups", "open organisations")


class WatchedModel(PeerSupportModel):
    """One area's small sample under one scenario, with what is drawn. It stops at the horizon."""

    def __init__(self, scenario: str = "today", people: int = 2000, years: int = 5, seed: int = 1):
        shape = make_shape([(0, 0)], [0], people, PLACE, 0, 52 * years, seed)
        timeline = resolve(load(scenario), [load_areas().code[0]], 0)
        super().__init__(shape, draw_parameters([0]), timeline)
        reporters = {name: _counter(stages) for name, stages in LINES.items()}
        reporters[BODIES[0]] = lambda m: sum(group.open for group in m.groups)
        reporters[BODIES[1]] = lambda m: sum(org.open for org in m.organisations)
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """A week, and what is drawn of it."""
        if self.week < self.end:
            super().step()
            self.datacollector.collect(self)
        self.running = self.week < self.end


def _counter(stages: tuple[Stage, ...]) -> Any:
    return lambda m: sum(len(m.at[stage]) for stage in stages)


def serve(scenario: str) -> None:
    """Open the page for one scenario, until it is stopped."""
    page = Path(__file__).with_name("watch_page.py")
    subprocess.run([sys.executable, "-m", "solara", "run", str(page)], env=os.environ | {SCENARIO: scenario}, check=False)
