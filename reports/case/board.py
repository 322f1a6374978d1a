"""The case's first page, for a board: the question, the options, cost, who gains, who loses, risks, what is not known, and
the decision asked for. Every sentence is read from the run or from a record; what could not be told from nothing is not claimed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from reports.case.money import more_people, paying, places_more, ratio_words, starts
from reports.case.page import Section
from reports.case.sections import WHOSE, good, groups, helped
from reports.case.told import NOTHING, Told, by_draw, mean_span, plain, pounds
from reports.first import got_worse, signed
from scenarios.worth import case, thresholds
from sim.numbers import judgements
from sim.results import caveats, counts, outcomes, summary, words
from sim.results.outcomes import MAIN
from sim.results.words import level_name, many

MOST = 5
"""Levers, groups or figures that a sentence names."""
LONGEST = 340
"""Letters of a paragraph on the sheet."""
CUT = " … (the long page has all)"
NONE = "Doing nothing is not among these options: it was not run."
SILENT = "A small group may still lose, by too little to measure."


def board(told: Told, made: Sequence[Section] = ()) -> list[Section]:
    """The page, in the order in which a board asks. `made`: sections of the whole case, of which some have a sentence here."""
    short = {section.key: section.short for section in made if section.short}
    moved = {name: groups(told, name) for name in WHOSE}
    return [
        _question(told),
        _options(told),
        _cost(told),
        Section("board-gain", "Who gains", tuple(_gains(told, moved))),
        Section("board-lose", "Who loses, and what gets worse", tuple(_losses(told, moved))),
        Section("board-risks", "Risks", tuple(_risks(told))),
        Section("board-unknown", "What is not known", tuple(_unknown(told, short))),
        Section("board-decision", "The decision asked for", tuple(_decision(told, short))),
    ]


def _fits(text: str) -> str:
    """A paragraph that leaves room on the sheet for the others."""
    whole = " ".join(text.split())
    return whole if len(whole) <= LONGEST else textwrap.shorten(whole, LONGEST, placeholder=CUT)


def _some(found: Sequence[str], joint: str = "; ") -> str:
    more = len(found) - MOST
    return joint.join(found[:MOST]) + (f"{joint}and {more} more" if more > 0 else "")


# ------------------------------------------------------------------ the question, the options


def _question(told: Told) -> Section:
    base = told.runs.results[0]
    first = told.question or f"Should {told.policy} take the place of {told.against}?"
    where = f"For {case.adults(base):,.0f} adults of {caveats.where(base.shape)}, over {many(told.years, 'year')}."
    return Section("board-question", "The question", (_fits(first), where))


def _options(told: Told) -> Section:
    """A row an option: the first one's levels, and what each other differs by."""
    rows = [_level(told), *(_option(told.beside(k), told, k) for k in range(1, len(told.runs.titles)))]
    if (own := told.with_own_links) is not None:
        rows.insert(2, _option(own, told, 1, ", with its own link workers and their pay"))
    columns = (
        "option",
        "available, of 100 wants",
        "started in time, of 100 wants",
        "further people starting",
        f"extra cost to {told.side}",
    )
    said = [
        f"The first option has its levels; each other has its difference from them. {caveats.OFFERED}",
        *_differs(told),
    ]
    return Section(
        "board-options", "The options", (*said, *([NONE] if told.nothing is None else [])), columns, tuple(rows)
    )


def _differs(told: Told) -> list[str]:
    """What the policy does otherwise, in words."""
    before = "now" if told.nothing == 0 else f"under {told.against}"
    moved = [f"{name}: {_new(old, new)}, {before} {old}{_unit(unit)}" for name, old, new, unit in told.levers]
    if not moved:
        return ["No lever differs between the first two."]
    pounds_of = [PRICES] if any(YEAR_OF_PRICES in unit for *_, unit in told.levers[:MOST]) else []
    return [_fits(f"{told.policy} changes: {_some(moved)}."), *pounds_of]


def _new(old: str, new: str) -> str:
    """What a lever becomes; without its start where that is as now."""
    return new.removeprefix(f"{old}; ")


YEAR_OF_PRICES = " (2024/25 prices)"
PRICES = "Pounds are at 2024/25 prices."


def _unit(unit: str) -> str:
    """Without the year of its prices, which stands behind all of them."""
    said = unit.removesuffix(YEAR_OF_PRICES)
    return f" ({said})" if said else ""


def _name(told: Told, k: int, more: str = "") -> str:
    title = told.runs.titles[k]
    return (f"Do nothing: {title} goes on" if told.nothing == k else title) + more


SHARES = (MAIN, "started_in_time")


def _level(told: Told) -> tuple[str, ...]:
    found = summary.headline(told.runs.results[0])
    levels = (f"{100 * summary.interval(found[name]).median:.1f}" for name in SHARES)
    same = "as now" if told.nothing == 0 else "as in the first option"
    return _name(told, 0), *levels, same, same


