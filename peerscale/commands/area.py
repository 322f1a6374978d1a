"""`peerscale area check`: the people that the model makes of an area file, beside the area it is like."""

from __future__ import annotations

import json
from pathlib import Path

from peerscale.options import assumed
from scenarios.reading import own_area
from scenarios.reading.csv_input import shown
from scenarios.running.study import fitting_place
from sim.people import population
from sim.people.own_area import MEASURES, OWN, OwnArea, condition_share, levels_of
from sim.people.population import area_cells, load_areas


def check_command(file: Path, as_json: bool) -> None:
    """Raises UserError for what is wrong; else says who lives there. Exit code 2 when it cannot be used."""
    own = own_area.read(file, assumed)
    found = summary(own)
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    size = fitting_place(own, (OWN,))
    places = population.places_for(own.adults, size)
    print(
        f"{shown(file.name)} can be used: {shown(own.name)}, {own.adults:,} adults, run as {places} whole "
        f"{'neighbourhood' if places == 1 else 'neighbourhoods'} of {size:,}."
    )
    print(f"{'':<28}{'your area':>12}{'like area':>12}   (like: {load_areas().short_name[own.like]})")
    shares, like = found["shares"], found["shares_of_like_area"]
    assert isinstance(shares, dict) and isinstance(like, dict)
    for key, share in shares.items():
        measure = key.rsplit(" ", 1)[0] if key != "long-term condition" else key
        known = "" if measure in own.known else "   not given: follows from the like area"
        print(f"{key:<28}{share:>12.1%}{like[key]:>12.1%}{known}")


def summary(own: OwnArea) -> dict[str, object]:
    """Shares by measure and level, of the area and of the one it is like."""
    areas = load_areas()
    return {
        "name": own.name,
        "adults": own.adults,
        "like": str(areas.short_name[own.like]),
        "given": list(own.known),
        "shares": _shares(own.cells, own.burden),
        "shares_of_like_area": _shares(area_cells(own.like), float(areas.burden[own.like])),
        "sha256": own.sha256,
    }


def _shares(cells: tuple[int, ...], burden: float) -> dict[str, float]:
    found = {}
    for measure, levels in MEASURES.items():
        where = levels_of(measure)
        for i, level in enumerate(levels):
            found[f"{measure} {level}"] = sum(n for n, at in zip(cells, where, strict=True) if at == i) / sum(cells)
    return found | {"long-term condition": condition_share(cells, burden)}
