"""The tables of a results folder (`peerscale run --out`), column by column."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache

from reports.tables import ledger
from reports.tables.described import Column, Written
from sim.numbers.parameters import Parameters, records
from sim.numbers.structure import FOLLOW_UP_WEEKS, SECOND_FOLLOW_UP_WEEKS
from sim.results.measures import GROUP_AGE_WEEKS, RETAINED_WEEKS, SHORT_BY, SMALL_GROUP
from sim.results.result import LONGEST_WAIT, MONEY
from sim.results.summary import GATE_WORDS
from sim.vocabulary import Event

WORLD = (
    Column("world", "number of the world within the run, from 0", "number"),
    Column("draw", "number of the parameter draw; 0 holds every parameter at its central value", "number"),
    Column("replicate", "number of the run of luck within the draw", "number"),
)
AREA = (*WORLD, Column("area", "code of the area", "code"))
ADULTS, AREA_WEEK = "adults simulated in the area", "the area, in the week"
STOCKS = (
    Column("adults", "adults alive", "people", AREA_WEEK),
    Column("with_condition", "adults with a long-term condition, counted every 13 weeks", "people", ADULTS),
    Column("wanting_latent", "those who would want peer support, counted every 13 weeks", "people", ADULTS),
    Column("wanting", "those with an open want, neither in a queue nor in support", "people", ADULTS),
    Column("waiting", "those in a queue for a place", "people", ADULTS),
    Column("in_groups", "those in a mutual group", "people", ADULTS),
    Column("in_pairs", "those in a pair of two who support each other", "people", ADULTS),
    Column("with_volunteer_or_paid", "those with a volunteer or paid peer supporter", "people", ADULTS),
    Column("online", "those in an online community", "people", ADULTS),
    Column("groups", "mutual groups that are open", "groups", AREA_WEEK),
    Column("organisations", "organisations that are open", "organisations", AREA_WEEK),
    Column("volunteers", "volunteers of organisations", "people", AREA_WEEK),
    Column("paid_workers", "paid peer workers", "people", AREA_WEEK),
    Column("places", "places that organisations can fill", "places", AREA_WEEK),
    Column(
        "used_last_year",
        "people with a condition who used peer support in the last year, counted every 13 weeks",
        "people",
        ADULTS,
    ),
    Column("knowing", "people with a condition who know of peer support, counted every 13 weeks", "people", ADULTS),
    Column("organisers", "members who organise mutual groups", "people", AREA_WEEK),
    Column("paid_mfte", "posts of paid peer workers", "thousandths of a full-time post", AREA_WEEK),
    Column(
        "volunteers_stretched",
        "volunteers of organisations with more than their coordinators can supervise",
        "people",
        AREA_WEEK,
    ),
    Column(
        "unspent_pence", "what payers had for organisations in the week and did not spend", "pence (2024/25)", AREA_WEEK
    ),
)
PAYER_WORDS = {
    "spent_board_pence": "the integrated care board's awards to organisations",
    "spent_council_pence": "the councils' awards to organisations",
    "spent_trust_pence": "the NHS trusts' awards to organisations",
    "spent_charity_pence": "charities' awards to organisations",
    "spent_group_grants_pence": "small grants to mutual groups",
    "spent_expenses_pence": "expenses of people who start",
    "spent_online_pence": "online places",
    "spent_link_workers_pence": "link workers, who put people forward to many things",
    "spent_participants_and_own_sources_pence": "what participants and organisations' own sources pay",
    "spent_ways_in_pence": "directory, campaign and referrals",
    "spent_development_pence": "help to found and keep groups, recruitment, peers in clinics",
}
"""What each line of money goes on."""
MEASURED = (
    Column("volunteers_recruited", "volunteers recruited in the week", "people", AREA_WEEK),
    *(
        Column(
            name, f"volunteers recruited {weeks} weeks before and still there", "people", "volunteers recruited then"
        )
        for name, weeks in RETAINED_WEEKS.items()
    ),
    *(
        Column(f"groups_{kind}_{age}", f"mutual groups founded {weeks} weeks before{and_}", "groups", AREA_WEEK)
        for age, weeks in GROUP_AGE_WEEKS.items()
        for kind, and_ in (("founded_before", ""), ("open_after", ", and still open"))
    ),
    Column("group_places", "members whom open mutual groups could have", "people", AREA_WEEK),
    Column("groups_small", f"open mutual groups with fewer than {SMALL_GROUP} members", "groups", "groups"),
    Column("member_weeks", "weeks for which members have been in their mutual groups so far", "weeks", "in_groups"),
    Column("groups_closed", "mutual groups that closed in the week", "groups", AREA_WEEK),
    Column("groups_closed_few_came", "of these, groups to which too few came", "groups", "groups_closed"),
    Column("groups_closed_no_organiser", "of these, groups without an organiser", "groups", "groups_closed"),
    Column("groups_closed_for_attendance", "groups that closed because too few came", "groups", "groups_closed"),
    Column("voluntary_organisations", "voluntary organisations that are open", "organisations", AREA_WEEK),
    Column(
        "organisations_recruiting",
        "voluntary organisations that could supervise at least one volunteer",
        "organisations",
        AREA_WEEK,
    ),
    Column(
        "organisations_short",
        f"of these, organisations that miss {SHORT_BY:.0%} of the volunteers whom they could supervise",
        "organisations",
        "organisations_recruiting",
    ),
    Column(
        "organisations_no_statutory",
        "voluntary organisations without an award of board, council or trust",
        "organisations",
        "voluntary_organisations",
    ),
    Column("carers", "adults who care for someone, counted every 13 weeks", "people", ADULTS),
    Column(
        "carers_used_last_year",
        "carers who used peer support in the last year, counted every 13 weeks",
        "people",
        "carers",
    ),
)
WANTS_OF = "the group"
SD_WEEKS = "thousandths of a standard deviation x weeks"
SOON, LATER = (
    f"within {FOLLOW_UP_WEEKS} weeks of its beginning",
    f"within {SECOND_FOLLOW_UP_WEEKS} weeks of its beginning",
)
MEASURES = (
    Column(
        "wants", f"wants that lasted long enough to count and had {FOLLOW_UP_WEEKS} weeks to follow", "wants", WANTS_OF
    ),
    Column("eligible", "of these, wants that were judged: the person neither died nor moved before", "wants", "wants"),
    Column("available", "peer support had in time, or a free place reserved for them", "wants", "eligible"),
    Column("had_in_time", "a suitable place offered in time, or in suitable support already", "wants", "eligible"),
    Column("started_in_time", "suitable support started in time", "wants", "eligible"),
    Column("online", "available by an online community", "wants", "available"),
    Column("choice", "two hosts had room in a week in which the person looked", "wants", "eligible"),
    Column(
        "within_reach",
        "knew of a group or service that had room in some week, or was offered a place",
        "wants",
        "eligible",
    ),
    Column("asked", "the person asked, or a referral arrived", "wants", "eligible"),
    Column("offered_in_time", "a place was offered in time", "wants", "asked"),
    Column("started", f"led to a start of support {SOON}", "wants", "wants"),
    Column("starts", f"starts of support {SOON}, whatever want they came from", "starts", "eligible"),
    Column("unmet", f"no support started {SOON}", "wants", "wants"),
    Column("started_loose", "led to a start with a similar experience only", "wants", "started"),
    Column("only_loose", "only a similar experience existed in time; not among the columns above", "wants", "eligible"),
    Column("followed", f"of those judged, wants with {SECOND_FOLLOW_UP_WEEKS} weeks to follow", "wants", "eligible"),
    Column("kept", f"support kept up {LATER}", "wants", "followed"),
    Column("better", f"better off than without support {LATER}, by the stated minimum", "wants", "followed"),
    Column("worse", f"worse off than without support {LATER}, by the stated minimum", "wants", "followed"),
    Column("better_by_chance", f"better off {LATER} if support did nothing on average", "wants", "followed"),
    Column("worse_by_chance", f"worse off {LATER} if support did nothing on average", "wants", "followed"),
    Column("net", f"better off less worse off {LATER}", "wants", "followed"),
    Column(
        "all_wants", "wants that began in the reported years, however short and however followed", "wants", WANTS_OF
    ),
    Column("all_started", "of these, led to a start by the end of the run: more in a longer run", "wants", "all_wants"),
    Column(
        "gain_lonely", "less lonely at the end of support, summed", "thousandths of a standard deviation", "all_wants"
    ),
    Column(
        "gain_confidence",
        "more confident at the end of support, summed",
        "thousandths of a standard deviation",
        "all_wants",
    ),
    *(
        Column(f"{kind}_weeks_{part}", f"{words} {when}, summed over weeks", SD_WEEKS, "all_wants")
        for kind, words in (("lonely", "less lonely"), ("confidence", "more confident"))
        for part, when in (
            ("in", "while in support"),
            ("after", "after it, until the reported years end"),
            ("beyond", "after the reported years"),
        )
    ),
    *(
        Column(f"stopped_at_{gate}", f"stopped at this gate first: {words}", "wants", "wants")
        for gate, words in GATE_WORDS.items()
    ),
    Column("succeeded", "passed every gate, and ended better off", "wants", "wants"),
    Column(
        "followed_up_too_briefly",
        f"started, and began under {SECOND_FOLLOW_UP_WEEKS} weeks before the reported years end",
        "wants",
        "wants",
    ),
    Column("left", "left the area or died", "wants", "wants"),
    Column("already_in_support", "in suitable support already when the want began", "wants", "wants"),
)
YEAR = Column("year", "reported year, from 1; the last may be shorter", "number")
GAINS = tuple(
    Column(f"{kind}_{part}", f"everybody's weeks of being {words} {when}", SD_WEEKS, "adults simulated in the area")
    for kind, words in (("lonely", "less lonely"), ("confidence", "more confident"))
    for part, when in (("in", "while in support"), ("after", "after it"))
)
ORGANISATIONS = (
    Column("area_row", "world times the number of areas, plus the number of the area, from 0", "number"),
    Column("place", "number of the neighbourhood where it is, from 0 in the run; -1: the whole area", "number"),
    Column("ordinal", "number of the organisation within its area", "number"),
    Column("needs", "needs groups that it is for, one bit each", "bits"),
    Column("open", "whether it is open", "true or false"),
    Column("cash", "money that it holds", "pence (2024/25)"),
    Column("coordinator_mfte", "posts of coordinators", "thousandths of a full-time post"),
    Column("paid_mfte", "posts of paid peer workers", "thousandths of a full-time post"),
    Column("spent", "its costs in the whole run", "pence (2024/25)"),
    Column("recruited", "supporters whom it recruited", "people"),
    Column("quality", "quality of its support", "0 to 1"),
)
JOURNEYS = (
    Column("week", "week of the run; week 0 begins the burn-in", "weeks"),
    Column("person", "number of the person, counted through all worlds", "number"),
    Column("kind", "number of the event's kind", "number"),
    Column("detail", "what the event is about: a need, an offer, a referrer or an organisation, by its kind", "number"),
    Column("event", "name of the event's kind, as in the columns n_ of the weekly table", "name"),
)


LEDGER = (
    "a row for each payer of each world, area and reported year, then one for each organisation. Columns that begin with in add "
    "up to those that begin with out, in every row, to the penny. A payer's pence are the area's; an organisation's its own"
)


def weekly() -> tuple[Column, ...]:
    """The weekly table: stocks at the end of the week, money and events within it."""
    week = Column("week", "week of the run; week 0 begins the burn-in", "weeks")
    money = (Column(name, f"spent in the week on {PAYER_WORDS[name]}", "pence (2024/25)", AREA_WEEK) for name in MONEY)
    events = (
        Column(f"n_{event.name.lower()}", f"events: a person {_sentence(event)}", "events in the week", ADULTS)
        for event in Event
    )
    return (*AREA, week, *STOCKS, *money, *events, *MEASURED)


def _sentence(event: Event) -> str:
    """What happens to a person, without what differs from case to case."""
    said = event.words.replace(", for {need}", "").replace("{referrer}", "a referrer")
    return said.replace("{offer}", "a kind of support")


@lru_cache(maxsize=1)
def parameters() -> tuple[Column, ...]:
    """Every parameter as each world ran with it."""
    known = [records()[field.name] for field in fields(Parameters)]
    return (*WORLD, *(Column(one.name, one.meaning.rstrip("."), one.unit) for one in known))


def folder() -> tuple[Written, ...]:
    """The tables of a results folder, Parquet files of one run."""
    group = (
        Column("dimension", "grouping: everyone, deprivation fifth, age, sex, ethnic group, needs group", "name"),
        Column("level", "group of people within it", "name"),
    )
    pence = Column("pence", "spent in the year by this payer", "pence (2024/25)", "the area, in the year")
    offers = Column("offers", "offers of a place after that wait", "offers", "offers of a place in the year")
    weeks = Column("weeks", f"whole weeks from asking to the offer; {LONGEST_WAIT}: that or more", "weeks")
    gains_year = Column("year", "reported year, from 1; 0: after the reported years", "number")
    payer = Column("payer", "line of money, as in the weekly table", "name")
    return (
        Written("weekly.parquet", "a row for each world, area and reported week", weekly()),
        Written("wants.parquet", "a row for each world, area and group of people", (*AREA, *group, *MEASURES)),
        Written("money.parquet", "a row for each world, area, reported year and payer", (*AREA, YEAR, payer, pence)),
        Written("journeys.parquet", "a row for each event of the people traced", JOURNEYS),
        Written("organisations.parquet", "a row for each organisation at the end", ORGANISATIONS),
        Written("gains.parquet", "a row for each world, area and year", (*AREA, gains_year, *GAINS)),
        Written("waits.parquet", "a row for each world, area, year and length of wait", (*AREA, YEAR, weeks, offers)),
        Written("ledger.parquet", LEDGER, (*AREA, YEAR, *ledger.columns())),
        Written("parameters.parquet", "a row for each world", parameters()),
    )
