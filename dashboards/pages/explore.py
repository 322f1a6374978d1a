"""Explore: one story, one chart, three levers and what we do not know; then everything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import solara
from solara.alias import rv

from dashboards.asked.levers_panel import groups
from dashboards.asked.names import policy_name
from dashboards.asked.scenario_text import scenario_of
from dashboards.asked.state import Asked, Policy, question
from dashboards.cards.answer import answer_card, where_line
from dashboards.cards.assumption import LEVELS, told_apart
from dashboards.cards.board_map import BoardMap
from dashboards.cards.hatch import as_assumed
from dashboards.cards.ladder_card import LadderCard
from dashboards.cards.relief_card import ReliefCard
from dashboards.cards.tiles import tiles
from dashboards.cards.vue_parts import ChartCard, Levers, Prose, Tiles, Waiting
from dashboards.pages.about import meanings_card, on_page
from dashboards.pages.journeys import story_card
from dashboards.work.runner import study_for, study_of, the_runner
from dashboards.work.session import Session, Shown
from reports import markup, svg
from reports.charts import Bar, Chart, Spot, bars, spots
from reports.differences import DRAWN, TODAY, beside_today, difference_words, level_and_range
from reports.figures import FIGURES
from reports.lever_words import why_still
from reports.what_changed import Said, explain
from scenarios.reading.areas import index
from scenarios.reading.rival_evidence import in_words
from scenarios.running import posterior
from scenarios.running.sample import short_burn_in
from sim.errors import UserError
from sim.results import caveats, gainers, summary
from sim.results.outcome import Outcome
from sim.results.result import Result
from sim.results.words import DIFFERENCES, WHO, level_words

HEADS = {
    "say_nothing": "",
    "headline": "",
    "change": "What changes",
    "why": "Why: where wants end",
    "who": "Who gains, who loses",
    "none": "",
}
GROUPINGS = {"needs group": "Need"}
UNKNOWN = (caveats.OFFERED, on_page(caveats.JUDGEMENT), on_page(caveats.VALUES), caveats.ONE_PLACE, caveats.FORECAST)


@solara.component
def Explore(session: Session, width: int) -> None:
    """The page. Panel left, results right; on a phone one under the other."""
    asked, shown = session.asked.value, session.shown.value
    try:
        scenario = scenario_of(asked.policy)
    except UserError:
        scenario = scenario_of(type(asked.policy)())
    panel = groups(asked.policy, scenario, not asked.unfolded, session.heard.value)
    with rv.Html(tag="div", class_="explore" + ("" if asked.unfolded else " opening")):
        with rv.Html(tag="div", class_="side card"):
            Levers(
                groups=panel,
                opening=not asked.unfolded,
                event_changed=session.set_lever,
                event_reset=session.reset_lever,
                event_unfold=lambda _: session.go(unfolded=True),
            )
        if shown is None:
            work = session.work.value
            Waiting(
                words=waiting_words(study_for(index(asked.area)).burn_in),
                what=work.problem or work.what,
                part=work.part,
                left=work.left,
            )
        else:
            one = 700.0 if asked.present and width >= 900 else chart_width(width, asked.unfolded)
            Results(session, shown, one, one if asked.unfolded else min(whole_width(width), 980.0))


def chart_width(window: int, unfolded: bool) -> float:
    """Pixels for a chart in a window of this width: beside levers and, folded in a wide window, beside the answer in words."""
    if window < 900:
        return max(330.0, window - 44.0)
    if unfolded:
        return min(window - 460.0, 900.0)
    return min((window - 80) / 2 - 40, 760.0) if window < 1280 else min((min(window, 1640) - 386) * 0.54 - 44, 700.0)


def whole_width(window: int) -> float:
    """Pixels for a chart on a page without the panel of levers."""
    return chart_width(window if window < 900 else window + 330, True)


def waiting_words(burn_in: int) -> str:
    """Why the first answer takes longer than others."""
    return (
        f"The first answer needs {burn_in // 52} years of today’s policy, so that what exists has settled. "
        "This is done once for each area and then kept."
    )


@solara.component
def Results(session: Session, shown: Shown, width: float, wide: float) -> None:
    """Tiles, chart and the rest, for the runs at hand. `wide`: pixels of a chart that has the page's whole width."""
    asked = session.asked.value
    stale = question(asked) != question(shown.asked)
    name = policy_at_hand(shown)
    page = solara.use_memo(
        lambda: draw(asked, shown, width),
        [shown, asked.chart, asked.unfolded, asked.present, asked.pounds, asked.rivals, width],
    )
    with rv.Html(tag="div", class_="results"):
        Prose(html=page.where, kind="where")
        Tiles(tiles=page.tiles, event_pick=lambda data: session.go(chart=str(data["name"])))
        # Under the levers' eye nothing moves: the chart comes before what grows, and an estimate is told where the source was.
        words = the_runner().effects.words() if shown.guess else source(shown)
        ChartCard(chart=page.charts[0], source=source(shown), stale=stale, foot=words, estimate=shown.guess)
        Prose(html=page.answer, kind="card in-short" + (" stale" if shown.guess else ""))
        if not asked.present:
            LadderCard(shown.asked.policy, study_of(shown.asked), name, source(shown), wide)
        if asked.unfolded:
            Prose(html=page.changes, kind="card changes")
        for chart in page.charts[1:]:
            ChartCard(chart=chart, source=source(shown), stale=stale)
            if chart["name"] == "cascade":
                ReliefCard(shown.asked.policy, study_of(shown.asked), name, source(shown), width)
        if asked.unfolded and shown.plan is not shown.today:
            BoardMap(shown.asked.policy, shown.asked.seed, shown.asked.rivals, name, width)
        if not asked.unfolded:
            Prose(html=page.story, kind="card story" + (" stale" if shown.guess else ""))
        Prose(html=unknown_card(caveats.levels(shown.plan.shape), too_short(shown)), kind="card unknown")
        Prose(html=meanings_card(), kind="card meanings")