def _option(seen: Told, told: Told, k: int, more: str = "") -> tuple[str, ...]:
    """`seen`: the option beside the first; `told`: the whole case, which knows its name."""
    base, other = seen.runs.results[:2]
    one, two = summary.headline(base), summary.headline(other)
    shares = (_points(seen, case.less(two[name], one[name])) for name in SHARES)
    people, cost = more_people(seen, starts), case.increment(seen.runs, seen.view).cost
    return _name(told, k, more), *shares, _amount(people, plain), _amount(cost, pounds)


def _points(told: Told, per_world: np.ndarray) -> str:
    if not case.told_apart(told.runs.table(per_world)):
        return NOTHING
    found = summary.interval(per_world)
    wide = f" ({signed(found.low)} to {signed(found.high)})" if found.ranged else ""
    return f"{signed(found.median)}{wide}"


def _amount(per_draw: np.ndarray, said: Callable[[float], str]) -> str:
    return mean_span(per_draw.mean(axis=1), said) if case.told_apart(per_draw) else NOTHING


# ------------------------------------------------------------------ cost


def _cost(told: Told) -> Section:
    found = case.increment(told.runs, told.view)
    more, less = ([_payer(told, name) for name in names] for names in paying(told))
    people = case.adults(told.runs.results[0]) * told.years
    said = [f"To {told.side}, over {many(told.years, 'year')}: {_amount(found.cost, pounds)}."]
    if case.told_apart(found.cost):
        said.append(
            f"That is {pounds(float(found.cost.mean()) / people)} for each adult a year, at 2024/25 prices, discounted."
        )
    said += [f"More is paid by: {_some(more)}."] if more else ["No payer pays measurably more."]
    said += [f"Less is paid by: {_some(less)}."] if less else []
    said.append(
        f"Places in use (room, expenses, coordination) are in that cost and in no budget: {_amount(places_more(told), pounds)}."
    )
    said.append(f"In {told.view.currency}s: {ratio_words(found.cost, found.effect, told.view.currency)}.")
    return Section("board-cost", "What it costs", tuple(said))


PAYERS = {
    "spent_board_pence": "the NHS board",
    "spent_council_pence": "councils",
    "spent_trust_pence": "NHS trusts",
    "spent_charity_pence": "charities",
    "spent_group_grants_pence": "the NHS, in small grants to groups",
    "spent_expenses_pence": "the NHS, for expenses of people who start",
    "spent_online_pence": "the NHS, for online places",
    counts.NOT_PEER_SUPPORT: "the NHS, for link workers",
    "spent_participants_and_own_sources_pence": "people who take part, and organisations of their own",
    "spent_ways_in_pence": "the NHS, for ways in",
    "spent_development_pence": "the NHS, to develop groups and volunteers",
}
"""Who pays, as a board calls them. That the NHS pays where no payer is named is judgement (`case.PERSPECTIVES`)."""


def _payer(told: Told, name: str) -> str:
    """Who pays; and where the cost above does not hold it, that it does not."""
    counted = name in case.PERSPECTIVES[told.view.perspective] or (
        name == counts.NOT_PEER_SUPPORT and told.view.link_workers
    )
    return PAYERS[name] if counted else f"{PAYERS[name]} (beside that cost)"


# ------------------------------------------------------------------ who gains, who loses


Moved = Mapping[str, Sequence[summary.GroupChange]]
"""The change of every group, by figure."""


def _who(moved: Moved, way: int) -> list[str]:
    """For each figure, the groups that move that way: in words, or none."""
    verb, said = {1: "Gain", -1: "Lose"}[way], []
    for name, found in moved.items():
        ways = [(level_name(one.dimension, one.level), good(name, one.change) == way) for one in found]
        named, rest = ([group for group, moves in ways if moves is which] for which in (True, False))
        if named:
            said.append(f"{verb} in {WHOSE[name]}, {caveats.at_least_worlds(case.SURE)}: {_listed(named, rest)}.")
    return said


def _listed(named: Sequence[str], rest: Sequence[str]) -> str:
    """ "all 29 groups", a few by name, nearly all with those that are none, or how many with some of their names."""
    of = len(named) + len(rest)
    if not rest:
        return f"all {of} groups"
    if len(named) <= MOST:
        return "; ".join(named)
    if len(rest) <= MOST:
        return f"{len(named)} of {of} groups, all but {'; '.join(rest)}"
    return f"{len(named)} of {of} groups, among them {'; '.join(named[:MOST])}"


