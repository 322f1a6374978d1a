"""The case, section by section: what changes, for whom, at what cost to whom, for what return. Sentences read the run.

A difference that cannot be told from nothing claims nothing: its sentence says so and the figures built on it are left
out. Ranges are 5 to 95% of parameter draws, replicates averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from reports.case import pictures as draw
from reports.case.page import Section
from scenarios.worth import case, economics, thresholds
from scenarios.worth.case import Runs, View
from sim.results import caveats, pooling, summary, value, words
from sim.results.result import MONEY

CURVE_STEPS = 21
CHANGES = (
    "available",
    "started_in_time",
    "starts_per_want",
    "better_per_want",
    "worse_per_want",
    "used_last_year",
    "waiting_per_10k",
)
NOTHING = "no measurable difference"


@dataclass(frozen=True)
class Told:
    """All that a case is made of. `levers`: (lever, baseline, policy, unit) that differ; `sample` in words."""

    runs: Runs
    view: View
    question: str
    levers: tuple[tuple[str, str, str, str], ...]
    sample: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def policy(self) -> str:
        """The policy's title."""
        return self.runs.titles[1]

    @property
    def against(self) -> str:
        """The title of what it is set against."""
        return self.runs.titles[0]

    @property
    def side(self) -> str:
        """Whose costs count, in words."""
        return case.SIDES[self.view.perspective]

    @property
    def years(self) -> float:
        """Years reported."""
        return self.runs.results[0].shape.weeks / 52


def pounds(amount: float) -> str:
    """ "£1.25 million", "-£310": three figures or so; never "-£0"."""
    if not np.isfinite(amount):
        return "no figure"
    size = abs(amount)
    if size >= 1e9:
        said = f"£{size / 1e9:.2f} billion"
    elif size >= 1e6:
        said = f"£{size / 1e6:.2f} million"
    else:
        said = f"£{size:,.0f}" if size >= 100 or round(size, 2) == 0 else f"£{size:,.2f}"
    return f"-{said}" if amount < 0 and said != "£0" else said


def plain(amount: float) -> str:
    """A count or an amount of effect, in about three figures."""
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:,.3g}"


def mean_span(per_draw: np.ndarray, said: Callable[[float], str]) -> str:
    """ "mean (low to high)" of float64[draws]: every amount of the page is a mean, so that they add up and agree."""
    found = summary.interval(per_draw)
    return f"{said(float(np.nanmean(per_draw)))} ({words.reach(found, said)})" if found.worlds else "no figure"


MEANS = "Amounts are means over draws (5 to 95% of draws); the cost for one is a ratio of means, so a middle draw may look otherwise."


def by_draw(told: Told, per_world: np.ndarray) -> np.ndarray:
    """float64[draws] of float64[worlds]."""
    return told.runs.table(per_world).mean(axis=1)


def verdict(sign: int, higher: str = "higher", lower: str = "lower") -> str:
    """What can be said of a difference."""
    return {1: higher, -1: lower, 0: NOTHING}[sign]


# ------------------------------------------------------------------ what it is


def policy(told: Told) -> Section:
    """The question and the levers that differ."""
    said = [
        f"The question: {told.question}" if told.question else "",
        f"{told.policy}, set against {told.against}. {told.sample}",
    ]
    if not told.levers:
        said.append("No lever differs between the two.")
    return Section(
        "policy",
        "The question and the policy",
        tuple(s for s in said if s),
        ("lever", told.against, told.policy, "unit"),
        told.levers,
    )


def changes(told: Told) -> Section:
    """Availability never alone: started, better off and worse off beside it."""
    base, other = told.runs.results[:2]
    found = summary.difference(base, other)
    one, two = summary.headline(base), summary.headline(other)
    rows, said = [], [words.sentence(found["available"]), caveats.OFFERED]
    for name in CHANGES:
        sign = case.told_apart(told.runs.table(case.less(two[name], one[name])))
        middle, reach = words.span(name, found[name].difference, True)
        rows.append((words.WORDS[name], middle, reach, f"{found[name].up} / {found[name].down}", verdict(sign)))
    said += _helped(
        told, two["better_per_want"] - one["better_per_want"], two["worse_per_want"] - one["worse_per_want"]
    )
    return Section(
        "changes",
        "What changes",
        tuple(said),
        ("outcome", "middle world", "range across worlds", "higher / lower in (worlds)", "what can be said"),
        tuple(rows),
    )


