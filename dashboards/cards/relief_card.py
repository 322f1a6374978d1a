"""Gate relief beside the cascade: what opening each gate, and only that one, would gain. Made on request."""

from __future__ import annotations

from collections.abc import Sequence

import solara

from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Policy
from dashboards.cards.on_request import use_request
from dashboards.cards.vue_parts import ChartCard
from dashboards.work.runner import the_runner
from reports import svg
from reports.charts import Chart
from reports.figures import reach, say
from reports.questions.relief import NOTE
from scenarios.questions.relief import Gain
from scenarios.running.study import Study
from sim.results import caveats, summary
from sim.results.outcomes import BY_NAME, MAIN, with_beside

TITLE = "What opening each gate would gain"
STARTED = "#b45309"
GATE_NAMES = {
    "existed": "something suitable exists",
    "knew": "people know of it",
    "way_in": "there is a way in",
    "asked": "people ask, referrals arrive",
    "early and room": "there is room in time",
    "accepted": "offers are accepted",
    "attended": "everybody comes",
    "kept": "nobody stops early",
}
SHOWN = tuple((name, BY_NAME[name].short, colour) for name, colour in ((MAIN, svg.PLAN), ("started_in_time", STARTED)))


@solara.component
def ReliefCard(policy: Policy, study: Study, name: str, source: str, width: float) -> None:
    """The chart, or the button that asks for it. A policy moved away from is stopped."""
    asked = use_request(
        (policy, study),
        lambda: (
            (
                "Opening one gate after another",
                lambda stop, tell: the_runner().relief(scenario_of(policy), study, stop, tell),
            ),
        ),
    )
    if asked.found is not None:
        ChartCard(chart=relief_chart(asked.found[0], name, width).as_dict(), source=source)
        return
    asked.card(
        TITLE,
        f"The gate that loses most wants need not be the one to open first, for a gate may hide another behind it. Here each gate is opened by "
        f"itself under “{name}”. It takes about eight times as long as one run. The page goes on meanwhile.",
        "Open each gate",
    )


def relief_chart(gains: Sequence[Gain], name: str, width: float) -> Chart:
    """Bars of points gained in availability and in starts, gate by gate, most gained first."""
    words = relief_sentence(gains)
    head = (
        "Gate opened",
        *(f"{label}: change" for _, label, _ in SHOWN),
        "Available: 90% of worlds",
        "Better off: change",
        "Better off by chance alone: change",
        "How it is opened",
    )
    rows = [
        (
            _name(g),
            *(say("share", _middle(g, key), True) for key, _, _ in SHOWN),
            _reach(g),
            *(say("share", _middle(g, name), True) for name in with_beside(("better_per_want",))),
            g.opened,
        )
        for g in gains
    ]
    note = f"Points of wants gained over “{name}”. {NOTE} Thin lines: 90% of worlds."
    picture = svg.drawing(width, 34 + _tall(width) * len(gains) + 6, TITLE, words, _bars(gains, width))
    return Chart("relief", TITLE, note, words, picture, (head, *rows))


def relief_sentence(gains: Sequence[Gain]) -> str:
    """The first thing to fix, and what gains most starts where that is another gate."""
    first = gains[0]
    starts = max(gains, key=lambda gain: _middle(gain, "started_in_time"))
    pair = first.by[MAIN]
    text = f"Most availability is gained if {_name(first)}: a median of {say('share', _middle(first, MAIN), True)}, higher {caveats.in_worlds(pair.up, pair.difference.worlds)}."
    same = (
        " The same gate gains most people starting in time"
        if starts is first
        else f" Most people start in time if {_name(starts)}"
    )
    return f"{text}{same}: {say('share', _middle(starts, 'started_in_time'), True)}."


def _name(gain: Gain) -> str:
    key = " and ".join(gain.gates)
    return GATE_NAMES.get(key, key)


def _middle(gain: Gain, key: str) -> float:
    return gain.by[key].difference.median


def _reach(gain: Gain) -> str:
    return reach("share", gain.by[MAIN].difference, True)


def _tall(width: float) -> float:
    return 62.0 if width < 560 else 44.0


def _bars(gains: Sequence[Gain], width: float) -> list[str]:
    """Two bars a gate from the line of no change; the thin line is 90% of worlds."""
    narrow = width < 560
    left, right, tall = (14.0 if narrow else 230.0), width - 62.0, _tall(width)
    values = [v for g in gains for key, _, _ in SHOWN for v in _ends(g.by[key].difference)]
    low, high = min(0.0, *values), max(0.01, *values)
    zero = left + (right - left) * -low / (high - low)
    scale = (right - left) / (high - low)
    parts = _key(left)
    for i, gain in enumerate(gains):
        y = 34 + tall * i
        words_y, at = (y + 12, y + 18) if narrow else (y + 21, y + 4)
        parts.append(
            svg.text(left if narrow else left - 14, words_y, _name(gain), 13, svg.INK, "start" if narrow else "end")
        )
        for k, (key, _, colour) in enumerate(SHOWN):
            parts += _bar(gain.by[key].difference, zero, scale, at + 17 * k, colour)
        parts.append(svg.line(zero, at - 2, zero, at + (32 if narrow else tall - 2), svg.SOFT))
    return parts


def _bar(found: summary.Interval, zero: float, scale: float, y: float, colour: str) -> list[str]:
    end, (low, high) = zero + scale * found.median, (zero + scale * v for v in _ends(found))
    return [
        svg.rect(min(zero, end), y, max(abs(end - zero), 1.0), 13, colour, fill_opacity=0.75),
        *([svg.line(low, y + 6.5, high, y + 6.5, svg.INK, stroke_width=1.2)] if found.ranged else []),
        svg.text(max(end, high, zero) + 6, y + 11, say("share", found.median, True).split()[0], 12, colour, weight=600),
    ]


def _ends(found: summary.Interval) -> tuple[float, float]:
    """The ends of the range; the middle where there is none."""
    return (found.low, found.high) if found.ranged else (found.median, found.median)


def _key(left: float) -> list[str]:
    parts, x = [], left
    for _, label, colour in SHOWN:
        parts += [
            svg.rect(x, 6, 22, 11, colour, fill_opacity=0.75),
            svg.text(x + 28, 16, label, 12, colour, weight=600),
        ]
        x += 50 + 7.2 * len(label)
    return parts
