"""The page that `peerscale watch` serves: plain Solara, so that no further packages are needed."""

from __future__ import annotations

import os
from typing import Any

import solara
from matplotlib.figure import Figure

from peerscale.watching import BODIES, LINES, SCENARIO, WatchedModel

scenario = os.environ.get(SCENARIO, "today")
people, seed, week = solara.reactive(2000), solara.reactive(1), solara.reactive(0)
playing = solara.reactive(False)
model = solara.reactive(WatchedModel(scenario))


def restart() -> None:
    """A new model with these settings, from the first week."""
    playing.set(False)
    old = model.value
    model.set(WatchedModel(scenario, people.value, seed=seed.value))
    old.forget()
    week.set(0)


def go_on(weeks: int = 4) -> None:
    """Some weeks, then draw."""
    for _ in range(weeks):
        model.value.step()
    week.set(model.value.week)


def picture(names: tuple[str, ...]) -> Figure:
    """Lines of what was counted, by week."""
    figure = Figure(figsize=(8, 3.2))
    axes = figure.subplots()
    counted = model.value.datacollector.get_model_vars_dataframe()
    for name in names:
        axes.plot(counted[name].to_numpy(), label=name)
    axes.set_xlabel("week")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", fontsize=8)
    return figure


@solara.component
def Page() -> Any:
    """Settings, buttons, two pictures."""
    solara.Markdown(f"## Peer support, week by week: {scenario}\nA few small places from an empty start: an "
                    "illustration of how the model works, not a result.")  # fmt: skip
    with solara.Row():
        solara.Button("Pause" if playing.value else "Play", on_click=lambda: playing.set(not playing.value))
        solara.Button("Four weeks", on_click=go_on)
        solara.Button("Start again", on_click=restart)
    solara.SliderInt("People", value=people, min=1000, max=10_000, step=1000)
    solara.SliderInt("Seed", value=seed, min=1, max=100)
    solara.Markdown(f"Week {week.value} of {model.value.end}")
    solara.FigureMatplotlib(picture(tuple(LINES)))
    solara.FigureMatplotlib(picture(BODIES))
    solara.lab.use_task(_play, dependencies=[playing.value, week.value], prefer_threaded=True)


def _play() -> None:
    if playing.value and model.value.running:
        go_on()
