"""The columns of `sim.results.measures`, counted by the readable engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.results.measures import GROUP_AGE_WEEKS, MEASURED, RETAINED_WEEKS, SMALL_GROUP, short_of_volunteers
from sim.vocabulary import FEW_CAME, NO_ORGANISER, Closed, Payer, Post, Stage

if TYPE_CHECKING:
    from sim.agents.land import Area
    from sim.agents.model import PeerSupportModel
    from sim.agents.organisation import Organisation


def measured(model: PeerSupportModel, area: Area | None, own: list[Organisation]) -> dict[str, int]:
    """This week's counts of an area's groups (None: no groups) and of organisations, by name of MEASURED, but for carers
    (counted with the slow stocks)."""
    counts = _volunteers(model.week, own) | _groups(model, area) | _organisations(own)
    return {name: counts.get(name, 0) for name in MEASURED}


def _volunteers(now: int, own: list[Organisation]) -> dict[str, int]:
    volunteers = [s for org in own for s in org.supporters if not s.paid]
    out = {"volunteers_recruited": sum(s.started == now for s in volunteers)}
    for name, weeks in RETAINED_WEEKS.items():
        out[name] = sum(s.state != Post.LEFT and s.started == now - weeks for s in volunteers)
    return out


def _groups(model: PeerSupportModel, area: Area | None) -> dict[str, int]:
    out = {}
    for age, weeks in GROUP_AGE_WEEKS.items():
        founded = [g for g in model.groups if g.born == model.week - weeks and g.place.area is area]
        out[f"groups_founded_before_{age}"] = len(founded)
        out[f"groups_open_after_{age}"] = sum(g.open for g in founded)
    here = [g for g in model.groups if g.place.area is area]
    still = [g for g in here if g.open]
    closed = [g for g in here if not g.open and g.closed == model.week]
    out["group_places"] = sum(g.holds for g in still)
    out["groups_small"] = sum(g.members < SMALL_GROUP for g in still)
    out["member_weeks"] = sum(p.weeks_in() for p in model.at[Stage.MEMBER] if p.area is area)
    out["groups_closed"] = len(closed)
    out["groups_closed_few_came"] = sum(g.why in FEW_CAME for g in closed)
    out["groups_closed_no_organiser"] = sum(g.why in NO_ORGANISER for g in closed)
    out["groups_closed_for_attendance"] = sum(g.why == Closed.ATTENDANCE for g in closed)
    return out


def _organisations(own: list[Organisation]) -> dict[str, int]:
    voluntary = [org for org in own if org.open and not org.nhs]
    recruiting = [org for org in voluntary if org.supervised() >= 1.0]
    statutory = (Payer.BOARD, Payer.COUNCIL, Payer.TRUST)
    return {
        "voluntary_organisations": len(voluntary),
        "organisations_recruiting": len(recruiting),
        "organisations_short": sum(bool(short_of_volunteers(org.volunteers(), org.supervised())) for org in recruiting),
        "organisations_no_statutory": sum(not any(org.award[p] for p in statutory) for org in voluntary),
    }
