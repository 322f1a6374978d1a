"""What support gave, for how long: spells are noted as they end, and turned into gain-weeks in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.core.tally import add_measures
from sim.results.result import GAIN_PARTS, Measure, reported_years
from sim.rules.support import gain_in_support, weeks_since
from sim.tables import LASTS_WEEKS, weeks_left

if TYPE_CHECKING:
    from sim.core.week import Week

COLUMNS = (
    "row",
    "cell",
    "need",
    "counted",
    "world",
    "start",
    "end",
    "lonely",
    "confidence",
    "lonely_after",
    "confidence_after",
)


def note_spell(
    w: Week, index: np.ndarray, during: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray]
) -> None:
    """Keep spells of support that end now: effects (thousandths of an SD) at their end, and from then on."""
    if not w.reporting or len(index) == 0:
        return
    people = w.people
    spell = np.empty((len(COLUMNS), len(index)), np.int64)
    spell[0], spell[1], spell[2] = w.area_row(index), people.cell[index], people.want_need[index]
    spell[3], spell[4], spell[5], spell[6] = w.in_window(index), w.world(index), people.spell_start[index], w.now
    spell[7], spell[8] = during
    spell[9], spell[10] = after
    w.spells.append(spell)


def add_spells(w: Week) -> None:
    """Add the spells noted since the last time to the tally and to everybody's gains by year."""
    if not w.spells:
        return
    spell = dict(zip(COLUMNS, np.concatenate(w.spells, axis=1), strict=True))
    w.spells.clear()
    left = np.stack([weeks_left(float(h)) for h in w.par.effect_half_life_weeks])
    dose = w.par.dose_weeks[spell["world"]].astype(np.int64)
    kept: dict[int, np.ndarray] = {
        Measure.GAIN_LONELY: spell["lonely_after"],
        Measure.GAIN_CONFIDENCE: spell["confidence_after"],
    }
    for kind, name in enumerate(GAIN_PARTS):
        during, after = spell[name], spell[f"{name}_after"]
        parts = [np.zeros_like(during), np.zeros_like(during), np.zeros_like(during)]
        for year, (first, last) in enumerate(reported_years(w.shape)):
            here = gain_in_support(during, spell["start"], spell["end"], dose, first, last)
            then = _decayed(left, spell["world"], spell["end"], after, first, last)
            _add(w, spell["row"], year, 2 * kind, here, then)
            parts[0], parts[1] = parts[0] + here, parts[1] + then
        parts[2] = _decayed(left, spell["world"], spell["end"], after, w.shape.end, w.shape.end + 2 * LASTS_WEEKS)
        _add(w, spell["row"], -1, 2 * kind, np.zeros_like(during), parts[2])
        kept |= dict(zip(GAIN_PARTS[name], parts, strict=True))
    counted = spell["counted"] == 1
    add_measures(
        w.tally,
        spell["row"][counted],
        spell["cell"][counted],
        spell["need"][counted],
        {measure: values[counted] for measure, values in kept.items()},
    )


def _decayed(
    left: np.ndarray, world: np.ndarray, end: np.ndarray, after: np.ndarray, first: int, last: int
) -> np.ndarray:
    """Gain-weeks after support in the weeks first <= week < last."""
    before, until = weeks_since(end, first, last, LASTS_WEEKS)
    return after * (left[world, until] - left[world, before]) // 1000


def _add(w: Week, row: np.ndarray, year: int, kind: int, here: np.ndarray, then: np.ndarray) -> None:
    np.add.at(w.gains[:, year, kind], row, here)
    np.add.at(w.gains[:, year, kind + 1], row, then)
