"""Rival evidence that can be switched on: conflicting rows of the evidence library, and rival accounts of `scenarios.questions.solve.rivals`.

A rival takes the place of a parameter's draw: it is held at one value in every world of a study (`Study.fixed`), on
the same people and the same luck, so that what differs is the rival's. Values are worked out from the row and the
parameter's own record; where a row asks for more than the range of the prior, the end of the range is taken, and said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from calibration.library.evidence_library import library
from calibration.library.evidence_record import Evidence
from scenarios.reading.rivals import RIVALS
from sim.errors import UserError, nearest
from sim.numbers.parameters import Record, records

CAPPED = " It asks for more than the range of this number allows, so the end of the range is taken."
YOUNG_GROUP_WEEKS, NEW_VOLUNTEER_WEEKS = 104, 26


@dataclass(frozen=True)
class Alternative:
    """One rival. `question`: only one of those that answer the same is on at a time. `fixed`: the parameter and its value.

    `row`: id of the row it rests on, "" for an account that stands on the range of the prior. `instead`: what it takes
    the place of, in words. `capped`: the row asks for more than the range allows.
    """

    name: str
    question: str
    words: str
    fixed: tuple[str, float]
    row: str
    instead: str
    capped: bool = False


def _take_up(rows: dict[str, Evidence], known: dict[str, Record]) -> float:
    """Taking up is accepting and coming: the share over the central chance of coming."""
    return rows["ref_becca_matched"].value / known["attend_first"].value


def _volunteers_stay(rows: dict[str, Evidence], known: dict[str, Record]) -> float:
    """Weekly chance of leaving after the first half-year, from those left after a half and after a whole year."""
    return 1 - (rows["sup_ndps_ret12_printed"].value / rows["sup_ndps_ret6"].value) ** (1 / NEW_VOLUNTEER_WEEKS)


def _groups_close(closed: str, weeks: int) -> Callable[[dict[str, Evidence], dict[str, Record]], float]:
    """Weekly chance of closing for another reason than attendance in the first two years, from the share closed after `weeks`:
    the part of all closures that is not put down to attendance."""

    def chance(rows: dict[str, Evidence], known: dict[str, Record]) -> float:
        other = 1 - rows["sup_close_attendance"].value
        later = (1 - known["group_fold_later"].value / other) ** (weeks - YOUNG_GROUP_WEEKS)
        return other * (1 - ((1 - rows[closed].value) / later) ** (1 / YOUNG_GROUP_WEEKS))

    return chance


def _effect(row: str) -> Callable[[dict[str, Evidence], dict[str, Record]], float]:
    """The parameter in proportion to the row beside the one that it rests on."""
    return lambda rows, known: (
        known["effect_lonely"].value * rows[row].value / rows[known["effect_lonely"].source_id.split()[0]].value
    )


def _longest(parameter: str) -> Callable[[dict[str, Evidence], dict[str, Record]], float]:
    return lambda rows, known: known[parameter].high


ROWS: tuple[tuple[str, str, str, Callable[[dict[str, Evidence], dict[str, Record]], float]], ...] = (
    ("ref_becca_matched", "accept_offer", "fewer take up what they are offered", _take_up),
    ("sup_ndps_ret12_printed", "leave_later", "volunteers stay longer after their first half-year", _volunteers_stay),
    ("sup_group_closed3", "group_fold_early", "young groups fold sooner", _groups_close("sup_group_closed3", 156)),
    (
        "sup_group_median_life",
        "group_fold_early",
        "young groups last longer",
        _groups_close("sup_group_median_life", 234),
    ),
    ("eff_lone_any_rct", "effect_lonely", "support eases loneliness more", _effect("eff_lone_any_rct")),
    (
        "eff_chc_sustained",
        "effect_half_life_weeks",
        "what support gives lasts longer",
        _longest("effect_half_life_weeks"),
    ),
)
"""(row of the evidence library, parameter, in words, its value)."""


@lru_cache(maxsize=1)
def alternatives() -> dict[str, Alternative]:
    """Every rival by its name, conflicting evidence first."""
    rows, known = library(), records()
    found = [_from_row(rows[row], known[name], words, make(rows, known)) for row, name, words, make in ROWS]
    found += [
        Alternative(
            _slug(rival.words),
            rival.parameter,
            rival.words,
            next(iter(rival.fixed().items())),
            "",
            f"{rival.end} end of the range of {_plain(rival.parameter)}. One would know: {rival.sign}",
        )
        for rival in RIVALS
        if rival.parameter
    ]
    return {one.name: one for one in found}


def _from_row(row: Evidence, record: Record, words: str, wanted: float) -> Alternative:
    value = min(max(wanted, record.low), record.high)
    others = [
        r for r in library().values() if r.rival_set == row.rival_set and r.id != row.id and not math.isnan(r.value)
    ]
    against = "; ".join(f"{r.quantity}: {r.value:g} ({r.source})" for r in others)
    said = f"{row.quantity}: {row.value:g} ({row.source}). Against: {against}"
    return Alternative(_slug(words), record.name, words, (record.name, value), row.id, said, capped=value != wanted)


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _plain(name: str) -> str:
    return name.replace("_", " ")


def named(names: Iterable[str], key: str = "--rival") -> tuple[str, ...]:
    """The names themselves. Raises UserError for a name that is not known, and for two answers to one question."""
    given = tuple(names)
    for name in given:
        if name not in alternatives():
            raise UserError(
                f"no rival evidence is called {name[:80]!r}",
                key=key,
                rule="one of " + ", ".join(alternatives()),
                got=name[:80],
                try_=nearest(name, alternatives()) or "peerscale evidence rivals",
            )
    if len(one_each(given)) < len(set(given)):
        raise UserError(
            "two rivals answer the same question",
            key=key,
            rule="one for each question",
            got=", ".join(given),
            try_="leave one out (peerscale evidence rivals)",
        )
    return given


def fixed_by(names: Iterable[str]) -> tuple[tuple[str, float], ...]:
    """What a study holds fixed for these rivals. KeyError for one that is not known."""
    return tuple(sorted(alternatives()[name].fixed for name in names))


def one_each(names: Iterable[str]) -> tuple[str, ...]:
    """The rivals that are known, in order of name; of two that answer the same question the last."""
    by_question = {alternatives()[name].question: name for name in names if name in alternatives()}
    return tuple(sorted(by_question.values()))


def in_words(names: Iterable[str]) -> str:
    """The rivals that are on, in a phrase; "" for none."""
    return "; ".join(alternatives()[name].words for name in names)


def held(one: Alternative) -> str:
    """What is held, after its unit."""
    return f"{records()[one.fixed[0]].unit}: {one.fixed[1]:.3g}"


def rests_on(one: Alternative) -> str:
    """What a rival rests on, and where that had to be cut to the range."""
    return f"{one.instead[:1].upper()}{one.instead[1:]}." + (CAPPED if one.capped else "")
