"""`discover`: "it works unless …", as rules that held on fresh runs, in plain sentences, a table and a picture."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from peerscale.commands.run import check_plot, out, progress, sample, say
from peerscale.commands.sensitivity import MOST_ROWS, ask_about, names_of, of_runs, question_seconds, subject
from peerscale.given_types import must_have_room
from peerscale.keeping import staying
from peerscale.options import Typed
from reports.console import dim, head, plain_table
from scenarios.questions.rows import (
    Input,
    Question,
    asker,
    check_number,
    check_outcome,
    claim,
    lever_inputs,
    needs_libraries,
    parameter_inputs,
)
from sim.errors import UserError
from sim.results import caveats
from sim.results.words import number as figure

if TYPE_CHECKING:
    from scenarios.questions.discover import Discovered, Rule, Share

MOST_FRESH = 6_000


@dataclass(frozen=True)
class Aim:
    """When it works: the outcome at least, or at most, a number."""

    outcome: str
    at_least: float | None
    at_most: float | None

    def works(self, y: np.ndarray) -> np.ndarray:
        """bool[rows]."""
        return np.asarray(y <= self.at_most if self.at_most is not None else y >= self.at_least)

    def words(self, signed: bool) -> str:
        """The bar in words."""
        word, bar = ("at most", self.at_most) if self.at_most is not None else ("at least", self.at_least)
        return f"{word} {figure(self.outcome, bar or 0.0, signed)}"

    def check(self) -> None:
        """Raises UserError unless there is one bar, a number."""
        check_outcome(self.outcome)
        bars = [bar for bar in (self.at_least, self.at_most) if bar is not None]
        if len(bars) != 1 or not math.isfinite(bars[0]):
            raise UserError(
                "say when it works",
                key="--at-least",
                rule="one of --at-least and --at-most, a number (shares: 0 to 1)",
                got=", ".join(str(bar) for bar in bars) or "neither",
                try_="--at-least 0.3, or with --against: --at-least 0.05",
            )


@dataclass(frozen=True)
class Looked:
    """What was found. `failing`: whether rules say where it fails (the rarer side) or where it works."""

    question: Question
    aim: Aim
    rows: int
    fresh: int
    failing: bool
    found: Discovered
    cases: int


def discover_command(
    scenario: str,
    against: str | None,
    aim: Aim,
    levers: list[str],
    only: str | None,
    sizes: tuple[int, int],
    typed: Typed,
    folder: Path,
    plot: Path | None,
    as_json: bool,
    workers: int,
) -> None:
    """Run what the folder does not hold yet, look for rules, test them on fresh runs, tell."""
    check_plot(plot)
    aim.check()
    needs_libraries("discover", "sklearn", "scipy")
    question = ask_about(scenario, against, typed, parameter_inputs(names_of(only)) + lever_inputs(levers))
    check_sizes(*sizes)
    must_have_room(folder)
    claim(folder, question)
    looked = look(question, aim, *sizes, folder, workers)
    if as_json:
        say({"sample": of_runs(looked.question), **as_dict(looked)})
    else:
        show(looked, folder)
    if plot:
        draw(plot, looked)
        print(f"Picture: {plot}", file=sys.stderr)


def check_sizes(rows: int, fresh: int) -> None:
    """Raises UserError for too few or too many runs."""
    from scenarios.questions.discover import LEAST_ROWS

    check_number("--rows", rows, LEAST_ROWS, MOST_ROWS, "a rule needs enough runs to be found in")
    check_number("--fresh", fresh, LEAST_ROWS, MOST_FRESH, "a rule needs enough fresh runs to be tested on")


def look(question: Question, aim: Aim, rows: int, fresh: int, folder: Path, workers: int) -> Looked:
    """Run, and look for rules about the rarer side."""
    from scenarios.questions.discover import FOUND_ON, TESTED_ON, discover, rows_for

    seed = question.study.seed
    print(f"{rows} runs to find rules on, {fresh} fresh ones to test them; kept in {folder}", file=sys.stderr)
    with progress("Running", question_seconds(question, rows + fresh, workers)) as tell, staying(folder) as finished:
        first = asker(question, aim.outcome, finished, workers, lambda part: tell(part * rows / (rows + fresh)))
        units, y = rows_for(first, len(question.inputs), rows, 1, seed, FOUND_ON)
        second = asker(
            question, aim.outcome, finished, workers, lambda part: tell((rows + part * fresh) / (rows + fresh))
        )
        others, z = rows_for(second, len(question.inputs), fresh, 1, seed, TESTED_ON)
    failing = bool(aim.works(y).mean() >= 0.5)
    cases, fresh_cases = (aim.works(v) != failing for v in (y, z))
    return Looked(question, aim, rows, fresh, failing, discover(units, cases, others, fresh_cases), int(cases.sum()))


# ------------------------------------------------------------------ words


def headline(looked: Looked) -> str:
    """In how many of the worlds we assumed it works."""
    cases = looked.found.cases
    works = cases.whole - cases.part if looked.failing else cases.part
    low, high = (1 - cases.high, 1 - cases.low) if looked.failing else (cases.low, cases.high)
    bar = looked.aim.words(looked.question.against is not None)
    return (
        f"It works ({bar}) in {works} of {cases.whole} fresh runs ({low:.0%} to {high:.0%} of the worlds we assumed)."
    )


def sentences(looked: Looked) -> list[str]:
    """The headline, then each rule, or why there is none."""
    said = [headline(looked)]
    for rule in looked.found.rules:
        said.append(rule_words(looked, rule))
    if looked.found.rules:
        return said
    return [*said, _none(looked)]


def _none(looked: Looked) -> str:
    from scenarios.questions.discover import LEAST_CASES

    side = "fails" if looked.failing else "works"
    if looked.cases < LEAST_CASES:
        takes = (
            f"about {math.ceil(1.5 * LEAST_CASES * looked.rows / looked.cases / 10) * 10:,} runs"
            if looked.cases
            else "a bar nearer the middle"
        )
        return f"It {side} in only {looked.cases} of {looked.rows} runs: too few to say when. It would take {takes}."
    why = "the one that was found did not hold on fresh runs" if looked.found.refused else "none stands out from luck"
    return f"No rule says when it {side}: {why}."


def rule_words(looked: Looked, rule: Rule) -> str:
    """One rule in a sentence, with what it did on fresh runs."""
    verb, noun, opening = (
        ("failed", "failures", "It works unless") if looked.failing else ("worked", "successes", "It fails unless")
    )
    limits = " and ".join(
        limit_words(looked.question.inputs[j], *rule.box[j]) for j in sorted({j for j, _ in rule.quasi_p})
    )
    return (
        f"{opening} {limits}: there it {verb} in {_of(rule.density)} fresh runs, elsewhere in {_of(rule.elsewhere)}. "
        f"That is {_of(rule.coverage)} of all {noun}."
    )


def _of(share: Share) -> str:
    return (
        f"{share.part} of {share.whole} ({share.value:.0%}; {share.low:.0%} to {share.high:.0%})"
        if share.whole
        else "0 of 0"
    )


def limit_words(one: Input, low: float, high: float) -> str:
    """The limits of one input in its own units."""
    bounds = [
        word
        for word, there in ((f"above {one.value(low):.3g}", low > 0), (f"below {one.value(high):.3g}", high < 1))
        if there
    ]
    meaning = one.meaning.rstrip(".")
    return f"“{meaning}” is {' and '.join(bounds)} {one.unit} ({one.name}, assumed {one.low:g} to {one.high:g})"


def show(looked: Looked, folder: Path) -> None:
    """Sentences, then the rules as a table."""
    study = replace(looked.question.study, draws=looked.rows + looked.fresh)
    head(out, subject(looked.question, looked.aim.outcome), f". {sample(study)}\n")
    for sentence in sentences(looked):
        out.print(sentence)
    if looked.found.rules:
        _show_table(looked)
    dim(
        out,
        f"Rules were found on {looked.rows} runs and tested on {looked.fresh} others, once. They say where, not why. "
        f"Runs: {folder}. {caveats.FORECAST}",
    )


def _show_table(looked: Looked) -> None:
    table = plain_table("input", "from", "to", "unit", "luck could explain (quasi-p)")
    for number, rule in enumerate(looked.found.rules, 1):
        table.add_row(f"rule {number}", "", "", "", f"fresh runs: {rule.p:.1g}")
        for j in sorted({j for j, _ in rule.quasi_p}):
            one, worst = looked.question.inputs[j], max(p for (i, _), p in rule.quasi_p.items() if i == j)
            table.add_row(
                f"  {one.name}",
                f"{one.value(rule.box[j, 0]):.3g}",
                f"{one.value(rule.box[j, 1]):.3g}",
                one.unit,
                f"{worst:.1g}",
            )
    out.print(table)
    if len(looked.found.rules) > 1:
        out.print(f"All rules together hold {_of(looked.found.together)} of the cases.")


def as_dict(looked: Looked) -> dict[str, Any]:
    """For machines: rules with limits in units and in the prior's quantiles, and the coverage-density curve."""
    found = looked.found
    return {
        "subject": subject(looked.question, looked.aim.outcome),
        "outcome": looked.aim.outcome,
        "works": looked.aim.words(looked.question.against is not None),
        "rules_say_when_it": "fails" if looked.failing else "works",
        "sentences": sentences(looked),
        "rows": looked.rows,
        "fresh": looked.fresh,
        "cases": vars(found.cases),
        "rules": [_rule(looked, rule) for rule in found.rules],
        "boxes_refused": found.refused,
        "coverage_together": vars(found.together),
        "path": [{"coverage": s.coverage, "density": s.density, "mass": s.mass} for s in found.path],
    }


