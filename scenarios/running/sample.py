"""What a study simulated, in words, and whether it had settled: the command line and the pages read it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scenarios.reading.own_numbers import OwnNumbers, OwnPrior, as_typed, drawn_in_words, held_in_words
from scenarios.reading.scenario import Scenario
from scenarios.reading.write import as_dict
from scenarios.running import posterior
from scenarios.running.posterior import Chosen
from scenarios.running.study import Study, make_shape
from sim.errors import UserError
from sim.people.own_area import OWN
from sim.people.population import load_areas
from sim.results import caveats, summary
from sim.results.result import SETTLING_WEEKS, Result


def sample(study: Study) -> str:
    """What was simulated, in words; a user's own area by the name they gave it."""
    shape = make_shape(study)
    one = f" {caveats.ONE_PLACE}" if shape.neighbourhoods == 1 else ""
    return f"{caveats.about(shape, study.people)} {posterior.origin(study.told)}" + one + notes(study)


def notes(study: Study) -> str:
    """What is unusual of a study, in words: an area of one's own, rival evidence, numbers of one's own, a short burn-in."""
    return own_area(study) + rivals(study) + own_numbers(study) + short_burn_in(study)


def foremost(study: Study) -> str:
    """The same with what changes every figure first: rival evidence and numbers of one's own."""
    return rivals(study) + own_numbers(study) + own_area(study) + short_burn_in(study)


def foremost_of_kept(manifest: Mapping[str, Any]) -> str:
    """`foremost` of a run that was read back, as its manifest says it. Of judgements it does not say whose they are."""
    held, own = manifest["identity"], manifest.get("own_area")
    fixed = tuple((held.get("fixed") or {}).items())
    priors = [_kept_prior(name, *one) for name, one in (held.get("priors") or {}).items()]
    area = f" Your own area: {own['name']}." if own else ""
    return _rivals(fixed) + _own_numbers(fixed, priors) + area + _short(held["burn_in"])


def _kept_prior(name: str, shares: Sequence[float], values: Sequence[float]) -> OwnPrior:
    return OwnPrior(name, tuple(shares), tuple(values), "" if len(shares) == 2 else "what people judged")


def told(study: Study, policies: Sequence[Scenario]) -> Chosen:
    """The posterior as results of these policies tell of it: of which of them levels were looked at, if of any."""
    codes = ["own" if area == OWN else str(load_areas().code[area]) for area in study.areas]
    listed = bool(study.inventory)
    return _of(study.told, [(one.title, as_dict(one)) for one in policies], codes, study.people, listed)


def told_of_kept(chosen: Chosen, manifest: Mapping[str, Any]) -> Chosen:
    """The same of a run that was read back."""
    held, policy = manifest["identity"], manifest["scenario"]
    named = [(str(policy.get("title", "")), policy)]
    return _of(chosen, named, held.get("areas", []), int(held.get("people", 0)), bool(held.get("inventory")))


def _of(
    chosen: Chosen, named: Sequence[tuple[str, Mapping[str, Any]]], areas: Sequence[str], people: int, listed: bool
) -> Chosen:
    """With the titles whose policies were looked at; of none where supply starts from a list of what exists. Where two policies
    have one title, both have to be."""
    apart = {title for title, policy in named if listed or not posterior.as_looked_at(chosen, policy, areas, people)}
    return replace(chosen, of=tuple(dict.fromkeys(title for title, _ in named if title not in apart)))


def short_burn_in(study: Study) -> str:
    """That nobody can tell whether what exists had settled; nothing where the burn-in is long enough."""
    return _short(study.burn_in)


def _short(weeks: int) -> str:
    return f" {caveats.SHORT_BURN_IN}" if weeks < SETTLING_WEEKS else ""


def own_area(study: Study) -> str:
    """That one of the areas is a user's own, and what it is like; nothing when none is."""
    if study.own is None:
        return ""
    like = load_areas().short_name[study.own.like]
    return f" Your own area: {study.own.name}; what was not given is as in {like}."


def rivals(study: Study) -> str:
    """The rival evidence that holds in it; nothing when none does."""
    return _rivals(study.fixed)


def _rivals(fixed: Sequence[tuple[str, float]]) -> str:
    if not fixed:
        return ""
    from scenarios.reading.rival_evidence import alternatives

    held = [one.words for one in alternatives().values() if one.fixed in fixed]
    return f" Rival evidence: {'; '.join(held)}. With it no level is a finding." if held else ""


def own_as_typed(study: Study, rivals: bool = True) -> list[str]:
    """The options with which a study's own numbers are typed. `rivals`: whether the command takes rival evidence by name."""
    return as_typed(OwnNumbers(study.fixed, study.priors), rivals)


def own_numbers(study: Study) -> str:
    """What is held or drawn otherwise than the model has it, but for rival evidence; nothing when all is as usual."""
    return _own_numbers(study.fixed, study.priors)


def _own_numbers(fixed: Sequence[tuple[str, float]], priors: Sequence[OwnPrior]) -> str:
    if not fixed and not priors:
        return ""
    from scenarios.reading.rival_evidence import alternatives

    of_rivals = {one.fixed for one in alternatives().values()}
    held = [held_in_words(*one) for one in fixed if one not in of_rivals]
    sources = dict.fromkeys(one.source for one in priors)
    drawn = {source: [drawn_in_words(one) for one in priors if one.source == source] for source in sources}
    said = [f"Held at a value of your own: {_some(held)}."] if held else []
    said += [f"Drawn from {source or 'a range of your own'}: {_some(each)}." for source, each in drawn.items()]
    return f" {' '.join(said)} {CALLED_NOTHING}" if said else ""


CALLED_NOTHING = "With them no level is a finding."
MOST_TOLD = 8
"""Numbers of one's own that a sentence names; a folder's manifest.json holds all."""


def _some(said: Sequence[str]) -> str:
    more = len(said) - MOST_TOLD
    return "; ".join(said[:MOST_TOLD]) + (f"; and {more} others" if more > 0 else "")


def settled(named: Sequence[tuple[str, Result]]) -> None:
    """Raises UserError for a run whose stocks still drifted when reporting began."""
    for title, result in named:
        if loose := summary.still_drifting(result):
            raise UserError(
                caveats.NOT_SETTLED + ", ".join(loose),
                key=title,
                rule=f"less than {summary.MOST_DRIFT:.0%} in the last year before reporting",
                got=", ".join(f"{n} {result.drift[n]:+.1%}" for n in loose),
                try_="a longer --burn-in (weeks)",
            )
