"""Journeys: one simulated person's weeks under two policies, picked by a question."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import solara
from solara.alias import rv

from dashboards.asked.names import policy_name
from dashboards.cards.vue_parts import Choices, Prose
from dashboards.work.runner import study_of, the_runner
from dashboards.work.session import Session, Shown
from reports import markup
from scenarios.questions.journeys import QUESTIONS, Moment, pick, story, told_once, when, who
from scenarios.running.study import Study
from sim.results import caveats
from sim.vocabulary import Event

TODAY = "Today’s policy"
SIMULATED = "A simulated person, not a real one. The same person, with the same luck, under both policies."
MARKS = {
    Event.STARTED: "good",
    Event.BETTER: "good",
    Event.OFFERED: "good",
    Event.FOUNDED: "good",
    Event.CAME_FORWARD: "good",
    Event.GAVE_UP: "bad",
    Event.FULL: "bad",
    Event.REFERRAL_LOST: "bad",
    Event.WORSE: "bad",
    Event.PASSED: "bad",
    Event.DECLINED: "bad",
    Event.LEFT_EARLY: "bad",
}
FEW = 9


@lru_cache(maxsize=8)
def _people(study: Study) -> dict[str, np.ndarray]:
    return the_runner().people(study)


@lru_cache(maxsize=16)
def _picked(shown: Shown, question: str) -> int | None:
    return pick(question, shown.today, shown.plan, _people(study_of(shown.asked)))


def short(moments: list[Moment], most: int = FEW) -> list[Moment]:
    """A story without what repeats itself, the first and last moments kept; at most `most`."""
    kept: list[Moment] = []
    for moment in moments:
        if not kept or moment.event != kept[-1].event:
            kept.append(moment)
    dull = (Event.HEARD, Event.FLARED, Event.MET_INFORMALLY, Event.SOCIAL_FELL, Event.STAYED)
    while len(kept) > most:
        at = next((i for i, m in enumerate(kept[1:-1], 1) if m.event in dull), len(kept) // 2)
        kept.pop(at)
    return kept


def timeline(moments: list[Moment]) -> str:
    """Moments as a list with their weeks; what repeats is told once, good and bad ends are marked."""
    moments = told_once(moments)
    if not moments:
        return markup.paragraph("Nothing happens to this person in these years that the model counts.")
    items = [
        markup.tag(
            "li",
            markup.tag("span", markup.say(when(m.week)), class_="when"),
            markup.tag("span", markup.say(m.words[:1].upper() + m.words[1:])),
            class_=MARKS.get(m.event, "plain"),
        )
        for m in moments
    ]
    return markup.tag("ol", *items, class_="timeline")


def story_card(shown: Shown) -> str:
    """The story of the opening: one person under the policy at hand."""
    title = markup.tag("h2", "One simulated person")
    question = "missed" if shown.plan is shown.today else "gains"
    person = _picked(shown, question)
    if person is None:
        question, person = "missed", _picked(shown, "missed")
    if person is None:
        return title + markup.paragraph("Nobody in this small sample has a story to tell.")
    words = markup.paragraph(who(_people(study_of(shown.asked)), person) + ".", class_="who")
    note = markup.paragraph(
        f"Picked as {QUESTIONS[question]}. A simulated person, not a real one.", class_="chart-note"
    )
    return title + note + words + timeline(short(story(shown.plan, person)))


@solara.component
def Journeys(session: Session, width: int) -> None:
    """The page."""
    asked, shown = session.asked.value, session.shown.value
    rows = [{"key": key, "title": words[:1].upper() + words[1:]} for key, words in QUESTIONS.items()]
    with rv.Html(tag="div", class_="stack"):
        Choices(label="Show me", rows=rows, chosen=asked.pick, event_choose=lambda data: _choose(session, data))
        if shown is None:
            Prose(html=markup.tag("h2", "Getting ready"), kind="card waiting")
            return
        Prose(html=both(shown, asked.pick), kind="journeys")


def _choose(session: Session, data: dict[str, object]) -> None:
    if data.get("key") in QUESTIONS:
        session.go(pick=str(data["key"]))


def both(shown: Shown, question: str) -> str:
    """The person picked, under today's policy and the one at hand, side by side."""
    person = _picked(shown, question)
    if person is None:
        return markup.tag(
            "div",
            markup.paragraph(
                f"In this sample nobody answers to “{QUESTIONS[question]}” under these policies. Try another question."
            ),
            class_="card",
        )
    intro = markup.tag(
        "div",
        markup.tag("h2", markup.say(who(_people(study_of(shown.asked)), person))),
        markup.paragraph(f"{SIMULATED} {caveats.FORECAST}", class_="chart-note"),
        class_="card",
    )
    runs = [(TODAY, shown.today)]
    if shown.plan is not shown.today:
        runs.append((policy_name(shown.asked.policy), shown.plan))
    cards = [
        markup.tag(
            "div",
            markup.tag("h2", markup.say(name)),
            _outcome(story(run, person)),
            timeline(story(run, person)),
            class_="card",
        )
        for name, run in runs
    ]
    hint = (
        ""
        if len(runs) > 1
        else markup.tag(
            "div",
            markup.paragraph("Choose a policy or move a lever, and the same person’s weeks under it appear here."),
            class_="card",
        )
    )
    return intro + markup.tag("div", *cards, hint, class_="columns")


def _outcome(moments: list[Moment]) -> str:
    kinds = {m.event for m in moments}
    if Event.BETTER in kinds:
        words = "Gets support and is better off by the stated minimum. Chance alone makes some people so."
    elif Event.STARTED in kinds:
        words = "Gets support; not better off by the stated minimum."
    elif Event.WANTS in kinds:
        words = "Never gets support."
    else:
        words = "Does not want peer support in these years."
    return markup.paragraph(words, class_="lead")