@dataclass(frozen=True)
class Drawn:
    """What is made of two runs, ready to be sent: made once, not again when a lever moves and the runs are still the old."""

    tiles: list[dict[str, Any]]
    charts: list[dict[str, Any]]
    where: str = ""
    answer: str = ""
    changes: str = ""
    story: str = ""


def draw(asked: Asked, shown: Shown, width: float) -> Drawn:
    """Tiles, charts and texts of the page, folded or unfolded as asked."""
    name, figure = policy_at_hand(shown), FIGURES[asked.chart]
    found = tiles(asked, shown.today, shown.plan)
    cards = [as_assumed(main_chart(figure, shown, name, width), figure.name, shown.asked)]
    named = named_at_hand(shown)
    said = where_line(shown.asked, named), answer_card(shown.asked, named, guess=shown.guess)
    if not asked.unfolded:
        return Drawn(found, [chart.as_dict() for chart in cards], *said, story=story_card(shown))
    quiet = not told_apart(shown.asked)  # then the first chart has said it
    cards += [
        replace(as_assumed(chart, "", shown.asked), quiet=quiet)
        for chart in (cascade_chart(shown, name, width), group_chart(shown, name, width))
    ]
    why = tuple(explain(shown.today, shown.plan, asked.pounds))
    return Drawn(found, [chart.as_dict() for chart in cards], *said, changes_card(why, shown.asked.policy))


def named_at_hand(shown: Shown) -> list[tuple[str, Result]]:
    """Today's policy and, where another is at hand, that one."""
    today = [(TODAY, shown.today)]
    return today if shown.plan is shown.today else [*today, (policy_at_hand(shown), shown.plan)]


def policy_at_hand(shown: Shown) -> str:
    """What the policy shown is called in charts."""
    return "Your policy" if shown.asked.policy.sets else policy_name(shown.asked.policy)


def source(shown: Shown) -> str:
    """One line for files that are taken away."""
    rivals = f"Rival evidence: {in_words(shown.asked.rivals)}. " if shown.asked.rivals else ""
    return (
        f"peerscale. {caveats.about(shown.plan.shape)}{too_short(shown)} {rivals}"
        f"Levels: {caveats.status(shown.plan.shape)}.{posterior.unfitted()} {caveats.FORECAST}"
    )


def main_chart(figure: Outcome, shown: Shown, name: str, width: float) -> Chart:
    """The chosen figure: today's level and, under another policy, the difference."""
    policies = [] if shown.plan is shown.today else [(name, svg.PLAN, shown.plan)]
    return beside_today(figure, shown.today, policies, figure_sentence(figure, shown), width)


def figure_sentence(figure: Outcome, shown: Shown) -> str:
    """What the chart says, in words: today's middle and range, the policy's difference, and in how many worlds it differs."""
    if not summary.interval(figure.worlds(shown.today)).worlds:
        return "Nothing was counted for this figure."
    level = f"{TODAY}: {level_and_range(figure, shown.today)}."
    if shown.plan is shown.today:
        return f"{level} Move a lever to see what differs."
    return f"{level} {policy_at_hand(shown)}: {difference_words(figure, shown.today, shown.plan)}."