def _gains(told: Told, moved: Moved) -> list[str]:
    people = more_people(told, counts.net_better)
    sign = case.told_apart(people)
    more = mean_span(np.asarray(people.mean(axis=1)), plain)
    first = f"Further people better off, less those worse off: {more if sign else NOTHING}."
    said = [FEWER] if sign < 0 else [first, *(_by_luck(told) if sign else [])]
    return [*said, *(_who(moved, 1) or ["No group gains measurably."])]


FEWER = 'No more people are better off, less those worse off. "Who loses" has how many fewer.'


def _by_luck(told: Told) -> list[str]:
    """How many luck alone would make better off, if support did nothing on average: why those worse off are taken away. Nothing
    where that cannot be told from nothing."""
    one, two = map(summary.headline, told.runs.results[:2])
    more = case.less(two["better_by_chance"], one["better_by_chance"])
    sign = case.told_apart(told.runs.table(more))
    if not sign:
        return []
    chance = mean_span(1000 * sign * by_draw(told, more), plain)
    way = "more" if sign > 0 else "fewer"
    return [f"Luck alone would make {chance} {way} of 1,000 wants better off, and about as many worse off."]


def _losses(told: Told, moved: Moved) -> list[str]:
    base, other = told.runs.results[:2]
    people = more_people(told, counts.net_better)
    fewer = mean_span(np.asarray(-people.mean(axis=1)), plain)
    first = [f"Fewer people better off, less those worse off: {fewer}."] if case.told_apart(people) < 0 else []
    worse = got_worse(base, other)
    gone = f"Worse {_nine()}: {_some(worse)}." if worse else f"Nothing that is measured gets worse {_nine()}."
    return [*first, *(_who(moved, -1) or [f"No group loses measurably. {SILENT}"]), _fits(gone)]


def _nine() -> str:
    return f"in at least {10 * words.SURE_SHARE:.0f} of 10 worlds"


# ------------------------------------------------------------------ risks, what is not known


def _risks(told: Told) -> list[str]:
    base, other = told.runs.results[:2]
    pair = summary.pair(outcomes.of_group(base, MAIN), outcomes.of_group(other, MAIN))
    worlds = pair.difference.worlds
    found = case.increment(told.runs, told.view)
    main = thresholds.main(told.view.currency)
    lost = int((found.benefit(main.gbp).mean(axis=1) <= 0).sum())
    high = summary.interval(found.cost.mean(axis=1))
    said = [f"Availability does not rise {caveats.in_worlds(worlds - pair.up, worlds)}."]
    said.append(
        f"It is not worth its cost in {lost} of {told.runs.draws} draws, at {pounds(main.gbp)} for one {told.view.currency}."
    )
    if high.ranged and case.told_apart(found.cost):
        said.append(f"The extra cost is {pounds(high.high)} or more in one draw of twenty.")
    one, two = summary.headline(base), summary.headline(other)
    harm = helped(told, two["better_per_want"] - one["better_per_want"], two["worse_per_want"] - one["worse_per_want"])
    return [*said, *harm[1:]]


def _unknown(told: Told, short: dict[str, str]) -> list[str]:
    shape = told.runs.results[0].shape
    return [
        *([_fits(told.notes)] if told.notes else []),
        f"Supply today: {caveats.status(shape)}. Differences are safer to read than levels.",
        *([caveats.ONE_PLACE] if shape.neighbourhoods == 1 else []),
        *([short["by-parameter"]] if "by-parameter" in short else []),
        caveats.JUDGEMENT.partition(":")[0] + ".",
        f"What counts as suitable, soon enough and better off is {judgements.STATUS}.",
        caveats.GIVES,
        caveats.FORECAST,
    ]


# ------------------------------------------------------------------ the decision


def _decision(told: Told, short: dict[str, str]) -> list[str]:
    titles = [_name(told, k) for k in range(len(told.runs.titles))]
    said = [f"Choose one: {'; '.join(titles)}; or try it first in a few neighbourhoods.", _worth_it(told)]
    said += [short["information"]] if "information" in short else []
    return [*said, "Whose costs count, and what a gain is worth, are value judgements for the board to make."]


def _worth_it(told: Told) -> str:
    """What the run says of the policy at the headline threshold, and what it cannot say."""
    found, main = case.increment(told.runs, told.view), thresholds.main(told.view.currency)
    gained = found.benefit(main.gbp)
    sign = case.told_apart(gained)
    at = f"At {pounds(main.gbp)} for one {told.view.currency} ({main.words})"
    if sign > 0 and case.told_apart(found.effect) <= 0:
        return f"{at} no benefit is claimed, because no gain could be told from zero."
    amount = mean_span(gained.mean(axis=1), pounds)
    if not sign:
        return f"{at} it cannot be told whether {told.policy} is worth its cost: net benefit {amount}."
    return f"{at} {told.policy} is {'worth' if sign > 0 else 'not worth'} its cost: net benefit {amount}."
