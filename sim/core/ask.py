"""Phase `ask`: people use a way in that they know, or are put forward at a contact."""

from __future__ import annotations

import numpy as np

from sim.core.hear import begin_other, first_need, learn_of
from sim.core.supply import choose_group, choose_organisation, median_waits
from sim.core.wants import can_manage, knows, note_referrer, referrer_rows, target_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.kinds import N_NEEDS, ROUTES, Event, Known, Mark, Offer, Referrer, Stage, Want
from sim.levers import CHOICES
from sim.people import ACT_WANTING, due, length
from sim.rules.ask import acting_chance, link_contact_chance, losing_chance, thinking_chance
from sim.tables import NEVER

OPT_OUT = CHOICES["mode"].index("opt_out")


def ask(w: Week) -> None:
    """Those whose clock of acting strikes; then reviews and occasions of people without a want."""
    people = w.people
    index = w.due(people.act_due)
    index = index[people.stage[index] == Stage.WANTING]
    what = _what(w, index)
    people.act_due[index] = due(w.state, index, w.now, Purpose.ACT_GAP, np.float64(ACT_WANTING))
    _act(w, index[what == Referrer.SELF])
    seen = what < Referrer.SELF
    _contact(w, index[seen], what[seen], people.occasion[index[seen]])
    people.occasion[index] = 0
    _reviews(w)


def _what(w: Week, index: np.ndarray) -> np.ndarray:
    """Which contact it is, SELF for acting on what they know, beyond for nothing. Occasions come first."""
    people, par, world, row = w.people, w.par, w.world(index), w.area_row(index)
    chances = w.contacts[people.contact_class[index]]
    link = link_contact_chance(w.levers.link_workers[row], people.n_conditions[index])
    chances[:, Referrer.LINK_WORKER] = link
    act = acting_chance(par.act_rate[world], people.confidence[index])
    edges = np.cumsum(np.concatenate([chances, act[:, None]], axis=1), axis=1)
    u = w.uniform(Purpose.ACT_WHAT, index) * ACT_WANTING
    what = (edges <= u[:, None]).sum(axis=1)
    what = np.where(people.occasion[index] == 1, Referrer.PRACTICE, what)
    return np.where(people.occasion[index] == 2, Referrer.ACUTE, what)


def _act(w: Week, index: np.ndarray) -> None:
    """Join a group, refer oneself, or join online: one of the ways in that they know, each as likely."""
    index = index[(w.people.known_to[:, index] > w.now).any(axis=0)]
    pick = w.bits(Purpose.ACT_CHOICE, index)
    group = np.where(can_manage(w, index, Offer.GROUP) & knows(w, index, Known.GROUPS), choose_group(w, index, pick), -1)
    service = can_manage(w, index, Offer.VOLUNTEER) | can_manage(w, index, Offer.PAID) | can_manage(w, index, Offer.PAIR)
    service &= knows(w, index, Known.SERVICES)
    org = np.where(service, choose_organisation(w, index, pick, own=True), -1)
    online = can_manage(w, index, Offer.ONLINE) & knows(w, index, Known.ONLINE)
    online &= w.online_space[w.area_row(index)] > 0
    ways = np.stack([group >= 0, org >= 0, online], axis=1)
    count = ways.sum(axis=1)
    r = (pick & np.uint64(0xFFFF)).astype(np.int64) % np.maximum(1, count)
    way = np.where(count > 0, np.argmax(np.cumsum(ways, axis=1) > r[:, None], axis=1), 3)
    some = index[count > 0]
    w.people.referrer[some] = Referrer.SELF
    for mark in (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED):
        w.mark(some, mark)
    w.log(Event.ASKED, some, way[count > 0])
    _join(w, index[way == 0], Stage.JOINING_GROUP, group[way == 0])
    queue(w, index[way == 1], org[way == 1])
    _join(w, index[way == 2], Stage.JOINING_ONLINE, np.full(int((way == 2).sum()), -1))


def _join(w: Week, index: np.ndarray, stage: Stage, host: np.ndarray) -> None:
    w.people.stage[index] = stage
    w.people.host[index] = host
    w.mark(index, Mark.EARLY)


def queue(w: Week, index: np.ndarray, org: np.ndarray) -> None:
    """These people wait with these organisations from this week."""
    people = w.people
    people.stage[index] = Stage.WAITING
    people.host[index] = org
    people.queued[index] = w.now
    people.act_due[index] = NEVER
    people.mind_due[index] = NEVER
    people.stage_due[index] = length(w.state, index, w.now, Purpose.GIVE_UP, w.par.give_up_weeks[w.world(index)])
    waited = w.now - people.want_start[index].astype(np.int64)
    early = waited + median_waits(w)[org] <= target_of(w, index, w.world(index))
    w.mark(index[early], Mark.EARLY)
    w.log(Event.QUEUED, index, org)


def _mode(w: Week, row: np.ndarray, occasion: np.ndarray) -> np.ndarray:
    lever = w.levers
    usual = np.where(occasion == 1, lever.mode_diagnosis[row], lever.mode_contact[row])
    return np.where(occasion == 2, lever.mode_discharge[row], usual)


