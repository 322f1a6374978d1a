"""What a link holds for the pages "What it would take" and "The case". What is as at the start is left out; nothing raises."""

from __future__ import annotations

from dashboards.asked.state import LONGEST_NAME, Aim, View
from scenarios.worth.case import PERSPECTIVES
from scenarios.worth.thresholds import CURRENCIES

SIDES, UNITS = tuple(PERSPECTIVES), CURRENCIES
MOST_NAMED = 60
"""Levers that a link may name; the goal itself allows fewer, and says so."""
TEXTS = {
    "level": "level",
    "worlds": "worlds",
    "group": "group",
    "floor": "better",
    "people": "people",
    "outcome": "outcome",
    "seek": "seek",
}
"""Keys of a link and the fields of `Aim` that hold their text as it was typed."""


def clean(text: str) -> str:
    """A name as people gave it: printable letters, one line, not too long."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST_NAME].strip()


def aim_parts(aim: Aim) -> list[tuple[str, str]]:
    """Keys and values of a goal."""
    plain = Aim()
    parts = [(key, getattr(aim, name)) for key, name in TEXTS.items() if getattr(aim, name) != getattr(plain, name)]
    parts += [("may", ";".join(aim.levers))] if aim.levers else []
    return parts + ([("fine", "1")] if aim.fine else [])


def aim_of(first: dict[str, str]) -> Aim:
    """The goal in a link. What cannot be a goal is kept: the page says what is wrong with it."""
    texts = {name: clean(first[key]) for key, name in TEXTS.items() if key in first}
    levers = [clean(name) for name in first.get("may", "").split(";")[:MOST_NAMED]]
    return Aim(**texts, levers=tuple(dict.fromkeys(filter(None, levers))), fine=first.get("fine") == "1")


def view_parts(view: View) -> list[tuple[str, str]]:
    """Keys and values of a view of the case."""
    plain = View()
    parts = [(key, getattr(view, key)) for key in ("side", "unit", "made") if getattr(view, key) != getattr(plain, key)]
    return parts + ([("hospital", "1")] if view.hospital else [])


def view_of(first: dict[str, str], notes: list[str]) -> View:
    """The view in a link; a side or unit that is none is said."""
    plain, found = View(), {}
    for key, known in (("side", SIDES), ("unit", UNITS)):
        found[key] = first.get(key, getattr(plain, key))
        if found[key] not in known:
            notes.append(f"The link counts the case in a way that is not known ({key}), so the usual one is shown.")
            found[key] = getattr(plain, key)
    return View(**found, hospital=first.get("hospital") == "1", made=clean(first.get("made", "")))
