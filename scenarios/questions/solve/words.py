"""What `solve` found, in sentences and for machines: the command line and the dashboard read it here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.questions.solve.bounds import bounds
from scenarios.questions.solve.confirm import Confirmed
from scenarios.questions.solve.describe import Point
from scenarios.questions.solve.frontier import Report, Step
from scenarios.questions.solve.goal import Goal, percent
from scenarios.questions.solve.kept import head
from scenarios.questions.solve.rivals import Robustness, signposts
from scenarios.questions.solve.runs import group_name
from scenarios.questions.solve.search import Tested
from scenarios.questions.steps import REST_NEEDED
from scenarios.reading.course import word
from scenarios.running.study import make_shape
from sim.results import caveats
from sim.results.summary import Interval
from sim.results.words import WORDS, number

AT_END = 0.98
"""A lever is at the end of its range from this part of the way on."""


def levers_of(goal: Goal, bundle: np.ndarray) -> dict[str, float | str]:
    """A bundle in the units of its levers: those searched one by one, then those moved together; the base policy's where it has
    none."""
    names = [span.lever for span in (*goal.spans, *goal.rest)]
    found = goal.base.levers | goal.values(bundle)
    return {name: word(name, found[name]) for name in names}


def pounds(value: float) -> str:
    """Pounds per adult per year."""
    return number("gbp_per_adult_year", value)


def aim(goal: Goal) -> str:
    """What is asked, in words."""
    asked = goal.file.goal
    floors = [f"{asked.better_at_least:.0%} of wants better off, by chance or not"] * bool(asked.better_at_least)
    floors += [f"quality of at least {asked.quality_at_least:g}"] * bool(asked.quality_at_least)
    floors += [one.said for one in goal.also]
    also = f", with {' and '.join(floors)}" if floors else ""
    return f"{WORDS[asked.outcome]} for {percent(asked.level)} of wants ({group_name(goal)}){also}"


def headline(found: Report) -> str:
    """The answer in a sentence or two, with how sure it is."""
    best = found.answer.found
    if best and found.goal.file.goal.budget:
        return _of_budget(found, best)
    if found.goal.file.goal.budget:
        return (
            f"Nothing is certified within a budget of {pounds(found.goal.file.goal.budget)} per adult per year: no policy of "
            f"{len(found.answer.tested)} meets what is asked for besides in {found.goal.file.goal.worlds:.0%} of worlds."
        )
    if best:
        v = best.verdict
        cost = found.found.cost.median if found.found else best.cost
        return (
            f"{aim(found.goal)}: yes, for about {pounds(cost)} per adult per year (today's policy: "
            f"{pounds(found.today.cost.median)}). It held in {v.met} of {v.worlds} fresh worlds "
            f"({10 * v.met // v.worlds} of 10 of the worlds we assumed; at least {v.low:.0%}, counting every look)."
        )
    if not found.answer.reachable:
        most, top = max(found.answer.tested, key=lambda t: t.verdict.share), found.ceilings[-1]
        return (
            f"{aim(found.goal)}: not reachable with these levers. The best policy tested held in {most.verdict.met} of "
            f"{most.verdict.worlds} fresh worlds. With every lever at its most it is {top.available.median:.0%} "
            f"({top.available.low:.0%} to {top.available.high:.0%})."
        )
    most = max(found.answer.tested, key=lambda t: t.verdict.share)
    return (
        f"{aim(found.goal)}: not certified. The likeliest policy tested held in {most.verdict.met} of {most.verdict.worlds} fresh "
        f"worlds, for about {pounds(most.cost)} per adult per year: too near {found.goal.file.goal.worlds:.0%} to tell. More fresh "
        "worlds or candidates would (under search in the goal file)."
    )


def _of_budget(found: Report, best: Tested) -> str:
    budget = found.goal.file.goal.budget
    return (
        f"{aim(found.goal)}: that is the highest level certified of {len(found.answer.tested)} policies within a budget of "
        f"{pounds(budget)} per adult per year. It costs {pounds(best.cost)}, and at least {found.goal.file.goal.worlds:.0%} of worlds "
        f"reach it ({best.verdict.met} of {best.verdict.worlds} fresh worlds did)."
    )


def certainty(found: Report) -> str:
    """What the certificate costs: the cheapest policy that met the goal as often as asked and is not certified, and what each
    cheaper one is certain of. Nothing where no cheaper one was tested."""
    best, needed = found.answer.found, found.goal.file.goal.worlds
    if best is None or found.goal.file.goal.budget:
        return ""
    cheaper = sorted((t for t in found.answer.tested if t.cost < best.cost and t is not best), key=lambda t: t.cost)
    often = [t for t in cheaper if t.verdict.share >= needed]
    said = "; ".join(
        f"{pounds(t.cost)} (met in {t.verdict.met} of {t.verdict.worlds}, so in at least {t.verdict.low:.0%} of worlds)"
        for t in cheaper
    )
    costs = (
        f"The certificate costs {pounds(best.cost - often[0].cost)} of this: over the fresh worlds that tested it this policy costs "
        f"{pounds(best.cost)}, and the cheapest that met the goal in {needed:.0%} of its own, and is not certified, {pounds(often[0].cost)}. "
        if often
        else f"No cheaper policy that was tested met the goal in {needed:.0%} of its fresh worlds. " * bool(cheaper)
    )
    return costs + (f"Cheaper policies and what they are certain of: {said}." if cheaper else "")


def at_bounds(found: Report) -> list[str]:
    """For each lever of the answer (or of the policy that reached furthest) that stands at the end of its range: why it ends there,
    and what lies beyond."""
    goal, bundle = found.goal, found.answer.found.bundle if found.answer.found else found.steps[-1].point.bundle
    ends = [span.lever for span, u in zip(goal.spans, bundle, strict=False) if u >= AT_END]
    ends += [span.lever for span in goal.rest if bundle[-1] >= AT_END]
    return [
        f"{name} is at {_value(goal, bundle, name)}, the end of its range. {one.why} Beyond: {one.beyond[:1].lower()}{one.beyond[1:]}"
        for name in ends
        if (one := bounds()[name]).values and _value(goal, bundle, name) == _last(name)
    ]


def _value(goal: Goal, bundle: np.ndarray, name: str) -> str:
    value = levers_of(goal, bundle)[name]
    return value if isinstance(value, str) else f"{value:.3g}"


def _last(name: str) -> str:
    value = word(name, bounds()[name].values[-1])
    return value if isinstance(value, str) else f"{value:.3g}"


def staying(found: Report) -> list[tuple[str, str, str]]:
    """(lever, where it is, why) of each that was screened and has no axis of its own."""
    if found.screen is None:
        return []
    own = {span.lever for span in found.goal.spans}
    bundle = found.answer.found.bundle if found.answer.found else found.steps[-1].point.bundle
    now = found.goal.base.levers | found.goal.values(bundle)
    rows = []
    for lever in (span.lever for span in found.screen.spans if span.lever not in own):
        value, moved = word(lever, now[lever]), now[lever] != found.goal.base.levers[lever]
        why = f"Moved with the others that help, {bundle[-1]:.0%} of the way." if moved else bounds()[lever].stays
        rows.append((lever, value if isinstance(value, str) else f"{value:.3g}", why))
    return rows


def stopped(found: Report) -> str:
    """Which step of the ladder stops a goal that nothing was certified for, and which assumption would have to differ."""
    stop = found.stop
    if stop is None:
        return _not_stopped(found)
    first = stop.steps[0]
    labels = [f"'{step.label}' ({step.opens})" for step in stop.steps]
    together = " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)
    alone = f"Opened alone, it meets the goal in {stop.alone[first.name]:.0%} of {stop.worlds} worlds (as it is: {stop.met:.0%})."
    more = (
        f" It takes {together}, open together, for {stop.met_open:.0%}." * (len(labels) > 1)
        if stop.enough
        else f" Even {together}, open together, come to {stop.met_open:.0%}. {REST_NEEDED}"
    )
    which = "that holds it back most" if found.answer.reachable else "that stops it"
    return f"The step of the ladder {which} is '{first.label}': {first.opens}. {alone}{more} {assumed(found)}".rstrip()


def _not_stopped(found: Report) -> str:
    """That no step stops a goal which the furthest policy meets often enough, though nothing is certified."""
    if found.answer.found is not None:
        return ""
    step = next(one for one in found.steps if one.level == found.goal.file.goal.level)
    return (
        f"No step of the ladder stops it: the policy that comes nearest meets the goal in {step.verdict.met} of the "
        f"{step.verdict.worlds} worlds that describe it. More fresh worlds would tell whether that is enough."
    )


def assumed(found: Report) -> str:
    """The assumption that would have to differ, by how much, and in what share of worlds it does."""
    one = found.stop.assumption if found.stop else None
    if one is None:
        looked = found.stop.draws if found.stop else 0
        return (
            f"No assumption stands out in {looked} worlds: none goes with the result by more than luck would."
            if looked
            else ""
        )
    needed, way = found.goal.file.goal.worlds, "more" if one.up else "less"
    what = f"{one.name} ({one.meaning[:1].lower()}{one.meaning[1:]}; median {one.now:.3g}, {one.unit})"
    if one.beyond:
        return (
            f"The assumption that matters most is {what}. At {one.needed:.3g} or {way} the goal would hold in {needed:.0%} of worlds; "
            f"{one.beyond:.0%} of worlds have it so."
        )
    return (
        f"The assumption that matters most is {what}. No value of it in these worlds is enough: in the tenth of worlds with "
        f"{'most' if one.up else 'least'} of it the goal would hold in {one.at_best:.0%}."
    )


def confirmed_words(found: Confirmed) -> str:
    """What whole-area worlds say of the answer."""
    worlds, (gap, error) = len(found.met[0]), found.difference
    return (
        f"In the same {worlds} draws, the answer met the goal in {found.met[1].sum()} with all {found.people[1]:,} adults, and in "
        f"{found.met[0].sum()} with the {found.people[0]:,} of the sample. The goal's outcome differs by {100 * gap:+.1f} points on average "
        f"(standard error {100 * error:.1f}), the cost by {pounds(float((found.cost[1] - found.cost[0]).mean()))}."
    )


def stops(found: Report) -> str:
    """The furthest goal that was reached, and how far any policy came."""
    reached = [s.level for s in found.steps if s.reached]
    top = furthest(found)
    far = f"The best that any policy did in fresh worlds is {top.available.median:.0%} of wants, for {pounds(top.cost.median)} per adult per year."
    if len(reached) == len(found.steps):
        return f"Every goal asked for was reached; the highest is {percent(max(reached))}."
    short = [s.level for s in found.steps if not s.reached and s.verdict.word != "rejected"]
    out = [s.level for s in found.steps if not s.reached and s.verdict.word == "rejected"]
    said = [f"{goals(out)} {'are' if len(out) > 1 else 'is'} not reachable with these levers"] * bool(out)
    said += [
        f"{goals(short)} {'were' if len(short) > 1 else 'was'} not met in enough of the worlds tried, which do not rule it out"
    ] * bool(short)
    where = f"It stops at {percent(max(reached))}" if reached else "None of these goals was reached"
    return f"{where}: {'; '.join(said)}. {far} {why(found)}"


def furthest(found: Report) -> Point:
    """The policy with the most available in the middle one of the fresh worlds."""
    points = [*(s.point for s in found.steps), *found.ceilings, *([found.found] if found.found else [])]
    return max(points, key=lambda p: p.available.median)


def goals(levels: Sequence[float]) -> str:
    """ "65%, 80% and 95%"."""
    words = [percent(level) for level in levels]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def shown_steps(found: Report) -> list[tuple[str, Step]]:
    """Each step with its goal in words; those out of reach by the same policy, as surely, are one."""
    out = [s for s in found.steps if not s.reached]
    steps = [(percent(s.level), s) for s in found.steps if s.reached]
    for first in out:
        same = [
            s
            for s in out
            if np.array_equal(s.point.bundle, first.point.bundle) and s.verdict.word == first.verdict.word
        ]
        if same[0] is first:
            steps.append((goals([s.level for s in same]), first))
    return steps


def verdict_word(step: Step) -> str:
    """What the fresh worlds say of a step, in a word or two."""
    if step.certified:
        return "certified"
    if step.reached:
        return "reached"
    return "not reachable" if step.verdict.word == "rejected" else "falls short"


def held_in(step: Step) -> str:
    """In how many of the worlds in which everything is described it met its goal, and of those that tested it."""
    tested = f"; {step.certificate.met} of the {step.certificate.worlds} that tested it" if step.certificate else ""
    return f"{step.verdict.met} of {step.verdict.worlds} worlds{tested}"


def why(found: Report) -> str:
    """What holds the furthest policy back: the gate whose opening would gain most."""
    last = found.steps[-1]
    if last.binds is None:
        return ""
    b = last.binds
    return (
        f"What holds it back there is the gate '{b.gate}': if it were open ({b.opened}), "
        f"{number(found.goal.file.goal.outcome, b.gain.median, True)} more."
    )


def who_line(p: Point) -> str:
    """Who is worst off under a policy, and the widest gap."""
    if p.who is None:
        return "No group had the 300 wants that it takes to tell who is worst off."
    w = p.who
    return (
        f"Worst off of all groups: {w.worst}, {w.reached.median:.0%} ({w.reached.low:.0%} to {w.reached.high:.0%}). Widest gap: "
        f"{100 * w.gap.median:.0f} points ({100 * w.gap.low:.0f} to {100 * w.gap.high:.0f}) between {w.best_of_gap} and {w.worst_of_gap}."
    )


def first_year(found: Robustness) -> str:
    """What the best policy under every rival does, in a sentence."""
    steps = "; ".join(found.first_steps)
    if not steps:
        return "No first-year step is worth taking under every rival: the best policies have none in common."
    enough = any(best >= 0 for best in found.best)
    whose = "worth taking under every rival" if enough else "shared by the policies that come nearest under every rival"
    return f"First-year steps {whose}: {steps}."


def whom(found: Report) -> str:
    """Where, how many people of how many, how many runs, by which seed."""
    return f"{caveats.people(make_shape(found.goal_study(), [(0, 0)]))} {found.runs} runs, seed {found.goal.file.run.seed}."


def as_dict(found: Report, rivals: Robustness | None = None, whole: Confirmed | None = None) -> dict[str, Any]:
    """For machines."""
    answer = {
        **head(found),
        "headline": headline(found),
        "sample": whom(found),
        "where_it_stops": stops(found),
        "reachable": found.answer.reachable,
        "runs": found.runs,
        "tested": [_tested(found.goal, t) for t in found.answer.tested],
        "answer": _point(found.goal, found.found) if found.found else None,
        "today": _point(found.goal, found.today),
        "frontier": [_step(found.goal, s) for s in found.steps],
        "ceilings": [_point(found.goal, p) for p in found.ceilings],
        "tier": [levers_of(found.goal, b) for b in found.tier],
        "certainty": certainty(found),
        "at_bounds": at_bounds(found),
        "staying": [dict(zip(("lever", "at", "why"), row, strict=True)) for row in staying(found)],
        "screened": _screened(found),
        "noise": vars(found.noise) | {"said": found.noise.said} if found.noise else None,
        "stop": _stop(found),
    }
    more = {"rivals": _rivals(found.goal, rivals)} if rivals else {}
    return answer | more | ({"whole": _whole(whole)} if whole else {})


def _screened(found: Report) -> list[dict[str, Any]]:
    one = found.screen
    if one is None:
        return []
    return [
        {"lever": span.lever, "effect": effect, "error": error, "gbp": gbp, "searched": i in one.searched}
        for i, (span, effect, error, gbp) in enumerate(zip(one.spans, one.effect, one.error, one.cost, strict=True))
    ]


def _stop(found: Report) -> dict[str, Any] | None:
    stop = found.stop
    if stop is None:
        return None
    own = {"steps": [step.name for step in stop.steps], "alone": stop.alone, "met": stop.met, "met_open": stop.met_open}
    assumption = vars(stop.assumption) if stop.assumption else None
    own |= {"enough": stop.enough, "worlds": stop.worlds, "draws": stop.draws}
    return own | {"assumption": assumption, "said": stopped(found)}


def _whole(found: Confirmed) -> dict[str, Any]:
    gap, error = found.difference
    met = {"met_sample": int(found.met[0].sum()), "met_whole": int(found.met[1].sum()), "draws": len(found.met[0])}
    return met | {"difference": gap, "error": error, "said": confirmed_words(found)}


def _tested(goal: Goal, t: Tested) -> dict[str, Any]:
    return {"levers": levers_of(goal, t.bundle), "gbp_per_adult_year": t.cost, **vars(t.verdict)}


def _step(goal: Goal, s: Step) -> dict[str, Any]:
    binds = (
        {"gate": s.binds.gate, "opened": s.binds.opened, "gain": vars(s.binds.gain), "worth_gbp": s.worth}
        if s.binds
        else None
    )
    return {
        "level": s.level,
        "reached": s.reached,
        "certified": s.certified,
        "shadow_gbp_per_point": s.shadow,
        "binds": binds,
        "verdict": vars(s.verdict),
        "certificate": vars(s.certificate) if s.certificate else None,
        **_point(goal, s.point),
    }


def _point(goal: Goal, p: Point) -> dict[str, Any]:
    who = {k: vars(v) if isinstance(v, Interval) else v for k, v in vars(p.who).items()} if p.who else None
    return {
        "label": p.label,
        "levers": levers_of(goal, p.bundle),
        "available": vars(p.available),
        "started": vars(p.started),
        "better": vars(p.better),
        "better_by_chance": vars(p.by_chance),
        "quality": vars(p.quality),
        "gbp_per_adult_year": vars(p.cost),
        "money": p.money,
        "gate": p.gate,
        "gate_share": p.gate_share,
        "who": who,
        "needs": [vars(one) for one in p.needs],
    }


def _rivals(goal: Goal, found: Robustness) -> dict[str, Any]:
    return {
        "names": found.rivals,
        "met": found.met.tolist(),
        "cost": found.cost.tolist(),
        "best": found.best,
        "regret_points": found.regret_points.tolist(),
        "regret_gbp": found.regret_gbp.tolist(),
        "first_steps": found.first_steps,
        "signposts": list(signposts(found)),
        "policies": [levers_of(goal, b) for b in found.bundles],
    }
