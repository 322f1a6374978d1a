"""How a policy differs from today in a word, and whether that is better or worse."""

from __future__ import annotations

from reports.figures import say
from sim.results import summary
from sim.results.outcome import Outcome
from sim.results.words import sure


def change_words(figure: Outcome, pair: summary.Paired) -> str:
    """How the policy differs from today's: "+3.2 points", "no change", "no clear change"."""
    if not pair.difference.worlds:
        return "not measured"
    if not pair.up and not pair.down:
        return "as today"
    if not sure(pair):
        return "no clear change"
    return say(figure.kind, pair.difference.median, True)


def verdict(figure: Outcome, pair: summary.Paired) -> str:
    """better, worse, more, less or same: the page says it in words and marks it with a sign."""
    if not pair.difference.worlds or not sure(pair):
        return "same"
    rises = pair.difference.median > 0
    if not figure.good:
        return "more" if rises else "less"
    return "better" if rises == (figure.good > 0) else "worse"
