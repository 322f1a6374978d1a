"""The case's sections on money: who pays, cost per person, effectiveness, benefit, plane, acceptability, perspectives, areas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from reports.case import pictures as draw
from reports.case.page import Section
from reports.case.told import MEANS, NOTHING, Told, by_draw, mean_span, plain, pounds, verdict
from scenarios.worth import case, economics, thresholds
from scenarios.worth.case import Runs, View
from sim.results import caveats, counts, pooling, summary, value, words
from sim.results.outcomes import MAIN
from sim.results.result import MONEY, Result

CURVE_STEPS = 21


def budget(told: Told) -> Section:
    """Who pays how much more in each year: cash and not cash apart."""
    base, other = told.runs.results[:2]
    change = case.less(case.scaled(other, value.spent_by_year), case.scaled(base, value.spent_by_year))
    table = told.runs.table(change).mean(axis=1)  # [draws, years, payers]
    years = table.shape[1]
    rows: list[tuple[str, ...]] = []
    more, less = payers(told)
    for k, name in enumerate(MONEY):
        note = "yes; shown, not charged to peer support" if name == counts.NOT_PEER_SUPPORT else "yes"
        rows.append(
            (
                counts.PAYERS[name],
                *(pounds(float(table[:, y, k].mean())) for y in range(years)),
                mean_span(table[:, :, k].sum(axis=1), pounds),
                note,
            )
        )
    rows += [_places(told, years), *_not_cash(told, years)]
    said = [
        f"Pounds more (or less, with a minus) than under {told.against}, by who pays and year, for "
        f"{case.adults(base):,.0f} adults; 2024/25 prices, undiscounted; means over draws. {caveats.PRICES}",
        f"Pay measurably more: {', '.join(more)}." if more else "No payer pays measurably more.",
        f"Pay measurably less: {', '.join(less)}." if less else "",
        "What hospitals and practices do not have to do frees time and beds that others use: it is not cash.",
    ]
    columns = ("who pays", *(f"year {y + 1}" for y in range(years)), "all years, mean (5 to 95% of draws)", "cash?")
    picture, caption = _payers(table.sum(axis=1).mean(axis=0))
    return Section(
        "budget",
        "Budget impact: who pays, and when",
        tuple(s for s in said if s),
        columns,
        tuple(rows),
        picture,
        caption,
    )


def payers(told: Told) -> tuple[list[str], list[str]]:
    """Who pays measurably more over all years, and who less."""
    more, less = ([counts.PAYERS[name] for name in names] for names in paying(told))
    return more, less


def paying(told: Told) -> tuple[list[str], list[str]]:
    """The same as names of MONEY."""
    base, other = told.runs.results[:2]
    change = case.less(case.scaled(other, value.spent_by_year), case.scaled(base, value.spent_by_year)).sum(axis=1)
    signs = [case.told_apart(told.runs.table(change[:, k])) for k in range(len(MONEY))]
    more, less = ([name for name, sign in zip(MONEY, signs, strict=True) if sign == way] for way in (1, -1))
    return more, less


def _payers(means: np.ndarray) -> tuple[Callable[[float], str] | None, str]:
    """Bars of who pays more or less over all years, the mean over draws of float64[payers]; nothing where nobody does."""
    moved = [k for k in np.argsort(-np.abs(means), kind="stable") if abs(means[k]) >= 0.5]
    if not moved:
        return None, ""
    names, values = [counts.PAYERS[MONEY[k]] for k in moved], [float(means[k]) for k in moved]
    caption = f"Over all years, the mean over draws: {names[0]} moves most, by {pounds(values[0])}."
    return partial(draw.bars, names, values, pounds, ("Who pays more, and who less", caption)), caption


def places_more(told: Told) -> np.ndarray:
    """float64[draws, replicates]: how much of the extra cost is the places in use, beside budgets: over all years, discounted as it is."""
    without = replace(told.view, choices=replace(told.view.choices, places=False))
    whole, rest = (_more_cost(told, seen) for seen in (told.view, without))
    return case.less(whole, rest)


def _more_cost(told: Told, seen: View) -> np.ndarray:
    base, other = told.runs.results[:2]
    return told.runs.table(case.less(case.costs(other, seen), case.costs(base, seen)))


def _places_by_year(told: Told) -> np.ndarray:
    """float64[draws, replicates, years]."""
    how = told.view.choices.volunteer_time
    each = [
        case.scaled(r, lambda part: value.places_gbp_by_year(part, case.worth_of(part, told.view), how))
        for r in told.runs.results[:2]
    ]
    return told.runs.table(case.less(each[1], each[0]))


def _places(told: Told, years: int) -> tuple[str, ...]:
    """What the places in use cost beside budgets, by year."""
    table = _places_by_year(told).mean(axis=1)
    return (
        "places in use: room, expenses, coordination, matching, organisers' time",
        *(pounds(float(table[:, y].mean())) for y in range(years)),
        mean_span(table.sum(axis=1), pounds),
        "beside budgets; somebody pays it, so every side's cost has it",
    )


def _not_cash(told: Told, years: int) -> list[tuple[str, ...]]:
    base, other = told.runs.results[:2]
    rows = []
    for route, label in (
        ("trial", "hospital admissions avoided, as in trials"),
        ("activation", "contacts avoided, through confidence"),
    ):
        seen = replace(told.view, choices=replace(told.view.choices, service_route=route))
        saved = [
            case.scaled(r, lambda part, v=seen: value.services_saved_gbp(part, case.worth_of(part, v), v.choices))  # type: ignore[misc]
            for r in (base, other)
        ]
        rows.append(
            (
                label,
                *("" for _ in range(years)),
                mean_span(by_draw(told, case.less(saved[0], saved[1])), pounds),
                "no; one route or the other, never both",
            )
        )
    for how in value.VOLUNTEER_TIME[1:]:
        given = [
            case.scaled(r, lambda part, h=how: value.volunteer_time_gbp(part, case.worth_of(part, told.view), h))  # type: ignore[misc]
            for r in (base, other)
        ]
        rows.append(
            (
                f"volunteers' and organisers' hours, at {how} cost",
                *("" for _ in range(years)),
                mean_span(by_draw(told, case.less(given[1], given[0])), pounds),
                "no; counted as nothing in the headline",
            )
        )
    return rows


def per_person(told: Told) -> Section:
    """Extra pounds for each further person who starts, and who is better off on the whole: means over means."""
    base, other = told.runs.results[:2]

    def spent(part: Result) -> np.ndarray:
        return counts.spent(part) + value.places_gbp(part, case.worth_of(part, told.view)).sum(axis=0)

    extra = by_draw(told, case.less(case.scaled(other, spent), case.scaled(base, spent)))
    rows, said = [], ["All payers and the places in use, link workers left out, undiscounted."]
    for count, label in PEOPLE:
        more_of = more_people(told, count)
        many = more_of.mean(axis=1)
        sign = case.told_apart(more_of)
        known = sign > 0 and extra.mean() > 0
        shown = pounds(float(extra.mean() / many.mean())) if known else "no figure"
        rows.append((f"for each further {label}", shown, mean_span(many, plain), verdict(sign, "more", "fewer")))
        if known:
            said.append(f"Each further {label} costs {shown}.")
        elif sign <= 0:
            said.append(
                f"For each further {label}: {NOTHING if sign == 0 else 'there are fewer'}, so no cost is given."
            )
        else:
            said.append(f"For each further {label}: it costs no more.")
    return Section(
        "per-person",
        "Cost for each person",
        tuple(said),
        ("for whom", "extra cost", "how many more over the years, mean (5 to 95% of draws)", "what can be said"),
        tuple(rows),
    )


def starts(result: Result) -> np.ndarray:
    """float64[worlds]: times that somebody started in the reported weeks."""
    return counts.weekly_total(result, "n_started").sum(axis=0)


PEOPLE = ((starts, "person starting"), (counts.net_better, "person better off, less those worse off"))
"""For whom a cost is given. Luck makes as many worse off as better off, so only the net is what support does."""


def more_people(told: Told, count: Callable[[Result], np.ndarray]) -> np.ndarray:
    """float64[draws, replicates]: how many more of a count over the years, for all adults of the areas."""
    each = [case.scaled(r, count) for r in told.runs.results[:2]]
    return told.runs.table(case.less(each[1], each[0]))


def ratio_words(cost: np.ndarray, effect: np.ndarray, unit: str) -> str:
    """What the increments allow to be said: a cost per unit, or why there is none."""
    sign = case.told_apart(effect)
    if sign == 0:
        return f"no measurable difference in {unit}s: no benefit is claimed and no cost for one is given"
    if sign < 0:
        return f"it loses {unit}s" + (
            " and costs more"
            if cost.mean() > 0
            else f", and frees {pounds(float(cost.mean() / effect.mean()))} for each one lost"
        )
    found = economics.icer(cost, effect)
    return f"{pounds(found)} for one {unit}" if np.isfinite(found) else f"it gives more {unit}s and costs no more"


def effectiveness(told: Told) -> Section:
    """Cost for one QALY, or one WELLBY: two readings of the same gain, one beside the other, never added."""
    rows, said = [], [f"From the side of {told.side}; {discounting(told)}", MEANS]
    for currency in thresholds.CURRENCIES:
        seen = replace(told.view, currency=currency)
        found = case.increment(told.runs, seen)
        words_ = ratio_words(found.cost, found.effect, currency)
        chosen = (
            " (the reading chosen)"
            if currency == told.view.currency
            else " (another reading of the same gain: never added)"
        )
        rows.append(
            (
                currency + chosen,
                mean_span(found.cost.mean(axis=1), pounds),
                mean_span(found.effect.mean(axis=1), plain),
                words_,
            )
        )
        if currency == told.view.currency:
            said.append(f"In {currency}s: {words_}.")
    if (own := told.with_own_links) is not None:
        rows.append(_own_row(own))
        said += own_links(told)
    said.append(caveats.GIVES)
    return Section(
        "effectiveness",
        "Cost for one QALY, or one WELLBY",
        tuple(said),
        ("reading", "extra cost", "extra effect", "cost for one"),
        tuple(rows),
    )


def _own_row(own: Told) -> tuple[str, str, str, str]:
    found, unit = case.increment(own.runs, own.view), own.view.currency
    return (
        f"{unit}, the policy with its own link workers",
        mean_span(found.cost.mean(axis=1), pounds),
        mean_span(found.effect.mean(axis=1), plain),
        ratio_words(found.cost, found.effect, unit),
    )


def own_links(told: Told) -> list[str]:
    """The second line in a sentence: the policy with its own link workers, their pay and the people together; or none."""
    own = told.with_own_links
    if own is None:
        return []
    found, people = case.increment(own.runs, own.view), more_people(own, starts)
    many = mean_span(people.mean(axis=1), plain) if case.told_apart(people) else NOTHING
    return [
        f"With its own link workers, their pay charged: people starting, {many}; cost, "
        f"{mean_span(found.cost.mean(axis=1), pounds)}; {ratio_words(found.cost, found.effect, own.view.currency)}."
    ]


def discounting(told: Told) -> str:
    """The rates used, from the runs' own records."""
    worth = case.worth_of(told.runs.results[0], told.view)
    return (
        f"costs are discounted at {worth.discount_costs[0]:.1%} a year and effects at {worth.discount_health[0]:.1%} "
        "(the Green Book's rates, recalled), over the years reported."
    )


