"""`solve`: the goal's answer, the frontier and what limits it, for people, for machines and as files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from calibration.extras import install_line
from calibration.whole import written_whole
from peerscale.commands.run import out, say
from peerscale.given_types import must_have_room
from peerscale.keeping import kept_on_a_stop, tell_tried_again
from peerscale.options import Typed, local_files
from peerscale.waiting import progress, rows_seconds
from reports import as_json as machine
from reports import terminal as report
from reports.console import dim, head, plain_table
from scenarios.questions.solve.describe import Point
from scenarios.questions.solve.frontier import ALIKE, Report, Step, most_runs, solve
from scenarios.questions.solve.goal import Goal, load_goal
from scenarios.questions.solve.rivals import MOST, Robustness, robustness, signposts
from scenarios.questions.solve.runs import PEOPLE_AT_ONCE, Runs, study_of
from scenarios.questions.solve.words import (
    as_dict,
    first_year,
    headline,
    held_in,
    levers_of,
    pounds,
    shown_steps,
    stops,
    verdict_word,
    who_line,
    whom,
)
from scenarios.reading.load import to_toml
from scenarios.reading.rivals import RIVALS
from scenarios.running.posterior import choose, origin
from scenarios.running.study import make_shape
from sim.errors import UserError
from sim.numbers.levers import BY_NAME
from sim.results import caveats
from sim.results.summary import PAYERS, Interval
from sim.results.words import number


def solve_command(name: str, folder: Path, robust: bool, as_json: bool, workers: int, typed: Typed) -> None:
    """Search, certify, tell; keep runs, scenario files, tables and picture in `folder`."""
    goal = _goal(name, typed)
    if find_spec("scipy") is None:
        raise UserError(
            "the search is not installed",
            key="solve",
            rule="SciPy",
            got="they cannot be found",
            try_=install_line("calibrate"),
        )
    folder = folder / goal.file.name
    must_have_room(folder)
    most = most_runs(goal)
    with (
        progress("Solving", search_seconds(goal, most, workers), most=True) as tell,
        Runs(goal, folder, workers, tell=lambda done: tell(min(0.99, done / most))) as runs,
        kept_on_a_stop(runs.finished),
    ):
        found = solve(goal, runs)
    tell_tried_again(runs.finished)
    rivals = None
    if robust and goal.file.search.rival_worlds:
        with progress("Rivals", rival_seconds(goal, workers), most=True) as tell:
            rivals = robustness(goal, found, folder, workers, tell)
    _write(folder, found, rivals)
    if as_json:
        say(as_dict(found, rivals))
        return
    show(found, folder)
    if rivals:
        _show_rivals(found.goal, rivals)
    _last_words(found, folder)


def search_seconds(goal: Goal, runs: int, workers: int) -> float:
    """About how long a search takes that runs so many worlds; each world's years before the policy are run once."""
    table = goal.file.search
    return _seconds(goal, runs, table.worlds + table.fresh + table.steps, workers)


def rival_seconds(goal: Goal, workers: int) -> float:
    """About how long the rival accounts take, at most."""
    worlds = len(RIVALS) * goal.file.search.rival_worlds
    return _seconds(goal, worlds * MOST, worlds, workers)


