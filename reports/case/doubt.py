"""The case's second half: what is not known and what knowing would be worth, published returns, checklist, caveats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from reports.case import pictures as draw
from reports.case import published
from reports.case.money import discounting
from reports.case.page import Section
from reports.case.told import Told, pounds
from reports.lever_words import label
from scenarios.worth import case, economics, information, thresholds
from scenarios.worth.returns import by_policy, returns
from sim.numbers import judgements
from sim.numbers.levers import BY_NAME
from sim.numbers.parameters import records
from sim.results import caveats
from sim.version import VERSION

Progress = Callable[[float], None]
YEARS_USED = (5, 10)
"""Years in which what is learned would still be used: judgement, both shown."""
MOST_ROWS = 15
MOST_TOLD = 3
"""Parameters that a board reads of."""


def _benefit(told: Told) -> np.ndarray:
    """float64[draws, replicates, 2]: nothing for the baseline, net benefit at the headline threshold for the policy."""
    gained = case.increment(told.runs, told.view).benefit(thresholds.main(told.view.currency).gbp)
    return np.stack([np.zeros_like(gained), gained], axis=2)


def value_of_information(told: Told, seed: int = 1, progress: Progress | None = None) -> list[Section]:
    """Perfect information in all and by parameter, and break-even: which evidence is worth gathering."""
    table = _benefit(told)
    sections = [_in_all(told, table)]
    if told.runs.draws < information.FEWEST_DRAWS:
        return sections
    values = case.parameter_values(told.runs, told.view)
    ranking = information.worth_knowing(table.mean(axis=1), values, seed, progress=progress)
    return [*sections, _by_parameter(told, ranking), _break_even(told, table.mean(axis=1)[:, 1], values, ranking)]


def _in_all(told: Told, table: np.ndarray) -> Section:
    total, naive = information.evpi(table), information.evpi_naive(table.mean(axis=1))
    rows = [("draw by draw, mistaking luck for knowledge (too high, shown as a warning)", pounds(naive))]
    said = [
        f"At {pounds(thresholds.main(told.view.currency).gbp)} for one {told.view.currency}, one decision for the adults of this area."
    ]
    if np.isfinite(total):
        rows.insert(0, ("perfect information about all parameters, luck removed", pounds(total)))
        rate = float(case.worth_of(told.runs.results[0], told.view).discount_costs[0])
        rows += [
            (
                f"the same, decided again every {told.years:g} years, used for {y} years",
                pounds(information.population(total, 1 / told.years, y, rate)),
            )
            for y in YEARS_USED
        ]
        said.append(
            "Knowing more would not change the decision in any draw."
            if total == 0
            else f"Knowing every parameter would be worth {pounds(total)} at most: research that costs more is not worth it for this decision alone."
        )
    else:
        said.append(
            "With one replicate of each draw, luck cannot be separated from parameters. --replicates 2 measures it."
        )
    if told.runs.draws < information.FEWEST_DRAWS:
        said.append(
            f"Which parameter is worth knowing is not measured: it takes at least {information.FEWEST_DRAWS} draws; there are {told.runs.draws}."
        )
    return Section(
        "information",
        "What it would be worth to know more",
        tuple(said),
        ("what would be known", "pounds"),
        tuple(rows),
        short=said[1] if np.isfinite(total) else "",
    )


def _by_parameter(told: Told, ranking: information.Ranking) -> Section:
    found = records()
    rows = tuple(
        (_plain(r.name), found[r.name].meaning, pounds(r.gbp), pounds(r.error), found[r.name].grade)
        for r in ranking.rows[:MOST_ROWS]
    )
    above = [found[r.name].meaning for r in ranking.above]
    said = [
        f"Each parameter on its own, by regression (Strong, Oakley and Brennan 2014). Of {ranking.dummies} dummies that do nothing, "
        f"the highest came to {pounds(ranking.floor)}. Ignore any figure at or below that, or within one standard error of zero.",
        f"Above it: {'; '.join(above)}."
        if above
        else "No single parameter is above it: no one study would change this decision.",
    ]
    shown = ranking.above[:8]
    caption = f"The highest is {pounds(shown[0].gbp)}, for: {found[shown[0].name].meaning}." if shown else ""
    names, values = [found[r.name].meaning for r in shown], [r.gbp for r in shown]
    picture = partial(draw.bars, names, values, pounds, ("Worth of knowing each parameter", caption)) if shown else None
    return Section(
        "by-parameter",
        "Which parameter is worth knowing",
        tuple(said),
        ("parameter", "meaning", "worth at most", "standard error", "evidence now"),
        rows,
        picture,
        caption,
        _turns_on(above),
    )


def _turns_on(above: Sequence[str]) -> str:
    """The parameters that are most worth knowing, in a sentence."""
    if not above:
        return "No single assumption, if it were known, would change this decision."
    return f"The decision turns most on: {'; '.join(above[:MOST_TOLD])}."


def _break_even(
    told: Told, benefit: np.ndarray, values: dict[str, np.ndarray], ranking: information.Ranking
) -> Section:
    """Where the decision would turn, in all and for each parameter. "Taken as" is draw 0, the central one."""
    found = case.increment(told.runs, told.view)
    cost, effect = found.cost.mean(axis=1), found.effect.mean(axis=1)
    times = economics.break_even_times(cost, effect, thresholds.main(told.view.currency).gbp)
    said = []
    if np.isfinite(times) and case.told_apart(found.effect) > 0:
        said.append(
            f"It breaks even at {pounds(economics.icer(cost, effect))} for one {told.view.currency}, or if effects were {times:.2g} times what we assume."
        )
    above = {r.name for r in ranking.above}
    rows = []
    for name, drawn in values.items():
        turn = economics.break_even_value(drawn, benefit)
        if turn is not None:
            record, gather = records()[name], "worth gathering" if name in above else "would not pay for itself alone"
            rows.append(
                (
                    _plain(name),
                    f"{turn:.3g}",
                    f"{drawn[0]:.3g}",
                    f"{drawn.min():.3g} to {drawn.max():.3g}",
                    record.unit,
                    record.grade,
                    gather,
                )
            )
    said.append(
        "The decision turns within the range of these parameters. Each is on a straight line through the draws, while the others vary."
        if rows
        else "No single parameter turns the decision within the range that we assume for it."
    )
    columns = ("parameter", "turns at", "taken as", "drawn from", "unit", "evidence now", "evidence")
    return Section("break-even", "Break-even: which evidence is worth gathering", tuple(said), columns, tuple(rows))


def noise(told: Told) -> Section:
    """Spread by parameters and by luck, and the draws that a reader needs."""
    table = _benefit(told)[:, :, 1]
    found = information.split(table)
    rows = [
        ("draws of parameters", str(found.draws)),
        ("replicates of each", str(found.replicates)),
        ("mean net benefit", pounds(found.mean)),
        (
            "standard error of that mean",
            pounds(
                found.error if found.replicates > 1 else float(table.mean(axis=1).std(ddof=1) / np.sqrt(found.draws))
            ),
        ),
    ]
    said = []
    if found.replicates > 1:
        rows += [
            ("spread (SD) that parameters make", pounds(float(np.sqrt(found.parameters)))),
            ("spread (SD) that luck makes, one run", pounds(float(np.sqrt(found.luck)))),
        ]
        need = found.draws_needed()
        said.append(
            "Luck is that of the people simulated, scaled up to the area. The area's own luck would be smaller."
        )
        said.append(
            "The spread that parameters make cannot be told from luck. More people or replicates are needed first."
            if need is None
            else f"{need:,} draws with these replicates are needed for luck to blur the mean by less than a tenth of the spread that parameters make. There are {found.draws}"
            + (": enough." if found.draws >= need else ": too few.")
        )
    else:
        said.append("Luck and parameters cannot be told apart with one replicate.")
    return Section("noise", "Luck, and how many draws a reader needs", tuple(said), ("figure", "amount"), tuple(rows))


def why_returns(told: Told, progress: Progress | None = None) -> Section | None:
    """Returns by policy, then published assumptions one at a time for the first, then published figures. None where no policy gains."""
    own, found = ([row for row in rows if published.says(row)] for rows in (by_policy(told.runs), returns(told.runs)))
    if not own:
        return None
    caption = published.caption(found)
    return Section(
        "returns",
        "Why published returns range so widely",
        (*published.said(own, found), caption),
        published.COLUMNS,
        tuple(published.rows(own, found)),
        partial(draw.spans, published.marks(own, found), ("Returns for one pound", caption)),
        caption,
    )


def values_section() -> Section:
    """The value judgements, what is taken, what switches each."""
    rows = tuple(
        (j.question, j.taken, f"{j.kind}: {', '.join(map(_plain, j.switches))}") for j in judgements.JUDGEMENTS
    )
    return Section(
        "judgements",
        "Value judgements",
        (f"All are {judgements.STATUS}.",),
        ("question", "taken here", "switched by"),
        rows,
    )


def _plain(switch: str) -> str:
    """A switch as people call it: a lever by its label, another without its underscores."""
    return label(switch) if switch in BY_NAME else switch.replace("_", " ")


def caveat_section(told: Told) -> Section:
    """What must be said beside results."""
    shape = told.runs.results[0].shape
    said = (
        caveats.levels(shape),
        caveats.OFFERED,
        caveats.WORLDS,
        caveats.JUDGEMENT,
        caveats.VALUES,
        caveats.GIVES,
        caveats.PRICES,
        caveats.FORECAST,
        *((caveats.ONE_PLACE,) if shape.neighbourhoods == 1 else ()),
    )
    return Section("caveats", "What to keep in mind", said)


NOT_REPORTED = "Not reported"


def checklist(told: Told, made: Sequence[Section]) -> Section:
    """CHEERS 2022, its 28 items, from the run; what the run does not know is not reported."""
    keys, shape, runs = {s.key for s in made}, told.runs.results[0].shape, told.runs
    main = thresholds.main(told.view.currency)

    def see(key: str, text: str) -> str:
        return text if key in keys else NOT_REPORTED

    filled = {
        "Title": f"{told.policy} against {told.against}: economic evaluation by simulation",
        "Abstract": "The first paragraphs of this page",
        "Background and objectives": told.question or NOT_REPORTED,
        "Health economic analysis plan": NOT_REPORTED,
        "Study population": f"Adults of {', '.join(shape.names)}: {case.adults(runs.results[0]):,.0f}. {told.sample}",
        "Setting and location": f"{', '.join(shape.names)}, England",
        "Comparators": f"{told.policy}; {'; '.join((told.against, *runs.titles[2:]))}",
        "Perspective": f"{told.side}; the others in Whose costs",
        "Time horizon": f"{told.years:g} years after {shape.burn_in / 52:g} years of burn-in",
        "Discount rate": discounting(told),
        "Selection of outcomes": f"{told.view.currency}s, with availability, starts, people better and worse off beside them",
        "Measurement of outcomes": "Simulated gains in loneliness and confidence, from published trials where there are any (peerscale evidence)",
        "Valuation of outcomes": f"{main.words}, {pounds(main.gbp)} ({main.source}; {main.grade}); weights of gains are judgement",
        "Measurement and valuation of resources and costs": see(
            "budget", "Section Budget impact; unit costs with sources in peerscale parameters"
        ),
        "Currency, price date, and conversion": "Pounds, 2024/25 prices, by the GDP deflator",
        "Rationale and description of model": "Agent-based simulation, docs/architecture.md",
        "Analytics and assumptions": f"peerscale {VERSION}; docs/decisions",
        "Characterising heterogeneity": see("who", "Section Who gains and who loses"),
        "Characterising distributional effects": see("who", "By deprivation, age, sex, ethnic group, need; unweighted"),
        "Characterising uncertainty": f"{runs.draws} draws of parameters, {runs.replicates} replicates, seed {shape.seed}",
        "Approach to engagement with patients and others affected by the study": NOT_REPORTED,
        "Study parameters": "peerscale parameters: value, range, source and grade of each",
        "Summary of main results": see("effectiveness", "Section Cost for one QALY, or one WELLBY"),
        "Effect of uncertainty": see("acceptability", "Sections Acceptability and What it would be worth to know more"),
        "Effect of engagement with patients and others affected by the study": NOT_REPORTED,
        "Study findings, limitations, generalisability, and current knowledge": "Section What to keep in mind; findings are for a reader to draw",
        "Source of funding": NOT_REPORTED,
        "Conflicts of interest": NOT_REPORTED,
    }
    rows = tuple((f"{k}. {item}", text) for k, (item, text) in enumerate(filled.items(), 1))
    blank = sum(text == NOT_REPORTED for text in filled.values())
    return Section(
        "cheers",
        "CHEERS 2022 checklist",
        (f"{len(rows) - blank} of {len(rows)} items are filled from this run; item names as recalled.",),
        ("item", "reported"),
        rows,
    )
