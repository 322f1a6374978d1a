"""Hot loops of wants: how a want begins, and what is counted about wants."""

from __future__ import annotations

import numpy as np

from sim.columns.clock import CLASSES, CONFIDENCES
from sim.columns.kernels import ends, strikes
from sim.tables import NEVER
from sim.vocabulary import HAS_LASTING, N_NEEDS, Stage


def make_idle(
    index: np.ndarray,
    stage: np.ndarray,
    host: np.ndarray,
    supporter: np.ndarray,
    returning: np.ndarray,
    stage_due: np.ndarray,
    stay_until: np.ndarray,
    act_due: np.ndarray,
    mind_due: np.ndarray,
    needs: np.ndarray,
    whog: np.ndarray,
    key: np.uint64,
    week: int,
    gaps: np.ndarray,
) -> None:
    """No want in hand: all clocks off but the slow one of hearing, for those with a lasting need."""
    stage[index] = Stage.IDLE
    host[index] = supporter[index] = -1
    returning[index] = 0
    stage_due[index] = stay_until[index] = act_due[index] = mind_due[index] = NEVER
    some = index[HAS_LASTING[needs[index]]]
    mind_due[some] = strikes(whog, some, key, week, gaps)


def make_wanting(
    index: np.ndarray,
    stage: np.ndarray,
    host: np.ndarray,
    stage_due: np.ndarray,
    mind_due: np.ndarray,
    act_due: np.ndarray,
    contact_class: np.ndarray,
    confidence: np.ndarray,
    whog: np.ndarray,
    place_size: int,
    area_row: np.ndarray,
    act_mean: np.ndarray,
    key_hear: np.uint64,
    key_act: np.uint64,
    week: int,
    gaps: np.ndarray,
) -> None:
    """Wanting, with the clocks of hearing and acting started."""
    stage[index] = Stage.WANTING
    host[index] = -1
    stage_due[index] = NEVER
    mind_due[index] = strikes(whog, index, key_hear, week, gaps)
    key = (area_row[index // place_size] * CLASSES + contact_class[index]) * CONFIDENCES + confidence[index]
    act_due[index] = ends(whog, index, key_act, week, act_mean[key])


def count_telling(
    wanting: np.ndarray, want_need: np.ndarray, known_to: np.ndarray, place_size: int, week: int, n: int
) -> np.ndarray:
    """int64[2, n]: people who want it and know of groups, or of services, by place and need (place * N_NEEDS + need)."""
    key, until = wanting // place_size * N_NEEDS + want_need[wanting], known_to[:2].take(wanting, axis=1)
    code = key * 4 + (until[0] > week) + 2 * (until[1] > week)  # one count of four kinds, not two of a choice
    counts = np.bincount(code, minlength=n * 4).reshape(n, 4)
    return np.stack([counts[:, 1] + counts[:, 3], counts[:, 2] + counts[:, 3]])


def count_needs(index: np.ndarray, want_need: np.ndarray, place_size: int, n: int) -> np.ndarray:
    """int64[n]: these people by place and the need of their want (place * N_NEEDS + need)."""
    return np.bincount(index // place_size * N_NEEDS + want_need[index], minlength=n)


def count_choosing(
    index: np.ndarray, chooses: np.ndarray, want_need: np.ndarray, place_size: int, n: int
) -> np.ndarray:
    """The same, of those who would choose a group."""
    return count_needs(index[(chooses[index] & 1) == 1], want_need, place_size, n)
