"""The named statistics of a run: what published evidence is set beside, and what users read.

A statistic is a function of a `sim.results.result.Result` to float64[worlds]: one number for each world, over the
reported weeks, all areas added up; NaN where a world has nothing to divide by. A row of the evidence is a
target only if it names one of these and both measure the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import UserError, nearest
from sim.results.counts import by_world, share, waited_weeks, weekly_total
from sim.results.measures import SHORT_BY, SMALL_GROUP
from sim.results.outcomes import OUTCOMES
from sim.results.pooling import as_simulated
from sim.results.result import FIRST_LEVEL, Measure, Result
from sim.vocabulary import GATES, MONTHS, YEAR, Event, need_of

SHARE = "share"


@dataclass(frozen=True)
class Statistic:
    """One number of a run. `how`: how it is counted. `needs`: "" or "events" (people have to be traced)."""

    name: str
    unit: str
    how: str
    of: Callable[[Result], np.ndarray]
    needs: str = ""


def measure(result: Result, name: str) -> np.ndarray:
    """float64[worlds] of one statistic, everybody simulated alike, whatever area they stand for. UserError for an unknown name."""
    return find(name).of(as_simulated(result))


def measure_all(result: Result, names: Sequence[str]) -> dict[str, np.ndarray]:
    """float64[worlds] of each named statistic, in that order."""
    return {name: measure(result, name) for name in names}


def find(name: str, file: str = "", line: int | None = None) -> Statistic:
    """The statistic of that name. UserError (with the file and line that asked) when there is none."""
    if name not in STATISTICS:
        near = nearest(name, STATISTICS)
        raise UserError(
            f"the simulator has no statistic called {name!r}",
            file=file,
            line=line,
            key="statistic",
            rule="a name of `peerscale evidence statistics`",
            got=repr(name),
            try_=near or "make the row context, or leave the statistic empty",
        )
    return STATISTICS[name]


# ------------------------------------------------------------------ counted each week


def _sum(result: Result, column: str) -> np.ndarray:
    return weekly_total(result, column).sum(axis=0)


def _end(result: Result, column: str) -> np.ndarray:
    return weekly_total(result, column)[-1]


def take_up(result: Result) -> np.ndarray:
    """Of places offered by organisations: accepted and attended at least once."""
    offered = _sum(result, "n_offered")
    return share(offered - _sum(result, "n_declined") - _sum(result, "n_never_came"), offered)


def retention(result: Result, weeks: int) -> np.ndarray:
    """Of volunteers recruited in the reported weeks, who were still there `weeks` later."""
    recruited = weekly_total(result, "volunteers_recruited")
    stayed = weekly_total(result, f"volunteers_at_{weeks}_weeks")
    if len(recruited) <= weeks:
        return np.full(len(result.shape.worlds), np.nan)
    return share(stayed[weeks:].sum(axis=0), recruited[:-weeks].sum(axis=0))


def groups_closed(result: Result, age: str) -> np.ndarray:
    """Of mutual groups founded so long before a reported week, those closed by then."""
    founded = _sum(result, f"groups_founded_before_{age}")
    return share(founded - _sum(result, f"groups_open_after_{age}"), founded)


def members_per_group(result: Result) -> np.ndarray:
    """Members of an open mutual group, over all weeks."""
    return share(_sum(result, "in_groups"), _sum(result, "groups"))


def membership_months(result: Result) -> np.ndarray:
    """Months for which members of mutual groups have been in theirs so far, over all weeks."""
    return share(_sum(result, "member_weeks"), _sum(result, "in_groups")) * MONTHS / YEAR


def no_statutory_income(result: Result) -> np.ndarray:
    """Of mutual groups and voluntary organisations, those with no award of board, council or trust, at the end."""
    groups = _end(result, "groups")
    return share(groups + _end(result, "organisations_no_statutory"), groups + _end(result, "voluntary_organisations"))


def waiting_share(result: Result) -> np.ndarray:
    """Of people waiting for or having one-to-one support at the end, those waiting."""
    waiting = _end(result, "waiting")
    return share(waiting, waiting + _end(result, "with_volunteer_or_paid"))


def per_10k(result: Result, column: str) -> np.ndarray:
    """A stock at the end, per 10,000 adults."""
    return 10_000 * share(_end(result, column), _end(result, "adults"))


# ------------------------------------------------------------------ from the cascade


def _stopped(result: Result, need: str, gates: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """(wants of one needs group that stopped at these gates, all its wants that came to an end)."""
    tally = by_world(result)[:, FIRST_LEVEL["needs group"] + need_of(need)]
    ended = tally[:, Measure.FAILED : Measure.SUCCESS + 1]
    return sum((ended[:, GATES.index(g)] for g in gates), np.zeros(len(ended), np.int64)), ended.sum(axis=1)


def stopped(result: Result, need: str, gates: Sequence[str]) -> np.ndarray:
    """Of one needs group's wants that came to an end, those that stopped at these gates."""
    return share(*_stopped(result, need, gates))


