"""What is written down: events, wants that are settled, what support gave. Whole numbers, so order does not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import apart, rule, whole
from sim.core.parts.where import world_of
from sim.results.result import FIRST_LEVEL, GAIN_PARTS, GROUPINGS, Measure
from sim.rules.gains import gain_in_support, not_faded, weeks_since
from sim.rules.support import holds_for
from sim.tables import LASTS_WEEKS
from sim.vocabulary import LONGEST_WAIT, YEAR, Want, age_of, ethnicity_of, fifth_of, sex_of

if TYPE_CHECKING:
    from sim.core.week import Week

IMD, AGE, SEX, ETHNIC, NEED = (
    FIRST_LEVEL[name] for name in ("deprivation fifth", "age", "sex", "ethnic group", "needs group")
)
DIMENSIONS = len(GROUPINGS)
IN, AFTER, BEYOND = (tuple(int(parts[k]) for parts in GAIN_PARTS.values()) for k in range(3))  # by kind of gain
GAIN = (int(Measure.GAIN_LONELY), int(Measure.GAIN_CONFIDENCE))

for _part in (age_of, ethnicity_of, fifth_of, sex_of):
    rule(_part)


@rule
def log(w: Week, i: int, row: int, event: int, detail: int) -> None:
    """Count an event by area row; keep it for the people who are traced."""
    w.state.counts[row, event] += 1
    if len(w.book.trace) > 0 and w.book.trace[i]:
        keep(w, i, event, detail)


@apart
def keep(w: Week, i: int, event: int, detail: int) -> None:
    """Write an event down. `kept` goes on counting where there is no room: `sim.core.week` makes room, and checks."""
    at = w.book.kept[0]
    w.book.kept[0] += 1
    if at < len(w.book.events):
        w.book.events[at, 0] = w.now
        w.book.events[at, 1] = i
        w.book.events[at, 2] = event
        w.book.events[at, 3] = detail


@rule
def in_window(w: Week, i: int) -> bool:
    """Whether a person's want is latent and began in the reported weeks."""
    return w.people.want_kind[i] == Want.LATENT and w.people.want_start[i] >= w.burn_in


@rule
def level_of(dimension: int, cell: int, need: int) -> int:
    """A person's level of one dimension of the tally."""
    if dimension == 0:
        return 0
    if dimension == 1:
        return IMD + fifth_of(cell)
    if dimension == 2:
        return AGE + age_of(cell)
    if dimension == 3:
        return SEX + sex_of(cell)
    if dimension == 4:
        return ETHNIC + ethnicity_of(cell)
    return NEED + need


@apart
def count(w: Week, i: int, row: int, measure: int, weight: int) -> None:
    """Add to one measure, in a person's level of every dimension."""
    cell, need = whole(w.people.cell[i]), whole(w.people.want_need[i])
    for dimension in range(DIMENSIONS):
        w.book.tally[row, level_of(dimension, cell, need), measure] += weight


@rule
def write_wait(w: Week, row: int, waited: int) -> None:
    """Count an offer by the weeks waited for it."""
    if w.now >= w.burn_in:
        w.book.waits[row, (w.now - w.burn_in) // YEAR, min(waited, LONGEST_WAIT)] += 1


@apart
def write_spell(w: Week, i: int, row: int, found: tuple[int, int], stays: int, loss: int) -> None:
    """Count a spell of support that ends now: `found` what it had built up (thousandths of an SD: loneliness, confidence).

    From then on there is what has not faded, times `stays` (0: it ends with the person), less `loss`.
    """
    if w.now < w.burn_in:
        return
    world = world_of(w, row)
    weeks, holds = w.now - whole(w.people.spell_start[i]), holds_for(w.par.effect_holds_weeks[world])
    left = w.tables.left[world]
    _write_gain(w, i, row, 0, found[0], not_faded(found[0], weeks, holds, left) * stays - loss)
    _write_gain(w, i, row, 1, found[1], not_faded(found[1], weeks, holds, left) * stays - loss)


@apart
def _write_gain(w: Week, i: int, row: int, kind: int, during: int, after: int) -> None:
    """Gain-weeks of one kind: in support, after it to the horizon, and beyond, by year and by whose want it was."""
    gains, years, start = w.book.gains[row], w.tables.years, whole(w.people.spell_start[i])
    world = world_of(w, row)
    dose, holds = whole(w.par.dose_weeks[world]), holds_for(w.par.effect_holds_weeks[world])
    here, then = 0, 0
    for year in range(len(years)):
        first, last = years[year, 0], years[year, 1]
        one = gain_in_support(during, start, w.now, dose, holds, w.tables.left[world], first, last)
        two = _decayed(w, row, after, first, last)
        gains[year, 2 * kind] += one
        gains[year, 2 * kind + 1] += two
        here, then = here + one, then + two
    beyond = _decayed(w, row, after, w.end, w.end + 2 * LASTS_WEEKS)
    gains[len(years), 2 * kind + 1] += beyond
    if in_window(w, i) and w.people.want_start[i] <= w.people.spell_start[i]:
        count(w, i, row, GAIN[kind], after)
        count(w, i, row, IN[kind], here)
        count(w, i, row, AFTER[kind], then)
        count(w, i, row, BEYOND[kind], beyond)


@rule
def _decayed(w: Week, row: int, after: int, first: int, last: int) -> int:
    """Gain-weeks after support, which ends now, in the weeks first <= week < last."""
    before, until = weeks_since(w.now, first, last, LASTS_WEEKS)
    left = w.tables.left[world_of(w, row)]
    return after * (left[until] - left[before]) // 1000
