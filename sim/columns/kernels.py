"""The hot loops of the fast engine, in NumPy.

Plain arrays in and out, no state of the engine. `whog` uint64[people] are the people's keys, `index` int64[n] the
people asked about, and a `key` (np.uint64) is that of one purpose in one week: see `sim.draws`.
"""

from __future__ import annotations

import numpy as np

from sim.columns.clock import CLASSES, CONDITIONS, CONFIDENCES, HOWS
from sim.columns.state import PLACE_KINDS
from sim.draws import UNIT, mix_in_place
from sim.numbers.structure import LOOSE_MATCH_EFFECT, USUAL_QUALITY
from sim.rules.live import gap_weeks
from sim.rules.support import dose_share, effect_sd
from sim.tables import NEVER, UNIT_WAIT
from sim.vocabulary import (
    AGES,
    ANY,
    FIRST_NEED,
    HAS_LASTING,
    KNOWN_OF,
    N_MATCH,
    N_NEEDS,
    N_REFERRERS,
    YEAR,
    Mark,
    Occasion,
    Offer,
    Referrer,
    age_of,
)

_ELEVEN, _FORTY, _FORTY_EIGHT = (np.uint64(n) for n in (11, 40, 48))  # made once: 0.1 us each


NOBODY = 10_000  # longer than any wait


ROOT3 = 1.7320508075688772


KNOWN_BY_OFFER = np.array(KNOWN_OF)


OFFER_BITS = np.array([[1 << offer] for offer in Offer], np.uint8)


def find(there: np.ndarray) -> np.ndarray:
    """int64[n]: where bool[people] holds."""
    return np.asarray(there.nonzero()[0])


def bits(whog: np.ndarray, index: np.ndarray, key: np.uint64) -> np.ndarray:
    """uint64[n]: 64 random bits of each of these people."""
    return mix_in_place(whog[index] ^ key)


def uniform(whog: np.ndarray, index: np.ndarray, key: np.uint64) -> np.ndarray:
    """float64[n] in [0, 1): a draw of each of these people."""
    x = mix_in_place(whog[index] ^ key)
    x >>= _ELEVEN
    return x * UNIT


def ends(whog: np.ndarray, index: np.ndarray, key: np.uint64, week: int, mean_weeks: np.ndarray) -> np.ndarray:
    """uint16[n]: week in which a length drawn now, of this mean (one for each), ends: at least next week."""
    x = mix_in_place(whog[index] ^ key)
    x >>= _FORTY_EIGHT
    return np.minimum(week + gap_weeks(UNIT_WAIT[x], mean_weeks), NEVER).astype(np.uint16)


def strikes(whog: np.ndarray, index: np.ndarray, key: np.uint64, week: int, gaps: np.ndarray) -> np.ndarray:
    """uint16[n]: week of the next candidate of a clock, by its table of gaps uint16[65536] (it fits the cache)."""
    x = mix_in_place(whog[index] ^ key)
    x >>= _FORTY_EIGHT
    return np.minimum(gaps[x].astype(np.int64) + week, NEVER).astype(np.uint16)