def _seconds(goal: Goal, runs: int, starts: int, workers: int) -> float:
    study = study_of(goal, {})
    people = make_shape(study, [(0, 0)]).people * study.replicates
    return rows_seconds(people, study.weeks, study.burn_in, runs, max(1, PEOPLE_AT_ONCE // people), workers, starts)


def _goal(name: str, typed: Typed) -> Goal:
    """The goal, with the inventory, the area and the posterior that were typed."""
    goal = load_goal(name)
    settings = replace(goal.base.run, areas=tuple(goal.file.run.areas))
    areas, inventory, own = local_files(typed, settings)
    return replace(goal, areas=areas, inventory=inventory, own=own, posterior=choose(typed.posterior))


def show(found: Report, folder: Path) -> None:
    """Sentence, policy, frontier, money, ceilings."""
    head(out, found.goal.file.question, f"\n{headline(found)}\n{stops(found)}\n")
    if found.answer.found:
        _show_policy(found)
    _show_frontier(found)
    _show_ceilings(found)


def _show_policy(found: Report) -> None:
    policies = [found.answer.found.bundle, *found.tier]  # type: ignore[union-attr]
    others = [f"or, tier {k}" for k in range(1, len(policies))]
    table = plain_table("lever", "today", "in this policy", *others, "unit")
    for i, span in enumerate(found.goal.spans):
        values = [_lever(found.goal, bundle)[i] for bundle in policies]
        table.add_row(
            span.lever, _lever(found.goal, np.zeros(len(found.goal.spans)))[i], *values, BY_NAME[span.lever].unit
        )
    out.print(table)
    if others:
        dim(
            out,
            f"One tier: fresh worlds do not tell these policies apart, and they cost the same within {ALIKE:.0%}. Not a ranking.",
        )
    if found.found:
        out.print(who_line(found.found) + "\n")


def _lever(goal: Goal, bundle: np.ndarray) -> list[str]:
    return [v if isinstance(v, str) else f"{v:.3g}" for v in levers_of(goal, bundle).values()]


def _show_frontier(found: Report) -> None:
    """Goals beside each other: reach, cost, the price of a point, the gate that binds and what opening it is worth."""
    steps = shown_steps(found)
    table = plain_table("the cheapest found", "today", *(f"goal {words}" for words, _ in steps))
    points = [found.today, *(s.point for _, s in steps)]
    table.add_row("met in", "", *(("at most " if " and " in words else "") + held_in(s) for words, s in steps))
    table.add_row("which says", "", *(verdict_word(s) for _, s in steps))
    for word, name in (("availability", "available"), ("started in time", "started"), ("better off", "better")):
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
        f"The price of a point is from the column before. A gate is opened alone, as far as it goes; what that is worth is its "
        f"points at that price. {caveats.OFFERED}\n",
    )
    _show_steps(found.goal, steps)


def _show_steps(goal: Goal, steps: Sequence[tuple[str, Step]]) -> None:
    """What each step's policy is, and what its money goes on."""
    heads = [f"goal {words}" for words, _ in steps]
    table = plain_table("what it does", *heads)
    for i, span in enumerate(goal.spans):
        table.add_row(span.lever, *(_lever(goal, s.point.bundle)[i] for _, s in steps))
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


def _show_rivals(goal: Goal, found: Robustness) -> None:
    """The answer under each rival, the policies compared, and the regret of each under the others."""
    kept = found.kept()
    policies = plain_table("policies compared", *(f"{k + 1}" for k in kept))
    for i, span in enumerate(goal.spans):
        policies.add_row(span.lever, *(_lever(goal, found.bundles[k])[i] for k in kept))
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


def _last_words(found: Report, folder: Path) -> None:
    shape = make_shape(found.goal_study(), [(0, 0)])
    dim(out, f"{whom(found)} {origin(found.goal.posterior)} Results and scenario files: {folder}")
    dim(
        out,
        f"A world is one set of assumptions and one run of luck. {caveats.JUDGEMENT} {caveats.levels(shape)} "
        f"{caveats.FORECAST}",
    )


def _write(folder: Path, found: Report, rivals: Robustness | None) -> None:
    """The answer and the cheaper ones that were rejected, as scenario files; all as JSON; the frontier's table and picture."""
    goal = found.goal
    if found.answer.found:
        _scenario(folder, goal, found.answer.found.bundle, goal.file.name)
        cheaper = [t for t in found.answer.tested if t.verdict.word != "certified" and t.cost < found.answer.found.cost]
        for k, t in enumerate(cheaper, 1):
            _scenario(folder, goal, t.bundle, f"{goal.file.name[:30]}_cheaper_{k}")
    text = json.dumps(machine.clean(as_dict(found, rivals)), indent=2, ensure_ascii=False)
    _whole(folder / "answer.json", lambda part: part.write_text(text, encoding="utf-8"))
    _whole(folder / "frontier.csv", lambda part: _table(part, found))
    _whole(folder / "frontier.png", lambda part: draw(part, found))


def _scenario(folder: Path, goal: Goal, bundle: np.ndarray, name: str) -> None:
    text = to_toml(goal.scenario(bundle, name))
    _whole(folder / f"{name}.toml", lambda part: part.write_text(text, encoding="utf-8"))


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """A file whole or not at all."""
    with written_whole(path) as part:
        write(part)


def _table(path: Path, found: Report) -> None:
    """The frontier as CSV: what the picture shows, and the money; where, how many people and worlds, and the seed."""
    study = found.goal_study()
    shape = make_shape(study, [(0, 0)])
    about = {
        "areas": "; ".join(shape.names),
        "adults_a_world": shape.people,
        "fresh_worlds": found.goal.file.search.fresh,
        "seed": study.seed,
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            [
                "goal",
                "reached",
                "certified",
                *(f"availability_{q}" for q in ("median", "p10", "p90")),
                *(f"gbp_per_adult_year_{q}" for q in ("median", "p10", "p90")),
                "gbp_per_point",
                *(f"gbp_{name.replace(' ', '_')}" for name in PAYERS.values()),
                *about,
            ]
        )
        for s in found.steps:
            a, c = s.point.available, s.point.cost
            rows.writerow(
                [
                    s.level,
                    s.reached,
                    s.certified,
                    a.median,
                    a.low,
                    a.high,
                    c.median,
                    c.low,
                    c.high,
                    s.shadow,
                    *(s.point.money[name] for name in PAYERS.values()),
                    *about.values(),
                ]
            )


def draw(path: Path, found: Report) -> None:
    """Availability against cost, from today on, with the goals that were not reached said to be so."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from reports.plots import as_written, foot

    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    marks = [("today", found.today, "o", "#444444")]
    marks += [
        (
            f"goal {words}" + ("" if s.reached else ": " + verdict_word(s)),
            s.point,
            "o" if s.reached else "x",
            "#1f6f8b" if s.reached else "#b5532a",
        )
        for words, s in shown_steps(found)
    ]
    seen: list[tuple[float, float]] = []
    for label, p, mark, color in marks:
        x, y = p.cost.median, 100 * p.available.median
        axes.plot([p.cost.low, p.cost.high], [y, y], color=color, linewidth=1)
        axes.plot([x, x], [100 * p.available.low, 100 * p.available.high], color=color, linewidth=1)
        axes.plot(x, y, mark, color=color)
        beside = sum(abs(x - a) < 1.0 and abs(y - b) < 4.0 for a, b in seen)
        axes.annotate(label, (x, y), textcoords="offset points", xytext=(6, 6 + 11 * beside), fontsize=8, color=color)
        seen.append((x, y))
    reached = [found.today, *(s.point for s in found.steps if s.reached)]
    axes.plot(
        [p.cost.median for p in reached], [100 * p.available.median for p in reached], ":", color="#1f6f8b", linewidth=1
    )
    axes.set(
        xlabel="cost, £ per adult per year (2024/25 prices), all payers; lines: 10 to 90% of worlds",
        ylabel=f"{report.WORDS[found.goal.file.goal.outcome]}\n% of wants",
        ylim=(0, 100),
    )
    axes.set_xlim(0, 1.5 * max(p.cost.high for _, p, _, _ in marks))
    axes.set_title(as_written(found.goal.file.question), fontsize=9, wrap=True)
    foot(figure, whom(found))
    figure.savefig(path, format="png", dpi=150)
    plt.close(figure)
