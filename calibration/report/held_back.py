"""Rows that were not fitted: the gain of each, the joint one without the row that moves it most, and how many pieces of evidence
they are: several rows may be of one statistic, and a row may share a survey with one that was fitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from calibration.fit.check import Gain, gain
from calibration.fit.targets import Targets
from calibration.fit.waves import Calibration


@dataclass(frozen=True)
class Without:
    """What the posterior gains on the prior in joint log score where these rows are left out."""

    ids: tuple[str, ...]
    gain: Gain


def held(found: Calibration) -> Targets:
    """Rows that were held back."""
    return found.targets.of_role("validation")


def gains(found: Calibration) -> list[tuple[str, float]]:
    """(id, gain in log score over the prior) of each row by itself, the largest in size first."""
    each = [(row.id, row.score - row.prior_score) for row in found.fits if row.role == "validation"]
    return sorted(each, key=lambda one: -abs(one[1]))


def without_most(found: Calibration) -> list[Without]:
    """The joint gain without the row that moves it most; then without all rows of its statistic, where there are more. Nothing
    where no row would be left."""
    rows, whole = held(found), found.gains[1]
    if whole is None or len(rows) < 2:
        return []
    each = [_without(found, rows, (one,)) for one in rows.ids]
    most = max((one for one in each if one), key=lambda one: abs(whole.gain - one.gain.gain))
    statistic = next(row.statistic for row in rows.records if row.id == most.ids[0])
    alike = tuple(row.id for row in rows.records if row.statistic == statistic)
    further = _without(found, rows, alike) if len(alike) > 1 else None
    return [most, *([further] if further else [])]


def _without(found: Calibration, rows: Targets, ids: Sequence[str]) -> Without | None:
    left = rows.only([one for one in rows.ids if one not in ids])
    names = found.simulator.statistics
    after, before = (left.measured(runs, names) for runs in (found.after, found.before))
    told = gain(after, before, left, found.settings.seed)
    return Without(tuple(ids), told) if told else None


def apart(found: Calibration) -> str:
    """How many statistics these rows are, and which share a survey with a fitted row."""
    rows, surveys = held(found), {row.group for row in found.targets.of_role("target").records if row.group}
    if not len(rows):
        return ""
    times = Counter(row.statistic for row in rows.records)
    several = [f"{name} in {n} rows" for name, n in times.items() if n > 1]
    shared = [row.id for row in rows.records if row.group in surveys]
    said = f"{len(rows)} {_plural('row', len(rows))} of {len(times)} {_plural('statistic', len(times))}"
    said += f" ({', '.join(several)})" if several else ""
    if not shared:
        return f"{said}; none shares a survey with a fitted row"
    return (
        f"{said}. Errors of one survey go together, so what shares one is no fresh evidence. {len(shared)} "
        f"{'shares' if len(shared) == 1 else 'share'} a survey with a fitted row: {', '.join(shared)}"
    )


def _plural(word: str, n: int) -> str:
    return word if n == 1 else f"{word}s"


def inside(found: Calibration, role: str, level: float) -> str:
    """How many figures lie in their intervals, beside how many are expected; bounds apart, of which no number is."""
    mine = [row for row in found.fits if row.role == role]
    figures, bounds = [row for row in mine if not row.bound], [row for row in mine if row.bound]
    said = f"{sum(row.inside for row in figures)} of {len(figures)}, where {level * len(figures):.1f} are expected"
    if bounds:
        said += (
            f"; of {len(bounds)} {_plural('bound', len(bounds))} {sum(row.inside for row in bounds)} (inside wherever a tenth "
            "of the predictions lies on its side, so no number is expected)"
        )
    return said
