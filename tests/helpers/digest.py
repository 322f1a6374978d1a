"""The sha256 of all that two small runs count, with everybody traced: `python tests/helpers/digest.py [PEOPLE WEEKS]`.

For tests that start it under other settings, or another Python: one model, one digest.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]


def digest(people: int, weeks: int) -> str:
    """Of every harsh policy, one area each, two at a time."""
    from histories import BUST, BUSY, HARSH, SHOCKS, course

    from sim.columns.start import make_shape
    from sim.core.engine import run
    from sim.numbers.parameters import draw_parameters

    total = hashlib.sha256()
    policies = [*HARSH.values(), *({**BUSY, **shock} for shock in SHOCKS.values()), BUST]
    areas = list(range(len(policies)))
    shape = make_shape([(1, 0)], areas, people * len(areas), people, weeks // 3, weeks - weeks // 3, 3)
    result = run(shape, draw_parameters([1]), course(shape, policies, {}, weeks), [-1])
    for array in (result.weekly, result.tally, result.gains, result.waits, result.events):
        total.update(np.ascontiguousarray(array, np.int64).tobytes())
    assert len(result.events) > people and result.weekly.any()
    return total.hexdigest()


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    print(digest(*(given or (200, 40))))
