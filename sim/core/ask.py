"""Phase `ask`: people use a way in that they know, or are put forward at a contact."""

from __future__ import annotations

import numpy as np

from sim.columns import kernels
from sim.columns.people import length
from sim.core.hear import begin_other, learn_of
from sim.core.rates import OFFERED_TO_ALL, OPT_OUT
from sim.core.supply import SERVICES, choose_group, choose_organisation, median_waits
from sim.core.wants import IS_LOCAL, REFERRER_KIND, can_manage, note_referrer, target_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.tables import NEVER
from sim.vocabulary import (
    FIRST_NEED,
    N_NEEDS,
    Event,
    How,
    Known,
    Mark,
    Occasion,
    Offer,
    Referral,
    Referrer,
    Stage,
    Want,
)

ASKING = (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED)
WAY_BITS = np.array([[1 << Offer.GROUP], [SERVICES], [1 << Offer.ONLINE]], np.uint8)  # offers of each way in


def ask(w: Week) -> None:
    """Those whose clock of acting strikes; then reviews and occasions of people without a want."""
    people = w.people
    index = w.due(people.act_due)
    index = index[people.stage[index] == Stage.WANTING]
    if len(index):
        _strikes(w, index)
    _reviews(w)


def _strikes(w: Week, index: np.ndarray) -> None:
    """Act, or meet a referrer, or nothing. Occasions come first."""
    people, rates = w.people, w.rates
    acts, seen, kind, occasion = kernels.act_or_meet(
        index,
        people.whog,
        people.contact_class,
        people.confidence,
        people.n_conditions,
        people.occasion,
        people.act_due,
        w.shape.place_size,
        w.state.places.area_row,
        rates.act_bound,
        rates.act_mean,
        rates.acts,
        rates.contacts,
        w.key(Purpose.ACT_WHAT),
        w.key(Purpose.ACT_GAP),
        w.now,
    )
    _act(w, acts)
    _contact(w, seen, kind, occasion)


def _act(w: Week, index: np.ndarray) -> None:
    """Join a group, refer oneself, or join online: one of the ways in that they know, each as likely."""
    knows = w.people.known_to.take(index, axis=1) > w.now
    some = knows.any(axis=0)
    index, knows = index[some], knows[:, some]
    if len(index) == 0:
        return
    pick, row = w.bits(Purpose.ACT_CHOICE, index), w.area_row(index)
    ways, host = _ways(w, index, row, knows, pick)
    count = ways.sum(axis=0)
    some = count > 0
    index, ways, host = index[some], ways[:, some], host[:, some]
    r = (pick[some] & np.uint64(0xFFFF)).astype(np.int64) % count[some]
    way = (np.cumsum(ways, axis=0) <= r).sum(axis=0)
    w.people.referrer[index] = Referrer.SELF
    w.mark(index, *ASKING)
    w.log(Event.ASKED, index, way)
    _join(w, index[way == 0], Stage.JOINING_GROUP, host[0, way == 0])
    queue(w, index[way == 1], host[1, way == 1])
    _join(w, index[way == 2], Stage.JOINING_ONLINE, host[2, way == 2])