def carers_who_did_not_know(result: Result) -> np.ndarray:
    """Of carers' wants for which something suitable existed and who did not attend, those who did not know of it."""
    missed, _ = _stopped(result, "carers", ["knew"])
    every, _ = _stopped(result, "carers", GATES[GATES.index("knew") : GATES.index("attended") + 1])
    return share(missed, every)


def cancer_who_were_not_told(result: Result) -> np.ndarray:
    """Of wants about cancer for which something suitable existed, those who did not come to know of it."""
    missed, every = _stopped(result, "cancer", ["knew"])
    nothing, _ = _stopped(result, "cancer", ["existed"])
    return share(missed, every - nothing)


# ------------------------------------------------------------------ from people's traced weeks


def _first_after(result: Result, begin: Event, ends: Sequence[Event]) -> list[tuple[int, int, int]]:
    """(world, weeks, kind) from each traced `begin` to the first of `ends` in the same person's weeks."""
    size = result.shape.places * result.shape.place_size
    found: list[tuple[int, int, int]] = []
    open_at: dict[int, int] = {}
    for week, person, kind, _ in result.events.tolist():
        if kind == begin:
            open_at.setdefault(person, week)
        elif kind in ends and person in open_at:
            found.append((person // size, week - open_at.pop(person), kind))
    return found


def weeks_to_offer(result: Result) -> np.ndarray:
    """Median weeks from joining a queue to the offer of a place, among the people traced who were offered one."""
    found = _first_after(result, Event.QUEUED, [Event.OFFERED, Event.GAVE_UP, Event.DIED, Event.MOVED, Event.PASSED])
    waits = [[w for world, w, kind in found if world == i and kind == Event.OFFERED] for i in _worlds(result)]
    return np.array([float(np.median(w)) if w else np.nan for w in waits])


def _worlds(result: Result) -> range:
    return range(len(result.shape.worlds))


# ------------------------------------------------------------------ the list


def _headline() -> list[Statistic]:
    """Outcomes that a question may be about; no published figure is of what all payers spend together."""
    return [
        Statistic(one.name, one.unit, one.counted or one.lower, one.worlds)
        for one in OUTCOMES
        if one.asked and not one.is_gbp
    ]


def _doc(f: Callable[..., np.ndarray]) -> str:
    said = (f.__doc__ or "").strip().rstrip(".")
    return said[:1].lower() + said[1:]


def _gate(name: str, need: str, gates: Sequence[str], words: str) -> Statistic:
    said = " or ".join(f'"{gate}"' for gate in gates)
    return Statistic(
        name,
        SHARE,
        f"{words}: wants of the needs group {need} that stopped at the gate {said}, of those that came to an end",
        lambda r: stopped(r, need, gates),
    )


def _of_groups() -> list[Statistic]:
    """What tells of mutual groups."""
    return [
        Statistic(
            "groups_closed_in_3_years",
            SHARE,
            "mutual groups closed within 3 years of their founding",
            lambda r: groups_closed(r, "3_years"),
        ),
        Statistic(
            "groups_closed_in_54_months",
            SHARE,
            "mutual groups closed within 4.5 years of their founding",
            lambda r: groups_closed(r, "54_months"),
        ),
        Statistic("members_per_group", "people", _doc(members_per_group), members_per_group),
        Statistic(
            "groups_small",
            SHARE,
            f"open mutual groups with fewer than {SMALL_GROUP} members, over all weeks",
            lambda r: share(_sum(r, "groups_small"), _sum(r, "groups")),
        ),
        Statistic(
            "group_chairs_empty",
            SHARE,
            "of the members that open mutual groups could have, those that they have not, over all weeks",
            lambda r: 1 - share(_sum(r, "in_groups"), _sum(r, "group_places")),
        ),
        Statistic("membership_months", "months", _doc(membership_months), membership_months),
        Statistic(
            "groups_closed_for_attendance",
            SHARE,
            "of mutual groups that closed, those to which too few came when they did, whatever closed them",
            lambda r: share(_sum(r, "groups_closed_few_came"), _sum(r, "groups_closed")),
        ),
        Statistic(
            "groups_closed_for_organisers",
            SHARE,
            "of mutual groups that closed, those without an organiser when they did",
            lambda r: share(_sum(r, "groups_closed_no_organiser"), _sum(r, "groups_closed")),
        ),
    ]


def _all() -> list[Statistic]:
    return [
        *_headline(),
        Statistic("take_up_when_offered", SHARE, _doc(take_up), take_up),
        Statistic(
            "volunteer_retention_26_weeks",
            SHARE,
            "volunteers recruited who were still there 26 weeks later",
            lambda r: retention(r, 26),
        ),
        Statistic(
            "volunteer_retention_52_weeks",
            SHARE,
            "volunteers recruited who were still there 52 weeks later",
            lambda r: retention(r, 52),
        ),
        *_of_groups(),
        Statistic(
            "organisations_short_of_volunteers",
            SHARE,
            f"voluntary organisations that could supervise volunteers and miss {SHORT_BY:.0%} of them, over all weeks",
            lambda r: share(_sum(r, "organisations_short"), _sum(r, "organisations_recruiting")),
        ),
        Statistic("no_statutory_income", SHARE, _doc(no_statutory_income), no_statutory_income),
        Statistic("waiting_share", SHARE, _doc(waiting_share), waiting_share),
        Statistic(
            "carers_used_last_year",
            SHARE,
            "carers who used peer support in the last year, at the end",
            lambda r: share(_end(r, "carers_used_last_year"), _end(r, "carers")),
        ),
        Statistic("carers_who_did_not_know", SHARE, _doc(carers_who_did_not_know), carers_who_did_not_know),
        Statistic("cancer_who_were_not_told", SHARE, _doc(cancer_who_were_not_told), cancer_who_were_not_told),
        _gate("bereaved_who_found_no_way", "bereavement", ["knew", "way_in"], "did not know, or had no way in"),
        _gate("bereaved_who_found_nothing", "bereavement", ["existed", "room"], "nothing there, or no room"),
        _gate("diabetes_not_offered", "diabetes", GATES[: GATES.index("room") + 1], "never within an offer in time"),
        *(
            Statistic(f"{stock}_per_10k", "per 10,000 adults", f"{stock}, at the end", lambda r, s=stock: per_10k(r, s))  # type: ignore[misc]
            for stock in ("groups", "organisations", "volunteers", "paid_workers")
        ),
        Statistic(
            "weeks_waited",
            "weeks",
            "median weeks from asking an organisation to the offer of a place, of those who were offered one",
            lambda r: waited_weeks(r, 0.5) if r.waits.size else np.full(len(r.shape.worlds), np.nan),
        ),
        Statistic("weeks_to_offer", "weeks", _doc(weeks_to_offer), weeks_to_offer, "events"),
    ]


STATISTICS: dict[str, Statistic] = {statistic.name: statistic for statistic in _all()}
