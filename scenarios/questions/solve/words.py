"""What `solve` found, in sentences and for machines: the command line and the dashboard read it here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.questions.solve.describe import Point
from scenarios.questions.solve.frontier import Report, Step
from scenarios.questions.solve.goal import Goal
from scenarios.questions.solve.rivals import Robustness, signposts
from scenarios.questions.solve.runs import group_name
from scenarios.questions.solve.search import Tested
from scenarios.reading.course import word
from scenarios.running.study import make_shape
from sim.results import caveats
from sim.results.summary import Interval
from sim.results.words import WORDS, number


def levers_of(goal: Goal, bundle: np.ndarray) -> dict[str, float | str]:
    """A bundle in the units of its levers."""
    return {span.lever: word(span.lever, span.at(u)) for span, u in zip(goal.spans, bundle, strict=True)}


def pounds(value: float) -> str:
    """Pounds per adult per year."""
    return number("gbp_per_adult_year", value)


def aim(goal: Goal) -> str:
    """What is asked, in words."""
    asked = goal.file.goal
    floors = [f"{asked.better_at_least:.0%} of wants better off, by chance or not"] * bool(asked.better_at_least)
    floors += [f"quality of at least {asked.quality_at_least:g}"] * bool(asked.quality_at_least)
    also = f", with {' and '.join(floors)}" if floors else ""
    return f"{WORDS[asked.outcome]} for {asked.level:.0%} of wants ({group_name(goal)}){also}"


def headline(found: Report) -> str:
    """The answer in a sentence or two, with how sure it is."""
    best = found.answer.found
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


def stops(found: Report) -> str:
    """The furthest goal that was reached, and how far any policy came."""
    reached = [s.level for s in found.steps if s.reached]
    top = furthest(found)
    far = f"The best that any policy did in fresh worlds is {top.available.median:.0%} of wants, for {pounds(top.cost.median)} per adult per year."
    if len(reached) == len(found.steps):
        return f"Every goal asked for was reached; the highest is {max(reached):.0%}."
    short = [s.level for s in found.steps if not s.reached and s.verdict.word != "rejected"]
    out = [s.level for s in found.steps if not s.reached and s.verdict.word == "rejected"]
    said = [f"{goals(out)} {'are' if len(out) > 1 else 'is'} not reachable with these levers"] * bool(out)
    said += [
        f"{goals(short)} {'were' if len(short) > 1 else 'was'} not met in enough of the worlds tried, which do not rule it out"
    ] * bool(short)
    where = f"It stops at {max(reached):.0%}" if reached else "None of these goals was reached"
    return f"{where}: {'; '.join(said)}. {far} {why(found)}"


def furthest(found: Report) -> Point:
    """The policy with the most available in the middle one of the fresh worlds."""
    points = [*(s.point for s in found.steps), *found.ceilings, *([found.found] if found.found else [])]
    return max(points, key=lambda p: p.available.median)


def goals(levels: Sequence[float]) -> str:
    """ "65%, 80% and 95%"."""
    words = [f"{level:.0%}" for level in levels]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def shown_steps(found: Report) -> list[tuple[str, Step]]:
    """Each step with its goal in words; those out of reach by the same policy, as surely, are one."""
    out = [s for s in found.steps if not s.reached]
    steps = [(f"{s.level:.0%}", s) for s in found.steps if s.reached]
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


def as_dict(found: Report, rivals: Robustness | None = None) -> dict[str, Any]:
    """For machines."""
    answer = {
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
    }
    return answer | ({"rivals": _rivals(found.goal, rivals)} if rivals else {})


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
