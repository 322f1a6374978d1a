"""What `run`, `batch` and `compare` say with `--json`, key by key (`reports/as_json.py` writes it)."""

from __future__ import annotations

from collections.abc import Iterable

from reports.tables.described import Column, Written, within
from sim.results import equity, outcomes, value
from sim.results.outcome import Outcome
from sim.results.outcomes import BY_NAME
from sim.results.value import SERVICE_ROUTES, VOLUNTEER_TIME

GROUP = (
    Column("dimension", "grouping of people, as in wants.parquet"),
    Column("level", "group within it; a + stands between groups that are taken together"),
)
APART = {
    "supporter_years": ("years of volunteers, organisers and paid workers", "person-years"),
    "stretched_share": ("volunteers where supervision is stretched", "share"),
    "own_gain_point_years": ("supporters' own gain in life satisfaction", "points (0 to 10) x years"),
    "stretched_loss_point_years": ("what volunteers lose who cannot be supervised", "points (0 to 10) x years"),
}
TIME = {
    "nothing": "volunteers' time, valued at zero",
    "replacement": "volunteers' time, at what a paid worker would cost",
    "opportunity": "volunteers' time, at what else they would do",
}
ROUTES = {
    "none": "fewer hospital contacts: none are counted",
    "trial": "fewer emergency admissions, as in the trials",
    "activation": "fewer contacts with four services, through confidence",
}
GBP = "GBP (2024/25)"


def each(of: Iterable[Outcome], what: str) -> tuple[Column, ...]:
    """A key for each outcome. `what`: "interval" of its levels, or "difference" of two policies."""
    return tuple(Column(one.name, one.lower, f"{what} of {one.unit}", one.whole) for one in of)


def worth() -> tuple[Column, ...]:
    """What a run gives and what it is worth."""
    time = (Column(f"volunteer_time_{how}_gbp", TIME[how], f"interval of {GBP}") for how in VOLUNTEER_TIME)
    routes = (Column(f"services_saved_{how}_gbp", ROUTES[how], f"interval of {GBP}") for how in SERVICE_ROUTES)
    apart = (Column(f"supporters_apart_{key}", words, f"interval of {unit}") for key, (words, unit) in APART.items())
    return (*each(value.OUTCOMES, "interval"), *time, *routes, *apart)


LEDGER = (
    Column("payers_gbp_per_adult_year.<line>", "payers' years: a line, mean of worlds", f"{GBP} a year", "adults"),
    Column(
        "organisations_gbp_per_adult_year.<line>",
        "organisations' years: a line, mean of worlds",
        f"{GBP} a year",
        "adults",
    ),
    Column(
        "per_10k_adults.<line>", "posts, volunteers and places, the year's mean; starts a year", "each", "10,000 adults"
    ),
)
KEPT_LEDGER = (
    Column("[].folder", "the results folder"),
    Column("[].scenario", "name of the policy"),
    *within("[].", LEDGER),
    Column("[].years[].year", "reported year, from 1", "number"),
    Column("[].years[].payer", "board, council, trust or charity", "name"),
    Column("[].years[].<line>", "payer's year: a line, mean of worlds", GBP, "all areas"),
)


