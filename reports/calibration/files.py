"""What the real calibration found, as files: the posterior with its plan, outputs, the page, and one in Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from calibration.fit.bank import Progress, how_many
from calibration.fit.check import Gain
from calibration.fit.posterior import as_json
from calibration.fit.rank_check import RankCheck
from calibration.fit.waves import Calibration, findings
from calibration.report.diagnose import Second, Section, sections
from calibration.report.digits import Held
from calibration.report.in_short import gained, widened
from calibration.report.measure_next import table
from calibration.whole import write_whole
from reports.calibration.page import write_diagnostics
from scenarios.evidence.calibrating import Task
from scenarios.evidence.model_runs import people_of
from scenarios.evidence.output_evidence import OutputEvidence, as_informed, as_rows, evidence_of_outputs
from scenarios.evidence.parameter_facts import held_words
from sim.people.population import load_areas

KEPT = (
    "summary",
    "targets",
    "validation",
    "outputs",
    "next",
    "parameters",
    "moves",
    "pairs",
    "left-out",
    "emulator",
    "distance",
    "ranks",
    "second-opinion",
)
"""Sections of the Markdown page, in its order; the HTML page has all."""
MOST_PAIRS = 10


def write_all(
    task: Task,
    found: Calibration,
    ranks: RankCheck | None,
    folder: Path,
    progress: Progress | None,
    second: Second | None = None,
) -> tuple[Calibration, list[OutputEvidence]]:
    """Write `outputs.json`, `fit.json`, the plan into `posterior.json`, what to measure next into `calibration.json`,
    `diagnostics.html` and `results.md`. The calibration as pages show it, and the evidence of its outputs."""
    outputs = evidence_of_outputs(found)
    about = {"plan": task.plan.form.name, "plan_sha256": task.plan.sha256, "version": found.simulator.version}
    planned = {"plan": about["plan"], "plan_sha256": about["plan_sha256"]}
    _into_posterior(folder / "posterior.json", planned | refused_and_widened(found))
    told = {**about, "looked_at": looked_at(task), "outputs": as_rows(outputs)}
    write_whole(folder / "outputs.json", as_json(told).encode())
    write_whole(folder / "fit.json", as_json({**about, "fits": [asdict(row) for row in found.fits]}).encode())
    shown = as_shown(task, found, outputs)
    write_whole(
        folder / "calibration.json", as_json({**findings(found), "next": [asdict(row) for row in shown.next]}).encode()
    )
    write_diagnostics(shown, folder, ranks, progress, second)
    write_whole(folder / "results.md", as_markdown(task, shown, ranks, outputs, second).encode())
    return shown, outputs


def looked_at(task: Task) -> dict[str, Any]:
    """What outputs were looked at on: only of that policy, there, and of as many people may a level be called a finding."""
    codes = [str(load_areas().code[area]) for area in task.setting.study.areas]
    return {"policy": task.plan.form.scenario, "areas": codes, "people": people_of(task.setting)}


def refused_and_widened(found: Calibration) -> dict[str, list[str]]:
    """Ids of figures whose emulator did not pass: refused, or fitted with a wider error."""
    names = [check.name for check in found.refused]
    return {"refused_targets": [] if widened(found) else names, "widened_targets": names if widened(found) else []}


def as_shown(task: Task, found: Calibration, outputs: list[OutputEvidence]) -> Calibration:
    """A calibration as pages show it: outputs of whole worlds, as users see them, and what the plan is judged by."""
    next_ = table(task.studies, found.outputs, found.after, found.simulator.statistics, found.settings.seed)
    informed = tuple(as_informed(row) for row in outputs)
    return replace(found, informed=informed, passes=passes(task, found), next=tuple(next_))


def passes(task: Task, found: Calibration) -> tuple[tuple[str, str], ...]:
    """What the plan says that it is judged by (`[pass]`), and how that came out."""
    asked, failed = task.plan.form.pass_, refused_and_widened(found)
    refused, wider = failed["refused_targets"], failed["widened_targets"]
    out = [f.id for f in found.fits if f.role == "target" and not f.inside and f.id not in refused]
    made = [
        (f"every fitted figure inside its {asked.interval:.0%} interval, or named", all_inside(out, asked.outside)),
        ("every figure fitted", every_fitted(refused, wider)),
    ]
    if asked.log_score:
        made.append((f"log score of the fitted figures {asked.log_score}", surely_better(found.gains[0])))
        beside = gained(found.gains[1], "no row was held back")
        made.append(("beside it, and no part of the test: log score of rows that were held back", beside))
    return (*made, (f"at most {asked.hours_at_most:g} hours", "the command says, as it ends"))


def every_fitted(refused: Sequence[str], wider: Sequence[str]) -> str:
    """The verdict on figures that the gate refused, and on those that were fitted though their emulator did not pass."""
    if refused:
        return f"NOT passed: the gate refused {', '.join(refused)}"
    return f"passed; with a wider error, since their emulator did not pass: {', '.join(wider)}" if wider else "passed"


def all_inside(out: Sequence[str], named: Sequence[str]) -> str:
    """The verdict on figures `out` of their intervals: only those that the plan named beforehand may be."""
    left = [one for one in out if one not in named]
    told = f"; outside, as the plan said they might be: {', '.join(one for one in out if one in named)}"
    more = told if len(left) < len(out) else ""
    return (f"NOT passed: outside and not named by the plan: {', '.join(left)}" if left else "passed") + more


def surely_better(gain: Gain | None) -> str:
    """The verdict on a gain in log score: all of its interval has to lie above nothing."""
    if gain is None:
        return "NOT passed: nothing was fitted"
    said = f"({gain.gain:+.2f}, 90% interval {gain.low:+.2f} to {gain.high:+.2f})"
    return f"{'passed' if gain.low > 0 else 'NOT passed'} {said}"


def in_time(task: Task, seconds: float, begun: bool) -> str:
    """The verdict on `hours_at_most`. begun: whether the folder held runs of an earlier sitting, whose time is not known."""
    most, took = task.plan.form.pass_.hours_at_most, seconds / 3600
    said = f"{took:.1f} hours{' in this sitting, after an earlier one' if begun else ''}, at most {most:g} planned"
    return f"{'passed' if took <= most and not begun else 'NOT passed' if took > most else 'cannot be told'}: {said}"


def _into_posterior(file: Path, extra: dict[str, Any]) -> None:
    """Add what was planned to the posterior's own account of itself."""
    write_whole(file, as_json(json.loads(file.read_text("utf-8")) | extra).encode())


