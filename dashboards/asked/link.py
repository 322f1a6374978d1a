"""The link that holds everything: `encode` and `decode` undo each other, and `decode` never raises."""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote

from dashboards.asked.inventory_text import GONE, LONGEST_IN_LINK, in_words, large, name_of, problems
from dashboards.asked.link_pages import aim_of, aim_parts, clean, view_of, view_parts
from dashboards.asked.state import CHARTS, MOST_PINS, PAGES, PICKS, Asked, Pin, Policy
from scenarios.reading.areas import codes
from scenarios.reading.csv_input import MAX_BYTES
from scenarios.reading.files import names
from scenarios.reading.rival_evidence import one_each
from sim.numbers.levers import BY_NAME, CHOICES, Lever
from sim.people.own_area import CODE as OWN_CODE

VERSION = 2
OLD = "1"
"""Links of this version leave the chart out where it is OPENED_WITH; they name charts as OLD_CHARTS does."""
OPENED_WITH = "used_last_year"
LONGEST = 16_000
"""Letters of a link that are read at most; browsers and QR codes hold fewer."""
LONGEST_FILE = 20_000
OLD_CHARTS = {
    "used": "used_last_year",
    "waiting": "waiting_per_10k",
    "unmet": "unmet_per_want",
    "better": "better_per_want",
    "cost": "gbp_per_adult_year",
}
"""Charts by the names that links had before charts were called as results are."""
NEVER_SHIPPED = ("history",)
"""Scenarios of the past: they start from their own past, so they cannot stand beside today's policy."""


def presets() -> list[str]:
    """Names of the shipped scenarios that a page offers, today's first."""
    return [name for name in names() if name not in NEVER_SHIPPED]


def encode(asked: Asked) -> str:
    """The query text of a link, without "?". What is as at the start is left out."""
    parts = [("v", str(VERSION))]
    plain = Asked()
    for key, name in (("area", "area"), ("page", "page"), ("chart", "chart"), ("pick", "pick"), ("table", "table")):
        if getattr(asked, name) != getattr(plain, name):
            parts.append((key, getattr(asked, name)))
    parts += [(key, "1") for key in ("pounds", "unfolded", "present") if getattr(asked, key)]
    if asked.seed != plain.seed:
        parts.append(("seed", str(asked.seed)))
    parts += [*aim_parts(asked.aim), *view_parts(asked.view), *_policy_parts(asked.policy)]
    parts += _inventory_parts(asked.inventory)
    parts += [("rivals", ";".join(asked.rivals))] if asked.rivals else []
    parts += [("pin", f"{quote(pin.name, safe='')}~{_short(pin.policy)}") for pin in asked.pins]
    return "&".join(f"{key}={quote(value, safe='~:;,.')}" for key, value in parts)


def _policy_parts(policy: Policy) -> list[tuple[str, str]]:
    base, levers, file = _short(policy).split("~")
    found = (("policy", base if base != "today" else ""), ("set", levers), ("file", file))
    return [(key, value) for key, value in found if value]


def _inventory_parts(text: str) -> list[tuple[str, str]]:
    """A small inventory itself; the name of a large one, that this server keeps."""
    packed = _pack(text)
    if len(packed) <= LONGEST_IN_LINK:
        return [("inventory", packed)] if packed else []
    name = name_of(text)
    large.put(name, text)
    return [("kept", name)]


def in_link(text: str) -> bool:
    """Whether an inventory travels in a link."""
    return len(_pack(text)) <= LONGEST_IN_LINK


def _short(policy: Policy) -> str:
    """base~lever:value;lever:value~file."""
    levers = ";".join(f"{name}:{_value(BY_NAME[name], value)}" for name, value in policy.sets)
    return f"{policy.base}~{levers}~{_pack(policy.file)}"


def _value(lever: Lever, value: float) -> str:
    return CHOICES[lever.choice][round(value)] if lever.choice else repr(float(value)).removesuffix(".0")


@lru_cache(maxsize=64)
def _pack(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=") if text else ""


def _unpack(word: str, most: int = LONGEST_FILE) -> str:
    """The file in a link; raises ValueError for what is damaged or too large."""
    data = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    opened = zlib.decompressobj()
    text = opened.decompress(data, most)
    if opened.unconsumed_tail:
        raise ValueError("too large")
    return text.decode()


def decode(query: str | None) -> tuple[Asked, list[str]]:
    """What a link asks for, and in plain words what in it could not be used. Never raises."""
    text = (query or "").lstrip("?")
    notes: list[str] = []
    if len(text) > LONGEST:
        return Asked(), ["The link is too long to be one of ours, so the page opens as new."]
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=None, errors="replace")
    first: dict[str, str] = {}
    for key, value in pairs:
        first.setdefault(key, value)
    if first.get("v") == OLD:
        first.setdefault("chart", OPENED_WITH)
    elif first.get("v", str(VERSION)) != str(VERSION):
        notes.append("The link is of another version of this page: what is still known was kept.")
    asked = Asked(
        policy=_policy(first.get("policy", "today"), first.get("set", ""), first.get("file", ""), notes),
        area=_area(first.get("area"), notes),
        page=_word(first, "page", PAGES, notes),
        chart=_word(first, "chart", CHARTS, notes),
        pick=_word(first, "pick", PICKS, notes),
        table=clean(first.get("table", "")),
        pounds=first.get("pounds") == "1",
        unfolded=first.get("unfolded") == "1",
        present=first.get("present") == "1",
        pins=tuple(_pins([value for key, value in pairs if key == "pin"], notes)),
        seed=_seed(first.get("seed"), notes),
        inventory=_inventory(first, notes),
        aim=aim_of(first),
        view=view_of(first, notes),
        rivals=_rivals(first.get("rivals", ""), notes),
    )
    return asked, notes