def levels() -> tuple[Column, ...]:
    """One policy by itself."""
    main = BY_NAME[outcomes.MAIN]
    return (
        *within("headline.", each(outcomes.headlines(), "interval")),
        Column("cascade[].name", "gate at which wants stop first, or another end"),
        Column("cascade[].wants", "wants that end there, counted in all worlds", "wants"),
        Column("cascade[].share", "wants that end there, areas by their adults", "share", outcomes.ALL),
        *within("groups[].", GROUP),
        Column("groups[].wants", "wants counted in all worlds", "wants"),
        Column("groups[].small", "whether they are too few to compare", "true or false"),
        Column(f"groups[].{main.name}", main.lower, f"interval of {main.unit}", main.whole),
        Column("areas[].area", "name of the area"),
        Column("areas[].code", "code of the area"),
        Column("areas[].adults", "adults who live there", "people"),
        Column("areas[].simulated", "adults simulated in each world", "people"),
        Column("areas[].headline.<outcome>", "the same figures as in headline, of this area", "interval"),
        Column("gbp_per_adult_year_by_payer.<payer>", "spent by this payer", f"interval of {GBP} a year", "adults"),
        Column("gbp_by_year_and_payer[].year", "reported year, from 1", "number"),
        Column("gbp_by_year_and_payer[].<payer>", "spent in the year, median", GBP, "all places simulated"),
        *within("ledger.", LEDGER),
        *within("worth.", worth()),
        *within("satisfaction_point_years_per_want[].", GROUP),
        *(
            Column(f"satisfaction_point_years_per_want[].{key}", words, "points (0 to 10) x years", outcomes.ALL)
            for key, words in (
                ("median", "life satisfaction gained, median over worlds"),
                ("low", "the same, 5% of worlds lie below"),
                ("high", "the same, 5% of worlds lie above"),
            )
        ),
        Column("satisfaction_point_years_per_want[].worlds", "worlds that have a value", "worlds"),
        Column("satisfaction_point_years_per_want[].of", "worlds in all", "worlds"),
        *(
            Column(
                f"equity.slope_index.{name}",
                f"{BY_NAME[name].lower}: least deprived less most deprived, along the fifths",
                "interval of difference",
                BY_NAME[name].whole,
            )
            for name in equity.SHOWN
        ),
        Column("equity.spread[].outcome", "name of the outcome"),
        Column("equity.spread[].dimension", "grouping of people"),
        Column("equity.spread[].best", "best-off group"),
        Column("equity.spread[].worst", "worst-off group"),
        Column("equity.spread[].worst_off", "the outcome in the worst-off group", "interval of share", "wants"),
        Column("equity.spread[].gap", "best less worst", "interval of share", "wants"),
        Column("equity.spread[].groups", "groups large enough to compare", "number"),
        Column("drift.<stock>", "yearly change of a stock as reporting began, beyond luck", "share", "the stock"),
    )


def change() -> tuple[Column, ...]:
    """One policy less another, in the same worlds."""
    return (
        *within("difference.", each(outcomes.headlines(), "difference")),
        *within("worth.", each(value.OUTCOMES, "difference")),
        Column("areas.<area>.<outcome>", "the same differences, of one area", "difference"),
        *within("who_gains[].", GROUP),
        Column("who_gains[].small", "whether wants are too few in either policy", "true or false"),
        Column("who_gains[].change", "change in availability", "difference of share", "wants"),
    )


POSTERIOR = (
    Column("posterior.file", "file that the parameters are drawn from; empty: their priors"),
    Column("posterior.sha256", "checksum of its draws"),
    Column("posterior.said", "where the parameters come from, in words"),
    Column("posterior.findings[]", "outcomes whose level evidence narrowed enough to call it a finding"),
    Column(
        "posterior.findings_of[]", "names of the policies under which they are findings; under any other they are none"
    ),
    Column("posterior.outputs[].<key>", "what evidence did for each outcome: the keys of outputs.json"),
    Column("posterior.note", "what an assumption is, in words"),
)
STUDY = (
    *POSTERIOR,
    Column("status", "what the levels rest on, in words"),
    Column("sample", "what was simulated, in words"),
    Column("caveats[]", "what must be said beside the figures"),
    Column("judgements[].name", "a value judgement that the figures rest on"),
    Column("judgements[].question", "what it settles"),
    Column("judgements[].taken", "what is taken here"),
    Column("judgements[].kind", "where its switches are: parameter, lever, choice or row"),
    Column("judgements[].switches[]", "what changes it"),
    Column("judgements[].status", "whether it is agreed, in words"),
    Column("baseline", "name of the policy that the others are compared with"),
)


def written() -> tuple[Written, ...]:
    """The documents of the three commands."""
    return (
        Written(
            "peerscale run --json, batch --json",
            "a baseline and its alternatives: levels of each, and differences from the baseline in the same worlds",
            (*STUDY, *within("differences.<scenario>.", change()), *within("levels.<scenario>.", levels())),
        ),
        Written(
            "peerscale compare --json",
            "two results folders: b less a in the same worlds",
            (
                Column("a", "folder of the first run"),
                Column("b", "folder of the second run"),
                Column("sample", "what was simulated, in words"),
                Column("status", "what the levels rest on, in words"),
                *change(),
            ),
        ),
        Written("peerscale ledger --json", "where the money of kept runs went, a part for each", KEPT_LEDGER),
    )
