"""What a page works on beside the run at hand: pinned policies, gates, boards, a search, a case.

Each piece of work tells it, wherever it stands on the page; the header says "Up to date" only when there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import solara

Tell = Callable[[str, str], None]
"""Told by whom (a name of its own for each piece of work) and what goes on, in words; "" for nothing."""
Told = tuple[tuple[str, str], ...]


def _nobody(who: str, words: str) -> None:
    """Outside a page nobody listens."""


_page = solara.create_context(_nobody)


def use_doing() -> tuple[str, ...]:
    """What goes on in this page, in words. Called once, above everything that tells."""
    nothing: Told = ()
    told = solara.use_reactive(nothing)

    def tell(who: str, words: str) -> None:
        rest = tuple(row for row in told.peek() if row[0] != who)
        told.set((*rest, (who, words)) if words else rest)

    _page.provide(solara.use_memo(lambda: tell, []))
    return tuple(words for _, words in told.value)


def use_tell(words: str) -> None:
    """Tell the header what goes on here, "" for nothing; it is over when this part of the page goes."""
    tell, who = solara.use_context(_page), solara.use_memo(lambda: uuid4().hex, [])
    solara.use_effect(lambda: tell(who, words), [words])
    solara.use_effect(lambda: lambda: tell(who, ""), [])
