"""The columns of `sim.results.measures`, counted by the fast engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import rule, whole
from sim.core.chairs import holds_of
from sim.core.parts.find import find_stage
from sim.core.parts.scale import count_body
from sim.core.parts.where import row_of
from sim.core.staff import LEFT, supervisable
from sim.results.measures import GROUP_AGE_WEEKS, OF_GROUPS, RETAINED_WEEKS, SMALL_GROUP, short_of_volunteers
from sim.results.result import WEEKLY
from sim.vocabulary import FEW_CAME as FEW_CAME_KINDS
from sim.vocabulary import NO_ORGANISER as NO_ORGANISER_KINDS
from sim.vocabulary import Payer, Stage

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
PLACES, SMALL, MEMBER_WEEKS, CLOSED, FEW, ORGANISERS, ATTENDANCE = (WEEKLY.index(name) for name in OF_GROUPS)
FEW_CAME, NO_ORGANISER = tuple(map(int, FEW_CAME_KINDS)), tuple(map(int, NO_ORGANISER_KINDS))
BOARD, COUNCIL, TRUST = int(Payer.BOARD), int(Payer.COUNCIL), int(Payer.TRUST)


@rule
def count_measured(w: Week) -> None:
    """This week's counts, but for carers (counted with the slow stocks)."""
    _volunteers(w)
    _groups(w)
    _members(w)
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
        row = w.places.area_row[groups.place[g]]
        if groups.open[g]:
            w.counted[row, PLACES] += holds_of(w, g)
            w.counted[row, SMALL] += groups.members[g] < SMALL_GROUP
        elif groups.closed[g] == w.now:
            why = groups.why[g]
            w.counted[row, CLOSED] += 1
            w.counted[row, FEW] += why in FEW_CAME
            w.counted[row, ORGANISERS] += why in NO_ORGANISER
            w.counted[row, ATTENDANCE] += why == FEW_CAME[0]
        for founded, still, weeks in AGES:
            if w.now - groups.born[g] == weeks:
                w.counted[row, founded] += 1
                w.counted[row, still] += groups.open[g]


@rule
def _members(w: Week) -> None:
    """How long members have been in their groups."""
    people = w.people
    inside = find_stage(people.stage, Stage.MEMBER, 0, len(people.stage), w.found.who, 0)
    for k in range(inside):
        i = whole(w.found.who[k])
        w.counted[row_of(w, i), MEMBER_WEEKS] += w.now - whole(people.spell_start[i])


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
