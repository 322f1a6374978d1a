"""How a want begins, is judged and is settled: the gates it passed, and what was within reach in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.columns.clock import MEAN_OCCASION
from sim.columns.people import MEAN_WANTING
from sim.columns.state import AREA_KINDS, PLACE_KINDS
from sim.compiled import apart, rule, whole
from sim.core.chairs import can_come, group_key, in_their_language, knows_and_can_come
from sim.core.parts.counting import judge_ended, leave_count
from sim.core.parts.follow import close, is_eligible
from sim.core.parts.luck import bits, ends, uniform, wait
from sim.core.parts.notes import count
from sim.core.parts.where import place_of, who_manages, world_of
from sim.draws import Purpose
from sim.numbers.structure import VOICED_WEEKS
from sim.results.result import Measure
from sim.rules.live import match_kind, want_weeks
from sim.tables import NEVER
from sim.vocabulary import (
    ANY,
    HAS_LASTING,
    KNOWN_OF,
    MATCH_OF,
    N_MATCH,
    N_REFERRERS,
    RECENT_WEEKS,
    SUITS,
    Mark,
    Offer,
    Stage,
    Want,
    ethnicity_of,
    fifth_of,
)

if TYPE_CHECKING:
    from sim.core.week import Week

JUDGED = 1 << Mark.JUDGED
EXISTED, WAY_IN, REACH = 1 << Mark.EXISTED, 1 << Mark.WAY_IN, 1 << Mark.REACH
ROOM = int(Mark.ROOM)
IS_LOCAL = np.array([kind in PLACE_KINDS for kind in range(N_REFERRERS)])
REFERRER_KIND = np.array([PLACE_KINDS.get(kind, AREA_KINDS.get(kind)) for kind in range(N_REFERRERS)])
KNOWN_BY_OFFER = np.array(KNOWN_OF)
N_LOCAL, N_OFFERS, GROUP = len(PLACE_KINDS), len(Offer), int(Offer.GROUP)
CLOSED, LEFT = range(2)
"""How a want ends: closed, or its person gone."""


@rule
def can_manage(w: Week, i: int, row: int) -> int:
    """Bits of the offers that a person would choose and could manage (time, distance, cost, language)."""
    people = w.people
    cell = whole(people.cell[i])
    manage = w.rates.manage[row, who_manages(fifth_of(cell), people.offline[i]), people.access[i]]
    able = whole(people.chooses[i] & manage)
    return able if ethnicity_of(cell) == 0 else able & in_their_language(w, i, row)


@rule
def target_of(w: Week, i: int, row: int) -> int:
    """Weeks that are soon enough for a person's want, by what began it."""
    return w.tables.targets[world_of(w, row), w.people.want_cause[i]]


@apart
def judge(w: Week, i: int, row: int) -> None:
    """At the target wait (or the end, if sooner): what existed, was within reach, was a way in. Wants that will be
    counted earn their marks."""
    people = w.people
    if people.marks[i] & JUDGED:
        return
    marks = people.marks[i]
    people.marks[i] |= JUDGED
    if is_eligible(w, i, row):
        people.marks[i] |= _earned(w, i, row, whole(marks) >> ROOM & 1)


@rule
def _since(seen: int, week: int) -> bool:
    """Whether something was seen since a week (0: never)."""
    return seen > 0 and seen >= week


@apart
def _earned(w: Week, i: int, row: int, offered: int) -> int:
    """Bits that a want earns by what there was in its place. Notes where only a similar experience existed."""
    people, able, start = w.people, can_manage(w, i, row), whole(w.people.want_start[i])
    exact = similar = exists = way = near = False
    for offer in range(N_OFFERS):
        if able >> offer & 1 == 0:
            continue
        known = KNOWN_BY_OFFER[offer]
        since = max(start, whole(people.known_from[known, i]))
        here = _groups_since(w, i, row, start, since) if offer == GROUP else _seen_since(w, i, offer, start, since)
        exact |= here[0]
        similar |= here[1]
        exists |= here[2]
        if people.known_to[known, i] > since:
            way |= here[3]
            near |= here[4]
    if similar and not exact:
        count(w, i, row, Measure.ONLY_LOOSE, 1)
    return EXISTED * (exists or offered == 1) + WAY_IN * way + REACH * (near or offered == 1)


@rule
def _seen_since(w: Week, i: int, offer: int, start: int, since: int) -> tuple[bool, bool, bool, bool, bool]:
    """Of one offer but groups: whether there was the very same experience since the want began, any, what it asks for; and
    since the person knew, whether that was a way in and had room."""
    seen, base = w.state.supply.seen, place_of(w, i) * N_MATCH
    need, match = whole(w.people.want_need[i]), whole(w.people.match[i])
    return (
        _since(seen[0, offer, base + need], start),
        _since(seen[0, offer, base + ANY], start),
        _since(seen[0, offer, base + match], start),
        _since(seen[1, offer, base + match], since),
        _since(seen[2, offer, base + match], since),
    )


