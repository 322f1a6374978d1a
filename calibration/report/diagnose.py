"""What a calibration found, as sections of a report: a sentence, a table, and the name of a picture.

Only words and numbers: `pictures` draws, `page` puts both on a page and into files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.fit.bank import how_many
from calibration.fit.check import LEVEL
from calibration.fit.gate import Checked
from calibration.fit.identify import MOVED, NOT_INFORMED, scores
from calibration.fit.rank_check import RankCheck
from calibration.fit.second_opinion import Agreement, Opinion, in_words
from calibration.fit.waves import Calibration
from calibration.report import in_short as short
from calibration.report import moves, next_words
from calibration.report.digits import Held
from calibration.report.in_short import named

WIDE = (
    "An interval covers the figure's own uncertainty, what the model leaves out, and the runs' spread. The interval of a share "
    "compared on its own scale may pass 0 or 1. Falling inside an interval that wide says little."
)


@dataclass(frozen=True)
class Section:
    """One section. key: also the name of its files; picture: words for those who do not see it, empty for none."""

    key: str
    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    picture: str = ""


MOST_PAIRS = 100
"""Pairs of parameters in a table at most."""
Second = tuple[Opinion, list[Agreement]]
"""A second opinion, compared."""


def sections(found: Calibration, ranks: RankCheck | None = None, second: Second | None = None) -> list[Section]:
    """All sections, in the order of a reader's questions."""
    made = [
        in_short(found, ranks),
        parameters(found),
        moved_by(found),
        pairs(found),
        outputs(found),
        fitted(found),
        validation(found),
        left_out(found),
        emulator(found),
        distances(found),
        waves(found),
        sampling(found),
    ]
    made += [measure_next(found)] if found.next else []
    return made + ([rank_section(ranks)] if ranks else []) + ([second_section(*second)] if second else [])


def in_short(found: Calibration, ranks: RankCheck | None = None) -> Section:
    """The verdicts, before any detail."""
    priors = found.priors
    carried = len(priors.names) - len(priors.free)
    along = f", {carried} more were carried along and are drawn jointly with them" if carried else ""
    said = (
        f"{len(priors.free)} parameters were free{along}; figures fitted: {len(found.waves[-1].likelihood.targets)}. "
        "Intervals on this page come from runs of the model at draws of the posterior, unless the text says otherwise."
    )
    return Section("summary", "In short", (said,), ("question", "answer"), short.rows(found, ranks))


def parameters(found: Calibration) -> Section:
    """Prior to posterior for each parameter: its place and its width."""
    rows = tuple(
        (
            c.name,
            r.unit,
            c.grade,
            "free" if c.free else "carried along",
            r.value,
            c.prior_sd,
            Held(c.mean, c.mean_error),
            c.sd,
            c.low,
            Held(c.median, c.median_error),
            c.high,
            Held(c.shift, c.shift_error),
            c.shift_error,
            c.contraction,
            c.told_low,
            c.told_high,
            c.verdict,
        )
        for c, r in zip(found.contractions, found.priors.records, strict=True)
    )
    moved = [f"{c.name} ({c.shift:+.2f})" for c in found.contractions if c.moved]
    dull = [c.name for c in found.contractions if c.contraction < NOT_INFORMED and not c.moved]
    said = (
        f"Moved, in prior standard deviations: {named(moved)}. Neither moved by {MOVED:g} nor narrowed: {named(dull)}. "
        "Contraction is the share of the prior's variance that is gone, with its 95% interval; errors are those of the draws."
    )
    columns = (
        "parameter",
        "unit",
        "grade",
        "part",
        "default",
        "prior sd",
        "mean",
        "sd",
        "5%",
        "50%",
        "95%",
        "moved, in prior sds",
        "its error",
        "contraction",
        "from",
        "to",
        "verdict",
    )
    return Section(
        "parameters",
        "What the data say about each parameter",
        (said,),
        columns,
        rows,
        "For each parameter the prior as a line and the posterior as bars.",
    )


def moved_by(found: Calibration) -> Section:
    """Which figure moves which parameter."""
    told = moves.moves(found)
    return Section("moves", moves.TITLE, (moves.sentence(told),), moves.COLUMNS, moves.rows(told))


def pairs(found: Calibration) -> Section:
    """Correlations of the posterior, and ridges by name."""
    corr = np.corrcoef(scores(found.found.units).T).reshape(len(found.priors.names), -1)
    names = found.priors.names
    rows = tuple((names[i], names[j], float(corr[i, j])) for i in range(len(names)) for j in range(i + 1, len(names)))
    rows = tuple(sorted(rows, key=lambda row: -abs(row[2])))[:MOST_PAIRS]
    said = tuple(f"{r.verdict[0].upper()}{r.verdict[1:]}." for r in found.ridges)
    informed = any(c.told_low >= NOT_INFORMED for c in found.contractions)
    none = "No pair or combination of parameters was found that the data cannot tell apart."
    said = said or (none if informed else "The data informed no parameter, so there is nothing to tell apart.",)
    return Section(
        "pairs",
        "Which parameters the data cannot tell apart",
        said,
        ("one", "other", "correlation"),
        rows,
        "Draws of the posterior for each pair of parameters, at the prior's normal scores.",
    )


