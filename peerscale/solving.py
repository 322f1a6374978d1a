"""`solve`: the goal's answer, the frontier and what limits it, for people, for machines and as files."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from peerscale import report
from peerscale.runs import out, progress, say
from scenarios.load import to_toml
from scenarios.posterior import choose
from scenarios.solve.frontier import Point, Report, solve
from scenarios.solve.goal import Goal, load_goal
from scenarios.solve.rivals import Robustness, robustness, signposts
from scenarios.solve.runs import Runs
from scenarios.solve.search import Tested
from scenarios.solve.words import headline, levers_of, pounds
from scenarios.study import make_shape
from sim import caveats
from sim.errors import UserError
from sim.levers import BY_NAME


def solve_command(name: str, folder: Path, robust: bool, as_json: bool, workers: int, posterior: str | None = None) -> None:
    """Search, certify, tell; keep runs, scenario files, tables and picture in `folder`."""
    goal = replace(load_goal(name), posterior=choose(posterior))
    if find_spec("sklearn") is None or find_spec("scipy") is None:
        raise UserError("the search is not installed", key="solve", rule="scikit-learn and SciPy", got="they cannot be found",
                        try_='pip install "peerscale[calibrate]"')
    folder = folder / goal.file.name
    _own(folder)
    with progress("Solving") as tell, Runs(goal, folder, workers) as runs:
        most = _runs_expected(goal)
        found = solve(goal, runs, lambda what, done: tell(min(0.99, done / most)))
    rivals = None
    if robust:
        with progress("Rivals") as tell:
            rivals = robustness(goal, found, folder, workers, tell)
    _write(folder, found)
    if as_json:
        say(as_dict(found, rivals))
        return
    show(found, folder)
    if rivals:
        _show_rivals(rivals)


def _own(folder: Path) -> None:
    """Raises UserError for a folder that holds something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "runs.jsonl").exists():
        raise UserError("the folder holds something else", file=str(folder), key="--out",
                        rule="an empty folder, or one that solve made", got="other files", try_="--out elsewhere")


def _runs_expected(goal: Goal) -> int:
    table = goal.file.search
    return table.worlds * (table.bundles + table.rounds * table.each_round) + table.fresh * table.candidates + 400


def show(found: Report, folder: Path) -> None:
    """Sentence, policy, frontier, ceilings."""
    shape = make_shape(found.goal_study())
    out.print(f"[bold]{found.goal.file.question}[/bold]\n{headline(found)}\n")
    if found.answer.found:
        _show_policy(found)
    _show_frontier(found)
    _show_ceilings(found)
    out.print(f"[dim]{found.runs} runs of {shape.places * shape.place_size // len(shape.worlds):,} adults. "
              f"Ranges: 10 to 90% of worlds. Results and scenario files: {folder}[/dim]")
    out.print(f"[dim]{caveats.WORLDS} {caveats.FORECAST}[/dim]")


def _show_policy(found: Report) -> None:
    table = report.plain_table("lever", "today", "in this policy", "unit")
    for name, value in levers_of(found.goal, found.answer.found.bundle).items():  # type: ignore[union-attr]
        shown = value if isinstance(value, str) else f"{value:.3g}"
        table.add_row(name, f"{BY_NAME[name].today:g}", shown, BY_NAME[name].unit)
    out.print(table)
    for k, bundle in enumerate(found.tier, 1):
        other = ", ".join(f"{n} {v if isinstance(v, str) else format(v, '.3g')}" for n, v in levers_of(found.goal, bundle).items())
        out.print(f"[dim]The evidence cannot tell it from policy {k} of its tier: {other}.[/dim]")


def _show_frontier(found: Report) -> None:
    table = report.plain_table("goal", "reached in", "availability", "started in time", "cost per adult per year",
                               "each further point costs", "most wants stop at")
    for step in found.steps:
        p, v = step.point, step.verdict
        if p is None or v is None:
            continue
        shadow = pounds(step.shadow) if step.shadow is not None else ""
        words = f"{v.met} of {v.worlds} worlds" + ("" if step.reached else ": not reachable")
        table.add_row(f"{step.level:.0%}", words, _span(p, "available"), _span(p, "started"),
                      f"{pounds(p.cost.median)} ({pounds(p.cost.low)} to {pounds(p.cost.high)})", shadow,
                      f"{p.gate} ({p.gate_share:.0%})")
    out.print("[bold]The frontier[/bold]: the cheapest policy found for each goal, in fresh worlds")
    out.print(table)


def _span(point: Point, name: str) -> str:
    found = getattr(point, name)
    return f"{found.median:.0%} ({found.low:.0%} to {found.high:.0%})"


