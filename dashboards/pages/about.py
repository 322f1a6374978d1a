"""About: what this is and is not, how to read it, the words used, and the version."""

from __future__ import annotations

from functools import lru_cache

import solara
from solara.alias import rv

from dashboards.cards.vue_parts import Prose
from dashboards.work.runner import study_for
from dashboards.work.session import Session
from reports import markup
from reports.figures import FIGURES
from scenarios.reading.areas import index
from scenarios.running.study import make_shape
from sim.results import caveats
from sim.version import VERSION

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Peer support", "People with shared experience helping each other: one to one, in groups, online."),
    (
        "A want",
        "A time in which a person would want peer support for a need. A person can have several over the years.",
    ),
    (
        "Available",
        "Something suitable was offered before it was too late, or a free place was there for them. Offered is not used.",
    ),
    ("Started in time", "The person began within the time that was soon enough for them."),
    ("Unmet want", "A want without peer support."),
    ("Mutual group", "A group that its members run themselves."),
    (
        "Peer supporter",
        "A volunteer or paid worker with experience of their own, of a voluntary organisation or the NHS.",
    ),
    ("Link worker", "A social prescriber in primary care who puts people in touch with what exists."),
    ("Board", "An integrated care board: one of the 42 that plan NHS care in England."),
    ("World", "One set of assumptions and one run of luck. Policies are compared in the same worlds."),
    ("Median", "Half of the worlds lie above it and half below."),
    ("Deprivation fifth", "Neighbourhoods of England in five equal parts by the Index of Multiple Deprivation."),
    ("Point", "One in a hundred: from 20% to 23% is three points."),
    ("SD", "Standard deviation: how far people differ from each other. 0.2 of it is called a small effect."),
)


def on_page(caveat: str) -> str:
    """A caveat as a page says it: a command to type becomes the page that shows the same."""
    words, command, _ = caveat.partition(": see `")
    return f"{words}: see the Evidence page." if command else caveat


@solara.component
def About(session: Session, width: int) -> None:
    """The page."""
    with rv.Html(tag="div", class_="stack about"):
        Prose(html=what_card(session.asked.value.area, session.asked.value.seed, levels_of(session)), kind="card")
        Prose(html=read_card(), kind="card")
        Prose(html=meanings_card(), kind="card")
        Prose(html=glossary_card(), kind="card")


def levels_of(session: Session) -> str:
    """What levels rest on in the runs at hand."""
    shown = session.shown.value
    return caveats.LEVELS if shown is None else caveats.levels(shown.plan.shape)


def what_card(area: str, seed: int, levels: str = caveats.LEVELS) -> str:
    """What this is, what it is not, and what was run."""
    study = study_for(index(area), seed)
    run = (
        f"The page runs the same model as the command line. {caveats.about(make_shape(study), study.people)} "
        f"{study.burn_in // 52} years under today’s policy first, then {study.weeks / 52:.0f} years."
    )
    return (
        markup.tag("h2", "For discussion, not prediction")
        + markup.paragraph(
            "This is an agent-based simulation of peer support in England: people, groups, organisations, those who refer and those "
            "who pay act week by week. It is made for asking what would have to change, together, in one room."
        )
        + markup.bullets(
            [
                caveats.FORECAST,
                levels,
                caveats.OFFERED,
                on_page(caveats.VALUES),
                on_page(caveats.JUDGEMENT),
                caveats.PRICES,
            ]
        )
        + markup.paragraph(run)
        + markup.paragraph(f"peerscale {VERSION}, MIT licence.")
    )


@lru_cache(maxsize=1)
def read_card() -> str:
    """How to read the charts."""
    return markup.tag("h2", "How to read what is shown") + markup.bullets(
        (
            caveats.WORLDS,
            "The dark band holds half of the worlds, the light band nine in ten. A dot is one world.",
            "Today’s policy is always shown, dashed and grey.",
            "“No clear change” means that fewer than nine in ten worlds agree on the direction.",
            "Levers set what a policy does, the same in every world. What differs between worlds are the assumptions, which "
            "the Evidence page lists, and luck.",
            "One neighbourhood stands for the area: its people are drawn from the area’s census and health figures.",
        )
    )


@lru_cache(maxsize=1)
def meanings_card() -> str:
    """What each figure of the pages counts. A tile is described by its row here."""
    rows = [
        markup.tag("dt", markup.say(f.short))
        + markup.tag("dd", markup.say(f"{f.title}. {f.note}"), id=f"means-{f.name}")
        for f in FIGURES.values()
    ]
    return markup.tag("h2", "What the figures mean") + markup.tag("dl", *rows, class_="glossary figures")


def glossary_card() -> str:
    """Words used, and what they mean here."""
    rows = [markup.tag("dt", markup.say(word)) + markup.tag("dd", markup.say(meaning)) for word, meaning in GLOSSARY]
    return markup.tag("h2", "Words") + markup.tag("dl", *rows, class_="glossary")
