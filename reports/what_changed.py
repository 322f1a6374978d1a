"""What changed and why, in sentences. Each is read from two runs on the same luck, or is not said."""

from __future__ import annotations

from dataclasses import dataclass

from reports.figures import FIGURES, reach, say
from reports.verdicts import verdict
from sim.results import caveats, gainers, outcomes, summary
from sim.results.outcome import Outcome
from sim.results.outcomes import MAIN
from sim.results.result import Result
from sim.results.words import sentence, sure

LEAST_OF_100 = 0.1
"""Wants in a hundred: smaller moves in the cascade are not told."""
COUNTED = (
    "started",
    "started_in_time",
    "offered_of_asked",
    "used_last_year",
    "waiting_per_10k",
    "unmet_per_want",
    "better_per_want",
    "net_per_want",
    "lonely",
    "confidence",
    "equity",
)


@dataclass(frozen=True)
class Said:
    """A sentence and what kind it is: headline, change, why, who, none."""

    kind: str
    text: str


def explain(today: Result, plan: Result, pounds: bool = False) -> list[Said]:
    """Sentences, largest first within each kind. Empty where the two runs are the same."""
    pair = summary.pair(outcomes.of_group(today, MAIN), outcomes.of_group(plan, MAIN))
    names = (*COUNTED, "gbp_per_adult_year") if pounds else COUNTED
    pairs = {name: _pair(FIGURES[name], today, plan) for name in names}
    if not any(p.up or p.down for p in (pair, *pairs.values())):
        return []
    clear = [name for name in names if sure(pairs[name])]
    clear.sort(key=lambda name: -_size(FIGURES[name], today, pairs[name]))
    said = [Said("headline", sentence(pair))]
    said += [Said("change", _change(FIGURES[name], pairs[name], _beside(FIGURES[name], today, plan))) for name in clear]
    said += [Said("why", text) for text in _why(today, plan)]
    said += [Said("who", text) for text in gainers.sentences(today, plan)]
    unclear = [FIGURES[name].short.lower() for name in names if name not in clear]
    return said + ([Said("none", f"No clear change: {', '.join(unclear)}.")] if unclear else [])


def _pair(figure: Outcome, today: Result, plan: Result) -> summary.Paired:
    return summary.pair(figure.worlds(today), figure.worlds(plan))


def _size(figure: Outcome, today: Result, pair: summary.Paired) -> float:
    """How large a change is beside today's figure."""
    base = abs(summary.interval(figure.worlds(today)).median)
    return abs(pair.difference.median) / base if base > 0 else abs(pair.difference.median)


def _beside(figure: Outcome, today: Result, plan: Result) -> str:
    """What has to stand beside a figure, as the end of its sentence; "" for most."""
    if not figure.beside:
        return ""
    other = outcomes.BY_NAME[figure.beside]
    middle = say(other.kind, _pair(other, today, plan).difference.median, True)
    return f" {other.words}: {middle}."


def _change(figure: Outcome, pair: summary.Paired, beside: str = "") -> str:
    count = max(pair.up, pair.down)
    sign = {"better": "better", "worse": "worse", "more": "higher", "less": "lower", "same": ""}[verdict(figure, pair)]
    middle = say(figure.kind, pair.difference.median, True)
    return f"{figure.short}: {middle}, {sign} {caveats.in_worlds(count, pair.difference.worlds)} ({reach(figure.kind, pair.difference, True)}).{beside}"


def _why(today: Result, plan: Result) -> list[str]:
    """Where more wants, and fewer, come to an end: the three largest moves of the cascade."""
    # Of the figures that the bars show, so that picture and words agree to the last digit.
    moves = [(round(100 * b.share, 1) - round(100 * a.share, 1), a.name) for a, b in summary.cascades([today, plan])]
    large = sorted((m for m in moves if abs(m[0]) > LEAST_OF_100 - 0.05), key=lambda m: -abs(m[0]))[:3]
    return [
        f"Of 100 wants, {abs(size):.1f} {'more' if size > 0 else 'fewer'} {end_words(name)}." for size, name in large
    ]


def end_words(name: str) -> str:
    """A row of the cascade as the end of a sentence: "stop here: no room in time"."""
    if name.startswith("stopped: "):
        return f"stop here: {name.removeprefix('stopped: ')}"
    return f"end here: {name.removeprefix('succeeded: ')}"