def benefit(told: Told) -> Section:
    """Net benefit at every dated threshold of the chosen currency."""
    found = case.increment(told.runs, told.view)
    rows = []
    for mark in thresholds.of(told.view.currency):
        gained = found.benefit(mark.gbp)
        share = float((gained.mean(axis=1) > 0).mean())
        can = verdict(case.told_apart(gained), "worth it", "not worth it")
        rows.append(
            (
                mark.words,
                pounds(mark.gbp),
                mark.applies,
                f"{mark.source} ({mark.grade})",
                mean_span(gained.mean(axis=1), pounds),
                f"{share:.0%}",
                can if case.told_apart(found.effect) > 0 or can != "worth it" else "no benefit claimed",
            )
        )
    main = thresholds.main(told.view.currency)
    said = [
        f"Net benefit is the effect at a threshold less the extra cost to {told.side}. Positive in the share of draws we assumed; not a chance.",
        f"The headline threshold is {main.words}: {pounds(main.gbp)} (which to use is a value judgement).",
    ]
    if case.told_apart(found.effect) <= 0:
        said.append("No benefit is claimed, because no gain in effect could be told from zero.")
    return Section(
        "benefit",
        "Net benefit at dated thresholds",
        tuple(said),
        (
            "threshold",
            "pounds",
            "applies",
            "source",
            "net benefit, mean (5 to 95% of draws)",
            "positive in",
            "what can be said",
        ),
        tuple(rows),
    )


