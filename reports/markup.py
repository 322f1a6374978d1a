"""Small pieces of HTML made on the server. Every text is escaped here; nothing else makes markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def tag(name: str, *inside: str, **attributes: str) -> str:
    """<name class="x">inside</name>; `inside` is markup already made here, attributes are escaped."""
    pairs = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{pairs}>{''.join(inside)}</{name}>"


def say(text: str) -> str:
    """Text as text."""
    return escape(text)


def paragraph(text: str, **attributes: str) -> str:
    """A paragraph of plain text."""
    return tag("p", say(text), **attributes)


def bullets(texts: Iterable[str], **attributes: str) -> str:
    """A list of plain texts."""
    return tag("ul", *(tag("li", say(text)) for text in texts), **attributes)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table of plain texts; the first cell of each row is its header."""
    top = tag("thead", tag("tr", *(tag("th", say(cell), scope="col") for cell in head)))
    body = tag("tbody", *(_row(row) for row in rows))
    named = tag("caption", say(caption)) if caption else ""
    return tag(
        "div",
        tag("table", named, top, body),
        class_="table-scroll",
        tabindex="0",
        role="region",
        aria_label=caption or "table",
    )


def _row(row: Sequence[str]) -> str:
    first, *rest = row
    return tag("tr", tag("th", say(first), scope="row"), *(tag("td", say(cell)) for cell in rest))
