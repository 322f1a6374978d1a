"""`peerscale watch`: the readable engine week by week in Mesa's own viewer (extra `watch`)."""

from __future__ import annotations

import threading
import webbrowser
from typing import Any

import mesa

from dashboards.server.start import run, settings
from dashboards.server.where import where
from scenarios.reading.course import resolve
from scenarios.reading.load import load
from scenarios.running.posterior import choose, unfitted
from scenarios.running.study import Study, world_parameters
from sim.agents.model import PeerSupportModel
from sim.columns.start import make_shape
from sim.people.population import load_areas
from sim.vocabulary import Stage

SCENARIO = "PEERSCALE_WATCH"
BEFORE = 104  # weeks lived under today's policy before the view opens, so that there is something to see
PLACE = 500  # small places, so that a week takes a few milliseconds and each person can be drawn
SHOWN: dict[str, tuple[tuple[Stage, ...], str]] = {
    "want peer support": ((Stage.WANTING,), "#c8553d"),
    "waiting": ((Stage.WAITING, Stage.JOINING_GROUP, Stage.JOINING_ONLINE), "#e8a33d"),
    "in groups": ((Stage.MEMBER,), "#2a7f62"),
    "in pairs": ((Stage.PAIRED,), "#6fae4f"),
    "with a volunteer or paid worker": ((Stage.SUPPORTED,), "#2f6f9f"),
    "online": ((Stage.ONLINE,), "#7d5ba6"),
}
"""What is drawn of people: in words, the stages it means, its colour."""
BODIES = ("open groups", "open organisations", "supporters")


class WatchedModel(PeerSupportModel):
    """One area's small sample under one scenario, with what is drawn. It stops at the horizon."""

    def __init__(self, scenario: str = "today", people: int = 2000, years: int = 5, seed: int = 1):
        shape = make_shape([(0, 0)], [0], people, PLACE, BEFORE, 52 * years, seed)
        timeline = resolve(load(scenario), [load_areas().code[0]], BEFORE)
        super().__init__(shape, world_parameters(Study((0,), posterior=choose()), shape.worlds), timeline)
        reporters = {name: _counter(stages) for name, (stages, _) in SHOWN.items()}
        reporters[BODIES[0]] = lambda m: sum(group.open for group in m.groups)
        reporters[BODIES[1]] = lambda m: sum(org.open for org in m.organisations)
        reporters[BODIES[2]] = lambda m: sum(len(org.supporters) for org in m.organisations if org.open)
        self.datacollector = mesa.DataCollector(model_reporters=reporters)
        for _ in range(BEFORE):
            super().step()

    def step(self) -> None:
        """A week, and what is drawn of it."""
        if self.week < self.end:
            super().step()
            self.datacollector.collect(self)
        self.running = self.week < self.end


def _counter(stages: tuple[Stage, ...]) -> Any:
    return lambda m: sum(len(m.at[stage]) for stage in stages)


def serve(
    scenario: str,
    host: str = "127.0.0.1",
    port: int = 0,
    code: str = "",
    names: tuple[str, ...] = (),
    open_page: bool = True,
) -> None:
    """Serve the view of one scenario until Ctrl-C; nothing is asked of the internet. Raises UserError."""
    there = where(host, port, code, names)
    print(f"Week by week.{unfitted()}", flush=True)

    def begun(address: str) -> None:
        if open_page:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    # without the workshop dashboard's own style, which would hide half of Mesa's viewer
    run(there, settings("peerscale.commands.watch_page", assets=None) | {SCENARIO: scenario}, begun)