def outputs(found: Calibration) -> Section:
    """How far evidence narrowed each output."""
    rows = tuple(
        (i.name, i.prior_sd, i.sd, i.low, i.middle, i.high, i.narrowed, i.judgement, i.verdict) for i in found.informed
    )
    said = tuple(f"{i.name}: {i.verdict}." for i in found.informed) or ("No output was asked about.",)
    columns = ("output", "prior sd", "sd", "5%", "50%", "95%", "narrowed", "on judgement", "verdict")
    return Section(
        "outputs",
        "How far evidence narrowed each output",
        said,
        columns,
        rows,
        "For each output the share narrowed, and the share of what is left that rests on judgement." if rows else "",
    )


FIT_COLUMNS = (
    "id",
    "statistic",
    "observed",
    "5%",
    "50%",
    "95%",
    "prior 5%",
    "prior 95%",
    "inside",
    "as far out or further",
    "under the prior",
    "log score",
    "prior's log score",
    "gain",
    "narrower than prior by",
)


BOUND_WORDS = {"lower": "at least", "upper": "at most"}


def _fit_rows(found: Calibration, role: str) -> tuple[tuple[Any, ...], ...]:
    return tuple(
        (
            f.id,
            f.statistic,
            f"{BOUND_WORDS[f.bound]} {f.observed:.3g}" if f.bound else f.observed,
            f.low,
            f.middle,
            f.high,
            f.prior_low,
            f.prior_high,
            f.inside,
            f.chance,
            f.prior_chance,
            f.score,
            f.prior_score,
            f.score - f.prior_score,
            f.narrowed,
        )
        for f in found.fits
        if f.role == role
    )


def fitted(found: Calibration) -> Section:
    """Targets against runs at the posterior."""
    out = [f.id for f in found.fits if f.role == "target" and not f.inside]
    said = f"Outside the {LEVEL:.0%} posterior predictive interval: {named(out)}. {WIDE}"
    refused = tuple(_refused(found, c) for c in found.refused)
    return Section(
        "targets",
        "Fit to each target",
        (said, *refused),
        FIT_COLUMNS,
        _fit_rows(found, "target"),
        "For each target the predictive interval of prior and posterior, and the observed value.",
    )


def _refused(found: Calibration, check: Checked) -> str:
    """What became of a figure whose emulator did not pass."""
    if short.widened(found):
        return f"{check.name} was fitted with a wider error. Its emulator did not pass: {check.why}."
    passed = [str(w.number) for w in found.waves[:-1] if any(c.name == check.name and c.passed for c in w.checks)]
    shaped = f" It passed in wave {' and '.join(passed)}, and so helped to shape the region." if passed else ""
    return f"{check.name} was not fitted. Its emulator did not pass: {check.why}.{shaped}"


def validation(found: Calibration) -> Section:
    """Rows held back: run, compared, never fitted."""
    rows = _fit_rows(found, "validation")
    out = [row[0] for row in rows if not row[8]]
    said = (
        f"These rows were not fitted. Outside the {LEVEL:.0%} interval: {named(out)}."
        if rows
        else "No row was held back."
    )
    return Section(
        "validation",
        "Evidence that was not fitted",
        (said, *(f"{what[0].upper()}{what[1:]}: {how}." for what, how in short.not_fitted(found))),
        FIT_COLUMNS,
        rows,
        "For each row held back the predictive interval of prior and posterior, and the observed value."
        if rows
        else "",
    )


def left_out(found: Calibration) -> Section:
    """Leave one target out."""
    rows = tuple(
        (r.id, r.observed, r.low, r.middle, r.high, r.inside, r.miss, unless(r.gain), r.parameter, r.moved)
        for r in found.left_out
    )
    out = [r.id for r in found.left_out if not r.inside]
    said = (
        f"Each target predicted from the others, on the emulator. Outside its 90% interval: {named(out)}."
        if rows
        else "With a single target there is nothing to predict it from."
    )
    columns = (
        "id",
        "observed",
        "5%",
        "50%",
        "95%",
        "inside",
        "standard deviations off",
        "gain in log score over the prior",
        "moves most",
        "by posterior sds",
    )
    return Section(
        "left-out",
        "Each target predicted from the others",
        (said, *([f"{short.SEEN}."] if rows and len(found.waves) > 1 else [])),
        columns,
        rows,
        "For each target, how many standard deviations the others' prediction is off." if rows else "",
    )


def unless(value: float | None, words: str = "not known") -> float | str:
    """A number, or words for none."""
    return words if value is None else value