def changes_card(said: tuple[Said, ...], policy: Policy) -> str:
    """What changed and why."""
    title = markup.tag("h2", "What changed and why")
    if not said and policy.sets:
        return (
            title
            + markup.paragraph("Nothing that is counted here differs from today’s policy.", class_="lead")
            + markup.bullets(why_still(name) for name, _ in policy.sets)
        )
    if not said:
        return title + markup.paragraph(
            "Nothing differs from today’s policy yet. Move a lever, or choose a policy above."
        )
    parts, last = [title], ""
    for kind in ("headline", "change", "why", "who", "none"):
        texts = [item.text for item in said if item.kind == kind]
        if texts and HEADS[kind]:
            parts.append(markup.tag("h3", HEADS[kind]))
        parts.append(
            markup.bullets(texts)
            if HEADS[kind] and texts
            else "".join(markup.paragraph(text, class_="lead" if kind == "headline" else kind) for text in texts)
        )
        last = kind
    return "".join(parts) if last else title


def cascade_chart(shown: Shown, name: str, width: float) -> Chart:
    """Where people who want it are lost: of 100 wants, where each ends."""
    lines = [
        Bar(_gate(a.name), (100 * a.share, 100 * b.share), not a.name.startswith("stopped"))
        for a, b in summary.cascades([shown.today, shown.plan])
    ]
    top = summary.biggest_loss(shown.plan)
    words = (
        f"Most wants are lost here: {_gate(top.name)} ({100 * top.share:.1f} of 100)." if top else "No want is lost."
    )
    return bars(
        "cascade",
        "Where people who want it are lost",
        "Of 100 wants, each once: at the first thing that failed, or where it ended.",
        words,
        ((TODAY, svg.TODAY), (name, svg.PLAN)),
        lines,
        width,
        " (of 100 wants)",
    )


def _gate(name: str) -> str:
    words = name.removeprefix("stopped: ").removeprefix("succeeded: ")
    short = {
        "came, and not better off by the stated minimum": "came, not better off enough",
        "did not ask, and no referral arrived": "did not ask, none referred",
    }
    return short.get(words, words)


def group_chart(shown: Shown, name: str, width: float) -> Chart:
    """Availability by group on one scale: today's level and the difference."""
    same = shown.plan is shown.today
    words = (
        "Under today’s policy."
        if same
        else " ".join(gainers.sentences(shown.today, shown.plan)) or "Too few wants to say who gains."
    )
    note = f"Had in time, or a free place kept, by group, on one scale. {caveats.SMALL} {DRAWN}"
    return spots("groups", "Who finds it available", note, words, (TODAY, name), group_lines(shown), width)


def group_lines(shown: Shown) -> list[Spot]:
    """Every group of every grouping: today's level and the difference; pooled as the summary pools them."""
    found: list[tuple[str, Spot]] = []
    for dimension in WHO:
        for one, two in summary.side_by_side([shown.today, shown.plan], dimension):
            head = GROUPINGS.get(dimension, dimension.capitalize()) if not found or found[-1][0] != dimension else ""
            found.append((dimension, _spot(one, two, head)))
    return [spot for _, spot in found]


def _spot(a: summary.Group, b: summary.Group, head: str) -> Spot:
    words = level_words(a.dimension, a.level)
    today, pair = a.interval, summary.pair(a.per_world, b.per_world)
    level, change = (today.median, today.low, today.high), pair.difference
    plan = (today.median + change.median, today.median + change.low, today.median + change.high)
    return Spot(
        words[:1].upper() + words[1:],
        level,
        plan if pair.up or pair.down else level,
        head,
        a.small or b.small,
        change.median,
    )


def too_short(shown: Shown) -> str:
    """That the runs at hand began before anybody could tell whether they had settled; nothing where they are long enough."""
    return short_burn_in(study_for(index(shown.asked.area)))


@lru_cache(maxsize=4)
def unknown_card(levels: str, short: str = "") -> str:
    """What we do not know, at the size of everything else. `short`: that the burn-in is, where it is."""
    said = (levels, short.strip(), LEVELS, DIFFERENCES, *UNKNOWN, posterior.levels_note(posterior.choose()))
    return markup.tag("h2", "What we do not know") + markup.bullets(text for text in said if text)
