"""How a want is judged and settled: the gates it passed, and what was within reach in time."""

from __future__ import annotations

import numpy as np

from sim.columns import kernels, kernels_wants
from sim.columns.people import MIND_IDLE, MIND_WANTING, gap_table
from sim.columns.state import AREA_KINDS, PLACE_KINDS, RECENT_WEEKS
from sim.core.tally import ONLY_LOOSE
from sim.core.week import Week
from sim.draws import Purpose
from sim.results.result import Measure
from sim.tables import NEVER
from sim.vocabulary import GATES, N_REFERRERS, Mark, Referral, Want

JUDGED = np.uint16(1 << Mark.JUDGED)
IS_LOCAL = np.array([kind in PLACE_KINDS for kind in range(N_REFERRERS)])
REFERRER_KIND = np.array([PLACE_KINDS.get(kind, AREA_KINDS.get(kind)) for kind in range(N_REFERRERS)])


def can_manage(w: Week, index: np.ndarray, row: np.ndarray) -> np.ndarray:
    """uint8[n]: bits of the offers that each would choose and could manage (time, distance, cost, language)."""
    people = w.people
    key = row * 512
    key += people.offline[index] * np.int64(256)
    key += people.access[index]
    return people.chooses[index] & w.rates.manage[key]


def knows(w: Week, index: np.ndarray, known: int) -> np.ndarray:
    """Who knows of groups, services or online communities this week."""
    return w.people.known_to[known][index] > w.now


def judge(w: Week, index: np.ndarray) -> None:
    """At the target wait (or the end, if sooner): set EXISTED, REACH and WAY_IN of wants that will be counted."""
    people = w.people
    if len(index) == 0:
        return
    marks = people.marks[index]
    fresh = (marks & JUDGED) == 0
    people.marks[index] = marks | JUDGED
    people.deadline[index[fresh]] = NEVER
    fresh &= w.in_window(index)
    index = index[fresh]
    if len(index):
        people.marks[index] |= _judged(w, index, marks[fresh])


def _judged(w: Week, index: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """uint16[n]: the marks that each want earns. Notes those for which only a similar experience existed."""
    people = w.people
    earned, loose = kernels.judged(
        index,
        marks,
        can_manage(w, index, w.area_row(index)),
        w.shape.place_size,
        people.match,
        people.want_need,
        people.want_start,
        people.known_from,
        people.known_to,
        people.offer,
        w.state.supply.seen,
    )
    only = index[loose]
    nothing = np.zeros(len(only), np.int64)
    w.note(only, nothing, nothing, ONLY_LOOSE)
    return np.asarray(earned)


def settle(w: Week, index: np.ndarray, left: bool = False, still_open: bool = False) -> None:
    """Close wants for good: judge them, count them once, and clear them."""
    people = w.people
    index = index[people.want_kind[index] != Want.NONE]
    if len(index) == 0:
        return
    if not left and not still_open:
        judge(w, index)
    _note(w, index[w.in_window(index)], left, still_open)
    people.want_kind[index] = Want.NONE
    people.marks[index] = 0
    people.deadline[index] = NEVER
    people.want_until[index] = NEVER


def _note(w: Week, index: np.ndarray, left: bool, still_open: bool) -> None:
    """Note wants for the tally: each at the first gate it failed; LEFT and OPEN are not failures."""
    marks = w.people.marks[index].astype(np.int64)
    if left or still_open:
        code = np.full(len(index), int(Measure.LEFT if left else Measure.OPEN))
    else:
        code = int(Measure.FAILED) + first_failed(marks)
    judged = (marks >> Mark.JUDGED & 1) == 1
    w.note(index, marks, eligible(w, index) & judged, code)


def first_failed(marks: np.ndarray) -> np.ndarray:
    """Number of the first gate that a want did not pass; len(GATES) for one that passed them all."""
    return FIRST_FAILED[marks & ALL_GATES]


ALL_GATES = (1 << len(GATES)) - 1
FIRST_FAILED = np.array([(~marks & (marks + 1)).bit_length() - 1 for marks in range(ALL_GATES + 1)])


def eligible(w: Week, index: np.ndarray) -> np.ndarray:
    """Wants whose natural length is at least the target wait, which falls within the run."""
    start = w.people.want_start[index].astype(np.int64)
    target = target_of(w, index, w.world(index))
    return (w.people.latent_until[index] - start >= target) & (start + target < w.shape.end)


def target_of(w: Week, index: np.ndarray, world: np.ndarray) -> np.ndarray:
    """int64[n]: weeks that are soon enough for each want, by what began it."""
    return w.targets[world, w.people.want_cause[index]]


def referrer_rows(w: Week, kind: np.ndarray, place: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Row of the referrer of each kind, of people in `place` of area `row`."""
    n = w.state.referrers.n_places
    local, number = IS_LOCAL[kind], REFERRER_KIND[kind]
    return np.where(local, number * n + place, len(PLACE_KINDS) * n + number * len(w.state.spent) + row)


def note_referrer(w: Week, index: np.ndarray, column: Referral) -> None:
    """Add to what referrers see of their own referrals: a column of `Referral`."""
    kind = w.people.referrer[index]
    own = kind < N_REFERRERS
    if not own.any():
        return
    index, kind = index[own], kind[own]
    place = w.place(index)
    rows = referrer_rows(w, kind, place, w.state.places.area_row[place])
    recent = w.state.referrers.recent
    recent[w.now % RECENT_WEEKS, :, column] += np.bincount(rows, minlength=recent.shape[1]).astype(np.int32)


def to_wanting(w: Week, index: np.ndarray) -> None:
    """Back to wanting, with the clocks of hearing and acting started."""
    people = w.people
    if len(index) == 0:
        return
    kernels_wants.make_wanting(
        index,
        people.stage,
        people.host,
        people.stage_due,
        people.mind_due,
        people.act_due,
        people.contact_class,
        people.confidence,
        people.whog,
        w.shape.place_size,
        w.state.places.area_row,
        w.rates.act_mean,
        w.key(Purpose.MIND_GAP),
        w.key(Purpose.ACT_GAP),
        w.now,
        gap_table(MIND_WANTING),
    )


def to_idle(w: Week, index: np.ndarray) -> None:
    """No want in hand: only the slow clock of hearing runs."""
    people = w.people
    if len(index) == 0:
        return
    kernels_wants.make_idle(
        index,
        people.stage,
        people.host,
        people.supporter,
        people.returning,
        people.stage_due,
        people.stay_until,
        people.act_due,
        people.mind_due,
        people.needs,
        people.whog,
        w.key(Purpose.MIND_GAP),
        w.now,
        gap_table(MIND_IDLE),
    )
