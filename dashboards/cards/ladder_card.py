"""The ladder to everyone on a page: made on request, since it takes some sixty runs; the picture and words of `peerscale ladder`."""

from __future__ import annotations

import solara

from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Policy
from dashboards.cards.on_request import use_request
from dashboards.cards.vue_parts import ChartCard
from dashboards.work.runner import the_runner
from reports.charts import Chart
from reports.ladder.picture import picture
from reports.ladder.words import HEADS, HOW, cells, lines, opening
from scenarios.questions.ladder import RUNS, Climbed
from scenarios.running.study import Study
from sim.results.outcomes import MAIN

TITLE = "The ladder to everyone"


@solara.component
def LadderCard(policy: Policy, study: Study, name: str, source: str, width: float) -> None:
    """The picture, or the button that asks for it. A policy moved away from is stopped."""
    asked = use_request(
        (policy, study),
        lambda: (
            ("Climbing the ladder", lambda stop, tell: the_runner().ladder(scenario_of(policy), study, stop, tell)),
        ),
    )
    if asked.found is not None:
        ChartCard(chart=ladder_chart(asked.found[0], width).as_dict(), source=source)
        return
    asked.card(
        TITLE,
        f"What stands between “{name}” and support for everyone who wants it, in six steps, and how much of each step levers reach. "
        f"It takes about {RUNS} times as long as one run. The page goes on meanwhile.",
        "Climb the ladder",
    )


def ladder_chart(found: Climbed, width: float) -> Chart:
    """The ladder of the first headline, for everyone."""
    ladder = found.everyone[MAIN]
    rows = [tuple(HEADS), *(cells(line) for line in lines(ladder))]
    return Chart("ladder", TITLE, HOW, " ".join(opening(ladder)), picture(ladder, TITLE, width), tuple(rows))