@apart
def _groups_since(w: Week, i: int, row: int, start: int, since: int) -> tuple[bool, bool, bool, bool, bool]:
    """The same of groups to which the person could come. One that they knew of, with an empty chair, is a way in, too."""
    groups, place, need, match = w.groups, place_of(w, i), whole(w.people.want_need[i]), whole(w.people.match[i])
    exact = similar = exists = room = False
    for k in range(w.room.first_group[place], w.room.first_group[place + 1]):
        g = w.room.groups[k]
        if groups.met[g] > start and can_come(w, i, group_key(w, g)):
            similar = True
            exact |= groups.need[g] == need
            exists |= SUITS[match, groups.need[g]]
            if SUITS[match, groups.need[g]] and groups.had_room[g] > since:
                room |= knows_and_can_come(w, i, row, group_key(w, g))
    return exact, similar, exists, room, room


@apart
def settle(w: Week, i: int, row: int, how: int) -> None:
    """Close a want for good, if there is one: judge it, count what is left to count of it, and clear it."""
    people = w.people
    if how == LEFT:
        leave_count(w, i)
    if people.want_kind[i] == Want.NONE:
        return
    if how == CLOSED:
        judge(w, i, row)
        if people.want_kind[i] == Want.LATENT:
            judge_ended(w, i, row, False)
    if is_eligible(w, i, row):
        close(w, i, row, how == LEFT)
    clear_want(w, i)


@rule
def clear_want(w: Week, i: int) -> None:
    """No want."""
    people = w.people
    people.want_kind[i] = Want.NONE
    people.marks[i] = 0
    people.deadline[i] = NEVER
    people.want_until[i] = NEVER


@apart
def set_want(w: Week, i: int, row: int, kind: int, need: int, cause: int) -> None:
    """A want begins now: how close an experience it asks for, and its natural length."""
    people, world = w.people, world_of(w, row)
    people.want_kind[i] = kind
    people.want_need[i] = need
    people.want_cause[i] = cause
    people.marks[i] = 0  # support after a want already met leaves marks behind
    close = match_kind(uniform(w, i, Purpose.WANT_BREADTH), w.par.match_narrow[world], w.par.match_broad[world])
    people.match[i] = MATCH_OF[close, need]
    weeks = want_weeks(wait(w, bits(w, i, Purpose.WANT_LENGTH)), w.par.want_length_weeks[world])
    people.want_start[i] = w.now
    people.want_until[i] = whole(min(w.now + weeks, NEVER - 1))


@apart
def begin_other(w: Week, i: int, row: int, need: int, kind: int) -> None:
    """A voiced-only want, or an offer to someone without one: counted apart, never availability."""
    set_want(w, i, row, kind, need, 0)
    w.people.deadline[i] = w.now + VOICED_WEEKS


@rule
def referrer_row(w: Week, kind: int, place: int, row: int) -> int:
    """Row of the referrer of one kind for people in a place: those of places, kind by kind, then those of areas."""
    if IS_LOCAL[kind]:
        return REFERRER_KIND[kind] * w.state.referrers.n_places + place
    return N_LOCAL * w.state.referrers.n_places + REFERRER_KIND[kind] * w.state.referrers.n_area_rows + row


@apart
def note_referrer(w: Week, i: int, row: int, column: int) -> None:
    """Add to what a referrer sees of their own referrals: `column` a kind of Referral."""
    kind = whole(w.people.referrer[i])
    if kind < N_REFERRERS:
        w.state.referrers.recent[w.now % RECENT_WEEKS, referrer_row(w, kind, place_of(w, i), row), column] += 1


@rule
def act_mean(w: Week, i: int, row: int) -> float:
    """Mean weeks between a person's contacts or acts."""
    return w.state.act_mean[world_of(w, row), w.people.contact_class[i], w.people.confidence[i]]


@apart
def to_wanting(w: Week, i: int, row: int) -> None:
    """Back to wanting, with the clocks of hearing and acting started."""
    people = w.people
    people.stage[i] = Stage.WANTING
    people.host[i] = -1
    people.stage_due[i] = NEVER
    hears_and_acts(w, i, row)


@rule
def hears_and_acts(w: Week, i: int, row: int) -> None:
    """The clocks of hearing and acting begin."""
    w.people.mind_due[i] = ends(w, i, Purpose.MIND_GAP, MEAN_WANTING)
    w.people.act_due[i] = ends(w, i, Purpose.ACT_GAP, act_mean(w, i, row))


@apart
def to_idle(w: Week, i: int, row: int) -> None:
    """No want in hand: only the slow clock of hearing runs."""
    people = w.people
    people.stage[i] = Stage.IDLE
    people.host[i] = -1
    people.supporter[i] = -1
    people.returning[i] = 0
    people.stage_due[i] = NEVER
    people.stay_until[i] = NEVER
    people.act_due[i] = NEVER
    set_idle_clock(w, i, row)


@rule
def set_idle_clock(w: Week, i: int, row: int) -> None:
    """Next candidate of hearing without a want: off for those without a lasting need (a third), who cannot begin to
    want by hearing and are not reviewed. An occasion that is not over is seen to sooner."""
    w.people.mind_due[i] = NEVER
    if HAS_LASTING[w.people.needs[i]]:
        mean = MEAN_OCCASION if w.people.occasion[i] > 0 else w.state.idle_mean[world_of(w, row)]
        w.people.mind_due[i] = ends(w, i, Purpose.MIND_GAP, mean)
