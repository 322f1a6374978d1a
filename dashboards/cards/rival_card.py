"""Rival evidence on the Evidence page: switch it on, and see what it changes on the same people and the same luck."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import solara
from solara.alias import rv

from dashboards.asked.names import policy_name
from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Asked, question
from dashboards.cards.on_request import use_request
from dashboards.cards.vue_parts import Prose, RivalSwitch
from dashboards.work.runner import study_of, the_runner
from dashboards.work.session import Session
from reports import markup
from reports.figures import FIGURES, say
from scenarios.reading.rival_evidence import Alternative, alternatives, held, in_words, one_each, rests_on
from scenarios.running import posterior
from sim.numbers.parameters import records
from sim.results import summary
from sim.results.result import Result
from sim.results.words import sure

Pair = tuple[Result, Result]
QUESTIONS = {
    "accept_offer": "Do people take up what they are offered?",
    "leave_later": "How long do volunteers stay?",
    "group_fold_early": "How long do young groups last?",
    "effect_lonely": "How much does support ease loneliness?",
    "effect_half_life_weeks": "How long does it last after support ends?",
    "want_length_weeks": "How long do wants last?",
    "founding_week": "How many groups exist without funding?",
    "voiced_rate": "Does hearing of it make people want it?",
}


@solara.component
def Rivals(session: Session) -> None:
    """The switches; with one on, what it changes."""
    asked = session.asked.value
    with rv.Html(tag="div", class_="stack"):
        RivalSwitch(groups=groups(asked.rivals), event_choose=lambda data: choose(session, data))
        if asked.rivals:
            RivalChange(asked)


def choose(session: Session, data: dict[str, Any]) -> None:
    """One question answered by another rival, or as used."""
    asked, name = str(data.get("question", "")), str(data.get("name", ""))
    kept = [rival for rival in session.asked.value.rivals if alternatives()[rival].question != asked]
    session.go(rivals=one_each([*kept, name]))


def groups(on: tuple[str, ...]) -> list[dict[str, Any]]:
    """Questions with their rivals, as the switch needs them; in the order of the library."""
    by_question: dict[str, list[Alternative]] = {}
    for one in alternatives().values():
        by_question.setdefault(one.question, []).append(one)
    return [
        {
            "question": key,
            "title": QUESTIONS.get(key, records()[key].meaning),
            "chosen": next((one.name for one in rivals if one.name in on), ""),
            "usual": usual(key),
            "rivals": [
                {
                    "name": one.name,
                    "words": f"{one.words[:1].upper()}{one.words[1:]} ({held(one)})",
                    "why": rests_on(one),
                }
                for one in rivals
            ],
        }
        for key, rivals in by_question.items()
    ]


def usual(parameter: str) -> str:
    """What is used while no rival is on."""
    record = records()[parameter]
    if record.role in ("calibrated", "prior") and record.prior != "fixed" and posterior.there_is_one():
        return "As used: drawn from the posterior"
    return f"As used: {record.value:g}, drawn from {record.low:g} to {record.high:g}"


@solara.component
def RivalChange(asked: Asked) -> None:
    """What the rivals that are on change, on request: today's policy and the one at hand, each with and without."""
    plain = replace(asked, rivals=())
    runner, scenario = the_runner(), scenario_of(asked.policy)
    steps = (("With the evidence as used", plain), ("With rival evidence", asked))
    done = use_request(
        ("rivals", question(asked)),
        lambda: tuple(
            (
                words,
                lambda stop, tell, one=one: (
                    runner.run(runner.today, study_of(one), stop, tell),  # type: ignore[misc]
                    runner.run(scenario, study_of(one), stop, tell),
                ),
            )
            for words, one in steps
        ),
    )
    if done.found is None:
        done.card(
            "What the rival evidence changes",
            f"Runs “{policy_name(asked.policy)}” and today’s policy with the evidence as used and with: "
            f"{in_words(asked.rivals)}.",
            "Show what it changes",
        )
        return
    usual_pair, rival_pair = done.found
    Prose(html=change_card(usual_pair, rival_pair, asked), kind="card")


def change_card(usual_pair: Pair, rival_pair: Pair, asked: Asked) -> str:
    """Level of every figure with the evidence as used, what the rival changes of it, and whether the answer turns."""
    rows, turned = [], []
    for figure in FIGURES.values():
        if figure.is_gbp and not asked.pounds:
            continue
        effects = [summary.pair(figure.worlds(today), figure.worlds(plan)) for today, plan in (usual_pair, rival_pair)]
        moved = summary.pair(figure.worlds(usual_pair[1]), figure.worlds(rival_pair[1]))
        level = say(figure.kind, summary.interval(figure.worlds(usual_pair[1])).median)
        rows.append(
            [
                figure.short,
                level,
                say(figure.kind, moved.difference.median, True) if sure(moved) else "no clear change",
                *(
                    say(figure.kind, effect.difference.median, True) if sure(effect) else "no clear change"
                    for effect in effects
                ),
            ]
        )
        if turns(*effects):
            turned.append(figure.short.lower())
    words = (
        f"The answer turns for: {', '.join(turned)}. It is better or worse with one evidence, not with the other."
        if turned
        else "No figure’s direction against today’s policy turns: the answer does not hang on this."
    )
    head = ["", "As used", "Rival less as used", "Against today, as used", "Against today, rival"]
    return (
        markup.tag("h2", "What the rival evidence changes")
        + markup.paragraph(words, class_="lead")
        + markup.paragraph(
            f"Medians under “{policy_name(asked.policy)}”, on the same people and luck. Rival: {in_words(asked.rivals)}.",
            class_="chart-note",
        )
        + markup.table(head, rows, "What the rival evidence changes")
    )


def turns(one: summary.Paired, other: summary.Paired) -> bool:
    """Whether a clear change becomes unclear or of the other sign."""

    def sign(pair: summary.Paired) -> int:
        return 0 if not sure(pair) else (1 if pair.difference.median > 0 else -1)

    return sign(one) != sign(other)