def _ways(
    w: Week, index: np.ndarray, row: np.ndarray, knows: np.ndarray, pick: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(bool[3, n] ways in: a group, an organisation, online; int64[3, n] where), looked for only where they could."""
    able = can_manage(w, index, row)
    ways = knows & ((able & WAY_BITS) != 0)
    ways[2] &= w.online_space[row] > 0
    host = np.full(ways.shape, -1)
    for way, choose in ((0, choose_group), (1, _own_organisation)):
        could = np.flatnonzero(ways[way])
        host[way, could] = choose(w, index[could], pick[could])
        ways[way] = host[way] >= 0
    return ways, host


def _own_organisation(w: Week, index: np.ndarray, pick: np.ndarray) -> np.ndarray:
    return choose_organisation(w, index, pick, own=True)


def _join(w: Week, index: np.ndarray, stage: Stage, host: np.ndarray) -> None:
    w.people.stage[index] = stage
    w.people.host[index] = host
    w.mark(index, Mark.EARLY)


def queue(w: Week, index: np.ndarray, org: np.ndarray) -> None:
    """These people wait with these organisations from this week."""
    people = w.people
    if len(index) == 0:
        return
    people.stage[index] = Stage.WAITING
    people.host[index] = org
    people.queued[index] = w.now
    people.act_due[index] = NEVER  # they go on hearing of what else exists
    people.stage_due[index] = length(w.state, index, w.now, Purpose.GIVE_UP, w.par.give_up_weeks[w.world(index)])
    waited = w.now - people.want_start[index].astype(np.int64)
    early = waited + median_waits(w)[org] <= target_of(w, index, w.world(index))
    w.mark(index[early], Mark.EARLY)
    w.log(Event.QUEUED, index, org)


def _contact(w: Week, index: np.ndarray, kind: np.ndarray, occasion: np.ndarray) -> None:
    """A contact with a referrer, by someone who wants it: know, think, trust, accept, not lost."""
    how = np.where(kind == Referrer.LINK_WORKER, np.uint8(OFFERED_TO_ALL), occasion)  # it is their work
    put, knew = _puts_forward(w, index, kind, how)
    w.mark(index[knew], Mark.KNEW, Mark.WAY_IN)
    index, kind = index[put], kind[put]
    if len(index):
        accepts = w.uniform(Purpose.REFER_ACCEPTED, index) < w.rates.par.accept_referral[w.area_row(index)]
        _refer(w, index, kind, accepts)


def _puts_forward(w: Week, index: np.ndarray, kind: np.ndarray, how: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions in `index` of (people put forward, people whose referrer knows); the route must be open."""
    ref, rates = w.state.referrers, w.rates
    keys = w.key(Purpose.REFER_KNOWS), w.key(Purpose.REFER_THINKS), w.key(Purpose.REFER_TRUSTS)
    put, knew = kernels.would_put_forward(
        index,
        kind,
        how,
        w.people.whog,
        w.shape.place_size,
        w.state.places.area_row,
        REFERRER_KIND,
        IS_LOCAL,
        ref.knows,
        ref.trusts,
        rates.route,
        rates.thinks,
        keys,
    )
    return put[_eligible(w, index[put], w.area_row(index[put]))], knew


def _eligible(w: Week, index: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Whom the area's rule lets be put forward."""
    rule, people = w.levers.eligibility[row], w.people
    ill = people.n_conditions[index] > 0
    high = (people.lonely[index] >= 6) | (people.confidence[index] < 47)
    return (rule == 0) | ((rule == 1) & ill) | ((rule == 2) & high)


def _refer(w: Week, index: np.ndarray, kind: np.ndarray, accepts: np.ndarray) -> None:
    """To an organisation if one suits, else told of groups and online communities."""
    people, row = w.people, w.area_row(index)
    org = choose_organisation(w, index, w.bits(Purpose.ORG_CHOICE, index), own=False)
    some = (org >= 0) & ((can_manage(w, index, row) & SERVICES) != 0)
    told = index[~some & (people.stage[index] == Stage.WANTING)]
    w.log(Event.SIGNPOSTED, told)
    learn_of(w, told, (Known.GROUPS, Known.ONLINE), How.SIGNPOSTED)
    index, kind, accepts, row, org = index[some], kind[some], accepts[some], row[some], org[some]
    w.log(Event.PUT_FORWARD, index, kind)
    w.log(Event.REFUSED_REFERRAL, index[~accepts])
    lost = w.uniform(Purpose.REFER_LOST, index) < w.rates.loses[row]
    w.log(Event.REFERRAL_LOST, index[accepts & lost])
    arrives = accepts & ~lost
    index, org = index[arrives], org[arrives]
    people.referrer[index] = kind[arrives]
    w.mark(index, *ASKING)
    note_referrer(w, index, Referral.REFERRED)
    queue(w, index, org)


def _reviews(w: Week) -> None:
    """Opt-out at the annual review, a diagnosis or a discharge, of people who had no want."""
    people, index = w.people, w.review
    w.review = index[:0]
    index = index[people.stage[index] == Stage.IDLE]
    occasion, row = people.occasion[index], w.area_row(index)
    people.occasion[index] = 0
    mode = np.where(occasion > 0, w.rates.mode[row, occasion], w.levers.mode_review[row])
    offered = mode == OPT_OUT
    index, occasion, row = index[offered], occasion[offered], row[offered]
    if len(index) == 0:
        return
    kind = np.where(occasion == Occasion.DISCHARGE, Referrer.ACUTE, Referrer.PRACTICE).astype(np.int64)
    put, _ = _puts_forward(w, index, kind, np.full(len(index), OFFERED_TO_ALL, np.uint8))
    accepts = w.uniform(Purpose.REFER_ACCEPTED, index[put]) < w.rates.par.accept_without_want[row[put]]
    _offer_unwanted(w, index[put[accepts]], kind[put[accepts]])


def _offer_unwanted(w: Week, index: np.ndarray, kind: np.ndarray) -> None:
    """Someone without a want accepts an opt-out offer: it uses a place, and is never availability."""
    people = w.people
    begin_other(w, index, np.minimum(FIRST_NEED[people.needs[index]], N_NEEDS - 1), Want.UNWANTED)
    _refer(w, index, kind, np.ones(len(index), bool))
    dropped = index[people.stage[index] == Stage.IDLE]
    people.want_kind[dropped] = Want.NONE
    people.marks[dropped] = 0
    people.deadline[dropped] = NEVER
    people.want_until[dropped] = NEVER