def as_markdown(
    task: Task, found: Calibration, ranks: RankCheck | None, outputs: list[OutputEvidence], second: Second | None = None
) -> str:
    """The results as one page of sentences and tables."""
    made = {section.key: section for section in sections(found, ranks, second)}
    made["outputs"] = output_section(outputs)
    made["pairs"] = replace(made["pairs"], rows=made["pairs"].rows[:MOST_PAIRS])
    parts = [_part(made[key]) for key in KEPT if key in made]
    return "\n".join([f"# Calibration results: the plan `{task.plan.form.name}`", "", *_about(task, found), "", *parts])


def output_section(outputs: list[OutputEvidence]) -> Section:
    """How far evidence narrowed each output."""
    said = (
        "Narrowed: the share by which the standard deviation over worlds falls from the priors to the posterior, with where "
        "90% of resamples of the runs put it. Luck is left in. Moved: how far the median moved, in standard deviations "
        "under the priors. An output that is not surely narrowed by 20% (in 95% of resamples) is an assumption, not a "
        "finding, wherever it is shown. On judgement: of the variance that parameters explain, the share that belongs to "
        "parameters graded judgement. Behind a median stands its Monte Carlo error (±, one standard deviation).",
    )
    rows = tuple(
        (
            r.name,
            r.prior_low,
            r.prior_middle,
            r.prior_high,
            r.low,
            Held(r.middle, r.middle_error),
            r.high,
            r.shift,
            r.narrowed,
            r.narrowed_low,
            r.narrowed_high,
            r.judgement,
            r.verdict,
        )
        for r in outputs
    )
    columns = (
        "output",
        "prior 5%",
        "prior 50%",
        "prior 95%",
        "5%",
        "50%",
        "95%",
        "moved",
        "narrowed",
        "from",
        "to",
        "on judgement",
        "verdict",
    )
    return Section("outputs", "How far evidence narrowed each output", said, columns, rows)


def _about(task: Task, found: Calibration) -> list[str]:
    form, setting = task.plan.form, task.setting
    runs = sum(int(how_many(w.runs).sum()) for w in found.waves)
    at = found.after.shape[0] * found.after.shape[1]
    fixed = sorted(set(task.rows) - {row.id for row in found.fits})
    return [
        f"Made by `peerscale calibrate {form.name} --out FOLDER`. Plan hash `{task.plan.sha256[:16]}`; {found.simulator.version}.",
        f"{runs} runs in {len(found.waves)} wave(s) and {at} at draws of the posterior, each of "
        f"{people_of(setting):,} adults in {', '.join(form.where.areas)}, scenario `{form.scenario}`, "
        f"{form.burn_in_weeks} weeks of burn-in and {form.reported_weeks} reported. Every uncertain parameter goes through the "
        f"fit: {len(task.priors.free)} are free, {len(task.priors.names) - len(task.priors.free)} are carried along. All are drawn "
        f"jointly afterwards. Luck is the only noise. {held_words(task.rows.values())}",
        *(["", "Why this plan:", "", *(f"- {part}" for part in form.why.split("; ")), ""] if form.why else []),
        *([f"Not measured: {', '.join(fixed)}."] if fixed else []),
    ]


def _part(section: Section) -> str:
    head = [f"## {section.title}", "", *section.sentences, ""]
    if not section.rows:
        return "\n".join(head)
    table = ["| " + " | ".join(section.columns) + " |", "|" + "---|" * len(section.columns)]
    table += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in section.rows]
    return "\n".join([*head, *table, ""])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = getattr(value, "text", f"{value:.3g}") if isinstance(value, float) else str(value)
    return text.replace("|", "\\|")
