"""What it would take: the policy, the frontier, the ceilings and the rival accounts, as tables and a CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reports.console import dim, head, out, plain_table
from reports.tables.described import Column, Written, within
from scenarios.questions.solve.confirm import Confirmed
from scenarios.questions.solve.describe import Point
from scenarios.questions.solve.frontier import ALIKE, Report, Step
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.rivals import Robustness, signposts
from scenarios.questions.solve.words import (
    at_bounds,
    certainty,
    confirmed_words,
    first_year,
    headline,
    held_in,
    levers_of,
    pounds,
    shown_steps,
    staying,
    stopped,
    stops,
    verdict_word,
    who_line,
    whom,
)
from scenarios.running.posterior import origin
from scenarios.running.sample import own_numbers, rivals
from scenarios.running.study import make_shape
from sim.numbers.levers import BY_NAME
from sim.results import caveats
from sim.results.counts import PAYERS
from sim.results.summary import Interval
from sim.results.words import number

EIGHTY = "10 to 90% of worlds"
_MONEY = tuple(
    Column(f"gbp_{name.replace(' ', '_')}", f"spent on this line: {name}", "GBP (2024/25) a year", "adults")
    for name in PAYERS.values()
)
FRONTIER = (
    Column("goal", "share of wants that the goal asks for", "share", "wants"),
    Column("reached", "whether a policy that reaches it was found", "true or false"),
    Column("certified", "whether fresh worlds certified it", "true or false"),
    Column("availability_median", "the goal's outcome in fresh worlds, median", "share", "wants"),
    Column("availability_p10", "the same, 10% of worlds lie below", "share", "wants"),
    Column("availability_p90", "the same, 10% of worlds lie above", "share", "wants"),
    Column("gbp_per_adult_year_median", "spent by all payers, median", "GBP (2024/25) a year", "adults"),
    Column("gbp_per_adult_year_p10", "the same, 10% of worlds lie below", "GBP (2024/25) a year", "adults"),
    Column("gbp_per_adult_year_p90", "the same, 10% of worlds lie above", "GBP (2024/25) a year", "adults"),
    Column("gbp_per_point", "what each further point costs from the goal before", "GBP (2024/25) a year", "adults"),
    *_MONEY,
    Column("areas", "names of the areas"),
    Column("adults_a_world", "adults simulated in each world", "people"),
    Column("fresh_worlds", "worlds in which an answer was tested", "worlds"),
    Column("seed", "seed of the study", "number"),
)
"""Columns of frontier.csv."""


def _point(at: str) -> tuple[Column, ...]:
    """A policy as it does in fresh worlds."""
    return within(
        at,
        (
            Column("label", "which policy it is, in words"),
            Column("levers.<lever>", "what each lever is set to", "the lever's"),
            Column("available", "the goal's outcome", f"interval of share; {EIGHTY}", "wants"),
            Column("started", "started in time", f"interval of share; {EIGHTY}", "wants"),
            Column("better", "better off than without support", f"interval of share; {EIGHTY}", "wants"),
            Column("better_by_chance", "better off by chance alone", f"interval of share; {EIGHTY}", "wants"),
            Column("quality", "quality of open organisations at the end", f"interval of 0 to 1; {EIGHTY}"),
            Column(
                "gbp_per_adult_year", "spent by all payers", f"interval of GBP (2024/25) a year; {EIGHTY}", "adults"
            ),
            Column("money.<line>", "spent on each line, mean", "GBP (2024/25) a year", "adults"),
            Column("gate", "gate at which most wants stop, in words"),
            Column("gate_share", "wants that stop there", "share", "wants"),
            Column("who.worst", "group that is worst off; who is null where no group is large enough"),
            Column("who.reached", "the goal's outcome in that group", f"interval of share; {EIGHTY}", "wants"),
            Column("who.best_of_gap", "best-off group of the widest gap"),
            Column("who.worst_of_gap", "worst-off group of the widest gap"),
            Column("who.gap", "best less worst", f"interval of share; {EIGHTY}", "wants"),
            Column("needs[].name", "something that the policy needs"),
            Column("needs[].words", "the same in words"),
            Column("needs[].now", "under the base policy, at the end, median", "number per 10,000", "adults"),
            Column("needs[].median", "under the policy, at the end, median", "number per 10,000", "adults"),
            Column("needs[].low", "10% of worlds lie below", "number per 10,000", "adults"),
            Column("needs[].high", "10% of worlds lie above", "number per 10,000", "adults"),
            Column("needs[].exists", "what is known of how many there are, in words"),
        ),
    )


def _verdict(at: str) -> tuple[Column, ...]:
    """What fresh worlds say of a policy."""
    return within(
        at,
        (
            Column("met", "fresh worlds in which the goal was met", "worlds"),
            Column("worlds", "fresh worlds", "worlds"),
            Column("low", "worlds that meet it: lower limit", "share", "worlds"),
            Column("high", "worlds that meet it: upper limit", "share", "worlds"),
            Column("word", "certified, rejected or open"),
        ),
    )


WRITTEN = (
    Written("frontier.csv of peerscale solve", "a row for each goal of the frontier", FRONTIER),
    Written(
        "answer.json of peerscale solve, and --json",
        "the answer, all that was tested, the frontier, ceilings and rival accounts",
        (
            Column("model", "version of the model", "number"),
            Column("code", "checksum of the code that runs it, cut short"),
            Column("goal.<key>", "the goal, as in its file; its level where it was asked for a budget's"),
            Column("also[]", "what else is asked for, in words"),
            Column("base", "the scenario whose levers are moved"),
            Column("schedule.<lever>.from", "when a lever begins to move, as in the goal's file"),
            Column("schedule.<lever>.over_weeks", "over how many weeks it moves", "weeks"),
            Column("areas[]", "codes of the areas"),
            Column("people", "people asked for in each world", "people"),
            Column("years", "years reported", "years"),
            Column("replicates", "runs of luck averaged in each world of the search", "runs"),
            Column("seed", "seed of the study", "number"),
            Column("headline", "the answer in words"),
            Column("sample", "what was simulated, in words"),
            Column("where_it_stops", "where wants stop, in words"),
            Column("reachable", "false where everything at its most does not meet the goal", "true or false"),
            Column("runs", "runs of worlds in all", "runs"),
            Column("tested[].levers.<lever>", "what each lever of a tested policy is set to", "the lever's"),
            Column(
                "tested[].gbp_per_adult_year", "what it costs in the fresh worlds", "GBP (2024/25) a year", "adults"
            ),
            *_verdict("tested[]."),
            *_point("answer."),
            *_point("today."),
            Column("frontier[].level", "share of wants that the goal asks for", "share", "wants"),
            Column("frontier[].reached", "whether a policy that reaches it was found", "true or false"),
            Column("frontier[].certified", "whether fresh worlds certified it", "true or false"),
            Column(
                "frontier[].shadow_gbp_per_point", "what each further point costs", "GBP (2024/25) a year", "adults"
            ),
            Column("frontier[].binds.gate", "gate whose opening would gain most; binds is null where none does"),
            Column("frontier[].binds.opened", "how it was opened, in words"),
            Column("frontier[].binds.gain", "gained by opening it", f"interval of share; {EIGHTY}", "wants"),
            Column("frontier[].binds.worth_gbp", "those points at their price", "GBP (2024/25) a year", "adults"),
            *_verdict("frontier[].verdict."),
            *_verdict("frontier[].certificate."),
            *_point("frontier[]."),
            *_point("ceilings[]."),
            Column("tier[].<lever>", "levers of policies that fresh worlds do not tell from the answer", "the lever's"),
            Column("certainty", "what the certificate costs, and what cheaper policies are certain of, in words"),
            Column("at_bounds[]", "levers at the end of their range: why it ends there and what lies beyond, in words"),
            Column("staying[].lever", "a lever that was screened and is not searched"),
            Column("staying[].at", "where it stays", "the lever's"),
            Column("staying[].why", "why it stays there, in words"),
            Column("screened[].lever", "each lever, where all were screened first"),
            Column(
                "screened[].effect", "how far its other end moves the goal, mean over other policies", "share", "wants"
            ),
            Column("screened[].error", "standard error of that", "share", "wants"),
            Column("screened[].gbp", "what its other end costs", "GBP (2024/25) a year", "adults"),
            Column("screened[].searched", "whether it was searched", "true or false"),
            Column("noise.within", "variance of the slack within a draw, of one run", "share squared"),
            Column("noise.between", "variance of the slack between draws, luck taken off", "share squared"),
            Column("noise.replicates", "runs of luck averaged in each fresh world", "runs"),
            Column(
                "noise.wanted",
                "runs of luck in each world with which luck would hardly count; null where luck drowns what draws differ",
                "runs",
            ),
            Column("noise.needed", "share of worlds in which the goal is to hold", "share", "worlds"),
            Column("noise.said", "how much of a world's result is luck, in words"),
            Column(
                "stop.steps[]",
                "steps of the ladder that stop the goal; stop is null where a policy is certified, or meets it often enough",
            ),
            Column("stop.alone.<step>", "worlds that meet the goal with that step open alone", "share", "worlds"),
            Column("stop.met", "worlds that meet it as it is", "share", "worlds"),
            Column("stop.met_open", "worlds that meet it with those steps open", "share", "worlds"),
            Column("stop.enough", "whether that is enough", "true or false"),
            Column("stop.worlds", "worlds in which steps were opened", "worlds"),
            Column("stop.draws", "worlds in which assumptions were looked at", "worlds"),
            Column("stop.assumption.name", "the assumption that would have to differ; null where none stands out"),
            Column("stop.assumption.meaning", "the same in words"),
            Column("stop.assumption.unit", "its unit"),
            Column("stop.assumption.now", "its median in these worlds", "the assumption's"),
            Column(
                "stop.assumption.needed", "the value from which on the goal holds in enough worlds", "the assumption's"
            ),
            Column("stop.assumption.beyond", "worlds that lie beyond it", "share", "worlds"),
            Column("stop.assumption.at_best", "worlds that meet the goal in its best tenth", "share", "worlds"),
            Column("stop.assumption.up", "whether more of it helps", "true or false"),
            Column("stop.assumption.of_step", "whether it is a number of the first step", "true or false"),
            Column("stop.said", "all that in words"),
            Column(
                "whole.met_sample", "draws in which the sample met the goal; whole is there with --confirm", "worlds"
            ),
            Column("whole.met_whole", "draws in which the whole areas met it", "worlds"),
            Column("whole.draws", "draws in which both were run", "worlds"),
            Column("whole.difference", "the goal's outcome, whole less sample, mean", "share", "wants"),
            Column("whole.error", "standard error of that", "share", "wants"),
            Column("whole.said", "all that in words"),
            Column("rivals.names[]", "the rival accounts, in words; rivals is left out with --no-robust"),
            Column("rivals.policies[].<lever>", "levers of the policies compared", "the lever's"),
            Column("rivals.met[][]", "worlds in which a policy meets the goal, by rival and policy", "share", "worlds"),
            Column("rivals.cost[][]", "what it costs, by rival and policy", "GBP (2024/25) a year", "adults"),
            Column("rivals.best[]", "number of the best policy under each rival, from 0; -1: none is enough", "number"),
            Column(
                "rivals.regret_points[][]",
                "in how many fewer worlds it meets the goal than the best",
                "share",
                "worlds",
            ),
            Column("rivals.regret_gbp[][]", "what more it costs than the best", "GBP (2024/25) a year", "adults"),
            Column("rivals.first_steps[]", "first-year steps worth taking under every rival, in words"),
            Column("rivals.signposts[]", "what would tell the rivals apart, in words"),
        ),
    ),
)


def show(found: Report, folder: Path) -> None:
    """Sentence, policy, frontier, money, ceilings."""
    said = [headline(found), certainty(found), stopped(found), stops(found)]
    head(out, found.goal.file.question, "\n" + "\n".join(filter(None, said)) + "\n")
    if found.answer.found:
        _show_policy(found)
    for line in at_bounds(found):
        dim(out, line)
    _show_needs(found)
    _show_frontier(found)
    _show_ceilings(found)
    _show_staying(found)


def _show_policy(found: Report) -> None:
    policies = [found.answer.found.bundle, *found.tier]  # type: ignore[union-attr]
    others = [f"or, tier {k}" for k in range(1, len(policies))]
    table = plain_table("lever", "today", "in this policy", *others, "unit")
    columns = [_lever(found.goal, bundle) for bundle in (found.goal.today, *policies)]
    for name, *values in zip(levers_of(found.goal, found.goal.today), *columns, strict=True):
        if _shown(found.goal, name, values):
            table.add_row(name, *values, BY_NAME[name].unit)
    out.print(table)
    if others:
        dim(
            out,
            f"These policies are one tier, not a ranking. Fresh worlds do not tell them apart, and they cost the same within {ALIKE:.0%}. Not a ranking.",
        )
    if found.found:
        out.print(who_line(found.found) + "\n")


def _show_needs(found: Report) -> None:
    """What the answer needs beside money (or the policy of the last step), and whether it exists."""
    p = found.found or found.steps[-1].point
    table = plain_table(
        "it needs, per 10,000 adults", "today", "in this policy", "10 to 90% of worlds", "does it exist?"
    )
    for one in p.needs:
        span = f"{one.low:.2f} to {one.high:.2f}" if one.high > one.low else ""
        table.add_row(one.words, f"{one.now:.2f}", f"{one.median:.2f}", span, one.exists)
    out.print(table)


def _show_staying(found: Report) -> None:
    """Levers that were screened and not searched, each with its reason; and how much of a world is luck."""
    rows = staying(found)
    if rows and found.screen:
        table = plain_table("not searched alone", "it is at", "why")
        for row in rows:
            table.add_row(*row)
        dim(
            out,
            f"Levers were screened first: {found.screen.how}. Those that matter most were searched one by one, the others together.",
        )
        out.print(table)
    if found.noise:
        dim(out, found.noise.said)


def show_whole(found: Confirmed | None) -> None:
    """What whole-area worlds say of the answer; that there is none to run where nothing was certified."""
    head(
        out,
        "Every adult",
        f"\n{confirmed_words(found) if found else 'No policy was certified, so there is none to run.'}\n",
    )


def _shown(goal: Goal, name: str, values: Sequence[str]) -> bool:
    """Whether a lever has a row: one that was searched, or that some policy moves with the others."""
    return name in {span.lever for span in goal.spans} or len({*values, _today(goal, name)}) > 1


def _today(goal: Goal, name: str) -> str:
    return dict(zip(levers_of(goal, goal.today), _lever(goal, goal.today), strict=True))[name]


def _lever(goal: Goal, bundle: np.ndarray) -> list[str]:
    return [v if isinstance(v, str) else f"{v:.3g}" for v in levers_of(goal, bundle).values()]


SHOWN = (
    ("availability", "available"),
    ("started in time", "started"),
    ("better off", "better"),
    ("by chance alone", "by_chance"),
)


def _show_frontier(found: Report) -> None:
    """Goals beside each other: reach, cost, the price of a point, the gate that binds and what opening it is worth."""
    steps = shown_steps(found)
    table = plain_table("the cheapest found", "today", *(f"goal {words}" for words, _ in steps))
    points = [found.today, *(s.point for _, s in steps)]
    table.add_row("met in", "", *(("at most " if " and " in words else "") + held_in(s) for words, s in steps))
    table.add_row("which says", "", *(verdict_word(s) for _, s in steps))
    for word, name in SHOWN:
        table.add_row(word, *(f"{getattr(p, name).median:.0%}" for p in points))
        table.add_row("", *(f"{getattr(p, name).low:.0%} to {getattr(p, name).high:.0%}" for p in points))
    table.add_row("£ per adult a year", *(pounds(p.cost.median) for p in points))
    table.add_row("", *(f"{pounds(p.cost.low)} to {pounds(p.cost.high)}" for p in points))
    table.add_row("each further point costs", "", *(pounds(s.shadow) if s.shadow is not None else "" for _, s in steps))
    table.add_row("the gate that binds", "", *(s.binds.gate if s.binds else "" for _, s in steps))
    table.add_row(
        "opening it gains", "", *(f"{100 * s.binds.gain.median:+.0f} points" if s.binds else "" for _, s in steps)
    )
    table.add_row("which is worth", "", *(pounds(s.worth) if s.worth is not None else "" for _, s in steps))
    head(
        out,
        "The frontier",
        f", in {found.goal.file.search.steps} worlds that neither the search nor the tests of the answer used; "
        "second lines: 10 to 90% of them",
    )
    out.print(table)
    dim(
        out,
        f"The price of a point is from the column before. A gate is opened alone, as far as it goes. That is worth its points at that price. {caveats.OFFERED}\n",
    )
    _show_steps(found.goal, steps)


def _show_steps(goal: Goal, steps: Sequence[tuple[str, Step]]) -> None:
    """What each step's policy is, and what its money goes on."""
    heads = [f"goal {words}" for words, _ in steps]
    table = plain_table("what it does", *heads)
    for name, *values in zip(
        levers_of(goal, goal.today), *(_lever(goal, s.point.bundle) for _, s in steps), strict=True
    ):
        if _shown(goal, name, values):
            table.add_row(name, *values)
    money = plain_table("£ per adult a year on", *heads)
    for name in PAYERS.values():
        values = [s.point.money[name] for _, s in steps]
        if any(v >= 0.005 for v in values):
            money.add_row(name, *(pounds(v) for v in values))
    out.print(table)
    out.print(money)


