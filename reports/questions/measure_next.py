"""Measure this next: which study would narrow the answers most, as people read it and for machines."""

from __future__ import annotations

from typing import Any

import numpy as np

from calibration.report import next_words
from calibration.report.next_words import STILL, UNKNOWN
from reports.console import dim, head, out, plain_table, written
from reports.first import HEADLINES
from reports.tables.described import Column, Written
from scenarios.questions.solve.columns import COST
from scenarios.worth.next_study import ENOUGH, MEETS, Answer, Found, Pair
from sim.results.words import number

TOP = 12
"""Rows of the long table on a terminal."""
TITLE = "Measure this next"
WORDS = HEADLINES | {COST: "Spent per adult a year", MEETS: "Meets the goal"}
WRITTEN = (
    Written(
        "peerscale evidence next --json",
        "what studies that nobody has made would tell of today's headlines, of policies and of a goal",
        (
            Column("plan", "the plan whose studies these are"),
            Column("posterior", "checksum of the draws"),
            Column("draws", "draws of the posterior in these runs"),
            Column("replicates", "runs of each draw, of which the first makes the study's"),
            Column("goal", "name of the goal; empty without one"),
            Column("sentences[]", "what it comes to, in words"),
            Column("answers[].policy", "name of the policy"),
            Column("answers[].outcome", "name of the outcome; meets: whether the goal is met"),
            Column("answers[].change", "the policy less today's, in the same worlds", "true or false"),
            Column(
                "answers[].middle", "median over draws; of a goal, the share of worlds that meet it", "the outcome's"
            ),
            Column("answers[].low", "5% of draws lie below", "the outcome's"),
            Column("answers[].high", "5% of draws lie above", "the outcome's"),
            Column("rows[].study", "the study in words"),
            Column("rows[].statistic", "what it would measure"),
            Column("rows[].policy", "name of the policy"),
            Column("rows[].outcome", "name of the outcome, or meets"),
            Column("rows[].change", "the policy less today's, in the same worlds", "true or false"),
            Column(
                "rows[].narrows", "expected to go; null where it cannot be told", "share", "sd that parameters make"
            ),
            Column("rows[].low", "5% of resamples of the draws narrow less", "share", "sd that parameters make"),
            Column("rows[].high", "5% of resamples of the draws narrow more", "share", "sd that parameters make"),
            Column("rows[].floor", "what a study of nothing gets", "share", "sd that parameters make"),
            Column("rows[].clear", "whether low lies above the floor and above 0", "true or false"),
            Column("rows[].price_gbp", "what the study would cost, as the plan says; null where it does not", "GBP"),
            Column("rows[].draws", "draws in which both have something to count"),
        ),
    ),
)


def answer_words(answer: Answer) -> str:
    """An answer in words: what, and of which policy."""
    return f"{WORDS[answer.outcome]}: {'change under ' if answer.change else ''}{answer.policy}"


def middle(answer: Answer) -> tuple[float, float, float]:
    """(middle, low, high) over draws: the median and 5 to 95%; of a goal the share of worlds that meet it, and no range."""
    by_draw = answer.by_draw[np.isfinite(answer.by_draw)]
    if answer.outcome == MEETS or not len(by_draw):
        return float(by_draw.mean()) if len(by_draw) else float("nan"), float("nan"), float("nan")
    low, mid, high = (float(v) for v in np.quantile(by_draw, [0.05, 0.5, 0.95]))
    return mid, low, high


def level(answer: Answer) -> str:
    """An answer's level or change with its range over draws, in its unit."""
    if answer.outcome == MEETS:
        return f"{middle(answer)[0]:.0%} of worlds"
    mid, low, high = (number(answer.outcome, v, answer.change) for v in middle(answer))
    return f"{mid} ({low} to {high})"


# ------------------------------------------------------------------ sentences


def sentences(found: Found) -> list[str]:
    """What it comes to, and what has to be known to read it."""
    return [_most(found), _elsewhere(found), next_words.said(found.draws, "answer"), *_notes(found), policies(found)]


def _most(found: Found) -> str:
    """The study that narrows one answer most, of those that these runs can tell from a study of nothing."""
    clear = [pair for pair in found.pairs if pair.clear]
    if not clear:
        return (
            f"None of {len(found.studies)} studies can be told from a study of nothing, for any of {len(found.answers)} answers: "
            f"{found.draws} draws cannot see that one would tell anything."
        )
    top = clear[0]
    return (
        f"Most is expected of “{top.study.what}”: it takes {reach(top)} off “{answer_words(top.answer)}”. "
        f"Price: {price(top)}."
    )


def _elsewhere(found: Found) -> str:
    """For how many answers each study is clear of its floor."""
    many = {study.what: sum(p.clear for p in found.pairs if p.study is study) for study in found.studies}
    said = [f"“{what}” for {n}" for what, n in sorted(many.items(), key=lambda item: -item[1]) if n]
    total = len(found.pairs)
    luck = f"With {total} pairs of a study and an answer, luck alone makes about {max(1, round(total / 20))} look so."
    return f"Clear of its floor, of {len(found.answers)} answers: {'; '.join(said)}. {luck}" if said else ""