def plane(told: Told) -> Section:
    """Every draw's extra cost against its extra effect."""
    found = case.increment(told.runs, told.view)
    cost, effect = found.cost.mean(axis=1), found.effect.mean(axis=1)
    rows = tuple((name, f"{count} of {len(cost)}") for name, count in economics.quadrants(cost, effect).items())
    main = thresholds.main(told.view.currency)
    most = max(rows, key=lambda row: int(row[1].split()[0]))
    caption = f"Most draws lie where there is {most[0]}: {most[1]}. The dashed line is {pounds(main.gbp)} for one {told.view.currency}."
    picture = partial(draw.plane, cost, effect, main.gbp, told.view.currency, ("Cost-effectiveness plane", caption))
    return Section(
        "plane",
        "Cost-effectiveness plane",
        ("Each dot is one draw of the parameters.",),
        ("where", "draws"),
        rows,
        picture,
        caption,
    )


def acceptability(told: Told) -> Section:
    """Curve of every option, and which has most expected net benefit at each threshold."""
    costs, effects = case.options(told.runs, told.view)
    main = thresholds.main(told.view.currency).gbp
    grid = np.linspace(0, 4 * main, CURVE_STEPS).tolist()
    shares = economics.acceptability(costs, effects, grid)
    best, _ = economics.acceptability_frontier(costs, effects, grid)
    titles = told.runs.titles
    rows = tuple((pounds(g), *(f"{s:.0%}" for s in shares[i]), titles[best[i]]) for i, g in enumerate(grid))
    turns = [f"{titles[best[i]]} from {pounds(grid[i])}" for i in range(len(grid)) if i == 0 or best[i] != best[i - 1]]
    caption = f"Best by expected net benefit: {'; '.join(turns)} for one {told.view.currency}."
    picture = partial(draw.curves, grid, shares, titles, told.view.currency, ("Acceptability curves", caption))
    said = (
        "The share of draws in which each policy has most net benefit. The last column is the frontier: the policy with "
        "most expected net benefit. It need not be the one that is best most often.",
    )
    return Section(
        "acceptability",
        "Acceptability curve and frontier",
        said,
        ("threshold", *titles, "frontier"),
        rows,
        picture,
        caption,
    )


