"""What the count has in hand besides the state: free places of every host, made anew each week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.columns.state import Shape
from sim.compiled.records import I32, I64, U8, I32x2, I64x2, I64x3, Record, U8x2
from sim.vocabulary import N_MATCH, N_NEEDS

VOLUNTEERS, WORKERS, UNMATCHED = range(3)
FREE = 3  # columns of `Hosts.free`


@dataclass(eq=False)
class Hosts(Record):
    """Free places, less those reserved: `groups` int64[groups], `places` int64[organisations, 2 (volunteer, paid),
    needs], `online` int64[area rows].

    `used` int64[organisations, 2, needs]: places offered this week and not taken. People who wait for a pair and are not
    matched: `first` int32[organisations, needs] and `next` int32[people] link them, -1 at the end; `partner` 1 where such a
    person is reserved. Where anybody may look at all: `free` int64[organisations, 3], bits of the experiences of free volunteers
    and paid workers, and of people unmatched; `ways` uint8[places, match], bits of the offers with a free place but pairs;
    `pairs` int64[places], bits of the needs of people unmatched. `log` int64[room, 5]: what is written down, the first `kept[0]` filled (`Result.reservations`).
    """

    groups: I64
    places: I64x3
    online: I64
    used: I64x3
    first: I32x2
    next: I32
    partner: U8
    free: I64x2
    ways: U8x2
    pairs: I64
    log: I64x2
    kept: I64


def empty_hosts(shape: Shape) -> Hosts:
    """No hosts yet: `fit_hosts` makes room."""
    rows, people, places = len(shape.worlds) * len(shape.areas), shape.people, len(shape.worlds) * shape.places
    return Hosts(
        np.zeros(0, np.int64),
        np.zeros((0, 2, N_NEEDS), np.int64),
        np.zeros(rows, np.int64),
        np.zeros((0, 2, N_NEEDS), np.int64),
        np.zeros((0, N_NEEDS), np.int32),
        np.zeros(people, np.int32),
        np.zeros(people, np.uint8),
        np.zeros((0, FREE), np.int64),
        np.zeros((places, N_MATCH), np.uint8),
        np.zeros(places, np.int64),
        np.zeros((0, 5), np.int64),
        np.zeros(1, np.int64),
    )


def fit_hosts(hosts: Hosts, groups: int, orgs: int) -> None:
    """Room for so many groups and organisations. Nothing was offered to nobody before."""
    if len(hosts.groups) < groups:
        hosts.groups = np.zeros(2 * groups, np.int64)
    if len(hosts.places) != orgs:
        hosts.places, hosts.used = (np.zeros((orgs, 2, N_NEEDS), np.int64) for _ in range(2))
        hosts.first, hosts.free = np.zeros((orgs, N_NEEDS), np.int32), np.zeros((orgs, FREE), np.int64)
