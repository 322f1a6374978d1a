"""The verdicts of a calibration before any detail: how well it predicts, what was learnt, what was not, what to believe."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.fit.check import LEVEL, Distance, Gain
from calibration.fit.identify import FINDING, NOT_INFORMED
from calibration.fit.rank_check import RankCheck
from calibration.fit.waves import SETTLED, Calibration
from calibration.report import held_back

RESAMPLES = 2_000
SEEN = (
    "The figure left out had a part in this: with several waves it helped to draw the region and the points of later ones. And the prior's "
    "score is by the first wave's emulator, the other by the last one's, which alone may make a gain"
)
"""Said of leaving one out after several waves."""
MOST_NAMED = 10
"""Names that a sentence has at most."""
Row = tuple[str, str]


def named(names: Sequence[str], none: str = "none") -> str:
    """Names in a sentence; of many the first, and how many more: a table has them all."""
    more = len(names) - MOST_NAMED
    told = [*names[:MOST_NAMED], f"and {more} more (in the table)"] if more > 1 else names
    return ", ".join(told) if names else none


def rows(found: Calibration, ranks: RankCheck | None = None) -> tuple[Row, ...]:
    """(question, answer) each, in the order in which a reader should ask."""
    return (
        *predicts(found),
        *checks(found),
        ("rank check", f"{ranks.sentence()} {ranks.sees()}" if ranks else "not made: --sbc 100 makes it"),
        *emulator(found),
        ("stopping rule", stopped(found)),
        *(((f"the plan's own test: {what}"), how) for what, how in found.passes),
        *learnt(found),
        ("what to believe", believe(found)),
        ("model version", found.simulator.version),
    )


def predicts(found: Calibration) -> list[Row]:
    """Log scores against the priors, rows that were not fitted first."""
    fitted, held = found.gains
    return [
        ("log score of rows that were not fitted, posterior against prior", gained(held, "no row was held back")),
        *not_fitted(found),
        ("each figure predicted from the others: mean gain in log score over the prior", left_out(found)),
        ("joint log score of fitted figures, posterior against prior", gained(fitted, "nothing was fitted")),
    ]


def not_fitted(found: Calibration) -> list[Row]:
    """What that score hangs on: the gain of each row, the score without the row that moves it most, and what the rows are."""
    if found.gains[1] is None:
        return []
    each = ", ".join(f"{name} {by:+.2f}" for name, by in held_back.gains(found))
    made = [("the same row by row, each by itself", each)]
    for one in held_back.without_most(found):
        made.append((f"the same without {' and '.join(one.ids)}", gained(one.gain, "nothing is left")))
    return [*made, ("what rows that were not fitted are", held_back.apart(found))]


def gained(gain: Gain | None, none: str) -> str:
    """A gain with its interval."""
    if gain is None:
        return none
    return f"{better(gain.low, gain.high)}: {gain.gain:+.2f} (90% interval {gain.low:+.2f} to {gain.high:+.2f})"


def better(low: float, high: float) -> str:
    """What an interval of a gain says."""
    return "better" if low > 0 else "NOT better" if high <= 0 else "cannot be told from no gain"


def left_out(found: Calibration) -> str:
    """The mean gain of leaving one out, with an interval over figures."""
    gains = np.array([row.gain for row in found.left_out if row.gain is not None])
    if len(gains) < 2:
        return "too few figures to predict one from the others"
    picks = np.random.default_rng(18).integers(len(gains), size=(RESAMPLES, len(gains)))
    low, high = np.quantile(gains[picks].mean(axis=1), [0.05, 0.95])
    seen = f". {SEEN}" if len(found.waves) > 1 else ""
    return f"{better(low, high)}: {gains.mean():+.2f} (90% of resamples of {len(gains)} figures {low:+.2f} to {high:+.2f}){seen}"


def checks(found: Calibration) -> list[Row]:
    """Predictive checks, of the posterior and of the prior."""
    made: list[Row] = []
    for role, words in (("target", "fitted figures"), ("validation", "rows that were not fitted")):
        mine = [f for f in found.fits if f.role == role]
        if mine:
            out = [f.id for f in mine if not f.inside]
            said = held_back.inside(found, role, LEVEL)
            made.append((f"{words} inside their {LEVEL:.0%} predictive interval", said + f"; outside: {named(out)}"))
    odd = [f.id for f in found.fits if f.prior_chance < 1 - LEVEL]
    made.append((f"figures outside what the priors expect ({LEVEL:.0%})", named(odd)))
    return [*made, gate(found)]


def gate(found: Calibration) -> Row:
    """Figures whose emulator did not pass, and what became of them."""
    if widened(found):
        return "figures whose emulator did not pass the gate, fitted with a wider error", named(
            [c.name for c in found.refused]
        )
    return "figures refused by the emulator's gate, so not fitted", named([c.name for c in found.refused])


def widened(found: Calibration) -> bool:
    """Whether figures whose emulator does not pass are fitted all the same, with a wider error."""
    return found.settings.failing == "inflate"


def emulator(found: Calibration) -> list[Row]:
    """The emulator where it matters."""
    far = [d.id for d in found.distances if not d.near]
    return [
        ("emulator at the posterior: how much of the model's movement it explains (Q2)", q2s(found.distances)),
        ("emulator at the posterior differs from the model for", named(far)),
    ]


def q2s(distances: Sequence[Distance]) -> str:
    """Q2 of each figure, unclamped, or that it moves less than the noise of its runs."""
    seen = [f"{d.id} {d.q2:.2f}" for d in distances if d.q2 is not None]
    below = [d.id for d in distances if d.q2 is None]
    return "; ".join(
        [*([", ".join(seen)] if seen else []), *([f"below the noise: {', '.join(below)}"] if below else [])]
    )


def stopped(found: Calibration) -> str:
    """Whether the rule by which waves stop was met."""
    share = f"the emulator is {found.waves[-1].emulator_share:.0%} of a figure's variance at most (rule: under {SETTLED:.0%})"
    return f"met: {share}" if found.settled else f"NOT met after {len(found.waves)} waves: {share}"


def learnt(found: Calibration) -> list[Row]:
    """Which parameters the data narrowed or moved, and which neither."""
    narrowed = [c for c in found.contractions if c.told_low >= NOT_INFORMED]
    moved = [c for c in found.contractions if c.moved]
    odd = [f"{c.name} ({c.bound} end)" for c in found.contractions if c.bound]
    still = [c.name for c in found.contractions if c not in narrowed and c not in moved]
    return [
        (
            "learnt: parameters surely narrowed, variance taken off",
            named([f"{c.name} ({c.contraction:.0%}, {c.told_low:.0%} to {c.told_high:.0%})" for c in narrowed]),
        ),
        ("learnt: parameters that moved, in prior sds", named([f"{c.name} ({c.shift:+.2f})" for c in moved])),
        ("lean on an end of their prior", named(odd)),
        ("figures and prior disagree", named([c.name for c in found.contractions if c.conflict])),
        ("not learnt: parameters neither surely narrowed nor moved", named(still)),
        ("parameters that cannot be told apart", apart(found, bool(narrowed))),
    ]


def apart(found: Calibration, informed: bool) -> str:
    """Ridges, if anything was informed at all."""
    if not found.ridges and not informed:
        return "not looked for: nothing was informed"
    return named([" and ".join(r.names) for r in found.ridges])


def believe(found: Calibration) -> str:
    """What follows for a reader."""
    findings = [i.name for i in found.informed if i.finding]
    rest = [i.name for i in found.informed if not i.finding]
    said = []
    if findings:
        said.append(f"Evidence narrowed by a fifth or more: {named(findings)}.")
    if rest:
        said.append(f"An assumption, not a finding (not surely narrowed by {FINDING:.0%}): the level of {named(rest)}.")
    held = found.gains[1]
    if held is None or held.low <= 0:
        said.append("No row that was not fitted shows that the posterior predicts better than the priors.")
    return " ".join(said) or "No output was asked about."
