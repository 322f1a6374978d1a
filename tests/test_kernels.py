"""The hot loops are the same bits in plain NumPy and compiled: one history, and loop by loop at its edges."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from sim import kernels
from sim.core.engine import run
from sim.kernels import plain
from sim.levers import INDEX, Timeline, today_values
from sim.parameters import draw_parameters
from sim.result import Result
from sim.start import make_shape

compiled: ModuleType = pytest.importorskip("sim.kernels.compiled", reason="numba is not installed", exc_type=ImportError)
PEOPLE = 5_000
RNG = np.random.default_rng(7)
WHOG = RNG.integers(0, 2**64, PEOPLE, dtype=np.uint64)
SOME = np.sort(RNG.choice(PEOPLE, 1_000, replace=False))
NOBODY_ = np.zeros(0, np.int64)
KEY = np.uint64(2**63 + 12345)


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Whatever a test chose, the next starts from what was there."""
    before = kernels.hot
    yield
    kernels.hot = before


def history(which: str, levers: dict[str, float]) -> Result:
    """Everybody's events, weekly tables and tallies of two small worlds, with a change of policy half way."""
    kernels.use(which)
    shape = make_shape([(0, 0), (3, 1)], [5, 17], 600, place_size=300, burn_in=10, weeks=70)
    values = np.stack([today_values(2), today_values(2)])
    for name, value in levers.items():
        values[1, INDEX[name]] = value
    return run(shape, draw_parameters([0, 3]), Timeline(np.array([0, 40]), values), trace=[-1])


HARSH = {
    "closed": {"face_to_face_closed": 0.7, "cut": 0.5},
    "offered to all": {"mode_review": 2.0, "mode_discharge": 2.0, "mode_diagnosis": 2.0, "pairs": 1.0, "link_workers": 8.0,
                       "self_referral": 1.0, "priority": 2.0, "budget_board": 30.0},
}  # fmt: skip


@pytest.mark.parametrize("name", HARSH)
def test_one_history_whichever_loops_ran(name: str) -> None:
    a, b = (history(which, HARSH[name]) for which in ("plain", "compiled"))
    assert len(a.events) > 2_000
    assert np.array_equal(a.events, b.events)
    for table in ("weekly", "tally", "gains", "waits"):
        assert np.array_equal(getattr(a, table), getattr(b, table)), table


@pytest.mark.parametrize("loops", [plain, compiled], ids=["plain", "compiled"])
def test_the_draws_are_those_of_the_scalar_engine(loops: ModuleType) -> None:
    from sim.draws import MASK, UNIT, mix

    expected = [mix(int(WHOG[i]) ^ int(KEY)) & MASK for i in SOME]
    assert loops.bits(WHOG, SOME, KEY).tolist() == expected
    assert loops.uniform(WHOG, SOME, KEY).tolist() == [(x >> 11) * UNIT for x in expected]


@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.5, 1.0])
@pytest.mark.parametrize("n", [0, 1, 7, 63, 64, 65, 1_000])
def test_finding_people(n: int, share: float) -> None:
    there = RNG.random(n) < share
    assert np.array_equal(compiled.find(there), np.flatnonzero(there))


def test_lengths_and_clocks_at_their_extremes() -> None:
    for index in (SOME, NOBODY_):
        for mean in (0.0, 0.3, 17.0, 1e6):
            means = np.full(len(index), mean)
            assert np.array_equal(plain.ends(WHOG, index, KEY, 60_000, means), compiled.ends(WHOG, index, KEY, 60_000, means))
        gaps = RNG.integers(1, 65_535, 65_536).astype(np.uint16)
        assert np.array_equal(plain.strikes(WHOG, index, KEY, 65_000, gaps), compiled.strikes(WHOG, index, KEY, 65_000, gaps))


def test_turns_are_taken_alike() -> None:
    for n, slots, keys in ((0, 5, 3), (5, 0, 3), (200, 150, 7), (50, 500, 40), (300, 20, 1)):
        key, slot_key = RNG.integers(0, keys, n), RNG.integers(0, keys, slots)
        assert np.array_equal(plain.rank_in(key), compiled.rank_in(key))
        if slots:
            taken = plain.take_turns(key, slot_key, keys)
            assert np.array_equal(taken, compiled.take_turns(key, slot_key, keys))
            assert len(set(taken[taken >= 0])) == (taken >= 0).sum(), "no slot is taken twice"


def test_a_difference_would_be_seen() -> None:
    """A control: loops that draw otherwise make another history."""
    base = history("plain", {})
    other = ModuleType("other")
    other.__dict__.update(plain.__dict__)
    other.uniform = lambda whog, index, key: plain.uniform(whog, index, key ^ np.uint64(1))  # type: ignore[attr-defined]
    kernels.hot = other
    shape = make_shape([(0, 0), (3, 1)], [5, 17], 600, place_size=300, burn_in=10, weeks=70)
    timeline = Timeline(np.array([0]), today_values(2)[None])
    assert not np.array_equal(base.events, run(shape, draw_parameters([0, 3]), timeline, trace=[-1]).events)
