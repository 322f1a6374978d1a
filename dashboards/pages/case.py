"""The case: the commissioner's page for the area and policy at hand, from the code of `peerscale case`, with its download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import solara
from solara.alias import rv

from dashboards.asked.link_pages import SIDES, UNITS
from dashboards.asked.names import area_name, policy_name
from dashboards.asked.scenario_text import slug
from dashboards.asked.state import Asked
from dashboards.cards.goal_words import facts
from dashboards.cards.vue_parts import ChartCard, Choices, Prose, SearchCard
from dashboards.pages.explore import chart_width
from dashboards.work.case_job import CaseJob, Made, case_study, key_of, nothing_to_say, the_cases, view_key
from dashboards.work.jobs import DONE, FAILED, RUNNING, STOPPED, WAITING
from dashboards.work.session import Session
from dashboards.work.use_jobs import by_another, keep_job, use_job, use_others
from reports import markup
from reports.case.page import Section
from reports.case.sections import lead
from reports.case.tiles import tiles
from reports.charts import Chart
from scenarios.running.study import make_shape
from scenarios.worth import case
from sim.results import caveats
from sim.results.words import many

HOSPITAL = {"off": "Not counted", "on": "Counted, as in trials"}
FOLDED = (
    "benefit",
    "perspectives",
    "information",
    "by-parameter",
    "break-even",
    "returns",
    "noise",
    "judgements",
    "cheers",
)
"""Sections that stand folded on the page; the download has them open."""


def wanted(asked: Asked) -> str:
    """Key of the case that this browser wants made; "" for none."""
    return view_key(asked) if asked.view.made and asked.view.made == key_of(asked) and not nothing_to_say(asked) else ""


@solara.component
def KeepCase(session: Session) -> None:
    """The case that the link says was begun goes on, on every page, and is left when another is asked."""
    asked = session.asked.value
    keep_job(the_cases(), wanted(asked), lambda who: begin(asked, who, by_hand=False), "A case is being made")


def begin(asked: Asked, who: str, by_hand: bool = True) -> None:
    """Begin, go on with, or watch the case of what is asked; one that somebody stopped goes on only `by_hand`."""
    the_cases().join(view_key(asked), lambda: CaseJob(asked=asked), who, by_hand)


@solara.component
def TheCase(session: Session, width: int) -> None:
    """The page."""
    asked = session.asked.value
    nudge = solara.use_reactive(0)
    job = use_job(the_cases(), view_key(asked), wanted(asked), nudge.value)
    made = job.made if job is not None and job.state in (RUNNING, DONE) else None
    with rv.Html(tag="div", class_="stack the-case"):
        Views(session)
        now = (job.state, round(job.part, 2), job.what) if job is not None else None
        Making(session, job, made, nudge, now)
        if made is not None:
            Prose(html=board_card(made.board), kind="card board")
            Prose(html=head_card(made), kind="card answer")
            for section in made.sections:
                Part(section, min(chart_width(width + 330, True), 760.0) if width >= 900 else chart_width(width, True))


@solara.component
def Views(session: Session) -> None:
    """Whose costs, in what gains, with or without fewer hospital contacts."""
    view = session.asked.value.view
    with rv.Html(tag="div", class_="card views"):
        Choices(
            label="Whose costs",
            rows=[{"key": k, "title": case.SIDES[k][:1].upper() + case.SIDES[k][1:]} for k in SIDES],
            chosen=view.side,
            event_choose=lambda data: choose(session, "side", data, SIDES),
        )
        Choices(
            label="Gains counted in",
            rows=[{"key": k, "title": f"{k}s"} for k in UNITS],
            chosen=view.unit,
            event_choose=lambda data: choose(session, "unit", data, UNITS),
        )
        Choices(
            label="Fewer hospital contacts",
            rows=[{"key": k, "title": t} for k, t in HOSPITAL.items()],
            chosen="on" if view.hospital else "off",
            event_choose=lambda data: _view(session, hospital=data.get("key") == "on"),
        )


def choose(session: Session, name: str, data: dict[str, Any], known: tuple[str, ...]) -> None:
    """Another view; what is not known is left alone."""
    if data.get("key") in known:
        _view(session, **{name: str(data["key"])})


def _view(session: Session, **changes: Any) -> None:
    session.move(lambda asked: replace(asked, view=replace(asked.view, **changes)))


@solara.component
def Making(session: Session, job: CaseJob | None, made: Made | None, nudge: solara.Reactive[int], now: object) -> None:
    """What will be made, how far it is, and the whole page to take away.

    `now`: what the job says at the moment; the job is the same object throughout, which alone would not be drawn again.
    """
    asked = session.asked.value
    why_not, who = nothing_to_say(asked), solara.get_session_id()
    others, halt = use_others(the_cases(), view_key(asked))
    going = job is not None and job.state in (WAITING, RUNNING)
    begin_words = (
        "" if going or (job and job.state == DONE) else "Go on" if job and job.state == STOPPED else "Make the case"
    )
    files = (
        [
            {
                "label": "Save the whole case (HTML)",
                "name": f"case_{slug(policy_name(asked.policy))}.html",
                "text": made.page,
            }
        ]
        if made is not None and made.page
        else []
    )
    SearchCard(
        title=f"The case for {policy_name(asked.policy)}" if not why_not else "The case",
        question=area_name(asked.area),
        stages=[],
        going=going,
        part=job.part if job else 0.0,
        words=why_not or by_another(job, who) + words_of(asked, job),
        bad=bool(job and job.state == FAILED),
        begin="" if why_not else begin_words,
        able=not why_not,
        use="",
        files=files,
        others=others,
        event_act=lambda data: act(session, str(data.get("what", "")), nudge, who),
        event_halt=lambda data: halt(str(data.get("key", ""))),
    )


def words_of(asked: Asked, job: CaseJob | None) -> str:
    """How far it is, in a sentence."""
    if job is None:
        return size_words(asked)
    if job.state == FAILED:
        return job.problem
    if job.state == DONE:
        return "Made. The whole case is one HTML file that needs nothing else and prints well."
    if job.state == STOPPED:
        return "Stopped. Runs that had ended are kept."
    return "Waiting for another case on this machine." if job.state == WAITING else f"{job.what}: {job.part:.0%}"


def size_words(asked: Asked) -> str:
    """What making a case takes."""
    study = case_study(asked)
    people = make_shape(study, [(0, 0)]).people
    return (
        f"Both policies are run in {len(study.worlds)} worlds ({study.draws} draws of the parameters, {study.replicates} replicates of luck) of "
        f"{people:,} adults over {many(study.weeks / 52, 'year')}, as peerscale case does. It takes minutes. The pages go on meanwhile. "
        + (caveats.ONE_PLACE if make_shape(study).places == 1 else "")
    )


def act(session: Session, what: str, nudge: solara.Reactive[int], who: str) -> None:
    """A button of the page."""
    asked = session.asked.value
    if what == "begin" and not nothing_to_say(asked):
        begin(asked, who)
        _view(session, made=key_of(asked))
        nudge.set(nudge.value + 1)
    elif what == "stop":
        the_cases().stop(view_key(asked), who)
        _view(session, made="")
        nudge.set(nudge.value + 1)


def board_card(sections: Sequence[Section]) -> str:
    """What a board reads first: every section under its heading, the options as a table."""
    parts = [markup.tag("h2", "For a board")]
    for one in sections:
        inside = "".join(markup.paragraph(text) for text in one.sentences)
        table = markup.table(one.columns, one.rows, one.title) if one.rows else ""
        parts.append(markup.tag("section", markup.tag("h3", markup.say(one.title)), inside, table, class_=one.key))
    return "".join(parts)


def head_card(made: Made) -> str:
    """The long page begins: the answer in one reading and its main figures."""
    first, *rest = lead(made.told)
    return (
        markup.tag("h2", "In one reading")
        + markup.paragraph(first)
        + "".join(markup.paragraph(text, class_="lead" if i == 0 else "chart-note") for i, text in enumerate(rest))
        + facts(tiles(made.told))
    )


@solara.component
def Part(section: Section, pixels: float) -> None:
    """One section: a picture with its table, or sentences with theirs."""
    if section.picture is not None:
        rows = (section.columns, *section.rows)
        note = " ".join(section.sentences)
        ChartCard(
            chart=Chart(section.key, section.title, note, section.caption, section.picture(pixels), rows).as_dict()
        )
    else:
        Prose(html=section_html(section), kind="card")


def section_html(section: Section) -> str:
    """A section without picture; the longer ones folded."""
    inside = "".join(markup.paragraph(text) for text in section.sentences)
    if section.rows:
        inside += markup.table(section.columns, section.rows, section.title)
    if section.key in FOLDED:
        return markup.tag("details", markup.tag("summary", markup.tag("h2", markup.say(section.title))), inside)
    return markup.tag("h2", markup.say(section.title)) + inside
