"""The columns of `sim.results.measures`, counted by the fast engine."""

from __future__ import annotations

import numpy as np

from sim.core.staff import supervisable, volunteers_in_post
from sim.core.week import Week
from sim.results.measures import GROUP_AGE_WEEKS, MEASURED, RETAINED_WEEKS, short_of_volunteers
from sim.vocabulary import CARERS, Payer, Post


def measured(w: Week) -> np.ndarray:
    """int64[area rows, MEASURED]: this week's counts, but for carers (counted with the slow stocks: zero here)."""
    counts = _volunteers(w) | _groups(w) | _organisations(w)
    none = np.zeros(len(w.state.spent), np.int64)
    return np.stack([counts.get(name, none) for name in MEASURED], axis=1)


def carers(w: Week) -> np.ndarray:
    """bool[people]: who looks after someone."""
    return (w.people.needs >> np.uint16(CARERS) & np.uint16(1)) == 1


def _count(w: Week, rows: np.ndarray) -> np.ndarray:
    return np.bincount(rows, minlength=len(w.state.spent)).astype(np.int64)


def _volunteers(w: Week) -> dict[str, np.ndarray]:
    sup = w.supporters
    row = w.orgs.area_row[sup.org]
    volunteer = sup.paid == 0
    out = {"volunteers_recruited": _count(w, row[volunteer & (sup.started == w.now)])}
    for name, weeks in RETAINED_WEEKS.items():
        out[name] = _count(w, row[volunteer & (sup.state < Post.LEFT) & (sup.started == w.now - weeks)])
    return out


def _groups(w: Week) -> dict[str, np.ndarray]:
    out, g = {}, w.groups
    row = w.state.places.area_row[g.place]
    for age, weeks in GROUP_AGE_WEEKS.items():
        founded = g.born == w.now - weeks
        out[f"groups_founded_before_{age}"] = _count(w, row[founded])
        out[f"groups_open_after_{age}"] = _count(w, row[founded & g.open])
    return out


def _organisations(w: Week) -> dict[str, np.ndarray]:
    orgs = w.orgs
    voluntary = orgs.open & ~orgs.nhs
    can = supervisable(w)
    recruiting = voluntary & (can >= 1.0)
    short = recruiting & short_of_volunteers(volunteers_in_post(w), can)
    statutory = orgs.award[:, [Payer.BOARD, Payer.COUNCIL, Payer.TRUST]].sum(axis=1)
    which = {
        "voluntary_organisations": voluntary,
        "organisations_recruiting": recruiting,
        "organisations_short": short,
        "organisations_no_statutory": voluntary & (statutory == 0),
    }
    return {name: _count(w, orgs.area_row[chosen]) for name, chosen in which.items()}
