"""The page that `peerscale watch` serves, in Mesa's own viewer: places and who lives there, organisations, courses."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pandas as pd
import solara
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from peerscale.commands.watch import BODIES, PLACE, SCENARIO, SHOWN, WatchedModel
from scenarios.reading.files import names
from sim.vocabulary import NEEDS, Stage

ACROSS, ACROSS_PLACES = 25, 2  # people in a row of a place, places in a row
NOBODY = "#dddddd"
ABOUT = (
    "A few small neighbourhoods after two years under today's policy: an illustration of how the model works, "
    "not a result. Each square is a person."
)
COLOUR = {stage: colour for stages, colour in SHOWN.values() for stage in stages}


@solara.component
def Places(model: WatchedModel) -> Any:
    """Everybody, in the place where they live, coloured by where they stand."""
    update_counter.get()
    figure = Figure(figsize=(7, 0.8 + 2.3 * -(-len(model.places) // ACROSS_PLACES)), layout="constrained")
    grid = figure.subplots(-(-len(model.places) // ACROSS_PLACES), ACROSS_PLACES, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, place in zip(grid.flat, model.places, strict=False):
        _draw_place(axes, place)
    keys = [Line2D([], [], marker="s", linestyle="", color=colour, label=name) for name, (_, colour) in SHOWN.items()]
    figure.legend(
        handles=[*keys, Line2D([], [], marker="s", linestyle="", color=NOBODY, label="none of these")],
        loc="outside lower center",
        ncols=4,
        fontsize=7,
        frameon=False,
    )
    solara.Text(f"Week {model.week - model.shape.burn_in} of {model.shape.weeks} of this policy. {ABOUT}")
    solara.FigureMatplotlib(figure)


def _draw_place(axes: Axes, place: Any) -> None:
    at = range(len(place.people))
    axes.scatter(
        [i % ACROSS for i in at],
        [i // ACROSS for i in at],
        s=12,
        marker="s",
        c=[COLOUR.get(person.stage, NOBODY) for person in place.people],
    )
    groups = sum(group.open and group.place is place for group in place.people[0].model.groups)
    axes.set_title(f"neighbourhood {place.number + 1}: {groups} {'group' if groups == 1 else 'groups'}", fontsize=8)


def organisation_rows(model: WatchedModel) -> pd.DataFrame:
    """One row an open organisation: where, for whom, who supports, who waits, cash."""
    waiting = Counter(person.host for person in model.at[Stage.WAITING])
    return pd.DataFrame([_row(org, waiting[org]) for org in model.organisations if org.open])


def _row(org: Any, waiting: int) -> dict[str, object]:
    paid = sum(s.paid for s in org.supporters)
    return {
        "organisation": f"{'NHS team' if org.nhs else 'voluntary'} {org.number + 1}",
        "works in": "the whole area" if org.home is None else f"neighbourhood {org.home.number + 1}",
        "volunteers": len(org.supporters) - paid,
        "paid peers": paid,
        "free places": org.free,
        "waiting": waiting,
        "quality": round(org.quality, 2),
        "cash, £": round(org.cash / 100),
        "for": ", ".join(NEEDS[need] for need in org.experiences),
    }


@solara.component
def Organisations(model: WatchedModel) -> Any:
    """Who hosts peers, who supports there, and who waits."""
    update_counter.get()
    solara.Text("Organisations that are open, who supports there, and who waits.")
    solara.DataFrame(organisation_rows(model), items_per_page=10)


def _tidy(axes: Axes) -> None:
    axes.set_xlabel("week")
    axes.set_ylim(bottom=0)


scenario = os.environ.get(SCENARIO, "today")
Page = SolaraViz(
    WatchedModel(scenario),
    components=[
        (Places, 0),
        (Organisations, 0),
        make_plot_component({name: colour for name, (_, colour) in SHOWN.items()}, post_process=_tidy, page=1),
        make_plot_component(list(BODIES), post_process=_tidy, page=1),
    ],
    model_params={
        "scenario": {"type": "Select", "value": scenario, "label": "Policy", "values": sorted({scenario, *names()})},
        "people": {
            "type": "SliderInt",
            "value": 2000,
            "label": "People",
            "min": 2 * PLACE,
            "max": 12 * PLACE,
            "step": PLACE,
        },
        "years": 5,
        "seed": {"type": "SliderInt", "value": 1, "label": "Seed of luck", "min": 1, "max": 100, "step": 1},
    },
    name="Peer support, week by week",
)
