"""The hot loops compiled by numba: what `plain` says, one pass and no temporaries. The same bits: integers, + - * /,
floor and comparisons only, no fastmath, no numba randomness; rules are compiled from `sim.rules` itself.

Loops run over candidates, not people. Compiled once a machine (`cache=True`), at the first call.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import njit

from sim.clock import CLASSES, CONDITIONS, CONFIDENCES, HOWS
from sim.kernels import plain
from sim.kernels.plain import KNOWN_OF, NOBODY, ROOT3
from sim.kinds import (
    ANY,
    FIRST_NEED,
    HAS_LASTING,
    N_MATCH,
    N_NEEDS,
    N_REFERRERS,
    Mark,
    Offer,
    Referrer,
    Stage,
)
from sim.population import tables_dir
from sim.rules.live import gap_weeks as _gap_weeks
from sim.rules.support import dose_share as _dose_share
from sim.rules.support import effect_sd as _effect_sd
from sim.structure import LOOSE_MATCH_EFFECT, USUAL_QUALITY
from sim.tables import NEVER, STEP, UNIT_WAIT


def _cache_folder() -> str:
    """Where compiled loops are kept, by what they are made of: numba looks at one file to see whether they are stale,
    but a rule or a number of the model is compiled into the loops that use it."""
    room, made_of = Path(__file__).parent.parent, hashlib.sha256()
    for file in (*sorted(room.rglob("*.py")), tables_dir() / "structure.csv"):
        made_of.update(file.read_bytes())
    here = Path(__file__).parent
    usual = here / "__pycache__" if os.access(here, os.W_OK) else Path.home() / ".cache" / "peerscale"
    base = Path(os.environ.get("NUMBA_CACHE_DIR") or usual)
    return str(base / made_of.hexdigest()[:16])


count_slices = plain.count_slices  # NumPy counts bits faster than a loop
_config: Any = numba.config
_config.CACHE_DIR = _cache_folder()
quick: Any = njit(cache=True, error_model="numpy")
gap_weeks, dose_share, effect_sd = quick(_gap_weeks), quick(_dose_share), quick(_effect_sd)

_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11, _48, _40, _16, _32, _LOW = (np.uint64(n) for n in (30, 27, 31, 11, 48, 40, 16, 32, 0xFFFF))
_ZERO, _ONE, _58 = np.uint64(0), np.uint64(1), np.uint64(58)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
LOWEST = np.zeros(64, np.int64)  # number of the lowest bit, by (bit * _DE_BRUIJN) >> 58
for _bit in range(64):
    LOWEST[(((1 << _bit) * int(_DE_BRUIJN)) & ((1 << 64) - 1)) >> 58] = _bit
UNIT = 2.0**-53
UNITS = np.rint(UNIT_WAIT * STEP).astype(np.uint16)  # as whole steps: a quarter of the bytes, so it stays in the cache
assert np.array_equal(UNITS / STEP, UNIT_WAIT)
IDLE, WANTING, GROUP = int(Stage.IDLE), int(Stage.WANTING), int(Offer.GROUP)
PRACTICE, ACUTE, ONLINE = int(Referrer.PRACTICE), int(Referrer.ACUTE), int(Offer.ONLINE)
OFFERS = len(Offer)
ROOM = np.uint16(1 << Mark.ROOM)
EXISTED, WAY_IN, REACH, REACH_OFFLINE, REACH_TWO = (
    np.uint16(1 << mark) for mark in (Mark.EXISTED, Mark.WAY_IN, Mark.REACH, Mark.REACH_OFFLINE, Mark.REACH_TWO)
)


@quick
def _hash(whog, key):  # type: ignore[no-untyped-def]
    x = whog ^ key
    x = (x ^ (x >> _30)) * _M1
    x = (x ^ (x >> _27)) * _M2
    return x ^ (x >> _31)


@quick
def _draw(whog, key):  # type: ignore[no-untyped-def]
    return np.float64(_hash(whog, key) >> _11) * UNIT


@quick
def _strike(whog, key, week, gaps):  # type: ignore[no-untyped-def]
    return np.uint16(min(week + gaps[np.int64(_hash(whog, key) >> _48)], NEVER))


@quick
def _end(whog, key, week, mean):  # type: ignore[no-untyped-def]
    return np.uint16(min(week + gap_weeks(UNITS[np.int64(_hash(whog, key) >> _48)] / STEP, mean), np.float64(NEVER)))


@quick
def _set_bits(words, n):  # type: ignore[no-untyped-def]
    out = np.empty(n, np.int64)
    k = 0
    for i in range(len(words)):
        word = words[i]
        while word:
            out[k] = i * 64 + LOWEST[np.int64(((word & (_ZERO - word)) * _DE_BRUIJN) >> _58)]
            word &= word - _ONE
            k += 1
    return out


def find(there: np.ndarray) -> np.ndarray:
    """See `plain.find`. Bit by bit of whole words: three to five times faster where one in seven to twenty holds."""
    packed = np.packbits(there, bitorder="little")
    words = np.zeros((len(packed) + 7) // 8, np.uint64)
    words.view(np.uint8)[: len(packed)] = packed
    return np.asarray(_set_bits(words, np.count_nonzero(there)))


@quick
def _of(column, index):  # type: ignore[no-untyped-def]
    """What stands in a column for these people, looked up before anything is done with it: loads in a loop of their own
    wait for memory together (measured at a million people: draws three times as fast as looked up one by one)."""
    out = np.empty(len(index), column.dtype)
    for i in range(len(index)):
        out[i] = column[index[i]]
    return out


@quick
def _draws(who, key):  # type: ignore[no-untyped-def]
    out = np.empty(len(who), np.float64)
    for i in range(len(who)):
        out[i] = _draw(who[i], key)
    return out


@quick
def bits(whog, index, key):  # type: ignore[no-untyped-def]
    """See `plain.bits`."""
    out = _of(whog, index)
    for i in range(len(index)):
        out[i] = _hash(out[i], key)
    return out


@quick
def uniform(whog, index, key):  # type: ignore[no-untyped-def]
    """See `plain.uniform`."""
    return _draws(_of(whog, index), key)


@quick
def ends(whog, index, key, week, mean_weeks):  # type: ignore[no-untyped-def]
    """See `plain.ends`."""
    who, out = _of(whog, index), np.empty(len(index), np.uint16)
    for i in range(len(index)):
        out[i] = _end(who[i], key, week, mean_weeks[i])
    return out


@quick
def _strikes(who, key, week, gaps):  # type: ignore[no-untyped-def]
    out = np.empty(len(who), np.uint16)
    for i in range(len(who)):
        out[i] = _strike(who[i], key, week, gaps)
    return out


@quick
def strikes(whog, index, key, week, gaps):  # type: ignore[no-untyped-def]
    """See `plain.strikes`."""
    return _strikes(_of(whog, index), key, week, gaps)


@quick
def count_rows(counts, event, index, place_size, area_row):  # type: ignore[no-untyped-def]
    """See `plain.count_rows`."""
    for i in range(len(index)):
        counts[area_row[index[i] // place_size], event] += 1


@quick
def _passed(stacked, column, u):  # type: ignore[no-untyped-def]
    n = 0
    for k in range(len(stacked)):
        n += stacked[k, column] <= u
    return n


@quick
def passed(stacked, column, u):  # type: ignore[no-untyped-def]
    """See `plain.passed`."""
    out = np.empty(len(column), np.int64)
    for i in range(len(column)):
        out[i] = _passed(stacked, column[i], u[i])
    return out


@quick
def hear_wanting(index, whog, want_need, offline, mind_due, edges, place_size, key_what, key_gap, week, gaps, bound):  # type: ignore[no-untyped-def]
    """See `plain.hear_wanting`."""
    heard, what, n = np.empty(len(index), np.int64), np.empty(len(index), np.int64), 0
    who = _of(whog, index)
    draw, due, need, off = _draws(who, key_what), _strikes(who, key_gap, week, gaps), _of(want_need, index), _of(offline, index)
    for i in range(len(index)):
        mind_due[index[i]] = due[i]
        u, column = draw[i] * bound, (index[i] // place_size * N_NEEDS + need[i]) * 2 + off[i]
        if u < edges[-1, column]:
            heard[n], what[n] = index[i], _passed(edges, column, u)
            n += 1
    return heard[:n], what[:n]


@quick
def hear_idle(index, whog, needs, n_conditions, occasion, mind_due, voicing, place_size, key_what, key_gap, week, gaps, bound):  # type: ignore[no-untyped-def]
    """See `plain.hear_idle`."""
    n = len(index)
    voiced, need, review, v, r = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), 0, 0
    who, mask, ill, now = _of(whog, index), _of(needs, index), _of(n_conditions, index), _of(occasion, index)
    draw, due = _draws(who, key_what), _strikes(who, key_gap, week, gaps)
    for i in range(n):
        one = index[i]
        if not HAS_LASTING[mask[i]]:
            mind_due[one] = NEVER
            continue
        mind_due[one] = due[i]
        u, first = draw[i] * bound, FIRST_NEED[mask[i]]
        chance = voicing[one // place_size * N_NEEDS + first]
        if u < chance:
            voiced[v], need[v] = one, first
            v += 1
        elif (u < chance + 1.0 / 52.0 and ill[i] > 0) or now[i] > 0:
            review[r] = one
            r += 1
    return voiced[:v], need[:v], review[:r]


@quick
def act_or_meet(index, whog, contact_class, confidence, n_conditions, occasion, act_due, place_size, area_row, act_bound, act_mean, acts, contacts, key_what, key_gap, week):  # type: ignore[no-untyped-def]
    """See `plain.act_or_meet`."""
    size = len(index)
    does, seen, kind, when = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.uint8)
    d, s = 0, 0
    who, tier, sure, ill, now = _of(whog, index), _of(contact_class, index), _of(confidence, index), _of(n_conditions, index), _of(occasion, index)
    draw = _draws(who, key_what)
    for i in range(size):
        one, row = index[i], area_row[index[i] // place_size]
        key = (row * CLASSES + tier[i]) * CONFIDENCES + sure[i]
        u = draw[i] * act_bound[key]
        act_due[one] = _end(who[i], key_gap, week, act_mean[key])
        occasion[one] = 0
        key = (row * CLASSES + tier[i]) * CONDITIONS + min(np.int64(ill[i]), CONDITIONS - 1)
        met = contacts[-1, key]
        if u < met or now[i] > 0:
            seen[s], when[s] = one, now[i]
            kind[s] = PRACTICE if now[i] == 1 else ACUTE if now[i] == 2 else _passed(contacts, key, u)
            s += 1
        elif u < met + acts[row * CONFIDENCES + sure[i]]:
            does[d] = one
            d += 1
    return does[:d], seen[:s], kind[:s], when[:s]


@quick
def would_put_forward(index, kind, how, whog, place_size, area_row, number, local, knows, trusts, route, thinks, keys):  # type: ignore[no-untyped-def]
    """See `plain.would_put_forward`."""
    put, knew, p, k = np.empty(len(index), np.int64), np.empty(len(index), np.int64), 0, 0
    n_places, n_rows = len(area_row), len(route) // N_REFERRERS
    who = _of(whog, index)
    draw = _draws(who, keys[0])
    for i in range(len(index)):
        place = index[i] // place_size
        row = area_row[place]
        at = number[kind[i]] * n_places + place if local[kind[i]] else 3 * n_places + number[kind[i]] * n_rows + row
        if draw[i] < knows[at] * route[row * N_REFERRERS + kind[i]]:
            knew[k] = i
            k += 1
            if _draw(who[i], keys[1]) < thinks[row * HOWS + how[i]] and _draw(who[i], keys[2]) < trusts[at]:
                put[p] = i
                p += 1
    return put[:p], knew[:k]


@quick
def choose_organisation(index, match, chooses, services, place_size, place_orgs, exists, takes, room, waits, besides, pick):  # type: ignore[no-untyped-def]
    """See `plain.choose_organisation`."""
    out, best = np.empty(len(index), np.int64), np.empty(len(place_orgs), np.int64)
    for i in range(len(index)):
        place = index[i] // place_size
        key, chosen = place * N_MATCH + match[index[i]], chooses[index[i]] & services
        shortest, n = NOBODY, 0
        for k in range(len(place_orgs)):
            org = place_orgs[k, place]
            if exists[k, key] & chosen and takes[k, place] and org != besides[i]:
                wait = 0 if room[k, key] & chosen else 1 + waits[org]
                if wait < shortest:
                    shortest, n = wait, 0
                if wait == shortest:
                    best[n] = org
                    n += 1
        out[i] = best[np.int64(pick[i] >> _40) % n] if n else -1
    return out


@quick
def choose_group(index, match, place_size, room_first, room_groups, group_need, suits, pick):  # type: ignore[no-untyped-def]
    """See `plain.choose_group`."""
    out, best = np.empty(len(index), np.int64), np.empty(len(room_groups), np.int64)
    for i in range(len(index)):
        place, n = index[i] // place_size, 0
        for k in range(room_first[place], room_first[place + 1]):
            if suits[match[index[i]], group_need[room_groups[k]]]:
                best[n] = room_groups[k]
                n += 1
        out[i] = best[np.int64(pick[i] >> _40) % n] if n else -1
    return out


@quick
def judged(index, marks, able, place_size, match, want_need, want_start, known_from, known_to, offer, seen):  # type: ignore[no-untyped-def]
    """See `plain.judged`."""
    earned, loose = np.zeros(len(index), np.uint16), np.empty(len(index), np.bool_)
    for i in range(len(index)):
        one = index[i]
        start, base = want_start[one], one // place_size * N_MATCH
        offered = marks[i] & ROOM != 0
        exists, way, offline, exact, similar, reach = offered, False, offered and offer[one] != ONLINE, False, False, np.int64(offered)
        for o in range(OFFERS):
            if not able[i] >> o & 1:
                continue
            exact |= seen[0, o, base + want_need[one]] >= start and seen[0, o, base + want_need[one]] > 0
            similar |= seen[0, o, base + ANY] >= start and seen[0, o, base + ANY] > 0
            key, known = base + match[one], KNOWN_OF[o]
            exists |= seen[0, o, key] >= start and seen[0, o, key] > 0
            since = max(start, known_from[known, one])
            if known_to[known, one] > since:
                way |= seen[1, o, key] >= since and seen[1, o, key] > 0
                near = seen[2, o, key] >= since and seen[2, o, key] > 0
                reach += near
                offline |= near and o < ONLINE
        earned[i] = (exists * EXISTED | way * WAY_IN | (reach > 0) * REACH | offline * REACH_OFFLINE | (reach >= 2) * REACH_TWO)
        loose[i] = similar and not exact
    return earned, loose


@quick
def _thousandths(x):  # type: ignore[no-untyped-def]
    return np.int64(np.floor(min(4.0, max(-4.0, x)) * 1000.0 + 0.5))


@quick
def effects(index, whog, lonely, confidence, exact, offer, host, spell_start, week, world, key, org_quality, par):  # type: ignore[no-untyped-def]
    """See `plain.effects`."""
    out = np.empty((2, len(index)), np.int64)
    for i in range(len(index)):
        one, where = index[i], world[i]
        dose = dose_share(week - np.int64(spell_start[one]), par[0][where])
        if offer[one] == ONLINE:
            dose = dose * par[1][where]
        with_org = offer[one] != GROUP and offer[one] != ONLINE and host[one] >= 0
        quality = org_quality[host[one]] if with_org else USUAL_QUALITY
        x = _hash(whog[one], key)
        total = (x & _LOW) + ((x >> _16) & _LOW) + ((x >> _32) & _LOW) + (x >> _48)
        luck = (np.float64(total) / 65536.0 - 2.0) * ROOT3
        less, sure = (lonely[one] - 3.0) / 6.0, (100.0 - confidence[one]) / 100.0
        out[0, i] = _thousandths(effect_sd(par[2][where], dose, less, exact[one], LOOSE_MATCH_EFFECT, quality, par[4][where], luck))
        out[1, i] = _thousandths(effect_sd(par[3][where], dose, sure, exact[one], LOOSE_MATCH_EFFECT, quality, par[4][where], luck))
    return out[0], out[1]


@quick
def make_idle(index, stage, host, supporter, returning, stage_due, stay_until, act_due, mind_due, needs, whog, key, week, gaps):  # type: ignore[no-untyped-def]
    """See `plain.make_idle`."""
    for i in range(len(index)):
        one = index[i]
        stage[one] = IDLE
        host[one] = -1
        supporter[one] = -1
        returning[one] = 0
        stage_due[one] = NEVER
        stay_until[one] = NEVER
        act_due[one] = NEVER
        mind_due[one] = _strike(whog[one], key, week, gaps) if HAS_LASTING[needs[one]] else NEVER


@quick
def make_wanting(index, stage, host, stage_due, mind_due, act_due, contact_class, confidence, whog, place_size, area_row, act_mean, key_hear, key_act, week, gaps):  # type: ignore[no-untyped-def]
    """See `plain.make_wanting`."""
    for i in range(len(index)):
        one = index[i]
        stage[one] = WANTING
        host[one] = -1
        stage_due[one] = NEVER
        mind_due[one] = _strike(whog[one], key_hear, week, gaps)
        key = (area_row[one // place_size] * CLASSES + contact_class[one]) * CONFIDENCES + confidence[one]
        act_due[one] = _end(whog[one], key_act, week, act_mean[key])


@quick
def count_telling(wanting, want_need, known_to, place_size, week, n):  # type: ignore[no-untyped-def]
    """See `plain.count_telling`."""
    out = np.zeros((2, n), np.int64)
    for i in range(len(wanting)):
        one = wanting[i]
        key = one // place_size * N_NEEDS + want_need[one]
        out[0, key] += known_to[0, one] > week
        out[1, key] += known_to[1, one] > week
    return out


@quick
def count_needs(index, want_need, place_size, n):  # type: ignore[no-untyped-def]
    """See `plain.count_needs`."""
    out = np.zeros(n, np.int64)
    for i in range(len(index)):
        out[index[i] // place_size * N_NEEDS + want_need[index[i]]] += 1
    return out


@quick
def _life_columns(index, cell, n_conditions, world_people):  # type: ignore[no-untyped-def]
    cells, ill, out = _of(cell, index), _of(n_conditions, index), np.empty(len(index), np.int64)
    for i in range(len(index)):
        out[i] = (index[i] // world_people * 8 + np.int64(cells[i]) // 50) * 2 + (ill[i] > 0)
    return out


@quick
def count_choosing(index, chooses, want_need, place_size, n):  # type: ignore[no-untyped-def]
    """See `plain.count_choosing`."""
    out = np.zeros(n, np.int64)
    for i in range(len(index)):
        out[index[i] // place_size * N_NEEDS + want_need[index[i]]] += chooses[index[i]] & 1
    return out


@quick
def what_happens(index, whog, cell, n_conditions, world_people, bound, stacked, key):  # type: ignore[no-untyped-def]
    """See `plain.what_happens`."""
    out, bounds = np.empty(len(index), np.int64), bound.ravel()
    draw, column = _draws(_of(whog, index), key), _life_columns(index, cell, n_conditions, world_people)
    for i in range(len(index)):
        out[i] = min(_passed(stacked, column[i], draw[i] * bounds[column[i]]), len(stacked) - 1)
    return out


@quick
def set_life(index, whog, cell, n_conditions, life_due, world_people, mean, key, week):  # type: ignore[no-untyped-def]
    """See `plain.set_life`."""
    means, who, column = mean.ravel(), _of(whog, index), _life_columns(index, cell, n_conditions, world_people)
    for i in range(len(index)):
        life_due[index[i]] = _end(who[i], key, week, means[column[i]])


@quick
def take_turns(key, slot_key, n_keys):  # type: ignore[no-untyped-def]
    """See `plain.take_turns`. Slots in order of turn within each key (a counting sort), then one walk over people."""
    first = np.zeros(n_keys + 1, np.int64)
    for i in range(len(slot_key)):
        first[slot_key[i] + 1] += 1
    for k in range(n_keys):
        first[k + 1] += first[k]
    last, slots = first[1:].copy(), np.empty(len(slot_key), np.int64)
    fill = first.copy()
    for i in range(len(slot_key)):
        slots[fill[slot_key[i]]] = i
        fill[slot_key[i]] += 1
    out = np.full(len(key), -1, np.int64)
    for i in range(len(key)):
        if first[key[i]] < last[key[i]]:
            out[i] = slots[first[key[i]]]
            first[key[i]] += 1
    return out


@quick
def rank_in(key):  # type: ignore[no-untyped-def]
    """See `plain.rank_in`. Keys are from 0 up."""
    out = np.empty(len(key), np.int64)
    if len(key) == 0:
        return out
    n = np.zeros(key.max() + 1, np.int64)
    for i in range(len(key)):
        out[i] = n[key[i]]
        n[key[i]] += 1
    return out


@quick
def learn(index, known, known_from, known_to, until, week):  # type: ignore[no-untyped-def]
    """See `plain.learn`."""
    for i in range(len(index)):
        if known_to[known, index[i]] <= week:
            known_from[known, index[i]] = week
        known_to[known, index[i]] = until[i]