def _contact(w: Week, index: np.ndarray, kind: np.ndarray, occasion: np.ndarray) -> None:
    """A contact with a referrer, by someone who wants it: know, think, trust, accept, not lost."""
    row, world, par = w.area_row(index), w.world(index), w.par
    mode = np.where(kind == Referrer.LINK_WORKER, OPT_OUT, _mode(w, row, occasion))  # it is their work
    times = np.where(occasion > 0, par.thinks_at_event[world], 1.0)
    put, knew = _puts_forward(w, index, kind, mode, times)
    w.mark(index[knew], Mark.KNEW)
    w.mark(index[knew], Mark.WAY_IN)
    accepts = w.uniform(Purpose.REFER_ACCEPTED, index) < par.accept_referral[world]
    _refer(w, index[put], kind[put], accepts[put])


def _puts_forward(w: Week, index: np.ndarray, kind: np.ndarray, mode: np.ndarray,
                  times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(put forward, referrer knows) of each contact; the route must be open."""
    row, world, par, lever = w.area_row(index), w.world(index), w.par, w.levers
    rows = referrer_rows(w, kind, index)
    routes = np.stack([getattr(lever, name) for name in ROUTES], axis=1)
    knew = w.uniform(Purpose.REFER_KNOWS, index) < w.state.referrers.knows[rows] * routes[row, kind]
    thinks = thinking_chance(mode, par.thinks_opt_in[world], par.thinks_prompted[world], par.thinks_opt_out[world],
                             times, lever.peers_in_clinics[row])  # fmt: skip
    put = knew & (w.uniform(Purpose.REFER_THINKS, index) < thinks)
    put &= w.uniform(Purpose.REFER_TRUSTS, index) < w.state.referrers.trusts[rows]
    return put & _eligible(w, index, row), knew


def _eligible(w: Week, index: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Whom the area's rule lets be put forward."""
    rule, people = w.levers.eligibility[row], w.people
    ill = people.n_conditions[index] > 0
    high = (people.lonely[index] >= 6) | (people.confidence[index] < 47)
    return (rule == 0) | ((rule == 1) & ill) | ((rule == 2) & high)


def _refer(w: Week, index: np.ndarray, kind: np.ndarray, accepts: np.ndarray) -> None:
    """To an organisation if one suits, else told of groups and online communities."""
    people, row, world = w.people, w.area_row(index), w.world(index)
    org = choose_organisation(w, index, w.bits(Purpose.ORG_CHOICE, index), own=False)
    service = can_manage(w, index, Offer.VOLUNTEER) | can_manage(w, index, Offer.PAID) | can_manage(w, index, Offer.PAIR)
    org = np.where(service, org, -1)
    told = index[(org < 0) & (people.stage[index] == Stage.WANTING)]
    w.log(Event.SIGNPOSTED, told)
    learn_of(w, told, Known.GROUPS, 3)
    learn_of(w, told, Known.ONLINE, 3)
    w.log(Event.PUT_FORWARD, index[org >= 0], kind[org >= 0])
    w.log(Event.REFUSED_REFERRAL, index[(org >= 0) & ~accepts])
    lose = losing_chance(w.levers.working_together[row], w.par.lost_apart[world], w.par.lost_shared[world],
                         w.par.lost_one_team[world])  # fmt: skip
    lost = w.uniform(Purpose.REFER_LOST, index) < lose
    w.log(Event.REFERRAL_LOST, index[(org >= 0) & accepts & lost])
    arrives = (org >= 0) & accepts & ~lost
    index, org, kind = index[arrives], org[arrives], kind[arrives]
    people.referrer[index] = kind
    for mark in (Mark.EXISTED, Mark.KNEW, Mark.WAY_IN, Mark.ASKED):
        w.mark(index, mark)
    note_referrer(w, index, 0)
    queue(w, index, org)


def _reviews(w: Week) -> None:
    """Opt-out at the annual review, a diagnosis or a discharge, of people who had no want."""
    people, index = w.people, w.review
    w.review = index[:0]
    index = index[people.stage[index] == Stage.IDLE]
    occasion, row, world = people.occasion[index], w.area_row(index), w.world(index)
    people.occasion[index] = 0
    mode = np.where(occasion > 0, _mode(w, row, occasion), w.levers.mode_review[row])
    index, occasion, row, world = (x[mode == OPT_OUT] for x in (index, occasion, row, world))
    kind = np.where(occasion == 2, Referrer.ACUTE, Referrer.PRACTICE).astype(np.int64)
    put, _ = _puts_forward(w, index, kind, np.full(len(index), OPT_OUT), np.ones(len(index)))
    accepts = w.uniform(Purpose.REFER_ACCEPTED, index) < w.par.accept_without_want[world]
    chosen = put & accepts
    index, kind = index[chosen], kind[chosen]
    begin_other(w, index, np.minimum(first_need(people.needs[index]), N_NEEDS - 1), Want.UNWANTED)
    _refer(w, index, kind, np.ones(len(index), bool))
    dropped = index[people.stage[index] == Stage.IDLE]
    people.want_kind[dropped] = Want.NONE
    people.marks[dropped] = 0
    people.deadline[dropped] = NEVER
    people.want_until[dropped] = NEVER
