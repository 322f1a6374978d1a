"""What it would take: choose a goal, watch the cheapest policy that meets it being found, take it into Explore."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import solara
from solara.alias import rv

from dashboards.asked.link_pages import clean
from dashboards.asked.names import area_name
from dashboards.asked.state import Aim, Asked, Policy
from dashboards.cards import aim as goals
from dashboards.cards import goal_charts, goal_words
from dashboards.cards.vue_parts import ChartCard, GoalForm, Prose, SearchCard
from dashboards.pages.explore import chart_width
from dashboards.work.jobs import DONE, RUNNING, WAITING, in_words
from dashboards.work.searching import Look, search_for, the_searches
from dashboards.work.session import Session
from dashboards.work.use_jobs import by_another, keep_job, use_job, use_others
from scenarios.questions.solve.describe import Point
from scenarios.questions.solve.frontier import Report
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.words import shown_steps
from scenarios.running.posterior import unfitted
from sim.errors import UserError
from sim.results import caveats

INTRO = "Choose what should hold. The page looks for the cheapest policy that reaches it with the levers that may be moved, and tests it in fresh worlds. It runs the code of peerscale solve. “Not reachable with these levers” is an answer too."
Asking = tuple[Aim, str, int]


@lru_cache(maxsize=256)
def asking(asked: Asked) -> tuple[Goal | None, str, str]:
    """(goal, its key, what is wrong with it) of what a page asks: no goal where something is wrong."""
    try:
        return goals.goal_of(asked), goals.key_of(asked), ""
    except UserError as error:
        return None, "", goals.problem_words(error)


def wanted(asked: Asked) -> str:
    """Key of the search that this browser wants to go on; "" for none."""
    if not asked.aim.seek:
        return ""
    key = asking(goals.bare(asked))[1]
    return key if key == asked.aim.seek else ""


@solara.component
def KeepSearch(session: Session) -> None:
    """The search that the link says was begun goes on, on every page, and is left when another goal is asked."""
    asked = session.asked.value
    keep_job(the_searches(), wanted(asked), lambda who: begin(session, asked, who, by_hand=False), "A search goes on")


def begin(session: Session, asked: Asked, who: str, by_hand: bool = True) -> None:
    """Begin, go on with, or watch the search of what is asked; one that somebody stopped goes on only `by_hand`."""
    goal, key, _ = asking(goals.bare(asked))
    if goal is None:
        return
    try:
        the_searches().join(key, lambda: search_for(key, goal, goals.text_of(asked)), who, by_hand)
    except UserError as error:
        session.tell(in_words(error))


@solara.component
def WhatItTakes(session: Session, width: int) -> None:
    """The page."""
    asked = session.asked.value
    goal, _, problem = asking(goals.bare(asked))
    nudge = solara.use_reactive(0)
    search = use_job(the_searches(), asking(goals.bare(asked))[1], wanted(asked), nudge.value)
    by = by_another(search, solara.get_session_id())
    look = search.look() if search is not None else None
    report = look.report if look else None
    with rv.Html(tag="div", class_="two takes"):
        with rv.Html(tag="div", class_="beside"):
            Form(session, goal, problem)
        with rv.Html(tag="div", class_="stack"):
            Progress(session, goal, look, nudge, by)
            if goal is not None and look is not None:
                Found(asked, goal, look, report, chart_width(width, True))


@solara.component
def Found(asked: Asked, goal: Goal, look: Look, report: Report | None, pixels: float) -> None:
    """What is found so far, and the answer."""
    with rv.Html(tag="div", class_="stack"):
        if report is not None:
            Prose(html=goal_words.answer_card(report), kind="card answer")
        if look.tried or report is not None:
            ChartCard(chart=goal_charts.frontier(goal, look.tried, report, pixels).as_dict(), source=source(asked))
        if report is not None:
            ChartCard(
                chart=goal_charts.money(report.today, money_points(report), pixels).as_dict(), source=source(asked)
            )
            Prose(html=goal_words.ceilings_card(report), kind="card")


def source(asked: Asked) -> str:
    """One line for files that are taken away."""
    return (
        f"peerscale solve, area {asked.area}, seed {asked.seed}. {caveats.ILLUSTRATIVE}.{unfitted()} {caveats.FORECAST}"
    )


def money_points(report: Report) -> list[tuple[str, Point]]:
    """The answer, or every lever at its most, then every step of the frontier."""
    first = (
        ("the answer", report.found) if report.found is not None else ("every lever at its most", report.ceilings[-1])
    )
    return [first, *((f"goal {words}", step.point) for words, step in shown_steps(report))]


@solara.component
def Form(session: Session, goal: Goal | None, problem: str) -> None:
    """The goal, lever by lever."""
    aim = session.asked.value.aim
    rows = goals.groups_to_choose()
    if aim.group not in dict(rows):
        rows = [*rows, (aim.group, f"{aim.group} (not a group)")]
    GoalForm(
        form={
            "outcome": aim.outcome,
            "level": aim.level,
            "worlds": aim.worlds,
            "group": aim.group,
            "better": aim.better,
            "people": aim.people,
            "fine": aim.fine,
            "changed": bool(aim.levers),
        },
        outcomes=[{"key": key, "title": title} for key, title in goals.outcomes_to_choose()],
        groups=[{"key": key, "title": title} for key, title in rows],
        people=[{"key": n, "title": f"{int(n):,}"} for n in goals.PEOPLE]
        + [{"key": aim.people, "title": aim.people}] * (aim.people not in goals.PEOPLE),
        levers=goals.lever_rows(aim),
        problem=problem,
        size=goal_words.size_words(goal) if goal is not None else "",
        event_changed=lambda data: change(session, data),
    )


def change(session: Session, data: dict[str, Any]) -> None:
    """A field of the form; what cannot be a goal is kept and said."""
    name, value = str(data.get("field", "")), str(data.get("value", ""))
    if name in ("outcome", "level", "worlds", "group", "better", "people"):
        _aim(session, **{name: clean(value)})
    elif name == "fine":
        _aim(session, fine=value == "1")
    elif name == "levers":
        chosen = tuple(filter(None, (clean(v) for v in value.split(";"))))
        _aim(session, levers=() if chosen == goals.levers_at_first() else chosen)


def _aim(session: Session, **changes: Any) -> None:
    session.move(lambda asked: replace(asked, aim=replace(asked.aim, **changes)))


@solara.component
def Progress(session: Session, goal: Goal | None, look: Look | None, nudge: solara.Reactive[int], by: str) -> None:
    """How far it is, and the buttons. `by`: that another person stopped it."""
    asked = session.asked.value
    going = look is not None and look.state in (WAITING, RUNNING)
    done = look is not None and look.state == DONE
    report, who = look.report if look else None, solara.get_session_id()
    again = (
        "Go on with the search" if look and not going and not done else "Find what it would take" if not look else ""
    )
    text = goals.text_of(asked) if goal is not None else ""
    others, halt = use_others(the_searches(), asking(goals.bare(asked))[1])
    SearchCard(
        title="The search" if look else f"What it would take in {area_name(asked.area)}",
        question=goal.file.question if goal else "",
        stages=goal_words.stage_rows(look, goal) if look and goal else [],
        going=going,
        part=min(0.99, look.runs / look.most) if look else 0.0,
        words=by + goal_words.progress_words(look, goal) if look and goal else INTRO,
        bad=bool(look and look.problem),
        begin=again,
        able=goal is not None,
        use="Take the policy into Explore" if report and report.answer.found else "",
        files=goal_words.files(goal, text, report) if goal else [],
        others=others,
        event_act=lambda data: act(session, str(data.get("what", "")), nudge, who),
        event_halt=lambda data: halt(str(data.get("key", ""))),
    )


def act(session: Session, what: str, nudge: solara.Reactive[int], who: str) -> None:
    """A button of the search."""
    asked = session.asked.value
    goal, key, _ = asking(goals.bare(asked))
    search = the_searches().get(key) if key else None
    if what == "begin" and goal is not None:
        begin(session, asked, who)
        _aim(session, seek=key)
        nudge.set(nudge.value + 1)
    elif what == "stop":
        the_searches().stop(key, who)
        _aim(session, seek="")
        nudge.set(nudge.value + 1)
    elif what == "use" and search is not None and search.result is not None:
        text = goal_words.scenario_text(search.result)
        if text:
            session.go(page="explore", unfolded=True, policy=Policy(file=text))
            session.tell("The policy that was found is open as yours. Undo brings back the one before.")