def _notes(found: Found) -> list[str]:
    seen, answered = found.people
    made = [
        f"Studies are made in runs of {found.scenario}, {seen:,} adults over {found.weeks} weeks; answers are of {answered:,} adults, "
        "from other replicates of the same draws. An answer's range is over draws, and has the luck of its replicates in it."
    ]
    if found.draws < ENOUGH:
        made.append(f"Only {found.draws} draws: little can be told. Some hundreds are needed.")
    if not found.same_plan:
        made.append(f"The studies are of the plan {found.plan} as it is now, which is not as it was fitted.")
    return made


def reach(pair: Pair) -> str:
    """What a study takes off, with its interval."""
    one = pair.expected
    if one.narrows is None or one.low is None or one.high is None:
        return STILL
    return f"{share(one.narrows)} ({share(one.low)} to {share(one.high)})"


def share(value: float | None) -> str:
    """A share in per cent, never "-0%"."""
    return STILL if value is None else f"{round(100 * value) + 0}%"


def price(pair: Pair) -> str:
    """What a study costs, as the plan says."""
    return UNKNOWN if pair.study.price_gbp is None else f"£{pair.study.price_gbp:,.0f}"


# ------------------------------------------------------------------ tables


ANSWERS = ("answer", "now", "narrowed most by", "by", "floor")
SHORT = ("study", "answer", "narrows it by", "floor", "price")
NONE = "none that these runs can see"


def answer_rows(found: Found) -> list[tuple[str, ...]]:
    """A row an answer: what it is now, and the study that narrows it most."""
    return [_answer_row(answer, found.best(answer)) for answer in found.answers]


def _answer_row(answer: Answer, best: Pair) -> tuple[str, ...]:
    if not best.clear:
        return answer_words(answer), level(answer), NONE, "", share(best.expected.floor)
    return answer_words(answer), level(answer), best.study.what, reach(best), share(best.expected.floor)


def pair_rows(found: Found) -> list[tuple[str, ...]]:
    """A row a study and an answer, what narrows most first."""
    return [_row(pair) for pair in found.pairs]


def _row(pair: Pair) -> tuple[str, ...]:
    what, answer, *shares, gbp = next_words.cells(pair.expected, answer_words(pair.answer))
    told = (one if isinstance(one, str) else share(one) for one in shares)
    return (what, answer, *told, gbp if isinstance(gbp, str) else f"{gbp:,.0f}")


def policies(found: Found) -> str:
    """Names of the policies with their titles."""
    titles = {answer.policy: answer.title for answer in found.answers}
    return f"Policies: {'; '.join(f'{name}, “{title}”' for name, title in titles.items())}."


def show(found: Found) -> None:
    """Sentences, a row an answer, then the pairs that narrow most."""
    most, elsewhere, *rest = sentences(found)
    head(out, TITLE, f". The plan {found.plan}, posterior {found.posterior.sha256[:8]}.\n")
    written(out, f"{most} {elsewhere}\n")
    _table(ANSWERS, answer_rows(found))
    top, left = found.pairs[:TOP], len(found.pairs) - TOP
    out.print()
    _table(SHORT, [(p.study.what, answer_words(p.answer), reach(p), share(p.expected.floor), price(p)) for p in top])
    more = [f"{left} more rows: --markdown or --json."] if left > 0 else []
    dim(out, " ".join([*more, *rest]))


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = plain_table(*columns)
    for row in rows:
        table.add_row(*row)
    out.print(table)


def as_markdown(found: Found) -> str:
    """The same as a page, with every pair."""
    most, elsewhere, *rest = sentences(found)
    about = f"Made by `peerscale evidence next`: the plan `{found.plan}`, posterior `{found.posterior.sha256[:16]}`."
    parts = [f"# {TITLE}", about, f"{most} {elsewhere}", _markdown(ANSWERS, answer_rows(found)), *rest]
    return "\n\n".join([*parts, _markdown(next_words.columns("answer"), pair_rows(found))])


def _markdown(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *((cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_dict(found: Found) -> dict[str, Any]:
    """The same for machines."""
    return {
        "plan": found.plan,
        "posterior": found.posterior.sha256,
        "draws": found.draws,
        "replicates": found.replicates,
        "goal": found.goal,
        "sentences": sentences(found),
        "answers": [
            _of(a) | dict(zip(("middle", "low", "high"), map(_or_none, middle(a)), strict=True)) for a in found.answers
        ],
        "rows": [_pair(pair) for pair in found.pairs],
    }


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _of(answer: Answer) -> dict[str, Any]:
    return {"policy": answer.policy, "outcome": answer.outcome, "change": answer.change}


def _pair(pair: Pair) -> dict[str, Any]:
    one = pair.expected
    told = {"narrows": one.narrows, "low": one.low, "high": one.high, "floor": one.floor, "clear": pair.clear}
    known = {"price_gbp": one.price_gbp, "draws": pair.draws}
    return {"study": one.what, "statistic": pair.study.statistic, **_of(pair.answer), **told, **known}