def _span(point: Point, name: str) -> str:
    found: Interval = getattr(point, name)
    return f"{found.median:.0%} ({found.low:.0%} to {found.high:.0%})"


def _show_ceilings(found: Report) -> None:
    table = plain_table(
        "with only these levers, at their most", "availability", "£ per adult a year", "most wants then stop at"
    )
    for p in found.ceilings:
        table.add_row(p.label, _span(p, "available"), pounds(p.cost.median), f"{p.gate} ({p.gate_share:.0%})")
    out.print(table)


def show_rivals(goal: Goal, found: Robustness) -> None:
    """The answer under each rival, the policies compared, and the regret of each under the others."""
    kept = found.kept()
    policies = plain_table("policies compared", *(f"{k + 1}" for k in kept))
    for name, *values in zip(levers_of(goal, goal.today), *(_lever(goal, found.bundles[k]) for k in kept), strict=True):
        if _shown(goal, name, values):
            policies.add_row(name, *values)
    table = plain_table("if …", "the best is", *(f"regret of {k + 1}" for k in kept))
    for i, rival in enumerate(found.rivals):
        best = f"{found.best[i] + 1}" if found.best[i] >= 0 else f"none ({found.compared[i] + 1} comes nearest)"
        table.add_row(rival, best, *(_regret(found, i, k) for k in kept))
    head(out, "Under rival accounts", f" of how things are, {len(found.met)} in all")
    out.print(policies)
    out.print(table)
    dim(
        out,
        "Regret: in how many fewer of 100 worlds the policy meets the goal than the best there (never counted beyond enough), and "
        "what more it costs per adult a year.",
    )
    out.print(first_year(found))
    for line in signposts(found):
        out.print(line)