def _word(first: dict[str, str], key: str, known: tuple[str, ...], notes: list[str]) -> str:
    plain = str(getattr(Asked(), key))
    value = first.get(key, plain)
    if key == "chart":
        value = OLD_CHARTS.get(value, value)
    if value in known:
        return value
    notes.append(f"The link asks for a {key} that is not known here, so the usual one is shown.")
    return plain


def _area(name: str | None, notes: list[str]) -> str:
    if name is None:
        return Asked().area
    try:
        (code,) = codes([name])
    except (KeyError, ValueError):
        code = OWN_CODE
    if code == OWN_CODE:  # a page knows the 42 areas only
        notes.append("The link names an area that is not one of the 42, so Bristol's is shown.")
        return Asked().area
    return code


def _inventory(first: dict[str, str], notes: list[str]) -> str:
    """The inventory in a link, checked; "" with a note for one that is damaged, wrong or not here."""
    try:
        text = (
            _unpack(first["inventory"], MAX_BYTES) if first.get("inventory") else large.get(first.get("kept", "")) or ""
        )
    except (ValueError, zlib.error, binascii.Error):
        notes.append("The local inventory in the link is damaged and was left out.")
        return ""
    if first.get("kept") and not text:
        notes.append(GONE)
    wrong = problems(text) if text else []
    if wrong:
        notes.append(f"The local inventory in the link was left out. {in_words(wrong[0])}")
    return "" if wrong else text


def _rivals(text: str, notes: list[str]) -> tuple[str, ...]:
    """Rival evidence in a link: what is known, one for each question."""
    asked = [name for name in text.split(";") if name]
    found = one_each(asked)
    if set(found) != set(asked):
        notes.append(
            "The link switches on rival evidence that is not known here, or two that exclude each other: it was left out."
        )
    return found


def _seed(text: str | None, notes: list[str]) -> int:
    if text is None:
        return Asked().seed
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    notes.append("The link's seed is not a whole number, so seed 1 is used.")
    return Asked().seed


def _policy(base: str, levers: str, file: str, notes: list[str]) -> Policy:
    if base not in presets():
        notes.append("The link names a policy that is not shipped, so it starts from today's.")
        base = "today"
    text = ""
    if file:
        try:
            text = _unpack(file)
        except (ValueError, zlib.error, binascii.Error):
            notes.append("The scenario file in the link is damaged and was left out.")
    return Policy(base, tuple(sorted(dict(_levers(levers, notes)).items())), text)


def _levers(text: str, notes: list[str]) -> Iterator[tuple[str, float]]:
    for part in filter(None, text.split(";")):
        name, _, word = part.partition(":")
        lever = BY_NAME.get(name)
        value = _lever(lever, word) if lever else None
        if lever is None or value is None:
            notes.append(f"The link sets “{clean(part)}”, which cannot be used: it was left out.")
            continue
        inside = float(min(max(value, lever.low), lever.high))
        if inside != value:
            notes.append(f"The link sets {name.replace('_', ' ')} beyond its range: the nearest value is used.")
        yield name, inside


def _lever(lever: Lever, word: str) -> float | None:
    if lever.choice:
        words = CHOICES[lever.choice]
        return float(words.index(word)) if word in words else None
    try:
        value = float(word)
    except ValueError:
        return None
    if lever.unit == "0 or 1":
        return value if value in (0.0, 1.0) else None
    return value if math.isfinite(value) else None


def _pins(texts: list[str], notes: list[str]) -> Iterator[Pin]:
    if len(texts) > MOST_PINS:
        notes.append(f"The link holds more than {MOST_PINS} pinned policies: the first {MOST_PINS} are kept.")
    for number, text in enumerate(texts[:MOST_PINS]):
        parts = text.rsplit("~", 3)
        if len(parts) != 4:
            notes.append("A pinned policy in the link is damaged and was left out.")
            continue
        name = clean(unquote(parts[0])) or f"Policy {number + 1}"
        yield Pin(name, _policy(parts[1], parts[2], parts[3], notes))
