"""What the readable engine writes down: events, counts of the week, the tally of wants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.measures import measured
from sim.columns.state import ORG_TYPES, OWN_SOURCES, Shape
from sim.results.measures import MEASURED
from sim.results.result import (
    FIRST_LEVEL,
    GAINS,
    LEVELS,
    LONGEST_WAIT,
    MEASURES,
    MONEY,
    ORGANISATION_COLUMNS,
    SLOW_MEASURED,
    SLOW_STOCKS,
    STAGE_STOCKS,
    STOCKS,
    WEEKLY,
    YEAR,
    reported_years,
)
from sim.rules.fund import development_pence_week, ways_in_pence_week
from sim.rules.gains import gain_in_support, not_faded, weeks_since
from sim.rules.scale import to_run
from sim.rules.support import holds_for
from sim.tables import LASTS_WEEKS, weeks_left
from sim.vocabulary import (
    CARERS,
    N_EVENTS,
    QUARTER,
    SUPPORT_STAGES,
    Event,
    Known,
    age_of,
    ethnicity_of,
    fifth_of,
    sex_of,
)

if TYPE_CHECKING:
    from sim.agents.land import Area
    from sim.agents.model import PeerSupportModel
    from sim.agents.person import Person


OF_ORGANISATIONS = ("organisations", "volunteers", "paid_workers", "places", "paid_mfte", "volunteers_stretched")
"""Stocks of what organisations have."""
OWN_MONEY = "spent_participants_and_own_sources_pence"


class Record:
    """Events of the traced people, and counts for everybody."""

    def __init__(self, shape: Shape, par: Any, trace: Sequence[int]):
        n_areas = len(shape.areas)
        self.shape, self.years, self.dose_weeks = shape, reported_years(shape), int(par.dose_weeks)
        self.holds = int(holds_for(par.effect_holds_weeks))
        self.left = weeks_left(par.effect_half_life_weeks).tolist()
        self.gains = [[[0] * len(GAINS) for _ in range(len(self.years) + 1)] for _ in range(n_areas)]
        self.waits = [[[0] * (LONGEST_WAIT + 1) for _ in self.years] for _ in range(n_areas)]
        self.all_ = list(trace) == [-1]
        self.trace = frozenset(trace)
        self.events: list[tuple[int, int, int, int]] = []
        self.reservations: list[tuple[int, int, int, int, int]] = []
        self.counts = [[0] * N_EVENTS for _ in range(n_areas)]
        self.tally = [[[0] * len(MEASURES) for _ in LEVELS] for _ in range(n_areas)]
        self.carried: dict[str, list[int]] = {}

    def log(self, week: int, person: Person, event: Event, detail: int) -> None:
        """Count an event; keep it for people who are traced."""
        self.counts[person.area.number][event] += 1
        if self.all_ or person.number in self.trace:
            self.events.append((week, person.number, int(event), int(detail)))

    def note(self, person: Person, row: tuple[int, int, int, int, int]) -> None:
        """Keep what became of a reservation, or how a want was judged, of people who are traced."""
        if self.all_ or person.number in self.trace:
            self.reservations.append(row)

    def count(self, measure: int, person: Person, weight: int, need: int) -> None:
        """Add a person's want, of a needs group, to a measure, in their level of every dimension."""
        table, cell = self.tally[person.area.number], person.cell
        for level in (
            0,
            FIRST_LEVEL["deprivation fifth"] + fifth_of(cell),
            FIRST_LEVEL["age"] + age_of(cell),
            FIRST_LEVEL["sex"] + sex_of(cell),
            FIRST_LEVEL["ethnic group"] + ethnicity_of(cell),
            FIRST_LEVEL["needs group"] + need,
        ):
            table[level][measure] += weight

    def add_gain(self, person: Person, kind: int, during: int, after: int) -> tuple[int, int, int]:
        """Gain-weeks of a spell that ends now: (in support, after it to the horizon, beyond). Adds them by year."""
        table, start, end, lasts = self.gains[person.area.number], person.spell_start, person.model.week, LASTS_WEEKS
        here = then = 0
        for year, (first, last) in enumerate(self.years):
            one = int(gain_in_support(during, start, end, self.dose_weeks, self.holds, self.left, first, last))
            two = self._decayed(after, *weeks_since(end, first, last, lasts))
            table[year][2 * kind] += one
            table[year][2 * kind + 1] += two
            here, then = here + one, then + two
        beyond = self._decayed(after, *weeks_since(end, self.shape.end, self.shape.end + 2 * lasts, lasts))
        table[-1][2 * kind + 1] += beyond
        return here, then, beyond

    def not_faded(self, gain: int, weeks: int) -> int:
        """Of an effect in thousandths, what is left after so many weeks of support."""
        return int(not_faded(gain, weeks, self.holds, self.left))

    def _decayed(self, after: int, before: int, until: int) -> int:
        return after * (self.left[until] - self.left[before]) // 1000

    def add_wait(self, person: Person, weeks: int) -> None:
        """Count an offer by the weeks waited for it."""
        since = person.model.week - self.shape.burn_in
        if since >= 0:
            self.waits[person.area.number][since // YEAR][min(weeks, LONGEST_WAIT)] += 1

    def reservations_array(self) -> np.ndarray:
        """int64[n, 5] in order."""
        return np.array(sorted(self.reservations), np.int64).reshape(-1, 5)

    def events_array(self) -> np.ndarray:
        """int64[n, 4] in the order week, person, kind, detail."""
        return np.array(sorted(self.events), np.int64).reshape(-1, 4)


def count_week(model: PeerSupportModel) -> list[list[int]]:
    """Stocks, money and events of this week, by area: those of this run, and its part of the area's."""
    stocks = {name: _stock(model, name) for name in (*STOCKS, *SLOW_MEASURED)}
    out = []
    for area in model.areas:
        counts = model.record.counts[area.number]
        row = [stocks[name][area.number] for name in STOCKS] + _money(model, area, counts) + counts
        local = [org for org in model.organisations if org.area is area and org.home]
        also = measured(model, area, local) | {name: stocks[name][area.number] for name in SLOW_MEASURED}
        row += [also[name] for name in MEASURED]
        out.append([here + part for here, part in zip(row, _of_area(model, area), strict=True)])
        area.spent, area.unspent = [0] * (OWN_SOURCES + 1), 0
        model.record.counts[area.number] = [0] * N_EVENTS
    return out


def _of_area(model: PeerSupportModel, area: Area) -> list[int]:
    """This run's part of what the area's bodies have and its payers spend, by column of a week."""
    wide = [org for org in model.organisations if org.area is area and org.home is None]
    figures = {name: sum(org.count_active(name) for org in wide) for name in OF_ORGANISATIONS}
    figures |= dict(zip(MONEY, area.spent[:OWN_SOURCES], strict=False))  # payers', in their order
    figures |= {OWN_MONEY: area.spent[OWN_SOURCES], "unspent_pence": area.unspent} | measured(model, None, wide)
    left = area.left_over or [area.scale[1] // 2] * len(WEEKLY)
    shares = [to_run(figures.get(name, 0), over, *area.scale) for name, over in zip(WEEKLY, left, strict=True)]
    area.left_over = [int(over) for _, over in shares]
    return [int(here) for here, _ in shares]


def _stock(model: PeerSupportModel, name: str) -> list[int]:
    """A stock of this run by area, without the bodies that serve the area."""
    if name in (*SLOW_STOCKS, *SLOW_MEASURED):
        return _slow(model, name)
    if name == "adults":
        return [area.adults for area in model.areas]
    out = [0] * len(model.areas)
    if name in STAGE_STOCKS:
        for person in model.at[STAGE_STOCKS[name]]:
            out[person.area.number] += 1
    elif name == "groups":
        for group in model.groups:
            out[group.place.area.number] += group.open
    elif name == "organisers":
        for group in model.groups:
            out[group.place.area.number] += group.organisers * group.open
    elif name in OF_ORGANISATIONS:
        for org in model.organisations:
            out[org.area.number] += org.count_active(name) if org.home else 0
    return out


def _slow(model: PeerSupportModel, name: str) -> list[int]:
    """Counts over everybody, made every 13 weeks and carried between."""
    carried = model.record.carried
    if model.week % QUARTER == 0 or name not in carried:
        out = [0] * len(model.areas)
        for person in model.everyone:
            out[person.area.number] += _counts_for(person, name, model.week)
        carried[name] = out
    return carried[name]


def _counts_for(person: Person, name: str, week: int) -> bool:
    carer = bool(person.needs >> CARERS & 1)
    used = person.stage in SUPPORT_STAGES or (person.last_used > 0 and person.last_used > week - YEAR)
    if name in SLOW_MEASURED:
        return carer and (name == "carers" or used)
    if person.n_conditions == 0:
        return False
    if name == "wanting_latent":
        return person.latent_until > week
    if name == "knowing":
        return person.known_to[Known.GROUPS] > week or person.known_to[Known.SERVICES] > week
    return used or name == "with_condition"


def _money(model: PeerSupportModel, area: Area, counts: list[int]) -> list[int]:
    """Pence this week of what this run pays for itself: group grants, expenses, online places, link workers, help."""
    lever, adults = area.policy, area.adults
    groups = sum(group.open for group in model.groups if group.place.area is area)
    out = [
        *[0] * OWN_SOURCES,
        math.floor(groups * lever.group_grant * 100.0 / YEAR),
        math.floor(counts[Event.STARTED] * lever.expenses * 100.0),
        math.floor(adults / 1000.0 * lever.online_places * model.par.online_place_gbp_year * 100.0 / YEAR),
        math.floor(adults / 10_000.0 * lever.link_workers * model.par.link_worker_gbp_year * 100.0 / YEAR),
        0,
        *_help(model, area, counts),
    ]
    assert len(out) == len(MONEY)
    return out


def _help(model: PeerSupportModel, area: Area, counts: list[int]) -> list[int]:
    """Pence this week for ways in, and for help to groups and supporters."""
    lever, par, adults = area.policy, model.par, area.adults
    ways = ways_in_pence_week(
        adults,
        lever.directory,
        lever.campaign,
        counts[Event.PUT_FORWARD],
        par.directory_gbp_adult_year,
        par.campaign_gbp_reached,
        par.referral_gbp,
    )
    more = development_pence_week(
        adults,
        lever.group_founding,
        lever.group_keeping,
        lever.recruitment,
        lever.peers_in_clinics,
        (
            par.founding_gbp_10k_year,
            par.keeping_gbp_10k_year,
            par.recruiting_gbp_10k_year,
            par.clinic_posts_10k,
            par.paid_gbp_year,
        ),
    )
    return [int(ways), int(more)]


def organisations_of(model: PeerSupportModel) -> dict[str, np.ndarray]:
    """Organisations at the horizon, as columns."""
    return {
        name: np.array([getattr(org, name) for org in model.organisations], dtype=ORG_TYPES[name])
        for name in ORGANISATION_COLUMNS
    }
