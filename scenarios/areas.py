"""Which area a name means: a code (E54000039), a short code (QUY), a name, or a short form (bnssg)."""

from __future__ import annotations

import re
from functools import cache

from sim.errors import UserError, nearest

EVERYWHERE = ("all", "england")

# The 42 boards of April 2024, in the order of calibration/evidence/areas.csv (ONS open data).
_BOARDS = """
E54000008 QYG Cheshire and Merseyside
E54000010 QNC Staffordshire and Stoke-on-Trent
E54000011 QOC Shropshire, Telford and Wrekin
E54000013 QJM Lincolnshire
E54000015 QK1 Leicester, Leicestershire and Rutland
E54000018 QWU Coventry and Warwickshire
E54000019 QGH Herefordshire and Worcestershire
E54000022 QMM Norfolk and Waveney
E54000023 QJG Suffolk and North East Essex
E54000024 QHG Bedfordshire, Luton and Milton Keynes
E54000025 QM7 Hertfordshire and West Essex
E54000026 QH8 Mid and South Essex
E54000027 QRV North West London
E54000028 QMJ North Central London
E54000029 QMF North East London
E54000030 QKK South East London
E54000031 QWE South West London
E54000032 QKS Kent and Medway
E54000034 QNQ Frimley
E54000036 QT6 Cornwall and the Isles of Scilly
E54000037 QJK Devon
E54000038 QSL Somerset
E54000039 QUY Bristol, North Somerset and South Gloucestershire
E54000040 QOX Bath and North East Somerset, Swindon and Wiltshire
E54000041 QVV Dorset
E54000042 QRL Hampshire and Isle of Wight
E54000043 QR1 Gloucestershire
E54000044 QU9 Buckinghamshire, Oxfordshire and Berkshire West
E54000048 QE1 Lancashire and South Cumbria
E54000050 QHM North East and North Cumbria
E54000051 QOQ Humber and North Yorkshire
E54000054 QWO West Yorkshire
E54000055 QHL Birmingham and Solihull
E54000056 QUE Cambridgeshire and Peterborough
E54000057 QOP Greater Manchester
E54000058 QJ2 Derby and Derbyshire
E54000059 QPM Northamptonshire
E54000060 QT1 Nottingham and Nottinghamshire
E54000061 QF7 South Yorkshire
E54000062 QUA Black Country
E54000063 QXU Surrey Heartlands
E54000064 QNX Sussex
"""
_SHORT = {
    "bnssg": "QUY",
    "bob": "QU9",
    "bsw": "QOX",
    "bsol": "QHL",
    "llr": "QK1",
    "stw": "QOC",
    "blmk": "QHG",
    "gm": "QOP",
    "nenc": "QHM",
    "hiow": "QRL",
    "hnwe": "QM7",
    "sne": "QJG",
    "lsc": "QE1",
}


def slug(name: str) -> str:
    """A name in small letters with hyphens: "North West London" is "north-west-london"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("integrated care board", "")).strip("-")


@cache
def _table() -> dict[str, int]:
    rows = [line.split(" ", 2) for line in _BOARDS.strip().splitlines()]
    table = {slug(form): i for i, row in enumerate(rows) for form in row}
    return table | {short: table[ods.lower()] for short, ods in _SHORT.items()}


def _of_population(name: str) -> int | None:
    """What the population tables say, when they are there and know the name."""
    try:
        from sim.population import area_index  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    try:
        return int(area_index(name))
    except (KeyError, UserError):
        return None


@cache
def index(name: str) -> int:
    """Position of the area among the 42. Raises KeyError for a name that is no area."""
    word = slug(name).removeprefix("nhs-")
    if word in _table():
        return _table()[word]
    found = _of_population(name)
    if found is None:
        raise KeyError(name)
    return found


def suggestion(name: str) -> str:
    """The nearest known area, in words for "try"."""
    near = nearest(slug(name), _table())
    return f'"{near}"' if near else 'a code such as "QUY", a name such as "bnssg", or ["all"]'
