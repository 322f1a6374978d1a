"""Whom a week looks at, and what comes of it: counted, not timed. `python -m benchmarks.speed.counts [--record]`

20 worlds of 10,000 adults under today's policy, in 26 weeks after 300. Figures are of a million people in a week: people of
whose clocks one strikes at the start of a week, and events of that week.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.record import record, table
from benchmarks.speed.here import begun
from sim.core import engine
from sim.core.week import Week
from sim.vocabulary import Event, Stage, Want

PAGE = Path(__file__).resolve().parents[2] / "docs" / "speed.md"
SIZE, SETTLED, WEEKS = "20 x 10,000", 300, 26
ROWS = {
    "an event of life": (
        "life",
        "WANTS WANT_MET_ALREADY FLARED DISCHARGED SOCIAL_FELL MOVED BEREAVED BECAME_CARER CONDITION DIED",
    ),
    "hearing, without a want": ("hears idle", "VOICED"),
    "hearing, with a want": ("hears wanting", "HEARD MET_INFORMALLY PUT_OFF"),
    "acting, or meeting a referrer": ("acts", "ASKED PUT_FORWARD REFUSED_REFERRAL REFERRAL_LOST SIGNPOSTED"),
    "the end of a want": ("ends", "PASSED"),
    "the end of a target wait": ("deadline", ""),
    "giving up, leaving, staying to the end": ("stage", "GAVE_UP LEFT_EARLY SUPPORT_ENDED"),
    "a want that looks for a place, or holds one": ("counted", ""),
}


def called(w: Week, week: int) -> Counter[str]:
    """People of whose clocks one strikes this week, by what it is of."""
    people = w.people
    wants = np.isin(people.stage, (Stage.WANTING, Stage.WAITING))
    found = {
        "life": people.life_due == week,
        "hears idle": (people.mind_due == week) & ~wants,
        "hears wanting": (people.mind_due == week) & wants,
        "acts": people.act_due == week,
        "ends": people.want_until == week,
        "deadline": people.deadline == week,
        "stage": (people.stage_due == week) | (people.stay_until == week),
        "counted": (people.seeks | people.holds) != 0,
        "all": np.zeros(len(people.stage), bool),
    }
    found["all"] = np.any(list(found.values()), axis=0)
    return Counter({name: int(mask.sum()) for name, mask in found.items()}) + Counter(
        {"in want": int(((people.want_kind != Want.NONE) & wants).sum())}
    )


def counted() -> tuple[Counter[str], Counter[str]]:
    """(people called by clock, events by name) of a million people in a week."""
    calls: Counter[str] = Counter()
    events: Counter[str] = Counter()
    everybody = 0
    for w in begun(SIZE, SETTLED, WEEKS):
        for week in range(SETTLED + WEEKS):
            if week >= SETTLED:
                calls += called(w, week)
                everybody += w.shape.people
            engine.one_week(w, week)
            if week >= SETTLED:
                events += Counter(dict(zip((e.name for e in Event), w.state.counts.sum(axis=0).tolist(), strict=False)))
            engine.count_week(w)
    return scaled(calls, everybody), scaled(events, everybody)


def scaled(found: Counter[str], everybody: int) -> Counter[str]:
    """Of a million people in a week."""
    return Counter({name: round(n * 1_000_000 / everybody) for name, n in found.items()})


def lines() -> list[str]:
    """The table in Markdown, and what all of it comes to."""
    calls, events = counted()
    rows = []
    for words, (clock, names) in ROWS.items():
        some = [Event[name].name for name in names.split()]  # KeyError for what is no event
        came = [f"{events[name]:,} {name.lower().replace('_', ' ')}" for name in some if events[name]]
        rows.append([words, f"{calls[clock]:,}", ", ".join(came)])
    return [
        *table(["looked at", "people", "what comes of it"], rows),
        "",
        f"In all {calls['all']:,} of a million people are looked at in a week, some of them twice; {calls['in want']:,} want"
        " peer support and have none.",
    ]


if __name__ == "__main__":
    made = lines()
    print("\n".join(made))
    if "--record" in sys.argv[1:]:
        record("counts", "python -m benchmarks.speed.counts --record", made, PAGE)