def count_rows(counts: np.ndarray, event: int, index: np.ndarray, place_size: int, area_row: np.ndarray) -> None:
    """Add one to counts[area row, event] for each of these people."""
    counts[:, event] += np.bincount(area_row[index // place_size], minlength=len(counts))


def passed(stacked: np.ndarray, column: np.ndarray, u: np.ndarray) -> np.ndarray:
    """int64[n]: how many of the stacked chances [k, columns] each draw has reached, in each one's column."""
    return np.asarray((stacked.take(column, axis=1) <= u).sum(axis=0))


def hear_wanting(
    index: np.ndarray,
    whog: np.ndarray,
    want_need: np.ndarray,
    offline: np.ndarray,
    mind_due: np.ndarray,
    edges: np.ndarray,
    place_size: int,
    key_what: np.uint64,
    key_gap: np.uint64,
    week: int,
    gaps: np.ndarray,
    bound: float,
) -> tuple[np.ndarray, np.ndarray]:
    """(those who hear something, which of the stacked chances `edges` [5, keys] it was). Sets the clock of hearing."""
    column = (index // place_size * N_NEEDS + want_need[index]) * 2 + offline[index]
    u = uniform(whog, index, key_what) * bound
    mind_due[index] = strikes(whog, index, key_gap, week, gaps)
    hit = np.flatnonzero(u < edges[-1][column])
    return index[hit], passed(edges, column[hit], u[hit])


def hear_idle(
    index: np.ndarray,
    whog: np.ndarray,
    needs: np.ndarray,
    n_conditions: np.ndarray,
    occasion: np.ndarray,
    mind_due: np.ndarray,
    voicing: np.ndarray,
    place_size: int,
    key_what: np.uint64,
    key_gap: np.uint64,
    week: int,
    gaps: np.ndarray,
    bound: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(those who begin to want by hearing, their needs group, those at a review or an occasion). Sets the clock.

    `voicing` float64[places * needs]: weekly chance. Nobody without a lasting need hears, and their clock is off.
    """
    u = uniform(whog, index, key_what) * bound
    mind_due[index] = NEVER
    some = HAS_LASTING[needs[index]]
    index, u = index[some], u[some]
    mind_due[index] = strikes(whog, index, key_gap, week, gaps)
    need = FIRST_NEED[needs[index]]
    chance = voicing[index // place_size * N_NEEDS + need]
    voiced = u < chance
    review = ((u < chance + 1.0 / YEAR) & (n_conditions[index] > 0)) | (occasion[index] > 0)
    return index[voiced], need[voiced], index[review & ~voiced]


def act_or_meet(
    index: np.ndarray,
    whog: np.ndarray,
    contact_class: np.ndarray,
    confidence: np.ndarray,
    n_conditions: np.ndarray,
    occasion: np.ndarray,
    act_due: np.ndarray,
    place_size: int,
    area_row: np.ndarray,
    act_bound: np.ndarray,
    act_mean: np.ndarray,
    acts: np.ndarray,
    contacts: np.ndarray,
    key_what: np.uint64,
    key_gap: np.uint64,
    week: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(those who act, those who meet a referrer, its kind, their occasion). Sets the clock of acting, ends occasions.

    Tables by area row, class of contact and confidence or conditions: see `sim.core.rates.Rates`.
    """
    row = area_row[index // place_size]
    key = row * (CLASSES * CONFIDENCES) + contact_class[index] * np.int64(CONFIDENCES) + confidence[index]
    u = uniform(whog, index, key_what) * act_bound[key]
    act_due[index] = ends(whog, index, key_gap, week, act_mean[key])
    now = occasion[index]
    occasion[index] = 0
    key = (row * CLASSES + contact_class[index]) * CONDITIONS + np.minimum(n_conditions[index], CONDITIONS - 1)
    met = contacts[-1][key]
    does = (u >= met) & (u < met + acts[row * CONFIDENCES + confidence[index]]) & (now == 0)
    seen = np.flatnonzero((u < met) | (now > 0))
    kind = passed(contacts, key[seen], u[seen])
    kind[now[seen] == Occasion.DIAGNOSIS] = Referrer.PRACTICE
    kind[now[seen] == Occasion.DISCHARGE] = Referrer.ACUTE
    return index[does], index[seen], kind, now[seen]


def would_put_forward(
    index: np.ndarray,
    kind: np.ndarray,
    how: np.ndarray,
    whog: np.ndarray,
    place_size: int,
    area_row: np.ndarray,
    number: np.ndarray,
    local: np.ndarray,
    knows: np.ndarray,
    trusts: np.ndarray,
    route: np.ndarray,
    thinks: np.ndarray,
    keys: tuple[np.uint64, np.uint64, np.uint64],
) -> tuple[np.ndarray, np.ndarray]:
    """Positions in `index` of (people whose referrer of this kind would put them forward, people whose referrer knows).

    `number`, `local`: each kind's number among those of places or areas. `route` float64[rows * referrers], `thinks`
    float64[rows * hows]; `keys` of knowing, thinking and trusting. Each question is asked only of those who passed the
    one before: most contacts end at the first.
    """
    place = index // place_size
    row, n_places = area_row[place], len(area_row)
    rows = np.where(
        local[kind],
        number[kind] * n_places + place,
        len(PLACE_KINDS) * n_places + number[kind] * (len(route) // N_REFERRERS) + row,
    )
    knew = np.flatnonzero(uniform(whog, index, keys[0]) < knows[rows] * route[row * N_REFERRERS + kind])
    put = knew[uniform(whog, index[knew], keys[1]) < thinks[row[knew] * HOWS + how[knew]]]
    return put[uniform(whog, index[put], keys[2]) < trusts[rows[put]]], knew


def choose_organisation(
    index: np.ndarray,
    match: np.ndarray,
    chooses: np.ndarray,
    services: np.uint8,
    place_size: int,
    place_orgs: np.ndarray,
    exists: np.ndarray,
    takes: np.ndarray,
    room: np.ndarray,
    waits: np.ndarray,
    besides: np.ndarray,
    pick: np.ndarray,
) -> np.ndarray:
    """int64[n]: one organisation for each person: with room, else of the shortest usual wait, each as likely; else -1.

    Tables have a row for the k-th organisation of each place: `place_orgs`, `takes` (whom it takes at all) [k, places];
    `exists`, `room` uint8[k, places * match], bits of offers. `besides` int64[n] is left out.
    Options are rows: reductions over few rows are fast, over few columns slow.
    """
    place = index // place_size
    key = place * N_MATCH + match[index]
    chosen = chooses[index] & services
    options = place_orgs.take(place, axis=1)
    fits = ((exists.take(key, axis=1) & chosen) != 0) & takes.take(place, axis=1) & (options != besides)
    wait = np.where((room.take(key, axis=1) & chosen) != 0, 0, 1 + waits[options])
    wait[~fits] = NOBODY
    return _pick(options, fits & (wait == wait.min(axis=0)), pick)


def _pick(options: np.ndarray, best: np.ndarray, pick: np.ndarray) -> np.ndarray:
    """The (pick mod count)-th of the best options [k, n], -1 where there are none."""
    so_far = np.cumsum(best, axis=0, dtype=np.uint16)
    count = so_far[-1]
    r = (pick >> _FORTY).astype(np.int64) % np.maximum(1, count)
    at = (so_far <= r.astype(np.uint16)).sum(axis=0)
    n = options.shape[1]
    return np.where(count > 0, options[np.minimum(at, len(options) - 1), np.arange(n)], -1)


def choose_group(
    index: np.ndarray,
    match: np.ndarray,
    place_size: int,
    room_first: np.ndarray,
    room_groups: np.ndarray,
    group_need: np.ndarray,
    suits: np.ndarray,
    pick: np.ndarray,
) -> np.ndarray:
    """int64[n]: one suitable group with room in each person's place, each as likely; -1 where there is none.

    Groups with room stand by place in `room_groups`, from `room_first[place]`; `suits` bool[match, need of group].
    """
    place = index // place_size
    first = room_first[place]
    number = room_first[place + 1] - first
    width = int(number.max()) if len(index) else 0
    if width == 0:
        return np.full(len(index), -1, np.int64)
    k = np.arange(width)[:, None]
    options = room_groups[np.minimum(first + k, len(room_groups) - 1)]
    return _pick(options, suits[match[index], group_need[options]] & (k < number), pick)


def judged(
    index: np.ndarray,
    marks: np.ndarray,
    able: np.ndarray,
    place_size: int,
    match: np.ndarray,
    want_need: np.ndarray,
    want_start: np.ndarray,
    known_from: np.ndarray,
    known_to: np.ndarray,
    offer: np.ndarray,
    seen: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """(uint16[n] marks that each want earns, bool[n] for which only a similar experience existed).

    `able` uint8[n]: bits of the offers each could manage; `seen` uint16[3, offers, places * match]: the last week in
    which something suitable existed, had a way in, had room. All offers at once, [offers, n]: a call costs more than a row.
    """
    start, base = want_start[index], index // place_size * N_MATCH
    could = (able & OFFER_BITS) != 0
    last = (seen[0].take(base + one, axis=1) for one in (want_need[index], ANY))
    exact, similar = (((week >= start) & (week > 0) & could).any(axis=0) for week in last)
    existed, let_in, had_room = (one.take(base + match[index], axis=1) for one in seen)
    exists = ((existed >= start) & (existed > 0) & could).any(axis=0)
    since = np.maximum(start, known_from.take(index, axis=1))
    could &= (known_to.take(index, axis=1) > since)[KNOWN_BY_OFFER]
    since = since[KNOWN_BY_OFFER]
    way = ((let_in >= since) & (let_in > 0) & could).any(axis=0)
    near = (had_room >= since) & (had_room > 0) & could
    offered = (marks >> np.uint16(Mark.ROOM) & 1).astype(bool)
    reach = near.sum(axis=0) + offered
    offline = near[: Offer.ONLINE].any(axis=0) | (offered & (offer[index] != Offer.ONLINE))
    earned = _bits(
        (exists | offered, Mark.EXISTED),
        (way, Mark.WAY_IN),
        (reach > 0, Mark.REACH),
        (offline, Mark.REACH_OFFLINE),
        (reach >= 2, Mark.REACH_TWO),
    )
    return earned, similar & ~exact


def _bits(*marks: tuple[np.ndarray, Mark]) -> np.ndarray:
    """uint16[n] with each mark's bit where it holds."""
    out = np.zeros(len(marks[0][0]), np.uint16)
    for holds, mark in marks:
        out |= holds.astype(np.uint16) << np.uint16(mark)
    return out


def effects(
    index: np.ndarray,
    whog: np.ndarray,
    lonely: np.ndarray,
    confidence: np.ndarray,
    exact: np.ndarray,
    offer: np.ndarray,
    host: np.ndarray,
    spell_start: np.ndarray,
    week: int,
    world: np.ndarray,
    key: np.uint64,
    org_quality: np.ndarray,
    par: tuple[np.ndarray, ...],
) -> tuple[np.ndarray, np.ndarray]:
    """int64 thousandths of an SD: (fall in loneliness, rise in confidence) of each one's spell of support so far.

    `par` by world: dose_weeks, effect_online_share, effect_lonely, effect_confidence, effect_spread. Groups and online
    communities are of the usual quality, others of their organisation's.
    """
    dose_weeks, online_share, mean_lonely, mean_confidence, spread = (one[world] for one in par)
    dose = dose_share(week - spell_start[index].astype(np.int64), dose_weeks)
    kind, with_whom = offer[index], host[index]
    dose = np.where(kind == Offer.ONLINE, dose * online_share, dose)
    with_org = (kind != Offer.GROUP) & (kind != Offer.ONLINE) & (with_whom >= 0)
    quality = np.full(len(index), USUAL_QUALITY)
    quality[with_org] = org_quality[with_whom[with_org]]
    luck = normal(bits(whog, index, key))
    needs = ((lonely[index] - 3.0) / 6.0, (100.0 - confidence[index]) / 100.0)
    less_lonely, surer = (
        _thousandths(effect_sd(mean, dose, need, exact[index], LOOSE_MATCH_EFFECT, quality, spread, luck))
        for mean, need in zip((mean_lonely, mean_confidence), needs, strict=True)
    )
    return less_lonely, surer


def normal(x: np.ndarray) -> np.ndarray:
    """Nearly normal with unit spread: the sum of four 16-bit slices, exactly."""
    low = np.uint64(0xFFFF)
    total = (x & low) + ((x >> np.uint64(16)) & low) + ((x >> np.uint64(32)) & low) + (x >> np.uint64(48))
    return (total / 65536.0 - 2.0) * ROOT3


def _thousandths(x: np.ndarray) -> np.ndarray:
    return np.floor(np.minimum(4.0, np.maximum(-4.0, x)) * 1000.0 + 0.5).astype(np.int64)


def count_slices(there: np.ndarray, ends_at: np.ndarray) -> np.ndarray:
    """int64[slices]: how often bool[people] holds in each slice, which ends where the next begins.

    One comparison and a count of each slice take a third of the time of finding people and counting their keys.
    """
    begins = [0, *ends_at[:-1].tolist()]
    return np.array([np.count_nonzero(there[a:b]) for a, b in zip(begins, ends_at.tolist(), strict=True)])


def what_happens(
    index: np.ndarray,
    whog: np.ndarray,
    cell: np.ndarray,
    n_conditions: np.ndarray,
    world_people: int,
    bound: np.ndarray,
    stacked: np.ndarray,
    key: np.uint64,
) -> np.ndarray:
    """int64[n]: which event of life strikes: the first whose cumulative chance the draw falls under.

    `bound` float64[worlds, ages, 2]; `stacked` [events, worlds * ages * 2].
    """
    column = (index // world_people * len(AGES) + age_of(cell[index])) * 2 + (n_conditions[index] > 0)
    u = uniform(whog, index, key) * bound.ravel()[column]
    return np.minimum(passed(stacked, column, u), len(stacked) - 1)


def set_life(
    index: np.ndarray,
    whog: np.ndarray,
    cell: np.ndarray,
    n_conditions: np.ndarray,
    life_due: np.ndarray,
    world_people: int,
    mean: np.ndarray,
    key: np.uint64,
    week: int,
) -> None:
    """Next candidate of the clock of life, by age, condition and world: `mean` float64[worlds, ages, 2]."""
    column = (index // world_people * len(AGES) + age_of(cell[index])) * 2 + (n_conditions[index] > 0)
    life_due[index] = ends(whog, index, key, week, mean.ravel()[column])


def take_turns(key: np.ndarray, slot_key: np.ndarray) -> np.ndarray:
    """int64[n]: the slot that each person takes, -1 for none: the n-th in turn takes the n-th slot of the same key."""
    code, slot_code = key * 1_000_000 + rank_in(key), slot_key * 1_000_000 + rank_in(slot_key)
    position = np.argsort(slot_code)
    at = np.minimum(np.searchsorted(slot_code[position], code), len(position) - 1)
    return np.where(slot_code[position][at] == code, position[at], -1)


def rank_in(key: np.ndarray) -> np.ndarray:
    """Place of each row within its key; rows stand in order of priority.

    The order is made once, not for each pass: one stable sort of the keys is a tenth of a sort by priority.
    """
    position = np.argsort(key, kind="stable")
    sorted_key = key[position]
    rank = np.empty(len(key), np.int64)
    rank[position] = np.arange(len(key)) - np.searchsorted(sorted_key, sorted_key)
    return rank


def learn(
    index: np.ndarray, known: int, known_from: np.ndarray, known_to: np.ndarray, until: np.ndarray, week: int
) -> None:
    """These people know of one thing until then; from now, if they did not before."""
    new = known_to[known][index] <= week
    known_from[known][index[new]] = week
    known_to[known][index] = until
