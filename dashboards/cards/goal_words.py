"""What the page "What it would take" says: how far the search is, the answer, its policy, its tier, the ceilings."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboards.cards.goal_charts import cost_words, range_words
from dashboards.work.jobs import DONE, FAILED, RUNNING, STOPPED, WAITING
from dashboards.work.searching import Look
from reports import markup
from reports.lever_words import label, say_lever, unit_words
from scenarios.questions.solve.frontier import ALIKE, Report, most_runs
from scenarios.questions.solve.goal import Goal, percent
from scenarios.questions.solve.runs import study_of
from scenarios.questions.solve.words import headline, pounds, stops, who_line
from scenarios.reading.load import to_toml
from scenarios.running.study import make_shape
from sim.numbers.levers import BY_NAME
from sim.results import caveats
from sim.results.outcomes import MAIN
from sim.results.words import many, number

STAGES = (
    "A first set of policies",
    "A closer look where it is cheapest",
    "Testing in fresh worlds",
    "The frontier, and where it stops",
)
VERDICTS = {"certified": "held", "rejected": "did not hold", "open": "could not be told"}


def stage_at(stage: str, rounds: int) -> int:
    """Which of STAGES goes on, from what `solve` said last."""
    if not stage:
        return 0
    if stage.startswith("first") or stage.startswith("round"):
        last = stage.startswith(f"round {rounds} ") or rounds == 0
        return 2 if last else 1
    return 2 if stage.startswith("bundle") else 3


def stage_rows(look: Look, goal: Goal) -> list[dict[str, str]]:
    """The steps of the search, each done, going on or still to come."""
    table = goal.file.search
    at = stage_at(look.stage, table.rounds) if look.state != DONE else len(STAGES)
    details = (
        f"{table.bundles} policies in the same {table.worlds} worlds",
        f"{many(table.rounds, 'round')} of {table.each_round} policies",
        f"policies in up to {table.fresh} worlds not used before each, at most {table.fresh * table.candidates} in all",
        f"{len(goal.file.frontier)} goals and the levers at their most, in {goal.file.search.steps} more fresh worlds",
    )
    states = ["done" if i < at else "now" if i == at and look.state == RUNNING else "next" for i in range(len(STAGES))]
    return [
        {"title": title, "detail": detail, "state": state}
        for title, detail, state in zip(STAGES, details, states, strict=True)
    ]


def progress_words(look: Look, goal: Goal) -> str:
    """One sentence for everybody, those who hear the page too."""
    years = study_of(goal, {}).burn_in / 52
    done = f"{len(look.tried)} policies, {look.runs:,} runs of at most {look.most:,}"
    if look.state == WAITING:
        return "Waiting for another search on this machine to end."
    if look.state == STOPPED:
        return f"Stopped after {done}. What was run is kept: the search goes on from there."
    if look.state == FAILED:
        return look.problem
    if look.state == DONE:
        return f"Done: {done}."
    if not look.runs:
        return f"{many(years, 'year')} of today’s policy are run first, so that what exists has settled."
    last = look.stage.removeprefix("bundle ").split()
    tested = (
        f" Policy {last[0]} tested: it {VERDICTS.get(last[1], last[1])}." if look.stage.startswith("bundle") else ""
    )
    return f"{done}.{tested}"


def size_words(goal: Goal) -> str:
    """How much a search may run, before it begins."""
    study = study_of(goal, {})
    shape = make_shape(study)
    people = shape.places * shape.place_size
    return (
        f"At most {most_runs(goal):,} runs of {people:,} adults over {many(study.weeks / 52, 'year')}; fewer where the answer is clear sooner. "
        + (caveats.ONE_PLACE if shape.neighbourhoods == 1 else "")
    )


def answer_card(found: Report) -> str:
    """The answer, how sure, and figures beside it."""
    said = (
        markup.tag("h2", "The answer")
        + markup.paragraph(headline(found), class_="lead")
        + markup.paragraph(stops(found))
    )
    said += tiles(found) + (
        markup.paragraph(binds(found)) + markup.paragraph(who_line(found.found)) if found.found else ""
    )
    said += policy_table(found) + tier_words(found)
    return said + markup.paragraph(f"{caveats.OFFERED} {caveats.WORLDS} {caveats.FORECAST}", class_="chart-note")


def tiles(found: Report) -> str:
    """The main figures of the policy found, or of the furthest one."""
    best, p = found.answer.found, found.found
    if best is None or p is None:
        top = found.ceilings[-1]
        rows = [
            ("Every lever at its most: available", range_words(top.available)),
            ("and it costs", cost_words(top.cost)),
            ("Most wants then stop at", f"{top.gate} ({top.gate_share:.0%})"),
        ]
    else:
        v = best.verdict
        rows = [
            ("The goal held in", f"{v.met} of {v.worlds} fresh worlds"),
            ("Cost per adult per year", cost_words(p.cost)),
            ("Available", range_words(p.available)),
            ("Started in time", range_words(p.started)),
            ("Wants that end better off", range_words(p.better)),
            ("By chance alone", range_words(p.by_chance)),
            ("Most wants stop at", f"{p.gate} ({p.gate_share:.0%})"),
        ]
    return facts(rows)


def binds(found: Report) -> str:
    """The gate that binds at the answer, or at the furthest goal: its name, what opening it gains and what that is worth."""
    step = next((s for s in found.steps if s.certified), found.steps[-1])
    if step.binds is None:
        return ""
    gain = number(MAIN, step.binds.gain.median, True)
    worth = f", worth {pounds(step.worth)} per adult per year" if step.worth is not None else ""
    return f"The gate that binds for {percent(step.level)} is “{step.binds.gate}”: if it were open ({step.binds.opened}), {gain}{worth}."


def facts(rows: list[tuple[str, str]]) -> str:
    """Figures as tiles that are read, not pressed."""
    items = (
        markup.tag(
            "div",
            markup.tag("dt", markup.say(name), class_="tile-label"),
            markup.tag("dd", markup.say(value)),
            class_="tile",
        )
        for name, value in rows
    )
    return markup.tag("dl", *items, class_="tiles facts")


def policy_table(found: Report) -> str:
    """Lever by lever: today, and in the policy found."""
    if found.answer.found is None:
        return ""
    head = ["lever", "today", "in this policy", ""]
    rows = [
        [label(name), say_lever(BY_NAME[name], BY_NAME[name].today), value, unit_words(BY_NAME[name])]
        for name, value in said_levers(found.goal, found.answer.found.bundle)
    ]
    return markup.tag("h3", "The policy") + markup.table(head, rows, "The policy, lever by lever")


def said_levers(goal: Goal, bundle: np.ndarray) -> list[tuple[str, str]]:
    """(lever, value in words) of a bundle."""
    return [(s.lever, say_lever(BY_NAME[s.lever], s.at(u))) for s, u in zip(goal.spans, bundle, strict=True)]


def tier_words(found: Report) -> str:
    """Policies that the runs cannot tell from the answer, and the cheaper ones that did not hold."""
    parts = []
    if found.answer.found is not None:
        others = [", ".join(f"{label(name)} {value}" for name, value in said_levers(found.goal, b)) for b in found.tier]
        parts.append(markup.tag("h3", "A tier, not a ranking"))
        parts.append(
            markup.paragraph(
                f"The runs cannot tell these policies from it. They are as likely to hold, within {ALIKE:.0%} of its cost."
            )
            + markup.bullets(others)
            if others
            else markup.paragraph("No policy unlike this one was as cheap and as likely to hold.")
        )
    rows = [
        [
            ", ".join(f"{label(name)} {value}" for name, value in said_levers(found.goal, t.bundle)),
            f"{t.verdict.met} of {t.verdict.worlds}",
            VERDICTS[t.verdict.word],
            pounds(t.cost),
        ]
        for t in found.answer.tested
    ]
    table = markup.table(
        ["policy", "goal held in (fresh worlds)", "so", "cost per adult per year"],
        rows,
        "Policies tested in fresh worlds",
    )
    return "".join(parts) + markup.tag("details", markup.tag("summary", "Every policy that was tested"), table)


def ceilings_card(found: Report) -> str:
    """How far each set of levers reaches at its most."""
    rows = [
        [p.label.capitalize(), range_words(p.available), cost_words(p.cost), f"{p.gate} ({p.gate_share:.0%})"]
        for p in found.ceilings
    ]
    top = found.ceilings[-1]
    words = (
        f"With every lever at its most, {range_words(top.available)} is reached, and most wants stop at: {top.gate} "
        f"({top.gate_share:.0%}). No money beyond these ranges was tried."
    )
    head = ["with only these levers, at their most", "availability", "cost per adult per year", "most wants stop at"]
    return (
        markup.tag("h2", "The ceiling of each set of levers")
        + markup.paragraph(words)
        + markup.table(head, rows, "Ceilings")
    )


def scenario_text(found: Report) -> str:
    """The policy found as a scenario file; nothing where none was."""
    best = found.answer.found
    return to_toml(found.goal.scenario(best.bundle)) if best else ""


def files(goal: Goal, text: str, found: Report | None) -> list[dict[str, Any]]:
    """What can be taken away."""
    rows = [{"label": "Save the goal (peerscale solve)", "name": f"goal_{goal.file.name}.toml"[-60:], "text": text}]
    if found is not None and found.answer.found is not None:
        rows.append(
            {"label": "Save the policy (peerscale run)", "name": f"{goal.file.name}.toml", "text": scenario_text(found)}
        )
    return rows
