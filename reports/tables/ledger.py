"""The ledger's table (`ledger.parquet`), column by column."""

from __future__ import annotations

from reports.tables.described import Column
from sim.results.ledger import COUNT_COLUMNS, IN_COLUMNS, OF_ORGANISATIONS, OF_PAYERS, OUT_COLUMNS, SOURCES, SPENT_OF
from sim.rules.ledger import Line, PayerLine

PENCE = "pence (2024/25)"
BODY, OWN = "the payer or organisation, in the year", "the organisation, in the year"
PAYER_MEANS = {
    PayerLine.UNSPENT_AT_START: "in: held as the year begins; of a payer, what it has not spent",
    PayerLine.BUDGET: "in: a payer's budget for organisations",
    PayerLine.RETURNED: "in: what organisations gave back to a payer",
    PayerLine.BEYOND: "in: what a payer paid beyond its budget, told as its financial year ends",
    PayerLine.AWARDED: "out: what a payer gave organisations, payment by person with it",
    PayerLine.LAPSED: "out: what a payer had not spent as its financial year ended",
    PayerLine.UNSPENT_AT_END: "out: held as the year ends; of a payer, what it has not spent",
}
MEANS = {
    Line.FROM_BOARD: "in: awards of the integrated care board",
    Line.FROM_COUNCIL: "in: awards of the councils",
    Line.FROM_TRUST: "in: awards of the NHS trusts",
    Line.FROM_CHARITY: "in: awards of charities",
    Line.BY_PERSON: "in: personal budgets and payment by outcome, from the board",
    Line.OWN_INCOME: "in: own income",
    Line.RESERVES_GIVEN: "in: reserves with which a run begins",
    Line.NOT_PAID: "in: what an organisation owed as it closed, and never paid",
    Line.POSTS: "out: pay of paid peer workers",
    Line.COORDINATION: "out: pay of coordinators",
    Line.TRAINING: "out: pay and costs of peer workers and volunteers in training",
    Line.EXPENSES: "out: costs of volunteers who are trained",
    Line.OVERHEAD: "out: running costs, with what contracts take",
    Line.EVALUATION: "out: evaluation and reporting",
    Line.WORKING_TOGETHER: "out: time for a shared pathway or one team",
    Line.MADE_GOOD: "out: what awards leave out of full cost, as far as it is made good",
    Line.NOTICE: "out: notice of peer workers who stand down",
    Line.TO_CREDITORS: "out: what was left as an organisation closed",
    Line.RETURNED: "out: given back to payers",
}
COUNTS = {
    Line.POST_WEEKS: ("paid peer workers' posts, added up over weeks", "thousandths of a full-time post x weeks"),
    Line.COORDINATOR_WEEKS: ("coordinators' posts, added up over weeks", "thousandths of a full-time post x weeks"),
    Line.VOLUNTEER_WEEKS: ("volunteers, added up over weeks", "people x weeks"),
    Line.PLACE_WEEKS: ("places of supporters who are trained, added up over weeks", "places x weeks"),
    Line.STARTS: ("people who start support there", "starts"),
}


def columns() -> tuple[Column, ...]:
    """What stands in a row beside world, area and year."""
    words = {OF_PAYERS[line]: said for line, said in PAYER_MEANS.items()}
    words |= {OF_ORGANISATIONS[line]: said for line, said in MEANS.items()}
    counted = {OF_ORGANISATIONS[line]: told for line, told in COUNTS.items()}
    sources = (source.replace("_", " ") for source in SOURCES)
    return (
        Column("body", "board, council, trust or charity for a payer; else organisation", "name"),
        Column("organisation", "row of the table of organisations, from 0; -1 for a payer", "number"),
        Column("place", "number of the neighbourhood where it is, from 0 in the run; -1: the whole area", "number"),
        *(Column(name, words[name], PENCE, BODY) for name in (*IN_COLUMNS, *OUT_COLUMNS)),
        *(
            Column(name, f"spent out of income from: {source}, in proportion to income", PENCE, OWN)
            for name, source in zip(SPENT_OF, sources, strict=True)
        ),
        *(Column(name, *counted[name], OWN) for name in COUNT_COLUMNS),
    )
