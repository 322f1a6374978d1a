"""A lever's name, value, unit and limits in words."""

from __future__ import annotations

from sim.numbers.levers import BY_NAME, CHOICES, Lever


def why_still(name: str) -> str:
    """Why a lever that was moved may change nothing that is counted, in sentences."""
    lever = BY_NAME[name]
    usual = "What it changes is too small to be counted in one neighbourhood, or waits for another lever."
    return f"{label(name)}: {lever.still or usual} {lever.limits}"


def label(name: str) -> str:
    """A lever's short name."""
    return BY_NAME[name].label


def say_lever(lever: Lever, value: float, exact: bool = False) -> str:
    """A lever's value in the unit people use: "£0.35", "60%", "1.5 times today’s", "6 weeks", "opt out". `exact`: with every digit."""
    if lever.choice:
        return CHOICES[lever.choice][round(value)].replace("_", " ")
    unit = lever.unit
    if unit == "0 or 1":
        return "on" if value else "off"
    digits = ".15g" if exact else ".3g"
    if unit.startswith("GBP") and exact:
        return f"£{value:,.15g}"
    if unit.startswith("GBP"):
        return f"£{value:,.2f}" if value < 100 and not float(value).is_integer() else f"£{value:,.0f}"
    if unit.startswith("share"):
        return f"{100 * value:{digits}}%"
    if unit == "times today's":
        return f"×{value:{digits}}"
    if unit in ("years", "weeks", "weeks of support planned"):
        one = unit.split()[0]
        return f"{value:{digits}} {one[:-1] if value == 1 else one}"
    return f"{value:{digits}}"


def unit_words(lever: Lever) -> str:
    """What the value is counted in, to stand under it."""
    if lever.choice or lever.unit in ("0 or 1", "years", "weeks"):
        return ""
    if lever.unit.startswith("GBP "):
        return lever.unit.removeprefix("GBP ").replace(", 2024/25 prices", " (2024/25 prices)")
    if lever.unit.startswith("share"):
        return lever.unit.removeprefix("share").removeprefix(" ")
    return {"times today's": "as much as today", "weeks of support planned": "planned"}.get(lever.unit, lever.unit)
