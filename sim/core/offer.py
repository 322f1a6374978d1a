"""Phase `offer`: give-ups leave, groups and communities are joined, free places go to those waiting."""

from __future__ import annotations

from sim.compiled import apart, loop, rule, whole
from sim.core.chairs import holds_of
from sim.core.hosts import fit_hosts
from sim.core.parts.around import at_stage
from sim.core.parts.due import STAGE, called
from sim.core.parts.luck import bits, ends
from sim.core.parts.match import fill_places
from sim.core.parts.notes import log
from sim.core.parts.places import begin_spell, join_group
from sim.core.parts.supply import choose_organisation, median_wait
from sim.core.parts.turns import sort_turns, take_turn
from sim.core.parts.wants import CLOSED, note_referrer, settle, target_of, to_idle, to_wanting
from sim.core.parts.where import row_of, world_of
from sim.core.week import Week
from sim.draws import Purpose
from sim.tables import NEVER
from sim.vocabulary import ANY, Event, Offer, Referral, Stage, Want

MOVE_EVERY = 4  # weeks
ONLINE = int(Offer.ONLINE)
NOWHERE = -2


def offer(w: Week) -> None:
    """Order: give-ups, closed queues, groups, online, organisations (exact, then similar, then pairs), moves on."""
    w.fit_order()
    fit_hosts(w.hosts, len(w.groups.open), len(w.orgs.open))
    _offer(w, int(w.now % MOVE_EVERY == 0))


@loop
def _offer(w: Week, moves: int) -> int:
    """All of it; `moves` 1 where people are referred on. Returns how many moved."""
    _give_up(w)
    _refer_closed(w)
    _join(w, Stage.JOINING_GROUP)
    _join(w, Stage.JOINING_ONLINE)
    fill_places(w)
    return _move_on(w) if moves else 0


# ---- who stops waiting


@apart
def _give_up(w: Week) -> None:
    """The wait ends, not the want, unless there is none left."""
    people = w.people
    struck = called(w, STAGE, people.stage_due, w.found.who)
    for k in range(struck):
        i = whole(w.found.who[k])
        if people.stage[i] == Stage.WAITING:
            row = row_of(w, i)
            log(w, i, row, Event.GAVE_UP, people.host[i])
            note_referrer(w, i, row, Referral.GAVE_UP)
            _want_again(w, i, row, people.want_until[i] != NEVER and people.want_kind[i] != Want.UNWANTED)


@rule
def _want_again(w: Week, i: int, row: int, again: bool) -> None:
    """No longer waiting: they want it still, or their want is closed."""
    if again:
        w.people.returning[i] = 0
        to_wanting(w, i, row)
    else:
        settle(w, i, row, CLOSED)
        to_idle(w, i, row)


@apart
def _refer_closed(w: Week) -> None:
    """The queue of an organisation that closed is referred on in that week, dates kept, or wants again."""
    people = w.people
    for k in range(w.found.actives[0]):
        i = whole(w.found.active[k])
        if people.stage[i] != Stage.WAITING or w.orgs.open[people.host[i]]:
            continue
        row = row_of(w, i)
        other = choose_organisation(w, i, bits(w, i, Purpose.ORG_CHOICE), False, NOWHERE)
        if other >= 0:
            people.host[i] = other
            log(w, i, row, Event.REFERRED_ON, other)
        else:
            _want_again(w, i, row, people.want_until[i] != NEVER)


# ---- groups and online communities


@apart
def _join(w: Week, stage: int) -> None:
    """Who comes first is a keyed draw (no two share one: the hash is one to one); joiners beyond what has room go back
    to wanting."""
    people = w.people
    n = at_stage(w, stage)
    for k in range(n):
        w.order.later[k] = 0
        w.order.draw[k] = bits(w, whole(w.found.who[k]), Purpose.GROUP_TIE)
    sort_turns(w, 0, n)
    for k in range(n):
        i = whole(w.found.who[k])
        row = row_of(w, i)
        if stage == Stage.JOINING_GROUP and w.groups.members[people.host[i]] < holds_of(w, people.host[i]):
            join_group(w, i, row, people.host[i])
        elif stage == Stage.JOINING_ONLINE and w.room.online[row] > 0:
            _join_online(w, i, row)
        else:
            log(w, i, row, Event.FULL, 0)
            to_wanting(w, i, row)


@rule
def _join_online(w: Week, i: int, row: int) -> None:
    people = w.people
    people.stage[i] = Stage.ONLINE
    w.room.online[row] -= 1
    w.state.online_members[row] += 1
    people.exact[i] = 1
    begin_spell(w, i, row, ONLINE, ANY)
    people.stay_until[i] = ends(w, i, Purpose.STAY, w.par.online_stay_weeks[world_of(w, row)])


# ---- moving on


@apart
def _move_on(w: Week) -> int:
    """Those who waited over their target are referred on, no more than find room; dates kept. Returns how many would."""
    n = _who_moves(w)
    sort_turns(w, 0, n)
    for k in range(n):
        i, other = whole(w.found.who[k]), whole(w.found.whom[k])
        if w.order.left[other] > 0:
            w.order.left[other] -= 1
            w.people.host[i] = other
            log(w, i, row_of(w, i), Event.REFERRED_ON, other)
    return n


@rule
def _who_moves(w: Week) -> int:
    """Who would be referred on (`found.who`), where to (`found.whom`), and their turns."""
    people, n = w.people, 0
    for o in range(len(w.orgs.open)):
        w.room.medians[o] = median_wait(w, o)
    for k in range(w.found.actives[0]):
        i = whole(w.found.active[k])
        row = row_of(w, i)
        if people.stage[i] != Stage.WAITING or w.now - whole(people.queued[i]) <= target_of(w, i, row):
            continue
        other = choose_organisation(w, i, bits(w, i, Purpose.ORG_CHOICE), False, people.host[i])
        if other >= 0:
            w.found.who[n] = i
            w.found.whom[n] = other
            take_turn(w, i, row, n)
            n += 1
    return n
