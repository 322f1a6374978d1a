"""Compare: up to four pinned policies side by side, on the same people and the same luck."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import solara
from solara.alias import rv

from dashboards.asked.link import clean
from dashboards.asked.names import policy_name
from dashboards.asked.state import MOST_PINS, Asked, Pin, Policy
from dashboards.cards.answer import NEXT_PINNED, answer_card, where_line
from dashboards.cards.assumption import LEVELS, mark
from dashboards.cards.hatch import as_assumed
from dashboards.cards.vue_parts import ChartCard, Choices, Pins, Prose
from dashboards.pages.about import meanings_card
from dashboards.pages.explore import source, whole_width
from dashboards.work.session import Session, use_results
from reports import markup, svg
from reports.differences import TODAY, beside_today, difference_words, level_and_range
from reports.figures import FIGURES, reach, say
from reports.verdicts import change_words
from sim.results import caveats, summary
from sim.results.outcome import Outcome
from sim.results.result import Result
from sim.results.words import DIFFERENCES

EMPTY = "Nothing is pinned yet. Give the policy at hand a name and pin it; then change it, and pin it again."


@solara.component
def Compare(session: Session, width: int) -> None:
    """The page."""
    asked, shown = session.asked.value, session.shown.value
    policies = (Policy(), *(pin.policy for pin in asked.pins))
    results, work = use_results(session, policies)
    with rv.Html(tag="div", class_="stack"):
        Pins(
            rows=[
                {"name": pin.name, "policy": policy_name(pin.policy), "colour": svg.PINS[i]}
                for i, pin in enumerate(asked.pins)
            ],
            full=len(asked.pins) >= MOST_PINS,
            name=policy_name(asked.policy),
            event_pin=lambda data: session.move(lambda a: a.pinned(clean(str(data.get("name", ""))))),
            event_drop=lambda data: session.move(lambda a: a.unpinned(int(data["number"]))),
            event_rename=lambda data: session.move(lambda a: renamed(a, int(data["number"]), str(data["name"]))),
            event_use=lambda data: use(session, int(data["number"])),
        )
        if work.problem or work.what:
            Prose(html=markup.paragraph(work.problem or f"{work.what}: {work.part:.0%}"), kind="card")
        today = results.get(Policy())
        ready = [(pin, results[pin.policy]) for pin in asked.pins if pin.policy in results]
        if today is None or not ready or shown is None:
            Prose(html=markup.paragraph(EMPTY if not asked.pins else "Getting ready."), kind="card")
        else:
            named = [(TODAY, today), *((pin.name, result) for pin, result in ready)]
            Prose(html=where_line(asked, named), kind="where")
            Prose(html=answer_card(asked, named, NEXT_PINNED), kind="card in-short")
            Figures(session)
            colours = {id(pin): svg.PINS[i] for i, pin in enumerate(asked.pins)}
            lines = [(pin.name, colours[id(pin)], result) for pin, result in ready]
            words = compare_sentence(FIGURES[asked.chart], today, named[1:])
            figure = FIGURES[asked.chart]
            chart = as_assumed(beside_today(figure, today, lines, words, whole_width(width)), figure.name, asked)
            ChartCard(chart=chart.as_dict(), source=source(replace(shown, asked=asked)))
            Prose(html=difference_table(today, named[1:], asked), kind="card")
        Prose(html=meanings_card(), kind="card meanings")


@solara.component
def Figures(session: Session) -> None:
    """Which figure the chart shows."""
    asked = session.asked.value
    Choices(
        label="Figure",
        rows=[{"key": f.name, "title": f.short} for f in FIGURES.values() if not f.is_gbp or asked.pounds],
        chosen=asked.chart,
        event_choose=lambda data: choose(session, data),
    )


def choose(session: Session, data: dict[str, Any]) -> None:
    """Another figure."""
    if data.get("key") in FIGURES:
        session.go(chart=str(data["key"]))


def use(session: Session, number: int) -> None:
    """A pinned policy becomes the policy at hand again."""
    pins = session.asked.value.pins
    if 0 <= number < len(pins):
        session.go(policy=pins[number].policy)


def renamed(asked: Asked, number: int, name: str) -> Asked:
    """The same with another name for one pin."""
    pins = tuple(Pin(clean(name) or pin.name, pin.policy) if i == number else pin for i, pin in enumerate(asked.pins))
    return replace(asked, pins=pins)


def compare_sentence(figure: Outcome, today: Result, lines: list[tuple[str, Result]]) -> str:
    """Today's level and each policy's difference from it."""
    told = [f"{name}: {difference_words(figure, today, result)}" for name, result in lines]
    return f"{TODAY}: {level_and_range(figure, today)}. {'. '.join(told)}."


def difference_table(today: Result, lines: list[tuple[str, Result]], asked: Asked) -> str:
    """Today's level and every policy's difference from it with its range, figure by figure."""
    rows = []
    for figure in FIGURES.values():
        if not figure.is_gbp or asked.pounds:
            base = figure.worlds(today)
            level = say(figure.kind, summary.interval(base).median) + mark(figure.name, asked, today=True)
            rows.append([figure.short, level, *(_cell(figure, base, figure.worlds(result)) for _, result in lines)])
    head = ["", TODAY, *(f"{name}: difference" for name, _ in lines)]
    return (
        markup.tag("h2", "Every figure, side by side")
        + markup.paragraph(f"{DIFFERENCES} {caveats.WORLDS} {LEVELS}", class_="chart-note")
        + markup.table(head, rows, "Every figure, side by side")
    )


def _cell(figure: Outcome, base: Any, values: Any) -> str:
    pair = summary.pair(base, values)
    words = change_words(figure, pair)
    if words in ("as today", "not measured"):
        return words
    return f"{words} ({reach(figure.kind, pair.difference, True)})"
