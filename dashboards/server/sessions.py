"""How many pages the server keeps for people, and which give way: a vanished one before anybody is refused."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import anyio.to_thread

MOST = 80
"""Pages at once: a room of twenty tables with some of them twice, at one or two megabytes each."""
MOST_OF_ONE = 30
VANISHED = "5m"
"""How long a page is kept whose socket has gone; a tablet that sleeps longer comes back to its state from the link."""


class Sessions:
    """The sockets that are open, by visitor, and the pages that Solara keeps for them."""

    most: ClassVar[int] = MOST
    most_of_one: ClassVar[int] = MOST_OF_ONE

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def full(self, visitor: str) -> bool:
        """Whether a further page of this visitor has no room."""
        return self._open.total() >= self.most or self._open[visitor] >= self.most_of_one

    def here(self, visitor: str) -> bool:
        """Whether this visitor has a page open."""
        return self._open[visitor] > 0

    def enter(self, visitor: str) -> None:
        """A socket was opened."""
        self._open[visitor] += 1

    def leave(self, visitor: str) -> None:
        """A socket has gone."""
        self._open[visitor] -= 1
        self._open += Counter()  # those at nought are forgotten

    async def make_room(self, kernel: str) -> None:
        """End the page that vanished first where another would be one too many."""
        pages = _pages()
        if kernel not in pages and len(pages) >= self.most:
            gone = next((page for page in pages.values() if _vanished(page)), None)
            if gone is not None:
                await anyio.to_thread.run_sync(lambda: gone.close(reason="room for another"))

    def owner(self, kernel: str) -> str:
        """The visitor whose page this is; "" where there is none."""
        page = _pages().get(kernel)
        return str(page.session_id) if page is not None else ""


def _pages() -> dict[str, Any]:
    from solara.server.kernel_context import contexts

    return dict(contexts)


def _vanished(page: Any) -> bool:
    from solara.server.kernel_context import PageStatus

    return bool(page.page_status) and PageStatus.CONNECTED not in page.page_status.values()