def _helped(told: Told, better: np.ndarray, worse: np.ndarray) -> list[str]:
    said = []
    sign = case.told_apart(told.runs.table(better))
    if sign == 0:
        said.append("People better off: no measurable difference, so no benefit to them is claimed.")
    else:
        said.append(
            f"Of 1,000 wants, {mean_span(1000 * sign * by_draw(told, better), plain)} {'more' if sign > 0 else 'fewer'} end better off."
        )
    if case.told_apart(told.runs.table(worse)) > 0:
        said.append(
            f"It also harms: of 1,000 wants, {mean_span(1000 * by_draw(told, worse), plain)} more end worse off than without support."
        )
    return said


WHOSE = {"available": "availability", "better_per_want": "people better off", "worse_per_want": "people worse off"}


def who(told: Told) -> Section:
    """Groups whose availability, chance to be better off or to be worse off moves. Harm is named group by group."""
    rows, said = [], []
    for name, label in WHOSE.items():
        found = [(words.level_name(c.dimension, c.level), c, _good(name, c.change)) for c in _groups(told, name)]
        gain, lose = ([group for group, _, good in found if good == way] for way in (1, -1))
        said += [_who_words(label, "gain", gain, len(found)), _who_words(label, "lose", lose, len(found))]
        rows += [
            (
                group + (" *" if c.small else ""),
                label,
                *words.span(name, c.change.difference, True),
                {1: "gains", -1: "loses", 0: NOTHING}[good],
            )
            for group, c, good in found
        ]
    if not any(said):
        said = ["No group gains or loses measurably; a small group may still lose too little to be told apart."]
    return Section(
        "who",
        "Who gains and who loses",
        (*(s for s in said if s), caveats.SMALL),
        ("group", "in", "middle world", "range", "what can be said"),
        tuple(rows),
    )


def _good(name: str, change: summary.Paired) -> int:
    """1 where a group gains, -1 where it loses: more people worse off is a loss."""
    sign = case.paired_sign(change)
    return -sign if name == "worse_per_want" else sign


def _who_words(label: str, way: str, names: Sequence[str], of: int) -> str:
    """ "In availability, every group gains", or which do; nothing where none does."""
    if not names:
        return ""
    listed = f"all {of} groups {way}" if len(names) == of else f"these {way}: {'; '.join(names)}"
    return f"In {label}, {caveats.at_least_worlds(case.SURE)}, {listed}."


def _groups(told: Told, name: str) -> list[summary.GroupChange]:
    base, other = told.runs.results[:2]
    return [row for dimension in summary.dimensions() for row in summary.who_gains(base, other, dimension, name)]


# ------------------------------------------------------------------ money


def budget(told: Told) -> Section:
    """Who pays how much more in each year: cash and not cash apart."""
    base, other = told.runs.results[:2]
    change = case.less(case.scaled(other, value.spent_by_year), case.scaled(base, value.spent_by_year))
    table = told.runs.table(change).mean(axis=1)  # [draws, years, payers]
    years = table.shape[1]
    rows: list[tuple[str, ...]] = []
    more: list[str] = []
    less: list[str] = []
    for k, name in enumerate(MONEY):
        sign = case.told_apart(told.runs.table(change[:, :, k].sum(axis=1)))
        payer = summary.PAYERS[name]
        (more if sign > 0 else less if sign < 0 else []).append(payer)
        note = "yes; shown, not charged to peer support" if name == summary.NOT_PEER_SUPPORT else "yes"
        rows.append(
            (
                payer,
                *(pounds(float(table[:, y, k].mean())) for y in range(years)),
                mean_span(table[:, :, k].sum(axis=1), pounds),
                note,
            )
        )
    rows += _not_cash(told, years)
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