def _regret(found: Robustness, rival: int, policy: int) -> str:
    worlds, cost = found.regret_points[rival, policy], found.regret_gbp[rival, policy]
    if policy == found.compared[rival]:
        return "none"
    return f"{100 * worlds:.0f} points\n{number('gbp_per_adult_year', cost, True)}"


def last_words(found: Report, folder: Path) -> None:
    """Of whom it is, what it rests on, and where it is kept."""
    shape = make_shape(found.goal_study(), [(0, 0)])
    study = found.goal_study()
    mine = f"{rivals(study)}{own_numbers(study)}"
    dim(out, f"{whom(found)} {origin(study.told)}{mine} Results and scenario files: {folder}")
    dim(
        out,
        f"A world is one set of assumptions and one run of luck. {caveats.JUDGEMENT} {caveats.levels(shape)} "
        f"{caveats.FORECAST}",
    )


def frontier_rows(found: Report) -> list[dict[str, Any]]:
    """The frontier, a row a goal: what the picture shows, and the money; where, how many people and worlds, and the seed."""
    study = found.goal_study()
    shape = make_shape(study, [(0, 0)])
    about = {
        "areas": "; ".join(shape.names),
        "adults_a_world": shape.people,
        "fresh_worlds": found.goal.file.search.fresh,
        "seed": study.seed,
    }
    return [
        {"goal": s.level, "reached": s.reached, "certified": s.certified}
        | _middle("availability", s.point.available)
        | _middle("gbp_per_adult_year", s.point.cost)
        | {"gbp_per_point": s.shadow}
        | {f"gbp_{name.replace(' ', '_')}": s.point.money[name] for name in PAYERS.values()}
        | about
        for s in found.steps
    ]


def _middle(name: str, found: Interval) -> dict[str, float]:
    return {f"{name}_median": found.median, f"{name}_p10": found.low, f"{name}_p90": found.high}


def write_frontier(path: Path, found: Report) -> None:
    """The frontier's rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [one.name for one in FRONTIER])
        writer.writeheader()
        writer.writerows(frontier_rows(found))