def _show_ceilings(found: Report) -> None:
    table = report.plain_table("with only these levers, at their most", "availability", "cost per adult per year",
                               "most wants stop at")
    for p in found.ceilings:
        table.add_row(p.label, _span(p, "available"), pounds(p.cost.median), f"{p.gate} ({p.gate_share:.0%})")
    out.print(table)


def _show_rivals(found: Robustness) -> None:
    table = report.plain_table("if …", "the policy meets the goal in", "the best there", "regret: worlds", "regret: cost")
    for i, rival in enumerate(found.rivals):
        best = "none" if found.best[i] < 0 else f"policy {found.best[i] + 1}"
        table.add_row(rival, f"{found.met[i, 0]:.0%}", best, f"{found.regret_points[i, 0]:.0%}", pounds(found.regret_gbp[i, 0]))
    out.print(table)
    steps = "; ".join(found.first_steps) or "none: the best policies have no step in common"
    out.print(f"First-year steps worth taking under every rival: {steps}.")
    for line in signposts(found):
        out.print(line)


def as_dict(found: Report, rivals: Robustness | None) -> dict[str, Any]:
    """For machines."""
    answer = {
        "headline": headline(found), "reachable": found.answer.reachable, "runs": found.runs,
        "tested": [_tested(found.goal, t) for t in found.answer.tested],
        "frontier": [
            {"level": s.level, "reached": s.reached, "shadow_gbp_per_point": s.shadow, **_point(found.goal, s.point),
             "verdict": vars(s.verdict) if s.verdict else None} for s in found.steps if s.point
        ],
        "ceilings": [_point(found.goal, p) for p in found.ceilings],
        "tier": [levers_of(found.goal, b) for b in found.tier],
    }  # fmt: skip
    if rivals:
        answer["rivals"] = {
            "names": rivals.rivals, "met": rivals.met.tolist(), "cost": rivals.cost.tolist(), "best": rivals.best,
            "regret_points": rivals.regret_points.tolist(), "regret_gbp": rivals.regret_gbp.tolist(),
            "first_steps": rivals.first_steps, "policies": [levers_of(found.goal, b) for b in rivals.bundles],
        }  # fmt: skip
    return answer


def _tested(goal: Goal, t: Tested) -> dict[str, Any]:
    return {"levers": levers_of(goal, t.bundle), "gbp_per_adult_year": t.cost, **vars(t.verdict)}


def _point(goal: Goal, p: Point) -> dict[str, Any]:
    return {"label": p.label, "levers": levers_of(goal, p.bundle), "available": vars(p.available), "started": vars(p.started),
            "better": vars(p.better), "gbp_per_adult_year": vars(p.cost), "money": p.money, "gate": p.gate,
            "gate_share": p.gate_share}


def _write(folder: Path, found: Report) -> None:
    """The answer and the cheaper ones that were rejected, as scenario files; the frontier's picture."""
    goal = found.goal
    if found.answer.found:
        _scenario(folder, goal, found.answer.found.bundle, goal.file.name)
        cheaper = [t for t in found.answer.tested if t.verdict.word != "certified" and t.cost < found.answer.found.cost]
        for k, t in enumerate(cheaper, 1):
            _scenario(folder, goal, t.bundle, f"{goal.file.name}_cheaper_{k}")
    draw(folder / "frontier.png", found)


def _scenario(folder: Path, goal: Goal, bundle: np.ndarray, name: str) -> None:
    part = folder / f".{name}.partial"
    part.write_text(to_toml(goal.scenario(bundle, name[:40])), encoding="utf-8")
    part.replace(folder / f"{name[:40]}.toml")


def draw(path: Path, found: Report) -> None:
    """Availability against cost, with the goals that were not reached said to be so."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    for step in (s for s in found.steps if s.point):
        p = step.point
        assert p is not None
        color = "#1f6f8b" if step.reached else "#b5532a"
        axes.plot([p.cost.low, p.cost.high], [100 * p.available.median] * 2, color=color)
        axes.plot([p.cost.median] * 2, [100 * p.available.low, 100 * p.available.high], color=color)
        axes.plot(p.cost.median, 100 * p.available.median, "o" if step.reached else "x", color=color)
        axes.annotate(f"goal {step.level:.0%}" + ("" if step.reached else ": not reached"),
                      (p.cost.median, 100 * p.available.median), textcoords="offset points", xytext=(6, 6), fontsize=8)
    axes.set(xlabel="cost, GBP per adult per year (2024/25 prices)", ylabel="availability, % of wants", ylim=(0, 100))
    axes.set_title(found.goal.file.question, fontsize=10)
    figure.savefig(path)
    plt.close(figure)