BELOW = "below the noise"
"""In place of a Q2: points differ by less than noise lets one see."""


def emulator(found: Calibration) -> Section:
    """The gate, wave by wave."""
    rows = tuple(
        (
            w.number,
            c.name,
            c.kind,
            c.points,
            c.spread,
            c.covered,
            unless(c.q2, BELOW),
            c.squared_error,
            c.noise,
            c.passed,
            c.why,
        )
        for w in found.waves
        for c in w.checks
    )
    bad = [c.name for c in found.refused]
    said = f"Checked on runs that the emulator was not fitted to. Not passed in the last wave: {named(bad)}."
    columns = (
        "wave",
        "target",
        "surface",
        "held-out points",
        "spread of misses (1 is right)",
        "inside 95%",
        "Q2",
        "squared error",
        "noise of a run",
        "passed",
        "why",
    )
    return Section(
        "emulator",
        "Does the emulator agree with the model?",
        (said,),
        columns,
        rows,
        "For each target of the last wave, held-out runs against what the emulator predicted for them.",
    )


def distances(found: Calibration) -> Section:
    """Emulator against simulator where it matters."""
    rows = tuple((d.id, d.shift, d.spread, d.near, unless(d.q2, BELOW)) for d in found.distances)
    far = [d.id for d in found.distances if not d.near]
    said = f"At draws of the posterior the emulator differs from the model for: {named(far)}."
    return Section(
        "distance",
        "The emulator at the posterior",
        (said,),
        ("target", "mean of misses (0 is right)", "spread of misses (1 is right)", "near", "Q2"),
        rows,
    )


def waves(found: Calibration) -> Section:
    """What each wave left of the prior."""
    rows = tuple((w.number, len(w.units), int(how_many(w.runs).sum()), w.share, w.emulator_share) for w in found.waves)
    said = f"The last wave searched {found.waves[-1].share:.2%} of the prior's volume. Stopping rule {short.stopped(found)}."
    columns = ("wave", "points", "runs", "share of the prior left before it", "emulator's share of a variance, at most")
    return Section("waves", "Waves", (said,), columns, rows)


def sampling(found: Calibration) -> Section:
    """Degrees of the sequential Monte Carlo."""
    rows = tuple(
        (i + 1, s.power, s.effective, s.accepted, s.moves, s.remembered) for i, s in enumerate(found.found.stages)
    )
    stuck = [i + 1 for i, s in enumerate(found.found.stages) if s.remembered > 0.5]
    said = (
        f"{len(found.found.units)} particles in {found.found.islands} parts, each from a design of its own; the stages are "
        f"those of the first. A mean over them has the luck of {len(found.found.units) / found.found.luck:.0f} independent "
        f"draws. Stages whose particles did not move enough: {named([str(i) for i in stuck])}."
    )
    columns = ("stage", "power", "effective particles", "accepted", "moves", "memory of the start, at most")
    return Section("sampling", "From prior to posterior", (said,), columns, rows)


def measure_next(found: Calibration) -> Section:
    """What studies that could be made would tell."""
    rows = tuple(next_words.cells(row) for row in found.next)
    said = next_words.said(len(found.after), "output")
    return Section("next", "Measure this next", (said,), next_words.columns("output"), rows)


def rank_section(ranks: RankCheck) -> Section:
    """Simulation-based calibration."""
    tenths = np.array([np.bincount(column // 10, minlength=10) for column in ranks.ranks.T])
    rows = tuple(
        (
            name,
            float(ranks.covered[0.5][j]),
            float(ranks.covered[0.9][j]),
            ranks.error(0.9),
            int(ranks.outside[j]),
            *(int(v) for v in tenths[j]),
        )
        for j, name in enumerate(ranks.names)
    )
    columns = (
        "parameter",
        "50% intervals held it",
        "90% intervals held it",
        "error of that share",
        "values outside the band",
        *(f"ranks {10 * k} to {10 * k + 9}" for k in range(10)),
    )
    return Section(
        "ranks",
        "Is the method right about data made from known parameters?",
        (ranks.sentence(), ranks.sees()),
        columns,
        rows,
        "For each parameter the ranks of true values as a curve, less the even line, inside the band.",
    )


def second_section(opinion: Opinion, rows: list[Agreement]) -> Section:
    """A second opinion beside the posterior."""
    said = (
        in_words(opinion, rows),
        "pyABC uses only the model and the figures, not the emulator or the sampler behind the posterior.",
    )
    table = tuple((r.name, r.mean, r.opinion_mean, r.sd, r.opinion_sd, r.apart, r.width, r.agrees) for r in rows)
    columns = (
        "parameter",
        "mean",
        "pyABC's mean",
        "sd",
        "pyABC's sd",
        "means apart, in sds",
        "pyABC's sd over ours",
        "agrees",
    )
    return Section("second-opinion", "Does another library find the same?", said, columns, table)
