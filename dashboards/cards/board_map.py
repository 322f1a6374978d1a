"""The 42 boards: how a policy's difference differs between them, as a tile map. Made on request."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import solara

from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Policy
from dashboards.cards.on_request import use_request
from dashboards.cards.vue_parts import ChartCard
from dashboards.work.runner import study_for, the_runner
from reports import svg
from reports.atlas.tiles import COLUMNS, ROWS, TILES
from reports.charts import Chart
from reports.figures import say
from scenarios.reading.rival_evidence import fixed_by
from scenarios.running.study import Study
from sim.people.population import load_areas
from sim.results import caveats, counts
from sim.results.result import Measure, Result

MOST_WORLDS = 4
MORE, LESS = (11, 92, 143), (160, 72, 0)


def map_study(seed: int, rivals: tuple[str, ...] = ()) -> Study:
    """All 42 boards, a neighbourhood of each, in a few worlds."""
    one = study_for(0, seed)
    return replace(
        one, areas=tuple(range(42)), people=42 * one.people, draws=min(MOST_WORLDS, one.draws), fixed=fixed_by(rivals)
    )


def by_board(result: Result) -> np.ndarray:
    """float64[areas]: availability, all worlds together."""
    tally = result.tally.reshape(len(result.shape.worlds), len(result.shape.areas), *result.tally.shape[1:])[:, :, 0]
    added = tally.sum(axis=0)
    return np.asarray(added[:, Measure.AVAILABLE] / np.maximum(1, added[:, Measure.ELIGIBLE]))


def luck_points(today: Result, plan: Result) -> float:
    """Points by which two boards' differences may lie apart from luck and assumptions alone.

    Twice the standard error of the gap between two boards, from the spread over worlds; the middle board's. NaN in one world.
    """
    shares = []
    for run in (today, plan):
        tally = run.tally.reshape(len(run.shape.worlds), len(run.shape.areas), *run.tally.shape[1:])[:, :, 0]
        shares.append(counts.share(tally[:, :, Measure.AVAILABLE], tally[:, :, Measure.ELIGIBLE]))
    worlds = len(shares[0])
    if worlds < 2:
        return float("nan")
    spread = np.nanstd(shares[1] - shares[0], axis=0, ddof=1) / np.sqrt(worlds)
    return float(100 * 2 * np.sqrt(2) * np.nanmedian(spread))


def colour(value: float, most: float) -> tuple[str, str]:
    """(fill, ink) of a tile: blue for a rise, brown for a fall, paler when smaller."""
    share = min(1.0, abs(value) / most) if most > 0 else 0.0
    end = MORE if value >= 0 else LESS
    mixed = [round(255 + (e - 255) * (0.08 + 0.92 * share)) for e in end]
    dark = 0.299 * mixed[0] + 0.587 * mixed[1] + 0.114 * mixed[2] < 140
    return "#" + "".join(f"{part:02x}" for part in mixed), "#ffffff" if dark else svg.INK


def board_map(today: Result, plan: Result, name: str, width: float) -> Chart:
    """Tiles of the difference in availability."""
    areas = load_areas()
    a, b = by_board(today), by_board(plan)
    change, most = b - a, float(np.abs(b - a).max())
    size = min(width, 900.0) / COLUMNS
    tall = max(46.0, size * 0.62)
    parts = []
    for i, code in enumerate(areas.code):
        parts += _tile(str(code), float(change[i]), most, size, tall)
    blur = luck_points(today, plan)
    best, least = int(np.argmax(change)), int(np.argmin(change))
    worlds = len(plan.shape.worlds)
    words = (
        f"Availability changes by {say('share', float(change[least]), True)} ({areas.short_name[least]}) to "
        f"{say('share', float(change[best]), True)} ({areas.short_name[best]}), {worlds} worlds together. "
        f"Boards less than {blur:.1f} points apart cannot be told apart with so few worlds."
    )
    note = f"Points of availability under {name}, less today’s policy. One neighbourhood a board, without any local inventory. {caveats.LEVELS}"
    head = ("Board", "Today (illustrative)", name, "Change")
    order = np.argsort(-change)
    rows = [(str(areas.name[i]), say("share", a[i]), say("share", b[i]), say("share", change[i], True)) for i in order]
    title = "The difference, board by board"
    return Chart(
        "boards", title, note, words, svg.drawing(COLUMNS * size, ROWS * tall, title, words, parts), (head, *rows)
    )


def _tile(code: str, value: float, most: float, size: float, tall: float) -> list[str]:
    tile = TILES[code]
    fill, ink = colour(value, most)
    x, y, small = tile.column * size, tile.row * tall, max(7.5, size / 11.5)
    return [
        svg.rect(x + 1, y + 1, size - 2, tall - 2, fill, rx=4, stroke=svg.LINE),
        svg.text(x + size / 2, y + tall * 0.42, tile.label, small, ink, "middle"),
        svg.text(x + size / 2, y + tall * 0.8, f"{round(100 * value, 1) + 0.0:+.1f}", small * 1.5, ink, "middle", 700),
    ]


@solara.component
def BoardMap(policy: Policy, seed: int, rivals: tuple[str, ...], name: str, width: float) -> None:
    """The map, or the button that asks for it. A policy moved away from is stopped."""
    runner, study = the_runner(), map_study(seed, rivals)
    asked = use_request(
        (policy, seed, rivals),
        lambda: (
            ("Today’s policy in 42 boards", lambda stop, tell: runner.run(runner.today, study, stop, tell)),
            ("Your policy in 42 boards", lambda stop, tell: runner.run(scenario_of(policy), study, stop, tell)),
        ),
    )
    if asked.found is not None:
        ChartCard(chart=board_map(asked.found[0], asked.found[1], name, width).as_dict())
        return
    asked.card(
        "The difference, board by board",
        "How the difference between this policy and today’s differs between the 42 "
        "boards. It takes a minute or more. The page goes on meanwhile.",
        "Run the 42 boards",
    )
