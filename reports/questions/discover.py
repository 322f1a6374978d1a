"""It works unless …: rules that held on fresh runs, in plain sentences, as a table and for machines."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from reports.console import dim, head, out, plain_table
from reports.questions.sensitivity import subject
from reports.tables.described import Column, Written
from scenarios.questions.discover import LEAST_CASES, Looked, Rule, Share
from scenarios.questions.rows import Input
from scenarios.running.sample import sample
from sim.results import caveats
from sim.results.words import caution


def _share(name: str, what: str) -> tuple[Column, ...]:
    """A share of runs with its exact limits."""
    return (
        Column(f"{name}.part", f"{what}: runs counted", "runs"),
        Column(f"{name}.whole", f"{what}: runs in all", "runs"),
        Column(f"{name}.value", what, "share", "runs"),
        Column(f"{name}.low", f"{what}: lower 95% limit", "share", "runs"),
        Column(f"{name}.high", f"{what}: upper 95% limit", "share", "runs"),
    )


WRITTEN = (
    Written(
        "peerscale discover --json",
        "where a policy fails, or works, as rules that held on fresh runs; a case is a run of the rarer side",
        (
            Column("sample", "what was simulated, in words"),
            Column("subject", "what is asked about, in words"),
            Column("outcome", "name of the outcome"),
            Column("works", "the bar, in words"),
            Column("rules_say_when_it", "whether cases are runs where it fails or where it works"),
            Column("sentences[]", "what was found, in words"),
            Column("rows", "runs on which rules were found", "runs"),
            Column("fresh", "other runs on which they were tested", "runs"),
            *_share("cases", "cases of the fresh runs"),
            Column("rules[].limits[].input", "name of the parameter or lever that a rule limits"),
            Column("rules[].limits[].unit", "its unit"),
            Column("rules[].limits[].side", "above or below"),
            Column("rules[].limits[].value", "the limit", "the input's"),
            Column("rules[].limits[].quantile", "the limit as a quantile of the prior", "0 to 1"),
            Column("rules[].limits[].quasi_p", "how well luck alone could explain this limit", "0 to 1"),
            *_share("rules[].coverage", "cases of the fresh runs that the rule holds"),
            *_share("rules[].density", "fresh runs inside the rule that are cases"),
            *_share("rules[].elsewhere", "fresh runs outside the rule that are cases"),
            Column("rules[].mass", "runs that lie inside the rule", "share", "runs it was found on"),
            Column("rules[].fresh_p", "chance that luck alone holds as well on the fresh runs", "0 to 1"),
            Column("rules[].sentence", "the rule in words"),
            Column("boxes_refused", "rules that were found and did not hold on fresh runs", "number"),
            *_share("coverage_together", "cases that all rules hold together"),
            Column(
                "path[].coverage", "cases inside a box on the way to the first rule", "share", "cases it was found on"
            ),
            Column("path[].density", "runs inside that box that are cases", "share", "runs inside"),
            Column("path[].mass", "runs that lie inside that box", "share", "runs it was found on"),
        ),
    ),
)


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
    said = [headline(looked), *caution(looked.aim.outcome)]
    for rule in looked.found.rules:
        said.append(rule_words(looked, rule))
    if looked.found.rules:
        return said
    return [*said, _none(looked)]


def _none(looked: Looked) -> str:
    side = "fails" if looked.failing else "works"
    if looked.cases < LEAST_CASES:
        takes = (
            f"about {math.ceil(1.5 * LEAST_CASES * looked.rows / looked.cases / 10) * 10:,} runs"
            if looked.cases
            else "a bar nearer the median"
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
