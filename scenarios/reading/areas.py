"""Which areas a name means: a code (E54000039), a name as people write it (NHS Sussex ICB), a short form (bnssg),
or one of the boards that twelve of the 42 became in April 2026 (the 42 stay the model's areas)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sim.people.own_area import CODE, OWN
from sim.people.population import load_areas, tables_dir

EVERYWHERE = ("all", "england")
RULE = "one of the 42 areas of April 2024, by code, name or short form, or a board of April 2026"
MOST = 0.5
"""A former area of which more than this share of people belongs is run for the new board, whole."""
_SHORT = {
    "bnssg": "E54000039",
    "bob": "E54000044",
    "bsw": "E54000040",
    "bsol": "E54000055",
    "llr": "E54000015",
    "blmk": "E54000024",
    "gm": "E54000057",
    "nenc": "E54000050",
    "stw": "E54000011",
}
_USUAL = re.compile(
    r"\b(nhs|icb|ics|the|and|integrated care (board|system|partnership)|health and (social )?care( partnership)?)\b"
)
_LONGEST = 4
"""Names with commas have so many parts at most."""


@dataclass(frozen=True)
class Part:
    """A former area of a board of 2026. `part`: which part belongs, "" for all; `share` of its people, None where not known."""

    area: int
    part: str
    share: float | None
    doubt: str

    @property
    def runs(self) -> bool:
        """Whether the former area stands for the new board: all of it belongs, or most of its people."""
        return not self.part or (self.share is not None and self.share > MOST)


def _key(name: str) -> str:
    """A name without what people leave out or write in two ways: NHS, ICB, "and", "&", commas, case."""
    spaced = re.sub(r"[^a-z0-9]+", " ", name.lower().replace("&", " and "))
    return " ".join(_USUAL.sub(" ", spaced).split())


def _rows(table: str) -> list[dict[str, str]]:
    with open(tables_dir() / table, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def short_form(area: int) -> str:
    """The short form of one of the 42 ("bnssg"), or nothing."""
    return next((word for word, code in _SHORT.items() if code == load_areas().code[area]), "")


@cache
def _known() -> dict[str, int]:
    """Every way of writing one of the 42."""
    areas = load_areas()
    ods = {str(code): i for i, code in enumerate(areas.ods_code)}
    codes = {str(code): i for i, code in enumerate(areas.code)}
    words = {_key(row["name"]): ods[row["ods_code"]] for row in _rows("area_names.csv")} | {
        w: codes[c] for w, c in _SHORT.items()
    }
    for column in (areas.short_name, areas.name, areas.ods_code, areas.code):
        words |= {_key(str(word)): i for i, word in enumerate(column)}
    return words


@cache
def boards() -> dict[str, tuple[Part, ...]]:
    """The boards of April 2026 that are not among the 42, by name, with the former areas that they are made of."""
    found: dict[str, tuple[Part, ...]] = {}
    for row in _rows("boards_2026.csv"):
        part = Part(
            _known()[_key(row["former_ods"])],
            row["part"],
            float(row["people_share"]) if row["people_share"] else None,
            row["not_confirmed"],
        )
        found[row["board"]] = (*found.get(row["board"], ()), part)
    return {board: parts for board, parts in found.items() if _key(board) not in _known()}


@cache
def _board_words() -> dict[str, str]:
    other = {_key(row["also"]): row["board"] for row in _rows("boards_2026.csv") if row["also"]}
    return other | {_key(board): board for board in boards()}


def became(area: int) -> str:
    """What became of one of the 42 in April 2026, in words; nothing where it did not change."""
    code = load_areas().ods_code[area]
    rows = [row for row in _rows("boards_2026.csv") if row["former_ods"] == code]
    return "; ".join(f"{row['board']}{f' ({row_part(row)})' if row_part(row) else ''}" for row in rows)


def row_part(row: dict[str, str]) -> str:
    """Which part went there, and what is not confirmed."""
    return ", ".join(word for word in (row["part"], row["not_confirmed"]) if word)


@lru_cache(maxsize=4096)
def index(name: str) -> int:
    """Position of the area among the 42, or after them for a user's own. KeyError for a name that is no area, or several."""
    if name.strip().lower() == CODE:
        return OWN
    return _known()[_key(name)]