def _rule(looked: Looked, rule: Rule) -> dict[str, Any]:
    names = looked.question.inputs
    limits = [
        {
            "input": names[j].name,
            "unit": names[j].unit,
            "side": ("above", "below")[side],
            "value": names[j].value(rule.box[j, side]),
            "quantile": float(rule.box[j, side]),
            "quasi_p": p,
        }
        for (j, side), p in sorted(rule.quasi_p.items())
    ]
    return {
        "limits": limits,
        "coverage": vars(rule.coverage),
        "density": vars(rule.density),
        "elsewhere": vars(rule.elsewhere),
        "mass": rule.mass,
        "fresh_p": rule.p,
        "sentence": rule_words(looked, rule),
    }


def draw(path: Path, looked: Looked) -> None:
    """Left: coverage against density along the peeling, rules on fresh runs. Right: each rule's limits."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from reports.plots import as_written, foot

    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.8), layout="constrained")
    steps, rules = looked.found.path, looked.found.rules
    left.plot(
        [100 * s.coverage for s in steps],
        [100 * s.density for s in steps],
        ".-",
        color="#b0b0b0",
        label="boxes on the way",
    )
    for number, rule in enumerate(rules, 1):
        c, d = rule.coverage, rule.density
        left.errorbar(
            [100 * c.value],
            [100 * d.value],
            [[100 * (d.value - d.low)], [100 * (d.high - d.value)]],
            [[100 * (c.value - c.low)], [100 * (c.high - c.value)]],
            "o",
            capsize=3,
            label=f"rule {number} on fresh runs",
        )
    side = "failures" if looked.failing else "successes"
    left.set(
        xlabel=f"coverage: % of all {side}",
        ylabel=f"density: % of the box that are {side}",
        xlim=(0, 105),
        ylim=(0, 105),
    )
    left.legend(fontsize=8)
    _limits(right, looked)
    figure.suptitle(as_written(f"{subject(looked.question, looked.aim.outcome)}\n{headline(looked)}"), fontsize=9)
    foot(figure, of_runs(looked.question))
    figure.savefig(path)
    plt.close(figure)


def _limits(axes: Any, looked: Looked) -> None:
    rows = [
        (f"rule {k}: {looked.question.inputs[j].name}", rule.box[j])
        for k, rule in enumerate(looked.found.rules, 1)
        for j in sorted({j for j, _ in rule.quasi_p})
    ]
    for place, (_, (low, high)) in enumerate(rows):
        axes.barh(place, 100, color="#eeeeee")
        axes.barh(place, 100 * (high - low), left=100 * low, color="#b5532a" if looked.failing else "#1f6f8b")
    axes.set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("% of the prior (or of the lever's range)" if rows else "no rule held on fresh runs")
