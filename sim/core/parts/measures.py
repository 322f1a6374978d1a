"""The columns of `sim.results.measures`, counted by the fast engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import rule
from sim.core.parts.scale import count_body
from sim.core.staff import LEFT, supervisable
from sim.results.measures import GROUP_AGE_WEEKS, RETAINED_WEEKS, short_of_volunteers
from sim.results.result import WEEKLY
from sim.vocabulary import Payer

if TYPE_CHECKING:
    from sim.core.week import Week

RECRUITED = WEEKLY.index("volunteers_recruited")
RETAINED = tuple((WEEKLY.index(name), weeks) for name, weeks in RETAINED_WEEKS.items())
AGES = tuple(
    (WEEKLY.index(f"groups_founded_before_{age}"), WEEKLY.index(f"groups_open_after_{age}"), weeks)
    for age, weeks in GROUP_AGE_WEEKS.items()
)
VOLUNTARY, RECRUITING, SHORT, NO_STATUTORY = (
    WEEKLY.index(name)
    for name in (
        "voluntary_organisations",
        "organisations_recruiting",
        "organisations_short",
        "organisations_no_statutory",
    )
)
BOARD, COUNCIL, TRUST = int(Payer.BOARD), int(Payer.COUNCIL), int(Payer.TRUST)


@rule
def count_measured(w: Week) -> None:
    """This week's counts, but for carers (counted with the slow stocks)."""
    _volunteers(w)
    _groups(w)
    _organisations(w)


@rule
def _volunteers(w: Week) -> None:
    sup = w.supporters
    for s in range(len(sup.state)):
        if sup.paid[s]:
            continue
        tenure = w.now - sup.started[s]
        if tenure == 0:
            count_body(w, sup.org[s], RECRUITED, 1)
        for column, weeks in RETAINED:
            if tenure == weeks and sup.state[s] != LEFT:
                count_body(w, sup.org[s], column, 1)


@rule
def _groups(w: Week) -> None:
    groups = w.groups
    for g in range(len(groups.open)):
        for founded, still, weeks in AGES:
            if w.now - groups.born[g] == weeks:
                row = w.places.area_row[groups.place[g]]
                w.counted[row, founded] += 1
                w.counted[row, still] += groups.open[g]


@rule
def _organisations(w: Week) -> None:
    orgs = w.orgs
    for o in range(len(orgs.open)):
        if not orgs.open[o] or orgs.nhs[o]:
            continue
        can = supervisable(w, o)
        count_body(w, o, VOLUNTARY, 1)
        if can >= 1.0:
            count_body(w, o, RECRUITING, 1)
            if short_of_volunteers(w.posts.volunteers[o], can):
                count_body(w, o, SHORT, 1)
        if orgs.award[o, BOARD] + orgs.award[o, COUNCIL] + orgs.award[o, TRUST] == 0:
            count_body(w, o, NO_STATUTORY, 1)
