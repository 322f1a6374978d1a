"""Numbers and dates as people write them: read where they can mean one thing, else refused with every reading."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
SUPPRESSED = re.compile(r"\*+|\[?[cxz]\]?|\.\.+|[-–—]|<\s*\d+|n/?a|supp(ressed)?\.?|#n/a", re.IGNORECASE)
"""How publishers write a count that they keep back."""
_TIMES = {"k": 1_000, "m": 1_000_000}


class Unclear(ValueError):
    """A number that can mean several things, or none. readings: what it can mean, as a person would write it."""

    def __init__(self, readings: Iterable[str] = ()):
        self.readings = tuple(dict.fromkeys(readings))
        super().__init__(" or ".join(self.readings) or "no number")


def number(text: str, decimal_comma: bool = False, whole: bool = False) -> float:
    """The number in a text: 9000, 9,000, 9 000, £9,000.50, 9.000,50. Raises Unclear.

    `decimal_comma`: the file is of a country that writes 0,5. `whole`: of a column of whole numbers, in which 90.000 is
    more likely thousands than three places.
    """
    said = text.strip()
    bare = re.sub(r"^(-?)\s*(?:£|gbp)\s*|\s*(?:£|gbp)$", r"\1", said, flags=re.IGNORECASE)
    decimal_comma &= bare == said  # whoever writes a pound sign writes its thousands with a comma
    sign, digits = (-1.0, bare[1:].strip()) if bare[:1] in ("-", "−") else (1.0, bare)
    if len(digits) > 40:
        raise Unclear
    if found := re.fullmatch(r"([\d.,]+)\s*([km])", digits, re.IGNORECASE):
        plain = number(found.group(1), decimal_comma)
        raise Unclear([_shown(plain * _TIMES[found.group(2).lower()]), _shown(plain)])
    if re.fullmatch(r"\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?", digits):
        digits = re.sub(r"[ '’]", "", digits)
    if not re.fullmatch(r"\d[\d.,]*", digits):
        raise Unclear
    return sign * _marks(digits, decimal_comma, whole)


def _marks(digits: str, decimal_comma: bool, whole: bool) -> float:
    """A number of digits, points and commas."""
    comma, point = "," in digits, "." in digits
    if comma and point:
        return _both(digits)
    mark = "," if comma else "."
    head, *rest = digits.split(mark)
    if not rest:
        return float(digits)
    thousands = 1 <= len(head) <= 3 and head[:1] != "0" and all(len(part) == 3 for part in rest)
    if len(rest) > 1:
        if thousands:
            return float("".join((head, *rest)))
        raise Unclear([_shown(float("".join((head, *rest))))])
    as_parts, as_thousands = float(f"{head}.{rest[0] or '0'}"), float(head + rest[0])
    decimal = mark == "." or decimal_comma
    if thousands and (decimal_comma or (mark == "." and whole)):
        raise Unclear([_shown(as_parts), _shown(as_thousands)])
    if decimal:
        return as_parts
    if thousands:
        return as_thousands
    raise Unclear([_shown(as_parts), _shown(as_thousands)])


def _both(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d*", digits):
        return float(digits.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d*", digits):
        return float(digits.replace(".", "").replace(",", "."))
    raise Unclear([_shown(float(re.sub(r"[.,]", "", digits)))])


def _shown(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.10g}"


def day(text: str) -> date:
    """The day in 2026-03-31, 2026-03 (its first), 31/03/2026, 31.03.26, 31-Mar-26 or 31 March 2026. Raises ValueError,
    Unclear for one that can mean two things (Mar-26).
    """
    bare = re.sub(r"[T ]0?0:00(:00(\.0+)?)?Z?$", "", text.strip())
    if found := re.fullmatch(r"(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?", bare):
        year, month, number_ = found.groups(default="1")
        return date(int(year), int(month), int(number_))
    if found := re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})", bare):
        return date(_year(found.group(4)), int(found.group(3)), int(found.group(1)))
    if found := re.fullmatch(r"(\d{1,2})[\s/.-]*([A-Za-z]{3,9})[\s/.,-]*(\d{4}|\d{2})", bare):
        return date(_year(found.group(3)), _month(found.group(2)), int(found.group(1)))
    if found := re.fullmatch(r"([A-Za-z]{3,9})[\s/.-]+(\d{1,2})", bare):
        which, last = _month(found.group(1)), int(found.group(2))
        raise Unclear([f"20{last:02d}-{which:02d}", f"the {last} of {MONTHS[which - 1].title()}, of a year not given"])
    if found := re.fullmatch(r"([A-Za-z]{3,9})[\s/.-]+(\d{4})", bare):
        return date(int(found.group(2)), _month(found.group(1)), 1)
    raise ValueError("no date")


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _month(word: str) -> int:
    found = [i for i, name in enumerate(MONTHS, start=1) if name.startswith(word.lower())]
    if len(found) != 1:
        raise ValueError("no month")
    return found[0]