def full(told: Told) -> Section:
    """All policies in order of cost, with dominance."""
    costs, effects = case.options(told.runs, told.view)
    found = economics.full_analysis(told.runs.titles, costs, effects)
    rows = tuple(
        (o.name, pounds(o.cost), plain(o.effect), o.status, pounds(o.icer) if np.isfinite(o.icer) else "")
        for o in found
    )
    said = (
        f"All policies of this case, in order of what they cost {told.side} in all, discounted; ratios against the one before on the frontier.",
    )
    return Section(
        "full",
        "Every policy in order of cost",
        said,
        ("policy", "cost", f"{told.view.currency}s", "status", f"cost for one more {told.view.currency}"),
        rows,
    )


def perspectives(told: Told) -> Section:
    """Three sides, each with the hospital-use effect off and on by either route; variants of the chosen side."""
    rows = []
    for name, side in case.SIDES.items():
        for route, label in (("none", "off"), ("trial", "on, as in trials"), ("activation", "on, through confidence")):
            seen = replace(told.view, perspective=name, choices=replace(told.view.choices, service_route=route))
            rows.append(_variant(told, f"{side}; hospital use {label}", seen))
    rows += [_variant(told, f"{case.SIDES[seen.perspective]}; {label}", seen) for label, seen in variants(told)]
    if (own := told.with_own_links) is not None:
        rows.append(_variant(own, f"{own.side}; the policy with its own link workers, their pay charged", own.view))
    said = (
        *_same_costs(told),
        MEANS,
        "Each row takes one side. Rows are alternatives and are never added. Fewer contacts with services come by one route only.",
        "Volunteers' time is valued three ways: at zero (the headline), at what a paid worker would cost, and at what they give up.",
    )
    return Section(
        "perspectives",
        "Whose costs, and hospital use on and off",
        said,
        ("counted as", "extra cost", "cost for one", "net benefit at the headline threshold", "positive in"),
        tuple(rows),
    )


