"""Which area a name means: a code (E54000039), a name (Sussex), or a short form (bnssg)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from sim.errors import nearest
from sim.own_area import CODE, OWN
from sim.population import area_index, load_areas

EVERYWHERE = ("all", "england")
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


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@cache
def _slugs() -> dict[str, int]:
    return {_slug(str(name)): i for i, name in enumerate(load_areas().short_name)}


@cache
def index(name: str) -> int:
    """Position of the area among the 42, or after them for a user's own. Raises KeyError for a name that is no area."""
    if name.strip().lower() == CODE:
        return OWN
    word = _SHORT.get(name.strip().lower(), name)
    if _slug(word) in _slugs():
        return _slugs()[_slug(word)]
    return int(area_index(word))


def codes(names: Iterable[str]) -> list[str]:
    """Codes of areas by name, in the order given; ["all"] is all 42. Raises KeyError."""
    every = [*(str(code) for code in load_areas().code), CODE]
    asked = list(names)
    if len(asked) == 1 and asked[0].lower() in EVERYWHERE:
        return every[:OWN]
    return [every[index(name)] for name in asked]


def suggestion(name: str) -> str:
    """The nearest known area, in words for "try"."""
    near = nearest(_slug(name), [*_slugs(), *_SHORT])
    if near in _slugs():
        return f'"{load_areas().short_name[_slugs()[near]]}"'
    return f'"{near}"' if near else 'a code ("E54000039"), a name ("Sussex"), or ["all"] in [run]'