def members(name: str) -> tuple[int, ...]:
    """The areas that a name stands for: one, or the former areas of a board of 2026. KeyError for a name that is none."""
    if (board := _board_words().get(_key(name))) is not None:
        return tuple(part.area for part in boards()[board] if part.runs)
    return (index(name),)


def note(name: str) -> str:
    """What a board of 2026 runs as, and what is missing of it or too much; nothing for one of the 42."""
    board = _board_words().get(_key(name))
    if board is None:
        return ""
    parts = boards()[board]
    said = [
        f"{board} is a board of April 2026; it runs as {_list(_short(p.area) for p in parts if p.runs)}, as they were."
    ]
    said += [
        f"Of {_short(p.area)} only a part belongs ({p.part}); all of it is run." for p in parts if p.runs and p.part
    ]
    said += [
        f"Missing: {p.part}, a part of {_short(p.area)}{f' ({p.doubt})' if p.doubt else ''}."
        for p in parts
        if not p.runs
    ]
    said += sorted({f"{p.doubt.capitalize()}." for p in parts if p.runs and p.doubt})
    return " ".join(said)


def _short(area: int) -> str:
    return str(load_areas().short_name[area])


def _list(words: Iterable[str]) -> str:
    return "; ".join(words)


def in_words(names: Iterable[str]) -> str:
    """The areas that names stand for, by their short names: "Sussex and Norfolk and Waveney". KeyError for a name that is none."""
    listed = dict.fromkeys(index(code) for code in codes(names))
    return " and ".join("your own area" if area == OWN else _short(area) for area in listed)


def known(name: str) -> bool:
    """Whether a name stands for one or more areas."""
    try:
        return bool(members(name))
    except KeyError:
        return name.strip().lower() in EVERYWHERE


def split(text: str) -> list[str]:
    """The names in a text with commas or semicolons between them; a comma may also belong to a name."""
    found: list[str] = []
    for piece in text.split(";"):
        parts, at = [part.strip() for part in piece.split(",") if part.strip()], 0
        while at < len(parts):
            taken = _longest(parts[at : at + _LONGEST])
            found.append(", ".join(parts[at : at + taken]))
            at += taken
    return found


def _longest(parts: Sequence[str]) -> int:
    """How many of the parts make the longest name; those that are names by themselves stay so."""
    for n in range(len(parts), 1, -1):
        if known(", ".join(parts[:n])) and not all(known(part) for part in parts[:n]):
            return n
    return 1


def codes(names: Iterable[str]) -> list[str]:
    """Codes of areas by name, in the order given; ["all"] is all 42. Raises KeyError."""
    every = [*(str(code) for code in load_areas().code), CODE]
    asked = list(names)
    if len(asked) == 1 and asked[0].lower() in EVERYWHERE:
        return every[:OWN]
    return [every[area] for name in asked for area in members(name)]


def suggestion(name: str) -> str:
    """The names to choose from, in words for "try": those that hold the word, else all. Never one that only looks alike."""
    wanted = set(_key(name).split())
    if (board := _board_words().get(_key(name))) is not None:
        return f"one of the former areas: {_list(_listed(part.area) for part in boards()[board])}"
    holding = [i for i, full in enumerate(load_areas().name) if wanted and wanted <= set(_key(str(full)).split())]
    new = [board for board in boards() if wanted and wanted <= set(_key(board).split())]
    if holding or new:
        return _list([*map(_listed, holding), *(f'"{board}" (April 2026)' for board in new)])
    return f"all, or one of these (peerscale areas): {_list(map(_listed, _by_name()))}"


def _by_name() -> list[int]:
    return sorted(range(len(load_areas().code)), key=_short)


def _listed(area: int) -> str:
    return f'"{_short(area)}"' + (f" ({short_form(area)})" if short_form(area) else "")