def _payers(means: np.ndarray) -> tuple[Callable[[float], str] | None, str]:
    """Bars of who pays more or less over all years, the mean over draws of float64[payers]; nothing where nobody does."""
    moved = [k for k in np.argsort(-np.abs(means), kind="stable") if abs(means[k]) >= 0.5]
    if not moved:
        return None, ""
    names, values = [summary.PAYERS[MONEY[k]] for k in moved], [float(means[k]) for k in moved]
    caption = f"Over all years, the mean over draws: {names[0]} moves most, by {pounds(values[0])}."
    return partial(draw.bars, names, values, pounds, ("Who pays more, and who less", caption)), caption


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
    """Extra pounds for each further person who starts, and who is better off: means over means."""
    base, other = told.runs.results[:2]
    extra = by_draw(told, case.less(case.scaled(other, summary.spent), case.scaled(base, summary.spent)))
    rows, said = [], ["All payers, link workers left out, undiscounted."]
    for column, label in (("n_started", "person starting"), ("n_better", "person better off")):
        more_of = more_people(told, column)
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


def more_people(told: Told, column: str) -> np.ndarray:
    """float64[draws, replicates]: how many more of a weekly count over the years, for all adults of the areas."""
    each = [case.scaled(r, lambda part: summary.weekly_total(part, column).sum(axis=0)) for r in told.runs.results[:2]]
    return told.runs.table(case.less(each[1], each[0]))


# ------------------------------------------------------------------ cost against effect


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
    said.append(caveats.GIVES)
    return Section(
        "effectiveness",
        "Cost for one QALY, or one WELLBY",
        tuple(said),
        ("reading", "extra cost", "extra effect", "cost for one"),
        tuple(rows),
    )


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
        said.append("No benefit is claimed, because no gain in effect could be told from nothing.")
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
        "The share of draws in which each policy has most net benefit; the last column is the frontier: the policy "
        "with most expected net benefit, which need not be the one that is best most often.",
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
    said = (
        *_same_costs(told),
        MEANS,
        "One side at a time; rows are alternatives and are never added. Fewer contacts with services come by one route only.",
        "Volunteers' time is valued three ways: at nothing (the headline), at what a paid worker would cost, at what they give up.",
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
        ("link workers charged in full", replace(seen, link_workers=True)),
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
        middle, beside = words.span("available", summary.difference(one, two)["available"].difference, True)
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
        ("What is said of all areas together counts each by the people who live there. Amounts are means over draws.",),
        ("area", "adults", "availability, middle world", "extra cost", f"extra {told.view.currency}s"),
        tuple(rows),
    )


def main_sections(told: Told) -> list[Section]:
    """In the order in which they should be read. Where nothing differs, what is built on differences is left out."""
    found = case.increment(told.runs, told.view)
    sections = [
        policy(told),
        changes(told),
        *filter(None, [by_area(told)]),
        who(told),
        budget(told),
        per_person(told),
        effectiveness(told),
    ]
    if not case.told_apart(found.effect) and not case.told_apart(found.cost):
        return sections
    sections += [benefit(told), plane(told), acceptability(told)]
    return [*sections, *([full(told)] if len(told.runs.titles) > 2 else []), perspectives(told)]


def lead(told: Told) -> Sequence[str]:
    """The page's first sentences: what it is about, and the answer in one reading."""
    found = case.increment(told.runs, told.view)
    cost, unit = case.told_apart(found.cost), told.view.currency
    money = (
        f"{mean_span(cost * found.cost.mean(axis=1), pounds)} {'more' if cost > 0 else 'less'} on average"
        if cost
        else "no measurable difference in cost"
    )
    gain = (
        f"{mean_span(found.effect.mean(axis=1), plain)} {unit}s on average, " if case.told_apart(found.effect) else ""
    )
    return (
        f"{told.policy}, compared with {told.against}, in {', '.join(told.runs.results[0].shape.names)}, over {words.many(told.years, 'year')}.",
        f"To {told.side}: {money}. Wellbeing and health, in {unit}s: {gain}{ratio_words(found.cost, found.effect, unit)}.",
        f"{caveats.FORECAST} {caveats.levels(told.runs.results[0].shape)}",
    )