def _same_costs(told: Told) -> tuple[str, ...]:
    """Said where no payer whom only one side counts pays more or less."""
    costs = [case.increment(told.runs, replace(told.view, perspective=name)).cost for name in case.SIDES]
    same = all(np.allclose(cost, costs[0]) for cost in costs)
    return ("All sides count the same here: only payers whom each of them counts pay more or less.",) if same else ()


def variants(told: Told) -> list[tuple[str, View]]:
    """Words and views of other choices than the headline's."""
    seen = told.view
    with_ = lambda **c: replace(seen, choices=replace(seen.choices, **c))  # noqa: E731
    found = [
        (f"volunteers' time at {how} cost", replace(with_(volunteer_time=how), perspective="society"))
        for how in value.VOLUNTEER_TIME[1:]
    ]
    found += [
        ("effects stop with support", with_(persistence="stops")),
        ("effects halve beyond the years reported", with_(persistence="halves_beyond")),
        ("nothing discounted", with_(discounted=False)),
        (
            "effects discounted like costs (as NICE has it, recalled)",
            replace(seen, held=(("discount_health", _cost_rate(told)),)),
        ),
        ("places in use not priced: budgets alone", with_(places=False)),
    ]
    return found


def _cost_rate(told: Told) -> float:
    return float(case.worth_of(told.runs.results[0], told.view).discount_costs[0])


def _variant(told: Told, label: str, seen: View) -> tuple[str, ...]:
    found = case.increment(told.runs, seen)
    gained = found.benefit(thresholds.main(seen.currency).gbp).mean(axis=1)
    return (
        label,
        mean_span(found.cost.mean(axis=1), pounds),
        ratio_words(found.cost, found.effect, seen.currency),
        mean_span(gained, pounds),
        f"{(gained > 0).mean():.0%}",
    )


def by_area(told: Told) -> Section | None:
    """Each area by itself; None where there is one."""
    parts = [pooling.each_area(r) for r in told.runs.results[:2]]
    if len(parts[0]) == 1:
        return None
    rows = []
    for (name, one), (_, two) in zip(*parts, strict=True):
        own = Runs(told.runs.titles[:2], (one, two))
        found = case.increment(own, told.view)
        middle, beside = words.span(MAIN, summary.difference(one, two)[MAIN].difference, True)
        rows.append(
            (
                name,
                f"{case.adults(one):,.0f}",
                f"{middle} ({beside})",
                mean_span(found.cost.mean(axis=1), pounds),
                mean_span(found.effect.mean(axis=1), plain),
            )
        )
    return Section(
        "areas",
        "By area",
        ("Figures of all areas together count each area by the people who live there. Amounts are means over draws.",),
        ("area", "adults", "availability, median", "extra cost", f"extra {told.view.currency}s"),
        tuple(rows),
    )
